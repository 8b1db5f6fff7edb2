//! The actor's part in the policy setup: quick work is done at once, everything that waits is a task of its own.

use std::path::PathBuf;

use crate::policy::{DesiredInput, GuideStep, ScriptKind};

use super::{
    Command, JobId, ReadHints, Setup,
    actor::{Actor, finish},
    jobs::Context,
    policy_jobs,
};

impl Actor {
    /// Commands of the policy setup.
    pub(super) async fn handle_policy(&mut self, command: Command) {
        match command {
            Command::MakeScript(job, kind, input) => {
                let context = self.quick_context(job);
                policy_jobs::make(&context, kind, &input).await;
                finish(&context).await;
            }
            Command::SaveScript(job, kind, input, path) => self.save_script(job, kind, *input, path),
            Command::RunScript(job, kind, input) => self.run_script(job, kind, *input),
            Command::RunInDemo(job, kind, input) => {
                let context = self.quick_context(job);
                policy_jobs::run_in_demo(&context, self.demo.as_ref(), kind, &input).await;
                finish(&context).await;
            }
            Command::RemoveDemoGrant(job, input) => {
                let context = self.quick_context(job);
                policy_jobs::remove_demo_grant(&context, self.demo.as_ref(), &input).await;
                finish(&context).await;
            }
            Command::ReadPolicyText(job, input, hints, text) => {
                let context = self.quick_context(job);
                policy_jobs::read_pasted(&context, &input, &hints, &text).await;
                finish(&context).await;
            }
            Command::ReadPolicyFile(job, input, hints, path) => self.read_policy_file(job, *input, hints, path),
            Command::ReadDirectory(job, setup, input) => self.read_directory(job, &setup, *input),
            Command::JudgePolicy(job, input) => {
                let context = self.quick_context(job);
                policy_jobs::judge(&context, &input).await;
                finish(&context).await;
            }
            Command::MarkStep(job, input, step, done) => self.mark_step(job, &input, step, done).await,
            Command::ForgetPolicy(job, input) => {
                let context = self.quick_context(job);
                policy_jobs::forget(&context, &input).await;
                finish(&context).await;
            }
            Command::Check(..)
            | Command::Verify(..)
            | Command::Watch(..)
            | Command::Records(..)
            | Command::SaveSettings(..)
            | Command::Vault(..)
            | Command::StartDemo(..)
            | Command::StopDemo
            | Command::AdvanceDemo(_)
            | Command::ImportText(..)
            | Command::ImportFile(..)
            | Command::Sweep(..)
            | Command::SweepFiles(..)
            | Command::Fleet(..)
            | Command::Pause(..)
            | Command::Cancel(_) => {}
        }
    }

    /// The context of a job that is over before the next command is taken.
    fn quick_context(&self, job: JobId) -> Context {
        Context {
            job,
            clock: self.clock.clone(),
            emitter: self.emitter.clone(),
            cancel: self.life.child_token(),
            life: self.life.clone(),
            records: self.records.clone(),
            dossiers: self.dossiers.clone(),
        }
    }

    async fn mark_step(&self, job: JobId, input: &DesiredInput, step: GuideStep, done: bool) {
        let context = self.quick_context(job);
        policy_jobs::mark(&context, input, step, done).await;
        finish(&context).await;
    }

    fn save_script(&mut self, job: JobId, kind: ScriptKind, input: DesiredInput, path: PathBuf) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            policy_jobs::save(&context, kind, &input, &path).await;
            finish(&context).await
        });
    }

    fn run_script(&mut self, job: JobId, kind: ScriptKind, input: DesiredInput) {
        let context = self.context(job);
        let environment = self.environment.clone();
        self.tasks.spawn(async move {
            policy_jobs::run(&context, &environment, kind, &input).await;
            finish(&context).await
        });
    }

    fn read_policy_file(&mut self, job: JobId, input: DesiredInput, hints: ReadHints, path: PathBuf) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            policy_jobs::read_file(&context, &input, &hints, &path).await;
            finish(&context).await
        });
    }

    fn read_directory(&mut self, job: JobId, setup: &Setup, input: DesiredInput) {
        let session = self.session(setup);
        let context = self.context(job);
        self.tasks.spawn(async move {
            policy_jobs::read_directory(&context, session, &input).await;
            finish(&context).await
        });
    }
}
