//! A front end's end of the engine: send commands, poll events, cancel by dropping.

use std::{io, net::SocketAddr, path::PathBuf, thread};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::base::{Clock, Secret, Wake};

use crate::{
    policy::{DesiredInput, GuideStep, ScriptKind},
    settings::{Settings, Store, Vault},
};

use super::{
    Command, Environment, Event, FleetRequest, JobId, ReadHints, RecordCommand, Senders, Setup, Shell,
    SweepFilesCommand, SweepRequest, VaultCommand, WatchWish, actor::Actor, jobs::Emitter,
};

/// Commands waiting for the engine; a front end sends a handful at most.
const COMMANDS: usize = 64;
/// Events waiting for the front end.
const EVENTS: usize = 1024;

/// How the engine is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Source of time.
    pub clock: Clock,
    /// Whether the interrupt key becomes an event, as the command line wants it.
    pub watch_interrupt: bool,
    /// Where programs are; the empty one knows no PowerShell.
    pub environment: Environment,
    /// The folder that a record of every test is written into; `None` keeps none.
    pub records: Option<PathBuf>,
    /// The settings' file; `None` keeps none.
    pub settings: Option<Store>,
    /// Where secrets are kept on request; the standard one is nowhere.
    pub vault: Vault,
}

/// A running engine. Dropping it cancels every job and ends its thread without waiting.
#[derive(Debug)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Event>,
    life: CancellationToken,
    last_job: u64,
    shell: Option<Shell>,
}

impl Handle {
    /// Starts the engine on a thread of its own; `wake` is called after every event.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(options: Options, wake: Wake) -> io::Result<Self> {
        let shell = Shell::find(&options.environment);
        let (commands, received) = mpsc::channel(COMMANDS);
        let (sender, events) = mpsc::channel(EVENTS);
        let life = CancellationToken::new();
        let actor_life = life.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("engine".to_owned()).spawn(move || {
            let emitter = Emitter { events: sender, wake };
            runtime.block_on(async move {
                if options.watch_interrupt {
                    tokio::spawn(watch_interrupt(emitter.clone()));
                }
                Actor::new(options, emitter, actor_life).run(received).await;
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { commands, events, life, last_job: 0, shell })
    }

    /// Signs in and says what the token allows.
    pub fn check(&mut self, setup: Setup) -> JobId {
        self.start_job(|job| Command::Check(job, Box::new(setup)))
    }

    /// Sends as everybody on the lists and judges.
    pub fn verify(&mut self, setup: Setup, senders: Senders) -> JobId {
        self.start_job(|job| Command::Verify(job, Box::new(setup), Box::new(senders)))
    }

    /// Sends as everybody until the answer is stable.
    pub fn watch(&mut self, setup: Setup, wish: WatchWish) -> JobId {
        self.start_job(|job| Command::Watch(job, Box::new(setup), Box::new(wish)))
    }

    /// Looks into the records of earlier tests.
    pub fn records(&mut self, command: RecordCommand) -> JobId {
        self.start_job(|job| Command::Records(job, Box::new(command)))
    }

    /// Writes the settings.
    pub fn save_settings(&mut self, settings: Settings) -> JobId {
        self.start_job(|job| Command::SaveSettings(job, Box::new(settings)))
    }

    /// Asks the operating system's key store.
    pub fn vault(&mut self, command: VaultCommand) -> JobId {
        self.start_job(|job| Command::Vault(job, Box::new(command)))
    }

    /// Probes many mailboxes without sending, held against real sends of known senders.
    pub fn sweep(&mut self, setup: Setup, request: SweepRequest) -> JobId {
        self.start_job(|job| Command::Sweep(job, Box::new(setup), Box::new(request)))
    }

    /// Looks for unfinished sweeps, forgets one, or writes a result to a file.
    pub fn sweep_files(&mut self, command: SweepFilesCommand) -> JobId {
        self.start_job(|job| Command::SweepFiles(job, Box::new(command)))
    }

    /// Tests many customers, each by itself.
    pub fn fleet(&mut self, request: FleetRequest) -> JobId {
        self.start_job(|job| Command::Fleet(job, Box::new(request)))
    }

    /// Holds a sweep: what is under way is still answered.
    pub fn pause(&self, job: JobId) {
        self.send(Command::Pause(job, true));
    }

    /// Lets a held sweep go on.
    pub fn go_on(&self, job: JobId) {
        self.send(Command::Pause(job, false));
    }

    /// Starts a demo tenant in place of one that is running. Port 0 takes a free one.
    pub fn start_demo(&mut self, scenario: &str, listen: SocketAddr) -> JobId {
        self.start_job(|job| Command::StartDemo(job, scenario.to_owned(), listen))
    }

    /// Stops the demo tenant.
    pub fn stop_demo(&self) {
        self.send(Command::StopDemo);
    }

    /// Moves the demo tenant's clock.
    pub fn advance_demo(&self, time: std::time::Duration) {
        self.send(Command::AdvanceDemo(time));
    }

    /// Reads a `GraphOptions` block from a text.
    pub fn import_text(&mut self, text: Secret) -> JobId {
        self.start_job(|job| Command::ImportText(job, text))
    }

    /// Reads a `GraphOptions` block from a file.
    pub fn import_file(&mut self, path: PathBuf) -> JobId {
        self.start_job(|job| Command::ImportFile(job, path))
    }

    /// The PowerShell scripts can be run in, if there is one.
    pub fn shell(&self) -> Option<&Shell> {
        self.shell.as_ref()
    }

    /// Makes a script of the policy setup.
    pub fn make_script(&mut self, kind: ScriptKind, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::MakeScript(job, kind, Box::new(input)))
    }

    /// Makes a script and saves it as `.ps1`.
    pub fn save_script(&mut self, kind: ScriptKind, input: DesiredInput, path: PathBuf) -> JobId {
        self.start_job(|job| Command::SaveScript(job, kind, Box::new(input), path))
    }

    /// Makes a script and runs it in PowerShell.
    pub fn run_script(&mut self, kind: ScriptKind, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::RunScript(job, kind, Box::new(input)))
    }

