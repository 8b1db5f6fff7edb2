//! The sign-in service: tenant discovery and the token endpoint for client credentials.

use axum::http::{HeaderMap, StatusCode};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    reply::{Reply, Trace, entra, to_json},
    tenant::{App, Resource, Tenant},
    token::{self, Issued},
    wire::{field, form_fields, percent_decoded},
};

/// A sign-in that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    code: u32,
    text: String,
}

#[derive(Serialize)]
struct RefusalBody<'a> {
    error: &'a str,
    error_description: String,
    error_codes: [u32; 1],
    timestamp: String,
    trace_id: String,
    correlation_id: String,
    error_uri: String,
}

impl Refusal {
    fn new(error: &'static str, code: u32, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        Self { status, error, code, text: text.into() }
    }

    /// The refusal with its ids, as it goes out.
    pub(super) fn reply(&self, trace: &Trace) -> Reply {
        let timestamp = trace.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let given = trace.client_request_id.as_deref().and_then(|id| Uuid::try_parse(id).ok());
        let correlation_id = given.unwrap_or_else(Uuid::new_v4).to_string();
        let trace_id = trace.request_id.to_string();
        let body = RefusalBody {
            error: self.error,
            error_description: format!(
                "AADSTS{}: {} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}",
                self.code, self.text
            ),
            error_codes: [self.code],
            timestamp,
            trace_id,
            correlation_id,
            error_uri: format!("https://login.microsoftonline.com/error?code={}", self.code),
        };
        entra(trace, self.status, to_json(&body))
    }
}

/// The refusal of a method the endpoint does not know.
pub(super) fn wrong_method(method: &str) -> Refusal {
    Refusal::new(
        "invalid_request",
        900_561,
        format!("The endpoint only accepts POST requests. Received a {method} request."),
    )
}

/// `/.well-known/openid-configuration`
pub(super) fn discovery(tenant: &Tenant, asked: &str, base_url: &str, trace: &Trace) -> Reply {
    let id = match check_tenant(tenant, asked, "invalid_tenant") {
        Ok(()) => tenant.id.to_string(),
        Err(refusal) if refusal.code == SHARED_ENDPOINT => "{tenantid}".to_owned(),
        Err(refusal) => return refusal.reply(trace),
    };
    let body = json!({
        "token_endpoint": format!("{base_url}/{}/oauth2/v2.0/token", if id.starts_with('{') { asked } else { &id }),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base_url}/{asked}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{base_url}/{id}/v2.0"),
        "request_uri_parameter_supported": false,
        "authorization_endpoint": format!("{base_url}/{asked}/oauth2/v2.0/authorize"),
        "http_logout_supported": true,
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    });
    entra(trace, StatusCode::OK, body.to_string())
}

/// `/common/discovery/instance`, which Microsoft's own libraries ask first.
pub(super) fn instances(tenant: &Tenant, base_url: &str, trace: &Trace) -> Reply {
    let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
    let body = json!({
        "tenant_discovery_endpoint": format!("{base_url}/{}/v2.0/.well-known/openid-configuration", tenant.id),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    });
    entra(trace, StatusCode::OK, body.to_string())
}

/// What a token request asks for, from form and `Authorization` header together.
pub(super) struct TokenRequest {
    fields: Vec<(String, String)>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl TokenRequest {
    /// Reads the form; the client may also show itself by HTTP Basic (RFC 6749, section 2.3.1).
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_form = text("content-type").to_ascii_lowercase().starts_with("application/x-www-form-urlencoded");
        let fields = if is_form { form_fields(&String::from_utf8_lossy(body)) } else { Vec::new() };
        let basic = basic_credentials(text("authorization"));
        let (basic_id, basic_secret) = basic.map_or((None, None), |(id, secret)| (Some(id), Some(secret)));
        let own = |name: &str| field(&fields, name).map(str::to_owned);
        Self { client_id: own("client_id").or(basic_id), client_secret: own("client_secret").or(basic_secret), fields }
    }

    fn required(&self, name: &str) -> Result<&str, Refusal> {
        field(&self.fields, name).ok_or_else(|| missing(name))
    }
}

fn basic_credentials(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((percent_decoded(id, true), percent_decoded(secret, true)))
}

/// Signs the application in, or says why not, in the order in which Entra looks.
pub(super) fn sign_in(
    tenant: &Tenant,
    asked: &str,
    request: &TokenRequest,
    base_url: &str,
    trace: &Trace,
) -> Result<Issued, Refusal> {
    check_tenant(tenant, asked, "invalid_request")?;
    let grant_type = request.required("grant_type")?;
    if grant_type != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        return Err(Refusal::new("unsupported_grant_type", 70003, text));
    }
    let client_id = request.client_id.as_deref().ok_or_else(|| missing("client_id"))?;
    let audience = audience(request.required("scope")?)?;
    let app = find_app(tenant, client_id)?;
    check_credential(app, request, trace)?;
    check_presence(tenant, app)?;
    let Some(resource) = resource(audience, base_url) else {
        let text = format!(
            "The resource principal named {audience} was not found in the tenant named {}. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You might have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        return Err(Refusal::new("invalid_resource", 500_011, text));
    };
    Ok(token::issue(tenant, app, resource, audience, trace.at))
}

/// The answer to a sign-in that succeeded.
pub(super) fn granted(issued: &Issued, trace: &Trace) -> Reply {
    let body = TokenBody {
        token_type: "Bearer",
        expires_in: token::LIFETIME_SECONDS,
        ext_expires_in: token::LIFETIME_SECONDS,
        access_token: issued.token().expose(),
    };
    entra(trace, StatusCode::OK, to_json(&body))
}

