//! Drift of structure: of a table between two moments, of its parts (provinces) among each other, and of code lists across
//! databases. Pure functions of shapes; nothing of it enters a score.

mod change;
mod lists;
mod parts;
mod snapshot;
mod versions;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{Change, ChangeKind};
pub use lists::{CodeSet, Concept, Difference, Usage};
pub use parts::{Group, TableParts, Unlike};
pub use snapshot::{SNAPSHOT, Snapshot};
pub use versions::TableChanges;

use crate::base::Text;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.drift/1";

/// What has drifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// Always `thuocdo.drift/1`.
    pub schema: String,
    /// The moment of the run: codes in force on its day are those of a list.
    pub as_of: String,
    /// Everything was read. If not, `problems` say what is missing.
    pub complete: bool,
    /// What could not be read, now or then.
    pub problems: Vec<Text>,
    /// The moment of what the tables are compared with, if they are: of the run that wrote the snapshot, or of this one
    /// where it is other data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Tables that have changed, if they are compared with anything; in the order of databases and tables.
    pub versions: Vec<TableChanges>,
    /// Tables of several parts.
    pub parts: Vec<TableParts>,
    /// Code lists by what they are about.
    pub code_lists: Vec<Concept>,
    /// Tables that were looked at.
    pub tables: u64,
}

impl Drift {
    /// What drifted between `then`, if there is one, and now.
    pub fn of(
        now: &Snapshot,
        then: Option<&Snapshot>,
        problems: Vec<Text>,
        national: impl Fn(&str) -> Option<CodeSet>,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            as_of: now.as_of.clone(),
            complete: problems.is_empty(),
            problems,
            against: then.map(|then| then.as_of.clone()),
            versions: then.map(|then| versions::versions(then, now)).unwrap_or_default(),
            parts: parts::parts(now),
            code_lists: lists::concepts(now, national),
            tables: now.databases.iter().map(|database| database.tables.len() as u64).sum(),
        }
    }

    /// Whether anything drifted; with `structure`, whether columns, their types or their order did, or code lists.
    pub fn any(&self, structure: bool) -> bool {
        let counts = |change: &Change| !structure || change.structural;
        self.versions.iter().any(|table| table.changes.iter().any(counts))
            || self
                .parts
                .iter()
                .any(|table| table.groups.len() > 1 || table.unlike.iter().any(|it| counts(&it.change)))
            || self.code_lists.iter().any(Concept::drifts)
    }

    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only texts, integers and maps with text keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests;
