//! Is it really so? Plan, ask, judge.
//!
//! `plan` says who is asked and refuses contradictions, `probe` sends one mail and reports what was observed,
//! `verdict` judges (pure), `run` asks everybody and keeps the rules about mailboxes, tokens and cancelling.
//! `schedule` says when to ask again while a change takes effect (pure), `record` keeps everything as it happens.

mod model;
mod plan;
mod probe;
pub mod record;
mod run;
mod schedule;
mod verdict;

pub use model::{App, Expected, Mechanism, RunResult, SenderResult, Verdict};
pub use plan::{Message, Plan, TestId};
pub use probe::{Observation, Probe};
pub use run::{Event, Run, Witness, run};
pub use schedule::{Announced, Fence, LONGEST_PROPAGATION, Next, Past, Reason, Watch, Why, announced, next};
pub use verdict::{Line, judge, mechanism, overall};
