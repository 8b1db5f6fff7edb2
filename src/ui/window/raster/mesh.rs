//! Draws one mesh: rectangles of one colour, letters that fit the pixels, and triangles of any kind.

use eframe::egui::{Color32, Mesh, Pos2, Rect, epaint::Vertex, pos2};

use super::{
    area::{Area, to_pixel},
    color::{over, pack, tint},
    fill::{Canvas, blit_run, fill_run},
    texture::Texture,
    triangle::{Plane, for_each_run},
};

/// How far a letter may stand beside the pixels, in pixels, and still be copied.
const SNAP: f32 = 1.0 / 64.0;

/// Draws what lies inside `clip`, which must lie inside the canvas.
pub(super) fn draw_mesh(canvas: &mut Canvas<'_>, clip: Area, mesh: &Mesh, texture: &Texture, pixels_per_point: f32) {
    let brush = Brush { texture, clip, reach: reach(clip) };
    let corner = |index: u32| {
        let vertex = mesh.vertices.get(index as usize)?;
        Some(Vertex { pos: (vertex.pos.to_vec2() * pixels_per_point).to_pos2(), ..*vertex })
    };
    let mut indices = mesh.indices.as_slice();
    while let [a, b, c, rest @ ..] = indices {
        indices = rest;
        let (Some(a), Some(b), Some(c)) = (corner(*a), corner(*b), corner(*c)) else { continue };
        if let [d, e, f, after @ ..] = rest
            && let (Some(d), Some(e), Some(f)) = (corner(*d), corner(*e), corner(*f))
            && let Some(tile) = tile([a, b, c], [d, e, f])
            && brush.draw_tile(canvas, &tile)
        {
            indices = after;
            continue;
        }
        brush.draw_triangle(canvas, [a, b, c]);
    }
}

/// The clip as coordinates, for a quick no.
#[expect(clippy::cast_precision_loss, reason = "pixels are far below 2^23")]
fn reach(clip: Area) -> Rect {
    Rect::from_min_max(pos2(clip.left as f32, clip.top as f32), pos2(clip.right as f32, clip.bottom as f32))
}

/// An upright rectangle of one colour.
struct Tile {
    place: Rect,
    texture: Rect,
    color: Color32,
}

/// Two triangles as egui writes rectangles, if that is what they are.
fn tile([a, b, c]: [Vertex; 3], second @ [_, _, d]: [Vertex; 3]) -> Option<Tile> {
    let is_tile = second == [c, b, d]
        && (b.pos == pos2(d.pos.x, a.pos.y) && c.pos == pos2(a.pos.x, d.pos.y))
        && (b.uv == pos2(d.uv.x, a.uv.y) && c.uv == pos2(a.uv.x, d.uv.y))
        && (a.color == b.color && a.color == c.color && a.color == d.color);
    is_tile.then(|| {
        // egui begins at any corner.
        let (left, right) = if a.pos.x <= d.pos.x { (a, d) } else { (d, a) };
        let (top, bottom) = if a.pos.y <= d.pos.y { (a, d) } else { (d, a) };
        Tile {
            place: Rect::from_min_max(pos2(left.pos.x, top.pos.y), pos2(right.pos.x, bottom.pos.y)),
            texture: Rect::from_min_max(pos2(left.uv.x, top.uv.y), pos2(right.uv.x, bottom.uv.y)),
            color: a.color,
        }
    })
}

struct Brush<'a> {
    texture: &'a Texture,
    clip: Area,
    reach: Rect,
}

