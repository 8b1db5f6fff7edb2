//! Damaged input for everything that reads what somebody else wrote. Short here; long with
//! `EXCHANGE365_FUZZ_SECONDS=600 cargo test --test it fuzz -- --nocapture`.

mod answers;
mod files;
mod input;
mod kept;
mod secrets;
