//! The look: spacing, type scale and colours of both themes. No other file names a colour or a font size.

use std::sync::Arc;

use eframe::egui::{self, Color32, FontFamily, FontId, TextStyle, Theme, Vec2};

/// Distances, in points. Every gap in the window is one of these.
pub mod space {
    /// Between a label and its box.
    pub const XS: f32 = 4.0;
    /// Between things that belong together.
    pub const S: f32 = 8.0;
    /// Between fields.
    pub const M: f32 = 12.0;
    /// Inside cards.
    pub const L: f32 = 16.0;
    /// Between cards, and around the page.
    pub const XL: f32 = 20.0;
    /// Above and below the one thing that matters.
    pub const XXL: f32 = 28.0;
}

/// Sizes of things, in points.
pub mod size {
    /// Height of buttons and boxes.
    pub const CONTROL: f32 = 32.0;
    /// Height of the one button that matters.
    pub const ACTION: f32 = 36.0;
    /// State marks in rows.
    pub const MARK: f32 = 18.0;
    /// The state mark beside the verdict.
    pub const MARK_BIG: f32 = 44.0;
    /// The state mark beside the title of a card.
    pub const MARK_HEAD: f32 = 26.0;
    /// The program's sign in the bar.
    pub const LOGO: f32 = 24.0;
    /// Small marks inside chips.
    pub const MARK_SMALL: f32 = 12.0;
    /// The left column, where things are typed.
    pub const FORM: f32 = 390.0;
    /// From this width on the bar shows the program's name.
    pub const BAR_WITH_NAME: f32 = 820.0;
    /// From this width on it has room for the theme.
    pub const BAR_WITH_THEME: f32 = 700.0;
    /// The list of earlier tests.
    pub const HISTORY: f32 = 300.0;
    /// A row of a long table.
    pub const TABLE_ROW: f32 = 28.0;
    /// Rows of such a table, together, at least and at most.
    pub const TABLE: [f32; 2] = [224.0, 616.0];
    /// The list of steps of the policy setup.
    pub const STEPS: f32 = 252.0;
    /// A step in that list.
    pub const STEP: f32 = 46.0;
    /// From this width on, cards stand side by side and mailboxes in a table.
    pub const WIDE: f32 = 620.0;
    /// A column of that table.
    pub const COLUMN: f32 = 68.0;
    /// From this width on the page has two columns.
    pub const TWO_COLUMNS: f32 = 740.0;
    /// The page never gets wider.
    pub const PAGE: f32 = 1240.0;
    /// Numbers of things to do.
    pub const NUMBER: f32 = 18.0;
    /// Names in lists of names and values.
    pub const PAIR_NAME: f32 = 126.0;
    /// Less of the sentence about a demo scenario is not shown.
    pub const BANNER_ABOUT: f32 = 180.0;
    /// The choice of a demo scenario.
    pub const SCENARIO: f32 = 330.0;
    /// Names of steps in the staged result.
    pub const STAGE_NAME: f32 = 122.0;
    /// A row of the staged result.
    pub const ROW: f32 = 34.0;
    /// A row of a permitted sender, with its tick box.
    pub const ROW_PERMITTED: f32 = 104.0;
    /// A row of a forbidden sender.
    pub const ROW_FORBIDDEN: f32 = 80.0;
    /// A chip.
    pub const CHIP: f32 = 24.0;
    /// Height of quiet buttons.
    pub const QUIET: f32 = 24.0;
    /// A line of text among widgets.
    pub const TEXT_LINE: f32 = 18.0;
    /// The card with the verdict, whatever it shows.
    pub const VERDICT_HEIGHT: f32 = 142.0;
    /// The same in a narrow column, where its texts need more lines.
    pub const VERDICT_HEIGHT_NARROW: f32 = 190.0;
    /// Narrower than this, that is.
    pub const VERDICT_NARROW: f32 = 520.0;
    /// The bar with the tabs.
    pub const BAR: f32 = 48.0;
    /// The line at the bottom.
    pub const STATUS: f32 = 34.0;
    /// Tips are not wider.
    pub const TIP: f32 = 360.0;
    /// Width of the help.
    pub const HELP: f32 = 640.0;
    /// What stands around the part of the help that scrolls.
    pub const HELP_AROUND: f32 = 200.0;
    /// Width of dialogs.
    pub const DIALOG: f32 = 480.0;
    /// Height of the log when it is opened.
    pub const LOG: f32 = 190.0;
    /// Corners of cards.
    pub const CARD_CORNER: u8 = 10;
    /// Corners of boxes and buttons.
    pub const CORNER: u8 = 6;
    /// Outlines.
    pub const LINE: f32 = 1.0;
    /// Outline of what has the keyboard.
    pub const FOCUS_LINE: f32 = 2.0;
    /// Smallest window.
    pub const WINDOW_MIN: [f32; 2] = [800.0, 560.0];
    /// Window at the start.
    pub const WINDOW: [f32; 2] = [1100.0, 760.0];
}

