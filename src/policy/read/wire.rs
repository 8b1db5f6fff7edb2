//! The result block as it is written; names as in the scripts under `script/parts`.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Block {
    pub(super) schema: String,
    pub(super) script: String,
    pub(super) what_if: bool,
    pub(super) client_id: String,
    pub(super) object_id: String,
    pub(super) group_address: String,
    pub(super) tenant: String,
    pub(super) module: String,
    pub(super) finished: String,
    #[serde(deserialize_with = "list")]
    pub(super) steps: Vec<BlockStep>,
    pub(super) group_read: String,
    pub(super) group: Option<BlockGroup>,
    pub(super) group_error: Option<String>,
    pub(super) members_read: String,
    #[serde(deserialize_with = "list")]
    pub(super) members: Vec<BlockMember>,
    #[serde(deserialize_with = "list")]
    pub(super) mailboxes: Vec<BlockMailbox>,
    pub(super) policies_read: String,
    pub(super) policies_error: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) policies: Vec<BlockPolicy>,
    pub(super) service_principals_read: String,
    pub(super) service_principals_error: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) service_principals: Vec<BlockServicePrincipal>,
    pub(super) assignments_read: String,
    pub(super) assignments_error: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) assignments: Vec<BlockAssignment>,
    pub(super) scopes_read: String,
    #[serde(deserialize_with = "list")]
    pub(super) scopes: Vec<BlockScope>,
    #[serde(deserialize_with = "list")]
    pub(super) policy_tests: Vec<BlockPolicyTest>,
    #[serde(deserialize_with = "list")]
    pub(super) rbac_tests: Vec<BlockRbacTest>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockStep {
    pub(super) id: String,
    pub(super) outcome: String,
    pub(super) detail: String,
    pub(super) error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockGroup {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) object_id: String,
    pub(super) dn: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockMember {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) guid: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockMailbox {
    pub(super) asked: String,
    pub(super) read: String,
    pub(super) address: String,
    pub(super) kind: String,
    pub(super) guid: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockPolicy {
    pub(super) identity: String,
    pub(super) app_id: String,
    pub(super) access_right: String,
    pub(super) scope_name: String,
    pub(super) is_valid: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockServicePrincipal {
    pub(super) app_id: String,
    pub(super) object_id: String,
    pub(super) display_name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockAssignment {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) enabled: Option<bool>,
    pub(super) scope_kind: String,
    pub(super) resource_scope: String,
    pub(super) group_scope: String,
    pub(super) unit_scope: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockScope {
    pub(super) name: String,
    pub(super) filter: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockPolicyTest {
    pub(super) mailbox: String,
    pub(super) read: String,
    pub(super) app_id: String,
    pub(super) raw: String,
    pub(super) granted: Option<bool>,
    pub(super) error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockRbacTest {
    pub(super) mailbox: String,
    pub(super) read: String,
    #[serde(deserialize_with = "list")]
    pub(super) rows: Vec<BlockRbacRow>,
    pub(super) error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct BlockRbacRow {
    pub(super) role: String,
    pub(super) permissions: String,
    pub(super) scope: String,
    pub(super) in_scope: Option<bool>,
    pub(super) raw: String,
}

/// A list as PowerShell writes it: a list, one object alone, nothing, or a list wrapped in an object.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        Value::Object(mut fields) if fields.contains_key("Count") && fields.contains_key("value") => {
            if let Some(Value::Array(items)) = fields.remove("value") { items } else { Vec::new() }
        }
        other @ (Value::Object(_) | Value::Bool(_) | Value::Number(_) | Value::String(_)) => vec![other],
    };
    items.into_iter().map(|item| serde_json::from_value(item).map_err(serde::de::Error::custom)).collect()
}
