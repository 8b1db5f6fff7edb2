//! The choice of the method with its consequences, and the way from one to the other.

use eframe::egui::{CollapsingHeader, CornerRadius, Frame, Margin, Stroke, Ui};

use crate::engine::{Method, Migration, ScriptKind, Truth, method_text};

use super::{
    super::super::{
        command::{Command, Commands, PolicyCommand},
        policy_text,
        state::State,
        tokens::{Palette, Tone, Type, size, space},
        widgets::{Mark, body_ui, button_ui, card_ui, chip_ui, helper_ui, link_button_ui, mark_ui, note_ui, strong_ui},
    },
    step::{numbered_ui, rollback_ui},
    wish,
};

/// Two cards, one per method.
pub(super) fn methods_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    strong_ui(ui, policy_text::METHOD);
    ui.add_space(space::XS);
    let chosen = state.policy.form.method;
    if ui.available_width() >= size::WIDE {
        // Both as high as the higher one was when it was drawn last.
        let id = ui.scope_id().with("methods");
        let height: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let heights = ui.columns_const(|[left, right]| {
            [(left, Method::ApplicationAccessPolicy), (right, Method::RbacForApplications)]
                .map(|(ui, method)| method_ui(ui, (method, chosen), height, out))
        });
        let higher = heights.into_iter().fold(0.0, f32::max);
        ui.data_mut(|data| data.insert_temp(id, higher));
    } else {
        for method in Method::ALL {
            method_ui(ui, (method, chosen), 0.0, out);
            ui.add_space(space::S);
        }
    }
}

/// Gives back the height that its contents need.
fn method_ui(ui: &mut Ui, (method, chosen): (Method, Method), height: f32, out: &mut Commands) -> f32 {
    let palette = Palette::of(ui);
    let selected = method == chosen;
    let line =
        if selected { Stroke::new(size::FOCUS_LINE, palette.accent) } else { Stroke::new(size::LINE, palette.line) };
    let frame = Frame::new().fill(palette.surface).stroke(line).corner_radius(CornerRadius::same(size::CARD_CORNER));
    frame
        .inner_margin(Margin::symmetric(16, 14))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            let needed = ui.vertical(|ui| contents_ui(ui, method, selected, out)).response.rect.height();
            ui.add_space((height - needed).max(0.0));
            needed
        })
        .inner
}

fn contents_ui(ui: &mut Ui, method: Method, selected: bool, out: &mut Commands) {
    let text = method_text(method);
    let title = eframe::egui::RichText::new(text.title).text_style(Type::Strong.style());
    if ui.radio(selected, title).clicked() {
        out.push(wish(PolicyCommand::Choose(method)));
    }
    ui.horizontal_wrapped(|ui| match method {
        Method::ApplicationAccessPolicy => {
            chip_ui(ui, Mark::Tick, Tone::Info, policy_text::GUIDE_METHOD);
            chip_ui(ui, Mark::Exclamation, Tone::Caution, policy_text::LEGACY);
        }
        Method::RbacForApplications => chip_ui(ui, Mark::Tick, Tone::Good, policy_text::RECOMMENDED),
    });
    ui.add_space(space::XS);
    body_ui(ui, text.summary);
    ui.add_space(space::XS);
    for good in text.good {
        point_ui(ui, Mark::Tick, Tone::Good, good);
    }
    for bad in text.bad {
        point_ui(ui, Mark::Exclamation, Tone::Caution, bad);
    }
}

fn point_ui(ui: &mut Ui, mark: Mark, tone: Tone, words: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.vertical(|ui| {
            ui.set_width(size::MARK_SMALL);
            ui.add_space(2.0);
            mark_ui(ui, mark, tone, size::MARK_SMALL);
        });
        ui.vertical(|ui| helper_ui(ui, words));
    });
}

/// Whether `Mail.Send` is still granted in Entra, which decides whether a role's scope limits anything.
pub(super) fn grant_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    card_ui(ui, |ui| {
        strong_ui(ui, policy_text::GRANT_TITLE);
        ui.add_space(space::XS);
        let held = state.policy.known.as_ref().map(|known| known.mail_send_in_entra).unwrap_or_default();
        match held {
            Truth::Yes => note_ui(ui, Mark::Exclamation, Tone::Caution, policy_text::GRANT_HELD),
            Truth::No => note_ui(ui, Mark::Tick, Tone::Good, policy_text::GRANT_GONE),
            Truth::Unknown => note_ui(ui, Mark::Question, Tone::Neutral, policy_text::GRANT_UNKNOWN),
        }
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            let free = !state.policy.is_busy();
            if state.demo.active.is_some() && button_ui(ui, policy_text::REMOVE_DEMO_GRANT, free).clicked() {
                out.push(wish(PolicyCommand::RemoveDemoGrant));
            }
            if held != Truth::No && link_button_ui(ui, policy_text::TO_CREDENTIALS).clicked() {
                out.push(Command::Show(super::super::super::state::Tab::Credentials));
            }
        });
    });
}

/// Scripts that migrate from one method to the other, and those that take a fence away.
pub(super) fn migration_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    card_ui(ui, |ui| {
        let open = state.policy.other.is_some().then_some(true);
        CollapsingHeader::new(policy_text::MIGRATION).open(open).show(ui, |ui| {
            strong_ui(ui, policy_text::MIGRATION_ORDER);
            ui.add_space(space::XS);
            numbered_ui(ui, &policy_text::MIGRATION_STEPS);
            ui.add_space(space::S);
            if let Some(known) = state.policy.known.as_ref().filter(|known| known.has_answers()) {
                let (mark, tone) = match &known.migration {
                    Migration::Done => (Mark::Tick, Tone::Good),
                    Migration::Blocked(_) => (Mark::Exclamation, Tone::Caution),
                    Migration::ReadFirst
                    | Migration::AddRole
                    | Migration::RemoveEntraGrant
                    | Migration::CheckEntraGrant
                    | Migration::RemovePolicy => (Mark::Exclamation, Tone::Info),
                };
                let advice = format!("{}{}", policy_text::COMES_NEXT, known.migration.advice());
                note_ui(ui, mark, tone, &advice);
                ui.add_space(space::S);
            }
            kinds_ui(ui, state, &[ScriptKind::MigrateAdd, ScriptKind::MigrateFinish], out);
            ui.add_space(space::M);
            rollback_ui(ui, state.policy.form.method);
            ui.add_space(space::S);
            let kind = match state.policy.form.method {
                Method::ApplicationAccessPolicy => ScriptKind::RemovePolicy,
                Method::RbacForApplications => ScriptKind::RemoveRbac,
            };
            kinds_ui(ui, state, &[kind], out);
        });
    });
}

fn kinds_ui(ui: &mut Ui, state: &State, kinds: &[ScriptKind], out: &mut Commands) {
    ui.horizontal_wrapped(|ui| {
        for kind in kinds {
            let shown = state.policy.other == Some(*kind);
            if ui.selectable_label(shown, kind.title()).clicked() {
                out.push(wish(PolicyCommand::Other((!shown).then_some(*kind))));
            }
        }
    });
}
