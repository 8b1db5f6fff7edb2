//! Words for a sender that must be able to send.

use crate::{
    m365::{Outcome, Refusal},
    verify::SenderResult,
};

use super::{
    RunContext, Stage, Who,
    sender::{MEMBERS, WAIT_ONCE, Words, obstacle},
};

/// Why a permitted sender's line has its verdict.
pub(super) fn permitted(line: &SenderResult, run: RunContext) -> Words {
    match line.outcome {
        Outcome::Accepted => accepted(),
        Outcome::BlockedByPolicy => blocked(line, run),
        Outcome::AccessDenied if line.refusal == Some(Refusal::ODataDisabled) => switched_off(line),
        Outcome::AccessDenied => denied(line, run),
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
        | Outcome::Unexpected => obstacle(line).adding("Whether the app may send as this person stays open."),
    }
}

fn accepted() -> Words {
    Words::new(
        Stage::Send,
        Who::You,
        "The app may send as this person, as it should. Accepted means that Exchange has taken the mail, not that it was delivered.",
    )
    .advise("Look for the test id from the subject in the recipient's inbox, and tick Arrived.")
    .advise("Trace the mail if it does not arrive: Exchange admin center > Mail flow > Message trace.")
}

fn blocked(line: &SenderResult, run: RunContext) -> Words {
    let others = if run.any_permitted_accepted {
        "Another permitted sender was accepted, so the policy works and this sender is missing from its group, or was added only lately."
    } else {
        "This sender is not in the policy's group, the policy points at the wrong group, or the change is not in force yet."
    };
    Words::new(Stage::Policy, Who::CustomerAdmin, format!("An application access policy keeps the app from sending as this person. {others}"))
        .advise(format!("Check that the sender is a member of the group: {MEMBERS}."))
        .advise(format!(
            "Ask Exchange itself in Exchange Online PowerShell: Test-ApplicationAccessPolicy -Identity {} -AppId <Client ID>. If it says Granted, you only have to wait.",
            line.address
        ))
        .advise("Check the policy's group in Exchange Online PowerShell: Get-ApplicationAccessPolicy, columns ScopeName and AccessRight.")
        .advise(WAIT_ONCE)
}

/// The old wording of a policy's refusal, which other switches share.
fn switched_off(line: &SenderResult) -> Words {
    Words::new(
        Stage::Policy,
        Who::CustomerAdmin,
        "Exchange says that programs have no access to this mailbox. Either an application access policy leaves this sender out, or access for programs is switched off for the mailbox or the whole organisation.",
    )
    .advise(format!(
        "Ask Exchange in Exchange Online PowerShell: Test-ApplicationAccessPolicy -Identity {} -AppId <Client ID>.",
        line.address
    ))
    .advise(format!("Check that the sender is a member of the group: {MEMBERS}."))
    .advise(format!(
        "Check the switches in Exchange Online PowerShell: Get-CASMailbox {} | fl Ews* and Get-OrganizationConfig | fl Ews*.",
        line.address
    ))
    .advise(WAIT_ONCE)
}

fn denied(line: &SenderResult, run: RunContext) -> Words {
    let words = |cause: &str| Words::new(Stage::Policy, Who::CustomerAdmin, cause);
    let ask = format!(
        "Ask Exchange in Exchange Online PowerShell: Test-ServicePrincipalAuthorization -Identity <Client ID> -Resource {}; InScope must be True.",
        line.address
    );
    let consent = "Grant consent if the fence is an application access policy: Entra admin center > App registrations > your app > API permissions > Mail.Send (type Application) > Grant admin consent.";
    let direct = format!(
        "Check that the sender is a direct member of the group, as RBAC for Applications does not look into nested groups: {MEMBERS}."
    );
    match (run.any_permitted_accepted, run.mail_send_in_token) {
        (true, _) => words("Another permitted sender was accepted, so the app can send. This one lies outside of what it was granted, or was added only lately.")
            .advise(direct)
            .advise(ask)
            .advise(WAIT_ONCE),
        (false, Some(false)) => words("The token has no Mail.Send, and Exchange grants the app nothing for this mailbox. Either consent was never granted, or RBAC for Applications does not cover this sender (yet).")
            .advise(consent)
            .advise(ask)
            .advise(direct)
            .advise(WAIT_ONCE),
        (false, Some(true)) => words("The token has Mail.Send, and Exchange refuses all the same. Most often the consent was changed a short while ago.")
            .advise("Wait 30 minutes after the consent was granted, then run the test once.")
            .advise("Check the green tick: Entra admin center > App registrations > your app > API permissions > Mail.Send, type Application.")
            .advise(ask)
            .advise(WAIT_ONCE),
        (false, None) => words("Nothing the app was granted covers this mailbox. Either consent is missing, or RBAC for Applications does not cover this sender (yet). The token cannot be read, so this cannot be narrowed down.")
            .advise(consent)
            .advise(ask)
            .advise(WAIT_ONCE),
    }
}

fn mailbox_unknown() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::You,
        "The organisation has no user with this address. It is misspelt, an alias, or in another organisation. The app cannot send as it.",
    )
    .advise("Copy the address anew: Microsoft 365 admin center > Users > Active users > the person > Account > Username.")
    .advise("Enter the user name itself and not an alias of it.")
    .advise("Check that the box Tenant ID is this customer's: Entra admin center > App registrations > your app > Overview.")
}

fn mailbox_unavailable() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::CustomerAdmin,
        "The user exists but has no mailbox in Exchange Online that can be used: no licence, a mailbox on the company's own server, or one that was only just created. The app cannot send as it.",
    )
    .advise("Assign a licence with Exchange Online: Microsoft 365 admin center > Users > Active users > the person > Licenses and apps.")
    .advise("Look whether the mailbox is listed: Exchange admin center > Recipients > Mailboxes.")
    .advise("Wait half an hour after a licence was assigned.")
}

fn send_as_denied() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::CustomerAdmin,
        "The mailbox was reached, but it may not send with this address as its sender. This is not the fence.",
    )
    .advise("Enter the mailbox's primary address: Exchange admin center > Recipients > Mailboxes > the mailbox > General > Email addresses.")
    .advise("Check the rights to send: Exchange admin center > Recipients > Mailboxes > the mailbox > Delegation > Send as.")
}

fn suspended() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::CustomerAdmin,
        "Microsoft has blocked this mailbox from sending, mostly because it sent spam. The app cannot send as it until it is released.",
    )
    .advise("Release the mailbox after finding the reason: Microsoft Defender portal > Email & collaboration > Review > Restricted entities.")
    .advise("Choose another permitted sender for the test meanwhile.")
}
