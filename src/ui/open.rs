//! Opens the window with the app in it.

use crate::engine::Environment;

use super::{
    App, Options, Records, logo, text,
    tokens::size,
    window::{self, StartError},
};

/// Opens the window and returns when it is closed.
///
/// # Errors
/// No window could be opened; the message has been shown where a person sees it.
pub fn run(options: Options) -> Result<(), StartError> {
    let window = window::Options {
        title: text::PROGRAM.to_owned(),
        app_id: env!("CARGO_PKG_NAME").to_owned(),
        icon: logo::PNG,
        size: size::WINDOW,
        min_size: size::WINDOW_MIN,
        geometry: None,
        renderer: options.renderer,
        frame_rate: None,
    };
    let records = if options.records == Records::Unsaid { Records::OfSystem } else { options.records };
    let options = Options { environment: Environment::of_process(), records, ..options };
    let create: window::CreateScreen = Box::new(move |ctx| Ok(Box::new(App::new(ctx, options)?)));
    window::run(&window, create)
        .inspect_err(|err| window::explain_failure(text::PROGRAM, &text::not_opened(&err.to_string())))
}
