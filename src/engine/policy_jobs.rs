//! What each kind of job of the policy setup does, from typed values to its last event.

use std::{fs, path::Path};

use crate::{
    base::{ClientId, Field, MailAddress, ObjectId, TenantId, Timestamp},
    demo::Server,
    explain::{self, Problem},
    m365::{auth::SignInError, graph::DirectoryClient},
    policy::{
        Desired, DesiredError, DesiredField, DesiredInput, GroupWanted, GuideStep, LARGEST_INPUT, ReadBack,
        ReadContext, ReadError, Script, ScriptKind, read_bytes, read_text, to_ps1_bytes,
    },
};

use super::{
    DirectoryRow, DirectoryState, Environment, Event, ReadHints, ScriptEnd, ScriptText, Shell, demo_admin, directory,
    jobs::Context,
    policy_store::PolicyKey,
    powershell::{Ran, write_whole},
    session::{NotOpened, Session},
};

/// Why a job of the policy setup came to nothing.
enum Stop {
    Refused(Vec<DesiredError>),
    Problem(Box<Problem>),
}

type Outcome<T> = Result<T, Stop>;

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

async fn tell(context: &Context, outcome: Outcome<Vec<Event>>) {
    let events = match outcome {
        Ok(events) => events,
        Err(Stop::Refused(errors)) => vec![Event::PolicyRefused(context.job, errors)],
        Err(Stop::Problem(problem)) => vec![Event::PolicyFailed(context.job, problem)],
    };
    for event in events {
        context.emitter.emit(event).await;
    }
}

/// Makes a script.
pub(super) async fn make(context: &Context, kind: ScriptKind, input: &DesiredInput) {
    let outcome = script(kind, input);
    tell(context, outcome.map(|(script, _)| vec![Event::ScriptReady(context.job, Box::new(ScriptText::of(&script)))]))
        .await;
}

/// Makes a script and saves it.
pub(super) async fn save(context: &Context, kind: ScriptKind, input: &DesiredInput, path: &Path) {
    let outcome = script(kind, input).and_then(|(script, _)| {
        write_whole(path, &to_ps1_bytes(&script.to_ps1()))
            .map_err(|err| explain::script_not_saved(&path.display().to_string(), &err.to_string()))?;
        Ok(vec![Event::ScriptSaved(context.job, path.to_path_buf())])
    });
    tell(context, outcome).await;
}

/// Makes a script and runs it in PowerShell.
pub(super) async fn run(context: &Context, environment: &Environment, kind: ScriptKind, input: &DesiredInput) {
    let outcome = run_inner(context, environment, kind, input).await;
    tell(context, outcome).await;
}

async fn run_inner(
    context: &Context,
    environment: &Environment,
    kind: ScriptKind,
    input: &DesiredInput,
) -> Outcome<Vec<Event>> {
    let (script, desired) = script(kind, input)?;
    let shell = Shell::find(environment).ok_or_else(explain::no_powershell)?;
    context.emitter.emit(Event::ScriptStarted(context.job, kind, shell.name)).await;
    let bytes = to_ps1_bytes(&script.to_ps1());
    let ran = shell
        .run(environment, &bytes, &context.clock, &context.cancel)
        .await
        .map_err(|err| explain::powershell_not_started(&err.to_string()))?;
    take_run(context, kind, input, &desired, &ran)
}

/// Takes a script's result: from its file, or from what it printed.
fn take_run(
    context: &Context,
    kind: ScriptKind,
    input: &DesiredInput,
    desired: &Desired,
    ran: &Ran,
) -> Outcome<Vec<Event>> {
    let printed = String::from_utf8_lossy(&ran.printed);
    // What has just been run is not old, whatever the demo tenant's clock says.
    let reading = ReadContext { now: None, ..read_context(context, input, &ReadHints::default()) };
    let from_file = ran.result.as_deref().map(|bytes| read_bytes(bytes, &reading));
    let back = match from_file.unwrap_or_else(|| read_text(&printed, &reading)) {
        Err(err) if ran.result.is_some() || matches!(err, ReadError::OtherTenant { .. }) => Err(not_read(&err)),
        Ok(back) if ran.result.is_some() || back.run.is_some() => Ok(back),
        Ok(_) | Err(_) => {
            let known = ScriptEnd::recognised(kind, &printed);
            let code = ran.exit_code.filter(|_| !ran.cancelled);
            Err(explain::script_without_result(kind, code, &printed, &known).into())
        }
    }?;
    let said: String = back.run.iter().flat_map(|run| &run.steps).filter_map(|step| step.error.as_deref()).collect();
    let end = ScriptEnd {
        kind,
        exit_code: ran.exit_code,
        run: back.run.clone(),
        known_errors: ScriptEnd::recognised(kind, &format!("{printed}\n{said}")),
    };
    let mut events = vec![Event::ScriptEnded(context.job, Box::new(end))];
    events.extend(take_reading(context, input, desired, back, context.clock.now())?);
    Ok(events)
}

