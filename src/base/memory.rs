//! What a program asks of its system before it begins: no picture of its memory, which may hold a secret, is left behind
//! when it ends badly; and room for its connections.

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

/// Makes room for many connections while there is no second thread. Says whether it could.
///
/// Linux lets a process of several threads wait for a whole RCU grace period (10 to 20 ms, measured) when its table of files
/// has to grow, as it does with the 64th and the 256th connection; a process of one thread does not wait.
#[cfg(target_os = "linux")]
pub fn room_for_connections() -> bool {
    const FILES: std::os::fd::RawFd = 511;
    rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), FILES).is_ok()
}

/// Makes room for many connections while there is no second thread. Only Linux needs that.
#[cfg(not(target_os = "linux"))]
pub fn room_for_connections() -> bool {
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn there_is_room_for_hundreds_of_connections() {
        assert!(super::room_for_connections());
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let size = status.lines().find_map(|line| line.strip_prefix("FDSize:")).unwrap();
        assert!(size.trim().parse::<usize>().unwrap() >= 512, "{size}");
    }
}
