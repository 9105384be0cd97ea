//! What is written in one transaction a run and read in one snapshot.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use super::chain::{self, GENESIS};
use super::definition::Definition;
use super::open::Stamp;
use super::record::{Record, Standing, TableTallies};
use super::{StoreError, moment};
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;

/// A history.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    /// What the file was when it was opened as one that nobody changes.
    pub(super) still: Option<(PathBuf, Stamp)>,
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
        let sql = "SELECT database FROM standing UNION SELECT database FROM record ORDER BY database";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records of a database that its series does not know, and places in its series that no record has.
    pub fn adrift(&self, database: &str) -> Result<Vec<u64>, StoreError> {
        let sql = "
            SELECT sequence FROM standing WHERE database = ?1
                AND sequence NOT IN (SELECT sequence FROM record WHERE database = ?1)
            UNION SELECT sequence FROM record WHERE database = ?1
                AND sequence NOT IN (SELECT sequence FROM standing WHERE database = ?1)
            ORDER BY sequence";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([database], |row| count(row, 0))?;
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

/// A record with its number, as far as it can be read: what is no text is replaced, and matches nothing.
pub(super) fn salvaged(row: &Row<'_>) -> rusqlite::Result<(i64, Stored)> {
    let text = |column: &str| -> rusqlite::Result<String> {
        let bytes = row.get_ref(column)?.as_bytes().unwrap_or_default();
        Ok(String::from_utf8_lossy(bytes).into_owned())
    };
    let sequence = row.get(0)?;
    let stored = Stored {
        sequence: u64::try_from(sequence).unwrap_or_default(),
        run: text("run")?,
        database: text("database")?,
        prev_sha256: text("prev_sha256")?,
        body: text("body")?,
        sha256: text("sha256")?,
    };
    Ok((sequence, stored))
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
