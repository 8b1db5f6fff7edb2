//! A sweep piece by piece: names and counts, lists in every form, the journal line by line.

use std::collections::BTreeMap;

use exchange365::{
    base::{Secret, Timestamp},
    m365::{
        Outcome, Refusal,
        graph::{MailboxName, Person},
    },
    verify::{
        Control, Counts, Entry, Expected, Finding, JOURNAL_SCHEMA, Journal, JournalFault, JournalHead, Known,
        ListedMailbox, Shown, Stop, SweepLine, SweepResult, Target, TargetList, answer_entry, csv_fields, decode, find,
        fingerprint, known_controls, list_entries, new_salt, read_journal, read_list, to_line,
    },
};

const NOW: &str = "2026-11-23T08:00:00Z";
const SHOWN: [Shown; 8] = [
    Shown::Reached,
    Shown::Refused(Refusal::Raop),
    Shown::Refused(Refusal::ODataDisabled),
    Shown::Refused(Refusal::Plain),
    Shown::Other(Outcome::Throttled),
    Shown::Other(Outcome::MailboxUnknown),
    Shown::Unconfirmed,
    Shown::NotAsked,
];

fn mailbox(text: &str) -> MailboxName {
    MailboxName::parse(text).unwrap()
}

fn target(name: &str, expected: Expected) -> Target {
    Target { mailbox: mailbox(name), expected }
}

#[test]
fn names_in_the_contract_are_these() {
    assert_eq!(
        SHOWN.map(Shown::as_str),
        [
            "reached",
            "blocked_by_policy",
            "access_denied",
            "access_denied",
            "throttled",
            "mailbox_unknown",
            "unconfirmed",
            "not_asked"
        ]
    );
    assert_eq!(
        SHOWN.map(|shown| shown.result().as_str()),
        ["reachable", "refused", "refused", "refused", "not_provable", "not_provable", "not_provable", "not_provable"]
    );
    let found = [Finding::AsExpected, Finding::Fail, Finding::Unproven].map(Finding::as_str);
    assert_eq!(found, ["as_expected", "fail", "unproven"]);
    let stops = [Stop::Cancelled, Stop::ProbeOff, Stop::ControlsChanged, Stop::LineLost];
    let names = stops.iter().map(Stop::as_str).collect::<Vec<_>>();
    assert_eq!(names, ["cancelled", "probe_off", "controls_changed", "line_lost"]);
}

#[test]
fn a_result_is_compared_with_what_is_permitted() {
    use Expected::{Forbidden, Permitted};
    use SweepResult::{NotProvable, Reachable, Refused};
    for (expected, result, finding) in [
        (Permitted, Reachable, Finding::AsExpected),
        (Permitted, Refused, Finding::Fail),
        (Permitted, NotProvable, Finding::Unproven),
        (Forbidden, Reachable, Finding::Fail),
        (Forbidden, Refused, Finding::AsExpected),
        (Forbidden, NotProvable, Finding::Unproven),
    ] {
        assert_eq!(find(expected, result), finding, "{expected:?} {result:?}");
    }
    let line = SweepLine { shown: Shown::Reached, ..SweepLine::not_asked(0, &target("a@x.com", Forbidden)) };
    assert_eq!((line.result(), line.finding()), (Reachable, Finding::Fail));
}

