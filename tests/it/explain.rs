//! Explanations: everything that can go wrong has words, the right person, and nothing of what a server wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
    time::Duration,
};

use exchange365::{
    base::{Field, InputError, InputFault, MailAddress, Timestamp, Trimmed},
    explain::{
        self, CheckStage, DiscoveryResult, Evidence, Problem, RunContext, Stage, StageRow, StageState, TokenResult, Who,
    },
    m365::{
        Error, Kind, Operation, Outcome, Refusal, RequestIds, ServiceError,
        auth::{Claims, EntraError, SignInError},
    },
    verify::{self, App, Expected, Line, Mechanism, RunResult, SenderResult, TestId, Verdict},
};

use crate::support::shared_data;

/// Stands in every text that came from a server, and may be seen in evidence alone.
const RAW: &str = "canary said so";

/// Words an advice may begin with.
const VERBS: &[&str] = &[
    "Add", "Ask", "Assign", "Check", "Choose", "Compare", "Copy", "Create", "Enter", "Exclude", "Find", "Get", "Give",
    "Grant", "Keep", "Leave", "Look", "Make", "Move", "Note", "Open", "Paste", "Press", "Release", "Remove", "Run",
    "Set", "Shorten", "Start", "Stop", "Take", "Tell", "Test", "Tick", "Trace", "Try", "Type", "Use", "Wait",
];

// ---------------------------------------------------------------- helpers

/// What every explanation has to be, whatever it is about.
fn check(problem: &Problem) {
    let shown = format!("{}: {} / {} / {:?}", problem.code, problem.summary, problem.cause, problem.advice);
    let is_code = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    assert!(!problem.code.is_empty() && problem.code.chars().all(is_code), "{shown}");
    assert!(problem.summary.len() > 10 && !problem.summary.ends_with('.'), "{shown}");
    assert!(problem.cause.len() > 10 && problem.cause.ends_with('.'), "{shown}");
    check_advice(&problem.advice, &shown);
    for text in [&problem.summary, &problem.cause].into_iter().chain(&problem.advice) {
        assert!(!text.contains(RAW), "raw words outside of the evidence: {shown}");
    }
}

fn check_advice(advice: &[String], shown: &str) {
    assert!(!advice.is_empty(), "{shown}");
    for item in advice {
        let verb = item.split(' ').next().unwrap();
        assert!(VERBS.contains(&verb), "'{item}' does not begin with a verb: {shown}");
        assert!(item.ends_with('.'), "'{item}': {shown}");
    }
    let different: BTreeSet<&String> = advice.iter().collect();
    assert_eq!(different.len(), advice.len(), "advice twice: {shown}");
}

fn refusal(aadsts: Option<u32>, error: &str) -> EntraError {
    EntraError {
        status: 400,
        error: error.to_owned(),
        description: format!("AADSTS: {RAW}"),
        aadsts,
        trace_id: Some("t-1".to_owned()),
        correlation_id: Some("c-1".to_owned()),
        timestamp: Some("2026-11-23 08:00:00Z".to_owned()),
        policy_ids: Vec::new(),
    }
}

fn refused(aadsts: u32) -> SignInError {
    SignInError::Refused(Box::new(refusal(Some(aadsts), "invalid_client")), ids())
}

fn ids() -> RequestIds {
    RequestIds { request_id: Some("r-1".to_owned()), client_request_id: Some("q-1".to_owned()) }
}

fn failed(operation: Operation, kind: Kind) -> Error {
    Error {
        operation,
        kind,
        host: "graph.microsoft.com".to_owned(),
        status: None,
        service: Some(ServiceError { code: format!("Code {RAW}"), message: format!("Text {RAW}") }),
        ids: ids(),
        attempts: 1,
        elapsed: Duration::ZERO,
        detail: Some(format!("detail {RAW}")),
    }
}

