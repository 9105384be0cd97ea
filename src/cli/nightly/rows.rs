//! The rows of the last runs as digests, for rules that compare runs: a file for each run of a database, of which the two
//! newest stay.
//!
//! A run that was killed and is gone on with must not be compared with itself. So whatever it has written is passed over by
//! its id, and the file before it is what it was compared with the first time. Only then: where the newest file is damaged, an
//! older one would let everything pass that was found out since.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::states;
use crate::base::Text;
use crate::cli::output;
use crate::cli::run::rfc3339;
use crate::cli::secret;
use crate::engine::{Earlier, MeasuredDatabase};
use crate::extract::system;
use crate::say;
use crate::state::Snapshot;

/// The version of what is in these files; it is in their names, after the number.
const VERSION: &str = ".rows1";

/// A run, as far as the next one is compared with it.
#[derive(Serialize, Deserialize)]
struct LastRun {
    run: String,
    /// Microseconds of local time.
    as_of: i64,
    /// The key of the digests: the folder is its owner's alone, and holds keys of rows as they are.
    secret: [u8; 32],
    tables: IndexMap<String, Snapshot>,
}

/// The last run of a database, and where this one goes.
pub struct LastRows {
    folder: PathBuf,
    /// An error: there is one, and it cannot be compared with.
    last: Result<Option<LastRun>, Text>,
    /// The number of this run, which is beyond all others.
    number: u64,
    /// Older ones are of no use any more.
    oldest: u64,
    run: String,
    as_of: i64,
    secret: [u8; 32],
    /// This run is what later ones are compared with, whatever was found.
    accepted: bool,
}

impl LastRows {
    pub fn open(folder: &Path, run: &str, as_of: i64, accepted: bool) -> Result<Self, Text> {
        let mut numbers = numbers(folder)?;
        let mut last = numbers.last().map(|newest| read(folder, *newest)).transpose();
        let mut number = numbers.last().map_or(0, |newest| newest.saturating_add(1));
        if last.as_ref().is_ok_and(|last| last.as_ref().is_some_and(|last| last.run == run)) {
            number = numbers.pop().unwrap_or_default();
            last = numbers.last().map(|before| read(folder, *before)).transpose();
        }
        if let Ok(Some(found)) = &last
            && found.as_of > as_of
        {
            let (then, now) = (rfc3339(found.as_of), rfc3339(as_of));
            last = Err(say!(
                "the last run is of {then}, after this run's {now}",
                "lần chạy trước tính đến {then}, sau thời điểm {now} của lần này"
            ));
        }
        let secret = match &last {
            Ok(Some(last)) => last.secret,
            _ => secret::random()?,
        };
        let oldest = numbers.last().copied().unwrap_or(number);
        let (folder, run) = (folder.to_owned(), run.to_owned());
        Ok(Self { folder, last, number, oldest, run, as_of, secret, accepted })
    }

    /// Why the last run cannot be compared with, unless there is none.
    pub fn problem(&self) -> Option<&Text> {
        self.last.as_ref().err()
    }

    /// The rows of the last run, for rules of this database.
    pub fn earlier<'r>(&'r self, database: &'r str) -> Earlier<'r> {
        let rows = match &self.last {
            Err(why) => Err(why.clone()),
            Ok(None) => Err(say!(
                "this is the first run that can be compared with; the next one is compared with it",
                "đây là lần chạy đầu tiên để so sánh; lần sau sẽ được so với lần này"
            )),
            Ok(Some(last)) => {
                Ok(last.tables.iter().map(|(table, rows)| ((database, table.as_str()), rows)).collect())
            }
        };
        Earlier { secret: Some(self.secret), rows, remember: true }
    }

