//! What was typed against what variables say: only what was typed can be in the way of something else, and a variable
//! that means nothing to a command is ignored.

use clap::{
    ArgMatches, Error,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};

use super::{
    args::{Cli, Command, CredentialArgs, SweepArgs},
    record_args::WatchArgs,
};

/// What a watch that is gone on with has from its record.
const NOT_WITH_RESUME: [&str; 4] = ["watch", "permitted", "forbidden", "to"];
/// What a sweep that is gone on with has from its journal.
const NOT_WITH_JOURNAL: [&str; 8] =
    ["mailboxes", "group", "directory", "expected_file", "journal", "permitted", "forbidden", "to"];
/// Whoever types one of these does not mean the demo tenant.
const NOT_THE_DEMO: [&str; 5] = ["tenant_id", "client_id", "secret_file", "login_url", "graph_url"];

/// A value that counts only where it has a meaning, so that nothing is wrong with it before that is known.
#[derive(Debug, Clone)]
pub(super) struct Lenient<T>(pub(super) Result<T, String>);

/// Takes out of `cli` what only a variable said and what was typed leaves no room for.
///
/// # Errors
/// What was typed contradicts itself.
pub(super) fn settle(cli: &mut Cli, matches: &ArgMatches, command: &clap::Command) -> Result<(), Error> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let Some(command) = command.find_subcommand(name) else { return Ok(()) };
    let typed = Typed { matches, command };
    match &mut cli.command {
        Command::Verify { credentials, watch, .. } => {
            typed.credentials(credentials);
            typed.watch(watch)
        }
        Command::Sweep { credentials, sweep, .. } => {
            typed.credentials(credentials);
            typed.sweep(sweep)
        }
        Command::Token { credentials, .. } | Command::Send { credentials, .. } => {
            typed.credentials(credentials);
            Ok(())
        }
        Command::History { .. }
        | Command::Report { .. }
        | Command::Policy { .. }
        | Command::Fleet(_)
        | Command::Secret { .. }
        | Command::Demo { .. } => Ok(()),
    }
}

struct Typed<'a> {
    matches: &'a ArgMatches,
    command: &'a clap::Command,
}

impl Typed<'_> {
    fn is_typed(&self, id: &str) -> bool {
        self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn credentials(&self, credentials: &mut CredentialArgs) {
        if !self.is_typed("demo") && NOT_THE_DEMO.iter().any(|id| self.is_typed(id)) {
            credentials.demo = None;
        }
    }

    fn watch(&self, watch: &mut WatchArgs) -> Result<(), Error> {
        if watch.resume.is_some() {
            self.alone("resume", &NOT_WITH_RESUME)?;
            watch.watch = None;
        }
        if watch.watch.is_none() {
            if let Some(id) = ["changed_at", "method"].into_iter().find(|id| self.is_typed(id)) {
                return Err(self.without("watch", id));
            }
            (watch.changed_at, watch.method) = (None, None);
        }
        self.usable("watch", watch.watch.as_ref())?;
        self.usable("changed_at", watch.changed_at.as_ref())?;
        self.usable("method", watch.method.as_ref())
    }

    fn sweep(&self, sweep: &mut SweepArgs) -> Result<(), Error> {
        if self.is_typed("resume") {
            self.alone("resume", &NOT_WITH_JOURNAL)?;
        } else if NOT_WITH_JOURNAL.iter().any(|id| self.is_typed(id)) {
            sweep.resume = None;
        }
        if sweep.resume.is_some() {
            sweep.mailboxes.clear();
            sweep.group.clear();
            sweep.directory = false;
            (sweep.expected_file, sweep.journal) = (None, None);
        }
        Ok(())
    }

    /// Nothing of `others` was typed beside `id`.
    fn alone(&self, id: &str, others: &[&str]) -> Result<(), Error> {
        let Some(other) = others.iter().find(|other| self.is_typed(other)) else { return Ok(()) };
        let mut err = Error::new(ErrorKind::ArgumentConflict).with_cmd(self.command);
        err.insert(ContextKind::InvalidArg, ContextValue::String(self.shown(id)));
        err.insert(ContextKind::PriorArg, ContextValue::String(self.shown(other)));
        err.insert(ContextKind::Usage, ContextValue::StyledStr(self.command.clone().render_usage()));
        Err(err)
    }

    fn without(&self, wanted: &str, id: &str) -> Error {
        let words = format!("{} means nothing without {}", self.shown(id), self.shown(wanted));
        self.raw(ErrorKind::MissingRequiredArgument, id, words)
    }

    fn usable<T>(&self, id: &str, value: Option<&Lenient<T>>) -> Result<(), Error> {
        let Some(Lenient(Err(reason))) = value else { return Ok(()) };
        let words = format!("the value of {} cannot be used: {reason}", self.shown(id));
        Err(self.raw(ErrorKind::ValueValidation, id, words))
    }

    fn raw(&self, kind: ErrorKind, id: &str, words: String) -> Error {
        let mut err = self.command.clone().error(kind, words);
        err.insert(ContextKind::InvalidArg, ContextValue::String(self.shown(id)));
        err
    }

    /// The option as help shows it.
    fn shown(&self, id: &str) -> String {
        let argument = self.command.get_arguments().find(|argument| argument.get_id() == id);
        argument.map_or_else(|| id.to_owned(), ToString::to_string)
    }
}
