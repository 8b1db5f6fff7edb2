//! `secret`: client secrets in the operating system's key store, by name, for lists of customers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::engine::KeyStore;

use super::{ExitStatus, config, printer};

#[derive(Debug, Subcommand)]
pub(super) enum SecretCommand {
    /// Keep a secret under a name: from --secret-file, or from the variable `EXCHANGE365_CLIENT_SECRET`
    Keep {
        #[command(flatten)]
        name: NameArgs,
        /// File that holds the client secret, - for standard input
        #[arg(long, value_name = "FILE", env = "EXCHANGE365_SECRET_FILE")]
        secret_file: Option<PathBuf>,
    },
    /// Say whether a secret is kept under a name; it is not shown
    Check(NameArgs),
    /// Forget the secret under a name
    Forget(NameArgs),
}

#[derive(Debug, Args)]
pub(super) struct NameArgs {
    /// The name, as `secret_key` in the list of customers says it
    name: String,
}

/// Does it with this store.
pub(super) fn secret(command: &SecretCommand, store: &KeyStore) -> ExitStatus {
    let done = match command {
        SecretCommand::Keep { name, secret_file } => config::secret(secret_file.as_deref())
            .map_err(|err| err.to_string())
            .and_then(|secret| store.keep(&name.name, &secret))
            .map(|()| "kept"),
        SecretCommand::Check(name) => store.fetch(&name.name).map(|_secret| "there"),
        SecretCommand::Forget(name) => store.forget(&name.name).map(|()| "forgotten"),
    };
    match done {
        Ok(word) => {
            printer::data(word);
            ExitStatus::Pass
        }
        Err(reason) => {
            printer::progress(&format!("error: {reason}"));
            ExitStatus::SetUp
        }
    }
}
