//! What the program keeps or is given as files: settings, a sweep's journal, lists of customers and of mailboxes.

use exchange365::{
    base::{Clock, Secret},
    engine::{FleetFormat, parse_fleet},
    settings::Store,
    verify::{JournalHead, Shown, csv_fields, decode, read_journal, read_list, to_line},
};

use crate::support::{
    Folder,
    fuzz::{fuzz, fuzz_slowly, texts},
};

const SETTINGS: &str = r#"{"schema":"exchange365/settings/1","theme":"dark","reduce_motion":true,
"window":{"x":10,"y":-4,"width":900.5,"height":700,"maximized":false},
"profiles":[{"name":"Contoso","tenant_id":"contoso.com","client_id":"11111111-2222-3333-4444-555555555555",
"cloud":"global","permitted":["a@x.com"],"forbidden":["b@x.com"],"recipient":"c@x.com","keep_secret":true}],
"telemetry":"never","demo":true}"#;

/// Whatever stands in the file: the program starts, a file that was not understood is kept, and what is saved is read
/// back as it was.
#[test]
fn settings_files() {
    let folder = Folder::new();
    let path = folder.path().join("settings.json");
    let now = Clock::system().now();
    // What this version writes itself, damaged, is the likeliest file of all.
    let (store, plain, _) = Store::open(folder.path(), now);
    store.save(&plain).unwrap();
    let written = std::fs::read(&path).unwrap();
    let newer = SETTINGS.replace("settings/1", "settings/2").into_bytes();
    fuzz_slowly("settings", &[written, SETTINGS.as_bytes().to_vec(), newer, Vec::new()], |input| {
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        std::fs::write(&path, input).unwrap();
        let (store, settings, notice) = Store::open(folder.path(), now);
        let kept = std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        assert!(kept.into_iter().any(|bytes| bytes == input), "the file is gone: {notice:?}");
        store.save(&settings).unwrap();
        let (_, again, notice) = Store::open(folder.path(), now);
        assert_eq!((again, notice), (settings, None));
    });
}

fn journal() -> Vec<u8> {
    let head = JournalHead {
        schema: "exchange365/sweep-journal/1".to_owned(),
        tenant: "contoso.com".to_owned(),
        client_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        graph: "https://graph.microsoft.com/".to_owned(),
        salt: "00".to_owned(),
        credential_mark: "1a2b".to_owned(),
        permitted: vec!["in@x.com".to_owned()],
        forbidden: vec!["out@x.com".to_owned()],
        recipient: "to@x.com".to_owned(),
        sources: vec!["list.txt".to_owned()],
        repeats: 0,
        unreadable: 0,
        total: 3,
        started: "2026-11-23T08:00:00Z".to_owned(),
    };
    let answer = |number: usize, outcome: &str, refusal: &str| {
        format!(
            r#"{{"answer":{{"n":{number},"o":"{outcome}","refusal":{refusal},"status":403,"code":"ErrorAccessDenied","text":"no","id":"i","own":"o","a":1,"ms":5,"at":"2026-11-23T08:00:01Z"}}}}"#
        )
    };
    let lines = [
        to_line(&head),
        r#"{"list":[["a@x.com",false],["b@x.com",true],["c@x.com",false]]}"#.to_owned(),
        r#"{"controls":[["in@x.com","accepted"],["out@x.com","raop"]]}"#.to_owned(),
        answer(0, "refused", "\"raop\""),
        answer(1, "reached", "null"),
        r#"{"looking":"2026-11-23T08:00:02Z"}"#.to_owned(),
        r#"{"confirmed":"2026-11-23T08:00:02Z"}"#.to_owned(),
        answer(2, "refused", "\"plain\""),
        r#"{"void":"2026-11-23T08:00:03Z"}"#.to_owned(),
    ];
    (lines.join("\n") + "\n").into_bytes()
}

#[test]
fn journals_of_sweeps() {
    let seed = journal();
    let secret = Secret::new("abc8Q~canary".to_owned());
    assert_eq!(read_journal(&String::from_utf8(seed.clone()).unwrap()).unwrap().confirmed.len(), 2);
    fuzz("journals", &[seed], |input| {
        let text = String::from_utf8_lossy(input);
        let Ok(journal) = read_journal(&text) else { return };
        assert!(journal.whole_bytes <= text.len() && text.is_char_boundary(journal.whole_bytes));
        assert_eq!(journal.targets.len(), journal.head.total);
        for (index, line) in journal.confirmed.iter().chain(&journal.unconfirmed) {
            // Every answer belongs to the mailbox that it names, and none was made up for a line that is not an answer.
            assert_eq!((*index, &line.mailbox), (line.index, &journal.targets[*index].mailbox));
            assert!(!matches!(line.shown, Shown::NotAsked | Shown::Unconfirmed), "{line:?}");
        }
        // What is read once is read again: the whole part alone says the same.
        let again = read_journal(&text[..journal.whole_bytes]).unwrap();
        assert_eq!(
            (again.confirmed.len(), again.unconfirmed.len()),
            (journal.confirmed.len(), journal.unconfirmed.len())
        );
        let fault = journal.head.check("another.com", &journal.head.client_id, &journal.head.graph, &secret);
        assert!(fault.is_err() || journal.head.tenant.eq_ignore_ascii_case("another.com"));
        assert!(journal.last_answer().is_none() || !(journal.confirmed.is_empty() && journal.unconfirmed.is_empty()));
    });
}

