//! Writes a sweep to a file, JSON or CSV: whole or not at all.

use std::{io, path::Path};

use crate::base::{Field, InputError, InputFault, write_whole, write_whole_with};

use super::{
    SweepReport,
    sweep::{sweep_csv, sweep_json},
};

/// Whether a file's ending stands for a format of sweeps.
///
/// # Errors
/// It does not.
pub fn check_sweep_file(path: &Path) -> Result<(), InputError> {
    is_csv(path).map(|_| ()).ok_or_else(|| {
        let known = "a name that ends in .json or .csv".to_owned();
        InputError::new(Field::ReportFile, InputFault::Unknown { text: path.display().to_string(), known })
    })
}

fn is_csv(path: &Path) -> Option<bool> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" => Some(true),
        "json" => Some(false),
        _ => None,
    }
}

/// Writes a sweep in the format that the file's ending asks for, JSON where it asks for none.
///
/// # Errors
/// The file cannot be written.
pub fn write_sweep(report: &SweepReport, path: &Path) -> io::Result<()> {
    if is_csv(path) == Some(true) {
        write_whole_with(path, |mut out| sweep_csv(report, &mut out))
    } else {
        write_whole(path, sweep_json(report).as_bytes())
    }
}
