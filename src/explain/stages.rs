//! *Test without Totalview* in seven rows. A row is OK only where an answer implies it, and else not checked.

use crate::{
    m365::{
        Error, Kind, RequestIds,
        auth::{EntraError, SignInError},
    },
    verify::App,
};

use super::{
    Problem, Proven, Stage, aadsts, network, refused,
    roles::{is_name, wide_roles, wide_roles_problem},
    sign_in,
    words::list,
};

/// One step of signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStage {
    /// What was typed.
    Input,
    /// The way to Microsoft.
    Network,
    /// The organisation.
    Tenant,
    /// The app registration.
    App,
    /// Its secret.
    Secret,
    /// The token.
    Token,
    /// What the token allows.
    Permissions,
}

impl CheckStage {
    /// All steps, in order.
    pub const ALL: [Self; 7] =
        [Self::Input, Self::Network, Self::Tenant, Self::App, Self::Secret, Self::Token, Self::Permissions];

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Network => "network",
            Self::Tenant => "tenant",
            Self::App => "app",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Permissions => "permissions",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Network => "Network",
            Self::Tenant => "Tenant",
            Self::App => "App registration",
            Self::Secret => "Client secret",
            Self::Token => "Token",
            Self::Permissions => "Permissions",
        }
    }

    /// The row on which a problem is shown.
    fn of(stage: Stage) -> Self {
        match stage {
            Stage::Input => Self::Input,
            Stage::Network => Self::Network,
            Stage::Tenant => Self::Tenant,
            Stage::App => Self::App,
            Stage::Secret => Self::Secret,
            Stage::Token | Stage::Policy | Stage::Mailbox | Stage::Send => Self::Token,
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageState {
    /// An answer shows that it is in order.
    Ok,
    /// In order, but worth a look.
    Warning,
    /// Not in order.
    Failed,
    /// Nothing is known.
    NotChecked,
}

impl StageState {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotChecked => "not_checked",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "Warning",
            Self::Failed => "Failed",
            Self::NotChecked => "Not checked",
        }
    }
}

/// One row of the staged result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    /// The step.
    pub stage: CheckStage,
    /// How it ended.
    pub state: StageState,
    /// What is known.
    pub words: String,
    /// What stands in the way.
    pub problem: Option<Problem>,
}

