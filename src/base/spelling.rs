//! What a text reads like, byte after byte, whatever way web software has spelt it in (pure).
//!
//! Nobody knows how often, and by what, a text was escaped before it came back. So no spelling is looked for: every
//! escape is undone as soon as it is complete, and so is what comes of it, and what cannot be seen is left out. A
//! secret is read in the same way before the two are compared. Every step looks back a few bytes at most, so the work
//! grows with the length of the text alone.

use zeroize::Zeroizing;

use super::escapes::{self, Rules};

/// The part of the outermost text that stands for something: its first byte, and the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// Bytes, each with its place.
#[derive(Clone, Default)]
pub(super) struct Reading {
    /// Wiped: it may be a secret.
    bytes: Zeroizing<Vec<u8>>,
    places: Vec<Place>,
}

impl Reading {
    /// `text` as it stands.
    pub(super) fn of(text: &str) -> Self {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let places = (0..end).map(|from| Place { from, to: from + 1 }).collect();
        Self { bytes: Zeroizing::new(text.into()), places }
    }

    pub(super) fn with_room_for(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes).into(), places: Vec::with_capacity(bytes) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (u8, Place)> + ExactSizeIterator {
        self.iter_from(0)
    }

    /// From the byte with this index on, which is reached at once.
    pub(super) fn iter_from(&self, at: usize) -> impl DoubleEndedIterator<Item = (u8, Place)> + ExactSizeIterator {
        let (bytes, places) = (self.bytes.get(at..).unwrap_or_default(), self.places.get(at..).unwrap_or_default());
        bytes.iter().copied().zip(places.iter().copied())
    }

    pub(super) fn place(&self, at: usize) -> Option<Place> {
        self.places.get(at).copied()
    }

    pub(super) fn push(&mut self, byte: u8, place: Place) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// Adds the UTF-8 of a character's small letter, each byte with the whole place.
    pub(super) fn push_character(&mut self, character: char, place: Place) {
        let mut buffer = [0; 4];
        for small in character.to_lowercase() {
            small.encode_utf8(&mut buffer).bytes().for_each(|byte| self.push(byte, place));
        }
    }

    /// Takes off the last bytes, and returns the place of all of them together.
    pub(super) fn take_off(&mut self, length: usize) -> Place {
        let begin = self.bytes.len().saturating_sub(length);
        let from = self.place(begin).map_or(0, |first| first.from);
        let to = self.places.last().map_or(from, |last| last.to);
        self.bytes.truncate(begin);
        self.places.truncate(begin);
        Place { from, to }
    }

    /// Adds more of the text to what the last byte stands for.
    pub(super) fn stretch_last(&mut self, to: u32) {
        if let Some(last) = self.places.last_mut() {
            last.to = to;
        }
    }

    /// Without those bytes of which this says so.
    pub(super) fn without(self, is_left_out: fn(u8) -> bool) -> Self {
        if !self.bytes.iter().copied().any(is_left_out) {
            return self;
        }
        let mut out = Self::with_room_for(self.bytes.len());
        self.iter().filter(|(byte, _)| !is_left_out(*byte)).for_each(|(byte, place)| out.push(byte, place));
        out
    }

    /// The same with every character beyond ASCII as what it is read as, in small letters; what is not seen becomes a
    /// NUL. A byte that is no UTF-8 is taken for a character of Latin-1.
    fn lettered(self) -> Self {
        if self.bytes.is_ascii() {
            return self;
        }
        let mut out = Self::with_room_for(self.bytes.len());
        let mut at = 0;
        while let Some((character, length)) = self.bytes.get(at..).and_then(first_character) {
            let from = self.place(at).map_or(0, |first| first.from);
            at += length;
            let to = self.place(at - 1).map_or(from, |last| last.to);
            match Seen::of(character) {
                Seen::Gap if !character.is_ascii() => out.push(0, Place { from, to }),
                Seen::Gap => out.push_character(character, Place { from, to }),
                Seen::As(seen) if character.is_ascii() => out.push(ascii(seen), Place { from, to }),
                Seen::As(seen) => out.push_character(seen, Place { from, to }),
            }
        }
        out
    }

    /// All that this can be read as, without gaps: with escapes undone by each of the rules there are, and as it stands.
    /// What is the same is left out.
    pub(super) fn readings(self) -> Vec<Self> {
        let plain = self.lettered();
        let has = |wanted: &[u8]| plain.bytes.iter().any(|byte| wanted.contains(byte));
        let rules = [(Rules::Strict, has(b"%\\&")), (Rules::Lenient, has(b"%\\&")), (Rules::Mail, has(b"="))];
        let rules = rules.into_iter().filter_map(|(rules, may_apply)| may_apply.then_some(rules));
        let undone = rules.filter_map(|rules| escapes::undone(&plain, rules));
        let mut readings: Vec<_> = undone.map(|reading| reading.lettered().without(is_gap)).collect();
        readings.push(plain.without(is_gap));
        readings
    }
}

/// Whether this byte is a blank, ends a line or is not seen at all: it may stand between any two others.
pub(super) fn is_gap(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f
}

/// What a character is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing: a blank, the end of a line, or invisible.
    Gap,
    /// Itself, or one that looks the same.
    As(char),
}

impl Seen {
    pub(super) fn of(character: char) -> Self {
        match character {
            '!'..='~' => Self::As(character),
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => Self::Gap,
            // Full width.
            '\u{ff01}'..='\u{ff5e}' => Self::As(char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)),
            // What word processors make of a hyphen and of a tilde.
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Self::As('-'),
            '\u{2dc}' => Self::As('~'),
            // Those whose small or capital letter is an ordinary one, the sign of the unit kelvin among them.
            '\u{130}' | '\u{131}' => Self::As('i'),
            '\u{17f}' => Self::As('s'),
            '\u{212a}' => Self::As('k'),
            _ if character.is_control() || character.is_whitespace() => Self::Gap,
            _ => Self::As(character),
        }
    }
}

