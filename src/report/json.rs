//! The JSON contract: `exchange365/verify/1` and its siblings. Fields may be added, never renamed.

use serde::Serialize;

use crate::{
    base::Timestamp,
    explain::{Evidence, Problem},
    m365::Cloud,
    verify::App,
};

use super::{CheckReport, SenderReport, TimelineRound, Trail, VerifyReport, inert::escaped_json};

#[derive(Serialize)]
struct VerifyWire<'a> {
    schema: &'static str,
    verdict: &'static str,
    summary: &'a str,
    next_step: &'a str,
    mechanism: &'static str,
    tenant: TenantWire<'a>,
    app: AppWire<'a>,
    senders: Vec<SenderWire<'a>>,
    not_tried: Vec<NotTriedWire<'a>>,
    problems: Vec<ProblemWire<'a>>,
    cancelled: bool,
    started: String,
    finished: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trail: Option<TrailWire<'a>>,
}

/// Where the report comes from, when it comes from a record.
#[derive(Serialize)]
struct TrailWire<'a> {
    program_version: &'static str,
    service_url: Option<&'a str>,
    recipient: Option<&'a str>,
    record: Option<RecordWire<'a>>,
    runs: Vec<RunWire>,
}

#[derive(Serialize)]
struct RecordWire<'a> {
    file: &'a str,
    program_version: &'a str,
    lines: u64,
    sha256: &'a str,
    interrupted: bool,
}

#[derive(Serialize)]
struct RunWire {
    asked: String,
    verdict: &'static str,
}

#[derive(Serialize)]
struct CheckWire<'a> {
    schema: &'static str,
    signed_in: bool,
    tenant: TenantWire<'a>,
    app: AppWire<'a>,
    stages: Vec<StageWire<'a>>,
    problems: Vec<ProblemWire<'a>>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
struct SendWire<'a> {
    schema: &'static str,
    outcome: Option<&'static str>,
    tenant: TenantWire<'a>,
    app: AppWire<'a>,
    sender: Option<SenderWire<'a>>,
    problems: Vec<ProblemWire<'a>>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
pub(super) struct TenantWire<'a> {
    id: Option<&'a str>,
    cloud: &'static str,
}

#[derive(Serialize)]
pub(super) struct AppWire<'a> {
    client_id: Option<&'a str>,
    display_name: Option<&'a str>,
    object_id: Option<&'a str>,
    roles: Option<&'a [String]>,
    token_expires: Option<String>,
}

#[derive(Serialize)]
pub(super) struct SenderWire<'a> {
    address: &'a str,
    expected: &'static str,
    outcome: &'static str,
    verdict: &'static str,
    http_status: Option<u16>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    request_id: Option<&'a str>,
    client_request_id: Option<&'a str>,
    test_id: &'a str,
    attempts: u32,
    elapsed_ms: u64,
    retry_after_secs: Option<u64>,
    may_have_been_sent: bool,
    observed: &'a str,
    cause: &'a str,
    advice: &'a [String],
    detail: Option<&'a str>,
    finished: String,
}

#[derive(Serialize)]
struct NotTriedWire<'a> {
    address: &'a str,
    expected: &'static str,
}

#[derive(Serialize)]
struct StageWire<'a> {
    stage: &'a str,
    state: &'a str,
    words: &'a str,
}

#[derive(Serialize)]
pub(super) struct ProblemWire<'a> {
    code: &'a str,
    stage: &'static str,
    summary: &'a str,
    cause: &'a str,
    advice: &'a [String],
    who: &'static str,
    evidence: EvidenceWire<'a>,
}

#[derive(Serialize)]
struct EvidenceWire<'a> {
    aadsts: Option<u32>,
    error: Option<&'a str>,
    message: Option<&'a str>,
    http_status: Option<u16>,
    trace_id: Option<&'a str>,
    correlation_id: Option<&'a str>,
    timestamp: Option<&'a str>,
    request_id: Option<&'a str>,
    client_request_id: Option<&'a str>,
    policy_ids: &'a [String],
    lookup_url: Option<&'a str>,
    host: Option<&'a str>,
    detail: Option<&'a str>,
}

/// The JSON of `verify`.
pub fn verify_json(report: &VerifyReport) -> String {
    print(&verify(report))
}

/// The same, with where it comes from.
pub fn verify_json_with(report: &VerifyReport, trail: &Trail) -> String {
    let is_known = *trail != Trail::default();
    print(&VerifyWire { trail: is_known.then(|| trail_wire(trail)), ..verify(report) })
}

fn trail_wire(trail: &Trail) -> TrailWire<'_> {
    let run = |round: &TimelineRound| RunWire { asked: time(round.asked), verdict: round.verdict.as_str() };
    TrailWire {
        program_version: env!("CARGO_PKG_VERSION"),
        service_url: trail.service_url.as_deref(),
        recipient: trail.recipient.as_deref(),
        record: trail.record.as_ref().map(|record| RecordWire {
            file: &record.file,
            program_version: &record.program_version,
            lines: record.lines,
            sha256: &record.head,
            interrupted: record.interrupted,
        }),
        runs: trail.timeline.as_ref().map_or_else(Vec::new, |timeline| timeline.rounds.iter().map(run).collect()),
    }
}

