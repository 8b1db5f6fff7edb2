//! Boxes to type into: label above, box, and below it help or what is wrong, in the same place.

use eframe::egui::{
    Button, ComboBox, CornerRadius, Event, Key, Margin, Modifiers, OutputCommand, Response, ScrollArea, Stroke,
    StrokeKind, TextEdit, Ui, accesskit::Invalid, vec2,
};

use super::{
    super::{
        text,
        tokens::{Palette, Tone, Type, size, space},
    },
    button::{link_button_ui, wide_button_ui},
    mark::{Mark, mark_ui},
    words::{helper_ui, strong_ui, text_ui},
};

/// A longer list is not laid out line by line.
const LONG: usize = 1_000;

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

/// A box of several lines. It grows with what stands in it to twice its size, and scrolls from then on: thousands of
/// addresses push nothing out of reach.
pub(in super::super) fn lines_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, rows: usize) -> Edited {
    let mut edited = around_ui(ui, spec, |ui| {
        let edit = TextEdit::multiline(text).hint_text(spec.hint.to_owned()).desired_rows(rows);
        let lines = u8::try_from(rows).map_or(0.0, f32::from);
        let most = size::CONTROL + 2.0 * lines * ui.text_style_height(&Type::Body.style());
        let area = ScrollArea::vertical().id_salt(spec.label).max_height(most).auto_shrink([false, true]);
        let shown = area.show(ui, |ui| ui.add(boxed(edit).desired_width(f32::INFINITY)));
        let mut response = shown.inner;
        response.rect = response.rect.intersect(shown.inner_rect);
        if shown.content_size.y > shown.inner_rect.height() {
            outline_ui(ui, &response);
        }
        response
    });
    edited.submitted =
        edited.response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
    edited
}

/// A list of addresses. Thousands of them are said in a few words, because nobody reads them here and laying them out takes
/// more memory than the rest of the window; a button unfolds them to be changed by hand.
pub(in super::super) fn list_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, rows: usize) -> Edited {
    let id = ui.make_persistent_id((spec.label, "unfolded"));
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    if lines <= LONG {
        return lines_ui(ui, spec, text, rows);
    }
    let is_open = ui.data(|data| data.get_temp(id)).unwrap_or(false);
    if is_open {
        let edited = lines_ui(ui, spec, text, rows);
        if link_button_ui(ui, text::FOLD).accessible_name(text::fold(spec.label)).clicked() {
            ui.data_mut(|data| data.insert_temp(id, false));
        }
        return edited;
    }
    around_ui(ui, spec, |ui| {
        let words = text::long_list(lines);
        let button = wide_button_ui(ui, &words, true).on_hover_text(text::UNFOLD_TIP);
        // Its name is the label above it.
        ui.ctx().accesskit_node_builder(button.id, |node| node.set_description(words));
        if button.clicked() {
            ui.data_mut(|data| data.insert_temp(id, true));
        }
        button
    })
}

/// A box for a secret, with a button that shows it. Nothing can be copied out of it, shown or not.
pub(in super::super) fn secret_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, reveal: &mut bool) -> Edited {
    around_ui(ui, spec, |ui| {
        ui.horizontal(|ui| {
            let button_width = 72.0;
            let width = ui.available_width() - button_width - space::S;
            let id = ui.make_persistent_id("secret");
            let edit = TextEdit::singleline(text).id(id).password(!*reveal).hint_text(spec.hint.to_owned());
            let response = kept_in_ui(ui, |ui| ui.add(boxed(edit).desired_width(width)));
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

/// A box of several lines that may hold a secret. Nothing can be copied out of it.
pub(in super::super) fn secret_lines_ui(ui: &mut Ui, spec: FieldSpec<'_>, text: &mut String, rows: usize) -> Edited {
    kept_in_ui(ui, |ui| lines_ui(ui, spec, text, rows))
}

/// What stands in the box that `add` draws is handed on neither by the keys nor by being selected, which on X11 and Wayland
/// is enough for the middle button to paste it: a clipboard is read by everybody and kept for long.
fn kept_in_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let is_copying = |event: &Event| matches!(event, Event::Copy | Event::Cut);
    let copying: Vec<Event> = ui.input_mut(|input| input.events.extract_if(.., |event| is_copying(event)).collect());
    let before = ui.output(|output| output.commands.len());
    let shown = add(ui);
    ui.output_mut(|output| {
        let is_selection = |command: &OutputCommand| matches!(command, OutputCommand::TextSelectionSettled(_));
        output.commands.extract_if(before.., |command| is_selection(command)).for_each(drop);
    });
    // Whatever else has the keyboard may still be copied from.
    ui.input_mut(|input| input.events.extend(copying));
    shown
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

/// The edge of a box whose own edges have scrolled away.
fn outline_ui(ui: &Ui, response: &Response) {
    let palette = Palette::of(ui);
    let stroke = if response.has_focus() {
        Stroke::new(size::FOCUS_LINE, palette.accent)
    } else {
        Stroke::new(size::LINE, palette.control_line)
    };
    ui.painter().rect_stroke(response.rect, CornerRadius::same(size::CORNER), stroke, StrokeKind::Inside);
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
