//! The rows of the last run as digests, for rules that compare runs: two files for each database, of which the older one is
//! written over.
//!
//! A run that was killed and is gone on with must not be compared with itself. So whatever it has written is passed over by
//! its id, and the other file is what it was compared with the first time.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::states;
use crate::base::Text;
use crate::cli::output;
use crate::cli::run::rfc3339;
use crate::engine::{Earlier, MeasuredDatabase};
use crate::say;
use crate::state::Snapshot;

/// The two files.
const NAMES: [&str; 2] = ["a", "b"];

/// A run, as far as the next one is compared with it.
#[derive(Serialize, Deserialize)]
struct LastRun {
    run: String,
    /// Counts runs.
    number: u64,
    /// Microseconds of local time.
    as_of: i64,
    /// The key of the digests: the folder is its owner's alone, and holds keys of rows as they are.
    secret: [u8; 32],
    tables: IndexMap<String, Snapshot>,
}

/// The last run of a database, and where this one goes.
pub struct LastRows {
    last: Option<LastRun>,
    next: PathBuf,
    run: String,
    as_of: i64,
    secret: [u8; 32],
}

impl LastRows {
    pub fn open(folder: &Path, run: &str, as_of: i64) -> Result<Self, Text> {
        let mut found: Vec<(&str, LastRun)> =
            NAMES.into_iter().filter_map(|name| Some((name, read(folder, name)?))).collect();
        found.retain(|(_, last)| last.run != run);
        found.sort_by_key(|(_, last)| last.number);
        let last = found.pop();
        let next = NAMES.into_iter().find(|name| last.as_ref().is_none_or(|(last, _)| last != name));
        let last = last.map(|(_, last)| last);
        let secret = last.as_ref().map_or_else(new_secret, |last| Ok(last.secret))?;
        Ok(Self { last, next: folder.join(next.unwrap_or(NAMES[0])), run: run.to_owned(), as_of, secret })
    }

    /// The rows of the last run, for rules of this database.
    pub fn earlier<'r>(&'r self, database: &'r str) -> Earlier<'r> {
        let rows = match &self.last {
            None => Err(say!(
                "this is the first run that can be compared with; the next one is compared with it",
                "đây là lần chạy đầu tiên để so sánh; lần sau sẽ được so với lần này"
            )),
            Some(last) if last.as_of > self.as_of => {
                let (then, now) = (rfc3339(last.as_of), rfc3339(self.as_of));
                Err(say!(
                    "the last run is of {then}, after this run's {now}",
                    "lần chạy trước tính đến {then}, sau thời điểm {now} của lần này"
                ))
            }
            Some(last) => {
                Ok(last.tables.iter().map(|(table, rows)| ((database, table.as_str()), rows)).collect())
            }
        };
        Earlier { secret: Some(self.secret), rows, remember: true }
    }

    /// Keeps the rows of this run, unless they are older than those of the last. Of a table that was not read whole they
    /// stay what they were.
    pub fn keep(&self, measured: &MeasuredDatabase) -> Result<(), Text> {
        if self.last.as_ref().is_some_and(|last| last.as_of > self.as_of) {
            return Ok(());
        }
        let mut tables = self.last.as_ref().map_or_else(IndexMap::new, |last| last.tables.clone());
        for table in &measured.tables {
            if let Some(rows) = table.traced.as_ref().and_then(|traced| traced.snapshot.as_ref()) {
                tables.insert(table.id.clone(), rows.clone());
            }
        }
        let number = self.last.as_ref().map_or(0, |last| last.number + 1);
        let LastRows { run, as_of, secret, .. } = self;
        let run = LastRun { run: run.clone(), number, as_of: *as_of, secret: *secret, tables };
        // Plain data has nothing that serialisation could refuse.
        let state = postcard::to_stdvec(&run).unwrap_or_default();
        let packed = states::pack(&name_of(&self.next), &state).unwrap_or_default();
        output::write_kept(&self.next, &packed).map_err(|error| output::cannot_be_written(&self.next, &error))
    }
}

/// `None` unless it is as it was written.
fn read(folder: &Path, name: &str) -> Option<LastRun> {
    let path = folder.join(name);
    let state = states::unpack(&name_of(&path), &std::fs::read(&path).ok()?)?;
    let run: LastRun = postcard::from_bytes(&state).ok()?;
    run.tables.values().all(Snapshot::is_consistent).then_some(run)
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn new_secret() -> Result<[u8; 32], Text> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| {
        let error = error.to_string();
        say!("no random key could be made: {error}", "không tạo được khóa ngẫu nhiên: {error}")
    })?;
    Ok(secret)
}
