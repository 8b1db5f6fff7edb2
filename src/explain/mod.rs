//! Anything that went wrong → a `Problem`: what happened, probable cause, what to do, who can do it, evidence.
//!
//! Tables and named constructors, all pure. Words are ours and plain; what a server wrote stands in the evidence
//! alone. What is not proven is never worded as if it were.

mod aadsts;
mod aadsts_table;
mod fleet;
mod forbidden;
mod input;
mod keeping;
mod network;
mod permitted;
mod policy;
mod problem;
mod record;
mod roles;
mod run;
mod sender;
mod stages;
mod summary;
mod sweep;
mod words;

pub use aadsts::{Proven, SignInCode, aadsts, refused, sign_in};
pub use fleet::{customer_bug, customer_cancelled, profile_unusable};
pub use input::{arguments, input, one_sender};
pub use keeping::key_store;
pub use network::{demo_not_started, network};
pub use policy::{
    demo_refused, no_powershell, not_in_demo, policy_file, policy_input, policy_other_tenant, policy_output,
    powershell_not_started, script_not_saved, script_without_result,
};
pub use problem::{Evidence, Problem, Stage, Who};
pub use record::{
    record_missing, record_not_changed, record_unusable, watch_not_resumed, watch_stopped, watch_without_time,
};
pub use roles::{role_warning, wide_roles};
pub use run::run_problems;
pub use sender::{RunContext, SenderWords, sender};
pub use stages::{CheckStage, DiscoveryResult, StageRow, StageState, TokenResult, stages, stages_for_input};
pub use summary::{next_step, summary};
pub use sweep::{
    PROBE_NOTE, PROBE_OFF_NOTE, PROBE_RESUMED_NOTE, PROBE_UNTRIED_NOTE, SweepContext, directory, grouped, journal,
    no_mailboxes, sweep_cancelled, sweep_counts, sweep_forgotten, sweep_next_step, sweep_problems, sweep_summary,
};
pub use words::{expected_label, mechanism_label, outcome_label, verdict_label};
