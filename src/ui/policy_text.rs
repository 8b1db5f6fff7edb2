//! The words of the Policy setup tab that are not the policy module's own.

use std::collections::BTreeMap;

use crate::engine::{
    Access, Expectation, FenceState, LiveObservation, Recognised, ScriptKind, Severity, StepOutcome, StepState,
};

use super::state::Runner;

pub(super) const TITLE: &str = "From nothing to a fence";
pub(super) const GROUP_NAME_SUGGESTED: &str = "Totalview senders";
pub(super) const GROUP_NAME: &str = "Group name";
pub(super) const GROUP_ALIAS: &str = "Group alias";
pub(super) const GROUP_ADDRESS: &str = "Group address";
pub(super) const GROUP_ADDRESS_HELP: &str = "Its own address, not a person's";
pub(super) const ADMIN: &str = "Admin principal name";
pub(super) const ADMIN_HELP: &str =
    "The sign-in name of an Exchange administrator; the password is never asked for here";
pub(super) const OBJECT_ID: &str = "Enterprise application object ID";
pub(super) const OBJECT_ID_HELP: &str = "Filled in from the sign-in";
pub(super) const PERMITTED_HELP: &str = "They become the members of the group. The same list as on Send E-Mail";
pub(super) const FORBIDDEN_HELP: &str = "Who must be refused when the fence is tested. The same list as on Send E-Mail";
pub(super) const VALUES: &str = "Values";
pub(super) const METHOD: &str = "Method";
pub(super) const GUIDE_METHOD: &str = "Used by the guide";
pub(super) const LEGACY: &str = "Legacy at Microsoft";
pub(super) const RECOMMENDED: &str = "Recommended by Microsoft";
pub(super) const WHAT_TO_DO: &str = "What to do";
pub(super) const SCRIPT: &str = "Script";
pub(super) const CHANGES_NOTHING: &str = "Changes nothing";
pub(super) const MAKES_CHANGES: &str = "Makes changes, and may be run again";
pub(super) const TAKES_AWAY: &str = "Takes something away, and asks first";
pub(super) const NO_SECRET: &str = "The script looks before it creates anything, checks after every step, and holds no secret. With -WhatIf it only says what it would do.";
pub(super) const COPY_SCRIPT: &str = "Copy script";
pub(super) const COPY_ALL: &str = "Copy all commands";
pub(super) const SAVE_AS: &str = "Save as .ps1…";
pub(super) const RUN_IN_DEMO: &str = "Run in the demo";
pub(super) const RUN_IN_DEMO_TIP: &str = "Does in the demo tenant what the script would do at a customer's";
pub(super) const RUN: &str = "Run in PowerShell";
pub(super) const RUN_TIP: &str = "Opens a PowerShell window, runs the script there, and takes its result back";
pub(super) const PASTE_RESULT: &str = "Paste result…";
pub(super) const OPEN_RESULT: &str = "Open result…";
pub(super) const COMMANDS: &str = "The same by hand, command by command";
pub(super) const COPY: &str = "Copy";
pub(super) const MISSING: &str = "Still needed for the script";
pub(super) const TO_CREDENTIALS: &str = "Go to Credentials";
pub(super) const SIGN_IN_FOR_ID: &str = "Sign in to fill it in";
pub(super) const RESULT: &str = "Result of the script";
pub(super) const PAGES: &str = "Pages";
pub(super) const KNOWN_ERRORS: &str = "Known errors and their cure";
pub(super) const DIRECTORY: &str = "What the directory says";
pub(super) const READ_DIRECTORY: &str = "Look in the directory";
pub(super) const READ_DIRECTORY_TIP: &str =
    "Reads the group, its members, the app and its permissions with the app's own token, where it may";
pub(super) const DIRECTORY_HINT: &str = "Most apps may not look there, and need not: then it is not checked.";
pub(super) const FENCE: &str = "What Exchange says";
pub(super) const NOTHING_READ: &str = "Nothing was read yet";
pub(super) const NOTHING_READ_HINT: &str =
    "Run the script and its result is taken back, or paste what the commands print, in any language.";
