//! The sweep on the Send E-Mail tab, driven as a person would, against the demo tenant over loopback.

use std::path::PathBuf;

use eframe::egui::{Key, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use exchange365::{
    engine::Verdict,
    ui::{App, Options, Records, state::SweepTab},
};

use crate::support::window::{
    all_text, copied, demo_window, fill, focused, go_to, press, press_button, shows, sized_window, strike, wait_for,
    wait_until,
};

fn sweep<'a>(harness: &'a Harness<'static, App>) -> &'a SweepTab {
    &harness.state().state().sweep
}

fn open_sweep(scenario: &str) -> Harness<'static, App> {
    let mut harness = demo_window(scenario);
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Everybody (sweep)");
    harness
}

fn start(harness: &mut Harness<'static, App>) {
    press_button(harness, "Start the sweep");
    if harness.query_by_role_and_label(Role::Button, "Send the test mails").is_some() {
        press_button(harness, "Send the test mails");
    }
}

fn wait_for_the_end(harness: &mut Harness<'static, App>) {
    wait_until(harness, "the end of the sweep", |harness| sweep(harness).report().is_some());
    harness.run_ok();
}

fn word(harness: &Harness<'static, App>) -> String {
    let words = ["PASS: ", "FAIL: ", "UNPROVEN: ", "CANCELLED: "];
    let text = all_text(harness);
    text.lines().find(|line| words.iter().any(|word| line.starts_with(word))).unwrap_or_default().to_owned()
}

fn temporary(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("exchange365-ui-sweep-{name}-{}", std::process::id()));
    let _nothing = std::fs::remove_dir_all(&place).is_err();
    std::fs::create_dir_all(&place).unwrap();
    place
}

#[test]
fn the_one_nobody_thought_of_stands_on_top() {
    let mut harness = open_sweep("one-too-many");
    for words in ["Nothing is sent", "never makes a PASS alone", "does not document"] {
        assert!(shows(&harness, words) || shows(&harness, &words.to_lowercase()), "{words}: {}", all_text(&harness));
    }
    start(&mut harness);
    wait_for_the_end(&mut harness);
    assert!(
        word(&harness).starts_with("FAIL: Reachable: 3 of 411, refused: 401, not provable: 7"),
        "{}",
        word(&harness)
    );
    for words in [
        "Calibration: Agrees with the real mails of the known senders",
        "Undocumented",
        "Sends nothing",
        "Everybody on the list",
        "Not as expected 1",
        "Reachable 3",
        "Refused 401",
        "Not provable 7",
    ] {
        assert!(shows(&harness, words), "{words}: {}", all_text(&harness));
    }
    let first = harness.get_all_by_role(Role::Row).next().unwrap().accesskit_node().label().unwrap();
    assert!(first.contains("not permitted, Reachable, Let in, not as expected"), "{first}");
    let result = copied(&mut harness, "Copy result");
    assert!(result.starts_with("Demo tenant: ") && result.contains("reachable: 3 of 411"), "{result}");
    assert!(result.contains("does not document"), "{result}");
}

#[test]
fn a_clean_company_passes_and_a_probe_that_contradicts_judges_nobody() {
    let mut harness = open_sweep("whole-company");
    start(&mut harness);
    wait_for_the_end(&mut harness);
    assert!(word(&harness).starts_with("PASS: "), "{}", word(&harness));
    assert!(shows(&harness, "nobody beyond the permitted list"));

    let mut harness = open_sweep("probe-unusable");
    start(&mut harness);
    wait_for_the_end(&mut harness);
    assert!(word(&harness).starts_with("UNPROVEN: "), "{}", word(&harness));
    assert!(shows(&harness, "Calibration: OFF"));
    assert!(sweep(&harness).report().unwrap().counts.asked() == 0);
}

#[test]
fn a_token_that_may_not_read_the_directory_leads_to_a_list_that_can_be_pasted() {
    let mut harness = open_sweep("restricted-aap");
    start(&mut harness);
    wait_for_the_end(&mut harness);
    assert!(shows(&harness, "may not read the directory"), "{}", all_text(&harness));
    assert!(shows(&harness, "Export-Csv"));
    press(&mut harness, Role::CheckBox, "Everybody in the directory");
    press_button(&mut harness, "Start the sweep");
    assert!(shows(&harness, "Name at least one list, group or the directory"));
    let list = "Name,UserPrincipalName\nIngrid,ingrid.solberg@fjordlys.example\nTotalview,totalview@fjordlys.example\n\
                Nobody,not an address\nAgain,INGRID.SOLBERG@fjordlys.example";
    fill(&mut harness, Role::MultilineTextInput, "Pasted list", list);
    start(&mut harness);
    wait_for_the_end(&mut harness);
    let report = sweep(&harness).report().unwrap();
    assert_eq!((report.counts.total, report.counts.reachable, report.counts.refused), (2, 1, 1));
    assert_eq!(report.verdict, Verdict::Unproven, "an entry is not covered");
    for words in ["Coverage: PARTIAL", "Left out as repeats: 1", "Not readable as mailboxes, and not covered: 1"] {
        assert!(shows(&harness, words), "{words}: {}", all_text(&harness));
    }
}

