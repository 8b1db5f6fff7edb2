//! What is wanted: one app, one group, who may send, who must not, and by which method.

use std::fmt;

use super::{ExchangeCloud, quote::has_curved_quote};
use crate::base::{
    ClientId, Field, InputError, InputFault, MailAddress, ObjectId, Parsed, TenantId, clean, parse_address_list,
};

/// Exchange's limit for names and aliases.
const LONGEST_NAME: usize = 64;
/// Every policy of a tenant shares one space limit, so descriptions are kept short.
const LONGEST_DESCRIPTION: usize = 256;
/// More mailboxes than anybody tests one by one.
const MOST_MAILBOXES: usize = 1_000;
/// What the policy is described with unless something else is typed.
pub const DEFAULT_DESCRIPTION: &str = "Lets this app send mail only as members of the mail-enabled security group";

/// The way in which the app is fenced in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Method {
    /// An Application Access Policy on top of the Entra permission, as the guide does it.
    #[default]
    ApplicationAccessPolicy,
    /// A scoped Exchange role instead of the Entra permission.
    RbacForApplications,
}

impl Method {
    /// Both methods, the guide's first.
    pub const ALL: [Self; 2] = [Self::ApplicationAccessPolicy, Self::RbacForApplications];

    /// The name in files and on the command line, the same as a run's `mechanism`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApplicationAccessPolicy => "application_access_policy",
            Self::RbacForApplications => "rbac_for_applications",
        }
    }

    /// The method with this `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::ApplicationAccessPolicy => "Application Access Policy",
            Self::RbacForApplications => "RBAC for Applications",
        }
    }
}

/// The mail-enabled security group whose members may be sent as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupWanted {
    /// Shown in address books and admin pages.
    pub name: String,
    /// The short name, unique in the organisation.
    pub alias: String,
    /// Its mail address.
    pub address: MailAddress,
}

/// Everything a script needs. Made by [`Desired::parse`]; holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The organisation, so that a script stops when it is connected to another one.
    pub tenant: TenantId,
    /// The app registration's *Client ID*.
    pub client_id: ClientId,
    /// The app's name as Entra shows it.
    pub app_display_name: String,
    /// The object id of the *enterprise application* (the token's `oid`), which RBAC for Applications needs.
    pub enterprise_object_id: Option<ObjectId>,
    /// Who signs in to Exchange Online.
    pub admin: MailAddress,
    /// The group.
    pub group: GroupWanted,
    /// The permitted senders, which become members.
    pub members: Vec<MailAddress>,
    /// The forbidden senders the fence is tested with.
    pub forbidden: Vec<MailAddress>,
    /// How the app is fenced in.
    pub method: Method,
    /// Where Exchange Online is.
    pub cloud: ExchangeCloud,
    /// What the Application Access Policy is described with.
    pub description: String,
}

/// The same as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesiredInput {
    /// `Tenant ID`
    pub tenant: String,
    /// `Client ID`
    pub client_id: String,
    /// The app's name, from the token; may be empty.
    pub app_display_name: String,
    /// The enterprise application's object id, from the token; may be empty.
    pub enterprise_object_id: String,
    /// The administrator's sign-in name.
    pub admin: String,
    /// The group's name.
    pub group_name: String,
    /// The group's alias.
    pub group_alias: String,
    /// The group's address.
    pub group_address: String,
    /// Permitted senders, one per line or comma separated.
    pub permitted: String,
    /// Forbidden senders, one per line or comma separated.
    pub forbidden: String,
    /// The method.
    pub method: Method,
    /// The cloud.
    pub cloud: ExchangeCloud,
    /// The policy's description; empty takes the usual one.
    pub description: String,
}