impl Brush<'_> {
    /// Whether it could be drawn in the quick way.
    fn draw_tile(&self, canvas: &mut Canvas<'_>, tile: &Tile) -> bool {
        if !tile.place.is_finite() {
            return false;
        }
        if !tile.place.intersects(self.reach) {
            return true;
        }
        if tile.texture.min == tile.texture.max {
            let color = tint(self.texture.sample(tile.texture.min), pack(tile.color));
            canvas.fill(Area::of_centres(tile.place).and(self.clip), color);
            return true;
        }
        self.blit(canvas, tile).is_some()
    }

    /// Copies texels that fall on pixels one by one; `None` when they do not.
    fn blit(&self, canvas: &mut Canvas<'_>, tile: &Tile) -> Option<()> {
        let (width, height) = self.texture.size();
        let [left, top] = snapped(tile.place.min)?;
        let [right, bottom] = snapped(tile.place.max)?;
        let texel = |uv: Pos2| snapped(pos2(uv.x * width, uv.y * height));
        let ([first_column, first_row], [end_column, end_row]) = (texel(tile.texture.min)?, texel(tile.texture.max)?);
        if right - left != end_column - first_column || bottom - top != end_row - first_row {
            return None;
        }
        let color = pack(tile.color);
        let shown = Area { left, top, right, bottom }.and(self.clip);
        let count = usize::try_from(shown.right - shown.left).ok()?;
        for row in shown.top..shown.bottom {
            let texels = self.texture.run(first_column + shown.left - left, first_row + row - top, count);
            blit_run(canvas.run(row, shown.left, shown.right), texels, color);
        }
        Some(())
    }

    /// Along a side, on average.
    fn texels_per_pixel(&self, corners: [Vertex; 3]) -> f32 {
        let (width, height) = self.texture.size();
        let (texels, pixels) = (area(corners.map(|corner| corner.uv)), area(corners.map(|corner| corner.pos)));
        if pixels > 0.0 { (texels * width * height / pixels).sqrt() } else { 1.0 }
    }

    fn draw_triangle(&self, canvas: &mut Canvas<'_>, [a, b, c]: [Vertex; 3]) {
        let corners = [a.pos, b.pos, c.pos];
        let bounds = Rect::from_points(&corners);
        if !bounds.intersects(self.reach) || !bounds.is_finite() {
            return;
        }
        let is_plain = a.uv == b.uv && b.uv == c.uv;
        if is_plain && a.color == b.color && b.color == c.color {
            let color = tint(self.texture.sample(a.uv), pack(a.color));
            return for_each_run(corners, self.clip, |row, left, right| {
                fill_run(canvas.run(row, left, right), color);
            });
        }
        let colors = Colors::new(corners, [a.color, b.color, c.color]);
        if is_plain {
            let texel = self.texture.sample(a.uv);
            return for_each_run(corners, self.clip, |row, left, right| {
                let run = canvas.run(row, left, right);
                for (pixel, color) in run.iter_mut().zip(colors.run(left, row)) {
                    *pixel = over(tint(texel, color), *pixel);
                }
            });
        }
        let sampler = self.texture.sampler(self.texels_per_pixel([a, b, c]));
        let across = Plane::new(corners, [a.uv.x, b.uv.x, c.uv.x]);
        let down = Plane::new(corners, [a.uv.y, b.uv.y, c.uv.y]);
        for_each_run(corners, self.clip, |row, left, right| {
            let (across, down) = (across.in_row(row), down.in_row(row));
            let run = canvas.run(row, left, right);
            for ((pixel, color), column) in run.iter_mut().zip(colors.run(left, row)).zip(left..) {
                let texel = sampler.sample(pos2(across.at(column), down.at(column)));
                *pixel = over(tint(texel, color), *pixel);
            }
        });
    }
}

/// Twice the area of a triangle.
fn area([a, b, c]: [Pos2; 3]) -> f32 {
    let (ab, ac) = (b - a, c - a);
    (ab.x * ac.y - ac.x * ab.y).abs()
}

/// Both numbers, when they are whole but for rounding.
fn snapped(at: Pos2) -> Option<[i32; 2]> {
    let (x, y) = (at.x.round(), at.y.round());
    ((at.x - x).abs() < SNAP && (at.y - y).abs() < SNAP).then(|| [to_pixel(x), to_pixel(y)])
}

/// The colours of a triangle: a plane for each channel.
struct Colors([Plane; 4]);

impl Colors {
    fn new(corners: [Pos2; 3], [a, b, c]: [Color32; 3]) -> Self {
        let [red_a, green_a, blue_a, alpha_a] = a.to_array().map(f32::from);
        let [red_b, green_b, blue_b, alpha_b] = b.to_array().map(f32::from);
        let [red_c, green_c, blue_c, alpha_c] = c.to_array().map(f32::from);
        Self([
            Plane::new(corners, [blue_a, blue_b, blue_c]),
            Plane::new(corners, [green_a, green_b, green_c]),
            Plane::new(corners, [red_a, red_b, red_c]),
            Plane::new(corners, [alpha_a, alpha_b, alpha_c]),
        ])
    }

    /// From a pixel to the right, without end.
    #[inline]
    fn run(&self, column: i32, row: i32) -> impl Iterator<Item = u32> {
        let row = self.0.map(|plane| plane.in_row(row));
        (column..).map(move |column| {
            let [blue, green, red, alpha] = row.map(|line| to_byte(line.at(column)));
            u32::from_be_bytes([alpha, red, green, blue])
        })
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn to_byte(level: f32) -> u8 {
    (level + 0.5) as u8
}
