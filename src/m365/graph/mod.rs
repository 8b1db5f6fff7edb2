//! Microsoft Graph: sending mail, probing a mailbox without sending, reading users and groups, and the error body
//! all of Graph shares.

mod directory;
pub(super) mod error_body;
mod groups;
mod mail;
mod people;
mod probe;
mod users;

pub use directory::{AppGrant, AppInfo, DirectoryClient, GroupInfo, MemberInfo, Read};
pub use mail::{MailClient, Sent, TestMail};
pub use people::{People, PeopleClient, PeopleError, Person};
pub use probe::{MailboxName, ProbeAnswer, Probed, Prober, classify_probe};
