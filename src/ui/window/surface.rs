//! The pixels of a window on the screen: hands a buffer to the painter, and what changed to the desktop.

use std::{num::NonZeroU32, sync::Arc};

use softbuffer::{SoftBufferError, Surface as Buffers};
use winit::{event_loop::OwnedDisplayHandle, window::Window};

use super::{Area, Frame, Painter};

/// A window's pixels.
pub(super) struct Surface {
    display: softbuffer::Context<OwnedDisplayHandle>,
    window: Arc<Window>,
    buffers: Buffers<OwnedDisplayHandle, Arc<Window>>,
    painter: Painter,
    state: State,
}

/// What became of the frames so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// There was none.
    New,
    /// The last one is on the screen.
    Shown,
    /// Earlier ones were on the screen, but not the last.
    Behind,
}

impl Surface {
    pub(super) fn new(display: OwnedDisplayHandle, window: &Arc<Window>) -> Result<Self, SoftBufferError> {
        let display = softbuffer::Context::new(display)?;
        let buffers = Buffers::new(&display, Arc::clone(window))?;
        Ok(Self { display, window: Arc::clone(window), buffers, painter: Painter::default(), state: State::New })
    }

    pub(super) fn painter(&mut self) -> &mut Painter {
        &mut self.painter
    }

    /// Draws a frame and shows what is different. Once a frame could be shown, later ones may fail: a session that
    /// was left, a screen that was unplugged. They come back with the next frame. An error only for the first.
    pub(super) fn show(&mut self, frame: Frame) -> Result<(), SoftBufferError> {
        match self.try_show(frame) {
            Ok(()) => {
                self.state = State::Shown;
                Ok(())
            }
            Err(err) => {
                log::warn!(target: "window", "a frame could not be shown: {err}");
                if self.state == State::New {
                    return Err(err);
                }
                self.state = State::Behind;
                self.painter.forget_shown();
                if let Ok(buffers) = Buffers::new(&self.display, Arc::clone(&self.window)) {
                    self.buffers = buffers;
                }
                Ok(())
            }
        }
    }

    /// Whether the last frame could not be shown.
    pub(super) fn is_behind(&self) -> bool {
        self.state == State::Behind
    }

    fn try_show(&mut self, frame: Frame) -> Result<(), SoftBufferError> {
        let (Some(width), Some(height)) = (NonZeroU32::new(frame.width), NonZeroU32::new(frame.height)) else {
            return Ok(());
        };
        self.buffers.resize(width, height)?;
        let mut buffer = self.buffers.buffer_mut()?;
        let age = buffer.age();
        let damage: Vec<_> = self.painter.paint(&mut buffer, age, frame).into_iter().filter_map(rect).collect();
        if !damage.is_empty() {
            self.window.pre_present_notify();
            buffer.present_with_damage(&damage)?;
        }
        Ok(())
    }
}

fn rect(area: Area) -> Option<softbuffer::Rect> {
    let (width, height) = area.size();
    Some(softbuffer::Rect {
        x: u32::try_from(area.left).ok()?,
        y: u32::try_from(area.top).ok()?,
        width: NonZeroU32::new(width)?,
        height: NonZeroU32::new(height)?,
    })
}
