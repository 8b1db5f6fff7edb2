//! The Report tab: earlier tests on the left, the one in view on the right.

mod asked;
mod list;
mod opened;

pub(in super::super) use asked::{delete_ui, unfinished_ui};

use eframe::egui::Ui;

use super::super::{
    command::{Command, Commands, ReportCommand},
    state::State,
    tokens::size,
    widgets,
};

/// Draws the tab.
pub(in super::super) fn report_ui(ui: &mut Ui, state: &mut State) -> Commands {
    let mut out = Commands::new();
    widgets::page_ui(ui, |ui, two_columns| {
        let mut both = (state, &mut out);
        let page = both.0.report.chosen.as_ref().map_or_else(String::new, |path| path.display().to_string());
        widgets::split_at_ui(
            ui,
            two_columns.then_some(size::HISTORY),
            &page,
            &mut both,
            |ui, (state, out)| list::list_ui(ui, state, two_columns, out),
            |ui, (state, out)| opened::opened_ui(ui, state, out),
        );
    });
    out
}

/// A wish on this tab.
fn wish(command: ReportCommand) -> Command {
    Command::Report(command)
}
