//! A secret that can be recognised anywhere goes through the real program, past servers that send back whatever they
//! are told: nothing that is printed, written or left behind may hold it.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use exchange365::{
    base::{ClientId, ClientSecret, Clock, Secret, TenantId, Wake},
    engine::{Command, GraphOptions, Handle, KeyStore, Options, Setup},
    m365::{
        Cloud, Endpoints, Overrides, Reply, RequestIds, Transport, TransportOptions,
        auth::{AccessToken, Credentials, TokenSource},
        graph::{MailClient, PeopleClient},
    },
    settings::{Vault, VaultKey},
};
use futures_util::{StreamExt as _, stream};
use zeroize::Zeroizing;

use crate::support::{
    Folder, bare,
    session::{RAOP, clock},
    spelt::{every_torn_way, every_way, every_wrapped_way, survives},
    wire::{Script, Seen, Step, Wire, raw_then_close, reply},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_exchange365-cli");
/// With everything that any form of writing changes.
const SECRET: &str = "c4n8Q~Zk+/=&%<\"'>Wq9x.~Lm2\\Rt5";
/// A token as opaque as Microsoft calls them.
const TOKEN: &str = "0pAqUeTk7.vR3n+w8/Yz5~Hj2_Lc6-Xb9Gd4==";

/// How the secret is given.
#[derive(Debug, Clone, Copy)]
enum Given {
    Variable,
    File,
    Input,
}

/// Runs the program to its end with every report there is.
fn run(url: &str, folder: &Path, (given, timeout): (Given, &str), command: &str, format: &str) -> (Output, String) {
    let mut program = bare(PROGRAM);
    program.env("EXCHANGE365_DATA_DIR", folder.join("data"));
    program.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::piped());
    program.args([command, "--tenant-id", "contoso.example", "--client-id", "11111111-2222-3333-4444-555555555555"]);
    program.args(["--login-url", url, "--graph-url", url, "--timeout", timeout, "--format", format]);
    match command {
        "verify" => {
            program.args(["--permitted", "in@x.example", "--forbidden", "out@x.example", "--to", "in@x.example"]);
            for ending in ["html", "md", "json", "csv", "xml", "svg"] {
                program.arg("--report").arg(folder.join(format!("report.{ending}")));
            }
        }
        "send" => {
            program.args(["--from", "in@x.example", "--to", "in@x.example"]);
        }
        _ => {}
    }
    match given {
        Given::Variable => program.env("EXCHANGE365_CLIENT_SECRET", SECRET),
        Given::File => {
            fs::write(folder.join("secret.txt"), SECRET).unwrap();
            program.arg("--secret-file").arg(folder.join("secret.txt"))
        }
        Given::Input => program.args(["--secret-file", "-"]),
    };
    let mut child = program.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    if matches!(given, Given::Input) {
        input.write_all(SECRET.as_bytes()).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let left = fs::remove_file(folder.join("secret.txt")).is_ok();
    assert_eq!(left, matches!(given, Given::File));
    let mut shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let records = folder.join("data").join("records");
    assert_eq!(records.exists(), command != "token", "every test leaves its record");
    for left in files_below(folder) {
        shown.push_str(&format!("\n== {}\n{}", left.display(), String::from_utf8_lossy(&fs::read(&left).unwrap())));
        fs::remove_file(left).unwrap();
    }
    (output, shown)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn check(name: &str, shown: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!survives(shown, secret), "{name}: {secret} in\n{shown}");
    }
}

/// Answers that repeat all they were told.
fn talkative(status: u16, body: &str) -> Script {
    let told = [every_way(SECRET), every_way(TOKEN), every_torn_way(SECRET), every_torn_way(TOKEN)].join(" | ");
    let headers = [
        ("request-id", told.as_str()),
        ("client-request-id", told.as_str()),
        ("x-ms-request-id", told.as_str()),
        ("retry-after", told.as_str()),
        ("location", told.as_str()),
        ("www-authenticate", told.as_str()),
        ("content-type", told.as_str()),
    ];
    reply(status, &headers, body)
}

/// All that a body can say of both.
fn all() -> String {
    let ways = [every_way, every_torn_way, every_wrapped_way];
    ways.iter().flat_map(|way| [way(SECRET), way(TOKEN)]).collect::<Vec<String>>().join(" | ")
}

fn graph_error(code: &str) -> String {
    let told = all();
    serde_json::json!({"error": {"code": code, "message": told, "innerError": {"request-id": told}}}).to_string()
}

fn entra_error(error: &str, description: &str) -> String {
    let told = format!("{description} {}", all());
    serde_json::json!({
        "error": error, "error_description": told, "trace_id": told, "correlation_id": told, "timestamp": told,
        "error_codes": [7_000_215], "suberror": told,
        "claims": serde_json::json!({"access_token": {"capolids": {"values": [told]}}}).to_string(),
    })
    .to_string()
}

