//! A sweep in words: what the counts mean, why the probe was off, what a stopped or partial sweep leaves open.

use crate::{
    base::ObjectId,
    m365::{
        Refusal,
        graph::{PeopleError, ProbeAnswer},
    },
    verify::{Calibration, Counts, Disagreement, Known, Stop, Verdict},
};

use super::{
    Evidence, Problem, Stage, Who, network, sign_in,
    words::{list, outcome_label},
};

/// Addresses named in one sentence.
const NAMED: usize = 10;

/// What the probe is. Stands in every output of a sweep.
pub const PROBE_NOTE: &str = "Each mailbox was asked with a mail that has no recipient, so nothing was sent. Microsoft does not document how that is answered: the answers count only because they agreed, in this run, with real mails from known senders.";
/// The same when some answers were given in an earlier part of the sweep.
pub const PROBE_RESUMED_NOTE: &str = "Each mailbox was asked with a mail that has no recipient, so nothing was sent. Microsoft does not document how that is answered: the answers count only because they agreed, in the part of the sweep in which they were given, with real mails from known senders, which are answered the same way in this part.";
/// The same when the probe could not be used.
pub const PROBE_OFF_NOTE: &str = "The probe without sending could not be used, because real mails from known senders did not bear it out in this run. No mailbox was judged by it.";
/// The same when it never came to that.
pub const PROBE_UNTRIED_NOTE: &str =
    "The sweep ended before the probe without sending was tried. No mailbox was asked.";

/// What the words are made from.
#[derive(Debug, Clone, Copy)]
pub struct SweepContext<'a> {
    /// The verdict of the sweep.
    pub verdict: Verdict,
    /// The verdict of the real sends.
    pub controls: Verdict,
    /// Whether the probe was on; `None` when it never came to that.
    pub calibration: Option<&'a Calibration>,
    /// What was counted.
    pub counts: &'a Counts,
    /// Why it ended early.
    pub stop: Option<&'a Stop>,
    /// Entries of the list that could not be read.
    pub unreadable: usize,
    /// Reachable mailboxes that are not permitted.
    pub open: &'a [String],
    /// Permitted mailboxes that are refused.
    pub shut: &'a [String],
}

/// `4,213`
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `reachable: 1 of 4,213, refused: 4,198, not provable: 14`
pub fn sweep_counts(counts: &Counts) -> String {
    let not_asked = match counts.not_asked {
        0 => String::new(),
        number => format!(" (of these {} were not asked)", grouped(number)),
    };
    format!(
        "reachable: {} of {}, refused: {}, not provable: {}{not_asked}",
        grouped(counts.reachable),
        grouped(counts.total),
        grouped(counts.refused),
        grouped(counts.not_provable)
    )
}

/// One sentence.
pub fn sweep_summary(context: SweepContext<'_>) -> String {
    let SweepContext { counts, .. } = context;
    let is_off = matches!(context.calibration, Some(Calibration::Off(_)));
    let head = if is_off && counts.asked() == 0 {
        "The probe without sending did not agree with real mails, so no mailbox was judged".to_owned()
    } else {
        capitalised(&sweep_counts(counts))
    };
    let tail = match context.verdict {
        _ if counts.reachable_not_permitted > 0 => {
            format!("the app reaches {} that it must not", mailboxes(counts.reachable_not_permitted))
        }
        _ if counts.refused_but_permitted > 0 => {
            format!(
                "{} that must be permitted {} refused",
                mailboxes(counts.refused_but_permitted),
                is_or_are(counts.refused_but_permitted)
            )
        }
        Verdict::Fail => "a real mail of the controls went otherwise than it must".to_owned(),
        Verdict::Pass => {
            "nobody beyond the permitted list, as far as a probe calibrated by real mails can tell".to_owned()
        }
        Verdict::Unproven => "not proven for everybody".to_owned(),
    };
    format!("{head}; {tail}")
}

/// What to do next, one sentence.
pub fn sweep_next_step(problems: &[Problem]) -> String {
    problems.iter().find_map(|problem| problem.advice.first().cloned()).unwrap_or_default()
}

