//! The Policy setup tab: what is typed, the step in view, the scripts made of it, and what is known of the fence.

use std::collections::BTreeMap;

use crate::{
    base::address_entries,
    engine::{
        DemoTenant, Desired, DesiredError, DesiredField, DesiredInput, DirectoryState, ExchangeCloud, FenceState,
        GroupWanted, GuideStep, JobId, Method, PolicyState, Problem, ReadHints, Script, ScriptEnd, ScriptKind,
        StepProgress, StepText, step_text,
    },
};

use super::{
    super::{policy_text, text},
    Credentials, SendMail,
};

/// What is typed here; everything else comes from the other tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyForm {
    /// The group's name.
    pub group_name: String,
    /// Its alias.
    pub group_alias: String,
    /// Its address.
    pub group_address: String,
    /// Who signs in to Exchange Online.
    pub admin: String,
    /// The enterprise application's object id.
    pub object_id: String,
    /// How the app is fenced in.
    pub method: Method,
}

impl Default for PolicyForm {
    fn default() -> Self {
        Self {
            group_name: policy_text::GROUP_NAME_SUGGESTED.to_owned(),
            group_alias: GroupWanted::suggested_alias().to_owned(),
            group_address: String::new(),
            admin: String::new(),
            object_id: String::new(),
            method: Method::default(),
        }
    }
}

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// A PowerShell window.
    PowerShell,
    /// The demo tenant.
    Demo,
}

/// A job of this tab that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// A script runs.
    Script(ScriptKind, Runner),
    /// Output is being read.
    Reading,
    /// The directory is being read.
    Directory,
    /// A script is being saved.
    Saving,
}

/// The Policy setup tab.
pub struct PolicySetup {
    /// What is typed.
    pub form: PolicyForm,
    /// The step in view.
    pub step: GuideStep,
    /// The script in view instead of the step's own: migration and taking back.
    pub other: Option<ScriptKind>,
    /// What is known of the fence.
    pub known: Option<Box<PolicyState>>,
    /// What is wrong with what is typed, per box.
    pub errors: Vec<DesiredError>,
    /// The script in view.
    pub script: Option<Script>,
    /// What is wanted, as far as the texts need it.
    pub desired: Option<Desired>,
    /// The job under way.
    pub busy: Option<(JobId, Busy)>,
    /// How the last script ended.
    pub ended: Option<Box<ScriptEnd>>,
    /// Why the last job came to nothing.
    pub problem: Option<Box<Problem>>,
    /// What was read last, in words.
    pub last_read: String,
    /// A result came that is to be brought into view.
    pub something_came: bool,
    /// What is pasted into the dialog.
    pub pasted: String,
    /// What the person knows about it.
    pub hints: ReadHints,
    /// The PowerShell scripts can be run in.
    pub shell: Option<&'static str>,
    suggested_address: String,
    suggested_object: String,
    before_demo: Option<PolicyForm>,
    judged: Option<DesiredInput>,
    refreshed: Option<(Option<ScriptKind>, DesiredInput, DesiredInput)>,
    news: bool,
}

impl Default for PolicySetup {
    fn default() -> Self {
        Self {
            form: PolicyForm::default(),
            step: GuideStep::Group,
            other: None,
            known: None,
            errors: Vec::new(),
            script: None,
            desired: None,
            busy: None,
            ended: None,
            problem: None,
            last_read: String::new(),
            something_came: false,
            pasted: String::new(),
            hints: ReadHints::default(),
            shell: None,
            suggested_address: String::new(),
            suggested_object: String::new(),
            before_demo: None,
            judged: None,
            refreshed: None,
            news: false,
        }
    }
}

impl PolicySetup {
    /// What is wanted, from all tabs together.
    pub fn input(&self, credentials: &Credentials, send: &SendMail) -> DesiredInput {
        let form = &self.form;
        DesiredInput {
            tenant: credentials.form.tenant_id.clone(),
            client_id: credentials.form.client_id.clone(),
            app_display_name: self.app_name(credentials),
            enterprise_object_id: form.object_id.clone(),
            admin: form.admin.clone(),
            group_name: form.group_name.clone(),
            group_alias: form.group_alias.clone(),
            group_address: form.group_address.clone(),
            permitted: send.form.permitted.clone(),
            forbidden: send.form.forbidden.clone(),
            method: form.method,
            cloud: ExchangeCloud::from_name(credentials.form.cloud.name()).unwrap_or_default(),
            description: String::new(),
        }
    }

