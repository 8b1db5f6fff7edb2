//! Opens the window, with a GPU or without, and says why when it cannot. Knows nothing of what is drawn in it.
//!
//! The same [`Screen`] is drawn by eframe on a GPU, by the runner on the CPU (`runner`, `raster`, `damage`), and by the
//! tests' snapshot renderer. `choose` decides which is tried first; all of them share one event loop, because there
//! can be only one in a process.

mod choose;
mod damage;
mod error;
mod event;
mod geometry;
mod gpu;
mod host;
mod mark;
mod pace;
mod raster;
mod renderer;
mod report;
mod runner;
mod screen;
mod surface;

pub use choose::run;
pub use damage::Damage;
pub use error::{Attempt, StartError};
pub use geometry::Geometry;
pub use host::{Gpu, Host};
pub use raster::{Area, Frame, Painter};
pub use renderer::{Backend, Renderer};
pub use report::{data_folder, explain_failure, note_bug, say};
pub use screen::{CreateScreen, Options, Screen, drawn_by};