/// Everything worth saying about a sweep, the most important first.
pub fn sweep_problems(context: SweepContext<'_>) -> Vec<Problem> {
    let found = [
        open(context),
        shut(context),
        context.calibration.and_then(probe_off),
        context.stop.and_then(stopped),
        unreadable(context),
        not_provable(context),
    ];
    found.into_iter().flatten().collect()
}

fn open(context: SweepContext<'_>) -> Option<Problem> {
    let number = context.counts.reachable_not_permitted;
    let problem = || {
        Problem::new(
            "sweep_reached_not_permitted",
            Stage::Policy,
            Who::CustomerAdmin,
            format!("The app reaches {} not on the permitted list: {}", mailboxes(number), named(context.open, number)),
        )
        .because("The group has more members than intended, a nested group or a second policy lets them in, or the fence does not stand at all.")
        .advise("Compare the members of the group with the permitted list in the Exchange admin center > Recipients > Groups, nested groups included.")
        .advise("Add mailboxes that may be used to the permitted list of the next sweep.")
        .advise("Send one real test mail as one of them with verify, naming it as forbidden: a sent mail proves what a probe shows.")
    };
    let with_ids = |problem: Problem| {
        // Nobody can compare these with permitted addresses.
        if context.open.iter().any(|name| ObjectId::parse(name).is_some()) {
            problem.advise("Some are known by their object id alone. Where it is that of a permitted mailbox, name the id in the list of further mailboxes that must be reachable, and sweep again.")
        } else {
            problem
        }
    };
    (number > 0).then(|| with_ids(problem()))
}

fn shut(context: SweepContext<'_>) -> Option<Problem> {
    let number = context.counts.refused_but_permitted;
    let problem = || {
        Problem::new(
            "sweep_refused_permitted",
            Stage::Policy,
            Who::CustomerAdmin,
            format!("{} on the permitted list {} refused: {}", capitalised(&mailboxes(number)), is_or_are(number), named(context.shut, number)),
        )
        .because("They are not in the group, or were added so short a time ago that Exchange does not know yet.")
        .advise("Add them to the group in the Exchange admin center > Recipients > Groups, wait an hour or two without tests, and sweep again.")
    };
    (number > 0).then(problem)
}

/// Why the probe is off; `None` when it is on.
fn probe_off(calibration: &Calibration) -> Option<Problem> {
    let Calibration::Off(why) = calibration else { return None };
    let (code, cause, advice) = match why {
        Disagreement::NoAcceptedSender => (
            "sweep_no_accepted_control",
            "No real mail of this run was accepted, so nothing shows how the probe is answered where the app is let in.".to_owned(),
            "Enter a permitted sender that passes verify.",
        ),
        Disagreement::NoRefusedSender => (
            "sweep_no_refused_control",
            "No real mail of this run was provably refused, so nothing shows how the probe is answered where the app is kept out.".to_owned(),
            "Enter a forbidden sender that passes verify; if none does, the fence does not stand and there is nothing to sweep.",
        ),
        Disagreement::Contradicts(control, answer) => (
            "sweep_probe_contradicts",
            format!("{}: the real mail was {}, but the probe was {}.", control.address, known(control.known), answered(*answer)),
            "Do not use the sweep with this tenant: test single mailboxes with verify, which really sends.",
        ),
        Disagreement::Silent(control, answer) => (
            "sweep_probe_silent",
            format!("{}: the real mail was {}, but the probe was {}.", control.address, known(control.known), answered(*answer)),
            "Try the sweep again later; if it stays like this, test single mailboxes with verify, which really sends.",
        ),
    };
    let problem = Problem::new(
        code,
        Stage::Send,
        Who::You,
        "The probe without sending is off in this run, and no mailbox was judged by it",
    )
    .because(cause)
    .advise(advice);
    Some(problem)
}

fn known(known: Known) -> &'static str {
    match known {
        Known::Accepted => "accepted",
        Known::Refused(Refusal::Raop) => "refused by a policy",
        Known::Refused(Refusal::ODataDisabled | Refusal::Plain) => "refused without naming a policy",
    }
}

