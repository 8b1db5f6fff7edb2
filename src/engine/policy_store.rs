//! What is known about the fence of each app, kept as long as the engine lives. Pure but for its lock.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::{
    base::{ClientId, MailAddress, ObjectId, TenantId, Timestamp},
    m365::{Outcome, Refusal, auth::Claims},
    policy::{
        Desired, DesiredInput, Doubt, EntraGrants, Found, Guide, GuideEvent, GuideStep, LONGEST_AGE, LiveAnswer,
        LiveObservation, LiveResult, ReadBack, ReadNote, Recognised, ScriptRun, StepOutcome, evaluate,
        next_migration_step,
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
    /// The organisation, from every source that told it.
    tenants: BTreeSet<Uuid>,
    /// The organisations that results were of, as they said it.
    read_of: BTreeSet<String>,
    /// When the oldest of what was read was so.
    as_of: Option<Timestamp>,
    /// Why the last result is not used.
    outdated: Option<String>,
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

    /// Takes in what a token says, and which organisation it is by whatever tells.
    pub(super) fn signed_in(&self, setup: &Setup, app: Option<&App>, tenant: Option<&str>) {
        let Some(key) = PolicyKey::of_setup(setup) else { return };
        self.with(&key, |dossier| {
            dossier.take_tenant(tenant);
            dossier.take_claims(app.and_then(|app| app.claims.as_ref()));
        });
    }

    /// Takes in what test mails showed.
    pub(super) fn tested(&self, setup: &Setup, report: &VerifyReport) {
        self.signed_in(setup, report.app.as_ref(), report.tenant_id.as_deref());
        if let Some(key) = PolicyKey::of_setup(setup) {
            self.with(&key, |dossier| dossier.take_test(report));
        }
    }
}

impl Dossier {
    /// Takes in what a token says.
    pub(super) fn take_claims(&mut self, claims: Option<&Claims>) {
        let Some(claims) = claims else { return };
        self.take_tenant(claims.tenant_id.as_deref());
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

    /// Takes in which organisation it is; a domain says nothing. What was read of another one is forgotten.
    fn take_tenant(&mut self, tenant: Option<&str>) {
        let Some(id) = tenant.and_then(|tenant| Uuid::try_parse(tenant).ok()) else { return };
        self.tenants.insert(id);
        let other = |said: &String| Uuid::try_parse(said).is_ok_and(|said| said != id);
        if self.read_of.iter().any(other) {
            self.forget_reading();
            let text = "what was read before is of another organisation, so it is not used any more".to_owned();
            self.note(vec![ReadNote { line: None, text }]);
        }
    }

    /// What tells the organisation and the app, for reading by: the ids of the first, the object id of the other.
    pub(super) fn ids(&self) -> (Vec<Uuid>, Option<ObjectId>) {
        (self.tenants.iter().copied().collect(), self.object_id.as_deref().and_then(ObjectId::parse))
    }

    /// Forgets what Exchange said; the token and the test mails are not a part of that.
    fn forget_reading(&mut self) {
        self.found = Found { entra: std::mem::take(&mut self.found.entra), ..Found::default() };
        self.recognised.clear();
        self.read_of.clear();
        self.as_of = None;
        self.run = None;
    }

    fn note(&mut self, notes: Vec<ReadNote>) {
        self.notes.extend(notes);
        let surplus = self.notes.len().saturating_sub(NOTES);
        self.notes.drain(..surplus);
    }

    /// Takes in what was read from a text or from a script's result, which was so at `as_of`.
    pub(super) fn take_reading(&mut self, back: ReadBack, as_of: Timestamp) {
        if let Some(run) = back.run.as_ref().filter(|run| self.knows_newer(run)) {
            // What it did is done all the same.
            self.tell(&GuideEvent::RunRead(run.clone()));
            let text = "a newer result was read before, so this one says nothing about what is set up now".to_owned();
            self.note(vec![ReadNote { line: None, text }]);
            return;
        }
        self.outdated = back.outdated.filter(|_| back.run.is_none());
        if self.outdated.is_none() {
            let earlier = self.as_of.filter(|_| !replaces(&back.found, &self.found));
            self.as_of = Some(earlier.map_or(as_of, |earlier| earlier.min(as_of)));
        }
        self.read_of.extend(back.tenants);
        self.found.absorb(back.found);
        for (what, count) in back.recognised {
            *self.recognised.entry(what).or_default() += count;
        }
        self.note(back.notes);
        if let Some(run) = back.run {
            self.take_run(run);
        }
    }

    fn knows_newer(&self, run: &ScriptRun) -> bool {
        let known = self.run.as_ref().and_then(|known| known.finished);
        known.zip(run.finished).is_some_and(|(known, this)| this < known)
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

    /// Forgets what was read so long ago that it proves nothing any more.
    fn grow_old(&mut self, now: Timestamp) {
        let Some(as_of) = self.as_of else { return };
        if now.duration_since(as_of).unsigned_abs() > LONGEST_AGE {
            self.forget_reading();
            self.outdated = Some(format!("what was read is of {as_of} and too old by now, so it is not used any more"));
        }
    }

    /// What keeps all that was read from proving anything.
    fn doubts(&self) -> Vec<Doubt> {
        let unsaid = self.read_of.iter().any(|said| Uuid::try_parse(said).is_err());
        let unknown = !self.read_of.is_empty() && self.tenants.is_empty();
        let tenant = match (unknown, unsaid) {
            (true, _) => Some(Doubt::TenantUnknown),
            (false, true) => Some(Doubt::TenantUnsaid),
            (false, false) => None,
        };
        self.outdated.clone().map(Doubt::Outdated).into_iter().chain(tenant).collect()
    }

    /// Judges all that is known against what is wanted.
    pub(super) fn judge(&mut self, desired: &Desired, now: Timestamp) -> PolicyState {
        self.take_tenant(desired.tenant.guid().map(|id| id.to_string()).as_deref());
        self.grow_old(now);
        self.want(desired);
        let live: Vec<LiveAnswer> = self
            .live
            .iter()
            .map(|(mailbox, observation)| LiveAnswer { mailbox: mailbox.clone(), observation: *observation })
            .collect();
        let doubts = self.doubts();
        let evaluation = evaluate(desired, &self.found, &live).doubted(&doubts);
        if self.found.groups.iter().any(|group| group.address.as_ref() == Some(&desired.group.address)) {
            self.tell(&GuideEvent::group_seen(desired, &self.found));
        }
        if self.has_answers() || !doubts.is_empty() {
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

/// True when nothing of what was known stays beside a newer reading.
fn replaces(newer: &Found, known: &Found) -> bool {
    let lists = newer.policies.complete
        && newer.service_principals.complete
        && newer.assignments.complete
        && newer.scopes.complete;
    let groups = known.groups.iter().all(|group| newer.groups.iter().any(|other| other.address == group.address));
    let mailboxes = known.mailboxes.iter().all(|one| newer.mailboxes.iter().any(|other| other.asked == one.asked));
    let policy_tests =
        known.policy_tests.iter().all(|test| newer.policy_tests.iter().any(|other| other.mailbox == test.mailbox));
    let role_tests =
        known.rbac_tests.iter().all(|test| newer.rbac_tests.iter().any(|other| other.mailbox == test.mailbox));
    lists && groups && mailboxes && policy_tests && role_tests
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
