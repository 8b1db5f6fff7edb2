//! What machine the window is on: remote desktops and machines without a graphics device are drawn otherwise.

use std::path::Path;

use eframe::egui::{Context, style::ScrollAnimation};

/// What decides who draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// How far the GPU is to be trusted.
    pub gpu: Gpu,
    /// Whether the picture goes over a network.
    pub remote: bool,
}

/// How far the GPU is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gpu {
    /// OpenGL is not there at all, and must not be touched: a Windows without `opengl32.dll`.
    Absent,
    /// The machine has none: OpenGL, if there is any, is drawn by the CPU.
    Missing,
    /// The last start with it never came to an end.
    Broken,
    /// It is there, but nobody can tell beforehand whether its driver is sound, and one that is not takes the program down
    /// before the CPU can take over: Windows, on whatever stands in a customer's cellar.
    Spare,
    /// Nothing speaks against it.
    Sound,
}

impl Host {
    /// This machine.
    pub fn here(gpu_crashed: bool) -> Self {
        let gpu = match () {
            () if !has_opengl_library() => Gpu::Absent,
            () if cfg!(windows) => Gpu::Spare,
            () if !has_graphics_device() => Gpu::Missing,
            () if gpu_crashed => Gpu::Broken,
            () => Gpu::Sound,
        };
        Self { gpu, remote: is_remote() }
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

/// Windows loads it when the first function of it is called, and ends the program when it is not there.
#[cfg(windows)]
fn has_opengl_library() -> bool {
    variable("SystemRoot").is_some_and(|root| Path::new(&root).join("System32/opengl32.dll").exists())
}

/// Elsewhere it is looked for by name, and it is no harm when it is missing.
#[cfg(not(windows))]
fn has_opengl_library() -> bool {
    true
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
