//! The offer of a demo tenant, and the choice of its scenario.

use eframe::egui::{ComboBox, Ui};

use super::super::{
    command::{Command, Commands},
    state::{Demo, State},
    text,
    tokens::{Tone, size, space},
    widgets::{Mark, button_ui, card_ui, helper_ui, note_ui, strong_ui},
};

/// Draws the offer; nothing while the demo runs, when the banner speaks of it.
pub(super) fn demo_card_ui(ui: &mut Ui, state: &mut State, out: &mut Commands) {
    if state.demo.active.is_some() {
        return;
    }
    let free = !state.is_busy();
    ui.add_space(space::L);
    card_ui(ui, |ui| {
        strong_ui(ui, text::DEMO_TITLE);
        helper_ui(ui, text::DEMO_HINT);
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            scenario_choice_ui(ui, &mut state.demo);
            let word = if state.demo.starting.is_some() { text::DEMO_STARTING } else { text::DEMO_START };
            if button_ui(ui, word, free).clicked() {
                out.push(Command::StartDemo);
            }
        });
        if let Some(scenario) = state.demo.chosen() {
            helper_ui(ui, &scenario.about);
        }
        if let Some(problem) = &state.demo.problem {
            note_ui(ui, Mark::Cross, Tone::Bad, &problem.summary);
        }
    });
}

/// The choice of a scenario; says whether another one was chosen.
pub(in super::super) fn scenario_choice_ui(ui: &mut Ui, demo: &mut Demo) -> bool {
    let before = demo.choice.clone();
    let title = demo.chosen().map(|scenario| scenario.title.clone()).unwrap_or_default();
    let width = size::SCENARIO.min(ui.available_width());
    let combo = ComboBox::from_id_salt(text::DEMO_SCENARIO).selected_text(title).width(width).truncate();
    let shown = combo.show_ui(ui, |ui| {
        for scenario in &demo.scenarios {
            let item = ui.selectable_value(&mut demo.choice, scenario.name.clone(), &scenario.title);
            item.on_hover_text(&scenario.about);
        }
    });
    shown.response.accessible_name(text::DEMO_SCENARIO);
    demo.choice != before
}
