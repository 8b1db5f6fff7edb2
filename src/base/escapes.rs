//! Undoes the escapes of web software: percent-encoding, escapes of JSON, scripts and style sheets, HTML entities and
//! quoted-printable, in one another as deep as one likes (pure).

use super::spelling::{Place, Reading, Seen, ascii, did, is_gap};

/// The longest escape, and so how far back anything is looked for.
const LONGEST: usize = 20;

/// Which escapes are undone. Those that begin or end like other texts are apart: what means nothing is not to spoil what
/// means something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Percent-encoding, escapes of JSON and scripts, HTML entities.
    Strict,
    /// Also those of style sheets and in octal, and entities without an end.
    Lenient,
    /// Also those of quoted-printable.
    Mail,
}

/// The same with every escape undone, and every gap and every backslash left out; `None` when there was none of those that
/// only these rules know.
pub(super) fn undone(reading: &Reading, rules: Rules) -> Option<Reading> {
    let out = Reading::with_room_for(reading.bytes().len());
    let mut undoing = Undoing { out, opener: 0, cut_at: None, rules, is_of_use: false };
    let mut waiting = Vec::new();
    for unit in reading.iter().map(Some).chain([None]) {
        match unit {
            Some(unit) => waiting.push(unit),
            // An escape that has no end of its own ends with the text.
            None => waiting.extend(undoing.ended(b' ').and_then(|escape| undoing.undo(&escape))),
        }
        // What comes of an escape may complete another one.
        while let Some((byte, place)) = waiting.pop() {
            did(1);
            undoing.add(byte, place, &mut waiting);
        }
    }
    // Whether a backslash that is left meant anything depends on how often the whole was escaped.
    let is_of_use = undoing.is_of_use || (rules == Rules::Strict && undoing.out.bytes().contains(&b'\\'));
    is_of_use.then(|| undoing.out.without(|byte| byte == b'\\'))
}

/// What was read so far: a stack, whose top may be the beginning of an escape.
struct Undoing {
    out: Reading,
    /// No escape begins at or behind this place.
    opener: usize,
    /// Where in the text an entity without an end was cut off by what may turn out to be its end.
    cut_at: Option<u32>,
    rules: Rules,
    /// Whether anything was undone that these rules alone know.
    is_of_use: bool,
}

/// An escape on top of the stack: how many bytes it has, what it means, and which rules know it.
struct Escape(usize, Means, Rules);

#[derive(Clone, Copy)]
enum Means {
    Byte(u8),
    Code(u32),
    /// A character, or half of one beyond 16 bits.
    Half(u16),
    /// The end of a line, or something else that is not seen.
    Gap,
}

impl Undoing {
    /// Adds one byte. What is to be added next goes onto `waiting`.
    fn add(&mut self, byte: u8, place: Place, waiting: &mut Vec<(u8, Place)>) {
        if is_gap(byte) {
            self.leave_out(byte, waiting);
            return;
        }
        let top = self.top(1);
        if byte == b';' && self.cut_at == Some(place.from) {
            return;
        }
        if let Some(escape) = self.ended(byte) {
            self.cut_at = (byte == b'&').then_some(place.from);
            waiting.push((byte, place));
            waiting.extend(self.undo(&escape));
            return;
        }
        // Any number of backslashes is one, and so is any number of zeros before a number.
        let is_one_more = match byte {
            b'\\' => top == Some(b'\\'),
            b'0' => self.ends_with(b"&#0") || self.ends_with(b"&#x0"),
            _ => false,
        };
        if is_one_more {
            self.out.stretch_last(place.to);
            self.is_of_use |= self.rules == Rules::Strict;
            return;
        }
        self.out.push(byte, place);
        if matches!(byte, b'%' | b'\\' | b'&' | b'=') {
            self.opener = self.out.bytes().len();
        }
        let escape = if top == Some(b'\\') { self.escaped(byte) } else { self.completed(byte) };
        waiting.extend(escape.and_then(|escape| self.undo(&escape)));
    }

