//! What is set up in the demo tenant, in the form in which the administrator's script prints it.

use serde_json::{Map, Value, json};

use crate::{
    demo::{ListedRecipient, Listing, PolicyCheck, Server},
    policy::Desired,
};

/// The mailboxes that are asked about.
pub(super) fn asked(desired: &Desired) -> Vec<String> {
    desired.members.iter().chain(&desired.forbidden).map(ToString::to_string).collect()
}

/// Everything the script's reading step would find, under the names of the result block.
pub(super) fn read(server: &Server, desired: &Desired, listing: &Listing) -> Map<String, Value> {
    let recipient = |found: &ListedRecipient| json!({"name": found.name, "address": found.address, "kind": found.kind, "guid": found.id});
    let group = listing.group.as_ref().map(|group| {
            json!({"name": group.name, "address": group.address, "kind": group.kind, "object_id": group.id, "dn": group.distinguished_name})
        });
    let read = if group.is_some() { "ok" } else { "absent" };
    let members_read = if group.is_some() { "ok" } else { "not_read" };
    let mailboxes: Vec<Value> = listing
        .mailboxes
        .iter()
        .map(|(asked, found)| match found {
            Some(found) => {
                json!({"asked": asked, "read": "ok", "address": found.address, "kind": found.kind, "guid": found.id})
            }
            None => json!({"asked": asked, "read": "absent"}),
        })
        .collect();
    let policies: Vec<Value> = listing
        .policies
        .iter()
        .map(|policy| {
            json!({"identity": policy.identity, "app_id": policy.app_id, "access_right": policy.access_right,
                       "scope_name": policy.scope_name, "is_valid": policy.is_valid})
        })
        .collect();
    let pointers: Vec<Value> = listing
        .pointers
        .iter()
        .map(|entry| json!({"app_id": entry.app_id, "object_id": entry.object_id, "display_name": entry.name}))
        .collect();
    let assignments: Vec<Value> = listing
            .assignments
            .iter()
            .map(|held| {
                json!({"name": held.name, "role": held.role, "assignee": held.assignee, "enabled": true,
                       "scope_kind": held.scope_kind, "resource_scope": held.custom_scope, "group_scope": held.group_scope})
            })
            .collect();
    let scopes: Vec<Value> =
        listing.scopes.iter().map(|scope| json!({"name": scope.name, "filter": scope.filter})).collect();
    let facts = [
        ("group_read", json!(read)),
        ("group", json!(group)),
        ("members_read", json!(members_read)),
        ("members", json!(listing.members.iter().map(recipient).collect::<Vec<_>>())),
        ("mailboxes", json!(mailboxes)),
        ("policies_read", json!("ok")),
        ("policies", json!(policies)),
        ("service_principals_read", json!("ok")),
        ("service_principals", json!(pointers)),
        ("assignments_read", json!("ok")),
        ("assignments", json!(assignments)),
        ("scopes_read", json!("ok")),
        ("scopes", json!(scopes)),
        ("policy_tests", policy_tests(server, desired)),
        ("rbac_tests", rbac_tests(server, desired, listing)),
    ];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn policy_tests(server: &Server, desired: &Desired) -> Value {
    let client = desired.client_id.to_string();
    let tests =
        asked(desired).into_iter().map(|mailbox| match server.test_application_access_policy(&client, &mailbox) {
            Ok(answer) => {
                let granted = answer.access_check_result == PolicyCheck::Granted;
                let raw = if granted { "Granted" } else { "Denied" };
                json!({"mailbox": mailbox, "read": "ok", "app_id": client, "raw": raw, "granted": granted})
            }
            Err(err) => json!({"mailbox": mailbox, "read": "failed", "app_id": client, "error": err.to_string()}),
        });
    tests.collect()
}

fn rbac_tests(server: &Server, desired: &Desired, listing: &Listing) -> Value {
    let client = desired.client_id.to_string();
    let tests = asked(desired).into_iter().map(|mailbox| {
        if listing.pointers.is_empty() {
            return json!({"mailbox": mailbox, "read": "not_registered", "rows": []});
        }
        match server.test_service_principal_authorization(&client, Some(&mailbox)) {
            Ok(rows) => {
                let rows: Vec<Value> = rows
                    .iter()
                    .map(|row| {
                        json!({"role": row.role_name, "permissions": row.granted_permissions.join(", "),
                                   "scope": row.allowed_resource_scope, "in_scope": row.in_scope})
                    })
                    .collect();
                json!({"mailbox": mailbox, "read": "ok", "rows": rows})
            }
            Err(err) => json!({"mailbox": mailbox, "read": "failed", "error": err.to_string()}),
        }
    });
    tests.collect()
}
