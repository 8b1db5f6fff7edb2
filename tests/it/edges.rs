//! What comes in and goes out at the program's edges: text of others on a terminal, files beside other people's files,
//! secrets in the wrong place, and a second instance that does the same at the same moment.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Barrier,
    thread,
    time::Duration,
};

use egui_kittest::kittest::{NodeT as _, Queryable as _};
use exchange365::{
    base::{Clock, Redactor, Timestamp},
    demo::{Scenario, Server},
    settings::{Profile, Settings, Store, Theme},
    ui::{App, Options, Records},
    verify::record::{Completeness, Entry, Record, Writer, list},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::cli::{program, run};
use crate::{
    record::{answers, begun, header, run_entries, time, watch_header, write},
    support::{
        Folder,
        window::{fill, go_to, press_button, wait_for, window},
    },
};

/// Of the kind that Entra makes, but without the mark that it puts into new ones.
const SECRET: &str = "Xy78QaBcDeFgHiJkLmNoPqRsTuVwXyZ01234aaaa";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
/// Takes a terminal over, turns the text around, hides, and begins a line that looks like ours.
const HOSTILE: &str = "x\u{1b}]0;P\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\r\nFORGED  line\u{2028}FORGED";

/// Everything that was printed.
fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Nothing that a terminal obeys, nothing hidden, and no line that somebody else has begun.
fn check_is_harmless(text: &str) {
    let is_hostile = |character: &char| {
        (character.is_control() && *character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    assert_eq!(text.chars().find(is_hostile), None, "{text:?}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("FORGED")), "{text}");
}

// ---- two at once ----

/// A lock that lies on a file which somebody has removed keeps nobody out: two wrote into one record, and the evidence was
/// broken.
#[test]
fn only_one_at_a_time_writes_into_a_record() {
    const AT_ONCE: usize = 6;
    const TIMES: usize = 40;
    let folder = Folder::new();
    let path = write(&folder, &watch_header(), &[begun()]);
    let together = Barrier::new(AT_ONCE);
    let written: usize = thread::scope(|scope| {
        let go_on = || {
            together.wait();
            // Whoever comes while another one writes may be told so.
            (0..TIMES).filter(|_| Writer::resume(&path, Redactor::default(), time(9)).is_ok()).count()
        };
        let running: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(go_on)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let record = Record::read(&path).unwrap();
    assert_eq!(record.integrity.broken_at, None);
    assert_eq!(record.entries.len(), 1 + written, "what was written stands there");
    assert!(written >= AT_ONCE);
}

#[test]
fn many_who_close_one_record_at_once_leave_it_whole() {
    const AT_ONCE: usize = 6;
    for round in 0..60 {
        let folder = Folder::new();
        let path = write(&folder, &header(), &[begun()]);
        let together = Barrier::new(AT_ONCE);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    together.wait();
                    // Whoever comes while another one writes may be told so.
                    let _busy = Writer::close(&path, Redactor::default(), time(9), "nobody went on").is_err();
                    list(folder.path()).unwrap().len()
                });
            }
        });
        let record = Record::read(&path).unwrap();
        assert_eq!(record.integrity.broken_at, None, "round {round}");
        assert_eq!(record.completeness(), Completeness::Finished, "round {round}");
        let count = |wanted: fn(&Entry) -> bool| record.entries.iter().filter(|stamped| wanted(&stamped.entry)).count();
        let ends = count(|entry| matches!(entry, Entry::Ended { .. }));
        let resumed = count(|entry| matches!(entry, Entry::Resumed { .. }));
        assert_eq!((ends, resumed), (1, 1), "round {round}: each looks again before it writes");
    }
}

/// The same by the real program, with what every start does after a crash among it.
#[test]
fn many_programs_at_once_leave_an_interrupted_record_whole() {
    let folder = Folder::new();
    let records = Folder::new();
    let path = write(&records, &header(), &[begun()]);
    let begun = fs::read(&path).unwrap();
    let name = folder.path().join("records").join(path.file_name().unwrap());
    fs::create_dir(folder.path().join("records")).unwrap();
    let file = name.to_str().unwrap();
    for _ in 0..8 {
        fs::write(&name, &begun).unwrap();
        let start = |arguments: &[&str]| {
            let mut command = program(arguments);
            command.env("EXCHANGE365_DATA_DIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        };
        let mut running = vec![start(&["verify", "--demo"])];
        running.extend((0..4).map(|_| start(&["history", "close", file])));
        for mut child in running {
            child.wait().unwrap();
        }
        let checked = run(&["report", "check", file]);
        let text = printed(&checked);
        assert!(!text.contains("NOT INTACT") && matches!(checked.status.code(), Some(0 | 3)), "{text}");
    }
}

#[test]
fn a_finished_record_is_closed_without_a_change() {
    let folder = Folder::new();
    let path = write(&folder, &header(), &run_entries(&answers()));
    let before = fs::read(&path).unwrap();
    Writer::close(&path, Redactor::default(), time(99), "again").unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

fn with_profile(settings: &Settings, name: &str) -> Settings {
    let mut all = settings.clone();
    all.keep(Profile { name: name.to_owned(), ..Profile::default() });
    all
}

/// The window that was closed last deleted the customers that the other one had saved.
#[test]
fn two_windows_keep_each_other_s_customers() {
    let folder = Folder::new();
    let now = Timestamp::UNIX_EPOCH;
    let (first, at_first, _) = Store::open(folder.path(), now);
    let (second, at_second, _) = Store::open(folder.path(), now);
    second.save(&with_profile(&at_second, "saved by the second")).unwrap();
    first.save(&with_profile(&at_first, "saved by the first")).unwrap();
    first.save(&Settings { theme: Theme::Dark, ..with_profile(&at_first, "saved by the first") }).unwrap();
    // The second one closes, and has changed nothing else.
    second.save(&with_profile(&at_second, "saved by the second")).unwrap();
    let (_, read, _) = Store::open(folder.path(), now);
    let names: Vec<&str> = read.profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!((names, read.theme), (vec!["saved by the first", "saved by the second"], Theme::Dark));
    // What one has forgotten stays forgotten.
    first.save(&at_first).unwrap();
    second.save(&with_profile(&at_second, "saved by the second")).unwrap();
    let (_, read, _) = Store::open(folder.path(), now);
    assert_eq!(read.profiles.len(), 1);
    // And what another version has written meanwhile is not overwritten.
    let newer = "{\"schema\":\"exchange365/settings/2\"}";
    fs::write(first.path(), newer).unwrap();
    assert!(first.save(&with_profile(&at_first, "x")).is_err());
    assert_eq!(fs::read_to_string(first.path()).unwrap(), newer);
}

#[test]
fn the_window_that_closes_last_deletes_no_customer_of_the_other() {
    let folder = Folder::new();
    let open = || window(Options { records: Records::Below(folder.path().to_owned()), ..Options::default() });
    let mut first: egui_kittest::Harness<'static, App> = open();
    let mut second = open();
    press_button(&mut second, "Save customer…");
    wait_for(&mut second, "The secret cannot be kept");
    fill(&mut second, eframe::egui::accesskit::Role::TextInput, "Name", "Contoso");
    press_button(&mut second, "Save");
    wait_for(&mut second, "Contoso is kept");
    exchange365::ui::window::Screen::closed(second.state_mut());
    fill(&mut first, eframe::egui::accesskit::Role::TextInput, "Tenant ID", "fabrikam.example");
    exchange365::ui::window::Screen::closed(first.state_mut());
    let third = open();
    let settings = &third.state().state().profiles.settings;
    assert!(settings.profile("Contoso").is_some());
    assert_eq!(settings.last.tenant_id.as_ref().unwrap().to_string(), "fabrikam.example");
    assert!(third.query_by_label_contains("fabrikam").is_none() || settings.profiles.len() == 1);
}

// ---- text of others ----

/// A record that somebody else has made: hostile in every place that takes text, and its chain right.
fn hostile_record(folder: &Path) -> PathBuf {
    let own = Folder::new();
    let honest = write(&own, &header(), &run_entries(&answers()));
    let mut head = String::new();
    let mut lines = Vec::new();
    for (number, line) in fs::read_to_string(honest).unwrap().lines().enumerate() {
        let mut value: Value = serde_json::from_str(line).unwrap();
        spoil(&mut value);
        if number > 0 {
            value["prev"] = json!(head);
        }
        let has_own_hash = value.as_object_mut().unwrap().remove("sha256").is_some();
        let mut text = value.to_string();
        if has_own_hash {
            text = format!("{},\"sha256\":\"{}\"}}", &text[..text.len() - 1], sha256(&text));
        }
        head = sha256(&text);
        lines.push(text);
    }
    let path = folder.join("run-20261126T175216Z-deadbeef.jsonl");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    path
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn spoil(value: &mut Value) {
    const TEXTS: [&str; 13] = [
        "program_version",
        "record_id",
        "client_id",
        "tenant_id",
        "display_name",
        "object_id",
        "code",
        "error_code",
        "message",
        "error_message",
        "request_id",
        "detail",
        "subject",
    ];
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if TEXTS.contains(&name.as_str()) => text.push_str(HOSTILE),
                    other => spoil(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spoil),
        _ => {}
    }
}

#[test]
fn somebody_else_s_record_cannot_steer_the_terminal_or_forge_a_line() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("records")).unwrap();
    let path = hostile_record(&folder.path().join("records"));
    let file = path.to_str().unwrap();
    let mut texts = 0;
    for format in ["text", "json"] {
        for arguments in [
            vec!["history", "--format", format],
            vec!["history", "show", file, "--format", format],
            vec!["history", "compare", file, file, "--format", format],
            vec!["report", "check", file, "--format", format],
        ] {
            let output = program(&arguments).env("EXCHANGE365_DATA_DIR", folder.path()).output().unwrap();
            let text = printed(&output);
            check_is_harmless(&text);
            texts += usize::from(text.contains("FORGED"));
            if format == "json" && !output.stdout.is_empty() {
                serde_json::from_slice::<Value>(&output.stdout).unwrap();
            }
        }
    }
    assert!(texts >= 4, "the hostile text came as far as the edge");
}

#[test]
fn somebody_else_s_record_cannot_forge_a_line_in_the_window() {
    let folder = Folder::new();
    let options = || Options { records: Records::Below(folder.path().to_owned()), ..Options::default() };
    drop(window(options()));
    let records = folder.path().join("records");
    fs::create_dir_all(&records).unwrap();
    hostile_record(&records);
    let mut harness = window(options());
    go_to(&mut harness, "Report");
    wait_for(&mut harness, "Test, 3 senders");
    harness.get_by_label_contains("Test, 3 senders").click();
    harness.run_ok();
    wait_for(&mut harness, "SHA-256");
    let is_text = |node: &egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().any(|text| text.contains("FORGED"))
    };
    let shown: Vec<String> = harness
        .root()
        .children_recursive()
        .filter(is_text)
        .flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()])
        .flatten()
        .collect();
    assert!(!shown.is_empty());
    // A long text goes on in the next line, which may begin with any of its words.
    for text in shown {
        check_is_harmless(&format!("… {}", text.replace('\n', "\u{1b}")));
    }
}