fn grant() -> Script {
    let body = serde_json::json!({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}).to_string();
    talkative(200, &body)
}

/// The tenant's configuration and a token, both telling all that can be told. The one answer serves both questions.
fn telling_grant() -> Script {
    let told = [every_way(SECRET), every_torn_way(SECRET), every_wrapped_way(SECRET)].join(" ");
    let claims = serde_json::json!({
        "appid": told, "app_displayname": told, "oid": told, "tid": told, "aud": told, "roles": ["Mail.Send", told],
        "appidacr": told, "exp": 4_000_000_000u64,
    });
    let body = serde_json::json!({
        "token_type": "Bearer", "expires_in": 3599,
        "access_token": format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())),
        "issuer": format!("https://x/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/{told}"), "tenant_region_scope": told,
        "msgraph_host": told, "cloud_graph_host_name": told,
    });
    talkative(200, &body.to_string())
}

/// What the server does, by name: to a sign-in, and to a mail.
fn servers() -> Vec<(&'static str, Script, Script)> {
    let page = format!("<html><p>{}</p></html>", all());
    let told = format!("{} {}", every_way(SECRET), every_way(TOKEN));
    let fine = || talkative(202, "");
    vec![
        ("sign-in refused", talkative(401, &entra_error("invalid_client", "AADSTS7000215: no")), fine()),
        ("sign-in refused by an unknown code", talkative(400, &entra_error("invalid_grant", &told)), fine()),
        ("unknown error", talkative(400, &entra_error(&told, "no code")), fine()),
        ("outage", talkative(503, &entra_error("temporarily_unavailable", "AADSTS90033: x")), fine()),
        ("page", talkative(200, &page), fine()),
        ("proxy", talkative(407, &page), fine()),
        ("elsewhere", talkative(302, ""), fine()),
        ("half a token", talkative(200, &format!("{{\"access_token\":\"{TOKEN}")), fine()),
        ("noise", raw_then_close(format!("{told}\r\n\r\n")), fine()),
        ("silence", vec![Step::Stall], fine()),
        ("everything accepted", grant(), fine()),
        ("a token that tells", telling_grant(), fine()),
        ("refused", grant(), talkative(403, &graph_error("ErrorAccessDenied"))),
        (
            "refused by policy",
            grant(),
            talkative(403, &RAOP.replace("settings.", &format!("settings. {}", every_way("x")))),
        ),
        ("unknown code", grant(), talkative(400, &graph_error(&told))),
        ("token rejected", grant(), talkative(401, &graph_error("InvalidAuthenticationToken"))),
        ("mail throttled", grant(), talkative(429, &graph_error("TooManyRequests"))),
        ("mail outage", grant(), talkative(503, &graph_error("serviceNotAvailable"))),
        ("mail page", grant(), talkative(403, &page)),
        ("mail noise", grant(), raw_then_close(format!("HTTP/1.1 {told}\r\n\r\n"))),
        ("mail cut", grant(), raw_then_close(format!("HTTP/1.1 403 x\r\ncontent-length: 9999\r\n\r\n{told}"))),
        ("mail silence", grant(), vec![Step::Stall]),
    ]
}

#[tokio::test]
async fn nothing_that_the_program_leaves_behind_holds_a_secret() {
    let played = stream::iter(servers().into_iter().enumerate()).map(|(number, server)| play(number, server));
    let codes: Vec<Vec<Option<i32>>> = played.buffer_unordered(8).collect().await;
    let codes: BTreeSet<Option<i32>> = codes.into_iter().flatten().collect();
    assert!([0, 1, 2, 3].iter().all(|code| codes.contains(&Some(*code))), "exit codes met: {codes:?}");
}

