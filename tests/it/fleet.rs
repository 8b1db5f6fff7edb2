//! Many customers at once: every one gets its own verdict, whatever happens to its neighbours.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use exchange365::{
    base::{Clock, Wake},
    demo::{Scenario, Server},
    engine::{Event, FleetCustomer, FleetRequest, FleetUpdate, Handle, Options},
    report::{FleetEnding, FleetReport},
};
use serde_json::Value;

use super::scenarios::{senders_of, setup_of};

/// Ten ways in which a fence that stands is disturbed, with how that must end.
const FAULTS: [(&str, FleetEnding); 10] = [
    (
        "stage = \"send_mail\"\nthen = { answer = { status = 503, body = '{\"error\":{\"code\":\"serviceNotAvailable\",\"message\":\"x\"}}', content_type = \"application/json\" } }",
        FleetEnding::Unproven,
    ),
    ("stage = \"send_mail\"\nthen = { cut = { processed = false } }", FleetEnding::Unproven),
    ("stage = \"send_mail\"\nthen = { cut = { processed = true } }", FleetEnding::Unproven),
    (
        "stage = \"send_mail\"\nthen = { answer = { status = 403, body = '<html>Forbidden</html>', content_type = \"text/html\" } }",
        FleetEnding::Unproven,
    ),
    (
        "stage = \"send_mail\"\nthen = { answer = { status = 302, location = \"https://login.example\" } }",
        FleetEnding::Unproven,
    ),
    ("stage = \"send_mail\"\ntimes = 1\nthen = { throttle = { retry_after = \"1\" } }", FleetEnding::Pass),
    ("stage = \"send_mail\"\nthen = { throttle = { retry_after = \"600\" } }", FleetEnding::Unproven),
    ("stage = \"send_mail\"\nthen = { delay = { milliseconds = 30 } }", FleetEnding::Pass),
    (
        "stage = \"token\"\nthen = { answer = { status = 200, body = '<html>Log in</html>', content_type = \"text/html\" } }",
        FleetEnding::Unproven,
    ),
    (
        "stage = \"send_mail\"\nmailbox = \"ingrid.solberg@fjordlys.example\"\nthen = { answer = { status = 401, body = '{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"x\"}}', content_type = \"application/json\" } }",
        FleetEnding::Unproven,
    ),
];

fn text_of(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("resources/demo/{name}.toml"))).unwrap()
}

async fn start(scenario: Scenario) -> Server {
    Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
}

fn ending_of(exit_code: u8) -> FleetEnding {
    FleetEnding::ALL.into_iter().find(|ending| ending.exit_code() == exit_code).unwrap()
}

fn run(request: FleetRequest) -> FleetReport {
    let mut engine = Handle::start(Options::default(), Wake::none()).unwrap();
    let job = engine.fleet(request);
    let mut report = None;
    while let Some(event) = engine.wait() {
        match event {
            Event::Fleet(of, update) if of == job => {
                if let FleetUpdate::Concluded(concluded) = *update {
                    report = Some(*concluded);
                }
            }
            Event::Finished(of) if of == job => break,
            _ => {}
        }
    }
    report.unwrap()
}

