//! What machine the window is on: remote desktops and machines without a graphics device are drawn otherwise.

use std::path::Path;

use eframe::egui::{Context, style::ScrollAnimation};

/// What decides who draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Whether the program holds a GPU renderer at all.
    pub gpu_built_in: bool,
    /// Whether the machine has a graphics device.
    pub graphics_device: bool,
    /// Whether the picture goes over a network.
    pub remote: bool,
    /// Whether the last start with the GPU never came to an end.
    pub gpu_crashed: bool,
}

impl Host {
    /// This machine.
    pub fn here() -> Self {
        Self {
            gpu_built_in: cfg!(not(windows)),
            graphics_device: has_graphics_device(),
            remote: is_remote(),
            gpu_crashed: false,
        }
    }
}

/// Whether the picture goes over a network: Remote Desktop, xrdp, VNC, X through SSH.
pub(super) fn is_remote() -> bool {
    is_remote_session() || is_remote_by(|name| variable(name).unwrap_or_default())
}

/// Asks Windows, which knows of a session that was taken over from elsewhere after the program's start.
#[cfg(windows)]
fn is_remote_session() -> bool {
    winsafe::GetSystemMetrics(winsafe::co::SM::REMOTESESSION) != 0
}

#[cfg(not(windows))]
fn is_remote_session() -> bool {
    false
}

fn is_remote_by(variable: impl Fn(&str) -> String) -> bool {
    let session = variable("SESSIONNAME").to_ascii_lowercase();
    let display = variable("DISPLAY");
    let display_host = display.split_once(':').map_or("", |(host, _)| host);
    session.starts_with("rdp-")
        || session.starts_with("ica-")
        || !variable("XRDP_SESSION").is_empty()
        || !variable("VNCDESKTOP").is_empty()
        || !(display_host.is_empty() || display_host == "unix" || display_host.starts_with('/'))
}

/// Only Linux says so without being asked through OpenGL; elsewhere one is taken for granted.
fn has_graphics_device() -> bool {
    !cfg!(target_os = "linux")
        || ["/dev/nvidia0", "/dev/dxg", "/dev/mali0", "/dev/kgsl-3d0"].iter().any(|device| Path::new(device).exists())
        || Path::new("/dev/dri").read_dir().is_ok_and(|mut devices| devices.next().is_some())
}

/// What moves only for beauty stands still.
pub(super) fn without_animations(ctx: &Context) {
    ctx.all_styles_mut(|style| {
        style.animation_time = 0.0;
        style.scroll_animation = ScrollAnimation::none();
    });
}

#[expect(clippy::disallowed_methods, reason = "what kind of session this is stands nowhere else")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], remote: bool) {
        let variable = |name: &str| {
            pairs.iter().find(|(known, _)| *known == name).map_or_else(String::new, |(_, value)| (*value).to_owned())
        };
        assert_eq!(is_remote_by(variable), remote, "{pairs:?}");
    }

    #[test]
    fn sessions_over_a_network_are_known() {
        check(&[("SESSIONNAME", "RDP-Tcp#3")], true);
        check(&[("SESSIONNAME", "ICA-TCP#0")], true);
        check(&[("XRDP_SESSION", "1")], true);
        check(&[("DISPLAY", "localhost:10.0")], true);
        check(&[("VNCDESKTOP", "srv:1")], true);
    }

    #[test]
    fn sessions_on_the_machine_are_known() {
        check(&[], false);
        check(&[("SESSIONNAME", "Console")], false);
        check(&[("DISPLAY", ":0")], false);
        check(&[("DISPLAY", "unix:0")], false);
        check(&[("DISPLAY", "/private/tmp/x:0")], false);
    }
}
