//! Draws egui's meshes on the CPU, so that the window needs neither OpenGL nor Vulkan. Colours are mixed as egui's own
//! shader does it: premultiplied, in gamma space. Only what changed since the last frame is drawn again.

mod area;
mod color;
mod fill;
mod mesh;
mod painter;
#[cfg(test)]
mod tests;
mod texture;
mod triangle;

pub use area::Area;
pub use painter::{Frame, Painter};
