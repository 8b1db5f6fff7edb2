//! `policy …`: scripts for the administrator, and what their output says.

use std::{
    io::{self, Read as _},
    net::SocketAddr,
    path::Path,
};

use crate::engine::{
    DemoTenant, Desired, DesiredError, DesiredInput, Ending, Event, ExchangeCloud, FenceState, GroupWanted, GuideStep,
    Method, PolicyState, Problem, ReadHints, ScriptKind, Setup, explain_input, explain_policy_input, step_text,
};

use super::{
    ExitStatus,
    args::{CredentialArgs, Format},
    config,
    policy_args::{MethodArg, PolicyCommand, WantedArgs},
    policy_text, printer,
    run::Terminal,
};

/// Larger texts are not cmdlet output; the engine says so.
const INPUT_LIMIT: u64 = 5 * 1024 * 1024;

/// What a job of the policy setup brought.
#[derive(Default)]
struct Brought {
    text: Option<String>,
    state: Option<Box<PolicyState>>,
    problems: Vec<Problem>,
}

/// Whose fence, and what is wanted.
struct Asked {
    setup: Setup,
    input: DesiredInput,
    demo: Option<Box<DemoTenant>>,
}

impl Terminal {
    pub(super) fn policy(&mut self, command: &PolicyCommand) -> ExitStatus {
        match command {
            PolicyCommand::Script { kind, ids, wanted, out } => self.script(kind, ids, wanted, out.as_deref()),
            PolicyCommand::Read { file, ids, wanted, mailbox, whole_output, output } => {
                let mailbox = mailbox.clone().unwrap_or_default();
                let hints = ReadHints { mailbox, whole_output: *whole_output };
                self.read(file, hints, ids, wanted, output.format)
            }
            PolicyCommand::Run { kind, ids, wanted, output } => self.run_script(kind, ids, wanted, output.format),
            PolicyCommand::Guide { ids, wanted } => guide(ids, wanted),
        }
    }

    fn script(&mut self, kind: &str, ids: &CredentialArgs, wanted: &WantedArgs, out: Option<&Path>) -> ExitStatus {
        let (kind, asked) = match script_kind(kind).and_then(|kind| Ok((kind, self.asked(ids, wanted)?))) {
            Ok(found) => found,
            Err(problems) => return refused(&problems),
        };
        let job = match out {
            Some(path) => self.engine.save_script(kind, asked.input, path.to_path_buf()),
            None => self.engine.make_script(kind, asked.input),
        };
        let brought = self.brought(job);
        if let Some(text) = brought.text {
            printer::data(text.trim_end());
            return ExitStatus::Pass;
        }
        if brought.problems.is_empty() { ExitStatus::Pass } else { refused(&brought.problems) }
    }

    fn read(
        &mut self,
        file: &Path,
        hints: ReadHints,
        ids: &CredentialArgs,
        wanted: &WantedArgs,
        format: Format,
    ) -> ExitStatus {
        let asked = match self.asked(ids, wanted) {
            Ok(asked) => asked,
            Err(problems) => return not_judged(&problems, format),
        };
        self.sign_in(&asked);
        let job = if file == Path::new("-") {
            let mut bytes = Vec::new();
            if let Err(err) = io::stdin().lock().take(INPUT_LIMIT).read_to_end(&mut bytes) {
                printer::progress(&format!("error: standard input could not be read: {err}"));
                return ExitStatus::SetUp;
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            self.engine.read_policy_text(asked.input, hints, text)
        } else {
            self.engine.read_policy_file(asked.input, hints, file.to_path_buf())
        };
        let brought = self.brought(job);
        judged(&brought, format)
    }

    fn run_script(&mut self, kind: &str, ids: &CredentialArgs, wanted: &WantedArgs, format: Format) -> ExitStatus {
        let (kind, asked) = match script_kind(kind).and_then(|kind| Ok((kind, self.asked(ids, wanted)?))) {
            Ok(found) => found,
            Err(problems) => return not_judged(&problems, format),
        };
        self.sign_in(&asked);
        let job = match asked.demo {
            Some(_) => self.engine.run_in_demo(kind, asked.input),
            None => self.engine.run_script(kind, asked.input),
        };
        let brought = self.brought(job);
        judged(&brought, format)
    }

    /// What was typed; a demo tenant fills in what was not.
    fn asked(&mut self, ids: &CredentialArgs, wanted: &WantedArgs) -> Result<Asked, Vec<Problem>> {
        let (setup, demo) = match &ids.demo {
            None => (config::setup(ids).map_err(|err| vec![explain_input(&err)])?, None),
            Some(scenario) => {
                let demo = self.start_demo(scenario, SocketAddr::from(([127, 0, 0, 1], 0)))?;
                (demo.setup(), Some(demo))
            }
        };
        let input = input(&setup, wanted, demo.as_deref());
        Ok(Asked { setup, input, demo })
    }

    /// The token's permissions are a part of the answer, when there is a secret to get one with.
    #[expect(clippy::wildcard_enum_match_arm, reason = "events that this command does not show are passed over")]
    fn sign_in(&mut self, asked: &Asked) {
        if asked.setup.client_secret.expose().is_empty() {
            printer::progress("Without a client secret the permissions in Microsoft Entra are not known");
            return;
        }
        let job = self.engine.check(asked.setup.clone());
        self.follow(job, |event| match event {
            Event::Checked(_, report) if report.ending == Ending::Pass => printer::progress("Signed in as the app"),
            Event::Checked(_, report) => {
                for problem in &report.problems {
                    printer::progress(&format!("Not signed in: {}", problem.summary));
                }
            }
            _ => {}
        });
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "events that this command does not show are passed over")]
    fn brought(&mut self, job: crate::engine::JobId) -> Brought {
        let mut brought = Brought::default();
        self.follow(job, |event| match event {
            Event::ScriptReady(_, script) => brought.text = Some(script.text),
            Event::ScriptSaved(_, path) => printer::progress(&format!("Saved as {}", path.display())),
            Event::ScriptStarted(_, _, name) => printer::progress(&format!("Running in {name}…")),
            Event::ScriptEnded(_, end) => printer::progress_lines(&policy_text::ended(&end)),
            Event::PolicyRead(_, what, notes) => printer::progress_lines(&policy_text::was_read(&what, &notes)),
            Event::PolicyState(_, state) => brought.state = Some(state),
            Event::PolicyRefused(_, errors) => brought.problems = explained(&errors),
            Event::PolicyFailed(_, problem) => brought.problems.push(*problem),
            _ => {}
        });
        brought
    }
}

