//! Integration tests, one binary: they drive the public interface and speak to loopback only.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

mod corpus;
mod demo;
mod layering;
mod record;
mod schedule;
mod support;
mod verdict;