    /// A gap is no part of what is read. It may end an escape, or be one with what stands before it.
    fn leave_out(&mut self, gap: u8, waiting: &mut Vec<(u8, Place)>) {
        let escape = match self.top(1) {
            Some(b'\\') if matches!(gap, b'\r' | b'\n') => Some(Escape(1, Means::Gap, Rules::Strict)),
            // The end of the line may have become a blank.
            Some(b'=') if self.rules == Rules::Mail => Some(Escape(1, Means::Gap, Rules::Mail)),
            _ if gap == b' ' => self.ended(b' '),
            _ => None,
        };
        waiting.extend(escape.and_then(|escape| self.undo(&escape)));
    }

    /// Takes an escape off the stack. What it means is to be added next, or is there already when it is beyond ASCII.
    fn undo(&mut self, escape: &Escape) -> Option<(u8, Place)> {
        let Escape(length, means, rules) = *escape;
        self.is_of_use |= rules == self.rules;
        let mut place = self.out.take_off(length);
        let code = match means {
            Means::Gap => return None,
            Means::Byte(byte) if byte.is_ascii() => return Some((byte, place)),
            Means::Byte(byte) => {
                self.out.push(byte, place);
                return None;
            }
            Means::Code(code) => code,
            Means::Half(half) => match self.first_half().map(|first| char::decode_utf16([first, half]).next()) {
                Some(Some(Ok(character))) => {
                    place.from = self.out.take_off(3).from;
                    character.into()
                }
                _ => half.into(),
            },
        };
        match char::from_u32(code) {
            Some(character) if character.is_ascii() => return Some((ascii(character), place)),
            Some(character) => match Seen::of(character) {
                Seen::Gap => {}
                Seen::As(seen) if seen.is_ascii() => return Some((ascii(seen), place)),
                Seen::As(seen) => self.out.push_character(seen, place),
            },
            None => halved(code).into_iter().for_each(|byte| self.out.push(byte, place)),
        }
        None
    }

    /// The first half of a character, when it is on top of the stack.
    fn first_half(&self) -> Option<u16> {
        let [.., 0xed, high @ 0xa0..=0xaf, low @ 0x80..=0xbf] = self.out.bytes() else { return None };
        Some(0xd000 | u16::from(*high & 0x3f) << 6 | u16::from(*low & 0x3f))
    }

    /// The escape that the byte on top, `last`, completes.
    fn completed(&self, last: u8) -> Option<Escape> {
        if !self.may_be_within() {
            return None;
        }
        match last {
            b';' => self.entity(),
            b'}' => self.braced(),
            _ if last.is_ascii_hexdigit() => self.hexadecimal(),
            _ => None,
        }
    }

    /// What a backslash and the byte behind it mean, if that byte is all.
    fn escaped(&self, byte: u8) -> Option<Escape> {
        let means = match byte.to_ascii_lowercase() {
            // What begins an escape may turn out to be one of the others.
            b'u' | b'x' | b'%' | b'&' | b'=' => return None,
            b'n' | b'r' | b't' | b'v' => Means::Gap,
            _ if byte.is_ascii_hexdigit() && self.rules == Rules::Lenient => return None,
            _ => Means::Byte(byte),
        };
        Some(Escape(2, means, Rules::Strict))
    }

    /// Whether there is anything near that an escape begins with.
    fn may_be_within(&self) -> bool {
        self.out.bytes().len() <= self.opener + LONGEST
    }

