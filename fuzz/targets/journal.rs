//! Journals of sweeps.
#![no_main]

use exchange365::verify::read_journal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let Ok(journal) = read_journal(&text) else { return };
    assert!(text.is_char_boundary(journal.whole_bytes));
    assert_eq!(journal.targets.len(), journal.head.total);
    for (index, line) in journal.confirmed.iter().chain(&journal.unconfirmed) {
        assert_eq!((*index, &line.mailbox), (line.index, &journal.targets[*index].mailbox));
    }
});