/// The type scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Helper texts, ids.
    Small,
    /// Everything that is read.
    Body,
    /// Labels and what stands out in a line.
    Strong,
    /// Title of a card.
    Heading,
    /// Title of the program.
    Title,
    /// The verdict.
    Verdict,
    /// Ids, addresses, raw messages.
    Mono,
}

impl Type {
    pub(super) const ALL: [Self; 7] =
        [Self::Small, Self::Body, Self::Strong, Self::Heading, Self::Title, Self::Verdict, Self::Mono];

    /// The name under which egui knows it.
    pub fn style(self) -> TextStyle {
        match self {
            Self::Small => TextStyle::Small,
            Self::Body => TextStyle::Body,
            Self::Heading => TextStyle::Heading,
            Self::Mono => TextStyle::Monospace,
            Self::Strong => TextStyle::Name(Arc::from("strong")),
            Self::Title => TextStyle::Name(Arc::from("title")),
            Self::Verdict => TextStyle::Name(Arc::from("verdict")),
        }
    }

    /// Font and size.
    pub fn font(self) -> FontId {
        let (points, family) = match self {
            Self::Small => (12.0, FontFamily::Proportional),
            Self::Body => (13.5, FontFamily::Proportional),
            Self::Strong => (13.5, strong_family()),
            Self::Heading => (16.0, strong_family()),
            Self::Title => (15.0, strong_family()),
            Self::Verdict => (27.0, strong_family()),
            Self::Mono => (12.0, FontFamily::Monospace),
        };
        FontId::new(points, family)
    }
}

/// The semi-bold face.
pub fn strong_family() -> FontFamily {
    FontFamily::Name(Arc::from("strong"))
}

/// What a colour says. Always together with a mark and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Proven good.
    Good,
    /// Proven bad, or wrong.
    Bad,
    /// Unproven, or to be looked at.
    Caution,
    /// Neither, not yet, cancelled.
    Neutral,
    /// For information: the demo banner.
    Info,
}

/// Colours of one tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToneColors {
    /// Marks and words, on `fill` and on surfaces.
    pub ink: Color32,
    /// Soft background.
    pub fill: Color32,
    /// Outline of `fill`.
    pub line: Color32,
}

/// Colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub page: Color32,
    /// Cards and bars.
    pub surface: Color32,
    /// Boxes to type into.
    pub field: Color32,
    /// Buttons at rest.
    pub button: Color32,
    /// Buttons under the pointer.
    pub button_hover: Color32,
    /// Outlines of cards, separators.
    pub line: Color32,
    /// Outlines of boxes and buttons.
    pub control_line: Color32,
    /// Text.
    pub ink: Color32,
    /// Less important text.
    pub muted: Color32,
    /// Links, the chosen tab, what has the keyboard.
    pub accent: Color32,
    /// The button that matters.
    pub action: Color32,
    /// The same, under the pointer.
    pub action_hover: Color32,
    /// Text on it.
    pub on_action: Color32,
    /// Selected text.
    pub selection: Color32,
    /// Behind dialogs.
    pub veil: Color32,
    /// Shadow of dialogs.
    pub shadow: Color32,
    good: ToneColors,
    bad: ToneColors,
    caution: ToneColors,
    neutral: ToneColors,
    info: ToneColors,
}

