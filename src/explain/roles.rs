//! Application permissions that let an app do more than send mail, or send it past the fence.

use super::{Evidence, Problem, Stage, Who, words::list};

/// Permission and why it matters. Sources: Microsoft's permission reference; whether a fence covers it, field notes.
const WIDE: &[(&str, &str)] = &[
    (
        "Application.ReadWrite.All",
        "It can add a secret to any app and then act as that app. No fence for mail stops that.",
    ),
    (
        "Application.ReadWrite.OwnedBy",
        "It can create apps and change those it owns, secrets included. Sending mail does not need it.",
    ),
    ("AppRoleAssignment.ReadWrite.All", "It can grant itself any other permission. No fence for mail stops that."),
    (
        "Calendars.Read",
        "It can read calendars. Totalview's calendar registration needs it; a registration for mail alone does not.",
    ),
    (
        "Calendars.ReadWrite",
        "It can write calendars, and invitations go out as mail. Totalview's calendar registration needs it; a registration for mail alone does not.",
    ),
    ("Contacts.Read", "It can read contacts. Sending mail does not need it."),
    ("Contacts.ReadWrite", "It can change contacts. Sending mail does not need it."),
    ("Directory.ReadWrite.All", "It can change users and groups, so also the group that fences it in."),
    ("EWS.AccessAsApp", "It can use mailboxes over Exchange's older interface, reading and sending included."),
    (
        "Exchange.ManageAsApp",
        "It can administer Exchange when it also has an administrator role, and then remove its own fence.",
    ),
    ("Files.ReadWrite.All", "It can read and change files in the whole organisation. Sending mail does not need it."),
    ("Group.ReadWrite.All", "It can change groups and their members. Sending mail does not need it."),
    ("GroupMember.ReadWrite.All", "It can add members to groups. Sending mail does not need it."),
    ("IMAP.AccessAsApp", "It can read mailboxes over IMAP, which an application access policy does not cover."),
    ("Mail.Read", "It can read mail in the mailboxes it reaches. Sending does not need it."),
    ("Mail.ReadBasic", "It can read who wrote to whom and the subjects. Sending does not need it."),
    ("Mail.ReadBasic.All", "It can read who wrote to whom and the subjects. Sending does not need it."),
    ("Mail.ReadWrite", "It can read, change and delete mail in the mailboxes it reaches. Sending does not need it."),
    ("MailboxSettings.ReadWrite", "It can change forwarding and automatic replies. Sending does not need it."),
    ("POP.AccessAsApp", "It can read mailboxes over POP, which an application access policy does not cover."),
    ("RoleManagement.ReadWrite.Directory", "It can make itself an administrator. No fence for mail stops that."),
    (
        "SMTP.SendAsApp",
        "It can send over SMTP, a way that an application access policy does not cover. This test does not see that way.",
    ),
    (
        "Sites.ReadWrite.All",
        "It can read and change SharePoint in the whole organisation. Sending mail does not need it.",
    ),
    ("User.ReadWrite.All", "It can change users. Sending mail does not need it."),
    (
        "full_access_as_app",
        "It can read and send mail in every mailbox over Exchange's older interface, unless a policy covers it.",
    ),
];

/// For names this program does not list but whose ending says enough.
const BROAD: &str = "It can change data in the whole organisation. An app that only sends mail does not need it.";

/// Why a permission is more than sending mail needs; `None` when there is nothing to say.
pub fn role_warning(role: &str) -> Option<&'static str> {
    let listed = WIDE.iter().find(|(name, _)| name.eq_ignore_ascii_case(role)).map(|(_, why)| *why);
    listed.or_else(|| is_broad(role).then_some(BROAD))
}

fn is_broad(role: &str) -> bool {
    let name = role.to_ascii_lowercase();
    [".readwrite.all", ".fullcontrol.all", ".manage.all"].iter().any(|ending| name.ends_with(ending))
}

/// The permissions among `roles` that are worth a warning, each with its reason.
pub fn wide_roles(roles: &[String]) -> Vec<(&str, &'static str)> {
    roles.iter().filter(|role| is_name(role)).filter_map(|role| Some((role.as_str(), role_warning(role)?))).collect()
}

/// Whether the text is the name of a permission and nothing else that somebody put into a token.
pub(super) fn is_name(role: &str) -> bool {
    role.len() <= 80 && role.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// A warning about all of them together; `None` when there is nothing to say.
pub(super) fn wide_roles_problem(roles: &[String]) -> Option<Problem> {
    let wide = wide_roles(roles);
    let names: Vec<&str> = wide.iter().map(|(name, _)| *name).collect();
    if names.is_empty() {
        return None;
    }
    let reasons: Vec<String> = wide.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    let summary = format!("The app may do more than send mail: {}", list(&names));
    let problem = Problem::new("permissions_too_wide", Stage::App, Who::CustomerAdmin, summary)
        .because(reasons.join(" "))
        .advise("Remove what is not needed: Entra admin center > App registrations > your app > API permissions > … > Revoke admin consent, then Remove permission.")
        .advise("Use a registration for mail alone, beside the one for calendars: Entra admin center > App registrations > New registration.")
        .with(Evidence { detail: Some(format!("roles in the token: {}", roles.join(", "))), ..Evidence::default() });
    Some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_alone_is_not_worth_a_warning() {
        for role in ["Mail.Send", "User.Read.All", "", "Unheard.Of"] {
            assert_eq!(role_warning(role), None, "{role}");
        }
        for role in ["Mail.ReadWrite", "full_access_as_app", "Something.New.ReadWrite.All", "smtp.sendasapp"] {
            assert!(role_warning(role).is_some(), "{role}");
        }
    }

    #[test]
    fn only_names_are_repeated() {
        let roles = ["<script>.ReadWrite.All".to_owned(), "Mail.Send".to_owned()];
        assert_eq!(wide_roles_problem(&roles), None);
    }
}
