//! What a nightly run and the processes that measure its databases tell each other.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::engine::MeasuredDatabase;

/// One database to measure: the first line on the standard input of a worker. That the input ends tells it that whoever
/// gave it the job is gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    pub database: String,
    /// The rule files that declare it.
    pub rules: Vec<PathBuf>,
    pub data: PathBuf,
    /// The databases that its rules refer to.
    pub others: Vec<Other>,
    /// Microseconds of local time.
    pub as_of: i64,
    pub examples: usize,
    pub threads: u16,
    /// Bytes that the worker may take.
    pub memory: Option<u64>,
    /// Bytes that are enough for it: beyond, keys of rows go to disk.
    pub budget: u64,
    /// Where they go; `None` is where the system says.
    pub temp: Option<PathBuf>,
    /// Where states of files are kept.
    pub states: PathBuf,
    /// Whether those that are there may be used.
    pub fresh: bool,
    /// The id of the run, and where the rows of the last one are, for rules that compare runs.
    pub run: String,
    pub rows: PathBuf,
    /// Whether this run is what later ones are compared with, whatever is found.
    pub accepted: bool,
    /// Where the outcome goes, a [`Done`].
    pub result: PathBuf,
}

/// A database that another one refers to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Other {
    pub database: String,
    pub rules: Vec<PathBuf>,
    pub data: PathBuf,
}

/// What a worker tells while it works: lines on its standard output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    Table {
        table: String,
        bytes: u64,
    },
    /// More of the current table.
    Advanced {
        bytes: u64,
        rows: u64,
    },
    /// Something that nobody would see in the outcome.
    Warning {
        text: Text,
    },
    /// Why there will be no outcome.
    Failed {
        why: Text,
    },
}

/// The outcome.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {
    pub measured: MeasuredDatabase,
    pub work: Work,
}

/// What it took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub rows: u64,
    /// Files whose content was read, and such whose states were found.
    pub files_read: u64,
    pub files_reused: u64,
    pub bytes_read: u64,
    pub bytes_reused: u64,
    /// The most memory that was seen in use, in bytes.
    pub peak_memory: u64,
    pub tables: Vec<TableWork>,
    /// Names of all states that stand for files of this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableWork {
    pub table: String,
    pub milliseconds: u64,
}
