//! What several tests need.

use std::path::{Path, PathBuf};

/// A folder for one test, gone when the test is over.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("exchange365-test-{}", uuid::Uuid::new_v4().simple());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _litter = std::fs::remove_dir_all(&self.0).is_err();
    }
}

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

pub(crate) mod session;
pub(crate) mod wire;
