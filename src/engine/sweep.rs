//! The job of a sweep: the list, the real sends of the known senders, the probes, the journal, the report.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::{mpsc, watch};

use crate::{
    base::{MailAddress, Timestamp},
    explain::{self, Problem},
    m365::graph::PeopleClient,
    report::{Coverage, Ending, SweepReport, VerifyReport},
    verify::{
        self, Calibration, Entry, Expected, JOURNAL_SCHEMA, Journal, JournalHead, SenderResult, Steering, Sweep,
        SweepEvent, SweepLine, SweepProgress, Target, answer_entry, controls_of, fingerprint, known_controls,
        list_entries, new_salt, to_line,
    },
};

use super::{
    Event, Senders, Setup,
    jobs::Context,
    journal_file::JournalFile,
    round::verify_report,
    session::{NotOpened, Session},
    sweep_input::{Gathered, SweepRequest, gather, read_file},
    sweep_shelf::{new_journal, tidy, usable},
};

/// What a sweep tells while it runs.
#[derive(Debug, Clone)]
pub enum SweepUpdate {
    /// So many mailboxes of the directory were read so far.
    Reading(usize),
    /// The list is complete.
    Listed {
        /// Mailboxes on it.
        total: usize,
        /// Answers of an earlier part that are taken over.
        resumed: usize,
        /// Where they came from, and what was left out.
        coverage: Coverage,
    },
    /// The probe was held against the real sends.
    Calibrated(Calibration),
    /// Mailboxes were answered.
    Lines(Vec<Arc<SweepLine>>),
    /// How far it is.
    Progress(SweepProgress),
    /// The sweep is over.
    Concluded(Box<SweepReport>),
}

/// Why a sweep did not come to its probes.
struct NotSwept {
    problems: Vec<Problem>,
    ending: Ending,
    controls: Option<Box<VerifyReport>>,
}

impl From<Box<Problem>> for NotSwept {
    fn from(problem: Box<Problem>) -> Self {
        Self { problems: vec![*problem], ending: Ending::SetUp, controls: None }
    }
}

/// Runs a sweep from typed values to its report.
pub(super) async fn sweep(
    context: &Context,
    session: Result<Session, NotOpened>,
    setup: &Setup,
    request: &SweepRequest,
    pause: watch::Receiver<bool>,
) {
    let started = context.clock.now();
    let report = match Box::pin(swept(context, session, setup, request, pause, started)).await {
        Ok(report) => report,
        Err(NotSwept { problems, ending, controls }) => {
            let times = (started, context.clock.now());
            SweepReport::not_begun(problems, ending, controls.map(|controls| *controls), setup.cloud_or_global(), times)
        }
    };
    tell(context, SweepUpdate::Concluded(Box::new(report))).await;
}

async fn tell(context: &Context, update: SweepUpdate) {
    context.emitter.emit(Event::Sweep(context.job, Box::new(update))).await;
}

/// The list, and what an earlier part left.
struct Prepared {
    senders: Senders,
    gathered: Gathered,
    earlier: Option<Journal>,
    journal: Option<JournalFile>,
    /// Where the journal is.
    path: Option<PathBuf>,
}

