//! The way from a policy to a role, in the one order that never leaves the app open: add, verify, remove the
//! permission in Entra, and only then the policy.

use super::{
    Access, AccessRight, Desired, Expectation, Found, MailboxAccess, PolicyApp, ScriptKind, Truth, evaluate,
    evaluate::entra_grant,
};

/// What comes next on that way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migration {
    /// Not enough was read to say.
    ReadFirst,
    /// Something stands in the way.
    Blocked(String),
    /// The role does not let the permitted senders through yet.
    AddRole,
    /// The role is right; now the permission in Entra has to go, by hand.
    RemoveEntraGrant,
    /// The role is right, but whether the permission in Entra is gone is not known: sign in again.
    CheckEntraGrant,
    /// The role is right and the permission is gone; now the policy may go.
    RemovePolicy,
    /// Nothing is left to do.
    Done,
}

impl Migration {
    /// The script that does it, where one does.
    pub fn script(&self) -> Option<ScriptKind> {
        match self {
            Self::ReadFirst => Some(ScriptKind::Verify),
            Self::AddRole => Some(ScriptKind::MigrateAdd),
            Self::RemovePolicy => Some(ScriptKind::MigrateFinish),
            Self::Blocked(_) | Self::RemoveEntraGrant | Self::CheckEntraGrant | Self::Done => None,
        }
    }

    /// What to do, in plain words.
    pub fn advice(&self) -> &str {
        match self {
            Self::ReadFirst => "Run the verification script and paste its whole result",
            Self::Blocked(reason) => reason,
            Self::AddRole => {
                "Run the first half: it adds the role beside the policy and takes nothing away, so it can do no harm"
            }
            Self::RemoveEntraGrant => {
                "In Microsoft Entra, remove Mail.Send under API permissions of the app and revoke its admin consent, then sign in again"
            }
            Self::CheckEntraGrant => "Sign in on the Credentials tab: Mail.Send must not be in the token any more",
            Self::RemovePolicy => "Run the second half: it verifies the role once more and then removes the policy",
            Self::Done => "The app is fenced in by its role alone; prove it with test mails",
        }
    }
}

/// What comes next, by what was found.
pub fn next_migration_step(desired: &Desired, found: &Found) -> Migration {
    if !found.policies.complete {
        return Migration::ReadFirst;
    }
    let client_id = desired.client_id.to_string();
    let own = |app: &PolicyApp| *app == PolicyApp::Unknown || *app == PolicyApp::Id(client_id.clone());
    let mine: Vec<_> = found.policies.items.iter().filter(|policy| own(&policy.app)).collect();
    if let Some(policy) = mine.iter().find(|policy| policy.right != AccessRight::Restrict) {
        return Migration::Blocked(format!(
            "The policy for the group '{}' is not a plain RestrictAccess policy. A role knows no denial, so see to it first that the scope leaves those people out, then remove that policy",
            policy.group_name
        ));
    }
    let evaluation = evaluate(desired, found, &[]);
    let wide = |mailbox: &&MailboxAccess| mailbox.expected == Expectation::Forbidden && mailbox.rbac == Access::Granted;
    if let Some(mailbox) = evaluation.mailboxes.iter().find(wide) {
        return Migration::Blocked(format!(
            "A role in Exchange lets the app send as {}, who must not be sent as. Correct its scope first",
            mailbox.address
        ));
    }
    let lets_through = |mailbox: &MailboxAccess| match mailbox.expected {
        Expectation::Permitted => mailbox.rbac.truth(),
        Expectation::Forbidden => mailbox.rbac.truth().negated(),
    };
    match evaluation.mailboxes.iter().map(lets_through).fold(Truth::Yes, Truth::and) {
        Truth::No => return Migration::AddRole,
        Truth::Unknown => return Migration::ReadFirst,
        Truth::Yes => {}
    }
    match (entra_grant(found), mine.is_empty()) {
        (Truth::Yes, _) => Migration::RemoveEntraGrant,
        (Truth::Unknown, _) => Migration::CheckEntraGrant,
        (Truth::No, false) => Migration::RemovePolicy,
        (Truth::No, true) => Migration::Done,
    }
}
