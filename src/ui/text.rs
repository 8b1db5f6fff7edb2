//! Every word of the window. Labels are those of the guides: Tenant ID, Client ID, Client Secret, Send E-Mail.

use jiff::tz::TimeZone;

use crate::{
    base::Timestamp,
    engine::{Evidence, Expected, LogLine, Mechanism, SenderReport, StageState, Verdict, grouped},
};

use super::{
    state::{Expect, Tab},
    window::Backend,
};

// The frame.
pub(super) const PROGRAM: &str = "Exchange365 tester";
pub(super) const THEME: &str = "Theme";
pub(super) const THEME_SYSTEM: &str = "As the system";
pub(super) const THEME_LIGHT: &str = "Light";
pub(super) const THEME_DARK: &str = "Dark";
pub(super) const WORKING: &str = "Working…";
pub(super) const CANCEL: &str = "Cancel";
pub(super) const CANCELLING: &str = "Cancelling…";

pub(super) const SCROLL: &str = "Scroll";
pub(super) const SCROLL_ACROSS: &str = "Scroll across";
pub(super) const HELP: &str = "Help";
pub(super) const HELP_TIP: &str = "What this panel is for, its words and its keys (F1)";
pub(super) const HELP_STEPS: &str = "What to do";
pub(super) const HELP_WORDS: &str = "Words";
pub(super) const HELP_KEYS: &str = "Keys";
pub(super) const HELP_CLOSE: &str = "Close";

// The demo tenant.
pub(super) const DEMO_TITLE: &str = "No tenant at hand?";
pub(super) const DEMO_HINT: &str = "The demo tenant runs on this computer. Nothing leaves it.";
pub(super) const DEMO_SCENARIO: &str = "Scenario";
pub(super) const DEMO_START: &str = "Try the demo tenant";
pub(super) const DEMO_STARTING: &str = "Starting…";
pub(super) const DEMO_BANNER: &str = "Demo tenant";
pub(super) const DEMO_LEAVE: &str = "Leave the demo";
pub(super) const LEFT_DEMO: &str = "Left the demo tenant";

// Credentials.
pub(super) const CREDENTIALS_TITLE: &str = "App registration";
pub(super) const TENANT_ID: &str = "Tenant ID";
pub(super) const TENANT_ID_HELP: &str = "GUID, or a domain such as contoso.onmicrosoft.com";
pub(super) const TENANT_ID_TIP: &str = "Entra admin center > Overview > Tenant ID";
pub(super) const CLIENT_ID: &str = "Client ID";
pub(super) const CLIENT_ID_HELP: &str = "Application (client) ID of the app registration, a GUID";
pub(super) const CLIENT_ID_TIP: &str = "Entra admin center > App registrations > the app > Overview";
pub(super) const CLIENT_SECRET: &str = "Client Secret";
pub(super) const CLIENT_SECRET_HELP: &str = "The secret's Value, not its Secret ID. Kept only if you ask";
pub(super) const CLIENT_SECRET_TIP: &str = "Entra admin center > App registrations > the app > Certificates & secrets. \
     The Value is shown once, when the secret is made";
pub(super) const REVEAL: &str = "Reveal";
pub(super) const HIDE: &str = "Hide";
pub(super) const REVEAL_NAME: &str = "Reveal Client Secret";
pub(super) const HIDE_NAME: &str = "Hide Client Secret";
pub(super) const CLOUD: &str = "Cloud";
pub(super) const ADVANCED: &str = "Advanced";
pub(super) const LOGIN_URL: &str = "Login address";
pub(super) const GRAPH_URL: &str = "Graph address";
pub(super) const URL_HELP: &str = "Instead of the cloud's own; https, or http on this computer";
pub(super) const PROXY: &str = "Proxy";
pub(super) const PROXY_HELP: &str = "Empty: as the system says. none, or http://host:port";
pub(super) const IMPORT_LABEL: &str = "Fill in from Totalview";
pub(super) const PASTE: &str = "Paste GraphOptions…";
pub(super) const OPEN_FILE: &str = "Open appsettings.json…";
pub(super) const IMPORTED: &str = "GraphOptions read, the boxes are filled in";
pub(super) const IMPORTED_AND_CLEARED: &str =
    "GraphOptions read, the boxes are filled in. The clipboard still held the secret and was cleared";
