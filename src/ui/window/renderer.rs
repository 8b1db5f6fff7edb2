//! Who draws the window (pure): what was asked for, what the machine is, and what is tried in which order.

use super::{Gpu, Host};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Renderer {
    /// What suits the machine.
    #[default]
    Auto,
    /// OpenGL; the CPU when that does not start.
    Gpu,
    /// The CPU, without touching OpenGL.
    Cpu,
}

impl Renderer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Gpu, Self::Cpu];

    /// The name on the command line and in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }

    /// The renderer with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|renderer| renderer.name().eq_ignore_ascii_case(name.trim()))
    }

    /// What is tried, in this order.
    pub fn order(self, host: Host) -> &'static [Backend] {
        match (self, host.gpu) {
            (_, Gpu::Absent) | (Self::Cpu, _) => &[Backend::Cpu],
            // Without a graphics device OpenGL is drawn by the CPU too, but slower and with four times the memory.
            (Self::Auto, Gpu::Missing | Gpu::Broken | Gpu::Spare) => &[Backend::Cpu, Backend::Gpu],
            (Self::Auto, Gpu::Sound) if host.remote => &[Backend::Cpu, Backend::Gpu],
            (Self::Auto | Self::Gpu, _) => &[Backend::Gpu, Backend::Cpu],
        }
    }
}

/// One way to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// eframe with OpenGL.
    Gpu,
    /// Our own rasteriser.
    Cpu,
}

impl Backend {
    /// As the log names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: Host = Host { gpu: Gpu::Sound, remote: false };

    #[test]
    fn names_lead_back() {
        for renderer in Renderer::ALL {
            assert_eq!(Renderer::named(renderer.name()), Some(renderer));
        }
        assert_eq!(Renderer::named(" GPU "), Some(Renderer::Gpu));
        assert_eq!(Renderer::named("opengl"), None);
    }

    #[test]
    fn a_desktop_is_drawn_by_its_gpu() {
        assert_eq!(Renderer::Auto.order(DESKTOP), [Backend::Gpu, Backend::Cpu]);
    }

    #[test]
    fn the_cpu_comes_first_where_the_gpu_is_far_or_missing_or_broken() {
        for host in [
            Host { remote: true, ..DESKTOP },
            Host { gpu: Gpu::Missing, ..DESKTOP },
            Host { gpu: Gpu::Broken, ..DESKTOP },
            Host { gpu: Gpu::Spare, ..DESKTOP },
        ] {
            assert_eq!(Renderer::Auto.order(host), [Backend::Cpu, Backend::Gpu], "{host:?}");
            assert_eq!(Renderer::Gpu.order(host), [Backend::Gpu, Backend::Cpu], "{host:?}");
        }
    }

    #[test]
    fn every_order_holds_the_cpu() {
        for gpu in [Gpu::Absent, Gpu::Missing, Gpu::Broken, Gpu::Spare, Gpu::Sound] {
            for renderer in Renderer::ALL {
                assert!(renderer.order(Host { gpu, ..DESKTOP }).contains(&Backend::Cpu));
            }
        }
        assert_eq!(Renderer::Cpu.order(DESKTOP), [Backend::Cpu]);
        assert_eq!(Renderer::Gpu.order(Host { gpu: Gpu::Absent, ..DESKTOP }), [Backend::Cpu]);
    }
}
