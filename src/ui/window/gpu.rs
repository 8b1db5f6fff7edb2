//! The window drawn by eframe with OpenGL, on the event loop that all renderers share.

use std::{cell::RefCell, rc::Rc};

use eframe::{
    App, CreationContext, NativeOptions,
    egui::{Context, Ui, ViewportBuilder, Visuals},
};
use winit::{event_loop::EventLoop, platform::run_on_demand::EventLoopExtRunOnDemand as _};

use super::{
    Backend, CreateScreen, Options, Screen,
    error::{NotStarted, without_place},
    event::Event,
    geometry,
    host::{is_remote, without_animations},
    mark::StartMark,
    report::{captured, data_folder},
    screen::set_drawn_by,
};

/// Whether the last start never came to an end.
pub(super) fn crashed() -> bool {
    StartMark::in_folder(data_folder()).is_left()
}

/// Runs the window until it is closed.
pub(super) fn run(
    event_loop: &mut EventLoop<Event>,
    options: &Options,
    viewport: ViewportBuilder,
    create: CreateScreen,
) -> Result<(), NotStarted> {
    let mark = StartMark::in_folder(data_folder());
    mark.leave();
    let in_window = mark.clone();
    let stage = Rc::new(RefCell::new(Stage::Waiting(create)));
    let geometry = options.geometry;
    let creator = {
        let stage = Rc::clone(&stage);
        move |creation: &CreationContext<'_>| {
            let Stage::Waiting(create) = stage.replace(Stage::Made) else { return Err("made before".into()) };
            if let Some(window) = creation.winit_window() {
                geometry::place(window, geometry);
                if geometry.is_some_and(|geometry| geometry.maximized) {
                    window.set_maximized(true);
                }
            }
            set_drawn_by(&creation.egui_ctx, Backend::Gpu);
            let screen = create(&creation.egui_ctx).map_err(|err| {
                let reason = err.to_string();
                stage.replace(Stage::Failed(reason.clone()));
                reason
            })?;
            if is_remote() {
                without_animations(&creation.egui_ctx);
            }
            Ok(Box::new(InEframe { screen, mark: in_window, frames: 0 }) as Box<dyn App>)
        }
    };
    // No colour gradient here needs noise, and a driver without a GPU takes long over it.
    let native = NativeOptions { viewport, dithering: false, ..NativeOptions::default() };
    let mut app = eframe::create_native(&options.app_id, native, Box::new(creator), event_loop);
    let ended = event_loop.run_app_on_demand(&mut app);
    drop(app);
    mark.remove();
    match (stage.replace(Stage::Made), ended) {
        (Stage::Made, _) => Ok(()),
        (Stage::Failed(reason), _) => Err(NotStarted::Screen(reason)),
        (Stage::Waiting(create), Err(err)) => {
            Err(NotStarted::Renderer { reason: without_place(&err.to_string()), create })
        }
        // eframe writes to the log why it did not start, and nowhere else.
        (Stage::Waiting(create), Ok(())) => Err(NotStarted::Renderer { reason: captured(), create }),
    }
}

/// How far the screen is.
enum Stage {
    Waiting(CreateScreen),
    Failed(String),
    Made,
}

/// A screen as eframe wants it.
struct InEframe {
    screen: Box<dyn Screen>,
    mark: StartMark,
    frames: u8,
}

impl App for InEframe {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.screen.logic(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.frames = self.frames.saturating_add(1);
        if self.frames == 2 {
            // The first one is on the screen, so the driver is sound.
            self.mark.remove();
        }
        self.screen.ui(ui);
    }

    fn clear_color(&self, visuals: &Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.screen.closed();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}