#[test]
fn a_customer_s_result_block_cannot_forge_a_line() {
    let folder = Folder::new();
    let block = json!({
        "schema": "exchange365/policy/1", "script": format!("fence{HOSTILE}"), "client_id": CLIENT, "what_if": false,
        "tenant": HOSTILE, "finished": "2026-11-26T00:00:00Z",
        "steps": [{"id": "connect", "title": HOSTILE, "outcome": "done", "detail": HOSTILE, "error": HOSTILE},
                  {"id": HOSTILE, "outcome": "failed", "detail": HOSTILE, "error": HOSTILE}],
        "group_error": HOSTILE, "policies_error": HOSTILE, "service_principals_error": HOSTILE,
        "group_read": "ok", "group": {"name": HOSTILE, "address": "g@contoso.com", "kind": "MailUniversalSecurityGroup"},
        "members_read": "ok", "members": [{"name": HOSTILE, "address": "q@contoso.com", "kind": HOSTILE}],
        "policies_read": "ok", "policies": [{"identity": HOSTILE, "app_id": CLIENT, "access_right": "RestrictAccess",
            "scope_name": HOSTILE, "description": HOSTILE}],
    });
    let file = folder.path().join("block.txt");
    let text = format!("-----BEGIN EXCHANGE365 RESULT-----\n{block}\n-----END EXCHANGE365 RESULT-----\n");
    fs::write(&file, text).unwrap();
    for format in ["text", "json"] {
        let output = run(&[
            "policy",
            "read",
            file.to_str().unwrap(),
            "--format",
            format,
            "--tenant-id",
            "contoso.com",
            "--client-id",
            CLIENT,
            "--permitted",
            "p@contoso.com",
            "--forbidden",
            "f@contoso.com",
            "--admin",
            "a@contoso.com",
            "--group-name",
            "G",
            "--group-alias",
            "al",
            "--group-address",
            "g@contoso.com",
        ]);
        let text = printed(&output);
        assert!(text.contains("Mailbox") || text.contains("mailboxes"), "{text}");
        check_is_harmless(&text);
    }
}