#[derive(Serialize)]
struct TokenBody<'a> {
    token_type: &'a str,
    expires_in: i64,
    ext_expires_in: i64,
    access_token: &'a str,
}

const SHARED_ENDPOINT: u32 = 9_001_023;

fn check_tenant(tenant: &Tenant, asked: &str, error: &'static str) -> Result<(), Refusal> {
    if tenant.is_named(asked) {
        return Ok(());
    }
    if ["common", "organizations", "consumers"].iter().any(|shared| shared.eq_ignore_ascii_case(asked)) {
        let text = "The grant type is not supported over the /common or /consumers endpoints. \
                    Please use the /organizations or tenant-specific endpoint.";
        return Err(Refusal::new("invalid_request", SHARED_ENDPOINT, text));
    }
    if Uuid::try_parse(asked).is_err() && !is_dns_name(asked) {
        let text =
            format!("Specified tenant identifier '{asked}' is neither a valid DNS name, nor a valid external domain.");
        return Err(Refusal::new("invalid_request", 900_023, text));
    }
    let text = format!(
        "Tenant '{asked}' not found. Check to make sure you have the correct tenant ID and are signing into the \
         correct cloud. Check with your subscription administrator, this may happen if there are no active \
         subscriptions for the tenant."
    );
    Err(Refusal::new(error, 90002, text))
}

fn is_dns_name(text: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    text.contains('.') && text.split('.').all(is_label)
}

fn missing(name: &str) -> Refusal {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    Refusal::new("invalid_request", 900_144, text)
}

/// The resource in front of `/.default`.
fn audience(scope: &str) -> Result<&str, Refusal> {
    let scopes: Vec<&str> = scope.split_whitespace().collect();
    let wrong = |text: String, code| Err(Refusal::new("invalid_scope", code, text));
    match *scopes.as_slice() {
        [single] => match single.strip_suffix("/.default") {
            Some("") => wrong(invalid_scope(scope), 70011),
            Some(resource) => Ok(resource.trim_end_matches('/')),
            None => wrong(
                format!(
                    "The provided value for scope {single} is not valid. Client credential flows must have a scope \
                     value with /.default suffixed to the resource identifier (application ID URI)."
                ),
                1_002_012,
            ),
        },
        _ if scopes.iter().all(|scope| scope.ends_with("/.default")) && !scopes.is_empty() => {
            let text = format!(
                "The provided value for the input parameter 'scope' is not valid because it contains more than one resource. Scope {scope} is not valid."
            );
            wrong(text, 700_022)
        }
        _ => wrong(invalid_scope(scope), 70011),
    }
}

fn invalid_scope(scope: &str) -> String {
    format!("The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.")
}

/// The services a token can be had for. The demo's own address stands for Graph, as clients with an overridden
/// address derive their scope from it.
fn resource(audience: &str, base_url: &str) -> Option<Resource> {
    const GRAPH: &[&str] = &["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];
    const EXCHANGE: &[&str] =
        &["https://outlook.office365.com", "https://outlook.office.com", "00000002-0000-0ff1-ce00-000000000000"];
    let is_in = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(audience));
    if is_in(GRAPH) || audience.eq_ignore_ascii_case(base_url) {
        Some(Resource::Graph)
    } else {
        is_in(EXCHANGE).then_some(Resource::Exchange)
    }
}

fn find_app<'a>(tenant: &'a Tenant, client_id: &str) -> Result<&'a App, Refusal> {
    Uuid::try_parse(client_id).ok().and_then(|id| tenant.app(id)).ok_or_else(|| {
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You may have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        Refusal::new("unauthorized_client", 700_016, text)
    })
}

fn check_credential(app: &App, request: &TokenRequest, trace: &Trace) -> Result<(), Refusal> {
    if field(&request.fields, "client_assertion").is_some() {
        let text = format!(
            "Client assertion contains an invalid signature. [Reason - The key was not found., Please visit the Azure \
             Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{}'.]",
            app.client_id
        );
        return Err(Refusal::new("invalid_client", 700_027, text));
    }
    let Some(given) = request.client_secret.as_deref() else {
        let text =
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
        return Err(Refusal::new("invalid_client", 7_000_216, text));
    };
    let Some(secret) = app.secrets.iter().find(|secret| secret.value.expose() == given) else {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{}'.",
            app.client_id
        );
        return Err(Refusal::new("invalid_client", 7_000_215, text));
    };
    if secret.expires.is_some_and(|expires| expires <= trace.at) {
        let text = format!(
            "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for \
             your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: \
             https://aka.ms/certCreds.",
            app.client_id
        );
        return Err(Refusal::new("invalid_client", 7_000_222, text));
    }
    Ok(())
}

fn check_presence(tenant: &Tenant, app: &App) -> Result<(), Refusal> {
    if !app.present {
        let text = format!(
            "The client application {} is missing service principal in the tenant {}. See instructions here: \
             https://go.microsoft.com/fwlink/?linkid=2225119",
            app.client_id, tenant.id
        );
        return Err(Refusal::new("invalid_client", 7_000_229, text));
    }
    if !app.enabled {
        let text = format!("Application '{}'({}) is disabled.", app.client_id, app.name);
        return Err(Refusal::new("unauthorized_client", 7_000_112, text));
    }
    Ok(())
}
