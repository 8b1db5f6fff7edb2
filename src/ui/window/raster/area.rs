//! Rectangles of whole pixels.

use eframe::egui::Rect;

/// Pixels from `left` and `top` up to, but without, `right` and `bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Area {
    /// First column.
    pub left: i32,
    /// First row.
    pub top: i32,
    /// Column after the last.
    pub right: i32,
    /// Row after the last.
    pub bottom: i32,
}

impl Area {
    /// The whole of a picture.
    pub fn of_size(width: u32, height: u32) -> Self {
        let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
        Self { left: 0, top: 0, right: side(width), bottom: side(height) }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// Width and height, zero when empty.
    pub fn size(self) -> (u32, u32) {
        let length = |from: i32, to: i32| u32::try_from(to.saturating_sub(from)).unwrap_or(0);
        (length(self.left, self.right), length(self.top, self.bottom))
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// The smallest that holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// A clip rectangle, rounded as the GPU renderers round it.
    pub(super) fn of_clip(rect: Rect, pixels_per_point: f32) -> Self {
        let edge = |points: f32| to_pixel((points * pixels_per_point).round());
        Self { left: edge(rect.min.x), top: edge(rect.min.y), right: edge(rect.max.x), bottom: edge(rect.max.y) }
    }

    /// Every pixel whose centre lies in the rectangle.
    pub(super) fn of_centres(rect: Rect) -> Self {
        let edge = |at: f32| to_pixel((at - 0.5).ceil());
        Self { left: edge(rect.min.x), top: edge(rect.min.y), right: edge(rect.max.x), bottom: edge(rect.max.y) }
    }

    /// Every pixel that the rectangle touches, and a hair more against rounding.
    pub fn around(rect: Rect, pixels_per_point: f32) -> Self {
        let low = |points: f32| to_pixel((points * pixels_per_point - 0.01).floor());
        let high = |points: f32| to_pixel((points * pixels_per_point + 0.01).ceil());
        Self { left: low(rect.min.x), top: low(rect.min.y), right: high(rect.max.x), bottom: high(rect.max.y) }
    }
}

/// A number without fraction as a pixel; what no window can hold becomes its end.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and no number becomes zero")]
pub(super) fn to_pixel(number: f32) -> i32 {
    number.clamp(-1.0e6, 1.0e6) as i32
}