pub(super) const FINDINGS: &str = "What was noticed";
pub(super) const NEXT: &str = "What to do: ";
pub(super) const FORGET: &str = "Forget what was read";
pub(super) const COLUMN_MAILBOX: &str = "Mailbox";
pub(super) const COLUMNS: [&str; 6] = ["Wanted", "Policy", "Entra", "RBAC", "Together", "Test mail"];
pub(super) const COLUMN_TIPS: [&str; 6] = [
    "What is wanted of this mailbox",
    "What the Application Access Policies leave of a permission in Entra",
    "What the permission in Microsoft Entra gives, the policies taken into account",
    "What the roles in Exchange give",
    "Everything together: granted by one is granted",
    "What a real test mail showed",
];
pub(super) const GO_TEST: &str = "Go to Send E-Mail and test";
pub(super) const NEXT_STEP: &str = "Next step";
pub(super) const DONE_BY_HAND: &str = "Done by hand";
pub(super) const NOT_DONE: &str = "To do again";
pub(super) const MIGRATION: &str = "Migrate and take back";
pub(super) const OWN_SCRIPT: &str = "Back to this step's own script";
pub(super) const MIGRATION_ORDER: &str = "From the policy to RBAC, in the order that never leaves the app open";
pub(super) const MIGRATION_STEPS: [&str; 4] = [
    "Migration, first half: adds the role beside the policy; nothing is taken away",
    "Remove Mail.Send from the app in Microsoft Entra, and wait",
    "Verify on Send E-Mail: the permitted senders still get through, by the role alone",
    "Migration, second half: verifies again, then removes the policy",
];
pub(super) const COMES_NEXT: &str = "Comes next: ";
pub(super) const ROLLBACK: &str = "Taking it back";
pub(super) const GRANT_TITLE: &str = "Mail.Send in Microsoft Entra";
pub(super) const GRANT_HELD: &str = "The app still holds Mail.Send in Entra. Permissions add up: until it is removed there, the role's scope limits nothing.";
pub(super) const GRANT_GONE: &str = "Mail.Send is no longer granted in Entra, so the role alone decides";
pub(super) const GRANT_UNKNOWN: &str = "Whether Mail.Send is granted in Entra is not known: sign in on Credentials";
pub(super) const REMOVE_DEMO_GRANT: &str = "Remove it in the demo's Entra";
pub(super) const GRANT_REMOVED: &str = "Mail.Send was removed in the demo tenant's Entra; sign in again to see it";
pub(super) const LET_TIME_PASS: &str = "Let time pass";
pub(super) const LET_TIME_PASS_TIP: &str = "Moves the demo tenant's clock by an hour, so that changes come into force";
pub(super) const TIME_HAS_PASSED: &str = "An hour has passed in the demo tenant";
pub(super) const DEMO_WAIT: &str = "In the demo, press Let time pass at the top instead of waiting";
pub(super) const NO_EXCHANGE_CLOUD: &str =
    "Microsoft's module has no environment of its own for this cloud; ask Microsoft for the connection's address";
pub(super) const PASTE_TITLE: &str = "Paste what PowerShell printed";
pub(super) const PASTE_HINT: &str = "The script's whole output, or that of the single commands: as list, table or JSON, in any language. What is not understood counts as unknown.";
pub(super) const PASTE_LABEL: &str = "Output";
pub(super) const PASTE_GO: &str = "Read it";
pub(super) const PASTE_ABOUT: &str = "If it is one test alone, it is about";
pub(super) const PASTE_ABOUT_TEXT: &str = "As the text says";
pub(super) const PASTE_WHOLE: &str = "This is everything the command printed, nothing was cut off";
pub(super) const CONFIRM_GO: &str = "Run it";
pub(super) const CONFIRM_DEMO: &str = "This changes the demo tenant on this computer, and nothing else.";
pub(super) const CONFIRM_REAL: &str =
    "This changes the organisation you sign in to. The window shows every step and asks before it takes anything away.";
pub(super) const CANCEL: &str = "Cancel";
pub(super) const WORKING: &str = "Working…";

/// The banner over the steps.
pub(super) fn step_of(number: usize) -> String {
    format!("Step {number} of 6")
}

