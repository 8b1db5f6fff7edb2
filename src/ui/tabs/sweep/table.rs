//! Every mailbox of a sweep: filter, search, order, and below it the chosen line's details.

use eframe::egui::{Rect, Ui, UiBuilder, pos2, vec2};

use crate::engine::{SweepFinding, SweepLine, SweepResult};

use super::{
    super::super::{
        command::{Command, Commands, SweepCommand},
        state::{Lines, SweepColumn, SweepFilter, SweepRun, SweepTab, SweepTable},
        sweep_text,
        tokens::{Palette, Tone, Type, size, space},
        widgets::{
            Column, FieldSpec, Mark, TableSpec, button_ui, cell_text, field_ui, heading_ui, helper_ui, link_button_ui,
            mark_ui, pairs_ui, strong_ui, table_ui,
        },
    },
    wish,
};

/// Draws the card.
pub(super) fn table_card_ui(ui: &mut Ui, sweep: &mut SweepTab, out: &mut Commands) {
    let Some(run) = &sweep.run else { return };
    let is_done = run.report.is_some();
    ui.horizontal(|ui| {
        heading_ui(ui, sweep_text::RESULTS);
        if button_ui(ui, sweep_text::SAVE, is_done).clicked() {
            out.push(wish(SweepCommand::AskSave));
        }
    });
    ui.add_space(space::XS);
    filters_ui(ui, run, sweep.table.filter, out);
    ui.add_space(space::XS);
    let spec = FieldSpec { label: sweep_text::SEARCH, hint: sweep_text::SEARCH_HINT, ..FieldSpec::default() };
    field_ui(ui, spec, &mut sweep.table.search);
    ui.add_space(space::XS);
    lines_ui(ui, run.lines(), &sweep.table, out);
    let chosen = sweep.table.selected.and_then(|at| run.lines().get(at));
    if let Some(line) = chosen {
        ui.add_space(space::M);
        let shown = ui.scope(|ui| details_ui(ui, line, is_done, out));
        if std::mem::take(&mut sweep.table.details_wanted) {
            shown.response.scroll_to_me(None);
        }
    }
}

fn filters_ui(ui: &mut Ui, run: &SweepRun, now: SweepFilter, out: &mut Commands) {
    let counts = match (&run.report, &run.progress) {
        (Some(report), _) => Some(&report.counts),
        (None, Some(progress)) => Some(&progress.counts),
        (None, None) => None,
    };
    let number = |filter| {
        counts.map_or(0, |counts| match filter {
            SweepFilter::All if run.report.is_some() => counts.total,
            SweepFilter::All => counts.asked(),
            SweepFilter::Unexpected => counts.reachable_not_permitted + counts.refused_but_permitted,
            SweepFilter::Reachable => counts.reachable,
            SweepFilter::Refused => counts.refused,
            SweepFilter::NotProvable if run.report.is_some() => counts.not_provable,
            SweepFilter::NotProvable => counts.not_provable - counts.not_asked,
        })
    };
    ui.horizontal_wrapped(|ui| {
        for filter in SweepFilter::ALL {
            if ui.selectable_label(now == filter, sweep_text::filter(filter, number(filter))).clicked() {
                out.push(wish(SweepCommand::Filter(filter)));
            }
        }
    });
}

/// Columns that have room, from left to right.
fn columns(room: f32) -> Vec<(SweepColumn, Option<f32>)> {
    let all = [
        (SweepColumn::Mailbox, None, 0.0),
        (SweepColumn::Expected, Some(80.0), 480.0),
        (SweepColumn::Result, Some(122.0), 0.0),
        (SweepColumn::Why, Some(144.0), 620.0),
        (SweepColumn::Status, Some(52.0), 540.0),
    ];
    all.into_iter().filter(|(_, _, from)| room >= *from).map(|(column, width, _)| (column, width)).collect()
}

fn lines_ui(ui: &mut Ui, lines: Lines<'_>, table: &SweepTable, out: &mut Commands) {
    if table.shown.is_empty() {
        helper_ui(ui, sweep_text::NOTHING_SHOWN);
        return;
    }
    let chosen = columns(ui.available_width());
    let heads: Vec<Column> = chosen
        .iter()
        .map(|(column, width)| Column {
            name: sweep_text::column(*column),
            width: *width,
            sorted: table.sort.filter(|(by, _)| by == column).map(|(_, up)| up),
        })
        .collect();
    let [least, most] = size::TABLE;
    let spec = TableSpec {
        name: sweep_text::TABLE,
        columns: &heads,
        rows: table.shown.len(),
        selected: table.selected_row(),
        height: (ui.ctx().content_rect().height() * 0.5).clamp(least, most),
    };
    let done = table_ui(ui, spec, |ui, row, cells| {
        let Some(line) = table.shown.get(row).and_then(|at| lines.get(*at)) else { return String::new() };
        for ((column, _), cell) in chosen.iter().zip(cells) {
            cell_ui(ui, line, *column, *cell);
        }
        sweep_text::row(line)
    });
    out.extend(done.sort.and_then(|at| chosen.get(at)).map(|(column, _)| wish(SweepCommand::Sort(*column))));
    out.extend(done.select.map(|row| wish(SweepCommand::Select(row))));
}

fn cell_ui(ui: &mut Ui, line: &SweepLine, column: SweepColumn, cell: Rect) {
    let palette = Palette::of(ui);
    match column {
        SweepColumn::Mailbox => cell_text(ui, cell, line.mailbox.as_str(), Type::Body, palette.ink),
        SweepColumn::Expected => {
            cell_text(ui, cell, sweep_text::expected(line.expected), Type::Body, palette.muted);
        }
        SweepColumn::Result => {
            let (mark, tone) = look(line);
            let side = size::MARK - 2.0;
            let place = Rect::from_min_size(pos2(cell.left(), cell.center().y - side / 2.0), vec2(side, side));
            mark_ui(&mut ui.new_child(UiBuilder::new().max_rect(place)), mark, tone, side);
            let rest = Rect::from_min_max(pos2(place.right() + space::XS, cell.top()), cell.max);
            cell_text(ui, rest, sweep_text::result(line.result()), Type::Body, palette.tone(tone).ink);
        }
        SweepColumn::Why => cell_text(ui, cell, sweep_text::why(line.shown), Type::Body, palette.muted),
        SweepColumn::Status => {
            let status = line.http_status.map(|status| status.to_string()).unwrap_or_default();
            cell_text(ui, cell, &status, Type::Body, palette.muted);
        }
    }
}

fn look(line: &SweepLine) -> (Mark, Tone) {
    match (line.finding(), line.result()) {
        (SweepFinding::Fail, _) => (Mark::Cross, Tone::Bad),
        (SweepFinding::Unproven, _) => (Mark::Question, Tone::Caution),
        (SweepFinding::AsExpected, SweepResult::Reachable) => (Mark::Tick, Tone::Info),
        (SweepFinding::AsExpected, _) => (Mark::Tick, Tone::Good),
    }
}

fn details_ui(ui: &mut Ui, line: &SweepLine, is_done: bool, out: &mut Commands) {
    strong_ui(ui, line.mailbox.as_str());
    pairs_ui(ui, &sweep_text::details(line));
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        if link_button_ui(ui, sweep_text::COPY_LINE).clicked() {
            out.push(Command::Copy { text: sweep_text::line(line), what: "Row" });
        }
        // An object id is nobody's address.
        if is_done && line.mailbox.as_str().contains('@') && link_button_ui(ui, sweep_text::FOR_REAL).clicked() {
            out.push(wish(SweepCommand::TryForReal(line.mailbox.to_string())));
        }
    });
}