async fn swept(
    context: &Context,
    session: Result<Session, NotOpened>,
    setup: &Setup,
    request: &SweepRequest,
    pause: watch::Receiver<bool>,
    started: Timestamp,
) -> Result<SweepReport, NotSwept> {
    let session = session.map_err(|not_opened| NotSwept {
        problems: not_opened.problems,
        ending: not_opened.ending,
        controls: None,
    })?;
    let prepared = tokio::select! {
        prepared = prepare(context, &session, request, started) => prepared?,
        () = context.cancel.cancelled() => return Err(NotSwept { ending: Ending::Cancelled, ..Box::new(explain::sweep_cancelled()).into() }),
    };
    let Prepared { senders, mut gathered, mut earlier, journal, path } = prepared;
    let resumed = earlier.as_ref().map_or(0, Journal::answered);
    let listed = SweepUpdate::Listed { total: gathered.targets.len(), resumed, coverage: gathered.coverage.clone() };
    tell(context, listed).await;
    // Real mails of known senders, in every run: what the probe is held against.
    let controls = verify_report(context, Ok(session.clone()), setup, &senders).await;
    let token = session.tokens.token().await;
    let token = match token {
        Ok(token) if controls.app.is_some() && controls.ending != Ending::Cancelled => token,
        _ => {
            let (problems, ending) = (controls.problems.clone(), controls.ending);
            return Err(NotSwept { problems, ending, controls: Some(Box::new(controls)) });
        }
    };
    let results: Vec<Arc<SenderResult>> = controls.senders.iter().map(|sender| Arc::clone(&sender.result)).collect();
    let controls_now = controls_of(&results);
    let known = known_controls(&controls_now);
    // Another fence stands now, or none did then: what was answered under it says nothing of this one.
    let forgotten = earlier.as_mut().filter(|journal| journal.controls != known).map(Journal::forget);
    if let (Some(()), Some((answers, _))) = (forgotten, &mut gathered.coverage.resumed) {
        *answers = 0;
    }
    let (done, unconfirmed) = earlier.map_or_else(Default::default, |journal| (journal.confirmed, journal.unconfirmed));
    let sweep = Sweep {
        mail: session.mail.clone(),
        tokens: session.tokens.clone(),
        token,
        clock: context.clock.clone(),
        targets: gathered.targets,
        done,
        unconfirmed,
        controls: controls_now,
        concurrency: request.concurrency.clamp(1, 256),
    };
    let (events, received) = mpsc::channel(256);
    let steering = Steering { cancel: context.cancel.clone(), pause };
    let (swept, journal_fault) = tokio::join!(
        verify::sweep(sweep, steering, events),
        forward(context, received, journal, Entry::Controls(known))
    );
    let mut report = SweepReport::of_sweep(swept, controls, gathered.coverage, (started, context.clock.now()));
    report.problems.extend(journal_fault);
    report.problems.extend(forgotten.filter(|()| resumed > 0).map(|()| explain::sweep_forgotten(resumed)));
    if let Some(path) = path.filter(|_| report.is_over()) {
        tidy(context.records.as_deref(), &path);
    }
    Ok(report)
}

async fn prepare(
    context: &Context,
    session: &Session,
    request: &SweepRequest,
    started: Timestamp,
) -> Result<Prepared, NotSwept> {
    if let Some(path) = &request.resume {
        return resume(context, session, path).await;
    }
    let plan = request.senders.plan().map_err(|errors| NotSwept {
        problems: errors.iter().map(explain::input).collect(),
        ending: Ending::SetUp,
        controls: None,
    })?;
    let is_permitted = |sender: &&(MailAddress, Expected)| sender.1 == Expected::Permitted;
    let permitted: Vec<_> = plan.senders.iter().filter(is_permitted).map(|(address, _)| address.clone()).collect();
    let people =
        PeopleClient::new(session.transport.clone(), session.resolved.endpoints.clone(), session.tokens.clone());
    let told = |read| context.emitter.try_emit(Event::Sweep(context.job, Box::new(SweepUpdate::Reading(read))));
    let gathered = gather(request, &permitted, &people, told).await?;
    let path = journal_path(context, request, started)?;
    let journal = match &path {
        Some(path) => {
            let head = head(session, request, &plan.senders, &gathered, started);
            Some(create(path, &head, &gathered.targets).await?)
        }
        None => None,
    };
    Ok(Prepared { senders: request.senders.clone(), gathered, earlier: None, journal, path })
}

/// The journal that was asked for, or one in the program's own folder, or none.
fn journal_path(context: &Context, request: &SweepRequest, started: Timestamp) -> Result<Option<PathBuf>, NotSwept> {
    match (&request.journal, &context.records) {
        (Some(path), _) => Ok(Some(path.clone())),
        (None, Some(records)) if request.keep => {
            let made = new_journal(records, started);
            made.map(Some).map_err(|err| Box::new(explain::journal(&err.to_string())).into())
        }
        (None, _) => Ok(None),
    }
}

fn head(
    session: &Session,
    request: &SweepRequest,
    senders: &[(MailAddress, Expected)],
    gathered: &Gathered,
    started: Timestamp,
) -> JournalHead {
    let credentials = &session.resolved.credentials;
    let of = |wanted| {
        senders.iter().filter(|sender| sender.1 == wanted).map(|sender| sender.0.to_string()).collect::<Vec<String>>()
    };
    let salt = new_salt();
    JournalHead {
        schema: JOURNAL_SCHEMA.to_owned(),
        tenant: credentials.tenant.to_string(),
        client_id: credentials.client.to_string(),
        graph: session.resolved.endpoints.graph_path(&[]).to_string(),
        credential_mark: fingerprint(&salt, credentials.secret.secret()),
        salt,
        permitted: of(Expected::Permitted),
        forbidden: of(Expected::Forbidden),
        recipient: request.senders.recipient.trim().to_owned(),
        sources: gathered.coverage.sources.clone(),
        repeats: gathered.coverage.repeats,
        unreadable: gathered.coverage.unreadable,
        total: gathered.targets.len(),
        started: started.to_string(),
    }
}