const FLEET_TOML: &str = "[defaults]\nto = \"it@x.com\"\ncloud = \"global\"\n\n[[customers]]\nname = \"A\"\ntenant_id = \
     \"a.example\"\nclient_id = \"11111111-2222-3333-4444-555555555555\"\nsecret_env = \"A_SECRET\"\npermitted = [\"p@a.example\"]\n\
     forbidden = \"f@a.example\"\n\n[[customers]]\nname = \"B\"\nclient_secret = \"canary8Q~Canary.Canary\"\n\n[[customers]]\n\
     secret_file = \"b.txt\"\ntimeout_secs = \"canary8Q~Canary.Canary\"\n";
const FLEET_CSV: &str = "name;tenant_id;client_id;secret_env;permitted;forbidden;to;timeout_secs\r\n\
     A;a.example;11111111-2222-3333-4444-555555555555;A_SECRET;\"p@a.example q@a.example\";f@a.example;it@x.example;20\r\n\
     B;b.example;x;;\"a\"\"b\";;;\r\n";

#[test]
fn lists_of_customers() {
    fuzz("fleet files", &texts(&[FLEET_TOML, FLEET_CSV, "", "[[customers]]\n"]), |input| {
        let text = String::from_utf8_lossy(input);
        for format in [FleetFormat::Toml, FleetFormat::Csv] {
            match parse_fleet(&text, format) {
                Ok(entries) => {
                    assert!(!entries.is_empty());
                    for entry in entries {
                        assert!(!entry.name.is_empty());
                        match entry.profile {
                            // Nothing of a list is ever a secret itself.
                            Ok(profile) => assert!(profile.setup.client_secret.expose().is_empty()),
                            Err(text) => assert!(entry.name.contains("anary") || !text.contains("canary"), "{text}"),
                        }
                    }
                }
                Err(text) => assert!(!text.contains("canary"), "{text}"),
            }
        }
    });
}

#[test]
fn lists_of_mailboxes() {
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("Mail\r\na@x.com\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut seeds = texts(&[
        "a@x.com\nb@x.com, c@x.com;d@x.com\n# no\n\n'e@x.com'\n",
        "DisplayName,PrimarySmtpAddress\r\n\"Last, First\",a@x.com\r\nB,\r\n",
        "\u{feff}\"UserPrincipalName\";\"Mail\"\r\n\"a@x.com\";\"b@x.com\"\r\n",
        "75283b3b-609a-4c1c-b8b8-baa1342fdfa6\n",
    ]);
    seeds.push(wide);
    fuzz("lists of mailboxes", &seeds, |input| {
        let text = decode(input);
        let listed = read_list("file", &text);
        for mailbox in &listed.mailboxes {
            let name = mailbox.mailbox.to_string();
            assert!(
                !name.is_empty() && !name.contains(char::is_whitespace) && !name.contains(char::is_control),
                "{name:?}"
            );
            assert!(!name.contains(['/', '?', '<', '>', '"', '\\']), "{name:?}");
        }
        for unreadable in &listed.unreadable {
            assert!(unreadable.line >= 1 && unreadable.text.chars().count() <= 80);
            assert!(!unreadable.text.contains(char::is_control), "{unreadable:?}");
        }
        // Nobody is lost: an address on a line of its own is either read or told about.
        let lines = text.trim_start_matches('\u{feff}').lines();
        let some = lines
            .filter(|line| {
                line.contains(char::is_alphanumeric)
                    && (!line.trim_start().starts_with('#') || line.trim_start().starts_with("#a@"))
            })
            .count();
        assert!(some <= 1 || listed.mailboxes.len() + listed.unreadable.len() + 1 >= some, "{some} lines in {text:?}");
        for separator in [',', ';', '\t'] {
            for line in text.lines().take(3) {
                assert!(!csv_fields(line, separator).is_empty());
            }
        }
    });
}
