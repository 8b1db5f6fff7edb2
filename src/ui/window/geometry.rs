//! Where the window is, to be remembered; and putting it back where it can be seen.

use eframe::egui::{Context, Rect, Vec2, pos2, vec2};
use winit::{dpi::PhysicalPosition, event_loop::ActiveEventLoop, monitor::MonitorHandle, window::Window};

/// This much of the title bar must be on a screen, in pixels.
const GRIP: Vec2 = vec2(160.0, 32.0);

/// Where a window is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Top left corner with the frame, in pixels; unknown on Wayland.
    pub position: Option<[i32; 2]>,
    /// Size without the frame, in points.
    pub size: [f32; 2],
    /// Whether it fills the screen.
    pub maximized: bool,
}

impl Geometry {
    /// Where the window is now. A maximized one keeps the place that it came from, as far as that is known.
    pub fn of(ctx: &Context, before: Option<Self>) -> Option<Self> {
        let zoom = ctx.zoom_factor();
        let pixels_per_point = ctx.pixels_per_point();
        let (outer, inner, maximized, minimized) = ctx.input(|input| {
            let info = input.viewport();
            (info.outer_rect, info.inner_rect, info.maximized, info.minimized)
        });
        if minimized == Some(true) {
            return before;
        }
        let maximized = maximized == Some(true);
        if let Some(before) = before.filter(|_| maximized) {
            return Some(Self { maximized, ..before });
        }
        let size = inner.map_or_else(|| ctx.input(|input| input.viewport_rect().size()), |rect| rect.size()) * zoom;
        let position = outer.map(|rect| [whole(rect.min.x * pixels_per_point), whole(rect.min.y * pixels_per_point)]);
        (size.x >= 1.0 && size.y >= 1.0).then_some(Self { position, size: size.into(), maximized })
    }
}

/// Puts a window where it was, unless that place is on no screen any more; one that was nowhere yet into the middle.
pub(super) fn place(window: &Window, geometry: Option<Geometry>) {
    let remembered = geometry.and_then(|geometry| geometry.position);
    let visible =
        |position: &[i32; 2]| window.available_monitors().any(|monitor| can_be_gripped(*position, screen(&monitor)));
    if let Some(position) = remembered.filter(visible).or_else(|| middle(window)) {
        window.set_outer_position(PhysicalPosition::<i32>::from(position));
    }
}

/// A window larger than every screen cannot be used, and on Windows does not even appear. In points.
pub(super) fn no_larger_than_screens(size: Vec2, event_loop: &ActiveEventLoop) -> Vec2 {
    let largest = event_loop.available_monitors().fold(Vec2::ZERO, |largest, monitor| {
        let points = monitor.size().to_logical::<f32>(monitor.scale_factor());
        largest.max(vec2(points.width, points.height))
    });
    if largest == Vec2::ZERO { size } else { size.min(largest) }
}

fn middle(window: &Window) -> Option<[i32; 2]> {
    let monitor = window.primary_monitor().or_else(|| window.current_monitor())?;
    let (room, size) = (monitor.size(), window.outer_size());
    let from = |start: i32, room: u32, length: u32| Some(start + i32::try_from(room.saturating_sub(length) / 2).ok()?);
    let position = monitor.position();
    Some([from(position.x, room.width, size.width)?, from(position.y, room.height, size.height)?])
}

#[expect(clippy::cast_precision_loss, reason = "screens are far smaller than 2^23")]
fn screen(monitor: &MonitorHandle) -> Rect {
    let (position, size) = (monitor.position(), monitor.size());
    let min = pos2(position.x as f32, position.y as f32);
    Rect::from_min_size(min, vec2(size.width as f32, size.height as f32))
}

#[expect(clippy::cast_precision_loss, reason = "screens are far smaller than 2^23")]
fn can_be_gripped([x, y]: [i32; 2], screen: Rect) -> bool {
    let grip = Rect::from_min_size(pos2(x as f32, y as f32), GRIP);
    screen.expand(8.0).contains(grip.left_top()) && screen.contains(grip.right_bottom())
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn whole(number: f32) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_comes_back_only_where_it_can_be_moved() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1920.0, 1080.0));
        for (position, wanted) in [
            ([100, 100], true),
            ([-8, -8], true),
            ([1900, 100], false),
            ([100, 1070], false),
            ([-2000, 100], false),
            ([100, -500], false),
        ] {
            assert_eq!(can_be_gripped(position, screen), wanted, "{position:?}");
        }
    }

    #[test]
    fn without_a_window_there_is_only_a_size() {
        let ctx = Context::default();
        let input = eframe::egui::RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 480.0))),
            ..Default::default()
        };
        ctx.run_ui(input, |_| ()).textures_delta.clear();
        assert_eq!(Geometry::of(&ctx, None), Some(Geometry { position: None, size: [640.0, 480.0], maximized: false }));
    }
}
