//! What Exchange says of each mailbox by each mechanism, what was noticed, and what the directory says.

use eframe::egui::{Align, Layout, Ui, UiBuilder, accesskit::Role, vec2};

use crate::engine::{
    Access, DirectoryState, Expectation, Finding, LiveObservation, MailboxAccess, PolicyState, Severity,
};

use super::{
    super::super::{
        command::{Commands, PolicyCommand},
        policy_text,
        state::State,
        text,
        tokens::{Tone, size, space},
        widgets::{
            Mark, body_ui, button_ui, card_ui, chip_ui, clipped_ui, helper_ui, mark_ui, pair_ui, strong_ui, tone_ui,
        },
    },
    steps::fence_look,
    wish,
};

/// Draws the judgement.
pub(super) fn fence_ui(ui: &mut Ui, state: &State) {
    card_ui(ui, |ui| {
        let (mark, tone, word) = fence_look(state.policy.fence());
        ui.horizontal_wrapped(|ui| {
            strong_ui(ui, policy_text::FENCE);
            chip_ui(ui, mark, tone, word);
        });
        match state.policy.known.as_ref() {
            Some(known) if known.has_answers() => known_ui(ui, known),
            Some(_) | None => drop(helper_ui(ui, policy_text::NOTHING_READ_HINT)),
        }
    });
}

fn known_ui(ui: &mut Ui, known: &PolicyState) {
    body_ui(ui, &known.evaluation.summary);
    ui.add_space(space::S);
    if ui.available_width() >= size::WIDE {
        table_ui(ui, &known.evaluation.mailboxes);
    } else {
        for mailbox in &known.evaluation.mailboxes {
            ui.separator();
            narrow_ui(ui, mailbox);
        }
    }
    if known.evaluation.findings.is_empty() {
        return;
    }
    ui.add_space(space::M);
    strong_ui(ui, policy_text::FINDINGS);
    for finding in &known.evaluation.findings {
        ui.separator();
        finding_ui(ui, finding);
    }
}

fn good_if(good: bool) -> Tone {
    if good { Tone::Good } else { Tone::Bad }
}

/// The cells of a mailbox, in the order of the columns.
fn cells(mailbox: &MailboxAccess) -> [(&'static str, Tone); 6] {
    let plain = |access: Access| {
        let tone = if access == Access::Unknown { Tone::Caution } else { Tone::Neutral };
        (policy_text::access(access), tone)
    };
    let union = match (mailbox.union, mailbox.is_as_wanted()) {
        (Access::Unknown, _) => Tone::Caution,
        (_, true) => Tone::Good,
        (_, false) => Tone::Bad,
    };
    let permitted = mailbox.expected == Expectation::Permitted;
    let live = match mailbox.live {
        None => Tone::Neutral,
        Some(LiveObservation::NotProven) => Tone::Caution,
        Some(LiveObservation::Accepted) => good_if(permitted),
        Some(LiveObservation::RefusedByPolicy | LiveObservation::RefusedPlain) => good_if(!permitted),
    };
    [
        (policy_text::expectation(mailbox.expected), Tone::Neutral),
        plain(mailbox.policy),
        plain(mailbox.entra),
        plain(mailbox.rbac),
        (policy_text::access(mailbox.union), union),
        (policy_text::live(mailbox.live), live),
    ]
}

fn table_ui(ui: &mut Ui, mailboxes: &[MailboxAccess]) {
    let table = UiBuilder::new().accessibility_role(Role::Table).accessibility_label(policy_text::FENCE);
    ui.scope_builder(table, |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_row_count(mailboxes.len() + 1);
            node.set_column_count(policy_text::COLUMNS.len() + 1);
        });
        row_ui(
            ui,
            (0, Role::ColumnHeader),
            |ui| drop(helper_ui(ui, policy_text::COLUMN_MAILBOX)),
            |ui, number| {
                let (name, tip) = (policy_text::COLUMNS.get(number), policy_text::COLUMN_TIPS.get(number));
                helper_ui(ui, name.unwrap_or(&"")).on_hover_text(*tip.unwrap_or(&""));
            },
        );
        for (row, mailbox) in (1..).zip(mailboxes) {
            ui.separator();
            let cells = cells(mailbox);
            row_ui(
                ui,
                (row, Role::Cell),
                |ui| drop(clipped_ui(ui, mailbox.address.as_str())),
                |ui, number| {
                    if let Some((word, tone)) = cells.get(number) {
                        tone_ui(ui, word, *tone);
                    }
                },
            );
        }
    });
}

