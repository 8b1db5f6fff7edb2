//! The rasteriser as a whole: what egui draws, against numbers and against itself.

use eframe::{
    egui::{
        self, ClippedPrimitive, Color32, ColorImage, Context, Mesh, Pos2, RawInput, Rect, TextureId, TextureOptions,
        TexturesDelta, epaint::ImageDelta, pos2, vec2,
    },
    epaint::{Primitive, Vertex},
};
use proptest::prelude::*;

use super::{Frame, Painter};

const WIDE: u32 = 96;
const HIGH: u32 = 80;
const RED: Color32 = Color32::from_rgb(255, 0, 0);

fn painter() -> Painter {
    let mut painter = Painter::default();
    // White at the start, as egui's own; then a letter of 2 × 2.
    let mut image = ColorImage::filled([8, 4], Color32::TRANSPARENT);
    image.pixels[0] = Color32::WHITE;
    for (at, level) in [(10, 255), (11, 128), (18, 64), (19, 0)] {
        image.pixels[at] = Color32::from_rgba_premultiplied(level, level, level, level);
    }
    let mut delta = TexturesDelta::default();
    delta.push(TextureId::default(), ImageDelta::full(image, TextureOptions::LINEAR));
    painter.set_textures(&mut delta);
    painter
}

fn frame(primitives: Vec<ClippedPrimitive>) -> Frame {
    Frame { primitives, pixels_per_point: 1.0, background: Color32::BLACK, width: WIDE, height: HIGH }
}

fn clipped(clip_rect: Rect, mesh: Mesh) -> ClippedPrimitive {
    ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }
}

fn everywhere() -> Rect {
    Rect::from_min_size(Pos2::ZERO, vec2(1000.0, 1000.0))
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_min_max(pos2(left, top), pos2(right, bottom))
}

fn filled(rect: Rect, color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, color);
    mesh
}

fn paint(mesh: Mesh, clip: Rect) -> Vec<u32> {
    let mut pixels = vec![0x00ab_cdef; (WIDE * HIGH) as usize];
    painter().paint(&mut pixels, 0, frame(vec![clipped(clip, mesh)]));
    pixels
}

fn at(pixels: &[u32], column: u32, row: u32) -> u32 {
    pixels[(row * WIDE + column) as usize]
}

#[test]
fn a_rectangle_covers_the_pixels_whose_centres_it_holds() {
    let pixels = paint(filled(rect(2.0, 3.4, 10.6, 7.5), RED), everywhere());
    for row in 0..HIGH {
        for column in 0..WIDE {
            let inside = (2..=10).contains(&column) && (3..=6).contains(&row);
            assert_eq!(at(&pixels, column, row), if inside { 0x00ff_0000 } else { 0 }, "{column} {row}");
        }
    }
}

#[test]
fn nothing_is_drawn_outside_the_clip_or_the_picture() {
    let pixels = paint(filled(rect(-50.0, -50.0, 500.0, 500.0), RED), rect(90.0, -4.0, 200.0, 2.0));
    let drawn = pixels.iter().filter(|pixel| **pixel != 0).count();
    assert_eq!(drawn, 6 * 2);
}

#[test]
fn half_transparent_colours_mix_in_gamma_space() {
    let mut mesh = filled(rect(0.0, 0.0, 8.0, 8.0), Color32::WHITE);
    mesh.append(filled(rect(0.0, 0.0, 8.0, 8.0), Color32::from_rgba_premultiplied(0, 64, 0, 128)));
    assert_eq!(at(&paint(mesh, everywhere()), 4, 4), 0x007f_bf7f);
}

#[test]
fn the_same_rectangle_as_loose_triangles_is_the_same() {
    let whole = filled(rect(3.0, 5.0, 40.0, 33.0), Color32::from_rgba_premultiplied(10, 20, 30, 100));
    let mut loose = whole.clone();
    loose.indices = vec![0, 1, 2, 1, 3, 2];
    assert_eq!(paint(whole, everywhere()), paint(loose, everywhere()));
}

