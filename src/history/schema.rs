//! The tables of the file, and how older files become as this version wants them.

use rusqlite::Connection;

use super::StoreError;

/// Tells this file from other SQLite files: `tdhs`.
pub const APPLICATION_ID: i32 = 0x7464_6873;

/// Each makes the next version of the file; a file's `user_version` says how many it has had. What was released is not
/// changed any more.
pub const MIGRATIONS: &[&str] = &["
    -- What databases are scored by, under its SHA-256.
    CREATE TABLE definition (
        sha256 TEXT NOT NULL PRIMARY KEY,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- One database of one run; sequence runs from 1 without a gap.
    CREATE TABLE record (
        sequence INTEGER NOT NULL PRIMARY KEY,
        run TEXT NOT NULL,
        database TEXT NOT NULL,
        prev_sha256 TEXT NOT NULL,
        body TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        UNIQUE (run, database)
    ) STRICT;
    -- Drawn from the bodies, in the order of series.
    CREATE TABLE standing (
        database TEXT NOT NULL,
        moment INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (database, moment, sequence)
    ) STRICT, WITHOUT ROWID;
"];

/// What a file is, before anything is done to it.
pub enum Found {
    /// Nothing in it yet.
    Empty,
    /// A history of this version.
    Current,
    /// A history of an older version.
    Older,
}

/// Whether the file itself, without what is not in it yet, says that it is a history.
pub fn is_marked(connection: &Connection) -> bool {
    connection.pragma_query_value(None, "application_id", |row| row.get(0)) == Ok(APPLICATION_ID)
}

/// What the file is. Reads only.
pub fn identify(connection: &Connection) -> Result<Found, StoreError> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, usize::try_from(version)) {
        (0, Ok(0)) if objects == 0 => Ok(Found::Empty),
        (APPLICATION_ID, Ok(version)) if version > MIGRATIONS.len() => Err(StoreError::Newer),
        (APPLICATION_ID, Ok(version)) if version == MIGRATIONS.len() => Ok(Found::Current),
        (APPLICATION_ID, Ok(1..)) => Ok(Found::Older),
        _ => Err(StoreError::Foreign),
    }
}

/// Brings the file to the version that these migrations make, whole or not at all.
pub fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Somebody else may have done it while we waited.
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    for migration in migrations.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    if done < migrations.len() {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", migrations.len() as i64)?;
    }
    Ok(transaction.commit()?)
}

/// The tables as they are, to be compared with those of a new file: nobody is to add a trigger or a view.
pub fn layout(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement =
        connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tables of a new file.
pub fn own_layout() -> Result<Vec<(String, String)>, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection, MIGRATIONS)?;
    layout(&connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_files_are_brought_up_and_keep_what_they_have() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(matches!(identify(&connection), Ok(Found::Empty)));
        migrate(&mut connection, MIGRATIONS).unwrap();
        assert!(matches!(identify(&connection), Ok(Found::Current)));
        connection.execute("INSERT INTO definition VALUES ('h', 'b')", []).unwrap();
        let mut next = MIGRATIONS.to_vec();
        next.push("ALTER TABLE definition ADD COLUMN note TEXT");
        migrate(&mut connection, &next).unwrap();
        let kept: String = connection.query_row("SELECT body FROM definition", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "b");
        assert!(matches!(identify(&connection), Err(StoreError::Newer)), "a later version's file");
        // A second time nothing happens, and one that fails leaves nothing behind.
        migrate(&mut connection, &next).unwrap();
        next.push("CREATE TABLE half (a); CREATE TABLE record (a)");
        assert!(migrate(&mut connection, &next).is_err());
        assert!(connection.prepare("SELECT * FROM half").is_err());
    }
}
