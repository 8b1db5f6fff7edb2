//! The one place that writes: the result alone to standard output, progress to standard error. What people read is made
//! harmless here, since it may come from anywhere.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use crate::base::{escaped_json, unless_secret, visible};

use super::lines::Lines;

/// Writes the result for people.
pub(super) fn result(lines: &Lines) {
    data(lines.as_str());
}

/// Writes the result as JSON.
pub(super) fn json(text: &str) {
    data(&escaped_json(text));
}

/// Writes the result in a format that knows itself how to keep text harmless: a page, a table, a script. A reader that has
/// gone away is no fault.
pub(super) fn data(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).is_err();
}

/// Writes one line of progress.
pub(super) fn progress(line: &str) {
    to_err(&visible(line));
}

/// A path as a message may repeat it.
pub(super) fn shown(path: &Path) -> String {
    unless_secret(&path.display().to_string()).into_owned()
}

/// Writes several lines of progress.
pub(super) fn progress_lines(lines: &Lines) {
    to_err(lines.as_str());
}

fn to_err(text: &str) {
    let mut err = io::stderr().lock();
    let _gone = err.write_all(text.as_bytes()).and_then(|()| err.write_all(b"\n")).is_err();
}

/// Writes the result as `write` gives it, without holding it whole.
pub(super) fn stream(write: impl FnOnce(&mut io::BufWriter<io::StdoutLock<'static>>) -> io::Result<()>) {
    let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let _gone = write(&mut out).and_then(|()| out.flush()).is_err();
}

/// Whether somebody watches progress on a terminal.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Writes progress over the line before, as a terminal allows it.
pub(super) fn status(line: &str) {
    let mut err = io::stderr().lock();
    let _gone = write!(err, "\r\u{1b}[K{}", visible(line)).and_then(|()| err.flush()).is_err();
}
