//! The record of a run or a watch: one versioned file of JSON lines, written as it happens, chained by SHA-256.
//!
//! `entry` says what can happen, `wire` is the format (`encode` and `decode` go to and from it), `write` appends and makes sure it is on the disk, `read` takes
//! a file apart and trusts nothing, `replay` turns it into the run's own events and result again, `folder` lists.
//! `seal` is the hash that a line carries over itself, `agree` says whether the end of a run fits the rest of it.

mod agree;
mod decode;
mod encode;
mod entry;
mod folder;
mod read;
mod replay;
mod seal;
mod wire;
mod write;

pub use entry::{Concluded, Entry, Header, Obstacle, Stamped};
pub use folder::{Listed, Pending, Summary, list, listed, pending, remove};
pub use read::{Completeness, InFlight, Integrity, ReadError, Record};
pub use replay::{ReplayError, Replayed, Round};
pub use write::{WriteError, Writer};

/// The format and its version. The name in front of the last slash never changes.
pub const SCHEMA: &str = "exchange365/record/1";
/// The largest file that is read or written.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;
/// The longest line, without its end.
pub const MAX_LINE_BYTES: usize = 1024 * 1024;
/// What a record says of a test or a watch that was interrupted and closed later.
pub const ABANDONED: &str = "The program ended before this test did, and nobody went on with it";
/// What stands in the first line instead of a hash.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a text cannot fail.
        let _infallible = write!(text, "{byte:02x}").is_err();
    }
    text
}
