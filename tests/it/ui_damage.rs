//! The window's CPU renderer draws only what is different: what is then on the screen must be what a frame drawn anew shows,
//! whatever a person does.

use eframe::egui::{Context, FullOutput, Key, Modifiers, TexturesDelta, Theme, ThemePreference};
use egui_kittest::{Harness, TestRenderer};
use exchange365::ui::{
    App, Options,
    state::Tab,
    window::{Frame, Painter},
};
use image::RgbaImage;

use crate::support::window::{press_button, run_the_test, wait_for};

/// A screen: keeps its pixels from frame to frame, as a window does, beside a painter that always begins anew.
#[derive(Default)]
struct Screen {
    painter: Painter,
    anew: Painter,
    pixels: Vec<u32>,
}

impl TestRenderer for Screen {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut same = delta.clone();
        self.anew.set_textures(&mut same);
        self.painter.set_textures(delta);
        same.clear();
        delta.clear();
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let pixels_per_point = output.pixels_per_point;
        let size = ctx.content_rect().size() * pixels_per_point;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a picture")]
        let (width, height) = (size.x.round() as u32, size.y.round() as u32);
        let primitives = ctx.tessellate(output.shapes.clone(), pixels_per_point);
        let background = ctx.global_style().visuals.panel_fill;
        let frame = || Frame { primitives: primitives.clone(), pixels_per_point, background, width, height };
        let age = u8::from(self.pixels.len() == width as usize * height as usize);
        self.pixels.resize(width as usize * height as usize, 0);
        self.painter.paint(&mut self.pixels, age, frame());
        let mut whole = vec![0; self.pixels.len()];
        self.anew.forget_shown();
        self.anew.paint(&mut whole, 0, frame());
        let different = self.pixels.iter().zip(&whole).position(|(shown, wanted)| shown != wanted);
        if let Some(at) = different {
            return Err(format!("pixel {} in row {}", at % width as usize, at / width as usize));
        }
        Ok(RgbaImage::new(width, height))
    }
}

/// Draws what is on the screen now, and says where it is wrong.
fn look(harness: &mut Harness<'static, App>, what: &str) {
    let seen = harness.render();
    assert!(seen.is_ok(), "{what}: {seen:?}");
}

fn check(theme: Theme, preference: ThemePreference, scale: f32) {
    let options = Options {
        tab: Tab::SendMail,
        theme: Some(preference),
        demo: Some("restricted-aap".to_owned()),
        ..Options::default()
    };
    let mut harness = Harness::builder()
        .with_size([1100.0, 760.0])
        .with_pixels_per_point(scale)
        .with_theme(theme)
        .with_max_steps(20)
        .renderer(Screen::default())
        .build_eframe(|cc| App::new(&cc.egui_ctx, options).unwrap());
    harness.run_ok();
    wait_for(&mut harness, "Leave the demo");
    look(&mut harness, "the demo");
    run_the_test(&mut harness);
    look(&mut harness, "the verdict");
    for round in 0..3 {
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4] {
            harness.key_press_modifiers(Modifiers::COMMAND, key);
            harness.run_ok();
            look(&mut harness, &format!("tab {key:?}, round {round}"));
        }
        press_button(&mut harness, "Show log");
        look(&mut harness, "the log");
        press_button(&mut harness, "Hide log");
        harness.key_press(Key::F1);
        harness.run_ok();
        look(&mut harness, "the help");
        harness.key_press(Key::Escape);
        harness.run_ok();
        look(&mut harness, "without the help");
    }
}

#[test]
fn what_is_drawn_in_parts_is_the_whole() {
    check(Theme::Light, ThemePreference::Light, 1.0);
}

#[test]
fn what_is_drawn_in_parts_is_the_whole_at_other_scales() {
    check(Theme::Dark, ThemePreference::Dark, 1.25);
}
