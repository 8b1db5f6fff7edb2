//! What the running tenant remembers: its clock, tokens, sent mail, seen requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use uuid::Uuid;

use crate::base::{Clock, Timestamp};

use super::{
    faults::{self, Action, Fault},
    graph::MAILBOX_CONCURRENCY,
    propagation::later,
    route::Route,
    scenario::{Scenario, ScenarioSummary},
    tenant::Tenant,
    token::Issued,
};

/// A mail the tenant accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// When, on the tenant's clock.
    pub at: Timestamp,
    /// The mailbox it was sent from.
    pub from: String,
    /// To, Cc and Bcc together.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The value of the first `x-…` header whose name speaks of a test.
    pub test_id: Option<String>,
    /// All headers of the sender's own.
    pub headers: Vec<(String, String)>,
    /// Whether a copy was wanted.
    pub save_to_sent_items: bool,
    /// The id the tenant gave the request.
    pub request_id: String,
    /// The id the client gave it.
    pub client_request_id: Option<String>,
}

/// A request the tenant answered. Bodies and credentials are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// When, on the tenant's clock.
    pub at: Timestamp,
    /// Such as `graph.send_mail`; `unknown` where nothing answers.
    pub operation: &'static str,
    /// The method.
    pub method: String,
    /// The path as it came, still encoded.
    pub path: String,
    /// The status that was answered; `None` when the connection was cut.
    pub status: Option<u16>,
    /// The id the client gave the request.
    pub client_request_id: Option<String>,
}

/// Everything that changes while the tenant runs, behind one lock.
#[derive(Debug)]
pub(super) struct State {
    pub(super) summary: ScenarioSummary,
    pub(super) tenant: Tenant,
    pub(super) issued: Vec<Issued>,
    pub(super) sent: Vec<SentMail>,
    pub(super) requests: Vec<SeenRequest>,
    pub(super) started: Timestamp,
    faults: Vec<Fault>,
    ahead: Duration,
    in_flight: BTreeMap<Uuid, usize>,
}

/// The state as the connections share it.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) base_url: String,
    pub(super) clock: Clock,
    state: Arc<Mutex<State>>,
}

/// Oldest entries are forgotten beyond this, so that a demo can run for days.
const KEPT: usize = 10_000;

impl Shared {
    /// A tenant that begins now. Says what does not fit together in the scenario.
    pub(super) fn new(scenario: &Scenario, clock: Clock, base_url: String) -> Result<Self, String> {
        let started = clock.now();
        let state = State {
            summary: scenario.summary(),
            tenant: scenario.file.tenant(started)?,
            issued: Vec::new(),
            sent: Vec::new(),
            requests: Vec::new(),
            started,
            faults: scenario.faults().to_vec(),
            ahead: Duration::ZERO,
            in_flight: BTreeMap::new(),
        };
        Ok(Self { base_url, clock, state: Arc::new(Mutex::new(state)) })
    }

    /// The state, for as long as the guard lives; never across an await.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is in the tenant.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = self.state().ahead;
        later(self.clock.now(), ahead)
    }

    /// Moves the tenant's clock ahead.
    pub(super) fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.ahead = state.ahead.saturating_add(duration);
    }

    /// Counts a mail under way; `None` when the mailbox is busy enough.
    pub(super) fn begin_send(&self, mailbox: Uuid) -> Option<Sending> {
        let mut state = self.state();
        let under_way = state.in_flight.entry(mailbox).or_default();
        if *under_way >= MAILBOX_CONCURRENCY {
            return None;
        }
        *under_way += 1;
        drop(state);
        Some(Sending { shared: self.clone(), mailbox })
    }
}

impl State {
    /// The disturbance that is due for this request.
    pub(super) fn take_fault(&mut self, route: &Route) -> Option<Action> {
        faults::take(&mut self.faults, route)
    }

    /// Remembers a token that was handed out, and forgets those long expired.
    pub(super) fn remember_token(&mut self, issued: Issued, at: Timestamp) {
        self.issued.retain(|old| later(old.expires, Duration::from_hours(24)) > at);
        keep(&mut self.issued, issued);
    }

    /// Remembers a mail.
    pub(super) fn remember_mail(&mut self, mail: SentMail) {
        keep(&mut self.sent, mail);
    }

    /// Remembers a request.
    pub(super) fn remember_request(&mut self, request: SeenRequest) {
        keep(&mut self.requests, request);
    }
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= KEPT {
        list.remove(0);
    }
    list.push(item);
}

/// One mail under way from a mailbox, until dropped.
pub(super) struct Sending {
    shared: Shared,
    mailbox: Uuid,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        if let Some(under_way) = state.in_flight.get_mut(&self.mailbox) {
            *under_way = under_way.saturating_sub(1);
        }
    }
}
