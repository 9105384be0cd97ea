//! What the engine hands to scoring: plain data, no weights or points yet. It may be kept, or come from another process.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vacuity::Strength;
use crate::base::{Diagnostic, Dimension, Level, Scale, Severity, Status, Text, Unit};
use crate::state::{Measure, RowChanges, Snapshot};

/// One database after its scan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasuredDatabase {
    pub id: String,
    pub agency: Option<String>,
    /// The rule files that declare it.
    pub rule_files: Vec<MeasuredRuleFile>,
    pub title: Option<Text>,
    /// Weight within its agency (registry: 3 priority, 2 important, 1 other).
    pub weight: u32,
    /// The packs that its tables go by.
    pub packs: Vec<MeasuredPack>,
    /// Hash of what the rule file declares, under core packs.
    pub contract: Option<String>,
    /// Code lists that were read from files.
    pub code_lists: Vec<MeasuredCodeList>,
    pub tables: Vec<MeasuredTable>,
    /// Findings about the whole database (missing directory, unreadable file …).
    pub problems: Vec<Problem>,
}

/// A rule file as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredRuleFile {
    /// Without its folders.
    pub name: String,
    /// Hash of its text, hexadecimal.
    pub blake3: String,
}

/// A pack that a database's rules came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredPack {
    pub id: String,
    pub version: String,
    /// Of the pack, what it includes and the lists that it reads: 12 hexadecimal digits.
    pub hash: String,
    /// Shipped with the program.
    pub core: bool,
}

impl MeasuredDatabase {
    /// Whether only rules of core packs count officially.
    pub fn is_core(&self) -> bool {
        self.packs.iter().any(|pack| pack.core)
    }
}

/// A code list that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MeasuredCodeList {
    pub name: String,
    /// As the rule file names it.
    pub path: String,
    /// Hash of the file's content, hexadecimal.
    pub blake3: String,
    pub values: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    Present,
    /// No file (or none that could be read) and the table is required.
    Missing,
    /// No file and the table is optional.
    Absent,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasuredTable {
    pub id: String,
    pub title: Option<Text>,
    /// 3 main, 2 secondary, 1 code list or log.
    pub tier: u32,
    pub presence: Presence,
    pub allow_empty: bool,
    pub rows: u64,
    pub files: Vec<MeasuredFile>,
    /// Columns of the identity key, as declared.
    pub key: Vec<String>,
    /// All columns that are declared.
    pub columns: Vec<String>,
    /// Declared columns that have a role, and the role.
    pub roles: Vec<(String, String)>,
    /// Rows that no core rule of severity major or above fails or leaves unknown, and whose key is present
    /// and unique. `None` when it could not be established.
    pub clean: Option<u64>,
    pub rules: Vec<MeasuredRule>,
    pub problems: Vec<Problem>,
    /// What is known of single rows, if it was asked for.
    #[serde(skip)]
    pub traced: Option<TracedTable>,
}

/// What a run remembers of the rows of a table beside measures.
#[derive(Clone, Debug, Default)]
pub struct TracedTable {
    /// The rows, if the table has a key and was read whole.
    pub snapshot: Option<Snapshot>,
    /// The earlier run knows of rows what this one could not compare with, and what would be lost if these took their place
    /// before somebody has accepted that.
    pub stays: bool,
    /// Against the rows that were, if those are known.
    pub changes: Option<RowChanges>,
    /// What the waivers of the table's rules are about.
    pub waivers: Vec<Covered>,
    /// Digests of the rules as they are written, in the order of the table's rules.
    pub definitions: Vec<String>,
}

/// How many violations a waiver is about, or why that cannot be known.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The waiver's place among those of the run.
    pub waiver: usize,
    pub violations: Result<u64, Text>,
}

impl MeasuredTable {
    /// What a rule's status is once it is known whether the table was there.
    pub fn status_of(&self, rule: &MeasuredRule) -> Status {
        match (self.presence, rule.measure.status) {
            (Presence::Missing, _) => Status::MissingTable,
            (Presence::Absent, _) => Status::Na,
            (Presence::Present, Status::Empty) if self.rows == 0 && self.allow_empty => Status::Na,
            (Presence::Present, status) => status,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MeasuredFile {
    /// Relative to the data directory, with `/`.
    pub path: String,
    pub bytes: u64,
    /// Hash of the file's content, hexadecimal; empty if it could not be read.
    pub blake3: String,
    pub rows: u64,
    /// Why the file, or a part of it, could not be used.
    pub problem: Option<Text>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasuredRule {
    pub id: String,
    pub kind: String,
    pub dimension: Dimension,
    pub severity: Severity,
    /// It came with a core pack.
    pub core: bool,
    /// How it stood against poison; `None` where it judges more than a row at a time.
    pub strength: Option<Strength>,
    /// The pack that it came with, and what it is there for (P1 to P12).
    pub pack: Option<String>,
    pub family: Option<String>,
    /// Overrides the severity's weight under the `local` profile.
    pub weight: Option<u32>,
    pub unit: Unit,
    pub scale: Scale,
    pub columns: Vec<String>,
    pub title: Option<Text>,
    pub why: Option<Text>,
    pub tags: Vec<String>,
    pub owner: Option<String>,
    /// `file:line` of the rule.
    pub place: Option<String>,
    /// `not_null` or `unique` on the table's identity key.
    pub identity: bool,
    pub measure: Measure,
}

/// A finding about a rule file, a source or the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Errors mean that something was not done.
    pub level: ProblemLevel,
    /// What and why.
    pub text: Text,
    /// `file:line:column` in a file that the user wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemLevel {
    /// Everything was done all the same.
    Warning,
    /// Something was not done.
    Error,
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Self {
        let place = diagnostic.place.as_ref().map(|place| {
            let (line, column) = place.line_column();
            format!("{}:{line}:{column}", place.file.name)
        });
        Self {
            level: match diagnostic.level {
                Level::Warning => ProblemLevel::Warning,
                Level::Error => ProblemLevel::Error,
            },
            text: diagnostic.what.clone(),
            place,
            hint: diagnostic.hint.clone(),
        }
    }
}
