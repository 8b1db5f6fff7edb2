//! RBAC for Applications: every assignment that can send adds up; a scope counts direct members alone.

use super::{
    super::{
        Access, AssignmentScope, Desired, Found, FoundAssignment, FoundGroup, FoundServicePrincipal, RbacRow,
        ScopeFilter, Truth,
    },
    agreed, member,
};
use crate::base::{Field, MailAddress};

/// Roles by which an app can send; the last four do not have `Mail.Send` for a name.
const SENDING: [&str; 5] = [
    "application mail.send",
    "application mail full access",
    "application exchange full access",
    "application ews.accessasapp",
    "application smtp.sendasapp",
];

/// Roles that are known and cannot send.
const NOT_SENDING: [&str; 19] = [
    "application mail.read",
    "application mail.readbasic",
    "application mail.readwrite",
    "application mailboxsettings.read",
    "application mailboxsettings.readwrite",
    "application calendars.read",
    "application calendars.readwrite",
    "application contacts.read",
    "application contacts.readwrite",
    "application mailboxfolder.read",
    "application mailboxfolder.readwrite",
    "application mailboxitem.read",
    "application mailboxitem.readwrite",
    "application mailboxitem.export",
    "application mailboxitem.importexport",
    "application mailboxconfigitem.read",
    "application mailboxconfigitem.readwrite",
    "application mailtips.readbasic.all",
    "application mail-advanced.readwrite.all",
];

/// Permissions that can send, as `GrantedPermissions` names them.
const SENDING_PERMISSIONS: [&str; 4] = ["mail.send", "full_access_as_app", "ews.accessasapp", "smtp.sendasapp"];

/// What the roles give, for one mailbox.
pub(super) fn access(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let access = agreed(asked(desired, found, mailbox), inferred(desired, found, mailbox));
    let wrong = found.service_principals.items.iter().any(|entry| is_wrong_entry(desired, entry));
    // Roles of an entry with a wrong object id never reach the app, so what they seem to give is not known.
    if wrong && access == Access::Granted { Access::Unknown } else { access }
}

/// What `Test-ServicePrincipalAuthorization` answered.
pub(super) fn asked(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let mut granted = None;
    for test in found.rbac_tests.iter().filter(|test| test.mailbox.as_ref() == Some(mailbox)) {
        if test.principal.as_ref().is_some_and(|name| is_ours(desired, found, name) != Truth::Yes) {
            continue;
        }
        let rows = test.rows.items.iter().map(|row| row_sends(row).and(row.in_scope));
        let mut answer = rows.fold(Truth::No, Truth::or);
        if !test.rows.complete {
            answer = answer.or(Truth::Unknown);
        }
        granted = Some(granted.map_or(answer, |sum: Truth| sum.or(answer)));
    }
    Access::from_truth(granted.unwrap_or_default())
}

/// What follows from the assignments and scopes themselves.
pub(super) fn inferred(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let held = found
        .assignments
        .items
        .iter()
        .map(|assignment| can_send(desired, found, assignment).and(is_in_scope(found, &assignment.scope, mailbox)));
    let granted = held.fold(Truth::No, Truth::or);
    let all_known = found.assignments.complete || is_unregistered(desired, found);
    Access::from_truth(if all_known { granted } else { granted.or(Truth::Unknown) })
}

/// Whether an assignment lets this app send, wherever.
pub(super) fn can_send(desired: &Desired, found: &Found, assignment: &FoundAssignment) -> Truth {
    is_ours(desired, found, &assignment.assignee).and(role_sends(&assignment.role)).and(assignment.enabled)
}

/// True when Exchange surely does not know the app, so that no role can be assigned to it.
pub(super) fn is_unregistered(desired: &Desired, found: &Found) -> bool {
    found.service_principals.complete && !found.service_principals.items.iter().any(|entry| is_entry(desired, entry))
}

/// True when an entry is, or is meant to be, this app's.
pub(super) fn is_entry(desired: &Desired, entry: &FoundServicePrincipal) -> bool {
    let object_id = desired.enterprise_object_id.map(|id| id.to_string());
    entry.app_id.eq_ignore_ascii_case(&desired.client_id.to_string())
        || object_id.is_some_and(|id| entry.object_id.eq_ignore_ascii_case(&id))
}

/// True when an entry is meant to be this app's but carries another id beside the right one.
pub(super) fn is_wrong_entry(desired: &Desired, entry: &FoundServicePrincipal) -> bool {
    let Some(object_id) = desired.enterprise_object_id.map(|id| id.to_string()) else { return false };
    let right_app = entry.app_id.eq_ignore_ascii_case(&desired.client_id.to_string());
    let right_object = entry.object_id.eq_ignore_ascii_case(&object_id);
    // An id that could not be read is not a wrong one.
    let readable = !entry.app_id.is_empty() && !entry.object_id.is_empty();
    readable && right_app != right_object
}

/// Whether a name or id means this app. Another GUID does not, but another name may.
fn is_ours(desired: &Desired, found: &Found, name: &str) -> Truth {
    let object_id = desired.enterprise_object_id.map(|id| id.to_string());
    let entries = found.service_principals.items.iter().filter(|entry| is_entry(desired, entry));
    let mut names: Vec<String> =
        entries.flat_map(|entry| [entry.object_id.clone(), entry.display_name.clone()]).collect();
    names.push(desired.client_id.to_string());
    names.extend(object_id.clone());
    if names.iter().any(|known| !known.is_empty() && known.eq_ignore_ascii_case(name)) {
        return Truth::Yes;
    }
    let other_id = crate::base::ObjectId::parse(name).is_some() && object_id.is_some();
    if other_id && found.service_principals.complete { Truth::No } else { Truth::Unknown }
}