#[test]
fn rows_are_filtered_searched_sorted_and_opened_by_mouse_and_keyboard() {
    let mut harness = open_sweep("one-too-many");
    start(&mut harness);
    wait_for_the_end(&mut harness);
    let drawn = harness.get_all_by_role(Role::Row).count();
    assert!((5..60).contains(&drawn), "{drawn} rows are drawn");
    press_button(&mut harness, "Not provable 7");
    assert_eq!(harness.get_all_by_role(Role::Row).count(), 7);
    press_button(&mut harness, "All 411");
    fill(&mut harness, Role::TextInput, "Search", "totalview@");
    assert_eq!(harness.get_all_by_role(Role::Row).count(), 1);
    fill(&mut harness, Role::TextInput, "Search", "");

    let names = |harness: &Harness<'static, App>| -> Vec<String> {
        harness.get_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect()
    };
    press(&mut harness, Role::ColumnHeader, "Mailbox");
    let up = names(&harness);
    assert!(up.is_sorted(), "{up:?}");
    press(&mut harness, Role::ColumnHeader, "Mailbox");
    assert!(names(&harness).iter().rev().is_sorted());
    press(&mut harness, Role::ColumnHeader, "Mailbox");

    harness.get_all_by_role(Role::Row).next().unwrap().click();
    harness.run_ok();
    assert!(shows(&harness, "Request ID"), "{}", all_text(&harness));
    let line = copied(&mut harness, "Copy");
    assert!(line.contains("Reachable") && line.contains("Client request ID"), "{line}");
    harness.get_by_role_and_label(Role::Table, "Mailboxes of the sweep").focus();
    harness.run_ok();
    strike(&mut harness, Key::End);
    let last = sweep(&harness).table.selected_row();
    assert_eq!(last, Some(410));
    strike(&mut harness, Key::PageUp);
    strike(&mut harness, Key::ArrowUp);
    let row = sweep(&harness).table.selected_row().unwrap();
    assert!(row < 409, "{row}");
    let chosen = sweep(&harness).run.as_ref().unwrap().lines().get(sweep(&harness).table.selected.unwrap()).unwrap();
    let chosen = chosen.mailbox.to_string();
    assert!(names(&harness).iter().any(|name| name.starts_with(&chosen)), "{chosen} is scrolled into view");

    press_button(&mut harness, "Prepare a real mail as this mailbox");
    assert!(shows(&harness, "One sender alone"));
    assert_eq!(harness.state().state().send_mail.one.address, chosen);
}

#[test]
fn nothing_starts_without_senders_and_mailboxes_and_the_warning_comes_first() {
    let mut harness = sized_window(Options::default(), [1100.0, 1500.0]);
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Everybody (sweep)");
    press_button(&mut harness, "Start the sweep");
    assert!(shows(&harness, "Enter a permitted sender, a forbidden one and a recipient first"));
    assert!(sweep(&harness).run.is_none());

    let mut harness = open_sweep("whole-company");
    press_button(&mut harness, "Start the sweep");
    assert!(shows(&harness, "A forbidden sender may really send"));
    assert_eq!(focused(&harness), "Go back");
    strike(&mut harness, Key::Enter);
    assert!(sweep(&harness).run.is_none());
    assert!(harness.state().state().log.is_empty());
}

#[test]
fn an_interrupted_sweep_is_offered_and_goes_on_where_it_was() {
    let place = temporary("resume");
    let options = Options {
        demo: Some("whole-company".to_owned()),
        records: Records::Below(place.clone()),
        ..Options::default()
    };
    let mut harness = sized_window(options, [1100.0, 1500.0]);
    wait_for(&mut harness, "Leave the demo");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Everybody (sweep)");
    start(&mut harness);
    wait_until(&mut harness, "some answers", |harness| {
        sweep(harness).run.as_ref().is_some_and(|run| !run.lines().is_empty() || run.report.is_some())
    });
    strike(&mut harness, Key::Escape);
    wait_for_the_end(&mut harness);
    let report = sweep(&harness).report().unwrap().clone();
    if report.stop.is_some() {
        assert!(word(&harness).starts_with("CANCELLED: ") || word(&harness).starts_with("UNPROVEN: "));
        assert!(shows(&harness, "Coverage: PARTIAL"), "{}", all_text(&harness));
        wait_for(&mut harness, "An earlier sweep was interrupted");
        let sent = harness.state().state().log.len();
        press_button(&mut harness, "Go on");
        wait_for_the_end(&mut harness);
        assert!(harness.state().state().log.len() > sent, "the known senders are sent as again");
        let done = sweep(&harness).report().unwrap();
        assert_eq!(done.verdict, Verdict::Pass, "{}", done.summary);
        assert_eq!(done.counts.total, 404);
        assert!(done.coverage.resumed.is_some());
        assert!(shows(&harness, "Taken over from the interrupted sweep"));
    }
    // Nothing is kept of a sweep that is complete.
    wait_until(&mut harness, "a look for others", |harness| sweep(harness).unfinished.is_empty());
    assert_eq!(std::fs::read_dir(place.join("sweeps")).unwrap().count(), 0);
    std::fs::remove_dir_all(place).unwrap();
}