    /// The same for one script: boxes it does not use need not be filled in.
    pub fn input_for(&self, kind: ScriptKind, credentials: &Credentials, send: &SendMail) -> DesiredInput {
        let mut input = self.input(credentials, send);
        let fill = |value: &mut String, with: &str| {
            if value.trim().is_empty() {
                with.clone_into(value);
            }
        };
        if matches!(kind, ScriptKind::Module | ScriptKind::Connect) {
            fill(&mut input.group_address, "group@contoso.com");
            fill(&mut input.permitted, "sender@contoso.com");
            // The object id is no matter of these two.
            input.method = Method::ApplicationAccessPolicy;
        }
        if kind == ScriptKind::Module {
            fill(&mut input.admin, "admin@contoso.com");
        }
        input
    }

    /// The script in view: the step's own, or one for migrating and taking back.
    pub fn kind(&self) -> Option<ScriptKind> {
        self.other.or_else(|| self.step.script())
    }

    /// Brings suggestions and scripts in line with what is typed anywhere.
    pub fn refresh(&mut self, credentials: &Credentials, send: &SendMail) {
        self.suggest(credentials, send);
        let kind = self.kind().unwrap_or(ScriptKind::Verify);
        let inputs = (self.kind(), self.input(credentials, send), self.input_for(kind, credentials, send));
        if self.refreshed.as_ref() == Some(&inputs) {
            return;
        }
        self.errors = Desired::parse(&inputs.1).err().unwrap_or_default();
        self.desired = None;
        self.script = None;
        let wanted = Desired::parse(&inputs.2);
        self.refreshed = Some(inputs);
        match wanted {
            Ok(desired) => {
                self.script = self.kind().and_then(|kind| match Script::new(kind, &desired) {
                    Ok(script) => Some(script),
                    Err(err) => {
                        let field = DesiredField::EnterpriseObjectId;
                        self.errors = vec![DesiredError { field, reason: err.to_string() }];
                        None
                    }
                });
                self.desired = Some(desired);
            }
            Err(errors) => self.errors = errors,
        }
    }

    fn suggest(&mut self, credentials: &Credentials, send: &SendMail) {
        let address = suggested_address(&self.form.group_alias, send);
        if self.form.group_address.is_empty() || self.form.group_address == self.suggested_address {
            self.form.group_address.clone_from(&address);
        }
        self.suggested_address = address;
        let known = self.known.as_ref().and_then(|known| known.object_id.clone());
        let object = known.or_else(|| credentials.claim(|claims| claims.object_id.clone())).unwrap_or_default();
        if self.form.object_id.is_empty() || self.form.object_id == self.suggested_object {
            self.form.object_id.clone_from(&object);
        }
        self.suggested_object = object;
    }

    fn app_name(&self, credentials: &Credentials) -> String {
        let known = self.known.as_ref().and_then(|known| known.app_name.clone());
        known.or_else(|| credentials.claim(|claims| claims.display_name.clone())).unwrap_or_default()
    }

    /// The texts of the step in view. Links to the app's own pages need the app.
    pub fn step_text(&self) -> Option<StepText> {
        if let Some(desired) = &self.desired {
            return Some(step_text(self.step, desired));
        }
        let example = DesiredInput {
            tenant: "contoso.com".to_owned(),
            client_id: "00000000-0000-0000-0000-000000000001".to_owned(),
            enterprise_object_id: "00000000-0000-0000-0000-000000000002".to_owned(),
            admin: "admin@contoso.com".to_owned(),
            group_name: "Group".to_owned(),
            group_alias: "group".to_owned(),
            group_address: "group@contoso.com".to_owned(),
            permitted: "sender@contoso.com".to_owned(),
            method: self.form.method,
            ..DesiredInput::default()
        };
        let desired = Desired::parse(&example).ok()?;
        Some(StepText { links: Vec::new(), ..step_text(self.step, &desired) })
    }

    /// What is wrong with a box that is not empty.
    pub fn error(&self, field: DesiredField) -> Option<String> {
        let err = self.errors.iter().find(|err| err.field == field)?;
        let typed = match field {
            DesiredField::Admin => &self.form.admin,
            DesiredField::GroupName => &self.form.group_name,
            DesiredField::GroupAlias => &self.form.group_alias,
            DesiredField::GroupAddress => &self.form.group_address,
            DesiredField::EnterpriseObjectId => &self.form.object_id,
            DesiredField::Tenant
            | DesiredField::ClientId
            | DesiredField::Permitted
            | DesiredField::Forbidden
            | DesiredField::Description => return None,
        };
        (!typed.trim().is_empty()).then(|| text::sentence(&err.reason))
    }

