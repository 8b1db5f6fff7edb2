//! Stands in for `gpu` in programs without a GPU renderer.

use eframe::egui::ViewportBuilder;
use winit::event_loop::EventLoop;

use super::{CreateScreen, Options, error::NotStarted, event::Event};

/// Whether the last start never came to an end.
pub(super) fn crashed() -> bool {
    false
}

/// Never starts.
pub(super) fn run(
    _: &mut EventLoop<Event>,
    _: &Options,
    _: ViewportBuilder,
    create: CreateScreen,
) -> Result<(), NotStarted> {
    Err(NotStarted::Renderer { reason: "not built in".to_owned(), create })
}
