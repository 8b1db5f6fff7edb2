//! The watch: asks when the schedule says so, until the answer is stable, the deadline comes or somebody stops it.
//! Everything it knows stands in its record, so that it can be gone on with after any kind of end.

use std::{path::Path, time::Duration};

use crate::{
    base::{Timestamp, error_chain},
    explain::{self, Problem},
    m365::{
        Operation,
        auth::{AccessToken, SignInError},
    },
    report::{Ending, NotBegun, Timeline, TimelineRound, Trail, VerifyReport, obstacle_of},
    verify::{
        Announced, Fence, Mechanism, Next, Past, Plan, Principal, Reason, STOPPED, Verdict, Watch, Why, announced,
        next,
        record::{self, Entry, Header, Record},
    },
};

use super::{
    Event, Setup, Until, WatchPhase, WatchPlan, WatchProgress, WatchWhat, WatchWish,
    jobs::{Context, app_of, cancelled, ending_of},
    recorder::Recorder,
    records::find,
    round::{bare_trail, header, nothing_asked, round, service_url, timed_as, usable},
    session::{NotOpened, Session},
    watch_target::{Current, Recorded, other_target},
};

/// While it waits it looks at the clock and tells the time this often, at the pace of its clock.
const TICK: Duration = Duration::from_secs(1);

/// Watches until there is a stable answer.
pub(super) async fn watch(context: &Context, session: Result<Session, NotOpened>, setup: &Setup, wish: WatchWish) {
    let begun = match wish.what {
        WatchWhat::Begin(plan) => begin(context, session, &plan).await,
        WatchWhat::Resume(which) => match find(context.records.as_deref(), &which) {
            Ok(path) => resume(context, session, &path).await,
            Err(problem) => Err((vec![*problem], Ending::SetUp)),
        },
    };
    let report = match begun {
        Ok(mut watching) => {
            let end = watching.go(setup, wish.demo_pace.max(1)).await;
            // A program that is being closed leaves the watch as it is: it is offered again.
            if matches!(end, End::Closing) {
                return;
            }
            watching.end(end).await
        }
        Err((problems, ending)) => nothing_asked(context, setup, problems, ending),
    };
    context.emitter.emit(Event::Concluded(context.job, Box::new(report))).await;
}

type Begun<'a> = Result<Watching<'a>, (Vec<Problem>, Ending)>;

async fn begin<'a>(context: &'a Context, session: Result<Session, NotOpened>, plan: &WatchPlan) -> Begun<'a> {
    let senders = plan.senders.plan().map_err(|errors| errors.iter().map(explain::input).collect());
    let (session, senders) = usable(session, senders)?;
    context.emitter.emit(Event::Notes(context.job, session.resolved.notes.clone())).await;
    let started = context.clock.now();
    // A sign-in is no call to Exchange: it does not lengthen the wait, and shows at once what would fail later.
    let token = sign_in(context, &session).await;
    let app = token.as_ref().ok().map(|token| app_of("", token));
    let fence = plan.fence.unwrap_or_else(|| match &app {
        Some(app) => Fence::expected(Mechanism::None, app.roles()),
        None => Fence::Unknown,
    });
    let deadline = match plan.until {
        Some(Until::At(moment)) => moment,
        Some(Until::After(length)) => later(started, length),
        None => later(started, fence.usual_length()),
    };
    let header = header(&session, &senders);
    let last_call = last_call(context, &header).await;
    let watch = Watch { fence, changed: plan.changed, last_call, started, deadline };
    let header = Header { watch: Some(watch.clone()), ..header };
    let recorder = Recorder::begin(context, &header, session.transport.redactor());
    let mut watching = Watching::new(context, session, senders, watch, recorder);
    watching.recorder.tell(context).await;
    if let Ok(token) = &token {
        watching.principal = principal(&watching.session, token);
    }
    Ok(watching.checked(token.err()))
}

