//! What can be typed about watches and about records of earlier tests.

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::{
    base::Timestamp,
    engine::{Fence, Until},
};

use super::{args::Format, settle::Lenient};

#[derive(Debug, Args)]
#[command(next_help_heading = "Watch")]
pub(super) struct WatchArgs {
    /// Test again, as rarely as it helps, until the answer is stable: so long (3h, 90m) or until a moment (RFC 3339)
    #[arg(long, value_name = "HOW-LONG", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = until, env = "EXCHANGE365_WATCH")]
    pub(super) watch: Option<Lenient<WatchUntil>>,
    /// With --watch: when the change was made, such as 2026-11-23T08:00:00Z
    #[arg(long, value_name = "MOMENT", value_parser = moment, env = "EXCHANGE365_CHANGED_AT")]
    pub(super) changed_at: Option<Lenient<Timestamp>>,
    /// With --watch: what was changed: aap (application access policy), rbac or unknown; else it is concluded from the token
    #[arg(long, value_name = "METHOD", value_parser = fence, env = "EXCHANGE365_METHOD")]
    pub(super) method: Option<Lenient<Fence>>,
    /// Go on with a watch that was interrupted: the begin of its id, its file, or last; senders and mail are those of the record
    #[arg(long, value_name = "RECORD")]
    pub(super) resume: Option<String>,
    /// With --demo: how many times faster time runs while the watch waits
    #[arg(long, value_name = "TIMES", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=3600), env = "EXCHANGE365_DEMO_SPEED")]
    pub(super) demo_speed: u32,
}

/// The deadline as typed; `None` for as long as the mechanism needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct WatchUntil(pub(super) Option<Until>);

#[expect(clippy::unnecessary_wraps, reason = "a parser of clap's; what is wrong is said when it has a meaning")]
fn until(text: &str) -> Result<Lenient<WatchUntil>, String> {
    Ok(Lenient(read_until(text)))
}

fn read_until(text: &str) -> Result<WatchUntil, String> {
    if text.trim().is_empty() {
        return Ok(WatchUntil(None));
    }
    if let Ok(moment) = text.trim().parse::<Timestamp>() {
        return Ok(WatchUntil(Some(Until::At(moment))));
    }
    let length = text.trim().parse::<jiff::SignedDuration>().ok().and_then(|length| Duration::try_from(length).ok());
    match length {
        Some(length) if !length.is_zero() => Ok(WatchUntil(Some(Until::After(length)))),
        Some(_) | None => {
            Err("enter how long, such as 3h or 90m, or a moment, such as 2026-11-23T12:00:00Z".to_owned())
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a parser of clap's; what is wrong is said when it has a meaning")]
fn moment(text: &str) -> Result<Lenient<Timestamp>, String> {
    let read = text.trim().parse::<Timestamp>().ok();
    Ok(Lenient(read.ok_or_else(|| "enter a moment, such as 2026-11-23T08:00:00Z".to_owned())))
}

#[expect(clippy::unnecessary_wraps, reason = "a parser of clap's; what is wrong is said when it has a meaning")]
fn fence(text: &str) -> Result<Lenient<Fence>, String> {
    Ok(Lenient(Fence::parse(text.trim()).ok_or_else(|| "enter aap, rbac or unknown".to_owned())))
}

#[derive(Debug, Subcommand)]
pub(super) enum HistoryCommand {
    /// List the tests, the newest first
    List,
    /// Show the result of a test
    Show {
        /// The begin of its id, its file, or last
        record: String,
    },
    /// Compare two tests
    Compare {
        /// One
        before: String,
        /// The other
        after: String,
    },
    /// Delete the record of a test
    Delete {
        /// The begin of its id, its file, or last
        record: String,
    },
    /// Say that an interrupted test or watch will not be gone on with
    Close {
        /// The begin of its id, its file, or last
        record: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// Check that a record was not changed after it was written (exit code 0: intact, 1: changed, 2: not readable, 3: unfinished, its end may be cut off)
    Check {
        /// The record: its file, the begin of its id, or last
        record: String,
        /// The SHA-256 that a report shows: is it the report of this record?
        #[arg(long, value_name = "SHA-256")]
        sha256: Option<String>,
        #[command(flatten)]
        output: AnywhereOutputArgs,
    },
}

/// The same as elsewhere, but it may stand before or behind the command's own command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct AnywhereOutputArgs {
    /// How the result is printed on standard output
    #[arg(long, value_enum, global = true, default_value_t = Format::Text, env = "EXCHANGE365_FORMAT")]
    pub(super) format: Format,
}
