//! Takes secrets out of text that came from outside, before it is kept, shown or logged.
//!
//! A server, proxy or library may echo a secret in any spelling, whole, cut or wrapped. So a text is read in every way
//! that `spelling` and `encoded` know, and each piece of a secret in what was read is masked in the text.

use std::sync::Arc;

use super::{
    Secret,
    encoded::{self, Sought},
    glance,
    pieces::{Pieces, SHORTEST_SECRET},
    spelling::{Place, Reading},
    tokens,
};

const MASK: &str = "[removed]";
/// A service's words are a sentence or two.
const LONGEST_SHOWN: usize = 2_000;
/// What is encoded may be encoded again.
const DEEPEST: usize = 2;
/// A shorter secret is not looked for across blanks: two ordinary words may make it up.
const SHORTEST_ACROSS_BLANKS: usize = 8;

/// Knows the secrets of one session and takes them out of any text, in the spellings a server may echo.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Known>);

/// What a redactor knows; shared by its clones.
#[derive(Clone)]
struct Known {
    secrets: Vec<Secret>,
    pieces: Pieces,
}

impl Default for Known {
    fn default() -> Self {
        Self { secrets: Vec::new(), pieces: Pieces::of(&[]) }
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Redactor({} secrets)", self.0.secrets.len())
    }
}

impl Redactor {
    /// A redactor that also takes out `secret`, and of a long one every piece of ten characters or more: as it is, with
    /// the escapes of web software, in hexadecimal and in base64, in one another, and with blanks, line ends or what is
    /// not seen in between. A secret of less than four characters is not looked for.
    #[must_use]
    pub fn with(mut self, secret: &Secret) -> Self {
        if secret.expose().len() < SHORTEST_SECRET || self.knows(secret) {
            return self;
        }
        let known = Arc::make_mut(&mut self.0);
        known.secrets.push(secret.clone());
        known.pieces = Pieces::of(&known.secrets);
        self
    }

    /// Whether `secret` is taken out already.
    pub fn knows(&self, secret: &Secret) -> bool {
        self.0.secrets.contains(secret)
    }

    /// `text` without secrets, without anything that looks like a token, and without control characters
    /// other than line end and tab. The work grows with the length of the text alone.
    pub fn scrub(&self, text: &str) -> String {
        let spans = if glance::may_hold(&self.0.pieces, text) { self.0.found_in(text) } else { Vec::new() };
        let is_printable = text.bytes().fold(true, |is_printable, byte| is_printable & matches!(byte, b' '..=b'~'));
        if spans.is_empty() && is_printable { text.to_owned() } else { masked(text, &spans) }
    }

    /// The same, cut where nobody reads on: for words of a service that are shown.
    pub fn excerpt(&self, text: &str) -> String {
        let mut shown = self.scrub(text);
        if let Some((end, _)) = shown.char_indices().nth(LONGEST_SHOWN) {
            shown.truncate(end);
            shown.push('…');
        }
        shown
    }
}

/// A part of a text that is to be masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: usize,
    to: usize,
    /// It goes with the base64 around it: what stands there belongs to the same text.
    is_base64: bool,
}

impl Known {
    /// Where secrets and tokens stand in `text`, in order.
    fn found_in(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        for reading in Reading::of(text).readings() {
            spans.extend(tokens::found_in(&reading, text).into_iter().map(|place| Span::new(place, false)));
            self.pieces.each_in(&reading, |place, length| {
                let span = Span::new(place, false);
                let is_across_blanks = || text.get(span.from..span.to).is_some_and(|text| text.contains(' '));
                if length >= SHORTEST_ACROSS_BLANKS || !is_across_blanks() {
                    spans.push(span);
                }
            });
            if glance::may_hold_encoded(&self.pieces, reading.bytes()) {
                self.look_into(&reading, DEEPEST, false, &mut spans);
            }
        }
        spans.sort_unstable();
        spans
    }

