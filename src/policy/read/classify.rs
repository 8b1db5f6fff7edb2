//! From printed objects to facts: which cmdlet printed it is told by its properties.

use super::{ReadBack, ReadContext, ReadNote, Recognised, filter, record::Record, words};
use crate::{
    base::{Field, MailAddress, ObjectId},
    policy::{
        Access, AccessRight, AssignmentScope, FoundAssignment, FoundGroup, FoundMember, FoundPolicy, FoundScope,
        FoundServicePrincipal, Known, PolicyApp, PolicyTest, RbacRow, RbacTest, RecipientKind, ScopeFilter, Truth,
    },
};

/// Puts every record where it belongs; records of other cmdlets are passed over.
pub(super) fn sort_into(back: &mut ReadBack, records: Vec<Record>, context: &ReadContext) {
    let tests = records.iter().filter(|record| kind(record, context) == Some(Recognised::PolicyTest)).count();
    let mut sorter = Sorter { back, context, lone_test: tests == 1 };
    for record in records {
        let Some(kind) = kind(&record, context) else { continue };
        *sorter.back.recognised.entry(kind).or_default() += 1;
        match kind {
            Recognised::PolicyTest => sorter.policy_test(&record),
            Recognised::Policy => sorter.policy(&record),
            Recognised::RbacTest => sorter.rbac_row(&record),
            Recognised::Assignment => sorter.assignment(&record),
            Recognised::Scope => sorter.scope(&record),
            Recognised::ServicePrincipal => sorter.service_principal(&record),
            Recognised::Group => sorter.group(&record),
            Recognised::Member => sorter.member(&record),
        }
    }
}

fn kind(record: &Record, context: &ReadContext) -> Option<Recognised> {
    let printed_by = |cmdlet: &str| record.command.as_ref().is_some_and(|command| command.cmdlet == cmdlet);
    if record.has("accesscheckresult") {
        return Some(Recognised::PolicyTest);
    }
    if record.has("inscope") || record.has("grantedpermissions") {
        return Some(Recognised::RbacTest);
    }
    if record.has("accessright") {
        return Some(Recognised::Policy);
    }
    if record.has("role") && (record.has("roleassignee") || record.has("roleassigneename")) {
        return Some(Recognised::Assignment);
    }
    let recipient = record.has("recipienttype") || record.has("recipienttypedetails") || record.has("grouptype");
    if record.has("recipientfilter") && !recipient {
        return Some(Recognised::Scope);
    }
    if record.has("appid") && (record.has("objectid") || record.has("serviceid")) {
        return Some(Recognised::ServicePrincipal);
    }
    if !recipient {
        return None;
    }
    let wanted_group = context.group.is_some() && address(record) == context.group;
    if record.has("grouptype") || printed_by("Get-DistributionGroup") || wanted_group {
        return Some(Recognised::Group);
    }
    (printed_by("Get-DistributionGroupMember") || context.group.is_some()).then_some(Recognised::Member)
}

struct Sorter<'a> {
    back: &'a mut ReadBack,
    context: &'a ReadContext,
    /// What the person says about the mailbox can be meant for one answer only.
    lone_test: bool,
}

