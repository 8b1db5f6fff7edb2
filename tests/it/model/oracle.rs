//! The truth about a world, written from Microsoft's rules alone: the evaluation order of Application Access Policies,
//! the union with RBAC for Applications, and the verdict table of the product. It shares no code with the demo tenant.

use std::collections::BTreeSet;

use exchange365::{
    m365::Outcome,
    verify::{Expected, Mechanism, Verdict},
};

use super::world::{Fault, Group, Kind, Mailbox, PolicyApp, Scope, SignIn, Target, World};

/// When the question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Pending settings are not followed yet.
    AtOnce,
    /// Hours later: everything written down is in force.
    Later,
}

/// Application roles by which Graph may send, the composite ones included. EWS and SMTP are other roads.
const SENDING_ROLES: [&str; 3] =
    ["Application Mail.Send", "Application Mail Full Access", "Application Exchange Full Access"];

/// Effective access = (Entra grants filtered by the policies) UNION (RBAC grants).
pub(crate) fn may_send(world: &World, person: usize, when: When) -> bool {
    (has_entra_grant(world) && policies_allow(world, person, when)) || rbac_allows(world, person, when)
}

pub(crate) fn has_entra_grant(world: &World) -> bool {
    world.grants.contains(&"Mail.Send")
}

/// 1. Deny beats Restrict. 2. A matching Deny denies. 3. A matching Restrict allows. 4. Restrict policies, but in none
///    of them: denied. 5. Otherwise allowed.
pub(crate) fn policies_allow(world: &World, person: usize, when: When) -> bool {
    let of_the_app: Vec<_> = world
        .policies
        .iter()
        .filter(|policy| policy.app != PolicyApp::Another && (when == When::Later || !policy.pending))
        .collect();
    let hits = |target: Target| match target {
        Target::Person(target) => target == person,
        Target::Group(group) => is_within(&world.groups, group, person, &mut BTreeSet::new()),
    };
    if of_the_app.iter().any(|policy| policy.denies && hits(policy.target)) {
        return false;
    }
    let mut restricts = of_the_app.iter().filter(|policy| !policy.denies).peekable();
    restricts.peek().is_none() || restricts.any(|policy| hits(policy.target))
}

/// Nested groups count for policies; nobody is in a deleted group.
fn is_within(groups: &[Group], group: usize, person: usize, visited: &mut BTreeSet<usize>) -> bool {
    if !visited.insert(group) || groups[group].deleted {
        return false;
    }
    groups[group].people.contains(&person)
        || groups[group].groups.iter().any(|inner| is_within(groups, *inner, person, visited))
}

/// Direct members alone count for RBAC scopes.
fn rbac_allows(world: &World, person: usize, when: When) -> bool {
    let in_force = |pending: bool| when == When::Later || !pending;
    world
        .assignments
        .iter()
        .filter(|assignment| SENDING_ROLES.contains(&assignment.role) && in_force(assignment.pending))
        .any(|assignment| covers(world, assignment.scope, person))
}

fn covers(world: &World, scope: Scope, person: usize) -> bool {
    let directly_in = |group: usize| !world.groups[group].deleted && world.groups[group].people.contains(&person);
    match scope {
        Scope::Organization => true,
        Scope::MemberOf(group) | Scope::Group(group) => directly_in(group),
        Scope::NotMemberOf(group) => !directly_in(group),
        Scope::Address(other) => other == person,
    }
}

/// What sending as `person` may be answered with. More than one where Microsoft does not say.
pub(crate) fn outcomes(world: &World, person: usize, when: When) -> Vec<Outcome> {
    let usual = usual_outcomes(world, person, when);
    match world.people[person].fault {
        None | Some(Fault::Late) => usual,
        Some(Fault::Throttle { times, retry_after }) => {
            let patient = retry_after.is_none_or(|secs| secs <= 30);
            if times <= 3 && patient { usual } else { vec![Outcome::Throttled] }
        }
        Some(Fault::Answer(foreign)) => vec![foreign.parts().3],
        Some(Fault::Cut { .. }) => vec![Outcome::NoAnswer],
    }
}

fn usual_outcomes(world: &World, person: usize, when: When) -> Vec<Outcome> {
    match world.people[person].mailbox {
        Mailbox::Nobody => return vec![Outcome::MailboxUnknown],
        Mailbox::None | Mailbox::SoftDeleted | Mailbox::OnPremises => return vec![Outcome::MailboxUnavailable],
        Mailbox::Licensed | Mailbox::Shared => {}
    }
    if may_send(world, person, when) {
        let suspended = world.people[person].restricted;
        return vec![if suspended { Outcome::SenderSuspended } else { Outcome::Accepted }];
    }
    match (has_entra_grant(world), policies_allow(world, person, when)) {
        (true, _) => vec![Outcome::BlockedByPolicy],
        (false, true) => vec![Outcome::AccessDenied],
        // The policy fences a grant that is not there: Microsoft does not say which of the two is answered.
        (false, false) => vec![Outcome::AccessDenied, Outcome::BlockedByPolicy],
    }
}

