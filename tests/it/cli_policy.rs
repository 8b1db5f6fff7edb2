//! `policy …` on the command line: scripts, reading back, exit codes.

use std::{
    fs,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::support::bare;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");

const IDS: [&str; 14] = [
    "--client-id",
    "11111111-2222-3333-4444-555555555555",
    "--tenant-id",
    "33333333-2222-3333-4444-555555555555",
    "--admin",
    "admin@contoso.com",
    "--group-address",
    "senders@contoso.com",
    "--permitted",
    "noreply@contoso.com,time@contoso.com",
    "--forbidden",
    "ceo@contoso.com",
    "--group-name",
    "Totalview senders",
];

fn program(arguments: &[&str]) -> Command {
    let mut command = bare(PROGRAM);
    command.arg("policy").args(arguments).env("EXCHANGE365_DATA_DIR", "none").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn with_ids<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(IDS).chain(["--group-alias", "senders"]).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn piped(arguments: &[&str], input: &str) -> Output {
    let mut child =
        program(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_script_is_printed_or_saved_as_windows_powershell_reads_it() {
    let printed = run(&with_ids(&["script", "fence"]));
    assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
    let script = text(&printed.stdout);
    assert!(script.contains("New-ApplicationAccessPolicy") && script.contains("'noreply@contoso.com'"));
    let folder = std::env::temp_dir().join(format!("exchange365-policy-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("fence.ps1");
    let saved = run(&with_ids(&["script", "fence", "--method", "aap", "--out", file.to_str().unwrap()]));
    assert_eq!(saved.status.code(), Some(0), "{}", text(&saved.stderr));
    let bytes = fs::read(&file).unwrap();
    assert_eq!(&bytes[..3], [0xEF, 0xBB, 0xBF]);
    let lines = text(&bytes[3..]);
    assert!(lines.contains("\r\n") && !lines.replace("\r\n", "").contains('\n'));
    assert_eq!(lines.replace("\r\n", "\n").trim_end(), script.trim_end());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_missing_is_said_and_ends_with_2() {
    let output = run(&["script", "fence"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Client ID"), "{}", text(&output.stderr));
    assert_eq!(run(&with_ids(&["script", "nothing-such"])).status.code(), Some(2));
    let rbac = run(&with_ids(&["script", "fence", "--method", "rbac"]));
    assert_eq!(rbac.status.code(), Some(2));
    assert!(text(&rbac.stderr).contains("object ID"), "{}", text(&rbac.stderr));
    let object = ["script", "fence", "--method", "rbac", "--object-id", "99999999-2222-3333-4444-555555555555"];
    assert_eq!(run(&with_ids(&object)).status.code(), Some(0));
}

#[test]
fn output_is_read_and_judged() {
    let old = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/policy-result.txt")).unwrap();
    let ended = exchange365::base::Clock::system().now().to_string();
    let block = old.replace("2026-11-23T10:20:30Z", &ended);
    assert_ne!(block, old);
    let output = piped(&with_ids(&["read", "-", "--format", "json"]), &block);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "without a token nothing is known of Entra: {result}");
    assert_eq!(result["schema"], "exchange365/policy/1");
    assert_eq!(result["fence"], "not_proven");
    assert_eq!(result["mailboxes"][2]["address"], "ceo@contoso.com");
    assert_eq!(result["mailboxes"][2]["policy"], "denied");
    assert!(!result["findings"].as_array().unwrap().is_empty());
    let shown = piped(&with_ids(&["read", "-"]), &block);
    assert!(text(&shown.stdout).starts_with("NOT PROVEN"), "{}", text(&shown.stdout));
    for nonsense in ["", "hello"] {
        let output = piped(&with_ids(&["read", "-", "--format", "json"]), nonsense);
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{result}");
        assert_eq!(result["problems"][0]["code"], "policy_output_unreadable");
    }
    let other = block.replace("\"tenant\":  \"33333333", "\"tenant\":  \"44444444");
    assert_ne!(other, block);
    let output = piped(&with_ids(&["read", "-"]), &other);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("another organisation"), "{}", text(&output.stderr));
}

#[test]
fn the_demo_tenant_carries_scripts_out() {
    let output = run(&["run", "fence", "--demo", "unfenced-trainee", "--format", "json"]);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{result} {}", text(&output.stderr));
    assert_eq!(result["fence"], "fenced");
    let open = run(&["run", "verify", "--demo", "unfenced-trainee"]);
    assert_eq!(open.status.code(), Some(1), "{}", text(&open.stdout));
    assert!(text(&open.stdout).starts_with("OPEN"), "{}", text(&open.stdout));
    let wrong = run(&[
        "run",
        "fence",
        "--demo",
        "unfenced-trainee",
        "--group-address",
        "camilla.sondergaard@vesterhavet.example",
    ]);
    assert_ne!(wrong.status.code(), Some(0), "{}", text(&wrong.stdout));
}

#[test]
fn without_powershell_it_is_said_so() {
    let output = run(&with_ids(&["run", "verify", "--format", "json"]));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    if cfg!(not(windows)) {
        assert_eq!(output.status.code(), Some(2), "{result}");
        assert_eq!(result["problems"][0]["code"], "no_powershell");
    }
}

#[test]
fn the_guide_names_every_step() {
    let output = run(&["guide"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    for number in 1..=6 {
        assert!(shown.contains(&format!("{number}. ")), "{shown}");
    }
    assert!(shown.contains("https://admin.microsoft.com/"), "{shown}");
}

/// A `pwsh` that does what `script` says.
#[cfg(unix)]
fn fake_pwsh(name: &str, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = std::env::temp_dir().join(format!("exchange365-pwsh-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("pwsh");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[cfg(unix)]
#[test]
fn powershell_is_run_without_the_secret_and_its_result_is_taken_back() {
    let block = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/policy-result.txt");
    let seen = std::env::temp_dir().join(format!("exchange365-seen-{}", std::process::id()));
    let script = format!(
        "{{ /usr/bin/env; echo \"$@\"; cat \"$5\"; ls -ld \"$(dirname \"$5\")\"; }} > '{}'\ncat '{block}' > \"$7\"\nexit 1",
        seen.display()
    );
    let folder = fake_pwsh("secret", &script);
    let output = program(&with_ids(&["run", "verify", "--format", "json"]))
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("EXCHANGE365_CLIENT_SECRET", "canary~secret")
        .env("EXCHANGE365_LOGIN_URL", "http://127.0.0.1:9")
        .env("EXCHANGE365_GRAPH_URL", "http://127.0.0.1:9")
        .env("HOME", "/home/somebody")
        .output()
        .unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{result} {}", text(&output.stderr));
    assert_eq!(result["mailboxes"][2]["policy"], "denied", "{result}");
    let child = fs::read_to_string(&seen).unwrap();
    assert!(!child.contains("canary"), "the secret reached the script: {child}");
    assert!(!child.contains("EXCHANGE365_"), "{child}");
    assert!(
        child.contains("HOME=/home/somebody") && child.contains("-NoProfile -ExecutionPolicy Bypass -File"),
        "{child}"
    );
    assert!(child.contains("Test-ApplicationAccessPolicy"), "the script is there while it runs");
    assert!(child.contains("drwx------"), "its folder is private: {child}");
    let line = child.lines().find(|line| line.starts_with("-NoProfile")).unwrap();
    let file = line.split(' ').nth(4).unwrap();
    assert!(!std::path::Path::new(file).exists(), "the folder is gone afterwards");
    fs::remove_dir_all(&folder).unwrap();
    fs::remove_file(&seen).unwrap();
}

#[cfg(unix)]
#[test]
fn a_script_that_leaves_no_result_is_no_answer() {
    let folder =
        fake_pwsh("nothing", "echo 'script.ps1 cannot be loaded because running scripts is disabled' >&2\nexit 1");
    let output = program(&with_ids(&["run", "fence", "--format", "json"]))
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .output()
        .unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{result}");
    assert_eq!(result["problems"][0]["code"], "script_without_result");
    fs::remove_dir_all(&folder).unwrap();
}

#[cfg(unix)]
#[test]
fn a_running_script_can_be_cancelled() {
    use exchange365::{
        base::Wake,
        engine::{DesiredInput, Environment, Event, Handle, Options, ScriptKind},
    };
    let folder = fake_pwsh("slow", "exec sleep 60");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let environment = Environment::new([("PATH".into(), path.into())]);
    let mut engine = Handle::start(Options { environment, ..Options::default() }, Wake::none()).unwrap();
    assert_eq!(engine.shell().unwrap().name, "PowerShell");
    let input = DesiredInput {
        tenant: "contoso.com".into(),
        client_id: "11111111-2222-3333-4444-555555555555".into(),
        admin: "admin@contoso.com".into(),
        group_name: "g".into(),
        group_alias: "g".into(),
        group_address: "g@contoso.com".into(),
        permitted: "a@contoso.com".into(),
        ..DesiredInput::default()
    };
    let job = engine.run_script(ScriptKind::Verify, input);
    let mut problem = None;
    while let Some(event) = engine.wait() {
        match event {
            Event::ScriptStarted(started, ..) => engine.cancel(started),
            Event::PolicyFailed(_, failed) => problem = Some(failed),
            Event::Finished(ended) if ended == job => break,
            _ => {}
        }
    }
    assert_eq!(problem.unwrap().code, "script_without_result");
    fs::remove_dir_all(&folder).unwrap();
}
