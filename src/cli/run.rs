//! From arguments to an exit code: asks the engine, tells progress, prints the result.

use std::{ffi::OsString, net::SocketAddr};

use clap::{CommandFactory as _, FromArgMatches as _};
use serde::Serialize;

use crate::{
    base::{Clock, InputError, Wake, address_entries},
    engine::{
        CheckReport, Cloud, DemoTenant, Ending, Environment, Event, Handle, JobId, KeyStore, NotBegun, Options,
        Problem, Scenario, Setup, Trail, VerifyReport, check_json, explain_input, explain_one_sender, send_json,
    },
};

use super::{
    ExitStatus,
    args::{Cli, Command, CredentialArgs, Format, MailArgs, OutputArgs},
    config, printer,
    refused::refused,
    settle::settle,
    text,
};

/// Runs the command line; `arguments` begin with the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = command(&arguments);
    let cli = match typed(&mut command, &arguments) {
        Ok(cli) => cli,
        Err(err) => return refused(&err, &arguments, &command),
    };
    let options = Options {
        watch_interrupt: true,
        environment: Environment::of_process(),
        records: config::records(cli.data_dir.as_deref()),
        ..Options::default()
    };
    match Handle::start(options, Wake::none()) {
        Ok(engine) => Terminal { engine, interrupted: false }.execute(cli.command),
        Err(err) => {
            printer::progress(&format!("error: the program could not start its engine: {err}"));
            ExitStatus::Bug
        }
    }
}

