//! What the engine may know of the process's surroundings: where programs are, and what a PowerShell needs to start.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// Variables a PowerShell needs to start, to find its modules and to open a sign-in page. Nothing else is handed on.
const NEEDED: &[&str] = &[
    "ALLUSERSPROFILE",
    "APPDATA",
    "BROWSER",
    "COMMONPROGRAMFILES",
    "COMMONPROGRAMFILES(X86)",
    "COMMONPROGRAMW6432",
    "COMPUTERNAME",
    "COMSPEC",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "HOME",
    "HOMEDRIVE",
    "HOMEPATH",
    "LANG",
    "LC_ALL",
    "LOCALAPPDATA",
    "LOGNAME",
    "NUMBER_OF_PROCESSORS",
    "OS",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "PROGRAMW6432",
    "PSMODULEPATH",
    "PUBLIC",
    "SESSIONNAME",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "TERM",
    "TMP",
    "TMPDIR",
    "USER",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WAYLAND_DISPLAY",
    "WINDIR",
    "XAUTHORITY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CURRENT_DESKTOP",
    "XDG_DATA_DIRS",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
];

/// The surroundings. The empty one knows no programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// That of this process, without anything a PowerShell does not need.
    pub fn of_process() -> Self {
        Self::new(env::vars_os())
    }

    /// These variables, without anything a PowerShell does not need.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let needed =
            |name: &OsStr| name.to_str().is_some_and(|name| NEEDED.contains(&name.to_ascii_uppercase().as_str()));
        Self { variables: variables.into_iter().filter(|(name, _)| needed(name)).collect() }
    }

    /// What a child process is given.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.variables.iter()
    }

    /// A program on the search path.
    pub(super) fn find(&self, program: &str) -> Option<PathBuf> {
        let path = self.variable("PATH")?;
        env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(program))
            .find(|file| is_program(file))
    }

    /// A file below a folder that a variable names.
    pub(super) fn find_below(&self, variable: &str, rest: &str) -> Option<PathBuf> {
        let file = Path::new(self.variable(variable)?).join(rest);
        is_program(&file).then_some(file)
    }

    fn variable(&self, name: &str) -> Option<&OsString> {
        let same = |known: &OsStr| known.to_str().is_some_and(|known| known.eq_ignore_ascii_case(name));
        self.variables.iter().find(|(known, _)| same(known)).map(|(_, value)| value)
    }
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_is_kept() {
        let given = [("Path", "/bin"), ("EXCHANGE365_CLIENT_SECRET", "x"), ("AWS_TOKEN", "y"), ("home", "/h")];
        let kept = Environment::new(given.map(|(name, value)| (name.into(), value.into())));
        let names: Vec<_> = kept.variables().map(|(name, _)| name.clone()).collect();
        assert_eq!(names, ["Path", "home"]);
        assert_eq!(Environment::default().find("pwsh"), None);
    }
}
