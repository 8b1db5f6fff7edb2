//! What each kind of job does, from typed values to its last event.

use std::{path::Path, sync::Arc};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    base::{Clock, Timestamp, Wake},
    explain::{self, DiscoveryResult, Problem, TokenResult},
    m365::{
        Cloud, Error, Kind, Operation, RequestIds, Trace,
        auth::{AccessToken, Discovery, SignInError, discover},
    },
    report::{CheckReport, Ending},
    verify::App,
};

use super::{Event, Imported, JobId, LogLine, Setup, graph_options, policy_store::Dossiers, session::Session};

/// Where events go.
#[derive(Debug, Clone)]
pub(super) struct Emitter {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) wake: Wake,
}

impl Emitter {
    /// Waits for room; a front end that is gone is no fault.
    pub(super) async fn emit(&self, event: Event) {
        if self.events.send(event).await.is_ok() {
            self.wake.wake();
        }
    }

    /// For what may be left out when the front end is slow to read: it never takes the last places.
    pub(super) fn hint(&self, event: Event) {
        if self.events.capacity() > self.events.max_capacity() / 2 && self.events.try_send(event).is_ok() {
            self.wake.wake();
        }
    }

    /// For work nobody watches: events go nowhere.
    pub(super) fn mute() -> Self {
        Self { events: mpsc::channel(1).0, wake: Wake::none() }
    }

    /// Tells what may be missed; never waits.
    pub(super) fn try_emit(&self, event: Event) {
        if self.events.try_send(event).is_ok() {
            self.wake.wake();
        }
    }

    /// A trace that becomes log lines. It may not wait, so a front end that does not read loses lines, not answers.
    pub(super) fn trace(&self) -> Trace {
        let emitter = self.clone();
        Trace::new(move |call| {
            let line = Event::Log(Box::new(LogLine::of_call(call)));
            if emitter.events.try_send(line).is_ok() {
                emitter.wake.wake();
            }
        })
    }
}

/// What every job is given.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) job: JobId,
    pub(super) clock: Clock,
    pub(super) emitter: Emitter,
    pub(super) cancel: CancellationToken,
    /// Cancelled when the program ends, unlike `cancel`, which is also somebody's wish.
    pub(super) life: CancellationToken,
    /// Where records are kept, if they are.
    pub(super) records: Option<Arc<Path>>,
    /// What is known about the fence of each app.
    pub(super) dossiers: Dossiers,
}

/// Signs in and says what the token allows.
pub(super) async fn check(context: &Context, session: Result<Session, super::session::NotOpened>, setup: &Setup) {
    let started = context.clock.now();
    let begun = CheckReport {
        ending: Ending::SetUp,
        stages: Vec::new(),
        cloud: setup.cloud_or_global(),
        tenant_id: None,
        client_id: None,
        app: None,
        problems: Vec::new(),
        started,
        finished: started,
    };
    let report = match session {
        Err(not_opened) => CheckReport {
            stages: explain::stages_for_input(&not_opened.problems),
            ending: not_opened.ending,
            problems: not_opened.problems,
            ..begun
        },
        Ok(session) => {
            context.emitter.emit(Event::Notes(context.job, session.resolved.notes.clone())).await;
            tokio::select! {
                report = sign_in(&session, begun) => report,
                () = context.cancel.cancelled() => {
                    let problem = explain::network(&cancelled(Operation::AcquireToken));
                    CheckReport {
                        ending: Ending::Cancelled,
                        stages: explain::stages(DiscoveryResult::NotTried, TokenResult::NotTried),
                        problems: vec![problem],
                        ..begun_again(setup, started)
                    }
                }
            }
        }
    };
    let report = CheckReport { finished: context.clock.now(), ..report };
    context.dossiers.signed_in(setup, report.app.as_ref(), report.tenant_id.as_deref());
    context.emitter.emit(Event::Checked(context.job, Box::new(report))).await;
}

fn begun_again(setup: &Setup, started: Timestamp) -> CheckReport {
    CheckReport {
        ending: Ending::Cancelled,
        stages: Vec::new(),
        cloud: setup.cloud_or_global(),
        tenant_id: None,
        client_id: None,
        app: None,
        problems: Vec::new(),
        started,
        finished: started,
    }
}