async fn resume<'a>(context: &'a Context, session: Result<Session, NotOpened>, path: &Path) -> Begun<'a> {
    let session = session.map_err(|not_opened| (not_opened.problems, not_opened.ending))?;
    let refused = |why: &str| (vec![explain::watch_not_resumed(why)], Ending::SetUp);
    let read = Record::read(path).map_err(|err| refused(&error_chain(&err)))?;
    let Some(watch) = read.header.watch.clone() else { return Err(refused("it is no watch, but a single test")) };
    if let Some(why) = other_way(&session, &read.header) {
        return Err(refused(why));
    }
    context.emitter.emit(Event::Notes(context.job, session.resolved.notes.clone())).await;
    let token = sign_in(context, &session).await;
    let tests = read.replay().map_err(|err| refused(&error_chain(&err)))?;
    let asked = tests.rounds.iter().filter(|round| round.obstacles.is_empty());
    let principals: Vec<Principal> = asked.map(|round| Principal::of_run(&round.result)).collect();
    let current = token.as_ref().ok().map(|token| principal(&session, token));
    // Nothing was sent yet, and the record stays as it is for those whom it belongs to.
    if let Some(why) = other_target(
        &Recorded { tenant: read.header.tenant_id.as_deref(), principals: &principals },
        &Current { tenant: &session.resolved.credentials.tenant.to_string(), principal: current.as_ref() },
    ) {
        let (mut problems, ending) = refused(&why);
        problems.extend(token.err().map(|err| explain::sign_in(&err)));
        return Err((problems, ending));
    }
    let redactor = session.transport.redactor();
    let (recorder, record) = Recorder::resume(context, path, redactor).map_err(|err| refused(&error_chain(&err)))?;
    let replayed = record.replay().map_err(|err| refused(&error_chain(&err)))?;
    let mut watching = Watching::new(context, session, record.header.plan.clone(), watch, recorder);
    watching.past = replayed.past();
    watching.rounds = replayed.rounds.iter().map(TimelineRound::of).collect();
    watching.principal = principals.iter().fold(current.unwrap_or_default(), Principal::completed);
    let mails = replayed.rounds.iter().map(|round| round.result.senders.len()).sum::<usize>();
    watching.mails = u64::try_from(mails).unwrap_or(u64::MAX);
    watching.last = replayed
        .last()
        .filter(|round| round.obstacles.is_empty())
        .map(|round| VerifyReport::of_run(round.result.clone(), record.header.cloud));
    Ok(watching.checked(token.err()))
}

async fn sign_in(context: &Context, session: &Session) -> Result<AccessToken, SignInError> {
    tokio::select! {
        token = session.tokens.fresh() => token,
        () = context.cancel.cancelled() => Err(SignInError::Failed(Box::new(cancelled(Operation::AcquireToken)))),
    }
}

/// Whom this token is for.
fn principal(session: &Session, token: &AccessToken) -> Principal {
    let credentials = &session.resolved.credentials;
    let tenant = credentials.tenant.guid().map(|id| id.to_string());
    Principal::of(&app_of(&credentials.client.to_string(), token), tenant.as_deref())
}

/// Why these credentials lead elsewhere than the record's, as far as that is seen before a sign-in.
fn other_way(session: &Session, header: &Header) -> Option<&'static str> {
    if session.resolved.credentials.client.to_string() != header.client_id {
        return Some("it was begun for another app registration");
    }
    // A demo tenant that was started again answers at another port of this machine.
    let local = |url: &str| url.starts_with("http://");
    let (now, then) = (service_url(session), header.service_url.clone().unwrap_or_default());
    (now != then && !(local(&now) && local(&then))).then_some("it was begun with another address of Microsoft Graph")
}