pub(super) const NO_FILE: &str = "No file was chosen. It can also be dropped on the window";
pub(super) const DROP_HERE: &str = "Drop appsettings.json to fill in the boxes";
pub(super) const TEST: &str = "Test without Totalview";
pub(super) const TEST_TIP: &str = "Signs in as the app registration. No mail is sent (Enter)";
pub(super) const NEXT: &str = "Go to Send E-Mail";

// The staged result.
pub(super) const CHECK_IDLE: &str = "Not tested yet";
pub(super) const CHECK_IDLE_HINT: &str = "Fill in the three boxes and press Test without Totalview. Each step of signing in \
     gets its own line, so that you see how far it comes. No mail is sent.";
pub(super) const CHECK_RUNNING: &str = "Signing in…";
pub(super) const CHECK_PASSED: &str = "The app registration can sign in";
pub(super) const CHECK_PASSED_HINT: &str = "That says nothing about its fence. Send E-Mail shows whom it may send as.";
pub(super) const CHECK_FAILED: &str = "The app registration cannot sign in";
pub(super) const CHECK_FAILED_HINT: &str = "The failed line says why, and who can put it right.";
pub(super) const CHECK_INPUT: &str = "Nothing was tested yet";
pub(super) const CHECK_INPUT_HINT: &str = "Correct the marked boxes, then press Test without Totalview again.";
pub(super) const CHECK_UNPROVEN_HINT: &str = "Something was in the way that is not the app registration's fault.";
pub(super) const CHECK_CANCELLED_HINT: &str = "Press Test without Totalview to try again.";
pub(super) const CHECK_UNPROVEN: &str = "Whether the app registration can sign in is not known";
pub(super) const CHECK_CANCELLED: &str = "Cancelled";
pub(super) const STALE: &str = "These results are for values that have been changed since";
pub(super) const TOKEN_TITLE: &str = "What the token says";
pub(super) const TOKEN_OPAQUE: &str = "The token cannot be read. That is Microsoft's right and stops nothing.";
pub(super) const APP_NAME: &str = "App name";
pub(super) const OBJECT_ID: &str = "Object ID";
pub(super) const OBJECT_ID_TIP: &str =
    "Of the enterprise application (service principal). RBAC for Applications asks for it";
pub(super) const TENANT: &str = "Tenant";
pub(super) const ROLES: &str = "Permissions";
pub(super) const NO_ROLES: &str = "None in the token. Under RBAC for Applications that is as it should be";
pub(super) const EXPIRES: &str = "Token expires";
pub(super) const WIDER: &str = "More than sending needs";

// Explanations.
pub(super) const CAUSE: &str = "Probable cause";
pub(super) const ADVICE: &str = "What to do";
pub(super) const WHO: &str = "Who can do it";
pub(super) const EVIDENCE: &str = "Evidence for a support case";
pub(super) const COPY_PROBLEM: &str = "Copy problem";
pub(super) const COPY_ROW: &str = "Copy";
pub(super) const COPY_RESULT: &str = "Copy result";

// Send E-Mail.
pub(super) const SEND_TITLE: &str = "Who may send?";
pub(super) const PERMITTED: &str = "Permitted senders";
pub(super) const PERMITTED_HELP: &str = "In the group. One address per line";
pub(super) const FORBIDDEN: &str = "Forbidden senders";
pub(super) const FORBIDDEN_HELP: &str = "Outside the group, with a licensed mailbox";
pub(super) const RECIPIENT: &str = "Recipient";
pub(super) const RECIPIENT_HELP: &str = "Best your own: you can see what arrives";
pub(super) const MAIL_WORDS: &str = "Subject and text";
pub(super) const SUBJECT: &str = "Subject";
pub(super) const SUBJECT_HINT: &str = "Test mail, please ignore";
pub(super) const TEXT: &str = "Text";
pub(super) const TEXT_HINT: &str = "This is a test mail. Somebody is checking which mailboxes an application is allowed to send \
     mail from. You can delete this mail.";
