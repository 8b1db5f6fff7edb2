//! Plays one world: demo tenant, ordinary client, verdict; at once, after a change, and hours later.

use std::{net::SocketAddr, time::Duration};

use exchange365::{
    base::{ClientId, ClientSecret, Clock, MailAddress, ManualClock, TenantId},
    demo::{AccessRight, Change, RoleScope, Scenario, Server},
    m365::{
        Cloud, Endpoints, Outcome, Overrides, Transport, TransportOptions,
        auth::{Credentials, SignInError, TokenSource},
        graph::MailClient,
    },
    verify::{Expected, Message, Plan, Run, RunResult, run},
};
use proptest::test_runner::TestCaseError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::session::{clock, options, turning};

use super::{
    oracle::{self, Token, When},
    world::{Asked, Assignment, CLIENT, Edit, Mailbox, OBJECT, PolicyApp, RECIPIENT, Scope, SignIn, Target, World},
};

type Checked<T> = Result<T, TestCaseError>;

/// Longer than a busy machine takes for an answer.
const PATIENCE: Duration = Duration::from_mins(5);
/// Long enough for every cache.
const HOURS_LATER: Duration = Duration::from_hours(3);

struct Stage {
    server: Server,
    manual: ManualClock,
    tokens: TokenSource,
    mail: MailClient,
    /// Everybody who is asked, in the plan's order.
    asked: Vec<(usize, Expected)>,
    plan: Plan,
}

/// Plays `world` and names what came up in it.
pub(crate) async fn play(world: &World) -> Checked<Vec<String>> {
    let Some(stage) = Stage::set(world).await? else { return Ok(vec!["nobody to ask".to_owned()]) };
    let mut counted = Vec::new();
    if !stage.sign_in_is_right(world).await? {
        counted.push(format!("sign-in {:?}", world.sign_in));
        return Ok(counted);
    }
    let first = stage.run().await?;
    stage.check(world, &first, When::AtOnce, &mut counted)?;
    if world.has_faults() {
        return Ok(counted);
    }
    let changed = stage.edit(world);
    if let Some(changed) = &changed {
        stage.check_between(world, changed, &stage.run().await?)?;
        counted.push(format!("change {}", format!("{:?}", world.change).split([' ', '{']).next().unwrap_or_default()));
    }
    stage.server.advance(HOURS_LATER);
    let last = stage.run().await?;
    stage.check(changed.as_ref().unwrap_or(world), &last, When::Later, &mut counted)?;
    Ok(counted)
}

