//! A list of any number of rows, of which only those in view are drawn, inside whatever scrolls around it. One row has
//! the keyboard: arrows move it, *Enter* opens it, *Ctrl+C* copies it.

use eframe::egui::{
    Event, EventFilter, Id, Key, Modifiers, PointerButton, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    accesskit::{self, Action, Role},
    pos2,
    text_selection::LabelSelectionState,
    vec2,
};

use super::super::tokens::{Palette, size};

const PRIMARY: PointerButton = PointerButton::Primary;

/// Rows that can be drawn one by one.
pub(in super::super) trait Rows {
    /// How many there are.
    fn count(&self) -> usize;

    /// The least height of a row. Rows of one least height are taken to be equally high until they are drawn.
    fn height(&self, row: usize) -> f32;

    /// What a screen reader says of a row.
    fn name(&self, row: usize) -> String;

    /// Draws a row.
    fn row_ui(&mut self, ui: &mut Ui, row: usize);
}

/// What was asked of the row that has the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Asked {
    /// *Ctrl+C*
    Copy(usize),
    /// *Enter*
    Open(usize),
}

/// Draws the rows that are in view and leaves room for the others. `name` is what a screen reader calls the list.
pub(in super::super) fn rows_ui(ui: &mut Ui, name: &str, rows: &mut impl Rows) -> Option<Asked> {
    let id = ui.scope_id().with(name);
    let mut list: List = ui.data_mut(|data| data.remove_temp(id)).unwrap_or_default();
    list.fit(ui.available_width(), rows);
    let builder = UiBuilder::new().id_salt(name).accessibility_role(Role::List).accessibility_label(name);
    let asked = ui.scope_builder(builder, |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_size_of_set(rows.count()));
        in_view_ui(ui, id, &mut list, rows)
    });
    ui.data_mut(|data| data.insert_temp(id, list));
    asked.inner
}

fn in_view_ui(ui: &mut Ui, id: Id, list: &mut List, rows: &mut impl Rows) -> Option<Asked> {
    let (gap, left, top, width) = (ui.spacing().item_spacing.y, ui.cursor().left(), ui.cursor().top(), list.width);
    let view = ui.clip_rect().y_range();
    let all: f32 = list.heights(rows).sum();
    let wanted = list.follow.take();
    let mut asked = None;
    let mut y = top;
    let mut grown = 0.0;
    for row in 0..rows.count() {
        let height = list.height(row, rows.height(row));
        let is_in_view = y + height >= view.min && y <= view.max;
        // The one that has the keyboard keeps it while it is out of view, and comes back by its arrows.
        if is_in_view || row == list.current || wanted == Some(row) {
            let place = Rect::from_min_size(pos2(left, y), vec2(width, height));
            let (real, found) = one_ui(ui, id, place, list, rows, (row, gap));
            asked = asked.or(found);
            list.measure(row, rows.height(row), real);
            if wanted == Some(row) {
                ui.scroll_to_rect(Rect::from_min_size(place.min, vec2(width, real)).expand(gap), None);
            }
            grown += real - height;
            y += real;
        } else {
            y += height;
        }
    }
    let whole = Rect::from_min_size(pos2(left, top), vec2(width, all + grown));
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_bounds(bounds(whole)));
    ui.allocate_rect(whole, Sense::hover());
    asked
}

/// Draws one row; gives its height, and what was asked of it.
fn one_ui(
    ui: &mut Ui,
    id: Id,
    place: Rect,
    list: &mut List,
    rows: &mut impl Rows,
    (row, gap): (usize, f32),
) -> (f32, Option<Asked>) {
    let row_id = id.with(row);
    // Only one of ten thousand is a stop for the Tab key.
    let is_stop = row == list.current;
    let sense = if is_stop { Sense::click() } else { Sense::CLICK };
    let builder = UiBuilder::new()
        .max_rect(place)
        .scope_id(row_id)
        .sense(sense)
        .accessibility_role(Role::ListItem)
        .accessibility_label(rows.name(row));
    let mut child = ui.new_child(builder);
    child.spacing_mut().item_spacing.y = gap;
    child.set_min_size(place.size());
    rows.row_ui(&mut child, row);
    let real = child.min_rect().height();
    let response = child.response();
    // It gives the keyboard away when a click falls on a text in it, and that must not come after what follows.
    drop(child);
    let rect = Rect::from_min_size(place.min, vec2(place.width(), real));
    ui.ctx().accesskit_node_builder(row_id, |node| {
        node.set_bounds(bounds(rect));
        node.set_position_in_set(row);
        node.set_size_of_set(rows.count());
        node.add_action(Action::Focus);
    });
    take_press(ui, rect, row_id, list, row);
    // One that was pressed just now becomes the stop with the next frame, and cannot have the keyboard earlier.
    if list.wants_keyboard && is_stop && row == list.current {
        list.wants_keyboard = false;
        response.request_focus();
    }
    if !response.has_focus() {
        return (real, None);
    }
    let ring = Stroke::new(size::FOCUS_LINE, Palette::of(ui).accent);
    ui.painter().rect_stroke(rect.expand2(vec2(6.0, 0.0)), f32::from(size::CORNER), ring, StrokeKind::Inside);
    (real, keys(ui, row_id, list, row, rows.count()))
}

