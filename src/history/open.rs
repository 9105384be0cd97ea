//! The file: made, opened to be written or read, and left as it was found.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{self, Found};
use super::{Store, StoreError};

/// How long we wait for others who write.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a file is opened again while somebody comes and goes.
const RETRIES: u32 = 3;
/// Between two looks at whether they have ended.
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// Opens a history to write to, and makes it if it is not there.
    ///
    /// # Errors
    /// [`StoreError`]; a file that is no history is left as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_waiting(path, PATIENCE)
    }

    /// As [`Store::open`], for others who write no longer than that.
    pub fn open_waiting(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        begin_file(path)?;
        let mut connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
        connection.busy_timeout(patience)?;
        // Before anything is written to it; in one look, for somebody else may be making it just now.
        let look = connection.transaction()?;
        let found = schema::identify(&look)?;
        look.finish()?;
        if connection.is_readonly("main")? {
            return Err(StoreError::Denied);
        }
        write_ahead(&connection, patience)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        if !matches!(found, Found::Current) {
            schema::migrate(&mut connection, schema::MIGRATIONS)?;
        }
        Ok(Self { connection, still: None })
    }

    /// Opens a history to read, as it is at this moment whatever others write, and leaves nothing beside it that would
    /// keep its owner from writing. Who reads asks [`Store::settled`] at the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        may_be_one(path)?;
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::Missing),
            Err(error) => return Err(StoreError::Io(error)),
        }
        // Whoever closes it last takes away the files beside it, maybe between our look at them and our opening.
        for _ in 0..RETRIES {
            match Self::look(path, true) {
                Err(StoreError::Denied) => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
        Self::look(path, true)
    }

    /// A history that we may write is opened to be written, though nothing is: only then SQLite takes away what it makes
    /// beside the file. Any other file must get nothing beside it, for that would be ours and its owner could not use it.
    fn look(path: &Path, write: bool) -> Result<Self, StoreError> {
        let Some(name) = uri(path) else {
            let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
            return Self::snapshot(connection, None);
        };
        let named = |how: &str| {
            let flags = flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI);
            Connection::open_with_flags(format!("{name}?{how}"), flags)
        };
        let stamp = Stamp::of(path).map_err(StoreError::Io)?;
        if write && schema::is_marked(&named("immutable=1")?) {
            let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
            if !connection.is_readonly("main")? {
                connection.pragma_update(None, "query_only", true)?;
                match Self::snapshot(connection, None) {
                    Err(StoreError::Denied) => {}
                    other => return other,
                }
            }
        }
        if stamp.log > 0 {
            // Somebody writes just now: what he made beside it is used, and nothing is made.
            return Self::snapshot(named("readonly_shm=1")?, None);
        }
        Self::snapshot(named("immutable=1")?, Some((path.to_owned(), stamp)))
    }

    fn snapshot(connection: Connection, still: Option<(PathBuf, Stamp)>) -> Result<Self, StoreError> {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.execute_batch("BEGIN")?;
        match schema::identify(&connection)? {
            Found::Current => Ok(Self { connection, still }),
            // Only writing brings a file up. Somebody may be at it just now.
            Found::Empty | Found::Older => Err(StoreError::Empty),
        }
    }

    /// Whether what was read is of one moment. Where SQLite may not keep others from writing, we see afterwards whether
    /// somebody did.
    ///
    /// # Errors
    /// [`StoreError::Locked`]: what was read is worth nothing.
    pub fn settled(&self) -> Result<(), StoreError> {
        match &self.still {
            Some((path, stamp)) if Stamp::of(path).map_err(StoreError::Io)? != *stamp => {
                Err(StoreError::Locked)
            }
            _ => Ok(()),
        }
    }
}

/// Whether it is a file, or nothing yet. Beside anything else the library would leave files of its own.
fn may_be_one(path: &Path) -> Result<(), StoreError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(StoreError::Io(io::ErrorKind::IsADirectory.into())),
        Ok(found) if !found.is_file() => Err(StoreError::NoFile),
        _ => Ok(()),
    }
}

/// A new file is nobody else's to read.
fn begin_file(path: &Path) -> Result<(), StoreError> {
    may_be_one(path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(StoreError::Io)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Io(error)),
    }
}

fn flags(access: OpenFlags) -> OpenFlags {
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Readers and a writer do not wait for each other. Where the file system cannot do so the file stays as it was, which
/// is as safe. The library does not wait here by itself.
fn write_ahead(connection: &Connection, patience: Duration) -> Result<(), StoreError> {
    let mut left = patience;
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && !left.is_zero() => {
                std::thread::sleep(PAUSE);
                left = left.saturating_sub(PAUSE);
            }
            other => return Ok(other.map(drop)?),
        }
    }
}

/// A file, as far as one sees from outside that somebody wrote to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    /// Since 1970.
    written: Option<Duration>,
    /// Bytes of what was written and is not in the file yet.
    log: u64,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let file = std::fs::metadata(path)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log = std::fs::metadata(log).map_or(0, |log| log.len());
        let written = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        Ok(Self { bytes: file.len(), written, log })
    }
}

/// The name of a file by which SQLite takes directions.
fn uri(path: &Path) -> Option<String> {
    let name = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(format!("file:{name}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::history::sample::{Shelf, day};

    fn beside(path: &Path) -> Vec<String> {
        let folder = path.parent().unwrap();
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn who_reads_leaves_nothing_beside_the_file() {
        let shelf = Shelf::new(3);
        for write in [true, false] {
            let store = Store::look(&shelf.path(), write).unwrap();
            assert_eq!((store.head().unwrap().0, store.settled().is_ok()), (3, true));
            drop(store);
            assert_eq!(beside(&shelf.path()), ["h.sqlite"]);
        }
    }

    #[test]
    fn who_may_not_write_sees_afterwards_that_somebody_did() {
        let shelf = Shelf::new(3);
        let store = Store::look(&shelf.path(), false).unwrap();
        shelf.add(&day("d", 4, 4), 4);
        assert!(matches!(store.settled(), Err(StoreError::Locked)));
        drop(store);
        assert_eq!(beside(&shelf.path()), ["h.sqlite"]);
        // One that is open to be written keeps its records beside the file; they are read from there.
        let mut writer = Store::open(&shelf.path()).unwrap();
        let now = "2026-12-05T08:00:00+07:00";
        writer.append("five", now, &day("d", 5, 5)).unwrap();
        let store = Store::look(&shelf.path(), false).unwrap();
        assert_eq!(store.head().unwrap().0, 5);
        assert_eq!(writer.append("six", now, &day("d", 6, 6)).unwrap().records, 6);
        assert!(store.head().unwrap().0 == 5 && store.settled().is_ok());
        // What a writer left that was interrupted belongs to him.
        let folder = shelf.folder().join("copy");
        fs::create_dir(&folder).unwrap();
        for name in ["h.sqlite", "h.sqlite-wal"] {
            fs::copy(shelf.folder().join(name), folder.join(name)).unwrap();
        }
        let copy = folder.join("h.sqlite");
        assert!(matches!(Store::look(&copy, false), Err(StoreError::Denied)));
        assert_eq!(beside(&copy), ["h.sqlite", "h.sqlite-wal"]);
        assert_eq!(Store::look(&copy, true).unwrap().head().unwrap().0, 6);
        assert_eq!(beside(&copy), ["h.sqlite"]);
    }
}
