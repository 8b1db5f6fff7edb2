//! Text for people, line by line. What it is made of comes from anywhere: a service, somebody else's file, a customer's
//! name. So the line is the smallest piece that can be added: nothing in it can begin another one, hide, or steer a terminal.

use crate::base::visible;

/// Lines to be printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// One line of its own.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = Self::default();
        line(&mut lines, text);
        lines
    }

    /// All lines of another text below these.
    pub(super) fn add(&mut self, more: &Self) {
        self.0.push_str(&more.0);
    }

    /// The text, without empty lines at its end.
    pub(super) fn as_str(&self) -> &str {
        self.0.trim_end()
    }
}

/// Adds one line, whatever the text holds.
pub(super) fn line(out: &mut Lines, text: &str) {
    out.0.push_str(&visible(text));
    out.0.push('\n');
}

/// Adds an empty line.
pub(super) fn blank(out: &mut Lines) {
    out.0.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_a_line_or_steer_a_terminal() {
        let mut lines = Lines::of("name: x\nPASS\r\u{1b}[2J\u{9b}A\u{202e}\u{2028}y");
        blank(&mut lines);
        line(&mut lines, "end");
        blank(&mut lines);
        assert_eq!(lines.as_str(), "name: x PASS ⟨U+001B⟩[2J⟨U+009B⟩A⟨U+202E⟩ y\n\nend");
    }
}
