//! What other threads send to the event loop: eframe's own, because both renderers share the loop.

use std::time::{Duration, Instant};

use eframe::egui::RequestRepaintInfo;

pub(super) use eframe::UserEvent as Event;

/// The event for a frame that was asked for; `None` for never.
#[expect(clippy::disallowed_methods, reason = "eframe's event holds an `Instant`")]
pub(super) fn repaint_event(info: RequestRepaintInfo) -> Option<Event> {
    let when = Instant::now().checked_add(info.delay)?;
    Some(Event::RequestRepaint {
        viewport_id: info.viewport_id,
        cumulative_pass_nr: info.current_cumulative_pass_nr,
        when,
    })
}

/// How long it is until then.
#[expect(clippy::disallowed_methods, reason = "eframe's event holds an `Instant`")]
pub(super) fn time_until(when: Instant) -> Duration {
    when.saturating_duration_since(Instant::now())
}
