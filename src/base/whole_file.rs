//! Writes a file whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// Writes these bytes as the whole of a file; see [`write_whole_with`].
///
/// # Errors
/// The folder cannot be written to.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |out| out.write_all(bytes))
}

/// Writes what `write` gives as the whole of a file. It is written beside its place, under a name that nobody knows
/// before, brought to the disk, and only then renamed: nobody ever sees half of it, and a link that stands there is
/// replaced, not followed. On Unix a new file is for its owner alone; one that its owner has written before keeps its mode.
///
/// A pipe or a device is written to as it is.
///
/// # Errors
/// The folder cannot be written to, or `write` failed; what stood there stands there still.
pub fn write_whole_with(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if is_stream(path) {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        write(&mut out)?;
        return out.flush();
    }
    if path.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it names no file"));
    }
    let beside = Beside(path.with_file_name(format!("exchange365-{}.tmp", Uuid::new_v4().simple())));
    let mut out = BufWriter::new(private().open(&beside.0)?);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    keep_mode(&file, path)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside.0, path)?;
    sync_folder(path);
    Ok(())
}

/// A file that is not in its place yet; gone when it never gets there. After that nothing has this name.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        let _never_made = fs::remove_file(&self.0).is_err();
    }
}

/// A file that is made now, and that nobody else may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Whoever made the earlier file readable for others has meant it; a file that somebody else has put there says nothing.
#[cfg(unix)]
fn keep_mode(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let Ok(earlier) = fs::symlink_metadata(path) else { return Ok(()) };
    if earlier.is_file() && earlier.uid() == file.metadata()?.uid() {
        file.set_permissions(fs::Permissions::from_mode((earlier.mode() & 0o666) | 0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_mode(_file: &File, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// A pipe, a terminal or another device. Of links only those of the system that stand for open files are followed.
#[cfg(unix)]
fn is_stream(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let of_the_system = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];
    let is_special = |metadata: fs::Metadata| metadata.file_type().is_fifo() || metadata.file_type().is_char_device();
    of_the_system.iter().any(|known| path.starts_with(known)) || fs::symlink_metadata(path).is_ok_and(is_special)
}

#[cfg(not(unix))]
fn is_stream(_path: &Path) -> bool {
    false
}

/// The new name has to be on the disk too. Where a folder cannot be synced, the file system does it by itself.
fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let _not_here = File::open(folder).and_then(|folder| folder.sync_all()).is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("exchange365-whole-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        fs::read_dir(folder).unwrap().map(name).collect()
    }

    #[test]
    fn what_fails_leaves_the_earlier_file_and_nothing_else() {
        let folder = folder();
        let path = folder.join("a.txt");
        write_whole(&path, b"before").unwrap();
        let failed = write_whole_with(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(names(&folder), ["a.txt"]);
        assert!(write_whole(&folder.join("gone/a.txt"), b"x").is_err());
        assert!(write_whole(&folder.join(".."), b"x").is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_replaced_and_modes_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = folder();
        let (victim, link, own) = (folder.join("victim"), folder.join("a.html"), folder.join("b.html"));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::write(&victim, "precious").unwrap();
        symlink(&victim, &link).unwrap();
        write_whole(&link, b"report").unwrap();
        assert_eq!((fs::read_to_string(&victim).unwrap().as_str(), mode(&link)), ("precious", 0o600));
        assert_eq!(fs::read_to_string(&link).unwrap(), "report");
        write_whole(&own, b"1").unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o644)).unwrap();
        write_whole(&own, b"2").unwrap();
        assert_eq!((fs::read_to_string(&own).unwrap().as_str(), mode(&own)), ("2", 0o644));
        fs::remove_dir_all(folder).unwrap();
    }
}
