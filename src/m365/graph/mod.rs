//! Microsoft Graph: sending mail, and the error body all of Graph shares.

pub(super) mod error_body;
mod mail;

pub use mail::{MailClient, Sent, TestMail};
