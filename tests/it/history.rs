//! What tests leave behind, as a script sees it: records, reports, watches, and what becomes of them when the program
//! is killed. The real program, a folder of its own for every test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::sweep::NO_RECIPIENTS;
use crate::support::{
    Folder, bare,
    session::{RAOP, clock},
    wire::{Step, Wire, json, reply},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = bare(PROGRAM);
    command.args(arguments).env("EXCHANGE365_DATA_DIR", folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(folder: &Path) -> Vec<Value> {
    let output = run(folder, &["history", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["schema"], "exchange365/history/1");
    value["records"].as_array().unwrap().clone()
}

fn records(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder.join("records")).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).collect()
}

#[test]
fn a_test_leaves_a_record_that_can_be_shown_saved_checked_compared_and_deleted() {
    let folder = Folder::new();
    let at = folder.path();
    assert!(stdout(&run(at, &["history"])).contains("No test has left a record yet"));
    assert_eq!(run(at, &["verify", "--demo", "open"]).status.code(), Some(1));
    let second = run(at, &["verify", "--demo", "restricted-aap"]);
    assert_eq!(second.status.code(), Some(0));
    assert!(stdout(&second).contains("Record: run-"), "{}", stdout(&second));

    let rows = rows(at);
    let verdicts: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["pass", "fail"], "the newest first");
    assert!(rows.iter().all(|row| row["rehearsal"] == true && row["state"] == "finished"));
    let id = rows[0]["id"].as_str().unwrap();

    let shown = run(at, &["history", "show", id]);
    assert!(shown.status.success() && stdout(&shown).contains("PASS  "), "{}", stdout(&shown));
    let as_json = run(at, &["history", "show", "last", "--format", "json"]);
    let as_json: Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!((&as_json["schema"], &as_json["verdict"]), (&"exchange365/verify/1".into(), &"pass".into()));

    let files: Vec<PathBuf> = ["html", "md", "json", "csv", "xml", "svg"].map(|end| at.join(format!("r.{end}"))).into();
    let mut report = program(at, &["report", id]);
    for file in &files {
        report.arg("--out").arg(file);
    }
    let written = report.output().unwrap();
    assert!(written.status.success(), "{}", stderr(&written));
    for file in &files {
        assert!(fs::read_to_string(file).unwrap().len() > 200, "{}", file.display());
    }
    assert!(fs::read_to_string(&files[0]).unwrap().contains("did not come from Microsoft 365"), "it is a rehearsal");

    let compared = run(at, &["history", "compare", id, rows[1]["id"].as_str().unwrap()]);
    assert!(
        stdout(&compared).starts_with("Not the same tenant: FAIL before, PASS after"),
        "in the order of time, and nothing is said to have changed: {}",
        stdout(&compared)
    );

    assert!(run(at, &["history", "delete", id]).status.success());
    assert_eq!(records(at).len(), 1);
    assert_eq!(run(at, &["history", "show", id]).status.code(), Some(2));
}

#[test]
fn the_evidence_is_checked_by_its_exit_code() {
    let folder = Folder::new();
    let at = folder.path();
    assert_eq!(run(at, &["verify", "--demo"]).status.code(), Some(0));
    let record = records(at).remove(0);
    let file = record.to_str().unwrap();
    let intact = run(at, &["report", "check", file]);
    assert_eq!(intact.status.code(), Some(0), "{}", stdout(&intact));
    let head = stdout(&intact).lines().find_map(|line| line.strip_prefix("SHA-256: ").map(str::to_owned)).unwrap();
    assert_eq!(run(at, &["report", "check", file, "--sha256", &head]).status.code(), Some(0));
    assert_eq!(run(at, &["report", "check", file, "--sha256", &"0".repeat(64)]).status.code(), Some(1));
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("\"verdict\":\"pass\"", "\"verdict\":\"fail\"")).unwrap();
    let altered = run(at, &["report", "check", file, "--format", "json"]);
    assert_eq!(altered.status.code(), Some(1), "{}", stdout(&altered));
    assert_eq!(run(at, &["report", "last", "--out", at.join("x.html").to_str().unwrap()]).status.code(), Some(2));
    fs::write(&record, "not a record").unwrap();
    assert_eq!(run(at, &["report", "check", file]).status.code(), Some(2));
    assert_eq!(run(at, &["report", "check", "no-such-record"]).status.code(), Some(2));
}

