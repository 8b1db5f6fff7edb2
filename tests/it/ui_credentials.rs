//! The Credentials tab, driven as a person would: by labels, without a display.

use std::net::{Ipv4Addr, SocketAddr};

use eframe::egui::{DroppedFile, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use exchange365::{
    base::Wake,
    engine::{DemoTenant, Event, Handle},
    ui::{Options, state::Tab},
};

use crate::support::window::{
    all_text, copied, demo_window, fill, focused, press, press_button, shows, sized_window, strike, wait_for,
    wait_until, window,
};

const STAGES: [&str; 7] = ["Input", "Network", "Tenant", "App registration", "Client secret", "Token", "Permissions"];

/// A demo tenant of another program: this window knows nothing of it but addresses and credentials.
fn foreign_tenant(scenario: &str) -> (Handle, DemoTenant) {
    let mut engine = Handle::start(exchange365::engine::Options::default(), Wake::none()).unwrap();
    engine.start_demo(scenario, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    loop {
        if let Event::DemoReady(_, tenant) = engine.wait().unwrap() {
            return (engine, *tenant);
        }
    }
}

#[test]
fn the_demo_is_offered_named_and_left_again() {
    let mut harness = window(Options::default());
    fill(&mut harness, Role::TextInput, "Tenant ID", "contoso.onmicrosoft.com");
    press(&mut harness, Role::ComboBox, "Scenario");
    harness.get_by_role_and_label(Role::Button, "No fence at all").click();
    harness.run_ok();
    press_button(&mut harness, "Try the demo tenant");
    wait_for(&mut harness, "Leave the demo");
    assert!(shows(&harness, "Demo tenant ready: No fence at all"));
    let tenant = harness.get_by_role_and_label(Role::TextInput, "Tenant ID").accesskit_node().value().unwrap();
    assert_eq!(tenant.len(), 36, "{tenant}");
    press_button(&mut harness, "Leave the demo");
    assert!(!shows(&harness, "Leave the demo"));
    let tenant = harness.get_by_role_and_label(Role::TextInput, "Tenant ID").accesskit_node().value();
    assert_eq!(tenant.as_deref(), Some("contoso.onmicrosoft.com"));
}

#[test]
fn a_sign_in_shows_seven_rows_and_what_the_token_says() {
    let mut harness = demo_window("restricted-aap");
    press_button(&mut harness, "Test without Totalview");
    wait_for(&mut harness, "The app registration can sign in");
    assert_eq!(harness.get_all_by_label("OK").count(), 7);
    for stage in STAGES {
        assert!(shows(&harness, stage), "{stage}");
    }
    for words in ["Totalview mail", "Mail.Send", "Token expires"] {
        assert!(shows(&harness, words), "{words}");
    }
    press_button(&mut harness, "Go to Send E-Mail");
    assert!(shows(&harness, "Permitted senders"));
}

#[test]
fn typed_credentials_sign_in_and_leftovers_of_pasting_are_said() {
    let (_engine, tenant) = foreign_tenant("restricted-rbac");
    let mut harness = window(Options::default());
    fill(&mut harness, Role::TextInput, "Tenant ID", &format!("  {}", tenant.tenant_id));
    fill(&mut harness, Role::TextInput, "Client ID", &tenant.client_id);
    fill(&mut harness, Role::PasswordInput, "Client Secret", tenant.client_secret.expose());
    harness.get_by_label("Advanced").click();
    harness.run_ok();
    fill(&mut harness, Role::TextInput, "Login address", &tenant.base_url);
    fill(&mut harness, Role::TextInput, "Graph address", &tenant.base_url);
    strike(&mut harness, Key::Enter);
    wait_for(&mut harness, "The app registration can sign in");
    assert!(shows(&harness, "2 spaces removed from Tenant ID"));
    assert!(!shows(&harness, tenant.client_secret.expose()));
    fill(&mut harness, Role::TextInput, "Client ID", "11111111-2222-3333-4444-555555555555");
    assert!(shows(&harness, "values that have been changed"));
}

#[test]
fn a_failed_row_says_why_and_who_can_help() {
    let mut harness = demo_window("expired-secret");
    press_button(&mut harness, "Test without Totalview");
    wait_for(&mut harness, "The app registration cannot sign in");
    for words in ["The client secret has expired", "What to do", "Who can do it", "Not checked"] {
        assert!(shows(&harness, words), "{words}");
    }
    harness.get_by_label("Evidence for a support case").click();
    harness.run_ok();
    assert!(shows(&harness, "7000222"));
    let text = copied(&mut harness, "Copy problem");
    for words in ["7000222", "Trace ID", "Correlation ID", "1. "] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn mistakes_are_shown_at_their_box() {
    let mut harness = window(Options::default());
    let description = |harness: &egui_kittest::Harness<'static, exchange365::ui::App>, role, label| {
        harness.get_by_role_and_label(role, label).accesskit_node().description().unwrap_or_default()
    };
    fill(&mut harness, Role::TextInput, "Client ID", "totalview");
    assert!(description(&harness, Role::TextInput, "Client ID").contains("is not a GUID"));
    fill(&mut harness, Role::PasswordInput, "Client Secret", "11111111-2222-3333-4444-555555555555");
    assert!(description(&harness, Role::PasswordInput, "Client Secret").contains("secret ID"));
    assert_eq!(description(&harness, Role::TextInput, "Tenant ID"), "");
    press_button(&mut harness, "Test without Totalview");
    wait_for(&mut harness, "Nothing was tested yet");
    assert_eq!(description(&harness, Role::TextInput, "Tenant ID"), "Nothing was entered");
    assert!(harness.state().state().log.is_empty(), "nothing may be called with such values");
}

#[test]
fn the_secret_is_seen_only_when_it_is_revealed() {
    let secret = "canary~8Q~not-a-secret";
    let mut harness = window(Options::default());
    fill(&mut harness, Role::PasswordInput, "Client Secret", secret);
    assert!(!all_text(&harness).contains("canary"));
    press_button(&mut harness, "Reveal Client Secret");
    assert!(all_text(&harness).contains(secret));
    press_button(&mut harness, "Hide Client Secret");
    assert!(!all_text(&harness).contains("canary"));
}

#[test]
fn a_pasted_graph_options_block_fills_the_boxes() {
    let mut harness = window(Options::default());
    press_button(&mut harness, "Paste GraphOptions…");
    assert_eq!(focused(&harness), "GraphOptions block");
    fill(&mut harness, Role::MultilineTextInput, "GraphOptions block", "nothing of the kind");
    press_button(&mut harness, "Fill in the boxes");
    wait_until(&mut harness, "a problem", |harness| harness.state().state().import_problem.is_some());
    let block = r#"{ "GraphOptions": { "SenderEmailAddress": "totalview@contoso.com", "TenantId": "contoso.com",
        "ClientId": "11111111-2222-3333-4444-555555555555", "ClientSecret": "canary~8Q~1", } }"#;
    fill(&mut harness, Role::MultilineTextInput, "GraphOptions block", block);
    press_button(&mut harness, "Fill in the boxes");
    wait_for(&mut harness, "GraphOptions read");
    assert!(harness.query_by_label("GraphOptions block").is_none());
    let tenant = harness.get_by_role_and_label(Role::TextInput, "Tenant ID").accesskit_node().value();
    assert_eq!(tenant.as_deref(), Some("contoso.com"));
    assert!(!all_text(&harness).contains("canary"));
    assert_eq!(harness.state().state().send_mail.form.permitted, "totalview@contoso.com");
}

