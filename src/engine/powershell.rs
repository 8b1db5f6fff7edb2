//! Runs a script in a PowerShell the person can see, and brings back its exit code and what it printed.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(super) use crate::base::write_whole;

use crate::base::Clock;

use super::Environment;

/// How often it is looked whether the script has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A PowerShell that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    program: PathBuf,
    /// What people call it.
    pub name: &'static str,
}

/// What came of running a script.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) exit_code: Option<i32>,
    /// The result file; `None` when the script wrote none.
    pub(super) result: Option<Vec<u8>>,
    /// What it printed, where that can be caught.
    pub(super) printed: Vec<u8>,
    pub(super) cancelled: bool,
}

impl Shell {
    /// The PowerShell of this computer: Windows' own first, since it is the one the guide uses.
    pub fn find(environment: &Environment) -> Option<Self> {
        let windows = "System32/WindowsPowerShell/v1.0/powershell.exe";
        let candidates = [
            (environment.find_below("SystemRoot", windows), "Windows PowerShell"),
            (environment.find("powershell.exe"), "Windows PowerShell"),
            (environment.find("pwsh.exe"), "PowerShell"),
            (environment.find("pwsh"), "PowerShell"),
        ];
        candidates.into_iter().find_map(|(program, name)| program.map(|program| Self { program, name }))
    }

    /// Runs a script and waits for its end.
    ///
    /// # Errors
    /// The script could not be written, or PowerShell could not be started.
    pub(super) async fn run(
        &self,
        environment: &Environment,
        script: &[u8],
        clock: &Clock,
        cancel: &CancellationToken,
    ) -> io::Result<Ran> {
        let folder = Folder::new()?;
        let script_file = folder.write("script.ps1", script)?;
        let (result_file, output_file) = (folder.path("result.json"), folder.path("output.txt"));
        let mut command = Command::new(&self.program);
        command
            .args(["-NoProfile", "-ExecutionPolicy", "Bypass", "-File"])
            .arg(&script_file)
            .arg("-ResultPath")
            .arg(&result_file)
            .env_clear()
            .envs(environment.variables())
            .current_dir(folder.root());
        make_visible(&mut command, &output_file)?;
        let mut child = command.spawn()?;
        let (exit_code, cancelled) = wait(&mut child, clock, cancel).await?;
        Ok(Ran {
            exit_code,
            result: fs::read(&result_file).ok(),
            printed: fs::read(&output_file).unwrap_or_default(),
            cancelled,
        })
    }
}

async fn wait(child: &mut Child, clock: &Clock, cancel: &CancellationToken) -> io::Result<(Option<i32>, bool)> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status.code(), false));
        }
        tokio::select! {
            () = clock.sleep(LOOK_AGAIN) => {}
            () = cancel.cancelled() => {
                // It may have ended by itself meanwhile, which is as good.
                let _ended = child.kill().is_err();
                let status = child.wait()?;
                return Ok((status.code(), true));
            }
        }
    }
}

/// A console of its own: everything is seen there, questions are answered there.
#[cfg(windows)]
fn make_visible(command: &mut Command, _output: &Path) -> io::Result<()> {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NEW_CONSOLE: u32 = 0x0000_0010;
    command.creation_flags(CREATE_NEW_CONSOLE);
    Ok(())
}

/// There is no console to open that every system has: what is printed is caught, and questions are answered by no.
#[cfg(not(windows))]
fn make_visible(command: &mut Command, output: &Path) -> io::Result<()> {
    use std::process::Stdio;
    let file = File::options().create(true).append(true).open(output)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    Ok(())
}

/// A folder of our own that nobody else may read, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let root = std::env::temp_dir().join(format!("exchange365-{}", Uuid::new_v4().simple()));
        create_private(&root)?;
        Ok(Self(root))
    }

    fn root(&self) -> &Path {
        &self.0
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.path(name);
        File::options().create_new(true).write(true).open(&path)?.write_all(bytes)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed holds no secret.
        let _left = fs::remove_dir_all(&self.0).is_err();
    }
}

#[cfg(unix)]
fn create_private(root: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(root)
}

#[cfg(not(unix))]
fn create_private(root: &Path) -> io::Result<()> {
    fs::create_dir(root)
}
