//! What people do in every program: F1, tips, moving through rows by keys and copying them, ten thousand of them, and a
//! screen reader that finds everything by role and name.

use std::collections::BTreeSet;

use eframe::egui::{Event, Key, OutputCommand, accesskit::Role};
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _},
};
use exchange365::ui::{
    App, Options,
    state::{Row, Tab},
};

use crate::support::window::{
    all_text, demo_window, focused, go_to, press, press_button, run_the_test, shows, sized_window, strike, wait_for,
    wait_until, window,
};

const TABS: [&str; 4] = ["Credentials", "Policy setup", "Send E-Mail", "Report"];

#[test]
fn f1_helps_on_every_panel_and_escape_closes_the_help() {
    let mut harness = window(Options::default());
    let mut seen = BTreeSet::new();
    for tab in TABS {
        go_to(&mut harness, tab);
        strike(&mut harness, Key::F1);
        assert!(shows(&harness, &format!("Help: {tab}")), "{tab}");
        assert_eq!(focused(&harness), "Close");
        for part in ["What to do", "Words", "Keys", "1."] {
            assert!(shows(&harness, part), "{tab}: {part}");
        }
        assert!(seen.insert(all_text(&harness).lines().last().unwrap_or_default().len()) || seen.len() == 1);
        strike(&mut harness, Key::Escape);
        assert!(!shows(&harness, &format!("Help: {tab}")), "{tab}");
    }
    press_button(&mut harness, "Help");
    assert!(shows(&harness, "Help: Report"));
    strike(&mut harness, Key::F1);
    assert!(!shows(&harness, "Help: Report"), "F1 closes it, too");
}

#[test]
fn the_help_leaves_another_dialog_alone() {
    let mut harness = window(Options::default());
    press_button(&mut harness, "Paste GraphOptions…");
    strike(&mut harness, Key::F1);
    assert!(shows(&harness, "GraphOptions block") && !shows(&harness, "Help: Credentials"));
}

#[test]
fn words_explain_themselves_under_the_pointer() {
    let mut harness = demo_window("restricted-aap");
    let check = |harness: &mut Harness<'static, App>, label: &str, words: &str| {
        harness.get_all_by_role_and_label(Role::Label, label).next().unwrap().hover();
        for _ in 0..12 {
            harness.step();
        }
        // A tip is drawn; what a screen reader is told of the label is its description.
        let tips = texts_of(harness, Role::Label);
        assert!(tips.iter().any(|tip| tip.contains(words)), "{label}: {tips:?}");
    };
    check(&mut harness, "Tenant ID", "a GUID, or one of its domain names");
    check(&mut harness, "Client ID", "a GUID that is no secret");
    check(&mut harness, "Client Secret", "Whoever has it can do everything");
    check(&mut harness, "Cloud", "several times over");
    run_the_test(&mut harness);
    check(&mut harness, "Permitted senders", "must be able to send as");
    check(&mut harness, "Held by an application access policy", "The older fence (AAP)");
    check(&mut harness, "Blocked by policy", "named its policy as the reason");
    press(&mut harness, Role::DisclosureTriangle, "Details of ingrid.solberg@fjordlys.example");
    check(&mut harness, "Request ID", "Microsoft's support can find the call by it");
    check(&mut harness, "Test ID", "Stands in the subject and the text");
}

fn texts_of(harness: &Harness<'static, App>, role: Role) -> Vec<String> {
    let mut texts = Vec::new();
    walk(&harness.root(), &mut |node| {
        let known = node.accesskit_node();
        if known.role() == role {
            texts.extend(known.value().or(known.label()));
        }
    });
    texts
}

/// What *Ctrl+C* puts on the clipboard.
fn control_c(harness: &mut Harness<'static, App>) -> Option<String> {
    harness.event(Event::Copy);
    for _ in 0..3 {
        harness.step();
        let text = harness.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if text.is_some() {
            return text;
        }
    }
    None
}

fn rows<'a>(harness: &'a Harness<'static, App>, list: &'a str) -> Vec<Node<'a>> {
    let list = harness.get_by_role_and_label(Role::List, list);
    list.children().filter(|node| node.accesskit_node().role() == Role::ListItem).collect()
}

#[test]
fn control_c_copies_the_row_that_has_the_keyboard() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    assert_eq!(control_c(&mut harness), None, "no row has the keyboard");
    let place = rows(&harness, "Senders")[0].rect();
    harness.hover_at(place.right_top() + eframe::egui::vec2(-150.0, 14.0));
    harness.drag_at(place.right_top() + eframe::egui::vec2(-150.0, 14.0));
    harness.drop_at(place.right_top() + eframe::egui::vec2(-150.0, 14.0));
    harness.run_ok();
    let first = control_c(&mut harness).unwrap();
    let row = first.lines().last().unwrap();
    let cells: Vec<&str> = row.split('\t').collect();
    assert_eq!(cells.len(), 11, "{row}");
    assert!(cells[0].contains('@') && cells[1] == "Permitted" && cells[3] == "PASS", "{row}");
    assert!(first.starts_with("Demo tenant: "), "what leaves the demo says so");
    strike(&mut harness, Key::End);
    let last = control_c(&mut harness).unwrap();
    assert!(last.contains("\tForbidden\tBlocked by policy\tPASS\t"), "{last}");
    strike(&mut harness, Key::ArrowUp);
    assert_ne!(control_c(&mut harness).unwrap(), last);
    strike(&mut harness, Key::Enter);
    assert!(shows(&harness, "Who can do it"), "Enter opens the row");
}