async fn create(path: &Path, head: &JournalHead, targets: &[Target]) -> Result<JournalFile, NotSwept> {
    let mut first = vec![to_line(head)];
    first.extend(list_entries(targets).iter().map(to_line));
    let file = path.to_owned();
    let created = tokio::task::spawn_blocking(move || JournalFile::create(&file, &first)).await;
    opened(path, created)
}

fn opened(
    path: &Path,
    opened: Result<std::io::Result<JournalFile>, tokio::task::JoinError>,
) -> Result<JournalFile, NotSwept> {
    let reason = match opened {
        Ok(Ok(file)) => return Ok(file),
        Ok(Err(err)) if err.kind() == std::io::ErrorKind::AlreadyExists => {
            "the file is there already; go on with it by --resume, or name another".to_owned()
        }
        Ok(Err(err)) => err.to_string(),
        Err(err) => err.to_string(),
    };
    Err(Box::new(explain::journal(&format!("{}: {reason}", path.display()))).into())
}

async fn resume(context: &Context, session: &Session, path: &Path) -> Result<Prepared, NotSwept> {
    let file = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read_file(&file)).await;
    let bytes = read.map_err(|err| NotSwept::from(Box::new(explain::journal(&err.to_string()))))??;
    let journal = usable(&bytes, &session.resolved, context.clock.now())
        .map_err(|fault| NotSwept::from(Box::new(explain::journal(&format!("{}: {fault}", path.display())))))?;
    let head = &journal.head;
    let senders = Senders {
        permitted: head.permitted.join("\n"),
        forbidden: head.forbidden.join("\n"),
        recipient: head.recipient.clone(),
        ..Senders::default()
    };
    let answered = journal.answered();
    let coverage = Coverage {
        sources: head.sources.clone(),
        repeats: head.repeats,
        unreadable: head.unreadable,
        unreadable_entries: Vec::new(),
        resumed: Some((answered, head.started.clone())),
    };
    let (goes_on, whole) = (path.to_owned(), journal.whole_bytes);
    let file = opened(path, tokio::task::spawn_blocking(move || JournalFile::go_on(&goes_on, whole)).await)?;
    let gathered = Gathered { targets: journal.targets.clone(), coverage };
    Ok(Prepared { senders, gathered, earlier: Some(journal), journal: Some(file), path: Some(path.to_owned()) })
}

/// Writes the journal and tells the front end, in batches. Says when the journal could not be kept.
async fn forward(
    context: &Context,
    mut received: mpsc::Receiver<SweepEvent>,
    mut journal: Option<JournalFile>,
    first: Entry,
) -> Option<Problem> {
    let mut lines = Vec::new();
    let mut fault = keep(&mut journal, &first).await;
    while let Some(event) = received.recv().await {
        if let Some(entry) = entry(&event).filter(|_| journal.is_some()) {
            fault = keep(&mut journal, &entry).await.or(fault);
        }
        match event {
            SweepEvent::Answered(line) => lines.push(line),
            SweepEvent::Calibrated(calibration) => tell(context, SweepUpdate::Calibrated(calibration)).await,
            SweepEvent::Progress(progress) => {
                if !lines.is_empty() {
                    tell(context, SweepUpdate::Lines(std::mem::take(&mut lines))).await;
                }
                tell(context, SweepUpdate::Progress(progress)).await;
            }
            SweepEvent::Looking(_) | SweepEvent::Confirmed(_) | SweepEvent::Void(_) => {}
        }
    }
    let ended = match journal {
        Some(file) => file.finish().await.err(),
        None => None,
    };
    fault.or(ended).map(|err| explain::journal(&format!("it could not be written to its end: {err}")))
}

/// Hands one entry to the journal; one that can no longer be written is given up, and why.
async fn keep(journal: &mut Option<JournalFile>, entry: &Entry) -> Option<std::io::Error> {
    let is_kept = journal.as_ref()?.line(to_line(entry)).await;
    if is_kept { None } else { journal.take()?.finish().await.err() }
}

fn entry(event: &SweepEvent) -> Option<Entry> {
    match event {
        SweepEvent::Answered(line) => Some(answer_entry(line)),
        SweepEvent::Looking(at) => Some(Entry::Looking(at.to_string())),
        SweepEvent::Confirmed(at) => Some(Entry::Confirmed(at.to_string())),
        SweepEvent::Void(at) => Some(Entry::Void(at.to_string())),
        SweepEvent::Calibrated(_) | SweepEvent::Progress(_) => None,
    }
}