/// The box a value of the policy setup was typed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DesiredField {
    /// `Tenant ID`
    Tenant,
    /// `Client ID`
    ClientId,
    /// The enterprise application's object id.
    EnterpriseObjectId,
    /// The administrator's sign-in name.
    Admin,
    /// The group's name.
    GroupName,
    /// The group's alias.
    GroupAlias,
    /// The group's address.
    GroupAddress,
    /// The permitted senders.
    Permitted,
    /// The forbidden senders.
    Forbidden,
    /// The policy's description.
    Description,
}

impl DesiredField {
    /// The label in the window.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tenant => "Tenant ID",
            Self::ClientId => "Client ID",
            Self::EnterpriseObjectId => "Enterprise application object ID",
            Self::Admin => "Admin principal name",
            Self::GroupName => "Group name",
            Self::GroupAlias => "Group alias",
            Self::GroupAddress => "Group address",
            Self::Permitted => "Permitted senders",
            Self::Forbidden => "Forbidden senders",
            Self::Description => "Policy description",
        }
    }
}

/// A value that cannot be used, with the box it was typed into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", .field.label())]
pub struct DesiredError {
    /// Where it was typed.
    pub field: DesiredField,
    /// What is wrong and what to type instead.
    pub reason: String,
}

impl GroupWanted {
    /// The group's values as the guide names them, in the given domain.
    pub fn suggested_alias() -> &'static str {
        "totalviewtimesendemail"
    }
}

impl Desired {
    /// Checks everything that was typed and says all that is wrong with it at once.
    pub fn parse(input: &DesiredInput) -> Result<Self, Vec<DesiredError>> {
        let mut faults = Faults::default();
        let tenant = faults.keep(DesiredField::Tenant, parsed(TenantId::parse(&input.tenant)));
        let client_id = faults.keep(DesiredField::ClientId, parsed(ClientId::parse(&input.client_id)));
        let enterprise_object_id =
            faults.keep(DesiredField::EnterpriseObjectId, object_id(&input.enterprise_object_id));
        let admin = faults.keep(DesiredField::Admin, address(&input.admin));
        let name = faults.keep(DesiredField::GroupName, group_name(&input.group_name));
        let alias = faults.keep(DesiredField::GroupAlias, group_alias(&input.group_alias));
        let group_address = faults.keep(DesiredField::GroupAddress, address(&input.group_address));
        let members = faults.keep(DesiredField::Permitted, permitted_list(&input.permitted));
        let forbidden = faults.keep(DesiredField::Forbidden, address_list(Field::ForbiddenSender, &input.forbidden));
        let description = faults.keep(DesiredField::Description, description(&input.description));
        let (Some(tenant), Some(client_id), Some(enterprise_object_id), Some(admin)) =
            (tenant, client_id, enterprise_object_id, admin)
        else {
            return Err(faults.0);
        };
        let (Some(name), Some(alias), Some(address)) = (name, alias, group_address) else {
            return Err(faults.0);
        };
        let (Some(members), Some(forbidden), Some(description)) = (members, forbidden, description) else {
            return Err(faults.0);
        };
        let desired = Self {
            tenant,
            client_id,
            app_display_name: app_name(&input.app_display_name),
            enterprise_object_id,
            admin,
            group: GroupWanted { name, alias, address },
            members,
            forbidden,
            method: input.method,
            cloud: input.cloud,
            description,
        };
        desired.check(&mut faults);
        if faults.0.is_empty() { Ok(desired) } else { Err(faults.0) }
    }

    /// What only shows when the values stand side by side.
    fn check(&self, faults: &mut Faults) {
        for address in self.members.iter().filter(|address| self.forbidden.contains(address)) {
            faults.add(DesiredField::Forbidden, format!("'{address}' is listed as permitted and as forbidden"));
        }
        if self.members.contains(&self.group.address) {
            faults.add(DesiredField::GroupAddress, "the group needs an address of its own, not a permitted sender's");
        }
        if self.forbidden.contains(&self.group.address) {
            faults.add(DesiredField::Forbidden, "test with people's mailboxes, not with the group itself");
        }
        if self.enterprise_object_id.is_some_and(|object| object.guid() == self.client_id.guid()) {
            faults.add(
                DesiredField::EnterpriseObjectId,
                "this is the Client ID; the object ID stands on the app's page under Enterprise applications",
            );
        }
        if self.method == Method::RbacForApplications && self.enterprise_object_id.is_none() {
            faults.add(
                DesiredField::EnterpriseObjectId,
                "RBAC for Applications needs it; sign in on the Credentials tab and it is filled in",
            );
        }
    }

