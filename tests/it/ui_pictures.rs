//! Every tab as it looks at the start, in both themes, at both scales that Windows offers most and zoomed in twofold. After a change that is
//! meant, `UPDATE_SNAPSHOTS=1 cargo test pictures` writes the pictures anew; look at them before they are committed.
//! `README_PICTURES=1` writes those of the README, which hold times and ids and are therefore not compared.

use std::path::Path;

use eframe::egui::{Theme, ThemePreference};
use egui_kittest::{Harness, SnapshotResults};
use exchange365::ui::{App, Options, Records, state::Tab};

use crate::support::{
    Folder,
    render::CpuRenderer,
    window::{press_button, run_the_test, wait_for},
};

/// The smallest window: what fits here fits everywhere.
const SMALL: [f32; 2] = [800.0, 560.0];
/// What is left of the usual window when everything in it is drawn twice as large.
const ZOOMED: [f32; 2] = [550.0, 380.0];
/// Room in points, how many pixels a point has, and how the picture is called.
const VIEWS: [([f32; 2], f32, u32); 3] = [(SMALL, 1.0, 100), (SMALL, 1.5, 150), (ZOOMED, 2.0, 200)];

fn check(theme: Theme) {
    let (name, preference) = match theme {
        Theme::Light => ("light", ThemePreference::Light),
        Theme::Dark => ("dark", ThemePreference::Dark),
    };
    let mut results = SnapshotResults::new();
    for tab in Tab::ALL {
        for (size, scale, percent) in VIEWS {
            let options = Options { tab, theme: Some(preference), ..Options::default() };
            let mut harness = Harness::builder()
                .with_size(size)
                .with_pixels_per_point(scale)
                .with_theme(theme)
                .with_max_steps(20)
                .with_render_cursor(false)
                .renderer(CpuRenderer::default())
                .build_eframe(|cc| App::new(&cc.egui_ctx, options).unwrap());
            harness.run_ok();
            harness.snapshot(format!("{}-{name}-{percent}", tab.name()));
            results.extend_harness(&mut harness);
        }
    }
}

/// The sweep: before it in the smallest window, and its result in one of the usual size.
fn check_sweep(theme: Theme) {
    let (name, preference) = match theme {
        Theme::Light => ("light", ThemePreference::Light),
        Theme::Dark => ("dark", ThemePreference::Dark),
    };
    let mut results = SnapshotResults::new();
    for (demo, size) in [(None, [800.0, 560.0]), (Some("one-too-many".to_owned()), [1100.0, 1340.0])] {
        let is_done = demo.is_some();
        let options = Options { tab: Tab::SendMail, theme: Some(preference), demo, ..Options::default() };
        let mut harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(1.0)
            .with_theme(theme)
            .with_max_steps(20)
            .with_render_cursor(false)
            .renderer(CpuRenderer::default())
            .build_eframe(|cc| App::new(&cc.egui_ctx, options).unwrap());
        harness.run_ok();
        if is_done {
            wait_for(&mut harness, "Leave the demo");
        }
        press_button(&mut harness, "Everybody (sweep)");
        if is_done {
            press_button(&mut harness, "Start the sweep");
            press_button(&mut harness, "Send the test mails");
            wait_for(&mut harness, "Everybody on the list");
        }
        harness.hover_at(eframe::egui::Pos2::ZERO);
        harness.run_ok();
        harness.snapshot(format!("sweep-{}-{name}", if is_done { "done" } else { "start" }));
        results.extend_harness(&mut harness);
    }
}

#[test]
fn pictures_of_the_sweep_in_light() {
    check_sweep(Theme::Light);
}

#[test]
fn pictures_of_the_sweep_in_dark() {
    check_sweep(Theme::Dark);
}

#[test]
fn pictures_of_every_tab_in_light() {
    check(Theme::Light);
}

#[test]
fn pictures_of_every_tab_in_dark() {
    check(Theme::Dark);
}

/// A window of the usual size on a demo scenario.
fn usual(theme: Theme, tab: Tab, scenario: &str, folder: &Path) -> Harness<'static, App> {
    let preference = if theme == Theme::Dark { ThemePreference::Dark } else { ThemePreference::Light };
    let options = Options {
        tab,
        theme: Some(preference),
        demo: Some(scenario.to_owned()),
        records: Records::Below(folder.to_owned()),
        demo_pace: 1800,
        ..Options::default()
    };
    let mut harness = Harness::builder()
        .with_size([1100.0, 760.0])
        .with_theme(theme)
        .with_max_steps(20)
        .with_render_cursor(false)
        .renderer(CpuRenderer::default())
        .build_eframe(|cc| App::new(&cc.egui_ctx, options).unwrap());
    harness.run_ok();
    wait_for(&mut harness, "Leave the demo");
    harness
}

fn draw_for_readme(theme: Theme, name: &str) {
    let folder = Folder::new();
    let save = |harness: &mut Harness<'static, App>, tab: Tab| {
        harness.hover_at(eframe::egui::Pos2::ZERO);
        harness.run_ok();
        harness.render().unwrap().save(format!("resources/screenshots/{}-{name}.png", tab.name())).unwrap();
    };
    let mut harness = usual(theme, Tab::Credentials, "restricted-aap", folder.path());
    press_button(&mut harness, "Test without Totalview");
    wait_for(&mut harness, "Token expires");
    save(&mut harness, Tab::Credentials);
    run_the_test(&mut harness);
    save(&mut harness, Tab::SendMail);
    let mut harness = usual(theme, Tab::PolicySetup, "unfenced-trainee", folder.path());
    press_button(&mut harness, "4. Fence");
    save(&mut harness, Tab::PolicySetup);
    let mut harness = usual(theme, Tab::SendMail, "not-yet-in-force", folder.path());
    press_button(&mut harness, "Watch…");
    press_button(&mut harness, "Start watching");
    wait_for(&mut harness, "Copy result");
    press_button(&mut harness, "Open report");
    wait_for(&mut harness, "SHA-256");
    save(&mut harness, Tab::Report);
}

#[test]
fn pictures_of_the_readme() {
    if std::env::var_os("README_PICTURES").is_some() {
        draw_for_readme(Theme::Light, "light");
        draw_for_readme(Theme::Dark, "dark");
    }
}
