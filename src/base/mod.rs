//! Ground types: parsed ids and addresses, secrets, redaction, time. No I/O of its own.

mod address;
mod chain;
mod clock;
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
mod wake;

pub use address::{MailAddress, address_entries, parse_address_list};
pub use chain::error_chain;
pub use clock::{Clock, ManualClock, Timestamp};
pub use id::{ClientId, ObjectId, TenantId};
pub use input::{Field, InputError, InputFault};
pub use memory::{hidden_from_others, room_for_connections, without_core_dumps};
pub use paste::{Parsed, Trimmed, clean};
pub use redact::Redactor;
pub use secret::{ClientSecret, Secret};
pub use wake::Wake;
