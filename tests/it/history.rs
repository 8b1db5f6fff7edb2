//! What tests leave behind, as a script sees it: records, reports, watches, and what becomes of them when the program
//! is killed. The real program, a folder of its own for every test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{Folder, bare};

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
    assert!(stdout(&compared).starts_with("From FAIL to PASS"), "in the order of time: {}", stdout(&compared));

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
