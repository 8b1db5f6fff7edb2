//! What the window keeps between two starts: boxes, theme, size, customers; and where secrets stand.

use std::{fs, path::Path};

use eframe::egui::{ThemePreference, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use exchange365::ui::{App, Options, Records, Secrets, state::KeyStore, window::Screen as _};
use serde_json::Value;

use crate::support::{
    Folder,
    window::{fill, go_to, press, press_button, shows, value_of, wait_for, wait_until, window},
};

const TENANT: &str = "contoso.onmicrosoft.com";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const CANARY: &str = "cnry~Q8Qsettings-never-on-disk.0Zz";

fn open(folder: &Path, options: Options) -> Harness<'static, App> {
    window(Options { records: Records::Below(folder.to_owned()), ..options })
}

fn close(mut harness: Harness<'static, App>) {
    harness.state_mut().closed();
}

fn type_all(harness: &mut Harness<'static, App>) {
    fill(harness, Role::TextInput, "Tenant ID", TENANT);
    fill(harness, Role::TextInput, "Client ID", CLIENT);
    fill(harness, Role::PasswordInput, "Client Secret", CANARY);
    go_to(harness, "Send E-Mail");
    fill(harness, Role::MultilineTextInput, "Permitted senders", "noreply@contoso.com");
    fill(harness, Role::MultilineTextInput, "Forbidden senders", "ceo@contoso.com");
    fill(harness, Role::TextInput, "Recipient", "it@contoso.com");
    go_to(harness, "Credentials");
}

fn saved(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("settings.json")).unwrap()).unwrap()
}

/// Every byte below the folder.
fn everything(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&everything(&path));
        } else {
            all.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    all
}

#[test]
fn the_next_start_finds_the_boxes_the_theme_and_the_renderer_but_no_secret() {
    let folder = Folder::new();
    let renderer = "--renderer=cpu";
    let Ok(exchange365::ui::Arguments::Open(options)) = exchange365::ui::Arguments::parse([renderer.into()]) else {
        panic!("{renderer}")
    };
    let mut harness = open(folder.path(), Options { theme: Some(ThemePreference::Dark), ..options });
    type_all(&mut harness);
    close(harness);
    assert_eq!(saved(folder.path())["renderer"], "cpu");
    assert!(!everything(folder.path()).contains(CANARY));

    let mut harness = open(folder.path(), Options::default());
    assert_eq!(value_of(&harness, Role::TextInput, "Tenant ID"), TENANT);
    assert_eq!(value_of(&harness, Role::TextInput, "Client ID"), CLIENT);
    assert_eq!(value_of(&harness, Role::PasswordInput, "Client Secret"), "");
    go_to(&mut harness, "Send E-Mail");
    assert_eq!(value_of(&harness, Role::MultilineTextInput, "Forbidden senders"), "ceo@contoso.com");
    assert_eq!(value_of(&harness, Role::TextInput, "Recipient"), "it@contoso.com");
    let theme = harness.ctx.options(|options| options.theme_preference);
    assert_eq!(theme, ThemePreference::Dark);
    close(harness);
    assert_eq!(saved(folder.path())["renderer"], "cpu", "a choice that nobody takes back stays");
}

#[test]
fn the_size_and_the_zoom_come_back() {
    let folder = Folder::new();
    let mut harness = open(folder.path(), Options::default());
    harness.ctx.set_zoom_factor(1.25);
    harness.set_size([900.0, 640.0].into());
    harness.run_ok();
    close(harness);
    let window = saved(folder.path())["window"].clone();
    assert!((window["zoom"].as_f64().unwrap() - 1.25).abs() < 0.01, "{window}");
    assert!(window["width"].as_f64().unwrap() > 600.0, "{window}");
    let harness = open(folder.path(), Options::default());
    assert!((harness.ctx.zoom_factor() - 1.25).abs() < 0.01);
}

#[test]
fn what_the_demo_has_filled_in_is_not_kept() {
    let folder = Folder::new();
    let mut harness = open(folder.path(), Options::default());
    type_all(&mut harness);
    close(harness);
    let mut harness = open(folder.path(), Options { demo: Some("open".to_owned()), ..Options::default() });
    wait_for(&mut harness, "Leave the demo");
    assert_ne!(value_of(&harness, Role::TextInput, "Tenant ID"), TENANT);
    assert!(shows(&harness, "Leave the demo first"));
    close(harness);
    assert_eq!(saved(folder.path())["last"]["tenant_id"], TENANT);
}

#[test]
fn a_customer_is_kept_chosen_and_forgotten() {
    let folder = Folder::new();
    let mut harness = open(folder.path(), Options { secrets: Secrets::InMemory, ..Options::default() });
    type_all(&mut harness);
    press_button(&mut harness, "Save customer…");
    wait_until(&mut harness, "key store", |harness| harness.state().state().profiles.key_store == KeyStore::Ready);
    fill(&mut harness, Role::TextInput, "Name", "Føroya <Banki>");
    press(&mut harness, Role::CheckBox, "Keep the Client Secret in the key store of this computer");
    press_button(&mut harness, "Save");
    wait_for(&mut harness, "Føroya <Banki> is kept");
    harness.get_by_role_and_label(Role::ComboBox, "Customer").click();
    harness.run_ok();
    press_button(&mut harness, "None");
    assert_eq!(value_of(&harness, Role::TextInput, "Tenant ID"), "");
    assert_eq!(value_of(&harness, Role::PasswordInput, "Client Secret"), "");
    harness.get_by_role_and_label(Role::ComboBox, "Customer").click();
    harness.run_ok();
    press_button(&mut harness, "Føroya <Banki>");
    let filled =
        |harness: &Harness<'static, App>| harness.state().state().credentials.form.client_secret.as_str() == CANARY;
    wait_until(&mut harness, "the secret", filled);
    assert_eq!(value_of(&harness, Role::TextInput, "Tenant ID"), TENANT);
    assert_eq!(harness.state().state().send_mail.form.forbidden, "ceo@contoso.com");
    assert!(!everything(folder.path()).contains(CANARY));

    press_button(&mut harness, "Forget…");
    press_button(&mut harness, "Forget the customer");
    wait_for(&mut harness, "Føroya <Banki> is forgotten");
    close(harness);
    assert_eq!(saved(folder.path())["profiles"], serde_json::json!([]));
}

#[test]
fn without_a_key_store_the_secret_cannot_be_kept_and_that_is_said() {
    let folder = Folder::new();
    let mut harness = open(folder.path(), Options::default());
    type_all(&mut harness);
    press_button(&mut harness, "Save customer…");
    wait_for(&mut harness, "The secret cannot be kept: this system has no key store");
    fill(&mut harness, Role::TextInput, "Name", "Contoso");
    press_button(&mut harness, "Save");
    wait_for(&mut harness, "Contoso is kept");
    close(harness);
    assert_eq!(saved(folder.path())["profiles"][0]["secret_in_vault"], false);
    assert!(!everything(folder.path()).contains(CANARY));
    let harness = open(folder.path(), Options::default());
    assert_eq!(harness.state().state().profiles.chosen.as_deref(), Some("Contoso"));
}

#[test]
fn a_broken_file_is_set_aside_and_that_is_said() {
    let folder = Folder::new();
    fs::write(folder.path().join("settings.json"), "{ half of").unwrap();
    let harness = open(folder.path(), Options::default());
    assert!(shows(&harness, "The settings could not be read"));
    close(harness);
    assert!(everything(folder.path()).contains("{ half of"), "nothing is lost");
}