fn to(server: &Server, arguments: &[&str]) -> Command {
    let access = server.access();
    let mut command = program(arguments);
    command
        .args(["--tenant-id", &access.tenant_id, "--client-id", &access.client_id])
        .args(["--login-url", &access.base_url, "--graph-url", &access.base_url])
        .env("EXCHANGE365_CLIENT_SECRET", access.client_secret.expose());
    command
}

#[tokio::test]
async fn a_service_cannot_forge_a_line() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("resources/demo/restricted-aap.toml"));
    let body = json!({"error": {"code": format!("ErrorOdd{HOSTILE}"), "message": HOSTILE}}).to_string();
    let fault = format!(
        "[[faults]]\nstage = \"send_mail\"\nthen = {{ answer = {{ status = 403, body = {}, content_type = \"application/json\" }} }}\n",
        quoted(&body)
    );
    let named = text.unwrap().replacen("\"Totalview mail\"", &quoted(HOSTILE), 1);
    let scenario = Scenario::from_toml(&format!("{named}\n{fault}")).unwrap();
    let server = Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let access = server.access();
    let mut verify = to(&server, &["verify", "--to", &access.recipient]);
    verify.args(["--permitted", &access.permitted.join(","), "--forbidden", &access.forbidden.join(",")]);
    let mut all = String::new();
    for mut command in [to(&server, &["token"]), verify] {
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        check_is_harmless(&printed(&output));
        all.push_str(&printed(&output));
    }
    assert!(all.contains("App name: x") && all.contains("ErrorOdd"), "{all}");
}

