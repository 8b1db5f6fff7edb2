//! What a text holds in base64 or in hexadecimal, wherever in it that begins (pure).

use super::spelling::{Place, Reading, did};

/// What may be hidden in something encoded: how long it is at least, and whether it is ASCII.
#[derive(Clone, Copy)]
pub(super) struct Sought {
    pub(super) at_least: usize,
    pub(super) is_ascii: bool,
}

/// Everything that may be meant by `reading` in base64: a character belongs to one of four places of a group, and
/// nothing says to which.
pub(super) fn from_base64(reading: &Reading, sought: Sought) -> Vec<Reading> {
    let mut found = Found::new(sought);
    let units: Vec<_> = reading.iter().map(|(byte, place)| (sextet(byte), place)).collect();
    for run in units.split(|(sextet, _)| sextet.is_none()) {
        for before in 0..4 {
            let pairs = run.iter().zip(run.iter().skip(1)).skip(before).enumerate();
            did(pairs.len());
            for (at, ((first, from), (second, to))) in pairs {
                let (first, second) = (first.unwrap_or_default(), second.unwrap_or_default());
                let byte = match at % 4 {
                    0 => first << 2 | second >> 4,
                    1 => first << 4 | second >> 2,
                    2 => first << 6 | second,
                    _ => continue,
                };
                found.add(byte, (from.from, to.to));
            }
            found.end();
        }
    }
    found.all
}

/// Everything that may be meant by `reading` in hexadecimal, with or without something between the digits.
pub(super) fn from_hexadecimal(reading: &Reading, sought: Sought) -> Vec<Reading> {
    let mut found = Found::new(sought);
    let mut digits = Vec::new();
    let mut is_behind_zero = false;
    for (byte, place) in reading.iter() {
        let hexadecimal = Hexadecimal::of(byte);
        match hexadecimal {
            Hexadecimal::Digit(digit) => digits.push((digit, place)),
            Hexadecimal::Between => {}
            // The zero of `0x` is none.
            Hexadecimal::X if is_behind_zero => drop(digits.pop()),
            Hexadecimal::X | Hexadecimal::Other => found.pairs(&mut digits),
        }
        is_behind_zero = matches!(hexadecimal, Hexadecimal::Digit(0));
    }
    found.pairs(&mut digits);
    found.all
}

/// Six bits of base64, in either alphabet.
pub(super) fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// What a byte is to whoever reads hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hexadecimal {
    Digit(u8),
    /// It may stand between two digits.
    Between,
    /// It makes a prefix of the zero before it.
    X,
    Other,
}

impl Hexadecimal {
    pub(super) fn of(byte: u8) -> Self {
        match byte {
            b'-' | b':' | b',' | b';' | b'.' | b'_' | b'/' | b'|' | b'"' | b'\'' => Self::Between,
            b'x' | b'X' => Self::X,
            _ => match char::from(byte).to_digit(16).map(u8::try_from) {
                Some(Ok(digit)) => Self::Digit(digit),
                _ => Self::Other,
            },
        }
    }
}

/// What was read out of something encoded, in stretches that may hold what is sought.
struct Found {
    sought: Sought,
    open: Reading,
    all: Vec<Reading>,
}

impl Found {
    fn new(sought: Sought) -> Self {
        Self { sought, open: Reading::default(), all: Vec::new() }
    }

    fn add(&mut self, byte: u8, (from, to): (u32, u32)) {
        if self.sought.is_ascii && !byte.is_ascii() {
            self.end();
        } else {
            self.open.push(byte, Place { from, to });
        }
    }

    fn end(&mut self) {
        if self.open.bytes().len() >= self.sought.at_least {
            self.all.push(std::mem::take(&mut self.open));
        } else {
            self.open.take_off(self.sought.at_least);
        }
    }

    /// Takes the digits in twos, from the first and from the second one on.
    fn pairs(&mut self, digits: &mut Vec<(u8, Place)>) {
        for before in 0..2 {
            did(digits.len());
            for pair in digits.get(before..).unwrap_or_default().chunks_exact(2) {
                if let [(high, from), (low, to)] = pair {
                    self.add(high << 4 | low, (from.from, to.to));
                }
            }
            self.end();
        }
        digits.clear();
    }
}
