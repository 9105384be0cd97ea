//! Drift of structure: of a table between two moments, of its parts (provinces) among each other, and of code lists across
//! databases. Pure functions of shapes; nothing of it enters a score.

mod change;
mod lengths;
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
use crate::say;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.drift/1";

/// What has drifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// Always `thuocdo.drift/1`.
    pub schema: String,
    /// The moment of the run: codes in force on its day are those of a list.
    pub as_of: String,
    /// Everything was read, now and then. If not, `problems` say what is missing.
    pub complete: bool,
    /// What could not be read, now or then.
    pub problems: Vec<Text>,
    /// The moment of what the tables are compared with, if they are: of the run that wrote the snapshot, or of this one
    /// where it is other data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Databases that only this run knows, and those that only what it is compared with knows. They are not compared.
    pub only_now: Vec<String>,
    pub only_then: Vec<String>,
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
    pub fn of(now: &Snapshot, then: Option<&Snapshot>, national: impl Fn(&str) -> Option<CodeSet>) -> Self {
        let mut problems = now.problems.clone();
        if let Some(then) = then {
            problems.extend(then.problems.iter().map(of_then));
        }
        Self {
            schema: SCHEMA.to_owned(),
            as_of: now.as_of.clone(),
            complete: now.complete && then.is_none_or(|then| then.complete),
            problems,
            against: then.map(|then| then.as_of.clone()),
            only_now: then.map(|then| now.not_in(then)).unwrap_or_default(),
            only_then: then.map(|then| then.not_in(now)).unwrap_or_default(),
            versions: then.map(|then| versions::versions(then, now)).unwrap_or_default(),
            parts: parts::parts(now, &national),
            code_lists: lists::concepts(now, &national),
            tables: now.databases.iter().map(|database| database.tables.len() as u64).sum(),
        }
    }

    /// Whether anything drifted; with `structure`, whether anything did but longer values, absent ones, and codes that come
    /// and go.
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

/// Says that a problem is one of what is compared with.
pub fn of_then(Text { en, vi }: &Text) -> Text {
    say!("in what it is compared with: {en}", "ở bên được so: {vi}")
}

#[cfg(test)]
mod tests;
