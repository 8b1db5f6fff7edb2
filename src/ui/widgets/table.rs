//! A table of any length: only the rows in view are drawn. The keyboard moves through it by arrows and pages.

use eframe::egui::{
    Align2, Color32, EventFilter, Id, Key, Modifiers, Pos2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo,
    accesskit::{Role, SortDirection},
    pos2,
    text::{LayoutJob, TextFormat, TextWrapping},
    vec2,
};

use super::{
    super::tokens::{Palette, Type, size, space},
    words::shown,
};

/// A column.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Column {
    /// Its name.
    pub(in super::super) name: &'static str,
    /// How wide; `None` takes the rest.
    pub(in super::super) width: Option<f32>,
    /// Whether the rows are in its order, and whether upwards.
    pub(in super::super) sorted: Option<bool>,
}

/// The table.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct TableSpec<'a> {
    /// What a screen reader calls it.
    pub(in super::super) name: &'a str,
    /// From left to right.
    pub(in super::super) columns: &'a [Column],
    /// How many rows.
    pub(in super::super) rows: usize,
    /// The chosen row.
    pub(in super::super) selected: Option<usize>,
    /// How high the rows are together, at most.
    pub(in super::super) height: f32,
}

/// What was done with a table.
#[derive(Debug, Default)]
pub(in super::super) struct TableDone {
    /// This column's name was pressed.
    pub(in super::super) sort: Option<usize>,
    /// This row was chosen.
    pub(in super::super) select: Option<usize>,
}

/// Draws a table. `cells` draws one row into the rectangles of its cells and gives the name a screen reader says.
pub(in super::super) fn table_ui(
    ui: &mut Ui,
    spec: TableSpec<'_>,
    mut cells: impl FnMut(&mut Ui, usize, &[Rect]) -> String,
) -> TableDone {
    let mut done = TableDone::default();
    ui.spacing_mut().item_spacing.y = 0.0;
    let places = places(ui, spec.columns);
    head_ui(ui, spec, &places, &mut done);
    let id = ui.scope_id().with(spec.name);
    done.select = keys(ui, id, spec);
    let moved = done.select;
    let height = spec.height.min(as_points(spec.rows.max(1)) * size::TABLE_ROW);
    let mut area = ScrollArea::vertical().id_salt(spec.name).max_height(height).auto_shrink([false, true]);
    if let Some(row) = moved {
        area = area.vertical_scroll_offset(offset_for(ui, id, row, height));
    }
    let output = area.show_rows(ui, size::TABLE_ROW, spec.rows, |ui, range| {
        for row in range {
            let room = vec2(ui.available_width(), size::TABLE_ROW);
            let (rect, response) = ui.allocate_exact_size(room, Sense::CLICK);
            let is_selected = moved.or(spec.selected) == Some(row);
            background(ui, rect, &response, is_selected);
            let rects: Vec<Rect> = places.iter().map(|(from, to)| cell(rect, *from, *to)).collect();
            let name = cells(ui, row, &rects);
            response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, &name));
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_selected(is_selected);
                node.set_row_index(row);
            });
            if response.clicked() {
                done.select = Some(row);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(id, output.state.clamped_offset().y));
    whole_ui(ui, id, output.inner_rect, spec);
    done
}

/// The table as one thing that takes the keyboard.
fn whole_ui(ui: &Ui, id: Id, rect: Rect, spec: TableSpec<'_>) {
    let response = ui.interact(rect, id, Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::Table, true, spec.name));
    ui.ctx().accesskit_node_builder(id, |node| node.set_row_count(spec.rows));
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let stroke = Stroke::new(size::FOCUS_LINE, Palette::of(ui).accent);
        ui.painter().rect_stroke(rect, size::CORNER, stroke, StrokeKind::Outside);
    }
}

/// Where the keyboard leads.
fn keys(ui: &Ui, id: Id, spec: TableSpec<'_>) -> Option<usize> {
    if spec.rows == 0 || !ui.memory(|memory| memory.has_focus(id)) {
        return None;
    }
    let last = spec.rows - 1;
    let page = rows_in(spec.height).saturating_sub(1).max(1);
    let now = spec.selected;
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        Some(now.map_or(0, |row| (row + 1).min(last)))
    } else if pressed(Key::ArrowUp) {
        Some(now.map_or(0, |row| row.saturating_sub(1)))
    } else if pressed(Key::PageDown) {
        Some(now.map_or(0, |row| (row + page).min(last)))
    } else if pressed(Key::PageUp) {
        Some(now.map_or(0, |row| row.saturating_sub(page)))
    } else if pressed(Key::Home) {
        Some(0)
    } else if pressed(Key::End) {
        Some(last)
    } else {
        None
    }
}

/// As far as it was scrolled, or as little further as brings the row into view.
fn offset_for(ui: &Ui, id: Id, row: usize, height: f32) -> f32 {
    let offset: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let top = as_points(row) * size::TABLE_ROW;
    offset.clamp((top + size::TABLE_ROW - height).max(0.0).min(top), top)
}