/// A row: the columns at the right end have their width, the mailbox has what is left. Row and cells know their place.
fn row_ui(ui: &mut Ui, (row, role): (usize, Role), first: impl FnOnce(&mut Ui), cell: impl Fn(&mut Ui, usize)) {
    let columns = policy_text::COLUMNS.len();
    #[expect(clippy::cast_precision_loss, reason = "six columns")]
    let room = (ui.available_width() - (size::COLUMN + space::S) * columns as f32).max(size::COLUMN);
    let in_cell = |ui: &mut Ui, column: usize, width: f32, draw: &mut dyn FnMut(&mut Ui)| {
        ui.allocate_ui_with_layout(vec2(width, size::TEXT_LINE), Layout::left_to_right(Align::Center), |ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(role);
                node.set_row_index(row);
                node.set_column_index(column);
            });
            ui.set_width(width);
            draw(ui);
        });
    };
    ui.scope_builder(UiBuilder::new().id_salt(row).accessibility_role(Role::Row), |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_row_index(row));
        ui.horizontal(|ui| {
            let mut first = Some(first);
            in_cell(ui, 0, room, &mut |ui| first.take().into_iter().for_each(|first| first(ui)));
            for number in 0..columns {
                in_cell(ui, number + 1, size::COLUMN, &mut |ui| cell(ui, number));
            }
        });
    });
}

fn narrow_ui(ui: &mut Ui, mailbox: &MailboxAccess) {
    strong_ui(ui, mailbox.address.as_str());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (name, (word, tone)) in policy_text::COLUMNS.iter().zip(cells(mailbox)) {
            helper_ui(ui, &format!("{name}:"));
            tone_ui(ui, word, tone);
            ui.add_space(space::S);
        }
    });
}

fn finding_ui(ui: &mut Ui, finding: &Finding) {
    let (mark, tone) = match finding.severity {
        Severity::Danger | Severity::Fault => (Mark::Cross, Tone::Bad),
        Severity::Warning => (Mark::Exclamation, Tone::Caution),
        Severity::Note => (Mark::Dash, Tone::Neutral),
    };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, tone, size::MARK);
        ui.add_space(space::XS);
        ui.vertical(|ui| {
            strong_ui(ui, &format!("{}: {}", policy_text::severity(finding.severity), finding.what));
            body_ui(ui, &finding.why);
            helper_ui(ui, &format!("{}{}", policy_text::NEXT, finding.next));
            let who = match finding.who {
                crate::engine::PolicyWho::You => crate::engine::Who::You,
                crate::engine::PolicyWho::CustomerAdmin => crate::engine::Who::CustomerAdmin,
            };
            helper_ui(ui, &format!("{}: {}", text::WHO, who.label()));
        });
    });
}

/// What the app's own token may see in the directory.
pub(super) fn directory_ui(ui: &mut Ui, state: &State, out: &mut Commands) {
    card_ui(ui, |ui| {
        strong_ui(ui, policy_text::DIRECTORY);
        helper_ui(ui, policy_text::DIRECTORY_HINT);
        ui.add_space(space::XS);
        let rows = state.policy.known.as_ref().map(|known| known.directory.as_slice()).unwrap_or_default();
        for row in rows {
            let (mark, tone) = match row.state {
                DirectoryState::Read => (Mark::Tick, Tone::Good),
                DirectoryState::Absent => (Mark::Question, Tone::Caution),
                DirectoryState::NotChecked => (Mark::Dash, Tone::Neutral),
            };
            ui.horizontal_top(|ui| {
                mark_ui(ui, mark, tone, size::MARK - 2.0);
                pair_ui(ui, row.what, |ui| {
                    body_ui(ui, &text::sentence(row.state.word()));
                    helper_ui(ui, &row.words);
                });
            });
        }
        let free = !state.policy.is_busy() && !state.credentials.form.is_empty();
        if button_ui(ui, policy_text::READ_DIRECTORY, free).on_hover_text(policy_text::READ_DIRECTORY_TIP).clicked() {
            out.push(wish(PolicyCommand::ReadDirectory));
        }
    });
}