/// Whether a role can send. A role of a kind that is not known may.
pub(super) fn role_sends(role: &str) -> Truth {
    let role = role.trim().to_ascii_lowercase();
    if SENDING.contains(&role.as_str()) {
        Truth::Yes
    } else if NOT_SENDING.contains(&role.as_str()) || !(role.is_empty() || role.starts_with("application")) {
        Truth::No
    } else {
        Truth::Unknown
    }
}

/// True for a role that can send although its name does not say so.
pub(super) fn is_composite(role: &str) -> bool {
    role_sends(role).is_yes() && !role.trim().eq_ignore_ascii_case("Application Mail.Send")
}

fn row_sends(row: &RbacRow) -> Truth {
    let permitted = row.permissions.as_ref().map_or(Truth::Unknown, |text| {
        let mut words = text.split([',', ' ', ';', '{', '}']).map(|word| word.trim().to_ascii_lowercase());
        Truth::of(words.any(|word| SENDING_PERMISSIONS.contains(&word.as_str())))
    });
    match role_sends(&row.role) {
        // What a known role permits is known even where the column is cut.
        Truth::No => Truth::of(permitted.is_yes()),
        by_role @ (Truth::Yes | Truth::Unknown) => by_role.or(Truth::of(permitted.is_yes())),
    }
}

fn is_in_scope(found: &Found, scope: &AssignmentScope, mailbox: &MailAddress) -> Truth {
    match scope {
        AssignmentScope::Organization => Truth::Yes,
        AssignmentScope::Group(name) => {
            group_named(found, name).map_or(Truth::Unknown, |group| member::directly(found, group, mailbox))
        }
        AssignmentScope::Scope(name) => {
            let mut named = found.scopes.items.iter().filter(|scope| scope.name.eq_ignore_ascii_case(name));
            named.next().map_or(Truth::Unknown, |scope| selects(found, &scope.filter, mailbox))
        }
        AssignmentScope::Unit(_) | AssignmentScope::Unknown => Truth::Unknown,
    }
}

fn selects(found: &Found, filter: &ScopeFilter, mailbox: &MailAddress) -> Truth {
    match filter {
        ScopeFilter::MemberOf(name) => {
            group_by_dn(found, name).map_or(Truth::Unknown, |group| member::directly(found, group, mailbox))
        }
        ScopeFilter::NotMemberOf(name) => selects(found, &ScopeFilter::MemberOf(name.clone()), mailbox).negated(),
        ScopeFilter::AddressIs(address) => has_address(found, mailbox, address),
        ScopeFilter::AddressIsNot(address) => has_address(found, mailbox, address).negated(),
        ScopeFilter::Other(_) | ScopeFilter::Unknown => Truth::Unknown,
    }
}

/// The group a scope is made of, whatever blanks a wrapped output has put into its name.
pub(super) fn group_by_dn<'a>(found: &'a Found, name: &str) -> Option<&'a FoundGroup> {
    let key = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let same = |group: &&FoundGroup| group.distinguished_name.as_deref().is_some_and(|dn| key(dn) == key(name));
    found.groups.iter().find(same)
}

fn group_named<'a>(found: &'a Found, name: &str) -> Option<&'a FoundGroup> {
    let address = MailAddress::parse(Field::Recipient, name).ok().map(|parsed| parsed.value);
    let by_address = |group: &&FoundGroup| address.is_some() && group.address == address;
    found.groups.iter().find(by_address).or_else(|| group_by_dn(found, name))
}

fn has_address(found: &Found, mailbox: &MailAddress, address: &str) -> Truth {
    if mailbox.as_str().eq_ignore_ascii_case(address) {
        return Truth::Yes;
    }
    let known = found.mailboxes.iter().find(|known| known.asked == *mailbox);
    let primary = known.and_then(|known| known.primary.as_ref());
    primary.map_or(Truth::Unknown, |primary| Truth::of(primary.as_str().eq_ignore_ascii_case(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_that_can_send_are_known_whatever_they_are_called() {
        for role in SENDING {
            assert_eq!(role_sends(role), Truth::Yes);
        }
        assert_eq!(role_sends("Application Mail.Read"), Truth::No);
        assert_eq!(role_sends("Mail Recipients"), Truth::No);
        assert_eq!(role_sends("Application Something New"), Truth::Unknown);
        assert_eq!(role_sends(""), Truth::Unknown);
        assert!(is_composite("Application Exchange Full Access") && !is_composite("Application Mail.Send"));
    }

    #[test]
    fn a_line_can_send_by_its_role_or_by_its_permissions() {
        let row = |role: &str, permissions: Option<&str>| RbacRow {
            role: role.to_owned(),
            permissions: permissions.map(str::to_owned),
            ..RbacRow::default()
        };
        assert_eq!(row_sends(&row("Application Mail.Read", Some("Mail.Read"))), Truth::No);
        assert_eq!(row_sends(&row("Application Mail Full Access", None)), Truth::Yes);
        assert_eq!(row_sends(&row("", Some("Mail.ReadWrite, Mail.Send"))), Truth::Yes);
        assert_eq!(row_sends(&row("", Some("Mail.Read"))), Truth::Unknown);
        assert_eq!(row_sends(&row("Application New", Some("New.Read"))), Truth::Unknown);
    }
}
