//! One question: may the application send as this person? Answered with what was observed, without a verdict.

use crate::{
    base::MailAddress,
    m365::{
        Outcome, RequestIds,
        auth::AccessToken,
        graph::{MailClient, Sent, TestMail},
    },
};

use super::{Expected, SenderResult, TestId, Verdict, plan::Message};

/// What every question of one run has in common.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The way to Graph.
    pub mail: MailClient,
    /// The token of this run.
    pub token: AccessToken,
    /// Who gets the mails.
    pub recipient: MailAddress,
    /// What they say.
    pub message: Message,
}

/// One answered question; the verdict comes later, from all of them together.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Who was to send.
    pub address: MailAddress,
    /// What was expected.
    pub expected: Expected,
    /// The mail's id.
    pub test_id: TestId,
    /// What came of it.
    pub sent: Sent,
}

impl Probe {
    /// Sends one mail as `address`.
    pub async fn ask(&self, address: &MailAddress, expected: Expected, test_id: TestId) -> Observation {
        let mail = TestMail {
            sender: address.clone(),
            recipient: self.recipient.clone(),
            subject: self.message.subject_of(&test_id),
            text: self.message.text_of(&test_id, address),
            test_id: test_id.to_string(),
        };
        let sent = self.mail.send(&mail, &self.token).await;
        Observation { address: address.clone(), expected, test_id, sent }
    }

    /// The observation when waiting for the answer was given up: the mail may have gone out.
    pub fn given_up(&self, address: &MailAddress, expected: Expected, test_id: TestId) -> Observation {
        let sent = Sent {
            outcome: Outcome::NoAnswer,
            refusal: None,
            http_status: None,
            service: None,
            detail: Some("the test was cancelled while waiting for the answer".to_owned()),
            ids: RequestIds::default(),
            attempts: 1,
            elapsed: std::time::Duration::ZERO,
            finished: self.mail.clock().now(),
            retry_after: None,
            token_serial: self.token.serial,
        };
        Observation { address: address.clone(), expected, test_id, sent }
    }
}

impl Observation {
    /// The line of a report, with its verdict.
    pub fn judged(self, verdict: Verdict) -> SenderResult {
        let Self { address, expected, test_id, sent } = self;
        SenderResult {
            address,
            expected,
            outcome: sent.outcome,
            refusal: sent.refusal,
            verdict,
            http_status: sent.http_status,
            service: sent.service,
            detail: sent.detail,
            ids: sent.ids,
            test_id,
            attempts: sent.attempts,
            elapsed: sent.elapsed,
            finished: sent.finished,
            retry_after: sent.retry_after,
            token_serial: sent.token_serial,
        }
    }
}
