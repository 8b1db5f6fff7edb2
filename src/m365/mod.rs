//! The shared client: the only module that speaks to Microsoft.
//!
//! `transport` moves bytes, `throttle` decides on repeating, `auth` signs in, `graph` sends mail, `outcome` says
//! what an answer to `sendMail` means. Errors carry ids and times for a support case and never a secret.

pub mod auth;
mod endpoints;
mod error;
pub mod graph;
mod operations;
mod outcome;
mod throttle;
mod transport;

pub use endpoints::{Cloud, Endpoints, Overrides};
pub use error::{Error, Kind, RequestIds, ServiceError};
pub use operations::Operation;
pub use outcome::{Answer, Classified, Outcome, Refusal, classify};
pub use throttle::{RetryAfter, RetryLimits};
pub use transport::{Body, Call, ProxyChoice, Reply, Request, Trace, Transport, TransportOptions};