    /// Keeps the rows of this run. Of a table that was not read whole they stay what they were. Unless somebody accepts this run,
    /// they do so too where the last one knows what this could not compare with: whoever delivers the extract must not be able to
    /// wipe what is owed. What somebody should know of that is returned.
    pub fn keep(&self, measured: &MeasuredDatabase) -> Result<Vec<Text>, Text> {
        let mut tables = match &self.last {
            Err(_) if !self.accepted => return Ok(Vec::new()),
            Ok(Some(last)) => last.tables.clone(),
            Ok(None) | Err(_) => IndexMap::new(),
        };
        let mut told = Vec::new();
        for table in &measured.tables {
            let Some(traced) = &table.traced else { continue };
            if traced.stays && !self.accepted {
                told.push(not_taken(&table.id));
            } else if let Some(rows) = &traced.snapshot {
                let before = tables.insert(table.id.clone(), rows.clone());
                told.extend(before.iter().flat_map(|before| forgotten(&table.id, before, rows)));
            }
        }
        if self.accepted {
            tables.values_mut().for_each(Snapshot::forgive);
        }
        let Self { run, as_of, secret, .. } = self;
        let run = LastRun { run: run.clone(), as_of: *as_of, secret: *secret, tables };
        // Plain data has nothing that serialisation could refuse.
        let state = postcard::to_stdvec(&run).unwrap_or_default();
        let name = name(self.number);
        let path = self.folder.join(&name);
        let packed = states::pack(&name, &state).unwrap_or_default();
        output::write_kept(&path, &packed).map_err(|error| output::cannot_be_written(&path, &error))?;
        for older in numbers(&self.folder)?.into_iter().filter(|older| *older < self.oldest) {
            // What cannot be removed only takes room.
            let _ = std::fs::remove_file(self.folder.join(self::name(older)));
        }
        Ok(told)
    }
}

fn not_taken(table: &str) -> Text {
    say!(
        "`{table}`: later runs are still compared with the earlier rows, as not all rules could compare these with them; `--accept \
         DATABASE` makes this run the new baseline",
        "`{table}`: các lần sau vẫn được so với các dòng cũ, vì có quy tắc không so sánh được; dùng `--accept CSDL` để lấy lần chạy này \
         làm mốc so sánh mới"
    )
}

/// What rules that the table has no more were owed.
fn forgotten(table: &str, before: &Snapshot, now: &Snapshot) -> Vec<Text> {
    let gone = before.kept.iter().filter(|then| {
        !then.owed.is_empty() && now.kept.iter().all(|kept| kept.rule != then.rule && kept.asks != then.asks)
    });
    let told = gone.map(|kept| {
        let (rule, owed) = (&kept.rule, kept.owed.len());
        say!(
            "`{table}`: the rule `{rule}` is gone, and with it what is known of {owed} keys that nobody had accounted for",
            "`{table}`: quy tắc `{rule}` không còn, nên {owed} khóa đã mất chưa có lý do cũng không còn được theo dõi"
        )
    });
    told.collect()
}

fn name(number: u64) -> String {
    format!("{number}{VERSION}")
}

/// The numbers of runs that are kept, in ascending order.
fn numbers(folder: &Path) -> Result<Vec<u64>, Text> {
    let entries = match std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let number = |name: &str| name.strip_suffix(VERSION)?.parse().ok();
    let mut numbers: Vec<u64> =
        entries.iter().filter_map(|entry| number(entry.file_name().to_str()?)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// A run that is kept, exactly as it was written.
fn read(folder: &Path, number: u64) -> Result<LastRun, Text> {
    let name = name(number);
    let path = folder.join(&name);
    let packed = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
    let run = states::unpack(&name, &packed).and_then(|state| postcard::from_bytes::<LastRun>(&state).ok());
    run.filter(|run| run.tables.values().all(Snapshot::is_consistent)).ok_or_else(|| {
        let database = folder.file_name().unwrap_or_default().to_string_lossy();
        say!(
            "the rows of the last run are damaged (`rows/{database}/{name}`): restore the file, or make this run the new baseline with `--accept \
             DATABASE`",
            "dữ liệu về các dòng của lần chạy trước bị hỏng (`rows/{database}/{name}`): khôi phục tệp, hoặc lấy lần chạy này làm mốc mới bằng \
             `--accept CSDL`"
        )
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Text {
    let (path, Text { en, vi }) = (path.display(), system(error));
    say!("`{path}` cannot be read: {en}", "không đọc được `{path}`: {vi}")
}
