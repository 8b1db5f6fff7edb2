//! What a report says to people, before it is HTML or Markdown: facts, what was proven and what was not, who must do
//! what, ids for a support case, how to check the evidence. Pure words and values; each format escapes them itself.

use crate::{
    base::Timestamp,
    explain::{Problem, Who, mechanism_label},
    m365::{Cloud, Outcome},
    verify::{Expected, Mechanism, Verdict},
};

use super::{SenderReport, Trail, VerifyReport, trail::named_evidence};

/// One line of the block under the verdict.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// How a finding is marked, in sign and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Open,
}

/// A sentence about some addresses.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) tone: Tone,
    pub(super) words: String,
    pub(super) values: Vec<String>,
}

/// Everything one person or office has to do.
#[derive(Debug)]
pub(super) struct Task<'a> {
    pub(super) who: Who,
    pub(super) problems: Vec<&'a Problem>,
}

/// What Microsoft's support asks for about one call.
#[derive(Debug)]
pub(super) struct SupportCase {
    pub(super) what: String,
    pub(super) values: Vec<(&'static str, String)>,
}

/// When, to the second.
pub(super) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Whether the answers came from somewhere else than the cloud's own address of Graph.
pub(super) fn is_foreign(report: &VerifyReport, trail: &Trail) -> bool {
    trail.service_url.as_deref().is_some_and(|url| is_foreign_address(report.cloud, url))
}

/// Whether this is not the cloud's own address of Graph.
pub fn is_foreign_address(cloud: Cloud, url: &str) -> bool {
    let own = format!("https://{}", cloud.graph_host());
    let rest = url.strip_prefix(own.as_str());
    rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// The block under the verdict, in two columns.
pub(super) fn facts(report: &VerifyReport, trail: &Trail) -> [Vec<Fact>; 2] {
    let claims = report.app.as_ref().and_then(|app| app.claims.as_ref());
    let roles = claims.map(|claims| if claims.roles.is_empty() { "none".to_owned() } else { claims.roles.join(", ") });
    let mechanism = report.app.as_ref().map(|_| mechanism_label(report.mechanism).to_owned());
    let name = |label, value: Option<String>| value.map(|value| Fact { label, value });
    let left = [
        name("Tenant", report.tenant_id.clone()),
        name("Client ID", report.client_id.clone()),
        name("Object ID", claims.and_then(|claims| claims.object_id.clone())),
        name("Application", claims.and_then(|claims| claims.display_name.clone())),
        name("Recipient", trail.recipient.clone()),
        name("Subject", trail.subject.clone()),
    ];
    let right = [
        name("Cloud", Some(report.cloud.label().to_owned())),
        name("Answered by", trail.service_url.clone()),
        name("Permissions", roles),
        name("Refused by", mechanism),
        name("Begun", Some(moment(report.started))),
        name("Ended", Some(moment(report.finished))),
    ];
    [left.into_iter().flatten().collect(), right.into_iter().flatten().collect()]
}

/// What the answers prove, good and bad.
pub(super) fn proven(report: &VerifyReport) -> Vec<Finding> {
    let group = |tone: Tone, words: &str, wanted: &dyn Fn(&SenderReport) -> bool| Finding {
        tone,
        words: words.to_owned(),
        values: addresses(report, wanted),
    };
    let is =
        |line: &SenderReport, expected, verdict| line.result.expected == expected && line.result.verdict == verdict;
    let findings = [
        group(
            Tone::Bad,
            "The application can send as people it must not send as. Exchange accepted mail as",
            &|line| is(line, Expected::Forbidden, Verdict::Fail),
        ),
        group(Tone::Bad, "The application cannot send as people it has to send as", &|line| {
            is(line, Expected::Permitted, Verdict::Fail)
        }),
        group(Tone::Good, "The application may send as it should. Exchange accepted mail as", &|line| {
            is(line, Expected::Permitted, Verdict::Pass)
        }),
        group(
            Tone::Good,
            "The application is kept from sending. Exchange itself named an application access policy when it refused",
            &|line| is(line, Expected::Forbidden, Verdict::Pass) && line.result.outcome == Outcome::BlockedByPolicy,
        ),
        group(
            Tone::Good,
            "The application is kept from sending. The refusal counts because a permitted sender was accepted with the \
same token in the same test",
            &|line| is(line, Expected::Forbidden, Verdict::Pass) && line.result.outcome != Outcome::BlockedByPolicy,
        ),
    ];
    findings.into_iter().filter(|finding| !finding.values.is_empty()).collect()
}

/// What nobody may conclude from this report.
pub(super) fn not_proven(report: &VerifyReport, trail: &Trail) -> Vec<Finding> {
    let open = |words: &str, values: Vec<String>| Finding { tone: Tone::Open, words: words.to_owned(), values };
    let asked = report.senders.len();
    let mut findings = Vec::new();
    if is_foreign(report, trail) {
        findings.push(open("Anything about Microsoft 365 itself: the answers came from another address", Vec::new()));
    }
    let unproven = |sent: bool| {
        addresses(report, &|line| {
            line.result.verdict == Verdict::Unproven && line.result.outcome.may_have_been_sent() == sent
        })
    };
    let skipped = report.skipped.iter().map(|(address, _)| address.to_string()).collect();
    let lists = [
        ("Whether the application may send as", unproven(false)),
        (
            "Whether the application may send as these people; their test mails may have been sent all the same",
            unproven(true),
        ),
        ("Anything about senders that were not tried", skipped),
    ];
    findings
        .extend(lists.into_iter().filter(|(_, values)| !values.is_empty()).map(|(words, values)| open(words, values)));
    if report.mechanism == Mechanism::Unidentified {
        findings.push(open("Which rule refuses: the refusals do not show a single one", Vec::new()));
    }
    if report.senders.iter().any(|line| line.result.outcome == Outcome::Accepted) {
        findings.push(open(
            "That mails arrived. Exchange accepted them; look for their test ids in the recipient's mailbox",
            Vec::new(),
        ));
    }
    if asked > 0 {
        let others = if asked == 1 {
            "Anything about other mailboxes: one sender was asked".to_owned()
        } else {
            format!("Anything about other mailboxes: {asked} senders were asked")
        };
        findings.push(open(&others, Vec::new()));
        findings.push(open(
            "That no other way is open. Only mail through Microsoft Graph was tried; an application with further \
permissions, such as SMTP.SendAsApp, may have other ways",
            Vec::new(),
        ));
        let later =
            format!("Anything that was changed after {}: test again after every change", moment(report.finished));
        findings.push(open(&later, Vec::new()));
    } else {
        findings.push(open("Anything: no sender was asked", Vec::new()));
    }
    findings
}

fn addresses(report: &VerifyReport, wanted: &dyn Fn(&SenderReport) -> bool) -> Vec<String> {
    report.senders.iter().filter(|line| wanted(line)).map(|line| line.result.address.to_string()).collect()
}

/// Problems by who can put them right, in the order of the most important one of each.
pub(super) fn tasks(report: &VerifyReport) -> Vec<Task<'_>> {
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for problem in &report.problems {
        match tasks.iter_mut().find(|task| task.who == problem.who) {
            Some(task) => task.problems.push(problem),
            None => tasks.push(Task { who: problem.who, problems: vec![problem] }),
        }
    }
    tasks
}

/// What a case with Microsoft's support needs: sign-ins that were refused, then every mail.
pub(super) fn support(report: &VerifyReport) -> Vec<SupportCase> {
    let sign_ins = report
        .problems
        .iter()
        .filter(|problem| problem.evidence.trace_id.is_some() || problem.evidence.correlation_id.is_some());
    let sign_ins = sign_ins
        .map(|problem| SupportCase { what: problem.summary.clone(), values: named_evidence(&problem.evidence) });
    sign_ins.chain(report.senders.iter().map(|line| mail_case(line))).collect()
}

fn mail_case(line: &SenderReport) -> SupportCase {
    let result = &line.result;
    let values = [
        ("request_id", result.ids.request_id.clone()),
        ("http_status", result.http_status.map(|status| status.to_string())),
        ("client_request_id", result.ids.client_request_id.clone()),
        ("error", result.service.as_ref().map(|service| service.code.clone())),
        ("time", Some(moment(result.finished))),
        ("test_id", Some(result.test_id.to_string())),
        ("message", result.service.as_ref().map(|service| service.message.clone())),
        ("detail", result.detail.clone()),
    ];
    SupportCase {
        what: format!("sendMail as {}", result.address),
        values: values.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect(),
    }
}

/// A warning above everything else, when the report must not be taken for what it seems.
pub(super) fn warnings(report: &VerifyReport, trail: &Trail) -> Vec<&'static str> {
    let record = trail.record.as_ref();
    let all = [
        (
            is_foreign(report, trail),
            "These answers did not come from Microsoft 365. This report shows a rehearsal or a replaced address, and \
is no evidence about the tenant.",
        ),
        (
            record.is_some_and(|record| record.disagrees),
            "The end of the test in the record is not what its answers give. The run counts as unproven.",
        ),
        (
            record.is_some_and(|record| record.interrupted) && !report.senders.is_empty(),
            "The program ended before this test did. What has no answer is unproven, and its mails may have been sent.",
        ),
    ];
    all.into_iter().filter(|(applies, _)| *applies).map(|(_, words)| words).collect()
}

