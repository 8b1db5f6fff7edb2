//! Scenarios: a tenant, what goes wrong in it, and the verdict that a correct test must reach.

use crate::base::{Field, InputError, InputFault, MailAddress, Secret};

use super::{faults::Fault, scenario_file::ScenarioFile};

/// The files, in the order in which a trainee should meet them.
const FILES: &[(&str, &str)] = &[
    ("restricted-aap", include_str!("../../resources/demo/restricted-aap.toml")),
    ("restricted-rbac", include_str!("../../resources/demo/restricted-rbac.toml")),
    ("open", include_str!("../../resources/demo/open.toml")),
    ("everything-blocked", include_str!("../../resources/demo/everything-blocked.toml")),
    ("wrong-group", include_str!("../../resources/demo/wrong-group.toml")),
    ("no-consent", include_str!("../../resources/demo/no-consent.toml")),
    ("union-mistake", include_str!("../../resources/demo/union-mistake.toml")),
    ("not-yet-in-force", include_str!("../../resources/demo/not-yet-in-force.toml")),
    ("expired-secret", include_str!("../../resources/demo/expired-secret.toml")),
    ("throttled", include_str!("../../resources/demo/throttled.toml")),
    ("throttled-hard", include_str!("../../resources/demo/throttled-hard.toml")),
    ("unlicensed-forbidden", include_str!("../../resources/demo/unlicensed-forbidden.toml")),
    ("unknown-forbidden", include_str!("../../resources/demo/unknown-forbidden.toml")),
    ("block-page", include_str!("../../resources/demo/block-page.toml")),
    ("unfenced-trainee", include_str!("../../resources/demo/unfenced-trainee.toml")),
    ("whole-company", include_str!("../../resources/demo/whole-company.toml")),
    ("one-too-many", include_str!("../../resources/demo/one-too-many.toml")),
    ("probe-unusable", include_str!("../../resources/demo/probe-unusable.toml")),
];

/// One situation the demo tenant can play.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) file: ScenarioFile,
}

/// What a list of scenarios shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioSummary {
    /// The name to ask for.
    pub name: String,
    /// A short title.
    pub title: String,
    /// One plain sentence for the trainee.
    pub about: String,
}

/// What a correct test of the scenario reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `pass`, `fail` or `unproven`.
    pub verdict: String,
    /// `application_access_policy`, `rbac_for_applications`, `unidentified` or `none`.
    pub mechanism: String,
    /// Exit code of the command line.
    pub exit_code: u8,
    /// The code Entra refuses the sign-in with, if it does.
    pub aadsts: Option<u32>,
    /// One line per sender; empty when the run cannot begin.
    pub senders: Vec<ExpectedSender>,
}

/// What a correct test reports of one sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedSender {
    /// The sender.
    pub address: String,
    /// On which list it stands: `permitted` or `forbidden`.
    pub expected: String,
    /// The outcome, in the words of the report.
    pub outcome: String,
    /// `pass`, `fail` or `unproven`.
    pub verdict: String,
}

/// What is expected once the tenant's clock has moved on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedLater {
    /// How far to move the clock.
    pub after: std::time::Duration,
    /// What the same test then reports.
    pub expected: Expected,
}

/// A scenario file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not the TOML that was expected.
    #[error("the scenario cannot be read")]
    Syntax(#[from] toml::de::Error),
    /// Readable, but contradicting itself.
    #[error("the scenario is inconsistent: {0}")]
    Inconsistent(String),
}

impl Scenario {
    /// The scenario that is played when none is named.
    pub const DEFAULT: &str = "restricted-aap";

    /// Every scenario the program carries, in a sensible order.
    pub fn all() -> Vec<ScenarioSummary> {
        FILES.iter().filter_map(|(name, text)| Self::read(name, text).ok()).map(|scenario| scenario.summary()).collect()
    }

