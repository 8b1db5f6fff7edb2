//! Opens the window with the app in it.

use crate::engine::Environment;

use super::{
    App, Options, Records, Secrets,
    kept::{self, Kept},
    logo, text,
    tokens::size,
    window::{self, Renderer, StartError},
};

/// Opens the window where it was and returns when it is closed.
///
/// # Errors
/// No window could be opened; the message has been shown where a person sees it.
pub fn run(options: Options) -> Result<(), StartError> {
    let records = if options.records == Records::Unsaid { Records::OfSystem } else { options.records };
    let secrets = if records == Records::Nowhere { Secrets::Nowhere } else { Secrets::OfSystem };
    let kept = Kept::open(&records);
    let remembered = || Renderer::named(&kept.settings.renderer);
    let window = window::Options {
        title: text::PROGRAM.to_owned(),
        app_id: env!("CARGO_PKG_NAME").to_owned(),
        icon: logo::PNG,
        size: size::WINDOW,
        min_size: size::WINDOW_MIN,
        geometry: kept::geometry(&kept.settings.window),
        renderer: options.renderer.or_else(remembered).unwrap_or_default(),
        frame_rate: None,
    };
    let options = Options { environment: Environment::of_process(), records, secrets, ..options };
    let create: window::CreateScreen = Box::new(move |ctx| Ok(Box::new(App::with(ctx, options, kept)?)));
    window::run(&window, create)
        .inspect_err(|err| window::explain_failure(text::PROGRAM, &text::not_opened(&err.to_string())))
}