/// The last call that a record of this app knows of.
async fn last_call(context: &Context, header: &Header) -> Option<Timestamp> {
    let folder = context.records.clone()?;
    let (client, service, now) = (header.client_id.clone(), header.service_url.clone(), context.clock.now());
    let newest = move || {
        let listed = record::list(&folder).unwrap_or_default();
        let known = listed.into_iter().filter_map(|listed| listed.summary.ok());
        let same = known.filter(|known| known.header.client_id == client && known.header.service_url == service);
        same.filter(|known| known.rounds > 0).map(|known| known.last).filter(|last| *last <= now).max()
    };
    tokio::task::spawn_blocking(newest).await.ok().flatten()
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Settled(Reason),
    /// The sign-in was refused: somebody has to change something first.
    Refused,
    Cancelled,
    Closing,
}

/// A watch under way.
struct Watching<'a> {
    context: &'a Context,
    session: Session,
    plan: Plan,
    watch: Watch,
    announced: Announced,
    recorder: Recorder,
    past: Vec<Past>,
    rounds: Vec<TimelineRound>,
    mails: u64,
    last: Option<VerifyReport>,
    /// Whom the tests so far were about: all of them have to be about the same.
    principal: Principal,
    /// It cannot begin or go on: somebody has to change something first.
    refused: bool,
}

impl<'a> Watching<'a> {
    fn new(context: &'a Context, session: Session, plan: Plan, watch: Watch, recorder: Recorder) -> Self {
        let announced = announced(&watch, plan.senders.len());
        Self {
            context,
            session,
            plan,
            watch,
            announced,
            recorder,
            past: Vec::new(),
            rounds: Vec::new(),
            mails: 0,
            last: None,
            principal: Principal::default(),
            refused: false,
        }
    }

    /// Whether the first sign-in went well. What the world does may pass; what a person has to change does not.
    fn checked(mut self, failed: Option<SignInError>) -> Self {
        if let Some(err) = failed {
            let (problem, ending) = (explain::sign_in(&err), ending_of(&err));
            if ending == Ending::SetUp {
                let obstacles = vec![obstacle_of(&problem)];
                self.recorder.append(&Entry::NotBegun { set_up: true, obstacles });
                self.last = Some(self.not_begun(vec![problem], ending));
                self.refused = true;
            }
        }
        self
    }

    async fn go(&mut self, setup: &Setup, pace: u32) -> End {
        self.context.emitter.emit(Event::Planned(self.context.job, self.plan.senders.clone())).await;
        while !self.refused {
            if self.context.cancel.is_cancelled() {
                return if self.context.life.is_cancelled() { End::Closing } else { End::Cancelled };
            }
            match next(&self.watch, &self.past, self.context.clock.now()) {
                Next::Stop(reason) => return End::Settled(reason),
                Next::AskAt(moment, why) => {
                    let due = self.wait(moment, why, pace).await;
                    // Asked a little late is asked in time: only the deadline counts.
                    if due && self.context.clock.now() <= self.watch.deadline {
                        self.ask(setup).await;
                    }
                }
            }
        }
        End::Refused
    }

    /// Whether the moment has come; not when somebody has stopped the watch.
    async fn wait(&self, until: Timestamp, why: Why, pace: u32) -> bool {
        let clock = &self.context.clock;
        if until <= clock.now() {
            return true;
        }
        let why = why.words().to_owned();
        self.recorder.append(&Entry::Waiting { until, why: why.clone() });
        clock.hurry(pace);
        let come = loop {
            let now = clock.now();
            let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            if left.is_zero() {
                break true;
            }
            self.tell(WatchPhase::Waiting { until, why: why.clone() });
            tokio::select! {
                () = clock.sleep(left.min(TICK.saturating_mul(clock.pace()))) => {}
                () = self.context.cancel.cancelled() => break false,
            }
        };
        clock.hurry(1);
        come
    }

