//! What several tests need.
#![expect(clippy::print_stdout, reason = "tests")]

use std::path::PathBuf;

/// A file of the shared data folder, which is not part of the project; `None`, with a notice, where it is absent.
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"]
        .into_iter()
        .map(|folder| root.join(folder).join(name))
        .find(|path| path.exists());
    if found.is_none() {
        println!("skipped: the shared data file {name} is not here");
    }
    found
}

/// The lines of a fixture that hold an object, `{"_about": …}` left out.
pub(crate) fn fixture_lines(text: &str) -> Vec<serde_json::Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|value| value.get("_about").is_none()).collect()
}
