//! The window's few arguments, read by hand: clap belongs to the command line program.

use std::{ffi::OsString, path::PathBuf};

use eframe::egui::ThemePreference;

use crate::engine::Scenario;

use super::{Options, Records, state::Tab, window::Renderer};

/// What `--help` prints.
pub const HELP: &str = "Usage: exchange365-tester [OPTIONS]

Opens the window. For scripts there is exchange365-cli.

Options:
      --demo [SCENARIO]  Open on the demo tenant
      --theme NAME       light, dark or system
      --tab NAME         credentials, policy-setup, send-mail or report
      --data-dir FOLDER  Keep settings and records there, none to keep nothing
      --renderer NAME    auto, gpu or cpu: who draws the window
  -h, --help             Print this
  -V, --version          Print the version
";

/// What `--version` prints.
pub const VERSION: &str = concat!("exchange365-tester ", env!("CARGO_PKG_VERSION"), "\n");

/// What the arguments ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Arguments {
    /// Open the window.
    Open(Options),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// Arguments that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentsError {
    /// Not known here.
    #[error("'{0}' is not known, see --help")]
    Unknown(String),
    /// A value is missing.
    #[error("{0} needs a value, see --help")]
    Missing(&'static str),
    /// A value is not among the known ones.
    #[error("'{value}' cannot be used for {option}, use one of: {known}")]
    Value {
        /// The option.
        option: &'static str,
        /// As typed.
        value: String,
        /// The known ones.
        known: String,
    },
}

impl Arguments {
    /// Reads the arguments behind the program's name.
    ///
    /// # Errors
    /// Anything that is not known.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ArgumentsError> {
        let mut options = Options::default();
        let split = arguments.into_iter().flat_map(|argument| halves(&argument.to_string_lossy()));
        let mut rest = split.peekable();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "-h" | "--help" => return Ok(Self::Help),
                "-V" | "--version" => return Ok(Self::Version),
                "--demo" => {
                    let name = rest.next_if(|next| !next.starts_with('-'));
                    options.demo = Some(scenario(name.as_deref().unwrap_or(Scenario::DEFAULT))?);
                }
                "--theme" => options.theme = Some(theme(&rest.next().ok_or(ArgumentsError::Missing("--theme"))?)?),
                "--tab" => options.tab = tab(&rest.next().ok_or(ArgumentsError::Missing("--tab"))?)?,
                "--data-dir" => {
                    options.records = records(&rest.next().ok_or(ArgumentsError::Missing("--data-dir"))?);
                }
                "--renderer" => {
                    options.renderer = Some(renderer(&rest.next().ok_or(ArgumentsError::Missing("--renderer"))?)?);
                }
                _ => return Err(ArgumentsError::Unknown(argument)),
            }
        }
        Ok(Self::Open(options))
    }
}

/// `--tab=x` is `--tab x`.
fn halves(argument: &str) -> Vec<String> {
    match argument.split_once('=') {
        Some((name, value)) if name.starts_with("--") => vec![name.to_owned(), value.to_owned()],
        Some(_) | None => vec![argument.to_owned()],
    }
}

fn scenario(name: &str) -> Result<String, ArgumentsError> {
    Scenario::named(name).map(|scenario| scenario.summary().name).map_err(|_unknown| ArgumentsError::Value {
        option: "--demo",
        value: name.to_owned(),
        known: Scenario::all().into_iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", "),
    })
}

fn records(folder: &str) -> Records {
    if folder == "none" { Records::Nowhere } else { Records::Below(PathBuf::from(folder)) }
}

fn theme(name: &str) -> Result<ThemePreference, ArgumentsError> {
    match name {
        "light" => Ok(ThemePreference::Light),
        "dark" => Ok(ThemePreference::Dark),
        "system" => Ok(ThemePreference::System),
        _ => Err(ArgumentsError::Value {
            option: "--theme",
            value: name.to_owned(),
            known: "light, dark, system".to_owned(),
        }),
    }
}

fn tab(name: &str) -> Result<Tab, ArgumentsError> {
    Tab::named(name).ok_or_else(|| ArgumentsError::Value {
        option: "--tab",
        value: name.to_owned(),
        known: Tab::ALL.map(Tab::name).join(", "),
    })
}

fn renderer(name: &str) -> Result<Renderer, ArgumentsError> {
    Renderer::named(name).ok_or_else(|| ArgumentsError::Value {
        option: "--renderer",
        value: name.to_owned(),
        known: Renderer::ALL.map(Renderer::name).join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, ArgumentsError> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn what_is_known_is_read() {
        assert_eq!(parse(""), Ok(Arguments::Open(Options::default())));
        assert_eq!(parse("--demo --help"), Ok(Arguments::Help));
        assert_eq!(parse("-V"), Ok(Arguments::Version));
        let Ok(Arguments::Open(options)) = parse("--demo open --theme=dark --tab send-mail --renderer cpu") else {
            panic!()
        };
        assert_eq!(options.demo.as_deref(), Some("open"));
        assert_eq!((options.theme, options.tab), (Some(ThemePreference::Dark), Tab::SendMail));
        assert_eq!(options.renderer, Some(Renderer::Cpu));
        let Ok(Arguments::Open(options)) = parse("--demo --tab credentials") else { panic!() };
        assert_eq!(options.demo.as_deref(), Some(Scenario::DEFAULT));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in
            ["--secret x", "demo", "--theme", "--theme blue", "--renderer vulkan", "--tab reports", "--demo nowhere"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
