//! Results of scripts, read while the program runs: of which organisation, how old, in which order.

use std::time::Duration;

use exchange365::{
    base::{Clock, ManualClock, Timestamp, Wake},
    engine::{DesiredInput, Event, Handle, JobId, Options, PolicyState, Problem, ReadHints, Setup},
    policy::{FenceState, FindingCode},
};

use super::policy_proof::result_block;

const APP: &str = "11111111-2222-3333-4444-555555555555";
const OTHER: &str = "bbbbbbbb-0000-4000-8000-00000000dead";
const NOW: &str = "2026-11-23T10:20:30Z";

fn later(hours: i64) -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let moved = if hours < 0 {
        now - Duration::from_hours(hours.unsigned_abs())
    } else {
        now + Duration::from_hours(hours.unsigned_abs())
    };
    moved.to_string()
}

/// An engine on the demo tenant, whose app is known by one of its domains, as many people type it.
struct Desk {
    engine: Handle,
    clock: ManualClock,
    setup: Setup,
    input: DesiredInput,
    tenant: String,
}

type Judged = (Option<Box<PolicyState>>, Option<Box<Problem>>);

impl Desk {
    fn new() -> Self {
        let clock = ManualClock::new(NOW.parse().unwrap());
        let options = Options { clock: Clock::manual(&clock), ..Options::default() };
        let mut engine = Handle::start(options, Wake::none()).unwrap();
        engine.start_demo("restricted-aap", "127.0.0.1:0".parse().unwrap());
        let mut demo = None;
        while let Some(event) = engine.wait() {
            match event {
                Event::DemoReady(_, tenant) => demo = Some(tenant),
                Event::Finished(_) => break,
                _ => {}
            }
        }
        let demo = demo.unwrap();
        let domain = demo.permitted[0].split_once('@').unwrap().1.to_owned();
        let setup = Setup { tenant_id: domain.clone(), ..demo.setup() };
        let input = DesiredInput {
            tenant: domain.clone(),
            client_id: demo.client_id.clone(),
            group_address: format!("g@{domain}"),
            permitted: demo.permitted[0].clone(),
            forbidden: demo.forbidden[0].clone(),
            ..DesiredInput::default()
        };
        Self { engine, clock, setup, input, tenant: demo.tenant_id.clone() }
    }

    fn wait(&mut self, job: JobId) -> Judged {
        let (mut state, mut problem) = (None, None);
        while let Some(event) = self.engine.wait() {
            match event {
                Event::PolicyState(_, judged) => state = Some(judged),
                Event::PolicyFailed(_, failed) => problem = Some(failed),
                Event::Finished(ended) if ended == job => break,
                _ => {}
            }
        }
        (state, problem)
    }

    fn sign_in(&mut self) {
        let job = self.engine.check(self.setup.clone());
        self.wait(job);
    }

    fn judge(&mut self) -> Box<PolicyState> {
        let job = self.engine.judge_policy(self.input.clone());
        self.wait(job).0.unwrap()
    }

    fn forget(&mut self) {
        let job = self.engine.forget_policy(self.input.clone());
        self.wait(job);
        self.sign_in();
    }

    fn read(&mut self, tenant: &str, finished: &str) -> Judged {
        self.read_text(&result_block(tenant, finished))
    }

    fn read_text(&mut self, text: &str) -> Judged {
        let text = text
            .replace(APP, &self.input.client_id)
            .replace("perm@x.com", &self.input.permitted)
            .replace("forb@x.com", &self.input.forbidden);
        let job = self.engine.read_policy_text(self.input.clone(), ReadHints::default(), text);
        self.wait(job)
    }
}

fn has(state: &PolicyState, code: FindingCode) -> bool {
    state.evaluation.findings.iter().any(|finding| finding.code == code)
}

/// The tenant is typed as a domain; who it is, the sign-in has shown.
#[test]
fn the_sign_in_tells_the_organisation_that_a_domain_does_not() {
    let mut desk = Desk::new();
    desk.sign_in();
    let (state, problem) = desk.read(OTHER, NOW);
    let problem = problem.unwrap();
    assert_eq!((state, problem.code.as_str()), (None, "policy_other_tenant"));
    let own = desk.tenant.clone();
    let state = desk.read(&own, NOW).0.unwrap();
    assert_eq!(state.evaluation.fence, FenceState::Fenced, "{:?}", state.evaluation);
    // A result that does not say of which organisation it is takes the proof away.
    let state = desk.read("", NOW).0.unwrap();
    assert_eq!(state.evaluation.fence, FenceState::NotProven);
    assert!(has(&state, FindingCode::TenantUnknown));
}

