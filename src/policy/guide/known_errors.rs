//! Error texts an administrator meets on the way, what causes them, and the cure.

use super::GuideStep;

/// An error that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownError {
    /// Parts of its text, all of which must be there, in lower case.
    pub patterns: &'static [&'static str],
    /// What causes it.
    pub cause: &'static str,
    /// What to do.
    pub cure: &'static str,
    /// A command that does it; empty where there is none.
    pub command: &'static str,
}

const fn known(
    patterns: &'static [&'static str],
    cause: &'static str,
    cure: &'static str,
    command: &'static str,
) -> KnownError {
    KnownError { patterns, cause, cure, command }
}

const GROUP: &[KnownError] = &[
    known(
        &["being synchronized from your on-premises"],
        "The group lives in the company's own directory and is only copied to Microsoft 365",
        "Change its members in the company's own Active Directory, or create a new group in Microsoft 365",
        "",
    ),
    known(
        &["already a member of the group"],
        "The mailbox is in the group already",
        "Nothing; go on with the next one",
        "",
    ),
    known(
        &["manager of the group"],
        "Only owners of a group may change its members, unless the command says otherwise",
        "Add -BypassSecurityGroupManagerCheck to the command, as the commands shown here do",
        "",
    ),
    known(
        &["proxy address", "already being used"],
        "Another group, mailbox or contact has this address",
        "Choose another address for the group",
        "",
    ),
    known(
        &["writes of mail-enabled groups"],
        "Microsoft Graph cannot create or change groups with mail",
        "Create the group in the Exchange admin center or with the script",
        "",
    ),
    known(
        &["group naming policy"],
        "The organisation prescribes how groups are named",
        "Ask the administrator for a name that fits, or add -IgnoreNamingPolicy to New-DistributionGroup",
        "",
    ),
];

const MODULE: &[KnownError] = &[
    known(
        &["running scripts is disabled"],
        "Windows forbids scripts on this computer (execution policy Restricted)",
        "Allow signed scripts for your own account, then open a new window",
        "Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope CurrentUser",
    ),
    known(
        &["is not digitally signed"],
        "Windows runs signed scripts alone, or the file came from the internet and is marked so",
        "Unblock the file in its properties, or copy the script and paste it into the window",
        "Unblock-File -Path .\\exchange365-fence-application-access-policy.ps1",
    ),
    known(
        &["nuget provider"],
        "A fresh Windows has not got the part that fetches modules",
        "Answer yes, or install it beforehand",
        "Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Force -Scope CurrentUser",
    ),
    known(
        &["untrusted repository"],
        "PowerShell asks before it takes anything from the PowerShell Gallery",
        "Answer yes to all; the module comes from Microsoft",
        "Set-PSRepository -Name PSGallery -InstallationPolicy Trusted",
    ),
    known(
        &["unable to download from uri"],
        "Old Windows speaks TLS 1.0 to the PowerShell Gallery, or a proxy or firewall is in the way",
        "Switch TLS 1.2 on for this window and try again; if that does not help, let the network administrator allow www.powershellgallery.com",
        "[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12",
    ),
    known(
        &["could not create ssl/tls secure channel"],
        "Old Windows speaks TLS 1.0, which is refused",
        "Switch TLS 1.2 on for this window and try again",
        "[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12",
    ),
    known(
        &["no match was found for the specified search criteria"],
        "The PowerShell Gallery is not registered as a source, or cannot be reached",
        "Register it again, then install the module",
        "Register-PSRepository -Default",
    ),
    known(
        &["update-modulemanifest", "not recognized"],
        "The tools that install modules are too old",
        "Install a newer PowerShellGet, then open a new window",
        "Install-Module -Name PowerShellGet -Scope CurrentUser -Force -AllowClobber",
    ),
    known(
        &["update-manifest"],
        "The tools that install modules are too old",
        "Install a newer PowerShellGet, then open a new window",
        "Install-Module -Name PowerShellGet -Scope CurrentUser -Force -AllowClobber",
    ),
    known(
        &["administrator rights are required"],
        "The module would be installed for all users of the computer",
        "Install it for your own account, which needs no administrator",
        "Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser",
    ),
    known(
        &["was not installed by using install-module"],
        "The module came from somewhere else, so it cannot be updated",
        "Install it beside the old one",
        "Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser -Force",
    ),
    known(
        &["no matching", "exchangeonlinemanagement"],
        "The module is not installed, or was installed by other means than Install-Module",
        "Install it",
        "Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser",
    ),
    known(
        &["no match was found", "exchangeonlinemanagement"],
        "The module is not installed, or was installed by other means than Install-Module",
        "Install it",
        "Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser",
    ),
    known(
        &["requires a minimum windows powershell version"],
        "This version of the module needs a newer PowerShell",
        "Use Windows PowerShell 5.1, or a version of the module that fits PowerShell 7.4",
        "Install-Module -Name ExchangeOnlineManagement -RequiredVersion 3.9.2 -Scope CurrentUser -Force",
    ),
    known(
        &["does not contain a method named", "getresponseheader"],
        "Version 3.10.0 of the module does not work here",
        "Install version 3.9.2 and open a new window",
        "Install-Module -Name ExchangeOnlineManagement -RequiredVersion 3.9.2 -Scope CurrentUser -Force",
    ),
    known(
        &["could not load file or assembly"],
        "Another module in this window has loaded an older part that both use",
        "Close the window, open a new one and use the Exchange module first",
        "",
    ),
];