#[tokio::test]
async fn two_hundred_customers_with_a_tenth_disturbed_get_exactly_their_verdicts() {
    let names: Vec<String> = Scenario::all().into_iter().map(|scenario| scenario.name).collect();
    let (mut servers, mut customers, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..200 {
        let (scenario, ending) = if number % 10 == 7 {
            let (fault, ending) = FAULTS[number / 10 % FAULTS.len()];
            let text = format!("{}\n[[faults]]\n{fault}\n", text_of("restricted-aap"));
            (Scenario::from_toml(&text).unwrap(), ending)
        } else {
            let scenario = Scenario::named(&names[number % names.len()]).unwrap();
            let ending = ending_of(scenario.expected().exit_code);
            (scenario, ending)
        };
        let server = start(scenario).await;
        let ready = Ok(Box::new((setup_of(server.access()), senders_of(server.access()))));
        customers.push(FleetCustomer { name: format!("customer {number}"), ready });
        expected.push(ending);
        servers.push(server);
    }
    let request = FleetRequest { customers, concurrency: 16, shard: None };
    let report = tokio::task::spawn_blocking(move || run(request)).await.unwrap();
    assert_eq!(report.customers.len(), 200);
    for (customer, expected) in report.customers.iter().zip(&expected) {
        assert_eq!(customer.ending, *expected, "{}: {}", customer.name, customer.report.summary);
    }
    assert_eq!(report.worst(), FleetEnding::Fail);
    // No neighbour's answer, and no mail twice.
    for (server, customer) in servers.iter().zip(&report.customers) {
        let mut mails: BTreeMap<String, usize> = BTreeMap::new();
        for mail in server.sent() {
            *mails.entry(mail.test_id.unwrap()).or_default() += 1;
        }
        assert!(mails.values().all(|number| *number == 1), "{}", customer.name);
        let own: Vec<&str> = customer.report.senders.iter().map(|sender| sender.result.test_id.as_str()).collect();
        assert!(mails.keys().all(|id| own.contains(&id.as_str())), "{}", customer.name);
    }
}

// ---- the real program ----

use crate::support::bare;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");

fn program(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = bare(PROGRAM);
    command
        .arg("fleet")
        .args(arguments)
        .env("EXCHANGE365_DATA_DIR", "none")
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    command
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("exchange365-fleet-{name}-{}", std::process::id()));
    let _nothing_there = fs::remove_dir_all(&folder).is_err();
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A customer's entry for a running tenant.
fn entry(name: &str, server: &Server, secret: &str) -> String {
    let access = server.access();
    let url = &access.base_url;
    format!(
        "[[customers]]\nname = {name:?}\ntenant_id = \"{}\"\nclient_id = \"{}\"\nlogin_url = \"{url}\"\ngraph_url = \"{url}\"\n\
         {secret}\npermitted = {:?}\nforbidden = {:?}\nto = \"{}\"\n\n",
        access.tenant_id, access.client_id, access.permitted, access.forbidden, access.recipient
    )
}

#[tokio::test]
async fn a_failing_customer_stops_nobody_and_no_secret_is_shown() {
    let good = start(Scenario::named("restricted-aap").unwrap()).await;
    let open = start(Scenario::named("open").unwrap()).await;
    let place = folder("formats");
    fs::write(place.join("good.secret"), format!("{}\n", good.access().client_secret.expose())).unwrap();
    let list = place.join("customers.toml");
    let nasty = "Æ <script>alert(1)</script> & \"Co\" ]]>";
    let text = entry("good by file", &good, "secret_file = \"good.secret\"")
        + "[[customers]]\nname = \"nothing said\"\n\n"
        + "[[customers]]\nname = \"nobody listens\"\ntenant_id = \"x.example\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\nsecret_env = \"DEAD\"\nlogin_url = \"http://127.0.0.1:9\"\ngraph_url = \"http://127.0.0.1:9\"\npermitted = \"a@x.example\"\nforbidden = \"b@x.example\"\nto = \"c@x.example\"\n\n"
        + &entry(nasty, &open, "secret_env = \"OPEN\"")
        + &entry("no variable", &good, "secret_env = \"MISSING\"")
        + &entry("good by variable", &good, "secret_env = \"GOOD\"");
    fs::write(&list, text).unwrap();
    let secrets = [
        ("OPEN", open.access().client_secret.expose().to_owned()),
        ("GOOD", good.access().client_secret.expose().to_owned()),
        ("DEAD", "canary~dead".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reports: Vec<PathBuf> = ["r.jsonl", "r.xml", "r.html"].iter().map(|name| place.join(name)).collect();
    let mut arguments = vec![list.to_str().unwrap(), "--format", "json"];
    for report in &reports {
        arguments.extend(["--report", report.to_str().unwrap()]);
    }
    let ended = output(program(&arguments, &variables)).await;
    assert_eq!(ended.status.code(), Some(1), "the worst counts: {}", String::from_utf8_lossy(&ended.stderr));
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let endings: BTreeMap<&str, &str> = lines
        .iter()
        .filter(|line| line["schema"] == "exchange365/fleet-customer/1")
        .map(|line| (line["name"].as_str().unwrap(), line["ending"].as_str().unwrap()))
        .collect();
    let expected = [
        ("good by file", "pass"),
        ("good by variable", "pass"),
        ("no variable", "set_up"),
        ("nobody listens", "unproven"),
        ("nothing said", "set_up"),
        (nasty, "fail"),
    ];
    assert_eq!(endings, BTreeMap::from(expected));
    let summary = lines.last().unwrap();
    assert_eq!((&summary["schema"], &summary["exit_code"]), (&"exchange365/fleet/1".into(), &1.into()));
    assert_eq!(summary["counts"]["pass"], 2);
    let mut everything = text + &String::from_utf8_lossy(&ended.stderr);
    for report in &reports {
        everything += &fs::read_to_string(report).unwrap();
    }
    for (name, secret) in &secrets {
        assert!(!everything.contains(secret.as_str()), "the secret of {name} is somewhere");
    }
    let xml = fs::read_to_string(&reports[1]).unwrap();
    let html = fs::read_to_string(&reports[2]).unwrap();
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    assert!(!xml.contains("<script") && xml.starts_with("<?xml"));
    assert_eq!(xml.matches("<testsuite ").count(), 6);
    assert_eq!(xml.matches("<testcase ").count(), xml.matches(" />\n").count() + xml.matches("</testcase>").count());
    fs::remove_dir_all(place).unwrap();
}

#[tokio::test]
async fn parts_of_a_list_are_the_whole_and_csv_will_do() {
    let server = start(Scenario::named("restricted-rbac").unwrap()).await;
    let access = server.access();
    let place = folder("parts");
    let list = place.join("customers.csv");
    let mut text = "name;tenant_id;client_id;login_url;graph_url;secret_env;permitted;forbidden;to\r\n".to_owned();
    for number in 0..5 {
        text += &format!(
            "c{number};{};{};{url};{url};SECRET;{};{};{}\r\n",
            access.tenant_id,
            access.client_id,
            access.permitted.join(" "),
            access.forbidden.join(" "),
            access.recipient,
            url = access.base_url
        );
    }
    fs::write(&list, text).unwrap();
    let list = list.to_str().unwrap();
    let variables = [("SECRET", access.client_secret.expose())];
    let mut seen = Vec::new();
    for part in ["1/2", "2/2"] {
        let ended = output(program(&[list, "--shard", part, "--format", "json"], &variables)).await;
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        let text = String::from_utf8_lossy(&ended.stdout).into_owned();
        let names = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().map(str::to_owned));
        seen.extend(names);
    }
    seen.sort();
    assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4"]);
    for (arguments, variables) in [
        (vec![list, "--shard", "3/2"], &variables[..]),
        (vec![list, "--shard", "9/9"], &variables[..]),
        (vec!["/no/such/file.toml"], &variables[..]),
        (vec![list, "--report", "x.docx"], &variables[..]),
        (vec![list], &[][..]),
    ] {
        let ended = output(program(&arguments, variables)).await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
    }
    fs::remove_dir_all(place).unwrap();
}
