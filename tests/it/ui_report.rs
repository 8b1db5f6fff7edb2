//! The Report tab and watches in the window, driven as a person would, against the demo tenant over loopback.

use std::path::Path;

use eframe::egui::{Key, ViewportCommand, ViewportEvent, ViewportId, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use exchange365::{
    base::Wake,
    engine::{self, Event, Handle, Senders, WatchPhase, WatchPlan, WatchWhat, WatchWish},
    ui::{App, Options, Records, state::Tab},
};

use crate::support::{
    Folder,
    window::{all_text, fill, focused, go_to, press_button, run_the_test, shows, strike, verdict, wait_for, window},
};

fn options(folder: &Path, scenario: &str) -> Options {
    Options {
        demo: Some(scenario.to_owned()),
        records: Records::Below(folder.to_owned()),
        demo_pace: 1800,
        ..Options::default()
    }
}

fn demo(folder: &Path, scenario: &str) -> Harness<'static, App> {
    let mut harness = window(options(folder, scenario));
    wait_for(&mut harness, "Leave the demo");
    harness
}

/// Presses the newest test of the list.
fn choose_first(harness: &mut Harness<'static, App>) {
    let row = harness.state().state().report.rows[0].clone();
    choose(harness, &row.path);
    wait_for(harness, "SHA-256");
}

fn choose(harness: &mut Harness<'static, App>, path: &Path) {
    let rows = &harness.state().state().report.rows;
    let number = rows.iter().position(|row| row.path == path).unwrap();
    let of_list = |label: &str| ["Test, ", "Watch, "].iter().any(|kind| label.contains(kind));
    let rows = harness.get_all_by_role(Role::Button).filter(|node| {
        use egui_kittest::kittest::NodeT as _;
        node.accesskit_node().label().is_some_and(|label| of_list(&label))
    });
    rows.collect::<Vec<_>>()[number].click();
    harness.run_ok();
}

#[test]
fn a_test_is_listed_shown_and_deleted() {
    let folder = Folder::new();
    let mut harness = demo(folder.path(), "restricted-aap");
    go_to(&mut harness, "Report");
    assert!(shows(&harness, "No test has left a record yet"));
    run_the_test(&mut harness);
    go_to(&mut harness, "Report");
    wait_for(&mut harness, "Test, 4 senders, rehearsal");
    choose_first(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "), "{}", all_text(&harness));
    for words in [
        "The chain holds: nothing was changed after it was written",
        "This is a rehearsal",
        "ingrid.solberg@fjordlys.example",
        "Blocked by policy",
        "Timeline: ",
        "http://127.0.0.1:",
    ] {
        assert!(shows(&harness, words), "{words}: {}", all_text(&harness));
    }
    press_button(&mut harness, "Delete…");
    assert_eq!(focused(&harness), "Keep it");
    strike(&mut harness, Key::Enter);
    assert_eq!(harness.state().state().report.rows.len(), 1);
    press_button(&mut harness, "Delete…");
    press_button(&mut harness, "Delete the record");
    wait_for(&mut harness, "No test has left a record yet");
    assert!(shows(&harness, "Choose a test in the list"));
}

#[test]
fn two_tests_are_compared_in_the_order_of_time() {
    let folder = Folder::new();
    let mut harness = demo(folder.path(), "open");
    run_the_test(&mut harness);
    drop(harness);
    let mut harness = demo(folder.path(), "restricted-aap");
    run_the_test(&mut harness);
    go_to(&mut harness, "Report");
    wait_for(&mut harness, "Test, 4 senders, rehearsal");
    choose_first(&mut harness);
    press_button(&mut harness, "Compare…");
    assert!(shows(&harness, "Choose the other test in the list"));
    let other = harness.state().state().report.rows[1].path.clone();
    choose(&mut harness, &other);
    wait_for(&mut harness, "Not the same tenant: FAIL before, PASS after");
    assert!(shows(&harness, "The tests were made in different tenants"));
    press_button(&mut harness, "Back to the test");
    assert!(verdict(&harness).starts_with("PASS: "));
}

#[test]
fn a_record_that_was_changed_gives_no_verdict() {
    let folder = Folder::new();
    let mut harness = demo(folder.path(), "open");
    run_the_test(&mut harness);
    let file = std::fs::read_dir(folder.path().join("records")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"verdict\":\"fail\"", "\"verdict\":\"pass\"")).unwrap();
    go_to(&mut harness, "Report");
    press_button(&mut harness, "Refresh");
    wait_for(&mut harness, "changed afterwards, in line");
    choose_first(&mut harness);
    assert_eq!(verdict(&harness), "");
    assert!(shows(&harness, "The chain is broken in line"));
}

