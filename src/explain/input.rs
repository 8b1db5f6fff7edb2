//! A typed value that cannot be used: found before anything was sent, so the person at the keyboard can cure it.

use crate::base::{Field, InputError, InputFault, echo, echo_address, looks_like_a_secret};

use super::{Evidence, Problem, Stage, Who};

/// What is wrong with a typed value and where the right one stands.
pub fn input(err: &InputError) -> Problem {
    let field = err.field;
    match &err.fault {
        InputFault::Empty => empty(field),
        InputFault::NotAGuid(text) => not_a_guid(field, text),
        InputFault::NotATenant(text) => not_a_tenant(field, text),
        InputFault::TenantAlias(text) => tenant_alias(field, text),
        InputFault::SecretId => secret_id(field),
        InputFault::SecretIsId(other) => secret_is_id(field, other),
        InputFault::SecretBroken => secret_broken(field),
        InputFault::NotAnAddress { text, reason } => not_an_address(field, text, reason),
        InputFault::OnBothLists(address) => on_both_lists(address),
        InputFault::Unknown { text, known } => unknown(field, text, known),
        InputFault::BadUrl { text, reason } => bad_url(field, text, reason),
        InputFault::Unreadable(reason) => unreadable(field, reason),
        InputFault::FileUnreadable { path, reason } => file_unreadable(field, path, reason),
        InputFault::OnlyBlank(trimmed) => only_blank(field, &trimmed.describe()),
    }
}

/// A command line that cannot be used. `found` is a sentence that repeats nothing of what was typed.
pub fn arguments(found: &str, command: &str) -> Problem {
    problem("arguments_not_usable", "The command line cannot be used, so nothing was tested")
        .because(format!(
            "Found: {found} What exactly stands on standard error. A value may also come from a variable EXCHANGE365_…"
        ))
        .advise(format!("Look up what can be typed: exchange365-cli {command} --help"))
}

/// Not exactly one sender for one mail.
pub fn one_sender(count: usize) -> Problem {
    let found = if count == 0 { "none was".to_owned() } else { format!("{count} were") };
    problem("not_one_sender", format!("One test mail has exactly one sender, and {found} given"))
        .because("Nothing was sent.")
        .advise("Give one address with --from. To try several senders, use verify with --permitted and --forbidden.")
}

fn problem(code: &str, summary: impl Into<String>) -> Problem {
    Problem::new(code, Stage::Input, Who::You, summary)
}

fn empty(field: Field) -> Problem {
    problem("value_missing", format!("Nothing was entered for {}", field.label()))
        .because("The test cannot start without this value.")
        .advise(where_to_find(field))
}

fn not_a_guid(field: Field, text: &str) -> Problem {
    if looks_like_a_secret(text) {
        return secret_in_wrong_box(field);
    }
    problem("not_a_guid", format!("{} is not a GUID: {}", field.label(), echo(text)))
        .because("A GUID has 32 digits and letters a to f in five groups, such as 11111111-2222-3333-4444-555555555555. A character may be missing, or a name was copied.")
        .advise(where_to_find(field))
}

fn not_a_tenant(field: Field, text: &str) -> Problem {
    if looks_like_a_secret(text) {
        return secret_in_wrong_box(field);
    }
    problem("not_a_tenant", format!("{} is neither a GUID nor a domain: {}", field.label(), echo(text)))
        .because("A tenant is named by its GUID or by one of its domains, such as contoso.onmicrosoft.com. The company's name is not enough.")
        .advise(where_to_find(field))
}

fn tenant_alias(field: Field, text: &str) -> Problem {
    problem("tenant_not_specific", format!("{} names no single organisation: {}", field.label(), echo(text)))
        .because("That word stands for all organisations. An app signs in to exactly one.")
        .advise(where_to_find(field))
}

fn secret_id(field: Field) -> Problem {
    problem("secret_id_instead_of_value", format!("{} holds the Secret ID, not the secret", field.label()))
        .because("The portal shows two columns, Value and Secret ID. What was pasted is a GUID, and only the Secret ID is one.")
        .advise("Copy the column Value instead: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets.")
        .advise("Create a new client secret there if the Value shows only its first characters. It is shown in full only right after it was created.")
}

fn secret_is_id(field: Field, other: &str) -> Problem {
    problem("secret_is_another_value", format!("{} holds the same text as the {other}", field.label()))
        .because("The same value was pasted into two boxes.")
        .advise(where_to_find(field))
}

fn secret_broken(field: Field) -> Problem {
    problem("secret_has_spaces", format!("{} has a space or a line break inside", field.label()))
        .because("No secret has one. More than the Value was copied, or a mail program has broken the line.")
        .advise("Copy the Value alone, with the copy button beside it: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets.")
        .advise("Paste it into a plain text editor first if it came by mail, and join the line.")
}

fn secret_in_wrong_box(field: Field) -> Problem {
    problem("secret_in_wrong_box", format!("{} seems to hold the client secret", field.label()))
        .because("What was pasted looks like a secret's Value. It is not repeated here.")
        .advise("Move it to the box Client Secret.")
        .advise(where_to_find(field))
}