/// Carries a script out in the demo tenant.
pub(super) async fn run_in_demo(context: &Context, demo: Option<&Server>, kind: ScriptKind, input: &DesiredInput) {
    let outcome = demo_for(demo, input).and_then(|server| {
        let (script, desired) = script(kind, input)?;
        let (printed, exit_code) = demo_admin::run(server, &script, &desired);
        let ran = Ran { exit_code: Some(exit_code), result: None, printed: printed.into_bytes(), cancelled: false };
        take_run(context, kind, input, &desired, &ran)
    });
    tell(context, outcome).await;
}

/// Takes `Mail.Send` from the app in the demo tenant's Entra.
pub(super) async fn remove_demo_grant(context: &Context, demo: Option<&Server>, input: &DesiredInput) {
    let outcome = demo_for(demo, input).and_then(|server| {
        let desired = wanted(input)?;
        demo_admin::remove_grant(server, &desired).map_err(|err| explain::demo_refused(&err))?;
        Ok(vec![Event::DemoGrantRemoved(context.job)])
    });
    tell(context, outcome).await;
}

fn demo_for<'a>(demo: Option<&'a Server>, input: &DesiredInput) -> Outcome<&'a Server> {
    let client = ClientId::parse(&input.client_id).ok().map(|parsed| parsed.value.to_string());
    let same = |server: &&Server| Some(server.access().client_id.to_ascii_lowercase()) == client;
    demo.filter(same).ok_or_else(|| explain::not_in_demo().into())
}

/// Reads a pasted text.
pub(super) async fn read_pasted(context: &Context, input: &DesiredInput, hints: &ReadHints, text: &str) {
    let outcome = read(context, input, hints, |reading| read_text(text, reading).map_err(|err| not_read(&err)));
    tell(context, outcome).await;
}

/// Reads a file.
pub(super) async fn read_file(context: &Context, input: &DesiredInput, hints: &ReadHints, path: &Path) {
    let outcome = read(context, input, hints, |reading| {
        let unreadable = |reason: String| Stop::from(explain::policy_file(&path.display().to_string(), &reason));
        let size = fs::metadata(path).map_err(|err| unreadable(err.to_string()))?.len();
        if size > LARGEST_INPUT as u64 {
            return Err(explain::policy_output(&ReadError::TooLarge).into());
        }
        let bytes = fs::read(path).map_err(|err| unreadable(err.to_string()))?;
        read_bytes(&bytes, reading).map_err(|err| not_read(&err))
    });
    tell(context, outcome).await;
}

fn read(
    context: &Context,
    input: &DesiredInput,
    hints: &ReadHints,
    source: impl FnOnce(&ReadContext) -> Outcome<ReadBack>,
) -> Outcome<Vec<Event>> {
    let desired = wanted(input)?;
    let back = source(&read_context(context, input, hints))?;
    // What cmdlets print carries no date.
    let now = context.clock.now();
    let as_of = back.run.as_ref().and_then(|run| run.finished).map_or(now, |finished| finished.min(now));
    take_reading(context, input, &desired, back, as_of)
}

fn not_read(err: &ReadError) -> Stop {
    if let ReadError::OtherTenant { found, wanted } = err {
        return explain::policy_other_tenant(&found.to_string(), &wanted.to_string()).into();
    }
    explain::policy_output(err).into()
}

/// Takes in what was read, which was so at `as_of`.
fn take_reading(
    context: &Context,
    input: &DesiredInput,
    desired: &Desired,
    back: ReadBack,
    as_of: Timestamp,
) -> Outcome<Vec<Event>> {
    let key = key(input)?;
    let what = Event::PolicyRead(context.job, back.recognised.clone(), back.notes.clone());
    let state = context.dossiers.with(&key, |dossier| {
        dossier.take_reading(back, as_of);
        dossier.judge(desired, context.clock.now())
    });
    Ok(vec![what, Event::PolicyState(context.job, Box::new(state))])
}

/// Judges what is known.
pub(super) async fn judge(context: &Context, input: &DesiredInput) {
    let outcome = judged(context, input);
    tell(context, outcome).await;
}

fn judged(context: &Context, input: &DesiredInput) -> Outcome<Vec<Event>> {
    let (key, desired) = (key(input)?, wanted(input)?);
    let state = context.dossiers.with(&key, |dossier| dossier.judge(&desired, context.clock.now()));
    Ok(vec![Event::PolicyState(context.job, Box::new(state))])
}

