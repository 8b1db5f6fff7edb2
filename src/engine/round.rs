//! One run of the sending test, from typed values to its result; everything is written down as it happens.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{
    explain::{self, Problem, RunContext},
    m365::{Operation, auth::SignInError},
    report::{Ending, NotBegun, SenderReport, Timeline, Trail, VerifyReport, obstacle_of},
    verify::{
        self, App, Plan, Principal, Run,
        record::{Entry, Header},
    },
};

use super::{
    Event, Senders, Setup,
    jobs::{Context, app_of, cancelled, ending_of},
    recorder::Recorder,
    session::{NotOpened, Session},
};

/// Sends as everybody on the lists and judges.
pub(super) async fn verify(context: &Context, session: Result<Session, NotOpened>, setup: &Setup, senders: &Senders) {
    let report = verify_report(context, session, setup, senders).await;
    context.dossiers.tested(setup, &report);
    context.emitter.emit(Event::Concluded(context.job, Box::new(report))).await;
}

/// The same, for a job that has more to do.
pub(super) async fn verify_report(
    context: &Context,
    session: Result<Session, NotOpened>,
    setup: &Setup,
    senders: &Senders,
) -> VerifyReport {
    match usable(session, senders.plan().map_err(|errors| errors.iter().map(explain::input).collect())) {
        Ok((session, plan)) => {
            context.emitter.emit(Event::Notes(context.job, session.resolved.notes.clone())).await;
            let recorder = Recorder::begin(context, &header(&session, &plan), session.transport.redactor());
            let anybody = Principal::default();
            let report = round(context, &session, &plan, (&recorder, &anybody)).await;
            recorder.tell(context).await;
            let (report, trail) = if let Some((written, trail)) = recorder.close() {
                (timed_as(report, &written), trail)
            } else {
                let trail = bare_trail(&session, &plan, &report);
                (report, trail)
            };
            context.emitter.emit(Event::Trail(context.job, Box::new(trail))).await;
            report
        }
        Err((problems, ending)) => nothing_asked(context, setup, problems, ending),
    }
}

/// What never began has no times but those of its record, so that its report can be written again from that.
pub(super) fn timed_as(report: VerifyReport, recorded: &VerifyReport) -> VerifyReport {
    if report.senders.is_empty() && recorded.senders.is_empty() {
        VerifyReport { started: recorded.started, finished: recorded.finished, ..report }
    } else {
        report
    }
}

/// Both, or everything that is wrong with either.
pub(super) fn usable(
    session: Result<Session, NotOpened>,
    plan: Result<Plan, Vec<Problem>>,
) -> Result<(Session, Plan), (Vec<Problem>, Ending)> {
    match (session, plan) {
        (Ok(session), Ok(plan)) => Ok((session, plan)),
        (session, plan) => {
            let (mut problems, mut ending) = (Vec::new(), Ending::SetUp);
            if let Err(not_opened) = session {
                problems = not_opened.problems;
                ending = not_opened.ending;
            }
            if let Err(more) = plan {
                problems.extend(more);
                ending = Ending::SetUp;
            }
            Err((problems, ending))
        }
    }
}

/// The report when not even the tenant could be named.
pub(super) fn nothing_asked(context: &Context, setup: &Setup, problems: Vec<Problem>, ending: Ending) -> VerifyReport {
    let now = context.clock.now();
    let redactor = setup.redactor();
    VerifyReport::not_begun(NotBegun {
        problems: problems.into_iter().map(|problem| problem.without_secrets(&redactor)).collect(),
        ending,
        cloud: setup.cloud_or_global(),
        tenant_id: None,
        client_id: None,
        started: now,
        finished: now,
    })
}

/// What a record of this begins with.
pub(super) fn header(session: &Session, plan: &Plan) -> Header {
    let resolved = &session.resolved;
    Header {
        tenant_id: Some(resolved.credentials.tenant.to_string()),
        service_url: Some(service_url(session)),
        ..Header::new(resolved.credentials.client.to_string(), resolved.endpoints.cloud(), plan.clone())
    }
}