    /// `%7e`, `=7E`, `\x7e`, `\176`, `\u007e`, `%u007e`, `\U0000007e`, `\00007e`
    fn hexadecimal(&self) -> Option<Escape> {
        let byte = |length, code: Option<u32>, rules| {
            let byte = u8::try_from(code?).ok()?;
            Some(Escape(length, Means::Byte(byte), rules))
        };
        let is_lenient = self.rules == Rules::Lenient;
        match self.out.bytes() {
            [.., b'%', _, _] => byte(3, self.number(2, 16), Rules::Strict),
            [.., b'=', _, _] if self.rules == Rules::Mail => byte(3, self.number(2, 16), Rules::Mail),
            [.., b'\\', b'x' | b'X', _, _] => byte(4, self.number(2, 16), Rules::Strict),
            // Those that begin with two zeros would not be seen, so that they are a style sheet's.
            [.., b'\\', b'0', b'1'..=b'7', b'0'..=b'7'] | [.., b'\\', b'1'..=b'3', b'0'..=b'7', b'0'..=b'7']
                if is_lenient =>
            {
                byte(4, self.number(3, 8), Rules::Lenient)
            }
            // With a capital letter it may have eight digits, and begins with zeros then.
            [.., b'\\', b'U', b'0', b'0', b'0' | b'1', _] => None,
            [.., b'\\' | b'%', b'u' | b'U', _, _, _, _] => self.half(),
            [.., b'\\', b'U', _, _, _, _, _, _, _, _] => {
                Some(Escape(10, Means::Code(self.number(8, 16)?), Rules::Strict))
            }
            [.., b'\\', _, _, _, _, _, _] if is_lenient => Some(Escape(7, self.style(6)?, Rules::Lenient)),
            _ => None,
        }
    }

    fn half(&self) -> Option<Escape> {
        let half = u16::try_from(self.number(4, 16)?).ok()?;
        Some(Escape(6, Means::Half(half), Rules::Strict))
    }

    /// What the last digits mean behind the backslash of a style sheet, if they mean anything.
    fn style(&self, digits: usize) -> Option<Means> {
        let code = self.number(digits, 16)?;
        let is_of_control = code < u32::from(b' ') && self.top(digits).is_some_and(|first| first.is_ascii_digit());
        let means = char::from_u32(code).map(Seen::of)?;
        match means {
            _ if is_of_control => Some(Means::Gap),
            Seen::As(seen) if seen.is_ascii() && digits > 1 => Some(Means::Code(code)),
            Seen::Gap if !char::from_u32(code)?.is_ascii() && digits > 3 => Some(Means::Gap),
            Seen::Gap | Seen::As(_) => None,
        }
    }

    /// The escape on top that has no end of its own, and ends before `next`: `&#126`, `&#x7e`, `\7e`.
    fn ended(&self, next: u8) -> Option<Escape> {
        if self.rules != Rules::Lenient || !self.top(1)?.is_ascii_hexdigit() || !self.may_be_within() {
            return None;
        }
        // What begins an escape may turn out to be one more digit, or the end that seemed to be missing. But entities
        // stand side by side, and so do escapes of style sheets.
        let may_go_on = |opener| matches!(next, b'%' | b';') || next == opener;
        let digits = (1..=9).take_while(|at| self.top(*at).is_some_and(|top| top.is_ascii_hexdigit())).count();
        let head = self.out.bytes().len().checked_sub(digits).and_then(|end| self.out.bytes().get(..end))?;
        let (length, means) = match head {
            [.., b'&', b'#'] if !may_go_on(b'\\') && !next.is_ascii_digit() => {
                (digits + 2, Means::Code(self.number(digits, 10)?))
            }
            [.., b'&', b'#', b'x' | b'X'] if !may_go_on(b'\\') && !next.is_ascii_hexdigit() => {
                (digits + 3, Means::Code(self.number(digits, 16)?))
            }
            [.., b'\\'] if next == b';' || (!may_go_on(b'&') && !next.is_ascii_hexdigit()) => {
                match self.style(digits) {
                    Some(means) => (digits + 1, means),
                    None if digits == 1 => (2, Means::Byte(self.top(1)?)),
                    None => return None,
                }
            }
            _ => return None,
        };
        Some(Escape(length, means, Rules::Lenient))
    }

