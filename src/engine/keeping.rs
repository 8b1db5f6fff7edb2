//! What survives a restart: the settings' file and the key store. Both may be slow, so neither is used on a front
//! end's thread.

use crate::{
    base::{ClientId, Secret, TenantId, error_chain},
    explain,
    explain::Problem,
    settings::{Settings, Vault, VaultKey},
};

use super::{
    Event, JobId,
    actor::{Actor, finish},
};

/// What is asked of the operating system's key store.
#[derive(Debug, Clone)]
pub enum VaultCommand {
    /// Whether there is one.
    Check,
    /// Keep the secret of an app registration.
    Keep(TenantId, ClientId, Secret),
    /// Give it back.
    Fetch(TenantId, ClientId),
    /// Forget it.
    Forget(TenantId, ClientId),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum VaultEvent {
    /// There is a key store.
    Ready,
    /// The secret is kept.
    Kept,
    /// The secret, if one was kept.
    Fetched(Option<Secret>),
    /// It is forgotten.
    Forgotten,
    /// Nothing came of it.
    Failed(Box<Problem>),
}

impl Actor {
    /// Writes the settings; a front end hears of it only when that fails.
    pub(super) fn save_settings(&mut self, job: JobId, settings: Settings) {
        let context = self.context(job);
        let store = self.settings.clone();
        self.tasks.spawn(async move {
            if let Some(store) = store {
                let saved = tokio::task::spawn_blocking(move || store.save(&settings)).await;
                if let Ok(Err(err)) = saved {
                    context.emitter.emit(Event::SettingsNotSaved(error_chain(&err))).await;
                }
            }
            finish(&context).await
        });
    }

    /// A key store may ask the person to unlock it, and take its time.
    pub(super) fn handle_vault(&mut self, job: JobId, command: VaultCommand) {
        let context = self.context(job);
        let vault = self.vault.clone();
        self.tasks.spawn(async move {
            let done = tokio::task::spawn_blocking(move || answer(&vault, command)).await;
            if let Ok(event) = done {
                context.emitter.emit(Event::Vault(job, Box::new(event))).await;
            }
            finish(&context).await
        });
    }
}

fn answer(vault: &Vault, command: VaultCommand) -> VaultEvent {
    let done = match command {
        VaultCommand::Check => vault.check().map(|()| VaultEvent::Ready),
        VaultCommand::Keep(tenant, client, secret) => {
            vault.keep(&VaultKey::new(&tenant, client), &secret).map(|()| VaultEvent::Kept)
        }
        VaultCommand::Fetch(tenant, client) => vault.fetch(&VaultKey::new(&tenant, client)).map(VaultEvent::Fetched),
        VaultCommand::Forget(tenant, client) => {
            vault.forget(&VaultKey::new(&tenant, client)).map(|()| VaultEvent::Forgotten)
        }
    };
    done.unwrap_or_else(|err| VaultEvent::Failed(Box::new(explain::key_store(&err.to_string()))))
}
