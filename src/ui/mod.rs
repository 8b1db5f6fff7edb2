//! The window.

pub mod window;