    /// `&#126;`, `&#x7e;`, `&tilde;`
    fn entity(&self) -> Option<Escape> {
        let length = (2..=LONGEST).find(|at| matches!(self.top(*at), Some(b'&' | b';') | None))?;
        let means = match self.tail(length)? {
            [b'&', b'#', b'x' | b'X', digits @ .., b';'] => Means::Code(value(digits, 16)?),
            [b'&', b'#', digits @ .., b';'] => Means::Code(value(digits, 10)?),
            [b'&', name @ .., b';'] => named(name)?,
            _ => return None,
        };
        Some(Escape(length, means, Rules::Strict))
    }

    /// `\u{7e}`, `\x{7e}`
    fn braced(&self) -> Option<Escape> {
        let brace = (2..=LONGEST).find(|at| self.top(*at).is_none_or(|top| !top.is_ascii_hexdigit()))?;
        match self.tail(brace + 2)? {
            [b'\\', b'u' | b'U' | b'x' | b'X', b'{', digits @ .., b'}'] => {
                Some(Escape(brace + 2, Means::Code(value(digits, 16)?), Rules::Strict))
            }
            _ => None,
        }
    }

    /// The last byte, the one before it, and so on, from 1.
    fn top(&self, at: usize) -> Option<u8> {
        let bytes = self.out.bytes();
        bytes.get(bytes.len().checked_sub(at)?).copied()
    }

    fn tail(&self, length: usize) -> Option<&[u8]> {
        let bytes = self.out.bytes();
        bytes.get(bytes.len().checked_sub(length)?..)
    }

    /// The number in the last digits.
    fn number(&self, digits: usize, radix: u32) -> Option<u32> {
        value(self.tail(digits)?, radix)
    }

    fn ends_with(&self, end: &[u8]) -> bool {
        self.tail(end.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    }
}

fn value(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0u32, |value, digit| value.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?))
}

/// Half a character as three bytes, none of which is ASCII.
fn halved(half: u32) -> [u8; 3] {
    [half >> 12 | 0xe0, half >> 6 & 0x3f | 0x80, half & 0x3f | 0x80].map(|byte| u8::try_from(byte).unwrap_or(u8::MAX))
}

/// Entities of the characters that secrets and the texts around them have.
fn named(name: &[u8]) -> Option<Means> {
    const NAMES: &[(&str, u8)] = &[
        ("amp", b'&'),
        ("apos", b'\''),
        ("ast", b'*'),
        ("bsol", b'\\'),
        ("colon", b':'),
        ("comma", b','),
        ("commat", b'@'),
        ("dash", b'-'),
        ("dollar", b'$'),
        ("equals", b'='),
        ("excl", b'!'),
        ("grave", b'`'),
        ("gt", b'>'),
        ("hat", b'^'),
        ("hyphen", b'-'),
        ("lbrace", b'{'),
        ("lbrack", b'['),
        ("lcub", b'{'),
        ("lowbar", b'_'),
        ("lpar", b'('),
        ("lsqb", b'['),
        ("lt", b'<'),
        ("num", b'#'),
        ("percnt", b'%'),
        ("period", b'.'),
        ("plus", b'+'),
        ("quest", b'?'),
        ("quot", b'"'),
        ("rbrace", b'}'),
        ("rbrack", b']'),
        ("rcub", b'}'),
        ("rpar", b')'),
        ("rsqb", b']'),
        ("semi", b';'),
        ("sol", b'/'),
        ("tilde", b'~'),
        ("underbar", b'_'),
        ("verbar", b'|'),
        ("vert", b'|'),
    ];
    const UNSEEN: &[&str] = &["nbsp", "newline", "nobreak", "shy", "tab", "zerowidthspace", "zwj", "zwnj"];
    let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
    let seen = NAMES.iter().find(|(known, _)| is(known)).map(|(_, byte)| Means::Byte(*byte));
    seen.or_else(|| UNSEEN.iter().any(|known| is(known)).then_some(Means::Gap))
}
