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

/// The rules one by one. A rule that is spoilt must make a difference to some world, or the worlds are too tame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    DenyBeatsRestrict,
    RestrictsAddUp,
    RestrictElsewhereDenies,
    StarIsEveryApp,
    OtherAppsDoNotMatter,
    NestedGroupsCountForPolicies,
    DeletedGroupsHoldNobody,
    PoliciesFilterTheGrant,
    PoliciesSpareRoles,
    GrantAndRoleAddUp,
    CompositeRolesSend,
    OtherRolesDoNotSend,
    OnlyDirectMembersCountForRoles,
    ScopesLimitRoles,
    PendingPoliciesWait,
    PendingRolesWait,
}

impl Rule {
    pub(crate) const ALL: [Self; 16] = [
        Self::DenyBeatsRestrict,
        Self::RestrictsAddUp,
        Self::RestrictElsewhereDenies,
        Self::StarIsEveryApp,
        Self::OtherAppsDoNotMatter,
        Self::NestedGroupsCountForPolicies,
        Self::DeletedGroupsHoldNobody,
        Self::PoliciesFilterTheGrant,
        Self::PoliciesSpareRoles,
        Self::GrantAndRoleAddUp,
        Self::CompositeRolesSend,
        Self::OtherRolesDoNotSend,
        Self::OnlyDirectMembersCountForRoles,
        Self::ScopesLimitRoles,
        Self::PendingPoliciesWait,
        Self::PendingRolesWait,
    ];
}

/// Effective access = (Entra grants filtered by the policies) UNION (RBAC grants).
pub(crate) fn may_send(world: &World, person: usize, when: When) -> bool {
    Rules { world, when, spoilt: None }.may_send(person)
}

/// The same by somebody who has one of the rules wrong.
pub(crate) fn may_send_wrongly(world: &World, person: usize, when: When, spoilt: Rule) -> bool {
    Rules { world, when, spoilt: Some(spoilt) }.may_send(person)
}

/// What the policies leave of a grant.
pub(crate) fn policies_allow(world: &World, person: usize, when: When) -> bool {
    Rules { world, when, spoilt: None }.policies_allow(person)
}

/// Whether a scope reaches somebody.
pub(crate) fn covers(world: &World, scope: Scope, person: usize) -> bool {
    Rules { world, when: When::Later, spoilt: None }.covers(scope, person)
}

pub(crate) fn has_entra_grant(world: &World) -> bool {
    world.grants.contains(&"Mail.Send")
}

#[derive(Clone, Copy)]
struct Rules<'a> {
    world: &'a World,
    when: When,
    spoilt: Option<Rule>,
}

