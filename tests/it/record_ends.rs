//! The last line of a record, which no other line holds the hash of: an edit of it shows, as far as anything covers it.

use std::{fs, sync::Arc};

use exchange365::{
    base::{Redactor, Timestamp},
    m365::{Outcome, Refusal, auth::Claims},
    verify::{
        App, Mechanism, Principal, Verdict,
        record::{Completeness, Concluded, Entry, Header, Record, Writer},
    },
};

use crate::support::Folder;

use super::record::{answer, app, header, result, time, unsealed, watch_header, write};

const TENANT: &str = "5b1f7c2e-4a53-4d0c-9b1e-6f0a3c8d2e11";

/// A run as the program writes one down: everything in the order of time, the tenant as the token shows it.
fn entries(cancelled: bool) -> Vec<(Timestamp, Entry)> {
    let claims = Claims { tenant_id: Some(TENANT.into()), ..app().claims.unwrap() };
    let app = App { claims: Some(claims), ..app() };
    let answers = [
        answer(0, Outcome::Accepted, None),
        answer(1, Outcome::Accepted, None),
        answer(2, Outcome::BlockedByPolicy, Some(Refusal::Raop)),
    ];
    let mut entries = vec![(time(1), Entry::Begun { app: Box::new(app), tenant_id: None })];
    for (index, line) in answers.iter().enumerate() {
        entries.push((time(3), Entry::Asking { index, test_id: line.test_id.clone() }));
    }
    for (index, line) in answers.iter().enumerate() {
        entries.push((time(5), Entry::Answered { index, line: Arc::new(line.clone()) }));
    }
    let concluded = Concluded {
        tenant_id: Some(TENANT.into()),
        started: time(2),
        finished: time(6),
        cancelled,
        ..Concluded::from(&result(&answers))
    };
    entries.push((time(7), Entry::Concluded(Box::new(concluded))));
    entries
}

fn text(header: &Header, entries: &[(Timestamp, Entry)]) -> String {
    let folder = Folder::new();
    let mut writer = Writer::create(folder.path(), header, Redactor::default(), time(0)).unwrap();
    for (time, entry) in entries {
        writer.append(*time, entry).unwrap();
    }
    fs::read_to_string(writer.path()).unwrap()
}

/// The record with its last line changed; nothing is computed anew.
fn edited(text: &str, from: &str, to: &str) -> Record {
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let changed = last.replacen(from, to, 1);
    assert_ne!(changed, last, "{from}");
    Record::parse(format!("{before}\n{changed}\n").as_bytes()).unwrap()
}

/// What the last line of a run can be made to say.
const EDITS: [(&str, &str); 12] = [
    ("\"tenant_id\":\"5b1f7c2e", "\"tenant_id\":\"dddddddd"),
    ("\"tenant_id\":\"5b1f7c2e-4a53-4d0c-9b1e-6f0a3c8d2e11\"", "\"tenant_id\":null"),
    ("\"started\":\"2026", "\"started\":\"2031"),
    ("\"started\":\"2026", "\"started\":\"2021"),
    ("\"started\":\"2026-11-23T08:00:02", "\"started\":\"2026-11-23T08:00:00"),
    ("\"started\":\"2026-11-23T08:00:02", "\"started\":\"2026-11-23T08:00:04"),
    ("\"finished\":\"2026", "\"finished\":\"2031"),
    ("\"finished\":\"2026", "\"finished\":\"2021"),
    ("\"finished\":\"2026-11-23T08:00:06", "\"finished\":\"2026-11-23T08:00:04"),
    ("\"mechanism\":\"application_access_policy\"", "\"mechanism\":\"rbac_for_applications\""),
    ("\"senders\":[\"pass\",\"pass\",\"pass\"]", "\"senders\":[\"pass\",\"pass\",\"fail\"]"),
    ("\"senders\":[\"pass\",\"pass\",\"pass\"]", "\"senders\":[\"pass\",\"pass\"]"),
];