/// egui begins a rectangle at any corner, and a part of it may lie right or below of that corner alone.
#[test]
fn a_rectangle_from_any_corner_is_the_same_in_every_part() {
    let place = rect(3.0, 5.0, 60.0, 44.0);
    let letter = Rect::from_min_size(pos2(2.0 / 8.0, 1.0 / 4.0), vec2(2.0 / 8.0, 2.0 / 4.0));
    let part = rect(32.0, 8.0, 64.0, 32.0);
    for uv in [Rect::from_min_max(Pos2::ZERO, Pos2::ZERO), letter] {
        let mut first = Mesh::default();
        first.add_rect_with_uv(place, uv, RED);
        let corners = [[0, 1, 2, 2, 1, 3], [1, 0, 3, 3, 0, 2], [2, 0, 3, 3, 0, 1], [3, 1, 2, 2, 1, 0]];
        for indices in corners {
            let mesh = Mesh { indices: indices.to_vec(), ..first.clone() };
            assert_eq!(paint(mesh.clone(), part), paint(first.clone(), part), "{indices:?}");
            assert_eq!(paint(mesh, everywhere()), paint(first.clone(), everywhere()), "{indices:?}");
        }
    }
}

#[test]
fn a_letter_on_the_pixels_is_copied() {
    let mut mesh = Mesh::default();
    let letter = Rect::from_min_size(pos2(2.0 / 8.0, 1.0 / 4.0), vec2(2.0 / 8.0, 2.0 / 4.0));
    mesh.add_rect_with_uv(rect(20.0, 10.0, 22.0, 12.0), letter, Color32::from_rgb(200, 100, 0));
    let pixels = paint(mesh, everywhere());
    assert_eq!(at(&pixels, 20, 10), 0x00c8_6400);
    assert_eq!(at(&pixels, 21, 10), 0x0064_3200);
    assert_eq!(at(&pixels, 20, 11), 0x0032_1900);
    assert_eq!(at(&pixels, 21, 11), 0);
}

#[test]
fn a_stretched_picture_is_smoothed() {
    let mut mesh = Mesh::default();
    let letter = Rect::from_min_size(pos2(2.0 / 8.0, 1.0 / 4.0), vec2(2.0 / 8.0, 2.0 / 4.0));
    mesh.add_rect_with_uv(rect(20.0, 10.0, 28.0, 18.0), letter, Color32::WHITE);
    let pixels = paint(mesh, everywhere());
    let row: Vec<u32> = (22..27).map(|column| at(&pixels, column, 11) & 0xff).collect();
    assert!(row.is_sorted_by(|left, right| left >= right) && row[0] > 200 && row[4] < 130, "{row:?}");
}

#[test]
fn colours_change_evenly_between_corners() {
    let mut mesh = Mesh::default();
    for (x, y, level) in [(0.0, 0.0, 0), (64.0, 0.0, 255), (0.0, 64.0, 0), (64.0, 64.0, 255)] {
        mesh.vertices.push(Vertex::untextured(pos2(x, y), Color32::from_gray(level)));
    }
    mesh.indices = vec![0, 1, 2, 2, 1, 3];
    let pixels = paint(mesh, everywhere());
    for column in 0..64 {
        let wanted = (f64::from(column) + 0.5) * 255.0 / 64.0;
        for row in [0, 20, 63] {
            assert!((f64::from(at(&pixels, column, row) & 0xff) - wanted).abs() <= 1.0, "{column} {row}");
        }
    }
}

#[test]
fn a_mesh_that_points_beyond_its_corners_draws_the_rest() {
    let mut mesh = filled(rect(0.0, 0.0, 4.0, 4.0), RED);
    mesh.indices.splice(0..0, [7, 8, 9]);
    mesh.indices.push(1);
    assert_eq!(at(&paint(mesh, everywhere()), 1, 1), 0x00ff_0000);
}

