//! `sweep`: many mailboxes, probed without sending, held against real mails of known senders.

use std::{fs, io, io::Read as _, path::Path, time::Duration};

use crate::{
    base::{Clock, Field, InputError, InputFault},
    engine::{
        Calibration, DemoTenant, Ending, Event, Problem, Senders, Setup, SweepProgress, SweepReport, SweepRequest,
        SweepSource, SweepUpdate, check_sweep_file, decode, sweep_csv, sweep_json, verdict_label, write_sweep,
    },
};

use super::{
    ExitStatus,
    args::{CredentialArgs, MailArgs, SenderArgs, SweepArgs, SweepFormat},
    config, printer,
    run::{Terminal, problem},
    sweep_text,
};

/// No list on standard input is larger.
const INPUT_LIMIT: u64 = 64 * 1024 * 1024;
/// Beyond this many mailboxes a sweep takes long enough to be stopped by something.
const WORTH_A_JOURNAL: usize = 500;
/// How often progress is written where nobody watches.
const UNWATCHED: Duration = Duration::from_secs(5);
/// The demo scenario in which a test of samples passes and a sweep does not.
const DEMO: &str = "one-too-many";

impl Terminal {
    pub(super) fn sweep(
        &mut self,
        mut credentials: CredentialArgs,
        senders: &SenderArgs,
        mail: &MailArgs,
        args: &SweepArgs,
    ) -> ExitStatus {
        if credentials.demo.as_deref().is_some_and(|name| name.trim().is_empty()) {
            credentials.demo = Some(DEMO.to_owned());
        }
        let prepared = self.prepare(&credentials).and_then(|(setup, demo)| {
            let unusable: Vec<Problem> = senders
                .report
                .iter()
                .filter_map(|path| check_sweep_file(path).err().map(|err| problem(&err)))
                .collect();
            let request = request(senders, mail, args, demo.as_deref()).map_err(|err| vec![problem(&err)])?;
            if unusable.is_empty() { Ok((setup, request)) } else { Err(unusable) }
        });
        let report = match prepared {
            Ok((setup, request)) => self.run_sweep(setup, request),
            Err(problems) => Some(not_begun(problems)),
        };
        let Some(report) = report else { return ExitStatus::Bug };
        match args.format {
            SweepFormat::Text => printer::result(&sweep_text::sweep(&report)),
            SweepFormat::Json => printer::json(&sweep_json(&report)),
            SweepFormat::Csv => printer::stream(|out| sweep_csv(&report, out)),
        }
        let mut status = ExitStatus::from(report.ending);
        for path in &senders.report {
            if let Err(err) = write_sweep(&report, path) {
                printer::progress(&format!("error: the report {} could not be written: {err}", printer::shown(path)));
                status = if status == ExitStatus::Pass { ExitStatus::SetUp } else { status };
            }
        }
        status
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "events that this command does not show are passed over")]
    fn run_sweep(&mut self, setup: Setup, request: SweepRequest) -> Option<SweepReport> {
        printer::progress(
            "The known senders are really sent as; a forbidden one that is not fenced in really sends a mail. \
             All others are probed with a mail that has no recipient, so nothing is sent as them.",
        );
        let has_journal = request.journal.is_some() || request.resume.is_some();
        let job = self.engine.sweep(setup, request);
        let mut shown = Progress::new();
        let mut report = None;
        self.follow(job, |event| match event {
            Event::Answered(_, _, line) => printer::progress(&format!(
                "Real mail as {} ({}): {}",
                line.result.address,
                line.result.expected.as_str(),
                line.words.observed
            )),
            Event::Sweep(_, update) => match *update {
                SweepUpdate::Reading(number) => shown.line(&format!("Reading the directory: {number} so far")),
                SweepUpdate::Listed { total, resumed, coverage } => {
                    listed(total, resumed, &coverage.sources, has_journal);
                }
                SweepUpdate::Calibrated(calibration) => printer::progress(calibrated(&calibration)),
                SweepUpdate::Lines(_) => {}
                SweepUpdate::Progress(progress) => shown.line(&progress_line(&progress)),
                SweepUpdate::Concluded(concluded) => {
                    shown.end();
                    printer::progress(&format!("Verdict: {}", verdict_label(concluded.verdict)));
                    report = Some(*concluded);
                }
            },
            _ => {}
        });
        report
    }
}

