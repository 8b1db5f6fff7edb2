//! From what was typed to what the engine takes. The only reader of the environment and of the secret's source.

use std::{
    env,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    base::{Field, InputError, InputFault, Secret},
    engine::{DemoTenant, Places, Senders, Setup},
};

use super::args::{CredentialArgs, MailArgs, SenderArgs};

/// No client secret is longer.
const SECRET_LIMIT: u64 = 64 * 1024;
/// Any client secret, in one piece.
const SECRET_ROOM: usize = 4 * 1024;

/// The set-up that was typed, with the secret from its file or variable.
pub(super) fn setup(args: &CredentialArgs) -> Result<Setup, InputError> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(Setup {
        tenant_id: text(&args.tenant_id),
        client_id: text(&args.client_id),
        client_secret: secret(args.secret_file.as_deref())?,
        cloud: text(&args.cloud),
        login_url: text(&args.login_url),
        graph_url: text(&args.graph_url),
        exchange_url: text(&args.exchange_url),
        proxy: text(&args.proxy),
        timeout_secs: args.timeout,
    })
}

/// The ids that were typed, without looking for a secret.
pub(super) fn ids(args: &CredentialArgs) -> Setup {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Setup {
        tenant_id: text(&args.tenant_id),
        client_id: text(&args.client_id),
        cloud: text(&args.cloud),
        ..Setup::empty()
    }
}

/// Where records are kept: the folder that was typed, or the system's place; nowhere for `none`.
pub(super) fn records(typed: Option<&Path>) -> Option<PathBuf> {
    match typed {
        Some(typed) if typed == Path::new("none") => None,
        Some(typed) => Some(Places::below(typed).records),
        None => Places::of_system().map(|places| places.records),
    }
}

/// The set-up for a demo tenant: addresses and credentials, as for any other.
pub(super) fn demo_setup(args: &CredentialArgs, demo: &DemoTenant) -> Setup {
    Setup { timeout_secs: args.timeout, ..demo.setup() }
}

/// Senders and mail of `verify`; a demo tenant fills in what was not typed.
pub(super) fn senders(args: &SenderArgs, mail: &MailArgs, demo: Option<&DemoTenant>) -> Senders {
    let or_demo = |typed: &[String], demo: Option<&Vec<String>>| {
        let list = if typed.is_empty() { demo.map_or(typed, Vec::as_slice) } else { typed };
        list.join("\n")
    };
    Senders {
        permitted: or_demo(&args.permitted, demo.map(|demo| &demo.permitted)),
        forbidden: or_demo(&args.forbidden, demo.map(|demo| &demo.forbidden)),
        ..one_mail(mail, demo)
    }
}

/// Sender and mail of `send`.
pub(super) fn one_sender(from: Option<&str>, mail: &MailArgs, demo: Option<&DemoTenant>) -> Senders {
    let from = from.or_else(|| demo.and_then(|demo| demo.permitted.first()).map(String::as_str));
    Senders { permitted: from.unwrap_or_default().to_owned(), ..one_mail(mail, demo) }
}

fn one_mail(mail: &MailArgs, demo: Option<&DemoTenant>) -> Senders {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Senders {
        recipient: mail.to.clone().or_else(|| demo.map(|demo| demo.recipient.clone())).unwrap_or_default(),
        subject: text(&mail.subject),
        text: text(&mail.body),
        ..Senders::default()
    }
}

/// The secret from this file, or from its usual variable.
pub(super) fn secret(file: Option<&Path>) -> Result<Secret, InputError> {
    let Some(path) = file else { return Ok(secret_of_environment()) };
    let read = |source: &mut dyn io::Read| {
        // Room for all of it at once: a text that grows leaves its beginnings behind.
        let mut text = Zeroizing::new(String::with_capacity(SECRET_ROOM));
        source.take(SECRET_LIMIT).read_to_string(&mut text).map(|_| text)
    };
    let text = if path == Path::new("-") {
        standard_input().and_then(|mut input| read(&mut input))
    } else {
        File::open(path).and_then(|mut file| read(&mut file))
    };
    text.map(|text| Secret::new(text.to_string())).map_err(|err| {
        let fault = InputFault::FileUnreadable { path: path.display().to_string(), reason: err.to_string() };
        InputError::new(Field::ClientSecret, fault)
    })
}

/// Standard input past the library's own buffer, which would keep what was read until the program ends.
#[cfg(unix)]
fn standard_input() -> io::Result<impl io::Read> {
    use std::os::fd::AsFd as _;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
fn standard_input() -> io::Result<impl io::Read> {
    Ok(io::stdin().lock())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn secret_of_environment() -> Secret {
    Secret::new(env::var("EXCHANGE365_CLIENT_SECRET").unwrap_or_default())
}

/// How the result is wanted, as far as no option says it.
#[expect(clippy::disallowed_methods, reason = "the one file that reads the environment")]
pub(super) fn format_of_environment() -> Option<String> {
    env::var("EXCHANGE365_FORMAT").ok()
}

/// The secret in this variable, for a list of customers; `None` when there is none.
#[expect(clippy::disallowed_methods, reason = "the one file that reads the environment")]
pub(super) fn secret_of_variable(name: &str) -> Option<Secret> {
    env::var(name).ok().filter(|text| !text.trim().is_empty()).map(Secret::new)
}
