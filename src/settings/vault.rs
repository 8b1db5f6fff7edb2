//! Secrets, in the operating system's key store alone and only when somebody asked for it. These calls may wait for
//! the person to unlock the store: never call them from a thread that draws.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use keyring::Entry;

use crate::base::{ClientId, Secret, TenantId};

const SERVICE: &str = "exchange365-tester";

/// Whose secret: one per tenant and app registration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaultKey(String);

impl VaultKey {
    /// The key of an app registration in a tenant.
    pub fn new(tenant: &TenantId, client: ClientId) -> Self {
        Self(format!("{tenant}/{client}"))
    }

    /// A key of this name.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// Where secrets are kept.
#[derive(Debug, Clone, Default)]
pub struct Vault(Place);

#[derive(Debug, Clone, Default)]
enum Place {
    System,
    Memory(Arc<Mutex<BTreeMap<VaultKey, Secret>>>),
    #[default]
    Nowhere,
}

/// Why a secret could not be kept, fetched or forgotten. Never holds the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This system has no key store, or none that runs.
    #[error(
        "this system has no key store that could keep the secret (on Linux a Secret Service such as GNOME Keyring or \
KWallet has to run in your session), so enter it each time: {0}"
    )]
    NoStore(String),
    /// The store is locked, or somebody said no.
    #[error("the system's key store is locked or did not allow it, unlock it and try again: {0}")]
    NoAccess(String),
    /// The store holds several secrets under this name.
    #[error("the system's key store has several secrets for this app, delete those you do not need")]
    Ambiguous,
    /// What the store holds is no text.
    #[error("what the system's key store holds for this app is no secret, delete it there")]
    Unreadable,
    /// The secret is longer than the store takes.
    #[error("the secret is longer than the system's key store can take")]
    TooLong,
    /// The store did not do it.
    #[error("the system's key store did not do it: {0}")]
    Failed(String),
}

impl Vault {
    /// The operating system's key store.
    pub fn system() -> Self {
        Self(Place::System)
    }

    /// A store that ends with the program, for tests and the demo.
    pub fn memory() -> Self {
        Self(Place::Memory(Arc::default()))
    }

    /// A system without a key store.
    pub fn nowhere() -> Self {
        Self(Place::Nowhere)
    }

    /// Whether there is a store at all, as far as that can be told without asking the person.
    ///
    /// # Errors
    /// There is none, and why.
    pub fn check(&self) -> Result<(), VaultError> {
        match &self.0 {
            Place::System => match Entry::store_status() {
                Ok(()) => Ok(()),
                Err(err) => Err(VaultError::NoStore(err.to_string())),
            },
            Place::Memory(_) => Ok(()),
            Place::Nowhere => Err(nowhere()),
        }
    }

    /// Keeps a secret, in place of an older one.
    ///
    /// # Errors
    /// There is no store, it is locked, or it did not take it.
    pub fn keep(&self, key: &VaultKey, secret: &Secret) -> Result<(), VaultError> {
        match &self.0 {
            Place::System => entry(key)?.set_password(secret.expose()).map_err(|err| explained(&err)),
            Place::Memory(kept) => {
                kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), secret.clone());
                Ok(())
            }
            Place::Nowhere => Err(nowhere()),
        }
    }

    /// The secret; `None` when none was kept.
    ///
    /// # Errors
    /// There is no store, it is locked, or what it holds is no secret.
    pub fn fetch(&self, key: &VaultKey) -> Result<Option<Secret>, VaultError> {
        match &self.0 {
            Place::System => match entry(key)?.get_password() {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(err) => Err(explained(&err)),
            },
            Place::Memory(kept) => Ok(kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()),
            Place::Nowhere => Err(nowhere()),
        }
    }

    /// Forgets the secret; nothing happens when none was kept.
    ///
    /// # Errors
    /// There is no store, it is locked, or it did not do it.
    pub fn forget(&self, key: &VaultKey) -> Result<(), VaultError> {
        match &self.0 {
            Place::System => match entry(key)?.delete_credential() {
                Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                Err(err) => Err(explained(&err)),
            },
            Place::Memory(kept) => {
                kept.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
                Ok(())
            }
            Place::Nowhere => Err(nowhere()),
        }
    }
}

fn entry(key: &VaultKey) -> Result<Entry, VaultError> {
    if let Err(err) = Entry::store_status() {
        return Err(VaultError::NoStore(err.to_string()));
    }
    Entry::new(SERVICE, &key.0).map_err(|err| explained(&err))
}

fn nowhere() -> VaultError {
    VaultError::NoStore("none is known".to_owned())
}

/// Errors that carry what was stored are not quoted.
#[expect(clippy::wildcard_enum_match_arm, reason = "the list of errors is open")]
fn explained(err: &keyring::Error) -> VaultError {
    match err {
        keyring::Error::NoStorageAccess(_) => VaultError::NoAccess(err.to_string()),
        keyring::Error::NoDefaultStore | keyring::Error::NotSupportedByStore(_) => VaultError::NoStore(err.to_string()),
        // Without a session bus nothing is there to fail: that is a missing store too.
        keyring::Error::PlatformFailure(_) if cfg!(target_os = "linux") => VaultError::NoStore(err.to_string()),
        keyring::Error::Ambiguous(_) => VaultError::Ambiguous,
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => VaultError::Unreadable,
        keyring::Error::TooLong(..) => VaultError::TooLong,
        keyring::Error::NoEntry => VaultError::Failed("nothing is kept under this name".to_owned()),
        other => VaultError::Failed(other.to_string()),
    }
}
