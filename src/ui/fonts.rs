//! Inter for words, egui's fonts behind it for what Inter's subset lacks, the system's fonts behind those.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily};

use super::tokens;

const REGULAR: &[u8] = include_bytes!("../../resources/fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("../../resources/fonts/Inter-SemiBold.otf");

/// Puts the fonts into place.
pub(super) fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("Inter", REGULAR), ("Inter-SemiBold", STRONG)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let behind = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with_first = |first: &str| [vec![first.to_owned()], behind.clone()].concat();
    fonts.families.insert(FontFamily::Proportional, with_first("Inter"));
    fonts.families.insert(tokens::strong_family(), with_first("Inter-SemiBold"));
    fonts
}