#[test]
fn lines_are_counted_and_counted_anew() {
    use Expected::{Forbidden, Permitted};
    let lines: Vec<SweepLine> = [
        (Permitted, Shown::Reached),
        (Permitted, Shown::Refused(Refusal::Plain)),
        (Forbidden, Shown::Reached),
        (Forbidden, Shown::Refused(Refusal::Raop)),
        (Forbidden, Shown::Refused(Refusal::Raop)),
        (Forbidden, Shown::Other(Outcome::Throttled)),
        (Forbidden, Shown::NotAsked),
        (Permitted, Shown::NotAsked),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (expected, shown))| SweepLine { shown, ..SweepLine::not_asked(index, &target("a@x.com", expected)) })
    .collect();
    let mut counts = Counts::of(&lines);
    let by_outcome = BTreeMap::from([
        ("access_denied", 1),
        ("blocked_by_policy", 2),
        ("not_asked", 2),
        ("reached", 2),
        ("throttled", 1),
    ]);
    let expected = Counts {
        total: 8,
        reachable: 2,
        reachable_not_permitted: 1,
        refused: 3,
        refused_but_permitted: 1,
        not_provable: 3,
        not_asked: 2,
        by_outcome,
    };
    assert_eq!(counts, expected);
    assert_eq!(counts.asked(), 6);
    // Two that were not asked are answered, one answer does not stand: the last of a kind takes its name along.
    counts.replace(Forbidden, Shown::NotAsked, Shown::Refused(Refusal::Raop));
    counts.replace(Permitted, Shown::NotAsked, Shown::Reached);
    counts.replace(Forbidden, Shown::Reached, Shown::Unconfirmed);
    let by_outcome = BTreeMap::from([
        ("access_denied", 1),
        ("blocked_by_policy", 3),
        ("reached", 2),
        ("throttled", 1),
        ("unconfirmed", 1),
    ]);
    let expected = Counts {
        total: 8,
        reachable: 2,
        reachable_not_permitted: 0,
        refused: 4,
        refused_but_permitted: 1,
        not_provable: 2,
        not_asked: 0,
        by_outcome,
    };
    assert_eq!(counts, expected);
    assert_eq!(counts.asked(), 8);
}

#[test]
fn the_fields_of_a_line_are_these() {
    for (line, separator, expected) in [
        ("a,b", ',', &["a", "b"][..]),
        ("a;b,c", ';', &["a", "b,c"]),
        (" a , b ", ',', &["a", "b"]),
        ("", ',', &[""]),
        ("a,", ',', &["a", ""]),
        ("\"a,b\",c", ',', &["a,b", "c"]),
        ("\"a \"\"b\"\"\",c", ',', &["a \"b\"", "c"]),
        ("\"\",c", ',', &["", "c"]),
        ("a\"b,c\"d,e", ',', &["ab,cd", "e"]),
    ] {
        assert_eq!(csv_fields(line, separator), expected, "{line}");
    }
}

#[test]
fn lists_are_read_by_their_column_or_line_by_line() {
    let names = |text: &str| -> Vec<String> {
        read_list("list", text).mailboxes.iter().map(|listed| listed.mailbox.to_string()).collect()
    };
    for (text, expected) in [
        // The more telling column wins, wherever it stands.
        ("mail,upn\nother@x.com,a@x.com", &["a@x.com"][..]),
        ("E-Mail\na@x.com", &["a@x.com"]),
        ("object_id\n11111111-2222-3333-4444-555555555555", &["11111111-2222-3333-4444-555555555555"]),
        // Remarks end with the line, and are none where a row of several columns may begin like that.
        ("#TYPE Selected.User\nupn\n#no\na@x.com", &["a@x.com"]),
        ("name,upn\n#1 Support,a@x.com\n# 2 Support,b@x.com", &["a@x.com", "b@x.com"]),
        ("#a@x.com\nb@x.com", &["#a@x.com", "b@x.com"]),
        ("upn\n#a@x.com", &["#a@x.com"]),
        // Two columns of one name are two mailboxes.
        ("mail,name,mail\na@x.com,A,b@x.com\n,B,c@x.com", &["a@x.com", "b@x.com", "c@x.com"]),
        ("upn,name\na@x.com,A,,", &["a@x.com"]),
        // A first line with an address in it is no header, whatever else stands in it.
        ("a@x.com,mail\nb@x.com", &["a@x.com", "b@x.com"]),
        ("a@x.com\tb@x.com", &["a@x.com", "b@x.com"]),
        ("  # a remark\n\n \"a@x.com\" \n", &["a@x.com"]),
        ("upn,name\n\n# a remark\na@x.com,A\n  \n", &["a@x.com"]),
        ("a@x.com\na@x.com", &["a@x.com", "a@x.com"]),
        ("", &[]),
    ] {
        assert_eq!(names(text), expected, "{text}");
        let unreadable = read_list("list", text).unreadable.into_iter().map(|entry| entry.text).collect::<Vec<_>>();
        assert_eq!(unreadable, if text.starts_with("a@x.com,mail") { &["mail"][..] } else { &[] }, "{text}");
    }
    let listed = read_list("people", &format!("a@x.com\n\nno\u{7}body,{}\n", "y".repeat(90)));
    let told: Vec<_> = listed.unreadable.iter().map(|it| (it.source.as_str(), it.line, it.text.as_str())).collect();
    assert_eq!(told, [("people", 3, "nobody"), ("people", 3, "y".repeat(80).as_str())]);
    let short = read_list("people", "name,upn\nA\n,b@x.com\n");
    assert_eq!(short.unreadable.iter().map(|it| (it.line, it.text.as_str())).collect::<Vec<_>>(), [(2, "A")]);
    assert_eq!(short.mailboxes, [ListedMailbox { mailbox: mailbox("b@x.com"), also: vec![] }]);
}

