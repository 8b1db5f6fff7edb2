//! `verify`: one test, or a watch until the answer is stable; its result and its reports.

use std::path::PathBuf;

use crate::{
    base::{Field, MailAddress},
    engine::{
        Ending, Event, Expected, JobId, Problem, RecordRef, Senders, Setup, Trail, VerifyReport, WatchPhase, WatchPlan,
        WatchProgress, WatchWhat, WatchWish, explain_input, report_format, verdict_label, verify_json_with,
        write_report_with,
    },
};

use super::{
    ExitStatus,
    args::{CredentialArgs, Format, MailArgs, OutputArgs, SenderArgs},
    config,
    lines::Lines,
    printer,
    record_args::WatchArgs,
    record_text,
    run::{Terminal, not_begun},
    settle::Lenient,
    text,
};

/// What a test came to, with its origin.
pub(super) type Outcome = (VerifyReport, Trail);

impl Terminal {
    pub(super) fn verify(
        &mut self,
        credentials: &CredentialArgs,
        (senders, mail): (&SenderArgs, &MailArgs),
        watch: &WatchArgs,
        output: &OutputArgs,
    ) -> ExitStatus {
        let prepared = self.prepare(credentials).and_then(|prepared| {
            let unusable: Vec<Problem> = senders.report.iter().filter_map(unusable_report).collect();
            if unusable.is_empty() { Ok(prepared) } else { Err(unusable) }
        });
        let outcome = match prepared {
            Ok((setup, demo)) => {
                self.tell_pending(watch.resume.as_deref());
                let senders = config::senders(senders, mail, demo.as_deref());
                warn(if watch.resume.is_some() { "" } else { &senders.recipient });
                self.test(setup, senders, watch)
            }
            Err(problems) => Some((not_begun(problems), Trail::default())),
        };
        let Some((report, trail)) = outcome else { return ExitStatus::Bug };
        match output.format {
            Format::Text => printer::result(&result_text(&report, &trail)),
            Format::Json => printer::json(&verify_json_with(&report, &trail)),
        }
        write_reports(&senders.report, &report, &trail)
    }

    fn test(&mut self, setup: Setup, senders: Senders, watch: &WatchArgs) -> Option<Outcome> {
        let what = match (&watch.resume, known(watch.watch.as_ref())) {
            (Some(record), _) => WatchWhat::Resume(RecordRef::Typed(record.clone())),
            (None, Some(until)) => WatchWhat::Begin(Box::new(WatchPlan {
                senders,
                fence: known(watch.method.as_ref()),
                changed: known(watch.changed_at.as_ref()),
                until: until.0,
            })),
            (None, None) => return self.run(setup, senders),
        };
        let job = self.engine.watch(setup, WatchWish { what, demo_pace: watch.demo_speed });
        self.outcome(job)
    }

    pub(super) fn run(&mut self, setup: Setup, senders: Senders) -> Option<Outcome> {
        let job = self.engine.verify(setup, senders);
        self.outcome(job)
    }

    /// Tells what happens and keeps the result.
    #[expect(clippy::wildcard_enum_match_arm, reason = "events that this command does not show are passed over")]
    fn outcome(&mut self, job: JobId) -> Option<Outcome> {
        let (mut report, mut trail, mut names) = (None, Trail::default(), Vec::new());
        let mut told = Told::default();
        self.follow(job, |event| match event {
            Event::Planned(_, senders) => names = senders,
            Event::Answered(_, index, line) => {
                let name = names.get(index).map_or_else(String::new, |(address, _)| address.to_string());
                let expected: Expected = line.result.expected;
                printer::progress(&format!("{name} ({}): {}", expected.as_str(), line.words.observed));
            }
            Event::Watched(_, progress) => told.watched(&progress),
            Event::Round(_, round) => {
                printer::progress(&format!("This test: {}  {}", verdict_label(round.verdict), round.summary));
            }
            Event::Trail(_, origin) => trail = *origin,
            Event::Concluded(_, concluded) => {
                printer::progress(&format!("Verdict: {}", verdict_label(concluded.verdict)));
                report = Some(*concluded);
            }
            _ => {}
        });
        report.map(|report| (report, trail))
    }
}

/// A value that was found to be usable before.
fn known<T: Copy>(value: Option<&Lenient<T>>) -> Option<T> {
    value.and_then(|Lenient(read)| read.as_ref().ok().copied())
}

/// What was already said of a watch.
#[derive(Default)]
struct Told {
    begun: bool,
    waiting_for: Option<crate::base::Timestamp>,
}

impl Told {
    fn watched(&mut self, progress: &WatchProgress) {
        if !self.begun {
            self.begun = true;
            printer::progress(&record_text::watch_begun(progress));
        }
        match &progress.phase {
            WatchPhase::Waiting { until, why } if self.waiting_for != Some(*until) => {
                self.waiting_for = Some(*until);
                printer::progress(&record_text::waiting(progress, *until, why));
            }
            WatchPhase::Waiting { .. } => {}
            WatchPhase::Asking => printer::progress(&record_text::asking(progress)),
            WatchPhase::Ended { why } => printer::progress(&format!("The watch is over: {why}")),
        }
    }
}

/// A result, with its origin below it.
pub(super) fn result_text(report: &VerifyReport, trail: &Trail) -> Lines {
    let mut out = text::verify(report);
    out.add(&record_text::trail(trail));
    out
}

/// Comes before the first forbidden test.
fn warn(recipient: &str) {
    // What is no address is not repeated: it may be anything, a secret in the wrong place included.
    let recipient = MailAddress::parse(Field::Recipient, recipient);
    let recipient = recipient.map_or_else(|_| "the recipient".to_owned(), |parsed| parsed.value.to_string());
    printer::progress(&format!(
        "A forbidden sender that is not fenced in really sends a mail to {recipient}. It is harmless and says what it is."
    ));
}

fn write_reports(files: &[PathBuf], report: &VerifyReport, trail: &Trail) -> ExitStatus {
    let mut status = ExitStatus::from(report.ending);
    for path in files {
        if let Err(err) = write_report_with(report, trail, path) {
            printer::progress(&format!("error: the report {} could not be written: {err}", printer::shown(path)));
            // A result without its evidence is not a pass that can be handed on.
            status = if report.ending == Ending::Pass { ExitStatus::SetUp } else { status };
        }
    }
    status
}

#[expect(clippy::ptr_arg, reason = "called for each element of a list of such")]
pub(super) fn unusable_report(path: &PathBuf) -> Option<Problem> {
    report_format(path).err().map(|err| explain_input(&err))
}