/// Whether a mail left the mailbox, whatever the client could see of it.
pub(crate) fn mails(world: &World, person: usize, when: When) -> usize {
    let accepted = usual_outcomes(world, person, when) == [Outcome::Accepted];
    match world.people[person].fault {
        None | Some(Fault::Late) => usize::from(accepted),
        Some(Fault::Throttle { .. }) => usize::from(accepted && outcomes(world, person, when) == [Outcome::Accepted]),
        Some(Fault::Answer(_) | Fault::Cut { processed: false }) => 0,
        Some(Fault::Cut { processed: true }) => usize::from(accepted),
    }
}

/// The AADSTS number of a refused sign-in.
pub(crate) fn sign_in_refusal(sign_in: SignIn) -> Option<u32> {
    match sign_in {
        SignIn::WrongSecret => Some(7_000_215),
        SignIn::ExpiredSecret => Some(7_000_222),
        SignIn::Disabled => Some(7_000_112),
        SignIn::Absent => Some(7_000_229),
        SignIn::Fine | SignIn::BlockPage | SignIn::Throttled(_) => None,
    }
}

/// One line of the verdict table.
fn line_verdict(expected: Expected, outcome: Outcome, control: bool) -> Verdict {
    use Outcome::{
        Accepted, AccessDenied, BlockedByPolicy, MailboxUnavailable, MailboxUnknown, SendAsDenied, SenderSuspended,
    };
    match (expected, outcome) {
        (Expected::Permitted, Accepted) => Verdict::Pass,
        (
            Expected::Permitted,
            BlockedByPolicy | AccessDenied | MailboxUnknown | MailboxUnavailable | SendAsDenied | SenderSuspended,
        ) => Verdict::Fail,
        (Expected::Forbidden, Accepted) => Verdict::Fail,
        (Expected::Forbidden, BlockedByPolicy) => Verdict::Pass,
        (Expected::Forbidden, AccessDenied) if control => Verdict::Pass,
        _ => Verdict::Unproven,
    }
}

/// The verdict table over what was seen with one token.
pub(crate) fn run_verdict(lines: &[(Expected, Outcome)]) -> (Verdict, Vec<Verdict>) {
    let control = lines.contains(&(Expected::Permitted, Outcome::Accepted));
    let verdicts: Vec<Verdict> =
        lines.iter().map(|(expected, outcome)| line_verdict(*expected, *outcome, control)).collect();
    let passes =
        |wanted| lines.iter().zip(&verdicts).any(|(line, verdict)| line.0 == wanted && *verdict == Verdict::Pass);
    let whole = if verdicts.contains(&Verdict::Fail) {
        Verdict::Fail
    } else if !verdicts.contains(&Verdict::Unproven) && passes(Expected::Permitted) && passes(Expected::Forbidden) {
        Verdict::Pass
    } else {
        Verdict::Unproven
    };
    (whole, verdicts)
}

/// What a verdict claims about the world, held against the world itself and not against the table.
pub(crate) fn contradiction(
    world: &World,
    lines: &[(usize, Expected, Outcome)],
    verdict: Verdict,
    when: When,
) -> Option<String> {
    let can_send = |person: usize| {
        let mailbox = world.people[person].mailbox;
        matches!(mailbox, Mailbox::Licensed | Mailbox::Shared) && may_send(world, person, when)
    };
    let sends = |person: usize| can_send(person) && !world.people[person].restricted;
    let wrongly_permitted = lines.iter().find(|line| line.1 == Expected::Permitted && !sends(line.0));
    let wrongly_open = lines.iter().find(|line| line.1 == Expected::Forbidden && can_send(line.0));
    match (verdict, wrongly_permitted, wrongly_open) {
        (Verdict::Pass, Some((person, ..)), _) => Some(format!("false PASS: p{person} is permitted and cannot send")),
        (Verdict::Pass, _, Some((person, ..))) => Some(format!("false PASS: p{person} is forbidden and can send")),
        (Verdict::Fail, None, None) => Some("false FAIL: everybody can and cannot send as wanted".to_owned()),
        _ => None,
    }
}

/// A mechanism that was named must be there and must be what refuses.
pub(crate) fn mechanism_contradiction(
    world: &World,
    lines: &[(usize, Expected, Outcome)],
    mechanism: Mechanism,
    when: When,
) -> Option<&'static str> {
    let refused_by_policy = |person: usize| has_entra_grant(world) && !policies_allow(world, person, when);
    match mechanism {
        Mechanism::ApplicationAccessPolicy if !lines.iter().any(|line| refused_by_policy(line.0)) => {
            Some("a policy is named that refuses nobody here")
        }
        Mechanism::RbacForApplications if has_entra_grant(world) || world.assignments.is_empty() => {
            Some("RBAC is named where it is not what holds")
        }
        Mechanism::None
            if lines.iter().any(|line| matches!(line.2, Outcome::BlockedByPolicy | Outcome::AccessDenied)) =>
        {
            Some("a refusal was seen and none is said")
        }
        Mechanism::ApplicationAccessPolicy
        | Mechanism::RbacForApplications
        | Mechanism::Unidentified
        | Mechanism::None => None,
    }
}

/// Groups that may stand inside a policy's group.
pub(crate) fn can_be_nested(kind: Kind) -> bool {
    kind == Kind::MailEnabledSecurity
}