#[test]
fn control_c_copies_a_row_of_the_log() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    press_button(&mut harness, "Show log");
    let place = rows(&harness, "Log")[1].rect().center();
    harness.hover_at(place);
    harness.drag_at(place);
    harness.drop_at(place);
    harness.run_ok();
    let copied = control_c(&mut harness).unwrap();
    let row = copied.lines().last().unwrap();
    assert_eq!(row.split('\t').count(), 7, "{row}");
    assert!(row.contains("graph.") || row.contains("entra."), "{row}");
}

/// As many rows as nobody has senders, in a window of the smallest size.
fn many_rows(count: usize) -> Harness<'static, App> {
    let mut harness =
        sized_window(Options { demo: Some("restricted-aap".to_owned()), ..Options::default() }, [800.0, 560.0]);
    wait_for(&mut harness, "Leave the demo");
    run_the_test(&mut harness);
    let run = harness.state_mut().state_mut().send_mail.run.as_mut().unwrap();
    let known = run.rows.clone();
    run.rows = (0..count)
        .map(|number| Row {
            address: format!("p{number:05}@many.example").parse().unwrap(),
            ..known[number % 4].clone()
        })
        .collect();
    harness.run_ok();
    harness
}

#[test]
fn of_ten_thousand_rows_only_those_in_view_are_drawn_and_all_can_be_reached() {
    let mut harness = many_rows(10_000);
    let list = harness.get_by_role_and_label(Role::List, "Senders").accesskit_node();
    assert_eq!(list.data().size_of_set(), Some(10_000));
    assert!(rows(&harness, "Senders").len() < 20, "{}", rows(&harness, "Senders").len());
    rows(&harness, "Senders")[0].focus();
    harness.run_ok();
    assert!(focused(&harness).starts_with("p00000@many.example, Expected: "), "{}", focused(&harness));
    for (key, address) in [
        (Key::ArrowDown, "p00001"),
        (Key::PageDown, "p00011"),
        (Key::End, "p09999"),
        (Key::ArrowUp, "p09998"),
        (Key::Home, "p00000"),
        (Key::End, "p09999"),
    ] {
        strike(&mut harness, key);
        harness.run_ok();
        assert!(focused(&harness).starts_with(address), "{key:?}: {}", focused(&harness));
    }
    let bottom = rows(&harness, "Senders").into_iter().last().unwrap();
    assert!(bottom.rect().bottom() <= 560.0 && bottom.rect().top() > 100.0, "{:?}", bottom.rect());
    assert_eq!(bottom.accesskit_node().data().position_in_set(), Some(9_999));
    assert!(rows(&harness, "Senders").len() < 20);
    assert!(control_c(&mut harness).unwrap().contains("p09999@many.example\t"));
}

/// Laying out thousands of addresses takes more memory than the whole window.
#[test]
fn a_list_too_long_to_be_read_is_folded_and_can_be_unfolded() {
    let mut harness = sized_window(Options { tab: Tab::SendMail, ..Options::default() }, [800.0, 560.0]);
    let lines = (0..5_000).map(|number| format!("p{number}@many.example\n")).collect::<String>();
    harness.state_mut().state_mut().send_mail.form.permitted = lines;
    harness.run_ok();
    assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Permitted senders").is_none());
    assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Forbidden senders").is_some());
    let recipient =
        |harness: &Harness<'static, App>| harness.get_by_role_and_label(Role::TextInput, "Recipient").rect().bottom();
    assert!(recipient(&harness) < 560.0);
    assert!(shows(&harness, "5,000 lines. Show them…"));
    press_button(&mut harness, "Permitted senders");
    assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Permitted senders").is_some());
    assert!(recipient(&harness) < 700.0, "what is long scrolls in itself: {}", recipient(&harness));
    press_button(&mut harness, "Fold the list: Permitted senders");
    assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Permitted senders").is_none());
    check_names(&harness, "a folded list");
}

#[test]
fn every_widget_has_a_role_and_a_name_on_every_panel() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    let first = harness.state().state().send_mail.form.permitted.lines().next().unwrap().to_owned();
    press(&mut harness, Role::DisclosureTriangle, &format!("Details of {first}"));
    press_button(&mut harness, "Show log");
    for tab in TABS {
        go_to(&mut harness, tab);
        check_names(&harness, tab);
    }
    strike(&mut harness, Key::F1);
    check_names(&harness, "help");
    strike(&mut harness, Key::Escape);
    go_to(&mut harness, "Credentials");
    harness.get_by_label("Advanced").click();
    harness.run_ok();
    press_button(&mut harness, "Paste GraphOptions…");
    check_names(&harness, "Credentials with a dialog");
}

