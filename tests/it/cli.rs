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
fn program(arguments: &[&str]) -> Command {
    let mut command = bare(PROGRAM);
    command.args(arguments).env("EXCHANGE365_DATA_DIR", "none").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
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