fn listed(total: usize, resumed: usize, sources: &[String], has_journal: bool) {
    printer::progress(&format!("Mailboxes to ask: {total} ({})", sources.join("; ")));
    if resumed > 0 {
        printer::progress(&format!("Going on: {resumed} were answered before"));
    } else if total > WORTH_A_JOURNAL && !has_journal {
        printer::progress("Note: without --journal FILE a stopped sweep begins anew");
    }
}

fn calibrated(calibration: &Calibration) -> &'static str {
    match calibration {
        Calibration::Agrees => "Probe: agrees with the real mails of the known senders",
        Calibration::Off(_) => "Probe: OFF, it does not agree with the real mails of the known senders",
    }
}

fn progress_line(progress: &SweepProgress) -> String {
    let counts = &progress.counts;
    let done = counts.asked();
    let percent = (done * 100).checked_div(counts.total).unwrap_or(100);
    let mut parts = vec![format!("{done} of {} ({percent} %)", counts.total)];
    parts.extend(progress.rate.map(|rate| format!("{rate:.0}/s")));
    parts.extend(progress.remaining.filter(|_| done < counts.total).map(|left| format!("{} left", span(left))));
    parts.push(sweep_counts_so_far(progress));
    parts.push(format!("{} at a time", progress.limit));
    parts.extend(progress.held_for.map(|wait| format!("the service asks to wait {}", span(wait))));
    parts.extend((progress.waiting > 0).then(|| format!("{} to be asked again", progress.waiting)));
    parts.join(", ")
}

fn sweep_counts_so_far(progress: &SweepProgress) -> String {
    let counts = &progress.counts;
    let not_provable = counts.not_provable - counts.not_asked;
    format!("reachable {}, refused {}, not provable {not_provable}", counts.reachable, counts.refused)
}

fn span(time: Duration) -> String {
    match time.as_secs() {
        secs @ 0..=90 => format!("{} s", secs.max(1)),
        secs @ 91..=5400 => format!("{} min", secs.div_ceil(60)),
        secs => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}

/// Progress on a terminal, or now and then in a log.
struct Progress {
    clock: Clock,
    is_watched: bool,
    written: Option<Duration>,
}

impl Progress {
    fn new() -> Self {
        Self { clock: Clock::system(), is_watched: printer::is_watched(), written: None }
    }

    fn line(&mut self, line: &str) {
        let now = self.clock.monotonic();
        if self.is_watched {
            printer::status(line);
        } else if self.written.is_none_or(|written| now.saturating_sub(written) >= UNWATCHED) {
            printer::progress(line);
            self.written = Some(now);
        }
    }

    fn end(&self) {
        if self.is_watched {
            printer::progress("");
        }
    }
}

fn request(
    senders: &SenderArgs,
    mail: &MailArgs,
    args: &SweepArgs,
    demo: Option<&DemoTenant>,
) -> Result<SweepRequest, InputError> {
    let mut sources: Vec<SweepSource> = Vec::new();
    for path in &args.mailboxes {
        sources.push(if path == Path::new("-") { standard_input()? } else { SweepSource::File(path.clone()) });
    }
    sources.extend(args.group.iter().cloned().map(SweepSource::Group));
    let is_nothing_said = sources.is_empty() && args.resume.is_none();
    if args.directory || (is_nothing_said && demo.is_some()) {
        sources.push(SweepSource::Directory);
    }
    let expected = match &args.expected_file {
        Some(path) => decode(&fs::read(path).map_err(|err| unreadable(path, &err))?),
        None => String::new(),
    };
    Ok(SweepRequest {
        senders: if args.resume.is_some() { Senders::default() } else { config::senders(senders, mail, demo) },
        expected,
        sources,
        concurrency: usize::from(args.concurrency),
        keep: false,
        journal: args.journal.clone(),
        resume: args.resume.clone(),
    })
}

fn standard_input() -> Result<SweepSource, InputError> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(INPUT_LIMIT).read_to_end(&mut bytes).map_err(|err| unreadable(Path::new("-"), &err))?;
    Ok(SweepSource::Text { name: "standard input".to_owned(), text: decode(&bytes) })
}

fn unreadable(path: &Path, err: &io::Error) -> InputError {
    let fault = InputFault::FileUnreadable { path: path.display().to_string(), reason: err.to_string() };
    InputError::new(Field::ReportFile, fault)
}

fn not_begun(problems: Vec<Problem>) -> SweepReport {
    let now = Clock::system().now();
    SweepReport::not_begun(problems, Ending::SetUp, None, crate::engine::Cloud::Global, (now, now))
}
