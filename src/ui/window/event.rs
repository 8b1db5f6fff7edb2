//! What other threads send to the event loop. With a GPU renderer built in it is eframe's own, because both share the
//! loop; without one it is the same by hand.

use std::time::{Duration, Instant};

use eframe::egui::RequestRepaintInfo;

#[cfg(not(windows))]
pub(super) use eframe::UserEvent as Event;

/// What other threads send to the event loop.
#[cfg(windows)]
#[derive(Debug)]
pub(super) enum Event {
    /// A frame is wanted.
    RequestRepaint {
        /// When.
        when: Instant,
    },
    /// A screen reader asks for something.
    AccessKitActionRequest(egui_winit::accesskit_winit::Event),
}

#[cfg(windows)]
impl From<egui_winit::accesskit_winit::Event> for Event {
    fn from(event: egui_winit::accesskit_winit::Event) -> Self {
        Self::AccessKitActionRequest(event)
    }
}

/// The event for a frame that was asked for; `None` for never.
#[expect(clippy::disallowed_methods, reason = "eframe's event holds an `Instant`")]
pub(super) fn repaint_event(info: RequestRepaintInfo) -> Option<Event> {
    let when = Instant::now().checked_add(info.delay)?;
    Some(Event::RequestRepaint {
        #[cfg(not(windows))]
        viewport_id: info.viewport_id,
        #[cfg(not(windows))]
        cumulative_pass_nr: info.current_cumulative_pass_nr,
        when,
    })
}

/// How long it is until then.
#[expect(clippy::disallowed_methods, reason = "eframe's event holds an `Instant`")]
pub(super) fn time_until(when: Instant) -> Duration {
    when.saturating_duration_since(Instant::now())
}