/// An address that slipped into another column is somebody else's: whoever should have been asked would be forgotten.
#[test]
fn a_row_that_does_not_fit_its_columns_is_not_guessed_at() {
    let listed =
        read_list("list", "name,mail,upn\nDoe, Jane,alias@x.com,jane@x.com\n\"Roe,a@x.com,b@x.com\nC,,c@x.com");
    let lines: Vec<usize> = listed.unreadable.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(listed.mailboxes, [ListedMailbox { mailbox: mailbox("c@x.com"), also: vec![] }]);
}

#[test]
fn who_is_left_out_by_a_remark_is_counted() {
    for (text, left_out) in [
        ("# a@x.com\nb@x.com", 1),
        ("## a@x.com, b@x.com\n#75283b3b-609a-4c1c-b8b8-baa1342fdfa6\n# words\n#\nb@x.com", 2),
        ("upn\na@x.com\n # b@x.com", 1),
        ("upn\na@x.com\n# b@x.com, c@x.com", 1),
        ("# words alone\na@x.com", 0),
    ] {
        let listed = read_list("list", text);
        assert_eq!((listed.left_out, listed.unreadable.len(), listed.mailboxes.len()), (left_out, 0, 1), "{text}");
    }
}

#[test]
fn a_row_is_permitted_by_any_of_its_names() {
    use Expected::{Forbidden, Permitted};
    let permitted = [mailbox("perm@x.com"), mailbox("other@x.com"), mailbox("Late@x.com"), mailbox("absent@x.com")];
    let listed = read_list(
        "list",
        "UserPrincipalName,Name,PrimarySmtpAddress,ObjectId\n\
         perm.upn@x.com,P,Perm@x.com,\n\
         b@x.com,Other,b.mail@x.com,nonsense\n\
         late.upn@x.com,L,,\n",
    );
    let mut list = TargetList::new(&permitted);
    listed.mailboxes.into_iter().for_each(|listed| list.add_listed(listed));
    // Another source knows it by the name that is permitted.
    list.add_person(Person { mailbox: mailbox("LATE.upn@x.com"), mail: Some(mailbox("late@x.com")) });
    // Whoever must be reachable and stands nowhere is asked as well, once.
    let further = ["perm@x.com", "late@x.com", "absent@x.com", "Absent@x.com"].map(mailbox);
    assert_eq!(list.add_missing(further), 1);
    let (targets, repeats) = list.finish();
    let found: Vec<(&str, Expected)> =
        targets.iter().map(|target| (target.mailbox.as_str(), target.expected)).collect();
    let expected = [
        ("perm.upn@x.com", Permitted),
        ("b@x.com", Forbidden),
        ("late.upn@x.com", Permitted),
        ("absent@x.com", Permitted),
    ];
    assert_eq!((found.as_slice(), repeats), (expected.as_slice(), 1));
}

fn control(address: &str, known: Known) -> Control {
    Control { address: address.parse().unwrap(), known }
}

