//! What the program kept when it was closed last: read before the window opens, because it says where.

use std::path::PathBuf;

use eframe::egui::{Context, ThemePreference};

use crate::{
    base::Clock,
    engine::{KeptTheme, KeptWindow, Places, Settings, Store},
};

use super::{Records, window::Geometry};

/// The settings, and where they go.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) store: Option<Store>,
    pub(super) settings: Settings,
    /// Something was wrong with the file.
    pub(super) notice: Option<String>,
    /// The folder of records.
    pub(super) records: Option<PathBuf>,
}

impl Kept {
    /// Reads a small file.
    pub(super) fn open(records: &Records) -> Self {
        let places = match records {
            Records::Unsaid | Records::Nowhere => None,
            Records::OfSystem => Places::of_system(),
            Records::Below(folder) => Some(Places::below(folder)),
        };
        let Some(places) = places else { return Self::default() };
        let (store, settings, notice) = Store::open(&places.settings, Clock::system().now());
        Self {
            store: Some(store),
            settings,
            notice: notice.map(|notice| notice.words()),
            records: Some(places.records),
        }
    }
}

/// Where the window was.
pub(super) fn geometry(window: &KeptWindow) -> Option<Geometry> {
    window.size.map(|size| Geometry {
        position: window.position.map(<[i32; 2]>::from),
        size: size.into(),
        maximized: window.maximised,
    })
}

/// The window as it is now.
pub(super) fn window(ctx: &Context, geometry: Option<Geometry>) -> KeptWindow {
    let zoom = ctx.zoom_factor();
    KeptWindow {
        size: geometry.map(|geometry| geometry.size.into()),
        position: geometry.and_then(|geometry| geometry.position).map(<(i32, i32)>::from),
        maximised: geometry.is_some_and(|geometry| geometry.maximized),
        zoom: ((zoom - 1.0).abs() > 0.01).then_some(zoom),
    }
}

/// The theme in the settings' words.
pub(super) fn theme(theme: ThemePreference) -> KeptTheme {
    match theme {
        ThemePreference::System => KeptTheme::System,
        ThemePreference::Light => KeptTheme::Light,
        ThemePreference::Dark => KeptTheme::Dark,
    }
}

/// The theme in the window's words.
pub(super) fn preference(theme: KeptTheme) -> ThemePreference {
    match theme {
        KeptTheme::System => ThemePreference::System,
        KeptTheme::Light => ThemePreference::Light,
        KeptTheme::Dark => ThemePreference::Dark,
    }
}
