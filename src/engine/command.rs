//! What front ends ask for.

use std::{net::SocketAddr, path::PathBuf};

use super::{FleetRequest, Senders, Setup, SweepRequest};

/// The number of one job. Events of an older job change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub(super) u64);

/// One request to the engine.
#[derive(Debug)]
pub enum Command {
    /// Sign in and say what the token allows.
    Check(JobId, Box<Setup>),
    /// Send as everybody on the lists and judge.
    Verify(JobId, Box<Setup>, Box<Senders>),
    /// Start the demo tenant, instead of one that is running.
    StartDemo(JobId, String, SocketAddr),
    /// Stop the demo tenant.
    StopDemo,
    /// Move the demo tenant's clock.
    AdvanceDemo(std::time::Duration),
    /// Read a `GraphOptions` block from a text.
    ImportText(JobId, crate::base::Secret),
    /// Read a `GraphOptions` block from a file.
    ImportFile(JobId, PathBuf),
    /// Probe many mailboxes without sending, held against real sends of known senders.
    Sweep(JobId, Box<Setup>, Box<SweepRequest>),
    /// Test many customers.
    Fleet(JobId, Box<FleetRequest>),
    /// Hold a sweep (`true`) or let it go on.
    Pause(JobId, bool),
    /// Cancel a job.
    Cancel(JobId),
}