/// A press anywhere in a row gives it the keyboard, unless the press is for a box in it that takes letters.
fn take_press(ui: &Ui, rect: Rect, row_id: Id, list: &mut List, row: usize) {
    let asked = ui.input(|input| input.pointer.primary_pressed() || input.pointer.primary_clicked());
    let reader = ui.input(|input| input.has_accesskit_action_request(row_id, Action::Focus));
    let is_here = asked && ui.rect_contains_pointer(rect);
    if is_here && ui.input(|input| input.pointer.primary_clicked() && !input.pointer.button_double_clicked(PRIMARY)) {
        // A click marks nothing; egui would copy the whole text that it fell on.
        ui.ctx().plugin_or_default::<LabelSelectionState>().lock().clear_selection();
    }
    if reader || is_here {
        list.current = row;
        list.wants_keyboard = true;
        ui.ctx().request_repaint();
    }
}

fn keys(ui: &Ui, row_id: Id, list: &mut List, row: usize, count: usize) -> Option<Asked> {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(row_id, filter));
    let bottom = count.saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let moves = [
        (Key::ArrowDown, row.saturating_add(1)),
        (Key::ArrowUp, row.saturating_sub(1)),
        (Key::PageDown, row.saturating_add(10)),
        (Key::PageUp, row.saturating_sub(10)),
        (Key::Home, 0),
        (Key::End, bottom),
    ];
    if let Some((_, to)) = moves.into_iter().find(|(key, _)| pressed(*key)) {
        list.current = to.min(bottom);
        list.follow = Some(list.current);
        list.wants_keyboard = true;
        ui.ctx().request_repaint();
        return None;
    }
    if pressed(Key::Enter) {
        return Some(Asked::Open(row));
    }
    // Marked text is what somebody wants to copy, and egui copies that.
    let is_marked = ui.ctx().plugin_opt::<LabelSelectionState>().is_some_and(|marked| marked.lock().has_selection());
    let wants_copy = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
    (wants_copy && !is_marked).then_some(Asked::Copy(row))
}

/// What is known of a list from one frame to the next.
#[derive(Debug, Clone, Default)]
struct List {
    width: f32,
    /// Least height and real height of each row that was drawn.
    drawn: Vec<(f32, f32)>,
    /// The real height of the last one drawn of each least height.
    usual: Vec<(f32, f32)>,
    current: usize,
    follow: Option<usize>,
    wants_keyboard: bool,
}

impl List {
    /// In another width all heights are other ones.
    fn fit(&mut self, width: f32, rows: &impl Rows) {
        if !is_same(self.width, width) {
            self.width = width;
            self.drawn.clear();
            self.usual.clear();
        }
        self.drawn.resize(rows.count(), (f32::NAN, 0.0));
        self.current = self.current.min(rows.count().saturating_sub(1));
    }

    fn height(&self, row: usize, least: f32) -> f32 {
        let same = |known: &&(f32, f32)| is_same(known.0, least);
        let known = self.drawn.get(row).filter(same).or_else(|| self.usual.iter().find(same));
        known.map_or(least, |known| known.1)
    }

    fn heights(&self, rows: &impl Rows) -> impl Iterator<Item = f32> {
        (0..rows.count()).map(|row| self.height(row, rows.height(row)))
    }

    fn measure(&mut self, row: usize, least: f32, real: f32) {
        if let Some(known) = self.drawn.get_mut(row) {
            *known = (least, real);
        }
        match self.usual.iter_mut().find(|known| is_same(known.0, least)) {
            Some(known) => known.1 = real,
            None => self.usual.push((least, real)),
        }
    }
}

/// A place as a screen reader is told it.
fn bounds(rect: Rect) -> accesskit::Rect {
    accesskit::Rect { x0: rect.min.x.into(), y0: rect.min.y.into(), x1: rect.max.x.into(), y1: rect.max.y.into() }
}

fn is_same(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.5
}