    /// The name of the management scope that RBAC for Applications uses: one per app, without typed text in it.
    pub fn scope_name(&self) -> String {
        format!("Mail.Send scope {}", self.client_id)
    }

    /// The name of the role assignment.
    pub fn assignment_name(&self) -> String {
        format!("Mail.Send {}", self.client_id)
    }
}

#[derive(Default)]
struct Faults(Vec<DesiredError>);

impl Faults {
    fn add(&mut self, field: DesiredField, reason: impl Into<String>) {
        self.0.push(DesiredError { field, reason: reason.into() });
    }

    fn keep<T, E: fmt::Display>(&mut self, field: DesiredField, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(reason) => {
                self.add(field, reason.to_string());
                None
            }
        }
    }
}

/// The value, or what is wrong with it; the ground types name their own box, which here is another one.
fn parsed<T>(result: Result<Parsed<T>, InputError>) -> Result<T, InputFault> {
    result.map(|parsed| parsed.value).map_err(|err| err.fault)
}

fn address(text: &str) -> Result<MailAddress, InputFault> {
    parsed(MailAddress::parse(Field::Recipient, text))
}

fn address_list(field: Field, text: &str) -> Result<Vec<MailAddress>, String> {
    let list = parse_address_list(field, text).map_err(|err| err.fault.to_string())?;
    if list.len() > MOST_MAILBOXES {
        return Err(format!("{} addresses are too many, enter at most {MOST_MAILBOXES}", list.len()));
    }
    Ok(list)
}

fn permitted_list(text: &str) -> Result<Vec<MailAddress>, String> {
    let list = address_list(Field::PermittedSender, text)?;
    if list.is_empty() {
        return Err("enter at least one address the app shall be able to send as".to_owned());
    }
    Ok(list)
}

fn object_id(text: &str) -> Result<Option<ObjectId>, String> {
    let text = clean(text).value;
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = ObjectId::parse(&text);
    parsed.map(Some).ok_or_else(|| "not a GUID such as 11111111-2222-3333-4444-555555555555".to_owned())
}

/// The name comes from the directory, where anything may stand in it, so it is made fit instead of refused.
fn app_name(text: &str) -> String {
    let name: String = clean(text).value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: String = name.chars().take(LONGEST_DESCRIPTION).collect();
    if name.trim().is_empty() { "App".to_owned() } else { name }
}

fn group_name(text: &str) -> Result<String, String> {
    let name = clean(text).value;
    if name.is_empty() {
        return Err("enter a name for the group".to_owned());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(format!("{LONGEST_NAME} characters at most"));
    }
    if name.chars().any(char::is_control) {
        return Err("it contains a line break or a control character".to_owned());
    }
    if has_curved_quote(&name) {
        return Err("use straight quotation marks, Exchange's filters trip over curved ones".to_owned());
    }
    Ok(name)
}

fn group_alias(text: &str) -> Result<String, String> {
    let alias = clean(text).value;
    if alias.is_empty() {
        return Err(format!("enter a short name such as {}", GroupWanted::suggested_alias()));
    }
    if alias.chars().count() > LONGEST_NAME {
        return Err(format!("{LONGEST_NAME} characters at most"));
    }
    if let Some(bad) = alias.chars().find(|character| !is_alias_character(*character)) {
        return Err(format!("'{bad}' cannot stand in an alias, use letters a to z, digits, . - _"));
    }
    if alias.starts_with('.') || alias.ends_with('.') || alias.contains("..") {
        return Err("a point may only stand between other characters".to_owned());
    }
    Ok(alias)
}

