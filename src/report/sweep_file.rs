//! Writes a sweep to a file, JSON or CSV: whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::base::{Field, InputError, InputFault};

use super::{
    SweepReport,
    files::beside,
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
    let partial = beside(path);
    let written = if is_csv(path) == Some(true) {
        fs::File::create(&partial).and_then(|file| {
            let mut out = io::BufWriter::new(file);
            sweep_csv(report, &mut out)?;
            out.flush()
        })
    } else {
        fs::write(&partial, sweep_json(report))
    };
    written.and_then(|()| fs::rename(&partial, path)).inspect_err(|_| {
        let _nothing_there = fs::remove_file(&partial).is_err();
    })
}
