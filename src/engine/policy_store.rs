//! What is known about the fence of each app, kept as long as the engine lives. Pure but for its lock.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    base::{ClientId, MailAddress, TenantId},
    m365::{Outcome, Refusal},
    policy::{
        Desired, DesiredInput, EntraGrants, Found, Guide, GuideEvent, GuideStep, LiveAnswer, LiveObservation,
        LiveResult, ReadBack, ReadNote, Recognised, ScriptRun, StepOutcome, evaluate, next_migration_step,
    },
    report::VerifyReport,
    verify::{App, Expected, SenderResult, Verdict},
};

use super::{DirectoryRow, PolicyState, Setup};

/// Notes kept per app; older ones give way.
const NOTES: usize = 40;

/// An app in an organisation, as typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PolicyKey {
    tenant: String,
    client: String,
}

impl PolicyKey {
    /// The key for typed ids; `None` when they cannot be used.
    pub(super) fn new(tenant: &str, client: &str) -> Option<Self> {
        let tenant = TenantId::parse(tenant).ok()?.value.to_string().to_ascii_lowercase();
        let client = ClientId::parse(client).ok()?.value.to_string();
        Some(Self { tenant, client })
    }

    pub(super) fn of_input(input: &DesiredInput) -> Option<Self> {
        Self::new(&input.tenant, &input.client_id)
    }

    pub(super) fn of_setup(setup: &Setup) -> Option<Self> {
        Self::new(&setup.tenant_id, &setup.client_id)
    }
}

/// The last run of test mails that says something about the fence as a whole.
#[derive(Debug, Clone)]
struct LiveRun {
    verdict: Verdict,
    permitted: BTreeSet<MailAddress>,
    forbidden: BTreeSet<MailAddress>,
}

/// All that is known about one app.
#[derive(Debug, Default)]
pub(super) struct Dossier {
    found: Found,
    guide: Guide,
    recognised: BTreeMap<Recognised, usize>,
    notes: Vec<ReadNote>,
    run: Option<ScriptRun>,
    live: BTreeMap<MailAddress, LiveObservation>,
    live_run: Option<LiveRun>,
    directory: Vec<DirectoryRow>,
    object_id: Option<String>,
    app_name: Option<String>,
    wanted: Option<Desired>,
}

/// The dossiers of all apps. Clones share them; the lock is never held across a wait.
#[derive(Debug, Clone, Default)]
pub(super) struct Dossiers(Arc<Mutex<BTreeMap<PolicyKey, Dossier>>>);

impl Dossiers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<PolicyKey, Dossier>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on one app's dossier.
    pub(super) fn with<T>(&self, key: &PolicyKey, work: impl FnOnce(&mut Dossier) -> T) -> T {
        work(self.all().entry(key.clone()).or_default())
    }

    /// Forgets all about an app.
    pub(super) fn forget(&self, key: &PolicyKey) {
        self.all().remove(key);
    }

    /// Takes in what a token says.
    pub(super) fn signed_in(&self, setup: &Setup, app: Option<&App>) {
        if let (Some(key), Some(app)) = (PolicyKey::of_setup(setup), app) {
            self.with(&key, |dossier| dossier.take_token(app));
        }
    }

    /// Takes in what test mails showed.
    pub(super) fn tested(&self, setup: &Setup, report: &VerifyReport) {
        self.signed_in(setup, report.app.as_ref());
        if let Some(key) = PolicyKey::of_setup(setup) {
            self.with(&key, |dossier| dossier.take_test(report));
        }
    }
}

impl Dossier {
    fn take_token(&mut self, app: &App) {
        let Some(claims) = &app.claims else { return };
        let entra = EntraGrants::from_token_roles(&claims.roles);
        self.found.absorb(Found { entra, ..Found::default() });
        self.object_id = claims.object_id.clone().or_else(|| self.object_id.take());
        self.app_name = claims.display_name.clone().or_else(|| self.app_name.take());
    }

    fn take_test(&mut self, report: &VerifyReport) {
        for sender in &report.senders {
            self.live.insert(sender.result.address.clone(), observation(&sender.result));
        }
        let of = |expected| {
            let senders = report.senders.iter().filter(move |sender| sender.result.expected == expected);
            senders.map(|sender| sender.result.address.clone()).collect::<BTreeSet<_>>()
        };
        let (permitted, forbidden) = (of(Expected::Permitted), of(Expected::Forbidden));
        if report.verdict == Verdict::Fail || !(permitted.is_empty() || forbidden.is_empty()) {
            self.live_run = Some(LiveRun { verdict: report.verdict, permitted, forbidden });
        }
    }

    /// Takes in what was read from a text or from a script's result.
    pub(super) fn take_reading(&mut self, back: ReadBack) {
        self.found.absorb(back.found);
        for (what, count) in back.recognised {
            *self.recognised.entry(what).or_default() += count;
        }
        self.notes.extend(back.notes);
        let surplus = self.notes.len().saturating_sub(NOTES);
        self.notes.drain(..surplus);
        if let Some(run) = back.run {
            self.take_run(run);
        }
    }

