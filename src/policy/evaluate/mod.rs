//! Whether the fence holds, from what was found: per mailbox, by each mechanism and by their union. Pure.
//!
//! Three-valued throughout. What is not known never becomes granted or denied by itself, and the fence is said to hold
//! only when every forbidden mailbox is denied by every mechanism that is known to exist.

mod compare;
mod finding;
mod findings;
mod member;
mod policies;
mod roles;

use super::{Access, Desired, Found, FoundGroup, Truth};
use crate::base::MailAddress;

pub(super) use findings::entra_grant;

pub use finding::{Finding, FindingCode, Severity, Who};

/// What a real test mail showed about one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiveObservation {
    /// Exchange took the mail.
    Accepted,
    /// Exchange refused it and named the policy.
    RefusedByPolicy,
    /// Exchange refused it without saying why.
    RefusedPlain,
    /// The test proved nothing.
    NotProven,
}

/// That observation with its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAnswer {
    /// The sender.
    pub mailbox: MailAddress,
    /// What was seen.
    pub observation: LiveObservation,
}

/// What is wanted for a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expectation {
    /// The app shall be able to send as it.
    Permitted,
    /// The app must not be able to.
    Forbidden,
}

/// Which members of a group count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// Direct ones, as a scope counts.
    Direct,
    /// Also those of groups in the group, as a policy counts.
    Nested,
}

/// What is known about one mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxAccess {
    /// The mailbox.
    pub address: MailAddress,
    /// What is wanted.
    pub expected: Expectation,
    /// What the Application Access Policies leave of a permission in Entra.
    pub policy: Access,
    /// What the permission in Entra gives, the policies taken into account.
    pub entra: Access,
    /// What the roles in Exchange give.
    pub rbac: Access,
    /// What other permissions that can send give; denied where none was seen.
    pub other: Access,
    /// All of them together.
    pub union: Access,
    /// What a real test mail showed.
    pub live: Option<LiveObservation>,
}

impl MailboxAccess {
    /// True when everything together is as wanted.
    pub fn is_as_wanted(&self) -> bool {
        match self.expected {
            Expectation::Permitted => self.union == Access::Granted,
            Expectation::Forbidden => self.union == Access::Denied,
        }
    }
}

/// Whether the fence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FenceState {
    /// Every forbidden mailbox is denied and every permitted one granted.
    Fenced,
    /// Every forbidden mailbox is denied, but a permitted one too.
    TooTight,
    /// The app can send as somebody it must not.
    Open,
    /// Something is not known, or does not fit together.
    NotProven,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Every mailbox, permitted ones first.
    pub mailboxes: Vec<MailboxAccess>,
    /// Whether the fence holds.
    pub fence: FenceState,
    /// That in one sentence.
    pub summary: String,
    /// What was noticed, the worst first.
    pub findings: Vec<Finding>,
}

/// Why what was read proves nothing, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// A script's result is too old; in words.
    Outdated(String),
    /// Results were read, but which organisation the app belongs to is not known.
    TenantUnknown,
    /// A result does not say of which organisation it is.
    TenantUnsaid,
}

impl Doubt {
    fn finding(&self) -> Finding {
        let (code, what) = match self {
            Self::Outdated(reason) => (FindingCode::ResultOutdated, findings::capital(reason)),
            Self::TenantUnknown => (
                FindingCode::TenantUnknown,
                "It is not known whether the script's result is of the app's organisation".to_owned(),
            ),
            Self::TenantUnsaid => {
                (FindingCode::TenantUnknown, "The script's result does not say of which organisation it is".to_owned())
            }
        };
        let finding = Finding::new(code, Severity::Warning, what);
        match self {
            Self::TenantUnsaid => finding.then("Run the verification script again and paste its whole result"),
            Self::Outdated(_) | Self::TenantUnknown => finding,
        }
    }
}

impl Evaluation {
    /// The same, with reasons why nothing of it is proven: then a fence does not hold for certain. What is open stays so.
    #[must_use]
    pub fn doubted(mut self, doubts: &[Doubt]) -> Self {
        if doubts.is_empty() {
            return self;
        }
        if self.fence != FenceState::Open {
            self.fence = FenceState::NotProven;
            self.summary = summary(self.fence, &self.mailboxes);
        }
        self.findings.extend(doubts.iter().map(Doubt::finding));
        self.findings.sort_by_key(|finding| finding.severity);
        self
    }
}

