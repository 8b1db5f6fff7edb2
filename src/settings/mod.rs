//! What survives a restart: a versioned file that has no place for a secret, and the operating system's key store.
//!
//! `model` says what is kept, in types that no secret fits into; `file` reads and writes it and never overwrites what
//! it does not understand; `merge` puts together what two windows have changed; `places` says where; `vault` keeps
//! secrets, on request alone.

mod file;
mod merge;
mod model;
mod places;
mod vault;

pub use file::{Error, Notice, Store};
pub use model::{CloudName, Profile, Proxy, Settings, Theme, Window};
pub use places::Places;
pub use vault::{Vault, VaultError, VaultKey};
