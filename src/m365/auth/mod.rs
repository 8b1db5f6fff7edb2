//! Signing in as the application: client credentials, what a token says, what Entra answers.

mod claims;
mod discovery;
mod entra_error;
mod token;

pub use claims::Claims;
pub use discovery::{Discovery, TenantInfo, discover};
pub use entra_error::EntraError;
pub use token::{AccessToken, Credentials, SignInError, TokenSource};
