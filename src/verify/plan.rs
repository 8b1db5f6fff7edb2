//! Who is asked and what the mails say (pure). Contradictions are refused before anything is sent.

use std::{collections::BTreeSet, fmt};

use uuid::Uuid;

use crate::base::{Field, InputError, InputFault, MailAddress};

use super::Expected;

/// The id of one test mail: in its subject, in a header, in the log and in the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestId(String);

impl TestId {
    /// A new id, short enough to be compared by eye.
    pub fn new() -> Self {
        let random = Uuid::new_v4().simple().to_string();
        Self(format!("e365-{}", random.get(..10).unwrap_or_default()))
    }

    /// An id as a record has it; `None` for anything else.
    pub(super) fn from_record(text: &str) -> Option<Self> {
        let fits = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (fits && text.starts_with("e365-")).then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TestId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for TestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Subject and text of the test mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Without the test id, which is added.
    pub subject: String,
    /// Plain text, to which a line with the test id is added.
    pub text: String,
}

impl Message {
    /// The subject when nobody has typed one.
    pub const SUBJECT: &'static str = "Test mail, please ignore";
    /// The text when nobody has typed one.
    pub const TEXT: &'static str = "This is a test mail. Somebody is checking which mailboxes an application is allowed to \
send mail from.\nNothing has happened to your mailbox, and there is nothing you have to do. You can delete this mail.";

    /// What was typed; the standard words where nothing was.
    pub fn new(subject: &str, text: &str) -> Self {
        let or = |typed: &str, standard: &str| {
            let typed: String =
                typed.trim().chars().filter(|character| *character == '\n' || !character.is_control()).collect();
            if typed.is_empty() { standard.to_owned() } else { typed }
        };
        Self { subject: or(subject, Self::SUBJECT).replace('\n', " "), text: or(text, Self::TEXT) }
    }

    /// The subject of one mail.
    pub fn subject_of(&self, test_id: &TestId) -> String {
        format!("{} [{test_id}]", self.subject)
    }

    /// The text of one mail.
    pub fn text_of(&self, test_id: &TestId, sender: &MailAddress) -> String {
        format!("{}\n\nSent as: {sender}\nTest id: {test_id}\nSent by exchange365-tester\n", self.text)
    }
}

impl Default for Message {
    fn default() -> Self {
        Self::new("", "")
    }
}

/// Everything one run is going to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Every sender once, permitted ones first.
    pub senders: Vec<(MailAddress, Expected)>,
    /// Who gets the mails.
    pub recipient: MailAddress,
    /// What they say.
    pub message: Message,
}

impl Plan {
    /// Puts a plan together; an address given twice on one list is asked once.
    ///
    /// # Errors
    /// An address on both lists, or no sender at all.
    pub fn new(
        permitted: &[MailAddress],
        forbidden: &[MailAddress],
        recipient: MailAddress,
        message: Message,
    ) -> Result<Self, InputError> {
        let wanted: BTreeSet<&MailAddress> = permitted.iter().collect();
        if let Some(both) = forbidden.iter().find(|address| wanted.contains(address)) {
            return Err(InputError::new(Field::ForbiddenSender, InputFault::OnBothLists(both.to_string())));
        }
        let mut known: BTreeSet<&MailAddress> = BTreeSet::new();
        let all = permitted.iter().map(|address| (address, Expected::Permitted));
        let senders: Vec<(MailAddress, Expected)> = all
            .chain(forbidden.iter().map(|address| (address, Expected::Forbidden)))
            .filter(|(address, _)| known.insert(address))
            .map(|(address, expected)| (address.clone(), expected))
            .collect();
        if senders.is_empty() {
            return Err(InputError::new(Field::PermittedSender, InputFault::Empty));
        }
        Ok(Self { senders, recipient, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> MailAddress {
        text.parse().unwrap()
    }

    #[test]
    fn an_id_of_a_record_looks_like_one() {
        let read = |text: &str| TestId::from_record(text).map(|id| id.to_string());
        let own = TestId::new();
        assert_eq!(TestId::from_record(own.as_str()), Some(own));
        let longest = format!("e365-{}", "x".repeat(59));
        assert_eq!(read(&longest), Some(longest.clone()));
        assert_eq!(read("e365-1-2"), Some("e365-1-2".to_owned()));
        let too_long = format!("{longest}x");
        for wrong in ["", "12345", "e365_1", "e365-<b>", "e365-é", "f365-1", &too_long] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nobody_is_permitted_and_forbidden() {
        let err = Plan::new(&[address("a@x.com")], &[address("A@X.com")], address("r@x.com"), Message::default())
            .unwrap_err();
        assert_eq!(err.fault, InputFault::OnBothLists("A@X.com".to_owned()));
    }

    #[test]
    fn a_sender_is_asked_once() {
        let plan = Plan::new(
            &[address("a@x.com"), address("A@x.com")],
            &[address("b@x.com")],
            address("r@x.com"),
            Message::default(),
        )
        .unwrap();
        assert_eq!(
            plan.senders,
            [(address("a@x.com"), Expected::Permitted), (address("b@x.com"), Expected::Forbidden)]
        );
        assert!(Plan::new(&[], &[], address("r@x.com"), Message::default()).is_err());
    }

    #[test]
    fn every_mail_carries_its_id_and_says_what_it_is() {
        let (first, second) = (TestId::new(), TestId::new());
        assert_ne!(first, second);
        let message = Message::new("Hi\r\nBcc: x@y.z", "");
        assert_eq!(message.subject_of(&first), format!("Hi Bcc: x@y.z [{first}]"));
        assert!(message.text_of(&first, &address("a@x.com")).contains("test mail"));
        assert!(message.text_of(&first, &address("a@x.com")).contains(first.as_str()));
    }
}