    /// Carries a script out in the demo tenant.
    pub fn run_in_demo(&mut self, kind: ScriptKind, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::RunInDemo(job, kind, Box::new(input)))
    }

    /// Takes `Mail.Send` from the app in the demo tenant's Entra.
    pub fn remove_demo_grant(&mut self, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::RemoveDemoGrant(job, Box::new(input)))
    }

    /// Reads what cmdlets printed, from a text.
    pub fn read_policy_text(&mut self, input: DesiredInput, hints: ReadHints, text: String) -> JobId {
        self.start_job(|job| Command::ReadPolicyText(job, Box::new(input), hints, text))
    }

    /// Reads what cmdlets printed, from a file.
    pub fn read_policy_file(&mut self, input: DesiredInput, hints: ReadHints, path: PathBuf) -> JobId {
        self.start_job(|job| Command::ReadPolicyFile(job, Box::new(input), hints, path))
    }

    /// Reads the directory with the app's own token.
    pub fn read_directory(&mut self, setup: Setup, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::ReadDirectory(job, Box::new(setup), Box::new(input)))
    }

    /// Judges what is known of the fence.
    pub fn judge_policy(&mut self, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::JudgePolicy(job, Box::new(input)))
    }

    /// The person says that a step is done (`true`), or is to be done again.
    pub fn mark_step(&mut self, input: DesiredInput, step: GuideStep, done: bool) -> JobId {
        self.start_job(|job| Command::MarkStep(job, Box::new(input), step, done))
    }

    /// Forgets what was read about the app's fence.
    pub fn forget_policy(&mut self, input: DesiredInput) -> JobId {
        self.start_job(|job| Command::ForgetPolicy(job, Box::new(input)))
    }

    /// Cancels a job; it still reports how far it came.
    pub fn cancel(&self, job: JobId) {
        self.send(Command::Cancel(job));
    }

    /// The next event, if there is one. Never waits.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits for the next event; `None` when the engine is gone. Not for a window's thread.
    pub fn wait(&mut self) -> Option<Event> {
        self.events.blocking_recv()
    }

    fn start_job(&mut self, command: impl FnOnce(JobId) -> Command) -> JobId {
        self.last_job += 1;
        let job = JobId(self.last_job);
        self.send(command(job));
        job
    }

    /// A full channel means an engine that has stopped serving: nothing better can be done than to drop the command.
    fn send(&self, command: Command) {
        let _dropped = self.commands.try_send(command).is_err();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.life.cancel();
    }
}

async fn watch_interrupt(emitter: Emitter) {
    while tokio::signal::ctrl_c().await.is_ok() {
        emitter.emit(Event::Interrupted).await;
    }
}