/// Graph's address, as records and reports show it.
pub(super) fn service_url(session: &Session) -> String {
    session.transport.redactor().scrub(session.resolved.endpoints.graph().as_str().trim_end_matches('/'))
}

/// What a report says of its origin when there is no record.
pub(super) fn bare_trail(session: &Session, plan: &Plan, report: &VerifyReport) -> Trail {
    Trail {
        service_url: Some(service_url(session)),
        recipient: Some(plan.recipient.to_string()),
        subject: Some(plan.message.subject.clone()),
        record: None,
        timeline: Some(Timeline::of_report(report)),
    }
}

/// Signs in, asks everybody, judges. Nobody is asked when the token is for somebody else than `before`, the one that
/// earlier tests of the same watch were about.
pub(super) async fn round(
    context: &Context,
    session: &Session,
    plan: &Plan,
    (recorder, before): (&Recorder, &Principal),
) -> VerifyReport {
    let credentials = &session.resolved.credentials;
    let started = context.clock.now();
    let tenant_id = credentials.tenant.guid().map(|id| id.to_string());
    context.emitter.emit(Event::Planned(context.job, plan.senders.clone())).await;
    // Permissions are baked into a token when it is issued, so evidence wants a new one.
    let token = tokio::select! {
        token = session.tokens.fresh() => token,
        () = context.cancel.cancelled() => Err(SignInError::Failed(Box::new(cancelled(Operation::AcquireToken)))),
    };
    let refused = |problem: Problem, ending: Ending| {
        let obstacles = vec![obstacle_of(&problem)];
        recorder.append(&Entry::NotBegun { set_up: ending == Ending::SetUp, obstacles });
        VerifyReport::not_begun(NotBegun {
            problems: vec![problem],
            ending,
            cloud: session.resolved.endpoints.cloud(),
            tenant_id: tenant_id.clone(),
            client_id: Some(credentials.client.to_string()),
            started,
            finished: context.clock.now(),
        })
    };
    let token = match token {
        Ok(token) => token,
        Err(err) => return refused(explain::sign_in(&err), ending_of(&err)),
    };
    let app = app_of(&credentials.client.to_string(), &token);
    if let Some(difference) = before.difference(&Principal::of(&app, tenant_id.as_deref())) {
        let why = format!("the sign-in led to another {} than that of the tests before", difference.words());
        return refused(explain::watch_not_resumed(&why), Ending::SetUp);
    }
    recorder.append(&Entry::Begun { app: Box::new(app.clone()), tenant_id: tenant_id.clone() });
    let run = Run {
        mail: session.mail.clone(),
        token,
        clock: context.clock.clone(),
        client_id: credentials.client.to_string(),
        tenant_id,
        witness: recorder.witness(),
    };
    let (progress, received) = mpsc::channel(64);
    let asking = async {
        let result = verify::run(&run, plan, &context.cancel, &progress).await;
        drop(progress);
        result
    };
    let (result, ()) = tokio::join!(asking, forward(context, received, &app));
    recorder.append(&Entry::Concluded(Box::new((&result).into())));
    VerifyReport::of_run(result, session.resolved.endpoints.cloud())
}

/// Gives each answer its words as it comes in.
async fn forward(context: &Context, mut received: mpsc::Receiver<verify::Event>, app: &App) {
    let mut so_far = RunContext::before(app);
    while let Some(event) = received.recv().await {
        match event {
            verify::Event::Asking { index, test_id } => {
                context.emitter.emit(Event::Asking(context.job, index, test_id)).await;
            }
            verify::Event::Answered { index, line } => {
                so_far.heard(&line);
                let words = explain::sender(&line, so_far);
                let report = SenderReport { result: line, words: Arc::new(words) };
                context.emitter.emit(Event::Answered(context.job, index, report)).await;
            }
        }
    }
}
