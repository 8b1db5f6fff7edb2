//! The demo tenant: which scenario is chosen, whether it runs, and what was typed before it.

use crate::engine::{DemoTenant, JobId, Problem, ScenarioSummary};

use super::{CredentialsForm, SendForm, SweepForm};

/// What was typed before the demo filled the boxes.
pub(super) type Typed = (CredentialsForm, SendForm, SweepForm);

/// The demo tenant, as the window sees it.
#[derive(Default)]
pub struct Demo {
    /// Every scenario, in order.
    pub scenarios: Vec<ScenarioSummary>,
    /// The name of the chosen one.
    pub choice: String,
    /// The start that is under way.
    pub starting: Option<JobId>,
    /// The tenant that answers.
    pub active: Option<Box<DemoTenant>>,
    /// Why it could not be started.
    pub problem: Option<Box<Problem>>,
    typed_before: Option<Typed>,
}

impl Demo {
    /// Nothing runs; the first scenario is chosen.
    pub fn new(scenarios: Vec<ScenarioSummary>) -> Self {
        let choice = scenarios.first().map(|scenario| scenario.name.clone()).unwrap_or_default();
        Self { scenarios, choice, ..Self::default() }
    }

    /// The chosen scenario.
    pub fn chosen(&self) -> Option<&ScenarioSummary> {
        self.scenarios.iter().find(|scenario| scenario.name == self.choice)
    }

    /// A start is under way.
    pub fn start(&mut self, job: JobId) {
        self.starting = Some(job);
        self.problem = None;
    }

    /// The tenant answers; says whether it is the one that was wanted last.
    pub fn ready(&mut self, job: JobId, tenant: Box<DemoTenant>, typed: Typed) -> bool {
        if self.starting != Some(job) {
            return false;
        }
        self.choice.clone_from(&tenant.scenario);
        if self.active.replace(tenant).is_none() {
            self.typed_before = Some(typed);
        }
        true
    }

    /// The start is over.
    pub fn finished(&mut self, job: JobId) {
        if self.starting == Some(job) {
            self.starting = None;
        }
    }

    /// What was typed before the demo filled the boxes; `None` without a demo.
    pub fn typed_before(&self) -> Option<(&CredentialsForm, &SendForm)> {
        let (credentials, send, _sweep) = self.active.as_ref().and(self.typed_before.as_ref())?;
        Some((credentials, send))
    }

    /// Leaves the tenant and gives back what was typed before.
    pub fn leave(&mut self) -> Option<Typed> {
        self.active.take().and_then(|_| self.typed_before.take())
    }
}