pub(super) const MAIL_WORDS_HELP: &str = "The test id is added to both";
pub(super) const RUN: &str = "Run the test";
pub(super) const RUN_TIP: &str = "Sends as everybody on both lists (Enter, or Ctrl+Enter in a list)";
pub(super) const ONE_TITLE: &str = "One sender alone";
pub(super) const ONE_ADDRESS: &str = "Sender";
pub(super) const SEND_ONE: &str = "Send one";
pub(super) const SEND_ONE_TIP: &str = "Sends as this sender alone. One sender alone proves no fence";
pub(super) const FIX_FIELDS: &str = "Correct the marked boxes first";

pub(super) const FOLD: &str = "Fold the list";
pub(super) const UNFOLD_TIP: &str = "Shows the list, to change it by hand";

// The warning.
pub(super) const WARNING_TITLE: &str = "A forbidden sender may really send";
pub(super) const WARNING_TEXT: &str = "If the fence does not stand, Microsoft takes these mails and delivers them. The text is \
     harmless and says what it is. Tell these people, or choose a mailbox that nobody minds.";
pub(super) const WARNING_TO: &str = "To";
pub(super) const WARNING_AS: &str = "Sent as";
pub(super) const WARNING_GO: &str = "Send the test mails";
pub(super) const WARNING_BACK: &str = "Go back";

// Results.
pub(super) const RESULT_IDLE: &str = "No test has been run";
pub(super) const RESULT_IDLE_HINT: &str = "Enter at least one sender who must be able to send and one who must not, then run \
     the test. A mail is sent as each of them. Only both answers together prove the fence.";
pub(super) const PREPARING: &str = "Signing in and getting ready…";
pub(super) const NOT_TRIED: &str = "Not tried";
pub(super) const WAITING: &str = "Waiting";
pub(super) const SENDING: &str = "Sending…";
pub(super) const NOTHING_YET: &str = "–";
pub(super) const CANCELLED: &str = "CANCELLED";
pub(super) const ONE_RESULT: &str = "One sender tried";
pub(super) const ONE_NO_VERDICT: &str =
    "One sender alone proves no fence. Run the test with permitted and forbidden senders for a verdict.";
pub(super) const NEXT_STEP: &str = "Next step";
pub(super) const SENDERS: &str = "Senders";
pub(super) const PROBLEMS: &str = "What stands in the way";
pub(super) const COLUMN_EXPECTED: &str = "Expected";
pub(super) const COLUMN_OBSERVED: &str = "Observed";
pub(super) const SHOW_DETAILS: &str = "Details";
pub(super) const HIDE_DETAILS: &str = "Hide details";

// Dialogs.
pub(super) const PASTE_TITLE: &str = "Paste GraphOptions";
pub(super) const PASTE_HINT: &str =
    "The GraphOptions block from Totalview Authentication's appsettings.json, or the whole file.";
pub(super) const PASTE_LABEL: &str = "GraphOptions block";
pub(super) const PASTE_GO: &str = "Fill in the boxes";
pub(super) const QUIT_TITLE: &str = "Mails are being sent";
pub(super) const QUIT_TEXT: &str =
    "Closing the window stops the test. Mails that are on their way cannot be called back.";
pub(super) const QUIT_SCRIPT_TITLE: &str = "A script is running";
pub(super) const QUIT_SCRIPT_TEXT: &str = "Closing the window stops it on its way. What it has done stays done, and running it \
     again does the rest.";
pub(super) const QUIT_GO: &str = "Close anyway";
pub(super) const QUIT_BACK: &str = "Keep running";

// The log.
pub(super) const LOG: &str = "Log";
pub(super) const LOG_SHOW: &str = "Show log";
pub(super) const LOG_HIDE: &str = "Hide log";
pub(super) const LOG_EMPTY: &str = "Nothing was asked yet. Every call appears here with its ids, without secrets.";
pub(super) const COPY_LOG: &str = "Copy log";
pub(super) const CLEAR_LOG: &str = "Clear log";
pub(super) const NO_ANSWER: &str = "no answer";

