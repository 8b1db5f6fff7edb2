//! The boxes of the Credentials tab and the staged result of signing in.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::{
    base::{Field, Secret},
    engine::{App, CheckReport, Claims, Cloud, DemoTenant, GraphOptions, JobId, Setup, check_field},
};

use super::{super::text, by_field};

/// What is wrong, per box.
pub type FieldErrors = BTreeMap<Field, String>;

/// What is typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CredentialsForm {
    /// *Tenant ID*
    pub tenant_id: String,
    /// *Client ID*
    pub client_id: String,
    /// *Client Secret*
    pub client_secret: Zeroizing<String>,
    /// The cloud.
    pub cloud: Cloud,
    /// Instead of the cloud's login authority.
    pub login_url: String,
    /// Instead of the cloud's Graph.
    pub graph_url: String,
    /// `system`, `none` or an address.
    pub proxy: String,
}

impl CredentialsForm {
    /// The demo tenant's values.
    pub fn of_demo(tenant: &DemoTenant) -> Self {
        Self {
            tenant_id: tenant.tenant_id.clone(),
            client_id: tenant.client_id.clone(),
            client_secret: Zeroizing::new(tenant.client_secret.expose().to_owned()),
            login_url: tenant.base_url.clone(),
            graph_url: tenant.base_url.clone(),
            ..Self::default()
        }
    }

    /// What the engine is given.
    pub fn setup(&self) -> Setup {
        Setup {
            tenant_id: self.tenant_id.clone(),
            client_id: self.client_id.clone(),
            client_secret: Secret::new(self.client_secret.to_string()),
            cloud: self.cloud.name().to_owned(),
            login_url: self.login_url.clone(),
            graph_url: self.graph_url.clone(),
            proxy: self.proxy.clone(),
            ..Setup::empty()
        }
    }

    /// Whether nothing was typed into the three boxes.
    pub fn is_empty(&self) -> bool {
        self.tenant_id.is_empty() && self.client_id.is_empty() && self.client_secret.is_empty()
    }

    fn errors_while_typing(&self) -> FieldErrors {
        let typed = [
            (Field::TenantId, self.tenant_id.as_str()),
            (Field::ClientId, self.client_id.as_str()),
            (Field::ClientSecret, self.client_secret.as_str()),
            (Field::Proxy, self.proxy.as_str()),
        ];
        let found = typed.into_iter().filter_map(|(field, text)| check_field(field, text));
        by_field(&found.collect::<Vec<_>>())
    }
}

/// The sign-in check.
#[derive(Default)]
pub enum Check {
    /// Not asked for yet.
    #[default]
    Idle,
    /// Under way.
    Running {
        /// Its job.
        job: JobId,
        /// With these values.
        setup: Box<Setup>,
    },
    /// Done.
    Done {
        /// The seven rows and more.
        report: Box<CheckReport>,
        /// With these values.
        setup: Box<Setup>,
    },
}

/// The Credentials tab.
#[derive(Default)]
pub struct Credentials {
    /// What is typed.
    pub form: CredentialsForm,
    /// Whether the secret is shown.
    pub reveal: bool,
    /// Whether empty boxes are complained about, too.
    pub attempted: bool,
    /// What had to be taken off the typed values.
    pub notes: Vec<String>,
    /// The sign-in check.
    pub check: Check,
}

impl Credentials {
    /// What is wrong with what is typed.
    pub fn errors(&self) -> FieldErrors {
        if self.attempted { by_field(&self.form.setup().faults()) } else { self.form.errors_while_typing() }
    }

    /// Other values from elsewhere: results of the earlier ones go.
    pub fn refill(&mut self, form: CredentialsForm) {
        *self = Self { form, ..Self::default() };
    }

    /// Takes over what a `GraphOptions` block says.
    pub fn import(&mut self, options: &GraphOptions) {
        self.refill(CredentialsForm {
            tenant_id: options.tenant_id.clone(),
            client_id: options.client_id.clone(),
            client_secret: Zeroizing::new(options.client_secret.expose().to_owned()),
            ..self.form.clone()
        });
    }

    /// A check is under way.
    pub fn start(&mut self, job: JobId, setup: Setup) {
        self.attempted = true;
        self.notes.clear();
        self.check = Check::Running { job, setup: Box::new(setup) };
    }

    /// Whether a check is under way.
    pub fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// The check that is under way.
    pub fn running(&self) -> Option<JobId> {
        match &self.check {
            Check::Running { job, .. } => Some(*job),
            Check::Idle | Check::Done { .. } => None,
        }
    }

    /// The permissions in the last token, when it could be read and is that of these values.
    pub fn roles(&self) -> Option<&[String]> {
        match &self.check {
            Check::Done { report, .. } if !self.is_stale() => report.app.as_ref().and_then(App::roles),
            Check::Done { .. } | Check::Running { .. } | Check::Idle => None,
        }
    }

    /// What the last sign-in said, as long as it is about what is typed.
    pub(super) fn claim<T>(&self, of: impl FnOnce(&Claims) -> Option<T>) -> Option<T> {
        match &self.check {
            Check::Done { report, .. } if !self.is_stale() => {
                report.app.as_ref().and_then(|app| app.claims.as_ref()).and_then(of)
            }
            Check::Done { .. } | Check::Idle | Check::Running { .. } => None,
        }
    }

    /// Whether the values were changed since the result was made.
    pub fn is_stale(&self) -> bool {
        match &self.check {
            Check::Done { setup, .. } => **setup != self.form.setup(),
            Check::Idle | Check::Running { .. } => false,
        }
    }

    pub(super) fn noted(&mut self, job: JobId, notes: &[String]) {
        if self.running() == Some(job) {
            self.notes = notes.iter().map(|note| text::sentence(note)).collect();
        }
    }

    pub(super) fn checked(&mut self, job: JobId, report: Box<CheckReport>) {
        if self.running() == Some(job)
            && let Check::Running { setup, .. } = std::mem::take(&mut self.check)
        {
            self.check = Check::Done { report, setup };
        }
    }

    /// A job that ends without a result leaves nothing running.
    pub(super) fn finished(&mut self, job: JobId) {
        if self.running() == Some(job) {
            self.check = Check::Idle;
        }
    }
}
