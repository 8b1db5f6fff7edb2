//! What the app does about customers and what is kept between two starts.

use eframe::egui::Context;

use crate::{
    base::Secret,
    engine::{Profile, Settings, VaultCommand},
};

use super::{
    App,
    command::ProfileCommand,
    kept, profile_text,
    state::{Dialog, KeyStore, forms_of, profile_client, profile_of, profile_tenant},
    window::Geometry,
};

impl App {
    pub(super) fn act_profile(&mut self, ctx: &Context, command: ProfileCommand) {
        match command {
            ProfileCommand::Choose(name) => self.choose_profile(name.as_deref()),
            ProfileCommand::AskSave => self.ask_save_profile(),
            ProfileCommand::Save => self.save_profile(),
            ProfileCommand::Delete => self.delete_profile(),
        }
        self.remember(ctx);
    }

    /// Fills the boxes with what stood in them last.
    pub(super) fn recall(&mut self) {
        let last = self.state.profiles.settings.last.clone();
        let (credentials, send) = forms_of(&last);
        self.state.credentials.refill(credentials);
        self.state.send_mail.refill(send);
        if self.state.profiles.settings.profile(&last.name).is_some() {
            self.state.profiles.chosen = Some(last.name.clone());
            self.fetch_secret();
        }
    }

    /// Keeps what is worth it, if anything is different.
    pub(super) fn remember(&mut self, ctx: &Context) {
        let settings = self.settings_now(ctx);
        if self.store.is_some() && settings != self.state.profiles.settings {
            self.state.profiles.settings = settings.clone();
            self.engine.save_settings(settings);
        }
    }

    /// Where the window is changes all the time: it is noted here and written when it closes.
    pub(super) fn note_window(&mut self, ctx: &Context) {
        if self.store.is_some() {
            let before = kept::geometry(&self.window);
            self.window = kept::window(ctx, Geometry::of(ctx, before));
        }
    }

    /// The window is closed: the last chance.
    pub(super) fn keep_at_last(&mut self) {
        let Some(store) = &self.store else { return };
        let settings =
            Settings { last: self.last_typed(), window: self.window, ..self.state.profiles.settings.clone() };
        if let Err(err) = store.save(&settings) {
            log::warn!(target: "settings", "not saved: {err}");
        }
    }

    fn settings_now(&self, ctx: &Context) -> Settings {
        let theme = ctx.options(|options| options.theme_preference);
        Settings {
            window: self.window,
            theme: kept::theme(theme),
            last: self.last_typed(),
            ..self.state.profiles.settings.clone()
        }
    }

    /// What a person has typed; the demo's values are nobody's.
    fn last_typed(&self) -> Profile {
        let name = self.state.profiles.chosen.as_deref().unwrap_or_default();
        match self.state.demo.typed_before() {
            Some((credentials, send)) => profile_of(name, credentials, send),
            None => profile_of(name, &self.state.credentials.form, &self.state.send_mail.form),
        }
    }

    fn choose_profile(&mut self, name: Option<&str>) {
        let profile = name.and_then(|name| self.state.profiles.settings.profile(name)).cloned();
        let (credentials, send) = forms_of(&profile.clone().unwrap_or_default());
        self.state.credentials.refill(credentials);
        self.state.send_mail.refill(send);
        self.leave_sweep();
        self.state.profiles.chosen = profile.map(|profile| profile.name);
        if let Some(name) = &self.state.profiles.chosen {
            self.state.notice = profile_text::chosen(name);
        }
        self.fetch_secret();
    }

    fn fetch_secret(&mut self) {
        let Some(profile) = self.state.profiles.chosen_profile().filter(|profile| profile.secret_in_vault) else {
            return;
        };
        if let (Some(tenant), Some(client)) = (profile.tenant_id.clone(), profile.client_id) {
            let name = profile.name.clone();
            let job = self.engine.vault(VaultCommand::Fetch(tenant, client));
            self.state.profiles.fetch(job, name);
        }
    }

    fn ask_save_profile(&mut self) {
        let profiles = &mut self.state.profiles;
        profiles.name = profiles.chosen.clone().unwrap_or_default();
        profiles.keep_secret = profiles.chosen_profile().is_some_and(|profile| profile.secret_in_vault);
        if profiles.key_store != KeyStore::Ready {
            profiles.key_store = KeyStore::Asked;
            self.engine.vault(VaultCommand::Check);
        }
        self.open(Dialog::SaveProfile);
    }

    fn save_profile(&mut self) {
        if self.state.profiles.name_fault().is_some() {
            return;
        }
        let form = &self.state.credentials.form;
        let mut profile = profile_of(&self.state.profiles.name, form, &self.state.send_mail.form);
        let secret = form.client_secret.trim();
        if let (Some(tenant), Some(client)) = (profile_tenant(form), profile_client(form)) {
            let had = self.state.profiles.settings.profile(&profile.name).is_some_and(|known| known.secret_in_vault);
            if self.state.profiles.keep_secret && !secret.is_empty() {
                profile.secret_in_vault = true;
                self.engine.vault(VaultCommand::Keep(tenant, client, Secret::new(secret.to_owned())));
            } else if had {
                self.engine.vault(VaultCommand::Forget(tenant, client));
            }
        }
        self.state.notice = profile_text::saved(&profile.name);
        self.state.profiles.chosen = Some(profile.name.clone());
        self.change_settings(|settings| settings.keep(profile));
        self.close_dialog();
    }

    fn delete_profile(&mut self) {
        if let Some(profile) = self.state.profiles.chosen_profile().cloned() {
            let others = self.state.profiles.settings.profiles.iter().filter(|other| other.name != profile.name);
            let mut others = others.filter(|other| other.tenant_id == profile.tenant_id);
            let is_shared = others.any(|other| other.client_id == profile.client_id && other.secret_in_vault);
            if let (true, false, Some(tenant), Some(client)) =
                (profile.secret_in_vault, is_shared, profile.tenant_id.clone(), profile.client_id)
            {
                self.engine.vault(VaultCommand::Forget(tenant, client));
            }
            self.state.profiles.chosen = None;
            self.state.notice = profile_text::forgotten(&profile.name);
            self.change_settings(|settings| settings.forget(&profile.name));
        }
        self.close_dialog();
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state.profiles.settings);
        self.engine.save_settings(self.state.profiles.settings.clone());
    }
}
