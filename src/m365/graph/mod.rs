//! Microsoft Graph: sending mail, and the error body all of Graph shares.

mod directory;
pub(super) mod error_body;
mod mail;

pub use directory::{AppGrant, AppInfo, DirectoryClient, GroupInfo, MemberInfo, Read};
pub use mail::{MailClient, Sent, TestMail};