fn answered(answer: ProbeAnswer) -> String {
    match answer {
        ProbeAnswer::Reached => "let in".to_owned(),
        ProbeAnswer::Refused(Refusal::Raop) => "refused by a policy".to_owned(),
        ProbeAnswer::Refused(Refusal::ODataDisabled | Refusal::Plain) => "refused without naming a policy".to_owned(),
        ProbeAnswer::Other(outcome) => {
            format!("answered with something else ({})", outcome_label(outcome).to_lowercase())
        }
    }
}

fn stopped(stop: &Stop) -> Option<Problem> {
    let go_on = "Go on with sweep --resume FILE if a journal was written, or start anew.";
    match stop {
        Stop::ProbeOff => None,
        Stop::Cancelled => Some(
            Problem::new("sweep_cancelled", Stage::Send, Who::You, "The sweep was cancelled, and does not cover everybody")
                .because("Somebody stopped it. Nothing was sent by what was under way.")
                .advise(go_on),
        ),
        Stop::ControlsChanged => Some(
            Problem::new(
                "sweep_controls_changed",
                Stage::Policy,
                Who::You,
                "The known senders were answered otherwise in the middle of the sweep, so it was stopped",
            )
            .because("Somebody changed the group or the policy, or an earlier change came into force. Answers since the last agreement do not count.")
            .advise("Wait until nobody changes anything any more, an hour or two, and start the sweep anew."),
        ),
        Stop::SignIn(err) => {
            let inner = sign_in(err);
            let summary = format!("The sweep was stopped, because no further token could be had: {}", inner.summary);
            Some(Problem { summary, ..inner })
        }
        Stop::LineLost => Some(
            Problem::new("sweep_line_lost", Stage::Network, Who::NetworkAdmin, "The sweep was stopped, because call after call failed")
                .because("The connection was lost for a long while, or the service has an outage.")
                .advise(go_on),
        ),
    }
}

/// Answers of an earlier part were given under another fence.
pub fn sweep_forgotten(answers: usize) -> Problem {
    let number = grouped(answers);
    Problem::new(
        "sweep_earlier_part_void",
        Stage::Policy,
        Who::You,
        format!("The {number} answers of the earlier part do not count, and these mailboxes were asked again"),
    )
    .because("Real mails of the known senders are answered otherwise than they were then, or nothing shows how they were: the fence has changed since.")
    .advise("Nothing has to be done, if the fence was changed on purpose; else ask the administrator who changed it.")
}

fn unreadable(context: SweepContext<'_>) -> Option<Problem> {
    let number = context.unreadable;
    let noun = if number == 1 { "entry" } else { "entries" };
    let problem = || {
        Problem::new(
            "sweep_list_unreadable",
            Stage::Input,
            Who::You,
            format!(
                "{} {noun} of the list could not be read as mailboxes and {} not covered",
                grouped(number),
                is_or_are(number)
            ),
        )
        .because("They are no mail addresses, user principal names or object ids.")
        .advise("Correct or remove these entries, and sweep again.")
    };
    (number > 0).then(problem)
}

fn not_provable(context: SweepContext<'_>) -> Option<Problem> {
    let counts = context.counts;
    let number = counts.not_provable - counts.not_asked;
    if number == 0 {
        return None;
    }
    let known = ["reached", "blocked_by_policy", "access_denied", "not_asked"];
    let others = counts.by_outcome.iter().filter(|(name, _)| !known.contains(name));
    let parts: Vec<String> =
        others.map(|(name, number)| format!("{} {}", grouped(*number), name.replace('_', " "))).collect();
    let problem = Problem::new(
        "sweep_not_provable",
        Stage::Mailbox,
        Who::You,
        format!("Of {} nothing can be said: {}", mailboxes(number), list(&parts)),
    )
    .because("Accounts without a mailbox in Exchange Online are refused for that reason alone, and failed calls show nothing.")
    .advise("Leave accounts without a mailbox out of the list if everybody has to be proven, and sweep the others again.");
    Some(problem)
}

