//! Integration tests, one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod demo;
mod policy_evaluate;
mod policy_read;
mod policy_script;
mod powershell;
mod support;