const CONNECT: &[KnownError] = &[
    known(
        &["connect-exchangeonline", "not recognized"],
        "The module is not installed or not found",
        "Go back to step 2, then open a new window",
        "",
    ),
    known(
        &["window handle must be configured"],
        "The sign-in window of Windows cannot be shown from here",
        "Sign in without it",
        "Connect-ExchangeOnline -DisableWAM -ShowBanner:$false",
    ),
    known(
        &["runtimebroker"],
        "The sign-in window of Windows has failed",
        "Sign in without it",
        "Connect-ExchangeOnline -DisableWAM -ShowBanner:$false",
    ),
    known(
        &["parameter name 'credential'"],
        "Signing in with user name and password in the command was taken out of the module in 2026",
        "Leave -Credential away and sign in in the window",
        "",
    ),
    known(
        &["aadsts50076"],
        "The account needs a second factor",
        "Sign in in the window that opens, and confirm on your phone or key",
        "",
    ),
    known(
        &["aadsts53003"],
        "A rule of the organisation (conditional access) forbids this way of signing in",
        "Sign in from a computer and network the organisation allows, or ask the administrator",
        "",
    ),
    known(
        &["unauthorized"],
        "The account is not an administrator of Exchange, or the role was only just switched on",
        "Use an account with the role Exchange Administrator; after switching a role on, wait some minutes and open a new window",
        "",
    ),
    known(
        &["role assigned to user", "isn't supported"],
        "The account has no role in Exchange",
        "Use an account with the role Exchange Administrator",
        "",
    ),
];

const FENCE: &[KnownError] = &[
    known(
        &["applicationaccesspolicy", "not recognized"],
        "The account may not change settings of the whole organisation, so the command is not even offered",
        "Use an account with the role Exchange Administrator or Organization Management",
        "",
    ),
    known(
        &["not present in the role definition"],
        "The account's role does not include this command",
        "Use an account with the role Organization Management",
        "",
    ),
    known(
        &["not a security principal"],
        "The group is a distribution list, a Microsoft 365 group or a shared mailbox",
        "Create a mail-enabled security group and put the mailboxes in it",
        "",
    ),
    known(
        &["total size of app access policies exceeded"],
        "All policies of the organisation share one limited space",
        "Remove policies that are not needed, or shorten their descriptions",
        "",
    ),
    known(
        &["cannot have more than", "policies"],
        "The organisation has as many policies as it may have",
        "Remove policies that are not needed, or use RBAC for Applications",
        "",
    ),
    known(
        &["isdehydrated"],
        "The organisation has never had own roles or scopes",
        "Allow them once, wait a few minutes, then run the script again",
        "Enable-OrganizationCustomization",
    ),
    known(
        &["enable-organizationcustomization"],
        "The organisation has never had own roles or scopes",
        "Allow them once, wait a few minutes, then run the script again",
        "Enable-OrganizationCustomization",
    ),
    known(
        &["more than one service principal"],
        "The name is given twice",
        "Use the object ID instead of the name, as the commands shown here do",
        "",
    ),
    known(
        &["couldn't be found"],
        "There is nothing by that name or address, or it is so new that Exchange does not know it yet",
        "Check the spelling; wait some minutes after creating a group",
        "",
    ),
];

/// The errors that are known for a step.
pub fn known_errors(step: GuideStep) -> &'static [KnownError] {
    match step {
        GuideStep::Group => GROUP,
        GuideStep::Module => MODULE,
        GuideStep::Connect => CONNECT,
        GuideStep::Fence | GuideStep::Verification1 => FENCE,
        GuideStep::Verification2 => &[],
    }
}

/// The known errors in a text, those of `step` first.
pub fn recognise(step: GuideStep, text: &str) -> Vec<&'static KnownError> {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    let mut found: Vec<&'static KnownError> = Vec::new();
    for step in std::iter::once(step).chain(GuideStep::ALL) {
        for error in known_errors(step) {
            let matches = error.patterns.iter().all(|pattern| text.contains(pattern));
            if matches && !found.contains(&error) {
                found.push(error);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_known_by_their_text() {
        let text = "Files cannot be loaded because running scripts is disabled on this system.";
        assert!(recognise(GuideStep::Module, text)[0].command.starts_with("Set-ExecutionPolicy"));
        let text = "The term 'New-ApplicationAccessPolicy' is not recognized as the name of a cmdlet";
        assert_eq!(recognise(GuideStep::Group, text).len(), 1);
        assert!(recognise(GuideStep::Fence, "The object couldn\u{2019}t be found")[0].cause.contains("so new"));
        assert!(recognise(GuideStep::Module, "all is well").is_empty());
    }

    #[test]
    fn every_entry_is_complete() {
        for step in GuideStep::ALL {
            for error in known_errors(step) {
                assert!(!error.patterns.is_empty() && !error.cause.is_empty() && !error.cure.is_empty());
                assert!(error.patterns.iter().all(|pattern| *pattern == pattern.to_lowercase()), "{error:?}");
            }
        }
    }
}
