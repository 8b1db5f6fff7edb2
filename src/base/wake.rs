//! How the engine tells a front end that an event is waiting.

use std::{fmt, sync::Arc};

/// A closure called after every event; the window asks for a repaint in it, the terminal does nothing.
#[derive(Clone)]
pub struct Wake(Arc<dyn Fn() + Send + Sync>);

impl Wake {
    /// Calls `wake` after every event, from the engine's thread.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// For front ends that wait on the events themselves.
    pub fn none() -> Self {
        Self::new(|| ())
    }

    /// Tells the front end.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Wake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wake")
    }
}
