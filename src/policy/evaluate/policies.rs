//! Application Access Policies: Deny beats Restrict, several Restrict policies add up, no policy limits nothing.

use super::{
    super::{Access, AccessRight, Desired, Found, FoundPolicy, PolicyApp, Truth},
    agreed, member,
};
use crate::base::MailAddress;

/// What the policies leave of a permission in Entra, for one mailbox.
pub(super) fn access(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let answers = answers(desired, found, mailbox);
    // Where Exchange has said both, the lists do not decide which of them is right.
    if answers.contains(&Access::Granted) && answers.contains(&Access::Denied) {
        return Access::Unknown;
    }
    agreed(asked(desired, found, mailbox), inferred(desired, found, mailbox))
}

/// What `Test-ApplicationAccessPolicy` answered. Answers that contradict each other are none.
pub(super) fn asked(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let mut answers = answers(desired, found, mailbox);
    answers.dedup();
    match answers.as_slice() {
        [only] => *only,
        _ => Access::Unknown,
    }
}

fn answers(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Vec<Access> {
    let client_id = desired.client_id.to_string();
    let about = found.policy_tests.iter().filter(|test| {
        test.mailbox.as_ref() == Some(mailbox)
            && test.app_id.as_ref().is_some_and(|app| app.eq_ignore_ascii_case(&client_id))
    });
    about.map(|test| test.access).collect()
}

/// What follows from the policies themselves.
pub(super) fn inferred(desired: &Desired, found: &Found, mailbox: &MailAddress) -> Access {
    let (mut denied, mut restricted, mut let_through) = (Truth::No, Truth::No, Truth::No);
    for policy in &found.policies.items {
        let applies = applies(desired, policy);
        let restricts = restricts(policy.right);
        let is_member = is_target(found, policy, mailbox);
        denied = denied.or(applies.and(restricts.negated()).and(is_member));
        restricted = restricted.or(applies.and(restricts));
        let_through = let_through.or(applies.and(restricts).and(is_member));
    }
    if !found.policies.complete {
        denied = denied.or(Truth::Unknown);
        restricted = restricted.or(Truth::Unknown);
        let_through = let_through.or(Truth::Unknown);
    }
    let allowed = let_through.or(restricted.negated());
    Access::from_truth(denied.negated().and(allowed))
}

/// Whether a policy is about this app.
pub(super) fn applies(desired: &Desired, policy: &FoundPolicy) -> Truth {
    match &policy.app {
        PolicyApp::All => Truth::Yes,
        PolicyApp::Id(id) => Truth::of(id.eq_ignore_ascii_case(&desired.client_id.to_string())),
        PolicyApp::Unknown => Truth::Unknown,
    }
}

pub(super) fn restricts(right: AccessRight) -> Truth {
    match right {
        AccessRight::Restrict => Truth::Yes,
        AccessRight::Deny => Truth::No,
        AccessRight::Unknown => Truth::Unknown,
    }
}

fn is_target(found: &Found, policy: &FoundPolicy, mailbox: &MailAddress) -> Truth {
    if policy.valid == Truth::No {
        // A Restrict policy whose group is gone lets nobody through; what a Deny policy does then is not documented.
        return if policy.right == AccessRight::Restrict { Truth::No } else { Truth::Unknown };
    }
    // The name is not unique, so only the id at the end of the identity leads to a group.
    let group = policy.group_id.and_then(|id| found.groups.iter().find(|group| group.object_id == Some(id)));
    group.map_or(Truth::Unknown, |group| member::nested(found, group, mailbox))
}
