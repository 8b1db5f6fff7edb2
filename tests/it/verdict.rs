//! The verdict table, proven over every combination and over random runs.

use exchange365::{
    m365::{Outcome, Refusal},
    verify::{Expected, Line, Mechanism, Verdict, judge, mechanism, overall},
};
use proptest::prelude::*;

fn line(expected: Expected, outcome: Outcome) -> Line {
    line_with(expected, outcome, 1)
}

fn line_with(expected: Expected, outcome: Outcome, token_serial: u64) -> Line {
    let refusal = match outcome {
        Outcome::BlockedByPolicy => Some(Refusal::Raop),
        Outcome::AccessDenied => Some(Refusal::Plain),
        _ => None,
    };
    Line { expected, outcome, refusal, token_serial }
}

fn run(lines: &[Line]) -> Verdict {
    let judged: Vec<(Expected, Verdict)> = lines.iter().map(|line| line.expected).zip(judge(lines)).collect();
    overall(&judged)
}

/// The design's table, written down once more and independently of the code.
fn table(expected: Expected, outcome: Outcome, has_control: bool) -> Verdict {
    match (expected, outcome.as_str()) {
        (Expected::Permitted, "accepted") => Verdict::Pass,
        (
            Expected::Permitted,
            "blocked_by_policy"
            | "access_denied"
            | "mailbox_unknown"
            | "mailbox_unavailable"
            | "send_as_denied"
            | "sender_suspended",
        ) => Verdict::Fail,
        (Expected::Forbidden, "accepted") => Verdict::Fail,
        (Expected::Forbidden, "blocked_by_policy") => Verdict::Pass,
        (Expected::Forbidden, "access_denied") if has_control => Verdict::Pass,
        _ => Verdict::Unproven,
    }
}

#[test]
fn every_cell_of_the_table() {
    for expected in [Expected::Permitted, Expected::Forbidden] {
        for outcome in Outcome::ALL {
            for control in [Outcome::Accepted, Outcome::AccessDenied, Outcome::NoAnswer] {
                let lines = [line(Expected::Permitted, control), line(expected, outcome)];
                let has_control =
                    control == Outcome::Accepted || (expected == Expected::Permitted && outcome == Outcome::Accepted);
                assert_eq!(
                    judge(&lines)[1],
                    table(expected, outcome, has_control),
                    "{expected:?} {outcome:?} beside {control:?}"
                );
            }
        }
    }
}

#[test]
fn a_control_with_another_token_does_not_count() {
    let forbidden = line_with(Expected::Forbidden, Outcome::AccessDenied, 2);
    assert_eq!(run(&[line_with(Expected::Permitted, Outcome::Accepted, 1), forbidden]), Verdict::Unproven);
    assert_eq!(run(&[line_with(Expected::Permitted, Outcome::Accepted, 2), forbidden]), Verdict::Pass);
}

#[test]
fn half_a_run_is_no_pass() {
    assert_eq!(run(&[]), Verdict::Unproven);
    assert_eq!(run(&[line(Expected::Permitted, Outcome::Accepted)]), Verdict::Unproven);
    assert_eq!(run(&[line(Expected::Forbidden, Outcome::BlockedByPolicy)]), Verdict::Unproven);
}

#[test]
fn the_mechanism_is_shown_never_guessed() {
    let accepted = line(Expected::Permitted, Outcome::Accepted);
    let raop = line(Expected::Forbidden, Outcome::BlockedByPolicy);
    let plain = line(Expected::Forbidden, Outcome::AccessDenied);
    let odata = Line { refusal: Some(Refusal::ODataDisabled), ..plain };
    let with = [String::from("Mail.Send")];
    for (lines, roles, expected) in [
        (vec![accepted, raop], Some(&with[..]), Mechanism::ApplicationAccessPolicy),
        (vec![accepted, odata], Some(&with[..]), Mechanism::ApplicationAccessPolicy),
        (vec![odata], Some(&with[..]), Mechanism::Unidentified),
        (vec![accepted, plain], Some(&[][..]), Mechanism::RbacForApplications),
        (vec![accepted, plain], Some(&with[..]), Mechanism::Unidentified),
        (vec![accepted, plain], None, Mechanism::Unidentified),
        (vec![plain], Some(&[][..]), Mechanism::Unidentified),
        (vec![line(Expected::Permitted, Outcome::NoAnswer), plain], Some(&[][..]), Mechanism::Unidentified),
        (vec![line(Expected::Forbidden, Outcome::Accepted), plain], Some(&[][..]), Mechanism::Unidentified),
        (vec![accepted, raop, plain], Some(&[][..]), Mechanism::Unidentified),
        (vec![accepted], Some(&with[..]), Mechanism::None),
        (vec![], None, Mechanism::None),
    ] {
        assert_eq!(mechanism(&lines, roles), expected, "{lines:?} {roles:?}");
    }
}

fn any_line() -> impl Strategy<Value = Line> {
    let expected = prop_oneof![Just(Expected::Permitted), Just(Expected::Forbidden)];
    (expected, 0..Outcome::ALL.len(), 1..3u64)
        .prop_map(|(expected, outcome, serial)| line_with(expected, Outcome::ALL[outcome], serial))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// PASS means: every line is in a pass row of the table, and both kinds are there.
    #[test]
    fn nothing_outside_the_pass_rows_ever_passes(lines in prop::collection::vec(any_line(), 0..8)) {
        let verdict = run(&lines);
        let accepted_with = |serial| lines.iter().any(|line| line.expected == Expected::Permitted && line.outcome == Outcome::Accepted && line.token_serial == serial);
        let rows: Vec<Verdict> = lines.iter().map(|line| table(line.expected, line.outcome, accepted_with(line.token_serial))).collect();
        let both = [Expected::Permitted, Expected::Forbidden].iter().all(|kind| lines.iter().any(|line| line.expected == *kind));
        prop_assert_eq!(verdict == Verdict::Pass, both && rows.iter().all(|row| *row == Verdict::Pass));
        prop_assert_eq!(verdict == Verdict::Fail, rows.contains(&Verdict::Fail));
    }

    /// A pass never comes from adding something unproven, and a fail is never hidden by adding lines.
    #[test]
    fn more_lines_hide_nothing(lines in prop::collection::vec(any_line(), 1..6), more in any_line()) {
        let before = run(&lines);
        let mut longer = lines.clone();
        longer.push(more);
        if before == Verdict::Fail {
            prop_assert_eq!(run(&longer), Verdict::Fail);
        }
        if judge(&longer).last() != Some(&Verdict::Pass) {
            prop_assert_ne!(run(&longer), Verdict::Pass);
        }
    }
}