/// The label of a tab, as the guides write it.
pub(super) fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Credentials => "Credentials",
        Tab::PolicySetup => "Policy setup",
        Tab::SendMail => "Send E-Mail",
        Tab::Report => "Report",
    }
}

/// What one sender is tried as.
pub(super) fn expect(expect: Expect) -> &'static str {
    match expect {
        Expect::Permitted => "Permitted",
        Expect::Forbidden => "Forbidden",
    }
}

/// The state of a row of the staged result.
pub(super) fn stage_state(state: StageState) -> &'static str {
    state.label()
}

/// Which program this is, and who draws its window.
pub(super) fn version(drawn_by: Option<Backend>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match drawn_by {
        Some(Backend::Gpu) => format!("Version {version}, drawn by the GPU"),
        Some(Backend::Cpu) => format!("Version {version}, drawn by the CPU"),
        None => format!("Version {version}"),
    }
}

/// What was copied.
pub(super) fn copied(what: &str) -> String {
    format!("{what} copied")
}

/// The demo runs.
pub(super) fn demo_ready(title: &str) -> String {
    format!("Demo tenant ready: {title}")
}

/// No window could be opened.
pub(super) fn not_opened(why: &str) -> String {
    format!("The window could not be opened: {why}\n\nThe same checks run in a terminal with exchange365-cli.")
}

/// What stands above everything that is copied from the demo.
pub(super) fn demo_label(title: &str) -> String {
    format!("{DEMO_BANNER}: {title}\n\n")
}

/// A list too long to be read.
pub(super) fn long_list(lines: usize) -> String {
    format!("{} lines. Show them…", grouped(lines))
}

/// The button that hides a long list again.
pub(super) fn fold(label: &str) -> String {
    format!("{FOLD}: {label}")
}

/// How far a run is.
pub(super) fn progress(answered: usize, all: usize) -> String {
    format!("{answered} of {all} answered")
}

/// How many calls the log holds.
pub(super) fn log_count(calls: usize) -> String {
    if calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") }
}

/// How often a mail was handed over.
pub(super) fn attempts(count: u32) -> String {
    if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") }
}

/// A length of time.
pub(super) fn elapsed(time: std::time::Duration) -> String {
    let millis = time.as_millis();
    if millis < 10_000 { format!("{millis} ms") } else { format!("{} s", time.as_secs()) }
}

/// The tick box of an accepted mail.
pub(super) fn arrived(test_id: &str) -> String {
    format!("Accepted by Exchange. Tick when the mail with {test_id} has arrived")
}

/// What is expected of a sender.
pub(super) fn expected(expected: Expected) -> &'static str {
    match expected {
        Expected::Permitted => "Permitted",
        Expected::Forbidden => "Forbidden",
    }
}

/// The accessible name of a row's explanation.
pub(super) fn details_of(address: &str) -> String {
    format!("{SHOW_DETAILS} of {address}")
}

/// What a screen reader says of a sender's row.
pub(super) fn row_name(address: &str, expected: Expected, observed: &str, verdict: &str) -> String {
    let observed = if observed == NOTHING_YET { String::new() } else { format!(", {COLUMN_OBSERVED}: {observed}") };
    format!("{address}, {COLUMN_EXPECTED}: {}{observed}, {verdict}", self::expected(expected))
}

/// When, how often, how long, and the ids.
pub(super) fn sender_facts(sender: &SenderReport) -> String {
    let result = &sender.result;
    let mut facts = vec![
        local_time(result.finished),
        attempts(result.attempts),
        elapsed(result.elapsed),
        result.test_id.to_string(),
    ];
    facts.extend(result.ids.request_id.as_ref().map(|id| format!("request {id}")));
    facts.join("  ·  ")
}

