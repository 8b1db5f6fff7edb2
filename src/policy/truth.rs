//! Answers that may be unknown, and lists that may be incomplete.

/// Yes, no, or not known. Not known never becomes one of the others by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Truth {
    /// Known to be so.
    Yes,
    /// Known not to be so.
    No,
    /// Not known.
    #[default]
    Unknown,
}

impl Truth {
    /// A known answer.
    pub fn of(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }

    /// True when it is known to be so.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Yes if either is, no only if both are.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    /// No if either is, yes only if both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.negated().or(other.negated()).negated()
    }
}

/// Whether the app may send as one mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Access {
    /// It may.
    Granted,
    /// It may not.
    Denied,
    /// Not known.
    #[default]
    Unknown,
}

impl Access {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// Granted by either is granted; denied needs both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self::from_truth(self.truth().or(other.truth()))
    }

    /// The answer to "may it send?".
    pub fn truth(self) -> Truth {
        match self {
            Self::Granted => Truth::Yes,
            Self::Denied => Truth::No,
            Self::Unknown => Truth::Unknown,
        }
    }

    /// From the answer to "may it send?".
    pub fn from_truth(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Granted,
            Truth::No => Self::Denied,
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// A list that may be only a part of what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<T> {
    /// What was seen.
    pub items: Vec<T>,
    /// True when this is all there is. An empty list that is not complete was simply not read.
    pub complete: bool,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { items: Vec::new(), complete: false }
    }
}

impl<T> Known<T> {
    /// All there is.
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, complete: true }
    }

    /// A part of what there is.
    pub fn partly(items: Vec<T>) -> Self {
        Self { items, complete: false }
    }

    /// True when nothing was read at all.
    pub fn is_unread(&self) -> bool {
        self.items.is_empty() && !self.complete
    }
}

impl<T: PartialEq> Known<T> {
    /// Takes a newer reading in. A complete one replaces; a part is added, and ends completeness when it is news.
    pub(super) fn absorb(&mut self, newer: Self) {
        if newer.complete {
            *self = newer;
            return;
        }
        for item in newer.items {
            if !self.items.contains(&item) {
                self.items.push(item);
                self.complete = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_gives_way_only_to_what_decides() {
        use Truth::{No, Unknown, Yes};
        assert_eq!(Unknown.or(Yes), Yes);
        assert_eq!(Unknown.or(No), Unknown);
        assert_eq!(Unknown.and(No), No);
        assert_eq!(Unknown.and(Yes), Unknown);
        assert_eq!(Access::Denied.union(Access::Unknown), Access::Unknown);
        assert_eq!(Access::Unknown.union(Access::Granted), Access::Granted);
    }

    #[test]
    fn a_newer_part_adds_and_a_newer_whole_replaces() {
        let mut known = Known::complete(vec![1]);
        known.absorb(Known::partly(vec![1]));
        assert!(known.complete);
        known.absorb(Known::partly(vec![2]));
        assert_eq!(known, Known::partly(vec![1, 2]));
        known.absorb(Known::complete(vec![]));
        assert_eq!(known, Known::complete(vec![]));
    }
}
