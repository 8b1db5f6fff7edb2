//! The Policy setup tab, walked from nothing to a proven fence on the demo tenant with no other tool.

use eframe::egui::{Key, Modifiers, ViewportEvent, ViewportId, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use exchange365::{
    base::{Secret, Wake},
    engine::{self, Handle, ScriptKind},
    ui::{
        App, Options,
        state::{Busy, Runner, Tab},
    },
};

use crate::support::window::{
    all_text, copied, demo_window, fill, focused, go_to, press, press_button, run_the_test, shows, strike, verdict,
    wait_for, wait_until, window,
};

const STEPS: [&str; 6] = [
    "1. Group",
    "2. PowerShell module",
    "3. Connect",
    "4. Fence",
    "5. Verification 1: Exchange",
    "6. Verification 2: test mails",
];

/// The state of each step, as the list says it.
fn states(harness: &Harness<'static, App>) -> Vec<String> {
    STEPS
        .iter()
        .map(|step| {
            harness.get_by_role_and_label(Role::Button, step).accesskit_node().description().unwrap_or_default()
        })
        .collect()
}

fn run_in_demo(harness: &mut Harness<'static, App>, step: &str) {
    press_button(harness, step);
    press_button(harness, "Run in the demo");
    if harness.query_by_role_and_label(Role::Button, "Run it").is_some() {
        press_button(harness, "Run it");
    }
    wait_until(harness, "the script's end", |harness| !harness.state().state().policy.is_busy());
}

/// Presses something that may stand below what is in view.
fn choose(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click_accesskit();
    harness.run_ok();
}

fn sign_in(harness: &mut Harness<'static, App>) {
    go_to(harness, "Credentials");
    press_button(harness, "Test without Totalview");
    wait_for(harness, "The app registration can sign in");
    go_to(harness, "Policy setup");
}

#[test]
fn the_guide_is_walked_with_the_policy() {
    let mut harness = demo_window("unfenced-trainee");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("FAIL: "), "nothing is fenced in yet: {}", verdict(&harness));
    go_to(&mut harness, "Policy setup");
    assert_eq!(states(&harness)[0], "To do");
    run_in_demo(&mut harness, STEPS[0]);
    assert_eq!(states(&harness)[0], "Done", "{}", all_text(&harness));
    run_in_demo(&mut harness, STEPS[1]);
    run_in_demo(&mut harness, STEPS[2]);
    run_in_demo(&mut harness, STEPS[3]);
    assert_eq!(states(&harness)[..5], ["Done", "Done", "Done", "Done", "Done"], "{}", all_text(&harness));
    assert_eq!(states(&harness)[5], "To do", "test mails from before the change prove nothing about it");
    press_button(&mut harness, STEPS[4]);
    assert!(shows(&harness, "Fenced in") && shows(&harness, "Not tested"), "{}", all_text(&harness));
    press_button(&mut harness, STEPS[5]);
    press_button(&mut harness, "Go to Send E-Mail and test");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("FAIL: "), "it is not in force yet: {}", verdict(&harness));
    go_to(&mut harness, "Policy setup");
    wait_for(&mut harness, "but a test mail from it was accepted");
    assert_eq!(states(&harness)[5], "Failed");
    press_button(&mut harness, "Let time pass");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "), "{}", verdict(&harness));
    go_to(&mut harness, "Policy setup");
    wait_until(&mut harness, "the last step", |harness| states(harness).iter().all(|state| state == "Done"));
    assert!(shows(&harness, "the test mails agree"), "{}", all_text(&harness));
}

#[test]
fn the_guide_is_walked_with_roles() {
    let mut harness = demo_window("unfenced-trainee");
    go_to(&mut harness, "Policy setup");
    press_button(&mut harness, STEPS[3]);
    press(&mut harness, Role::RadioButton, "RBAC for Applications");
    assert!(shows(&harness, "Still needed for the script"), "{}", all_text(&harness));
    sign_in(&mut harness);
    wait_until(&mut harness, "the object id", |harness| !harness.state().state().policy.form.object_id.is_empty());
    run_in_demo(&mut harness, STEPS[3]);
    wait_for(&mut harness, "The app still holds Mail.Send in Entra");
    assert_eq!(states(&harness)[3], "Done");
    assert_eq!(states(&harness)[4], "Failed", "the permission in Entra still holds for everybody");
    press_button(&mut harness, "Remove it in the demo's Entra");
    press_button(&mut harness, "Let time pass");
    sign_in(&mut harness);
    wait_for(&mut harness, "Mail.Send is no longer granted in Entra");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "), "{}", verdict(&harness));
    assert!(shows(&harness, "Held by RBAC for Applications"), "{}", all_text(&harness));
    go_to(&mut harness, "Policy setup");
    wait_until(&mut harness, "the last step", |harness| states(harness)[3..].iter().all(|state| state == "Done"));
}