/// How anybody can check the evidence, step by step.
pub(super) fn how_to_check(trail: &Trail) -> Vec<String> {
    let Some(record) = &trail.record else {
        return vec![
            "This report was written without a record, so that there is nothing to check it against.".to_owned(),
        ];
    };
    vec![
        format!("Ask for the record, the file {}. It has {} lines.", record.file, record.lines),
        format!("Run: exchange365-cli report check {}", record.file),
        "It must say that the chain holds and show the same SHA-256 as this page. Every line of the record carries the \
SHA-256 of the line before it, so that no line can be changed, moved, added or taken out without breaking the chain."
            .to_owned(),
        "By hand: the SHA-256 of the record's last line, without its line end, is the value on this page.".to_owned(),
    ]
}

/// The sentence at the end: what a chain does and does not do.
pub(super) const CHAIN_LIMIT: &str =
    "The chain shows changes to anyone who knows the SHA-256 above. It does not show who ran the test.";

/// A name as it stands before a value, from its name in the JSON contract.
pub(super) fn evidence_label(name: &str) -> &str {
    match name {
        "aadsts" => "AADSTS code",
        "error" => "Error",
        "message" => "Message",
        "http_status" => "HTTP status",
        "trace_id" => "Trace id",
        "correlation_id" => "Correlation id",
        "timestamp" => "Microsoft's time",
        "time" => "Time",
        "request_id" => "request-id",
        "client_request_id" => "client-request-id",
        "test_id" => "Test id",
        "policy_ids" => "Policies",
        "lookup_url" => "Explained at",
        "host" => "Host",
        "detail" => "Detail",
        other => other,
    }
}

/// The version that writes the report.
pub(super) const PROGRAM_VERSION: &str = env!("CARGO_PKG_VERSION");
