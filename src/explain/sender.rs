//! One sender's line in words: why this verdict, and what to do next. The verdict itself comes from `verify`.

use std::time::Duration;

use crate::{
    m365::{Outcome, Refusal},
    verify::{App, Expected, Mechanism, RunResult, SenderResult, Verdict},
};

use super::{Stage, Who, forbidden::forbidden, permitted::permitted};

/// One sender's line, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderWords {
    /// What was observed, in a few words.
    pub observed: String,
    /// Why the verdict is what it is.
    pub cause: String,
    /// What to do next; every item starts with a verb.
    pub advice: Vec<String>,
    /// Who can do it.
    pub who: Who,
    /// Where on the way it happened.
    pub stage: Stage,
}

/// What the rest of the run tells about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunContext {
    /// What holds the fence.
    pub mechanism: Mechanism,
    /// Whether any permitted sender was accepted.
    pub any_permitted_accepted: bool,
    /// Whether the token has `Mail.Send`; `None` when it cannot be read.
    pub mail_send_in_token: Option<bool>,
}

impl RunContext {
    /// The context of a run in which nobody has answered yet.
    pub fn before(app: &App) -> Self {
        Self {
            mechanism: Mechanism::None,
            any_permitted_accepted: false,
            mail_send_in_token: app.roles().map(|roles| roles.iter().any(|role| role == "Mail.Send")),
        }
    }

    /// One more answer came.
    pub fn heard(&mut self, line: &SenderResult) {
        self.any_permitted_accepted |= line.expected == Expected::Permitted && line.outcome == Outcome::Accepted;
    }

    /// The context of a finished run.
    pub fn of(run: &RunResult) -> Self {
        let mut context = Self { mechanism: run.mechanism, ..Self::before(&run.app) };
        run.senders.iter().for_each(|line| context.heard(line));
        context
    }
}

/// Why a line has its verdict and what to do next.
pub fn sender(line: &SenderResult, run: RunContext) -> SenderWords {
    let words = match line.expected {
        Expected::Permitted => permitted(line, run),
        Expected::Forbidden => forbidden(line, run),
    };
    SenderWords {
        observed: observed(line).to_owned(),
        cause: words.cause,
        advice: words.advice,
        who: words.who,
        stage: words.stage,
    }
}

/// What was observed, whatever was expected.
fn observed(line: &SenderResult) -> &'static str {
    match line.outcome {
        Outcome::Accepted => "Accepted by Exchange; delivery is not proven",
        Outcome::BlockedByPolicy => "Refused by an application access policy",
        Outcome::AccessDenied if line.refusal == Some(Refusal::ODataDisabled) => {
            "Refused because access to the mailbox is switched off; no policy was named"
        }
        Outcome::AccessDenied => "Refused without naming a policy",
        Outcome::MailboxUnknown => "Refused because the address is not known",
        Outcome::MailboxUnavailable => "Refused because there is no usable mailbox",
        Outcome::SendAsDenied => "Refused because the mailbox may not use this sender address",
        Outcome::SenderSuspended => "Refused because the mailbox is blocked from sending",
        Outcome::QuotaExceeded => "Refused because a limit of the mailbox is used up",
        Outcome::Throttled => "Put off: Microsoft asks to wait",
        Outcome::TokenRejected => "Refused because the token was not accepted",
        Outcome::BadRequest => "Refused because of the mail itself",
        Outcome::ServerError => "Fault of the service; the mail may have been sent",
        Outcome::NetworkError => "Not sent: Microsoft was not reached",
        Outcome::NoAnswer => "No answer came; the mail may have been sent",
        Outcome::Interfered => "Something other than Microsoft answered; the mail may have been sent",
        Outcome::Unexpected => "The answer was not understood; the mail may have been sent",
    }
}

/// Cause and advice while they are put together.
pub(super) struct Words {
    pub(super) cause: String,
    pub(super) advice: Vec<String>,
    pub(super) who: Who,
    pub(super) stage: Stage,
}

impl Words {
    pub(super) fn new(stage: Stage, who: Who, cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), advice: Vec::new(), who, stage }
    }

    /// The same words with one more thing to do.
    #[must_use]
    pub(super) fn advise(mut self, item: impl Into<String>) -> Self {
        self.advice.push(item.into());
        self
    }

    /// The same words with one more sentence about the cause.
    #[must_use]
    pub(super) fn adding(mut self, sentence: &str) -> Self {
        self.cause = format!("{} {sentence}", self.cause);
        self
    }
}

/// An obstacle that is the same for permitted and forbidden senders and decides nothing about either.
pub(super) fn obstacle(line: &SenderResult) -> Words {
    match line.outcome {
        Outcome::QuotaExceeded => quota(),
        Outcome::Throttled => throttled(line.retry_after),
        Outcome::TokenRejected => token_rejected(),
        Outcome::BadRequest => bad_request(),
        Outcome::ServerError => server_error(),
        Outcome::NetworkError => network_error(),
        Outcome::NoAnswer => no_answer(line),
        Outcome::Interfered => interfered(),
        // The others are never asked for here; an answer nobody planned for is worded as one.
        Outcome::Unexpected
        | Outcome::Accepted
        | Outcome::BlockedByPolicy
        | Outcome::AccessDenied
        | Outcome::MailboxUnknown
        | Outcome::MailboxUnavailable
        | Outcome::SendAsDenied
        | Outcome::SenderSuspended => unexpected(),
    }
}

