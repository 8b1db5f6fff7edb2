//! The settings' file: versioned JSON, written whole or not at all. What cannot be read is set aside under another
//! name and never overwritten.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::base::{ClientId, Field, MailAddress, TenantId, Timestamp, write_whole};

use super::{CloudName, Profile, Proxy, Settings, Theme, Window, merge::merge};

const NAME: &str = "settings.json";
const LOCK: &str = "settings.lock";
const SCHEMA: &str = "exchange365/settings/1";
const FAMILY: &str = "exchange365/settings/";
/// Larger files are none of ours.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Why settings could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or its folder cannot be written.
    #[error("could not write the settings")]
    Write(#[source] io::Error),
    /// An earlier file could neither be read nor moved; it is left alone.
    #[error("could not write the settings, because an older file is in the way that can neither be read nor renamed")]
    InTheWay,
    /// Another program has written something else there since; it is left alone.
    #[error("could not write the settings, because another version of this program has written its own meanwhile")]
    Foreign,
}

/// What the person should know about the settings that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The file was broken. It is kept under another name; the program starts with its standard settings.
    SetAside {
        /// Where it is now.
        kept_as: PathBuf,
    },
    /// The file is of a newer version of this program. It is kept under another name.
    NewerSetAside {
        /// Where it is now.
        kept_as: PathBuf,
    },
    /// The file can be neither read nor moved; nothing is going to be saved.
    NotReadable {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

impl Notice {
    /// The notice in words.
    pub fn words(&self) -> String {
        match self {
            Self::SetAside { kept_as } => format!(
                "The settings could not be read, so the program starts with its standard ones. The old file is kept as {}",
                kept_as.display()
            ),
            Self::NewerSetAside { kept_as } => format!(
                "The settings are of a newer version of this program, so it starts with its standard ones. They are kept as {}",
                kept_as.display()
            ),
            Self::NotReadable { path, reason } => {
                format!("The settings in {} cannot be read ({reason}); changes will not be saved", path.display())
            }
        }
    }
}

/// The settings' file of one folder.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    /// Something unreadable stands there and could not be moved.
    blocked: bool,
    /// What stood in the file when this program last read or wrote it: what is different from that is what was changed
    /// here. One writer at a time: the window may close while its last wish is being written.
    known: Arc<Mutex<Settings>>,
}

