//! What a window shows, and what kind of window it is.

use std::error::Error;

use eframe::egui::{Color32, Context, Id, Ui};

use super::{Backend, Geometry, Renderer};

/// Something that can be drawn in a window by any renderer.
pub trait Screen {
    /// Takes in what happened; called before every `ui`, and alone while the window cannot be seen.
    fn logic(&mut self, ctx: &Context);

    /// Draws.
    fn ui(&mut self, ui: &mut Ui);

    /// What stands behind everything.
    fn background(&self, ctx: &Context) -> Color32 {
        ctx.global_style().visuals.panel_fill
    }

    /// The window is closed.
    fn closed(&mut self) {}
}

/// Who draws the window of this context; `None` in a test without one.
pub fn drawn_by(ctx: &Context) -> Option<Backend> {
    ctx.data(|data| data.get_temp(Id::unique("drawn by")))
}

pub(super) fn set_drawn_by(ctx: &Context, backend: Backend) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("drawn by"), backend));
}

/// Makes the screen once a window exists. Not called before, so that a renderer that does not start costs nothing.
pub type CreateScreen = Box<dyn FnOnce(&Context) -> Result<Box<dyn Screen>, Box<dyn Error>>>;

/// What kind of window it is.
#[derive(Debug, Clone)]
pub struct Options {
    /// Title of the window.
    pub title: String,
    /// How desktops tell programs apart.
    pub app_id: String,
    /// Icon of the window, as PNG.
    pub icon: &'static [u8],
    /// Size in points when nothing is remembered.
    pub size: [f32; 2],
    /// It cannot be made smaller.
    pub min_size: [f32; 2],
    /// Where it was when it was closed.
    pub geometry: Option<Geometry>,
    /// Who draws.
    pub renderer: Renderer,
    /// Not more frames in a second than this; `None` for what suits the machine.
    pub frame_rate: Option<u32>,
}
