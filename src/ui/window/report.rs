//! Says why no window opened: in a message box, on stderr, and in a file. Keeps what the windowing crates log while a
//! renderer starts, because eframe says it nowhere else.

use std::{
    collections::VecDeque,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use log::{LevelFilter, Log, Metadata, Record};

use crate::base::Clock;

use super::host::variable;

/// Only these may speak: nothing that could know a secret.
const SPEAKERS: [&str; 8] =
    ["window", "eframe", "egui_winit", "egui_glow", "glutin", "winit", "softbuffer", "accesskit"];

/// So many lines are kept.
const KEPT_LINES: usize = 40;

static LINES: Lines = Lines(Mutex::new(VecDeque::new()));

/// The last lines that the windowing crates logged.
struct Lines(Mutex<VecDeque<String>>);

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= LevelFilter::Warn && SPEAKERS.iter().any(|speaker| metadata.target().starts_with(speaker))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() >= KEPT_LINES {
                lines.pop_front();
            }
            lines.push_back(format!("{}: {}", record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

/// Begins to keep lines; when something else keeps the log already, what eframe says is lost.
pub(super) fn install_log() {
    if log::set_logger(&LINES).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

/// What was logged.
pub(super) fn captured() -> String {
    let lines = LINES.0.lock().unwrap_or_else(PoisonError::into_inner);
    let last: Vec<&str> = lines.iter().map(String::as_str).collect();
    if last.is_empty() { "it ended without a reason".to_owned() } else { last.join("; ") }
}

/// Tells the person why there is no window: a box where there is a desktop, always stderr and a file.
pub fn explain_failure(title: &str, reason: &str) {
    let text = noted(reason);
    // Nobody reads it when stderr is closed, and then there is nowhere to say so.
    writeln!(io::stderr(), "{title}: {text}").ok();
    if has_desktop() {
        box_with(rfd::MessageLevel::Error, title, &text);
    }
}

/// Writes to the log file that the program ends by a fault of its own. No box: the window may be in the way of one.
pub fn note_bug(title: &str, reason: &str) {
    writeln!(io::stderr(), "{title}: {}", noted(reason)).ok();
}

/// The reason, written to the log file, and where that is.
fn noted(reason: &str) -> String {
    let file = data_folder().and_then(|folder| write_log(&folder, reason).ok());
    let place = file.map_or_else(String::new, |file| format!("\n\nMore is in {}", file.display()));
    format!("{reason}{place}")
}

/// Says something before there is a window. A program for Windows' desktop has no console, so there it says it in a box.
pub fn say(title: &str, text: &str, is_fault: bool) {
    if cfg!(windows) {
        box_with(if is_fault { rfd::MessageLevel::Error } else { rfd::MessageLevel::Info }, title, text);
    } else if is_fault {
        writeln!(io::stderr(), "{title}: {text}").ok();
    } else {
        io::stdout().write_all(text.as_bytes()).ok();
    }
}

fn box_with(level: rfd::MessageLevel, title: &str, text: &str) {
    rfd::MessageDialog::new()
        .set_level(level)
        .set_title(title)
        .set_description(text)
        .set_buttons(rfd::MessageButtons::Ok)
        .show();
}

fn has_desktop() -> bool {
    !cfg!(target_os = "linux") || variable("DISPLAY").is_some() || variable("WAYLAND_DISPLAY").is_some()
}

fn write_log(folder: &Path, reason: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let file = folder.join("window.log");
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let said = captured().replace("; ", "\n");
    let version = env!("CARGO_PKG_VERSION");
    let now = Clock::system().now();
    fs::write(&file, format!("{now}\nversion {version}, {system} {machine}\n{reason}\n{said}\n"))?;
    Ok(file)
}

/// Where this program may keep files of its own; `None` when the system names no such place.
pub fn data_folder() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        PathBuf::from(variable("LOCALAPPDATA")?)
    } else {
        match variable("XDG_STATE_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => PathBuf::from(variable("HOME")?).join(".local/state"),
        }
    };
    Some(base.join(env!("CARGO_PKG_NAME")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_version_and_reason() {
        let folder = std::env::temp_dir().join(format!("exchange365-log-{}", std::process::id()));
        let file = write_log(&folder, "Could not draw the window.").unwrap();
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && text.contains("Could not draw the window."), "{text}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn only_the_windowing_crates_are_kept() {
        let is_kept = |target: &str| LINES.enabled(&Metadata::builder().target(target).level(log::Level::Warn).build());
        assert!(is_kept("eframe::native::run") && is_kept("winit::platform_impl"));
        assert!(!is_kept("hyper::connect") && !is_kept("exchange365::m365"));
    }
}
