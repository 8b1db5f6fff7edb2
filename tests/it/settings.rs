//! Settings: what is kept comes back, what cannot be read is kept aside, and nothing is a secret.

use std::{fs, path::Path};

use exchange365::{
    base::{ClientId, Secret, TenantId, Timestamp},
    settings::{
        CloudName, Error, Notice, Places, Profile, Proxy, Settings, Store, Theme, Vault, VaultError, VaultKey, Window,
    },
};
use proptest::prelude::*;

use crate::support::Folder;

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn settings() -> Settings {
    let profile = Profile {
        name: "Føroya Banki <b>".to_owned(),
        tenant_id: Some(TenantId::parse("contoso.onmicrosoft.com").unwrap().value),
        client_id: Some(ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value),
        cloud: CloudName::parse("us-gov"),
        proxy: Proxy::parse("proxy.contoso.com:8080").unwrap(),
        permitted: vec!["noreply@contoso.com".parse().unwrap()],
        forbidden: vec!["ceo@contoso.com".parse().unwrap(), "jón@føroyar.fo".parse().unwrap()],
        recipient: Some("admin@contoso.com".parse().unwrap()),
        secret_in_vault: true,
    };
    Settings {
        window: Window { size: Some((1024.0, 768.5)), position: Some((-8, 40)), maximised: true, zoom: Some(1.25) },
        theme: Theme::Dark,
        renderer: "cpu".to_owned(),
        last: Profile { name: String::new(), secret_in_vault: false, ..profile.clone() },
        profiles: vec![profile],
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_kept_comes_back() {
    let folder = Folder::new();
    let below = folder.path().join("not/yet/there");
    let (store, fresh, notice) = Store::open(&below, now());
    assert_eq!((fresh, notice), (Settings::default(), None));
    store.save(&settings()).unwrap();
    store.save(&settings()).unwrap();
    let (_, read, notice) = Store::open(&below, now());
    assert_eq!((read, notice), (settings(), None));
    assert_eq!(names(&below), ["settings.json", "settings.lock"], "nothing half-written is left");
}

#[test]
#[cfg(unix)]
fn nobody_else_may_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let (store, ..) = Store::open(folder.path(), now());
    store.save(&settings()).unwrap();
    assert_eq!(fs::metadata(store.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn broken_and_newer_files_are_set_aside_and_never_overwritten() {
    for (content, name) in [
        ("", "settings.json.broken-20261123T080000Z"),
        ("{\"schema\":", "settings.json.broken-20261123T080000Z"),
        ("{}", "settings.json.broken-20261123T080000Z"),
        ("{\"schema\":\"exchange365/settings/1\",\"profiles\":7}", "settings.json.broken-20261123T080000Z"),
        ("{\"schema\":\"something else\"}", "settings.json.broken-20261123T080000Z"),
        ("{\"schema\":\"exchange365/settings/2\",\"new\":[]}", "settings.json.newer-20261123T080000Z"),
    ] {
        let folder = Folder::new();
        let path = folder.path().join("settings.json");
        fs::write(&path, content).unwrap();
        let (store, read, notice) = Store::open(folder.path(), now());
        assert_eq!(read, Settings::default());
        let kept = folder.path().join(name);
        match notice.clone().unwrap() {
            Notice::SetAside { kept_as } | Notice::NewerSetAside { kept_as } => assert_eq!(kept_as, kept, "{content}"),
            Notice::NotReadable { .. } => panic!("{content}"),
        }
        assert!(notice.unwrap().words().contains(name));
        store.save(&settings()).unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), content);
        // A second one in the same second gets another name.
        fs::write(&path, "again").unwrap();
        drop(Store::open(folder.path(), now()));
        let again = folder.path().join("settings.json.broken-20261123T080000Z");
        let again = if again == kept { folder.path().join("settings.json.broken-20261123T080000Z-1") } else { again };
        assert_eq!(fs::read_to_string(again).unwrap(), "again");
    }
}

#[test]
fn a_file_that_can_be_neither_read_nor_moved_is_left_alone() {
    let folder = Folder::new();
    // A folder of that name cannot be read as a file.
    fs::create_dir(folder.path().join("settings.json")).unwrap();
    let (store, read, notice) = Store::open(folder.path(), now());
    assert_eq!(read, Settings::default());
    assert!(matches!(notice, Some(Notice::NotReadable { .. })));
    assert!(matches!(store.save(&settings()), Err(Error::InTheWay)));
    assert!(folder.path().join("settings.json").is_dir());
}

#[test]
fn what_somebody_has_edited_wrongly_is_left_out_alone() {
    let folder = Folder::new();
    let text = r#"{ "schema": "exchange365/settings/1", "theme": "pink", "later": {"x": 1},
        "window": {"width": 1e9, "height": 5, "zoom": 100},
        "last": {"tenant_id": "not a tenant", "client_id": "nor this", "permitted": ["a@b.example", "nobody"], "proxy": "u:p@h"} }"#;
    fs::write(folder.path().join("settings.json"), format!("\u{feff}{text}")).unwrap();
    let (_, read, notice) = Store::open(folder.path(), now());
    assert_eq!(notice, None);
    assert_eq!(read.window, Window::default());
    assert_eq!(read.last.permitted.len(), 1);
    assert_eq!(read.last, Profile { permitted: vec!["a@b.example".parse().unwrap()], ..Profile::default() });
}

#[test]
fn secrets_are_kept_in_the_vault_alone() {
    let vault = Vault::memory();
    let tenant = TenantId::parse("contoso.com").unwrap().value;
    let client = ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value;
    let key = VaultKey::new(&tenant, client);
    let other = VaultKey::new(&TenantId::parse("fabrikam.com").unwrap().value, client);
    vault.check().unwrap();
    assert_eq!(vault.fetch(&key).unwrap(), None);
    vault.keep(&key, &Secret::new("canary~1".to_owned())).unwrap();
    vault.keep(&key, &Secret::new("canary~2".to_owned())).unwrap();
    assert_eq!(vault.fetch(&key).unwrap().unwrap().expose(), "canary~2");
    assert_eq!(vault.fetch(&other).unwrap(), None);
    assert!(!format!("{vault:?}").contains("canary"));
    vault.forget(&key).unwrap();
    vault.forget(&key).unwrap();
    assert_eq!(vault.fetch(&key).unwrap(), None);
}

#[test]
fn a_system_without_a_key_store_says_so() {
    let key = VaultKey::new(
        &TenantId::parse("contoso.com").unwrap().value,
        ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
    );
    let vault = Vault::nowhere();
    for err in [
        vault.check().unwrap_err(),
        vault.keep(&key, &Secret::new("canary".to_owned())).unwrap_err(),
        vault.fetch(&key).unwrap_err(),
    ] {
        assert!(matches!(err, VaultError::NoStore(_)));
        assert!(err.to_string().contains("enter it each time") && !err.to_string().contains("canary"));
    }
}

#[test]
fn the_places_are_the_program_s_own() {
    if let Some(places) = Places::of_system() {
        for folder in [&places.settings, &places.records] {
            assert!(folder.is_absolute() && folder.to_string_lossy().contains("exchange365"), "{}", folder.display());
        }
    }
    assert_eq!(Places::below(Path::new("x")).records, Path::new("x").join("records"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_are_ever_lost(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = Folder::new();
        fs::write(folder.path().join("settings.json"), &bytes).unwrap();
        let (store, _, notice) = Store::open(folder.path(), now());
        store.save(&Settings::default()).unwrap();
        prop_assert!(notice.is_some());
        prop_assert_eq!(fs::read(folder.path().join("settings.json.broken-20261123T080000Z")).unwrap(), bytes);
    }
}
