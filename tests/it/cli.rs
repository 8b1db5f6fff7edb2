//! The command line as a script sees it: the real program, its JSON, its exit codes, and no secret anywhere.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::{Command, Output, Stdio},
};

use exchange365::demo::Scenario;
use serde_json::Value;

use crate::support::bare;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");

/// The program without any variable that could change what it does.
pub(super) fn program(arguments: &[&str]) -> Command {
    let mut command = bare(PROGRAM);
    command.args(arguments).env("EXCHANGE365_DATA_DIR", "none").stdin(Stdio::null());
    command
}

pub(super) fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|err| panic!("{err}: {}", String::from_utf8_lossy(&output.stdout)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_demo_passes_with_exit_code_0() {
    let output = run(&["verify", "--demo"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("PASS"), "{text}");
    assert!(stderr(&output).contains("really sends"), "the warning comes before the first forbidden test");
}

#[test]
fn every_scenario_has_its_exit_code_and_fits_the_contract() {
    for scenario in Scenario::all() {
        let output = run(&["verify", "--demo", &scenario.name, "--format", "json"]);
        let result = json(&output);
        let code = output.status.code().unwrap();
        assert_eq!(result["schema"], "exchange365/verify/1", "{}", scenario.name);
        let expected = match result["verdict"].as_str().unwrap() {
            "pass" => vec![0],
            "fail" => vec![1],
            _ => vec![2, 3],
        };
        assert!(expected.contains(&code), "{}: {code}", scenario.name);
        for name in ["summary", "mechanism", "tenant", "app", "senders", "problems", "started", "finished"] {
            assert!(result.get(name).is_some(), "{}: {name} is missing", scenario.name);
        }
        for sender in result["senders"].as_array().unwrap() {
            for name in [
                "address",
                "expected",
                "outcome",
                "verdict",
                "http_status",
                "error_code",
                "error_message",
                "request_id",
                "client_request_id",
                "test_id",
                "attempts",
                "elapsed_ms",
                "cause",
                "advice",
            ] {
                assert!(sender.get(name).is_some(), "{}: {name} is missing in a sender", scenario.name);
            }
        }
        for problem in result["problems"].as_array().unwrap() {
            for name in ["code", "stage", "summary", "cause", "advice", "who", "evidence"] {
                assert!(problem.get(name).is_some(), "{}: {name} is missing in a problem", scenario.name);
            }
        }
    }
}

#[test]
fn a_run_that_cannot_begin_prints_the_json_too() {
    for (arguments, code, problem) in [
        (vec!["verify", "--format", "json"], 2, None),
        (vec!["verify", "--demo", "expired-secret", "--format", "json"], 2, Some("client_secret_expired")),
        (vec!["verify", "--demo", "no-such-scenario", "--format", "json"], 2, None),
        (
            vec!["verify", "--demo", "--permitted", "a@x.example", "--forbidden", "A@X.example", "--format", "json"],
            2,
            None,
        ),
        (vec!["verify", "--demo", "--report", "x.docx", "--format", "json"], 2, None),
    ] {
        let output = run(&arguments);
        let result = json(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {result}");
        assert_eq!(result["verdict"], "unproven", "{arguments:?}");
        assert_eq!(result["senders"], Value::Array(Vec::new()), "{arguments:?}");
        let problems = result["problems"].as_array().unwrap();
        assert!(!problems.is_empty(), "{arguments:?}");
        if let Some(problem) = problem {
            assert_eq!(problems[0]["code"], problem, "{arguments:?}");
        }
    }
}

#[test]
fn nobody_listening_is_unproven_and_not_a_mistake_of_the_person() {
    let output =
        program(&["verify", "--tenant-id", "contoso.example", "--client-id", "11111111-2222-3333-4444-555555555555"])
            .args([
                "--login-url",
                "http://127.0.0.1:9",
                "--graph-url",
                "http://127.0.0.1:9",
                "--permitted",
                "a@x.example",
            ])
            .args(["--forbidden", "b@x.example", "--to", "c@x.example", "--format", "json"])
            .env("EXCHANGE365_CLIENT_SECRET", "canary~secret")
            .output()
            .unwrap();
    let result = json(&output);
    assert_eq!(output.status.code(), Some(3), "{result}");
    assert_eq!(result["problems"][0]["stage"], "network", "{result}");
}

#[test]
fn wrong_use_is_2_and_help_is_0() {
    assert_eq!(run(&["frobnicate"]).status.code(), Some(2));
    assert_eq!(run(&["verify", "--client-secret", "x"]).status.code(), Some(2), "the secret is never an argument");
    assert_eq!(run(&["--help"]).status.code(), Some(0));
    assert_eq!(run(&["demo", "--listen", "0.0.0.0:0"]).status.code(), Some(2), "the demo listens on loopback alone");
}

/// A demo tenant served by the program itself, as for curl and other clients.
struct Served {
    child: std::process::Child,
    access: Value,
}

impl Served {
    fn start(scenario: &str) -> Self {
        let mut child = program(&["demo", scenario]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !text.trim_end().ends_with('}') {
            assert_ne!(lines.read_line(&mut text).unwrap(), 0, "the demo ended: {text}");
        }
        Self { child, access: serde_json::from_str(&text).unwrap() }
    }

    fn text(&self, name: &str) -> &str {
        self.access[name].as_str().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.child.kill().is_err();
        let _gone = self.child.wait().is_err();
    }
}

#[test]
fn a_served_demo_is_a_tenant_like_any_other_and_the_secret_stays_secret() {
    let served = Served::start("restricted-aap");
    let secret = served.text("client_secret").to_owned();
    let folder = std::env::temp_dir().join(format!("exchange365-cli-test-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let report = folder.join("result.json");
    let common = [
        "--tenant-id",
        served.text("tenant_id"),
        "--client-id",
        served.text("client_id"),
        "--login-url",
        served.text("login_url"),
        "--graph-url",
        served.text("graph_url"),
        "--to",
        served.text("recipient"),
        "--secret-file",
        "-",
    ];
    let permitted: Vec<&str> =
        served.access["permitted"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let forbidden: Vec<&str> =
        served.access["forbidden"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let (permitted, forbidden) = (permitted.join(","), forbidden.join(","));
    for format in ["text", "json"] {
        let mut child = program(&["verify", "--permitted", &permitted, "--forbidden", &forbidden, "--format", format])
            .args(common)
            .arg("--report")
            .arg(&report)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(format!(" {secret}\r\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert_eq!(output.status.code(), Some(0), "{shown}");
        assert!(!shown.contains(&secret), "the secret is in the output");
        assert!(shown.contains("removed from Client Secret"), "what was trimmed is said: {shown}");
        let mut written = String::new();
        fs::File::open(&report).unwrap().read_to_string(&mut written).unwrap();
        assert!(written.contains("\"verdict\": \"pass\"") && !written.contains(&secret));
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn options_may_come_from_variables() {
    let served = Served::start("restricted-rbac");
    let output = program(&["token"])
        .env("EXCHANGE365_TENANT_ID", served.text("tenant_id"))
        .env("EXCHANGE365_CLIENT_ID", served.text("client_id"))
        .env("EXCHANGE365_CLIENT_SECRET", served.text("client_secret"))
        .env("EXCHANGE365_LOGIN_URL", served.text("login_url"))
        .env("EXCHANGE365_GRAPH_URL", served.text("graph_url"))
        .env("EXCHANGE365_FORMAT", "json")
        .output()
        .unwrap();
    let result = json(&output);
    assert_eq!(output.status.code(), Some(0), "{result}");
    assert_eq!(result["signed_in"], true);
    assert_eq!(result["stages"].as_array().unwrap().len(), 7);
    assert_eq!(result["app"]["roles"], Value::Array(Vec::new()), "RBAC for Applications leaves no role in the token");
}

/// A company's proxy is set for the whole machine, and what is sent without TLS can be read there.
#[test]
fn a_tenant_on_this_machine_is_not_asked_through_the_proxy_of_the_environment() {
    let served = Served::start("restricted-aap");
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut command = program(&["token", "--format", "json"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, &address);
    }
    let output = command
        .env("EXCHANGE365_TENANT_ID", served.text("tenant_id"))
        .env("EXCHANGE365_CLIENT_ID", served.text("client_id"))
        .env("EXCHANGE365_CLIENT_SECRET", served.text("client_secret"))
        .env("EXCHANGE365_LOGIN_URL", served.text("login_url"))
        .env("EXCHANGE365_GRAPH_URL", served.text("graph_url"))
        .output()
        .unwrap();
    assert_eq!(json(&output)["signed_in"], true, "{}", stderr(&output));
    assert!(proxy.accept().is_err(), "somebody has called the proxy");
}

#[test]
fn one_mail_can_be_sent() {
    let accepted = run(&["send", "--demo", "--format", "json"]);
    assert_eq!(accepted.status.code(), Some(0));
    assert_eq!(json(&accepted)["outcome"], "accepted");
    let served = Served::start("restricted-aap");
    let forbidden = served.access["forbidden"][0].as_str().unwrap();
    let refused = run(&["send", "--demo", "--from", forbidden, "--format", "json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(json(&refused)["outcome"], "blocked_by_policy");
}

#[test]
fn one_mail_has_one_sender() {
    let served = Served::start("restricted-aap");
    let list: Vec<&str> =
        served.access["permitted"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    for from in [list.join(","), list.join(";"), format!("{},\n{}", list[1], list[0]), String::new()] {
        for format in ["json", "text"] {
            let output = run(&["send", "--demo", "--from", &from, "--format", format]);
            assert_eq!(output.status.code(), Some(2), "{from:?}: {}", stderr(&output));
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(shown.contains("not_one_sender") && shown.contains("--from"), "{shown}");
            assert!(!stderr(&output).contains("ccepted"), "nothing is sent: {}", stderr(&output));
        }
    }
    // One is one, however often it is given; a recipient is one as well.
    let twice = format!("{0},{0}", list[0]);
    assert_eq!(run(&["send", "--demo", "--from", &format!("{},", list[0])]).status.code(), Some(0));
    assert_eq!(run(&["send", "--demo", "--from", &twice]).status.code(), Some(2));
    let two = run(&["send", "--demo", "--to", "a@x.example,b@x.example", "--format", "json"]);
    assert_eq!((two.status.code(), json(&two)["problems"][0]["code"].as_str()), (Some(2), Some("not_an_address")));
}

/// Variables meant for another command, or for another use of this one, change nothing.
#[test]
fn help_names_the_variables_and_not_what_is_in_them() {
    const SECRET: &str = "canary~Q8Q.secret";
    for command in ["token", "send", "verify", "sweep", "fleet", "policy", "history", "report", "demo"] {
        let mut help = program(&[command, "--help"]);
        for name in ["BODY", "SECRET_FILE", "TENANT_ID", "LOGIN_URL", "PROXY", "DATA_DIR", "FORMAT", "TO"] {
            help.env(format!("EXCHANGE365_{name}"), SECRET);
        }
        let output = help.output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{command}: {shown}");
        assert!(!shown.contains(SECRET), "{command}: {shown}");
        assert!(shown.contains("EXCHANGE365_DATA_DIR"), "{command}: {shown}");
    }
}

#[test]
fn a_variable_without_a_meaning_is_ignored() {
    let with = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = program(arguments).envs(variables.iter().copied()).output().unwrap();
        (output.status.code(), stderr(&output))
    };
    for (name, value) in [
        ("EXCHANGE365_METHOD", "aap"),
        ("EXCHANGE365_METHOD", "no method of a watch"),
        ("EXCHANGE365_CHANGED_AT", "2026-11-23T08:00:00Z"),
        ("EXCHANGE365_CHANGED_AT", "yesterday"),
        ("EXCHANGE365_RESUME", "sweep.jsonl"),
    ] {
        let (code, told) = with(&["verify", "--demo"], &[(name, value)]);
        assert_eq!(code, Some(0), "{name}={value}: {told}");
    }
    // They mean something to a watch, wherever that was asked for.
    for (arguments, variables) in [
        (&["verify", "--demo", "--watch"][..], &[("EXCHANGE365_METHOD", "both")][..]),
        (&["verify", "--demo", "--watch"], &[("EXCHANGE365_CHANGED_AT", "yesterday")]),
        (&["verify", "--demo"], &[("EXCHANGE365_WATCH", "10m"), ("EXCHANGE365_METHOD", "both")]),
        (&["verify", "--demo"], &[("EXCHANGE365_WATCH", "soon")]),
    ] {
        let (code, told) = with(arguments, variables);
        assert!(code == Some(2) && told.contains("cannot be used"), "{arguments:?} {variables:?}: {told}");
    }
    // To go on means to take the senders of the record: variables are not in the way, typed options are.
    let senders = [
        ("EXCHANGE365_PERMITTED", "a@x.example"),
        ("EXCHANGE365_FORBIDDEN", "b@x.example"),
        ("EXCHANGE365_TO", "c@x.example"),
        ("EXCHANGE365_WATCH", "soon"),
        ("EXCHANGE365_METHOD", "aap"),
        ("EXCHANGE365_MAILBOXES", "no-such-list.csv"),
        ("EXCHANGE365_DIRECTORY", "true"),
        ("EXCHANGE365_GROUP", "everybody"),
        ("EXCHANGE365_JOURNAL", "new.jsonl"),
        ("EXCHANGE365_EXPECTED_FILE", "no-such-file"),
    ];
    let (code, told) = with(&["verify", "--demo", "--resume", "nothing"], &senders);
    assert!(code == Some(2) && !told.contains("cannot be used with"), "{told}");
    let output =
        program(&["verify", "--demo", "--resume", "nothing", "--format", "json"]).envs(senders).output().unwrap();
    assert_eq!(json(&output)["problems"][0]["code"], "unknown_name", "it looked for the record");
    let (code, told) = with(&["sweep", "--demo", "--resume", "no-such-journal.jsonl"], &senders);
    assert!(code == Some(2) && !told.contains("cannot be used with"), "{told}");
    let output = program(&["sweep", "--demo", "--resume", "no-such-journal.jsonl", "--format", "json"])
        .envs(senders)
        .output()
        .unwrap();
    assert!(json(&output).to_string().contains("no-such-journal.jsonl"), "{}", json(&output));
    // The other way round: who types a list does not go on with the journal that a variable names.
    let (code, told) = with(
        &["sweep", "--demo", "--directory", "--format", "json"],
        &[("EXCHANGE365_RESUME", "no-such-journal.jsonl")],
    );
    assert_eq!(code, Some(1), "the usual sweep of the demo: {told}");
}

#[test]
fn typed_options_still_contradict_each_other() {
    for (arguments, words) in [
        (&["verify", "--demo", "--resume", "x", "--watch"][..], "--watch"),
        (&["verify", "--demo", "--resume", "x", "--permitted", "a@x.example"], "--permitted"),
        (&["verify", "--demo", "--resume", "x", "--forbidden", "a@x.example"], "--forbidden"),
        (&["verify", "--demo", "--resume", "x", "--to", "a@x.example"], "--to"),
        (&["verify", "--demo", "--resume", "x", "--method", "aap"], "--watch"),
        (&["verify", "--demo", "--method", "aap"], "--watch"),
        (&["verify", "--demo", "--changed-at", "2026-11-23T08:00:00Z"], "--watch"),
        (&["sweep", "--demo", "--resume", "x", "--mailboxes", "y"], "--mailboxes"),
        (&["sweep", "--demo", "--resume", "x", "--group", "y"], "--group"),
        (&["sweep", "--demo", "--resume", "x", "--directory"], "--directory"),
        (&["sweep", "--demo", "--resume", "x", "--expected-file", "y"], "--expected-file"),
        (&["sweep", "--demo", "--resume", "x", "--journal", "y"], "--journal"),
        (&["sweep", "--demo", "--resume", "x", "--to", "a@x.example"], "--to"),
    ] {
        let output = run(arguments);
        let told = stderr(&output);
        assert!(output.status.code() == Some(2) && told.contains(words), "{arguments:?}: {told}");
        assert!(told.contains("Usage:") && told.contains("--help"), "{told}");
        assert!(!told.contains("Demo tenant"), "nothing is begun: {told}");
    }
}

/// Who types a tenant means that one, whatever a variable says of the demo.
#[test]
fn a_demo_that_a_variable_asks_for_does_not_take_the_place_of_a_typed_tenant() {
    let output = program(&["verify", "--tenant-id", "contoso.example", "--login-url", "http://127.0.0.1:9"])
        .args(["--client-id", "11111111-2222-3333-4444-555555555555", "--graph-url", "http://127.0.0.1:9"])
        .args(["--permitted", "a@x.example", "--forbidden", "b@x.example", "--to", "c@x.example", "--format", "json"])
        .env("EXCHANGE365_DEMO", "restricted-aap")
        .env("EXCHANGE365_CLIENT_SECRET", "canary~secret")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), json(&output)["verdict"].as_str()), (Some(3), Some("unproven")));
    let demo = program(&["verify"]).env("EXCHANGE365_DEMO", "restricted-aap").output().unwrap();
    assert_eq!(demo.status.code(), Some(0));
}

/// Whatever stands in the way, a program that reads JSON gets JSON.
#[test]
fn a_command_line_that_cannot_be_used_gives_json_where_json_was_asked_for() {
    const SECRET: &str = "abC8Q~canary0123456789ABCDEFghijklmnopqr";
    for (command, schema) in [
        ("verify", "exchange365/verify/1"),
        ("send", "exchange365/send/1"),
        ("token", "exchange365/token/1"),
        ("sweep", "exchange365/sweep/1"),
    ] {
        for arguments in [
            &["--timeout", "0"][..],
            &["--timeout", "soon"],
            &["--timeout"],
            &["--no-such-option", SECRET],
            &[SECRET],
            &["--tenant-id", "a.example", "--tenant-id", "b.example"],
            &["--client-secret", SECRET],
        ] {
            for typed in [&["--format", "json"][..], &["--format=json"], &[]] {
                let mut program = program(&[command, "--demo=restricted-aap"]);
                if typed.is_empty() {
                    program.env("EXCHANGE365_FORMAT", "json");
                }
                let output = program.args(typed).args(arguments).output().unwrap();
                let result = json(&output);
                assert_eq!(output.status.code(), Some(2), "{command} {arguments:?}: {result}");
                assert_eq!(result["schema"], schema, "{arguments:?}");
                assert_eq!(result["problems"][0]["code"], "arguments_not_usable", "{arguments:?}: {result}");
                assert!(!result.to_string().contains("canary"), "{result}");
                assert!(stderr(&output).contains("error: "), "people read what is wrong: {}", stderr(&output));
            }
        }
    }
    for arguments in [
        &["verify", "--demo", "--watch=bogus", "--format", "json"][..],
        &["verify", "--demo", "--resume", "x", "--watch", "--format", "json"],
        &["verify", "--demo", "--method", "aap", "--format", "json"],
        &["--data-dir", "none", "verify", "--demo", "--demo-speed", "0", "--format", "json"],
    ] {
        let output = run(arguments);
        let result = json(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!((&result["verdict"], &result["senders"]), (&"unproven".into(), &Value::Array(Vec::new())));
        assert!(result["problems"][0]["cause"].as_str().unwrap().contains("--"), "it names the option: {result}");
    }
    // Nobody asked for it; help and version are no results.
    for (arguments, code) in [
        (&["verify", "--timeout", "0"][..], 2),
        (&["verify", "--timeout", "0", "--format", "text"], 2),
        (&["history", "--timeout", "--format", "json"], 2),
    ] {
        let output = program(arguments).env("EXCHANGE365_FORMAT", "text").output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{arguments:?}");
    }
    for arguments in [&["verify", "--help", "--format", "json"][..], &["--version"], &["help", "verify"]] {
        let output = program(arguments).env("EXCHANGE365_FORMAT", "json").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.starts_with(b"{"), "{arguments:?}");
    }
}
