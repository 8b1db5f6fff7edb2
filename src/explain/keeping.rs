//! What can go wrong with the operating system's key store.

use super::{Evidence, Problem, Stage, Who};

/// A secret could not be kept, fetched or forgotten; the reason never holds it.
pub fn key_store(reason: &str) -> Problem {
    Problem::new("key_store_failed", Stage::Input, Who::You, "The key store of this computer did not do it")
        .because(format!("What it says: {reason}."))
        .advise("Type the Client Secret each time, or import it; a test needs no key store.")
        .advise("To have it kept: unlock the key store of your session (Windows: Credential Manager; Linux: GNOME Keyring or KWallet), then save the customer again.")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}
