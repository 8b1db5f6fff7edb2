//! Writes a report to a file: whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::base::{Field, InputError, InputFault};

use super::{VerifyReport, verify_json};

/// A format of report files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The documented JSON.
    Json,
}

/// The format that a file's ending asks for.
///
/// # Errors
/// An ending that stands for no format.
pub fn report_format(path: &Path) -> Result<Format, InputError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "json" => Ok(Format::Json),
        _ => Err(InputError::new(
            Field::ReportFile,
            InputFault::Unknown { text: path.display().to_string(), known: "a name that ends in .json".to_owned() },
        )),
    }
}

/// Writes the report beside its final place first and then renames it, so that no half report is ever left.
///
/// # Errors
/// The folder cannot be written to, or the ending stands for no format.
pub fn write_report(report: &VerifyReport, path: &Path) -> io::Result<()> {
    let format = report_format(path).map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))?;
    let text = match format {
        Format::Json => verify_json(report),
    };
    let partial = beside(path);
    fs::write(&partial, text).and_then(|()| fs::rename(&partial, path)).inspect_err(|_| {
        let _nothing_there = fs::remove_file(&partial).is_err();
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}
