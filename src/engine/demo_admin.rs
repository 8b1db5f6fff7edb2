//! Plays the administrator of the demo tenant: a script's effect, and the result block the real script would print.

use serde_json::{Map, Value, json};

use crate::{
    base::MailAddress,
    demo::{
        AccessRight, Change, ChangeError, GroupKind, ListedRecipient, Listing, ListingOf, PolicyCheck, RoleScope,
        Server,
    },
    policy::{Desired, Method, RESULT_BEGIN, RESULT_END, RESULT_SCHEMA, Script, ScriptKind, StepId},
};

use super::demo_facts;

/// The role that lets an app send.
const SEND_ROLE: &str = "Application Mail.Send";

/// Carries the script out in the demo tenant. Gives back what the script would have printed, and its exit code.
pub(super) fn run(server: &Server, script: &Script, desired: &Desired) -> (String, i32) {
    let mut admin = Admin { server, desired, facts: Map::new() };
    let method = match script.kind {
        ScriptKind::MigrateAdd | ScriptKind::MigrateFinish | ScriptKind::RemoveRbac => Method::RbacForApplications,
        ScriptKind::RemovePolicy => Method::ApplicationAccessPolicy,
        ScriptKind::Module | ScriptKind::Connect | ScriptKind::Group | ScriptKind::Fence | ScriptKind::Verify => {
            desired.method
        }
    };
    let mut failed = false;
    let mut steps = Vec::new();
    for step in &script.steps {
        let (outcome, detail, error) = if failed {
            ("not_run", String::new(), Value::Null)
        } else {
            match admin.step(step.id, method) {
                Ok(detail) => ("done", detail, Value::Null),
                Err(error) => {
                    failed = true;
                    ("failed", String::new(), Value::String(error))
                }
            }
        };
        steps.push(json!({"id": step.id.name(), "outcome": outcome, "detail": detail, "error": error}));
    }
    let mut block = Map::new();
    block.extend([
        ("schema".to_owned(), json!(RESULT_SCHEMA)),
        ("script".to_owned(), json!(script.kind.name())),
        ("method".to_owned(), json!(method.name())),
        ("what_if".to_owned(), json!(false)),
        ("client_id".to_owned(), json!(desired.client_id.to_string())),
        ("object_id".to_owned(), json!(admin.object_id())),
        ("admin".to_owned(), json!(desired.admin.as_str())),
        ("group_address".to_owned(), json!(desired.group.address.as_str())),
        ("tenant".to_owned(), json!(admin.listing().tenant_id)),
        ("module".to_owned(), json!("demo")),
        ("finished".to_owned(), json!(server.now().to_string())),
        ("steps".to_owned(), Value::Array(steps)),
    ]);
    block.extend(admin.facts);
    // Texts, lists and truths alone: serialising cannot fail.
    let json = serde_json::to_string_pretty(&block).unwrap_or_default();
    (format!("{RESULT_BEGIN}\n{json}\n{RESULT_END}\n"), i32::from(failed))
}

/// Takes `Mail.Send` from the app in the demo's Entra.
pub(super) fn remove_grant(server: &Server, desired: &Desired) -> Result<(), String> {
    let change = Change::RemoveGrant { app_id: desired.client_id.to_string(), role: "Mail.Send".to_owned() };
    server.apply(&change).map(drop).map_err(|err| err.to_string())
}

struct Admin<'a> {
    server: &'a Server,
    desired: &'a Desired,
    facts: Map<String, Value>,
}

/// How a step ended: what it says, or its error.
type Step = Result<String, String>;

