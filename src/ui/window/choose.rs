//! Opens the window with the first renderer that starts. All share one event loop: a process can have only one.

use std::sync::Arc;

use eframe::egui::ViewportBuilder;
use winit::{event_loop::EventLoop, platform::run_on_demand::EventLoopExtRunOnDemand as _};

use super::{
    Attempt, Backend, CreateScreen, Host, Options, StartError,
    error::{NotStarted, without_place},
    event::Event,
    gpu, report,
    runner::Runner,
};

/// Runs the window until it is closed.
///
/// # Errors
///
/// When there is no desktop, or when no renderer starts on it.
pub fn run(options: &Options, create: CreateScreen) -> Result<(), StartError> {
    report::install_log();
    let mut event_loop = EventLoop::<Event>::with_user_event()
        .build()
        .map_err(|err| StartError::NoDesktop(without_place(&err.to_string())))?;
    let host = Host::here(gpu::crashed());
    let viewport = viewport(options);
    let mut waiting = create;
    let mut attempts = Vec::new();
    for backend in options.renderer.order(host) {
        let outcome = match backend {
            Backend::Gpu => gpu::run(&mut event_loop, options, viewport.clone(), waiting),
            Backend::Cpu => run_cpu(&mut event_loop, options, viewport.clone(), waiting),
        };
        let (failure, create) = match outcome {
            Ok(()) => return Ok(()),
            Err(NotStarted::Screen(reason)) => return Err(StartError::Screen(reason)),
            Err(NotStarted::Ended(reason)) => return Err(StartError::Ended(reason)),
            Err(NotStarted::Renderer { reason, create }) => (reason, create),
        };
        log::warn!(target: "window", "{} did not start: {failure}", backend.name());
        attempts.push(Attempt { backend: *backend, failure });
        waiting = create;
    }
    Err(StartError::NoRenderer(attempts))
}

fn run_cpu(
    event_loop: &mut EventLoop<Event>,
    options: &Options,
    viewport: ViewportBuilder,
    create: CreateScreen,
) -> Result<(), NotStarted> {
    let mut runner = Runner::new(options.clone(), viewport, create, event_loop.create_proxy());
    let ended = event_loop.run_app_on_demand(&mut runner);
    runner.into_outcome(ended.map_err(|err| without_place(&err.to_string())))
}

fn viewport(options: &Options) -> ViewportBuilder {
    let size = options.geometry.map_or(options.size, |geometry| geometry.size);
    let viewport = ViewportBuilder::default()
        .with_title(&options.title)
        .with_app_id(&options.app_id)
        .with_inner_size(size)
        .with_min_inner_size(options.min_size);
    match eframe::icon_data::from_png_bytes(options.icon) {
        Ok(icon) => viewport.with_icon(Arc::new(icon)),
        Err(_) => viewport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_where_it_was_and_without_an_icon_too() {
        let geometry = super::super::Geometry { position: None, size: [700.0, 500.0], maximized: false };
        let mut options = Options {
            title: "Test".to_owned(),
            app_id: "test".to_owned(),
            icon: b"no picture",
            size: [900.0, 600.0],
            min_size: [300.0, 200.0],
            geometry: None,
            renderer: super::super::Renderer::Auto,
            frame_rate: None,
        };
        assert_eq!(viewport(&options).inner_size, Some([900.0, 600.0].into()));
        options.geometry = Some(geometry);
        assert_eq!(viewport(&options).inner_size, Some([700.0, 500.0].into()));
        assert!(viewport(&options).icon.is_none());
    }
}
