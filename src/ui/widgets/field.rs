//! Boxes to type into: label above, box, and below it help or what is wrong, in the same place.

use eframe::egui::{
    Button, ComboBox, CornerRadius, Event, Key, Margin, Modifiers, Response, Stroke, StrokeKind, TextEdit, Ui,
    accesskit::Invalid, vec2,
};

use super::{
    super::{
        text,
        tokens::{Palette, Tone, Type, size, space},
    },
    mark::{Mark, mark_ui},
    words::{helper_ui, strong_ui, text_ui},
};

/// What stands around a box.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct FieldSpec<'a> {
    /// Above.
    pub(in super::super) label: &'a str,
    /// Below, while nothing is wrong.
    pub(in super::super) help: &'a str,
    /// When the pointer rests on the label.
    pub(in super::super) tip: &'a str,
    /// In the box while it is empty.
    pub(in super::super) hint: &'a str,
    /// What is wrong.
    pub(in super::super) error: Option<&'a str>,
    /// It was tried already: what is wrong stands out even while somebody types.
    pub(in super::super) insist: bool,
}

/// What was done with a box.
pub(in super::super) struct Edited {
    /// The box.
    pub(in super::super) response: Response,
    /// *Enter* was pressed in it.
    pub(in super::super) submitted: bool,
}

/// A box of one line.
pub(in super::super) fn field_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String) -> Edited {
    around_ui(ui, spec, |ui| {
        let edit = TextEdit::singleline(text).hint_text(spec.hint.to_owned());
        ui.add(boxed(edit).desired_width(f32::INFINITY))
    })
}

/// A box of several lines.
pub(in super::super) fn lines_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, rows: usize) -> Edited {
    let mut edited = around_ui(ui, spec, |ui| {
        let edit = TextEdit::multiline(text).hint_text(spec.hint.to_owned()).desired_rows(rows);
        ui.add(boxed(edit).desired_width(f32::INFINITY))
    });
    edited.submitted =
        edited.response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
    edited
}

/// A box for a secret, with a button that shows it. Nothing can be copied out of it, shown or not.
pub(in super::super) fn secret_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, reveal: &mut bool) -> Edited {
    around_ui(ui, spec, |ui| {
        ui.horizontal(|ui| {
            let button_width = 72.0;
            let width = ui.available_width() - button_width - space::S;
            let id = ui.make_persistent_id("secret");
            if ui.memory(|memory| memory.has_focus(id)) {
                // A secret that is shown is still not handed on: a clipboard is read by everybody and kept for long.
                ui.input_mut(|input| input.events.retain(|event| !matches!(event, Event::Copy | Event::Cut)));
            }
            let edit = TextEdit::singleline(text).id(id).password(!*reveal).hint_text(spec.hint.to_owned());
            let response = ui.add(boxed(edit).desired_width(width));
            let (word, name) = if *reveal { (text::HIDE, text::HIDE_NAME) } else { (text::REVEAL, text::REVEAL_NAME) };
            let button = ui.add(Button::new(word).min_size(vec2(button_width, size::CONTROL))).accessible_name(name);
            if button.clicked() {
                *reveal = !*reveal;
            }
            response
        })
        .inner
    })
}

/// A choice among a few values; `options` are shown by `name`.
pub(in super::super) fn choice_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    label: &str,
    value: &mut T,
    options: &[T],
    name: impl Fn(T) -> String,
) {
    let label_response = strong_ui(ui, label);
    let width = ui.available_width();
    ComboBox::from_id_salt(label)
        .selected_text(name(*value))
        .width(width)
        .show_ui(ui, |ui| {
            for option in options {
                ui.selectable_value(value, *option, name(*option));
            }
        })
        .response
        .labelled_by(label_response.id);
}

fn boxed(edit: TextEdit<'_>) -> TextEdit<'_> {
    edit.margin(Margin::symmetric(10, 7)).min_size(vec2(0.0, size::CONTROL))
}

fn around_ui(ui: &mut Ui, spec: FieldSpec<'_>, edit: impl FnOnce(&mut Ui) -> Response) -> Edited {
    let inner = ui.vertical(|ui| {
        let label = strong_ui(ui, spec.label);
        let label = if spec.tip.is_empty() { label } else { label.on_hover_text(spec.tip) };
        let response = edit(ui).labelled_by(label.id);
        let submitted = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if submitted {
            response.request_focus();
        }
        below_ui(ui, spec, &response);
        Edited { response, submitted }
    });
    inner.inner
}

/// Help, or what is wrong; quiet as long as somebody is typing there.
fn below_ui(ui: &mut Ui, spec: FieldSpec<'_>, response: &Response) {
    let Some(error) = spec.error else {
        if !spec.help.is_empty() {
            helper_ui(ui, spec.help);
        }
        return;
    };
    let palette = Palette::of(ui);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_invalid(Invalid::True);
        node.set_description(error);
    });
    let color = palette.tone(Tone::Bad).ink;
    let quiet = response.has_focus() && !spec.insist;
    if !response.has_focus() {
        let stroke = Stroke::new(size::LINE, color);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(size::CORNER), stroke, StrokeKind::Inside);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if quiet {
            helper_ui(ui, error);
        } else {
            mark_ui(ui, Mark::Exclamation, Tone::Bad, 14.0);
            ui.vertical(|ui| text_ui(ui, error, Type::Small, color));
        }
    });
}