#[test]
fn any_edit_of_the_last_line_shows_there() {
    let sealed = text(&header(), &entries(false));
    let whole = Record::parse(sealed.as_bytes()).unwrap();
    assert!(whole.integrity.holds() && whole.integrity.sealed);
    assert_eq!(whole.replay().unwrap().rounds[0].result.verdict, Verdict::Pass);
    let last = sealed.lines().count() as u64;
    let own = sealed.lines().last().unwrap().rsplit_once("sha256").unwrap().1.to_owned();
    let more = [
        ("\"time\":\"2026", "\"time\":\"2031"),
        ("\"cancelled\":false", "\"cancelled\":true"),
        ("\"n\":8", " \"n\":8"),
        ("{\"n\"", "{\"note\":1,\"n\""),
        // The hash taken out, emptied, in other letters, of something else, not at its place.
        (&*format!(",\"sha256{own}"), "}"),
        (&*format!(",\"sha256{own}"), ",\"sha256\":null}"),
        (&*format!("sha256{own}"), "sha256\":\"\"}"),
        (&*own, &*own.to_uppercase()),
        (&*own, &*format!("\":\"{}\"}}", "0".repeat(64))),
        (&*format!("sha256{own}"), &*format!("sha256{} }}", own.trim_end_matches('}'))),
    ];
    for (from, to) in EDITS.into_iter().chain(more) {
        let record = edited(&sealed, from, to);
        assert_eq!(record.integrity.broken_at, Some(last), "{from} {to}");
        assert_eq!(record.completeness(), Completeness::Altered { line: last });
        assert!(record.replay().is_err());
    }
    // Every single letter of it, too.
    let (before, line) = sealed.trim_end().rsplit_once('\n').unwrap();
    for at in 0..line.len() {
        let mut bytes = format!("{before}\n{line}\n").into_bytes();
        bytes[before.len() + 1 + at] ^= 1;
        assert!(!Record::parse(&bytes).unwrap().integrity.holds(), "{at}");
    }
}

#[test]
fn the_first_line_alone_shows_an_edit_too() {
    let sealed = text(&watch_header(), &[]);
    assert!(Record::parse(sealed.as_bytes()).unwrap().integrity.holds());
    let record = Record::parse(sealed.replacen("noreply@", "nobody@", 1).as_bytes()).unwrap();
    assert_eq!((record.integrity.broken_at, record.integrity.lines, record.entries.len()), (Some(1), 0, 0));
    // What follows is not read: it may be anything.
    let longer = text(&watch_header(), &entries(false)).replacen("noreply@", "nobody@", 1);
    let record = Record::parse(longer.as_bytes()).unwrap();
    assert_eq!((record.integrity.broken_at, record.entries.len()), (Some(1), 0));
}

#[test]
fn a_record_of_an_older_version_is_read_and_its_last_line_held_against_the_others() {
    for cancelled in [false, true] {
        let old = unsealed(&text(&header(), &entries(cancelled)));
        let record = Record::parse(old.as_bytes()).unwrap();
        assert!(record.integrity.holds() && !record.integrity.sealed);
        let round = record.replay().unwrap().rounds.remove(0);
        assert!(!round.disagrees() && !round.is_cut_short());
        let run = &round.result;
        assert_eq!((run.verdict, run.tenant_id.as_deref()), (Verdict::Pass, Some(TENANT)));
        assert_eq!((run.started, run.finished, run.cancelled), (time(2), time(6), cancelled));
        for (from, to) in EDITS {
            let record = edited(&old, from, to);
            assert!(record.integrity.holds(), "no hash covers it: {from} {to}");
            let round = record.replay().unwrap().rounds.remove(0);
            assert!(round.contradicted && round.disagrees(), "{from} {to}");
            let run = &round.result;
            assert_eq!((run.verdict, run.tenant_id.as_deref()), (Verdict::Unproven, Some(TENANT)), "{from} {to}");
            // What the lines before it say.
            assert_eq!((run.started, run.finished), (time(1), time(5)), "{from} {to}");
            assert_eq!(run.mechanism, Mechanism::ApplicationAccessPolicy);
        }
    }
    // Not everybody was asked, and nobody cancelled it: that is no end. Cancelled it is one.
    for (cancelled, contradicted) in [(true, false), (false, true)] {
        let mut short = entries(cancelled);
        short.retain(|(_, entry)| !matches!(entry, Entry::Asking { index: 2, .. } | Entry::Answered { index: 2, .. }));
        let Some((_, Entry::Concluded(end))) = short.last_mut() else { panic!() };
        (end.senders, end.verdict, end.mechanism) =
            (vec![Verdict::Pass, Verdict::Pass], Verdict::Unproven, Mechanism::None);
        let record = Record::parse(unsealed(&text(&header(), &short)).as_bytes()).unwrap();
        assert_eq!(record.replay().unwrap().rounds[0].contradicted, contradicted);
        // An answer is missing altogether.
        let mut open = entries(cancelled);
        open.retain(|(_, entry)| !matches!(entry, Entry::Answered { index: 2, .. }));
        let Some((_, Entry::Concluded(end))) = open.last_mut() else { panic!() };
        (end.senders, end.verdict, end.mechanism) =
            (vec![Verdict::Pass, Verdict::Pass, Verdict::Unproven], Verdict::Unproven, Mechanism::None);
        let record = Record::parse(unsealed(&text(&header(), &open)).as_bytes()).unwrap();
        assert!(record.replay().unwrap().rounds[0].contradicted);
    }
}