fn is_alias_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

fn description(text: &str) -> Result<String, String> {
    let text = clean(text).value;
    if text.is_empty() {
        return Ok(DEFAULT_DESCRIPTION.to_owned());
    }
    if text.chars().count() > LONGEST_DESCRIPTION {
        return Err(format!("{LONGEST_DESCRIPTION} characters at most"));
    }
    if text.chars().any(char::is_control) {
        return Err("it contains a line break or a control character".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> DesiredInput {
        DesiredInput {
            tenant: "contoso.onmicrosoft.com".into(),
            client_id: "11111111-2222-3333-4444-555555555555".into(),
            app_display_name: "Totalview".into(),
            enterprise_object_id: "99999999-2222-3333-4444-555555555555".into(),
            admin: "admin@contoso.com".into(),
            group_name: "Totalview senders".into(),
            group_alias: "totalviewtimesendemail".into(),
            group_address: "totalviewtimesendemail@contoso.com".into(),
            permitted: "noreply@contoso.com\ntime@contoso.com".into(),
            forbidden: "ceo@contoso.com".into(),
            ..DesiredInput::default()
        }
    }

    fn refused(change: impl FnOnce(&mut DesiredInput)) -> Vec<DesiredField> {
        let mut input = input();
        change(&mut input);
        Desired::parse(&input).unwrap_err().into_iter().map(|err| err.field).collect()
    }

    #[test]
    fn what_the_guide_asks_for_is_taken() {
        let desired = Desired::parse(&input()).unwrap();
        assert_eq!(desired.members.len(), 2);
        assert_eq!(desired.description, DEFAULT_DESCRIPTION);
        assert!(desired.scope_name().len() <= LONGEST_NAME && desired.assignment_name().len() <= LONGEST_NAME);
    }

    #[test]
    fn each_bad_value_is_named_by_its_box() {
        use DesiredField as F;
        assert_eq!(refused(|input| input.tenant = "common".into()), [F::Tenant]);
        assert_eq!(refused(|input| input.group_alias = "a b".into()), [F::GroupAlias]);
        assert_eq!(refused(|input| input.group_alias = "føroyar".into()), [F::GroupAlias]);
        assert_eq!(refused(|input| input.group_alias = ".a".into()), [F::GroupAlias]);
        assert_eq!(refused(|input| input.group_alias = "a".repeat(65)), [F::GroupAlias]);
        assert_eq!(refused(|input| input.group_name = "a\nb".into()), [F::GroupName]);
        assert_eq!(refused(|input| input.group_name = "it\u{2019}s".into()), [F::GroupName]);
        assert_eq!(refused(|input| input.permitted = " , ".into()), [F::Permitted]);
        assert_eq!(refused(|input| input.permitted = "nobody".into()), [F::Permitted]);
        assert_eq!(refused(|input| input.forbidden = "TIME@contoso.com".into()), [F::Forbidden]);
        assert_eq!(refused(|input| input.group_address = "time@contoso.com".into()), [F::GroupAddress]);
        assert_eq!(refused(|input| input.description = "x".repeat(257)), [F::Description]);
        assert_eq!(refused(|input| input.enterprise_object_id = input.client_id.clone()), [F::EnterpriseObjectId]);
        let without_object = refused(|input| {
            input.enterprise_object_id.clear();
            input.method = Method::RbacForApplications;
        });
        assert_eq!(without_object, [F::EnterpriseObjectId]);
        assert_eq!(refused(|input| *input = DesiredInput::default()).len(), 7);
    }

    #[test]
    fn names_of_apps_are_made_fit() {
        let mut input = input();
        input.app_display_name = "a\r\nb\u{202e}".into();
        assert_eq!(Desired::parse(&input).unwrap().app_display_name, "a  b");
        input.app_display_name.clear();
        assert_eq!(Desired::parse(&input).unwrap().app_display_name, "App");
    }
}
