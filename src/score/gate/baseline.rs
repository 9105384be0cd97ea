//! What a later run is compared with: tallies of rules and digests of rows, in a file that is kept with the rules. It
//! holds no score and no value of the data.

use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::base::Status;
use crate::score::methodology::Profile;
use crate::score::scorecard::{Fraction, PackCard};
use crate::state::Snapshot;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.baseline/3";
const FAMILY: &str = "thuocdo.baseline/";
/// What stands before the hash, and after it.
const HASH: &str = ",\n  \"hash\": \"";
const END: &str = "\"\n}\n";

/// A run, as far as later ones are compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    pub schema: String,
    pub engine: String,
    pub methodology: String,
    pub profile: Profile,
    pub as_of: String,
    /// Says which key the digests were made with, without telling it.
    pub key: String,
    pub databases: Vec<DatabaseBaseline>,
    /// BLAKE3 hash of all of the above, as it is written, with the key of the digests: who has not the key cannot change
    /// anything unnoticed.
    #[serde(default)]
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseBaseline {
    pub id: String,
    pub packs: Vec<PackCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    pub coverage: Fraction,
    /// Ids of the hard caps that applied.
    pub caps: Vec<String>,
    pub graded: bool,
    pub tables: Vec<TableBaseline>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableBaseline {
    pub id: String,
    pub rows: u64,
    pub rules: Vec<RuleBaseline>,
    /// Rows of changes too small to judge rates by, since rates were judged last.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending_rows: u64,
    /// Rows that were added or changed in the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// Digests of rows; absent for tables without a key.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rows")]
    pub snapshot: Option<Snapshot>,
}

/// What came in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// `2026-11`.
    pub month: String,
    pub rows: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBaseline {
    pub id: String,
    /// Digest of what the rule asked.
    pub definition: String,
    pub status: Status,
    pub pass: u64,
    pub fail: u64,
    pub na: u64,
    pub unknown: u64,
    /// Of the table's pending rows: those that the rule is about, and new violations among them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending_touched: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pending_violations: u64,
    /// New violations of the table's month.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub month_violations: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why a text is not a baseline that can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is something else.
    Foreign(String),
    /// It ends in the middle.
    Cut,
    /// A later version of the program wrote it.
    Newer(String),
    /// An earlier version wrote it: it holds less, or other digests.
    Older(String),
    /// Its content is not what was written.
    Edited,
}

impl Baseline {
    /// Two spaces, fields in the order of this file, a newline at the end; with the hash of all that stands before it.
    pub fn to_json(&self, secret: &[u8; 32]) -> String {
        // Only strings, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.truncate(json.rfind(HASH).unwrap_or(json.len()));
        let hash = seal(secret, &json);
        json + HASH + &hash + END
    }

    /// Whether the text is as it was written.
    fn is_sound(text: &str, secret: &[u8; 32]) -> bool {
        let Some((before, after)) = text.rfind(HASH).map(|at| text.split_at(at)) else { return false };
        let hash = seal(secret, before);
        after.strip_prefix(HASH).and_then(|rest| rest.strip_suffix(END)) == Some(hash.as_str())
    }

    /// `secret` is the key of the digests and `key` what is said of it; a baseline that was made with another one cannot be
    /// checked, and says so by its own `key`.
    ///
    /// # Errors
    /// [`Unusable`], with the reason.
    pub fn from_json(text: &str, secret: &[u8; 32], key: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Version {
            schema: String,
        }
        let foreign = |error: serde_json::Error| {
            if error.is_eof() && text.contains(FAMILY) {
                Unusable::Cut
            } else {
                Unusable::Foreign(format!("{}:{}", error.line(), error.column()))
            }
        };
        if let Ok(baseline) = serde_json::from_str::<Self>(text)
            && baseline.schema == SCHEMA
            && (baseline.key != key || Self::is_sound(text, secret))
        {
            return Ok(baseline);
        }
        let version: Version = serde_json::from_str(text).map_err(foreign)?;
        Err(match version.schema.strip_prefix(FAMILY) {
            // What is of this version and cannot be read was written by somebody else.
            Some(_) if version.schema == SCHEMA => Unusable::Edited,
            Some("1" | "2") => Unusable::Older(version.schema),
            Some(_) => Unusable::Newer(version.schema),
            None => Unusable::Foreign(version.schema),
        })
    }

    /// The rows of tables as they were, by database and table.
    pub fn rows(&self) -> IndexMap<(&str, &str), &Snapshot> {
        let mut rows = IndexMap::new();
        for database in &self.databases {
            for table in &database.tables {
                if let Some(snapshot) = &table.snapshot {
                    rows.insert((database.id.as_str(), table.id.as_str()), snapshot);
                }
            }
        }
        rows
    }

    pub fn database(&self, id: &str) -> Option<&DatabaseBaseline> {
        self.databases.iter().find(|database| database.id == id)
    }

    pub fn table(&self, database: &str, table: &str) -> Option<&TableBaseline> {
        self.database(database)?.table(table)
    }
}

fn seal(secret: &[u8; 32], text: &str) -> String {
    let key = blake3::derive_key("thuocdo 2026 seal of baselines", secret);
    blake3::keyed_hash(&key, text.as_bytes()).to_hex().to_string()
}

impl DatabaseBaseline {
    pub fn table(&self, id: &str) -> Option<&TableBaseline> {
        self.tables.iter().find(|table| table.id == id)
    }
}

impl TableBaseline {
    pub fn rule(&self, id: &str) -> Option<&RuleBaseline> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Snapshots as JSON: columns of digests in base64, which are many.
mod rows {
    use super::{BASE64, Snapshot};
    use crate::state::Kept;
    use base64::Engine as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    #[derive(Serialize, Deserialize)]
    struct Written {
        rules: Vec<String>,
        broken: Vec<Vec<u32>>,
        columns: u64,
        /// 16 bytes a row, the least significant first.
        keys: String,
        /// 8 bytes a row.
        contents: String,
        /// 4 bytes a row, compressed.
        sets: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<WrittenKept>,
    }

    /// What a rule that compares runs has kept.
    #[derive(Serialize, Deserialize)]
    struct WrittenKept {
        rule: String,
        asks: u64,
        /// 8 bytes a row for each thing that it remembers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cells: Vec<String>,
        /// 16 bytes a key.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owed: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        moved: String,
    }

    impl WrittenKept {
        fn of(Kept { rule, asks, cells, owed, moved }: &Kept) -> Self {
            let cells = cells.iter().map(|cells| BASE64.encode(narrow(cells)));
            let keys = |keys: &[u128]| BASE64.encode(wide(keys));
            let (owed, moved) = (keys(owed), keys(moved));
            Self { rule: rule.clone(), asks: *asks, cells: cells.collect(), owed, moved }
        }

        fn read(self) -> Result<Kept, base64::DecodeError> {
            let cells = self.cells.iter().map(|cells| Ok(read_narrow(&BASE64.decode(cells)?)));
            Ok(Kept {
                asks: self.asks,
                cells: cells.collect::<Result<_, _>>()?,
                owed: read_wide(&BASE64.decode(&self.owed)?),
                moved: read_wide(&BASE64.decode(&self.moved)?),
                rule: self.rule,
            })
        }
    }

    fn wide(digests: &[u128]) -> Vec<u8> {
        digests.iter().flat_map(|digest| digest.to_le_bytes()).collect()
    }

    fn narrow(digests: &[u64]) -> Vec<u8> {
        digests.iter().flat_map(|digest| digest.to_le_bytes()).collect()
    }

    fn read_wide(bytes: &[u8]) -> Vec<u128> {
        bytes.as_chunks().0.iter().map(|bytes| u128::from_le_bytes(*bytes)).collect()
    }

    fn read_narrow(bytes: &[u8]) -> Vec<u64> {
        bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()
    }

    pub fn serialize<S: Serializer>(snapshot: &Option<Snapshot>, serializer: S) -> Result<S::Ok, S::Error> {
        let written = snapshot.as_ref().map(|snapshot| {
            let sets: Vec<u8> = snapshot.sets.iter().flat_map(|set| set.to_le_bytes()).collect();
            Written {
                rules: snapshot.rules.clone(),
                broken: snapshot.broken.clone(),
                columns: snapshot.columns,
                keys: BASE64.encode(wide(&snapshot.keys)),
                contents: BASE64.encode(narrow(&snapshot.contents)),
                sets: BASE64.encode(zstd::encode_all(sets.as_slice(), 1).unwrap_or_default()),
                kept: snapshot.kept.iter().map(WrittenKept::of).collect(),
            }
        });
        written.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Snapshot>, D::Error> {
        let Some(written) = Option::<Written>::deserialize(deserializer)? else { return Ok(None) };
        let bytes = |text: &str| BASE64.decode(text).map_err(D::Error::custom);
        let sets = zstd::decode_all(bytes(&written.sets)?.as_slice()).map_err(D::Error::custom)?;
        let sets = sets.as_chunks::<4>().0;
        let kept = written.kept.into_iter().map(|kept| kept.read().map_err(D::Error::custom));
        let snapshot = Snapshot {
            keys: read_wide(&bytes(&written.keys)?),
            contents: read_narrow(&bytes(&written.contents)?),
            sets: sets.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect(),
            rules: written.rules,
            broken: written.broken,
            columns: written.columns,
            kept: kept.collect::<Result<_, _>>()?,
        };
        if !snapshot.is_consistent() {
            return Err(D::Error::custom("rows that do not fit each other"));
        }
        Ok(Some(snapshot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Kept;

    fn baseline() -> Baseline {
        let snapshot = Snapshot {
            keys: vec![1, 5, 5],
            contents: vec![9, 2, 3],
            sets: vec![0, 1, 0],
            rules: vec!["r".to_owned()],
            broken: vec![vec![], vec![0]],
            columns: u64::MAX,
            kept: vec![Kept {
                rule: "k".to_owned(),
                asks: 3,
                cells: vec![vec![0, 1, u64::MAX]],
                owed: vec![4, u128::MAX],
                moved: vec![1, 5],
            }],
        };
        Baseline {
            schema: SCHEMA.to_owned(),
            engine: "thuocdo".to_owned(),
            methodology: "m".to_owned(),
            profile: Profile::Local,
            as_of: "2026-11-21T00:00:00+07:00".to_owned(),
            key: "k".to_owned(),
            databases: vec![DatabaseBaseline {
                id: "d".to_owned(),
                packs: Vec::new(),
                contract: None,
                coverage: Fraction { num: 1, den: 1 },
                caps: Vec::new(),
                graded: true,
                tables: vec![TableBaseline {
                    id: "t".to_owned(),
                    rows: 3,
                    rules: Vec::new(),
                    pending_rows: 0,
                    month: None,
                    snapshot: Some(snapshot),
                }],
            }],
            hash: String::new(),
        }
    }

    const SECRET: [u8; 32] = [3; 32];

    fn read(text: &str) -> Result<Baseline, Unusable> {
        Baseline::from_json(text, &SECRET, "k")
    }

    #[test]
    fn what_is_written_is_read_again() {
        let json = baseline().to_json(&SECRET);
        let read_again = read(&json).unwrap();
        assert_eq!(Baseline { hash: String::new(), ..read_again.clone() }, baseline());
        assert_eq!(read_again.to_json(&SECRET), json);
    }

    #[test]
    fn whatever_is_wrong_is_told_apart() {
        let json = baseline().to_json(&SECRET);
        let unusable = |text: &str| read(text).unwrap_err();
        assert_eq!(unusable(&json[..json.len() / 2]), Unusable::Cut);
        assert_eq!(unusable(&json.replace("\"rows\": 3", "\"rows\": 4")), Unusable::Edited);
        assert_eq!(unusable(&json.replace("\"rows\": 3,", "")), Unusable::Edited);
        assert!(Baseline::from_json(&json, &[4; 32], "other").is_ok(), "its key says that it is another's");
        assert_eq!(
            Baseline::from_json(&json, &[4; 32], "k"),
            Err(Unusable::Edited),
            "sealed with another key"
        );
        assert_eq!(
            unusable(&json.replace("baseline/3", "baseline/4")),
            Unusable::Newer("thuocdo.baseline/4".to_owned())
        );
        assert_eq!(
            unusable(&json.replace("baseline/3", "baseline/2")),
            Unusable::Older("thuocdo.baseline/2".to_owned())
        );
        assert!(matches!(unusable("{}"), Unusable::Foreign(_)));
        assert!(matches!(unusable("thuocdo: 1"), Unusable::Foreign(_)));
        assert!(matches!(unusable(r#"{"schema": "thuocdo.scorecard/1"}"#), Unusable::Foreign(_)));
    }

    #[test]
    fn no_byte_can_be_changed() {
        let json = baseline().to_json(&SECRET);
        for at in 0..json.len() {
            let mut bytes = json.clone().into_bytes();
            bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let another = read(&text).is_ok_and(|read| read.key != "k");
            assert!(another || read(&text).is_err(), "{at}");
        }
    }
}
