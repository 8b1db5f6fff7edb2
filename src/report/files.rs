//! Writes a report to a file: whole or not at all.

use std::{io, path::Path};

use crate::base::{Field, InputError, InputFault, write_whole};

use super::{
    Timeline, Trail, VerifyReport, csv::csv, html::html, json::verify_json_with, junit::junit, markdown::markdown,
    svg::timeline_svg,
};

/// A format of report files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One page to print and to keep.
    Html,
    /// For tickets and wikis.
    Markdown,
    /// The documented JSON.
    Json,
    /// For spreadsheets.
    Csv,
    /// For build servers.
    JUnit,
    /// The picture of who did what when.
    Svg,
}

impl Format {
    /// All formats, the one for people first.
    pub const ALL: [Self; 6] = [Self::Html, Self::Markdown, Self::Json, Self::Csv, Self::JUnit, Self::Svg];

    /// The ending of its files, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::JUnit => "xml",
            Self::Svg => "svg",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Html => "Web page for printing (HTML)",
            Self::Markdown => "Text for a ticket (Markdown)",
            Self::Json => "Data (JSON)",
            Self::Csv => "Table (CSV)",
            Self::JUnit => "Test result for build servers (JUnit XML)",
            Self::Svg => "Picture of the timeline (SVG)",
        }
    }
}

/// The format that a file's ending asks for.
///
/// # Errors
/// An ending that stands for no format.
pub fn report_format(path: &Path) -> Result<Format, InputError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let ending = if ending == "htm" { Format::Html.ending() } else { ending.as_str() };
    Format::ALL.into_iter().find(|format| format.ending() == ending).ok_or_else(|| {
        let known = "a name that ends in .html, .md, .json, .csv, .xml or .svg".to_owned();
        InputError::new(Field::ReportFile, InputFault::Unknown { text: path.display().to_string(), known })
    })
}

/// The report in a format.
pub fn render(report: &VerifyReport, trail: &Trail, format: Format) -> String {
    match format {
        Format::Html => html(report, trail),
        Format::Markdown => markdown(report, trail),
        Format::Json => verify_json_with(report, trail),
        Format::Csv => csv(report, trail),
        Format::JUnit => junit(report, trail),
        Format::Svg => match &trail.timeline {
            Some(timeline) => timeline_svg(timeline),
            None => timeline_svg(&Timeline::of_report(report)),
        },
    }
}

/// Writes a report that has no record behind it.
///
/// # Errors
/// The folder cannot be written to, or the ending stands for no format.
pub fn write_report(report: &VerifyReport, path: &Path) -> io::Result<()> {
    write_report_with(report, &Trail::default(), path)
}

/// Writes the report, whole or not at all.
///
/// # Errors
/// The folder cannot be written to, or the ending stands for no format.
pub fn write_report_with(report: &VerifyReport, trail: &Trail, path: &Path) -> io::Result<()> {
    let format = report_format(path).map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))?;
    write_whole(path, render(report, trail, format).as_bytes())
}
