//! What changed from one run to another, sender by sender (pure).

use crate::{
    base::MailAddress,
    explain::{mechanism_label, outcome_label, verdict_label},
    m365::Outcome,
    verify::{Difference, Expected, Principal, Verdict},
};

use super::VerifyReport;

/// Two runs side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// One sentence.
    pub summary: String,
    /// What is different about the whole runs, in sentences.
    pub remarks: Vec<String>,
    /// Every sender of either run, the changed ones first.
    pub senders: Vec<ComparedSender>,
}

/// One sender in two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedSender {
    /// Who.
    pub address: MailAddress,
    /// In the earlier run; `None` when it was not in it.
    pub before: Option<Seen>,
    /// In the later run; `None` when it was not in it.
    pub after: Option<Seen>,
}

/// A sender's line, as far as runs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What was expected.
    pub expected: Expected,
    /// What was observed; `None` when it was not tried.
    pub outcome: Option<Outcome>,
    /// What that proves.
    pub verdict: Verdict,
}

impl ComparedSender {
    /// Whether anything is different.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// The change in words, such as `Accepted (FAIL) → Blocked by policy (PASS)`.
    pub fn words(&self) -> String {
        if self.is_changed() {
            format!("{} → {}", words(self.before), words(self.after))
        } else {
            format!("{}, unchanged", words(self.after))
        }
    }
}

fn words(seen: Option<Seen>) -> String {
    match seen {
        Some(Seen { outcome: Some(outcome), verdict, .. }) => {
            format!("{} ({})", outcome_label(outcome), verdict_label(verdict))
        }
        Some(Seen { outcome: None, .. }) => "not tried".to_owned(),
        None => "not in this test".to_owned(),
    }
}

/// Compares two runs; the order of the arguments is that of time.
pub fn compare(before: &VerifyReport, after: &VerifyReport) -> Comparison {
    let (earlier, later) = (seen(before), seen(after));
    let mut senders: Vec<ComparedSender> = Vec::new();
    for (address, _) in later.iter().chain(&earlier) {
        if !senders.iter().any(|known| known.address == *address) {
            let find =
                |lines: &[(MailAddress, Seen)]| lines.iter().find(|(known, _)| known == address).map(|(_, seen)| *seen);
            let address = address.clone();
            senders.push(ComparedSender { before: find(&earlier), after: find(&later), address });
        }
    }
    senders.sort_by_key(|sender| !sender.is_changed());
    let changed = senders.iter().filter(|sender| sender.is_changed()).count();
    Comparison { summary: summary(before, after, changed), remarks: remarks(before, after), senders }
}

fn seen(report: &VerifyReport) -> Vec<(MailAddress, Seen)> {
    let tried = report.senders.iter().map(|line| {
        let result = &line.result;
        let seen = Seen { expected: result.expected, outcome: Some(result.outcome), verdict: result.verdict };
        (result.address.clone(), seen)
    });
    let skipped = report.skipped.iter().map(|(address, expected)| {
        (address.clone(), Seen { expected: *expected, outcome: None, verdict: Verdict::Unproven })
    });
    tried.chain(skipped).collect()
}

fn summary(before: &VerifyReport, after: &VerifyReport, changed: usize) -> String {
    let (earlier, later) = (verdict_label(before.verdict), verdict_label(after.verdict));
    if let Some(difference) = principal(before).difference(&principal(after)) {
        return format!("Not the same {}: {earlier} before, {later} after", difference.words());
    }
    let verdict = if earlier == later { format!("{later} both times") } else { format!("From {earlier} to {later}") };
    match changed {
        0 => format!("{verdict}, no sender changed"),
        1 => format!("{verdict}, 1 sender changed"),
        _ => format!("{verdict}, {changed} senders changed"),
    }
}

/// Whom a run was about, as far as it is known.
fn principal(report: &VerifyReport) -> Principal {
    let typed = Principal { tenant: report.tenant_id.clone(), app: report.client_id.clone(), object: None };
    let seen = report.app.as_ref().map(|app| Principal::of(app, report.tenant_id.as_deref()));
    seen.unwrap_or_default().completed(&typed)
}

fn remarks(before: &VerifyReport, after: &VerifyReport) -> Vec<String> {
    let mut remarks = Vec::new();
    match (&before.tenant_id, &after.tenant_id) {
        (Some(earlier), Some(later)) if !earlier.eq_ignore_ascii_case(later) => {
            remarks.push("The tests were made in different tenants".to_owned());
        }
        (Some(_), None) | (None, Some(_)) => {
            remarks.push("The tenant of one of the tests is not known: it may be another one".to_owned());
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    if before.client_id != after.client_id {
        remarks.push("The tests were made with different app registrations".to_owned());
    }
    if principal(before).difference(&principal(after)) == Some(Difference::Object) {
        remarks.push("The enterprise application was made anew between the tests".to_owned());
    }
    if before.mechanism != after.mechanism {
        let (earlier, later) = (mechanism_label(before.mechanism), mechanism_label(after.mechanism));
        remarks.push(format!("What refuses: {earlier} → {later}"));
    }
    let roles = |report: &VerifyReport| report.app.as_ref().and_then(|app| app.roles().map(<[String]>::to_vec));
    if let (Some(earlier), Some(later)) = (roles(before), roles(after)) {
        let gone: Vec<&str> = earlier.iter().filter(|role| !later.contains(role)).map(String::as_str).collect();
        let come: Vec<&str> = later.iter().filter(|role| !earlier.contains(role)).map(String::as_str).collect();
        if !gone.is_empty() {
            remarks.push(format!("Permissions gone from the token: {}", gone.join(", ")));
        }
        if !come.is_empty() {
            remarks.push(format!("Permissions new in the token: {}", come.join(", ")));
        }
    }
    remarks
}