    /// The same for what `reading` may hold encoded, so many times over.
    fn look_into(&self, reading: &Reading, times: usize, is_base64: bool, spans: &mut Vec<Span>) {
        let Some(times) = times.checked_sub(1) else { return };
        let sought = Sought { at_least: self.pieces.shortest(), is_ascii: self.pieces.is_ascii() };
        let runs = encoded::from_base64(reading, sought).into_iter().map(|inner| (inner, true));
        let digits = encoded::from_hexadecimal(reading, sought).into_iter().map(|inner| (inner, is_base64));
        for (inner, is_base64) in runs.chain(digits) {
            for reading in inner.readings() {
                self.pieces.each_in(&reading, |place, _| spans.push(Span::new(place, is_base64)));
                self.look_into(&reading, times, is_base64, spans);
            }
        }
    }
}

impl Span {
    fn new(Place { from, to }: Place, is_base64: bool) -> Self {
        let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
        Self { from: index(from), to: index(to), is_base64 }
    }

    /// With the base64 around it in `text`, which was read up to `done`.
    fn widened(self, text: &str, done: usize) -> Self {
        let before = text.get(done..self.from).unwrap_or_default();
        let behind = text.get(self.to..).unwrap_or_default();
        let is_of_it = |character: char| u8::try_from(character).is_ok_and(|byte| encoded::sextet(byte).is_some());
        let filled = behind.trim_start_matches(is_of_it);
        let left = filled.strip_prefix("==").or_else(|| filled.strip_prefix('=')).unwrap_or(filled);
        Self { from: done + before.trim_end_matches(is_of_it).len(), to: text.len() - left.len(), ..self }
    }
}

/// `text` with a mask in the place of `spans`, which are in order. What touches is one.
fn masked(text: &str, spans: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut is_behind_mask = false;
    for span in spans.iter().copied() {
        if span.to <= done {
            continue;
        }
        let span = Span { from: span.from.max(done), ..span };
        let span = if span.is_base64 { span.widened(text, done) } else { span };
        if span.from > done || !is_behind_mask {
            out.extend(seen(text.get(done..span.from).unwrap_or_default()));
            out.push_str(MASK);
        }
        done = span.to;
        is_behind_mask = true;
    }
    out.extend(seen(text.get(done..).unwrap_or_default()));
    out
}

