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
pub(super) fn changes(old: &[ClippedPrimitive], new: &[ClippedPrimitive], pixels_per_point: f32, damage: &mut Damage) {
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

#[cfg(test)]
mod tests {
    use eframe::egui::{Color32, pos2};

    use super::*;

    fn area(left: i32, top: i32, right: i32, bottom: i32) -> Area {
        Area { left, top, right, bottom }
    }

    fn clipped(rects: &[(f32, Color32)]) -> ClippedPrimitive {
        let mut mesh = Mesh::default();
        for (x, color) in rects {
            mesh.add_colored_rect(Rect::from_min_max(pos2(*x, 10.0), pos2(x + 10.0, 20.0)), *color);
        }
        ClippedPrimitive { clip_rect: Rect::EVERYTHING, primitive: Primitive::Mesh(mesh) }
    }

    fn check(old: &[ClippedPrimitive], new: &[ClippedPrimitive], wanted: &[Area]) {
        let mut damage = Damage::none(320, 100);
        changes(old, new, 1.0, &mut damage);
        assert_eq!(damage.areas(), wanted);
        let mut back = Damage::none(320, 100);
        changes(new, old, 1.0, &mut back);
        assert_eq!(damage, back);
    }

    #[test]
    fn marks_become_few_rectangles_inside_the_picture() {
        let mut damage = Damage::none(100, 70);
        assert_eq!(damage.areas(), []);
        damage.mark(area(-5, 30, 33, 34));
        assert_eq!(damage.areas(), [area(0, 0, 64, 64)]);
        damage.mark(area(90, 65, 400, 400));
        assert_eq!(damage.areas(), [area(0, 0, 64, 64), area(64, 64, 100, 70)]);
        damage.mark(area(200, 200, 300, 300));
        damage.mark(area(5, 5, 5, 9));
        assert_eq!(damage.areas().len(), 2);
    }

    #[test]
    fn many_rectangles_become_one() {
        let mut damage = Damage::none(32 * 20, 32 * 20);
        for step in 0..20 {
            damage.mark(area(step * 32, step * 32, step * 32 + 1, step * 32 + 1));
        }
        assert_eq!(damage.areas(), [area(0, 0, 640, 640)]);
    }

    #[test]
    fn pictures_of_another_size_are_different_everywhere() {
        let mut damage = Damage::none(64, 64);
        damage.add(&Damage::none(96, 64));
        assert_eq!(damage.areas(), [area(0, 0, 64, 64)]);
    }

    #[test]
    fn only_what_changed_is_marked() {
        let red = Color32::RED;
        let before = [clipped(&[(0.0, red), (100.0, red), (200.0, red), (300.0, red)])];
        check(&before, &before, &[]);
        let recoloured = [clipped(&[(0.0, red), (100.0, Color32::BLUE), (200.0, red), (300.0, red)])];
        check(&before, &recoloured, &[area(96, 0, 128, 32)]);
        let longer = [clipped(&[(0.0, red), (100.0, red), (150.0, red), (200.0, red), (300.0, red)])];
        check(&before, &longer, &[area(128, 0, 192, 32)]);
        let two = [clipped(&[(0.0, Color32::BLUE), (100.0, red), (200.0, red), (300.0, Color32::BLUE)])];
        check(&before, &two, &[area(0, 0, 32, 32), area(288, 0, 320, 32)]);
    }

    #[test]
    fn things_that_come_and_go_are_marked() {
        let (one, other) = (clipped(&[(0.0, Color32::RED)]), clipped(&[(100.0, Color32::RED)]));
        check(std::slice::from_ref(&one), &[one.clone(), other.clone()], &[area(96, 0, 128, 32)]);
        check(
            &[one.clone(), other.clone()],
            &[other.clone(), one.clone()],
            &[area(0, 0, 32, 32), area(96, 0, 128, 32)],
        );
        let hidden = ClippedPrimitive { clip_rect: Rect::from_min_max(pos2(0.0, 0.0), pos2(5.0, 90.0)), ..other };
        check(std::slice::from_ref(&one), &[one.clone(), hidden], &[]);
    }
}