fn verify(report: &VerifyReport) -> VerifyWire<'_> {
    VerifyWire {
        schema: "exchange365/verify/1",
        verdict: report.verdict.as_str(),
        summary: &report.summary,
        next_step: &report.next_step,
        mechanism: report.mechanism.as_str(),
        tenant: tenant(report.tenant_id.as_deref(), report.cloud),
        app: app(report.client_id.as_deref(), report.app.as_ref()),
        senders: report.senders.iter().map(|line| sender(line)).collect(),
        not_tried: report
            .skipped
            .iter()
            .map(|(address, expected)| NotTriedWire { address: address.as_str(), expected: expected.as_str() })
            .collect(),
        problems: report.problems.iter().map(problem).collect(),
        cancelled: report.cancelled,
        started: time(report.started),
        finished: time(report.finished),
        trail: None,
    }
}

/// The JSON of `token`.
pub fn check_json(report: &CheckReport) -> String {
    print(&CheckWire {
        schema: "exchange365/token/1",
        signed_in: report.app.is_some(),
        tenant: tenant(report.tenant_id.as_deref(), report.cloud),
        app: app(report.client_id.as_deref(), report.app.as_ref()),
        stages: report
            .stages
            .iter()
            .map(|row| StageWire { stage: row.stage.as_str(), state: row.state.as_str(), words: &row.words })
            .collect(),
        problems: report.problems.iter().map(problem).collect(),
        started: time(report.started),
        finished: time(report.finished),
    })
}

/// The JSON of `send`: one mail, no expectation beyond that it is accepted.
pub fn send_json(report: &VerifyReport) -> String {
    let line = report.senders.first();
    print(&SendWire {
        schema: "exchange365/send/1",
        outcome: line.map(|line| line.result.outcome.as_str()),
        tenant: tenant(report.tenant_id.as_deref(), report.cloud),
        app: app(report.client_id.as_deref(), report.app.as_ref()),
        sender: line.map(|line| sender(line)),
        problems: report.problems.iter().map(problem).collect(),
        started: time(report.started),
        finished: time(report.finished),
    })
}

pub(super) fn tenant(id: Option<&str>, cloud: Cloud) -> TenantWire<'_> {
    TenantWire { id, cloud: cloud.name() }
}

pub(super) fn app<'a>(client_id: Option<&'a str>, app: Option<&'a App>) -> AppWire<'a> {
    let claims = app.and_then(|app| app.claims.as_ref());
    AppWire {
        client_id,
        display_name: claims.and_then(|claims| claims.display_name.as_deref()),
        object_id: claims.and_then(|claims| claims.object_id.as_deref()),
        roles: claims.map(|claims| claims.roles.as_slice()),
        token_expires: app.and_then(|app| app.token_expires).map(time),
    }
}

pub(super) fn sender(report: &SenderReport) -> SenderWire<'_> {
    let SenderReport { result, words } = report;
    SenderWire {
        address: result.address.as_str(),
        expected: result.expected.as_str(),
        outcome: result.outcome.as_str(),
        verdict: result.verdict.as_str(),
        http_status: result.http_status,
        error_code: result.service.as_ref().map(|service| service.code.as_str()),
        error_message: result.service.as_ref().map(|service| service.message.as_str()),
        request_id: result.ids.request_id.as_deref(),
        client_request_id: result.ids.client_request_id.as_deref(),
        test_id: result.test_id.as_str(),
        attempts: result.attempts,
        elapsed_ms: u64::try_from(result.elapsed.as_millis()).unwrap_or(u64::MAX),
        retry_after_secs: result.retry_after.map(|wait| wait.as_secs()),
        may_have_been_sent: result.outcome.may_have_been_sent(),
        observed: &words.observed,
        cause: &words.cause,
        advice: &words.advice,
        detail: result.detail.as_deref(),
        finished: time(result.finished),
    }
}

pub(super) fn problem(problem: &Problem) -> ProblemWire<'_> {
    ProblemWire {
        code: &problem.code,
        stage: problem.stage.as_str(),
        summary: &problem.summary,
        cause: &problem.cause,
        advice: &problem.advice,
        who: problem.who.as_str(),
        evidence: evidence(&problem.evidence),
    }
}

fn evidence(evidence: &Evidence) -> EvidenceWire<'_> {
    EvidenceWire {
        aadsts: evidence.aadsts,
        error: evidence.error.as_deref(),
        message: evidence.message.as_deref(),
        http_status: evidence.http_status,
        trace_id: evidence.trace_id.as_deref(),
        correlation_id: evidence.correlation_id.as_deref(),
        timestamp: evidence.timestamp.as_deref(),
        request_id: evidence.request_id.as_deref(),
        client_request_id: evidence.client_request_id.as_deref(),
        policy_ids: &evidence.policy_ids,
        lookup_url: evidence.lookup_url.as_deref(),
        host: evidence.host.as_deref(),
        detail: evidence.detail.as_deref(),
    }
}

pub(super) fn time(time: Timestamp) -> String {
    // Milliseconds are enough for a person and for a support case.
    format!("{time:.3}")
}

pub(super) fn print(wire: &impl Serialize) -> String {
    // Texts, numbers and flags alone: serialising cannot fail.
    escaped_json(&serde_json::to_string_pretty(wire).unwrap_or_default())
}