/// The accessible name of a step in the list.
pub(super) fn step_name(number: usize, title: &str) -> String {
    format!("{number}. {title}")
}

/// The state of a step, as it is shown.
pub(super) fn step_state(state: StepState) -> &'static str {
    match state {
        StepState::ToDo => "To do",
        StepState::Done => "Done",
        StepState::Failed => "Failed",
        StepState::NotChecked => "Not checked",
    }
}

/// The short title of a step for the list.
pub(super) fn short_title(step: crate::engine::GuideStep) -> &'static str {
    use crate::engine::GuideStep as G;
    match step {
        G::Group => "Group",
        G::Module => "PowerShell module",
        G::Connect => "Connect",
        G::Fence => "Fence",
        G::Verification1 => "Verification 1: Exchange",
        G::Verification2 => "Verification 2: test mails",
    }
}

/// What running that script is called.
pub(super) fn runner(runner: Runner) -> &'static str {
    match runner {
        Runner::PowerShell => RUN,
        Runner::Demo => RUN_IN_DEMO,
    }
}

/// What is asked before a script is run.
pub(super) fn confirm(runner: Runner) -> &'static str {
    match runner {
        Runner::PowerShell => CONFIRM_REAL,
        Runner::Demo => CONFIRM_DEMO,
    }
}

/// What a script does to the organisation.
pub(super) fn nature(kind: ScriptKind, takes_away: bool) -> &'static str {
    match (kind.reads_only(), takes_away) {
        (true, _) => CHANGES_NOTHING,
        (false, true) => TAKES_AWAY,
        (false, false) => MAKES_CHANGES,
    }
}

/// How a script's step ended.
pub(super) fn outcome(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Done => "Done",
        StepOutcome::Skipped => "Skipped",
        StepOutcome::Failed => "Failed",
        StepOutcome::NotRun => "Not run",
        StepOutcome::Unknown => "Unknown",
    }
}

/// Whether the fence holds, in a word or two.
pub(super) fn fence(fence: FenceState) -> &'static str {
    match fence {
        FenceState::Fenced => "Fenced in",
        FenceState::TooTight => "Too tight",
        FenceState::Open => "Open",
        FenceState::NotProven => "Not proven",
    }
}

/// How bad a finding is.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Danger => "Danger",
        Severity::Fault => "Fault",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    }
}

/// What a mechanism gives.
pub(super) fn access(access: Access) -> &'static str {
    match access {
        Access::Granted => "Granted",
        Access::Denied => "Denied",
        Access::Unknown => "Unknown",
    }
}

/// What is wanted of a mailbox.
pub(super) fn expectation(expected: Expectation) -> &'static str {
    match expected {
        Expectation::Permitted => "Permitted",
        Expectation::Forbidden => "Forbidden",
    }
}

/// What a test mail showed.
pub(super) fn live(seen: Option<LiveObservation>) -> &'static str {
    match seen {
        None => "Not tested",
        Some(LiveObservation::Accepted) => "Accepted",
        Some(LiveObservation::RefusedByPolicy | LiveObservation::RefusedPlain) => "Refused",
        Some(LiveObservation::NotProven) => "Not proven",
    }
}

/// Where a script was saved.
pub(super) fn saved_as(path: &str) -> String {
    format!("Saved as {path}")
}

/// What was read.
pub(super) fn was_read(what: &BTreeMap<Recognised, usize>, notes: usize) -> String {
    let list: Vec<String> = what
        .iter()
        .map(
            |(what, count)| {
                if *count == 1 { what.cmdlet().to_owned() } else { format!("{} × {count}", what.cmdlet()) }
            },
        )
        .collect();
    let read =
        if list.is_empty() { "Read the script's result".to_owned() } else { format!("Read {}", list.join(", ")) };
    match notes {
        0 => read,
        1 => format!("{read}; 1 thing could not be taken at its word"),
        count => format!("{read}; {count} things could not be taken at their word"),
    }
}

/// How a script ended.
pub(super) fn ended(title: &str, exit_code: Option<i32>) -> String {
    match exit_code {
        Some(0) => format!("{title}: every step is done"),
        Some(code) => format!("{title}: ended with code {code}"),
        None => format!("{title}: stopped"),
    }
}