const LIGHT: Palette = Palette {
    page: Color32::from_rgb(0xF3, 0xF5, 0xF8),
    surface: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    field: Color32::from_rgb(0xFB, 0xFC, 0xFD),
    button: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    button_hover: Color32::from_rgb(0xEE, 0xF2, 0xF7),
    line: Color32::from_rgb(0xDD, 0xE3, 0xEA),
    control_line: Color32::from_rgb(0x85, 0x92, 0xA1),
    ink: Color32::from_rgb(0x15, 0x1E, 0x29),
    muted: Color32::from_rgb(0x52, 0x5F, 0x6E),
    accent: Color32::from_rgb(0x15, 0x5E, 0xB8),
    action: Color32::from_rgb(0x15, 0x5E, 0xB8),
    action_hover: Color32::from_rgb(0x0F, 0x4C, 0x98),
    on_action: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    selection: Color32::from_rgb(0xC5, 0xDC, 0xF8),
    veil: Color32::from_black_alpha(0x66),
    shadow: Color32::from_black_alpha(0x28),
    good: ToneColors {
        ink: Color32::from_rgb(0x12, 0x69, 0x38),
        fill: Color32::from_rgb(0xE6, 0xF5, 0xEB),
        line: Color32::from_rgb(0xA9, 0xD9, 0xBB),
    },
    bad: ToneColors {
        ink: Color32::from_rgb(0xB0, 0x1E, 0x1E),
        fill: Color32::from_rgb(0xFD, 0xEC, 0xEB),
        line: Color32::from_rgb(0xF2, 0xB8, 0xB4),
    },
    caution: ToneColors {
        ink: Color32::from_rgb(0x84, 0x50, 0x00),
        fill: Color32::from_rgb(0xFD, 0xF3, 0xDF),
        line: Color32::from_rgb(0xE8, 0xC9, 0x8B),
    },
    neutral: ToneColors {
        ink: Color32::from_rgb(0x52, 0x5F, 0x6E),
        fill: Color32::from_rgb(0xF0, 0xF3, 0xF6),
        line: Color32::from_rgb(0xD3, 0xDA, 0xE2),
    },
    info: ToneColors {
        ink: Color32::from_rgb(0x15, 0x53, 0xA0),
        fill: Color32::from_rgb(0xE8, 0xF1, 0xFC),
        line: Color32::from_rgb(0xB3, 0xCF, 0xF2),
    },
};

const DARK: Palette = Palette {
    page: Color32::from_rgb(0x11, 0x16, 0x1C),
    surface: Color32::from_rgb(0x1A, 0x21, 0x29),
    field: Color32::from_rgb(0x12, 0x18, 0x1F),
    button: Color32::from_rgb(0x24, 0x2D, 0x38),
    button_hover: Color32::from_rgb(0x2F, 0x3A, 0x48),
    line: Color32::from_rgb(0x2C, 0x36, 0x42),
    control_line: Color32::from_rgb(0x66, 0x75, 0x86),
    ink: Color32::from_rgb(0xE7, 0xEC, 0xF2),
    muted: Color32::from_rgb(0x9E, 0xAC, 0xBB),
    accent: Color32::from_rgb(0x8A, 0xBB, 0xFA),
    action: Color32::from_rgb(0x2C, 0x6A, 0xC4),
    action_hover: Color32::from_rgb(0x33, 0x74, 0xD0),
    on_action: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    selection: Color32::from_rgb(0x24, 0x4A, 0x7A),
    veil: Color32::from_black_alpha(0x99),
    shadow: Color32::from_black_alpha(0x80),
    good: ToneColors {
        ink: Color32::from_rgb(0x77, 0xD7, 0x9B),
        fill: Color32::from_rgb(0x14, 0x2C, 0x1E),
        line: Color32::from_rgb(0x2A, 0x55, 0x3A),
    },
    bad: ToneColors {
        ink: Color32::from_rgb(0xFF, 0x9F, 0x97),
        fill: Color32::from_rgb(0x37, 0x1C, 0x1C),
        line: Color32::from_rgb(0x6B, 0x35, 0x33),
    },
    caution: ToneColors {
        ink: Color32::from_rgb(0xF1, 0xC3, 0x6D),
        fill: Color32::from_rgb(0x33, 0x28, 0x12),
        line: Color32::from_rgb(0x63, 0x4E, 0x22),
    },
    neutral: ToneColors {
        ink: Color32::from_rgb(0xA6, 0xB3, 0xC1),
        fill: Color32::from_rgb(0x20, 0x29, 0x33),
        line: Color32::from_rgb(0x36, 0x42, 0x50),
    },
    info: ToneColors {
        ink: Color32::from_rgb(0x9C, 0xC5, 0xFB),
        fill: Color32::from_rgb(0x17, 0x27, 0x3C),
        line: Color32::from_rgb(0x2C, 0x4A, 0x70),
    },
};