/// A clock that is set while a run is under way makes no run untrue whose lines are all covered.
#[test]
fn what_a_hash_covers_is_not_doubted_for_its_times() {
    let mut turned = entries(false);
    let Some((_, Entry::Concluded(end))) = turned.last_mut() else { panic!() };
    (end.started, end.finished) = (time(-500), time(-400));
    let sealed = text(&header(), &turned);
    let run = Record::parse(sealed.as_bytes()).unwrap().replay().unwrap().rounds.remove(0);
    assert!(!run.disagrees());
    assert_eq!((run.result.verdict, run.result.started), (Verdict::Pass, time(-500)));
    // In an older record the next line covers it.
    turned.push((time(8), Entry::Unknown));
    let old = unsealed(&text(&header(), &turned));
    assert!(!Record::parse(old.as_bytes()).unwrap().replay().unwrap().rounds[0].disagrees());
}

#[test]
fn an_older_record_that_is_gone_on_with_is_covered_from_there_on() {
    let folder = Folder::new();
    let path = write(&folder, &watch_header(), &[]);
    fs::write(&path, unsealed(&fs::read_to_string(&path).unwrap())).unwrap();
    let (writer, record) = Writer::resume(&path, Redactor::default(), time(5)).unwrap();
    assert!(!record.integrity.sealed);
    drop(writer);
    let record = Record::read(&path).unwrap();
    assert!(record.integrity.holds() && record.integrity.sealed);
    assert!(
        edited(&fs::read_to_string(&path).unwrap(), "\"time\":\"2026", "\"time\":\"2031").integrity.broken_at
            == Some(2)
    );
}

/// Two passes of two tenants, apps or objects are not two that agree.
#[test]
fn a_watch_is_confirmed_by_the_same_app_in_the_same_tenant_alone() {
    let of = |tenant: &str, app: &str, object: &str| {
        let mut all = entries(false);
        let Some((_, Entry::Begun { app: begun, .. })) = all.first_mut() else { panic!() };
        let claims = begun.claims.as_mut().unwrap();
        (claims.tenant_id, claims.app_id, claims.object_id) =
            (Some(tenant.into()), Some(app.into()), Some(object.into()));
        let Some((_, Entry::Concluded(end))) = all.last_mut() else { panic!() };
        end.tenant_id = Some(tenant.into());
        all
    };
    for (second, confirmed) in [
        (of(TENANT, "app", "object"), true),
        (of(&TENANT.to_uppercase(), "APP", "Object"), true),
        (of("dddddddd", "app", "object"), false),
        (of(TENANT, "other", "object"), false),
        (of(TENANT, "app", "new"), false),
        (entries(false), false),
    ] {
        let first = of(TENANT, "app", "object");
        let replayed = Record::parse(text(&watch_header(), &[first, second].concat()).as_bytes()).unwrap();
        let (header, replayed) = (replayed.header.clone(), replayed.replay().unwrap());
        assert_eq!(replayed.is_unconfirmed(&header), !confirmed);
        let verdict = if confirmed { Verdict::Pass } else { Verdict::Unproven };
        assert_eq!(replayed.verdict(&header), Some(verdict));
    }
    let known = Principal { tenant: Some("t".into()), ..Principal::default() };
    let more = Principal { tenant: Some("x".into()), app: Some("a".into()), object: Some("o".into()) };
    let all = known.clone().completed(&more);
    assert_eq!(all, Principal { tenant: Some("t".into()), ..more });
    assert_eq!(known.difference(&all), None, "what is not known differs from nothing");
}
