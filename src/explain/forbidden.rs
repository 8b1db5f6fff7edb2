//! Words for a sender that must be refused. Only what `verify` has judged to be proven is worded so.

use crate::{
    m365::{Outcome, Refusal},
    verify::{Mechanism, SenderResult},
};

use super::{
    RunContext, Stage, Who,
    sender::{MEMBERS, WAIT_ONCE, Words, is_pass, obstacle},
};

const CHOOSE: &str = "Choose a forbidden sender that has a licensed mailbox and is outside the group: Exchange admin center > Recipients > Mailboxes.";

/// Why a forbidden sender's line has its verdict.
pub(super) fn forbidden(line: &SenderResult, run: RunContext) -> Words {
    match line.outcome {
        Outcome::Accepted => accepted(line, run),
        Outcome::BlockedByPolicy => blocked(line, run),
        Outcome::AccessDenied if is_pass(line) => denied_beside_control(line, run),
        Outcome::AccessDenied if run.any_permitted_accepted => denied_with_other_token(),
        Outcome::AccessDenied => denied_without_control(),
        Outcome::MailboxUnknown => mailbox_unknown(),
        Outcome::MailboxUnavailable => mailbox_unavailable(),
        Outcome::SendAsDenied => send_as_denied(),
        Outcome::SenderSuspended => suspended(),
        Outcome::QuotaExceeded
        | Outcome::Throttled
        | Outcome::TokenRejected
        | Outcome::BadRequest
        | Outcome::ServerError
        | Outcome::NetworkError
        | Outcome::NoAnswer
        | Outcome::Interfered
        | Outcome::Unexpected => obstacle(line).adding("That says nothing about the fence."),
    }
}

fn accepted(line: &SenderResult, run: RunContext) -> Words {
    let words = Words::new(
        Stage::Policy,
        Who::CustomerAdmin,
        "The app can send as this person — or the change is not in force yet. The test mail was really handed over.",
    );
    let members = format!("Check that the person is not in the group, groups inside the group included: {MEMBERS}.");
    let words = match (run.mechanism, run.mail_send_in_token) {
        (Mechanism::ApplicationAccessPolicy, _) => words
            .adding("A policy refuses other senders, so this one is probably in its group or granted by a second way.")
            .advise(members)
            .advise("Look for a second grant in Exchange Online PowerShell: Get-ManagementRoleAssignment -RoleAssignee <Client ID>."),
        (_, Some(false)) => words
            .adding("The token has no Mail.Send, so RBAC for Applications must be what allows it: its scope is too wide or missing.")
            .advise("Look for an assignment without a scope in Exchange Online PowerShell: Get-ManagementRoleAssignment -RoleAssignee <Client ID> | fl Role,CustomResourceScope.")
            .advise(members)
            .advise(format!("Ask Exchange in Exchange Online PowerShell: Test-ServicePrincipalAuthorization -Identity <Client ID> -Resource {}.", line.address)),
        (_, Some(true) | None) => words
            .advise("Look for this app's Client ID in Exchange Online PowerShell with Get-ApplicationAccessPolicy; where it is not listed there is no fence yet, so create it.")
            .advise(members)
            .advise("Take the consent to Mail.Send back if the fence is RBAC for Applications: Entra admin center > Enterprise applications > your app > Permissions."),
    };
    words.advise(WAIT_ONCE)
}

fn blocked(line: &SenderResult, run: RunContext) -> Words {
    if !is_pass(line) {
        return Words::new(
            Stage::Policy,
            Who::You,
            "Exchange names a policy, but this line was not judged to be proven.",
        )
        .advise("Run the test again.");
    }
    let words = Words::new(
        Stage::Policy,
        Who::You,
        "As it should be: Exchange refused the app and named an application access policy as the reason.",
    );
    if run.any_permitted_accepted {
        words.advise("Keep this result: save or copy the report.")
    } else {
        words.advise("Get a permitted sender accepted in the same run too, one that is in the group.")
    }
}

fn denied_beside_control(line: &SenderResult, run: RunContext) -> Words {
    let words = Words::new(
        Stage::Policy,
        Who::You,
        "As it should be: this sender was refused while a permitted sender was accepted with the same token in the same run. So it is this person the app may not send as.",
    );
    let words = match (run.mechanism, line.refusal) {
        (Mechanism::RbacForApplications, _) => {
            words.adding("The token has no Mail.Send, which fits RBAC for Applications.")
        }
        (Mechanism::ApplicationAccessPolicy | Mechanism::Unidentified | Mechanism::None, Some(Refusal::ODataDisabled)) => {
            words.adding("Exchange did not name the policy, though; access for programs may also be switched off for this mailbox alone.")
        }
        (Mechanism::ApplicationAccessPolicy | Mechanism::Unidentified | Mechanism::None, _) => {
            words.adding("What refuses it was not named.")
        }
    };
    words.advise("Keep this result: save or copy the report.")
}

fn denied_with_other_token() -> Words {
    Words::new(
        Stage::Token,
        Who::You,
        "A permitted sender was accepted, but with another token: it was renewed in the middle of the run. Permissions may differ between two tokens, so this refusal may have another reason than the fence.",
    )
    .advise("Run the test again: it begins with a fresh token.")
}

fn denied_without_control() -> Words {
    Words::new(
        Stage::Policy,
        Who::You,
        "No permitted sender was accepted in this run. The app may be allowed to send as nobody at all, and then every sender is refused like this, fence or no fence.",
    )
    .advise("Add a permitted sender that is in the group, and run the test again with both.")
    .advise("Get the permitted sender accepted first if there is one in this run: see its own line.")
}

fn mailbox_unknown() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::You,
        "The organisation has no user with this address, so it would be refused with or without a fence.",
    )
    .advise("Check the spelling: Microsoft 365 admin center > Users > Active users > the person > Account > Username.")
    .advise(CHOOSE)
}

fn mailbox_unavailable() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::You,
        "The user has no mailbox in Exchange Online that can be used, so a mail as this person fails with or without a fence.",
    )
    .advise(CHOOSE)
}

fn send_as_denied() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::You,
        "The mailbox was reached, but it may not use this sender address. Reaching it may even mean that nothing fences it.",
    )
    .advise("Enter the mailbox's primary address: Exchange admin center > Recipients > Mailboxes > the mailbox > General > Email addresses.")
    .advise(CHOOSE)
}

fn suspended() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::You,
        "Microsoft has blocked this mailbox from sending, so it would be refused with or without a fence.",
    )
    .advise(CHOOSE)
    .advise("Tell the customer's administrator: Microsoft Defender portal > Email & collaboration > Review > Restricted entities.")
}
