//! A command line that cannot be used. Where a program reads the result as JSON, it gets JSON all the same.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{
    base::Clock,
    engine::{Cloud, Ending, Problem, SweepReport, check_json, explain_arguments, send_json, sweep_json, verify_json},
};

use super::{
    ExitStatus, config, misuse, printer,
    run::{not_begun, not_checked},
};

/// Says what is wrong, or gives the help that was asked for. `arguments` begin with the program's name.
pub(super) fn refused(err: &clap::Error, arguments: &[OsString], command: &clap::Command) -> ExitStatus {
    match misuse::without_secrets(err) {
        Some(lines) => printer::progress_lines(&lines),
        None => drop(err.print()),
    }
    if matches!(err.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ExitStatus::Pass;
    }
    let words: Vec<&str> = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default()).collect();
    if let Some(name) = subcommand(&words).filter(|_| wants_json(&words)) {
        let known = command.find_subcommand(name);
        if let Some(json) = json(name, explain_arguments(&found(err, known), name)) {
            printer::json(&json);
        }
    }
    ExitStatus::SetUp
}

/// The documented JSON of a run that could not begin.
fn json(name: &str, problem: Problem) -> Option<String> {
    let problems = vec![problem];
    match name {
        "verify" => Some(verify_json(&not_begun(problems))),
        "send" => Some(send_json(&not_begun(problems))),
        "token" => Some(check_json(&not_checked(problems))),
        "sweep" => {
            let now = Clock::system().now();
            Some(sweep_json(&SweepReport::not_begun(problems, Ending::SetUp, None, Cloud::Global, (now, now))))
        }
        _ => None,
    }
}

/// The first word that is neither an option nor the value of one that may stand before a command.
fn subcommand<'a>(words: &[&'a str]) -> Option<&'a str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--data-dir" {
            words.next()?;
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

/// What was typed last, else what the variable says.
fn wants_json(words: &[&str]) -> bool {
    let typed = words.iter().enumerate().rev().find_map(|(place, word)| match word.strip_prefix("--format") {
        Some("") => Some(words.get(place + 1).copied().unwrap_or_default()),
        Some(value) => value.strip_prefix('='),
        None => None,
    });
    typed.map_or_else(|| config::format_of_environment().as_deref() == Some("json"), |typed| typed == "json")
}

/// What is wrong, in a sentence. What was typed is not repeated: it may be a secret in the wrong place.
#[expect(clippy::wildcard_enum_match_arm, reason = "kinds that say nothing to a person have one sentence together")]
fn found(err: &clap::Error, command: Option<&clap::Command>) -> String {
    let named = match err.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => known(name, command),
        Some(ContextValue::Strings(names)) => names.first().and_then(|name| known(name, command)),
        _ => None,
    };
    let what = match err.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => "Its value cannot be used",
        ErrorKind::ArgumentConflict => "It was typed twice, or together with something that it cannot stand beside",
        ErrorKind::MissingRequiredArgument => "Something is missing that is needed here",
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => "Something was typed that is not known",
        _ => "What was typed does not fit",
    };
    match named {
        Some(name) => format!("{name}: {what}."),
        None => format!("{what}."),
    }
}

/// The option, if it is one of the command's.
fn known(shown: &str, command: Option<&clap::Command>) -> Option<String> {
    let long = shown.split(|character: char| character != '-' && !character.is_ascii_alphanumeric()).next()?;
    let is_known = |argument: &clap::Arg| argument.get_long().is_some_and(|name| long.strip_prefix("--") == Some(name));
    command?.get_arguments().any(is_known).then(|| long.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_the_first_word_that_belongs_to_no_option() {
        for (words, name) in [
            (&["verify", "--timeout", "0"][..], Some("verify")),
            (&["--data-dir", "none", "sweep"], Some("sweep")),
            (&["--data-dir=none", "sweep"], Some("sweep")),
            (&["--data-dir"], None),
            (&[], None),
        ] {
            assert_eq!(subcommand(words), name, "{words:?}");
        }
    }

    #[test]
    fn the_format_that_was_typed_last_counts() {
        for (words, is_json) in [
            (&["verify", "--format", "json"][..], true),
            (&["verify", "--format=json", "--timeout", "0"], true),
            (&["verify", "--format=json", "--format", "text"], false),
            (&["verify", "--format", "jsonl"], false),
            (&["verify", "--formats=json"], false),
            (&["verify", "--format"], false),
            (&["verify", "json"], false),
        ] {
            assert_eq!(wants_json(words), is_json, "{words:?}");
        }
    }
}
