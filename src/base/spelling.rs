//! The ways a text can be spelt on its way through web software: percent-encoding, JSON and script escapes, HTML
//! entities, quoted-printable, each once or several times over, mixed as one likes, in either case (pure).

use std::collections::BTreeSet;

/// How much of `text`, from its start, spells `wanted`, or at least its first `at_least` characters; `None` when it
/// does not begin with them.
pub(super) fn spelled_length(text: &str, wanted: &str, at_least: usize) -> Option<usize> {
    if is_plainly_other(text, wanted, at_least) {
        return None;
    }
    let mut ends = BTreeSet::from([0]);
    for (done, character) in wanted.chars().enumerate() {
        let mut next = BTreeSet::new();
        for end in &ends {
            spellings(text, *end, character, &mut next);
        }
        if next.is_empty() {
            return if done >= at_least { ends.pop_last() } else { None };
        }
        ends = next;
    }
    ends.pop_last()
}

/// Whether `text` differs before anything in it could be another spelling: true of nearly every place of every text,
/// so nothing is set up for those.
fn is_plainly_other(text: &str, wanted: &str, at_least: usize) -> bool {
    let mut characters = text.chars();
    for (done, wanted) in wanted.chars().enumerate() {
        match characters.next() {
            Some(found) if may_begin_spelling(found) => return false,
            Some(found) if is_same(found, wanted) => {}
            Some(_) | None => return done < at_least.max(1),
        }
    }
    wanted.is_empty()
}

/// Where in a text one of several wanted texts can begin at all, told by two bytes at a time. It never leaves a place
/// out at which `spelled_length` would find one, and leaves nearly all others out.
#[derive(Debug, Clone, Default)]
pub(super) struct Beginnings {
    /// A bit for each two bytes, the first one's 256 after one another. Empty when nothing is wanted.
    pairs: Vec<u64>,
}

impl Beginnings {
    /// Those of `wanted`.
    pub(super) fn of<'a>(wanted: impl Iterator<Item = &'a str>) -> Self {
        let mut beginnings = Self { pairs: vec![0; 256 * 256 / 64] };
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                if is_open(first) || is_open(second) {
                    beginnings.add(first, second);
                }
            }
        }
        for text in wanted {
            match text.as_bytes() {
                [first, second, ..] if first.is_ascii() && second.is_ascii() => {
                    for first in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                        beginnings.add(first, second.to_ascii_lowercase());
                        beginnings.add(first, second.to_ascii_uppercase());
                    }
                }
                // Beyond ASCII, or very short: anywhere.
                _ => beginnings.pairs.fill(u64::MAX),
            }
        }
        beginnings
    }

    fn add(&mut self, first: u8, second: u8) {
        let (word, bit) = place_of(first, second);
        if let Some(word) = self.pairs.get_mut(word) {
            *word |= bit;
        }
    }

    /// The places in `text`, at the start of a character each.
    pub(super) fn places(&self, text: &str) -> impl Iterator<Item = usize> {
        // Nothing begins with the last byte but what is open by itself.
        let seconds = text.bytes().skip(1).chain([0]);
        text.bytes().zip(seconds).enumerate().filter_map(|(at, (first, second))| {
            let (word, bit) = place_of(first, second);
            let is_place = self.pairs.get(word).is_some_and(|word| word & bit != 0);
            (is_place && text.is_char_boundary(at)).then_some(at)
        })
    }
}

/// The word of the table, and the bit in it, of two bytes.
fn place_of(first: u8, second: u8) -> (usize, u64) {
    (usize::from(first) * 4 + usize::from(second / 64), 1 << (second % 64))
}

/// Whether what begins with this byte may stand for other characters: an escape, or something beyond ASCII that is the
/// same but for case.
fn is_open(byte: u8) -> bool {
    !byte.is_ascii() || may_begin_spelling(char::from(byte))
}

/// Whether another spelling of a character can begin with this one.
fn may_begin_spelling(character: char) -> bool {
    matches!(character, '%' | '=' | '\\' | '&')
}

