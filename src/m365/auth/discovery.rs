//! Looks a tenant up without credentials: does it exist in this cloud, and what is its GUID.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    base::TenantId,
    m365::{Endpoints, Error, Operation, Request, Transport, transport::Body},
};

use super::EntraError;

/// What the OpenID configuration says of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantInfo {
    /// The tenant's GUID, from the issuer.
    pub id: Option<Uuid>,
    /// Region, such as `EU`.
    pub region: Option<String>,
    /// The Graph host of the tenant's cloud, which tells when another cloud was chosen.
    pub graph_host: Option<String>,
}

/// The answer about a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// It exists.
    Found(TenantInfo),
    /// Entra does not know it.
    Refused(Box<EntraError>),
    /// Some other answer, which proves nothing; signing in goes on.
    Unclear(String),
}

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    tenant_region_scope: Option<String>,
    msgraph_host: Option<String>,
    cloud_graph_host_name: Option<String>,
}

/// Asks Entra about `tenant`.
pub async fn discover(transport: &Transport, endpoints: &Endpoints, tenant: &TenantId) -> Result<Discovery, Error> {
    let url = endpoints.openid_configuration(&tenant.to_string());
    let request =
        || Request { operation: Operation::DiscoverTenant, url: url.clone(), bearer: None, body: Body::Empty };
    let reply = transport.call(request).await.result?;
    if reply.status == 200
        && let Ok(wire) = serde_json::from_str::<Wire>(&reply.body)
    {
        let redactor = transport.redactor();
        let scrub = |text: Option<String>| text.map(|text| redactor.excerpt(&text));
        return Ok(Discovery::Found(TenantInfo {
            id: wire.issuer.split('/').find_map(|part| Uuid::try_parse(part).ok()),
            region: scrub(wire.tenant_region_scope),
            graph_host: scrub(wire.msgraph_host.or(wire.cloud_graph_host_name)),
        }));
    }
    match EntraError::parse(reply.status, &reply.body) {
        Some(refusal) if reply.status == 400 && refusal.aadsts.is_some() => {
            Ok(Discovery::Refused(Box::new(refusal.scrubbed(&transport.redactor()))))
        }
        _ => Ok(Discovery::Unclear(format!("HTTP {} {}", reply.status, reply.content_type).trim().to_owned())),
    }
}
