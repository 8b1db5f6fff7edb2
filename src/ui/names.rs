//! Names for what egui draws by itself, so that a screen reader finds nothing without one.

use eframe::egui::{
    Context, FullOutput, Plugin,
    accesskit::{Orientation, Role},
};

use super::text;

/// Names scroll bars.
#[derive(Debug, Default)]
pub(super) struct Names;

impl Plugin for Names {
    fn debug_name(&self) -> &'static str {
        "names"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let nodes = output.platform_output.accesskit_update.iter_mut().flat_map(|update| &mut update.nodes);
        for (_, node) in nodes.filter(|(_, node)| node.role() == Role::ScrollBar && node.label().is_none()) {
            let across = node.orientation() == Some(Orientation::Horizontal);
            node.set_label(if across { text::SCROLL_ACROSS } else { text::SCROLL });
        }
    }
}
