//! Small pieces that both tabs are made of. They draw what they are given and return what was clicked.

mod button;
mod card;
mod choice_row;
mod field;
mod layout;
mod mark;
mod problem;
mod rows;
mod table;
mod timeline;
mod words;

pub(super) use button::{action_button_ui, button_ui, disclosure_ui, link_button_ui, tab_ui, wide_button_ui};
pub(super) use card::{card_ui, note_ui, tone_card_ui};
pub(super) use choice_row::{ChoiceRow, choice_row_ui};
pub(super) use field::{FieldSpec, choice_ui, field_ui, lines_ui, list_ui, secret_lines_ui, secret_ui};
pub(super) use layout::{bring_into_view_ui, page_ui, split_at_ui, split_ui, with_actions_ui};
pub(super) use mark::{Mark, chip_ui, mark_ui};
pub(super) use problem::{explanation_ui, pair_ui, pairs_ui, problem_ui, problems_ui};
pub(super) use rows::{Asked, Rows, rows_ui};
pub(super) use table::{Column, TableSpec, cell_text, table_ui};
pub(super) use timeline::{look, timeline_ui};
pub(super) use words::{
    body_ui, clipped_ui, code_ui, heading_ui, helper_ui, label_ui, log_text_ui, mono_ui, notice_ui, status_ui,
    strong_ui, title_ui, tone_ui, verdict_ui,
};