/// Read first and signed in afterwards comes to the same.
#[test]
fn a_result_that_turns_out_to_be_of_another_organisation_is_forgotten() {
    let mut desk = Desk::new();
    let state = desk.read(OTHER, NOW).0.unwrap();
    assert_eq!(state.evaluation.fence, FenceState::NotProven);
    assert!(has(&state, FindingCode::TenantUnknown));
    desk.sign_in();
    let state = desk.judge();
    assert_eq!(state.evaluation.fence, FenceState::NotProven);
    assert!(state.run.is_none() && state.recognised.is_empty());
    assert!(state.notes.iter().any(|note| note.text.contains("another organisation")), "{:?}", state.notes);
    let own = desk.tenant.clone();
    assert_eq!(desk.read(&own, NOW).0.unwrap().evaluation.fence, FenceState::Fenced);
}

#[test]
fn an_old_result_proves_nothing_and_what_was_read_grows_old() {
    let mut desk = Desk::new();
    desk.sign_in();
    let own = desk.tenant.clone();
    let state = desk.read(&own, "2020-01-01T00:00:00Z").0.unwrap();
    assert_eq!(state.evaluation.fence, FenceState::NotProven);
    assert!(has(&state, FindingCode::ResultOutdated) && state.run.is_none());
    assert!(state.notes[0].text.starts_with("the script ended 2518 days ago"), "{:?}", state.notes);
    let state = desk.read(&own, &later(-20)).0.unwrap();
    assert_eq!(state.evaluation.fence, FenceState::Fenced);
    assert!(!has(&state, FindingCode::ResultOutdated));
    // The window stays open over night.
    desk.clock.advance(Duration::from_hours(4));
    assert_eq!(desk.judge().evaluation.fence, FenceState::Fenced);
    desk.clock.advance(Duration::from_secs(1));
    let state = desk.judge();
    assert_eq!(state.evaluation.fence, FenceState::NotProven);
    assert!(has(&state, FindingCode::ResultOutdated));
    // A new result that says everything anew begins a new day, one that leaves something out does not.
    let whole = |hours: i64| {
        let lists = r#""policies_read": "ok", "scopes_read": "ok", "assignments_read""#;
        let policy = r#""policies": [{"app_id": "*", "access_right": "RestrictAccess"}], "assignments""#;
        result_block(&own, &later(hours)).replace(r#""assignments_read""#, lists).replace(r#""assignments""#, policy)
    };
    for (second, expected) in [(whole(20), FenceState::Fenced), (result_block(&own, &later(20)), FenceState::NotProven)]
    {
        let mut desk = Desk::new();
        desk.sign_in();
        assert_eq!(desk.read_text(&whole(0)).0.unwrap().evaluation.fence, FenceState::Fenced);
        desk.clock.advance(Duration::from_hours(20));
        assert_eq!(desk.read_text(&second).0.unwrap().evaluation.fence, FenceState::Fenced);
        desk.clock.advance(Duration::from_hours(10));
        assert_eq!(desk.judge().evaluation.fence, expected);
    }
}

/// Whichever is read last, the newer result counts.
#[test]
fn an_older_result_takes_nothing_back() {
    let mut desk = Desk::new();
    desk.sign_in();
    let own = desk.tenant.clone();
    let open =
        result_block(&own, NOW).replace(r#""raw": "Denied", "granted": false"#, r#""raw": "Granted", "granted": true"#);
    let old = result_block(&own, &later(-3));
    for texts in [vec![open.clone(), old.clone()], vec![format!("{open}{old}")]] {
        desk.forget();
        let mut last = None;
        for text in texts {
            last = desk.read_text(&text).0;
        }
        let state = last.unwrap();
        assert_eq!(state.evaluation.fence, FenceState::Open);
        assert_eq!(state.run.unwrap().finished.unwrap().to_string(), NOW);
    }
}
