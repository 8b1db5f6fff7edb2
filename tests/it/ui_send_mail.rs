//! The Send E-Mail tab, driven as a person would, against the demo tenant over loopback.

use eframe::egui::{Key, Modifiers, ViewportEvent, ViewportId, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use exchange365::ui::{Options, state::Tab};

use crate::support::window::{
    all_text, copied, demo_window, fill, focused, go_to, press, press_button, run_the_test, shows, strike, verdict,
    wait_for, wait_until, window,
};

#[test]
fn scenarios_end_with_their_verdict_and_its_reason() {
    for (scenario, word, words) in [
        ("restricted-aap", "PASS: ", "Held by an application access policy"),
        ("open", "FAIL: ", "forbidden sender was accepted"),
        ("unlicensed-forbidden", "UNPROVEN: ", "Mailbox not usable"),
        ("no-consent", "FAIL: ", "Next step"),
        ("expired-secret", "UNPROVEN: ", "The client secret has expired"),
    ] {
        let mut harness = demo_window(scenario);
        run_the_test(&mut harness);
        assert!(verdict(&harness).starts_with(word), "{scenario}: {}", verdict(&harness));
        assert!(shows(&harness, words), "{scenario}: {}", all_text(&harness));
    }
}

#[test]
fn the_first_forbidden_test_asks_and_a_second_enter_sends_nothing() {
    let mut harness = demo_window("open");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Run the test");
    assert!(shows(&harness, "A forbidden sender may really send"));
    assert!(shows(&harness, "soren.kjaer@bryggen.example"));
    assert_eq!(focused(&harness), "Go back");
    strike(&mut harness, Key::Enter);
    assert!(!shows(&harness, "A forbidden sender may really send"));
    assert!(shows(&harness, "No test has been run"));
    assert!(harness.state().state().log.is_empty());
    press_button(&mut harness, "Run the test");
    strike(&mut harness, Key::Tab);
    assert_eq!(focused(&harness), "Send the test mails");
    strike(&mut harness, Key::Enter);
    wait_for(&mut harness, "Copy result");
    press_button(&mut harness, "Run the test");
    assert!(!shows(&harness, "A forbidden sender may really send"), "it asks once in a session");
}

#[test]
fn rows_say_what_was_seen_and_can_be_opened_and_copied() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    assert_eq!(harness.get_all_by_label("PASS").count(), 4);
    assert_eq!(harness.get_all_by_label("Blocked by policy").count(), 2);
    press(&mut harness, Role::DisclosureTriangle, "Details of ingrid.solberg@fjordlys.example");
    for words in ["ErrorAccessDenied", "RAOP", "Client request ID", "Who can do it"] {
        assert!(shows(&harness, words), "{words}");
    }
    let row = copied(&mut harness, "Copy");
    assert!(row.contains("ingrid.solberg@fjordlys.example") && row.contains("RAOP"), "{row}");
    let result = copied(&mut harness, "Copy result");
    assert!(
        result.starts_with("Demo tenant: ") && result.contains("\nPASS: ") && result.contains("Test ID: e365-"),
        "{result}"
    );
}

#[test]
fn accepted_mails_can_be_ticked_as_arrived() {
    let mut harness = demo_window("restricted-aap");
    run_the_test(&mut harness);
    let boxes: Vec<String> = harness
        .get_all_by_role(Role::CheckBox)
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| label.starts_with("Accepted by Exchange. Tick when the mail with e365-"))
        .collect();
    assert_eq!(boxes.len(), 2);
    press(&mut harness, Role::CheckBox, &boxes[0]);
    assert_eq!(harness.state().state().send_mail.arrived.len(), 1);
    press(&mut harness, Role::CheckBox, &boxes[0]);
    assert!(harness.state().state().send_mail.arrived.is_empty());
}

#[test]
fn a_run_can_be_cancelled() {
    let mut harness = demo_window("throttled");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Run the test");
    press_button(&mut harness, "Send the test mails");
    wait_for(&mut harness, "Sending…");
    strike(&mut harness, Key::Escape);
    wait_for(&mut harness, "Copy result");
    assert!(verdict(&harness).starts_with("CANCELLED: "), "{}", verdict(&harness));
    assert!(!harness.state().state().send_mail.is_running());
}

