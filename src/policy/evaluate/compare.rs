//! Where a real test mail and Exchange's own answers differ, and why that probably is.

use super::{
    super::{Access, Desired, Found, Truth},
    Expectation, Finding, FindingCode as Code, LiveObservation, MailboxAccess, Severity, findings, roles,
};

/// True when a test mail showed something else than the answers say. A refusal never contradicts an unknown.
pub(super) fn disagrees(mailbox: &MailboxAccess) -> bool {
    match (mailbox.live, mailbox.union) {
        (Some(LiveObservation::Accepted), Access::Denied)
        | (Some(LiveObservation::RefusedByPolicy | LiveObservation::RefusedPlain), Access::Granted) => true,
        (None | Some(_), _) => false,
    }
}

/// Explains every difference.
pub(super) fn with_live(desired: &Desired, found: &Found, mailboxes: &[MailboxAccess]) -> Vec<Finding> {
    mailboxes.iter().filter_map(|mailbox| explain(desired, found, mailbox)).collect()
}

fn explain(desired: &Desired, found: &Found, mailbox: &MailboxAccess) -> Option<Finding> {
    let address = &mailbox.address;
    match (mailbox.live?, mailbox.union) {
        (LiveObservation::Accepted, Access::Denied) => {
            let what = format!("Exchange says denied for {address}, but a test mail from it was accepted");
            let severity = match mailbox.expected {
                Expectation::Forbidden => Severity::Danger,
                Expectation::Permitted => Severity::Warning,
            };
            let finding = Finding::new(Code::AcceptedThoughDenied, severity, what);
            Some(finding.because(accepted_because(desired, found)))
        }
        (LiveObservation::Accepted, Access::Unknown) if mailbox.expected == Expectation::Forbidden => {
            let what = format!("A test mail from {address} was accepted");
            Some(Finding::new(Code::ForbiddenGranted, Severity::Danger, what))
        }
        (LiveObservation::RefusedByPolicy, Access::Granted) => {
            let what = format!("Exchange says granted for {address}, but a policy refused a test mail from it");
            let finding = Finding::new(Code::RefusedThoughGranted, Severity::Fault, what);
            Some(finding.because(
                "A policy or a membership that was changed a short while ago is not in force yet; that takes up to an hour, sometimes longer",
            ))
        }
        (LiveObservation::RefusedPlain, Access::Granted) => {
            let what = format!("Exchange says granted for {address}, but a test mail from it was refused");
            let finding = Finding::new(Code::RefusedThoughGranted, Severity::Fault, what);
            Some(finding.because(refused_because(desired, found, mailbox)))
        }
        (LiveObservation::RefusedByPolicy, Access::Denied) if mailbox.policy == Access::Granted => {
            let what = format!("A policy refused {address}, although no policy is known that does");
            Some(Finding::new(Code::OtherMechanism, Severity::Warning, what))
        }
        (LiveObservation::RefusedPlain, Access::Denied) if findings::entra_grant(found).is_yes() => {
            let what = format!("{address} was refused, but not by the policy that should refuse it");
            let finding = Finding::new(Code::OtherMechanism, Severity::Warning, what);
            Some(finding.because(
                "With Mail.Send in Entra the policy's own refusal is expected; this one may come from something else",
            ))
        }
        _ => None,
    }
}

/// The likely causes, likeliest first.
fn accepted_because(desired: &Desired, found: &Found) -> String {
    let mut causes = vec![
        "The change is probably not in force yet: a policy takes up to an hour or more, a role up to two hours, and longer while the app keeps sending",
    ];
    if findings::was_asked_with_object_id(desired, found) {
        causes.insert(0, "The cmdlet was asked with the object ID instead of the Client ID");
    }
    if findings::entra_grant(found) != Truth::No {
        causes.push("Or Mail.Send is still granted in Microsoft Entra, which a role's scope does not limit");
    }
    if !found.assignments.complete && !roles::is_unregistered(desired, found) {
        causes.push("Or the app holds a role in Exchange that was not listed here");
    }
    causes.join(". ")
}

fn refused_because(desired: &Desired, found: &Found, mailbox: &MailboxAccess) -> String {
    let wrong = found.service_principals.items.iter().any(|entry| roles::is_wrong_entry(desired, entry));
    if wrong {
        return "The entry in Exchange carries a wrong object ID, so its roles never reach the app".to_owned();
    }
    if mailbox.rbac == Access::Granted {
        return "A role that was assigned a short while ago is in force after half an hour, or after two hours while the app keeps sending".to_owned();
    }
    "The permission in Entra was probably given a short while ago; a token that is already there does not know it"
        .to_owned()
}