    /// The scenario with this name.
    pub fn named(name: &str) -> Result<Self, InputError> {
        let wanted = name.trim();
        let unknown = || {
            let known = FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            InputError::new(Field::Scenario, InputFault::Unknown { text: wanted.to_owned(), known })
        };
        let (name, text) = FILES.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).ok_or_else(unknown)?;
        Self::read(name, text)
            .map_err(|err| InputError::new(Field::Scenario, InputFault::Unreadable(crate::base::error_chain(&err))))
    }

    /// A scenario of one's own, in the same form as the files in `resources/demo`.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        Self::read("custom", text)
    }

    /// Name, title and sentence.
    pub fn summary(&self) -> ScenarioSummary {
        ScenarioSummary { name: self.name.clone(), title: self.title.clone(), about: self.about.clone() }
    }

    fn read(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let file: ScenarioFile = toml::from_str(text)?;
        let scenario =
            Self { name: name.to_owned(), title: file.title.clone(), about: file.about.trim().to_owned(), file };
        scenario.check().map_err(ScenarioError::Inconsistent)?;
        Ok(scenario)
    }

    pub(super) fn permitted(&self) -> &[String] {
        &self.file.r#try.permitted
    }

    pub(super) fn forbidden(&self) -> &[String] {
        &self.file.r#try.forbidden
    }

    pub(super) fn recipient(&self) -> &str {
        &self.file.r#try.recipient
    }

    pub(super) fn secret(&self) -> Secret {
        Secret::new(self.file.app.secret.clone())
    }

    pub(super) fn faults(&self) -> &[Fault] {
        &self.file.faults
    }

    /// What the usual test run must report.
    pub fn expected(&self) -> Expected {
        self.file.expect.to_expected(self.permitted())
    }

    /// What it must report after waiting, where that differs.
    pub fn expected_later(&self) -> Option<ExpectedLater> {
        self.file.expect_later.as_ref().map(|later| ExpectedLater {
            after: std::time::Duration::from_mins(later.after_minutes),
            expected: later.then.to_expected(self.permitted()),
        })
    }

    fn check(&self) -> Result<(), String> {
        let at = crate::base::Timestamp::UNIX_EPOCH;
        self.file.tenant(at)?;
        let tried = self.permitted().iter().chain(self.forbidden());
        for address in tried.clone().chain([&self.file.r#try.recipient]) {
            MailAddress::parse(Field::Scenario, address).map_err(|err| err.to_string())?;
        }
        if self.permitted().is_empty() || self.forbidden().is_empty() {
            return Err("at least one permitted and one forbidden sender are needed".to_owned());
        }
        let senders = self.expected().senders;
        let complete = tried.clone().all(|address| senders.iter().any(|sender| sender.address == *address));
        if !senders.is_empty() && (!complete || senders.len() != tried.count()) {
            return Err("expect.senders must name every permitted and forbidden sender once, or none".to_owned());
        }
        check_words(&self.expected())?;
        self.expected_later().map_or(Ok(()), |later| check_words(&later.expected))
    }
}

const VERDICTS: &[&str] = &["pass", "fail", "unproven"];
const MECHANISMS: &[&str] = &["application_access_policy", "rbac_for_applications", "unidentified", "none"];
const OUTCOMES: &[&str] = &[
    "accepted",
    "blocked_by_policy",
    "access_denied",
    "mailbox_unknown",
    "mailbox_unavailable",
    "send_as_denied",
    "sender_suspended",
    "quota_exceeded",
    "throttled",
    "token_rejected",
    "bad_request",
    "server_error",
    "network_error",
    "no_answer",
    "interfered",
    "unexpected",
];

fn check_words(expected: &Expected) -> Result<(), String> {
    let known = |list: &[&str], word: &str| {
        if list.contains(&word) { Ok(()) } else { Err(format!("'{word}' is none of {}", list.join(", "))) }
    };
    known(VERDICTS, &expected.verdict)?;
    known(MECHANISMS, &expected.mechanism)?;
    for sender in &expected.senders {
        known(OUTCOMES, &sender.outcome)?;
        known(VERDICTS, &sender.verdict)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_has_its_summary() {
        for (name, text) in FILES {
            if let Err(err) = Scenario::read(name, text) {
                panic!("{name}: {}", crate::base::error_chain(&err));
            }
        }
        assert_eq!(Scenario::all().len(), FILES.len());
        for summary in Scenario::all() {
            assert!(!summary.title.is_empty() && summary.about.ends_with('.'), "{summary:?}");
            assert!(!summary.about.contains('\n'), "{summary:?}");
        }
        assert_eq!(Scenario::all().first().unwrap().name, Scenario::DEFAULT);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let err = Scenario::named("restricted").unwrap_err();
        let InputFault::Unknown { text, known } = err.fault else { panic!("{err:?}") };
        assert_eq!(text, "restricted");
        assert!(known.starts_with("restricted-aap, "), "{known}");
        assert_eq!(Scenario::named(" Open ").unwrap().name, "open");
    }

    #[test]
    fn verdicts_follow_from_the_senders() {
        for (name, text) in FILES {
            let scenario = Scenario::read(name, text).unwrap();
            let later = scenario.expected_later().map(|later| later.expected);
            for expected in [Some(scenario.expected()), later].into_iter().flatten() {
                let verdicts: Vec<&str> = expected.senders.iter().map(|sender| sender.verdict.as_str()).collect();
                let passes = |list: &str| {
                    expected.senders.iter().any(|sender| sender.expected == list && sender.verdict == "pass")
                };
                let verdict = if verdicts.contains(&"fail") {
                    "fail"
                } else if !verdicts.contains(&"unproven") && passes("permitted") && passes("forbidden") {
                    "pass"
                } else {
                    "unproven"
                };
                assert_eq!(expected.verdict, verdict, "{name}");
                let exit_code = match (verdict, expected.aadsts) {
                    ("pass", _) => 0,
                    ("fail", _) => 1,
                    (_, Some(_)) => 2,
                    (_, None) => 3,
                };
                assert_eq!(expected.exit_code, exit_code, "{name}");
            }
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let good = FILES[0].1;
        for (from, to) in [
            ("verdict = \"pass\"", "verdict = \"passed\""),
            ("mechanism = \"application_access_policy\"", "mechanism = \"aap\""),
            ("scope = \"", "scope = \"no-such-"),
            ("title = ", "heading = "),
            ("recipient = \"", "recipient = \"@@"),
        ] {
            assert!(good.contains(from), "{from}");
            assert!(Scenario::from_toml(&good.replacen(from, to, 1)).is_err(), "{from}");
        }
    }
}
