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

/// How long this thread has had a processor: what it took, however busy the machine is. Where the system does not say
/// that, the time that has passed.
pub(crate) fn worked() -> std::time::Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = spent.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| exchange365::base::Clock::system().monotonic(), std::time::Duration::from_nanos)
}

/// A program of ours without any variable that could change what it does. Windows programs do not start without
/// `SystemRoot`; the other one says where a measurement of coverage goes (`.ci/coverage`), which else would lie about in
/// the folder that a test looks through.
pub(crate) fn bare(program: &str) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.env_clear();
    for name in ["SystemRoot", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
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

/// A number from the environment, by which a test is made longer or its random choices others.
pub(crate) fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.trim().parse().ok()
}

pub(crate) mod dice;
pub(crate) mod fuzz;
pub(crate) mod proxy;
pub(crate) mod render;
pub(crate) mod session;
pub(crate) mod spelt;
pub(crate) mod window;
pub(crate) mod wire;

/// The lines of a fixture that hold an object, `{"_about": …}` left out.
pub(crate) fn fixture_lines(text: &str) -> Vec<serde_json::Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|value| value.get("_about").is_none()).collect()
}