/// What looking the tenant up brought.
#[derive(Debug, Clone, Copy)]
pub enum DiscoveryResult<'a> {
    /// It was not tried.
    NotTried,
    /// The tenant exists.
    Found {
        /// Its GUID.
        tenant_id: Option<&'a str>,
        /// Its region.
        region: Option<&'a str>,
        /// A note of ours when it belongs to another cloud than the chosen one.
        cloud_note: Option<&'a str>,
    },
    /// An answer that says nothing.
    Unclear(&'a str),
    /// Entra refused to say.
    Refused(&'a EntraError),
    /// No usable answer.
    Failed(&'a Error),
}

/// What signing in brought.
#[derive(Debug, Clone, Copy)]
pub enum TokenResult<'a> {
    /// It was not tried.
    NotTried,
    /// A token was issued.
    Granted(&'a App),
    /// None was.
    Failed(&'a SignInError),
}

/// The rows of a sign-in with usable input, always seven.
pub fn stages(discovery: DiscoveryResult<'_>, token: TokenResult<'_>) -> Vec<StageRow> {
    let mut rows = Rows::new();
    rows.ok(CheckStage::Input, "The values have the right form");
    match discovery {
        DiscoveryResult::NotTried => {}
        DiscoveryResult::Found { tenant_id, region, cloud_note } => found(&mut rows, tenant_id, region, cloud_note),
        DiscoveryResult::Unclear(_) => unclear(&mut rows),
        DiscoveryResult::Refused(refusal) => tenant_refused(&mut rows, refusal),
        DiscoveryResult::Failed(err) => no_answer(&mut rows, err, network(err)),
    }
    match token {
        TokenResult::NotTried => {}
        TokenResult::Granted(app) => granted(&mut rows, app),
        TokenResult::Failed(err) => not_granted(&mut rows, err),
    }
    rows.finish()
}

/// The rows when the input cannot be used: nothing was asked.
pub fn stages_for_input(problems: &[Problem]) -> Vec<StageRow> {
    let mut rows = Rows::new();
    let Some(first) = problems.first() else {
        return rows.finish();
    };
    let summaries: Vec<&str> = problems.iter().map(|problem| problem.summary.as_str()).collect();
    if first.stage != Stage::Input {
        rows.ok(CheckStage::Input, "The values have the right form");
    }
    rows.fail(CheckStage::of(first.stage), first.clone());
    rows.say(CheckStage::of(first.stage), &summaries.join("; "));
    rows.finish()
}

/// The rows while they are filled in.
struct Rows(Vec<StageRow>);

impl Rows {
    fn new() -> Self {
        let row =
            |stage| StageRow { stage, state: StageState::NotChecked, words: "Not checked".to_owned(), problem: None };
        Self(CheckStage::ALL.into_iter().map(row).collect())
    }

    fn set(&mut self, at: CheckStage, state: StageState, words: &str, problem: Option<Problem>) {
        if let Some(row) = self.0.iter_mut().find(|row| row.stage == at) {
            *row = StageRow { stage: at, state, words: words.to_owned(), problem };
        }
    }

    fn ok(&mut self, stage: CheckStage, words: &str) {
        self.set(stage, StageState::Ok, words, None);
    }

    /// OK, unless something better is known already.
    fn ok_if_unknown(&mut self, stage: CheckStage, words: &str) {
        if !matches!(self.state(stage), StageState::Ok | StageState::Warning) {
            self.ok(stage, words);
        }
    }

    fn fail(&mut self, stage: CheckStage, problem: Problem) {
        let words = problem.summary.clone();
        self.set(stage, StageState::Failed, &words, Some(problem));
    }

    fn say(&mut self, stage: CheckStage, words: &str) {
        if let Some(row) = self.0.iter_mut().find(|row| row.stage == stage) {
            words.clone_into(&mut row.words);
        }
    }

    /// Back to not checked: a later answer shows that an earlier one meant nothing.
    fn forget(&mut self, stages: &[CheckStage]) {
        for stage in stages {
            if self.state(*stage) == StageState::Failed {
                self.set(*stage, StageState::NotChecked, "", None);
            }
        }
    }

    /// Rows nobody has said anything about say why.
    fn finish(mut self) -> Vec<StageRow> {
        let failed = self.0.iter().find(|row| row.state == StageState::Failed).map(|row| row.stage);
        for row in self.0.iter_mut().filter(|row| row.words.is_empty()) {
            row.words = match failed {
                Some(failed) if failed < row.stage => format!("Waits for {}", failed.label()),
                Some(_) => "The answer says nothing about it".to_owned(),
                None => "Not tried yet".to_owned(),
            };
        }
        self.0
    }

    fn state(&self, stage: CheckStage) -> StageState {
        self.0.iter().find(|row| row.stage == stage).map_or(StageState::NotChecked, |row| row.state)
    }
}

const REACHED: &str = "Microsoft's sign-in service answers";
const TENANT_KNOWN: &str = "The organisation exists";

fn found(rows: &mut Rows, tenant_id: Option<&str>, region: Option<&str>, cloud_note: Option<&str>) {
    rows.ok(CheckStage::Network, REACHED);
    let id = tenant_id.filter(|id| is_name(id)).map(|id| format!(", tenant {id}")).unwrap_or_default();
    let region = region.filter(|region| is_name(region)).map(|region| format!(", region {region}")).unwrap_or_default();
    let words = format!("{TENANT_KNOWN}{id}{region}");
    match cloud_note {
        None => rows.ok(CheckStage::Tenant, &words),
        Some(note) => rows.set(CheckStage::Tenant, StageState::Warning, &format!("{words}; {note}"), None),
    }
}

fn unclear(rows: &mut Rows) {
    rows.say(CheckStage::Network, "An answer came, but it does not show that it is Microsoft's");
    rows.say(CheckStage::Tenant, "Looking the organisation up brought no usable answer");
}

fn tenant_refused(rows: &mut Rows, refusal: &EntraError) {
    let problem = refused(refusal, &RequestIds::default());
    let stage = CheckStage::of(problem.stage);
    let proven = proven(refusal);
    if proven >= Proven::Network {
        rows.ok(CheckStage::Network, REACHED);
    }
    // Looking a tenant up can fail on the way or on the tenant; whatever else is said belongs to the tenant.
    rows.fail(if stage == CheckStage::Network { stage } else { CheckStage::Tenant }, problem);
}

/// How far a refusal shows that things are in order.
fn proven(refusal: &EntraError) -> Proven {
    let microsoft_s = refusal.aadsts.is_some() || refusal.trace_id.is_some();
    let known = refusal.aadsts.and_then(aadsts).map(|entry| entry.proven);
    known.unwrap_or(if microsoft_s { Proven::Network } else { Proven::Nothing })
}

fn no_answer(rows: &mut Rows, err: &Error, problem: Problem) {
    let stage = CheckStage::of(problem.stage);
    rows.fail(stage, problem);
    if stage != CheckStage::Network && rows.state(CheckStage::Network) != StageState::Ok {
        rows.say(CheckStage::Network, way(err.kind));
    }
}

/// What a failure beyond the network says about the way there.
fn way(kind: Kind) -> &'static str {
    match kind {
        Kind::Throttled | Kind::ServerError | Kind::Unexpected => "Something answers, but it may be a proxy",
        Kind::Cancelled => "Cancelled",
        Kind::Dns
        | Kind::Connect
        | Kind::Proxy
        | Kind::Certificate
        | Kind::Tls
        | Kind::Timeout
        | Kind::Cut
        | Kind::Interfered => "",
    }
}

fn not_granted(rows: &mut Rows, err: &SignInError) {
    let problem = sign_in(err);
    let stage = CheckStage::of(problem.stage);
    match err {
        SignInError::Refused(refusal, _) => {
            // Entra's answer to the sign-in outweighs what looking the tenant up brought.
            rows.forget(&[CheckStage::Network, CheckStage::Tenant]);
            let proven = proven(refusal);
            imply(rows, proven);
            rows.fail(stage, problem);
        }
        SignInError::Failed(err) => {
            rows.forget(&[CheckStage::Network, CheckStage::Tenant]);
            no_answer(rows, err, problem);
        }
    }
}

fn imply(rows: &mut Rows, proven: Proven) {
    if proven >= Proven::Network {
        rows.ok_if_unknown(CheckStage::Network, REACHED);
    }
    if proven >= Proven::Tenant {
        rows.ok_if_unknown(CheckStage::Tenant, TENANT_KNOWN);
    }
    if proven >= Proven::App {
        rows.ok_if_unknown(CheckStage::App, "The organisation knows the app");
    }
}

fn granted(rows: &mut Rows, app: &App) {
    rows.forget(&[CheckStage::Network, CheckStage::Tenant]);
    imply(rows, Proven::App);
    let name = app.claims.as_ref().and_then(|claims| claims.display_name.as_deref()).map(str::trim);
    match name.filter(|name| !name.is_empty()) {
        Some(name) => {
            rows.ok(CheckStage::App, &format!("The organisation knows the app under the name '{}'", short(name)));
        }
        None => rows.ok(CheckStage::App, "The organisation knows the app"),
    }
    rows.ok(CheckStage::Secret, "The secret was accepted");
    match app.token_expires {
        Some(expires) => rows.ok(CheckStage::Token, &format!("A token was issued, valid until {expires:.0}")),
        None => rows.ok(CheckStage::Token, "A token was issued"),
    }
    permissions(rows, app);
}

/// Names come from the customer's directory; a very long one would push everything else away.
fn short(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(80).collect()
}

fn permissions(rows: &mut Rows, app: &App) {
    let row = CheckStage::Permissions;
    let Some(roles) = app.roles() else {
        let words = "The token cannot be read, so its permissions are not known. That stops nothing: the test on Send E-Mail decides.";
        return rows.set(row, StageState::NotChecked, words, None);
    };
    let names: Vec<&str> = roles.iter().map(String::as_str).filter(|role| is_name(role)).collect();
    let sends = names.contains(&"Mail.Send");
    let listed = if names.is_empty() { "none".to_owned() } else { list(&names) };
    let meaning = if sends {
        "With Mail.Send the app may send as everybody unless a fence stops it, so a fence is needed: test it on Send E-Mail."
    } else if names.iter().any(|role| role.starts_with("Calendars.")) {
        "Mail.Send is not among them. This looks like Totalview's registration for calendars; the one for mail has a Client ID of its own. If it is meant for both, consent was not granted or RBAC for Applications is used: the test on Send E-Mail decides."
    } else {
        "Mail.Send is not among them: either consent was not granted, or the app is meant to use RBAC for Applications, which does not show here. The test on Send E-Mail decides."
    };
    let words = format!("Granted in Entra: {listed}. {meaning}");
    let state = if sends && wide_roles(roles).is_empty() { StageState::Ok } else { StageState::Warning };
    rows.set(row, state, &words, wide_roles_problem(roles));
}
