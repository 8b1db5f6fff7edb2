//! Whether a mailbox is in a group. A "no" needs the whole list and the mailbox's own identity.

use super::super::{Found, FoundGroup, FoundMember, RecipientKind, Truth};
use crate::base::MailAddress;

/// Groups within groups deeper than this are not followed.
const DEEPEST: usize = 16;

/// Whether it is a direct member, which is what RBAC for Applications counts.
pub(super) fn directly(found: &Found, group: &FoundGroup, mailbox: &MailAddress) -> Truth {
    if group.exists == Truth::No {
        return Truth::No;
    }
    let among = group.members.items.iter().fold(Truth::No, |sum, member| sum.or(is_member(found, member, mailbox)));
    if group.members.complete { among } else { among.or(Truth::Unknown) }
}

/// Whether it is a member, directly or through groups in the group, which is what policies count.
pub(super) fn nested(found: &Found, group: &FoundGroup, mailbox: &MailAddress) -> Truth {
    nested_to(found, group, mailbox, DEEPEST)
}

fn nested_to(found: &Found, group: &FoundGroup, mailbox: &MailAddress, depth: usize) -> Truth {
    let direct = directly(found, group, mailbox);
    if direct.is_yes() || group.exists == Truth::No {
        return direct;
    }
    group.members.items.iter().fold(direct, |sum, member| {
        let through = match (member.kind.is_group(), depth.checked_sub(1), find(found, member)) {
            (Truth::No, _, _) => Truth::No,
            (Truth::Yes, Some(depth), Some(inner)) => nested_to(found, inner, mailbox, depth),
            _ => Truth::Unknown,
        };
        sum.or(through)
    })
}

fn find<'a>(found: &'a Found, member: &FoundMember) -> Option<&'a FoundGroup> {
    let address = member.address.as_ref()?;
    found.groups.iter().find(|group| group.address.as_ref() == Some(address))
}

fn is_member(found: &Found, member: &FoundMember, mailbox: &MailAddress) -> Truth {
    if member.kind.is_group() == Truth::Yes {
        return Truth::No;
    }
    if member.address.as_ref() == Some(mailbox) {
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
