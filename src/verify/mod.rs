//! Is it really so? Plan, ask, judge.
//!
//! `plan` says who is asked and refuses contradictions, `probe` sends one mail and reports what was observed,
//! `verdict` judges (pure), `run` asks everybody and keeps the rules about mailboxes, tokens and cancelling.

mod model;
mod plan;
mod probe;
mod run;
mod verdict;

pub use model::{App, Expected, Mechanism, RunResult, SenderResult, Verdict};
pub use plan::{Message, Plan, TestId};
pub use probe::{Observation, Probe};
pub use run::{Event, Run, run};
pub use verdict::{Line, judge, mechanism, overall};