#[test]
fn without_a_folder_nothing_is_kept_and_that_is_said() {
    let harness = window(Options { tab: Tab::Report, ..Options::default() });
    assert!(shows(&harness, "No records are kept"));
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_the_test_goes_on() {
    let folder = Folder::new();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "in the way").unwrap();
    let mut harness = demo(&blocked, "restricted-aap");
    run_the_test(&mut harness);
    assert!(verdict(&harness).starts_with("PASS: "));
    assert!(shows(&harness, "no record of it can be kept"), "{}", all_text(&harness));
}

fn start_watching(harness: &mut Harness<'static, App>) {
    go_to(harness, "Send E-Mail");
    press_button(harness, "Watch…");
    assert_eq!(focused(harness), "Go back");
    press_button(harness, "Start watching");
}

#[test]
fn a_watch_counts_down_and_ends_in_pass_with_a_timeline() {
    let folder = Folder::new();
    let mut harness = demo(folder.path(), "not-yet-in-force");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Watch…");
    assert!(shows(&harness, "and asking often") || shows(&harness, "Asking often does not help"));
    fill(&mut harness, Role::TextInput, "Hours to watch", "soon");
    assert!(shows(&harness, "Enter a whole number, or nothing"));
    fill(&mut harness, Role::TextInput, "Hours to watch", "4");
    assert!(shows(&harness, "mails in 4 h"), "{}", all_text(&harness));
    press_button(&mut harness, "Start watching");
    wait_for(&mut harness, "Next test in ");
    assert!(shows(&harness, "Because "), "{}", all_text(&harness));
    wait_for(&mut harness, "The watch is over");
    wait_for(&mut harness, "Copy result");
    assert!(shows(&harness, "Two tests in a row passed"));
    assert!(verdict(&harness).starts_with("PASS: "), "{}", all_text(&harness));
    assert!(shows(&harness, "Timeline: ") && shows(&harness, " FAIL, ") && shows(&harness, " PASS"));
    press_button(&mut harness, "Open report");
    wait_for(&mut harness, "Watch, 5 tests, rehearsal");
    wait_for(&mut harness, "SHA-256");
    assert!(verdict(&harness).starts_with("PASS: "));
}

#[test]
fn the_title_tells_the_time_and_the_end_asks_for_attention() {
    let folder = Folder::new();
    let mut harness = demo(folder.path(), "not-yet-in-force");
    start_watching(&mut harness);
    let mut commands = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "the test waits in real time for a real server")]
    let start = std::time::Instant::now();
    while harness.state().state().watch.is_running() {
        assert!(start.elapsed().as_secs() < 60, "{}", all_text(&harness));
        harness.step();
        let output = harness.output();
        commands.extend(output.viewport_output.values().flat_map(|viewport| viewport.commands.clone()));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let titles: Vec<&String> = commands
        .iter()
        .filter_map(|command| match command {
            ViewportCommand::Title(title) => Some(title),
            _ => None,
        })
        .collect();
    assert!(titles.iter().any(|title| title.starts_with("Next test in ")), "{titles:?}");
    assert!(titles.last().unwrap().starts_with("The watch is over"), "{titles:?}");
    assert!(commands.iter().any(|command| matches!(command, ViewportCommand::RequestUserAttention(_))));
}

