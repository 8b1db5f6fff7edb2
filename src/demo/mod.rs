//! The demo tenant: Entra, Graph and Exchange on loopback over one shared state, driven by `resources/demo/*.toml`.
//!
//! It speaks HTTP and shares no code with the client, so it cannot share the client's mistakes. A request goes
//! `listener` → `answer` (disturbances from `faults`) → `entra` or `graph`, which ask `access` over `tenant`.

mod access;
mod answer;
mod change;
mod directory;
mod entra;
mod faults;
mod graph;
mod listener;
mod listing;
mod message;
mod mime;
mod propagation;
mod queries;
mod reply;
mod roles;
mod route;
mod scenario;
mod scenario_file;
mod server;
mod state;
mod status_page;
mod tenant;
mod token;
mod wire;

pub use access::PolicyCheck;
pub use change::{Applied, Change, ChangeError, RoleScope};
pub use listing::{ListedAssignment, ListedPointer, ListedPolicy, ListedRecipient, ListedScope, Listing, ListingOf};
pub use queries::{AuthorizationRow, PolicyTest};
pub use scenario::{Expected, ExpectedLater, ExpectedSender, Scenario, ScenarioError, ScenarioSummary};
pub use server::{DemoAccess, Server};
pub use state::{SeenRequest, SentMail};
pub use tenant::{AccessRight, GroupKind};
