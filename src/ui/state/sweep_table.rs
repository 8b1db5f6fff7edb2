//! Which lines of a sweep are shown, and in which order. Thousands of them: everything is done once per change.

use std::{cmp::Reverse, sync::Arc};

use crate::engine::{SweepFinding, SweepLine, SweepResult};

/// Lines of a sweep that runs, or of one that is done.
#[derive(Debug, Clone, Copy)]
pub enum Lines<'a> {
    /// As answers came in.
    Live(&'a [Arc<SweepLine>]),
    /// In the list's order, those nobody asked included.
    Done(&'a [Arc<SweepLine>]),
}

impl<'a> Lines<'a> {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Live(lines) | Self::Done(lines) => lines.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    pub fn get(&self, at: usize) -> Option<&'a SweepLine> {
        match self {
            Self::Live(lines) | Self::Done(lines) => lines.get(at).map(Arc::as_ref),
        }
    }
}

/// Which lines are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SweepFilter {
    /// All.
    #[default]
    All,
    /// Reachable and not permitted, or permitted and refused.
    Unexpected,
    /// Reachable ones.
    Reachable,
    /// Refused ones.
    Refused,
    /// Those of which nothing can be said.
    NotProvable,
}

impl SweepFilter {
    /// All filters, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::All, Self::Unexpected, Self::Reachable, Self::Refused, Self::NotProvable];

    /// Whether a line passes.
    pub fn takes(self, line: &SweepLine) -> bool {
        match self {
            Self::All => true,
            Self::Unexpected => line.finding() == SweepFinding::Fail,
            Self::Reachable => line.result() == SweepResult::Reachable,
            Self::Refused => line.result() == SweepResult::Refused,
            Self::NotProvable => line.result() == SweepResult::NotProvable,
        }
    }
}

/// The columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepColumn {
    /// The mailbox.
    Mailbox,
    /// Whether it is on the permitted list.
    Expected,
    /// Reachable, refused, not provable.
    Result,
    /// What that rests on.
    Why,
    /// HTTP status.
    Status,
}

impl SweepColumn {
    /// All columns, from left to right.
    pub const ALL: [Self; 5] = [Self::Mailbox, Self::Expected, Self::Result, Self::Why, Self::Status];
}

/// What the order depends on: lines, whether they are final, filter, search, order.
type Made = (usize, bool, SweepFilter, String, Option<(SweepColumn, bool)>);

/// The table of a sweep.
#[derive(Debug, Default)]
pub struct SweepTable {
    /// Which lines are shown.
    pub filter: SweepFilter,
    /// Only mailboxes with this in their name, or answers with this in their words.
    pub search: String,
    /// By which column, and whether upwards; `None`: what matters most is on top.
    pub sort: Option<(SweepColumn, bool)>,
    /// The line whose details are shown, by its place among all lines.
    pub selected: Option<usize>,
    /// Another line was chosen: its details are to be brought into view.
    pub details_wanted: bool,
    /// Places of the shown lines among all lines.
    pub shown: Vec<usize>,
    made: Option<Made>,
}

impl SweepTable {
    /// Everything in this order.
    pub fn sorted(sort: Option<(SweepColumn, bool)>) -> Self {
        Self { sort, ..Self::default() }
    }

    /// Upwards, downwards, as it was.
    pub fn sort_by(&mut self, column: SweepColumn) {
        self.sort = match self.sort {
            Some((by, true)) if by == column => Some((column, false)),
            Some((by, false)) if by == column => None,
            _ => Some((column, true)),
        };
    }

    /// The line in this row is chosen.
    pub fn select(&mut self, row: usize) {
        self.selected = self.shown.get(row).copied();
        self.details_wanted = self.selected.is_some();
    }

    /// Where the chosen line stands among the shown ones.
    pub fn selected_row(&self) -> Option<usize> {
        let selected = self.selected?;
        self.shown.iter().position(|at| *at == selected)
    }

    pub(super) fn clear(&mut self) {
        self.shown.clear();
        self.made = None;
    }

    pub(super) fn refresh(&mut self, lines: &Lines<'_>) {
        let is_done = matches!(lines, Lines::Done(_));
        let wanted = (lines.len(), is_done, self.filter, self.search.trim().to_lowercase(), self.sort);
        if self.made.as_ref() == Some(&wanted) {
            return;
        }
        if self.made.as_ref().is_some_and(|made| made.1 != is_done) {
            // Places of a sweep that runs are not those of a finished one.
            self.selected = None;
        }
        let passes = |line: &SweepLine| self.filter.takes(line) && has(line, &wanted.3);
        self.shown = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(passes)).collect();
        match self.sort {
            None => self.shown.sort_by_cached_key(|at| lines.get(*at).map(|line| (weight(line), line.index))),
            Some((column, true)) => self.shown.sort_by_cached_key(|at| lines.get(*at).map(|line| key(line, column))),
            Some((column, false)) => {
                self.shown.sort_by_cached_key(|at| lines.get(*at).map(|line| Reverse(key(line, column))));
            }
        }
        self.made = Some(wanted);
    }
}