impl Store {
    /// Reads the file in `folder`; a missing one gives standard settings.
    pub fn open(folder: &Path, now: Timestamp) -> (Self, Settings, Option<Notice>) {
        let path = folder.join(NAME);
        let store = |blocked| Self { path: path.clone(), blocked, known: Arc::default() };
        let fault = match read(&path) {
            Ok(None) => return (store(false), Settings::default(), None),
            Ok(Some(bytes)) => match parse(&bytes) {
                Ok(settings) => {
                    let known = Arc::new(Mutex::new(settings.clone()));
                    return (Self { known, ..store(false) }, settings, None);
                }
                Err(fault) => fault,
            },
            Err(err) => {
                let notice = Notice::NotReadable { path: path.clone(), reason: err.to_string() };
                return (store(true), Settings::default(), Some(notice));
            }
        };
        let mark = if fault == Fault::Newer { "newer" } else { "broken" };
        match set_aside(&path, mark, now) {
            Ok(kept_as) => {
                let notice = match fault {
                    Fault::Newer => Notice::NewerSetAside { kept_as },
                    Fault::Broken => Notice::SetAside { kept_as },
                };
                (store(false), Settings::default(), Some(notice))
            }
            Err(err) => {
                let notice = Notice::NotReadable { path: path.clone(), reason: err.to_string() };
                (store(true), Settings::default(), Some(notice))
            }
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what is different in `settings` since they were read or saved here last. What another window has saved
    /// meanwhile stays.
    ///
    /// # Errors
    /// The folder cannot be written to, or an unreadable file is in the way.
    pub fn save(&self, settings: &Settings) -> Result<(), Error> {
        if self.blocked {
            return Err(Error::InTheWay);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        fs::create_dir_all(self.path.parent().unwrap_or(Path::new("."))).map_err(Error::Write)?;
        let _nobody_else = self.hold().map_err(Error::Write)?;
        let now = match read(&self.path).map_err(Error::Write)? {
            Some(bytes) => merge(&known, settings, parse(&bytes).map_err(|_fault| Error::Foreign)?),
            None => settings.clone(),
        };
        let text = serde_json::to_string_pretty(&SettingsWire::of(&now)).map_err(io::Error::from);
        text.and_then(|text| write_whole(&self.path, (text + "\n").as_bytes())).map_err(Error::Write)?;
        *known = settings.clone();
        Ok(())
    }

    /// Keeps other windows from reading and writing the settings until it is dropped. The lock has a file of its own,
    /// which stays: the settings' file is another one each time it is written.
    fn hold(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(self.path.with_file_name(LOCK))?;
        match file.lock() {
            // Where there are no locks, writing at the same time is unlikely enough.
            Err(err) if err.kind() != io::ErrorKind::Unsupported => Err(err),
            Ok(()) | Err(_) => Ok(file),
        }
    }
}

/// The bytes of the file; `None` when there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(err),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Renames the file to a name that does not exist yet.
fn set_aside(path: &Path, mark: &str, now: Timestamp) -> io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for number in 0..100 {
        let suffix = if number == 0 { String::new() } else { format!("-{number}") };
        let kept_as = path.with_file_name(format!("{NAME}.{mark}-{stamp}{suffix}"));
        if !kept_as.try_exists()? {
            fs::rename(path, &kept_as)?;
            return Ok(kept_as);
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Broken,
    Newer,
}

#[derive(Deserialize)]
struct SchemaWire {
    schema: String,
}

fn parse(bytes: &[u8]) -> Result<Settings, Fault> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        return Err(Fault::Broken);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let SchemaWire { schema } = serde_json::from_slice(bytes).ok().ok_or(Fault::Broken)?;
    if schema != SCHEMA {
        let is_newer = schema.strip_prefix(FAMILY).is_some_and(|version| version.parse::<u32>().is_ok());
        return Err(if is_newer { Fault::Newer } else { Fault::Broken });
    }
    let wire: SettingsWire = serde_json::from_slice(bytes).ok().ok_or(Fault::Broken)?;
    Ok(wire.read())
}

#[derive(Serialize, Deserialize)]
struct SettingsWire {
    schema: String,
    #[serde(default)]
    window: WindowWire,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    renderer: String,
    #[serde(default)]
    last: ProfileWire,
    #[serde(default)]
    profiles: Vec<ProfileWire>,
}

fn is_short_word(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct WindowWire {
    width: Option<f32>,
    height: Option<f32>,
    left: Option<i32>,
    top: Option<i32>,
    maximised: bool,
    zoom: Option<f32>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ProfileWire {
    name: String,
    tenant_id: Option<String>,
    client_id: Option<String>,
    cloud: Option<String>,
    proxy: String,
    permitted: Vec<String>,
    forbidden: Vec<String>,
    recipient: Option<String>,
    secret_in_vault: bool,
}

impl SettingsWire {
    fn of(settings: &Settings) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            window: WindowWire {
                width: settings.window.size.map(|size| size.0),
                height: settings.window.size.map(|size| size.1),
                left: settings.window.position.map(|position| position.0),
                top: settings.window.position.map(|position| position.1),
                maximised: settings.window.maximised,
                zoom: settings.window.zoom,
            },
            theme: settings.theme.as_str().to_owned(),
            renderer: settings.renderer.clone(),
            last: ProfileWire::of(&settings.last),
            profiles: settings.profiles.iter().map(ProfileWire::of).collect(),
        }
    }

    /// What cannot be used, because somebody has edited the file, is left out by itself.
    fn read(self) -> Settings {
        let sane = |value: &f32| value.is_finite() && (100.0..=20_000.0).contains(value);
        let size = self.window.width.filter(sane).zip(self.window.height.filter(sane));
        Settings {
            window: Window {
                size,
                position: self.window.left.zip(self.window.top),
                maximised: self.window.maximised,
                zoom: self.window.zoom.filter(|zoom| zoom.is_finite() && (0.5..=4.0).contains(zoom)),
            },
            theme: Theme::ALL.into_iter().find(|theme| theme.as_str() == self.theme).unwrap_or_default(),
            renderer: Some(self.renderer).filter(|name| is_short_word(name)).unwrap_or_default(),
            last: self.last.read(),
            profiles: self.profiles.into_iter().map(ProfileWire::read).collect(),
        }
    }
}

impl ProfileWire {
    fn of(profile: &Profile) -> Self {
        let list = |addresses: &[MailAddress]| addresses.iter().map(ToString::to_string).collect();
        Self {
            name: profile.name.clone(),
            tenant_id: profile.tenant_id.as_ref().map(ToString::to_string),
            client_id: profile.client_id.map(|client| client.to_string()),
            cloud: profile.cloud.as_ref().map(|cloud| cloud.as_str().to_owned()),
            proxy: profile.proxy.as_str().to_owned(),
            permitted: list(&profile.permitted),
            forbidden: list(&profile.forbidden),
            recipient: profile.recipient.as_ref().map(ToString::to_string),
            secret_in_vault: profile.secret_in_vault,
        }
    }

    fn read(self) -> Profile {
        let address = |field, text: &str| MailAddress::parse(field, text).ok().map(|parsed| parsed.value);
        let list = |field, texts: &[String]| texts.iter().filter_map(|text| address(field, text)).collect();
        let tenant = self.tenant_id.and_then(|text| TenantId::parse(&text).ok());
        let client = self.client_id.and_then(|text| ClientId::parse(&text).ok());
        Profile {
            name: self.name,
            tenant_id: tenant.map(|parsed| parsed.value),
            client_id: client.map(|parsed| parsed.value),
            cloud: self.cloud.and_then(|name| CloudName::parse(&name)),
            proxy: Proxy::parse(&self.proxy).unwrap_or_default(),
            permitted: list(Field::PermittedSender, &self.permitted),
            forbidden: list(Field::ForbiddenSender, &self.forbidden),
            recipient: self.recipient.and_then(|text| address(Field::Recipient, &text)),
            secret_in_vault: self.secret_in_vault,
        }
    }
}
