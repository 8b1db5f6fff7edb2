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
    verify::{
        Calibration, Entry, JOURNAL_SCHEMA, Journal, JournalHead, Shown, Stop, Sweep, SweepEvent, SweepLine,
        SweepProgress, Target, answer_entry, list_entries, read_journal, to_line,
    },
};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::{
    support::{
        session::{FIRST_TOKEN, RAOP, REJECTED},
        wire::{Script, Seen, Step, json, reply},
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
            SweepEvent::Looking(_) => Some("looking"),
            SweepEvent::Confirmed(_) => Some("confirmed"),
            SweepEvent::Answered(_) => Some("answered"),
            _ => None,
        };
        events.iter().filter_map(name).collect()
    };
    let taken_over = ["on", "looking", "confirmed", "answered", "looking", "confirmed"];
    assert_eq!(order(&told(&run, input).await), taken_over);
    // Where nothing was taken over, nothing is confirmed before somebody was asked.
    let from_new = ["on", "answered", "looking", "confirmed"];
    assert_eq!(order(&told(&run, run.input(targets(numbered(1)))).await), from_new);
}

/// A journal of what is told while a sweep runs.
fn journal_of(list: &[Target], events: &[SweepEvent]) -> Journal {
    let head = JournalHead {
        schema: JOURNAL_SCHEMA.to_owned(),
        tenant: "t".to_owned(),
        client_id: "c".to_owned(),
        graph: "g".to_owned(),
        salt: String::new(),
        credential_mark: String::new(),
        permitted: vec![],
        forbidden: vec![],
        recipient: String::new(),
        sources: vec![],
        repeats: 0,
        unreadable: 0,
        total: list.len(),
        started: String::new(),
    };
    let entries = events.iter().filter_map(|event| match event {
        SweepEvent::Answered(line) => Some(answer_entry(line)),
        SweepEvent::Looking(at) => Some(Entry::Looking(at.to_string())),
        SweepEvent::Confirmed(at) => Some(Entry::Confirmed(at.to_string())),
        SweepEvent::Void(at) => Some(Entry::Void(at.to_string())),
        SweepEvent::Calibrated(_) | SweepEvent::Progress(_) => None,
    });
    let lines: Vec<String> = list_entries(list).into_iter().chain(entries).map(|entry| to_line(&entry)).collect();
    read_journal(&format!("{}\n{}\n", to_line(&head), lines.join("\n"))).unwrap()
}

/// What the sweep itself takes back must not stand when it goes on: answers that came while a look was under way are
/// not covered by that look.
#[tokio::test]
async fn a_journal_keeps_what_the_sweep_keeps() {
    let gate = Arc::new(Semaphore::new(0));
    let (held, is_changed) = (Arc::clone(&gate), Arc::new(AtomicBool::new(false)));
    let changes = Arc::clone(&is_changed);
    let run = Run::with(move |seen: &Seen, number: usize| match (seen.mailbox(), number) {
        // The first look waits for its second control, and the tenant is another one behind it.
        (NO, 1) => [vec![Step::Gate(Arc::clone(&held))], json(403, RAOP)].concat(),
        (NO, 2..) => json(400, NO_RECIPIENTS),
        (NO | YES, _) => with_controls(|_, _| json(403, RAOP))(seen, number),
        _ if is_changed.load(Ordering::SeqCst) => json(400, NO_RECIPIENTS),
        _ => with_controls(|_, _| json(403, RAOP))(seen, number),
    })
    .await;
    let list = targets(numbered(700));
    let mut events = Vec::new();
    let pause = watch::channel(false).1;
    let mut answered = 0;
    let swept = run
        .steered(run.input(list.clone()), CancellationToken::new(), pause, |event| {
            answered += usize::from(matches!(event, SweepEvent::Answered(_)));
            if answered == 650 && matches!(event, SweepEvent::Answered(_)) {
                changes.store(true, Ordering::SeqCst);
                gate.add_permits(1);
            }
            events.push(event);
        })
        .await;
    assert_eq!(swept.stop, Some(Stop::ControlsChanged));
    let journal = journal_of(&list, &events);
    assert!(journal.unconfirmed.is_empty(), "{} wait", journal.unconfirmed.len());
    let stands = |line: &SweepLine| matches!(line.shown, Shown::Refused(_) | Shown::Reached);
    let in_memory: Vec<usize> = swept.lines.iter().filter(|line| stands(line)).map(|line| line.index).collect();
    let in_journal: Vec<usize> = journal.confirmed.keys().copied().collect();
    assert!((1..650).contains(&in_memory.len()), "{}", in_memory.len());
    assert_eq!(in_journal, in_memory);
}

/// Everything that an answer tells is in its line, and in the counts that are told.
#[tokio::test]
async fn a_line_holds_the_whole_answer() {
    const WORDS: &str = r#"{"error":{"code":"ErrorInvalidUser","message":"No such user."}}"#;
    let answer =
        |_: &Seen, _: usize| reply(404, &[("content-type", "application/json"), ("request-id", "theirs")], WORDS);
    let run = Run::with(with_controls(answer)).await;
    let input = run.input(targets(numbered(1)));
    let begun = run.session.mail.clock().now();
    let mut events = Vec::new();
    let pause = watch::channel(false).1;
    let swept = run.steered(input, CancellationToken::new(), pause, |event| events.push(event)).await;
    let line = &swept.lines[0];
    let sent = run.wire.sends().iter().find(|seen| seen.mailbox() == line.mailbox.as_str()).cloned().unwrap();
    assert_eq!(line.http_status, Some(404));
    assert_eq!(line.error_code.as_deref(), Some("ErrorInvalidUser"));
    assert_eq!(line.error_message.as_deref(), Some("No such user."));
    assert_eq!(line.request_id.as_deref(), Some("theirs"));
    assert_eq!(line.client_request_id.as_deref(), Some(sent.header("client-request-id")));
    assert_eq!((line.attempts, line.shown), (1, Shown::Other(Outcome::MailboxUnknown)));
    assert!(line.finished.is_some_and(|at| at >= begun), "{line:?}");
    let last = progress(&events).last().copied().unwrap().clone();
    assert_eq!((last.counts.not_asked, last.counts.not_provable, last.counts.total), (0, 1, 1));
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
