//! The single commands behind each step, as the guide writes them: one line each, complete in itself.

use super::{
    super::{
        Desired, Method,
        quote::{literal_list, powershell_literal as quoted},
    },
    step::StepId,
};
use crate::base::MailAddress;

/// The commands that do by hand what the step's script does.
pub(super) fn of(step: StepId, method: Method, desired: &Desired) -> Vec<String> {
    match step {
        StepId::PowerShell => vec![
            "$PSVersionTable.PSVersion".to_owned(),
            "Get-ExecutionPolicy -List".to_owned(),
            "Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope CurrentUser".to_owned(),
            "[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12".to_owned(),
        ],
        StepId::Module => vec![
            "Get-InstalledModule -Name ExchangeOnlineManagement".to_owned(),
            "Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser".to_owned(),
            "Update-Module -Name ExchangeOnlineManagement".to_owned(),
        ],
        StepId::Connect => vec![connect(desired)],
        StepId::Group => group(desired),
        StepId::Members => members(desired),
        StepId::PolicyFence => policy_fence(desired),
        StepId::ServicePrincipal => service_principal(desired),
        StepId::Scope => scope(desired),
        StepId::Assignment => assignment(desired),
        StepId::Facts | StepId::FactsAfter => facts(desired),
        StepId::Verification => verification(method, desired),
        StepId::CutOver | StepId::RemovePolicy => remove_policy(desired),
        StepId::RemoveAssignment => {
            vec![format!("Remove-ManagementRoleAssignment -Identity {}", quoted(&desired.assignment_name()))]
        }
        StepId::RemoveScope => vec![format!("Remove-ManagementScope -Identity {}", quoted(&desired.scope_name()))],
        StepId::RemoveServicePrincipal => vec![format!("Remove-ServicePrincipal -Identity {}", object_id(desired))],
    }
}

fn connect(desired: &Desired) -> String {
    format!(
        "Connect-ExchangeOnline -UserPrincipalName {} -ExchangeEnvironmentName {} -ShowBanner:$false",
        quoted(desired.admin.as_str()),
        quoted(desired.cloud.environment_name()),
    )
}

fn group(desired: &Desired) -> Vec<String> {
    let group = &desired.group;
    let address = quoted(group.address.as_str());
    vec![
        format!(
            "New-DistributionGroup -Name {} -Alias {} -PrimarySmtpAddress {address} -Type Security",
            quoted(&group.name),
            quoted(&group.alias),
        ),
        format!("Get-Recipient -Identity {address} | Format-List Name,PrimarySmtpAddress,RecipientTypeDetails"),
    ]
}

fn members(desired: &Desired) -> Vec<String> {
    let group = quoted(desired.group.address.as_str());
    let add = |member: &MailAddress| {
        let member = quoted(member.as_str());
        format!("Add-DistributionGroupMember -Identity {group} -Member {member} -BypassSecurityGroupManagerCheck")
    };
    let mut commands: Vec<String> = desired.members.iter().map(add).collect();
    commands.push(format!(
        "Get-DistributionGroupMember -Identity {group} -ResultSize Unlimited | Format-List Name,PrimarySmtpAddress,RecipientTypeDetails"
    ));
    commands
}

fn policy_fence(desired: &Desired) -> Vec<String> {
    vec![
        format!(
            "New-ApplicationAccessPolicy -AppId {} -PolicyScopeGroupId {} -AccessRight RestrictAccess -Description {}",
            client_id(desired),
            quoted(desired.group.address.as_str()),
            quoted(&desired.description),
        ),
        policies(),
    ]
}

fn policies() -> String {
    "Get-ApplicationAccessPolicy | Format-List Identity,AppId,AccessRight,ScopeName,IsValid,Description".to_owned()
}

fn service_principal(desired: &Desired) -> Vec<String> {
    vec![
        format!(
            "New-ServicePrincipal -AppId {} -ObjectId {} -DisplayName {}",
            client_id(desired),
            object_id(desired),
            quoted(&desired.app_display_name),
        ),
        service_principals(desired),
    ]
}

fn service_principals(desired: &Desired) -> String {
    let client = client_id(desired);
    format!("Get-ServicePrincipal | Where-Object {{ $_.AppId -eq {client} }} | Format-List DisplayName,AppId,ObjectId")
}

