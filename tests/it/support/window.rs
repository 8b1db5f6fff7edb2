//! The window without a display: build it, find things by their accessible name, wait for what takes time.

use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, Modifiers, OutputCommand, accesskit::Role};
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _},
};
use exchange365::ui::{App, Options};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A window that is tall enough to show everything without scrolling.
pub(crate) fn window(options: Options) -> Harness<'static, App> {
    sized_window(options, [1100.0, 1500.0])
}

/// A window of this size.
pub(crate) fn sized_window(options: Options, size: [f32; 2]) -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(20)
        .build_eframe(|cc| App::new(&cc.egui_ctx, options).unwrap());
    harness.run_ok();
    harness
}

/// A window on a running demo scenario, started from its own command line option.
pub(crate) fn demo_window(scenario: &str) -> Harness<'static, App> {
    let mut harness = window(Options { demo: Some(scenario.to_owned()), ..Options::default() });
    wait_for(&mut harness, "Leave the demo");
    harness
}

/// Draws until `condition` holds.
pub(crate) fn wait_until(
    harness: &mut Harness<'static, App>,
    what: &str,
    condition: impl Fn(&Harness<'static, App>) -> bool,
) {
    #[expect(clippy::disallowed_methods, reason = "the test waits in real time for a real server")]
    let start = Instant::now();
    while !condition(harness) {
        assert!(start.elapsed() < PATIENCE, "{what} did not come; the window shows:\n{}", all_text(harness));
        std::thread::sleep(Duration::from_millis(5));
        harness.run_ok();
    }
}

/// Draws until something with this name is there.
pub(crate) fn wait_for(harness: &mut Harness<'static, App>, label: &str) {
    wait_until(harness, label, |harness| shows(harness, label));
}

/// Whether the words stand anywhere in the window.
pub(crate) fn shows(harness: &Harness<'static, App>, words: &str) -> bool {
    all_text(harness).contains(words)
}

/// Everything a screen reader could read, values included.
pub(crate) fn all_text(harness: &Harness<'static, App>) -> String {
    let mut lines = Vec::new();
    collect(&harness.root(), &mut lines);
    lines.join("\n")
}

fn collect(node: &Node<'_>, lines: &mut Vec<String>) {
    let known = node.accesskit_node();
    let texts = [known.label(), known.value(), known.description(), known.placeholder().map(str::to_owned)];
    lines.extend(texts.into_iter().flatten().filter(|text| !text.is_empty()));
    for child in node.children() {
        collect(&child, lines);
    }
}

/// Presses a button, a tab, a tick box.
pub(crate) fn press(harness: &mut Harness<'static, App>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_ok();
}

/// Presses a button.
pub(crate) fn press_button(harness: &mut Harness<'static, App>, label: &str) {
    press(harness, Role::Button, label);
}

/// Goes to a tab.
pub(crate) fn go_to(harness: &mut Harness<'static, App>, tab: &str) {
    press(harness, Role::Tab, tab);
}

/// Types into a box in place of what stands there.
pub(crate) fn fill(harness: &mut Harness<'static, App>, role: Role, label: &str, text: &str) {
    harness.get_by_role_and_label(role, label).focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_ok();
    let typed = if text.is_empty() { key(Key::Delete) } else { Event::Text(text.to_owned()) };
    harness.event(typed);
    harness.run_ok();
}

/// What stands in a box.
pub(crate) fn value_of(harness: &Harness<'static, App>, role: Role, label: &str) -> String {
    harness.get_by_role_and_label(role, label).accesskit_node().value().unwrap_or_default()
}

fn key(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}

/// Presses a key, wherever the keyboard is.
pub(crate) fn strike(harness: &mut Harness<'static, App>, key: Key) {
    harness.key_press(key);
    harness.run_ok();
}

/// The name of what has the keyboard.
pub(crate) fn focused(harness: &Harness<'static, App>) -> String {
    fn find(node: &Node<'_>) -> Option<String> {
        if node.accesskit_node().is_focused() && node.accesskit_node().label().is_some() {
            return node.accesskit_node().label();
        }
        node.children().find_map(|child| find(&child))
    }
    find(&harness.root()).unwrap_or_default()
}

/// Presses a button and gives back what it put on the clipboard.
pub(crate) fn copied(harness: &mut Harness<'static, App>, label: &str) -> String {
    harness.get_by_role_and_label(Role::Button, label).click();
    for _ in 0..4 {
        harness.step();
        let text = harness.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = text {
            return text;
        }
    }
    panic!("{label} copied nothing");
}

/// Confirms the warning and waits for the verdict.
pub(crate) fn run_the_test(harness: &mut Harness<'static, App>) {
    go_to(harness, "Send E-Mail");
    press_button(harness, "Run the test");
    if harness.query_by_role_and_label(Role::Button, "Send the test mails").is_some() {
        press_button(harness, "Send the test mails");
    }
    wait_for(harness, "Copy result");
}

/// The word on the verdict card, with its summary.
pub(crate) fn verdict(harness: &Harness<'static, App>) -> String {
    let words = ["PASS: ", "FAIL: ", "UNPROVEN: ", "CANCELLED: "];
    let text = all_text(harness);
    let line = text.lines().find(|line| words.iter().any(|word| line.starts_with(word)));
    line.unwrap_or_default().to_owned()
}