/// Adds the end of every spelling of `wanted` that begins at `at`.
fn spellings(text: &str, at: usize, wanted: char, ends: &mut BTreeSet<usize>) {
    let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else { return };
    if is_same(first, wanted) {
        ends.insert(at + first.len_utf8());
    }
    match first {
        '%' => bytes_after(text, at, wanted, percent, ends),
        '=' => bytes_after(text, at, wanted, quoted_printable, ends),
        '\\' => backslash(text, at, wanted, ends),
        '&' => entity(text, at, wanted, ends),
        _ => {}
    }
}

fn is_same(left: char, right: char) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(&right);
    }
    left == right || left.to_lowercase().eq(right.to_lowercase())
}

type ByteAt = fn(&str, usize, u8) -> Vec<usize>;

/// The character as UTF-8, byte after byte.
fn bytes_after(text: &str, at: usize, wanted: char, byte_at: ByteAt, ends: &mut BTreeSet<usize>) {
    let mut buffer = [0; 4];
    let mut open = vec![at];
    for byte in wanted.encode_utf8(&mut buffer).bytes() {
        open = open.into_iter().flat_map(|at| byte_at(text, at, byte)).collect();
    }
    ends.extend(open);
}

/// `%7e`, `%257E`, `%25257e`…
fn percent(text: &str, at: usize, byte: u8) -> Vec<usize> {
    let mut ends = Vec::new();
    let Some(mut at) = after(text, at, "%") else { return ends };
    loop {
        if hex(text, at, 2) == Some(u32::from(byte)) {
            ends.push(at + 2);
        }
        match after(text, at, "25") {
            Some(deeper) => at = deeper,
            None => return ends,
        }
    }
}

/// `=7E`
fn quoted_printable(text: &str, at: usize, byte: u8) -> Vec<usize> {
    after(text, at, "=").filter(|at| hex(text, *at, 2) == Some(u32::from(byte))).map(|at| at + 2).into_iter().collect()
}

/// `\"`, `\\\"`, `\u007e`, `\x7e`.
fn backslash(text: &str, at: usize, wanted: char, ends: &mut BTreeSet<usize>) {
    let mut behind = at;
    while let Some(next) = after(text, behind, "\\") {
        behind = next;
        if wanted == '\\' {
            ends.insert(behind);
        }
    }
    let next = text.get(behind..).and_then(|rest| rest.chars().next());
    if let Some(next) = next.filter(|next| is_same(*next, wanted)) {
        ends.insert(behind + next.len_utf8());
    }
    let byte = after(text, behind, "x").filter(|at| hex(text, *at, 2) == Some(u32::from(wanted)));
    ends.extend(byte.map(|at| at + 2));
    let mut units = [0; 2];
    let mut open = Some(at);
    for unit in wanted.encode_utf16(&mut units) {
        open = open.and_then(|at| unit_at(text, at, *unit));
    }
    ends.extend(open);
}

fn unit_at(text: &str, mut at: usize, unit: u16) -> Option<usize> {
    while let Some(next) = after(text, at, "\\") {
        at = next;
    }
    let at = after(text, at, "u")?;
    (hex(text, at, 4) == Some(u32::from(unit))).then_some(at + 4)
}

/// `&#126;`, `&#x7e;`, `&tilde;`, `&amp;#126;`…
fn entity(text: &str, at: usize, wanted: char, ends: &mut BTreeSet<usize>) {
    let Some(mut at) = after(text, at, "&") else { return };
    loop {
        let numbered = |prefix: &str, number: String| {
            let end = after(text, at, &format!("{prefix}{number}"))?;
            after(text, end, ";")
        };
        let code = u32::from(wanted);
        // Zeros may stand before the number.
        let zeros = text.get(at..).map_or(0, |rest| {
            let digits = rest.trim_start_matches(['#', 'x', 'X']);
            digits.len() - digits.trim_start_matches('0').len()
        });
        let zeros = "0".repeat(zeros.min(8));
        ends.extend(numbered("#", format!("{zeros}{code}")));
        ends.extend(numbered("#x", format!("{zeros}{code:x}")));
        for name in names(wanted) {
            ends.extend(numbered("", (*name).to_owned()));
        }
        match after(text, at, "amp;") {
            Some(deeper) => at = deeper,
            None => return,
        }
        if wanted == '&' {
            ends.insert(at);
        }
    }
}