/// The person says that a step is done, or is to be done again.
pub(super) async fn mark(context: &Context, input: &DesiredInput, step: GuideStep, done: bool) {
    if let Some(key) = PolicyKey::of_input(input) {
        context.dossiers.with(&key, |dossier| dossier.mark(step, done));
    }
    judge(context, input).await;
}

/// Forgets what was read about the app.
pub(super) async fn forget(context: &Context, input: &DesiredInput) {
    if let Some(key) = PolicyKey::of_input(input) {
        context.dossiers.forget(&key);
    }
    judge(context, input).await;
}

/// Reads the directory with the app's own token.
pub(super) async fn read_directory(context: &Context, session: Result<Session, NotOpened>, input: &DesiredInput) {
    let outcome = tokio::select! {
        outcome = directory_inner(context, session, input) => outcome,
        () = context.cancel.cancelled() => Ok(Vec::new()),
    };
    tell(context, outcome).await;
}

async fn directory_inner(
    context: &Context,
    session: Result<Session, NotOpened>,
    input: &DesiredInput,
) -> Outcome<Vec<Event>> {
    let (key, desired) = (key(input)?, wanted(input)?);
    let session = session.map_err(|not_opened| {
        let problem = not_opened.problems.into_iter().next();
        problem.map_or_else(|| Stop::Refused(Vec::new()), Stop::from)
    })?;
    let token = session.tokens.fresh().await.map_err(|err: SignInError| explain::sign_in(&err))?;
    let client = DirectoryClient::new(session.transport.clone(), session.resolved.endpoints.clone());
    let reading = directory::read(&client, &token, &desired).await;
    let rows: Vec<DirectoryRow> = reading.rows;
    let read_any = rows.iter().any(|row| row.state == DirectoryState::Read);
    let state = context.dossiers.with(&key, |dossier| {
        dossier.take_claims(token.claims.as_ref());
        dossier.take_directory(reading.found, rows, reading.app);
        dossier.judge(&desired, context.clock.now())
    });
    Ok(vec![Event::DirectoryRead(context.job, read_any), Event::PolicyState(context.job, Box::new(state))])
}

fn script(kind: ScriptKind, input: &DesiredInput) -> Outcome<(Script, Desired)> {
    let desired = Desired::parse(input).map_err(Stop::Refused)?;
    let script = Script::new(kind, &desired).map_err(|err| {
        Stop::Refused(vec![DesiredError { field: DesiredField::EnterpriseObjectId, reason: err.to_string() }])
    })?;
    Ok((script, desired))
}

fn key(input: &DesiredInput) -> Outcome<PolicyKey> {
    PolicyKey::of_input(input).ok_or_else(|| match Desired::parse(input) {
        Ok(_) => Stop::Refused(Vec::new()),
        Err(errors) => Stop::Refused(errors),
    })
}

/// What is wanted, as far as judging needs it: who signs in and how the group is called matter to scripts alone.
fn wanted(input: &DesiredInput) -> Outcome<Desired> {
    let mut complete = input.clone();
    let fill = |value: &mut String, with: &str| {
        if value.trim().is_empty() {
            with.clone_into(value);
        }
    };
    fill(&mut complete.group_name, "Group");
    fill(&mut complete.group_alias, GroupWanted::suggested_alias());
    fill(&mut complete.admin, &input.group_address);
    // RBAC for Applications is judged without the object id, too: some findings are missing then, and no answer.
    let no_object = complete.enterprise_object_id.trim().is_empty();
    let method = complete.method;
    if no_object {
        complete.method = crate::policy::Method::ApplicationAccessPolicy;
    }
    let mut desired = Desired::parse(&complete).map_err(Stop::Refused)?;
    desired.method = method;
    Ok(desired)
}

fn read_context(context: &Context, input: &DesiredInput, hints: &ReadHints) -> ReadContext {
    let address = |text: &str| MailAddress::parse(Field::Recipient, text).ok().map(|parsed| parsed.value);
    let known = PolicyKey::of_input(input).map(|key| context.dossiers.with(&key, |dossier| dossier.ids()));
    let (tenants, object_id) = known.unwrap_or_default();
    let typed = TenantId::parse(&input.tenant).ok().and_then(|parsed| parsed.value.guid());
    ReadContext {
        client_id: ClientId::parse(&input.client_id).ok().map(|parsed| parsed.value),
        mailbox: address(&hints.mailbox),
        group: address(&input.group_address),
        group_names: vec![input.group_name.trim().to_owned(), input.group_alias.trim().to_owned()],
        object_id: object_id.or_else(|| ObjectId::parse(&input.enterprise_object_id)),
        whole_output: hints.whole_output,
        tenants: tenants.into_iter().chain(typed).collect(),
        now: Some(context.clock.now()),
    }
}
