//! Opens the window with the first renderer that starts. All share one event loop: a process can have only one.

use std::sync::Arc;

use eframe::egui::ViewportBuilder;
use winit::{event_loop::EventLoop, platform::run_on_demand::EventLoopExtRunOnDemand as _};

use super::{
    Attempt, Backend, CreateScreen, Host, Options, StartError,
    event::Event,
    report::{self, StartMark},
    runner::Runner,
};

/// Runs the window until it is closed.
///
/// # Errors
///
/// When there is no desktop, or when no renderer starts on it.
pub fn run(options: Options, create: CreateScreen) -> Result<(), StartError> {
    report::install_log();
    let mut event_loop = EventLoop::<Event>::with_user_event().build().map_err(StartError::NoDesktop)?;
    let mark = StartMark::in_folder(report::data_folder());
    let host = Host { gpu_crashed: mark.is_left(), ..Host::here() };
    let viewport = viewport(&options);
    let mut waiting = create;
    let mut attempts = Vec::new();
    for backend in options.renderer.order(host) {
        let outcome = match backend {
            Backend::Gpu => run_gpu(&mut event_loop, &options, viewport.clone(), waiting, &mark),
            Backend::Cpu => run_cpu(&mut event_loop, &options, viewport.clone(), waiting),
        };
        match outcome {
            Ok(()) => return Ok(()),
            Err((failure, create)) => {
                log::warn!(target: "window", "{} did not start: {failure}", backend.name());
                attempts.push(Attempt { backend: *backend, failure: Some(failure) });
                match create {
                    Some(create) => waiting = create,
                    None => break,
                }
            }
        }
    }
    Err(StartError::NoRenderer(attempts))
}

/// Why it ended, and the screen when it was never made.
type Ended = Result<(), (String, Option<CreateScreen>)>;

#[cfg(not(windows))]
fn run_gpu(
    event_loop: &mut EventLoop<Event>,
    options: &Options,
    viewport: ViewportBuilder,
    create: CreateScreen,
    mark: &StartMark,
) -> Ended {
    mark.leave();
    let outcome = super::gpu::run(event_loop, options, viewport, create, mark.clone());
    mark.remove();
    outcome.map_err(|(failure, create)| (failure, Some(create)))
}

#[cfg(windows)]
fn run_gpu(
    _: &mut EventLoop<Event>,
    _: &Options,
    _: ViewportBuilder,
    create: CreateScreen,
    _: &StartMark,
) -> Ended {
    Err(("not built in".to_owned(), Some(create)))
}

fn run_cpu(
    event_loop: &mut EventLoop<Event>,
    options: &Options,
    viewport: ViewportBuilder,
    create: CreateScreen,
) -> Ended {
    let mut runner = Runner::new(options.clone(), viewport, create, event_loop.create_proxy());
    let ended = event_loop.run_app_on_demand(&mut runner);
    match (runner.into_failure(), ended) {
        (Some(failure), _) => Err(failure),
        (None, Err(err)) => Err((err.to_string(), None)),
        (None, Ok(())) => Ok(()),
    }
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
