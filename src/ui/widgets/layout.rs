//! Where things stand: the page, its two columns, and the buttons that stay in view below what scrolls.

use eframe::egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Ui, UiBuilder, Vec2, pos2, vec2};

use super::super::{
    state::State,
    tokens::{size, space},
};

/// The page: centred, never wider than reads well. Gives its contents whether there is room for two columns.
pub(in super::super) fn page_ui(ui: &mut Ui, contents: impl FnOnce(&mut Ui, bool)) {
    let room = ui.available_width();
    let side = ((room - size::PAGE) / 2.0).max(0.0);
    let margin = Margin { left: to_points(side), right: to_points(side), ..Margin::ZERO };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        let two_columns = ui.available_width() >= size::TWO_COLUMNS;
        if two_columns {
            contents(ui, true);
        } else {
            ScrollArea::vertical().id_salt("page").auto_shrink(false).show(ui, |ui| {
                inset_ui(ui, |ui| contents(ui, false));
            });
        }
    });
}

#[expect(clippy::cast_possible_truncation, reason = "floats saturate when cast, and a margin that wide is no window")]
fn to_points(points: f32) -> i8 {
    points.round().clamp(0.0, 127.0) as i8
}

/// Two columns that scroll by themselves, or one below the other in a page that scrolls.
pub(in super::super) fn split_ui<S>(
    ui: &mut Ui,
    two_columns: bool,
    state: &mut S,
    left: impl FnOnce(&mut Ui, &mut S),
    right: impl FnOnce(&mut Ui, &mut S),
) {
    split_at_ui(ui, two_columns.then_some(size::FORM), "right", state, left, right);
}

/// The same with a left column of this width (`None`: one column). What scrolls on the right starts anew when `page` is
/// another one.
pub(in super::super) fn split_at_ui<S>(
    ui: &mut Ui,
    width: Option<f32>,
    page: &str,
    state: &mut S,
    left: impl FnOnce(&mut Ui, &mut S),
    right: impl FnOnce(&mut Ui, &mut S),
) {
    let Some(width) = width else {
        left(ui, state);
        ui.add_space(space::XL);
        right(ui, state);
        return;
    };
    let all = ui.available_rect_before_wrap();
    let middle = all.left() + width.min(all.width() * 0.5);
    column_ui(ui, Rect::from_min_max(all.min, pos2(middle, all.bottom())), |ui| left(ui, state));
    column_ui(ui, Rect::from_min_max(pos2(middle, all.top()), all.max), |ui| {
        ScrollArea::vertical().id_salt(page).auto_shrink(false).show(ui, |ui| {
            inset_ui(ui, |ui| right(ui, state));
        });
    });
    ui.advance_cursor_after_rect(all);
}

fn column_ui(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    let mut column = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    column.set_clip_rect(rect.intersect(ui.clip_rect()));
    contents(&mut column);
}

fn inset_ui(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    Frame::new().inner_margin(Margin { left: 14, right: 20, top: 18, bottom: 18 }).show(ui, contents);
}

/// Scrolls to what stands here when something was started whose result this is.
pub(in super::super) fn bring_into_view_ui(ui: &Ui, state: &mut State) {
    if std::mem::take(&mut state.result_wanted) {
        let top = ui.cursor().min - vec2(0.0, space::XL);
        ui.scroll_to_rect(Rect::from_min_size(top, Vec2::ZERO), Some(Align::TOP));
    }
}

/// What scrolls, and below it buttons that stay in view; in one column simply one after the other.
pub(in super::super) fn with_actions_ui<S>(
    ui: &mut Ui,
    two_columns: bool,
    state: &mut S,
    contents: impl FnOnce(&mut Ui, &mut S),
    actions: impl FnOnce(&mut Ui, &mut S),
) {
    if !two_columns {
        contents(ui, state);
        ui.add_space(space::M);
        actions(ui, state);
        return;
    }
    let height = (ui.available_height() - size::ACTION - space::L - space::M).max(size::CONTROL);
    ScrollArea::vertical().id_salt("left").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 20, right: 8, top: 18, bottom: 4 }).show(ui, |ui| contents(ui, state));
    });
    ui.add_space(space::S);
    Frame::new().inner_margin(Margin { left: 20, right: 8, top: 2, bottom: 0 }).show(ui, |ui| actions(ui, state));
}