/// Answers count under the fence under which they were given.
#[test]
fn answers_stand_under_the_same_controls_alone() {
    let list = [target("a@x.com", Expected::Forbidden), target("b@x.com", Expected::Forbidden)];
    let answer = |index: usize| {
        let finished = Some(NOW.parse().unwrap());
        answer_entry(&SweepLine { shown: Shown::Reached, finished, ..SweepLine::not_asked(index, &list[index]) })
    };
    let raop = [control("No@x.com", Known::Refused(Refusal::Raop)), control("yes@x.com", Known::Accepted)];
    let plain = [control("no@x.com", Known::Refused(Refusal::Plain)), control("yes@x.com", Known::Accepted)];
    let known = known_controls(&raop);
    let expected = [("no@x.com".to_owned(), "raop".to_owned()), ("yes@x.com".to_owned(), "accepted".to_owned())];
    assert_eq!(known, expected);
    assert_eq!(known, known_controls(&[raop[1].clone(), raop[0].clone()]), "in whatever order");
    let look = || [Entry::Looking(NOW.to_owned()), Entry::Confirmed(NOW.to_owned())];
    let begin = |known: &[(String, String)]| Entry::Controls(known.to_vec());
    let read = |parts: &[&[Entry]]| {
        let journal = journal(2, &[&list_entries(&list), parts.concat().as_slice()].concat()).unwrap();
        (
            journal.confirmed.into_keys().collect::<Vec<_>>(),
            journal.unconfirmed.into_keys().collect::<Vec<_>>(),
            journal.controls,
        )
    };
    let part = [begin(&known), answer(0), look()[0].clone(), look()[1].clone(), answer(1)];
    assert_eq!(read(&[&part]), (vec![0], vec![1], known.clone()));
    assert_eq!(read(&[&part, &[begin(&known)], &look()]), (vec![0, 1], vec![], known.clone()));
    assert_eq!(read(&[&part, &[begin(&known_controls(&plain))], &look()]), (vec![], vec![], known_controls(&plain)));
    // A journal that does not say under which controls its answers were given.
    assert_eq!(read(&[&part[1..], &[begin(&known)]]), (vec![], vec![], known));
}

#[test]
fn answers_of_another_day_are_dropped() {
    let list: Vec<Target> = (0..4).map(|number| target(&format!("{number}@x.com"), Expected::Forbidden)).collect();
    let times = [Some("2026-11-22T07:59:59Z"), Some("2026-11-22T08:00:00Z"), None, Some("2026-11-23T08:00:01Z")];
    let mut entries = list_entries(&list);
    for (index, time) in times.iter().enumerate() {
        let finished = time.map(|time| time.parse().unwrap());
        let line = SweepLine { shown: Shown::Reached, finished, ..SweepLine::not_asked(index, &list[index]) };
        entries.push(answer_entry(&line));
    }
    let at = |time: &str| -> Timestamp { time.parse().unwrap() };
    for confirmed in [false, true] {
        let look = [Entry::Looking(NOW.to_owned()), Entry::Confirmed(NOW.to_owned())];
        let all = [entries.as_slice(), if confirmed { &look } else { &[] }].concat();
        let mut journal = journal(4, &all).unwrap();
        assert_eq!(journal.answered(), 4);
        journal.keep_between(at("2026-11-22T08:00:00Z"), at(NOW));
        let left: Vec<usize> = journal.confirmed.keys().chain(journal.unconfirmed.keys()).copied().collect();
        assert_eq!((left, journal.answered()), (vec![1], 1));
        journal.forget();
        assert_eq!(journal.answered(), 0);
    }
}

#[test]
fn files_are_read_as_they_were_saved() {
    let text = "åse@x.com";
    let wide = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
    };
    assert_eq!(decode(&wide([0xff, 0xfe], u16::to_le_bytes)), text);
    assert_eq!(decode(&wide([0xfe, 0xff], u16::to_be_bytes)), text);
    assert_eq!(decode(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), text);
    assert_eq!(decode(text.as_bytes()), text);
}

#[test]
fn a_person_is_permitted_by_either_name() {
    use Expected::{Forbidden, Permitted};
    let permitted = [mailbox("A@x.com"), mailbox("alias@x.com")];
    let person = |name: &str, mail: Option<&str>| Person { mailbox: mailbox(name), mail: mail.map(mailbox) };
    let mut list = TargetList::new(&permitted);
    for added in [
        person("a@x.com", None),
        person("b@x.com", Some("ALIAS@x.com")),
        person("c@x.com", Some("other@x.com")),
        person("C@x.com", None),
        person("c@x.com", None),
    ] {
        list.add_person(added);
    }
    let (targets, repeats) = list.finish();
    assert_eq!(targets.iter().map(|target| target.expected).collect::<Vec<_>>(), [Permitted, Permitted, Forbidden]);
    assert_eq!(repeats, 2);
}

