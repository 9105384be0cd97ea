//! The shapes of all tables at one moment, as a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::engine::shape::DatabaseShape;
use crate::say;

/// The version of this format.
pub const SNAPSHOT: &str = "thuocdo.shape/2";

/// What a later run compares with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// Always `thuocdo.shape/2`.
    pub schema: String,
    /// The moment of the run.
    pub as_of: String,
    /// Everything was read. If not, `problems` say what is missing.
    pub complete: bool,
    /// What could not be read.
    pub problems: Vec<Text>,
    /// In the order of their ids.
    pub databases: Vec<DatabaseShape>,
}

impl Snapshot {
    pub fn new(as_of: String, databases: Vec<DatabaseShape>, problems: Vec<Text>) -> Self {
        Self { schema: SNAPSHOT.to_owned(), as_of, complete: problems.is_empty(), problems, databases }
    }

    /// The databases that another snapshot does not have.
    pub fn not_in(&self, other: &Self) -> Vec<String> {
        let known = |id: &str| other.databases.iter().any(|database| database.id == id);
        self.databases.iter().filter(|own| !known(&own.id)).map(|own| own.id.clone()).collect()
    }

    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// # Errors
    /// What is wrong with the text: it is of another format, or of another version.
    pub fn from_json(text: &str) -> Result<Self, Text> {
        #[derive(Deserialize)]
        struct Version {
            #[serde(default)]
            schema: String,
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let version: Version = serde_json::from_str(text)
            .map_err(|_| say!("this is no JSON object", "đây không phải một đối tượng JSON"))?;
        let schema = &version.schema;
        if schema.starts_with("thuocdo.scorecard/") {
            return Err(say!(
                "a scorecard does not say what the columns were like",
                "bảng điểm không ghi cấu trúc các cột"
            ));
        }
        if schema != SNAPSHOT {
            return Err(say!(
                "this is no snapshot of the form `{SNAPSHOT}`",
                "đây không phải bản chụp dạng `{SNAPSHOT}`"
            ));
        }
        serde_json::from_str(text)
            .map_err(|_| say!("this snapshot is not whole", "bản chụp này không nguyên vẹn"))
    }
}