impl Rules<'_> {
    fn has(self, rule: Rule) -> bool {
        self.spoilt != Some(rule)
    }

    fn may_send(self, person: usize) -> bool {
        let policies = self.policies_allow(person);
        let by_grant = has_entra_grant(self.world) && (policies || !self.has(Rule::PoliciesFilterTheGrant));
        let by_role = self.rbac_allows(person) && (policies || self.has(Rule::PoliciesSpareRoles));
        if self.has(Rule::GrantAndRoleAddUp) || !has_entra_grant(self.world) { by_grant || by_role } else { by_grant }
    }

    /// 1. Deny beats Restrict. 2. A matching Deny denies. 3. A matching Restrict allows. 4. Restrict policies, but in
    ///    none of them: denied. 5. Otherwise allowed.
    fn policies_allow(self, person: usize) -> bool {
        let concerns = |app: PolicyApp| match app {
            PolicyApp::Own => true,
            PolicyApp::Every => self.has(Rule::StarIsEveryApp),
            PolicyApp::Another => !self.has(Rule::OtherAppsDoNotMatter),
        };
        let of_the_app = self.world.policies.iter().filter(|policy| {
            let in_force = self.when == When::Later || !policy.pending || !self.has(Rule::PendingPoliciesWait);
            concerns(policy.app) && in_force
        });
        let (denies, restricts): (Vec<_>, Vec<_>) = of_the_app.partition(|policy| policy.denies);
        let hits = |target: Target| match target {
            Target::Person(target) => target == person,
            Target::Group(group) => self.is_within(group, person, &mut BTreeSet::new()),
        };
        let refused = denies.iter().any(|policy| hits(policy.target));
        let let_through = if self.has(Rule::RestrictsAddUp) {
            restricts.iter().any(|policy| hits(policy.target))
        } else {
            !restricts.is_empty() && restricts.iter().all(|policy| hits(policy.target))
        };
        if refused {
            return let_through && !self.has(Rule::DenyBeatsRestrict);
        }
        restricts.is_empty() || let_through || !self.has(Rule::RestrictElsewhereDenies)
    }

    /// Nested groups count for policies; nobody is in a deleted group.
    fn is_within(self, group: usize, person: usize, visited: &mut BTreeSet<usize>) -> bool {
        if !visited.insert(group) || self.is_gone(group) {
            return false;
        }
        let Group { people, groups, .. } = &self.world.groups[group];
        let nested = |inner: &usize| self.is_within(*inner, person, visited);
        people.contains(&person) || (self.has(Rule::NestedGroupsCountForPolicies) && groups.iter().any(nested))
    }

    fn is_gone(self, group: usize) -> bool {
        self.world.groups[group].deleted && self.has(Rule::DeletedGroupsHoldNobody)
    }

    /// Direct members alone count for RBAC scopes.
    fn rbac_allows(self, person: usize) -> bool {
        let in_force = |pending: bool| self.when == When::Later || !pending || !self.has(Rule::PendingRolesWait);
        let sends = |role: &str| match role {
            "Application Mail.Send" => true,
            role if SENDING_ROLES.contains(&role) => self.has(Rule::CompositeRolesSend),
            _ => !self.has(Rule::OtherRolesDoNotSend),
        };
        let assignments = self.world.assignments.iter();
        assignments
            .filter(|assignment| sends(assignment.role) && in_force(assignment.pending))
            .any(|assignment| !self.has(Rule::ScopesLimitRoles) || self.covers(assignment.scope, person))
    }

    fn covers(self, scope: Scope, person: usize) -> bool {
        let contains = |group: usize| {
            if self.has(Rule::OnlyDirectMembersCountForRoles) {
                !self.is_gone(group) && self.world.groups[group].people.contains(&person)
            } else {
                self.is_within(group, person, &mut BTreeSet::new())
            }
        };
        match scope {
            Scope::Organization => true,
            Scope::MemberOf(group) | Scope::Group(group) => contains(group),
            Scope::NotMemberOf(group) => !contains(group),
            Scope::Address(other) => other == person,
        }
    }
}

/// Which token a person's last answer was given to: Graph's word that a token is old makes the client fetch another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    OfTheRun,
    Newer,
}

pub(crate) fn token(world: &World, person: usize) -> Token {
    if matches!(world.people[person].fault, Some(Fault::Rejected { .. })) { Token::Newer } else { Token::OfTheRun }
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
        Some(Fault::Rejected { times: 0..=1 }) => usual,
        Some(Fault::Rejected { times: 2.. }) => vec![Outcome::TokenRejected],
        Some(Fault::Answer(foreign)) => vec![foreign.parts().3],
        Some(Fault::Cut { .. }) => vec![Outcome::NoAnswer],
    }
}

pub(crate) fn usual_outcomes(world: &World, person: usize, when: When) -> Vec<Outcome> {
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
        Some(Fault::Throttle { .. } | Fault::Rejected { .. }) => {
            usize::from(accepted && outcomes(world, person, when) == [Outcome::Accepted])
        }
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

/// The verdict table. A plain refusal is held against what was accepted with the same token, and no other.
pub(crate) fn run_verdict(lines: &[(Expected, Outcome, Token)]) -> (Verdict, Vec<Verdict>) {
    let control = |token| lines.contains(&(Expected::Permitted, Outcome::Accepted, token));
    let judge = |&(expected, outcome, token): &_| line_verdict(expected, outcome, control(token));
    let verdicts: Vec<Verdict> = lines.iter().map(judge).collect();
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

/// The mechanism that such answers give away: the policy's own mark, or a refusal beside a sender that is let in although
/// nothing is granted in Entra.
pub(crate) fn mechanism(world: &World, lines: &[(Expected, Outcome)]) -> Mechanism {
    let seen = |outcome| lines.iter().any(|line| line.1 == outcome);
    let let_in = lines.contains(&(Expected::Permitted, Outcome::Accepted));
    match (seen(Outcome::BlockedByPolicy), seen(Outcome::AccessDenied)) {
        (false, false) => Mechanism::None,
        (true, false) => Mechanism::ApplicationAccessPolicy,
        (false, true) if let_in && !has_entra_grant(world) => Mechanism::RbacForApplications,
        (_, true) => Mechanism::Unidentified,
    }
}

/// Groups that may stand inside a policy's group.
pub(crate) fn can_be_nested(kind: Kind) -> bool {
    kind == Kind::MailEnabledSecurity
}
