//! The icon: of the window, and as a picture inside it.

use eframe::egui::{ColorImage, Context, IconData, TextureFilter, TextureHandle, TextureOptions};

/// As PNG.
pub(super) const PNG: &[u8] = include_bytes!("../../resources/icon.png");

/// The icon as a picture inside the window.
pub(super) fn texture(ctx: &Context) -> TextureHandle {
    let icon: IconData = eframe::icon_data::from_png_bytes(PNG).unwrap_or_default();
    let size = [icon.width, icon.height].map(|side| usize::try_from(side).unwrap_or_default());
    let image = ColorImage::from_rgba_unmultiplied(size, &icon.rgba);
    ctx.load_texture("logo", image, TextureOptions::LINEAR.with_mipmap_mode(Some(TextureFilter::Linear)))
}
