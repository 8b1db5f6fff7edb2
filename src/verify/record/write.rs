//! Appends to a record as it happens: every line is on the disk before the next thing is done.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use crate::base::{Redactor, Timestamp};

use super::{
    Completeness, Entry, GENESIS, Header, MAX_FILE_BYTES, MAX_LINE_BYTES, ReadError, Record,
    encode::{Cleaner, entry_wire, header_wire, time},
    folder::ENDING,
    hash,
    seal::sealed,
    wire::{EntryWire, LineWire},
};

/// Why something could not be written into a record.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder or the file cannot be written.
    #[error("could not write the record")]
    Io(#[from] io::Error),
    /// A line or the whole file would become too large; nothing was written.
    #[error("the record would become too large")]
    TooLarge,
    /// Another running program writes this record.
    #[error("another running program is writing this record")]
    InUse,
    /// The record to go on with cannot be read.
    #[error("could not read the record to go on with")]
    Read(#[from] ReadError),
    /// The record to go on with was changed after it was written.
    #[error("the record was changed in line {0} after it was written")]
    Altered(u64),
}

/// One open record. Dropping it closes the file; what was appended stays.
#[derive(Debug)]
pub struct Writer {
    file: File,
    path: PathBuf,
    redactor: Redactor,
    lines: u64,
    length: u64,
    head: String,
    _lock: Lock,
}

impl Writer {
    /// Begins a record in `folder`, which is made when it is missing. The file must not exist yet.
    ///
    /// # Errors
    /// The folder cannot be written to, or the plan is too large for a line.
    pub fn create(folder: &Path, header: &Header, redactor: Redactor, now: Timestamp) -> Result<Self, WriteError> {
        make_folder(folder)?;
        let path = folder.join(file_name(header, now));
        let lock = Lock::take(&path)?;
        let file = private_file().create_new(true).open(&path)?;
        let wire = header_wire(header, &Cleaner(&redactor));
        let mut writer = Self { file, path, redactor, lines: 0, length: 0, head: GENESIS.to_owned(), _lock: lock };
        writer.write(now, wire)?;
        sync_folder(folder);
        Ok(writer)
    }

    /// Goes on with a record that was not finished. A half-written last line is dropped, which is written down.
    ///
    /// # Errors
    /// The record cannot be read, was altered, or is being written by another running program.
    pub fn resume(path: &Path, redactor: Redactor, now: Timestamp) -> Result<(Self, Record), WriteError> {
        let (lock, record) = hold(path)?;
        let writer = Self::go_on(lock, path, &record, redactor, now)?;
        Ok((writer, record))
    }

    /// Writes below a record that was not finished that it ends here, and why. One that is finished, by somebody else a
    /// moment ago perhaps, is left as it is.
    ///
    /// # Errors
    /// The record cannot be read, was altered, or is being written by another running program.
    pub fn close(path: &Path, redactor: Redactor, now: Timestamp, why: &str) -> Result<(), WriteError> {
        let (lock, record) = hold(path)?;
        if record.completeness() == Completeness::Finished {
            return Ok(());
        }
        let mut writer = Self::go_on(lock, path, &record, redactor, now)?;
        writer.append(now, &Entry::Ended { why: why.to_owned() })
    }

    /// The writer of a record that was read while `lock` was held.
    fn go_on(lock: Lock, path: &Path, record: &Record, redactor: Redactor, now: Timestamp) -> Result<Self, WriteError> {
        let file = private_file().open(path)?;
        let mut writer = Self {
            file,
            path: path.to_owned(),
            redactor,
            lines: record.integrity.lines,
            length: record.integrity.whole_bytes,
            head: record.integrity.head.clone(),
            _lock: lock,
        };
        writer.file.set_len(writer.length)?;
        if record.integrity.unended {
            writer.put(b"\n")?;
        }
        let resumed = Entry::Resumed {
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            torn_bytes: record.integrity.torn_bytes,
        };
        writer.append(now, &resumed)?;
        Ok(writer)
    }

    /// Writes one line and waits until the disk has it.
    ///
    /// # Errors
    /// The disk is full or gone, or the file would become too large. The record stays as it was before.
    pub fn append(&mut self, now: Timestamp, entry: &Entry) -> Result<(), WriteError> {
        let wire = entry_wire(entry, &Cleaner(&self.redactor));
        self.write(now, wire)
    }

    /// Where the record is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of the last line: whoever knows it can tell whether anything was changed or cut off.
    pub fn head(&self) -> &str {
        &self.head
    }

    fn write(&mut self, now: Timestamp, entry: EntryWire) -> Result<(), WriteError> {
        let line = LineWire { n: self.lines, time: time(now), prev: self.head.clone(), entry, sha256: None };
        let mut text = sealed(&serde_json::to_string(&line).map_err(io::Error::from)?);
        if text.len() > MAX_LINE_BYTES {
            return Err(WriteError::TooLarge);
        }
        let head = hash(text.as_bytes());
        text.push('\n');
        self.put(text.as_bytes())?;
        self.head = head;
        self.lines = self.lines.saturating_add(1);
        Ok(())
    }

    /// All of it or nothing.
    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let length = self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if length > MAX_FILE_BYTES {
            return Err(WriteError::TooLarge);
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        if let Err(err) = written {
            // Half a line must not stand before the next whole one.
            let _kept_for_the_reader = self.file.set_len(self.length).is_err();
            return Err(err.into());
        }
        self.length = length;
        Ok(())
    }
}

/// What stands in a whole record as nobody but the holder of the lock can change it.
fn hold(path: &Path) -> Result<(Lock, Record), WriteError> {
    let lock = Lock::take(path)?;
    let record = Record::read(path)?;
    match record.integrity.broken_at {
        Some(line) => Err(WriteError::Altered(line)),
        None => Ok((lock, record)),
    }
}

/// How often a lock is tried for: somebody who only looks holds it for a moment, and its file may just have gone.
const LOCK_TRIES: usize = 100;

/// Held while a record is written, so that a running test is not taken for an interrupted one, and no two write.
///
/// The lock is on an empty file beside the record, since Windows lets nobody read a file that is locked.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// The lock on the record at `path`. What was read of the record before may be old by now.
    pub(super) fn take(path: &Path) -> Result<Self, WriteError> {
        let path = lock_path(path);
        for _try in 0..LOCK_TRIES {
            let file = private_file().create(true).truncate(false).open(&path)?;
            match file.try_lock() {
                // A lock on a file that was removed meanwhile is seen by nobody who comes later.
                Ok(()) if is_at(&file, &path) => return Ok(Self { file, path }),
                Ok(()) | Err(TryLockError::WouldBlock) => std::thread::yield_now(),
                Err(TryLockError::Error(err)) => return Err(err.into()),
            }
        }
        Err(WriteError::InUse)
    }

    /// Whether a running program writes the record at `path`. Those who look do not keep each other out.
    pub(super) fn is_held(path: &Path) -> bool {
        let file = OpenOptions::new().read(true).open(lock_path(path));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Deletes the record at `record`, which this lock is on, and the lock's own file: whoever waits finds no record.
    pub(super) fn remove(self, record: &Path) -> io::Result<()> {
        fs::remove_file(record)?;
        if !cfg!(unix) {
            let _only_litter = fs::remove_file(&self.path).is_err();
        }
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only where the next one can tell: an empty file that stays is better than two who write.
        if cfg!(unix) {
            let _only_litter = fs::remove_file(&self.path).is_err();
        }
        let _lets_go_on_close = self.file.unlock().is_err();
    }
}

/// Whether the open file is still the one of that name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (open, named) = (file.metadata().map(id), fs::symlink_metadata(path).map(id));
    open.ok().zip(named.ok()).is_some_and(|(open, named)| open == named)
}