fn head_ui(ui: &mut Ui, spec: TableSpec<'_>, places: &[(f32, f32)], done: &mut TableDone) {
    let palette = Palette::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::TABLE_ROW), Sense::hover());
    for (number, (column, (from, to))) in spec.columns.iter().zip(places).enumerate() {
        let place = cell(rect, *from, *to);
        let response = ui.interact(place, ui.scope_id().with((spec.name, "head", number)), Sense::click());
        let color = if response.hovered() || column.sorted.is_some() { palette.ink } else { palette.muted };
        let galley = ui.painter().layout_no_wrap(column.name.to_owned(), Type::Small.font(), color);
        let after = place.left() + galley.size().x + space::XS;
        let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
        ui.painter().with_clip_rect(place.intersect(ui.clip_rect())).galley(at, galley, color);
        if let Some(up) = column.sorted {
            arrow(ui, pos2(after + space::XS, place.center().y), up, color);
        }
        if response.has_focus() {
            let stroke = Stroke::new(size::FOCUS_LINE, palette.accent);
            ui.painter().rect_stroke(place, size::CORNER, stroke, StrokeKind::Inside);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, column.name));
        ui.ctx().accesskit_node_builder(response.id, |node| match column.sorted {
            Some(true) => node.set_sort_direction(SortDirection::Ascending),
            Some(false) => node.set_sort_direction(SortDirection::Descending),
            None => node.clear_sort_direction(),
        });
        if response.clicked() {
            done.sort = Some(number);
        }
    }
    let line = Stroke::new(size::LINE, palette.line);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
}

fn arrow(ui: &Ui, center: Pos2, up: bool, color: Color32) {
    let tip = if up { -2.5 } else { 2.5 };
    let stroke = Stroke::new(1.5, color);
    ui.painter().line_segment([center + vec2(-3.5, -tip), center + vec2(0.0, tip)], stroke);
    ui.painter().line_segment([center + vec2(0.0, tip), center + vec2(3.5, -tip)], stroke);
}

fn background(ui: &Ui, rect: Rect, response: &Response, is_selected: bool) {
    let palette = Palette::of(ui);
    if is_selected {
        ui.painter().rect_filled(rect, size::CORNER, palette.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, size::CORNER, palette.button_hover);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(size::LINE, palette.line));
}

/// Text in a cell, on one line, cut off with an ellipsis.
pub(in super::super) fn cell_text(ui: &Ui, rect: Rect, text: &str, kind: Type, color: Color32) {
    let mut job = LayoutJob::single_section(shown(text).into_owned(), TextFormat::simple(kind.font(), color));
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), rect).min;
    ui.painter().galley(at, galley, color);
}

fn places(ui: &Ui, columns: &[Column]) -> Vec<(f32, f32)> {
    let bar = ui.spacing().scroll.allocated_width();
    let fixed: f32 = columns.iter().filter_map(|column| column.width).sum();
    let rest = (ui.available_width() - bar - fixed).max(size::COLUMN);
    let mut from = 0.0;
    columns
        .iter()
        .map(|column| {
            let to = from + column.width.unwrap_or(rest);
            let place = (from, to);
            from = to;
            place
        })
        .collect()
}

fn cell(row: Rect, from: f32, to: f32) -> Rect {
    Rect::from_min_max(
        pos2(row.left() + from + space::XS, row.top()),
        pos2((row.left() + to - space::XS).min(row.right()), row.bottom()),
    )
}

#[expect(clippy::cast_precision_loss, reason = "a table that long would be higher than any screen in the universe")]
fn as_points(rows: usize) -> f32 {
    rows as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "floats saturate when cast, and heights are small"
)]
fn rows_in(height: f32) -> usize {
    (height / size::TABLE_ROW) as usize
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Context, RawInput, Vec2};

    use super::*;

    /// Rows that are drawn of so many, in a room of ten.
    fn drawn(rows: usize, selected: Option<usize>, input: RawInput, ctx: &Context) -> Vec<usize> {
        let columns = [Column { name: "A", width: None, sorted: Some(true) }];
        let mut seen = Vec::new();
        let mut output = ctx.run_ui(input, |ui| {
            seen.clear();
            let spec = TableSpec { name: "T", columns: &columns, rows, selected, height: 10.0 * size::TABLE_ROW };
            table_ui(ui, spec, |ui, row, cells| {
                for cell in cells {
                    cell_text(ui, *cell, "x", Type::Body, Palette::of(ui).ink);
                }
                seen.push(row);
                row.to_string()
            });
        });
        output.textures_delta.clear();
        seen
    }

    fn input() -> RawInput {
        RawInput { screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::splat(600.0))), ..RawInput::default() }
    }

    #[test]
    fn of_a_million_rows_those_in_view_are_drawn() {
        let ctx = Context::default();
        for _ in 0..3 {
            let seen = drawn(1_000_000, None, input(), &ctx);
            assert!((10..=12).contains(&seen.len()), "{seen:?}");
            assert_eq!(seen.first(), Some(&0));
        }
        assert_eq!(drawn(0, None, input(), &ctx), [] as [usize; 0]);
        assert_eq!(drawn(3, Some(2), input(), &ctx), [0, 1, 2]);
    }
}
