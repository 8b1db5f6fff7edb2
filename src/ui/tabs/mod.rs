//! One file per tab and per half of a tab: what is typed, what came of it.

mod check_result;
mod credentials;
mod demo_card;
mod policy_setup;
mod profiles;
mod report;
mod send_mail;
mod sender_rows;
mod sweep;
mod verdict_card;
mod watch_card;

pub(super) use credentials::credentials_ui;
pub(super) use demo_card::scenario_choice_ui;
pub(super) use policy_setup::{confirm_script_ui, paste_result_ui, policy_setup_ui};
pub(super) use profiles::{delete_profile_ui, save_profile_ui};
pub(super) use report::{delete_ui, report_ui, unfinished_ui};
pub(super) use send_mail::send_mail_ui;
pub(super) use watch_card::watch_dialog_ui;
