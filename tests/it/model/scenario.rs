//! A world as a scenario file that can be kept in `tests/fixtures/worlds`: whom to ask and what must come out of it, by
//! the oracle.

use std::fmt::Write as _;

use exchange365::{
    m365::Outcome,
    verify::{Expected, Verdict},
};

use super::{
    oracle::{self, When},
    play::{address, asked},
    world::{RECIPIENT, World},
};

/// The whole file.
pub(crate) fn of(world: &World, title: &str) -> String {
    let asked = asked(world);
    let list = |wanted: Expected| -> Vec<String> {
        let of_list = asked.iter().filter(|(_, expected)| *expected == wanted);
        of_list.map(|(person, _)| address(world, *person)).collect()
    };
    let mut text = format!(
        "[try]\npermitted = {:?}\nforbidden = {:?}\nrecipient = \"{RECIPIENT}\"\n\n[expect]\n",
        list(Expected::Permitted),
        list(Expected::Forbidden),
    );
    write_expectation(&mut text, world, &asked);
    world.to_toml_with(&text).replacen("A random world", title, 1)
}

fn write_expectation(text: &mut String, world: &World, asked: &[(usize, Expected)]) {
    if let Some(aadsts) = oracle::sign_in_refusal(world.sign_in) {
        write!(text, "verdict = \"unproven\"\nmechanism = \"none\"\nexit_code = 2\naadsts = {aadsts}\n\n").unwrap();
        return;
    }
    // Where Microsoft does not say which of two refusals it gives, the demo tenant gives the first.
    let seen = |person: usize| oracle::outcomes(world, person, When::AtOnce)[0];
    let lines: Vec<_> =
        asked.iter().map(|(person, expected)| (*expected, seen(*person), oracle::token(world, *person))).collect();
    let (whole, each) = oracle::run_verdict(&lines);
    let code = match whole {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Unproven => 3,
    };
    let outcomes: Vec<(Expected, Outcome)> = lines.iter().map(|line| (line.0, line.1)).collect();
    let mechanism = oracle::mechanism(world, &outcomes).as_str();
    let verdict = whole.as_str();
    write!(text, "verdict = \"{verdict}\"\nmechanism = \"{mechanism}\"\nexit_code = {code}\n\n").unwrap();
    for (((person, _), line), verdict) in asked.iter().zip(&lines).zip(each) {
        write!(
            text,
            "[[expect.senders]]\naddress = \"{}\"\noutcome = \"{}\"\nverdict = \"{}\"\n\n",
            address(world, *person),
            line.1.as_str(),
            verdict.as_str()
        )
        .unwrap();
    }
}