impl Palette {
    /// The colours of a theme.
    pub fn of_theme(theme: Theme) -> Self {
        match theme {
            Theme::Light => LIGHT,
            Theme::Dark => DARK,
        }
    }

    /// The colours in use.
    pub fn of(ui: &egui::Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }

    /// The colours of a tone.
    pub fn tone(&self, tone: Tone) -> ToneColors {
        match tone {
            Tone::Good => self.good,
            Tone::Bad => self.bad,
            Tone::Caution => self.caution,
            Tone::Neutral => self.neutral,
            Tone::Info => self.info,
        }
    }

    /// Every text colour with every background it is put on, for the contrast test.
    pub fn text_pairs(&self) -> Vec<(&'static str, Color32, Color32)> {
        let mut pairs = vec![
            ("ink on page", self.ink, self.page),
            ("ink on surface", self.ink, self.surface),
            ("ink on field", self.ink, self.field),
            ("ink on button", self.ink, self.button),
            ("ink on button_hover", self.ink, self.button_hover),
            ("ink on selection", self.ink, self.selection),
            ("muted on page", self.muted, self.page),
            ("muted on surface", self.muted, self.surface),
            ("muted on field", self.muted, self.field),
            ("accent on page", self.accent, self.page),
            ("accent on surface", self.accent, self.surface),
            ("on_action on action", self.on_action, self.action),
            ("on_action on action_hover", self.on_action, self.action_hover),
        ];
        for tone in [Tone::Good, Tone::Bad, Tone::Caution, Tone::Neutral, Tone::Info] {
            let colors = self.tone(tone);
            pairs.push(("tone ink on its fill", colors.ink, colors.fill));
            pairs.push(("tone ink on surface", colors.ink, self.surface));
            pairs.push(("tone ink on page", colors.ink, self.page));
            pairs.push(("ink on tone fill", self.ink, colors.fill));
            pairs.push(("muted on tone fill", self.muted, colors.fill));
            pairs.push(("accent on tone fill", self.accent, colors.fill));
        }
        pairs
    }

    /// Outlines that must be seen to use the window, with what they stand on.
    pub fn line_pairs(&self) -> Vec<(&'static str, Color32, Color32)> {
        vec![
            ("control_line on surface", self.control_line, self.surface),
            ("accent on surface", self.accent, self.surface),
            ("accent on page", self.accent, self.page),
        ]
    }
}

/// Contrast of two opaque colours as WCAG 2 defines it, 1 to 21.
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let luminance = |color: Color32| {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    };
    let (first, second) = (luminance(one), luminance(other));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

/// The face of a letter inside a mark of this size.
pub fn letter_font(side: f32) -> FontId {
    FontId::new(side * 0.72, strong_family())
}

/// The size of a square mark.
pub fn square(side: f32) -> Vec2 {
    Vec2::splat(side)
}
