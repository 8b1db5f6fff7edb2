//! From printed objects to facts: which cmdlet printed it is told by its properties.

use std::collections::BTreeSet;

use super::{
    ReadBack, ReadContext, ReadNote, Recognised,
    command::{Argument, CommandLine},
    extent::{Extents, Listed},
    filter,
    record::Record,
    words,
};
use crate::{
    base::{Field, MailAddress, ObjectId},
    policy::{
        Access, AccessRight, AssignmentScope, FoundAssignment, FoundGroup, FoundMember, FoundPolicy, FoundScope,
        FoundServicePrincipal, Known, PolicyApp, PolicyTest, RbacRow, RbacTest, RecipientKind, ScopeFilter, Truth,
    },
};

/// Puts every record where it belongs; records of other cmdlets are passed over.
pub(super) fn sort_into(back: &mut ReadBack, records: Vec<Record>, context: &ReadContext) {
    let records: Vec<_> = records.into_iter().map(|record| (kind(&record, context), record)).collect();
    let of = |wanted: Recognised| {
        records.iter().filter(move |(kind, _)| *kind == Some(wanted)).map(|(_, record)| record).collect::<Vec<_>>()
    };
    let mut sorter = Sorter {
        context,
        extents: Extents::of(&records, context),
        lone_test: of(Recognised::PolicyTest).len() == 1,
        lone_rows: is_one_answer(&of(Recognised::RbacTest)),
        lone_members: is_one_output(&of(Recognised::Member)),
        narrowed: BTreeSet::new(),
        back,
        policies: Listed::default(),
        entries: Listed::default(),
        assignments: Listed::default(),
        scopes: Listed::default(),
        members: Vec::new(),
        rows: Vec::new(),
    };
    for (kind, record) in &records {
        let Some(kind) = *kind else { continue };
        *sorter.back.recognised.entry(kind).or_default() += 1;
        match kind {
            Recognised::PolicyTest => sorter.policy_test(record),
            Recognised::Policy => sorter.policy(record),
            Recognised::RbacTest => sorter.rbac_row(record),
            Recognised::Assignment => sorter.assignment(record),
            Recognised::Scope => sorter.scope(record),
            Recognised::ServicePrincipal => sorter.service_principal(record),
            Recognised::Group => sorter.group(record),
            Recognised::Member => sorter.member(record),
        }
    }
    sorter.finish();
}

fn kind(record: &Record, context: &ReadContext) -> Option<Recognised> {
    let printed_by = |cmdlet: &str| record.command.as_ref().is_some_and(|command| command.cmdlet == Some(cmdlet));
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
    // What another command printed is no member of anything.
    let listed = printed_by("Get-DistributionGroupMember") || (context.group.is_some() && record.command.is_none());
    listed.then_some(Recognised::Member)
}

/// True when these stand in one list, table or JSON value, so that what the person says can be meant for all of them.
fn is_one_output(records: &[&Record]) -> bool {
    let outputs: BTreeSet<usize> = records.iter().map(|record| record.output).collect();
    outputs.len() == 1
}

/// True when these lines are one answer: it has each of its lines once.
fn is_one_answer(rows: &[&Record]) -> bool {
    let line = |row: &Record| {
        ["rolename", "grantedpermissions", "allowedresourcescope", "scopetype"].map(|name| row.shown(name).to_owned())
    };
    let lines: BTreeSet<_> = rows.iter().map(|row| line(row)).collect();
    is_one_output(rows) && lines.len() == rows.len()
}

struct Sorter<'a> {
    back: &'a mut ReadBack,
    context: &'a ReadContext,
    extents: Extents,
    /// What the person says about the mailbox can be meant for one answer only.
    lone_test: bool,
    lone_rows: bool,
    /// The same of the group whose members are listed.
    lone_members: bool,
    /// Commands that were said to show only a part.
    narrowed: BTreeSet<usize>,
    policies: Listed<FoundPolicy>,
    entries: Listed<FoundServicePrincipal>,
    assignments: Listed<FoundAssignment>,
    scopes: Listed<FoundScope>,
    members: Vec<(MailAddress, Listed<FoundMember>)>,
    rows: Vec<(Option<MailAddress>, Option<String>, Listed<RbacRow>)>,
}