/// Every server by the whole test in one format, the shorter commands in turn.
async fn play(number: usize, (name, sign_in, mail): (&'static str, Script, Script)) -> Vec<Option<i32>> {
    // A second is enough to see that nothing comes. Whoever answers is waited for, however slow the machine is.
    let stalls = sign_in.iter().chain(&mail).any(|step| matches!(step, Step::Stall));
    let timeout = if stalls { "1" } else { "60" };
    let granted = format!("{sign_in:?}") == format!("{:?}", grant());
    let answer = move |seen: &Seen, _| if seen.is_send() { mail.clone() } else { sign_in.clone() };
    let wire = Wire::start(&clock(), answer).await;
    let given = [Given::Variable, Given::File, Given::Input][number % 3];
    let mut codes = Vec::new();
    for (command, format) in [("verify", "json"), ("verify", "text"), ("token", "text"), ("send", "json")] {
        if command != "verify" && number % 2 == 1 || format == "text" && number.is_multiple_of(3) {
            continue;
        }
        let url = wire.url();
        let played = tokio::task::spawn_blocking(move || {
            let folder = Folder::new();
            run(&url, folder.path(), (given, timeout), command, format)
        });
        let (output, shown) = played.await.unwrap();
        codes.push(output.status.code());
        assert_ne!(output.status.code(), Some(70), "{name}: {shown}");
        // A token that was never granted is a stranger's text.
        let known: &[&str] = if granted { &[SECRET, TOKEN] } else { &[SECRET] };
        check(&format!("{name}, {command} as {format}"), &shown, known);
    }
    codes
}

/// Whoever types the secret where it does not belong finds it repeated nowhere but where the shell keeps it.
#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let secret = "c4n8Q~ZkWq9x.~Lm2Rt5canaryCanary-Can9ary";
    let folder = Folder::new();
    for arguments in [
        vec!["verify", "--client-id", secret],
        vec!["verify", "--tenant-id", secret],
        vec!["token", "--cloud", secret],
        vec!["token", "--proxy", secret],
        vec!["token", "--login-url", secret],
        vec!["verify", "--permitted", secret],
        vec!["verify", "--to", secret],
        vec!["token", "--demo", secret],
    ] {
        for format in ["text", "json"] {
            let mut program = bare(PROGRAM);
            program.env("EXCHANGE365_DATA_DIR", "none").current_dir(folder.path()).stdin(Stdio::null());
            program.args(&arguments).args(["--format", format]).env("EXCHANGE365_CLIENT_SECRET", secret);
            let output = program.output().unwrap();
            let shown =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(!survives(&shown, secret), "{arguments:?}: {shown}");
        }
    }
}

/// Types are put together from few that hold a secret: each of these is masked, and so is what is made of them.
#[tokio::test]
async fn types_that_hold_a_secret_do_not_show_it() {
    let secret = Secret::new(SECRET.to_owned());
    let parsed = ClientSecret::parse(SECRET).unwrap();
    let setup = Setup { client_secret: secret.clone(), ..Setup::empty() };
    let answer = Reply {
        status: 200,
        content_type: String::new(),
        body: Zeroizing::new(format!("{{\"access_token\":\"{TOKEN}\"}}")),
        ids: RequestIds::default(),
        retry_after: None,
        wants_other_log_in: false,
    };
    let token = AccessToken {
        secret: Secret::new(TOKEN.to_owned()),
        serial: 1,
        expires: exchange365::base::Timestamp::MAX,
        claims: None,
    };
    let credentials = Credentials {
        tenant: TenantId::parse("contoso.com").unwrap().value,
        client: ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
        secret: parsed.value.clone(),
    };
    let endpoints = Endpoints::new(Cloud::Global, &Overrides::default()).unwrap();
    let transport = Transport::new(TransportOptions::default(), true, Clock::system()).unwrap();
    let transport = transport.masking(&secret).masking(&token.secret);
    let tokens = TokenSource::new(transport.clone(), endpoints.clone(), credentials.clone());
    let mail = MailClient::new(transport.clone(), endpoints.clone(), tokens.clone());
    let people = PeopleClient::new(transport.clone(), endpoints.clone(), tokens.clone());
    let (store, vault) = (KeyStore::memory(), Vault::memory());
    store.keep("customer", &secret).unwrap();
    vault.keep(&VaultKey::named("customer"), &secret).unwrap();
    let options = GraphOptions {
        sender: String::new(),
        tenant_id: String::new(),
        client_id: String::new(),
        client_secret: secret.clone(),
    };
    let job = Handle::start(Options::default(), Wake::none()).unwrap().import_text(secret.clone());
    let shown = [
        format!("{secret:?} {parsed:?} {token:?} {credentials:?} {tokens:?} {mail:?} {people:?} {transport:#?}"),
        format!("{setup:#?} {store:?} {vault:?} {options:?} {:?}", transport.redactor()),
        format!("{:?}", Command::ImportText(job, secret.clone())),
        format!("{answer:?} {:?}", Some(Box::new(&answer))),
        format!("{:?}", Zeroizing::new(SECRET.to_owned())),
    ];
    for shown in shown {
        check("Debug", &shown, &[SECRET, TOKEN]);
    }
}

/// What a derived `Debug` would print: texts that are kept apart because they are secret.
#[test]
fn no_derived_debug_prints_a_secret_text() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                looked_at += 1;
                check_derives(&path, &fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(looked_at > 50);
}