fn has(line: &SweepLine, search: &str) -> bool {
    let within = |text: &str| text.to_lowercase().contains(search);
    search.is_empty()
        || within(line.mailbox.as_str())
        || line.error_code.as_deref().is_some_and(within)
        || line.error_message.as_deref().is_some_and(within)
        || line.request_id.as_deref().is_some_and(within)
}

/// What needs somebody's attention first: failures, then open questions, then the rest.
fn weight(line: &SweepLine) -> u8 {
    match (line.finding(), line.result()) {
        (SweepFinding::Fail, _) => 0,
        (SweepFinding::Unproven, _) => 1,
        (SweepFinding::AsExpected, SweepResult::Reachable) => 2,
        (SweepFinding::AsExpected, _) => 3,
    }
}

fn key(line: &SweepLine, column: SweepColumn) -> (String, String) {
    let name = line.mailbox.key();
    let first = match column {
        SweepColumn::Mailbox => String::new(),
        SweepColumn::Expected => line.expected.as_str().to_owned(),
        SweepColumn::Result => line.result().as_str().to_owned(),
        SweepColumn::Why => line.shown.as_str().to_owned(),
        SweepColumn::Status => format!("{:03}", line.http_status.unwrap_or_default()),
    };
    (first, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Expected, MailboxName, Outcome, Refusal, SweepShown as Shown, SweepTarget as Target};

    fn line(index: usize, shown: Shown, expected: Expected) -> Arc<SweepLine> {
        let name = format!("user{:04}@contoso.com", 9999 - index);
        let target = Target { mailbox: MailboxName::parse(&name).unwrap(), expected };
        Arc::new(SweepLine { shown, ..SweepLine::not_asked(index, &target) })
    }

    fn lines() -> Vec<Arc<SweepLine>> {
        vec![
            line(0, Shown::Refused(Refusal::Raop), Expected::Forbidden),
            line(1, Shown::Reached, Expected::Permitted),
            line(2, Shown::Other(Outcome::MailboxUnknown), Expected::Forbidden),
            line(3, Shown::Reached, Expected::Forbidden),
            line(4, Shown::Refused(Refusal::Plain), Expected::Permitted),
        ]
    }

    #[test]
    fn what_matters_is_on_top_and_every_column_sorts() {
        let all = lines();
        let shown = |sort, filter, search: &str| {
            let mut table = SweepTable { sort, filter, search: search.to_owned(), ..SweepTable::default() };
            table.refresh(&Lines::Done(&all));
            table.shown
        };
        assert_eq!(shown(None, SweepFilter::All, ""), [3, 4, 2, 1, 0]);
        assert_eq!(shown(Some((SweepColumn::Mailbox, true)), SweepFilter::All, ""), [4, 3, 2, 1, 0]);
        assert_eq!(shown(Some((SweepColumn::Mailbox, false)), SweepFilter::All, ""), [0, 1, 2, 3, 4]);
        assert_eq!(shown(Some((SweepColumn::Result, true)), SweepFilter::All, ""), [2, 3, 1, 4, 0]);
        assert_eq!(shown(None, SweepFilter::Unexpected, ""), [3, 4]);
        assert_eq!(shown(None, SweepFilter::NotProvable, ""), [2]);
        assert_eq!(shown(None, SweepFilter::Reachable, " USER9996 "), [3]);
    }

    #[test]
    fn a_column_sorts_up_then_down_then_not() {
        let mut table = SweepTable::default();
        let mut seen = Vec::new();
        for _ in 0..3 {
            table.sort_by(SweepColumn::Why);
            seen.push(table.sort);
        }
        assert_eq!(seen, [Some((SweepColumn::Why, true)), Some((SweepColumn::Why, false)), None]);
    }

    #[test]
    fn nothing_is_done_again_without_a_change() {
        let all = lines();
        let mut table = SweepTable::default();
        table.refresh(&Lines::Done(&all));
        table.shown.clear();
        table.refresh(&Lines::Done(&all));
        assert!(table.shown.is_empty());
        table.filter = SweepFilter::Refused;
        table.refresh(&Lines::Done(&all));
        assert_eq!(table.shown, [4, 0]);
    }
}