/// The byte of a character that is one; a NUL for all others.
pub(super) fn ascii(character: char) -> u8 {
    u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or_default()
}

/// The first character and how many bytes it has.
fn first_character(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    let length = match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    let text = bytes.get(..length).and_then(|bytes| str::from_utf8(bytes).ok());
    let character = text.and_then(|text| text.chars().next());
    Some(character.map_or((char::from(first), 1), |character| (character, length)))
}

/// Counts what is done for tests, which hold that it grows with the length of the text alone.
pub(super) fn did(steps: usize) {
    #[cfg(test)]
    WORK.set(WORK.get() + steps);
    #[cfg(not(test))]
    let _: usize = steps;
}

#[cfg(test)]
thread_local! {
    pub(super) static WORK: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether one of the ways to read `text` is `wanted`, and all of the text stands for it.
    fn reads_like(text: &str, wanted: &str) -> bool {
        Reading::of(text).readings().iter().any(|reading| {
            let ends = reading.iter().next().zip(reading.iter().next_back());
            let is_all = ends.is_some_and(|((_, first), (_, last))| (first.from, last.to as usize) == (0, text.len()));
            is_all && reading.bytes().eq_ignore_ascii_case(wanted.as_bytes())
        })
    }

    fn readings(text: &str) -> Vec<String> {
        let shown = |reading: &Reading| String::from_utf8_lossy(reading.bytes()).into_owned();
        Reading::of(text).readings().iter().map(shown).collect()
    }

    #[test]
    fn every_spelling_is_recognised_to_its_end() {
        for text in [
            "p~8+&\"<%é",
            "P~8+&\"<%É",
            "p%7E8%2b%26%22%3c%25%c3%A9",
            "p%257e8%25252B%26%22%3c%2525%25c3%25A9",
            "p~8\\u002B\\u0026\\\"\\u003C%\\\\\\u00E9",
            "p\\x7e8+\\\\u0026\\\\\\\"<%\\\\\\\\\\\\u00e9",
            "p&#126;8&#x2B;&amp;&quot;&lt;%&#233;",
            "p~8&plus;&amp;amp;&amp;quot;&#060;&percnt;&#x00E9;",
            "p=7E8=2B=26=22=3C=25=C3=A9",
            // A style sheet's, C's, those with braces, with eight digits, without an end, of bytes and of Latin-1.
            "p\\00007e8\\2b \\26\\22\\3c\\25 \\xe9",
            "p\\1768\\053\\046\\042\\074\\045\\303\\251",
            "p\\u{7e}8\\x{2b}\\u{000026}\\U00000022\\u003c%\\U000000e9",
            "p&#126 8&#43&#x26\"&#60&#37&#233",
            "p%u007e8%u002B%u0026%u0022%u003c%u0025%u00E9",
            // One in another.
            "p\\u0026#126;8%26%23x2b%3B&#37;26\\u002522&amp;lt;\\x2525%25u00e9",
            "p%2525257e8%5Cu002b%5c%5cx26&#92;&#34;\\u0025253c%26percnt%3b%26%23233",
            "p%26%23%31%32%36%3B8%5c%75%30%30%32%62%5Cx26&#92;u0022&#60;\\u005cu0025\\\\xe9",
            // Full width, and what a word processor makes of it.
            "ｐ～８＋＆＂＜％é",
            "p\u{2dc}8+&\"<%\u{c9}",
            // What is not seen.
            "p\u{200b}~\u{ad}8\u{2060}+\r\n\t&\u{feff}\"\0<\u{a0}%é",
            "p\\n~\\r\\n8%0d%0A+&#8203;&\\\"\\u200b<&shy;%%E2%80%8Bé",
            "p=7E=\r\n8+=\n=26=22 = \n<%é",
            "p\\\n~8+&\"<%é",
        ] {
            assert!(reads_like(text, "p~8+&\"<%é"), "{text:?}: {:?}", readings(text));
        }
    }

    #[test]
    fn an_escape_that_is_part_of_a_secret_is_read_like_the_secret() {
        for (secret, text) in [
            ("a%25b", "a%2525b"),
            ("a%25b", "a%252525b"),
            ("a\\u0041", "a\\\\u0041"),
            ("a\\u0041", "a%5Cu0041"),
            ("a\\n&#126;\\q", "a\\\\n&amp;#126;\\\\q"),
            ("a\\&9\\%z\\=", "a\\u005c\\u00269%5C%25z&#92;&#x3d;"),
            ("\\u00", "%5cu00"),
            ("😀😀", "😀\\ud83d\\ude00"),
            ("😀😀", "&#128512;%F0%9F%98%80"),
        ] {
            let reading = |text| Reading::of(text).readings().first().map(|reading| reading.bytes().to_vec());
            assert_eq!(reading(secret), reading(text), "{secret} {text}");
        }
    }

    /// The quick look counts on it.
    #[test]
    fn no_small_letter_of_what_is_beyond_ascii_is_ascii() {
        for character in ('\u{80}'..=char::MAX).filter(|character| Seen::of(*character) == Seen::As(*character)) {
            assert!(character.to_lowercase().all(|small| !small.is_ascii()), "{character:?}");
        }
    }

    #[test]
    fn what_is_no_escape_stays_as_it_is() {
        for text in ["%", "100%", "%7", "%zz", "&", "&;", "&#;", "&#x;", "&nothing;", "=", "=7", "a=b", "é&"] {
            assert!(readings(text).iter().all(|reading| reading == text), "{text}: {:?}", readings(text));
        }
    }
}
