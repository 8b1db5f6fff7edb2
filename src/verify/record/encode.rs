//! From the program's own types to the format: free text is redacted and cut on the way.

use crate::{
    base::{MailAddress, Redactor, Timestamp},
    m365::auth::Claims,
    verify::{App, Expected, SenderResult},
};

use super::{
    Concluded, Entry, Header, Obstacle, SCHEMA,
    wire::{
        AnswerWire, AppWire, ClaimsWire, ConcludedWire, EntryWire, HeaderWire, ObstacleWire, SenderWire, WatchWire,
        refusal_name,
    },
};

/// Free text beyond this is cut, so that a line always fits.
const MAX_TEXT_CHARS: usize = 16 * 1024;

/// Takes secrets out of free text and cuts what is too long.
pub(super) struct Cleaner<'a>(pub(super) &'a Redactor);

impl Cleaner<'_> {
    fn text(&self, text: &str) -> String {
        let clean = self.0.scrub(text);
        match clean.char_indices().nth(MAX_TEXT_CHARS) {
            Some((at, _)) => format!("{}… [cut]", clean.get(..at).unwrap_or_default()),
            None => clean,
        }
    }

    fn optional(&self, text: Option<&str>) -> Option<String> {
        text.map(|text| self.text(text))
    }
}

/// The first line.
pub(super) fn header_wire(header: &Header, clean: &Cleaner<'_>) -> EntryWire {
    let sender = |(address, expected): &(MailAddress, Expected)| SenderWire {
        address: address.to_string(),
        expected: expected.as_str().to_owned(),
    };
    EntryWire::Header(Box::new(HeaderWire {
        schema: SCHEMA.to_owned(),
        record_id: header.record_id.clone(),
        program_version: header.program_version.clone(),
        client_id: clean.text(&header.client_id),
        tenant_id: clean.optional(header.tenant_id.as_deref()),
        cloud: header.cloud.name().to_owned(),
        service_url: clean.optional(header.service_url.as_deref()),
        senders: header.plan.senders.iter().map(sender).collect(),
        recipient: header.plan.recipient.to_string(),
        subject: clean.text(&header.plan.message.subject),
        text: clean.text(&header.plan.message.text),
        watch: header.watch.as_ref().map(|watch| WatchWire {
            fence: watch.fence.as_str().to_owned(),
            changed: watch.changed.map(time),
            last_call: watch.last_call.map(time),
            started: time(watch.started),
            deadline: time(watch.deadline),
        }),
    }))
}

/// Any other line.
pub(super) fn entry_wire(entry: &Entry, clean: &Cleaner<'_>) -> EntryWire {
    match entry {
        Entry::Begun { app, tenant_id } => {
            EntryWire::Begun { app: Box::new(app_wire(app, clean)), tenant_id: clean.optional(tenant_id.as_deref()) }
        }
        Entry::Asking { index, test_id } => EntryWire::Asking { index: *index, test_id: test_id.to_string() },
        Entry::Answered { index, line } => {
            EntryWire::Answered { index: *index, line: Box::new(answer_wire(line, clean)) }
        }
        Entry::Concluded(concluded) => EntryWire::Concluded(Box::new(concluded_wire(concluded, clean))),
        Entry::NotBegun { set_up, obstacles } => EntryWire::NotBegun {
            set_up: *set_up,
            problems: obstacles.iter().map(|obstacle| obstacle_wire(obstacle, clean)).collect(),
        },
        Entry::Waiting { until, why } => EntryWire::Waiting { until: time(*until), why: clean.text(why) },
        Entry::Resumed { program_version, torn_bytes } => {
            EntryWire::Resumed { program_version: program_version.clone(), torn_bytes: *torn_bytes }
        }
        Entry::Ended { why } => EntryWire::Ended { why: clean.text(why) },
        Entry::Unknown => EntryWire::Unknown,
    }
}

fn app_wire(app: &App, clean: &Cleaner<'_>) -> AppWire {
    let claims = |claims: &Claims| ClaimsWire {
        app_id: clean.optional(claims.app_id.as_deref()),
        display_name: clean.optional(claims.display_name.as_deref()),
        object_id: clean.optional(claims.object_id.as_deref()),
        tenant_id: clean.optional(claims.tenant_id.as_deref()),
        roles: claims.roles.iter().map(|role| clean.text(role)).collect(),
        expires: claims.expires.map(time),
        audience: clean.optional(claims.audience.as_deref()),
        credential_kind: clean.optional(claims.credential_kind.as_deref()),
    };
    AppWire {
        client_id: clean.text(&app.client_id),
        token_expires: app.token_expires.map(time),
        claims: app.claims.as_ref().map(claims),
    }
}

fn answer_wire(line: &SenderResult, clean: &Cleaner<'_>) -> AnswerWire {
    AnswerWire {
        address: line.address.to_string(),
        expected: line.expected.as_str().to_owned(),
        outcome: line.outcome.as_str().to_owned(),
        refusal: line.refusal.map(|refusal| refusal_name(refusal).to_owned()),
        verdict: line.verdict.as_str().to_owned(),
        http_status: line.http_status,
        error_code: clean.optional(line.service.as_ref().map(|service| service.code.as_str())),
        error_message: clean.optional(line.service.as_ref().map(|service| service.message.as_str())),
        detail: clean.optional(line.detail.as_deref()),
        request_id: clean.optional(line.ids.request_id.as_deref()),
        client_request_id: clean.optional(line.ids.client_request_id.as_deref()),
        test_id: line.test_id.to_string(),
        attempts: line.attempts,
        elapsed_ns: u64::try_from(line.elapsed.as_nanos()).unwrap_or(u64::MAX),
        finished: time(line.finished),
        retry_after_secs: line.retry_after.map(|wait| wait.as_secs()),
        token_serial: line.token_serial,
    }
}

fn concluded_wire(concluded: &Concluded, clean: &Cleaner<'_>) -> ConcludedWire {
    ConcludedWire {
        verdict: concluded.verdict.as_str().to_owned(),
        mechanism: concluded.mechanism.as_str().to_owned(),
        senders: concluded.senders.iter().map(|verdict| verdict.as_str().to_owned()).collect(),
        tenant_id: clean.optional(concluded.tenant_id.as_deref()),
        cancelled: concluded.cancelled,
        started: time(concluded.started),
        finished: time(concluded.finished),
    }
}

fn obstacle_wire(obstacle: &Obstacle, clean: &Cleaner<'_>) -> ObstacleWire {
    ObstacleWire {
        code: clean.text(&obstacle.code),
        stage: clean.text(&obstacle.stage),
        who: clean.text(&obstacle.who),
        summary: clean.text(&obstacle.summary),
        cause: clean.text(&obstacle.cause),
        advice: obstacle.advice.iter().map(|item| clean.text(item)).collect(),
        evidence: obstacle.evidence.iter().map(|(name, value)| (clean.text(name), clean.text(value))).collect(),
    }
}

/// RFC 3339, as exact as it is known.
pub(super) fn time(time: Timestamp) -> String {
    time.to_string()
}
