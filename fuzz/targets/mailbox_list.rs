//! Lists of mailboxes and senders.
#![no_main]

use exchange365::{
    base::{Field, parse_address_list},
    verify::{csv_fields, decode, read_list},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = decode(input);
    let listed = read_list("file", &text);
    for mailbox in &listed.mailboxes {
        let name = mailbox.mailbox.to_string();
        assert!(!name.is_empty() && !name.contains(char::is_whitespace) && !name.contains(char::is_control), "{name:?}");
        assert!(!name.contains(['/', '?', '<', '>', '"', '\\']), "{name:?}");
    }
    for unreadable in &listed.unreadable {
        assert!(unreadable.line >= 1 && !unreadable.text.contains(char::is_control));
    }
    if let Ok(list) = parse_address_list(Field::PermittedSender, &text) {
        for (at, address) in list.iter().enumerate() {
            assert!(!list[..at].contains(address));
        }
    }
    drop(csv_fields(&text, ';'));
});