fn explained(errors: &[DesiredError]) -> Vec<Problem> {
    errors.iter().map(explain_policy_input).collect()
}

fn script_kind(name: &str) -> Result<ScriptKind, Vec<Problem>> {
    ScriptKind::from_name(name.trim()).ok_or_else(|| {
        let known = ScriptKind::ALL.map(ScriptKind::name).join(", ");
        let fault = crate::base::InputFault::Unknown { text: name.to_owned(), known };
        vec![explain_input(&crate::base::InputError::new(crate::base::Field::Scenario, fault))]
    })
}

fn input(setup: &Setup, wanted: &WantedArgs, demo: Option<&DemoTenant>) -> DesiredInput {
    let list = |typed: &[String], demo: Option<&Vec<String>>| {
        if typed.is_empty() { demo.map(|list| list.join("\n")).unwrap_or_default() } else { typed.join("\n") }
    };
    let text = |typed: &Option<String>, otherwise: String| typed.clone().unwrap_or(otherwise);
    let permitted = list(&wanted.permitted, demo.map(|demo| &demo.permitted));
    let domain = demo.and_then(|demo| demo.permitted.first()?.split_once('@').map(|(_, domain)| domain.to_owned()));
    let at = |local: &str| domain.as_ref().map(|domain| format!("{local}@{domain}")).unwrap_or_default();
    let if_demo = |value: &str| if demo.is_some() { value.to_owned() } else { String::new() };
    DesiredInput {
        tenant: setup.tenant_id.clone(),
        client_id: setup.client_id.clone(),
        app_display_name: text(&wanted.app_name, String::new()),
        enterprise_object_id: text(&wanted.object_id, String::new()),
        admin: text(&wanted.admin, at("admin")),
        group_name: text(&wanted.group_name, if_demo("Totalview senders")),
        group_alias: text(&wanted.group_alias, if_demo(GroupWanted::suggested_alias())),
        group_address: text(&wanted.group_address, at(GroupWanted::suggested_alias())),
        permitted,
        forbidden: list(&wanted.forbidden, demo.map(|demo| &demo.forbidden)),
        method: match wanted.method {
            MethodArg::Aap => Method::ApplicationAccessPolicy,
            MethodArg::Rbac => Method::RbacForApplications,
        },
        cloud: ExchangeCloud::from_name(setup.cloud_or_global().name()).unwrap_or_default(),
        description: text(&wanted.description, String::new()),
    }
}

fn refused(problems: &[Problem]) -> ExitStatus {
    for problem in problems {
        printer::progress(&format!("error: {}", problem.summary));
    }
    ExitStatus::SetUp
}

fn not_judged(problems: &[Problem], format: Format) -> ExitStatus {
    match format {
        Format::Text => return refused(problems),
        Format::Json => printer::json(&policy_text::json(None, problems)),
    }
    ExitStatus::SetUp
}

fn judged(brought: &Brought, format: Format) -> ExitStatus {
    let Some(state) = &brought.state else { return not_judged(&brought.problems, format) };
    match format {
        Format::Text => printer::result(&policy_text::state(state)),
        Format::Json => printer::json(&policy_text::json(Some(state), &brought.problems)),
    }
    match state.evaluation.fence {
        FenceState::Fenced => ExitStatus::Pass,
        FenceState::Open | FenceState::TooTight => ExitStatus::Fail,
        FenceState::NotProven => ExitStatus::Unproven,
    }
}

/// The steps in words; ids that were not given stand there as such.
fn guide(ids: &CredentialArgs, wanted: &WantedArgs) -> ExitStatus {
    let typed = |value: &Option<String>, otherwise: &str| value.clone().unwrap_or_else(|| otherwise.to_owned());
    let given = config::ids(ids);
    let mut input = input(&given, wanted, None);
    let or = |value: &mut String, otherwise: &str| {
        if value.trim().is_empty() {
            otherwise.clone_into(value);
        }
    };
    or(&mut input.tenant, "contoso.onmicrosoft.com");
    or(&mut input.client_id, "00000000-0000-0000-0000-000000000001");
    or(&mut input.enterprise_object_id, "00000000-0000-0000-0000-000000000002");
    or(&mut input.admin, "admin@contoso.com");
    or(&mut input.group_name, "Totalview senders");
    or(&mut input.group_alias, GroupWanted::suggested_alias());
    or(&mut input.group_address, &typed(&wanted.group_address, "totalviewtimesendemail@contoso.com"));
    or(&mut input.permitted, "totalview@contoso.com");
    match Desired::parse(&input) {
        Ok(desired) => {
            let steps = GuideStep::ALL.map(|step| (step, step_text(step, &desired)));
            printer::result(&policy_text::guide(&steps));
            ExitStatus::Pass
        }
        Err(errors) => refused(&explained(&errors)),
    }
}
