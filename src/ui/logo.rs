//! The icon: of the window, and as a picture inside it.

use eframe::egui::{ColorImage, Context, IconData, TextureHandle, TextureOptions};

/// As PNG.
pub(super) const PNG: &[u8] = include_bytes!("../../resources/icon.png");

/// The picture inside the window, twice as large as it is drawn.
const LOGO: &[u8] = include_bytes!("../../resources/logo.png");

/// The icon as a picture inside the window. One size is enough: a graphics driver that had to make smaller ones would keep the
/// first frame waiting.
pub(super) fn texture(ctx: &Context) -> TextureHandle {
    let icon: IconData = eframe::icon_data::from_png_bytes(LOGO).unwrap_or_default();
    let size = [icon.width, icon.height].map(|side| usize::try_from(side).unwrap_or_default());
    let image = ColorImage::from_rgba_unmultiplied(size, &icon.rgba);
    ctx.load_texture("logo", image, TextureOptions::LINEAR)
}
