//! What several tests need.

use std::path::{Path, PathBuf};

/// A file of the shared test data, which is not part of this repository; `None`, with a notice, where it is absent.
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"]
        .iter()
        .map(|place| root.join(place).join(name))
        .find(|path| path.exists());
    if found.is_none() {
        println!("SKIPPED: the shared test data {name} is not here");
    }
    found
}

/// A number from the environment, by which a test is made longer or its random choices others.
pub(crate) fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.trim().parse().ok()
}

pub(crate) mod dice;
pub(crate) mod fuzz;
pub(crate) mod proxy;
pub(crate) mod session;
pub(crate) mod wire;