/// The mark of a secret stands in journals that were written long ago, so it never changes.
#[test]
fn a_secrets_mark_is_stable_and_depends_on_its_salt() {
    let mark = |salt: &str, secret: &str| fingerprint(salt, &Secret::new(secret.to_owned()));
    for (salt, secret, expected) in [
        ("s", "canary~secret", "15ac"),
        ("s", "another", "8fd0"),
        ("", "a", "b6c1"),
        ("salt", "x", "c4f3"),
        ("0123456789abcdef0123456789abcdef", "canary~Q8Q.secret/value", "9dd9"),
    ] {
        assert_eq!(mark(salt, secret), expected);
    }
    let (one, other) = (new_salt(), new_salt());
    assert!(one != other && one.len() == 32 && one.chars().all(|digit| digit.is_ascii_hexdigit()));
}

fn head(total: usize) -> JournalHead {
    JournalHead {
        schema: JOURNAL_SCHEMA.to_owned(),
        tenant: "contoso.com".to_owned(),
        client_id: "c".to_owned(),
        graph: "g".to_owned(),
        salt: "s".to_owned(),
        credential_mark: "m".to_owned(),
        permitted: vec![],
        forbidden: vec![],
        recipient: "r@x.com".to_owned(),
        sources: vec![],
        repeats: 0,
        unreadable: 0,
        total,
        started: NOW.to_owned(),
    }
}

fn journal(total: usize, entries: &[Entry]) -> Result<Journal, JournalFault> {
    let lines: Vec<String> = entries.iter().map(|entry| to_line(entry) + "\n").collect();
    read_journal(&(to_line(&head(total)) + "\n" + &lines.concat()))
}

#[test]
fn every_answer_is_read_as_it_was_written() {
    let list: Vec<Target> = SHOWN
        .iter()
        .zip(0..)
        .map(|(_, number)| {
            let expected = if number % 2 == 0 { Expected::Permitted } else { Expected::Forbidden };
            target(&format!("{number}@x.com"), expected)
        })
        .collect();
    let full = |index: usize| SweepLine {
        shown: SHOWN[index],
        http_status: Some(403),
        error_code: Some("code".into()),
        error_message: Some("words".into()),
        request_id: Some("theirs".into()),
        client_request_id: Some("ours".into()),
        attempts: 3,
        elapsed_ms: 42,
        finished: Some(NOW.parse().unwrap()),
        ..SweepLine::not_asked(index, &list[index])
    };
    // Reached, refused in three ways, and two other answers; what was not asked or does not stand is never written.
    let mut entries = list_entries(&list);
    entries.extend((0..6).map(|index| answer_entry(&full(index))));
    let read = journal(8, &entries).unwrap();
    assert_eq!(read.targets, list);
    assert_eq!(read.unconfirmed.values().cloned().collect::<Vec<_>>(), (0..6).map(full).collect::<Vec<_>>());
    assert!(read.confirmed.is_empty());
    for index in 6..8 {
        let entries = [list_entries(&list), vec![answer_entry(&full(index))]].concat();
        assert_eq!(journal(8, &entries).unwrap_err(), JournalFault::NotAJournal(3), "{index}");
    }
}