fn scope(desired: &Desired) -> Vec<String> {
    let group = quoted(desired.group.address.as_str());
    vec![
        format!(
            "New-ManagementScope -Name {} -RecipientRestrictionFilter (\"MemberOfGroup -eq '{{0}}'\" -f (Get-DistributionGroup -Identity {group}).DistinguishedName.Replace(\"'\", \"''\"))",
            quoted(&desired.scope_name()),
        ),
        scopes(desired),
    ]
}

fn scopes(desired: &Desired) -> String {
    format!("Get-ManagementScope -Identity {} | Format-List Name,RecipientFilter", quoted(&desired.scope_name()))
}

fn assignment(desired: &Desired) -> Vec<String> {
    vec![
        format!(
            "New-ManagementRoleAssignment -Name {} -App {} -Role 'Application Mail.Send' -CustomResourceScope {}",
            quoted(&desired.assignment_name()),
            object_id(desired),
            quoted(&desired.scope_name()),
        ),
        assignments(desired),
    ]
}

fn assignments(desired: &Desired) -> String {
    let object = object_id(desired);
    format!(
        "Get-ManagementRoleAssignment -RoleAssignee {object} | Format-List Name,Role,RoleAssignee,CustomResourceScope,RecipientWriteScope,Enabled"
    )
}

fn facts(desired: &Desired) -> Vec<String> {
    let mut commands = vec![policies(), service_principals(desired)];
    if desired.enterprise_object_id.is_some() {
        commands.extend([assignments(desired), scopes(desired)]);
    }
    commands
}

fn verification(method: Method, desired: &Desired) -> Vec<String> {
    let mailboxes = || desired.members.iter().chain(&desired.forbidden);
    let one = |mailbox: &MailAddress| {
        let mailbox = quoted(mailbox.as_str());
        match method {
            Method::ApplicationAccessPolicy => {
                format!("Test-ApplicationAccessPolicy -Identity {mailbox} -AppId {}", client_id(desired))
            }
            Method::RbacForApplications => format!(
                "Test-ServicePrincipalAuthorization -Identity {} -Resource {mailbox} | Format-List",
                object_id(desired)
            ),
        }
    };
    let mut commands: Vec<String> = mailboxes().map(one).collect();
    commands.push(verification_at_once(method, desired, &literal_list(mailboxes().map(MailAddress::as_str))));
    commands
}

/// All answers as JSON with the address beside each, because the answers themselves do not name it.
fn verification_at_once(method: Method, desired: &Desired, mailboxes: &str) -> String {
    let (test, properties) = match method {
        Method::ApplicationAccessPolicy => (
            format!("Test-ApplicationAccessPolicy -Identity $asked -AppId {}", client_id(desired)),
            "'AppId', 'AccessCheckResult'",
        ),
        Method::RbacForApplications => (
            format!("Test-ServicePrincipalAuthorization -Identity {} -Resource $asked", object_id(desired)),
            "'RoleName', 'GrantedPermissions', 'AllowedResourceScope', 'ScopeType', 'InScope'",
        ),
    };
    format!(
        "{mailboxes} | ForEach-Object {{ $asked = $_; {test} | Select-Object -Property @{{ Name = 'Asked'; Expression = {{ $asked }} }}, {properties} }} | ConvertTo-Json -Depth 4"
    )
}

fn remove_policy(desired: &Desired) -> Vec<String> {
    let client = client_id(desired);
    let mine = format!("Get-ApplicationAccessPolicy | Where-Object {{ $_.AppId -eq {client} }}");
    vec![
        format!("{mine} | Format-List Identity,AccessRight,ScopeName"),
        format!("{mine} | ForEach-Object {{ Remove-ApplicationAccessPolicy -Identity $_.Identity -Confirm:$true }}"),
    ]
}

fn client_id(desired: &Desired) -> String {
    quoted(&desired.client_id.to_string())
}

/// Empty where it is not known; a script that needs it is not made then.
fn object_id(desired: &Desired) -> String {
    quoted(&desired.enterprise_object_id.map(|object| object.to_string()).unwrap_or_default())
}