impl Stage {
    async fn set(world: &World) -> Checked<Option<Self>> {
        let asked = asked(world);
        let addresses = |wanted| -> Vec<MailAddress> {
            let of_list = asked.iter().filter(|(_, expected)| *expected == wanted);
            of_list.map(|(person, _)| address(world, *person).parse().unwrap()).collect()
        };
        let recipient = RECIPIENT.parse().unwrap();
        let (permitted, forbidden) = (addresses(Expected::Permitted), addresses(Expected::Forbidden));
        let Ok(plan) = Plan::new(&permitted, &forbidden, recipient, Message::default()) else { return Ok(None) };
        let scenario = Scenario::from_toml(&world.to_toml()).map_err(|err| failed(format!("no scenario: {err:?}")))?;
        let server = Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .map_err(|err| failed(format!("no server: {err}")))?;
        let base = Some(server.access().base_url.clone());
        let overrides = Overrides { login: base.clone(), graph: base, exchange: None };
        let endpoints = Endpoints::new(Cloud::Global, &overrides).unwrap();
        let secret = ClientSecret::parse(world.typed_secret()).unwrap().value;
        let manual = clock();
        // Nothing here is slow on purpose: a machine that has other things to do is waited for.
        let options = TransportOptions { connect_timeout: PATIENCE, total_timeout: PATIENCE, ..options() };
        let transport = Transport::new(options, true, Clock::manual(&manual)).unwrap().masking(secret.secret());
        let credentials = Credentials {
            tenant: TenantId::parse("world.example").unwrap().value,
            client: ClientId::parse(CLIENT).unwrap().value,
            secret,
        };
        let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials);
        let mail = MailClient::new(transport, endpoints, tokens.clone());
        Ok(Some(Self { server, manual, tokens, mail, asked, plan }))
    }

    /// Whether there is a token; whatever there is must be what the world says.
    async fn sign_in_is_right(&self, world: &World) -> Checked<bool> {
        let token = turning(&self.manual, self.tokens.fresh()).await;
        let refusal = oracle::sign_in_refusal(world.sign_in);
        let fits = match (&token, world.sign_in) {
            (Err(SignInError::Refused(entra, _)), _) => refusal.is_some() && entra.aadsts == refusal,
            (Err(SignInError::Failed(_)), SignIn::BlockPage) => true,
            (Err(SignInError::Failed(_)), SignIn::Throttled(times)) => times > 3,
            (Ok(_), SignIn::Fine) => true,
            (Ok(_), SignIn::Throttled(times)) => times <= 3,
            _ => false,
        };
        if !fits {
            return Err(failed(format!("{:?} signed in as {token:?}", world.sign_in)));
        }
        if token.is_err() && !self.server.sent().is_empty() {
            return Err(failed("a mail without a token".to_owned()));
        }
        Ok(token.is_ok())
    }

    async fn run(&self) -> Checked<RunResult> {
        let token = turning(&self.manual, self.tokens.fresh()).await.map_err(|err| failed(format!("{err:?}")))?;
        let context = Run {
            mail: self.mail.clone(),
            token,
            clock: self.mail.clock().clone(),
            client_id: CLIENT.to_owned(),
            tenant_id: None,
            witness: exchange365::verify::Witness::default(),
        };
        let (events, received) = mpsc::channel(1);
        drop(received);
        Ok(turning(&self.manual, run(&context, &self.plan, &CancellationToken::new(), &events)).await)
    }

    fn check(&self, world: &World, result: &RunResult, when: When, counted: &mut Vec<String>) -> Checked<()> {
        for ((person, _), line) in self.asked.iter().zip(&result.senders) {
            let possible = oracle::outcomes(world, *person, when);
            if !possible.contains(&line.outcome) {
                let text = format!("{when:?}: p{person} gave {:?} instead of {possible:?}: {line:?}", line.outcome);
                return Err(failed(text));
            }
            let mails = self.mails(line.test_id.as_str());
            let wanted = oracle::mails(world, *person, when);
            if mails != wanted {
                return Err(failed(format!("{when:?}: p{person} sent {mails} mails instead of {wanted}: {line:?}")));
            }
            counted.push(format!("line {} {}", line.expected.as_str(), line.outcome.as_str()));
        }
        self.check_tokens(world, result)?;
        self.check_table(world, result)?;
        let lines = self.lines(result);
        if let Some(text) = oracle::contradiction(world, &lines, result.verdict, when) {
            return Err(failed(format!("{when:?}: {text}: {lines:?}")));
        }
        if let Some(text) = oracle::mechanism_contradiction(world, &lines, result.mechanism, when) {
            return Err(failed(format!("{when:?}: {text}: {lines:?}")));
        }
        counted.push(format!("run {}", result.verdict.as_str()));
        counted.push(format!("mechanism {}", result.mechanism.as_str()));
        Ok(())
    }

    /// Right after a change either truth may be seen, by each sender for itself; the verdict follows what was seen.
    fn check_between(&self, before: &World, after: &World, result: &RunResult) -> Checked<()> {
        for ((person, _), line) in self.asked.iter().zip(&result.senders) {
            let mut possible = oracle::outcomes(before, *person, When::AtOnce);
            possible.extend(oracle::outcomes(after, *person, When::AtOnce));
            if !possible.contains(&line.outcome) {
                return Err(failed(format!("between: p{person} gave {:?}, not one of {possible:?}", line.outcome)));
            }
            let mails = self.mails(line.test_id.as_str());
            if mails != usize::from(line.outcome == Outcome::Accepted) {
                return Err(failed(format!("between: p{person} sent {mails} mails: {line:?}")));
            }
        }
        self.check_table(before, result)
    }

    /// Who was asked with the run's token and who with a newer one.
    fn check_tokens(&self, world: &World, result: &RunResult) -> Checked<()> {
        let of: Vec<_> = self.asked.iter().zip(&result.senders).map(|(asked, line)| (asked.0, line)).collect();
        for (person, line) in &of {
            for (other, beside) in &of {
                let alike = oracle::token(world, *person) == oracle::token(world, *other);
                if alike != (line.token_serial == beside.token_serial) {
                    return Err(failed(format!("p{person} and p{other}: {line:?} {beside:?}")));
                }
            }
        }
        Ok(())
    }

    /// The verdicts are those of the table, and of all senders in the plan's order.
    fn check_table(&self, world: &World, result: &RunResult) -> Checked<()> {
        let lines: Vec<(Expected, Outcome, Token)> = self
            .asked
            .iter()
            .zip(&result.senders)
            .map(|((person, _), line)| (line.expected, line.outcome, oracle::token(world, *person)))
            .collect();
        let (whole, each) = oracle::run_verdict(&lines);
        let given: Vec<_> = result.senders.iter().map(|line| line.verdict).collect();
        if (result.verdict, &given) != (whole, &each) {
            return Err(failed(format!("{:?} {given:?} instead of {whole:?} {each:?}: {lines:?}", result.verdict)));
        }
        let planned: Vec<_> = result.senders.iter().map(|line| (line.address.clone(), line.expected)).collect();
        if planned != self.plan.senders || !result.skipped.is_empty() {
            return Err(failed(format!("not everybody was asked: {planned:?}")));
        }
        Ok(())
    }

    fn lines(&self, result: &RunResult) -> Vec<(usize, Expected, Outcome)> {
        self.asked
            .iter()
            .zip(&result.senders)
            .map(|((person, expected), line)| (*person, *expected, line.outcome))
            .collect()
    }

    fn mails(&self, test_id: &str) -> usize {
        self.server.sent().iter().filter(|mail| mail.test_id.as_deref() == Some(test_id)).count()
    }

    /// Changes the tenant; the world as it is then written down, `None` where the cmdlet refuses.
    fn edit(&self, world: &World) -> Option<World> {
        let edit = world.change?;
        let mut after = world.clone();
        let change = match edit {
            Edit::RevokeMailSend => {
                after.grants.retain(|grant| *grant != "Mail.Send");
                Change::RemoveGrant { app_id: CLIENT.to_owned(), role: "Mail.Send".to_owned() }
            }
            Edit::AddMember { group, person } => {
                after.groups[group].people.push(person);
                Change::AddMember { group: World::group_mail(group), member: world.upn(person) }
            }
            Edit::RemoveMember { group, person } => {
                after.groups[group].people.retain(|member| *member != person);
                Change::RemoveMember { group: World::group_mail(group), member: world.upn(person) }
            }
            Edit::AddPolicy { denies, every, group } => {
                let app = if every { PolicyApp::Every } else { PolicyApp::Own };
                after.policies.push(super::world::Policy { denies, app, target: Target::Group(group), pending: false });
                Change::NewAccessPolicy {
                    right: if denies { AccessRight::DenyAccess } else { AccessRight::RestrictAccess },
                    app_id: app_id(app).to_owned(),
                    scope: World::group_mail(group),
                }
            }
            Edit::RemovePolicy { policy } => {
                let removed = world.policies.get(policy)?.clone();
                let same = |other: &&super::world::Policy| other.app == removed.app && other.target == removed.target;
                if world.policies.iter().filter(same).count() > 1 || removed.app == PolicyApp::Another {
                    return None;
                }
                after.policies.remove(policy);
                let scope = match removed.target {
                    Target::Group(group) => World::group_mail(group),
                    Target::Person(person) => world.upn(person),
                };
                Change::RemoveAccessPolicy { app_id: app_id(removed.app).to_owned(), scope }
            }
            Edit::AddRole { composite, group } => {
                if world.assignments.is_empty() {
                    self.server.apply(&new_pointer()).ok()?;
                }
                let role = if composite { "Application Mail Full Access" } else { "Application Mail.Send" };
                after.assignments.push(Assignment { role, scope: Scope::Group(group), pending: false });
                Change::NewRoleAssignment {
                    name: "Added".to_owned(),
                    app: CLIENT.to_owned(),
                    role: role.to_owned(),
                    scope: RoleScope::Group(World::group_mail(group)),
                }
            }
            Edit::RemoveRole { assignment } => {
                let role = world.assignments.get(assignment)?.role;
                // They have no names of their own in a scenario.
                if world.assignments.iter().filter(|other| other.role == role).count() > 1 {
                    return None;
                }
                after.assignments.remove(assignment);
                Change::RemoveRoleAssignment { name: format!("{role}-App") }
            }
            Edit::ForgetApp => {
                after.assignments.clear();
                Change::RemoveServicePrincipal { app: CLIENT.to_owned() }
            }
        };
        self.server.apply(&change).ok().map(|_applied| after)
    }
}

