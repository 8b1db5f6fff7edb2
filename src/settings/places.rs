//! Where files live on this system.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The program's own folders. They need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The folder of the settings' file.
    pub settings: PathBuf,
    /// The folder of records. They stay on this machine: they name people and tenants.
    pub records: PathBuf,
}

impl Places {
    /// As the system wants it; `None` where the person has no home folder.
    pub fn of_system() -> Option<Self> {
        let folders = ProjectDirs::from("", "", "exchange365-tester")?;
        Some(Self { settings: folders.config_dir().to_owned(), records: folders.data_local_dir().join("records") })
    }

    /// Everything below one folder.
    pub fn below(folder: &Path) -> Self {
        Self { settings: folder.to_owned(), records: folder.join("records") }
    }
}
