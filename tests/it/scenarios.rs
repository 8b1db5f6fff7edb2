//! Every scenario of the demo tenant through the ordinary engine and client: the verdict in the file is what comes out.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use exchange365::{
    base::{Clock, Secret, Wake},
    demo::{DemoAccess, Expected, Scenario, Server},
    engine::{Ending, Event, Handle, Options, Senders, Setup, VerifyReport},
};

/// The set-up for a running demo tenant, as for any other tenant.
pub(crate) fn setup_of(access: &DemoAccess) -> Setup {
    Setup {
        tenant_id: access.tenant_id.clone(),
        client_id: access.client_id.clone(),
        client_secret: Secret::new(access.client_secret.expose().to_owned()),
        login_url: access.base_url.clone(),
        graph_url: access.base_url.clone(),
        exchange_url: access.base_url.clone(),
        timeout_secs: Some(20),
        ..Setup::empty()
    }
}

pub(crate) fn senders_of(access: &DemoAccess) -> Senders {
    Senders {
        permitted: access.permitted.join("\n"),
        forbidden: access.forbidden.join(","),
        recipient: access.recipient.clone(),
        ..Senders::default()
    }
}

/// Runs one verification to its end.
pub(crate) fn verify(setup: Setup, senders: Senders) -> VerifyReport {
    let mut engine = Handle::start(Options::default(), Wake::none()).unwrap();
    let job = engine.verify(setup, senders);
    let mut report = None;
    while let Some(event) = engine.wait() {
        match event {
            Event::Concluded(of, concluded) if of == job => report = Some(*concluded),
            Event::Finished(of) if of == job => break,
            _ => {}
        }
    }
    report.unwrap()
}

fn compare(name: &str, report: &VerifyReport, expected: &Expected) {
    assert_eq!(report.verdict.as_str(), expected.verdict, "{name}: {}", report.summary);
    assert_eq!(report.mechanism.as_str(), expected.mechanism, "{name}: mechanism");
    let code = match report.ending {
        Ending::Pass => 0,
        Ending::Fail => 1,
        Ending::SetUp => 2,
        Ending::Unproven => 3,
        Ending::Cancelled => 4,
    };
    assert_eq!(code, expected.exit_code, "{name}: exit code");
    let lines: Vec<(String, String, String)> = report
        .senders
        .iter()
        .map(|sender| {
            let result = &sender.result;
            (result.address.to_string(), result.outcome.as_str().to_owned(), result.verdict.as_str().to_owned())
        })
        .collect();
    let wanted: Vec<(String, String, String)> = expected
        .senders
        .iter()
        .map(|sender| (sender.address.clone(), sender.outcome.clone(), sender.verdict.clone()))
        .collect();
    assert_eq!(lines, wanted, "{name}: lines");
}

#[tokio::test]
async fn every_scenario_gives_its_verdict() {
    let all = Scenario::all();
    assert!(all.len() >= 11, "scenarios are missing");
    for summary in all {
        let scenario = Scenario::named(&summary.name).unwrap();
        let server = Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let access = server.access().clone();
        let (setup, senders) = (setup_of(&access), senders_of(&access));
        let report = tokio::task::spawn_blocking(move || verify(setup, senders)).await.unwrap();
        compare(&summary.name, &report, &access.expected);
        // Never a second mail: each accepted sender has exactly one.
        for sender in &report.senders {
            let arrived = server
                .sent()
                .iter()
                .filter(|mail| mail.test_id.as_deref() == Some(sender.result.test_id.as_str()))
                .count();
            let accepted = sender.result.outcome.as_str() == "accepted";
            assert_eq!(arrived, usize::from(accepted), "{}: mails with {}", summary.name, sender.result.test_id);
        }
        if report.verdict.as_str() != "pass" {
            assert!(
                !report.next_step.is_empty() && !report.problems.is_empty(),
                "{}: nothing is explained",
                summary.name
            );
        }
    }
}

#[tokio::test]
async fn a_change_that_is_not_in_force_yet_passes_later() {
    let scenario = Scenario::named("not-yet-in-force").unwrap();
    let server = Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let access = server.access().clone();
    server.advance(Duration::from_hours(3));
    let (setup, senders) = (setup_of(&access), senders_of(&access));
    let report = tokio::task::spawn_blocking(move || verify(setup, senders)).await.unwrap();
    assert_eq!(report.verdict.as_str(), "pass", "{}", report.summary);
}

/// A world that the model shrinks is written as a scenario with what its oracle expects: that is what comes out of it.
#[tokio::test]
async fn a_world_of_the_model_can_be_kept_as_it_is() {
    for (rule, text) in crate::model::power::kept() {
        let server =
            Server::start(Scenario::from_toml(&text).unwrap(), Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0)));
        let server = server.await.unwrap();
        let access = server.access().clone();
        let (setup, senders) = (setup_of(&access), senders_of(&access));
        let report = tokio::task::spawn_blocking(move || verify(setup, senders)).await.unwrap();
        compare(&format!("{rule}\n{text}"), &report, &access.expected);
    }
}

/// Worlds that the generator of `model` has found, or that hold one rule each: the smallest in which a fault shows.
#[tokio::test]
async fn worlds_that_were_once_wrong_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/worlds");
    let mut played = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let scenario = Scenario::from_toml(&fs::read_to_string(&path).unwrap()).unwrap();
        let server = Server::start(scenario, Clock::system(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let access = server.access().clone();
        let (setup, senders) = (setup_of(&access), senders_of(&access));
        let report = tokio::task::spawn_blocking(move || verify(setup, senders)).await.unwrap();
        compare(&name, &report, &access.expected);
        played += 1;
    }
    println!("{played} kept worlds");
    assert!(played >= 6);
}
