//! Ground types: parsed ids and addresses, secrets, redaction, time; files that are written whole or not at all.

mod address;
mod chain;
mod clock;
mod echo;
mod encoded;
mod escapes;
mod glance;
mod id;
mod input;
mod memory;
mod paste;
mod pieces;
mod redact;
mod secret;
mod spelling;
mod tokens;
mod visible;
mod wake;
mod whole_file;

pub use address::{MailAddress, address_entries, parse_address_list};
pub use chain::error_chain;
pub use clock::{Clock, ManualClock, Timestamp};
pub use echo::{echo, echo_address, looks_like_a_secret, unless_secret};
pub use id::{ClientId, ObjectId, TenantId};
pub use input::{Field, InputError, InputFault};
pub use memory::{hidden_from_others, room_for_connections, without_core_dumps};
pub use paste::{Parsed, Trimmed, clean};
pub use redact::Redactor;
pub use secret::{ClientSecret, Secret};
pub use visible::{escaped_json, visible};
pub use wake::Wake;
pub use whole_file::{write_whole, write_whole_with};
