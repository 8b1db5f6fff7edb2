//! Whether a mailbox is in a group. A "no" needs the whole list and the mailbox's own identity.

use super::super::{Found, FoundGroup, FoundMember, RecipientKind, Truth};
use crate::base::MailAddress;

/// Whether it is a direct member, which is what RBAC for Applications counts.
pub(super) fn directly(found: &Found, group: &FoundGroup, mailbox: &MailAddress) -> Truth {
    if group.exists == Truth::No {
        return Truth::No;
    }
    let among = group.members.items.iter().fold(Truth::No, |sum, member| sum.or(is_member(found, member, mailbox)));
    if group.members.complete { among } else { among.or(Truth::Unknown) }
}

/// Whether it is a member, directly or through groups in the group, which is what policies count. Every group is
/// looked into once, however often and in whatever circles the groups contain each other.
pub(super) fn nested(found: &Found, group: &FoundGroup, mailbox: &MailAddress) -> Truth {
    let mut visited: Vec<&FoundGroup> = Vec::new();
    let mut open = vec![group];
    let mut among = Truth::No;
    while let Some(group) = open.pop() {
        if visited.iter().any(|known| std::ptr::eq(*known, group)) {
            continue;
        }
        visited.push(group);
        among = among.or(directly(found, group, mailbox));
        if group.exists == Truth::No {
            continue;
        }
        for member in &group.members.items {
            match (member.kind.is_group(), find(found, member)) {
                (Truth::No, _) => {}
                (Truth::Yes, Some(inner)) => open.push(inner),
                _ => among = among.or(Truth::Unknown),
            }
        }
    }
    among
}

fn find<'a>(found: &'a Found, member: &FoundMember) -> Option<&'a FoundGroup> {
    let address = member.address.as_ref()?;
    found.groups.iter().find(|group| group.address.as_ref() == Some(address))
}

fn is_member(found: &Found, member: &FoundMember, mailbox: &MailAddress) -> Truth {
    if member.kind.is_group() == Truth::Yes {
        return Truth::No;
    }
    if member.address.as_ref() == Some(mailbox) || member.sign_in_name.as_ref() == Some(mailbox) {
        return Truth::Yes;
    }
    // The address that is asked about may be an alias, so a different address alone says nothing.
    let Some(known) = found.mailboxes.iter().find(|known| known.asked == *mailbox) else { return Truth::Unknown };
    if let (Some(known), Some(member)) = (&known.guid, &member.guid) {
        return Truth::of(known.eq_ignore_ascii_case(member));
    }
    match (&known.primary, &member.address) {
        (Some(known), Some(member)) => Truth::of(known == member),
        (None, _) | (_, None) => Truth::Unknown,
    }
}

/// Members that are groups themselves.
pub(super) fn groups_within(group: &FoundGroup) -> Vec<&FoundMember> {
    group.members.items.iter().filter(|member| member.kind.is_group() == Truth::Yes).collect()
}

/// True when a policy may be bound to a group of this kind.
pub(super) fn fits_policy(kind: RecipientKind) -> Truth {
    if kind == RecipientKind::Unknown { Truth::Unknown } else { Truth::of(kind == RecipientKind::SecurityGroup) }
}
