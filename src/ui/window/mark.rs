//! Remembers over a crash that OpenGL was being started: some drivers take the program down with them.

use std::{fs, path::PathBuf};

/// A file that stands while OpenGL starts. Found at the next start of the same version, it says that the driver took the
/// program down.
#[derive(Debug, Clone)]
pub(super) struct StartMark(Option<PathBuf>);

impl StartMark {
    pub(super) fn in_folder(folder: Option<PathBuf>) -> Self {
        Self(folder.map(|folder| folder.join("gpu-starting")))
    }

    pub(super) fn is_left(&self) -> bool {
        let text = self.0.as_ref().and_then(|file| fs::read_to_string(file).ok());
        text.is_some_and(|text| text.trim() == env!("CARGO_PKG_VERSION"))
    }

    pub(super) fn leave(&self) {
        if let Some(file) = &self.0 {
            // Without the file the program only tries OpenGL once more.
            file.parent().map(fs::create_dir_all);
            fs::write(file, env!("CARGO_PKG_VERSION")).ok();
        }
    }

    pub(super) fn remove(&self) {
        if let Some(file) = &self.0 {
            fs::remove_file(file).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_never_ended_is_seen_by_the_next() {
        let folder = std::env::temp_dir().join(format!("exchange365-mark-{}", std::process::id()));
        let mark = StartMark::in_folder(Some(folder.clone()));
        assert!(!mark.is_left());
        mark.leave();
        assert!(mark.is_left());
        fs::write(folder.join("gpu-starting"), "0.0.0").unwrap();
        assert!(!mark.is_left(), "another version may try again");
        mark.remove();
        assert!(!mark.is_left());
        fs::remove_dir_all(folder).unwrap();
    }
}