fn new_pointer() -> Change {
    Change::NewServicePrincipal { app_id: CLIENT.to_owned(), object_id: OBJECT.to_owned(), name: "App".to_owned() }
}

fn app_id(app: PolicyApp) -> &'static str {
    if app == PolicyApp::Every { "*" } else { CLIENT }
}

/// Everybody who is asked and what is expected of them, permitted senders first.
pub(super) fn asked(world: &World) -> Vec<(usize, Expected)> {
    let list = |person: usize| match world.people[person].asked {
        Asked::No => None,
        Asked::Permitted => Some(Expected::Permitted),
        Asked::Forbidden => Some(Expected::Forbidden),
        Asked::AsIs if oracle::may_send(world, person, When::AtOnce) => Some(Expected::Permitted),
        Asked::AsIs => Some(Expected::Forbidden),
    };
    let all: Vec<_> = (0..world.people.len()).filter_map(|person| Some((person, list(person)?))).collect();
    let of = |wanted| all.iter().copied().filter(move |(_, expected)| *expected == wanted);
    of(Expected::Permitted).chain(of(Expected::Forbidden)).collect()
}

/// The address a person is asked by. Faults are tied to the user principal name.
pub(super) fn address(world: &World, person: usize) -> String {
    let nobody = world.people[person].mailbox == Mailbox::Nobody;
    if nobody || world.people[person].fault.is_some() { world.upn(person) } else { world.mail(person) }
}

fn failed(text: String) -> TestCaseError {
    TestCaseError::fail(text)
}
