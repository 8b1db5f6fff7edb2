//! A quick look at a text: whether it can hold anything that is taken out of texts. Nearly none does, and nearly all
//! are told at a glance. What the long look would find is never overlooked (pure).

use std::sync::LazyLock;

use super::{
    encoded::{Hexadecimal, sextet},
    pieces::{Pieces, and_then},
    spelling::{Seen, ascii, is_gap},
};

/// What a byte is to each of those who read along.
#[derive(Clone, Copy)]
struct Class {
    kind: Kind,
    small: u8,
    base64: u32,
    hexadecimal: u16,
}

#[derive(Clone, Copy)]
enum Kind {
    /// It stands for itself.
    Itself,
    /// It is not seen.
    Gap,
    /// It may begin an escape.
    Opener,
    /// It may begin an escape of quoted-printable.
    Equals,
    /// It stands for itself, and may stand between two hexadecimal digits.
    Between,
    /// It stands for itself, and takes the hexadecimal digit before it away when that is a zero.
    X,
    /// It is a part of a character beyond ASCII.
    Beyond,
}

/// A character that belongs to nothing.
const OTHER: Class = Class { kind: Kind::Itself, small: u8::MAX, base64: 0, hexadecimal: 0 };

static CLASSES: LazyLock<[Class; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| class(u8::try_from(byte).unwrap_or_default())));

fn class(byte: u8) -> Class {
    let kind = match (byte, Hexadecimal::of(byte)) {
        (b'%' | b'\\' | b'&', _) => Kind::Opener,
        (b'=', _) => Kind::Equals,
        _ if is_gap(byte) => Kind::Gap,
        _ if !byte.is_ascii() => Kind::Beyond,
        (_, Hexadecimal::Between) => Kind::Between,
        (_, Hexadecimal::X) => Kind::X,
        (_, Hexadecimal::Digit(_) | Hexadecimal::Other) => Kind::Itself,
    };
    let lane = |is_text: bool, lane: u32| if is_text { 0xff << (8 * lane) } else { 0 };
    // The first bit of each byte, in the first, the second and the third place of a group; the fourth has none.
    let base64 = sextet(byte).map_or(0, |sextet| {
        lane(sextet & 0b10_0000 == 0, 0) | lane(sextet & 0b1000 == 0, 1) | lane(sextet & 0b10 == 0, 2) | lane(true, 3)
    });
    let hexadecimal = match Hexadecimal::of(byte) {
        Hexadecimal::Digit(digit) => u16::try_from(lane(digit < 8, 0) | lane(true, 1)).unwrap_or_default(),
        Hexadecimal::Between | Hexadecimal::X | Hexadecimal::Other => 0,
    };
    Class { kind, small: byte.to_ascii_lowercase(), base64, hexadecimal }
}

/// Whether `text` may hold a piece of a secret or a token. Said of a text without any, too, when only a long look tells:
/// where there is an escape, and where base64 or hexadecimal may stand for ASCII.
pub(super) fn may_hold(pieces: &Pieces, text: &str) -> bool {
    if !pieces.is_ascii() {
        return true;
    }
    let classes = &*CLASSES;
    let class_of = |byte| classes.get(usize::from(byte)).copied().unwrap_or(OTHER);
    let mut look = Look::new(pieces);
    let mut rest = text;
    loop {
        let mut at = 0;
        // Nearly all of nearly every text.
        let beyond_ascii = loop {
            let Some(byte) = rest.as_bytes().get(at).copied() else { return false };
            let class = class_of(byte);
            match class.kind {
                Kind::Gap => {
                    at += 1;
                    continue;
                }
                Kind::Opener => return true,
                Kind::Equals if is_escape(rest.get(at + 1..).unwrap_or_default()) => return true,
                Kind::Beyond => break at,
                Kind::Itself | Kind::Equals | Kind::Between | Kind::X => {}
            }
            if look.has(class) {
                return true;
            }
            at += 1;
        };
        let mut characters = rest.get(beyond_ascii..).unwrap_or_default().chars();
        let Some(character) = characters.next() else { return false };
        rest = characters.as_str();
        match Seen::of(character) {
            Seen::Gap => {}
            Seen::As(seen) => {
                let class = if seen.is_ascii() { class_of(ascii(seen)) } else { OTHER };
                if matches!(class.kind, Kind::Opener | Kind::Equals) || look.has(class) {
                    return true;
                }
            }
        }
    }
}

