//! Many customers in one summary: JSON lines, and the order in which endings are worse than others.

use serde::Serialize;

use crate::base::Timestamp;

use super::{Ending, VerifyReport, json::time, verify_json};

/// How one customer, or the whole fleet, ended. Later ones are worse; the fleet ends as its worst customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FleetEnding {
    /// Proven as expected.
    Pass,
    /// The profile, or the sign-in, has to be put right first.
    SetUp,
    /// Not proven.
    Unproven,
    /// Cancelled.
    Cancelled,
    /// Proven otherwise.
    Fail,
    /// A bug in this program.
    Bug,
}

impl FleetEnding {
    /// All endings, the worst first.
    pub const ALL: [Self; 6] = [Self::Bug, Self::Fail, Self::Cancelled, Self::Unproven, Self::SetUp, Self::Pass];

    /// The name in the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::SetUp => "set_up",
            Self::Unproven => "unproven",
            Self::Cancelled => "cancelled",
            Self::Fail => "fail",
            Self::Bug => "bug",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::SetUp => "SET-UP",
            Self::Unproven => "UNPROVEN",
            Self::Cancelled => "CANCELLED",
            Self::Fail => "FAIL",
            Self::Bug => "BUG",
        }
    }

    /// The exit code of the command line.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::SetUp => 2,
            Self::Unproven => 3,
            Self::Cancelled => 4,
            Self::Bug => 70,
        }
    }
}

impl From<Ending> for FleetEnding {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Pass => Self::Pass,
            Ending::Fail => Self::Fail,
            Ending::SetUp => Self::SetUp,
            Ending::Unproven => Self::Unproven,
            Ending::Cancelled => Self::Cancelled,
        }
    }
}

/// One customer's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerReport {
    /// Its place in the list.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub ending: FleetEnding,
    /// The run.
    pub report: VerifyReport,
}

/// All customers of one run, in the list's order.
#[derive(Debug, Clone)]
pub struct FleetReport {
    /// Each customer.
    pub customers: Vec<CustomerReport>,
    /// Which part of the list this was, such as `2/4`.
    pub shard: Option<String>,
    /// Begin.
    pub started: Timestamp,
    /// End.
    pub finished: Timestamp,
}

impl FleetReport {
    /// The worst ending; a fleet of nobody proves nothing.
    pub fn worst(&self) -> FleetEnding {
        self.customers.iter().map(|customer| customer.ending).max().unwrap_or(FleetEnding::SetUp)
    }

    /// How many ended like this.
    pub fn count(&self, ending: FleetEnding) -> usize {
        self.customers.iter().filter(|customer| customer.ending == ending).count()
    }

    /// `200 customers: 180 pass, 12 fail, …`
    pub fn summary(&self) -> String {
        let parts: Vec<String> = FleetEnding::ALL
            .into_iter()
            .map(|ending| (self.count(ending), ending))
            .filter(|(number, _)| *number > 0)
            .map(|(number, ending)| format!("{number} {}", ending.label()))
            .collect();
        format!("{} customers: {}", self.customers.len(), parts.join(", "))
    }
}

#[derive(Serialize)]
struct CustomerWire<'a> {
    schema: &'static str,
    name: &'a str,
    ending: &'static str,
    exit_code: u8,
    result: serde_json::Value,
}

#[derive(Serialize)]
struct FleetWire<'a> {
    schema: &'static str,
    ending: &'static str,
    exit_code: u8,
    summary: String,
    shard: Option<&'a str>,
    customers: usize,
    counts: std::collections::BTreeMap<&'static str, usize>,
    not_passed: Vec<NotPassedWire<'a>>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
struct NotPassedWire<'a> {
    name: &'a str,
    ending: &'static str,
    summary: &'a str,
    next_step: &'a str,
}

/// One customer as one line of JSON, `exchange365/fleet-customer/1`; `result` is that of `verify`.
pub fn customer_line(customer: &CustomerReport) -> String {
    line(&CustomerWire {
        schema: "exchange365/fleet-customer/1",
        name: &customer.name,
        ending: customer.ending.as_str(),
        exit_code: customer.ending.exit_code(),
        result: serde_json::from_str(&verify_json(&customer.report)).unwrap_or_default(),
    })
}

/// The fleet as the last line of JSON, `exchange365/fleet/1`.
pub fn fleet_line(report: &FleetReport) -> String {
    let not_passed = report.customers.iter().filter(|customer| customer.ending != FleetEnding::Pass);
    line(&FleetWire {
        schema: "exchange365/fleet/1",
        ending: report.worst().as_str(),
        exit_code: report.worst().exit_code(),
        summary: report.summary(),
        shard: report.shard.as_deref(),
        customers: report.customers.len(),
        counts: FleetEnding::ALL.into_iter().map(|ending| (ending.as_str(), report.count(ending))).collect(),
        not_passed: not_passed
            .map(|customer| NotPassedWire {
                name: &customer.name,
                ending: customer.ending.as_str(),
                summary: &customer.report.summary,
                next_step: &customer.report.next_step,
            })
            .collect(),
        started: time(report.started),
        finished: time(report.finished),
    })
}

fn line(wire: &impl Serialize) -> String {
    // Texts, numbers and lists alone: serialising cannot fail.
    serde_json::to_string(wire).unwrap_or_default()
}