#[test]
fn escape_closes_a_dialog_and_forgets_what_was_pasted() {
    let mut harness = window(Options::default());
    press_button(&mut harness, "Paste GraphOptions…");
    fill(&mut harness, Role::MultilineTextInput, "GraphOptions block", "canary");
    strike(&mut harness, Key::Escape);
    assert!(harness.query_by_label("GraphOptions block").is_none());
    press_button(&mut harness, "Paste GraphOptions…");
    assert!(!all_text(&harness).contains("canary"));
}

#[test]
fn the_keyboard_alone_is_enough() {
    let mut harness = demo_window("restricted-aap");
    harness.get_by_role_and_label(Role::TextInput, "Tenant ID").focus();
    harness.run_ok();
    let mut seen = vec![focused(&harness)];
    for _ in 0..6 {
        strike(&mut harness, Key::Tab);
        seen.push(focused(&harness));
    }
    let expected =
        ["Tenant ID", "Client ID", "Client Secret", "Reveal Client Secret", "Cloud", "Advanced", "Paste GraphOptions…"];
    assert_eq!(seen, expected);
    harness.get_by_role_and_label(Role::TextInput, "Client ID").focus();
    harness.run_ok();
    strike(&mut harness, Key::Enter);
    wait_for(&mut harness, "The app registration can sign in");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run_ok();
    assert!(shows(&harness, "Run the test"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    harness.run_ok();
    assert!(shows(&harness, "Test without Totalview"));
}

#[test]
fn small_and_zoomed_windows_show_every_box() {
    for (size, zoom) in [([800.0, 560.0], 1.0), ([1100.0, 760.0], 2.0)] {
        let mut harness = sized_window(Options::default(), size);
        harness.ctx.set_zoom_factor(zoom);
        harness.run_ok();
        let window = harness.ctx.content_rect();
        for label in ["Tenant ID", "Client ID"] {
            let rect = harness.get_by_role_and_label(Role::TextInput, label).rect();
            assert!(rect.left() >= window.left() && rect.right() <= window.right(), "{label}: {rect:?} in {window:?}");
        }
        harness.get_by_role_and_label(Role::Button, "Test without Totalview").scroll_to_me();
        harness.run_ok();
        press_button(&mut harness, "Test without Totalview");
        wait_for(&mut harness, "Nothing was tested yet");
    }
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window leaves reading to the engine".to_owned())
    }
}

#[test]
fn a_dropped_settings_file_fills_the_boxes() {
    let folder = std::env::temp_dir().join(format!("exchange365-drop-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("appsettings.json");
    let text = r#"{ "MailOptions": { "GraphOptions": { "SenderEmailAddress": "totalview@contoso.com",
        "TenantId": "contoso.com", "ClientId": "11111111-2222-3333-4444-555555555555", "ClientSecret": "canary~8Q~1" } } }"#;
    std::fs::write(&path, text).unwrap();
    let mut harness = window(Options { tab: Tab::SendMail, ..Options::default() });
    harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path)));
    wait_for(&mut harness, "GraphOptions read");
    let tenant = harness.get_by_role_and_label(Role::TextInput, "Tenant ID").accesskit_node().value();
    assert_eq!(tenant.as_deref(), Some("contoso.com"));
    assert!(!all_text(&harness).contains("canary"));
    harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(folder.join("missing.json"))));
    wait_until(&mut harness, "a problem", |harness| harness.state().state().import_problem.is_some());
    assert!(shows(&harness, "GraphOptions"));
    std::fs::remove_dir_all(&folder).unwrap();
}