/// What holds the fence, in plain words.
pub(super) fn mechanism(mechanism: Mechanism, verdict: Verdict) -> Option<&'static str> {
    match (mechanism, verdict) {
        (Mechanism::ApplicationAccessPolicy, Verdict::Pass) => Some("Held by an application access policy"),
        (Mechanism::RbacForApplications, Verdict::Pass) => Some("Held by RBAC for Applications"),
        (Mechanism::Unidentified, Verdict::Pass) => {
            Some("It holds, but what holds it could not be told from the answers")
        }
        (Mechanism::ApplicationAccessPolicy, _) => Some("The refusals name an application access policy"),
        (Mechanism::RbacForApplications, _) => Some("The refusals fit RBAC for Applications"),
        (Mechanism::Unidentified, _) => Some("What refused could not be told from the answers"),
        (Mechanism::None, _) => None,
    }
}

/// A fragment as a sentence: first letter in upper case.
pub(super) fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Time of day on this computer.
pub(super) fn local_time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// Time of day on this computer, to the minute.
pub(super) fn local_clock(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%H:%M").to_string()
}

/// Day and time on this computer, in words that no country reads differently.
pub(super) fn local_date_time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%-d %b %Y, %H:%M").to_string()
}

/// One call in the window: local time, what, status, ids.
pub(super) fn log_row(line: &LogLine) -> String {
    let status = line.status.map_or_else(|| NO_ANSWER.to_owned(), |status| status.to_string());
    let ids =
        [("request-id", &line.request_id), ("client-request-id", &line.client_request_id), ("error", &line.failure)];
    let ids: Vec<String> =
        ids.into_iter().filter_map(|(name, id)| id.as_ref().map(|id| format!("{name}={id}"))).collect();
    format!(
        "{}  {:<22} {:<10} {:>8}  {}",
        local_time(line.time),
        line.operation,
        status,
        elapsed(line.elapsed),
        ids.join("  ")
    )
}

/// What evidence there is, as names and values.
pub(super) fn evidence(evidence: &Evidence) -> Vec<(&'static str, String)> {
    let policies = (!evidence.policy_ids.is_empty()).then(|| evidence.policy_ids.join(", "));
    let rows = [
        ("AADSTS", evidence.aadsts.map(|code| code.to_string())),
        ("Error", evidence.error.clone()),
        ("Message", evidence.message.clone()),
        ("HTTP status", evidence.http_status.map(|status| status.to_string())),
        ("Trace ID", evidence.trace_id.clone()),
        ("Correlation ID", evidence.correlation_id.clone()),
        ("Timestamp", evidence.timestamp.clone()),
        ("Request ID", evidence.request_id.clone()),
        ("Client request ID", evidence.client_request_id.clone()),
        ("Policies", policies),
        ("Host", evidence.host.clone()),
        ("Detail", evidence.detail.clone()),
        ("Look-up", evidence.lookup_url.clone()),
    ];
    rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

/// What a sender's row holds beyond its columns, as names and values.
pub(super) fn sender_ids(sender: &SenderReport) -> Vec<(&'static str, String)> {
    let result = &sender.result;
    let service = result.service.as_ref();
    let rows = [
        ("Error", service.map(|service| service.code.clone()).filter(|code| !code.is_empty())),
        ("Message", service.map(|service| service.message.clone()).filter(|message| !message.is_empty())),
        ("HTTP status", result.http_status.map(|status| status.to_string())),
        ("Test ID", Some(result.test_id.to_string())),
        ("Request ID", result.ids.request_id.clone()),
        ("Client request ID", result.ids.client_request_id.clone()),
        ("Detail", result.detail.clone()),
    ];
    rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(sentence("ærligt"), "Ærligt");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(
            [attempts(1), attempts(2), log_count(1), log_count(0)],
            ["1 attempt", "2 attempts", "1 call", "0 calls"]
        );
        assert_eq!(elapsed(std::time::Duration::from_millis(12)), "12 ms");
        assert_eq!(elapsed(std::time::Duration::from_secs(75)), "75 s");
    }

    #[test]
    fn a_fence_that_was_not_proven_is_not_said_to_hold() {
        for verdict in [Verdict::Fail, Verdict::Unproven] {
            for kind in [Mechanism::ApplicationAccessPolicy, Mechanism::RbacForApplications, Mechanism::Unidentified] {
                assert!(!mechanism(kind, verdict).unwrap().contains("eld by"));
            }
        }
    }
}