#[test]
fn one_sender_alone_gets_no_verdict_on_the_fence() {
    let mut harness = demo_window("restricted-aap");
    go_to(&mut harness, "Send E-Mail");
    fill(&mut harness, Role::TextInput, "Sender", "totalview@fjordlys.example");
    strike(&mut harness, Key::Enter);
    wait_for(&mut harness, "One sender tried");
    assert_eq!(verdict(&harness), "");
    assert!(shows(&harness, "Accepted by Exchange. Tick"));
    fill(&mut harness, Role::TextInput, "Sender", "ingrid.solberg@fjordlys.example");
    press(&mut harness, Role::RadioButton, "Forbidden");
    press_button(&mut harness, "Send one");
    assert!(shows(&harness, "A forbidden sender may really send"));
    press_button(&mut harness, "Send the test mails");
    wait_for(&mut harness, "Blocked by policy");
}

#[test]
fn mistakes_are_shown_at_their_box_and_nothing_is_sent() {
    let mut harness = window(Options { tab: Tab::SendMail, ..Options::default() });
    let description = |harness: &egui_kittest::Harness<'static, exchange365::ui::App>, role, label| {
        harness.get_by_role_and_label(role, label).accesskit_node().description().unwrap_or_default()
    };
    press_button(&mut harness, "Run the test");
    assert_eq!(description(&harness, Role::TextInput, "Recipient"), "Nothing was entered");
    assert!(shows(&harness, "Correct the marked boxes first"));
    fill(&mut harness, Role::MultilineTextInput, "Permitted senders", "a@contoso.com\nnobody");
    assert!(description(&harness, Role::MultilineTextInput, "Permitted senders").contains("'nobody'"));
    fill(&mut harness, Role::MultilineTextInput, "Permitted senders", "a@contoso.com");
    fill(&mut harness, Role::MultilineTextInput, "Forbidden senders", "A@contoso.com");
    fill(&mut harness, Role::TextInput, "Recipient", "me@contoso.com");
    press_button(&mut harness, "Run the test");
    let both = description(&harness, Role::MultilineTextInput, "Forbidden senders");
    assert!(both.contains("permitted and as forbidden"), "{both}");
    fill(&mut harness, Role::TextInput, "Sender", "nobody");
    press_button(&mut harness, "Send one");
    assert!(description(&harness, Role::TextInput, "Sender").contains("'nobody'"));
    assert!(harness.state().state().send_mail.run.is_none());
    assert!(harness.state().state().log.is_empty());
}

#[test]
fn the_log_holds_every_call_with_its_ids_and_no_secret() {
    let mut harness = demo_window("restricted-aap");
    let secret = harness.state().state().credentials.form.client_secret.to_string();
    assert!(secret.len() > 8);
    run_the_test(&mut harness);
    press_button(&mut harness, "Show log");
    for words in ["entra.acquire_token", "graph.send_mail", "202", "403", "client-request-id="] {
        assert!(shows(&harness, words), "{words}");
    }
    assert!(!shows(&harness, &secret));
    let log = copied(&mut harness, "Copy log");
    assert_eq!(log.matches("graph.send_mail").count(), 4, "{log}");
    assert!(!log.contains(&secret) && !log.contains("eyJ"), "{log}");
    press_button(&mut harness, "Clear log");
    assert!(shows(&harness, "0 calls"));
}

#[test]
fn rows_do_not_move_when_answers_come() {
    let mut harness = demo_window("throttled");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Run the test");
    press_button(&mut harness, "Send the test mails");
    wait_until(&mut harness, "rows", |harness| harness.query_by_label("rektor@elvebakken.example").is_some());
    let top = |harness: &egui_kittest::Harness<'static, exchange365::ui::App>| {
        harness.get_by_label("rektor@elvebakken.example").rect().top()
    };
    let before = top(&harness);
    wait_for(&mut harness, "Copy result");
    let moved = (top(&harness) - before).abs();
    assert!(moved < 1.0, "moved by {moved}");
}

#[test]
fn control_enter_in_a_list_runs_the_test() {
    let mut harness = demo_window("restricted-aap");
    go_to(&mut harness, "Send E-Mail");
    harness.get_by_role_and_label(Role::MultilineTextInput, "Permitted senders").focus();
    harness.run_ok();
    let before = harness.state().state().send_mail.form.clone();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_ok();
    assert!(harness.state().state().send_mail.form == before);
    assert!(shows(&harness, "A forbidden sender may really send"));
}

#[test]
fn closing_while_mails_are_sent_asks_first() {
    let mut harness = demo_window("throttled");
    go_to(&mut harness, "Send E-Mail");
    press_button(&mut harness, "Run the test");
    press_button(&mut harness, "Send the test mails");
    wait_for(&mut harness, "Sending…");
    harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
    wait_for(&mut harness, "Mails are being sent");
    assert_eq!(focused(&harness), "Keep running");
    strike(&mut harness, Key::Enter);
    assert!(!shows(&harness, "Mails are being sent"));
    wait_for(&mut harness, "Copy result");
    assert!(verdict(&harness).starts_with("PASS: "));
}