fn app(roles: Roles<'_>) -> App {
    let claims = roles.map(|roles| Claims {
        display_name: Some("Totalview mail".to_owned()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..Claims::default()
    });
    App { client_id: "c".to_owned(), claims, token_expires: Some(Timestamp::UNIX_EPOCH) }
}

/// Roles in the token, when it can be read.
type Roles<'a> = Option<&'a [&'a str]>;

/// A line before it is judged.
#[derive(Clone, Copy)]
struct Seen(Expected, Outcome, Option<Refusal>, u64);

impl Seen {
    fn permitted(outcome: Outcome) -> Self {
        Self::new(Expected::Permitted, outcome)
    }

    fn forbidden(outcome: Outcome) -> Self {
        Self::new(Expected::Forbidden, outcome)
    }

    fn new(expected: Expected, outcome: Outcome) -> Self {
        let marked = (outcome == Outcome::BlockedByPolicy).then_some(Refusal::Raop);
        let refusal = marked.or((outcome == Outcome::AccessDenied).then_some(Refusal::Plain));
        Self(expected, outcome, refusal, 1)
    }

    fn with_token(self, serial: u64) -> Self {
        Self(self.0, self.1, self.2, serial)
    }

    fn line(self) -> Line {
        Line { expected: self.0, outcome: self.1, refusal: self.2, token_serial: self.3 }
    }
}

/// A run judged by the real rules.
fn run_of(seen: &[Seen], roles: Roles<'_>) -> RunResult {
    let app = app(roles);
    let lines: Vec<Line> = seen.iter().map(|seen| seen.line()).collect();
    let verdicts = verify::judge(&lines);
    let judged: Vec<(Expected, Verdict)> =
        lines.iter().map(|line| line.expected).zip(verdicts.iter().copied()).collect();
    let sender = |(index, (line, verdict)): (usize, (&Line, &Verdict))| SenderResult {
        address: format!("person{index}@contoso.com").parse::<MailAddress>().unwrap(),
        expected: line.expected,
        outcome: line.outcome,
        refusal: line.refusal,
        verdict: *verdict,
        http_status: Some(403),
        service: Some(ServiceError { code: format!("Code {RAW}"), message: format!("Text {RAW}") }),
        detail: Some(format!("detail {RAW}")),
        ids: ids(),
        test_id: TestId::new(),
        attempts: 1,
        elapsed: Duration::ZERO,
        finished: Timestamp::UNIX_EPOCH,
        retry_after: None,
        token_serial: line.token_serial,
    };
    RunResult {
        verdict: verify::overall(&judged),
        mechanism: verify::mechanism(&lines, app.roles()),
        senders: lines.iter().zip(&verdicts).enumerate().map(sender).map(Arc::new).collect(),
        skipped: Vec::new(),
        app,
        tenant_id: None,
        started: Timestamp::UNIX_EPOCH,
        finished: Timestamp::UNIX_EPOCH,
        cancelled: false,
    }
}

fn codes(run: &RunResult) -> Vec<String> {
    explain::run_problems(run).into_iter().map(|problem| problem.code).collect()
}

// ---------------------------------------------------------------- sign-in codes

#[test]
fn every_known_code_is_explained_in_our_own_words() {
    let Some(path) = shared_data("aadsts.json") else { return };
    let file: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let codes = file["codes"].as_array().unwrap();
    assert!(codes.len() > 100);
    let theirs: BTreeSet<Vec<String>> =
        codes.iter().flat_map(|code| runs_of_words(code["text"].as_str().unwrap_or_default())).collect();
    for code in codes {
        let number = u32::try_from(code["code"].as_u64().unwrap()).unwrap();
        let entry = explain::aadsts(number).unwrap_or_else(|| panic!("AADSTS{number} has no entry"));
        for text in [entry.what, entry.cause].into_iter().chain(entry.advice.iter().copied()) {
            for words in runs_of_words(text) {
                assert!(!theirs.contains(&words), "AADSTS{number}: {words:?} stands in Microsoft's text");
            }
        }
    }
}

/// Every eight words in a row.
fn runs_of_words(text: &str) -> Vec<Vec<String>> {
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(8).map(<[String]>::to_vec).collect()
}

#[test]
fn every_entry_is_a_whole_problem_and_unlike_the_others() {
    let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut number = 0;
    for code in 0..10_000_000 {
        let Some(entry) = explain::aadsts(code) else { continue };
        number += 1;
        assert_eq!(entry.code, code);
        let problem = explain::sign_in(&refused(code));
        check(&problem);
        assert_eq!((problem.code.as_str(), problem.who, problem.stage), (entry.problem, entry.who, entry.stage));
        assert!(
            matches!(
                problem.stage,
                Stage::Network | Stage::Tenant | Stage::App | Stage::Secret | Stage::Token | Stage::Policy
            ),
            "{code}"
        );
        let twin = seen.insert((problem.summary, problem.cause), code);
        assert_eq!(twin, None, "{code} has the words of another code");
    }
    assert!(number >= 118, "{number}");
}

#[test]
fn the_right_person_is_named_for_a_refused_sign_in() {
    for (code, problem, stage, who) in [
        (7_000_215, "client_secret_wrong", Stage::Secret, Who::CustomerAdmin),
        (7_000_222, "client_secret_expired", Stage::Secret, Who::CustomerAdmin),
        (7_000_216, "client_secret_missing", Stage::Secret, Who::You),
        (700_016, "app_not_found", Stage::App, Who::You),
        (7_000_229, "app_not_installed", Stage::App, Who::CustomerAdmin),
        (7_000_112, "app_disabled", Stage::App, Who::CustomerAdmin),
        (90_002, "tenant_not_found", Stage::Tenant, Who::You),
        (900_023, "tenant_id_unusable", Stage::Tenant, Who::You),
        (90_038, "wrong_cloud", Stage::Tenant, Who::You),
        (53_003, "conditional_access_blocked", Stage::Policy, Who::CustomerAdmin),
        (500_021, "blocked_by_tenant_restrictions", Stage::Network, Who::NetworkAdmin),
        (900_561, "request_changed_on_the_way", Stage::Network, Who::NetworkAdmin),
        (900_144, "sign_in_request_faulty", Stage::Token, Who::Vendor),
        (1_002_012, "scope_refused", Stage::Token, Who::Vendor),
        (90_033, "sign_in_service_busy", Stage::Token, Who::You),
    ] {
        let shown = explain::sign_in(&refused(code));
        assert_eq!((shown.code.as_str(), shown.stage, shown.who), (problem, stage, who), "AADSTS{code}");
    }
}

#[test]
fn what_passes_by_itself_is_transient_in_the_client_and_here() {
    for code in [50_000, 50_033, 50_196, 90_006, 90_012, 90_024, 90_033, 90_055, 90_090] {
        assert!(refusal(Some(code), "x").is_transient());
        assert!(explain::aadsts(code).unwrap().transient, "AADSTS{code}");
    }
    for code in [7_000_215, 700_016, 90_002, 53_003] {
        assert!(!explain::aadsts(code).unwrap().transient, "AADSTS{code}");
    }
}

#[test]
fn an_unknown_code_is_shown_with_its_lookup_address() {
    let problem = explain::sign_in(&refused(1_234_567));
    check(&problem);
    let address = "https://login.microsoftonline.com/error?code=1234567";
    assert!(problem.summary.contains("AADSTS1234567"));
    assert!(problem.advice[0].contains(address), "{:?}", problem.advice);
    assert_eq!(problem.evidence.lookup_url.as_deref(), Some(address));
    assert_eq!(problem.evidence.aadsts, Some(1_234_567));
    assert!(problem.evidence.message.unwrap().contains(RAW));
}

#[test]
fn without_a_code_the_oauth_error_is_a_guess() {
    let mut summaries = BTreeSet::new();
    for (error, stage) in [
        ("invalid_client", Stage::Secret),
        ("unauthorized_client", Stage::App),
        ("invalid_tenant", Stage::Tenant),
        ("invalid_grant", Stage::Policy),
        ("invalid_scope", Stage::Token),
        ("invalid_request", Stage::Token),
        ("temporarily_unavailable", Stage::Token),
        (RAW, Stage::Token),
    ] {
        let err = SignInError::Refused(Box::new(refusal(None, error)), ids());
        let problem = explain::sign_in(&err);
        check(&problem);
        assert_eq!((problem.code.as_str(), problem.stage), ("sign_in_refused", stage), "{error}");
        assert_eq!(problem.evidence.error.as_deref(), Some(error));
        assert!(summaries.insert(problem.summary), "{error}");
    }
}

#[test]
fn ids_are_kept_and_a_conditional_access_policy_is_named() {
    let policy = "0b6ad7a4-3f6f-4f0e-9b59-0a4a0f8b1d11";
    let refusal = EntraError {
        policy_ids: vec![policy.to_owned(), format!("<b>{RAW}</b>")],
        ..refusal(Some(53_003), "invalid_grant")
    };
    let problem = explain::sign_in(&SignInError::Refused(Box::new(refusal), ids()));
    check(&problem);
    assert!(problem.advice[0].contains(policy), "{:?}", problem.advice);
    let evidence = &problem.evidence;
    assert_eq!(evidence.policy_ids[0], policy);
    assert_eq!(
        [
            &evidence.trace_id,
            &evidence.correlation_id,
            &evidence.timestamp,
            &evidence.request_id,
            &evidence.client_request_id
        ]
        .map(Option::as_deref),
        [Some("t-1"), Some("c-1"), Some("2026-11-23 08:00:00Z"), Some("r-1"), Some("q-1")]
    );
    assert!(!evidence.is_empty() && Evidence::default().is_empty());
}

// ---------------------------------------------------------------- network and input

#[test]
fn every_kind_of_failed_call_is_explained() {
    for operation in [Operation::DiscoverTenant, Operation::AcquireToken, Operation::SendMail] {
        let mut seen = BTreeSet::new();
        for kind in Kind::ALL {
            let err = failed(operation, kind);
            let problem = explain::network(&err);
            check(&problem);
            let maybe_sent = operation == Operation::SendMail && !kind.never_arrived() && kind != Kind::Throttled;
            assert_eq!(problem.cause.contains("may have been sent"), maybe_sent, "{operation} {kind:?}");
            assert_eq!(problem.evidence.host.as_deref(), Some("graph.microsoft.com"));
            assert!(seen.insert((problem.code, problem.summary, problem.cause)), "{kind:?}");
            let nameless = Error { host: String::new(), detail: None, service: None, ..err };
            check(&explain::network(&nameless));
        }
    }
}

#[test]
fn a_failed_call_says_who_can_clear_the_way() {
    let of = |kind, detail: &str| {
        explain::network(&Error { detail: Some(detail.to_owned()), ..failed(Operation::AcquireToken, kind) })
    };
    assert!(of(Kind::Proxy, "tunnel error: proxy authorization required").cause.contains("user name"));
    assert!(!of(Kind::Proxy, "tunnel error: unsuccessful").cause.contains("user name"));
    let inspected = of(Kind::Certificate, "invalid peer certificate: UnknownIssuer");
    assert!(inspected.cause.contains("inspect") && inspected.who == Who::NetworkAdmin);
    let clock = of(Kind::Certificate, "invalid peer certificate: certificate expired: verification time 1");
    assert!(clock.cause.contains("clock") && clock.who == Who::You);
    assert!(of(Kind::Connect, "refused").advice[0].contains("graph.microsoft.com and login.microsoftonline.com"));
    assert_eq!(of(Kind::Throttled, "").stage, Stage::Token);
    assert_eq!(explain::network(&failed(Operation::SendMail, Kind::ServerError)).stage, Stage::Send);
    check(&explain::demo_not_started(RAW));
}

const FIELDS: [Field; 12] = [
    Field::TenantId,
    Field::ClientId,
    Field::ClientSecret,
    Field::Cloud,
    Field::ServiceUrl,
    Field::Proxy,
    Field::PermittedSender,
    Field::ForbiddenSender,
    Field::Recipient,
    Field::GraphOptions,
    Field::Scenario,
    Field::ReportFile,
];

fn faults() -> Vec<InputFault> {
    let text = "whatever".to_owned();
    vec![
        InputFault::Empty,
        InputFault::NotAGuid(text.clone()),
        InputFault::NotATenant(text.clone()),
        InputFault::TenantAlias(text.clone()),
        InputFault::SecretId,
        InputFault::SecretIsId("Client ID"),
        InputFault::SecretBroken,
        InputFault::NotAnAddress { text: text.clone(), reason: "it has no @".to_owned() },
        InputFault::OnBothLists(text.clone()),
        InputFault::Unknown { text: text.clone(), known: "global, china".to_owned() },
        InputFault::BadUrl { text, reason: "it is not https".to_owned() },
        InputFault::Unreadable("line 1".to_owned()),
        InputFault::OnlyBlank(Trimmed { spaces: 2, invisible: 1 }),
    ]
}

#[test]
fn every_input_fault_is_explained_in_every_box() {
    for field in FIELDS {
        let mut seen = BTreeSet::new();
        for fault in faults() {
            let problem = explain::input(&InputError::new(field, fault.clone()));
            check(&problem);
            assert_eq!((problem.stage, problem.who), (Stage::Input, Who::You), "{fault:?}");
            assert!(seen.insert(problem.code), "{fault:?} has the code of another fault");
        }
    }
    let advice: BTreeSet<String> = FIELDS
        .iter()
        .map(|field| explain::input(&InputError::new(*field, InputFault::Empty)).advice.remove(0))
        .collect();
    assert_eq!(advice.len(), FIELDS.len(), "two boxes have the same advice");
}

// ---------------------------------------------------------------- one sender

/// Everything a line can be: each outcome, expectation and verdict the rules allow, with the run it stands in.
fn possible_lines() -> Vec<(SenderResult, RunContext)> {
    let mut lines = Vec::new();
    let control = Seen::permitted(Outcome::Accepted);
    for expected in [Expected::Permitted, Expected::Forbidden] {
        for outcome in Outcome::ALL {
            for beside in [None, Some(control)] {
                let seen: Vec<Seen> = std::iter::once(Seen::new(expected, outcome)).chain(beside).collect();
                let run = run_of(&seen, Some(&[]));
                lines.push((run.senders[0].as_ref().clone(), RunContext::of(&run)));
            }
        }
    }
    lines
}

#[test]
fn every_line_has_words_of_its_own() {
    let mut observed = BTreeSet::new();
    let mut causes: BTreeMap<String, (Expected, Outcome, Verdict)> = BTreeMap::new();
    for (line, context) in possible_lines() {
        let words = explain::sender(&line, context);
        let shown = format!("{:?} {:?} {:?}: {words:?}", line.expected, line.outcome, line.verdict);
        assert!(words.observed.len() > 5 && !words.observed.ends_with('.') && words.cause.ends_with('.'), "{shown}");
        check_advice(&words.advice, &shown);
        assert!(!shown.contains(RAW), "{shown}");
        if line.outcome.may_have_been_sent() {
            assert!(words.observed.contains("may have been sent"), "{shown}");
        }
        observed.insert(words.observed);
        let key = (line.expected, line.outcome, line.verdict);
        let other = causes.insert(words.cause, key).filter(|other| *other != key);
        assert_eq!(other, None, "{shown}");
    }
    assert_eq!(observed.len(), Outcome::ALL.len());
}

#[test]
fn what_is_not_proven_is_never_worded_as_proven() {
    for (line, context) in possible_lines() {
        let words = explain::sender(&line, context);
        let text = format!("{} {} {}", words.observed, words.cause, words.advice.join(" "));
        let claims = text.contains("As it should be") || text.contains("as it should");
        assert_eq!(claims, line.verdict == Verdict::Pass, "{:?} {:?}: {text}", line.expected, line.outcome);
        for word in ["PASS", "passed", "is fenced", "fence holds", "fence stands", "secure"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn the_context_of_a_line_changes_its_words() {
    let denied = Seen::forbidden(Outcome::AccessDenied);
    let control = Seen::permitted(Outcome::Accepted);
    let cause = |seen: &[Seen], roles| {
        let run = run_of(seen, roles);
        explain::sender(&run.senders[0], RunContext::of(&run)).cause
    };
    assert!(cause(&[denied], None).contains("No permitted sender was accepted"));
    assert!(cause(&[denied, control.with_token(2)], None).contains("another token"));
    assert!(cause(&[denied, control], Some(&[])).contains("RBAC for Applications"));
    assert!(!cause(&[denied, control], Some(&["Mail.Send"])).contains("RBAC for Applications"));
    let open = Seen::forbidden(Outcome::Accepted);
    assert!(cause(&[open], None).contains("or the change is not in force yet"));
    assert!(cause(&[open], Some(&[])).contains("scope"));
    let refused = Seen::permitted(Outcome::AccessDenied);
    let different: BTreeSet<String> = [None, Some(&[][..]), Some(&["Mail.Send"][..])]
        .into_iter()
        .map(|roles| cause(&[refused], roles))
        .chain([cause(&[refused, control], None)])
        .collect();
    assert_eq!(different.len(), 4);
}

#[test]
fn a_throttled_line_says_how_long_to_wait() {
    let run = run_of(&[Seen::permitted(Outcome::Throttled)], None);
    for (wait, words) in [
        (None, "at least five minutes"),
        (Some(Duration::ZERO), "1 second"),
        (Some(Duration::from_secs(30)), "30 seconds"),
        (Some(Duration::from_secs(121)), "3 minutes"),
    ] {
        let line = SenderResult { retry_after: wait, ..run.senders[0].as_ref().clone() };
        let advice = explain::sender(&line, RunContext::of(&run)).advice;
        assert!(advice[0].contains(words), "{advice:?}");
    }
}

#[test]
fn accepted_says_accepted_and_not_delivered() {
    let run = run_of(&[Seen::permitted(Outcome::Accepted)], None);
    let words = explain::sender(&run.senders[0], RunContext::of(&run));
    assert!(words.observed.contains("delivery is not proven") && words.cause.contains("not that it was delivered"));
}

// ---------------------------------------------------------------- the whole run

#[test]
fn traps_are_named() {
    use Outcome::{Accepted, AccessDenied, BlockedByPolicy, MailboxUnavailable, Throttled};
    let (permitted, forbidden) = (Seen::permitted, Seen::forbidden);
    let send: Option<&[&str]> = Some(&["Mail.Send"]);
    let none: Option<&[&str]> = Some(&[]);
    let cases: &[(&[Seen], Roles<'_>, &[&str])] = &[
        (&[permitted(Accepted), forbidden(BlockedByPolicy)], send, &[]),
        (&[permitted(Accepted), forbidden(AccessDenied)], none, &[]),
        (&[permitted(Accepted), forbidden(Accepted)], send, &["forbidden_sender_accepted", "entra_consent_survives"]),
        (&[permitted(Accepted), forbidden(Accepted)], none, &["forbidden_sender_accepted"]),
        (&[permitted(Accepted), forbidden(Accepted), forbidden(BlockedByPolicy)], send, &["forbidden_sender_accepted"]),
        (&[permitted(AccessDenied), forbidden(AccessDenied)], none, &["no_effective_permission"]),
        (&[permitted(BlockedByPolicy), forbidden(BlockedByPolicy)], send, &["policy_blocks_everybody"]),
        (
            &[permitted(Accepted), permitted(BlockedByPolicy), forbidden(BlockedByPolicy)],
            send,
            &["permitted_sender_blocked"],
        ),
        (&[permitted(Accepted).with_token(2), forbidden(AccessDenied)], none, &["token_changed_in_run"]),
        (&[forbidden(AccessDenied)], none, &["no_permitted_sender"]),
        (&[forbidden(BlockedByPolicy)], send, &["no_permitted_sender"]),
        (&[permitted(Accepted)], send, &["no_forbidden_sender"]),
        (&[permitted(Throttled), forbidden(AccessDenied)], none, &["send_throttled", "refusal_without_control"]),
        (&[permitted(Throttled), forbidden(Throttled)], none, &["send_throttled"]),
        (&[permitted(Accepted), forbidden(MailboxUnavailable)], send, &["forbidden_mailbox_unavailable"]),
        (&[permitted(Accepted), forbidden(AccessDenied)], send, &["mechanism_unidentified"]),
        (
            &[permitted(Accepted), forbidden(BlockedByPolicy)],
            Some(&["Mail.Send", "Mail.ReadWrite", "SMTP.SendAsApp"]),
            &["permissions_too_wide"],
        ),
    ];
    for (seen, roles, expected) in cases {
        let run = run_of(seen, *roles);
        assert_eq!(codes(&run), *expected, "{:?}", explain::summary(&run));
    }
}

#[test]
fn every_run_of_two_senders_is_explained_without_repeats() {
    for first in Outcome::ALL {
        for second in Outcome::ALL {
            for roles in [None, Some(&[][..]), Some(&["Mail.Send", "Mail.Read"][..])] {
                for serial in [1, 2] {
                    let seen = [Seen::permitted(first), Seen::forbidden(second).with_token(serial)];
                    check_run(&run_of(&seen, roles));
                }
            }
        }
    }
}

fn check_run(run: &RunResult) {
    let problems = explain::run_problems(run);
    problems.iter().for_each(check);
    let different: BTreeSet<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(different.len(), problems.len(), "{problems:?}");
    let summary = explain::summary(run);
    let next = explain::next_step(run);
    assert!(!summary.contains(RAW) && !next.contains(RAW));
    assert!(!summary.ends_with('.'), "{summary}");
    assert!(VERBS.contains(&next.split(' ').next().unwrap()) && next.ends_with('.'), "{next}");
    assert!(!next.contains(". "), "more than one sentence: {next}");
    match run.verdict {
        Verdict::Pass => assert!(summary.contains("accepted and"), "{summary}"),
        Verdict::Fail => {
            assert!(!problems.is_empty());
            assert!(summary.contains("accepted") || summary.contains("could not send"), "{summary}");
        }
        Verdict::Unproven => {
            assert!(!problems.is_empty());
            assert!(summary.contains("proven") || summary.contains("prove") || summary.contains("known"), "{summary}");
        }
    }
    if run.verdict != Verdict::Pass {
        let text = format!("{summary} {next}");
        for word in ["PASS", "fence holds", "is fenced", "evidence"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn the_summary_gives_numbers_and_mechanism() {
    use Outcome::{Accepted, AccessDenied, BlockedByPolicy, MailboxUnknown, NoAnswer, Throttled};
    let (permitted, forbidden) = (Seen::permitted, Seen::forbidden);
    let cases: &[(&[Seen], &str)] = &[
        (
            &[
                permitted(Accepted),
                permitted(Accepted),
                forbidden(BlockedByPolicy),
                forbidden(BlockedByPolicy),
                forbidden(BlockedByPolicy),
            ],
            "2 permitted senders were accepted and 3 forbidden senders were refused by an application access policy",
        ),
        (
            &[permitted(Accepted), forbidden(AccessDenied)],
            "1 permitted sender was accepted and 1 forbidden sender was refused, which fits RBAC for Applications",
        ),
        (&[permitted(Accepted), forbidden(Accepted)], "1 of 1 forbidden sender was accepted"),
        (
            &[permitted(MailboxUnknown), permitted(Accepted), forbidden(Throttled)],
            "1 of 2 permitted senders could not send and 1 sender stays undecided",
        ),
        (
            &[permitted(Throttled), forbidden(NoAnswer)],
            "2 of 2 senders stay undecided (Microsoft asks to wait, no answer), so nothing is proven yet",
        ),
        (&[permitted(Accepted)], "No forbidden sender was tested, so nothing is known about a fence"),
        (&[forbidden(BlockedByPolicy)], "No permitted sender was tested, so the refusals prove nothing yet"),
        (&[], "No sender was tested, so nothing is proven"),
    ];
    for (seen, expected) in cases {
        assert_eq!(explain::summary(&run_of(seen, Some(&[]))), *expected);
    }
}

#[test]
fn a_cancelled_run_says_so() {
    let left = ("b@contoso.com".parse::<MailAddress>().unwrap(), Expected::Forbidden);
    let run = RunResult {
        cancelled: true,
        verdict: Verdict::Unproven,
        skipped: vec![left],
        ..run_of(&[Seen::permitted(Outcome::Accepted)], None)
    };
    check_run(&run);
    assert_eq!(codes(&run), ["run_cancelled"]);
    assert_eq!(explain::summary(&run), "The run was cancelled after 1 of 2 senders, so nothing is proven");
    // A leak that was seen before comes first, and what to do about it.
    let run = RunResult {
        cancelled: true,
        ..run_of(&[Seen::permitted(Outcome::NoAnswer), Seen::forbidden(Outcome::Accepted)], None)
    };
    check_run(&run);
    let seen = codes(&run);
    assert_eq!((seen[0].as_str(), seen.contains(&"run_cancelled".to_owned())), ("forbidden_sender_accepted", true));
    assert_eq!(
        explain::summary(&run),
        "1 of 1 forbidden sender was accepted and 1 sender stays undecided; the run was cancelled before its end"
    );
    assert!(!explain::next_step(&run).contains("let it finish"), "{}", explain::next_step(&run));
}

#[test]
fn many_senders_with_one_cause_are_one_problem() {
    let seen: Vec<Seen> = (0..9).map(|_| Seen::forbidden(Outcome::Accepted)).collect();
    let run = run_of(&seen, None);
    let problems = explain::run_problems(&run);
    assert!(problems[0].summary.contains("person4@contoso.com and 4 more"), "{}", problems[0].summary);
    assert_eq!(problems[0].evidence.http_status, Some(403));
    assert!(problems[0].evidence.message.as_ref().unwrap().contains(RAW));
}

#[test]
fn a_policy_that_was_not_named_is_not_claimed() {
    let unnamed = Seen(Expected::Forbidden, Outcome::AccessDenied, Some(Refusal::ODataDisabled), 1);
    let run = run_of(&[Seen::permitted(Outcome::Accepted), unnamed], Some(&["Mail.Send"]));
    assert_eq!((run.verdict, run.mechanism), (Verdict::Pass, Mechanism::ApplicationAccessPolicy));
    assert!(explain::summary(&run).ends_with("was refused, which fits an application access policy"));
    let words = explain::sender(&run.senders[1], RunContext::of(&run));
    assert!(words.cause.contains("did not name the policy") && words.observed.contains("no policy was named"));
}

#[test]
fn commands_carry_the_client_id() {
    let run = run_of(&[Seen::forbidden(Outcome::Accepted)], Some(&[]));
    let run = RunResult {
        app: App { client_id: "c5f80f38-cb2c-47a9-82fd-a7cd3d2539e7".to_owned(), ..run.app.clone() },
        ..run
    };
    let advice = explain::run_problems(&run).remove(0).advice.join(" ");
    assert!(advice.contains("-RoleAssignee c5f80f38-") && !advice.contains('<'), "{advice}");
}

// ---------------------------------------------------------------- Test without Totalview

/// One letter per row: `o` OK, `w` warning, `F` failed, `-` not checked.
fn letters(rows: &[StageRow]) -> String {
    assert_eq!(rows.iter().map(|row| row.stage).collect::<Vec<_>>(), CheckStage::ALL);
    rows.iter()
        .map(|row| {
            assert!(!row.words.is_empty() && !row.words.contains(RAW), "{row:?}");
            if let Some(problem) = &row.problem {
                check(problem);
            }
            match row.state {
                StageState::Ok => 'o',
                StageState::Warning => 'w',
                StageState::Failed => 'F',
                StageState::NotChecked => '-',
            }
        })
        .collect()
}

const FOUND: DiscoveryResult<'static> = DiscoveryResult::Found {
    tenant_id: Some("9d1f0a51-0000-4000-8000-000000000001"),
    region: Some("EU"),
    cloud_note: None,
};

#[test]
fn a_refused_sign_in_shows_how_far_it_came() {
    for (code, expected) in [
        // input, network, tenant, app, secret, token, permissions
        (7_000_215, "oooF-"),
        (7_000_222, "oooF-"),
        (7_000_216, "o--F"),
        (700_016, "ooF"),
        (7_000_229, "ooF"),
        (7_000_112, "ooF"),
        (90_002, "oF"),
        (53_003, "ooo-F"),
        (90_033, "o---F"),
        (500_021, "F"),
        (1_234_567, "o--F"),
    ] {
        let err = refused(code);
        let expected = format!("{:-<7}", format!("o{expected}"));
        for discovery in [DiscoveryResult::NotTried, DiscoveryResult::Unclear(RAW)] {
            assert_eq!(letters(&explain::stages(discovery, TokenResult::Failed(&err))), expected, "AADSTS{code}");
        }
    }
    // Looking the tenant up has proven network and tenant already, whatever the sign-in says later.
    assert_eq!(letters(&explain::stages(FOUND, TokenResult::Failed(&refused(7_000_216)))), "ooo-F--");
    // What Entra says to the sign-in outweighs a look-up that failed.
    let err = failed(Operation::DiscoverTenant, Kind::Timeout);
    let rows = explain::stages(DiscoveryResult::Failed(&err), TokenResult::Failed(&refused(7_000_215)));
    assert_eq!(letters(&rows), "ooooF--");
}

#[test]
fn without_microsoft_s_number_nothing_is_implied() {
    let refusal = EntraError { trace_id: None, ..refusal(None, "invalid_client") };
    let err = SignInError::Refused(Box::new(refusal), RequestIds::default());
    assert_eq!(letters(&explain::stages(DiscoveryResult::NotTried, TokenResult::Failed(&err))), "o---F--");
}

#[test]
fn looking_the_tenant_up_is_shown_by_itself() {
    let unknown = refusal(Some(90_002), "invalid_tenant");
    for (discovery, expected) in [
        (DiscoveryResult::NotTried, "o------"),
        (FOUND, "ooo----"),
        (DiscoveryResult::Unclear(RAW), "o------"),
        (DiscoveryResult::Refused(&unknown), "ooF----"),
        (DiscoveryResult::Failed(&failed(Operation::DiscoverTenant, Kind::Dns)), "oF-----"),
        (DiscoveryResult::Failed(&failed(Operation::DiscoverTenant, Kind::ServerError)), "o-F----"),
        (DiscoveryResult::Found { tenant_id: None, region: Some(RAW), cloud_note: Some("another cloud") }, "oow----"),
    ] {
        assert_eq!(letters(&explain::stages(discovery, TokenResult::NotTried)), expected, "{discovery:?}");
    }
    for kind in Kind::ALL {
        let (look_up, sign_in) = (failed(Operation::DiscoverTenant, kind), failed(Operation::AcquireToken, kind));
        let err = SignInError::Failed(Box::new(sign_in));
        let rows = explain::stages(DiscoveryResult::Failed(&look_up), TokenResult::Failed(&err));
        assert_eq!(letters(&rows).matches('F').count(), 1, "{kind:?}: one failure is shown once");
    }
}

#[test]
fn permissions_warn_and_never_fail() {
    for (roles, expected, words) in [
        (Some(&["Mail.Send"][..]), 'o', "so a fence is needed"),
        (Some(&[][..]), 'w', "RBAC for Applications"),
        (Some(&["User.Read.All"][..]), 'w', "RBAC for Applications"),
        (Some(&["Calendars.ReadWrite"][..]), 'w', "registration for calendars"),
        (Some(&["Mail.Send", "Mail.ReadWrite"][..]), 'w', "so a fence is needed"),
        (None, '-', "cannot be read"),
    ] {
        let app = app(roles);
        for discovery in [DiscoveryResult::NotTried, FOUND] {
            let rows = explain::stages(discovery, TokenResult::Granted(&app));
            assert_eq!(letters(&rows), format!("oooooo{expected}"), "{roles:?}");
            assert!(rows[6].words.contains(words), "{}", rows[6].words);
        }
    }
    let wide = app(Some(&["Mail.Send", "full_access_as_app", "SMTP.SendAsApp"]));
    let problem = explain::stages(FOUND, TokenResult::Granted(&wide)).remove(6).problem.unwrap();
    assert_eq!(problem.code, "permissions_too_wide");
    for role in ["full_access_as_app", "SMTP.SendAsApp"] {
        assert!(problem.cause.contains(explain::role_warning(role).unwrap()), "{role}");
    }
}

#[test]
fn unusable_input_stops_at_the_first_row() {
    let problems = [
        explain::input(&InputError::new(Field::TenantId, InputFault::Empty)),
        explain::input(&InputError::new(Field::ClientSecret, InputFault::SecretId)),
    ];
    let rows = explain::stages_for_input(&problems);
    assert_eq!(letters(&rows), "F------");
    assert!(rows[0].words.contains("Tenant ID") && rows[0].words.contains("Secret ID"));
    let no_way = explain::network(&failed(Operation::DiscoverTenant, Kind::Tls));
    assert_eq!(letters(&explain::stages_for_input(&[no_way])), "oF-----");
}

// ---------------------------------------------------------------- names

#[test]
fn names_of_the_contract() {
    let stages = [
        Stage::Input,
        Stage::Network,
        Stage::Tenant,
        Stage::App,
        Stage::Secret,
        Stage::Token,
        Stage::Mailbox,
        Stage::Send,
        Stage::Policy,
    ];
    assert_eq!(stages.map(Stage::as_str).join("|"), "input|network|tenant|app|secret|token|mailbox|send|policy");
    let who = [Who::You, Who::CustomerAdmin, Who::NetworkAdmin, Who::Vendor];
    assert_eq!(who.map(Who::as_str).join("|"), "you|customer_admin|network_admin|vendor");
    let labels: BTreeSet<&str> =
        stages.iter().map(|stage| stage.label()).chain(who.iter().map(|who| who.label())).collect();
    assert_eq!(labels.len(), stages.len() + who.len());
    let outcomes: BTreeSet<&str> = Outcome::ALL.into_iter().map(explain::outcome_label).collect();
    assert_eq!(outcomes.len(), Outcome::ALL.len());
    assert_eq!(
        [Verdict::Pass, Verdict::Fail, Verdict::Unproven].map(explain::verdict_label),
        ["PASS", "FAIL", "UNPROVEN"]
    );
    assert_eq!(explain::mechanism_label(Mechanism::RbacForApplications), "RBAC for Applications");
    assert_eq!(explain::expected_label(Expected::Forbidden), "Forbidden");
    assert_eq!([StageState::Ok, StageState::NotChecked].map(StageState::as_str), ["ok", "not_checked"]);
}
