//! Scenario files of the demo tenant.
#![no_main]

use exchange365::demo::Scenario;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| drop(Scenario::from_toml(&String::from_utf8_lossy(input))));
