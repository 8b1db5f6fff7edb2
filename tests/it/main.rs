//! Integration tests, one binary: they drive the public interface and speak to loopback only.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::match_same_arms,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod cli;
mod corpus;
mod demo;
mod explain;
mod fuzz;
mod layering;
mod m365_faults;
mod model;
mod proxy_faults;
mod regressions;
mod scenarios;
mod support;
mod verdict;