impl Admin<'_> {
    fn step(&mut self, step: StepId, method: Method) -> Step {
        match step {
            StepId::PowerShell | StepId::Module => Ok("the demo tenant needs no PowerShell".to_owned()),
            StepId::Connect => Ok(format!("connected as {} (demo)", self.desired.admin)),
            StepId::Group => self.group(),
            StepId::Members => self.members(),
            StepId::PolicyFence => self.policy_fence(),
            StepId::ServicePrincipal => self.service_principal(),
            StepId::Scope => self.scope(),
            StepId::Assignment => self.assignment(),
            StepId::Facts | StepId::FactsAfter => {
                self.facts = demo_facts::read(self.server, self.desired, &self.listing());
                Ok("read what is set up; nothing was changed".to_owned())
            }
            StepId::Verification => self.verification(method),
            StepId::CutOver | StepId::RemovePolicy => self.remove_policies(step),
            StepId::RemoveAssignment => {
                let name = self.desired.assignment_name();
                self.remove(&Change::RemoveRoleAssignment { name }, "the role assignment")
            }
            StepId::RemoveScope => {
                let name = self.desired.scope_name();
                self.remove(&Change::RemoveManagementScope { name }, "the scope")
            }
            StepId::RemoveServicePrincipal => {
                let app = self.desired.client_id.to_string();
                self.remove(&Change::RemoveServicePrincipal { app }, "the app's entry in Exchange")
            }
        }
    }

    fn apply(&self, change: &Change) -> Result<(), String> {
        self.server.apply(change).map(drop).map_err(|err| err.to_string())
    }

    fn listing(&self) -> Listing {
        self.server.listing(ListingOf {
            app_id: &self.desired.client_id.to_string(),
            group: self.desired.group.address.as_str(),
            mailboxes: &demo_facts::asked(self.desired),
        })
    }

    fn object_id(&self) -> String {
        self.desired.enterprise_object_id.map(|object| object.to_string()).unwrap_or_default()
    }

    fn existing_group(&self) -> Result<ListedRecipient, String> {
        let address = &self.desired.group.address;
        let group = self
            .listing()
            .group
            .ok_or_else(|| format!("There is no group {address} yet. Run the step that creates it first."))?;
        if group.kind == "MailUniversalSecurityGroup" {
            return Ok(group);
        }
        Err(format!(
            "{address} exists, but it is a {}. A mail-enabled security group is needed: choose another address, or remove that one first.",
            group.kind
        ))
    }

    fn group(&self) -> Step {
        let wanted = &self.desired.group;
        if self.listing().group.is_some() {
            return self.existing_group().map(|_| format!("the group {} exists already", wanted.address));
        }
        self.apply(&Change::NewGroup {
            name: wanted.name.clone(),
            address: wanted.address.to_string(),
            kind: GroupKind::MailEnabledSecurity,
            members: Vec::new(),
        })?;
        Ok(format!("the group {} was created", wanted.address))
    }

    fn members(&self) -> Step {
        self.existing_group()?;
        let is_in = |listing: &Listing, address: &MailAddress| {
            listing.members.iter().any(|member| member.address.eq_ignore_ascii_case(address.as_str()))
        };
        let before = self.listing();
        let missing: Vec<_> = self.desired.members.iter().filter(|address| !is_in(&before, address)).collect();
        for member in &missing {
            let group = self.desired.group.address.to_string();
            self.apply(&Change::AddMember { group, member: member.to_string() })?;
        }
        if let Some(forbidden) = self.desired.forbidden.iter().find(|address| is_in(&before, address)) {
            return Err(format!("{forbidden} must not be sent as, but is a member of the group. Take it out."));
        }
        Ok(format!("{} permitted senders are members, {} of them new", self.desired.members.len(), missing.len()))
    }

    fn policy_fence(&self) -> Step {
        let group = self.existing_group()?;
        let client = self.desired.client_id.to_string();
        let same = |policy: &crate::demo::ListedPolicy| {
            policy.app_id == client && policy.scope_id == group.id && policy.access_right == "RestrictAccess"
        };
        if self.listing().policies.iter().any(same) {
            return Ok("the policy exists already".to_owned());
        }
        self.apply(&Change::NewAccessPolicy {
            right: AccessRight::RestrictAccess,
            app_id: client,
            scope: self.desired.group.address.to_string(),
        })?;
        Ok("the policy was created; it can take an hour or more until it is in force".to_owned())
    }

    fn service_principal(&self) -> Step {
        let object_id = self.object_id();
        if let Some(known) = self.listing().pointers.first() {
            if known.object_id == object_id {
                return Ok("Exchange knows the app already".to_owned());
            }
            return Err(format!(
                "Exchange knows the app by object id {}, but it should be {object_id}. This cannot be changed: remove that entry, then run this script again.",
                known.object_id
            ));
        }
        self.apply(&Change::NewServicePrincipal {
            app_id: self.desired.client_id.to_string(),
            object_id,
            name: self.desired.app_display_name.clone(),
        })?;
        Ok("the app was made known to Exchange".to_owned())
    }

    fn scope(&self) -> Step {
        self.existing_group()?;
        let name = self.desired.scope_name();
        if self.listing().scopes.iter().any(|scope| scope.name == name) {
            return Ok("the scope exists already".to_owned());
        }
        self.apply(&Change::NewManagementScope { name, group: self.desired.group.address.to_string() })?;
        Ok("the scope was created".to_owned())
    }

    fn assignment(&self) -> Step {
        let (name, scope) = (self.desired.assignment_name(), self.desired.scope_name());
        let held: Vec<_> = self.listing().assignments.into_iter().filter(|held| held.role == SEND_ROLE).collect();
        if held.iter().any(|held| held.custom_scope == scope) {
            return Ok("the role is assigned already".to_owned());
        }
        if let Some(wide) = held.first() {
            return Err(format!(
                "The app holds '{SEND_ROLE}' already, as '{}' ({}). A second, narrower assignment restricts nothing. Remove it first.",
                wide.name, wide.scope_kind
            ));
        }
        self.apply(&Change::NewRoleAssignment {
            name,
            app: self.object_id(),
            role: SEND_ROLE.to_owned(),
            scope: RoleScope::Custom(scope),
        })?;
        Ok("the role was assigned; it can take up to two hours until it is in force".to_owned())
    }

    fn remove_policies(&self, step: StepId) -> Step {
        let client = self.desired.client_id.to_string();
        let mine: Vec<_> = self.listing().policies.into_iter().filter(|policy| policy.app_id == client).collect();
        if step == StepId::CutOver && mine.iter().any(|policy| policy.access_right != "RestrictAccess") {
            return Err("There is a policy that denies access. The scope must leave those people out before it goes."
                .to_owned());
        }
        for policy in &mine {
            let scope = policy.scope_id.clone();
            self.apply(&Change::RemoveAccessPolicy { app_id: client.clone(), scope })?;
        }
        Ok(match mine.len() {
            0 => "there is no Application Access Policy for this app".to_owned(),
            count => format!("{count} policies removed. It takes half an hour or more until that is in force"),
        })
    }

    fn remove(&self, change: &Change, what: &str) -> Step {
        match self.server.apply(change) {
            Ok(_) => Ok(format!("{what} was removed")),
            Err(ChangeError::NotFound { .. }) => Ok(format!("{what} is not there")),
            Err(err) => Err(err.to_string()),
        }
    }

    fn verification(&self, method: Method) -> Step {
        let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
        for address in self.desired.members.iter().chain(&self.desired.forbidden) {
            let granted = match method {
                Method::ApplicationAccessPolicy => self.policy_answer(address.as_str()),
                Method::RbacForApplications => self.role_answer(address.as_str()),
            };
            match granted {
                None => unknown.push(address.as_str()),
                Some(granted) if granted != self.desired.members.contains(address) => wrong.push(address.as_str()),
                Some(_) => {}
            }
        }
        if !wrong.is_empty() {
            return Err(format!("Not as wanted for: {}", wrong.join(", ")));
        }
        if !unknown.is_empty() {
            return Err(format!("No clear answer for: {}", unknown.join(", ")));
        }
        Ok("every answer is as wanted. A real test mail is the last proof: changes take time to come into force"
            .to_owned())
    }

    fn policy_answer(&self, mailbox: &str) -> Option<bool> {
        let client = self.desired.client_id.to_string();
        let answer = self.server.test_application_access_policy(&client, mailbox).ok()?;
        Some(answer.access_check_result == PolicyCheck::Granted)
    }

    fn role_answer(&self, mailbox: &str) -> Option<bool> {
        if self.listing().pointers.is_empty() {
            return Some(false);
        }
        let client = self.desired.client_id.to_string();
        let rows = self.server.test_service_principal_authorization(&client, Some(mailbox)).ok()?;
        let sends = |permissions: &[String]| permissions.iter().any(|permission| permission == "Mail.Send");
        Some(rows.iter().any(|row| sends(&row.granted_permissions) && row.in_scope == Some(true)))
    }
}
