//! One request in, one reply out: disturbances first, then the service that is meant.

use axum::{
    body::to_bytes,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
};
use serde_json::json;

use super::{
    directory::{self, Query},
    entra::{self, TokenRequest},
    faults::{Action, Answer},
    graph,
    listener::Line,
    propagation::View,
    reply::{self, GraphError, Reply, Trace},
    route::{Route, Service},
    state::{SeenRequest, SentMail, Shared},
    status_page,
    wire::{field, form_fields},
};

/// The largest request Graph reads.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// What came in, taken apart.
struct Incoming {
    route: Route,
    method: Method,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    trace: Trace,
}

/// Answers one request.
pub(super) async fn answer(
    State(shared): State<Shared>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Reply {
    let (parts, body) = request.into_parts();
    let route = Route::of(&parts.method, parts.uri.path());
    let trace = Trace::new(shared.now(), &parts.headers);
    let mut seen = SeenRequest {
        at: trace.at,
        operation: route.operation(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        status: None,
        client_request_id: trace.client_request_id.clone(),
    };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let reply = match to_bytes(body, BODY_LIMIT).await {
        Err(_) => Some(graph::too_large().reply(&trace)),
        Ok(body) => {
            let body = body.to_vec();
            disturbed(&shared, Incoming { route, method: parts.method, query, headers: parts.headers, body, trace })
                .await
        }
    };
    seen.status = reply.as_ref().map(|reply| reply.status().as_u16());
    shared.state().remember_request(seen);
    reply.unwrap_or_else(|| {
        line.cut();
        Reply::default()
    })
}

/// The reply as the scenario's disturbances leave it; `None` when the connection is to be cut.
async fn disturbed(shared: &Shared, incoming: Incoming) -> Option<Reply> {
    let action = shared.state().take_fault(&incoming.route);
    let at = incoming.trace.at;
    match action {
        None => Some(serve(shared, &incoming, None).await),
        Some(action @ Action::Delay { .. }) => Some(serve(shared, &incoming, Some(action)).await),
        Some(Action::Throttle { retry_after }) => Some(throttled(&incoming.trace, retry_after.as_deref())),
        Some(Action::Answer(answer)) => Some(ready_made(at, answer)),
        Some(Action::Cut { processed }) => {
            if processed {
                serve(shared, &incoming, None).await;
            }
            None
        }
    }
}

fn throttled(trace: &Trace, retry_after: Option<&str>) -> Reply {
    let mut reply = graph::throttled().reply(trace);
    if let Some(value) = retry_after {
        reply::set(&mut reply, header::RETRY_AFTER, value);
    }
    reply
}

fn ready_made(at: crate::base::Timestamp, answer: Answer) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = reply::plain(at, status, &answer.content_type, answer.body);
    if let Some(location) = answer.location {
        reply::set(&mut reply, header::LOCATION, &location);
    }
    reply
}

async fn serve(shared: &Shared, incoming: &Incoming, delay: Option<Action>) -> Reply {
    let delay = delay.as_ref().and_then(Action::delay);
    if let Route::SendMail { user } = &incoming.route {
        return match send_mail(shared, incoming, user, delay).await {
            Ok(reply) => reply,
            Err(refusal) => refusal.reply(&incoming.trace),
        };
    }
    if let Some(delay) = delay {
        shared.clock.sleep(delay).await;
    }
    serve_at_once(shared, incoming)
}

fn serve_at_once(shared: &Shared, incoming: &Incoming) -> Reply {
    let trace = &incoming.trace;
    match &incoming.route {
        Route::Discovery { tenant } => {
            entra::discovery(&shared.state().tenant, tenant, &root(shared, &incoming.headers), trace)
        }
        Route::Instances => entra::instances(&shared.state().tenant, &root(shared, &incoming.headers), trace),
        Route::Token { tenant } => sign_in(shared, incoming, tenant),
        Route::DemoState => status_page::show(&shared.state(), trace.at),
        Route::DemoAdvance => advance(shared, incoming),
        Route::Directory(read) => read_directory(shared, incoming, read).unwrap_or_else(|refusal| refusal.reply(trace)),
        Route::Me => refuse_after_token(shared, incoming, graph::no_person()),
        Route::SendMail { .. } | Route::Unknown(Service::Graph) => {
            refuse_after_token(shared, incoming, graph::unknown_path())
        }
        Route::WrongMethod(Service::Graph) => refuse_after_token(shared, incoming, graph::wrong_method()),
        Route::WrongMethod(Service::Entra) => entra::wrong_method(incoming.method.as_str()).reply(trace),
        Route::WrongMethod(Service::Demo) => status_page::wrong_method(trace.at),
        Route::Unknown(Service::Entra | Service::Demo) => status_page::unknown(trace.at),
    }
}

/// The root as the client sees it: some clients insist on https and reach the tenant through a TLS front.
fn root(shared: &Shared, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match (text("x-forwarded-proto"), text("host")) {
        ("https", host) if !host.is_empty() => format!("https://{host}"),
        _ => shared.base_url.clone(),
    }
}

/// Graph looks at the token before it looks at the path.
fn refuse_after_token(shared: &Shared, incoming: &Incoming, refusal: GraphError) -> Reply {
    let state = shared.state();
    let refusal = graph::caller(&state.issued, &incoming.headers, incoming.trace.at).err().unwrap_or(refusal);
    refusal.reply(&incoming.trace)
}

fn sign_in(shared: &Shared, incoming: &Incoming, tenant: &str) -> Reply {
    let request = TokenRequest::read(&incoming.headers, &incoming.body);
    let mut state = shared.state();
    match entra::sign_in(&state.tenant, tenant, &request, &root(shared, &incoming.headers), &incoming.trace) {
        Ok(issued) => {
            let reply = entra::granted(&issued, &incoming.trace);
            state.remember_token(issued, incoming.trace.at);
            reply
        }
        Err(refusal) => refusal.reply(&incoming.trace),
    }
}

fn read_directory(shared: &Shared, incoming: &Incoming, read: &directory::Read) -> Result<Reply, GraphError> {
    let trace = &incoming.trace;
    let state = shared.state();
    let caller = graph::caller(&state.issued, &incoming.headers, trace.at)?;
    let fields = form_fields(&incoming.query);
    let root = root(shared, &incoming.headers);
    let query = Query { read, fields: &fields, roles: &caller.roles, base_url: &root };
    let body = directory::read(&state.tenant, &query)?;
    Ok(reply::graph(trace, StatusCode::OK, reply::ODATA, body))
}

async fn send_mail(
    shared: &Shared,
    incoming: &Incoming,
    user: &str,
    delay: Option<std::time::Duration>,
) -> Result<Reply, GraphError> {
    let trace = &incoming.trace;
    let caller = graph::caller(&shared.state().issued, &incoming.headers, trace.at)?.clone();
    let message = graph::read_message(&incoming.headers, &incoming.body)?;
    let mailbox = graph::mailbox(&shared.state().tenant, user)?.clone();
    let Some(_sending) = shared.begin_send(mailbox.id) else {
        let mut reply = graph::throttled().reply(trace);
        reply::set(&mut reply, header::RETRY_AFTER, "1");
        return Ok(reply);
    };
    if let Some(delay) = delay {
        shared.clock.sleep(delay).await;
    }
    let mut state = shared.state();
    let allowed = graph::check_send(&state.tenant, &caller, &mailbox, &message, View::InForce(trace.at));
    state.tenant.keep_roles_cached(caller.object_id, trace.at);
    allowed?;
    let test_id = message.headers.iter().find(|(name, _)| name.to_ascii_lowercase().contains("test"));
    state.remember_mail(SentMail {
        at: trace.at,
        from: mailbox.address().to_owned(),
        test_id: test_id.map(|(_, value)| value.clone()),
        to: message.recipients,
        subject: message.subject,
        headers: message.headers,
        save_to_sent_items: message.save_to_sent_items,
        request_id: trace.request_id.to_string(),
        client_request_id: trace.client_request_id.clone(),
    });
    drop(state);
    let mut reply = reply::graph(trace, StatusCode::ACCEPTED, "", String::new());
    reply::set(&mut reply, HeaderName::from_static("content-length"), "0");
    Ok(reply)
}

fn advance(shared: &Shared, incoming: &Incoming) -> Reply {
    let fields = form_fields(&incoming.query);
    let minutes = field(&fields, "minutes").and_then(|text| text.parse::<u32>().ok());
    let Some(minutes) = minutes else {
        let body = json!({ "error": "say how far: POST /demo/advance?minutes=60" });
        return reply::plain(incoming.trace.at, StatusCode::BAD_REQUEST, status_page::JSON, body.to_string());
    };
    shared.advance(std::time::Duration::from_mins(u64::from(minutes)));
    let now = shared.now();
    status_page::show(&shared.state(), now)
}
