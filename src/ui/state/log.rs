//! What was asked and answered.

use std::collections::VecDeque;

use crate::engine::LogLine;

/// Older lines fall out.
const LIMIT: usize = 5_000;

/// The last calls, oldest first.
#[derive(Debug, Default)]
pub struct Log {
    lines: VecDeque<LogLine>,
}

impl Log {
    /// Adds a call.
    pub fn push(&mut self, line: LogLine) {
        if self.lines.len() == LIMIT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// How many calls are held.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Some of the lines.
    pub fn range(&self, rows: std::ops::Range<usize>) -> impl Iterator<Item = &LogLine> {
        self.lines.iter().skip(rows.start).take(rows.len())
    }

    /// All lines.
    pub fn iter(&self) -> impl Iterator<Item = &LogLine> {
        self.lines.iter()
    }
}