async fn sign_in(session: &Session, begun: CheckReport) -> CheckReport {
    let credentials = &session.resolved.credentials;
    let discovery = discover(&session.transport, &session.resolved.endpoints, &credentials.tenant).await;
    let found = match &discovery {
        Ok(Discovery::Found(info)) => info.id.map(|id| id.to_string()),
        Ok(_) | Err(_) => None,
    };
    let hopeless = match &discovery {
        Ok(Discovery::Refused(_)) => true,
        Ok(Discovery::Found(_) | Discovery::Unclear(_)) => false,
        // A host that cannot be reached will not be reached a second later either.
        Err(err) => err.kind.never_arrived(),
    };
    let token = if hopeless { None } else { Some(session.tokens.fresh().await) };
    let app = token
        .as_ref()
        .and_then(|token| token.as_ref().ok())
        .map(|token| app_of(&credentials.client.to_string(), token));
    let note = other_cloud(&discovery, begun.cloud);
    let shown = shown_discovery(&discovery, found.as_deref(), note.as_deref());
    let stages = explain::stages(shown, shown_token(token.as_ref(), app.as_ref()));
    let problems: Vec<Problem> = stages.iter().filter_map(|row| row.problem.clone()).collect();
    let ending = match (&token, &discovery) {
        (Some(Ok(_)), _) => Ending::Pass,
        (Some(Err(err)), _) => ending_of(err),
        (None, Ok(_)) => Ending::SetUp,
        (None, Err(_)) => Ending::Unproven,
    };
    let from_token = app.as_ref().and_then(|app| app.claims.as_ref()).and_then(|claims| claims.tenant_id.clone());
    CheckReport {
        ending,
        stages,
        tenant_id: from_token.or(found).or_else(|| credentials.tenant.guid().map(|id| id.to_string())),
        client_id: Some(credentials.client.to_string()),
        app,
        problems,
        ..begun
    }
}

fn shown_discovery<'a>(
    discovery: &'a Result<Discovery, Error>,
    tenant_id: Option<&'a str>,
    cloud_note: Option<&'a str>,
) -> DiscoveryResult<'a> {
    match discovery {
        Ok(Discovery::Found(info)) => DiscoveryResult::Found { tenant_id, region: info.region.as_deref(), cloud_note },
        Ok(Discovery::Refused(refusal)) => DiscoveryResult::Refused(refusal),
        Ok(Discovery::Unclear(what)) => DiscoveryResult::Unclear(what),
        Err(err) => DiscoveryResult::Failed(err),
    }
}

fn shown_token<'a>(token: Option<&'a Result<AccessToken, SignInError>>, app: Option<&'a App>) -> TokenResult<'a> {
    match (token, app) {
        (Some(Err(err)), _) => TokenResult::Failed(err),
        (Some(Ok(_)), Some(app)) => TokenResult::Granted(app),
        (Some(Ok(_)), None) | (None, _) => TokenResult::NotTried,
    }
}

/// Says when the tenant answers for another cloud's Graph than the chosen one.
fn other_cloud(discovery: &Result<Discovery, Error>, chosen: Cloud) -> Option<String> {
    let Ok(Discovery::Found(info)) = discovery else { return None };
    let host = info.graph_host.as_deref()?;
    let actual = Cloud::ALL.into_iter().find(|cloud| cloud.graph_host() == host)?;
    (actual != chosen).then(|| format!("this tenant belongs to the cloud {}", actual.label()))
}

pub(super) fn app_of(client_id: &str, token: &AccessToken) -> App {
    App { client_id: client_id.to_owned(), claims: token.claims.clone(), token_expires: Some(token.expires) }
}

/// Refused with a code: the person has to change something. Everything else: the world was in the way.
pub(super) fn ending_of(err: &SignInError) -> Ending {
    match err {
        SignInError::Refused(refusal, _) if refusal.is_transient() => Ending::Unproven,
        SignInError::Refused(..) => Ending::SetUp,
        SignInError::Failed(err) if err.kind == Kind::Cancelled => Ending::Cancelled,
        SignInError::Failed(_) => Ending::Unproven,
    }
}

pub(super) fn cancelled(operation: Operation) -> Error {
    Error {
        operation,
        kind: Kind::Cancelled,
        host: String::new(),
        status: None,
        service: None,
        ids: RequestIds::default(),
        attempts: 0,
        elapsed: std::time::Duration::ZERO,
        detail: None,
    }
}

/// Reads a `GraphOptions` block from a text.
pub(super) fn import_text(text: &str) -> Imported {
    graph_options::from_text(text).map_err(|err| Box::new(explain::input(&err)))
}

/// Reads a `GraphOptions` block from a file.
pub(super) fn import_file(path: &Path) -> Imported {
    graph_options::from_file(path).map_err(|err| Box::new(explain::input(&err)))
}
