//! Graph: who is calling, and `sendMail` with its checks in Graph's order.

use axum::http::{HeaderMap, StatusCode};

use super::{
    access::{Caller, Decision, decide},
    message::{self, Message},
    mime,
    propagation::View,
    reply::{GraphError, Origin},
    tenant::{Tenant, User, same_text},
    token::{Issued, TokenFault, recognise},
};

/// Mails one application may submit at a time from one mailbox.
pub(super) const MAILBOX_CONCURRENCY: usize = 4;

/// The application behind the bearer token.
pub(super) fn caller<'a>(
    issued: &'a [Issued],
    headers: &HeaderMap,
    at: crate::base::Timestamp,
) -> Result<&'a Issued, GraphError> {
    let authorization = headers.get("authorization").map(|value| value.to_str().unwrap_or("Bearer ?"));
    recognise(issued, authorization, at).map_err(refused_token)
}

fn refused_token(fault: TokenFault) -> GraphError {
    GraphError::gateway(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", fault.message())
}

/// Reads the body in either of its two forms.
pub(super) fn read_message(headers: &HeaderMap, body: &[u8]) -> Result<Message, GraphError> {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "application/json" => message::read(body),
        "text/plain" => mime::read(body),
        "" => Err(GraphError::gateway(
            StatusCode::BAD_REQUEST,
            "RequestBodyRead",
            "A missing or empty content type header was found when trying to read a message. The content type header \
             is required.",
        )),
        other => Err(GraphError::gateway(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "RequestBodyRead",
            format!("The content type '{other}' is not supported by the operation 'sendMail'."),
        )),
    }
}

/// The mailbox behind the path. No such person, and a person without a mailbox, are two different answers.
pub(super) fn mailbox<'a>(tenant: &'a Tenant, text: &str) -> Result<&'a User, GraphError> {
    let user = tenant.user(text).ok_or_else(|| {
        let text = format!("The requested user '{text}' is invalid.");
        GraphError::exchange(StatusCode::NOT_FOUND, "ErrorInvalidUser", text)
    })?;
    if user.has_mailbox() {
        return Ok(user);
    }
    let text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
    Err(GraphError::exchange(StatusCode::NOT_FOUND, "MailboxNotEnabledForRESTAPI", text))
}

/// May this application send this mail from this mailbox?
pub(super) fn check_send(
    tenant: &Tenant,
    caller: &Issued,
    mailbox: &User,
    message: &Message,
    view: View,
) -> Result<(), GraphError> {
    if tenant.payload_first {
        message::check_content(message)?;
    }
    let caller = Caller { client_id: caller.client_id, object_id: caller.object_id, roles: &caller.roles };
    let denied = |text: &str| Err(GraphError::exchange(StatusCode::FORBIDDEN, "ErrorAccessDenied", text));
    match decide(tenant, caller, mailbox, view) {
        Decision::Accepted => {}
        Decision::BlockedByPolicy => {
            return denied(
                "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
            );
        }
        Decision::AccessDenied => return denied("Access is denied. Check credentials and try again."),
    }
    message::check_content(message)?;
    if message.from.as_deref().is_some_and(|from| !is_own_address(mailbox, from)) {
        let text = "The user account which was used to submit this request does not have the right to send mail on \
                    behalf of the specified sending account., Cannot submit message.";
        return Err(GraphError::exchange(StatusCode::FORBIDDEN, "ErrorSendAsDenied", text));
    }
    if mailbox.restricted {
        let text = "Account suspended. Follow the instructions in your Inbox to verify your account.";
        return Err(GraphError::exchange(StatusCode::FORBIDDEN, "ErrorAccountSuspend", text));
    }
    Ok(())
}

fn is_own_address(mailbox: &User, from: &str) -> bool {
    same_text(mailbox.address(), from) || same_text(&mailbox.upn, from)
}

/// More mails at a time than one mailbox takes.
pub(super) fn throttled() -> GraphError {
    GraphError::exchange(
        StatusCode::TOO_MANY_REQUESTS,
        "ApplicationThrottled",
        "Application is over its MailboxConcurrency limit.",
    )
}

/// A path under `/v1.0` that leads nowhere.
pub(super) fn unknown_path() -> GraphError {
    GraphError::gateway(StatusCode::NOT_FOUND, "ResourceNotFound", "Resource could not be discovered.")
}

/// A known path with a method it does not take.
pub(super) fn wrong_method() -> GraphError {
    let text = "The OData request is not supported.";
    GraphError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "ErrorInvalidRequest",
        message: text.to_owned(),
        origin: Origin::Exchange,
    }
}

/// `/me`, asked for by an application.
pub(super) fn no_person() -> GraphError {
    let text = "/me request is only valid with delegated authentication flow.";
    GraphError::gateway(StatusCode::BAD_REQUEST, "BadRequest", text)
}

/// More than Graph reads.
pub(super) fn too_large() -> GraphError {
    let text = "The request entity is larger than the service accepts.";
    GraphError::gateway(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", text)
}