/// Judges what was found against what is wanted, and against what real test mails showed.
pub fn evaluate(desired: &Desired, found: &Found, live: &[LiveAnswer]) -> Evaluation {
    let permitted = desired.members.iter().map(|address| (address, Expectation::Permitted));
    let forbidden = desired.forbidden.iter().map(|address| (address, Expectation::Forbidden));
    let mailboxes: Vec<MailboxAccess> = permitted
        .chain(forbidden)
        .map(|(address, expected)| {
            let observation = live.iter().rev().find(|answer| answer.mailbox == *address);
            access(desired, found, address, expected, observation.map(|answer| answer.observation))
        })
        .collect();
    let fence = state(&mailboxes);
    let summary = summary(fence, &mailboxes);
    let mut findings = findings::of_setup(desired, found);
    findings.extend(findings::of_mailboxes(desired, found, &mailboxes));
    findings.extend(compare::with_live(desired, found, &mailboxes));
    findings.sort_by_key(|finding| finding.severity);
    Evaluation { mailboxes, fence, summary, findings }
}

fn access(
    desired: &Desired,
    found: &Found,
    address: &MailAddress,
    expected: Expectation,
    live: Option<LiveObservation>,
) -> MailboxAccess {
    let policy = policies::access(desired, found, address);
    let granted = entra_grant(found);
    let entra = Access::from_truth(granted.and(policy.truth()));
    let rbac = roles::access(desired, found, address);
    let other = if findings::has_smtp(found) { Access::Unknown } else { Access::Denied };
    let absent = found.mailboxes.iter().any(|known| known.asked == *address && known.exists == Truth::No);
    // Nothing is proven by a mailbox that does not exist.
    let union = if absent { Access::Unknown } else { entra.union(rbac).union(other) };
    MailboxAccess { address: address.clone(), expected, policy, entra, rbac, other, union, live }
}

fn state(mailboxes: &[MailboxAccess]) -> FenceState {
    let of = |expected| mailboxes.iter().filter(move |mailbox| mailbox.expected == expected);
    let accepted = |mailbox: &MailboxAccess| mailbox.live == Some(LiveObservation::Accepted);
    if of(Expectation::Forbidden).any(|mailbox| mailbox.union == Access::Granted || accepted(mailbox)) {
        return FenceState::Open;
    }
    let nobody = of(Expectation::Forbidden).count() == 0 || of(Expectation::Permitted).count() == 0;
    let unknown = mailboxes.iter().any(|mailbox| mailbox.union == Access::Unknown);
    if nobody || unknown || mailboxes.iter().any(compare::disagrees) {
        return FenceState::NotProven;
    }
    if mailboxes.iter().all(MailboxAccess::is_as_wanted) { FenceState::Fenced } else { FenceState::TooTight }
}

fn summary(fence: FenceState, mailboxes: &[MailboxAccess]) -> String {
    let tested = mailboxes.iter().filter(|mailbox| mailbox.live.is_some()).count();
    match fence {
        FenceState::Fenced if tested == mailboxes.len() => {
            "Exchange denies every forbidden mailbox and grants every permitted one, and the test mails agree".to_owned()
        }
        FenceState::Fenced => {
            "Exchange denies every forbidden mailbox and grants every permitted one; the test mails of verification 2 are the last proof"
                .to_owned()
        }
        FenceState::TooTight => {
            "Every forbidden mailbox is denied, but so is a permitted one, so mail will not go out".to_owned()
        }
        FenceState::Open => "The app can send as somebody it must not send as".to_owned(),
        FenceState::NotProven => "Not proven: something is not known yet or does not fit together".to_owned(),
    }
}

/// Whether a mailbox is in a group: as a policy counts, through groups in the group, or as a scope counts, directly.
pub(super) fn membership(found: &Found, group: &FoundGroup, mailbox: &MailAddress, counting: Counting) -> Truth {
    match counting {
        Counting::Direct => member::directly(found, group, mailbox),
        Counting::Nested => member::nested(found, group, mailbox),
    }
}

/// Two ways to the same answer: a known one counts, two that differ are none.
fn agreed(asked: Access, inferred: Access) -> Access {
    match (asked, inferred) {
        (known, Access::Unknown) | (Access::Unknown, known) => known,
        (asked, inferred) if asked == inferred => asked,
        _ => Access::Unknown,
    }
}