#[test]
fn a_frame_like_the_last_is_not_shown_again() {
    let mut painter = painter();
    let mut pixels = vec![0; (WIDE * HIGH) as usize];
    let once = || frame(vec![clipped(everywhere(), filled(rect(0.0, 0.0, 4.0, 4.0), RED))]);
    assert_eq!(painter.paint(&mut pixels, 0, once()).len(), 1);
    assert_eq!(painter.paint(&mut pixels, 1, once()), []);
    painter.forget_shown();
    assert_eq!(painter.paint(&mut pixels, 1, once()).len(), 1);
}

/// Draws what egui makes of `texts`, frame by frame, into as many buffers as a desktop may use, and compares each with
/// a picture drawn from nothing.
fn check_frames(texts: &[&str], buffers: usize, scale: f32) {
    let ctx = Context::default();
    ctx.set_pixels_per_point(scale);
    let (width, height) = (320, 200);
    let mut painter = Painter::default();
    let mut anew = Painter::default();
    let mut pictures = vec![vec![0_u32; (width * height) as usize]; buffers];
    for (count, text) in texts.iter().enumerate() {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(320.0, 200.0) / scale)),
            ..RawInput::default()
        };
        let output = ctx.run_ui(input, |ui| {
            egui::CentralPanel::default().show(ui, |ui| {
                ui.heading("Always the same");
                let mut text = (*text).to_owned();
                ui.horizontal(|ui| {
                    let label = ui.label("Name");
                    ui.text_edit_singleline(&mut text).labelled_by(label.id);
                });
                let mut on = text.len() % 2 == 0;
                ui.checkbox(&mut on, "Even");
                egui::Frame::popup(ui.style()).show(ui, |ui| ui.label(&text));
            });
        });
        let mut delta = output.textures_delta.clone();
        painter.set_textures(&mut delta);
        delta.clear();
        let mut delta = output.textures_delta;
        anew.set_textures(&mut delta);
        delta.clear();
        let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
        let make = || Frame {
            primitives: primitives.clone(),
            pixels_per_point: output.pixels_per_point,
            background: Color32::DARK_BLUE,
            width,
            height,
        };
        let age = if count < buffers { 0 } else { u8::try_from(buffers).unwrap() };
        let shown = &mut pictures[count % buffers];
        painter.paint(shown, age, make());
        let mut whole = vec![0; (width * height) as usize];
        anew.forget_shown();
        anew.paint(&mut whole, 0, make());
        assert!(*shown == whole, "frame {count} ({text}) with {buffers} buffers at {scale}");
    }
}

const TEXTS: [&str; 9] = ["a", "ab", "ac", "acd", "føroyar", "føroyar á", "b", "bb", "bbb bbb bbb bbb bbb bbb"];

#[test]
fn what_is_drawn_in_parts_is_what_is_drawn_at_once() {
    for buffers in 1..=3 {
        for scale in [1.0, 1.5, 2.0] {
            check_frames(&TEXTS, buffers, scale);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn triangles_of_any_kind_do_no_harm(
        corners in prop::collection::vec((-1e7_f32..1e7, -1e7_f32..1e7, 0.0_f32..2.0, any::<[u8; 4]>()), 3..9),
        indices in prop::collection::vec(0_u32..10, 0..24),
        zoom in prop_oneof![Just(1.0_f32), Just(1e-4), Just(1e-5)],
    ) {
        let vertices = corners
            .into_iter()
            .map(|(x, y, u, [red, green, blue, alpha])| Vertex {
                pos: pos2(x, y) * zoom,
                uv: pos2(u, 1.0 - u),
                color: Color32::from_rgba_premultiplied(red, green, blue, alpha),
            })
            .collect();
        paint(Mesh { indices, vertices, texture_id: TextureId::default() }, everywhere());
    }
}
