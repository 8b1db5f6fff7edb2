//! Proves that an Entra app registration with `Mail.Send` may send only as the people it should.

pub mod base;
pub mod explain;
pub mod m365;
pub mod verify;
