//! What the window costs: time to the first frame, memory, work when idle, and time of a frame, for each renderer, next
//! to a bare eframe program in the same run. Needs a desktop; `.ci/window` brings one.

use eframe::egui;
use exchange365::ui::window::{self, Options, Renderer, Screen};

struct Demo {
    text: String,
    on: bool,
    value: f32,
    frames: u32,
}

impl Screen for Demo {
    fn logic(&mut self, _: &egui::Context) {}
    fn ui(&mut self, ui: &mut egui::Ui) {
        self.frames += 1;
        egui::Panel::top("bar").show(ui, |ui| {
            ui.heading("Føroyar áðíóúýæø — Demo");
        });
        egui::CentralPanel::default().show(ui, |ui| {
            ui.label("Plain text, wrapped. Lorem ipsum dolor sit amet consectetur.");
            let name = ui.label("Tenant ID");
            ui.text_edit_singleline(&mut self.text).labelled_by(name.id);
            ui.checkbox(&mut self.on, "A box");
            ui.add(egui::Slider::new(&mut self.value, 0.0..=10.0).text("value"));
            if ui.button("Test without Totalview").clicked() {
                self.value += 1.0;
            }
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.strong("A card with a shadow");
                ui.hyperlink("https://example.invalid");
            });
            ui.label(format!("frames {}", self.frames));
            egui::ScrollArea::vertical().show(ui, |ui| {
                for row in 0..200 {
                    ui.monospace(format!("row {row} the quick brown fox"));
                }
            });
        });
    }
}

fn main() {
    let renderer = std::env::args().nth(1).and_then(|name| Renderer::named(&name)).unwrap_or_default();
    let options = Options {
        title: "Demo".to_owned(),
        app_id: "demo".to_owned(),
        icon: &[],
        size: [900.0, 640.0],
        min_size: [400.0, 300.0],
        geometry: None,
        renderer,
        frame_rate: None,
    };
    let ended =
        window::run(&options, Box::new(|_| Box::new(Demo { text: String::new(), on: true, value: 3.0, frames: 0 })));
    if let Err(err) = ended {
        window::explain_failure("Demo", &err);
        std::process::exit(2);
    }
}