#[test]
fn a_long_list_stands_in_lines_of_two_hundred() {
    let list: Vec<Target> = (0..401).map(|number| target(&format!("u{number}@x.com"), Expected::Forbidden)).collect();
    let entries = list_entries(&list);
    let lengths: Vec<usize> = entries
        .iter()
        .map(|entry| match entry {
            Entry::List(names) => names.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(lengths, [200, 200, 1]);
    assert_eq!(journal(401, &entries).unwrap().targets, list);
    assert_eq!(journal(402, &entries).unwrap_err(), JournalFault::Incomplete);
    assert_eq!(journal(400, &entries).unwrap_err(), JournalFault::Incomplete);
}

/// What stands and what does not, after looks at the controls; and when the last answer came.
#[test]
fn answers_stand_up_to_the_last_look_that_agreed() {
    let list = [target("a@x.com", Expected::Forbidden), target("b@x.com", Expected::Forbidden)];
    let at = |index: usize, time: &str| {
        let finished = Some(time.parse().unwrap());
        answer_entry(&SweepLine { shown: Shown::Reached, finished, ..SweepLine::not_asked(index, &list[index]) })
    };
    let (early, late) = ("2026-11-23T08:00:01Z", "2026-11-23T08:00:02Z");
    let (looking, confirmed) = (|| Entry::Looking(NOW.to_owned()), || Entry::Confirmed(NOW.to_owned()));
    let void = || Entry::Void(NOW.to_owned());
    let keys = |entries: Vec<Entry>| {
        let journal = journal(2, &[list_entries(&list), entries].concat()).unwrap();
        let stands: Vec<usize> = journal.confirmed.keys().copied().collect();
        let waits: Vec<usize> = journal.unconfirmed.keys().copied().collect();
        let newest: Option<Timestamp> = journal.last_answer();
        (stands, waits, newest.map(|time| time.to_string()))
    };
    assert_eq!(keys(vec![]), (vec![], vec![], None));
    assert_eq!(keys(vec![at(0, early)]), (vec![], vec![0], Some(early.into())));
    assert_eq!(keys(vec![at(0, late), looking(), confirmed(), at(1, early)]), (vec![0], vec![1], Some(late.into())));
    assert_eq!(keys(vec![at(0, early), looking(), confirmed(), at(1, late)]), (vec![0], vec![1], Some(late.into())));
    assert_eq!(
        keys(vec![at(0, early), void(), at(1, late), looking(), confirmed()]),
        (vec![1], vec![], Some(late.into()))
    );
    // What came while the look was under way is not covered by it, and can be taken back by the next one.
    let both = |last| vec![at(0, early), looking(), at(1, late), confirmed(), looking(), last];
    assert_eq!(keys(both(void())), (vec![0], vec![], Some(early.into())));
    assert_eq!(keys(both(confirmed())), (vec![0, 1], vec![], Some(late.into())));
    // A look that told nothing leaves no line; the next one covers its answers too.
    let silent = vec![at(0, early), looking(), at(1, late), looking(), confirmed()];
    assert_eq!(keys(silent), (vec![0, 1], vec![], Some(late.into())));
    // Nobody knows what a confirmation without a look covers: nothing.
    assert_eq!(keys(vec![at(0, early), confirmed()]), (vec![], vec![0], Some(early.into())));
    // Asked again: the answer waits for a look of its own.
    assert_eq!(keys(vec![at(0, early), looking(), confirmed(), at(0, late)]), (vec![], vec![0], Some(late.into())));
    let again = vec![at(0, early), looking(), at(0, late), confirmed()];
    assert_eq!(keys(again), (vec![], vec![0], Some(late.into())));
}

#[test]
fn what_is_no_journal_is_said_with_its_line() {
    let list = [target("a@x.com", Expected::Forbidden)];
    let start = to_line(&head(1)) + "\n" + &to_line(&list_entries(&list)[0]) + "\n";
    let read = |text: &str| read_journal(text).map(|journal| journal.whole_bytes);
    assert_eq!(read(&start), Ok(start.len()));
    assert_eq!(read(&(start.clone() + "{\"answer\"")), Ok(start.len()), "a line that was cut off is none");
    for (after, line) in [
        ("x\n", 3),
        ("{\"list\":[[\"nobody\",true]]}\n", 3),
        ("{\"answer\":{\"n\":1,\"o\":\"reached\",\"a\":1,\"ms\":1,\"at\":null}}\n", 3),
        ("{\"answer\":{\"n\":0,\"o\":\"fine\",\"a\":1,\"ms\":1,\"at\":null}}\n", 3),
        ("{\"answer\":{\"n\":0,\"o\":\"reached\",\"refusal\":\"rude\",\"a\":1,\"ms\":1,\"at\":null}}\n", 3),
        ("{\"confirmed\":\"x\"}\nx\n", 4),
    ] {
        assert_eq!(read(&(start.clone() + after)), Err(JournalFault::NotAJournal(line)), "{after}");
    }
    let newer = start.replacen("sweep-journal/1", "sweep-journal/2", 1);
    assert_eq!(read(&newer), Err(JournalFault::NotAJournal(1)));
    let words = JournalFault::Another("tenant").to_string();
    assert_eq!(words, "the journal belongs to another tenant; start the sweep anew");
}
