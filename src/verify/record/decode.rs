//! From the format to the program's own types: what makes no sense or contradicts the plan is refused.

use std::{sync::Arc, time::Duration};

use crate::{
    base::{Field, MailAddress, Timestamp},
    m365::{Cloud, Outcome, RequestIds, ServiceError, auth::Claims},
    verify::{App, Expected, Fence, Message, Plan, SenderResult, TestId, Verdict, Watch},
};

use super::{
    Concluded, Entry, Header, Obstacle,
    wire::{
        AnswerWire, AppWire, ConcludedWire, EntryWire, HeaderWire, MECHANISMS, ObstacleWire, REFUSALS, SenderWire,
        refusal_name,
    },
};

/// The first line, read; `None` when a value in it makes no sense.
pub(super) fn header(wire: HeaderWire) -> Option<Header> {
    let sender = |wire: SenderWire| Some((address(&wire.address)?, expected(&wire.expected)?));
    let senders: Option<Vec<_>> = wire.senders.into_iter().map(sender).collect();
    let senders = senders.filter(|senders| !senders.is_empty())?;
    let watch = match wire.watch {
        Some(watch) => Some(Watch {
            fence: Fence::parse(&watch.fence)?,
            changed: optional_moment(watch.changed.as_deref())?,
            last_call: optional_moment(watch.last_call.as_deref())?,
            started: moment(&watch.started)?,
            deadline: moment(&watch.deadline)?,
        }),
        None => None,
    };
    Some(Header {
        record_id: wire.record_id,
        program_version: wire.program_version,
        client_id: wire.client_id,
        tenant_id: wire.tenant_id,
        cloud: Cloud::parse(&wire.cloud).ok()?,
        service_url: wire.service_url,
        plan: Plan {
            senders,
            recipient: address(&wire.recipient)?,
            message: Message { subject: wire.subject, text: wire.text },
        },
        watch,
    })
}

/// Any other line, read; `None` when a value in it makes no sense or contradicts the plan.
pub(super) fn entry(wire: EntryWire, plan: &Plan) -> Option<Entry> {
    Some(match wire {
        EntryWire::Header(_) => return None,
        EntryWire::Begun { app: wire, tenant_id } => Entry::Begun { app: Box::new(app(*wire)?), tenant_id },
        EntryWire::Asking { index, test_id } => {
            plan.senders.get(index)?;
            Entry::Asking { index, test_id: TestId::from_record(&test_id)? }
        }
        EntryWire::Answered { index, line } => Entry::Answered { index, line: Arc::new(answer(*line, index, plan)?) },
        EntryWire::Concluded(wire) => Entry::Concluded(Box::new(concluded(&wire)?)),
        EntryWire::NotBegun { set_up, problems } => {
            Entry::NotBegun { set_up, obstacles: problems.into_iter().map(obstacle).collect() }
        }
        EntryWire::Waiting { until, why } => Entry::Waiting { until: moment(&until)?, why },
        EntryWire::Resumed { program_version, torn_bytes } => Entry::Resumed { program_version, torn_bytes },
        EntryWire::Ended { why } => Entry::Ended { why },
        EntryWire::Unknown => Entry::Unknown,
    })
}

fn app(wire: AppWire) -> Option<App> {
    let claims = match wire.claims {
        Some(wire) => Some(Claims {
            app_id: wire.app_id,
            display_name: wire.display_name,
            object_id: wire.object_id,
            tenant_id: wire.tenant_id,
            roles: wire.roles,
            expires: optional_moment(wire.expires.as_deref())?,
            audience: wire.audience,
            credential_kind: wire.credential_kind,
        }),
        None => None,
    };
    Some(App { client_id: wire.client_id, claims, token_expires: optional_moment(wire.token_expires.as_deref())? })
}

fn answer(wire: AnswerWire, index: usize, plan: &Plan) -> Option<SenderResult> {
    let (planned, wanted) = plan.senders.get(index)?;
    if address(&wire.address)? != *planned || expected(&wire.expected)? != *wanted {
        return None;
    }
    let service = match (wire.error_code, wire.error_message) {
        (Some(code), Some(message)) => Some(ServiceError { code, message }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return None,
    };
    Some(SenderResult {
        address: planned.clone(),
        expected: *wanted,
        outcome: Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == wire.outcome)?,
        refusal: match wire.refusal {
            Some(name) => Some(REFUSALS.into_iter().find(|refusal| refusal_name(*refusal) == name)?),
            None => None,
        },
        verdict: verdict(&wire.verdict)?,
        http_status: wire.http_status,
        service,
        detail: wire.detail,
        ids: RequestIds { request_id: wire.request_id, client_request_id: wire.client_request_id },
        test_id: TestId::from_record(&wire.test_id)?,
        attempts: wire.attempts,
        elapsed: Duration::from_nanos(wire.elapsed_ns),
        finished: moment(&wire.finished)?,
        retry_after: wire.retry_after_secs.map(Duration::from_secs),
        token_serial: wire.token_serial,
    })
}

fn concluded(wire: &ConcludedWire) -> Option<Concluded> {
    let senders: Option<Vec<Verdict>> = wire.senders.iter().map(|name| verdict(name)).collect();
    Some(Concluded {
        verdict: verdict(&wire.verdict)?,
        mechanism: MECHANISMS.into_iter().find(|mechanism| mechanism.as_str() == wire.mechanism)?,
        senders: senders?,
        tenant_id: wire.tenant_id.clone(),
        cancelled: wire.cancelled,
        started: moment(&wire.started)?,
        finished: moment(&wire.finished)?,
    })
}

fn obstacle(wire: ObstacleWire) -> Obstacle {
    let ObstacleWire { code, stage, who, summary, cause, advice, evidence } = wire;
    Obstacle { code, stage, who, summary, cause, advice, evidence }
}

fn verdict(name: &str) -> Option<Verdict> {
    [Verdict::Pass, Verdict::Fail, Verdict::Unproven].into_iter().find(|verdict| verdict.as_str() == name)
}

fn expected(name: &str) -> Option<Expected> {
    [Expected::Permitted, Expected::Forbidden].into_iter().find(|expected| expected.as_str() == name)
}

fn address(text: &str) -> Option<MailAddress> {
    MailAddress::parse(Field::Recipient, text).ok().map(|parsed| parsed.value)
}

/// A moment as RFC 3339 has it.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Outer `None`: unreadable.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn optional_moment(text: Option<&str>) -> Option<Option<Timestamp>> {
    match text {
        Some(text) => moment(text).map(Some),
        None => Some(None),
    }
}
