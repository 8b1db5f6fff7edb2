//! The loop: one line per command, every job a task of its own.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    base::Clock,
    demo::{Scenario, Server},
    explain,
    settings::{Store, Vault},
};

use super::{
    Command, DemoTenant, Environment, Event, JobId, Options, Setup, WatchWish, fleet,
    jobs::{self, Context, Emitter},
    policy_store::{Dossiers, PolicyKey},
    round,
    session::{NotOpened, Session},
    sweep, watch as watching,
};

/// Owns everything that lives longer than a job.
pub(super) struct Actor {
    pub(super) clock: Clock,
    pub(super) environment: Environment,
    pub(super) emitter: Emitter,
    /// Cancelled when the handle is dropped.
    pub(super) life: CancellationToken,
    running: BTreeMap<JobId, CancellationToken>,
    /// Of each sweep, whether it is held.
    holds: BTreeMap<JobId, watch::Sender<bool>>,
    session: Option<Session>,
    pub(super) demo: Option<Server>,
    /// The demo tenant's time: a watch lets it hurry.
    demo_clock: Clock,
    pub(super) dossiers: Dossiers,
    /// Where records are kept, if they are.
    pub(super) records: Option<Arc<Path>>,
    pub(super) settings: Option<Store>,
    pub(super) vault: Vault,
    pub(super) tasks: JoinSet<JobId>,
}

