//! A secret that came over the clipboard does not stay there: everybody may read a clipboard, and it is kept for long.

use eframe::egui::{Context, Event, ViewportCommand};
use zeroize::Zeroizing;

use crate::base::{Redactor, Secret};

use super::{app::App, text};

/// So many frames after it was asked for, the clipboard's text is there or there is none: the window drawn by the CPU hands
/// it over one frame later, eframe two.
const FRAMES: u64 = 4;

impl App {
    /// Empties the clipboard if it still holds the secret of the block that was pasted; what was copied since stays.
    ///
    /// The window hands the clipboard's text over in one way only, as a paste in one of the next frames. So this comes
    /// before anything is drawn, and no box gets that paste.
    pub(super) fn clear_clipboard(&mut self, ctx: &Context) {
        if self.state.on_clipboard.is_none() {
            return;
        }
        let frame = ctx.cumulative_frame_nr();
        let Some(asked) = self.clipboard_asked else {
            self.clipboard_asked = Some(frame);
            return ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
        };
        // A frame that is laid out twice comes by here twice.
        if frame == asked {
            return;
        }
        let is_paste = |event: &mut Event| matches!(event, Event::Paste(_));
        let pasted = ctx.input_mut(|input| input.events.extract_if(.., is_paste).next());
        // Without a text on the clipboard there is no paste.
        if pasted.is_none() && frame.saturating_sub(asked) < FRAMES {
            return ctx.request_repaint();
        }
        self.clipboard_asked = None;
        let secret = self.state.on_clipboard.take();
        if let (Some(secret), Some(Event::Paste(text))) = (secret, pasted)
            && holds(&Zeroizing::new(text), &secret)
        {
            ctx.copy_text(String::new());
            text::IMPORTED_AND_CLEARED.clone_into(&mut self.state.notice);
        }
    }
}

/// Whether the secret stands in the text: as it is, or as a block of settings spells it, such as with `\u002B` for a plus.
fn holds(text: &str, secret: &Secret) -> bool {
    let without = |redactor: Redactor| Zeroizing::new(redactor.scrub(text));
    text.contains(secret.expose()) || without(Redactor::default().with(secret)) != without(Redactor::default())
}