impl Sorter<'_> {
    fn note(&mut self, record: &Record, text: impl Into<String>) {
        self.back.notes.push(ReadNote { line: Some(record.line), text: text.into() });
    }

    fn add<T>(&self, list: &mut Known<T>, item: T) {
        list.items.push(item);
        list.complete = self.context.whole_output;
    }

    fn policy_test(&mut self, record: &Record) {
        let command = record.command.as_ref().filter(|command| command.cmdlet == "Test-ApplicationAccessPolicy");
        let from_command = command.and_then(|command| command.identity.as_deref()).and_then(parse_address);
        let told = self.context.mailbox.clone().filter(|_| self.lone_test);
        let mailbox = record.value("asked").and_then(parse_address).or(from_command).or(told);
        let app_id = record.value("appid").map(str::to_owned);
        let app_id = app_id.or_else(|| command.and_then(|command| command.app_id.clone()));
        let raw = record.shown("accesscheckresult").to_owned();
        let access = record.whole("accesscheckresult").map_or(Access::Unknown, words::access);
        if access == Access::Unknown {
            self.note(record, format!("'{}' is no answer this program knows, so it counts as unknown", short(&raw)));
        }
        if mailbox.is_none() {
            let name = short(record.shown("mailbox"));
            self.note(record, format!("the answer about '{name}' does not say for which address it was asked"));
        }
        self.back.found.policy_tests.push(PolicyTest { mailbox, app_id, access, raw });
    }

    fn rbac_row(&mut self, record: &Record) {
        let command = record.command.as_ref().filter(|command| command.cmdlet == "Test-ServicePrincipalAuthorization");
        let from_command = command.and_then(|command| command.resource.as_deref()).and_then(parse_address);
        let asked = record.value("asked").and_then(parse_address);
        let mailbox = asked.or(from_command).or_else(|| self.context.mailbox.clone());
        let principal = command.and_then(|command| command.identity.clone());
        let row = RbacRow {
            role: record.value("rolename").unwrap_or_default().to_owned(),
            permissions: record.value("grantedpermissions").map(str::to_owned),
            scope: record.shown("allowedresourcescope").to_owned(),
            in_scope: record.whole("inscope").map_or(Truth::Unknown, words::truth),
        };
        if row.in_scope == Truth::Unknown {
            let raw = short(record.shown("inscope"));
            self.note(record, format!("InScope '{raw}' is neither True nor False, so it counts as unknown"));
        }
        if mailbox.is_none() {
            self.note(record, "the line does not say about which mailbox it is; ask with -Resource");
        }
        let tests = &mut self.back.found.rbac_tests;
        let same = |test: &&mut RbacTest| test.mailbox == mailbox && test.principal == principal;
        if let Some(test) = tests.iter_mut().find(same) {
            test.rows.items.push(row);
        } else {
            let rows = Known { items: vec![row], complete: self.context.whole_output };
            tests.push(RbacTest { mailbox, principal, rows });
        }
    }

    fn policy(&mut self, record: &Record) {
        let app = match record.value("appid") {
            Some(text) if text.contains('*') => PolicyApp::All,
            Some(text) => PolicyApp::Id(text.trim_matches(['{', '}']).to_ascii_lowercase()),
            None => PolicyApp::Unknown,
        };
        let right = record.whole("accessright").map_or(AccessRight::Unknown, words::access_right);
        if right == AccessRight::Unknown || app == PolicyApp::Unknown {
            self.note(record, "this policy is not fully readable, so it may be of any kind");
        }
        let policy = FoundPolicy {
            identity: record.shown("identity").to_owned(),
            app,
            right,
            group_id: record.value("identity").and_then(group_id),
            group_name: record.shown("scopename").to_owned(),
            valid: record.whole("isvalid").map_or(Truth::Unknown, words::truth),
        };
        let mut list = std::mem::take(&mut self.back.found.policies);
        self.add(&mut list, policy);
        self.back.found.policies = list;
    }

    fn assignment(&mut self, record: &Record) {
        let assignee = record.value("roleassignee").or_else(|| record.value("roleassigneename"));
        let assignment = FoundAssignment {
            name: record.shown("name").to_owned(),
            role: record.value("role").unwrap_or_default().to_owned(),
            assignee: assignee.unwrap_or_default().to_owned(),
            enabled: record.whole("enabled").map_or(Truth::Unknown, words::truth),
            scope: assignment_scope(
                record.whole("recipientwritescope"),
                record.whole("customresourcescope"),
                record.value("recipientgroupscope"),
                record.value("recipientadministrativeunitscope"),
            ),
        };
        if assignment.scope == AssignmentScope::Unknown {
            self.note(
                record,
                "the scope of this role assignment is not readable; list CustomResourceScope and RecipientWriteScope",
            );
        }
        let mut list = std::mem::take(&mut self.back.found.assignments);
        self.add(&mut list, assignment);
        self.back.found.assignments = list;
    }

    fn scope(&mut self, record: &Record) {
        let filter = record.value("recipientfilter").map_or(ScopeFilter::Unknown, filter::parse);
        let scope = FoundScope { name: record.value("name").unwrap_or_default().to_owned(), filter };
        let mut list = std::mem::take(&mut self.back.found.scopes);
        self.add(&mut list, scope);
        self.back.found.scopes = list;
    }

    fn service_principal(&mut self, record: &Record) {
        let object_id = record.value("objectid").or_else(|| record.value("serviceid"));
        let entry = FoundServicePrincipal {
            app_id: record.value("appid").unwrap_or_default().to_ascii_lowercase(),
            object_id: object_id.unwrap_or_default().to_ascii_lowercase(),
            display_name: record.shown("displayname").to_owned(),
        };
        let mut list = std::mem::take(&mut self.back.found.service_principals);
        self.add(&mut list, entry);
        self.back.found.service_principals = list;
    }

    fn group(&mut self, record: &Record) {
        self.back.found.groups.push(FoundGroup {
            exists: Truth::Yes,
            name: record.shown("name").to_owned(),
            address: address(record),
            object_id: record.value("externaldirectoryobjectid").and_then(ObjectId::parse),
            distinguished_name: record.value("distinguishedname").map(str::to_owned),
            kind: recipient_kind(record),
            members: Known::default(),
        });
    }

    fn member(&mut self, record: &Record) {
        let command = record.command.as_ref().filter(|command| command.cmdlet == "Get-DistributionGroupMember");
        let from_command = command.and_then(|command| command.identity.as_deref()).and_then(parse_address);
        let Some(group) = from_command.or_else(|| self.context.group.clone()) else {
            self.note(record, "the list does not say of which group this is a member");
            return;
        };
        let member = FoundMember {
            name: record.shown("name").to_owned(),
            address: address(record),
            sign_in_name: None,
            guid: record.value("guid").map(str::to_ascii_lowercase),
            kind: recipient_kind(record),
        };
        let complete = self.context.whole_output;
        let groups = &mut self.back.found.groups;
        if let Some(known) = groups.iter_mut().find(|known| known.address.as_ref() == Some(&group)) {
            known.members.items.push(member);
            known.members.complete = complete;
        } else {
            let members = Known { items: vec![member], complete };
            groups.push(FoundGroup { exists: Truth::Yes, address: Some(group), members, ..FoundGroup::default() });
        }
    }
}

