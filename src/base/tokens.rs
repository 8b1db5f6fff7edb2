//! JSON Web Tokens, which are secrets even when nobody knows them: `eyJ….….…`, with a signature or without (pure).

use super::spelling::{Place, Reading, did};

/// Shorter texts are no tokens.
const SHORTEST: usize = 20;
/// So long are the lines of what was wrapped, at least: what stands behind them may go on.
const WRAPPED: usize = 60;

/// The places of all tokens in `reading`, which is one of `text`. A token may be wrapped over several lines.
pub(super) fn found_in(reading: &Reading, text: &str) -> Vec<Place> {
    did(reading.bytes().len());
    let mut places = Vec::new();
    let mut begin = 0;
    while let Some(ahead) = next(reading.bytes().get(begin..).unwrap_or_default()) {
        let from = begin + ahead;
        let run = Run::at(reading, text, from);
        if run.dots > 0
            && run.to - from >= SHORTEST
            && let (Some(first), Some(last)) = (reading.place(from), reading.place(run.to - 1))
        {
            places.push(Place { from: first.from, to: last.to });
        }
        begin = run.to;
    }
    places
}

/// Where the next token may begin.
fn next(bytes: &[u8]) -> Option<usize> {
    bytes.windows(3).position(|three| three == b"eyJ")
}

/// Characters of a token in a row.
struct Run {
    to: usize,
    dots: usize,
}

impl Run {
    fn at(reading: &Reading, text: &str, from: usize) -> Self {
        let mut run = Self { to: from, dots: 0 };
        let mut on_this_line = 0;
        for (byte, place) in reading.iter_from(from).take_while(|(byte, _)| is_of_token(*byte)) {
            let before = run.to.checked_sub(1).and_then(|at| reading.place(at)).filter(|_| run.to > from);
            let gap = before.map_or("", |before| between(text, before, place));
            if !gap.is_empty() {
                if !run.goes_on(reading, gap, on_this_line) {
                    break;
                }
                on_this_line = 0;
            }
            run.dots += usize::from(byte == b'.');
            run.to += 1;
            on_this_line += 1;
        }
        did(run.to - from);
        // A dot behind it ends a sentence; one that is the second belongs to a token without a signature.
        if run.dots != 2 && run.to.checked_sub(1).and_then(|last| reading.bytes().get(last)) == Some(&b'.') {
            run.to -= 1;
            run.dots -= 1;
        }
        run
    }

    /// Whether what stands behind `gap` belongs to the same token.
    fn goes_on(&self, reading: &Reading, gap: &str, on_this_line: usize) -> bool {
        // Characters in a row behind the gap.
        let ahead = reading.iter_from(self.to).zip(reading.iter_from(self.to + 1)).take(SHORTEST);
        let ahead = ahead.take_while(|((byte, place), (_, next))| is_of_token(*byte) && place.to == next.from).count();
        let is_long = ahead >= SHORTEST - 1;
        if gap.bytes().all(|byte| byte == b' ') {
            return is_long && on_this_line >= WRAPPED;
        }
        let is_of_lines = gap.contains(['\r', '\n', '\\', '%', '&', '=']);
        !is_of_lines || is_long || self.dots < 2
    }
}

/// What is not read between two places.
fn between(text: &str, before: Place, behind: Place) -> &str {
    let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
    text.get(index(before.to)..index(behind.from)).unwrap_or_default()
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'=')
}
