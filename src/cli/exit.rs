//! Exit codes, as documented in `--help`.

use std::process::ExitCode;

use crate::engine::Ending;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: proven as expected.
    Pass,
    /// 1: proven otherwise.
    Fail,
    /// 2: wrong use or set-up.
    SetUp,
    /// 3: not proven.
    Unproven,
    /// 4: cancelled.
    Cancelled,
    /// 70: a bug in this program.
    Bug,
}

impl ExitStatus {
    /// The code.
    pub fn code(self) -> u8 {
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

impl From<Ending> for ExitStatus {
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

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
