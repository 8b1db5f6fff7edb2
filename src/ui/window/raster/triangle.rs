//! Which pixels belong to a triangle. A pixel belongs to it when its centre does; on an edge that two triangles share,
//! both compute the same number, so that every pixel is drawn exactly once.

use eframe::egui::{Pos2, Vec2};

use super::area::{Area, to_pixel};

/// Calls `draw(row, left, right)` for every run of pixels inside `clip`.
#[inline]
pub(super) fn for_each_run(corners: [Pos2; 3], clip: Area, mut draw: impl FnMut(i32, i32, i32)) {
    let [top, middle, bottom] = by_height(corners);
    let long = Edge::new(top, bottom);
    let mut half = |short: Edge, from: f32, to: f32| {
        for row in first_centre(from).max(clip.top)..first_centre(to).min(clip.bottom) {
            let (one, other) = (long.first_pixel(row), short.first_pixel(row));
            let (left, right) = (one.min(other).max(clip.left), one.max(other).min(clip.right));
            if left < right {
                draw(row, left, right);
            }
        }
    };
    half(Edge::new(top, middle), top.y, middle.y);
    half(Edge::new(middle, bottom), middle.y, bottom.y);
}

/// A line from a higher to a lower point.
#[derive(Clone, Copy)]
struct Edge {
    start: Pos2,
    slope: f32,
}

impl Edge {
    fn new(start: Pos2, end: Pos2) -> Self {
        let height = end.y - start.y;
        Self { start, slope: if height > 0.0 { (end.x - start.x) / height } else { 0.0 } }
    }

    /// The first pixel of the row whose centre is right of the line, or on it.
    #[inline]
    fn first_pixel(self, row: i32) -> i32 {
        first_centre((centre(row) - self.start.y) * self.slope + self.start.x)
    }
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "rows are far below 2^23")]
fn centre(pixel: i32) -> f32 {
    pixel as f32 + 0.5
}

/// The first pixel whose centre is not below `at`.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "pixels are far below 2^23")]
fn first_centre(at: f32) -> i32 {
    let pixel = to_pixel(at - 0.5);
    pixel + i32::from(pixel as f32 + 0.5 < at)
}

fn by_height(corners: [Pos2; 3]) -> [Pos2; 3] {
    let [mut top, mut middle, mut bottom] = corners;
    // Equal heights keep a fixed order, so that both triangles at an edge take it in the same direction.
    let is_lower = |one: Pos2, other: Pos2| (one.y, one.x) > (other.y, other.x);
    if is_lower(top, middle) {
        (top, middle) = (middle, top);
    }
    if is_lower(middle, bottom) {
        (middle, bottom) = (bottom, middle);
    }
    if is_lower(top, middle) {
        (top, middle) = (middle, top);
    }
    [top, middle, bottom]
}

/// A value that changes evenly over a triangle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    origin: Pos2,
    value: f32,
    slope: Vec2,
}

impl Plane {
    /// Through the values at the corners; flat for a triangle without area.
    pub(super) fn new([a, b, c]: [Pos2; 3], [at_a, at_b, at_c]: [f32; 3]) -> Self {
        let (ab, ac) = (b - a, c - a);
        let area = ab.x * ac.y - ac.x * ab.y;
        let slope = if area == 0.0 {
            Vec2::ZERO
        } else {
            let (to_b, to_c) = (at_b - at_a, at_c - at_a);
            Vec2::new(to_b * ac.y - to_c * ab.y, to_c * ab.x - to_b * ac.x) / area
        };
        Self { origin: a, value: at_a, slope }
    }

    /// The part of it that lies in one row.
    #[inline]
    pub(super) fn in_row(&self, row: i32) -> Line {
        let value = self.value + (centre(row) - self.origin.y) * self.slope.y;
        Line { origin: self.origin.x, value, slope: self.slope.x }
    }
}

/// A value that changes evenly along a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    origin: f32,
    value: f32,
    slope: f32,
}

impl Line {
    /// At the centre of a pixel: the same number wherever the run that is drawn begins.
    #[inline]
    pub(super) fn at(&self, column: i32) -> f32 {
        self.value + (centre(column) - self.origin) * self.slope
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;
    use proptest::prelude::*;

    use super::*;

    const SIDE: i32 = 24;

    fn count(triangles: &[[Pos2; 3]]) -> Vec<u8> {
        let mut pixels = vec![0; usize::try_from(SIDE * SIDE).unwrap()];
        let clip = Area { left: 0, top: 0, right: SIDE, bottom: SIDE };
        for triangle in triangles {
            for_each_run(*triangle, clip, |row, left, right| {
                for column in left..right {
                    pixels[usize::try_from(row * SIDE + column).unwrap()] += 1;
                }
            });
        }
        pixels
    }

    #[test]
    fn two_halves_of_a_square_cover_it_once() {
        let corners = [pos2(2.3, 3.7), pos2(20.1, 3.7), pos2(2.3, 18.2), pos2(20.1, 18.2)];
        let [a, b, c, d] = corners;
        let pixels = count(&[[a, b, c], [c, b, d]]);
        for (at, times) in pixels.iter().enumerate() {
            let at = i32::try_from(at).unwrap();
            let inside = (2.3..20.1).contains(&centre(at % SIDE)) && (3.7..18.2).contains(&centre(at / SIDE));
            assert_eq!(*times, u8::from(inside), "pixel {at}");
        }
    }

    #[test]
    fn nothing_outside_the_clip_and_nothing_without_area() {
        let clip = Area { left: 5, top: 5, right: 7, bottom: 7 };
        for_each_run([pos2(-90.0, -90.0), pos2(500.0, 0.0), pos2(0.0, 500.0)], clip, |row, left, right| {
            assert!((5..7).contains(&row) && left >= 5 && right <= 7);
        });
        let flat = [[pos2(1.0, 1.0), pos2(9.0, 1.0), pos2(5.0, 1.0)], [pos2(1.0, 1.0); 3], [pos2(f32::NAN, 1.0); 3]];
        assert!(count(&flat).iter().all(|times| *times == 0));
    }

    proptest! {
        #[test]
        fn a_fan_around_any_point_covers_every_pixel_once(x in 1.0_f32..23.0, y in 1.0_f32..23.0, grid in any::<bool>()) {
            let middle = if grid { pos2(x.round() + 0.5, y.round() + 0.5) } else { pos2(x, y) };
            let side = 24.0;
            let corners = [pos2(0.0, 0.0), pos2(side, 0.0), pos2(side, side), pos2(0.0, side)];
            let next = [corners[1], corners[2], corners[3], corners[0]];
            let fan: Vec<_> = corners.into_iter().zip(next).map(|(one, other)| [middle, one, other]).collect();
            prop_assert!(count(&fan).iter().all(|times| *times == 1));
        }
    }

    #[test]
    fn a_plane_goes_through_its_corners() {
        let corners = [pos2(0.5, 0.5), pos2(10.5, 0.5), pos2(0.5, 20.5)];
        let plane = Plane::new(corners, [5.0, 25.0, 105.0]);
        let values = [plane.in_row(0).at(0), plane.in_row(0).at(10), plane.in_row(20).at(0)];
        assert_eq!(values.map(f32::to_bits), [5.0, 25.0, 105.0].map(f32::to_bits));
        assert_eq!(Plane::new([corners[0]; 3], [7.0, 8.0, 9.0]).in_row(3).at(3).to_bits(), 7.0_f32.to_bits());
    }
}