impl Actor {
    pub(super) fn new(options: Options, emitter: Emitter, life: CancellationToken) -> Self {
        Self {
            demo_clock: options.clock.apart(),
            clock: options.clock,
            environment: options.environment,
            records: options.records.map(Arc::from),
            settings: options.settings,
            vault: options.vault,
            emitter,
            life,
            running: BTreeMap::new(),
            holds: BTreeMap::new(),
            session: None,
            demo: None,
            dossiers: Dossiers::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Serves until the handle is gone.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.handle(command).await,
                    None => return,
                },
                Some(ended) = self.tasks.join_next() => if let Ok(job) = ended {
                    self.running.remove(&job);
                    self.holds.remove(&job);
                },
                () = self.life.cancelled() => return,
            }
        }
    }

    async fn handle(&mut self, command: Command) {
        match command {
            Command::Check(job, setup) => self.check(job, *setup),
            Command::Verify(job, setup, senders) => self.verify(job, *setup, *senders),
            Command::Watch(job, setup, wish) => self.watch(job, *setup, *wish),
            Command::Records(job, command) => self.handle_records(job, *command),
            Command::SaveSettings(job, settings) => self.save_settings(job, *settings),
            Command::Vault(job, command) => self.handle_vault(job, *command),
            Command::StartDemo(job, scenario, listen) => self.start_demo(job, &scenario, listen).await,
            Command::StopDemo => self.stop_demo(),
            Command::AdvanceDemo(time) => self.demo.iter().for_each(|demo| demo.advance(time)),
            Command::ImportText(job, text) => self.imported(job, jobs::import_text(text.expose())).await,
            Command::ImportFile(job, path) => self.import_file(job, path),
            Command::Sweep(job, setup, request) => self.sweep(job, *setup, *request),
            Command::SweepFiles(job, command) => self.handle_sweep_files(job, *command),
            Command::Fleet(job, request) => self.fleet(job, *request),
            Command::Pause(job, hold) => self.pause(job, hold),
            Command::Cancel(job) => self.running.get(&job).into_iter().for_each(CancellationToken::cancel),
            Command::MakeScript(..)
            | Command::SaveScript(..)
            | Command::RunScript(..)
            | Command::RunInDemo(..)
            | Command::RemoveDemoGrant(..)
            | Command::ReadPolicyText(..)
            | Command::ReadPolicyFile(..)
            | Command::ReadDirectory(..)
            | Command::JudgePolicy(..)
            | Command::MarkStep(..)
            | Command::ForgetPolicy(..) => self.handle_policy(command).await,
        }
    }

    fn check(&mut self, job: JobId, setup: Setup) {
        let session = self.session(&setup);
        let context = self.context(job);
        self.tasks.spawn(async move {
            jobs::check(&context, session, &setup).await;
            finish(&context).await
        });
    }

    fn verify(&mut self, job: JobId, setup: Setup, senders: super::Senders) {
        let session = self.session(&setup);
        let context = self.session_context(job, &session);
        self.tasks.spawn(async move {
            round::verify(&context, session, &setup, &senders).await;
            finish(&context).await
        });
    }

    fn watch(&mut self, job: JobId, setup: Setup, wish: WatchWish) {
        let session = self.session(&setup);
        let context = self.session_context(job, &session);
        self.tasks.spawn(async move {
            Box::pin(watching::watch(&context, session, &setup, wish)).await;
            finish(&context).await
        });
    }

    fn sweep(&mut self, job: JobId, setup: Setup, request: super::SweepRequest) {
        let session = self.session(&setup);
        let context = self.session_context(job, &session);
        let (hold, pause) = watch::channel(false);
        self.holds.insert(job, hold);
        self.tasks.spawn(async move {
            Box::pin(sweep::sweep(&context, session, &setup, &request, pause)).await;
            finish(&context).await
        });
    }

    fn fleet(&mut self, job: JobId, request: super::FleetRequest) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            Box::pin(fleet::fleet(&context, request)).await;
            finish(&context).await
        });
    }

    fn pause(&self, job: JobId, hold: bool) {
        if let Some(held) = self.holds.get(&job) {
            held.send_replace(hold);
        }
    }

    fn import_file(&mut self, job: JobId, path: std::path::PathBuf) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            let read = tokio::task::spawn_blocking(move || jobs::import_file(&path)).await;
            if let Ok(imported) = read {
                context.emitter.emit(Event::Imported(job, Box::new(imported))).await;
            }
            finish(&context).await
        });
    }

    async fn imported(&self, job: JobId, imported: super::Imported) {
        self.emitter.emit(Event::Imported(job, Box::new(imported))).await;
        self.emitter.emit(Event::Finished(job)).await;
    }

    /// Stops the demo tenant; the next one knows nothing of what was set up in it.
    fn stop_demo(&mut self) {
        if let Some(server) = self.demo.take() {
            self.forget_demo(&server);
        }
    }

    fn forget_demo(&self, server: &Server) {
        let access = server.access();
        if let Some(key) = PolicyKey::new(&access.tenant_id, &access.client_id) {
            self.dossiers.forget(&key);
        }
    }

    async fn start_demo(&mut self, job: JobId, name: &str, listen: SocketAddr) {
        self.stop_demo();
        self.demo_clock = self.clock.apart();
        let started = match Scenario::named(name) {
            Ok(scenario) => Server::start(scenario, self.demo_clock.clone(), listen)
                .await
                .map_err(|err| explain::demo_not_started(&err.to_string())),
            Err(err) => Err(explain::input(&err)),
        };
        match started {
            Ok(server) => {
                let tenant = Box::new(demo_tenant(&server));
                self.forget_demo(&server);
                self.demo = Some(server);
                self.emitter.emit(Event::DemoReady(job, tenant)).await;
            }
            Err(problem) => self.emitter.emit(Event::DemoFailed(job, Box::new(problem))).await,
        }
        self.emitter.emit(Event::Finished(job)).await;
    }

    /// The session for these values: the one at hand, or a new one in its place.
    pub(super) fn session(&mut self, setup: &Setup) -> Result<Session, NotOpened> {
        if let Some(session) = self.session.as_ref().filter(|session| session.is_for(setup)) {
            return Ok(session.clone());
        }
        let is_demo = self.demo.as_ref().is_some_and(|demo| demo.access().base_url == setup.graph_url);
        let clock = if is_demo { &self.demo_clock } else { &self.clock };
        let session = Session::open(setup, clock.clone(), self.emitter.trace())?;
        self.session = Some(session.clone());
        Ok(session)
    }

    pub(super) fn context(&mut self, job: JobId) -> Context {
        let cancel = self.life.child_token();
        self.running.insert(job, cancel.clone());
        Context {
            job,
            clock: self.clock.clone(),
            emitter: self.emitter.clone(),
            cancel,
            life: self.life.clone(),
            records: self.records.clone(),
            dossiers: self.dossiers.clone(),
        }
    }

    /// The context of a job that lives by its session's time.
    fn session_context(&mut self, job: JobId, session: &Result<Session, NotOpened>) -> Context {
        let context = self.context(job);
        match session {
            Ok(session) => Context { clock: session.transport.clock().clone(), ..context },
            Err(_) => context,
        }
    }
}

pub(super) async fn finish(context: &Context) -> JobId {
    context.emitter.emit(Event::Finished(context.job)).await;
    context.job
}

fn demo_tenant(server: &Server) -> DemoTenant {
    let access = server.access();
    let about = Scenario::all().into_iter().find(|scenario| scenario.name == access.scenario);
    DemoTenant {
        scenario: access.scenario.clone(),
        title: about.as_ref().map(|scenario| scenario.title.clone()).unwrap_or_default(),
        about: about.map(|scenario| scenario.about).unwrap_or_default(),
        base_url: access.base_url.clone(),
        tenant_id: access.tenant_id.clone(),
        client_id: access.client_id.clone(),
        client_secret: access.client_secret.clone(),
        permitted: access.permitted.clone(),
        forbidden: access.forbidden.clone(),
        recipient: access.recipient.clone(),
        expected_verdict: access.expected.verdict.clone(),
    }
}