/// Writes every kind of report with the test and again from its record; gives the files of the first.
fn reports(at: &Path, arguments: &[&str]) -> Vec<PathBuf> {
    let mut test = program(at, arguments);
    let mut again = program(at, &["report", "last"]);
    let mut files = Vec::new();
    for ending in ["html", "md", "json", "csv", "xml"] {
        files.push(at.join(format!("first.{ending}")));
        test.arg("--report").arg(at.join(format!("first.{ending}")));
        again.arg("--out").arg(at.join(format!("again.{ending}")));
    }
    test.output().unwrap();
    assert!(again.output().unwrap().status.success(), "{arguments:?}");
    files
}

#[test]
fn a_report_is_checked_against_its_record_and_one_that_was_edited_is_found() {
    for (arguments, edit) in [
        (vec!["verify", "--demo", "union-mistake"], ("FAIL", "PASS")),
        (vec!["verify", "--demo", "expired-secret"], ("expired", "renewed")),
        (vec!["verify", "--demo", "restricted-aap", "--watch=4h", "--demo-speed", "3600"], ("refused", "accepted")),
        (vec!["verify", "--demo", "restricted-aap", "--watch=1m", "--method", "rbac"], ("UNPROVEN", "PASS")),
    ] {
        let folder = Folder::new();
        let at = folder.path();
        let files = reports(at, &arguments);
        for file in &files {
            let written = fs::read_to_string(file).unwrap();
            let again = fs::read_to_string(
                file.with_file_name(format!("again.{}", file.extension().unwrap().to_string_lossy())),
            );
            assert_eq!(written, again.unwrap(), "{arguments:?} {}", file.display());
            let name = file.to_str().unwrap();
            let genuine = run(at, &["report", "check", name]);
            assert_eq!(genuine.status.code(), Some(0), "{arguments:?} {name}: {}", stderr(&genuine));
            fs::write(file, written.replace('\n', "\r\n")).unwrap();
            assert_eq!(run(at, &["report", "check", name]).status.code(), Some(0), "line ends: {name}");
            let (from, to) = edit;
            let edited = written.replace(from, to).replace(&from.to_lowercase(), &to.to_lowercase());
            assert_ne!(edited, written, "{arguments:?} {name}");
            fs::write(file, edited).unwrap();
            let found = run(at, &["report", "check", name, "--format", "json"]);
            assert_eq!(found.status.code(), Some(1), "{arguments:?} {name}");
            assert!(stdout(&found).contains("other_report"), "{}", stdout(&found));
        }
        let record = records(at).remove(0);
        fs::remove_file(&record).unwrap();
        let alone = run(at, &["report", "check", files[0].to_str().unwrap()]);
        assert_eq!(alone.status.code(), Some(2));
        assert!(stderr(&alone).contains(record.file_name().unwrap().to_str().unwrap()), "{}", stderr(&alone));
    }
}

#[test]
fn a_folder_that_cannot_be_written_costs_the_record_and_nothing_else() {
    let folder = Folder::new();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "in the way").unwrap();
    let output = run(&blocked, &["verify", "--demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("no record of it can be kept"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&blocked).unwrap(), "in the way");
}

const NOT_YET: [&str; 4] = ["verify", "--demo", "not-yet-in-force", "--watch"];

#[test]
fn a_watch_ends_when_two_tests_agree() {
    let folder = Folder::new();
    let at = folder.path();
    let report = at.join("watch.html");
    let output = program(at, &NOT_YET).args(["--demo-speed", "1800", "--report"]).arg(&report).output().unwrap();
    let (shown, told) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(0), "{shown}\n{told}");
    assert!(shown.starts_with("PASS"), "{shown}");
    for words in ["Timeline of the watch", "FAIL", "Two tests in a row passed", "Record: watch-"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(told.contains("At most ") && told.contains("because the last test passed, and a second one has to agree"));
    let html = fs::read_to_string(report).unwrap();
    assert!(html.contains("<svg") && html.contains("Two tests in a row passed"));
    let row = rows(at).remove(0);
    assert_eq!((&row["kind"], &row["verdict"], &row["state"]), (&"watch".into(), &"pass".into(), &"finished".into()));
    let check = run(at, &["report", "check", "last"]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
}

#[test]
fn a_deadline_before_the_second_pass_proves_nothing() {
    let folder = Folder::new();
    let arguments = ["verify", "--demo", "restricted-aap", "--watch=2m", "--demo-speed", "3600", "--format", "json"];
    let output = run(folder.path(), &arguments);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &result["verdict"]), (Some(3), &"unproven".into()), "{result}");
    assert!(result["summary"].as_str().unwrap().contains("before a second one agreed"), "{result}");
    let row = rows(folder.path()).remove(0);
    assert_eq!(row["verdict"], "unproven", "the record says the same");
}

