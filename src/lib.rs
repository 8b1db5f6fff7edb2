//! Proves that an Entra app registration with `Mail.Send` may send only as the people it should.
//!
//! An app registration that holds the Graph application permission `Mail.Send` may send mail as anyone in the company
//! until an administrator fences it in with an Application Access Policy or with RBAC for Applications. This crate
//! signs in with the registration's own credentials, sends as permitted and as forbidden senders, and gives one
//! verdict. **What is not proven is unproven, never pass.**
//!
//! # Bird's eye
//!
//! ```text
//! window (ui) ─┐  commands            ┌─ verify: plan → probe → verdict (pure) → result
//!              ├──────────► engine ───┤    └─ m365: auth, graph → transport → Microsoft, or the demo tenant
//! terminal     │  ◄──────────         ├─ explain: anything that went wrong → Problem (pure)
//! (cli) ───────┘  events              └─ report: result + problems → JSON, files (pure)
//! ```
//!
//! # Code map, in layer order: a module uses only what stands above it
//!
//! - [`base`]: parsed ids and addresses, `Secret`, redaction, the clock, files that are written whole or not
//!   at all. No I/O beyond that.
//! - [`m365`]: the shared client. Only `m365::transport` names the HTTP client; `m365::outcome` says what an answer
//!   to `sendMail` means.
//! - [`settings`]: a versioned file that no secret fits into, and the operating system's key store.
//! - [`demo`]: a tenant on loopback that plays Entra and Graph. It uses `base` alone and speaks HTTP, so that it
//!   cannot share the client's mistakes.
//! - [`policy`]: how access should be limited: PowerShell that does it, what is there, whether it holds (all pure).
//! - [`verify`]: who is asked (`plan`), one question (`probe`), the verdict (`verdict`, the only place that can say
//!   PASS), all questions (`run`), when to ask again (`schedule`), and the record written while it happens (`record`).
//! - [`explain`]: what happened, the probable cause, what to do, who can do it, evidence.
//! - [`report`]: one model of a result for all front ends, and its formats; `inert` and `markup` keep text from outside
//!   from doing anything in them.
//! - [`engine`]: the actor behind both front ends. What was read about a fence lives in `policy_store`; the demo's
//!   administrator is `demo_admin`; `powershell` runs a script without handing it anything secret.
//! - [`cli`], [`ui`]: two front ends that send the same commands and fold the same events.
//!
//! # Invariants
//!
//! - Nothing above `engine` asks "is this the demo?": the demo is a set of addresses and credentials.
//! - A mail is handed over again by itself only when it surely was not processed (`m365::throttle`).
//! - A refusal counts only in Graph's own form; a page, an empty body or foreign JSON proves nothing (`m365::outcome`).
//! - Text from outside passes `base::Redactor` where it enters; secrets are `base::Secret` and have no `Display`.
//! - The window's thread never waits; channels are bounded; every job has a cancel token.
//! - Nobody but `base::Clock` asks what time it is or waits.
//!
//! The direction is held by `tests/it/layering.rs`, the verdict table by `tests/it/verdict.rs`, the error corpus by
//! `tests/it/corpus.rs`, and the scenarios in `resources/demo` by `tests/it/scenarios.rs`.

pub mod base;

pub mod m365;

pub mod settings;

pub mod demo;

pub mod policy;

pub mod verify;

pub mod explain;

pub mod report;

pub mod engine;

pub mod cli;
pub mod ui;