/// What an assignment is limited to; `None` stands for a property that is missing or cut.
pub(super) fn assignment_scope(
    write_scope: Option<&str>,
    resource_scope: Option<&str>,
    group: Option<&str>,
    unit: Option<&str>,
) -> AssignmentScope {
    if let Some(group) = group {
        return AssignmentScope::Group(group.to_owned());
    }
    if let Some(unit) = unit {
        return AssignmentScope::Unit(unit.to_owned());
    }
    let named = resource_scope.filter(|name| !name.is_empty());
    match (write_scope.map(|word| word.trim().to_ascii_lowercase()).as_deref(), named) {
        (Some("administrativeunit"), Some(unit)) => AssignmentScope::Unit(unit.to_owned()),
        (Some("customrecipientscope") | None, Some(name)) => AssignmentScope::Scope(name.to_owned()),
        (Some("organization"), None) => AssignmentScope::Organization,
        _ => AssignmentScope::Unknown,
    }
}

/// The object id of a policy's group: what stands behind the last semicolon of its identity.
pub(super) fn group_id(identity: &str) -> Option<ObjectId> {
    identity.rsplit_once(';').and_then(|(_, id)| ObjectId::parse(id))
}

fn recipient_kind(record: &Record) -> RecipientKind {
    let words = ["recipienttypedetails", "grouptype", "recipienttype"];
    let kinds = words.iter().filter_map(|name| record.value(name)).map(RecipientKind::from_word);
    kinds.into_iter().find(|kind| *kind != RecipientKind::Unknown).unwrap_or_default()
}

fn address(record: &Record) -> Option<MailAddress> {
    record.value("primarysmtpaddress").and_then(parse_address)
}

pub(super) fn parse_address(text: &str) -> Option<MailAddress> {
    MailAddress::parse(Field::Recipient, text).ok().map(|parsed| parsed.value)
}

/// What is shown of a foreign text.
fn short(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(60).collect()
}
