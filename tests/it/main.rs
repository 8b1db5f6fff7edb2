//! Integration tests, one binary: they drive the public interface and speak to loopback only.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::match_same_arms,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::unused_self,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod canary;
mod cli;
mod cli_policy;
mod corpus;
mod decisions;
mod demo;
mod edges;
mod explain;
mod fleet;
mod found;
mod fuzz;
mod history;
mod layering;
mod m365_faults;
mod m365_secrets;
mod m365_ways;
mod model;
mod pace;
mod policy_evaluate;
mod policy_findings;
mod policy_proof;
mod policy_read;
mod policy_read_details;
mod policy_results;
mod policy_script;
mod policy_words;
mod powershell;
mod proxy_faults;
mod record;
mod record_details;
mod record_ends;
mod regressions;
mod report_formats;
mod scenarios;
mod schedule;
mod secrets_kept;
mod settings;
mod support;
mod sweep;
mod sweep_details;
mod sweep_turns;
mod ui_credentials;
mod ui_damage;
mod ui_habits;
mod ui_pictures;
mod ui_policy_setup;
mod ui_report;
mod ui_send_mail;
mod ui_settings;
mod ui_sweep;
mod ui_tokens;
mod verdict;