    fn take_run(&mut self, run: ScriptRun) {
        let is_news = self.run.as_ref() != Some(&run);
        if is_news && changed_something(&run) {
            // Mails that were sent before the change say nothing about what is set up now.
            self.live.clear();
            self.live_run = None;
            self.tell(&GuideEvent::SaidToDo(GuideStep::Verification2));
        }
        self.tell(&GuideEvent::RunRead(run.clone()));
        self.run = Some(run);
    }

    /// Takes in what the directory says.
    pub(super) fn take_directory(
        &mut self,
        found: Found,
        rows: Vec<DirectoryRow>,
        app: Option<(String, Option<String>)>,
    ) {
        self.found.absorb(found);
        self.directory = rows;
        if let Some((object_id, name)) = app {
            self.object_id = Some(object_id);
            self.app_name = name.or_else(|| self.app_name.take());
        }
    }

    /// The person says that a step is done, or is to be done again.
    pub(super) fn mark(&mut self, step: GuideStep, done: bool) {
        self.tell(&if done { GuideEvent::SaidDone(step) } else { GuideEvent::SaidToDo(step) });
    }

    /// Judges all that is known against what is wanted.
    pub(super) fn judge(&mut self, desired: &Desired) -> PolicyState {
        self.want(desired);
        let live: Vec<LiveAnswer> = self
            .live
            .iter()
            .map(|(mailbox, observation)| LiveAnswer { mailbox: mailbox.clone(), observation: *observation })
            .collect();
        let evaluation = evaluate(desired, &self.found, &live);
        if self.found.groups.iter().any(|group| group.address.as_ref() == Some(&desired.group.address)) {
            self.tell(&GuideEvent::group_seen(desired, &self.found));
        }
        if self.has_answers() {
            self.tell(&GuideEvent::judged(&evaluation));
        }
        if let Some(result) = self.live_result(desired) {
            self.tell(&GuideEvent::Tested(result));
        }
        PolicyState {
            evaluation,
            guide: self.guide.clone(),
            recognised: self.recognised.clone(),
            notes: self.notes.clone(),
            run: self.run.clone(),
            directory: self.directory.clone(),
            mail_send_in_entra: self.found.entra.mail_send,
            migration: next_migration_step(desired, &self.found),
            object_id: self.object_id.clone(),
            app_name: self.app_name.clone(),
        }
    }

    /// Exchange has answered something, whatever it was.
    fn has_answers(&self) -> bool {
        let found = &self.found;
        !found.policy_tests.is_empty()
            || !found.rbac_tests.is_empty()
            || !found.policies.is_unread()
            || !found.assignments.is_unread()
    }

    fn want(&mut self, desired: &Desired) {
        let Some(before) = self.wanted.replace(desired.clone()) else { return };
        let same_fence = before.group.address == desired.group.address
            && before.members == desired.members
            && before.method == desired.method;
        if !same_fence {
            self.tell(&GuideEvent::WantedChanged);
            if let Some(run) = self.run.clone().filter(|_| before.method == desired.method) {
                self.tell(&GuideEvent::RunRead(run));
            }
        } else if before.forbidden != desired.forbidden {
            self.tell(&GuideEvent::SaidToDo(GuideStep::Verification2));
        }
    }

    /// What the test mails prove about exactly these mailboxes.
    fn live_result(&self, desired: &Desired) -> Option<LiveResult> {
        let run = self.live_run.as_ref()?;
        let covers = desired.members.iter().all(|address| run.permitted.contains(address))
            && desired.forbidden.iter().all(|address| run.forbidden.contains(address))
            && !desired.forbidden.is_empty();
        Some(match run.verdict {
            Verdict::Fail => LiveResult::Fail,
            Verdict::Pass if covers => LiveResult::Pass,
            Verdict::Pass | Verdict::Unproven => LiveResult::Unproven,
        })
    }

    fn tell(&mut self, event: &GuideEvent) {
        self.guide = std::mem::take(&mut self.guide).after(event);
    }
}

/// A run that was allowed to change something and got as far as one step.
fn changed_something(run: &ScriptRun) -> bool {
    use crate::policy::ScriptKind;
    let reads_only = ScriptKind::from_name(&run.script).is_some_and(ScriptKind::reads_only);
    !run.what_if && !reads_only && run.steps.iter().any(|step| step.outcome == StepOutcome::Done)
}

/// What a test mail showed. A refusal that proves nothing is not taken for one.
fn observation(result: &SenderResult) -> LiveObservation {
    match (result.outcome, result.refusal) {
        (Outcome::Accepted, _) => LiveObservation::Accepted,
        (Outcome::BlockedByPolicy, Some(Refusal::Raop)) => LiveObservation::RefusedByPolicy,
        (Outcome::BlockedByPolicy | Outcome::AccessDenied, _) if result.verdict != Verdict::Unproven => {
            LiveObservation::RefusedPlain
        }
        _ => LiveObservation::NotProven,
    }
}