fn not_an_address(field: Field, text: &str, reason: &str) -> Problem {
    problem("not_an_address", format!("{}: {} is not a mail address", field.label(), echo(text)))
        .because(format!("Found: {}.", reason.trim_end_matches('.')))
        .advise("Enter the bare address, such as name@contoso.com; separate several by commas.")
        .advise("Copy it from the person's page: Microsoft 365 admin center > Users > Active users > the person > Account > Username.")
}

fn on_both_lists(address: &str) -> Problem {
    problem("sender_on_both_lists", format!("{} is listed as permitted and as forbidden", echo(address)))
        .because("One of the two is wrong, and the result would mean nothing. Nothing was sent.")
        .advise("Remove the address from one of the lists Permitted senders and Forbidden senders.")
        .advise("Check whether the person is in the group: Exchange admin center > Recipients > Groups > Mail-enabled security > the group > Members.")
}

fn unknown(field: Field, text: &str, known: &str) -> Problem {
    problem("unknown_name", format!("{}: {} is not known", field.label(), echo(text)))
        .because(format!("Known are: {known}."))
        .advise(where_to_find(field))
}

fn bad_url(field: Field, text: &str, reason: &str) -> Problem {
    problem("address_not_usable", format!("{}: {} cannot be used", field.label(), echo_address(text)))
        .because(format!("Found: {}.", reason.trim_end_matches('.')))
        .advise(where_to_find(field))
}

fn unreadable(field: Field, reason: &str) -> Problem {
    problem("settings_unreadable", format!("{} could not be read", field.label()))
        .because("The text is not the block that was expected, or a part of it was not copied.")
        .advise("Copy the whole block from its first brace to its last: appsettings.json in the Totalview Authentication folder > GraphOptions.")
        .advise("Type the three values into the boxes Tenant ID, Client ID and Client Secret instead.")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

fn file_unreadable(field: Field, path: &str, reason: &str) -> Problem {
    problem("file_not_readable", format!("The file for {} could not be read: {}", field.label(), echo(path)))
        .because("The file is not there, or this account may not read it.")
        .advise("Check the file's name and folder, and that your account may read it.")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

fn only_blank(field: Field, blanks: &str) -> Problem {
    problem("only_blanks_entered", format!("{} holds nothing that can be seen", field.label()))
        .because(format!("Only {blanks} came along when the value was pasted."))
        .advise(where_to_find(field))
}

/// Where the right value stands.
fn where_to_find(field: Field) -> &'static str {
    match field {
        Field::TenantId => {
            "Copy Directory (tenant) ID into the box Tenant ID: Entra admin center > App registrations > your app > Overview."
        }
        Field::ClientId => {
            "Copy Application (client) ID into the box Client ID, not the Object ID: Entra admin center > App registrations > your app > Overview."
        }
        Field::ClientSecret => {
            "Copy the secret's Value into the box Client Secret: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets."
        }
        Field::Cloud => {
            "Choose the customer's cloud in the box Cloud. Most customers are in the global one; portal.azure.us means US Government, portal.azure.cn China."
        }
        Field::ServiceUrl => {
            "Leave the service addresses empty for Microsoft 365. Else enter https://host; http is for this computer alone (127.0.0.1)."
        }
        Field::Proxy => {
            "Enter the proxy as http://host:port, without name and password, or leave it empty for the one of the system: Windows Settings > Network & internet > Proxy."
        }
        Field::PermittedSender => {
            "Enter an address that is in the group, such as the one Totalview sends from: Exchange admin center > Recipients > Groups > Mail-enabled security > the group > Members."
        }
        Field::ForbiddenSender => {
            "Enter an address outside the group that has a mailbox of its own: Exchange admin center > Recipients > Mailboxes."
        }
        Field::Recipient => "Enter the address that is to get the test mails, best your own.",
        Field::GraphOptions => {
            "Copy the block from appsettings.json in the Totalview Authentication folder, from its first brace to its last."
        }
        Field::Scenario => "Choose one of the demo scenarios from the list.",
        Field::ReportFile => {
            "Give the report a name that ends in one of the known endings, in a folder that can be written to."
        }
        Field::Record => "Name a test by its id, as history shows it, by its file, or as last for the newest one.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_another_box_is_not_repeated() {
        let secret = "abC8Q~canary0123456789ABCDEFghijklmnopqr";
        for fault in [
            InputFault::NotAGuid(secret.to_owned()),
            InputFault::NotATenant(secret.to_owned()),
            InputFault::Unknown { text: secret.to_owned(), known: "global".to_owned() },
            InputFault::BadUrl { text: format!("x {secret}"), reason: "no host".to_owned() },
            InputFault::NotAnAddress { text: secret.to_owned(), reason: "it has no @".to_owned() },
        ] {
            let shown = format!("{:?}", input(&InputError::new(Field::ClientId, fault)));
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
