//! Pictures of the window, drawn by the program's own renderer: no display, no GPU, the same on every machine.

use eframe::egui::{Context, FullOutput, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use exchange365::ui::window::{Frame, Painter};
use image::RgbaImage;

/// The CPU renderer as the harness wants it.
#[derive(Default)]
pub(crate) struct CpuRenderer {
    painter: Painter,
    /// Not needed after the frame that is drawn next.
    freed: Vec<TextureId>,
}

impl TestRenderer for CpuRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut outdated = TexturesDelta::default();
        self.freed.drain(..).for_each(|id| outdated.free(id));
        self.painter.free_textures(&mut outdated);
        self.painter.set_textures(delta);
        self.freed.extend(delta.free.drain());
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let pixels_per_point = output.pixels_per_point;
        let size = ctx.content_rect().size() * pixels_per_point;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a picture")]
        let (width, height) = (size.x.round() as u32, size.y.round() as u32);
        let primitives = ctx.tessellate(output.shapes.clone(), pixels_per_point);
        let background = ctx.global_style().visuals.panel_fill;
        let mut pixels = vec![0; width as usize * height as usize];
        self.painter.forget_shown();
        self.painter.paint(&mut pixels, 0, Frame { primitives, pixels_per_point, background, width, height });
        let bytes = pixels.into_iter().flat_map(|pixel| {
            let [_, red, green, blue] = pixel.to_be_bytes();
            [red, green, blue, 255]
        });
        RgbaImage::from_raw(width, height, bytes.collect()).ok_or_else(|| "the picture has another size".to_owned())
    }
}
