//! All pieces of the secrets that are long enough to be told from ordinary words (pure).

use std::{cmp::Reverse, collections::BTreeMap};

use zeroize::Zeroizing;

use super::{
    Secret,
    spelling::{Place, Reading, did},
};

/// Shorter texts would mask ordinary words, and shorter secrets are let through.
pub(super) const SHORTEST_SECRET: usize = 4;
/// So many characters in a row, from anywhere in a secret, are taken out; of a shorter secret all of it.
pub(super) const PIECE: usize = 10;
/// A sum of so many bits, of which the last twelve name two bits of a word, says whether any piece may end in such bytes.
const SUM_BITS: u32 = 23;

/// Pieces of secrets as they read, in small letters, each of which fits into one number.
#[derive(Clone, Default)]
pub(super) struct Pieces {
    /// The lengths of pieces with all pieces of that length, in order.
    of_length: Vec<(usize, Zeroizing<Vec<u128>>)>,
    sums: Zeroizing<Vec<u64>>,
    /// The end of a piece that its sum is made of.
    summed: u64,
    shortest: usize,
    is_ascii: bool,
}

impl Pieces {
    pub(super) fn of(secrets: &[Secret]) -> Self {
        let room: usize = secrets.iter().map(|secret| 3 * secret.expose().len()).sum();
        let mut of_length: BTreeMap<Reverse<usize>, Zeroizing<Vec<u128>>> = BTreeMap::new();
        for secret in secrets {
            for reading in Reading::of(secret.expose()).readings() {
                let length = reading.bytes().len().min(PIECE);
                if length >= SHORTEST_SECRET {
                    // All of it at once: what grows leaves copies behind that nobody wipes.
                    let all = of_length.entry(Reverse(length)).or_insert_with(|| Vec::with_capacity(room).into());
                    all.extend(reading.bytes().windows(length).map(number));
                }
            }
        }
        let mut of_length: Vec<_> = of_length.into_iter().map(|(Reverse(length), all)| (length, all)).collect();
        for (_, all) in &mut of_length {
            all.sort_unstable();
            all.dedup();
        }
        let shortest = of_length.last().map_or(PIECE, |(length, _)| *length);
        let mut sums = Zeroizing::new(vec![0; 1 << (SUM_BITS - 12)]);
        let summed = u64::MAX >> (64 - 8 * shortest.min(8));
        for piece in of_length.iter().flat_map(|(_, all)| all.iter()) {
            let (word, bits) = sum(piece & u128::from(summed));
            if let Some(word) = sums.get_mut(word) {
                *word |= bits;
            }
        }
        Self { sums, summed, shortest, is_ascii: secrets.iter().all(|secret| secret.expose().is_ascii()), of_length }
    }

    /// Whether only ASCII can belong to a piece.
    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// The length of the shortest piece.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }

    /// Whether a piece ends with the last of these bytes, and then how long it is. `last` is made by `and_then`.
    #[inline]
    pub(super) fn ending(&self, last: u128) -> Option<usize> {
        let (word, bits) = sum(last & u128::from(self.summed));
        let may_end = self.sums.get(word).is_some_and(|word| word & bits == bits);
        if may_end { self.surely_ending(last) } else { None }
    }

    #[cold]
    #[inline(never)]
    fn surely_ending(&self, last: u128) -> Option<usize> {
        let ends = |length: usize, all: &[u128]| all.binary_search(&(last & mask(length))).is_ok();
        self.of_length.iter().find_map(|(length, all)| ends(*length, all).then_some(*length))
    }

    /// Calls `found` with the place and the length of every piece in `reading`.
    pub(super) fn each_in(&self, reading: &Reading, mut found: impl FnMut(Place, usize)) {
        did(reading.bytes().len());
        let mut last = 0;
        for (at, (byte, place)) in reading.iter().enumerate() {
            last = and_then(last, byte.to_ascii_lowercase());
            if let Some(length) = self.ending(last)
                && let Some(first) = reading.place((at + 1).saturating_sub(length))
            {
                found(Place { from: first.from, to: place.to }, length);
            }
        }
    }
}

/// The word, and the two bits in it, of what a text ends in.
#[inline]
fn sum(end: u128) -> (usize, u64) {
    let end = u64::try_from(end).unwrap_or_default();
    let sum = end.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SUM_BITS);
    (usize::try_from(sum >> 12).unwrap_or_default(), 1 << (sum & 63) | 1 << (sum >> 6 & 63))
}

/// The last sixteen bytes of a text with one more.
#[inline]
pub(super) fn and_then(last: u128, byte: u8) -> u128 {
    last << 8 | u128::from(byte)
}

fn number(piece: &[u8]) -> u128 {
    piece.iter().fold(0, |last, byte| and_then(last, byte.to_ascii_lowercase()))
}

fn mask(length: usize) -> u128 {
    u128::MAX >> (128 - 8 * length)
}
