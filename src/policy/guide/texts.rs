//! What each step says, in words for somebody who does not administer Microsoft 365 every day.

use super::{
    super::{AdminPage, Desired, ExchangeCloud, Method},
    GuideStep,
};

/// What a step says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepText {
    /// Its title.
    pub title: &'static str,
    /// Why it is needed.
    pub why: &'static str,
    /// What to do, one thing after the other.
    pub what_to_do: Vec<&'static str>,
    /// Pages where it can be done or looked at by hand.
    pub links: Vec<(&'static str, String)>,
}

/// What choosing a method means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodText {
    /// Its name.
    pub title: &'static str,
    /// In a sentence.
    pub summary: &'static str,
    /// What speaks for it.
    pub good: &'static [&'static str],
    /// What has to be accepted.
    pub bad: &'static [&'static str],
}

/// The texts of a step for what is wanted.
pub fn step_text(step: GuideStep, desired: &Desired) -> StepText {
    let (title, why) = heading(step, desired.method);
    StepText { title, why, what_to_do: what_to_do(step, desired.method).to_vec(), links: links(step, desired) }
}

fn heading(step: GuideStep, method: Method) -> (&'static str, &'static str) {
    match (step, method) {
        (GuideStep::Group, _) => (
            "Mail-enabled security group",
            "The fence is drawn around the members of this group: the app may send as them and as nobody else",
        ),
        (GuideStep::Module, _) => {
            ("PowerShell and the module", "The fence can be set up with Microsoft's Exchange Online module alone")
        }
        (GuideStep::Connect, _) => {
            ("Connect to Exchange Online", "An Exchange administrator of the organisation signs in")
        }
        (GuideStep::Fence, Method::ApplicationAccessPolicy) => (
            "Application Access Policy",
            "Without it the permission Mail.Send lets the app send as anybody in the company, the CEO included",
        ),
        (GuideStep::Fence, Method::RbacForApplications) => (
            "Role with a scope (RBAC for Applications)",
            "The app gets the right to send from Exchange, for the members of the group alone, instead of from Entra for everybody",
        ),
        (GuideStep::Verification1, _) => {
            ("Verification 1: what Exchange says", "Exchange is asked about every permitted and every forbidden sender")
        }
        (GuideStep::Verification2, _) => (
            "Verification 2: real test mails",
            "Only a mail that is really refused proves the fence, because changes take time to come into force",
        ),
    }
}

fn what_to_do(step: GuideStep, method: Method) -> &'static [&'static str] {
    match (step, method) {
        (GuideStep::Group, _) => &[
            "Enter a name, an alias and an address for the group; the suggestions fit the guide",
            "Enter the permitted senders: exactly the mailboxes the app shall send as",
            "Run the script, or create a group of the kind Mail-enabled security by hand and add the mailboxes themselves, not other groups",
            "It can take a few hours until a new group shows up in the admin center",
        ],
        (GuideStep::Module, _) => &[
            "Open Windows PowerShell; it need not be run as administrator",
            "Run the script, or the commands one by one: look whether the module is there, install it, or update it",
            "If a red text appears, look for it in the list of known errors",
        ],
        (GuideStep::Connect, _) => &[
            "Enter the sign-in name of an Exchange administrator of the organisation",
            "Run the command and sign in in the window that opens; the password is typed there and nowhere else",
        ],
        (GuideStep::Fence, Method::ApplicationAccessPolicy) => &[
            "Run the script; with -WhatIf at its end it only says what it would do",
            "Paste its result back here",
            "Wait: the policy is in force after half an hour, sometimes after an hour or more",
        ],
        (GuideStep::Fence, Method::RbacForApplications) => &[
            "Sign in on the Credentials tab first: it fills in the object ID of the enterprise application",
            "Run the script; it makes the app known to Exchange, draws the scope and assigns the role",
            "Paste its result back here",
            "Then remove Mail.Send from the app in Microsoft Entra, because permissions add up: while it stays, the app can send as everybody",
            "Wait with the app at rest: the role is in force after half an hour, or after two hours while the app keeps sending",
        ],
        (GuideStep::Verification1, _) => &[
            "Run the script, or the commands one by one; nothing is changed by them",
            "Paste what they print, in any language: granted is expected for permitted senders, denied for forbidden ones",
            "If an answer is not as expected and the fence is new, wait half an hour and ask again",
        ],
        (GuideStep::Verification2, _) => &[
            "Go to Send E-Mail; the senders are filled in from here",
            "Send as a forbidden sender: it should be refused. If the fence does not hold, the mail really goes out",
            "Send as a permitted sender: it should be accepted",
            "If one of the two is not as expected, wait two hours and try again",
        ],
    }
}