/// JSON's strings are TOML's, too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

// ---- secrets in the wrong place ----

const HERE: [&str; 10] = [
    "--tenant-id",
    "contoso.com",
    "--client-id",
    CLIENT,
    "--permitted",
    "p@x.com",
    "--forbidden",
    "f@x.com",
    "--to",
    "c@x.com",
];

/// Whoever writes the secret where its place should be named is told so without hearing it again.
#[test]
fn a_list_of_customers_with_a_secret_in_it_repeats_none_and_forges_no_line() {
    let folder = Folder::new();
    let mut list = String::new();
    for (number, kind) in ["secret_env", "secret_file", "secret_key"].into_iter().enumerate() {
        let name = quoted(&format!("{number}{HOSTILE}"));
        list.push_str(&format!(
            "[[customers]]\nname = {name}\ntenant_id = \"a.example\"\nclient_id = \"{CLIENT}\"\n{kind} = \"{SECRET}\"\n\
             permitted = [\"p@a.example\"]\nforbidden = [\"q@a.example\"]\nto = \"x@a.example\"\n"
        ));
    }
    let file = folder.path().join("customers.toml");
    fs::write(&file, list).unwrap();
    let reports: Vec<PathBuf> = ["r.jsonl", "r.xml", "r.html"].iter().map(|name| folder.path().join(name)).collect();
    let mut command = program(&["fleet", file.to_str().unwrap()]);
    for report in &reports {
        command.arg("--report").arg(report);
    }
    let output = command.output().unwrap();
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("the variable that secret_env names is empty or not set"), "{text}");
    check_is_harmless(&text);
    let written: String = reports.iter().map(|report| fs::read_to_string(report).unwrap()).collect();
    assert!(!text.contains(SECRET) && !written.contains(SECRET), "{text}");
    check_is_harmless(&fs::read_to_string(&reports[0]).unwrap());
}

