//! Where a frame differs from the one before (pure), in squares: only that is drawn and sent to the screen, which
//! matters most on a remote desktop.

use eframe::{
    egui::{ClippedPrimitive, Mesh, Rect, epaint::Vertex},
    epaint::Primitive,
};

use super::raster::Area;

/// Side of the squares, in pixels.
const SQUARE: i32 = 32;

/// More areas than this become one.
const MOST_AREAS: usize = 12;

/// Which squares of a picture are different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    picture: Area,
    columns: usize,
    squares: Vec<bool>,
}

impl Damage {
    /// A picture without differences.
    pub fn none(width: u32, height: u32) -> Self {
        let count = |length: u32| (length as usize).div_ceil(SQUARE.unsigned_abs() as usize);
        let columns = count(width).max(1);
        Self { picture: Area::of_size(width, height), columns, squares: vec![false; columns * count(height)] }
    }

    /// Everything in the area is different.
    pub fn mark(&mut self, area: Area) {
        let area = area.and(self.picture);
        if area.is_empty() {
            return;
        }
        let (left, right) = (square(area.left), square(area.right - 1) + 1);
        let rows = self.squares.chunks_exact_mut(self.columns);
        for row in rows.take(square(area.bottom - 1) + 1).skip(square(area.top)) {
            row.get_mut(left..right).unwrap_or_default().fill(true);
        }
    }

    /// What is different in `other` is different here too.
    pub fn add(&mut self, other: &Self) {
        if self.squares.len() == other.squares.len() && self.columns == other.columns {
            for (square, too) in self.squares.iter_mut().zip(&other.squares) {
                *square |= too;
            }
        } else {
            self.squares.fill(true);
        }
    }

    /// The same as few rectangles that do not overlap.
    pub fn areas(&self) -> Vec<Area> {
        let mut areas: Vec<Area> = Vec::new();
        for (row, squares) in self.squares.chunks_exact(self.columns).enumerate() {
            for (left, right) in runs(squares) {
                let run = Area { left: pixel(left), top: pixel(row), right: pixel(right), bottom: pixel(row + 1) };
                let above = areas
                    .iter_mut()
                    .find(|area| area.left == run.left && area.right == run.right && area.bottom == run.top);
                match above {
                    Some(area) => area.bottom = run.bottom,
                    None => areas.push(run),
                }
            }
        }
        if areas.len() > MOST_AREAS {
            areas = vec![areas.into_iter().fold(Area::default(), Area::with)];
        }
        areas.into_iter().map(|area| area.and(self.picture)).collect()
    }
}

/// Marks where two frames differ.
pub fn changes(old: &[ClippedPrimitive], new: &[ClippedPrimitive], pixels_per_point: f32, damage: &mut Damage) {
    let (old, new) = without_common_ends(old, new, same);
    let mut mark = |clip: Rect, rect: Rect| {
        let rect = rect.intersect(clip);
        if rect.is_positive() {
            damage.mark(Area::around(rect, pixels_per_point));
        }
    };
    if old.len() == new.len() {
        for (old, new) in old.iter().zip(new) {
            match (&old.primitive, &new.primitive) {
                (Primitive::Mesh(before), Primitive::Mesh(after))
                    if old.clip_rect == new.clip_rect && before.texture_id == after.texture_id =>
                {
                    mesh_changes(before, after, |rect| mark(old.clip_rect, rect));
                }
                _ if same(old, new) => {}
                _ => [old, new].into_iter().for_each(|clipped| mark(clipped.clip_rect, bounds(clipped))),
            }
        }
    } else {
        old.iter().chain(new).for_each(|clipped| mark(clipped.clip_rect, bounds(clipped)));
    }
}

fn mesh_changes(before: &Mesh, after: &Mesh, mut mark: impl FnMut(Rect)) {
    let (before, after) = (triangles(before), triangles(after));
    let (old, new) = without_common_ends(&before, &after, |one, other| one == other);
    if old.len() == new.len() {
        for (old, new) in old.iter().zip(new).filter(|(old, new)| old != new) {
            mark(around(old));
            mark(around(new));
        }
    } else {
        old.iter().chain(new).for_each(|triangle| mark(around(triangle)));
    }
}

type Triangle = [Option<Vertex>; 3];

fn triangles(mesh: &Mesh) -> Vec<Triangle> {
    let corners = |triangle: [u32; 3]| triangle.map(|index| mesh.vertices.get(index as usize).copied());
    mesh.triangles().map(corners).collect()
}

fn around(triangle: &Triangle) -> Rect {
    triangle.iter().flatten().fold(Rect::NOTHING, |rect, vertex| rect.union(Rect::from_pos(vertex.pos)))
}

fn bounds(clipped: &ClippedPrimitive) -> Rect {
    match &clipped.primitive {
        Primitive::Mesh(mesh) => mesh.calc_bounds(),
        Primitive::Callback(callback) => callback.rect,
    }
}

fn same(one: &ClippedPrimitive, other: &ClippedPrimitive) -> bool {
    one.clip_rect == other.clip_rect
        && match (&one.primitive, &other.primitive) {
            (Primitive::Mesh(one), Primitive::Mesh(other)) => one == other,
            // Nobody can say what a callback draws; ours draw nothing.
            (Primitive::Callback(_), Primitive::Callback(_)) => true,
            (Primitive::Mesh(_), Primitive::Callback(_)) | (Primitive::Callback(_), Primitive::Mesh(_)) => false,
        }
}

/// Both lists without what they share at the start and at the end.
fn without_common_ends<'a, T>(old: &'a [T], new: &'a [T], same: impl Fn(&T, &T) -> bool) -> (&'a [T], &'a [T]) {
    let start = old.iter().zip(new).take_while(|(old, new)| same(old, new)).count();
    let (_, old) = old.split_at(start);
    let (_, new) = new.split_at(start);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| same(old, new)).count();
    (old.split_at(old.len() - end).0, new.split_at(new.len() - end).0)
}

fn runs(squares: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in squares.iter().enumerate().filter(|(_, marked)| **marked) {
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end += 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

fn square(pixel: i32) -> usize {
    usize::try_from(pixel / SQUARE).unwrap_or(0)
}

fn pixel(square: usize) -> i32 {
    i32::try_from(square).unwrap_or(i32::MAX).saturating_mul(SQUARE)
}
