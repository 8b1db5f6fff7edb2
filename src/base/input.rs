//! What a person typed that cannot be used: which box, what is wrong with it.

use super::{Trimmed, echo, echo_address, unless_secret};

/// The box or option a value was typed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `Tenant ID`
    TenantId,
    /// `Client ID`
    ClientId,
    /// `Client Secret`
    ClientSecret,
    /// The cloud.
    Cloud,
    /// An overridden address of a service.
    ServiceUrl,
    /// The proxy.
    Proxy,
    /// A permitted sender.
    PermittedSender,
    /// A forbidden sender.
    ForbiddenSender,
    /// The recipient of the test mails.
    Recipient,
    /// A pasted or opened `GraphOptions` block.
    GraphOptions,
    /// The demo scenario's name.
    Scenario,
    /// A file to write a report to.
    ReportFile,
    /// A record of an earlier test.
    Record,
}

impl Field {
    /// The label as it stands in the window and in the guides.
    pub fn label(self) -> &'static str {
        match self {
            Self::TenantId => "Tenant ID",
            Self::ClientId => "Client ID",
            Self::ClientSecret => "Client Secret",
            Self::Cloud => "Cloud",
            Self::ServiceUrl => "Service address",
            Self::Proxy => "Proxy",
            Self::PermittedSender => "Permitted senders",
            Self::ForbiddenSender => "Forbidden senders",
            Self::Recipient => "Recipient",
            Self::GraphOptions => "GraphOptions",
            Self::Scenario => "Scenario",
            Self::ReportFile => "Report file",
            Self::Record => "Record",
        }
    }
}

/// A value that cannot be used, found before anything was sent anywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", .field.label())]
pub struct InputError {
    /// Where it was typed.
    pub field: Field,
    /// What is wrong.
    pub fault: InputFault,
}

impl InputError {
    /// An error about `field`.
    pub fn new(field: Field, fault: InputFault) -> Self {
        Self { field, fault }
    }
}

/// What is wrong with a typed value. What was typed may be a secret in the wrong place: the message does not repeat it then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputFault {
    /// Nothing was typed.
    #[error("nothing was entered")]
    Empty,
    /// Not a GUID.
    #[error("{} is not a GUID such as 11111111-2222-3333-4444-555555555555", echo(.0))]
    NotAGuid(String),
    /// Neither a GUID nor a domain.
    #[error("{} is neither a GUID nor a domain such as contoso.onmicrosoft.com", echo(.0))]
    NotATenant(String),
    /// `common`, `organizations` or `consumers`: no tenant of its own.
    #[error("{} names no single tenant, enter the tenant's GUID or domain", echo(.0))]
    TenantAlias(String),
    /// The secret is a GUID: the *Secret ID* was copied, not the *Value*.
    #[error("this is the secret ID, copy the secret's Value instead")]
    SecretId,
    /// The secret box holds what was typed as client or tenant id.
    #[error("the secret is the same text as the {0}")]
    SecretIsId(&'static str),
    /// The secret holds characters that no secret has, white space or controls in its middle.
    #[error("the secret contains a line break or a space, copy the Value alone")]
    SecretBroken,
    /// Not an address.
    #[error("{} is not a mail address: {reason}", echo(text))]
    NotAnAddress {
        /// The text as typed, cleaned.
        text: String,
        /// What the parser says.
        reason: String,
    },
    /// The same sender is on both lists.
    #[error("{} is listed as permitted and as forbidden", echo(.0))]
    OnBothLists(String),
    /// A name that is not among the known ones.
    #[error("{} is not known, use one of: {known}", echo(text))]
    Unknown {
        /// The text as typed.
        text: String,
        /// The known names, comma separated.
        known: String,
    },
    /// A service or proxy address that may not be used.
    #[error("{} cannot be used: {reason}", echo_address(text))]
    BadUrl {
        /// The address, without user name and password.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A block of settings that cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A file that holds a value cannot be read.
    #[error("the file {} could not be read: {reason}", unless_secret(path))]
    FileUnreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// Only blanks were pasted, or the value was empty after cleaning.
    #[error("only {} was pasted", .0.describe())]
    OnlyBlank(Trimmed),
}