#[test]
fn a_secret_typed_as_another_value_is_not_repeated() {
    let folder = Folder::new();
    let report = folder.path().join("r.json");
    let addresses = [
        ("--proxy", format!("http://{SECRET}:x")),
        ("--proxy", format!("socks5://{SECRET}:1")),
        ("--proxy", format!("ftp://{SECRET}/")),
        ("--login-url", format!("ftp://x.example/{SECRET}")),
        ("--login-url", format!("https://u:{SECRET}@x.example")),
        ("--graph-url", format!("https://x.example/?s={SECRET}")),
        ("--secret-file", format!("/nowhere/{SECRET}")),
        ("--report", format!("/nowhere/{SECRET}")),
    ];
    for (name, value) in addresses {
        let mut command = program(&["verify", name, &value, "--report", report.to_str().unwrap()]);
        let output = command.args(HERE).env("EXCHANGE365_CLIENT_SECRET", "another~one~entirely").output().unwrap();
        let written = fs::read_to_string(&report).unwrap_or_default();
        let all = printed(&output) + &written;
        assert_eq!(output.status.code(), Some(2), "{name}: {all}");
        assert!(!all.to_lowercase().contains(&SECRET.to_lowercase()), "{name}: {all}");
    }
    // One that looks like nothing special is known as the secret of this run.
    let plain = "correct-horse-battery";
    for (name, value) in [("--proxy", format!("socks5://{plain}:1")), ("--to", plain.to_owned())] {
        let mut command = program(&["verify", name, &value, "--report", report.to_str().unwrap()]);
        let rest = HERE.chunks(2).filter(|pair| pair[0] != name).flatten();
        let output = command.args(rest).env("EXCHANGE365_CLIENT_SECRET", plain).output().unwrap();
        let all = printed(&output) + &fs::read_to_string(&report).unwrap_or_default();
        assert!(!all.contains(plain) && all.contains("[removed]"), "{name}: {all}");
    }
}

/// The parser of arguments tells what it did not expect.
#[test]
fn a_secret_typed_as_a_stray_argument_is_not_repeated() {
    for (arguments, stray) in [
        (vec!["secret", "keep", "contoso"], SECRET),
        (vec!["secret", "keep", "contoso"], "short1"),
        (vec!["token", "--format"], SECRET),
        (vec!["fleet", "list.toml", "--shard"], SECRET),
        (vec!["fleet"], SECRET),
        (vec![], SECRET),
    ] {
        let mut command = program(&arguments);
        let output = command.arg(stray).env("EXCHANGE365_CLIENT_SECRET", "x").output().unwrap();
        let text = printed(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(!text.contains(stray) && text.contains("error:"), "{arguments:?}: {text}");
    }
    let ordinary = run(&["token", "--format", "yaml"]);
    assert!(printed(&ordinary).contains("'yaml'"), "{}", printed(&ordinary));
}

// ---- files beside other people's files ----

#[cfg(unix)]
#[test]
fn a_report_follows_no_link_that_somebody_has_put_there() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::new();
    let at = |name: &str| folder.path().join(name);
    let precious = at("precious");
    fs::write(&precious, "precious").unwrap();
    let list = at("customers.toml");
    fs::write(&list, "[[customers]]\nname = \"nothing said\"\n").unwrap();
    for name in ["r.html", "r.csv", "r.jsonl", "s.json", "s.csv"] {
        symlink(&precious, at(&format!("{name}.partial"))).unwrap();
    }
    symlink(&precious, at("r.csv")).unwrap();
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    run(&["verify", "--demo", "--report", &path("r.html"), "--report", &path("r.csv")]);
    run(&["sweep", "--demo", "--report", &path("s.json"), "--report", &path("s.csv")]);
    run(&["fleet", list.to_str().unwrap(), "--report", &path("r.jsonl")]);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    for name in ["r.html", "r.csv", "r.jsonl", "s.json", "s.csv"] {
        let made = fs::symlink_metadata(at(name)).unwrap();
        assert!(made.is_file() && made.len() > 0, "{name}");
        assert_eq!(made.permissions().mode() & 0o777, 0o600, "{name} names people");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{left:?}");
}

/// A reader of a pipe waits for the report: a file in its place would leave it waiting for ever.
#[cfg(unix)]
#[test]
fn a_report_goes_into_a_pipe_as_it_is() {
    let folder = Folder::new();
    let pipe = folder.path().join("report.json");
    if !Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        println!("SKIPPED: there is no mkfifo here");
        return;
    }
    let (told, read) = std::sync::mpsc::sync_channel(1);
    let at = pipe.clone();
    let _reads_for_itself =
        thread::Builder::new().spawn(move || told.send(fs::read_to_string(at).unwrap()).unwrap()).unwrap();
    let output = run(&["verify", "--demo", "--report", pipe.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let report = read.recv_timeout(Duration::from_mins(1)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&report).unwrap()["verdict"], "pass");
}
