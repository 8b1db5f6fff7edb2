//! The last answer to a costly question: ten thousand addresses are not read anew for every frame.

use std::cell::RefCell;

/// An answer that is kept until the question is another one.
#[derive(Debug)]
pub(super) struct Memo<Q, A>(RefCell<Option<(Q, A)>>);

impl<Q, A> Default for Memo<Q, A> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<Q: PartialEq + Clone, A: Clone> Memo<Q, A> {
    /// The answer to `question`, found by `answer` when it was not asked last time.
    pub(super) fn of(&self, question: &Q, answer: impl FnOnce(&Q) -> A) -> A {
        let mut kept = self.0.borrow_mut();
        if let Some((asked, found)) = kept.as_ref()
            && asked == question
        {
            return found.clone();
        }
        let found = answer(question);
        *kept = Some((question.clone(), found.clone()));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_question_is_answered_anew() {
        let memo = Memo::default();
        let mut asked = 0;
        for question in ["a", "a", "b", "a"] {
            let answer = memo.of(&question.to_owned(), |question| {
                asked += 1;
                question.len()
            });
            assert_eq!(answer, 1);
        }
        assert_eq!(asked, 3);
    }
}
