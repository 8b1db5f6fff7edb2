//! Where a report comes from: the record with its chain, the runs of a watch, the address that answered.

use std::sync::Arc;

use crate::{
    base::Timestamp,
    explain::{self, Evidence, Problem, Stage, Who},
    m365::{Cloud, Outcome},
    verify::{
        Expected, Reason, STOPPED, Verdict,
        record::{Obstacle, Record, ReplayError, Replayed, Round},
    },
};

use super::{Ending, NotBegun, VerifyReport};

/// What a report can say about itself besides its result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// The address of Graph that answered.
    pub service_url: Option<String>,
    /// Who got the mails.
    pub recipient: Option<String>,
    /// Their subject, without the test ids.
    pub subject: Option<String>,
    /// The record behind it.
    pub record: Option<RecordInfo>,
    /// Every run, when a change was watched or a record is at hand.
    pub timeline: Option<Timeline>,
}

/// A record, for whoever wants to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordInfo {
    /// The file's name, without its folder.
    pub file: String,
    /// The version of the program that began it.
    pub program_version: String,
    /// Lines in it.
    pub lines: u64,
    /// SHA-256 of the last line.
    pub head: String,
    /// The program ended before the run did.
    pub interrupted: bool,
    /// The end that was written down is not what the lines before it give.
    pub disagrees: bool,
}

/// The runs of a watch in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// When the change was made, when somebody has said so.
    pub changed: Option<Timestamp>,
    /// The watch's deadline.
    pub deadline: Option<Timestamp>,
    /// Why it ended, in words.
    pub ended: Option<String>,
    /// In order.
    pub rounds: Vec<TimelineRound>,
}

/// One run on a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRound {
    /// When it began.
    pub asked: Timestamp,
    /// What it proved.
    pub verdict: Verdict,
    /// What came of every sender that was tried.
    pub senders: Vec<TimelineSender>,
    /// Why it could not begin.
    pub obstacle: Option<String>,
}

/// One sender in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineSender {
    /// Who.
    pub address: String,
    /// What was expected.
    pub expected: Expected,
    /// What was observed.
    pub outcome: Outcome,
    /// What that proves.
    pub verdict: Verdict,
}

/// The report of a record's last run, with everything around it. `file` is the record's name.
///
/// # Errors
/// The record was altered: no report is made of it.
pub fn report_of_record(record: &Record, file: &str) -> Result<(VerifyReport, Trail), ReplayError> {
    let replayed = record.replay()?;
    let last = replayed.last();
    let cloud = record.header.cloud;
    let report = match last {
        Some(round) if round.obstacles.is_empty() => VerifyReport::of_run(round.result.clone(), cloud),
        Some(round) => not_begun(round, cloud, record),
        None => VerifyReport::not_begun(NotBegun {
            problems: why_nothing_was_asked(replayed.ended.as_deref()),
            ending: if replayed.ended.is_some() { Ending::SetUp } else { Ending::Unproven },
            cloud,
            tenant_id: record.header.tenant_id.clone(),
            client_id: Some(record.header.client_id.clone()),
            started: record.begun,
            finished: record.begun,
        }),
    };
    let is_stopped = replayed.ended.as_deref() == Some(STOPPED);
    let report = if replayed.is_unconfirmed(&record.header) { report.unconfirmed() } else { report };
    let report = if is_stopped { report.stopped() } else { report };
    let trail = Trail {
        service_url: record.header.service_url.clone(),
        recipient: Some(record.header.plan.recipient.to_string()),
        subject: Some(record.header.plan.message.subject.clone()),
        record: Some(RecordInfo {
            file: file.to_owned(),
            program_version: record.header.program_version.clone(),
            lines: record.integrity.lines,
            head: record.integrity.head.clone(),
            interrupted: last.is_none_or(Round::is_cut_short),
            disagrees: last.is_some_and(Round::disagrees),
        }),
        timeline: Some(timeline(record, &replayed)),
    };
    Ok((report, trail))
}

fn why_nothing_was_asked(ended: Option<&str>) -> Vec<Problem> {
    match ended {
        Some(STOPPED) => vec![explain::watch_stopped()],
        Some(why) if why == Reason::NoTime.words() => vec![explain::watch_without_time()],
        Some(_) | None => Vec::new(),
    }
}

fn timeline(record: &Record, replayed: &Replayed) -> Timeline {
    let watch = record.header.watch.as_ref();
    Timeline {
        changed: watch.and_then(|watch| watch.changed),
        deadline: watch.map(|watch| watch.deadline),
        ended: replayed.ended.clone(),
        rounds: replayed.rounds.iter().map(TimelineRound::of).collect(),
    }
}