    /// What stands in the way of the script in view: one line per box.
    pub fn missing(&self) -> BTreeMap<DesiredField, String> {
        if self.script.is_some() {
            return BTreeMap::new();
        }
        let mut missing = BTreeMap::new();
        for err in &self.errors {
            missing.entry(err.field).or_insert_with(|| err.reason.clone());
        }
        missing
    }

    /// What to ask the engine to judge, when something is new.
    pub fn due_for_judging(&mut self, credentials: &Credentials, send: &SendMail) -> Option<DesiredInput> {
        let input = self.input(credentials, send);
        if !self.news && self.judged.as_ref() == Some(&input) {
            return None;
        }
        self.news = false;
        self.judged = Some(input.clone());
        Some(input)
    }

    /// Something happened elsewhere that says something about the fence.
    pub fn has_news(&mut self) {
        self.news = true;
    }

    /// How far a step is.
    pub fn progress(&self, step: GuideStep) -> StepProgress {
        self.known.as_ref().map(|known| known.guide.progress(step)).unwrap_or_default()
    }

    /// Whether the fence holds, when anything was read about it.
    pub fn fence(&self) -> Option<FenceState> {
        self.known.as_ref().filter(|known| known.has_answers()).map(|known| known.evaluation.fence)
    }

    /// Whether a job of this tab is under way.
    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// Whether a script is changing something, or looking.
    pub fn runs_script(&self) -> bool {
        matches!(self.busy, Some((_, Busy::Script(..))))
    }

    /// A job is under way.
    pub fn start(&mut self, job: JobId, busy: Busy) {
        self.busy = Some((job, busy));
        self.problem = None;
        if matches!(busy, Busy::Script(..)) {
            self.ended = None;
        }
    }

    /// A step comes into view.
    pub fn select(&mut self, step: GuideStep) {
        self.step = step;
        self.other = None;
        self.problem = None;
    }

    /// The demo tenant answers: its administrator, and nothing known yet.
    pub(super) fn enter_demo(&mut self, tenant: &DemoTenant) {
        let before = self.before_demo.take().unwrap_or_else(|| self.form.clone());
        let domain = tenant.permitted.first().and_then(|address| address.split_once('@')).map(|(_, domain)| domain);
        let admin = domain.map(|domain| format!("admin@{domain}")).unwrap_or_default();
        let form = PolicyForm { admin, method: self.form.method, ..PolicyForm::default() };
        *self = Self { form, shell: self.shell, before_demo: Some(before), news: true, ..Self::default() };
    }

    /// What was typed before the demo comes back.
    pub(super) fn leave_demo(&mut self) {
        if let Some(form) = self.before_demo.take() {
            *self = Self { form, shell: self.shell, news: true, ..Self::default() };
        }
    }

    pub(super) fn script_ended(&mut self, job: JobId, end: Box<ScriptEnd>) {
        if self.is_current(job) {
            self.last_read.clear();
            self.ended = Some(end);
            self.something_came = true;
        }
    }

    pub(super) fn was_read(&mut self, words: String) {
        self.last_read = words;
        self.something_came = true;
    }

    /// The last judgement counts: commands are answered in order.
    pub(super) fn judged(&mut self, known: Box<PolicyState>) {
        self.known = Some(known);
    }

    /// Values that cannot be used: nothing is known of a fence that is not described.
    pub(super) fn refused(&mut self, job: JobId) {
        if !self.is_current(job) {
            self.known = None;
        }
    }

    pub(super) fn failed(&mut self, job: JobId, problem: Box<Problem>) {
        if self.is_current(job) {
            self.problem = Some(problem);
            self.something_came = true;
        }
    }

    pub(super) fn finished(&mut self, job: JobId) {
        if self.is_current(job) {
            self.busy = None;
        }
    }

    fn is_current(&self, job: JobId) -> bool {
        self.busy.is_some_and(|(busy, _)| busy == job)
    }

    /// Whether the directory was asked and may not be read.
    pub fn directory_is_closed(&self) -> bool {
        let rows = self.known.as_ref().map(|known| known.directory.as_slice()).unwrap_or_default();
        !rows.is_empty() && rows.iter().all(|row| row.state == DirectoryState::NotChecked)
    }
}

fn suggested_address(alias: &str, send: &SendMail) -> String {
    let first = address_entries(&send.form.permitted).next().map(str::trim);
    let domain = first.and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
    domain.filter(|domain| domain.contains('.')).map(|domain| format!("{alias}@{domain}")).unwrap_or_default()
}