/// What is shown of a text.
fn seen(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine as _,
        prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
    };
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;
    use crate::base::spelling::WORK;

    /// As long as Microsoft's are.
    const SECRET: &str = "Xy78Q~aB.c_D-eFgHiJkLmNoPqRsTuVwXyZ01234";

    fn knowing(secret: &str) -> Redactor {
        Redactor::default().with(&Secret::new(secret.to_owned()))
    }

    /// What is shown, without the quick look.
    fn slowly(redactor: &Redactor, text: &str) -> String {
        masked(text, &redactor.0.found_in(text))
    }

    fn percent(text: &str) -> String {
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    }

    /// Each character that is no letter and no digit, in another spelling.
    fn each(text: &str, spell: impl Fn(u32) -> String) -> String {
        let one = |character: char| {
            if character.is_ascii_alphanumeric() { character.to_string() } else { spell(character.into()) }
        };
        text.chars().map(one).collect()
    }

    fn wrapped(text: &str, columns: usize, end: &str) -> String {
        let lines: Vec<&str> =
            text.as_bytes().chunks(columns).map(|line| str::from_utf8(line).unwrap_or_default()).collect();
        lines.join(end)
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn hexadecimal(bytes: &[u8], between: &str) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
    }

    #[test]
    fn every_form_of_the_secret_is_taken_out() {
        let text = "p~Q8Q+/=&%s\"<canary";
        let redactor = knowing(text);
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for echoed in [text.to_owned(), form, BASE64_STANDARD.encode(text), serde_json::to_string(text).unwrap()] {
            let shown = redactor.scrub(&format!("you sent client_secret={echoed}&x=1"));
            assert!(!shown.contains("canary") && !shown.contains(&echoed), "{shown}");
            assert!(shown.contains("&x=1"), "{shown}");
        }
    }

    /// What a server, a proxy or a log that wraps lines makes of a secret.
    #[test]
    fn a_secret_is_taken_out_whatever_was_done_to_it() {
        let redactor = knowing(SECRET);
        let in_body = format!("client_id=11111111-2222-3333-4444-555555555555&client_secret={SECRET}&grant_type=x");
        let cases = [
            ("blanks", wrapped(SECRET, 1, " ")),
            ("line end", wrapped(SECRET, 9, "\n")),
            ("folded line", wrapped(SECRET, 9, "\r\n    ")),
            ("line end of JSON", wrapped(SECRET, 9, "\\r\\n")),
            ("line end in per cent", wrapped(SECRET, 9, "%0D%0A")),
            ("soft break", wrapped(SECRET, 9, "=\r\n")),
            ("not seen", wrapped(SECRET, 1, "\u{200b}")),
            ("soft hyphen", wrapped(SECRET, 5, "\u{ad}")),
            ("control characters", wrapped(SECRET, 5, "\u{7}\0")),
            ("not seen in JSON", wrapped(SECRET, 3, "\\u200b")),
            ("not seen in HTML", wrapped(SECRET, 3, "&#8203;")),
            ("zeros in between", wrapped(SECRET, 1, "\0")),
            ("per cent in small letters", percent(SECRET).to_lowercase()),
            ("per cent, wrapped anywhere", wrapped(&percent(SECRET), 7, "\r\n ")),
            ("%u", each(SECRET, |code| format!("%u{code:04x}"))),
            ("%u of all", SECRET.bytes().map(|byte| format!("%u00{byte:02x}")).collect::<Vec<_>>().concat()),
            ("braces", each(SECRET, |code| format!("\\u{{{code:x}}}"))),
            ("octal", each(SECRET, |code| format!("\\{code:03o}"))),
            ("style sheet", each(SECRET, |code| format!("\\{code:06x}"))),
            ("entity without an end", each(SECRET, |code| format!("&#{code}"))),
            ("entity in JSON", each(SECRET, |code| format!("\\u0026#{code};"))),
            ("entity in per cent", each(SECRET, |code| percent(&format!("&#{code};")))),
            ("per cent in JSON", SECRET.bytes().map(|byte| format!("\\u0025{byte:02x}")).collect::<Vec<_>>().concat()),
            ("full width", SECRET.chars().filter_map(|one| char::from_u32(u32::from(one) + 0xfee0)).collect()),
            ("other case", SECRET.to_uppercase()),
            ("without its start", SECRET[4..].to_owned()),
            ("a tail", SECRET[30..].to_owned()),
            ("from the middle", percent(&SECRET[12..26])),
            ("hexadecimal", hexadecimal(SECRET.as_bytes(), "")),
            ("hexadecimal with hyphens", hexadecimal(SECRET.as_bytes(), "-").to_uppercase()),
            ("hexadecimal with blanks", hexadecimal(SECRET.as_bytes(), " ")),
            ("hexadecimal as of a program", hexadecimal(SECRET.as_bytes(), ", 0x")),
            ("escapes of all", format!("\\x{}", hexadecimal(SECRET.as_bytes(), "\\x"))),
            ("hexadecimal of UTF-16", hexadecimal(&utf16(SECRET)[..2 * SECRET.len() - 1], "")),
            ("hexadecimal of a tail", hexadecimal(&SECRET.as_bytes()[25..], "")),
            ("base64", BASE64_STANDARD.encode(SECRET)),
            ("base64 of UTF-16", BASE64_STANDARD.encode(utf16(SECRET))),
            ("base64 of a tail", BASE64_STANDARD.encode(&SECRET[23..])),
            ("base64 of per cent in small letters", BASE64_STANDARD.encode(percent(SECRET).to_lowercase())),
            ("base64 twice", BASE64_STANDARD.encode(BASE64_STANDARD.encode(SECRET))),
            ("base64 in per cent", percent(BASE64_STANDARD.encode(SECRET).trim_end_matches('='))),
            ("base64 of hexadecimal", BASE64_STANDARD.encode(hexadecimal(SECRET.as_bytes(), ":"))),
            ("base64 for addresses", BASE64_URL_SAFE_NO_PAD.encode(SECRET)),
        ];
        for (name, echoed) in cases {
            let shown = redactor.scrub(&format!("AADSTS7000215: <<{echoed}>> Trace"));
            assert_eq!(shown, "AADSTS7000215: <<[removed]>> Trace", "{name}: {echoed:?}");
            assert_eq!(redactor.scrub(&echoed), "[removed]", "{name}: {echoed:?}");
        }
        // What stands in other lines of it is no secret.
        for (columns, end) in [(76, "\r\n"), (76, "\n"), (24, "\\n"), (64, "\r\n\t"), (60, "=\r\n")] {
            let echoed = wrapped(&BASE64_STANDARD.encode(&in_body), columns, end);
            let shown = redactor.scrub(&format!("Body:\n{echoed}\nend"));
            for before in 0..4 {
                let rest: String = shown.chars().filter(char::is_ascii_alphanumeric).skip(before).collect();
                let read = encoded::from_base64(&Reading::of(&rest), Sought { at_least: 4, is_ascii: true });
                let read = read.iter().any(|read| {
                    read.bytes().windows(8).any(|eight| SECRET.as_bytes().windows(8).any(|piece| piece == eight))
                });
                assert!(!read, "{columns} {end:?}: {shown}");
            }
            assert!(shown.contains("[removed]") && shown.starts_with("Body:\n") && shown.ends_with("end"), "{shown}");
        }
    }

    #[test]
    fn a_secret_inside_something_encoded_is_taken_out() {
        let redactor = knowing("p~Q8Q+canary");
        for before in ["", "a", "id:", "client_secret="] {
            for inner in ["p~Q8Q+canary", "p~Q8Q%2Bcanary", "p%7EQ8Q%2Bcanary"] {
                let echoed = BASE64_STANDARD.encode(format!("{before}{inner}&more"));
                assert_eq!(redactor.scrub(&format!("got '{echoed}'")), "got '[removed]'", "{before}{inner}");
            }
        }
    }

    #[test]
    fn a_secret_cut_off_is_taken_out() {
        let redactor = knowing("p~Q8Q+canary~of~the~mine");
        assert_eq!(redactor.scrub("wrong: p~Q8Q%2Bcanary~…"), "wrong: [removed]…");
        assert_eq!(redactor.scrub("wrong: …+canary~of"), "wrong: …[removed]");
        assert_eq!(redactor.scrub("wrong: p~Q8Q…"), "wrong: p~Q8Q…");
    }

    #[test]
    fn ordinary_words_stay() {
        let redactor = knowing("test").with(&Secret::new("a secret of many words".to_owned()));
        for text in ["at est, the st is", "many words of a secret", "secret\nof", "tes", "YXRlc3"] {
            assert_eq!(redactor.scrub(text), text);
        }
        assert_eq!(redactor.scrub("the la\u{200b}te\nst"), "the la\u{200b}[removed]");
        assert_eq!(knowing("abc").scrub("abc"), "abc", "shorter ones are not looked for");
    }

    /// What services say most often is told to be harmless at a glance.
    #[test]
    fn ordinary_answers_need_no_long_look() {
        let token =
            Secret::new(format!("eyJ0eXAiOiJKV1QiLCJub25jZSI6I.{}.sig", "eyJhdWQiOiJodHRwczovL2dyYXB".repeat(60)));
        let redactor = knowing(SECRET).with(&token);
        for text in [
            r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}"#,
            r#"{"error":{"code":"ErrorAccessDenied","message":"Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."}}"#,
            r#"{"error":{"code":"ErrorInvalidRecipients","message":"At least one recipient isn't valid., At least one recipient is not valid."}}"#,
            r#"{"error":{"code":"ErrorInvalidUser","message":"The requested user 'someone@contoso.com' is invalid.","innerError":{"date":"2026-11-23T08:00:00","request-id":"d17a5b84-8a51-45ce-866b-cc8ee58a3659","client-request-id":"0f3c9d02-5b1e-4c7a-9a53-7e2f6b8d1c40"}}}"#,
            r#"{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"The mailbox is either inactive, soft-deleted, or is hosted on-premise."}}"#,
            r#"{"error":{"code":"ResourceNotFound","message":"Resource could not be discovered."}}"#,
            "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=none; charset=utf-8",
            "d17a5b84-8a51-45ce-866b-cc8ee58a3659",
            "Zugriff für „Müller“ verweigert…",
        ] {
            assert!(!glance::may_hold(&redactor.0.pieces, text), "{text}");
            assert_eq!(slowly(&redactor, text), text);
        }
    }

    const BETWEEN: [&str; 14] =
        ["", " ", "\r\n", "=\n", "\u{200b}", "0x", ",", "-", ":", "\u{130}", "\u{212a}", "é", "x", "00"];

    #[test]
    fn the_quick_look_sees_whatever_would_be_taken_out() {
        let secrets = [
            "p~Q8Q+canary~of~the~mine",
            "Kelvin~secret~with~K",
            "%25&=\\escapes~first",
            "é~begins~otherwise",
            "sh0rt",
            SECRET,
        ];
        let all = secrets.iter().fold(Redactor::default(), |all, secret| all.with(&Secret::new((*secret).to_owned())));
        let of_ascii = all.0.secrets.iter().filter(|secret| secret.expose().is_ascii());
        let of_ascii = of_ascii.fold(Redactor::default(), Redactor::with);
        let long = knowing(SECRET);
        let mut seed = 7u32;
        let mut below = |end: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % end
        };
        for _ in 0..2_000 {
            let secret = secrets[below(secrets.len())];
            let from = below(secret.len() / 2);
            let mut echoed = secret.get(from..).unwrap_or(secret).to_owned();
            for _ in 0..below(3) {
                echoed = match below(12) {
                    0 => percent(&echoed),
                    1 => BASE64_STANDARD.encode(format!("{}{echoed}", "x".repeat(below(4)))),
                    2 => BASE64_URL_SAFE_NO_PAD.encode(utf16(&echoed)),
                    3 => hexadecimal(echoed.as_bytes(), BETWEEN[below(BETWEEN.len())]),
                    4 => echoed.to_uppercase(),
                    5 => echoed.replace('K', "\u{212a}"),
                    6 => echoed.chars().map(|one| one.to_string() + BETWEEN[below(BETWEEN.len())]).collect(),
                    7 => serde_json::to_string(&echoed).unwrap(),
                    8 => echoed.chars().take(12).collect(),
                    9 => each(&echoed, |code| format!("={code:02x}")),
                    10 => each(&echoed, |code| format!("&#{code};")),
                    _ => format!("eyJ{echoed}.{echoed}"),
                };
            }
            let text = format!("{}{echoed}{}", BETWEEN[below(BETWEEN.len())], BETWEEN[below(BETWEEN.len())]);
            for redactor in [&all, &of_ascii, &long] {
                let found = redactor.0.found_in(&text);
                assert!(found.is_empty() || glance::may_hold(&redactor.0.pieces, &text), "{text:?} {found:?}");
                for reading in Reading::of(&text).readings() {
                    let mut encoded = Vec::new();
                    redactor.0.look_into(&reading, DEEPEST, false, &mut encoded);
                    let may_hold = glance::may_hold_encoded(&redactor.0.pieces, reading.bytes());
                    assert!(encoded.is_empty() || may_hold, "{text:?} {encoded:?}");
                }
                assert_eq!(redactor.scrub(&text), slowly(redactor, &text), "{text:?}");
            }
        }
    }

    #[test]
    fn tokens_and_control_characters_go_too() {
        let shown = Redactor::default().scrub("Bearer eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig-_1 end\u{7}\n");
        assert_eq!(shown, "Bearer [removed] end\n");
        assert_eq!(Redactor::default().scrub("eyJ is a prefix"), "eyJ is a prefix");
        let shown = Redactor::default()
            .scrub("(eyJhbGciOiJub25lIn0.eyJhIjoxfQ.) eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig. eyJhbGciOiJub25lIn0.");
        assert_eq!(shown, "([removed]) [removed]. eyJhbGciOiJub25lIn0.");
        let shown = knowing("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.of-this-session")
            .scrub("eyJhbGciOiJub25lIn0.eyJiIjoxfQ.of-another");
        assert_eq!(shown, "[removed]");
    }

    /// A token of somebody else, as a gateway or a log wraps it.
    #[test]
    fn a_wrapped_token_goes_to_its_end() {
        let token = format!(
            "eyJ0eXAi{}.eyJhdWQi{}.{}",
            "AbCdEfGh01".repeat(9),
            "aBcDeFgH23".repeat(40),
            "xY-z_9876".repeat(38)
        );
        for (columns, end) in
            [(76, "\r\n"), (76, "  "), (64, "\n"), (20, "\\r\\n"), (9, "\u{200b}"), (76, "=\r\n"), (72, "\r\n\t ")]
        {
            let shown = Redactor::default()
                .scrub(&format!("Authorization: Bearer {}. Refused\nby x", wrapped(&token, columns, end)));
            let left: String = shown.split("[removed]").collect();
            assert!(
                left.len() < 60 && shown.starts_with("Authorization: Bearer [removed]"),
                "{columns} {end:?} {shown}"
            );
        }
        let shown = Redactor::default().scrub(&format!("{token}\nTrace ID: 1 {token} was refused"));
        assert_eq!(shown, "[removed]\nTrace ID: 1 [removed] was refused");
        let spelt = token.replace('.', "\\u002e").replace("eyJ", "%65yJ");
        assert_eq!(Redactor::default().scrub(&spelt), "[removed]");
    }

    /// What could make a reader go back and forth.
    const HARD: [&str; 36] = [
        "\\",
        "%25",
        "&amp;",
        "V1ZkR2FB",
        "\\\\u",
        "\\u005c",
        "%3",
        "%u0025",
        "amp;",
        "&#38;",
        "&#0",
        "&",
        "=",
        "=3D",
        "=\n",
        "\0",
        " ",
        "\u{200b}",
        "A",
        "a",
        "YWFh",
        "4142",
        "0x",
        "41-",
        "eyJ",
        "eyJ.",
        "eyJ\n",
        ".",
        "Xy78Q~aB.",
        "Xy78Q",
        SECRET,
        "\\7",
        "é",
        "{",
        "\\u{0",
        "\\x25\\x35",
    ];

    /// How many steps it takes to look through so many bytes of `unit`.
    fn steps(unit: &str, bytes: usize) -> usize {
        let token = Secret::new("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.".to_owned() + &SECRET.repeat(20));
        let text = unit.repeat(bytes / unit.len()) + "5";
        WORK.set(0);
        let shown = slowly(&knowing(SECRET).with(&token), &text);
        assert!(shown.len() <= 2 * text.len(), "{unit:?}");
        assert!(WORK.get() <= 40 * text.len(), "{unit:?}: {} steps", WORK.get());
        WORK.get()
    }

    #[test]
    fn twice_the_text_is_twice_the_work() {
        for unit in HARD {
            let (once, twice) = (steps(unit, 1 << 13), steps(unit, 1 << 14));
            assert!(twice <= 2 * once + once / 10, "{unit:?}: {once} {twice}");
        }
    }

    /// The longest answer that is read, of the worst that were ever found.
    #[test]
    fn a_megabyte_is_looked_through_in_so_many_steps() {
        for unit in HARD.iter().take(4) {
            steps(unit, 1 << 20);
        }
    }

    #[test]
    fn what_is_shown_of_a_service_is_cut() {
        let redactor = knowing(SECRET);
        assert_eq!(redactor.excerpt(&"é".repeat(2_000)), "é".repeat(2_000));
        assert_eq!(redactor.excerpt(&"é".repeat(500_000)), "é".repeat(2_000) + "…");
        assert_eq!(redactor.excerpt(&format!("a {SECRET}")), "a [removed]");
        let shown = redactor.excerpt(&format!("{}{SECRET}", "b".repeat(1_995)));
        assert_eq!(shown, format!("{}[remo…", "b".repeat(1_995)), "first taken out, then cut");
    }
}