impl TimelineRound {
    /// One run of a record.
    pub fn of(round: &Round) -> Self {
        let sender = |line: &Arc<crate::verify::SenderResult>| TimelineSender {
            address: line.address.to_string(),
            expected: line.expected,
            outcome: line.outcome,
            verdict: line.verdict,
        };
        Self {
            asked: round.result.started,
            verdict: round.result.verdict,
            senders: round.result.senders.iter().map(sender).collect(),
            obstacle: round.obstacles.first().map(|obstacle| obstacle.summary.clone()),
        }
    }
}

impl Timeline {
    /// The picture's data of a single run.
    pub fn of_report(report: &VerifyReport) -> Self {
        let senders = report.senders.iter().map(|line| TimelineSender {
            address: line.result.address.to_string(),
            expected: line.result.expected,
            outcome: line.result.outcome,
            verdict: line.result.verdict,
        });
        let round = TimelineRound {
            asked: report.started,
            verdict: report.verdict,
            senders: senders.collect(),
            obstacle: report.problems.first().map(|problem| problem.summary.clone()),
        };
        Self { changed: None, deadline: None, ended: None, rounds: vec![round] }
    }
}

fn not_begun(round: &Round, cloud: Cloud, record: &Record) -> VerifyReport {
    VerifyReport::not_begun(NotBegun {
        problems: round.obstacles.iter().map(problem_of).collect(),
        ending: if round.set_up { Ending::SetUp } else { Ending::Unproven },
        cloud,
        tenant_id: round.result.tenant_id.clone(),
        client_id: Some(record.header.client_id.clone()),
        started: round.result.started,
        finished: round.result.finished,
    })
}

/// A problem as a record keeps it.
pub fn obstacle_of(problem: &Problem) -> Obstacle {
    Obstacle {
        code: problem.code.clone(),
        stage: problem.stage.as_str().to_owned(),
        who: problem.who.as_str().to_owned(),
        summary: problem.summary.clone(),
        cause: problem.cause.clone(),
        advice: problem.advice.clone(),
        evidence: named_evidence(&problem.evidence).into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

/// The evidence that there is, by its names in the JSON contract.
pub(super) fn named_evidence(evidence: &Evidence) -> Vec<(&'static str, String)> {
    let policies = (!evidence.policy_ids.is_empty()).then(|| evidence.policy_ids.join(" "));
    let all = [
        ("aadsts", evidence.aadsts.map(|code| code.to_string())),
        ("error", evidence.error.clone()),
        ("message", evidence.message.clone()),
        ("http_status", evidence.http_status.map(|status| status.to_string())),
        ("trace_id", evidence.trace_id.clone()),
        ("correlation_id", evidence.correlation_id.clone()),
        ("timestamp", evidence.timestamp.clone()),
        ("request_id", evidence.request_id.clone()),
        ("client_request_id", evidence.client_request_id.clone()),
        ("policy_ids", policies),
        ("lookup_url", evidence.lookup_url.clone()),
        ("host", evidence.host.clone()),
        ("detail", evidence.detail.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

fn problem_of(obstacle: &Obstacle) -> Problem {
    let value =
        |wanted: &str| obstacle.evidence.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let evidence = Evidence {
        aadsts: value("aadsts").and_then(|code| code.parse().ok()),
        error: value("error"),
        message: value("message"),
        http_status: value("http_status").and_then(|status| status.parse().ok()),
        trace_id: value("trace_id"),
        correlation_id: value("correlation_id"),
        timestamp: value("timestamp"),
        request_id: value("request_id"),
        client_request_id: value("client_request_id"),
        policy_ids: value("policy_ids").map_or_else(Vec::new, |ids| ids.split(' ').map(str::to_owned).collect()),
        lookup_url: value("lookup_url"),
        host: value("host"),
        detail: value("detail"),
    };
    Problem {
        code: obstacle.code.clone(),
        stage: STAGES.into_iter().find(|stage| stage.as_str() == obstacle.stage).unwrap_or(Stage::Input),
        summary: obstacle.summary.clone(),
        cause: obstacle.cause.clone(),
        advice: obstacle.advice.clone(),
        who: WHO.into_iter().find(|who| who.as_str() == obstacle.who).unwrap_or(Who::You),
        evidence,
    }
}

const STAGES: [Stage; 9] = [
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
const WHO: [Who; 4] = [Who::You, Who::CustomerAdmin, Who::NetworkAdmin, Who::Vendor];
