//! Opens the native window.

use std::error::Error;

use eframe::egui::{ColorImage, Context, IconData, TextureFilter, TextureHandle, TextureOptions, ViewportBuilder};

use crate::{base::error_chain, engine::Environment};

use super::{App, Options, text, tokens::size};

const ICON: &[u8] = include_bytes!("../../resources/icon.png");

/// Opens the window and returns when it is closed.
///
/// # Errors
/// No window could be opened; the message has been shown where a person sees it.
pub fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let native = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title(text::PROGRAM)
            .with_app_id("exchange365-tester")
            .with_inner_size(size::WINDOW)
            .with_min_inner_size(size::WINDOW_MIN)
            .with_icon(icon())
            .with_drag_and_drop(true),
        centered: true,
        ..eframe::NativeOptions::default()
    };
    let options = Options { environment: Environment::of_process(), ..options };
    let create: eframe::AppCreator<'_> = Box::new(move |cc| Ok(Box::new(App::new(cc, options)?)));
    eframe::run_native(text::PROGRAM, native, create).map_err(|err| {
        show_failure(&error_chain(&err));
        err.into()
    })
}

fn icon() -> IconData {
    eframe::icon_data::from_png_bytes(ICON).unwrap_or_default()
}

/// The icon as a picture inside the window.
pub(super) fn logo(ctx: &Context) -> TextureHandle {
    let icon = icon();
    let size = [icon.width, icon.height].map(|side| usize::try_from(side).unwrap_or_default());
    let image = ColorImage::from_rgba_unmultiplied(size, &icon.rgba);
    ctx.load_texture("logo", image, TextureOptions::LINEAR.with_mipmap_mode(Some(TextureFilter::Linear)))
}

/// On Windows there is no console to print to.
#[cfg(windows)]
fn show_failure(message: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(text::PROGRAM)
        .set_description(text::not_opened(message))
        .show();
}

#[cfg(not(windows))]
fn show_failure(_message: &str) {}