fn links(step: GuideStep, desired: &Desired) -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    match (step, desired.method) {
        (GuideStep::Group, _) => pages.extend([AdminPage::Groups, AdminPage::ExchangeGroups]),
        (GuideStep::Fence, Method::RbacForApplications) => {
            pages.push(AdminPage::AppPermissions(desired.client_id));
            let object = desired.enterprise_object_id;
            pages.extend(object.map(|object| AdminPage::EnterpriseApp(object, desired.client_id)));
        }
        (GuideStep::Fence, Method::ApplicationAccessPolicy)
        | (GuideStep::Module | GuideStep::Connect | GuideStep::Verification1 | GuideStep::Verification2, _) => {}
    }
    let cloud: ExchangeCloud = desired.cloud;
    pages.into_iter().map(|page| (page.label(), cloud.link(page))).collect()
}

/// What choosing a method means, in plain words.
pub fn method_text(method: Method) -> MethodText {
    match method {
        Method::ApplicationAccessPolicy => MethodText {
            title: "Application Access Policy",
            summary: "The app keeps Mail.Send in Entra, and a policy in Exchange cuts it down to the members of the group",
            good: &[
                "It is what the guide describes, with one command",
                "A refusal names the policy, so a test mail proves it clearly",
                "Groups in the group count too",
            ],
            bad: &[
                "Microsoft calls it legacy and asks for no new ones; a date for its end is not known",
                "If the policy is removed, the app can send as everybody at once",
                "It does not cover sending by SMTP",
            ],
        },
        Method::RbacForApplications => MethodText {
            title: "RBAC for Applications",
            summary: "The app loses Mail.Send in Entra and gets a role in Exchange that holds for the members of the group alone",
            good: &[
                "It is what Microsoft recommends now",
                "If a part of it is missing, the app can send as nobody instead of as everybody",
            ],
            bad: &[
                "It works only when Mail.Send is really removed in Entra: permissions add up",
                "It takes more steps, and the object ID of the enterprise application",
                "Only direct members of the group count",
                "A change takes half an hour, or two hours while the app keeps sending",
                "A refusal does not name its reason, so a permitted sender must be accepted in the same test",
            ],
        },
    }
}

/// How long to wait after a change before a test says anything.
pub fn waiting(method: Method) -> &'static str {
    match method {
        Method::ApplicationAccessPolicy => "Wait at least half an hour, better an hour, before the test mails",
        Method::RbacForApplications => {
            "Keep the app from sending for 35 minutes, then test once; if it keeps sending, wait two hours"
        }
    }
}

/// How to go back, in the order that never leaves the app open.
pub fn rollback(method: Method) -> &'static [&'static str] {
    match method {
        Method::ApplicationAccessPolicy => &[
            "First remove Mail.Send from the app in Microsoft Entra, or switch the app off",
            "Then run the script that removes the policy",
            "The group stays; remove it by hand if nothing else uses it",
        ],
        Method::RbacForApplications => &[
            "To go back to the policy: set the policy up first and wait until it is in force",
            "Then give Mail.Send in Microsoft Entra again, with admin consent",
            "Verify, and only then run the script that removes the role, the scope and the app's entry in Exchange",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::DesiredInput;
    use super::*;

    #[test]
    fn every_step_says_what_and_why_for_both_methods() {
        for method in Method::ALL {
            let input = DesiredInput {
                tenant: "contoso.com".into(),
                client_id: "11111111-2222-3333-4444-555555555555".into(),
                enterprise_object_id: "99999999-2222-3333-4444-555555555555".into(),
                admin: "admin@contoso.com".into(),
                group_name: "g".into(),
                group_alias: "g".into(),
                group_address: "g@contoso.com".into(),
                permitted: "a@contoso.com".into(),
                method,
                ..DesiredInput::default()
            };
            let desired = Desired::parse(&input).unwrap();
            for step in GuideStep::ALL {
                let text = step_text(step, &desired);
                assert!(!text.title.is_empty() && !text.why.is_empty() && !text.what_to_do.is_empty());
                assert!(text.what_to_do.iter().all(|line| !line.ends_with('.')), "{text:?}");
            }
            assert_eq!(step_text(GuideStep::Group, &desired).links.len(), 2);
            assert!(!method_text(method).bad.is_empty() && !rollback(method).is_empty() && !waiting(method).is_empty());
        }
    }
}
