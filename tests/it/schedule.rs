//! When to ask again: played through on a manual clock with every kind of answer.

use std::time::Duration;

use exchange365::{
    base::{Clock, ManualClock, Timestamp},
    verify::{Fence, LONGEST_PROPAGATION, Mechanism, Next, Past, Reason, Verdict, Watch, Why, announced, next},
};
use proptest::prelude::*;

const START: &str = "2026-11-23T08:00:00Z";

fn at(text: &str) -> Timestamp {
    format!("2026-11-23T{text}:00Z").parse().unwrap()
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn watch(fence: Fence, changed: Option<&str>, deadline: &str) -> Watch {
    Watch { fence, changed: changed.map(at), last_call: None, started: at("08:00"), deadline: at(deadline) }
}

/// Plays a watch through; every run takes a minute. Gives the moments of the runs and the end.
fn play(watch: &Watch, answers: impl Fn(usize, Timestamp) -> Verdict) -> (Vec<String>, Reason) {
    let manual = ManualClock::new(watch.started);
    let clock = Clock::manual(&manual);
    let mut past = Vec::new();
    let mut moments = Vec::new();
    loop {
        assert!(past.len() < 100, "it does not end");
        match next(watch, &past, clock.now()) {
            Next::Stop(reason) => return (moments, reason),
            Next::AskAt(time, _) => {
                let wait = Duration::try_from(time.duration_since(clock.now())).unwrap();
                manual.advance(wait);
                let asked = clock.now();
                manual.advance(minutes(1));
                moments.push(asked.strftime("%H:%M").to_string());
                past.push(Past { asked, finished: clock.now(), verdict: answers(past.len(), asked) });
            }
        }
    }
}

#[test]
fn a_policy_is_asked_about_at_growing_intervals() {
    let watch = watch(Fence::Policy, Some("07:59"), "14:00");
    let (moments, reason) = play(&watch, |_, _| Verdict::Unproven);
    assert_eq!(moments, ["08:04", "08:15", "08:31", "09:02", "10:03", "11:04", "12:05", "13:06", "13:59"]);
    assert_eq!(reason, Reason::Deadline);
}

#[test]
fn rbac_gets_its_silence() {
    let watch = watch(Fence::Rbac, Some("07:50"), "18:00");
    let (moments, reason) = play(&watch, |_, _| Verdict::Unproven);
    assert_eq!(moments, ["08:25", "09:36", "11:37", "13:38", "15:39", "17:40"]);
    assert_eq!(reason, Reason::Deadline);
    assert!(matches!(next(&watch, &[], watch.started), Next::AskAt(_, Why::Silence)));
}

#[test]
fn calls_before_the_watch_count_as_noise() {
    let quiet = watch(Fence::Rbac, Some("06:00"), "18:00");
    assert_eq!(next(&quiet, &[], quiet.started), Next::AskAt(at("08:00"), Why::FirstTest));
    let noisy = Watch { last_call: Some(at("07:55")), ..quiet };
    assert_eq!(next(&noisy, &[], noisy.started), Next::AskAt(at("08:30"), Why::Silence));
    let unknown = watch(Fence::Unknown, None, "18:00");
    assert_eq!(next(&unknown, &[], unknown.started), Next::AskAt(at("08:35"), Why::Silence));
}

#[test]
fn two_agreeing_passes_end_it() {
    let in_force = at("08:30");
    let verdict = |_, asked: Timestamp| if asked >= in_force { Verdict::Pass } else { Verdict::Fail };
    let watch = watch(Fence::Policy, Some("08:00"), "12:00");
    let (moments, reason) = play(&watch, verdict);
    assert_eq!(moments, ["08:05", "08:16", "08:32", "08:38"]);
    assert_eq!(reason, Reason::Passed);
}

#[test]
fn one_pass_is_not_enough() {
    let flapping = [Verdict::Pass, Verdict::Fail, Verdict::Pass, Verdict::Unproven, Verdict::Pass, Verdict::Pass];
    let (moments, reason) = play(&watch(Fence::Policy, None, "20:00"), |run, _| flapping[run]);
    assert_eq!((moments.len(), reason), (6, Reason::Passed));
}

#[test]
fn a_fail_is_believed_only_after_the_longest_propagation() {
    for fence in [Fence::Policy, Fence::Rbac, Fence::Unknown] {
        let watch = watch(fence, Some("07:30"), "20:00");
        let (moments, reason) = play(&watch, |_, _| Verdict::Fail);
        assert_eq!(reason, Reason::Failed);
        assert!(moments.last().unwrap().as_str() >= "09:30", "{fence:?} {moments:?}");
        assert!(moments.len() >= 2);
    }
    // Nobody knows when the change was made: counted from the first run.
    let (moments, _) = play(&watch(Fence::Policy, None, "20:00"), |_, _| Verdict::Fail);
    assert!(moments.last().unwrap().as_str() >= "10:00", "{moments:?}");
}

#[test]
fn the_deadline_leaves_a_last_chance() {
    let watch = watch(Fence::Policy, None, "08:20");
    let (moments, reason) = play(&watch, |_, _| Verdict::Fail);
    assert_eq!(
        (moments.as_slice(), reason),
        (["08:00", "08:11", "08:19"].map(str::to_owned).as_slice(), Reason::Deadline)
    );
}

#[test]
fn a_deadline_that_is_too_near_is_said_at_once() {
    let watch = watch(Fence::Rbac, Some("08:00"), "08:30");
    assert_eq!(next(&watch, &[], watch.started), Next::Stop(Reason::NoTime));
    assert_eq!(announced(&watch, 5).mails, 0);
}

#[test]
fn what_was_announced_is_kept_even_by_a_flapping_answer() {
    let watch = watch(Fence::Policy, None, "23:00");
    let most = announced(&watch, 3);
    let (moments, reason) = play(&watch, |run, _| if run % 2 == 0 { Verdict::Pass } else { Verdict::Fail });
    assert_eq!(reason, Reason::AnnouncedUsedUp);
    assert_eq!(moments.len(), usize::try_from(most.runs).unwrap());
    assert_eq!(most.mails, u64::from(most.runs) * 3);
}

#[test]
fn the_token_tells_what_to_expect() {
    let mail_send = vec!["Mail.Send".to_owned()];
    let fence = |seen, roles: Option<&[String]>| Fence::expected(seen, roles);
    assert_eq!(fence(Mechanism::None, Some(&mail_send)), Fence::Policy);
    assert_eq!(fence(Mechanism::None, Some(&[])), Fence::Rbac);
    assert_eq!(fence(Mechanism::Unidentified, None), Fence::Unknown);
    assert_eq!(fence(Mechanism::RbacForApplications, Some(&mail_send)), Fence::Rbac);
    for fence in [Fence::Policy, Fence::Rbac, Fence::Unknown] {
        assert_eq!(Fence::parse(fence.as_str()), Some(fence));
    }
}

#[test]
fn a_watch_lasts_some_hours_when_nobody_says_how_long() {
    let hours = |fence: Fence| fence.usual_length().as_secs_f64() / 3600.0;
    assert!((hours(Fence::Policy) - 4.0).abs() < f64::EPSILON);
    for fence in [Fence::Rbac, Fence::Unknown] {
        assert!((hours(fence) - 5.0).abs() < f64::EPSILON, "{fence:?}");
    }
}

/// Both stand on the screen and in records: why the next test is when it is, and why there is none any more.
#[test]
fn reasons_are_told_in_words() {
    for (why, words) in [
        (Why::FirstTest, "the change may be in force already"),
        (Why::AfterChange, "a change needs some minutes before it can be in force"),
        (
            Why::Silence,
            "Microsoft keeps the old answer while the app makes calls, so it has to be silent for 35 minutes",
        ),
        (Why::NotYet, "the change was not in force yet, and asking more often does not make it faster"),
        (Why::Unproven, "the last test proved nothing"),
        (Why::Confirm, "the last test passed, and a second one has to agree"),
        (Why::LastChance, "the deadline comes before the next regular test"),
    ] {
        assert_eq!(why.words(), words);
    }
    for (reason, words) in [
        (Reason::Passed, "Two tests in a row passed"),
        (
            Reason::Failed,
            "Two tests in a row failed, and more time has passed than a change is known to need: this is no delay",
        ),
        (Reason::Deadline, "The deadline has come"),
        (Reason::NoTime, "The deadline is too near for a test that would mean anything"),
        (Reason::AnnouncedUsedUp, "All announced mails have been sent"),
    ] {
        assert_eq!(reason.words(), words);
    }
}

/// The reason that is told is the one that holds.
#[test]
fn each_wait_is_told_with_its_own_reason() {
    let watch = watch(Fence::Policy, Some("07:59"), "09:00");
    let after = |verdict| {
        let run = Past { asked: at("08:10"), finished: at("08:11"), verdict };
        next(&watch, &[run], at("08:11"))
    };
    assert_eq!(next(&watch, &[], at("08:00")), Next::AskAt(at("08:04"), Why::AfterChange));
    assert_eq!(after(Verdict::Pass), Next::AskAt(at("08:16"), Why::Confirm));
    assert_eq!(after(Verdict::Fail), Next::AskAt(at("08:21"), Why::NotYet));
    assert_eq!(after(Verdict::Unproven), Next::AskAt(at("08:21"), Why::Unproven));
    let late = Past { asked: at("08:50"), finished: at("08:51"), verdict: Verdict::Fail };
    assert_eq!(next(&watch, &[late], at("08:51")), Next::AskAt(at("08:59"), Why::LastChance));
}

fn fences() -> impl Strategy<Value = Fence> {
    prop_oneof![Just(Fence::Policy), Just(Fence::Rbac), Just(Fence::Unknown)]
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    prop_oneof![Just(Verdict::Pass), Just(Verdict::Fail), Just(Verdict::Unproven)]
}

proptest! {
    #[test]
    fn every_watch_keeps_its_word(
        fence in fences(),
        changed in proptest::option::of(-600_i64..600),
        last_call in proptest::option::of(-600_i64..1),
        deadline in 0_u64..3000,
        answers in proptest::collection::vec((verdicts(), 0_u64..40, 0_u64..200), 1..40),
    ) {
        let started: Timestamp = START.parse().unwrap();
        let moved = |count: i64| started + jiff::SignedDuration::from_mins(count);
        let watch = Watch {
            fence,
            changed: changed.map(moved),
            last_call: last_call.map(moved),
            started,
            deadline: started + minutes(deadline),
        };
        let most = announced(&watch, 4);
        let manual = ManualClock::new(started);
        let clock = Clock::manual(&manual);
        let mut past: Vec<Past> = Vec::new();
        let reason = loop {
            prop_assert!(past.len() <= 100, "it does not end");
            let now = clock.now();
            let (time, _) = match next(&watch, &past, now) {
                Next::Stop(reason) => break reason,
                Next::AskAt(time, why) => (time, why),
            };
            let (verdict, takes, oversleeps) = answers[past.len() % answers.len()];
            prop_assert!(time >= now && time <= watch.deadline);
            if let Some(last) = past.last() {
                prop_assert!(time >= last.finished + fence.minimum());
            } else if let Some(change) = watch.changed {
                prop_assert!(time >= change + fence.minimum());
            }
            // The machine may sleep past the moment; then the schedule is asked again.
            manual.advance(Duration::try_from(time.duration_since(now)).unwrap() + minutes(oversleeps));
            if oversleeps > 0 {
                match next(&watch, &past, clock.now()) {
                    Next::Stop(reason) => break reason,
                    Next::AskAt(again, _) => prop_assert!(again >= clock.now() && again <= watch.deadline),
                }
            }
            let asked = clock.now();
            manual.advance(minutes(takes));
            past.push(Past { asked, finished: clock.now(), verdict });
        };
        prop_assert!(past.len() <= usize::try_from(most.runs).unwrap());
        match (reason, past.as_slice()) {
            (Reason::Passed, [.., one, two]) => prop_assert!(one.verdict == Verdict::Pass && two.verdict == Verdict::Pass),
            (Reason::Failed, [first, .., last]) => {
                prop_assert!(last.verdict == Verdict::Fail);
                prop_assert!(last.asked >= watch.changed.unwrap_or(first.asked) + LONGEST_PROPAGATION);
            }
            (Reason::Passed | Reason::Failed, _) => prop_assert!(false, "settled by fewer than two runs"),
            (Reason::NoTime, runs) => prop_assert!(runs.is_empty()),
            (Reason::Deadline | Reason::AnnouncedUsedUp, runs) => prop_assert!(!runs.is_empty()),
        }
    }
}
