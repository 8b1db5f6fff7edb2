//! `/demo/state`: what the tenant has seen and done, for a trainee with curl. Never a secret.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::base::Timestamp;

use super::{
    propagation::Lifetime,
    reply::{Reply, plain},
    state::{SentMail, State},
};

/// Content type of the demo's own answers.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// The state as JSON.
pub(super) fn show(state: &State, at: Timestamp) -> Reply {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for request in &state.requests {
        *counts.entry(request.operation).or_default() += 1;
    }
    let sent: Vec<Value> = state.sent.iter().map(mail).collect();
    let body = json!({
        "scenario": state.summary.name,
        "title": state.summary.title,
        "about": state.summary.about,
        "tenant_id": state.tenant.id.to_string(),
        "started": state.started.to_string(),
        "now": at.to_string(),
        "pending": pending(state, at),
        "sent": sent,
        "requests": counts,
    });
    plain(at, StatusCode::OK, JSON, body.to_string() + "\n")
}

fn mail(mail: &SentMail) -> Value {
    json!({
        "at": mail.at.to_string(),
        "from": mail.from,
        "to": mail.to,
        "subject": mail.subject,
        "test_id": mail.test_id,
        "request_id": mail.request_id,
        "client_request_id": mail.client_request_id,
    })
}

/// The changes that are written down but not obeyed yet.
fn pending(state: &State, at: Timestamp) -> Vec<Value> {
    let tenant = &state.tenant;
    let entry = |what: &str, lifetime: &Lifetime| {
        lifetime.pending(at).map(|moment| json!({ "what": what, "takes_effect_at": moment.to_string() }))
    };
    let policies = tenant.policies.iter().map(|policy| entry("application access policy", &policy.lifetime));
    let assignments = tenant.assignments.iter().map(|assignment| entry(&assignment.name, &assignment.lifetime));
    let members = tenant.groups.iter().flat_map(|group| {
        group.members.iter().map(move |member| entry(&format!("member of {}", group.name), &member.lifetime))
    });
    let grants = tenant.apps.iter().flat_map(|app| app.grants.iter()).map(|grant| entry(&grant.role, &grant.lifetime));
    policies.chain(assignments).chain(members).chain(grants).flatten().collect()
}

/// A path that leads nowhere.
pub(super) fn unknown(at: Timestamp) -> Reply {
    let text = "Nothing answers here. This is the demo tenant; GET /demo/state shows what it has seen.\n";
    plain(at, StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text.to_owned())
}

/// A known path of the demo's own with another method.
pub(super) fn wrong_method(at: Timestamp) -> Reply {
    let text = "GET /demo/state, POST /demo/advance?minutes=60\n";
    plain(at, StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", text.to_owned())
}