/// Entities of the characters that secrets and the texts around them have.
fn names(character: char) -> &'static [&'static str] {
    match character {
        '"' => &["quot"],
        '&' => &["amp"],
        '\'' => &["apos"],
        '<' => &["lt"],
        '>' => &["gt"],
        '+' => &["plus"],
        '/' => &["sol"],
        '=' => &["equals"],
        '%' => &["percnt"],
        '.' => &["period"],
        '_' => &["lowbar"],
        '-' => &["hyphen", "dash"],
        '~' => &["tilde"],
        _ => &[],
    }
}

/// The place behind `expected`, in either case, when that is what stands at `at`.
fn after(text: &str, at: usize, expected: &str) -> Option<usize> {
    let end = at.checked_add(expected.len())?;
    text.get(at..end).filter(|found| found.eq_ignore_ascii_case(expected)).map(|_| end)
}

fn hex(text: &str, at: usize, digits: usize) -> Option<u32> {
    let digits = text.get(at..at.checked_add(digits)?)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_recognised_to_its_end() {
        let wanted = "p~8+&\"<%\\é";
        for text in [
            "p~8+&\"<%\\é",
            "P~8+&\"<%\\é",
            "p%7E8%2b%26%22%3c%25%5C%c3%A9",
            "p%257e8%25252B%26%22%3c%2525%5C%25c3%25A9",
            "p~8\\u002B\\u0026\\\"\\u003C%\\\\\\u00E9",
            "p\\x7e8+\\\\u0026\\\\\\\"<%\\\\\\\\\\\\u00e9",
            "p&#126;8&#x2B;&amp;&quot;&lt;%\\&#233;",
            "p~8&plus;&amp;amp;&amp;quot;&#060;&percnt;\\&#x00E9;",
            "p=7E8=2B=26=22=3C=25=5C=C3=A9",
        ] {
            assert_eq!(spelled_length(&format!("{text} and more"), wanted, usize::MAX), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn an_escape_that_is_part_of_the_secret_stays_one() {
        assert_eq!(spelled_length("a%25b", "a%25b", usize::MAX), Some(5));
        assert_eq!(spelled_length("a%2525b", "a%25b", usize::MAX), Some(7));
        assert_eq!(spelled_length("a\\\\u0041", "a\\u0041", usize::MAX), Some(8));
        assert_eq!(spelled_length("😀\\ud83d\\ude00", "😀😀", usize::MAX), Some(16));
    }

    #[test]
    fn places_are_those_where_a_wanted_text_may_begin() {
        let places =
            |wanted: &[&str], text: &str| Beginnings::of(wanted.iter().copied()).places(text).collect::<Vec<usize>>();
        assert_eq!(places(&["p~8+"], "up~8 P~ p8 ~p p"), [1, 5]);
        assert_eq!(places(&["p~8+", "Ab"], "ab p~"), [0, 3]);
        // An escape, or what is beyond ASCII, in the first or in the second place.
        assert_eq!(places(&["p~8+"], "%70~ p%7E =\\&"), [0, 5, 6, 9, 10, 11, 12]);
        assert_eq!(places(&["kl"], "aé\u{212a}l"), [0, 1, 3]);
        assert_eq!(places(&["é~", "p~"], "ab"), [0, 1]);
        assert!(Beginnings::default().places("p~").next().is_none());
    }

    #[test]
    fn other_texts_are_not_taken_for_it() {
        for text in ["", "p", "p~", "p%7", "p~8-", "x~8+", "p&#12", "p\\u00", "é"] {
            assert_eq!(spelled_length(text, "p~8+", usize::MAX), None, "{text}");
        }
        assert_eq!(spelled_length("p~8-", "p~8+", 3), Some(3));
        assert_eq!(spelled_length("anything", "", usize::MAX), None);
    }
}
