//! Is it really so? Plan, ask, judge.
//!
//! `plan` says who is asked and refuses contradictions, `probe` sends one mail and reports what was observed,
//! `verdict` judges (pure), `run` asks everybody and keeps the rules about mailboxes, tokens and cancelling.
//! `principal` says whether two tests are about the same app in the same tenant.
//! `schedule` says when to ask again while a change takes effect (pure), `record` keeps everything as it happens.
//! `sweep` probes thousands without sending, as far as `calibrate` finds the probe to agree with real sends; `pace`
//! says how fast.

mod calibrate;
mod model;
mod pace;
mod plan;
mod principal;
mod probe;
pub mod record;
mod run;
mod schedule;
mod sweep;
mod sweep_check;
mod sweep_journal;
mod sweep_list;
mod sweep_loop;
mod sweep_model;
mod verdict;

pub use calibrate::{
    Calibration, Comparison, Control, Disagreement, Known, both_kinds, calibrate, compare, controls_of,
};
pub use model::{App, Expected, Mechanism, RunResult, SenderResult, Verdict};
pub use pace::{Go, Meter, Pace, Signal, ask_again};
pub use plan::{Message, Plan, TestId};
pub use principal::{Difference, Principal};
pub use probe::{Observation, Probe};
pub use run::{Event, Run, Witness, run};
pub use schedule::{Announced, Fence, LONGEST_PROPAGATION, Next, Past, Reason, STOPPED, Watch, Why, announced, next};
pub use sweep::{Steering, Sweep, SweepEvent, SweepProgress, Swept, sweep};
pub use sweep_journal::{
    Entry, JOURNAL_HOURS, JOURNAL_SCHEMA, Journal, JournalFault, JournalHead, answer_entry, fingerprint,
    known_controls, list_entries, new_salt, read_journal, to_line,
};
pub use sweep_list::{Listed, ListedMailbox, TargetList, Unreadable, csv_fields, csv_row, decode, fits, read_list};
pub use sweep_model::{Counts, Finding, Shown, Stop, SweepEvidence, SweepLine, SweepResult, Target, find, judge_sweep};
pub use verdict::{Line, judge, mechanism, overall};
