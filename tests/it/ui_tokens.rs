//! The look: contrast of both themes, and no colour or font size outside the tokens.

use std::{fs, path::Path};

use eframe::egui::{Color32, Theme};
use exchange365::ui::tokens::{Palette, contrast};

/// WCAG 2 AA: text, and what must be seen to use the window.
const TEXT: f32 = 4.5;
const LINE: f32 = 3.0;

#[test]
fn contrast_is_measured_as_wcag_does() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
    assert!((contrast(Color32::from_rgb(0x77, 0x77, 0x77), Color32::WHITE) - 4.48).abs() < 0.01);
}

#[test]
fn every_text_can_be_read_in_both_themes() {
    let mut faults = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of_theme(theme);
        for (limit, pairs) in [(TEXT, palette.text_pairs()), (LINE, palette.line_pairs())] {
            let weak = pairs.into_iter().map(|(name, one, other)| (name, contrast(one, other)));
            let weak = weak.filter(|(_, found)| *found < limit);
            faults.extend(weak.map(|(name, found)| format!("{theme:?}: {name} has {found:.2}, needs {limit}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn colours_and_font_sizes_stand_in_the_tokens_alone() {
    let mut faults = Vec::new();
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")) {
        // What draws the window handles the pixels of every colour and chooses none.
        if path.ends_with("tokens.rs") || path.replace('\\', "/").contains("/ui/window/") {
            continue;
        }
        for word in [
            "Color32::",
            "from_rgb(",
            "from_gray(",
            "from_rgba_pre",
            "Rgba::",
            "hex_color",
            "FontId::",
            "RichText::size",
        ] {
            if text.contains(word) {
                faults.push(format!("{path} names {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}