/// Whether `reading`, which is one without gaps, may hold anything in base64 or in hexadecimal.
pub(super) fn may_hold_encoded(pieces: &Pieces, reading: &[u8]) -> bool {
    let classes = &*CLASSES;
    let mut look = Look::new(pieces);
    let class_of = |byte: &u8| classes.get(usize::from(*byte)).copied().unwrap_or(OTHER);
    !pieces.is_ascii() || reading.iter().any(|byte| look.has_encoded(class_of(byte)))
}

/// Whether an equals sign before this may be an escape's.
fn is_escape(rest: &str) -> bool {
    rest.chars().next().is_some_and(|character| match Seen::of(character) {
        Seen::Gap => true,
        Seen::As(seen) => seen.is_ascii_hexdigit(),
    })
}

/// What was read so far.
struct Look<'a> {
    pieces: &'a Pieces,
    last: u128,
    /// How many characters in a row may be base64 of ASCII, when the next one has the first place of a group, the
    /// second, and so on: a byte for each.
    base64: u32,
    /// How many digits in a row may be those of ASCII, when the next one is the first of two, or the second.
    hexadecimal: u16,
    /// The same before the last digit, when that was a zero.
    before_zero: u16,
    too_much_base64: u32,
    too_much_hexadecimal: u16,
}

impl<'a> Look<'a> {
    fn new(pieces: &'a Pieces) -> Self {
        let bytes = pieces.shortest();
        let in_base64 = u32::try_from(bytes + (bytes - 1) / 3).unwrap_or_default().min(0x7f);
        let in_hexadecimal = u16::try_from(2 * bytes - 1).unwrap_or_default().min(0x7f);
        Self {
            pieces,
            last: 0,
            base64: 0,
            hexadecimal: 0,
            before_zero: 0,
            too_much_base64: (0x80 - in_base64) * 0x0101_0101,
            too_much_hexadecimal: (0x80 - in_hexadecimal) * 0x0101,
        }
    }

    /// Reads one byte more. Whether something may end with it.
    #[inline]
    fn has(&mut self, class: Class) -> bool {
        self.last = and_then(self.last, class.small);
        let is_token = self.last & 0xff_ffff == TOKEN;
        (self.has_encoded(class) | is_token) || self.pieces.ending(self.last).is_some()
    }

    /// The same for what may be in base64 or in hexadecimal.
    #[inline]
    fn has_encoded(&mut self, class: Class) -> bool {
        // A count that goes on stays below 128: it is found before that.
        self.base64 = ((self.base64 + 0x0101_0101) & class.base64).rotate_left(8);
        match class.kind {
            Kind::Between => self.before_zero = 0,
            Kind::X => self.hexadecimal = std::mem::take(&mut self.before_zero),
            Kind::Itself | Kind::Gap | Kind::Opener | Kind::Equals | Kind::Beyond => {
                self.before_zero = if class.small == b'0' { self.hexadecimal } else { 0 };
                self.hexadecimal = ((self.hexadecimal + 0x0101) & class.hexadecimal).rotate_left(8);
            }
        }
        let in_base64 = (self.base64 + self.too_much_base64) & 0x8080_8080 != 0;
        let in_hexadecimal = (self.hexadecimal + self.too_much_hexadecimal) & 0x8080 != 0;
        in_base64 | in_hexadecimal
    }
}

/// What every token begins with, `eyJ`, in small letters.
const TOKEN: u128 = 0x65_79_6a;