    async fn ask(&mut self, setup: &Setup) {
        self.tell(WatchPhase::Asking);
        let report = round(self.context, &self.session, &self.plan, (&self.recorder, &self.principal)).await;
        self.context.dossiers.tested(setup, &report);
        self.mails = self.mails.saturating_add(u64::try_from(report.senders.len()).unwrap_or(u64::MAX));
        self.past.push(Past { asked: report.started, finished: report.finished, verdict: report.verdict });
        self.rounds.extend(Timeline::of_report(&report).rounds);
        self.refused = report.ending == Ending::SetUp;
        if let Some(app) = &report.app {
            let asked = Principal::of(app, report.tenant_id.as_deref());
            self.principal = std::mem::take(&mut self.principal).completed(&asked);
        }
        self.recorder.tell(self.context).await;
        self.context.emitter.emit(Event::Round(self.context.job, Box::new(report.clone()))).await;
        self.last = Some(report);
    }

    /// Writes down why it is over; gives the report.
    async fn end(self, end: End) -> VerifyReport {
        let why = match end {
            End::Settled(reason) => reason.words(),
            End::Refused if self.last.as_ref().is_some_and(is_other) => {
                "The sign-in led to somebody else than the tests before: somebody has to change something first"
            }
            End::Refused => "The sign-in was refused: somebody has to change something first",
            End::Cancelled | End::Closing => STOPPED,
        };
        self.recorder.append(&Entry::Ended { why: why.to_owned() });
        self.recorder.tell(self.context).await;
        let progress = self.progress(WatchPhase::Ended { why: why.to_owned() });
        self.context.emitter.emit(Event::Watched(self.context.job, Box::new(progress))).await;
        let report = self.report(end);
        let (report, trail) = if let Some((written, trail)) = self.recorder.close() {
            (timed_as(report, &written), trail)
        } else {
            let trail = self.unrecorded(why, &report);
            (report, trail)
        };
        self.context.emitter.emit(Event::Trail(self.context.job, Box::new(trail))).await;
        report
    }

    /// What the report says of its origin when nothing was kept.
    fn unrecorded(&self, why: &str, report: &VerifyReport) -> Trail {
        let timeline = Timeline {
            changed: self.watch.changed,
            deadline: Some(self.watch.deadline),
            ended: Some(why.to_owned()),
            rounds: self.rounds.clone(),
        };
        Trail { timeline: Some(timeline), ..bare_trail(&self.session, &self.plan, report) }
    }

    /// The last test's report; a pass counts when two tests agree.
    fn report(&self, end: End) -> VerifyReport {
        let report = match (&self.last, end) {
            (Some(last), _) => last.clone(),
            (None, End::Cancelled | End::Closing) => self.not_begun(vec![explain::watch_stopped()], Ending::Cancelled),
            (None, End::Settled(_) | End::Refused) => {
                self.not_begun(vec![explain::watch_without_time()], Ending::SetUp)
            }
        };
        let is_stable = report.verdict != Verdict::Pass || end == End::Settled(Reason::Passed);
        let report = if is_stable { report } else { report.unconfirmed() };
        if end == End::Cancelled { report.stopped() } else { report }
    }

    fn not_begun(&self, problems: Vec<Problem>, ending: Ending) -> VerifyReport {
        let credentials = &self.session.resolved.credentials;
        VerifyReport::not_begun(NotBegun {
            problems,
            ending,
            cloud: self.session.resolved.endpoints.cloud(),
            tenant_id: credentials.tenant.guid().map(|id| id.to_string()),
            client_id: Some(credentials.client.to_string()),
            started: self.watch.started,
            finished: self.context.clock.now(),
        })
    }

    fn tell(&self, phase: WatchPhase) {
        self.context.emitter.hint(Event::Watched(self.context.job, Box::new(self.progress(phase))));
    }

    fn progress(&self, phase: WatchPhase) -> WatchProgress {
        WatchProgress {
            watch: self.watch.clone(),
            announced: self.announced,
            mails: self.mails,
            rounds: self.rounds.clone(),
            now: self.context.clock.now(),
            phase,
        }
    }
}

/// Whether nobody was asked because the token was for somebody else.
fn is_other(report: &VerifyReport) -> bool {
    report.problems.iter().any(|problem| problem.code == "watch_not_resumed")
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