#[test]
fn what_makes_no_sense_of_a_watch_is_refused() {
    let folder = Folder::new();
    for (arguments, code) in [
        (vec!["--watch=soon"], 2),
        (vec!["--watch=-3h"], 2),
        (vec!["--watch", "--method", "magic"], 2),
        (vec!["--changed-at", "2026-11-23T08:00:00Z"], 2),
        (vec!["--resume", "nothing"], 2),
        (vec!["--watch=10m", "--method", "rbac"], 2),
    ] {
        let output = program(folder.path(), &["verify", "--demo"]).args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_refused_sign_in_ends_a_watch_at_once() {
    let folder = Folder::new();
    let output = run(folder.path(), &["verify", "--demo", "expired-secret", "--watch", "--method", "rbac"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stdout(&output).contains("[client_secret_expired]"), "{}", stdout(&output));
    assert_eq!(rows(folder.path())[0]["state"], "finished");
}

/// The program, killed as soon as it has said these words.
fn kill_when(mut command: Command, words: &str) -> String {
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    while !told.contains(words) {
        assert_ne!(lines.read_line(&mut told).unwrap(), 0, "the program ended: {told}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    told
}

#[test]
fn a_watch_that_was_killed_while_it_waited_is_offered_and_gone_on_with() {
    let folder = Folder::new();
    let at = folder.path();
    let mut watch = program(at, &NOT_YET);
    watch.args(["--demo-speed", "1"]);
    kill_when(watch, "Next test at ");

    let row = rows(at).remove(0);
    assert_eq!((&row["pending"], &row["kind"]), (&true.into(), &"watch".into()), "{row}");
    let id = row["id"].as_str().unwrap();
    let next = run(at, &["verify", "--demo"]);
    let told = stderr(&next);
    assert!(told.contains("nothing is lost") && told.contains(&format!("verify --resume {id}")), "{told}");
    assert_eq!(run(at, &["verify", "--demo", "--resume", id]).status.code(), Some(2), "another app's credentials");

    let arguments = ["verify", "--demo", "not-yet-in-force", "--resume", id, "--demo-speed", "1800"];
    let resumed = run(at, &arguments);
    assert_eq!(resumed.status.code(), Some(0), "{}{}", stdout(&resumed), stderr(&resumed));
    assert!(stdout(&resumed).contains("Two tests in a row passed"));
    assert_eq!(run(at, &["report", "check", id]).status.code(), Some(0), "one chain through the kill");
    assert!(!rows(at).iter().any(|row| row["id"] == id && row["pending"] == true));
}

#[test]
fn a_test_that_was_killed_loses_at_most_what_was_in_flight_and_says_so() {
    let folder = Folder::new();
    let at = folder.path();
    let mut child = program(at, &["verify", "--demo", "throttled-hard"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test waits in real time for a real program")]
    let start = Instant::now();
    let asked = loop {
        assert!(start.elapsed() < PATIENCE, "nothing was asked");
        let text = fs::read_dir(at.join("records")).ok().and_then(|mut all| {
            all.find_map(|file| fs::read_to_string(file.unwrap().path()).ok().filter(|text| text.contains("asking")))
        });
        if let Some(text) = text {
            break text;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(asked.contains("\"asking\""));
    let text = fs::read_to_string(records(at).remove(0)).unwrap();
    let ids = |kind: &str| {
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_kind = lines.filter(|line| line.to_string().contains(&format!("\"{kind}\"")));
        of_kind.map(|line| line.to_string()).collect::<Vec<_>>()
    };
    let missing = ids("asking").len() - ids("answered").len();
    assert!(missing > 0, "it was killed in the middle: {text}");

    let told = stderr(&run(at, &["verify", "--demo"]));
    assert!(told.contains("was interrupted; the answer is missing for e365-"), "{told}");
    assert!(told.contains("may have been sent"), "{told}");
    let told = stderr(&run(at, &["verify", "--demo"]));
    assert!(!told.contains("was interrupted"), "it is said once: {told}");
    let interrupted = rows(at).pop().unwrap();
    assert_eq!((&interrupted["verdict"], &interrupted["state"]), (&"unproven".into(), &"finished".into()));
    let shown = run(at, &["history", "show", interrupted["id"].as_str().unwrap()]);
    assert!(stdout(&shown).contains("the program ended before the answer came"), "{}", stdout(&shown));
}

/// The record with its last line changed, nothing computed anew.
fn edit_last(record: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(record).unwrap();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let changed = last.replace(from, to);
    assert_ne!(changed, last, "{from}");
    fs::write(record, format!("{before}\n{changed}\n")).unwrap();
}

#[test]
fn a_last_line_that_was_edited_is_not_intact() {
    let folder = Folder::new();
    let at = folder.path();
    assert_eq!(run(at, &["verify", "--demo"]).status.code(), Some(0));
    let record = records(at).remove(0);
    let (name, sealed) = (record.to_str().unwrap(), fs::read_to_string(&record).unwrap());
    let tenant = "5b1f7c2e-4a53-4d0c-9b1e-6f0a3c8d2e11";
    let edits = [
        (tenant, "dddddddd-dead-4000-8000-00000000dead"),
        ("\"started\":\"2", "\"started\":\"3"),
        ("\"finished\":\"2", "\"finished\":\"1"),
    ];
    for (from, to) in edits {
        fs::write(&record, &sealed).unwrap();
        edit_last(&record, from, to);
        let check = run(at, &["report", "check", name]);
        assert_eq!(check.status.code(), Some(1), "{from}: {}", stdout(&check));
        assert!(stdout(&check).starts_with("NOT INTACT"), "{}", stdout(&check));
        assert_eq!(run(at, &["report", name, "--out", at.join("x.html").to_str().unwrap()]).status.code(), Some(2));
    }
    // An older version wrote no hash of the last line: the lines before it speak for it, and no more is claimed.
    let old = super::record::unsealed(&sealed);
    fs::write(&record, &old).unwrap();
    let check = run(at, &["report", "check", name]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
    assert!(stdout(&check).starts_with("INTACT UP TO THE LAST LINE"), "{}", stdout(&check));
    let head = stdout(&check).lines().find_map(|line| line.strip_prefix("SHA-256: ").map(str::to_owned)).unwrap();
    let known = run(at, &["report", "check", name, "--sha256", &head]);
    assert!(stdout(&known).starts_with("INTACT  "), "who knows the head knows all of it: {}", stdout(&known));
    let json = run(at, &["report", "check", name, "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["standing"], &json["last_line_covered"]), (&"intact".into(), &false.into()), "{json}");
    for (from, to) in edits {
        fs::write(&record, &old).unwrap();
        edit_last(&record, from, to);
        let check = run(at, &["report", "check", name]);
        assert_eq!(check.status.code(), Some(1), "{from}: {}", stdout(&check));
        let report = at.join("old.json");
        assert_eq!(run(at, &["report", name, "--out", report.to_str().unwrap()]).status.code(), Some(0));
        let report: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
        assert_eq!((&report["verdict"], &report["tenant"]["id"]), (&"unproven".into(), &tenant.into()), "{report}");
        assert!(report["started"].as_str().unwrap().starts_with("20"), "{report}");
        let page = at.join("old.html");
        run(at, &["report", name, "--out", page.to_str().unwrap()]);
        assert!(fs::read_to_string(page).unwrap().contains("The run counts as unproven"));
    }
}

#[test]
fn a_fail_whose_end_was_cut_off_is_unfinished_and_never_intact() {
    let folder = Folder::new();
    let at = folder.path();
    assert_eq!(run(at, &["verify", "--demo", "union-mistake"]).status.code(), Some(1));
    let record = records(at).remove(0);
    let (name, whole) = (record.to_str().unwrap(), fs::read_to_string(&record).unwrap());
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    for cut in 1..lines.len() {
        fs::write(&record, lines[..lines.len() - cut].concat()).unwrap();
        let check = run(at, &["report", "check", name]);
        assert_eq!(check.status.code(), Some(3), "{cut}: {}", stdout(&check));
        assert!(stdout(&check).starts_with("UNFINISHED  "), "{}", stdout(&check));
    }
    fs::write(&record, lines[..lines.len() - 2].concat()).unwrap();
    let json = run(at, &["report", "check", name, "--format", "json"]);
    assert_eq!(json.status.code(), Some(3));
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["standing"], &json["trustworthy"]), (&"unfinished".into(), &false.into()), "{json}");
    // A report of what is left shows the same; one that was edited is edited.
    let report = at.join("cut.md");
    assert!(run(at, &["report", name, "--out", report.to_str().unwrap()]).status.success());
    fs::copy(&record, at.join(record.file_name().unwrap())).unwrap();
    let checked = run(at, &["report", "check", report.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(3), "{}", stdout(&checked));
    assert!(stdout(&checked).contains("it is the record of that report"), "{}", stdout(&checked));
    fs::write(&report, fs::read_to_string(&report).unwrap().replace("UNPROVEN", "PASS")).unwrap();
    assert_eq!(run(at, &["report", "check", report.to_str().unwrap()]).status.code(), Some(1));
    // Closed, it has an end, but not that of its test.
    assert!(run(at, &["history", "close", name]).status.success());
    let closed = run(at, &["report", "check", name]);
    assert_eq!(closed.status.code(), Some(3), "{}", stdout(&closed));
    assert!(stdout(&closed).contains("Gone on with after an interruption: once"), "{}", stdout(&closed));
}

/// A tenant that lets `perm…` and `open…` send and refuses everybody else; `token` says which tenant and object each of
/// its tokens, counted from 0, is for. Nobody is answered whose name begins with `stall`.
async fn tenant(token: impl Fn(usize) -> (&'static str, &'static str) + Send + Sync + 'static) -> Wire {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    Wire::start(&clock(), move |seen, number| {
        if seen.target.contains("/oauth2/") {
            let (tenant, object) = token(number);
            let claims = serde_json::json!({ "appid": APP, "oid": object, "tid": tenant, "roles": ["Mail.Send"],
                "aud": "https://graph.microsoft.com", "exp": 4_000_000_000_u64 });
            let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
            let token = format!("{}.{}.c2ln", part(&serde_json::json!({ "alg": "none" })), part(&claims));
            let grant = serde_json::json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token });
            return json(200, &grant.to_string());
        }
        let id = [("content-type", "application/json"), ("client-request-id", seen.header("client-request-id"))];
        let is_probe = seen.body.contains("\"toRecipients\":[]");
        match seen.mailbox() {
            who if is_probe && (who.starts_with("perm") || who.starts_with("open")) => reply(400, &id, NO_RECIPIENTS),
            who if who.starts_with("stall") => vec![Step::Stall],
            who if who.starts_with("perm") || who.starts_with("open") => reply(202, &id[1..], ""),
            _ => reply(403, &id, RAOP),
        }
    })
    .await
}

const APP: &str = "11111111-2222-3333-4444-555555555555";
const TENANT_A: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const TENANT_B: &str = "bbbbbbbb-0000-4000-8000-000000000002";

fn at_tenant(folder: &Path, name: &str, url: &str) -> Command {
    let mut command = program(folder, &["verify", "--tenant-id", name, "--client-id", APP, "--proxy", "none"]);
    command.args(["--login-url", url, "--graph-url", url]).env("EXCHANGE365_CLIENT_SECRET", "canary~secret");
    command
}

fn with_senders(mut command: Command, permitted: &str, forbidden: &str) -> Command {
    command.args(["--permitted", permitted, "--forbidden", forbidden, "--to", "to@x.example"]);
    command
}

/// In a thread of its own, so that the counterpart of this test can answer.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn a_watch_is_not_gone_on_with_in_another_tenant_or_by_another_object() {
    let folder = Folder::new();
    let at = folder.path().to_owned();
    let first = tenant(|_| (TENANT_A, "object")).await;
    let mut watch = with_senders(at_tenant(&at, "contoso-a.example", &first.url()), "perm@x.example", "forb@x.example");
    watch.args(["--watch=20m", "--method", "aap", "--changed-at", "2026-01-01T00:00:00Z"]);
    let told = apart(move || kill_when(watch, "Next test at ")).await;
    assert!(told.contains("This test: PASS"), "{told}");
    let record = records(&at).remove(0);
    let before = fs::read(&record).unwrap();

    for (name, token, words) in [
        ("contoso-b.example", (TENANT_B, "object"), "another tenant"),
        ("contoso-a.example", (TENANT_B, "object"), "another tenant"),
        (TENANT_B, (TENANT_B, "object"), "another tenant"),
        (TENANT_B, (TENANT_A, "object"), "another tenant"),
        ("contoso-a.example", (TENANT_A, "new object"), "another enterprise application"),
    ] {
        let other = tenant(move |_| token).await;
        let mut resume = at_tenant(&at, name, &other.url());
        resume.args(["--resume", "last", "--format", "json"]);
        let output = apart(move || resume.output().unwrap()).await;
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name} {token:?}: {result}");
        let problem = &result["problems"][0];
        assert_eq!((&result["verdict"], &problem["code"]), (&"unproven".into(), &"watch_not_resumed".into()));
        assert!(problem["cause"].as_str().unwrap().contains(words), "{problem}");
        assert!(other.sends().is_empty(), "nothing is sent");
        assert_eq!(fs::read(&record).unwrap(), before, "the record is left to those whom it belongs to");
    }
    // Without a sign-in nothing shows that another name is the same tenant; the same name may wait for it.
    let mut nameless = at_tenant(&at, "contoso-b.example", "http://127.0.0.1:9");
    nameless.args(["--resume", "last"]);
    let output = apart(move || nameless.output().unwrap()).await;
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stdout(&output).contains("nothing shows that contoso-b.example is the same tenant"), "{}", stdout(&output));
    // By another of its names it is the same tenant, with the same object.
    let again = tenant(|_| (TENANT_A, "object")).await;
    let mut resume = at_tenant(&at, "other-name.example", &again.url());
    resume.args(["--resume", "last"]);
    let told = apart(move || kill_when(resume, "Next test at ")).await;
    assert!(told.contains("a second one has to agree") && again.sends().is_empty(), "{told}");
}

/// The sign-in of a later test of the same watch leads elsewhere: a domain was moved, an app was made anew.
#[tokio::test]
async fn a_watch_asks_nobody_once_its_token_is_for_somebody_else() {
    use exchange365::{
        base::{Clock, Secret, Wake},
        engine::{Ending, Event, Fence, Handle, Options, Senders, Setup, WatchPlan, WatchWhat, WatchWish},
    };
    for (later, words) in [((TENANT_B, "object"), "another tenant"), ((TENANT_A, "new"), "another enterprise app")] {
        let folder = Folder::new();
        let at = folder.path().to_owned();
        // The first token is asked for when the watch begins, the second one by the first test.
        let wire = tenant(move |number| if number < 2 { (TENANT_A, "object") } else { later }).await;
        let setup = Setup {
            tenant_id: "contoso-a.example".into(),
            client_id: APP.into(),
            client_secret: Secret::new("canary~secret".into()),
            login_url: wire.url(),
            graph_url: wire.url(),
            proxy: "none".into(),
            ..Setup::empty()
        };
        let manual = clock();
        let options =
            Options { clock: Clock::manual(&manual), records: Some(at.join("records")), ..Options::default() };
        let report = apart(move || {
            let mut engine = Handle::start(options, Wake::none()).unwrap();
            let senders = Senders {
                permitted: "perm@x.example".into(),
                forbidden: "forb@x.example".into(),
                recipient: "to@x.example".into(),
                ..Senders::default()
            };
            let plan = WatchPlan { senders, fence: Some(Fence::Policy), changed: None, until: None };
            let what = WatchWhat::Begin(Box::new(plan));
            let job = engine.watch(setup, WatchWish { what, demo_pace: 1 });
            // Time goes on by itself: a minute that passes between two steps of the engine wakes nobody.
            let is_over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    while !is_over.load(Ordering::SeqCst) {
                        manual.advance(Duration::from_mins(1));
                        std::thread::sleep(Duration::from_millis(2));
                    }
                });
                loop {
                    if let Event::Concluded(of, report) = engine.wait().unwrap()
                        && of == job
                    {
                        is_over.store(true, Ordering::SeqCst);
                        break report;
                    }
                }
            })
        })
        .await;
        assert_eq!((report.verdict.as_str(), report.ending), ("unproven", Ending::SetUp), "{}", report.summary);
        assert!(report.problems[0].cause.contains(words), "{:?}", report.problems);
        assert_eq!(wire.sends().len(), 2, "the first test alone was sent");
        let row = rows(&at).remove(0);
        assert_eq!((&row["verdict"], &row["state"]), (&"unproven".into(), &"finished".into()), "{row}");
    }
}