/// Everything that can be pressed, typed into or moved to, and everything that holds rows.
fn check_names(harness: &Harness<'static, App>, place: &str) {
    let mut faults = Vec::new();
    let mut count = 0;
    walk(&harness.root(), &mut |node| {
        let known = node.accesskit_node();
        let data = known.data();
        let does = data.supports_action(eframe::egui::accesskit::Action::Click)
            || data.supports_action(eframe::egui::accesskit::Action::Focus);
        let holds = matches!(known.role(), Role::List | Role::ListItem | Role::Table | Role::Dialog);
        // Text that can be marked takes clicks, and its words are its value.
        let is_text = matches!(known.role(), Role::Label | Role::Status | Role::Heading | Role::Window);
        if (does || holds) && !is_text {
            count += 1;
            let name = known.label().unwrap_or_default();
            let role = known.role();
            if name.trim().is_empty() || matches!(role, Role::Unknown | Role::GenericContainer) {
                let texts: Vec<_> = node.children().filter_map(|child| child.accesskit_node().label()).collect();
                faults.push(format!("{role:?} '{name}' around {texts:?}"));
            }
        }
    });
    assert!(count > 4, "{place} has {count} widgets");
    assert!(faults.is_empty(), "{place}:\n{}", faults.join("\n"));
}

fn walk(node: &Node<'_>, look: &mut impl FnMut(&Node<'_>)) {
    look(node);
    for child in node.children() {
        walk(&child, look);
    }
}

#[test]
fn the_verdict_is_said_by_itself() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    let mut said = Vec::new();
    walk(&harness.root(), &mut |node| {
        let known = node.accesskit_node();
        if known.live() != eframe::egui::accesskit::Live::Off {
            said.extend(known.label());
        }
    });
    assert!(said.iter().any(|text| text.starts_with("PASS: ")), "{said:?}");
}

#[test]
fn what_is_typed_can_be_undone() {
    use crate::support::window::fill;
    let mut harness = window(Options { tab: Tab::SendMail, ..Options::default() });
    fill(&mut harness, Role::TextInput, "Recipient", "me@contoso.com");
    wait_until(&mut harness, "text", |harness| harness.state().state().send_mail.form.recipient == "me@contoso.com");
    for _ in 0..8 {
        harness.step();
    }
    harness.key_press_modifiers(eframe::egui::Modifiers::COMMAND, Key::Z);
    harness.run_ok();
    assert_eq!(harness.state().state().send_mail.form.recipient, "");
}

/// The real program where there is no desktop: it says why on stderr and in a file, and ends with 1.
#[test]
#[cfg(target_os = "linux")]
fn a_start_that_fails_says_why_and_leaves_a_log() {
    let folder = std::env::temp_dir().join(format!("exchange365-no-desktop-{}", std::process::id()));
    let ended = crate::support::bare(env!("CARGO_BIN_EXE_exchange365-tester"))
        .args(["--renderer", "cpu", "--data-dir", "none"])
        .env("HOME", &folder)
        .env("XDG_STATE_HOME", &folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("no desktop") && said.contains("exchange365-cli"), "{said}");
    let log = folder.join("exchange365-tester/window.log");
    assert!(said.contains(&log.display().to_string()), "{said}");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("no desktop") && log.contains(env!("CARGO_PKG_VERSION")) && log.contains("linux"), "{log}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// Where things stand before and after something came, in the smallest window.
#[test]
fn nothing_moves_when_a_result_comes() {
    let mut harness = sized_window(
        Options { demo: Some("throttled".to_owned()), tab: Tab::SendMail, ..Options::default() },
        [800.0, 560.0],
    );
    wait_for(&mut harness, "Leave the demo");
    press_button(&mut harness, "Run the test");
    press_button(&mut harness, "Send the test mails");
    wait_until(&mut harness, "rows", |harness| harness.query_by_role_and_label(Role::List, "Senders").is_some());
    let tops = |harness: &Harness<'static, App>| {
        rows(harness, "Senders").iter().map(|row| row.rect().top().to_string()).collect::<Vec<_>>()
    };
    let before = tops(&harness);
    wait_for(&mut harness, "Copy result");
    assert_eq!(before, tops(&harness), "rows of senders");

    go_to(&mut harness, "Credentials");
    let top = |harness: &Harness<'static, App>, label: &str| {
        harness.get_all_by_role_and_label(Role::Label, label).last().unwrap().rect().top().to_string()
    };
    let before = ["Input", "Network"].map(|label| top(&harness, label));
    press_button(&mut harness, "Test without Totalview");
    wait_for(&mut harness, "Token expires");
    assert_eq!(before, ["Input", "Network"].map(|label| top(&harness, label)), "lines of signing in");
}
