//! Reads the group, the app and its grants with the app's own token. What it may not read is not checked, never failed.

use crate::{
    base::{Field, MailAddress, ObjectId},
    m365::{
        Error,
        auth::AccessToken,
        graph::{AppGrant, DirectoryClient, GroupInfo, MemberInfo, Read},
    },
    policy::{Desired, EntraGrants, Found, FoundGroup, FoundMember, GraphGroup, Known, RecipientKind, Truth},
};

use super::{DirectoryRow, DirectoryState};

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct DirectoryReading {
    pub(super) found: Found,
    pub(super) rows: Vec<DirectoryRow>,
    /// Object id and name of the enterprise application.
    pub(super) app: Option<(String, Option<String>)>,
}

/// Reads all there is to read.
pub(super) async fn read(client: &DirectoryClient, token: &AccessToken, desired: &Desired) -> DirectoryReading {
    let mut reading = DirectoryReading::default();
    read_group(client, token, desired, &mut reading).await;
    read_app(client, token, desired, &mut reading).await;
    reading
}

async fn read_group(client: &DirectoryClient, token: &AccessToken, desired: &Desired, reading: &mut DirectoryReading) {
    let address = &desired.group.address;
    let group = client.group(token, address.as_str()).await;
    let needs = "GroupMember.Read.All";
    let Some(info) = reading.take("Group", needs, group, |info| {
        format!("{} is a {}", info.display_name.as_deref().unwrap_or(address.as_str()), kind_of(info).label())
    }) else {
        return;
    };
    let members = client.members(token, &info.id).await;
    let members = reading.take("Members", needs, members, |members| match members.len() {
        1 => "1 direct member".to_owned(),
        count => format!("{count} direct members"),
    });
    reading.found.groups.push(FoundGroup {
        exists: Truth::Yes,
        name: info.display_name.clone().unwrap_or_default(),
        address: Some(address.clone()),
        object_id: ObjectId::parse(&info.id),
        distinguished_name: None,
        kind: kind_of(&info),
        members: members.map(|members| Known::complete(members.iter().map(member).collect())).unwrap_or_default(),
    });
}

async fn read_app(client: &DirectoryClient, token: &AccessToken, desired: &Desired, reading: &mut DirectoryReading) {
    let needs = "Application.Read.All";
    let app = client.application(token, desired.client_id).await;
    let app = reading.take("Enterprise application", needs, app, |app| {
        format!("{}, object ID {}", app.display_name.as_deref().unwrap_or("without a name"), app.id)
    });
    let Some(app) = app else { return };
    let grants = client.grants(token, &app.id).await;
    let grants = reading.take("Permissions in Entra", needs, grants, |grants| {
        let names: Vec<&str> = grants.iter().filter_map(|grant| grant.role.as_deref()).collect();
        if names.is_empty() { "none by name".to_owned() } else { names.join(", ") }
    });
    if let Some(grants) = grants {
        reading.found.entra = entra(&grants);
    }
    reading.app = Some((app.id, app.display_name));
}

impl DirectoryReading {
    /// Writes the row, and gives the value back when it was read.
    fn take<T>(
        &mut self,
        what: &'static str,
        needs: &str,
        read: Result<Read<T>, Box<Error>>,
        words: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let (state, words, value) = match read {
            Ok(Read::Got(value)) => (DirectoryState::Read, words(&value), Some(value)),
            Ok(Read::NotFound) => (
                DirectoryState::Absent,
                "Not in the directory; something new can take a few hours to show up".to_owned(),
                None,
            ),
            Ok(Read::NotAllowed) => {
                (DirectoryState::NotChecked, format!("The app may not read this ({needs}), and need not"), None)
            }
            Err(err) => (DirectoryState::NotChecked, format!("No answer: {err}"), None),
        };
        self.rows.push(DirectoryRow { what, state, words });
        value
    }
}

fn kind_of(info: &GroupInfo) -> RecipientKind {
    RecipientKind::of_graph_group(GraphGroup {
        mail_enabled: info.mail_enabled,
        security_enabled: info.security_enabled,
        unified: info.group_types.iter().any(|kind| kind.eq_ignore_ascii_case("Unified")),
    })
}

/// The directory's ids are not Exchange's, so members are known by address alone. Who shows none may have any.
fn member(info: &MemberInfo) -> FoundMember {
    let parse = |text: &Option<String>| {
        text.as_deref().and_then(|text| MailAddress::parse(Field::Recipient, text).ok()).map(|parsed| parsed.value)
    };
    FoundMember {
        name: info.display_name.clone().unwrap_or_default(),
        address: parse(&info.mail),
        sign_in_name: parse(&info.user_principal_name),
        guid: None,
        kind: match info.kind.as_deref() {
            Some("#microsoft.graph.user") => RecipientKind::UserMailbox,
            Some("#microsoft.graph.group") => RecipientKind::SecurityGroup,
            Some("#microsoft.graph.orgContact" | "#microsoft.graph.device" | "#microsoft.graph.servicePrincipal") => {
                RecipientKind::Other
            }
            Some(_) | None => RecipientKind::Unknown,
        },
    }
}

/// A grant whose name could not be read may be any.
fn entra(grants: &[AppGrant]) -> EntraGrants {
    let is_send = |grant: &AppGrant| grant.role.as_deref().is_some_and(|role| role.eq_ignore_ascii_case("Mail.Send"));
    let nameless = grants.iter().any(|grant| grant.role.is_none());
    EntraGrants {
        mail_send: match (grants.iter().any(is_send), nameless) {
            (true, _) => Truth::Yes,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::No,
        },
        others: grants.iter().filter(|grant| !is_send(grant)).filter_map(|grant| grant.role.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_name_does_not_pass_for_an_address() {
        let info = MemberInfo {
            id: "1".to_owned(),
            kind: Some("#microsoft.graph.user".to_owned()),
            display_name: None,
            mail: None,
            user_principal_name: Some("j.doe@x.com".to_owned()),
        };
        let read = member(&info);
        assert_eq!((read.address, read.sign_in_name), (None, Some("j.doe@x.com".parse().unwrap())));
    }
}