/// What is proven to fail has failed, whoever cancels the rest: the exit code is that of a sweep.
#[cfg(unix)]
#[tokio::test]
async fn a_fail_that_is_proven_stays_one_when_the_rest_is_cancelled() {
    async fn interrupted(mut command: Command, words: &'static str) -> Output {
        apart(move || {
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let (mut told, mut lines) = (String::new(), BufReader::new(child.stderr.take().unwrap()));
            while !told.contains(words) {
                assert_ne!(lines.read_line(&mut told).unwrap(), 0, "the program ended: {told}");
            }
            let id = child.id().to_string();
            assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
            let rest = std::thread::Builder::new().name("rest".to_owned());
            let rest = rest.spawn(move || std::io::Read::read_to_string(&mut lines, &mut told).is_ok()).unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(rest.join().unwrap());
            output
        })
        .await
    }
    let folder = Folder::new();
    let at = folder.path().to_owned();
    let wire = tenant(|_| (TENANT_A, "object")).await;
    let verify = |permitted: &str, forbidden: &str| {
        let mut command = with_senders(at_tenant(&at, "contoso.example", &wire.url()), permitted, forbidden);
        command.args(["--format", "json", "--report"]).arg(at.join("r.json"));
        command
    };
    let leak = interrupted(verify("stall@x.example", "open@x.example"), "open@x.example (forbidden): Accepted").await;
    let none = interrupted(verify("stall@x.example", "forb@x.example"), "forb@x.example (forbidden): Refused").await;
    let mut watch = verify("perm@x.example", "open@x.example");
    watch.args(["--watch=4h", "--method", "aap"]);
    watch.args(["--changed-at", "2026-01-01T00:00:00Z"]);
    let watched = interrupted(watch, "Next test at ").await;
    let mut passing = verify("perm@x.example", "forb@x.example");
    passing.args(["--watch=4h", "--method", "aap", "--changed-at", "2026-01-01T00:00:00Z"]);
    let stopped = interrupted(passing, "Next test at ").await;
    for (output, code, verdict) in
        [(leak, 1, "fail"), (none, 4, "unproven"), (watched, 1, "fail"), (stopped, 4, "unproven")]
    {
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &result["verdict"]), (Some(code), &verdict.into()), "{result}");
        assert_eq!(result["cancelled"], true, "{result}");
        let summary = result["summary"].as_str().unwrap();
        assert!(code == 4 || summary.contains("cancelled") || summary.contains("stopped"), "{summary}");
    }
    fs::write(at.join("list"), "stall@x.example").unwrap();
    let sweep = |forbidden: &str| {
        let url = wire.url();
        let mut command = program(&at, &["sweep", "--tenant-id", "contoso.example", "--client-id", APP]);
        command.args(["--proxy", "none", "--login-url", &url, "--graph-url", &url, "--format", "json", "--mailboxes"]);
        command.arg(at.join("list")).env("EXCHANGE365_CLIENT_SECRET", "canary~secret");
        with_senders(command, "perm@x.example", forbidden)
    };
    for (forbidden, code, verdict) in [("forb@x.example,open@x.example", 1, "fail"), ("forb@x.example", 4, "unproven")]
    {
        let output = interrupted(sweep(forbidden), "Probe: agrees").await;
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &result["verdict"]), (Some(code), &verdict.into()), "{result}");
        assert_eq!(result["cancelled"], true, "{result}");
    }
    let check = run(&at, &["report", "check", at.join("r.json").to_str().unwrap()]);
    assert_eq!(check.status.code(), Some(0), "what was shown is what the record says: {}", stdout(&check));
}
