//! The folder of what is kept from run to run: a lock, the run that is under way, the last scorecard, states of files.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::cli::failure::Failure;
use crate::cli::{leftover, output};
use crate::extract::system;
use crate::rule::nightly::NightPlan;
use crate::say;
use crate::score::Scorecard;

/// Nobody takes that long to write one file.
const ABANDONED: Duration = Duration::from_secs(3_600);

/// A run that began and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The run's id, 32 hexadecimal digits: whoever is told of a run twice knows it by that.
    pub run: String,
    pub plan: String,
    /// BLAKE3 of the plan's text, hexadecimal.
    pub plan_blake3: String,
    /// Microseconds of local time.
    pub as_of: i64,
    /// Seconds since 1970-01-01 UTC.
    pub started: u64,
}

/// The folder, held by this process alone.
pub struct StateFolder {
    path: PathBuf,
    /// The lock goes with it.
    _lock: File,
}

impl StateFolder {
    /// Makes the folder if it is not there, and locks it. The lock ends with the process, however it ends. A folder has one
    /// plan: what the next run is compared with must be the last run of the same.
    pub fn open(path: &Path, plan: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| output::unwritable(path, &error);
        private_folder(path).map_err(failed)?;
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is, is only for the message.
                let _ = lock.read_to_string(&mut holder);
                let (path, holder) = (path.display(), holder.trim());
                return Err(Failure::Output(
                    say!(
                        "another run is under way with the state folder `{path}` ({holder}); nothing was done",
                        "một lần chạy khác đang dùng thư mục trạng thái `{path}` ({holder}); chưa làm gì"
                    ),
                    Some(say!(
                        "wait until it has ended; give plans that run side by side a `state` of their own",
                        "chờ lần chạy đó kết thúc; các kế hoạch chạy song song cần `state` riêng"
                    )),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let marker = path.join("plan");
        match std::fs::read_to_string(&marker) {
            Ok(other) if other.trim() != plan => {
                let (path, other) = (path.display(), other.trim());
                return Err(Failure::usage(
                    say!(
                        "the state folder `{path}` is that of the plan `{other}`",
                        "thư mục trạng thái `{path}` là của kế hoạch `{other}`"
                    ),
                    say!("give each plan a `state` of its own", "cho mỗi kế hoạch một `state` riêng"),
                ));
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                output::write_kept(&marker, plan.as_bytes()).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        let id = std::process::id();
        let _ = lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| write!(lock, "pid {id}"));
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The run that did not end, if its notes can be read.
    pub fn journal(&self) -> Option<Journal> {
        serde_json::from_slice(&std::fs::read(self.path.join("journal.json")).ok()?).ok()
    }

    pub fn begin(&self, journal: &Journal) -> Result<(), Failure> {
        let path = self.path.join("journal.json");
        let text = serde_json::to_vec(journal).unwrap_or_default();
        output::write_kept(&path, &text).map_err(|error| output::unwritable(&path, &error))
    }

    /// The run has ended; `card` is what the next one is compared with.
    pub fn end(&self, card: &Scorecard) -> Result<(), Failure> {
        let last = self.path.join("last.json");
        output::write_kept(&last, card.to_json().as_bytes())
            .map_err(|error| output::unwritable(&last, &error))?;
        let journal = self.path.join("journal.json");
        std::fs::remove_file(&journal).map_err(|error| output::unwritable(&journal, &error))
    }

    /// The scorecard of the last run that ended; an error is a card that cannot be read.
    pub fn last(&self) -> Result<Option<Scorecard>, Text> {
        let path = self.path.join("last.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let (path, error) = (path.display(), system(&error));
                let (en, vi) = (error.en, error.vi);
                return Err(say!("`{path}` cannot be read: {en}", "không đọc được `{path}`: {vi}"));
            }
        };
        Scorecard::from_json(&text).map(Some).map_err(|error| {
            let (path, Text { en, vi }) = (path.display(), error.text());
            say!("`{path}`: {en}", "`{path}`: {vi}")
        })
    }

    /// Where the states of a database's files are.
    pub fn states(&self) -> PathBuf {
        self.path.join("files")
    }

    /// Where the rows of a database are kept as they were, for rules that compare runs.
    pub fn rows(&self, database: &str) -> PathBuf {
        self.path.join("rows").join(database)
    }

    /// Where the worker of a database puts its outcome.
    pub fn result(&self, database: &str) -> PathBuf {
        self.path.join("work").join(format!("{database}.json"))
    }
}

/// Removes what killed runs have left half written: in the plan's own folders, and, as others may be writing there, only what
/// is older than an hour.
pub fn sweep_temporary(plan: &NightPlan) {
    let metrics = plan.metrics.as_deref().and_then(Path::parent).map(Path::to_owned);
    let folders = [plan.out.clone(), plan.out.join("databases"), plan.state.clone(), plan.state.join("work")];
    let within = |folder| std::fs::read_dir(plan.state.join(folder)).into_iter().flatten().flatten();
    let of_databases = within("files").chain(within("rows")).map(|entry| entry.path());
    for folder in folders.into_iter().chain(metrics).chain(of_databases) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let ours = entry.file_name().to_string_lossy().starts_with(leftover::TEMPORARY);
            let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|at| at.elapsed());
            if ours && age.is_ok_and(|age| age.is_ok_and(|age| age > ABANDONED)) {
                // What cannot be removed only takes room.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Keys of rows are kept in it: it is for its owner alone.
fn private_folder(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