/// What was typed, as far as it makes sense together.
fn typed(command: &mut clap::Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = command.try_get_matches_from_mut(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    settle(&mut cli, &matches, command)?;
    Ok(cli)
}

/// What can be typed. All scenarios are read for the help of `demo`, and for nothing else.
fn command(arguments: &[OsString]) -> clap::Command {
    let command = without_values(Cli::command());
    if !arguments.iter().any(|argument| argument == "demo") {
        return command;
    }
    let names: Vec<String> =
        Scenario::all().into_iter().map(|scenario| format!("  {:<22} {}", scenario.name, scenario.about)).collect();
    command.mut_subcommand("demo", |demo| demo.after_help(format!("Scenarios:\n{}", names.join("\n"))))
}

/// Help names the variables and not what is in them, which may be a secret that was put into the wrong one.
fn without_values(command: clap::Command) -> clap::Command {
    command.mut_args(|option| option.hide_env_values(true)).mut_subcommands(without_values)
}

/// Says that this program has a bug, and where. Called while panicking: it writes that and nothing else.
pub fn report_bug(place: &str) {
    printer::progress(&format!("error: a bug in this program at {place}; please report it"));
}

pub(super) struct Terminal {
    pub(super) engine: Handle,
    interrupted: bool,
}

/// Where a run goes: who, or why it cannot begin.
pub(super) type Prepared = Result<(Setup, Option<Box<DemoTenant>>), Vec<Problem>>;

impl Terminal {
    fn execute(mut self, command: Command) -> ExitStatus {
        match command {
            Command::Token { credentials, output } => self.token(&credentials, &output),
            Command::Send { credentials, send, mail, output } => {
                self.send(&credentials, send.from.as_deref(), &mail, &output)
            }
            Command::Verify { credentials, senders, mail, watch, output } => {
                self.verify(&credentials, (&senders, &mail), &watch, &output)
            }
            Command::History { command, output } => self.history(command, output.format),
            Command::Report { command, record, out } => self.report(command, record, out),
            Command::Policy { command } => self.policy(&command),
            Command::Sweep { credentials, senders, mail, sweep } => self.sweep(credentials, &senders, &mail, &sweep),
            Command::Fleet(fleet) => self.fleet(&fleet),
            Command::Secret { command } => super::secret::secret(&command, &KeyStore::system()),
            Command::Demo { scenario, listen } => self.demo(scenario.as_deref().unwrap_or_default(), listen),
        }
    }

    fn token(&mut self, credentials: &CredentialArgs, output: &OutputArgs) -> ExitStatus {
        let setup = match self.prepare(credentials) {
            Ok((setup, _)) => setup,
            Err(problems) => return print_check(&not_checked(problems), output.format),
        };
        let job = self.engine.check(setup);
        let mut report = None;
        self.follow(job, |event| {
            if let Event::Checked(_, checked) = event {
                report = Some(checked);
            }
        });
        report.map_or(ExitStatus::Bug, |report| print_check(&report, output.format))
    }

    fn send(
        &mut self,
        credentials: &CredentialArgs,
        from: Option<&str>,
        mail: &MailArgs,
        output: &OutputArgs,
    ) -> ExitStatus {
        let prepared = self.prepare(credentials).and_then(|(setup, demo)| {
            let senders = config::one_sender(from, mail, demo.as_deref());
            // One mail was promised, so one mailbox sends it.
            match address_entries(&senders.permitted).count() {
                1 => Ok((setup, senders)),
                count => Err(vec![explain_one_sender(count)]),
            }
        });
        let report = match prepared {
            Ok((setup, senders)) => self.run(setup, senders),
            Err(problems) => Some((not_begun(problems), Trail::default())),
        };
        let Some((mut report, _)) = report else { return ExitStatus::Bug };
        // One mail is not meant to prove a fence.
        report.problems.retain(|problem| problem.code != "no_forbidden_sender");
        match output.format {
            Format::Text => printer::result(&text::send(&report)),
            Format::Json => printer::json(&send_json(&report)),
        }
        // One mail proves no fence, but whether it was accepted.
        match (report.ending, report.senders.first()) {
            (Ending::Unproven, Some(sender)) => match sender.result.verdict {
                crate::engine::Verdict::Pass => ExitStatus::Pass,
                crate::engine::Verdict::Fail => ExitStatus::Fail,
                crate::engine::Verdict::Unproven => ExitStatus::Unproven,
            },
            (ending, _) => ending.into(),
        }
    }

    fn demo(&mut self, scenario: &str, listen: SocketAddr) -> ExitStatus {
        match self.start_demo(scenario, listen) {
            Ok(demo) => {
                printer::json(&demo_json(&demo));
                printer::progress("The demo tenant runs until this program is stopped (Ctrl+C)");
                while !matches!(self.engine.wait(), Some(Event::Interrupted) | None) {}
                ExitStatus::Pass
            }
            Err(problems) => {
                printer::progress(&format!(
                    "error: {}",
                    problems.iter().map(|problem| problem.summary.clone()).collect::<Vec<_>>().join("; ")
                ));
                ExitStatus::SetUp
            }
        }
    }

    /// The set-up: as typed, or of a demo tenant started for it.
    pub(super) fn prepare(&mut self, credentials: &CredentialArgs) -> Prepared {
        match &credentials.demo {
            None => config::setup(credentials).map(|setup| (setup, None)).map_err(|err| vec![problem(&err)]),
            Some(scenario) => {
                let demo = self.start_demo(scenario, SocketAddr::from(([127, 0, 0, 1], 0)))?;
                printer::progress(&format!("Demo tenant, scenario {}: {}", demo.scenario, demo.about));
                Ok((config::demo_setup(credentials, &demo), Some(demo)))
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "events that this command does not show are passed over")]
    pub(super) fn start_demo(&mut self, scenario: &str, listen: SocketAddr) -> Result<Box<DemoTenant>, Vec<Problem>> {
        let name = if scenario.trim().is_empty() { Scenario::DEFAULT } else { scenario };
        let job = self.engine.start_demo(name, listen);
        let mut started = Err(Vec::new());
        self.follow(job, |event| match event {
            Event::DemoReady(_, demo) => started = Ok(demo),
            Event::DemoFailed(_, problem) => started = Err(vec![*problem]),
            _ => {}
        });
        started
    }

    /// Hands the job's events to `fold` until it is over. The interrupt key cancels; pressed again, it stops waiting.
    #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is for the command to fold")]
    pub(super) fn follow(&mut self, job: JobId, mut fold: impl FnMut(Event)) {
        while let Some(event) = self.engine.wait() {
            match event {
                Event::Finished(ended) if ended == job => return,
                Event::Interrupted if self.interrupted => return,
                Event::Interrupted => {
                    self.interrupted = true;
                    printer::progress("Cancelling…");
                    self.engine.cancel(job);
                }
                Event::NotRecorded(_, why) => {
                    printer::progress(&format!("Note: the test goes on, but no record of it can be kept: {why}"));
                }
                Event::Notes(_, notes) => notes.iter().for_each(|note| printer::progress(&format!("Note: {note}"))),
                other => fold(other),
            }
        }
    }
}

fn print_check(report: &CheckReport, format: Format) -> ExitStatus {
    match format {
        Format::Text => printer::result(&text::check(report)),
        Format::Json => printer::json(&check_json(report)),
    }
    report.ending.into()
}

pub(super) fn problem(err: &InputError) -> Problem {
    explain_input(err)
}

pub(super) fn not_begun(problems: Vec<Problem>) -> VerifyReport {
    let now = Clock::system().now();
    VerifyReport::not_begun(NotBegun {
        problems,
        ending: Ending::SetUp,
        cloud: Cloud::Global,
        tenant_id: None,
        client_id: None,
        started: now,
        finished: now,
    })
}

pub(super) fn not_checked(problems: Vec<Problem>) -> CheckReport {
    let now = Clock::system().now();
    CheckReport::not_begun(problems, now)
}

#[derive(Serialize)]
struct DemoWire<'a> {
    schema: &'static str,
    scenario: &'a str,
    title: &'a str,
    about: &'a str,
    login_url: &'a str,
    graph_url: &'a str,
    exchange_url: &'a str,
    tenant_id: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    permitted: &'a [String],
    forbidden: &'a [String],
    recipient: &'a str,
    expected_verdict: &'a str,
}

fn demo_json(demo: &DemoTenant) -> String {
    let wire = DemoWire {
        schema: "exchange365/demo/1",
        scenario: &demo.scenario,
        title: &demo.title,
        about: &demo.about,
        login_url: &demo.base_url,
        graph_url: &demo.base_url,
        exchange_url: &demo.base_url,
        tenant_id: &demo.tenant_id,
        client_id: &demo.client_id,
        // The demo's own secret, good for this tenant on this machine alone: handing it out is what the command is for.
        client_secret: demo.client_secret.expose(),
        permitted: &demo.permitted,
        forbidden: &demo.forbidden,
        recipient: &demo.recipient,
        expected_verdict: &demo.expected_verdict,
    };
    // Texts alone: serialising cannot fail.
    serde_json::to_string_pretty(&wire).unwrap_or_default()
}