impl Sorter<'_> {
    fn note(&mut self, record: &Record, text: impl Into<String>) {
        self.back.notes.push(ReadNote { line: Some(record.line), text: text.into() });
    }

    fn finish(self) {
        let found = &mut self.back.found;
        found.policies = self.policies.known();
        found.service_principals = self.entries.known();
        found.assignments = self.assignments.known();
        found.scopes = self.scopes.known();
        let tests = self.rows.into_iter();
        found.rbac_tests =
            tests.map(|(mailbox, principal, rows)| RbacTest { mailbox, principal, rows: rows.known() }).collect();
        for (group, members) in self.members {
            let members = members.known();
            match found.groups.iter_mut().find(|known| known.address.as_ref() == Some(&group)) {
                Some(known) => known.members = members,
                None => found.groups.push(FoundGroup {
                    exists: Truth::Yes,
                    address: Some(group),
                    members,
                    ..FoundGroup::default()
                }),
            }
        }
    }

    /// Whether what is absent beside this record is absent: the person says so, and nothing speaks against it.
    fn is_whole(&mut self, kind: Recognised, record: &Record) -> bool {
        let whole = self.extents.is_whole(kind, record);
        if self.context.whole_output && !whole && self.narrowed.insert(record.run) {
            self.note(
                record,
                format!(
                    "this is not all that {} has to show, so what is missing here proves nothing; paste the whole output of the command as this step shows it",
                    kind.cmdlet()
                ),
            );
        }
        whole && self.context.whole_output
    }

    fn policy_test(&mut self, record: &Record) {
        let command = record.command.as_ref().filter(|command| printed(command, Recognised::PolicyTest));
        let from_command = command.and_then(|command| command.identity.text()).and_then(parse_address);
        let from_command = from_command.filter(|asked| self.answers(record, command, asked));
        let told = self.context.mailbox.clone().filter(|told| self.lone_test && names_nobody_but(record, told));
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

    /// Whether an answer may be the one to a command about `asked`: the only one, of the same app, naming nobody else.
    fn answers(&self, record: &Record, command: Option<&CommandLine>, asked: &MailAddress) -> bool {
        let alone = self.extents.count(Recognised::PolicyTest, record) == 1;
        let app = command.and_then(|command| command.app_id.as_deref()).zip(record.value("appid"));
        let same_app = app.is_none_or(|(asked, shown)| asked.eq_ignore_ascii_case(shown));
        alone && same_app && names_nobody_but(record, asked)
    }

    fn rbac_row(&mut self, record: &Record) {
        let command = record.command.as_ref().filter(|command| printed(command, Recognised::RbacTest));
        let from_command = command.and_then(|command| command.resource.text()).and_then(parse_address);
        let asked = record.value("asked").and_then(parse_address);
        let told = self.context.mailbox.clone().filter(|_| self.lone_rows);
        let mailbox = asked.or(from_command).or(told);
        let principal = command.and_then(|command| command.identity.text()).map(str::to_owned);
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
        let whole = self.is_whole(Recognised::RbacTest, record);
        let same = |(known, who, _): &&mut (Option<MailAddress>, Option<String>, Listed<RbacRow>)| {
            *known == mailbox && *who == principal
        };
        if let Some((_, _, rows)) = self.rows.iter_mut().find(same) {
            rows.add(row, whole);
        } else {
            let mut rows = Listed::default();
            rows.add(row, whole);
            self.rows.push((mailbox, principal, rows));
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
        let whole = self.is_whole(Recognised::Policy, record);
        self.policies.add(policy, whole);
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
        let whole = self.is_whole(Recognised::Assignment, record);
        self.assignments.add(assignment, whole);
    }

    fn scope(&mut self, record: &Record) {
        let filter = record.value("recipientfilter").map_or(ScopeFilter::Unknown, filter::parse);
        let scope = FoundScope { name: record.value("name").unwrap_or_default().to_owned(), filter };
        let whole = self.context.whole_output && self.extents.is_whole(Recognised::Scope, record);
        self.scopes.add(scope, whole);
    }

    fn service_principal(&mut self, record: &Record) {
        let object_id = record.value("objectid").or_else(|| record.value("serviceid"));
        let entry = FoundServicePrincipal {
            app_id: record.value("appid").unwrap_or_default().to_ascii_lowercase(),
            object_id: object_id.unwrap_or_default().to_ascii_lowercase(),
            display_name: record.shown("displayname").to_owned(),
        };
        let whole = self.is_whole(Recognised::ServicePrincipal, record);
        self.entries.add(entry, whole);
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
        let Some(group) = self.group_of(record) else {
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
        let whole = self.is_whole(Recognised::Member, record);
        if let Some((_, members)) = self.members.iter_mut().find(|(known, _)| *known == group) {
            members.add(member, whole);
        } else {
            let mut members = Listed::default();
            members.add(member, whole);
            self.members.push((group, members));
        }
    }

    /// The group whose member a record is: as its command names it, or as the person says where no command stands above.
    fn group_of(&self, record: &Record) -> Option<MailAddress> {
        let Some(command) = &record.command else {
            return self.context.group.clone().filter(|_| self.lone_members);
        };
        let Argument::Text(name) = &command.identity else { return None };
        let own = |name: &String| {
            !name.is_empty() && self.context.group_names.iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        parse_address(name).or_else(|| self.context.group.clone().filter(|_| own(name)))
    }
}

/// False when an answer names its mailbox by an address, and that is another one.
fn names_nobody_but(record: &Record, asked: &MailAddress) -> bool {
    let named = record.value("mailbox").filter(|name| name.contains('@')).map(parse_address);
    named.is_none_or(|named| named.as_ref() == Some(asked))
}

/// Whether a command is the one that answers in this way.
fn printed(command: &CommandLine, kind: Recognised) -> bool {
    command.cmdlet == Some(kind.cmdlet())
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
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(60).collect()
}