#[test]
fn a_watch_can_be_stopped() {
    let folder = Folder::new();
    let mut harness = window(Options { demo_pace: 1, ..options(folder.path(), "not-yet-in-force") });
    wait_for(&mut harness, "Leave the demo");
    start_watching(&mut harness);
    wait_for(&mut harness, "Next test in ");
    strike(&mut harness, Key::Escape);
    wait_for(&mut harness, "Copy result");
    assert!(shows(&harness, "Somebody has stopped it"));
    assert!(!harness.state().state().is_busy());
}

#[test]
fn closing_while_a_watch_waits_asks_nothing_and_the_next_start_offers_it() {
    let folder = Folder::new();
    let mut harness = window(Options { demo_pace: 1, ..options(folder.path(), "not-yet-in-force") });
    wait_for(&mut harness, "Leave the demo");
    start_watching(&mut harness);
    wait_for(&mut harness, "Next test in ");
    assert!(shows(&harness, "The window may be closed while it waits"));
    harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
    harness.run_ok();
    assert!(!shows(&harness, "Mails are being sent"));
    drop(harness);

    let mut harness = window(options(folder.path(), "not-yet-in-force"));
    wait_for(&mut harness, "The program ended before a test did");
    wait_for(&mut harness, "Leave the demo");
    assert!(shows(&harness, "nothing is lost"), "{}", all_text(&harness));
    assert_eq!(focused(&harness), "Later");
    press_button(&mut harness, "Go on");
    wait_for(&mut harness, "Two tests in a row passed");
    wait_for(&mut harness, "Copy result");
    assert!(verdict(&harness).starts_with("PASS: "), "{}", all_text(&harness));
    go_to(&mut harness, "Report");
    assert_eq!(harness.state().state().report.rows.len(), 1, "one record from begin to end");
}

/// A watch that an engine leaves behind when it goes.
fn leave_a_watch(folder: &Path) {
    let records = Some(folder.join("records"));
    let mut engine = Handle::start(engine::Options { records, ..engine::Options::default() }, Wake::none()).unwrap();
    engine.start_demo("restricted-rbac", "127.0.0.1:0".parse().unwrap());
    let mut demo = None;
    while demo.is_none() {
        if let Event::DemoReady(_, tenant) = engine.wait().unwrap() {
            demo = Some(tenant);
        }
    }
    let demo = demo.unwrap();
    let senders = Senders {
        permitted: demo.permitted.join("\n"),
        forbidden: demo.forbidden.join("\n"),
        recipient: demo.recipient.clone(),
        ..Senders::default()
    };
    let plan = WatchPlan { senders, fence: None, changed: None, until: None };
    engine.watch(demo.setup(), WatchWish { what: WatchWhat::Begin(Box::new(plan)), demo_pace: 1 });
    loop {
        if let Event::Watched(_, progress) = engine.wait().unwrap()
            && matches!(progress.phase, WatchPhase::Waiting { .. })
        {
            return;
        }
    }
}

#[test]
fn going_on_without_the_secret_asks_for_it_and_leaving_it_closes_it() {
    let folder = Folder::new();
    leave_a_watch(folder.path());
    let records = Records::Below(folder.path().to_owned());
    let mut harness = window(Options { records, ..Options::default() });
    wait_for(&mut harness, "The program ended before a test did");
    press_button(&mut harness, "Go on");
    assert!(shows(&harness, "Enter the Client Secret, then press Go on"));
    assert_eq!(harness.state().state().tab, Tab::Credentials);
    assert!(!harness.state().state().credentials.form.client_id.is_empty(), "what the record knows is filled in");
    assert!(!harness.state().state().send_mail.is_running());
    go_to(&mut harness, "Report");
    wait_for(&mut harness, "interrupted while waiting");
    let path = harness.state().state().report.rows[0].path.clone();
    choose(&mut harness, &path);
    press_button(&mut harness, "Leave it");
    crate::support::window::wait_until(&mut harness, "closed", |harness| !shows(harness, "interrupted while waiting"));
}
