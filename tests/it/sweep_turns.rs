//! Turns of a sweep: what it counts, how patient it is with the controls, what becomes of rejected tokens, and what is
//! told while it runs. On a slow machine the manual clock runs ahead, so nothing here depends on when a look is made.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use exchange365::{
    m365::{Outcome, Refusal, auth::AccessToken},
    verify::{Calibration, Shown, Sweep, SweepEvent, SweepLine, SweepProgress},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    support::{
        session::{FIRST_TOKEN, RAOP, REJECTED},
        wire::{Script, Seen, json, reply},
    },
    sweep::{NO, NO_RECIPIENTS, Run, YES, numbered, shown, targets, with_controls},
};

fn busy(seconds: &str) -> Script {
    reply(429, &[("retry-after", seconds), ("content-type", "application/json")], "{}")
}

/// What is told while `input` is swept.
async fn told(run: &Run, input: Sweep) -> Vec<SweepEvent> {
    let mut events = Vec::new();
    let pause = watch::channel(false).1;
    run.steered(input, CancellationToken::new(), pause, |event| events.push(event)).await;
    events
}

fn progress(events: &[SweepEvent]) -> Vec<&SweepProgress> {
    events
        .iter()
        .filter_map(|event| match event {
            SweepEvent::Progress(progress) => Some(progress),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn what_a_sweep_counts_is_what_was_sent() {
    let run = Run::with(with_controls(|_, _| json(403, RAOP))).await;
    let swept = run.sweep(run.input(targets(numbered(5)))).await;
    // Every mailbox once, and both controls at each look.
    assert_eq!((swept.probes, swept.resumed), (5 + 2 * swept.checks, 0));
    assert_eq!(swept.probes, run.wire.sends().len());
    assert!(swept.checks >= 2, "before and after");
}

#[tokio::test]
async fn a_sweep_that_goes_on_asks_the_rest_and_says_first_what_stands() {
    let run = Run::with(with_controls(|_, _| json(403, RAOP))).await;
    let list = targets(numbered(3));
    let known = |index: usize| {
        let line = SweepLine { shown: Shown::Reached, ..SweepLine::not_asked(index, &list[index]) };
        BTreeMap::from([(index, line)])
    };
    let input = Sweep { done: known(0), unconfirmed: known(1), ..run.input(list.clone()) };
    let swept = run.sweep(input.clone()).await;
    assert_eq!((swept.resumed, swept.probes), (2, 1 + 2 * swept.checks));
    let found: Vec<Shown> = swept.lines.iter().map(|line| line.shown).collect();
    assert_eq!(found, [Shown::Reached, Shown::Reached, Shown::Refused(Refusal::Raop)]);
    let order = |events: &[SweepEvent]| -> Vec<&str> {
        let name = |event: &SweepEvent| match event {
            SweepEvent::Calibrated(Calibration::Agrees) => Some("on"),
            SweepEvent::Confirmed(_) => Some("confirmed"),
            SweepEvent::Answered(_) => Some("answered"),
            _ => None,
        };
        events.iter().filter_map(name).take(3).collect()
    };
    assert_eq!(order(&told(&run, input).await), ["on", "confirmed", "answered"]);
    // Where nothing was taken over, nothing is confirmed before somebody was asked.
    assert_eq!(order(&told(&run, run.input(targets(numbered(1)))).await), ["on", "answered", "confirmed"]);
}

#[tokio::test]
async fn a_control_that_is_busy_is_asked_six_times() {
    for (times, is_on) in [(5, true), (6, false)] {
        let run = Run::with(move |seen: &Seen, number: usize| match seen.mailbox() {
            YES if number < times => busy("1"),
            YES => json(400, NO_RECIPIENTS),
            _ => json(403, RAOP),
        })
        .await;
        let swept = run.sweep(run.input(targets(numbered(1)))).await;
        assert_eq!(swept.calibration == Calibration::Agrees, is_on, "{times}");
        let asked = run.wire.sends().iter().filter(|seen| seen.mailbox() == YES).count();
        assert!(if is_on { asked > 6 } else { asked == 6 }, "{asked}");
    }
}

#[tokio::test]
async fn a_mailbox_that_rejects_every_token_is_asked_three_times() {
    let stubborn = "user-0001@contoso.com";
    let run = Run::with(with_controls(
        move |seen, _| {
            if seen.mailbox() == stubborn { json(401, REJECTED) } else { json(403, RAOP) }
        },
    ))
    .await;
    let swept = run.sweep(run.input(targets(numbered(3)))).await;
    assert_eq!(shown(&swept)[stubborn], Shown::Other(Outcome::TokenRejected));
    assert_eq!(swept.lines.iter().map(|line| line.attempts).collect::<Vec<_>>(), [1, 3, 1]);
    assert_eq!(swept.stop, None);
}

#[tokio::test]
async fn an_answer_that_will_not_change_is_not_asked_for_again() {
    const UNKNOWN: &str = r#"{"error":{"code":"ErrorInvalidUser","message":"The requested user is invalid."}}"#;
    let run = Run::with(with_controls(|_, _| json(404, UNKNOWN))).await;
    let swept = run.sweep(run.input(targets(numbered(3)))).await;
    assert!(swept.lines.iter().all(|line| line.shown == Shown::Other(Outcome::MailboxUnknown)), "{:?}", swept.lines);
    assert_eq!(swept.lines.iter().map(|line| line.attempts).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(swept.stop, None);
}

/// While somebody waits to be asked again, the sweep is not over: a look at the controls that tells nothing is not the last
/// one, and costs no answer.
#[tokio::test]
async fn the_last_look_comes_when_everybody_was_asked() {
    let late = "user-0000@contoso.com";
    let is_over = Arc::new(AtomicBool::new(false));
    let run = Run::with(move |seen: &Seen, number: usize| match (seen.mailbox(), number) {
        (mailbox, 0) if mailbox == late => busy("120"),
        (mailbox, _) if mailbox == late => {
            is_over.store(true, Ordering::SeqCst);
            json(403, RAOP)
        }
        (NO, 1..) if !is_over.load(Ordering::SeqCst) => busy("1"),
        _ => with_controls(|_, _| json(403, RAOP))(seen, number),
    })
    .await;
    let swept = run.sweep(run.input(targets(numbered(3)))).await;
    assert_eq!(swept.lines.iter().map(|line| line.shown).collect::<Vec<_>>(), [Shown::Refused(Refusal::Raop); 3]);
    assert_eq!(swept.stop, None);
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_not_used_any_more() {
    let run = Run::with(with_controls(|_, _| json(403, RAOP))).await;
    let now = run.session.mail.clock().now();
    let token = AccessToken { expires: now + Duration::from_mins(4), ..run.session.token.clone() };
    let swept = run.sweep(Sweep { token, ..run.input(targets(numbered(8))) }).await;
    assert_eq!(swept.stop, None);
    let old = |seen: &Seen| seen.bearer() == FIRST_TOKEN;
    assert!(run.wire.sends().iter().filter(|seen| seen.mailbox().starts_with("user")).all(|seen| !old(seen)));
    assert!(run.wire.sends().iter().take(2).all(old), "the first look is made with the token of the real mails");
}

#[tokio::test]
async fn how_far_it_is_is_told_from_the_first_to_the_last() {
    let run = Run::with(with_controls(|seen, number| {
        if seen.mailbox() == "user-0003@contoso.com" && number == 0 { busy("120") } else { json(403, RAOP) }
    }))
    .await;
    let events = told(&run, run.input(targets(numbered(20)))).await;
    let told = progress(&events);
    let (first, last) = (told[0], told[told.len() - 1]);
    assert_eq!((first.counts.total, first.counts.not_asked, first.in_flight, first.limit), (20, 20, 0, 16));
    assert_eq!((last.counts.asked(), last.counts.refused, last.in_flight, last.waiting), (20, 20, 0, 0));
    assert_eq!((last.held_for, last.limit, last.is_paused), (None, 16, false));
    // One mailbox waits for two minutes and holds nobody else.
    assert!(told.iter().any(|progress| progress.waiting == 1 && progress.counts.asked() == 19));
    assert!(told.iter().all(|progress| progress.held_for.is_none() && progress.waiting <= 1));
    let remaining = told.iter().filter(|progress| progress.counts.asked() == 20).filter_map(|told| told.remaining);
    assert!(remaining.into_iter().all(|left| left == Duration::ZERO));
}

#[tokio::test]
async fn everybody_is_held_as_long_as_the_service_asks() {
    let run = Run::with(with_controls(|_, number| if number == 0 { busy("60") } else { json(403, RAOP) })).await;
    let events = told(&run, run.input(targets(numbered(40)))).await;
    let told = progress(&events);
    let held: Vec<Duration> = told.iter().filter_map(|progress| progress.held_for).collect();
    assert!(!held.is_empty() && held.iter().all(|wait| *wait > Duration::ZERO && *wait <= Duration::from_mins(1)));
    assert!(told.iter().any(|progress| progress.limit < 16));
    assert_eq!(told[told.len() - 1].counts.refused, 40);
}