/// Names that tell of a secret, and the types of a text that is not masked.
const TELLING: [&str; 7] = ["secret", "password", "access_token", "bearer", "authorization", "assertion", "pasted"];
const PLAIN_TEXT: [&str; 6] = ["String", "Vec<u8>", "&str", "&'a str", "&'static str", "Cow<"];
/// Named like a secret, and none: words for one, or where one is kept.
const NO_SECRETS: [&str; 7] = [
    "SecretIsId(&'static str)",
    "secret_env: Option<String>",
    "secret_key: Option<String>",
    "SecretSource Variable(String)",
    "SecretSource KeyStore(String)",
    "SecretSource File(PathBuf)",
    // The list of mailboxes that is pasted into a sweep.
    "pasted: String",
];

/// Every part of a type with a derived `Debug` that is plain text under a telling name.
fn told_by_debug(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[derive(") {
        let rest = &code[at..];
        let Some((derives, item)) = rest.split_once(")]") else { continue };
        if !derives.contains("Debug") {
            continue;
        }
        // Up to the end of the struct or enum that follows, be it on one line or on many.
        let end = match (item.find('{'), item.find(';')) {
            (Some(brace), semicolon) if semicolon.is_none_or(|semicolon| brace < semicolon) => item.find("\n}"),
            (_, semicolon) => semicolon,
        };
        let body = &item[..end.unwrap_or(item.len())];
        let head = body.split(['{', ';']).next().unwrap_or_default();
        let name = head.split_once("struct ").or_else(|| head.split_once("enum ")).map_or("", |(_, name)| name);
        let name = name.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
        let parts =
            body.split(['\n', ',', '{']).map(|part| part.trim().trim_start_matches("pub ").trim_end_matches(';'));
        for part in parts.map(|part| {
            part.split_once(") ").map_or(part, |(before, after)| if before.starts_with("pub(") { after } else { part })
        }) {
            let whole = format!("{name} {part}");
            let words = whole.to_ascii_lowercase();
            let masked = part.contains("Zeroizing<") || part.contains("Secret>");
            if TELLING.iter().any(|word| words.contains(word))
                && PLAIN_TEXT.iter().any(|kind| part.contains(kind))
                && !masked
            {
                found.push(whole);
            }
        }
    }
    found
}

fn check_derives(path: &Path, text: &str) {
    // The demo tenant's secrets are printed on its own status page: they protect nothing.
    if path.components().any(|part| part.as_os_str() == "demo") {
        return;
    }
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    for part in told_by_debug(code) {
        assert!(NO_SECRETS.iter().any(|known| part.contains(known)), "{}: {part}", path.display());
    }
}

#[test]
fn a_secret_that_debug_would_print_is_found() {
    for bad in [
        "#[derive(Debug)]\nstruct A {\n    pub client_secret: String,\n}",
        "#[derive(Clone, Debug)]\npub(super) struct A {\n    pub(crate) access_token: Option<String>,\n}",
        "#[derive(Debug)]\npub struct Password(String);",
        "#[derive(Debug)]\nstruct A(u8, Vec<u8>, BearerText);\n#[derive(Debug)]\nstruct BearerText(Vec<u8>);",
        "#[derive(Debug)]\nenum A {\n    Fine,\n    Secret(String),\n    Other { authorization: &'static str },\n}",
    ] {
        assert!(!told_by_debug(bad).is_empty(), "{bad}");
    }
    for good in [
        "#[derive(Clone)]\nstruct A {\n    client_secret: String,\n}",
        "#[derive(Debug)]\nstruct A {\n    client_secret: Secret,\n    name: String,\n}",
        "#[derive(Debug)]\nstruct A {\n    access_token: Zeroizing<String>,\n}",
    ] {
        assert!(told_by_debug(good).is_empty(), "{good}");
    }
}

/// Memory that held a secret is wiped when the last copy goes. Read back as the operating system sees it.
#[cfg(target_os = "linux")]
#[test]
fn a_secret_is_wiped_from_memory() {
    use std::os::unix::fs::FileExt as _;
    // Long enough for a place of its own, and never whole anywhere else.
    let text: String = (0..4096u32).map(|number| char::from_digit(number * 7 % 36, 36).unwrap()).collect();
    let expected: Vec<u8> = text.bytes().collect();
    let secret = Secret::new(text);
    let place = secret.expose().as_ptr() as usize;
    let memory = fs::File::open("/proc/self/mem").unwrap();
    let mut found = vec![0; expected.len()];
    memory.read_exact_at(&mut found, place as u64).unwrap();
    assert_eq!(found, expected, "this is where it stands");
    let copy = secret.clone();
    drop(secret);
    memory.read_exact_at(&mut found, place as u64).unwrap();
    assert_eq!(found, expected, "a copy still needs it");
    drop(copy);
    if memory.read_exact_at(&mut found, place as u64).is_ok() {
        let kept = found.windows(16).filter(|window| expected.windows(16).any(|part| part == *window)).count();
        assert_eq!(kept, 0, "parts of it are still there");
    }
}