/// A lock's file is removed with its record alone, and that is looked for after this.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    path.with_file_name(name)
}

fn file_name(header: &Header, now: Timestamp) -> String {
    let kind = if header.watch.is_some() { "watch" } else { "run" };
    let name: String = header.record_id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("{kind}-{}-{name}.{ENDING}", now.strftime("%Y%m%dT%H%M%SZ"))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Opened for writing; on Unix nobody else may read it. On Windows the user's own folder keeps others out.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// The new name has to be on the disk too. Where a folder cannot be synced, the file system does it by itself.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _not_here = File::open(folder).and_then(|folder| folder.sync_all()).is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        m365::Cloud,
        verify::{Message, Plan},
    };

    #[test]
    fn a_file_is_filled_to_its_limit_and_no_further() {
        let folder = std::env::temp_dir().join(format!("exchange365-test-{}", uuid::Uuid::new_v4().simple()));
        let [sender, recipient] = ["a@x.com", "b@x.com"].map(|text| text.parse().unwrap());
        let plan = Plan::new(&[sender], &[], recipient, Message::default()).unwrap();
        let header = Header::new("x".to_owned(), Cloud::Global, plan);
        let mut writer = Writer::create(&folder, &header, Redactor::default(), Timestamp::UNIX_EPOCH).unwrap();
        // As if all but ten bytes were written already.
        writer.length = MAX_FILE_BYTES - 10;
        assert!(matches!(writer.put(&[b'x'; 11]), Err(WriteError::TooLarge)));
        assert!(writer.file.metadata().unwrap().len() < MAX_FILE_BYTES - 10, "nothing was written");
        writer.put(&[b'x'; 10]).unwrap();
        assert_eq!(writer.file.metadata().unwrap().len(), MAX_FILE_BYTES);
        drop(writer);
        fs::remove_dir_all(folder).unwrap();
    }
}
