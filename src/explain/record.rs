//! What can go wrong with records and watches.

use super::{Evidence, Problem, Stage, Who};

/// A record could not be deleted or closed.
pub fn record_not_changed(name: &str, reason: &str) -> Problem {
    Problem::new("record_not_changed", Stage::Input, Who::You, format!("The record {name} could not be changed"))
        .because("It is in use, it was changed by somebody else, or this account may not write it.")
        .advise("Close other windows of this program, and check that your account may write the folder of records.")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

/// A file is no record, or none that can be used.
pub fn record_unusable(name: &str, reason: &str) -> Problem {
    Problem::new("record_unusable", Stage::Input, Who::You, format!("{name} is no record that this program can read"))
        .because(format!("Found: {reason}."))
        .advise(
            "Give the .jsonl file of a record, a report made from one, the begin of an id that history lists, or last.",
        )
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

/// A report is checked against its record, and that is not there.
pub fn record_missing(report: &str, record: &str) -> Problem {
    Problem::new("record_missing", Stage::Input, Who::You, format!("{report} cannot be checked without its record"))
        .because(format!("The report was made from {record}. A report by itself proves nothing: anybody can edit it."))
        .advise(format!("Ask whoever made the report for {record}, put it beside the report, and check again."))
}

/// A watch cannot be gone on with.
pub fn watch_not_resumed(reason: &str) -> Problem {
    Problem::new("watch_not_resumed", Stage::Input, Who::You, "The watch cannot be gone on with")
        .because(format!("Found: {reason}."))
        .advise("Use the Tenant ID, Client ID and addresses that the watch was begun with.")
        .advise("Begin a new watch instead.")
}

/// The deadline leaves no time for a test that would mean anything.
pub fn watch_without_time() -> Problem {
    Problem::new("watch_without_time", Stage::Input, Who::You, "The deadline is too near for a test that would mean anything")
        .because("A policy needs some minutes to be in force, and RBAC for Applications needs 35 minutes of silence before the first test.")
        .advise("Choose a later deadline, best four hours or more after the change.")
}

/// A watch was stopped before its first test.
pub fn watch_stopped() -> Problem {
    Problem::new("watch_stopped", Stage::Input, Who::You, "The watch was stopped before its first test")
        .because("Somebody has stopped it while it waited. Nothing was sent.")
        .advise("Begin it again, or run the test at once: tab Send E-Mail > Run the test.")
}
