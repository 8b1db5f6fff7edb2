//! A sweep's journal on disk: written by a thread of its own, made durable in batches, held by one sweep at a time.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::Path,
    thread,
};

use tokio::sync::{mpsc, oneshot};

/// Lines waiting to be written.
const WAITING: usize = 1024;

/// The writing end of a journal.
#[derive(Debug)]
pub(super) struct JournalFile {
    lines: mpsc::Sender<String>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl JournalFile {
    /// A new journal; a file that is there already is left alone.
    pub(super) fn create(path: &Path, first: &[String]) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file = options.open(path)?;
        hold(&file)?;
        for line in first {
            writeln!(file, "{line}")?;
        }
        file.sync_all()?;
        Self::start(file)
    }

    /// Goes on with a journal behind its whole lines; what was cut off when the program ended is dropped.
    pub(super) fn go_on(path: &Path, whole_bytes: usize) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        hold(&file)?;
        file.set_len(u64::try_from(whole_bytes).unwrap_or(u64::MAX))?;
        file.seek(SeekFrom::End(0))?;
        Self::start(file)
    }

    fn start(file: File) -> io::Result<Self> {
        let (lines, received) = mpsc::channel(WAITING);
        let (told, ended) = oneshot::channel();
        thread::Builder::new().name("journal".to_owned()).spawn(move || {
            // Whoever does not wait for the end does not want to know.
            let _gone = told.send(write(file, received)).is_err();
        })?;
        Ok(Self { lines, ended })
    }

    /// Hands one line over; `false` when the file can no longer be written.
    pub(super) async fn line(&self, line: String) -> bool {
        self.lines.send(line).await.is_ok()
    }

    /// Waits until everything is on the disk.
    pub(super) async fn finish(self) -> io::Result<()> {
        drop(self.lines);
        self.ended.await.unwrap_or_else(|_gone| Err(io::Error::other("the journal's thread has ended")))
    }
}

/// Every batch is what came in while the one before was made durable.
fn write(mut file: File, mut lines: mpsc::Receiver<String>) -> io::Result<()> {
    let mut batch = String::new();
    while let Some(line) = lines.blocking_recv() {
        batch.clear();
        batch.extend([line.as_str(), "\n"]);
        while let Ok(line) = lines.try_recv() {
            batch.extend([line.as_str(), "\n"]);
        }
        file.write_all(batch.as_bytes())?;
        file.sync_data()?;
    }
    file.sync_all()
}

fn hold(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|err| match err {
        std::fs::TryLockError::WouldBlock => io::Error::other("another sweep is using it"),
        std::fs::TryLockError::Error(err) => err,
    })
}

/// The list of mailboxes is nobody else's business.
#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}