const LOOK_FOR_IT: &str =
    "Look for the test id from the subject in the recipient's inbox: only that shows whether it was sent.";
const SERVICE_HEALTH: &str = "Look for a known outage: Microsoft 365 admin center > Health > Service health.";

fn quota() -> Words {
    Words::new(
        Stage::Mailbox,
        Who::CustomerAdmin,
        "The mailbox is full or has used up its sending limit for today.",
    )
    .advise("Look at the mailbox's size: Exchange admin center > Recipients > Mailboxes > the mailbox > Others > Mailbox usage.")
    .advise("Choose another mailbox, or try again tomorrow when the daily limit is the cause.")
}

fn throttled(retry_after: Option<Duration>) -> Words {
    let wait = retry_after.map_or_else(|| "at least five minutes".to_owned(), wait);
    Words::new(Stage::Send, Who::You, "Too many requests went to this mailbox or from this app within a short time.")
        .advise(format!("Wait {wait}, then run the test once."))
        .advise("Stop other programs that send with the same app while you test, the Totalview connector included.")
}

/// A wait in words, rounded up.
fn wait(time: Duration) -> String {
    let seconds = time.as_secs().max(1);
    match seconds {
        1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn token_rejected() -> Words {
    Words::new(
        Stage::Token,
        Who::You,
        "Graph did not accept the token, a fresh one included. The token may be for another cloud, or this computer's clock may be wrong.",
    )
    .advise("Choose the customer's cloud in the box Cloud, and remove overridden service addresses.")
    .advise("Check this computer's date, time and time zone: Windows Settings > Time & language > Date & time.")
    .advise("Press Test without Totalview on the tab Credentials to see what the token says.")
}

fn bad_request() -> Words {
    Words::new(
        Stage::Send,
        Who::You,
        "Graph found fault with the mail before it looked at the sender's rights. Most often the recipient's address cannot be used.",
    )
    .advise("Check the recipient's address on the tab Send E-Mail; best use your own inside the customer's organisation.")
    .advise("Shorten the subject and the text if you have changed them.")
    .advise("Copy the log from this program's window and send it to the program's maker if it stays.")
}

fn server_error() -> Words {
    Words::new(
        Stage::Send,
        Who::You,
        "Microsoft's service had a fault of its own. The mail may have been sent all the same, so it was not sent again.",
    )
    .advise("Wait a few minutes, then run the test again.")
    .advise(LOOK_FOR_IT)
    .advise(SERVICE_HEALTH)
}

fn network_error() -> Words {
    Words::new(
        Stage::Network,
        Who::NetworkAdmin,
        "The request never reached Microsoft: the name was not found, no connection opened, the proxy refused, or the certificate is not trusted.",
    )
    .advise("Press Test without Totalview on the tab Credentials: it names what stands in the way.")
    .advise("Ask the network team to allow outgoing HTTPS (TCP 443) to graph.microsoft.com and login.microsoftonline.com.")
    .advise("Check this computer's clock: Windows Settings > Time & language > Date & time.")
}

fn no_answer(line: &SenderResult) -> Words {
    let cause = if line.http_status.is_some() {
        "The answer began to come and broke off. The mail may have been sent, so it was not sent again."
    } else {
        "The request went out and no answer came back. The mail may have been sent, so it was not sent again."
    };
    Words::new(Stage::Network, Who::You, cause).advise(LOOK_FOR_IT).advise("Run the test again in a minute.").advise(
        "Ask the network team whether a firewall or proxy cuts connections to graph.microsoft.com if it happens again.",
    )
}

fn interfered() -> Words {
    Words::new(
        Stage::Network,
        Who::NetworkAdmin,
        "A proxy, a guest network's log-in page or a filter answered in Microsoft's place, or changed the answer. Whether the mail got through is not known.",
    )
    .advise("Open https://graph.microsoft.com in a browser on this computer and look for a block page or a log-in page.")
    .advise("Ask the network team to let graph.microsoft.com pass without block pages, log-in and inspection.")
    .advise(LOOK_FOR_IT)
}

fn unexpected() -> Words {
    Words::new(
        Stage::Send,
        Who::Vendor,
        "The answer is none of those this program knows. Whether the mail was sent is not known.",
    )
    .advise(LOOK_FOR_IT)
    .advise("Run the test again.")
    .advise("Copy the log from this program's window and send it to the program's maker if it stays.")
}

/// The group that fences the app in, and where its members stand.
pub(super) const MEMBERS: &str =
    "Exchange admin center > Recipients > Groups > Mail-enabled security > the group > Members";

/// A change of the fence needs time, and asking all the time prolongs it.
pub(super) const WAIT_ONCE: &str = "Wait one to two hours after a change of the policy, the group or the consent, without testing in between, then run the test once.";

/// Whether the line's verdict is this one; the words of a verdict nobody can reach are those of unproven.
pub(super) fn is_pass(line: &SenderResult) -> bool {
    line.verdict == Verdict::Pass
}