/// A list of mailboxes that could not be read from the directory.
pub fn directory(err: &PeopleError) -> Problem {
    let no_such = |summary: String| {
        Problem::new("group_not_found", Stage::Input, Who::You, summary)
            .because("The name or address is not that of exactly one group in this organisation.")
            .advise("Enter the group's object id: Entra admin center > Groups > the group > Object ID.")
    };
    match err {
        PeopleError::Refused { status, service, ids } => Problem::new(
            "directory_not_readable",
            Stage::Token,
            Who::You,
            "The app may not read the directory, so the list of mailboxes has to come from elsewhere",
        )
        .because("An app that may only send mail should not read the directory either; that is as it should be.")
        .advise("Export the mailboxes as an administrator, for instance with Get-EXOMailbox -ResultSize Unlimited | Select UserPrincipalName | Export-Csv mailboxes.csv, and give the file to the sweep.")
        .advise("Grant User.ReadBasic.All, for a group GroupMember.Read.All as well, if the app is meant to read them.")
        .with(Evidence { http_status: Some(*status), ..Evidence::of_ids(ids) }.said(Some(service))),
        PeopleError::NoSuchGroup(name) => no_such(format!("There is no group '{name}'")),
        PeopleError::NotOneGroup(name) => no_such(format!("More than one group is named '{name}'")),
        PeopleError::ForeignLink => Problem::new(
            "directory_foreign_link",
            Stage::Network,
            Who::NetworkAdmin,
            "The directory's list leads to an address that is not Microsoft Graph, and was not followed",
        )
        .because("Something between this computer and Microsoft changes the answers, or an overridden address is wrong.")
        .advise("Check an overridden service address, and ask the network team to exempt Microsoft 365 from inspection."),
        PeopleError::TooMany => Problem::new("directory_endless", Stage::Network, Who::NetworkAdmin, "The list of people did not end")
            .because("It names more people than any tenant has mailboxes, so it does not come from Microsoft, or goes round.")
            .advise("Name the mailboxes in a file, or sweep a group.")
            .advise("Ask whoever runs the network what stands between this computer and Microsoft Graph."),
        PeopleError::SignIn(err) => sign_in(err),
        PeopleError::Failed(err) => network(err),
    }
}

/// A journal that cannot be written, read or gone on with.
pub fn journal(reason: &str) -> Problem {
    Problem::new(
        "sweep_journal_unusable",
        Stage::Input,
        Who::You,
        format!("The sweep's journal cannot be used: {reason}"),
    )
    .because("A sweep goes on only with the same tenant, app, secret and list, and only for a day.")
    .advise("Start the sweep anew with another journal file.")
}

/// Cancelled before the first question.
pub fn sweep_cancelled() -> Problem {
    Problem::new("sweep_cancelled", Stage::Input, Who::You, "The sweep was cancelled before it began")
        .because("Somebody stopped it. No mailbox was asked.")
        .advise("Start again when you are ready.")
}

/// A list that names nobody.
pub fn no_mailboxes() -> Problem {
    Problem::new("sweep_list_empty", Stage::Input, Who::You, "The list names no mailbox")
        .because("The file is empty, or has no column with mail addresses or user principal names.")
        .advise("Give a list with one address per line, or a CSV with a column UserPrincipalName.")
}

fn named(names: &[String], number: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if number > shown.len() {
        shown.push(format!("{} more", grouped(number - shown.len())));
    }
    list(&shown)
}

fn mailboxes(number: usize) -> String {
    if number == 1 { "1 mailbox".to_owned() } else { format!("{} mailboxes", grouped(number)) }
}

fn is_or_are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_read_as_promised() {
        let counts = Counts { total: 4213, reachable: 1, refused: 4198, not_provable: 14, ..Counts::default() };
        assert_eq!(sweep_counts(&counts), "reachable: 1 of 4,213, refused: 4,198, not provable: 14");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(0), "0");
    }
}
