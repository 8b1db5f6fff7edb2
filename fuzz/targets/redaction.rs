//! Any text from outside, with secrets known: nothing of them is left, and nothing new comes up.
#![no_main]

use exchange365::base::{Redactor, Secret};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let redactor = Redactor::default()
        .with(&Secret::new("p~Q8Q+canary/42=".to_owned()))
        .with(&Secret::new("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig".to_owned()));
    let shown = redactor.scrub(&String::from_utf8_lossy(input));
    assert!(!shown.contains("p~Q8Q+canary"), "{shown:?}");
    assert!(!shown.contains(|character: char| character.is_control() && !matches!(character, '\n' | '\t')));
    assert!(!redactor.scrub(&shown).contains("p~Q8Q+canary"));
});
