//! Where Exchange's PowerShell connects to, and where the admin pages are, in each cloud.

use std::fmt;

use crate::base::{ClientId, ObjectId};

/// A cloud in which Exchange Online exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ExchangeCloud {
    /// Microsoft 365 worldwide, GCC included.
    #[default]
    Global,
    /// Microsoft 365 GCC High.
    UsGov,
    /// Microsoft 365 for the US Department of Defense.
    UsDod,
    /// Microsoft 365 operated by `21Vianet`.
    China,
}

impl ExchangeCloud {
    /// All clouds, the usual one first.
    pub const ALL: [Self; 4] = [Self::Global, Self::UsGov, Self::UsDod, Self::China];

    /// The name used on the command line and in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGov => "us-gov",
            Self::UsDod => "us-dod",
            Self::China => "china",
        }
    }

    /// The cloud with this `name`; `None` where Exchange's PowerShell has no environment for it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
    }

    /// What `Connect-ExchangeOnline -ExchangeEnvironmentName` is given.
    pub fn environment_name(self) -> &'static str {
        match self {
            Self::Global => "O365Default",
            Self::UsGov => "O365USGovGCCHigh",
            Self::UsDod => "O365USGovDoD",
            Self::China => "O365China",
        }
    }

    /// The address of `page` in this cloud.
    pub fn link(self, page: AdminPage) -> String {
        match page {
            AdminPage::Groups => format!("{}#/groups", self.microsoft_365_admin()),
            AdminPage::ExchangeGroups => match self {
                Self::China => self.exchange_admin().to_owned(),
                Self::Global | Self::UsGov | Self::UsDod => format!("{}#/groups", self.exchange_admin()),
            },
            AdminPage::AppPermissions(client) => {
                let blade = "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI";
                format!("{}#view/{blade}/appId/{client}", self.entra_admin())
            }
            AdminPage::EnterpriseApp(object, client) => {
                let blade = "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions";
                format!("{}#view/{blade}/objectId/{object}/appId/{client}", self.entra_admin())
            }
        }
    }

    fn microsoft_365_admin(self) -> &'static str {
        match self {
            Self::Global => "https://admin.microsoft.com/",
            Self::UsGov => "https://portal.office365.us/adminportal/home",
            Self::UsDod => "https://portal.apps.mil/adminportal/home",
            Self::China => "https://portal.partner.microsoftonline.cn/adminportal/home",
        }
    }

    fn exchange_admin(self) -> &'static str {
        match self {
            Self::Global => "https://admin.exchange.microsoft.com/",
            Self::UsGov => "https://admin.exchange.office365.us/",
            Self::UsDod => "https://admin.exchange.apps.mil/",
            Self::China => "https://partner.outlook.cn/ecp/",
        }
    }

    fn entra_admin(self) -> &'static str {
        match self {
            Self::Global => "https://entra.microsoft.com/",
            Self::UsGov | Self::UsDod => "https://entra.microsoft.us/",
            Self::China => "https://entra.microsoftonline.cn/",
        }
    }
}

impl fmt::Display for ExchangeCloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A page on which an administrator does or looks at something by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminPage {
    /// Groups in the Microsoft 365 admin centre.
    Groups,
    /// Groups in the Exchange admin centre.
    ExchangeGroups,
    /// The API permissions of the app registration, in Entra.
    AppPermissions(ClientId),
    /// The permissions of the enterprise application, in Entra.
    EnterpriseApp(ObjectId, ClientId),
}

impl AdminPage {
    /// What the link is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Groups => "Microsoft 365 admin center, groups",
            Self::ExchangeGroups => "Exchange admin center, groups",
            Self::AppPermissions(_) => "Microsoft Entra, API permissions of the app registration",
            Self::EnterpriseApp(..) => "Microsoft Entra, permissions of the enterprise application",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_its_own_pages() {
        for cloud in ExchangeCloud::ALL {
            assert_eq!(ExchangeCloud::from_name(cloud.name()), Some(cloud));
            for page in [AdminPage::Groups, AdminPage::ExchangeGroups] {
                let link = cloud.link(page);
                assert!(link.starts_with("https://"), "{link}");
                assert_eq!(ExchangeCloud::ALL.iter().filter(|other| other.link(page) == link).count(), 1, "{link}");
            }
        }
        assert_eq!(ExchangeCloud::from_name("bleu"), None);
    }

    #[test]
    fn links_to_an_app_name_it() {
        let client = ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value;
        let object = ObjectId::parse("99999999-2222-3333-4444-555555555555").unwrap();
        let link = ExchangeCloud::China.link(AdminPage::EnterpriseApp(object, client));
        assert!(link.starts_with("https://entra.microsoftonline.cn/#view/"), "{link}");
        assert!(link.contains(&object.to_string()) && link.contains(&client.to_string()), "{link}");
    }
}
