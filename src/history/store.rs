//! The file: opened, made, written in one transaction a run, read in one snapshot.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use super::chain::{self, GENESIS};
use super::definition::Definition;
use super::record::{Record, Standing, TableTallies};
use super::schema::{self, Found};
use super::{StoreError, moment};
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;

/// How long we wait for others who write.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at whether they have ended.
const PAUSE: Duration = Duration::from_millis(20);

/// A history.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// Records that were added.
    pub added: u64,
    /// Databases of the run that were in the history already.
    pub known: u64,
    /// All records.
    pub records: u64,
    /// The hash of the last one.
    pub head: String,
    /// What is odd about it.
    pub warnings: Vec<Text>,
}

/// A record as it lies in the file.
#[derive(Debug)]
pub struct Stored {
    pub sequence: u64,
    pub run: String,
    pub database: String,
    pub prev_sha256: String,
    pub body: String,
    pub sha256: String,
}

/// A line of a series.
#[derive(Clone, Debug)]
pub struct Standings {
    pub moment: i64,
    pub sequence: u64,
    pub standing: Standing,
}

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
        Ok(Self { connection })
    }

    /// Opens a history to read, as it is at this moment whatever others write.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(StoreError::Io(io::ErrorKind::IsADirectory.into()));
        }
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::Missing),
            Err(error) => return Err(StoreError::Io(error)),
        }
        let snapshot = |connection: Connection| -> Result<Self, StoreError> {
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.execute_batch("BEGIN")?;
            match schema::identify(&connection)? {
                Found::Current => Ok(Self { connection }),
                // Only writing brings a file up. Somebody may be at it just now.
                Found::Empty | Found::Older => Err(StoreError::Empty),
            }
        };
        let first = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY));
        match first.map_err(StoreError::from).and_then(snapshot) {
            Err(StoreError::Denied) => match unchanging(path) {
                // In a folder where we may not write, and nobody does.
                Some(name) => {
                    let flags = flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI);
                    snapshot(Connection::open_with_flags(name, flags)?)
                }
                None => Err(StoreError::Denied),
            },
            other => other,
        }
    }

    /// Adds all databases of a scorecard, or none. What a run of that name has added already is not added twice.
    /// `recorded_at` is the time by the clock, RFC 3339.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was added.
    pub fn append(&mut self, run: &str, recorded_at: &str, card: &Scorecard) -> Result<Appended, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = transaction
            .query_row("SELECT * FROM record ORDER BY sequence DESC LIMIT 1", [], stored)
            .optional()?;
        let mut warnings = Vec::new();
        let (mut sequence, mut head) = (0, GENESIS.to_owned());
        if let Some(last) = &last {
            (sequence, head) = (last.sequence, last.sha256.clone());
            warnings.extend(odd_end(last, recorded_at));
        }
        let (mut added, mut known) = (0, 0);
        for database in &card.databases {
            let there = "SELECT 1 FROM record WHERE run = ? AND database = ?";
            if transaction.query_row(there, params![run, database.id], |_| Ok(())).optional()?.is_some() {
                known += 1;
                continue;
            }
            let (definition, hash) = Definition::of(card, database).sealed();
            let record = Record::of(run, recorded_at, card, database, &hash);
            let Some(at) = moment(&card.as_of) else {
                let as_of = &card.as_of;
                let text = say!("`{as_of}` is not a moment", "`{as_of}` không phải một thời điểm");
                return Err(StoreError::content(text));
            };
            let latest = "SELECT max(moment) FROM standing WHERE database = ?";
            let latest: Option<i64> = transaction.query_row(latest, [&database.id], |row| row.get(0))?;
            if latest.is_some_and(|latest| latest > at) {
                let (id, as_of) = (&database.id, &card.as_of);
                warnings.push(say!(
                    "the history of `{id}` has later runs than {as_of}; this one takes its place before them",
                    "lịch sử của `{id}` đã có lần chạy sau {as_of}; lần này được xếp vào trước các lần đó"
                ));
            }
            transaction
                .execute("INSERT OR IGNORE INTO definition VALUES (?, ?)", params![hash, definition])?;
            let body = chain::canonical(&record);
            let link = chain::link(&head, &body);
            sequence += 1;
            transaction.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)",
                params![number(sequence), run, database.id, head, body, link],
            )?;
            transaction.execute(
                "INSERT INTO standing VALUES (?, ?, ?, ?)",
                params![database.id, at, number(sequence), chain::canonical(&Standing::of(&record))],
            )?;
            head = link;
            added += 1;
        }
        transaction.commit()?;
        Ok(Appended { added, known, records: sequence, head, warnings })
    }

    /// How many records there are, and the hash of the last.
    pub fn head(&self) -> Result<(u64, String), StoreError> {
        let records = self.connection.query_row("SELECT count(*) FROM record", [], |row| count(row, 0))?;
        let last = "SELECT sha256 FROM record ORDER BY sequence DESC LIMIT 1";
        let head = self.connection.query_row(last, [], |row| row.get(0)).optional()?;
        Ok((records, head.unwrap_or_else(|| GENESIS.to_owned())))
    }

    /// The databases that the history knows, by id.
    pub fn databases(&self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT DISTINCT database FROM standing ORDER BY database")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All runs of a database, by the moment that they speak of, and of one moment in the order in which they came.
    pub fn standings(&self, database: &str) -> Result<Vec<Standings>, StoreError> {
        let sql = "SELECT moment, sequence, body FROM standing WHERE database = ? ORDER BY moment, sequence";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([database])?;
        let mut standings = Vec::new();
        while let Some(row) = rows.next()? {
            let sequence = count(row, 1)?;
            let body = row.get_ref(2)?.as_str().map_err(|_| unreadable(sequence))?;
            standings.push(Standings { moment: row.get(0)?, sequence, standing: parse(body, sequence)? });
        }
        Ok(standings)
    }

    /// The counts of all runs of a database, by the sequence of the record.
    pub fn tallies(&self, database: &str) -> Result<BTreeMap<u64, Vec<TableTallies>>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Counts {
            tables: Vec<TableTallies>,
        }
        let sql = "SELECT sequence, body FROM record WHERE database = ? ORDER BY sequence";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([database])?;
        let mut tallies = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let sequence = count(row, 0)?;
            let body = row.get_ref(1)?.as_str().map_err(|_| unreadable(sequence))?;
            let Counts { tables } = parse(body, sequence)?;
            tallies.insert(sequence, tables);
        }
        Ok(tallies)
    }

    pub fn record(&self, sequence: u64) -> Result<Record, StoreError> {
        let sql = "SELECT body FROM record WHERE sequence = ?";
        let body: Option<String> =
            self.connection.query_row(sql, [number(sequence)], |row| row.get(0)).optional()?;
        parse(&body.ok_or_else(|| unreadable(sequence))?, sequence)
    }

    /// All definitions, by hash.
    pub fn definitions(&self) -> Result<BTreeMap<String, Definition>, StoreError> {
        self.definition_texts()?
            .into_iter()
            .map(|(hash, body)| match serde_json::from_str(&body) {
                Ok(definition) => Ok((hash, definition)),
                Err(_) => Err(StoreError::content(say!(
                    "definition {hash} cannot be read",
                    "không đọc được định nghĩa {hash}"
                ))),
            })
            .collect()
    }

    /// All definitions as they lie in the file.
    pub fn definition_texts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.connection.prepare("SELECT sha256, body FROM definition ORDER BY sha256")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every record as it lies in the file, in order.
    pub fn walk<E: From<StoreError>>(&self, mut each: impl FnMut(Stored) -> Result<(), E>) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement =
            self.connection.prepare("SELECT * FROM record ORDER BY sequence").map_err(failed)?;
        let rows = statement.query_map([], stored).map_err(failed)?;
        for row in rows {
            each(row.map_err(failed)?)?;
        }
        Ok(())
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// What is odd about adding to a history that ends so.
fn odd_end(last: &Stored, recorded_at: &str) -> Vec<Text> {
    let mut warnings = Vec::new();
    let Stored { sequence, .. } = last;
    if chain::link(&last.prev_sha256, &last.body) != last.sha256 {
        warnings.push(say!(
            "record {sequence}, the last before this one, was changed after it was written; `thuocdo history verify` says more",
            "bản ghi {sequence}, ngay trước bản ghi này, đã bị sửa sau khi được ghi; xem `thuocdo history verify`"
        ));
    }
    let before = serde_json::from_str::<Record>(&last.body).map(|record| record.recorded_at);
    if let Ok(before) = before
        && moment(&before) > moment(recorded_at)
    {
        warnings.push(say!(
            "the clock was moved back: record {sequence} was written at {before}, it is now {recorded_at}",
            "đồng hồ bị chỉnh lùi: bản ghi {sequence} được ghi lúc {before}, bây giờ là {recorded_at}"
        ));
    }
    warnings
}

/// A new file is nobody else's to read.
fn begin_file(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::Io(io::ErrorKind::IsADirectory.into()));
    }
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

/// The name under which SQLite opens a file that nobody changes, if nobody does.
fn unchanging(path: &Path) -> Option<String> {
    let name = path.to_str()?;
    let log = std::fs::metadata(format!("{name}-wal"));
    if log.is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let name = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(format!("file:{name}?immutable=1"))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        sequence: count(row, 0)?,
        run: row.get("run")?,
        database: row.get("database")?,
        prev_sha256: row.get("prev_sha256")?,
        body: row.get("body")?,
        sha256: row.get("sha256")?,
    })
}

fn parse<T: DeserializeOwned>(body: &str, sequence: u64) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|_| unreadable(sequence))
}

fn unreadable(sequence: u64) -> StoreError {
    StoreError::content(say!("record {sequence} cannot be read", "không đọc được bản ghi {sequence}"))
}

/// A number that is never negative.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// No file holds 2⁶³ records.
fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
