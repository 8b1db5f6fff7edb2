//! The one place that writes: the result alone to standard output, progress to standard error.

use std::io::{self, Write as _};

/// Writes the result. A reader that has gone away is no fault.
pub(super) fn result(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).is_err();
}

/// Writes one line of progress.
pub(super) fn progress(line: &str) {
    let mut err = io::stderr().lock();
    let _gone = err.write_all(line.as_bytes()).and_then(|()| err.write_all(b"\n")).is_err();
}
