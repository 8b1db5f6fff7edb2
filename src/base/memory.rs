//! What is left behind when a program ends badly: no picture of its memory, which may hold a secret.

/// Asks the operating system to write no core dump of this process, not even when it is killed. Says whether it will.
///
/// Windows writes none unless an administrator has asked for local dumps, and then no program can refuse.
#[cfg(unix)]
pub fn without_core_dumps() -> bool {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum }).is_ok()
}

/// Asks the operating system to write no core dump of this process, not even when it is killed. Says whether it will.
///
/// Windows writes none unless an administrator has asked for local dumps, and then no program can refuse.
#[cfg(not(unix))]
pub fn without_core_dumps() -> bool {
    true
}

/// Lets no other process of the same person read this one's memory and environment. Says whether that holds.
///
/// Not for the window: the desktop's file dialogs look at the process that asks for them, and then could not.
#[cfg(target_os = "linux")]
pub fn hidden_from_others() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

/// Lets no other process of the same person read this one's memory and environment. Says whether that holds.
#[cfg(not(target_os = "linux"))]
pub fn hidden_from_others() -> bool {
    false
}
