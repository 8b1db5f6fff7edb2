//! What a world has in it, so that a run of thousands cannot leave something out unnoticed.

use super::world::{Edit, Fault, Kind, Mailbox, PolicyApp, Scope, SignIn, Target, World};

/// Everything a world may have in it. Each must come up in a long run.
pub(crate) const FEATURES: &[&str] = &[
    "grant of Mail.Send",
    "no grant",
    "grants of Exchange",
    "Restrict",
    "Deny",
    "Restrict and Deny",
    "policy for every app",
    "policy for another app",
    "policy for one mailbox",
    "several policies",
    "pending policy",
    "nested groups",
    "groups in a circle",
    "deleted group in a policy",
    "group of another kind",
    "role for the organisation",
    "role for members of a group",
    "role for all but the members",
    "role for one address",
    "role for a group scope",
    "composite role",
    "role of another road",
    "pending role",
    "policy and role together",
    "shared mailbox",
    "no licence",
    "soft-deleted mailbox",
    "mailbox on premises",
    "nobody of that name",
    "barred from sending",
    "address that is not the name",
    "throttled",
    "token rejected once",
    "token rejected for good",
    "answer of somebody else",
    "cut before it was processed",
    "cut after it was processed",
    "late",
    "sign-in that fails",
    "change by an administrator",
    "change of a role",
];

/// What `world` has in it.
pub(crate) fn features(world: &World) -> Vec<&'static str> {
    let policy = |check: &dyn Fn(&super::world::Policy) -> bool| world.policies.iter().any(check);
    let role = |check: &dyn Fn(&super::world::Assignment) -> bool| world.assignments.iter().any(check);
    let person = |check: &dyn Fn(&super::world::Person) -> bool| world.people.iter().any(check);
    let own = |policy: &super::world::Policy| policy.app != PolicyApp::Another;
    let fault = |check: fn(Fault) -> bool| world.people.iter().filter_map(|person| person.fault).any(check);
    let has = |at: usize| match FEATURES[at] {
        "grant of Mail.Send" => world.grants.contains(&"Mail.Send"),
        "no grant" => !world.grants.contains(&"Mail.Send"),
        "grants of Exchange" => !world.exchange_grants.is_empty(),
        "Restrict" => policy(&|policy| own(policy) && !policy.denies),
        "Deny" => policy(&|policy| own(policy) && policy.denies),
        "Restrict and Deny" => {
            policy(&|policy| own(policy) && policy.denies) && policy(&|policy| own(policy) && !policy.denies)
        }
        "policy for every app" => policy(&|policy| policy.app == PolicyApp::Every),
        "policy for another app" => policy(&|policy| policy.app == PolicyApp::Another),
        "policy for one mailbox" => policy(&|policy| matches!(policy.target, Target::Person(_))),
        "several policies" => world.policies.len() > 1,
        "pending policy" => policy(&|policy| policy.pending),
        "nested groups" => world.groups.iter().any(|group| !group.groups.is_empty()),
        "groups in a circle" => (0..world.groups.len()).any(|group| circles(world, group)),
        "deleted group in a policy" => {
            policy(&|policy| matches!(policy.target, Target::Group(group) if world.groups[group].deleted))
        }
        "group of another kind" => world.groups.iter().any(|group| group.kind != Kind::MailEnabledSecurity),
        "role for the organisation" => role(&|role| role.scope == Scope::Organization),
        "role for members of a group" => role(&|role| matches!(role.scope, Scope::MemberOf(_))),
        "role for all but the members" => role(&|role| matches!(role.scope, Scope::NotMemberOf(_))),
        "role for one address" => role(&|role| matches!(role.scope, Scope::Address(_))),
        "role for a group scope" => role(&|role| matches!(role.scope, Scope::Group(_))),
        "composite role" => role(&|role| role.role.ends_with("Full Access")),
        "role of another road" => {
            role(&|role| role.role != "Application Mail.Send" && !role.role.ends_with("Full Access"))
        }
        "pending role" => role(&|role| role.pending),
        "policy and role together" => policy(&own) && !world.assignments.is_empty(),
        "shared mailbox" => person(&|person| person.mailbox == Mailbox::Shared),
        "no licence" => person(&|person| person.mailbox == Mailbox::None),
        "soft-deleted mailbox" => person(&|person| person.mailbox == Mailbox::SoftDeleted),
        "mailbox on premises" => person(&|person| person.mailbox == Mailbox::OnPremises),
        "nobody of that name" => person(&|person| person.mailbox == Mailbox::Nobody),
        "barred from sending" => person(&|person| person.restricted),
        "address that is not the name" => person(&|person| person.mail_differs),
        "throttled" => fault(|fault| matches!(fault, Fault::Throttle { .. })),
        "token rejected once" => fault(|fault| matches!(fault, Fault::Rejected { times: 1 })),
        "token rejected for good" => fault(|fault| matches!(fault, Fault::Rejected { times: 2.. })),
        "answer of somebody else" => fault(|fault| matches!(fault, Fault::Answer(_))),
        "cut before it was processed" => fault(|fault| matches!(fault, Fault::Cut { processed: false })),
        "cut after it was processed" => fault(|fault| matches!(fault, Fault::Cut { processed: true })),
        "late" => fault(|fault| fault == Fault::Late),
        "sign-in that fails" => world.sign_in != SignIn::Fine,
        "change by an administrator" => world.change.is_some(),
        "change of a role" => {
            matches!(world.change, Some(Edit::AddRole { .. } | Edit::RemoveRole { .. } | Edit::ForgetApp))
        }
        other => panic!("{other} is looked for by nobody"),
    };
    (0..FEATURES.len()).filter(|at| has(*at)).map(|at| FEATURES[at]).collect()
}

/// Whether a group is inside itself.
fn circles(world: &World, group: usize) -> bool {
    let mut inside = world.groups[group].groups.clone();
    let mut seen = Vec::new();
    while let Some(next) = inside.pop() {
        if next == group {
            return true;
        }
        if !seen.contains(&next) {
            seen.push(next);
            inside.extend(&world.groups[next].groups);
        }
    }
    false
}
