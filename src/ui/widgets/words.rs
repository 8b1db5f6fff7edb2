//! Text in the type scale. All of it wraps, and all of it can be selected. What comes from a service or a file begins no
//! line of its own and hides nothing.

use std::borrow::Cow;

use eframe::egui::{
    Align, Color32, Label, Response, RichText, Ui,
    accesskit::{Live, Role},
};

use crate::base::visible;

use super::super::{
    glossary,
    tokens::{Palette, Tone, Type, size},
};

/// Text that begins no line of its own and hides nothing, in letters that our fonts have.
pub(in super::super) fn shown(text: &str) -> Cow<'_, str> {
    match visible(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text),
        Cow::Owned(text) => Cow::Owned(text.replace('⟨', "‹").replace('⟩', "›")),
    }
}

/// Text of one kind in one colour.
pub(super) fn text_ui(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    lines_ui(ui, &shown(text), kind, color)
}

fn lines_ui(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let label = Label::new(RichText::new(text).text_style(kind.style()).color(color)).wrap().halign(Align::LEFT);
    explained(ui.add(label), text)
}

/// Says what the words in a text mean while the pointer rests on it.
pub(super) fn explained(response: Response, text: &str) -> Response {
    response.ctx.accesskit_node_builder(response.id, |node| {
        if let Some(meaning) = glossary::meaning(text) {
            node.set_description(meaning);
        }
    });
    if !response.hovered() {
        return response;
    }
    let words = match glossary::meaning(text) {
        Some(meaning) => vec![(text, meaning)],
        None => glossary::words_in(text),
    };
    if words.is_empty() {
        return response;
    }
    response.on_hover_ui(|ui| {
        let palette = Palette::of(ui);
        ui.set_max_width(size::TIP);
        for (word, meaning) in words {
            if word != text {
                ui.label(RichText::new(word).text_style(Type::Strong.style()).color(palette.ink));
            }
            ui.label(RichText::new(meaning).text_style(Type::Body.style()).color(palette.ink));
        }
    })
}

/// What is read.
pub(in super::super) fn body_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    text_ui(ui, text, Type::Body, color)
}

/// What stands out in a line.
pub(in super::super) fn strong_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    text_ui(ui, text, Type::Strong, color)
}

/// A state in a word, small, in the colour of its tone; its mark stands beside it.
pub(in super::super) fn tone_ui(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let color = Palette::of(ui).tone(tone).ink;
    text_ui(ui, text, Type::Small, color)
}

/// Small and quiet.
pub(in super::super) fn helper_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).muted;
    text_ui(ui, text, Type::Small, color)
}

/// The name of a value that follows.
pub(in super::super) fn label_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).muted;
    text_ui(ui, text, Type::Body, color)
}

/// Ids and raw messages.
pub(in super::super) fn mono_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    text_ui(ui, text, Type::Mono, color)
}

/// Commands that were made here, on as many lines as they have.
pub(in super::super) fn code_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    lines_ui(ui, text, Type::Mono, color)
}

/// Title of a card.
pub(in super::super) fn heading_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    let response = text_ui(ui, text, Type::Heading, color);
    name_role(&response, Role::Heading, text);
    response
}

/// The one word that matters. `spoken` is what a screen reader says by itself when it changes.
pub(in super::super) fn verdict_ui(ui: &mut Ui, word: &str, color: Color32, spoken: &str) -> Response {
    let response = text_ui(ui, word, Type::Verdict, color);
    announce(&response, spoken);
    response
}

/// A line that a screen reader reads out by itself when it changes.
pub(in super::super) fn status_ui(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let response = text_ui(ui, text, kind, color);
    announce(&response, text);
    response
}

/// What happened last: on one line, the whole text when the pointer rests on it, and read out by a screen reader.
pub(in super::super) fn notice_ui(ui: &mut Ui, text: &str) -> Response {
    let response = clipped_ui(ui, text);
    announce(&response, text);
    response
}

/// The name of the program.
pub(in super::super) fn title_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).ink;
    ui.add(Label::new(RichText::new(text).text_style(Type::Title.style()).color(color)).selectable(false).extend())
}

/// A line of the log; it does not wrap.
pub(in super::super) fn log_text_ui(ui: &mut Ui, text: &str, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(shown(text)).text_style(Type::Mono.style()).color(color)).extend())
}

/// Small and quiet, on one line; the whole text when the pointer rests on it.
pub(in super::super) fn clipped_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).muted;
    ui.add(Label::new(RichText::new(shown(text)).text_style(Type::Small.style()).color(color)).truncate())
}

fn announce(response: &Response, text: &str) {
    name_role(response, Role::Status, text);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
}

fn name_role(response: &Response, role: Role, text: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(role);
        node.clear_value();
        node.set_label(shown(text).as_ref());
    });
}
