//! The name of every call, used by errors, the log and records.

use std::fmt;

/// One kind of call to Microsoft 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Reads the tenant's OpenID configuration; needs no credentials.
    DiscoverTenant,
    /// Asks Entra for an app-only token.
    AcquireToken,
    /// Hands one mail to Graph.
    SendMail,
    /// Hands Graph a mail without recipients, which nobody can get.
    ProbeMailbox,
    /// Lists the directory's users.
    ReadUsers,
    /// Looks a group up by its address.
    ReadGroup,
    /// Lists a group's members.
    ReadMembers,
    /// Looks the application's enterprise application up.
    ReadApplication,
    /// Lists what was granted to the application in Entra.
    ReadGrants,
}

impl Operation {
    /// Stable name for logs and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::DiscoverTenant => "entra.discover_tenant",
            Self::AcquireToken => "entra.acquire_token",
            Self::SendMail => "graph.send_mail",
            Self::ProbeMailbox => "graph.probe_mailbox",
            Self::ReadUsers => "graph.read_users",
            Self::ReadGroup => "graph.read_group",
            Self::ReadMembers => "graph.read_members",
            Self::ReadApplication => "graph.read_application",
            Self::ReadGrants => "graph.read_grants",
        }
    }

    /// What was being done, to be read after "could not".
    pub fn verb(self) -> &'static str {
        match self {
            Self::DiscoverTenant => "look the tenant up",
            Self::AcquireToken => "sign in",
            Self::SendMail => "send the mail",
            Self::ProbeMailbox => "probe the mailbox",
            Self::ReadUsers => "list the users",
            Self::ReadGroup => "look the group up",
            Self::ReadMembers => "list the group's members",
            Self::ReadApplication => "look the application up",
            Self::ReadGrants => "list the application's grants",
        }
    }

    /// Whether a repetition can do harm: a mail could be sent twice.
    pub fn is_idempotent(self) -> bool {
        match self {
            Self::DiscoverTenant
            | Self::AcquireToken
            | Self::ProbeMailbox
            | Self::ReadUsers
            | Self::ReadGroup
            | Self::ReadMembers
            | Self::ReadApplication
            | Self::ReadGrants => true,
            Self::SendMail => false,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
