//! The result block of our own scripts: JSON between two marks, wherever in a transcript it stands.

use super::{
    LONGEST_AGE, ReadBack, ReadContext, ReadError, ReadNote, Recognised, ScriptRun, StepOutcome, StepRun,
    classify::{assignment_scope, group_id, parse_address, short},
    filter,
    json::joined,
    wire::{
        Block, BlockAssignment, BlockMailbox, BlockPolicy, BlockPolicyTest, BlockRbacTest, BlockScope,
        BlockServicePrincipal,
    },
    words,
};
use uuid::Uuid;

use crate::{
    base::{ClientId, ObjectId, Timestamp},
    policy::{
        Access, Found, FoundAssignment, FoundGroup, FoundMailbox, FoundMember, FoundPolicy, FoundScope,
        FoundServicePrincipal, Known, PolicyApp, PolicyTest, RESULT_BEGIN, RESULT_END, RESULT_SCHEMA, RbacRow,
        RbacTest, RecipientKind, ScopeFilter, StepId, Truth,
    },
};

/// Reads every block in `text`, the newest one on top; of two that ended at the same time, the last one.
pub(super) fn read(text: &str, context: &ReadContext) -> Result<ReadBack, ReadError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    let mut offset = 0;
    while let Some(at) = rest.find(RESULT_BEGIN) {
        let line = text.get(..offset + at).unwrap_or_default().matches('\n').count() + 1;
        let from = at + RESULT_BEGIN.len();
        let body = rest.get(from..).unwrap_or_default();
        let end = body.find(RESULT_END).ok_or(ReadError::BlockCutOff { line })?;
        let inside = body.get(..end).unwrap_or_default();
        if inside.contains(RESULT_BEGIN) {
            return Err(ReadError::BlockCutOff { line });
        }
        let unreadable = |reason: String| ReadError::BlockUnreadable { line, reason };
        let block: Block = serde_json::from_str(joined(inside).trim()).map_err(|err| unreadable(err.to_string()))?;
        if block.schema != RESULT_SCHEMA {
            return Err(unreadable("it was made by another version of this program".to_owned()));
        }
        blocks.push(block);
        let next = from + end;
        offset += next;
        rest = rest.get(next..).unwrap_or_default();
    }
    blocks.sort_by_key(Block::ended);
    let mut back = ReadBack::default();
    for block in blocks {
        take(&mut back, block, context)?;
    }
    Ok(back)
}

fn take(back: &mut ReadBack, block: Block, context: &ReadContext) -> Result<(), ReadError> {
    let client_id = ClientId::parse(&block.client_id).ok().map(|parsed| parsed.value);
    if context.client_id.is_some() && client_id != context.client_id {
        return Err(ReadError::OtherApp(block.client_id));
    }
    let tenant = block.tenant.trim().to_ascii_lowercase();
    if let Ok(found) = Uuid::try_parse(&tenant)
        && let Some(wanted) = context.tenants.iter().find(|wanted| **wanted != found)
    {
        return Err(ReadError::OtherTenant { found, wanted: *wanted });
    }
    if let Some(reason) = context.now.and_then(|now| outdated(block.ended(), now)) {
        back.notes.push(ReadNote { line: None, text: reason.clone() });
        back.outdated = Some(reason);
        return Ok(());
    }
    back.tenants.insert(tenant);
    back.outdated = None;
    back.run = Some(block.run(client_id));
    for (name, text) in block.errors() {
        back.notes.push(ReadNote { line: None, text: format!("{name} could not be read: {text}") });
    }
    for text in block.contradictions() {
        back.notes.push(ReadNote { line: None, text });
    }
    for (what, count) in block.counts() {
        if count > 0 {
            *back.recognised.entry(what).or_default() += count;
        }
    }
    back.found.absorb(block.found());
    Ok(())
}

