//! What an administrator pastes from a PowerShell window.
#![no_main]

use exchange365::policy::{GuideStep, ReadContext, read_bytes, recognise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    match read_bytes(input, &ReadContext::default()) {
        Ok(back) => assert!(!back.recognised.is_empty()),
        Err(err) => assert!(!err.next().is_empty()),
    }
    let text = String::from_utf8_lossy(input);
    for step in GuideStep::ALL {
        drop(recognise(step, &text));
    }
});
