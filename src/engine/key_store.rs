//! Client secrets in the operating system's key store, by name: kept and fetched when somebody asks for it.
//! The store may wait for the person to unlock it, so this is not for a thread that draws.

use crate::{
    base::{Secret, echo},
    settings::{Vault, VaultKey},
};

/// No name is longer.
const NAME_CHARS: usize = 200;

/// The key store.
#[derive(Debug, Clone)]
pub struct KeyStore(Vault);

impl KeyStore {
    /// The operating system's.
    pub fn system() -> Self {
        Self(Vault::system())
    }

    /// One that ends with the program, for tests.
    pub fn memory() -> Self {
        Self(Vault::memory())
    }

    /// Keeps a secret under a name, in place of an older one.
    ///
    /// # Errors
    /// The name or the secret is empty, or the store did not take it; in words.
    pub fn keep(&self, name: &str, secret: &Secret) -> Result<(), String> {
        let key = key(name)?;
        let text = secret.expose().trim();
        if text.is_empty() {
            return Err("the secret is empty".to_owned());
        }
        self.0.keep(&key, &Secret::new(text.to_owned())).map_err(|err| err.to_string())
    }

    /// The secret under a name.
    ///
    /// # Errors
    /// There is none, or the store cannot be asked; in words.
    pub fn fetch(&self, name: &str) -> Result<Secret, String> {
        let found = self.0.fetch(&key(name)?).map_err(|err| err.to_string())?;
        found.ok_or_else(|| {
            format!(
                "the key store holds no secret named {}; keep it with: exchange365-cli secret keep",
                echo(name.trim())
            )
        })
    }

    /// Forgets the secret under a name.
    ///
    /// # Errors
    /// The store cannot be asked; in words.
    pub fn forget(&self, name: &str) -> Result<(), String> {
        self.0.forget(&key(name)?).map_err(|err| err.to_string())
    }
}

fn key(name: &str) -> Result<VaultKey, String> {
    let name = name.trim();
    let is_usable = !name.is_empty() && name.chars().count() <= NAME_CHARS && !name.chars().any(char::is_control);
    if is_usable { Ok(VaultKey::named(name)) } else { Err("the name of the secret cannot be used".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_kept_by_name_and_forgotten() {
        let store = KeyStore::memory();
        assert!(store.fetch("contoso").unwrap_err().contains("'contoso'"));
        store.keep(" contoso ", &Secret::new("p~1\n".to_owned())).unwrap();
        assert_eq!(store.fetch("contoso").unwrap().expose(), "p~1");
        store.forget("contoso").unwrap();
        assert!(store.fetch("contoso").is_err());
        for bad in ["", "  ", "a\nb"] {
            assert!(store.keep(bad, &Secret::new("x".to_owned())).is_err(), "{bad:?}");
        }
        assert!(store.keep("a", &Secret::new(" \n".to_owned())).is_err());
    }
}