/// Why a result that ended then proves nothing now.
fn outdated(finished: Option<Timestamp>, now: Timestamp) -> Option<String> {
    const NOT_USED: &str = "so it is not used: run the script again and read its new result";
    let Some(finished) = finished else {
        return Some(format!("the result does not say when the script ended, {NOT_USED}"));
    };
    let age = now.duration_since(finished);
    if age.unsigned_abs() <= LONGEST_AGE {
        return None;
    }
    if age.is_negative() {
        return Some(format!(
            "the script ended in the future ({finished}): a clock is wrong and its age is not known, {NOT_USED}"
        ));
    }
    let ago = match age.as_hours() / 24 {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    Some(format!("the script ended {ago} ago ({finished}), and what is set up may have changed since, {NOT_USED}"))
}

impl Block {
    fn ended(&self) -> Option<Timestamp> {
        self.finished.parse().ok()
    }

    fn run(&self, client_id: Option<ClientId>) -> ScriptRun {
        let steps = self.steps.iter().map(|step| StepRun {
            step: StepId::from_name(&step.id),
            outcome: match step.outcome.as_str() {
                "done" => StepOutcome::Done,
                "skipped" => StepOutcome::Skipped,
                "failed" => StepOutcome::Failed,
                "not_run" => StepOutcome::NotRun,
                _ => StepOutcome::Unknown,
            },
            detail: step.detail.clone(),
            error: step.error.clone().filter(|text| !text.is_empty()),
        });
        ScriptRun {
            script: self.script.clone(),
            what_if: self.what_if,
            client_id,
            object_id: ObjectId::parse(&self.object_id),
            tenant: self.tenant.clone(),
            finished: self.ended(),
            module: self.module.clone(),
            steps: steps.collect(),
        }
    }

    fn errors(&self) -> Vec<(String, &str)> {
        let lists = [
            ("the group", &self.group_error),
            ("the policies", &self.policies_error),
            ("the app's entry in Exchange", &self.service_principals_error),
            ("the role assignments", &self.assignments_error),
        ];
        let lists = lists.into_iter().map(|(name, text)| (name.to_owned(), text));
        let tests = self.policy_tests.iter().map(|test| (&test.mailbox, &test.error));
        let tests = tests.chain(self.rbac_tests.iter().map(|test| (&test.mailbox, &test.error)));
        let tests = tests.map(|(mailbox, text)| (format!("the answer about {mailbox}"), text));
        lists.chain(tests).filter_map(|(name, text)| Some((name, text.as_deref()?))).collect()
    }

    /// Answers whose word and meaning contradict each other.
    fn contradictions(&self) -> impl Iterator<Item = String> {
        let tests = self.policy_tests.iter().filter(|test| {
            let by_word = words::access(&test.raw).truth();
            test.read == "ok" && by_word == truth(test.granted).negated() && by_word != Truth::Unknown
        });
        tests.map(|test| {
            format!(
                "the answer about {} contradicts itself ('{}'), so it counts as unknown",
                test.mailbox,
                short(&test.raw)
            )
        })
    }

    fn counts(&self) -> [(Recognised, usize); 8] {
        [
            (Recognised::PolicyTest, self.policy_tests.len()),
            (Recognised::Policy, self.policies.len()),
            (Recognised::RbacTest, self.rbac_tests.len()),
            (Recognised::Assignment, self.assignments.len()),
            (Recognised::Scope, self.scopes.len()),
            (Recognised::ServicePrincipal, self.service_principals.len()),
            (Recognised::Group, usize::from(self.group.is_some())),
            (Recognised::Member, self.members.len()),
        ]
    }

    fn found(self) -> Found {
        let client_id = self.client_id.to_ascii_lowercase();
        let registered = !self.service_principals.is_empty();
        Found {
            groups: self.group().into_iter().collect(),
            mailboxes: self.mailboxes.iter().filter_map(mailbox).collect(),
            policies: Known { items: self.policies.iter().map(policy).collect(), complete: self.policies_read == "ok" },
            service_principals: Known {
                items: self.service_principals.iter().map(service_principal).collect(),
                complete: self.service_principals_read == "ok",
            },
            assignments: Known {
                items: self.assignments.iter().map(|held| assignment(held, &client_id)).collect(),
                complete: self.assignments_read == "ok",
            },
            scopes: Known { items: self.scopes.iter().map(scope).collect(), complete: self.scopes_read == "ok" },
            policy_tests: self.policy_tests.iter().flat_map(policy_tests).collect(),
            rbac_tests: self.rbac_tests.iter().map(|test| rbac_test(test, &client_id, registered)).collect(),
            ..Found::default()
        }
    }

    fn group(&self) -> Option<FoundGroup> {
        let wanted = parse_address(&self.group_address)?;
        if self.group_read == "absent" {
            return Some(FoundGroup { exists: Truth::No, address: Some(wanted), ..FoundGroup::default() });
        }
        let group = self.group.as_ref()?;
        let members = self.members.iter().map(|member| FoundMember {
            name: member.name.clone(),
            address: parse_address(&member.address),
            sign_in_name: None,
            guid: some(&member.guid),
            kind: RecipientKind::from_word(&member.kind),
        });
        Some(FoundGroup {
            exists: Truth::Yes,
            name: group.name.clone(),
            address: parse_address(&group.address).or(Some(wanted)),
            object_id: ObjectId::parse(&group.object_id),
            distinguished_name: some(&group.dn),
            kind: RecipientKind::from_word(&group.kind),
            members: Known { items: members.collect(), complete: self.members_read == "ok" },
        })
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn truth(value: Option<bool>) -> Truth {
    value.map_or(Truth::Unknown, Truth::of)
}

fn mailbox(mailbox: &BlockMailbox) -> Option<FoundMailbox> {
    Some(FoundMailbox {
        asked: parse_address(&mailbox.asked)?,
        exists: match mailbox.read.as_str() {
            "ok" => Truth::Yes,
            "absent" => Truth::No,
            _ => Truth::Unknown,
        },
        primary: parse_address(&mailbox.address),
        guid: some(&mailbox.guid),
        kind: RecipientKind::from_word(&mailbox.kind),
    })
}

fn policy(policy: &BlockPolicy) -> FoundPolicy {
    FoundPolicy {
        identity: policy.identity.clone(),
        app: match policy.app_id.as_str() {
            "" => PolicyApp::Unknown,
            id if id.contains('*') => PolicyApp::All,
            id => PolicyApp::Id(id.to_ascii_lowercase()),
        },
        right: words::access_right(&policy.access_right),
        group_id: group_id(&policy.identity),
        group_name: policy.scope_name.clone(),
        valid: truth(policy.is_valid),
    }
}

fn service_principal(entry: &BlockServicePrincipal) -> FoundServicePrincipal {
    FoundServicePrincipal {
        app_id: entry.app_id.to_ascii_lowercase(),
        object_id: entry.object_id.to_ascii_lowercase(),
        display_name: entry.display_name.clone(),
    }
}

/// Only the app's own assignments are asked for, whatever name they are printed under.
fn assignment(assignment: &BlockAssignment, client_id: &str) -> FoundAssignment {
    let group = some(&assignment.group_scope);
    let unit = some(&assignment.unit_scope);
    FoundAssignment {
        name: assignment.name.clone(),
        role: assignment.role.clone(),
        assignee: client_id.to_owned(),
        enabled: truth(assignment.enabled),
        scope: assignment_scope(
            Some(&assignment.scope_kind),
            Some(&assignment.resource_scope),
            group.as_deref(),
            unit.as_deref(),
        ),
    }
}

fn scope(scope: &BlockScope) -> FoundScope {
    let filter = some(&scope.filter).map_or(ScopeFilter::Unknown, |text| filter::parse(&text));
    FoundScope { name: scope.name.clone(), filter }
}

/// An answer; one that contradicts itself is two that contradict each other.
fn policy_tests(test: &BlockPolicyTest) -> Vec<PolicyTest> {
    let by_word = words::access(&test.raw);
    let by_script = Access::from_truth(truth(test.granted));
    let answers = match (by_word, by_script) {
        _ if test.read != "ok" => vec![Access::Unknown],
        (Access::Granted, Access::Denied) | (Access::Denied, Access::Granted) => vec![by_word, by_script],
        (word, Access::Unknown) => vec![word],
        (_, script) => vec![script],
    };
    let said = |access| PolicyTest {
        mailbox: parse_address(&test.mailbox),
        app_id: some(&test.app_id),
        access,
        raw: test.raw.clone(),
    };
    answers.into_iter().map(said).collect()
}

/// `registered` when the block lists an entry of the app.
fn rbac_test(test: &BlockRbacTest, client_id: &str, registered: bool) -> RbacTest {
    let rows = test.rows.iter().map(|row| RbacRow {
        role: row.role.clone(),
        permissions: some(&row.permissions),
        scope: row.scope.clone(),
        in_scope: match (truth(row.in_scope), words::truth(&row.raw)) {
            (Truth::Yes, Truth::No) | (Truth::No, Truth::Yes) => Truth::Unknown,
            (script, _) => script,
        },
    });
    let complete = match test.read.as_str() {
        "ok" => true,
        "not_registered" => !registered && test.rows.is_empty(),
        _ => false,
    };
    RbacTest {
        mailbox: parse_address(&test.mailbox),
        principal: some(client_id),
        rows: Known { items: rows.collect(), complete },
    }
}