#[test]
fn a_policy_is_migrated_to_roles_and_never_left_open() {
    let mut harness = demo_window("unfenced-trainee");
    sign_in(&mut harness);
    run_in_demo(&mut harness, STEPS[3]);
    press_button(&mut harness, "Let time pass");
    choose(&mut harness, "Migrate and take back");
    choose(&mut harness, "Migration, first half: add RBAC for Applications beside the policy");
    press_button(&mut harness, "Run in the demo");
    press_button(&mut harness, "Run it");
    wait_until(&mut harness, "the end", |harness| !harness.state().state().policy.is_busy());
    assert!(shows(&harness, "every step is done"), "{}", all_text(&harness));
    press(&mut harness, Role::RadioButton, "RBAC for Applications");
    press_button(&mut harness, "Remove it in the demo's Entra");
    press_button(&mut harness, "Let time pass");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "), "{}", verdict(&harness));
    go_to(&mut harness, "Policy setup");
    assert!(shows(&harness, "Comes next: Run the second half"), "{}", all_text(&harness));
    choose(&mut harness, "Migration, second half: remove the Application Access Policy");
    assert!(shows(&harness, "Takes something away, and asks first"));
    press_button(&mut harness, "Run in the demo");
    press_button(&mut harness, "Run it");
    wait_until(&mut harness, "the end", |harness| !harness.state().state().policy.is_busy());
    assert!(shows(&harness, "1 policies removed") || shows(&harness, "1 policy removed"), "{}", all_text(&harness));
    press_button(&mut harness, "Let time pass");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "), "{}", verdict(&harness));
}

#[test]
fn pasted_output_is_read_and_judged() {
    let mut harness = demo_window("unfenced-trainee");
    go_to(&mut harness, "Policy setup");
    press_button(&mut harness, STEPS[4]);
    press_button(&mut harness, "Paste result…");
    fill(&mut harness, Role::MultilineTextInput, "Output", "nothing of the kind");
    press_button(&mut harness, "Read it");
    wait_for(&mut harness, "Nothing in the text looks like the output of one of the commands");
    let client = harness.state().state().credentials.form.client_id.clone();
    press_button(&mut harness, "Paste result…");
    let answer = format!("AppId : {client}\nMailbox : camilla.sondergaard\nAccessCheckResult : Accordé\n");
    fill(&mut harness, Role::MultilineTextInput, "Output", &answer);
    press_button(&mut harness, "Read it");
    wait_for(&mut harness, "Read Test-ApplicationAccessPolicy");
    assert!(shows(&harness, "Not proven"), "{}", all_text(&harness));
    press_button(&mut harness, "Forget what was read");
    wait_for(&mut harness, "Nothing was read yet");
}

#[test]
fn what_is_missing_is_said_and_nothing_can_be_run() {
    let mut harness = window(Options { tab: Tab::PolicySetup, ..Options::default() });
    assert!(shows(&harness, "Still needed for the script"));
    assert!(shows(&harness, "Tenant ID") && shows(&harness, "Client ID"));
    assert!(harness.query_by_role_and_label(Role::Button, "Run in PowerShell").is_none(), "no PowerShell is here");
    press_button(&mut harness, "Go to Credentials");
    assert!(shows(&harness, "App registration"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    harness.run_ok();
    assert!(shows(&harness, "Step 1 of 6"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run_ok();
    assert!(shows(&harness, "Who may send?"));
    strike(&mut harness, Key::Escape);
}

#[test]
fn commands_are_copied_and_hold_no_secret() {
    let mut harness = demo_window("unfenced-trainee");
    let secret = harness.state().state().credentials.form.client_secret.to_string();
    go_to(&mut harness, "Policy setup");
    press_button(&mut harness, STEPS[2]);
    let command = copied(&mut harness, "Copy Connect-ExchangeOnline");
    let (label, command) = command.split_once('\n').unwrap();
    assert_eq!(label, "# Demo tenant: Where a trainee starts", "a comment, so that PowerShell takes it");
    assert!(command.starts_with("Connect-ExchangeOnline -UserPrincipalName 'admin@vesterhavet.example'"), "{command}");
    for step in &STEPS[..5] {
        press_button(&mut harness, step);
        let script = copied(&mut harness, "Copy script");
        assert!(script.contains("\n& {") && !script.contains(&secret), "{step}");
    }
}

#[test]
fn the_directory_is_read_where_the_app_may() {
    let mut harness = demo_window("unfenced-trainee");
    go_to(&mut harness, "Policy setup");
    run_in_demo(&mut harness, STEPS[0]);
    press_button(&mut harness, "Look in the directory");
    wait_for(&mut harness, "2 direct members");
    assert!(
        shows(&harness, "Mail.Send, GroupMember.Read.All") || shows(&harness, "Mail.Send"),
        "{}",
        all_text(&harness)
    );
    let mut closed = demo_window("restricted-aap");
    go_to(&mut closed, "Policy setup");
    press_button(&mut closed, "Look in the directory");
    wait_for(&mut closed, "The app may not read this");
    assert!(!shows(&closed, "Failed"), "{}", all_text(&closed));
}

#[test]
fn closing_while_a_script_runs_asks_first() {
    let mut engine = Handle::start(engine::Options::default(), Wake::none()).unwrap();
    let job = engine.import_text(Secret::new(String::new()));
    let mut harness = window(Options { tab: Tab::PolicySetup, ..Options::default() });
    harness.state_mut().state_mut().policy.start(job, Busy::Script(ScriptKind::Fence, Runner::PowerShell));
    harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
    wait_for(&mut harness, "A script is running");
    assert!(shows(&harness, "What it has done stays done"), "{}", all_text(&harness));
    assert_eq!(focused(&harness), "Keep running");
    strike(&mut harness, Key::Escape);
    assert!(!shows(&harness, "What it has done stays done") && harness.state().state().policy.is_busy());
}
