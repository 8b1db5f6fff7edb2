//! Exit codes, as documented in `--help`.

use std::process::ExitCode;

/// How the program ends: as its one customer did, or as the worst of many.
pub use crate::engine::FleetEnding as ExitStatus;

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.exit_code())
    }
}
