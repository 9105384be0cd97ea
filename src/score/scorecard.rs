//! The scorecard: plain data, versioned, public. It knows no output format besides its own JSON.
//!
//! Field descriptions become those of the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::countable;
use super::evidence::Confidence;
use super::fix_first::{FixCard, FixDatabaseCard};
use super::grade::Grade;
use super::index::IndexCard;
use super::methodology::Profile;
use super::provenance::Provenance;
use super::registry::RollUp;
use crate::base::{Dimension, Scale, Severity, Status, Text, Unit};
pub use crate::engine::measured::{Problem, ProblemLevel};
pub use crate::engine::vacuity::Strength;
use crate::say;
use crate::state::{Example, Figure};

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.scorecard/1";

/// Scores of databases, of their agencies, and of all of them together. The same inputs and `as_of` give the same
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scorecard {
    /// Always `thuocdo.scorecard/1`.
    pub schema: String,
    /// The moment that ages are counted to, RFC 3339.
    pub as_of: String,
    /// Program and version.
    pub engine: String,
    /// Name of the scoring methodology, with a hash of all its numbers. Scores under different names are not compared.
    pub methodology: String,
    /// Which dimensions count, and whether scores may be compared.
    pub profile: Profile,
    /// What agencies are summed up over; unless it says otherwise, the databases of the run.
    #[serde(default, skip_serializing_if = "RollUp::is_run")]
    pub roll_up: RollUp,
    /// The catalogue of databases that the roll-up takes as complete: first 12 hexadecimal digits of its SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
    /// Whether everything that the rules ask for was measured.
    pub complete: bool,
    /// What was not measured.
    pub incomplete: Vec<Incomplete>,
    /// The databases, by id.
    pub databases: Vec<DatabaseCard>,
    /// The agencies, by id; databases that name none are in `overall` only.
    pub agencies: Vec<AgencyCard>,
    /// All databases together (not the mean of agencies).
    pub overall: AgencyCard,
    /// Digests of everything above, for `thuocdo verify`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// Something that was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incomplete {
    /// What kind of gap this is.
    pub code: Gap,
    /// The database's id.
    pub database: String,
    /// The table's id, unless the whole database is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The rule's id, if it is about one rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What is missing and why.
    pub text: Text,
}

/// Kinds of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// A rule could not run.
    RuleError,
    /// A rule was switched off.
    RuleSkipped,
    /// A rule ran, but could not judge a single row.
    NothingKnown,
    /// A required column is absent.
    MissingInput,
    /// A required table is absent.
    MissingTable,
    /// A table that must not be empty has no rows.
    EmptyTable,
    /// A file, or a part of it, could not be read.
    UnreadData,
}

/// Three values in points (0 to 100), six decimals, cut off and never rounded up, and the exact values in billionths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Guaranteed: what is unknown counts as failed. This is the score.
    pub official: String,
    /// Of what could be measured alone; null if nothing could.
    pub measured: Option<String>,
    /// At best: what is unknown counts as passed.
    pub ceiling: String,
    /// `official` in billionths of a point.
    pub official_nano: i64,
    /// `measured` in billionths of a point.
    pub measured_nano: Option<i64>,
    /// `ceiling` in billionths of a point.
    pub ceiling_nano: i64,
}

/// An exact fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fraction {
    /// Numerator.
    pub num: u64,
    /// Denominator, positive.
    pub den: u64,
}

/// An exact fraction and its first decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// Numerator.
    pub num: u64,
    /// Denominator, positive.
    pub den: u64,
    /// Six decimals, cut off.
    pub value: String,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseCard {
    /// The id of the rule file or the registry.
    pub id: String,
    /// The agency that is responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Weight in its agency: 3 priority, 2 important, 1 other.
    pub weight: u32,
    /// The rule files that declare it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule_files: Vec<RuleFileCard>,
    /// The packs that its rules came with.
    pub packs: Vec<PackCard>,
    /// What its rule file declares, under core packs: first 12 hexadecimal digits of the SHA-256 of its tables, keys, tiers,
    /// cycles, columns, roles and code lists. Scores under different contracts of one database are not comparable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The internal score ("điểm nội bộ"), under core packs: of all rules, local ones included. It is for improvement at
    /// home and never compared; the official score is of the core packs' rules alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<Score>,
    /// Code lists that were read from files, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_lists: Vec<CodeListCard>,
    /// The final grade: the worst of the grade by points and of all caps.
    pub grade: Grade,
    /// The grade that the official points alone give.
    pub grade_by_points: Grade,
    /// The official points are less than half a point from the edge of a grade ("sát ngưỡng").
    pub near_edge: bool,
    /// Hard caps that apply ("điểm liệt"), by id.
    pub caps: Vec<Cap>,
    /// Its points.
    pub score: Score,
    /// Clean records of the main tables.
    pub clean_records: CleanRecords,
    /// The share of rules, by weight, whose value is known.
    pub coverage: Fraction,
    /// Declared columns that some rule looks at which counts, of all that are declared; absent if none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column_coverage: Option<Fraction>,
    /// The dimensions, in order.
    pub dimensions: BTreeMap<Dimension, DimensionCard>,
    /// How far the score can be relied on.
    pub confidence: Confidence,
    /// A critical rule judged fewer than 100 units ("n nhỏ").
    pub small_n: bool,
    /// Whether the score may be compared with those of other databases.
    pub comparable: bool,
    /// Why not.
    pub not_comparable_because: Vec<Text>,
    /// What to fix first: rules, columns and tables by the points that each would win back, most first. What would win
    /// nothing is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_first: Vec<FixCard>,
    /// The tables, in the order of the rule file.
    pub tables: Vec<TableCard>,
    /// Values by other methodologies, if asked for. They are never mixed with the score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indices: Vec<IndexCard>,
    /// Findings about the database as a whole.
    pub problems: Vec<Problem>,
}

/// A rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleFileCard {
    /// Its name without folders.
    pub name: String,
    /// BLAKE3 hash of its text, hexadecimal; of its bytes, unless it begins with a byte order mark.
    pub blake3: String,
}

/// A pack of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackCard {
    /// Its id: `core/…`, or the name that it gives itself.
    pub id: String,
    /// Its version.
    pub version: String,
    /// First 12 hexadecimal digits of the SHA-256 of it, of what it includes and of the lists that it reads.
    pub hash: String,
    /// It is shipped with the program, and its rules count officially.
    pub core: bool,
}

/// A hard cap: no better grade than this, whatever the points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cap {
    /// K1 to K9.
    pub id: String,
    /// The best grade that is left.
    pub max_grade: Grade,
    /// Why, with numbers.
    pub evidence: Text,
    /// What it was found at: `table/rule`, a dimension, a table, a database.
    pub subjects: Vec<String>,
}

/// Records of main tables that no rule of severity major or above fails or leaves open, and whose identity key is
/// present and unique.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanRecords {
    /// Clean records.
    pub clean: u64,
    /// All records.
    pub rows: u64,
    /// The guaranteed share, six decimals, cut off: 0 while a required main table is missing or empty; null without
    /// main tables.
    pub official: Option<String>,
    /// Required main tables that are missing or empty.
    pub unknown_tables: Vec<String>,
}

/// One dimension of a database, a table or an agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DimensionCard {
    /// Whether the dimension counts. If not, its values say nothing.
    pub applicable: bool,
    /// Its points.
    #[serde(flatten)]
    pub score: Score,
    /// The share of rules, by weight, whose value is known; absent for agencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Fraction>,
}

/// Whether a table was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TablePresence {
    /// It was read.
    Present,
    /// It is required and there is no readable file.
    Missing,
    /// It is optional and there is no file.
    Absent,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableCard {
    /// Its id in the rule file.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// 3 main, 2 secondary, 1 code list or log: its weight.
    pub tier: u32,
    /// Whether it was there.
    pub presence: TablePresence,
    /// It may be empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_empty: bool,
    /// Rows that were read.
    pub rows: u64,
    /// Columns of the identity key.
    pub key: Vec<String>,
    /// The files it was read from.
    pub files: Vec<FileCard>,
    /// Clean rows; null if it could not be established.
    pub clean: Option<u64>,
    /// Its part of the dimensions that it has scored rules in.
    pub dimensions: BTreeMap<Dimension, DimensionCard>,
    /// Findings about the table.
    pub problems: Vec<Problem>,
    /// Its rules, in the order of the rule file.
    pub rules: Vec<RuleCard>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileCard {
    /// Relative to the data directory, with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// BLAKE3 hash of the content, hexadecimal; empty if it could not be read.
    pub blake3: String,
    /// Rows that were read from it.
    pub rows: u64,
    /// Why the file, or a part of it, could not be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Text>,
}

/// A code list that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeListCard {
    /// Its name in the rule file.
    pub name: String,
    /// The file, as the rule file names it.
    pub path: String,
    /// BLAKE3 hash of the content, hexadecimal.
    pub blake3: String,
    /// Different values in it.
    pub values: u64,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleCard {
    /// Its id, unique in the table.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What it asks about.
    pub dimension: Dimension,
    /// How much its failure matters.
    pub severity: Severity,
    /// It came with a core pack. Where any rule of the database did, only such rules count officially.
    pub core: bool,
    /// How it stood against poison: wrong values of all kinds that it failed, of those that it judged. Absent where it
    /// judges more than a row at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// No wrong value could break it: it says nothing, gives no coverage and counts nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vacuous: bool,
    /// The pack that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// What the pack has it for: P1 identity, P2 required cells, P3 dates, P4 national code lists, P5 encoding, P6 control
    /// total, P7 heartbeat, P8 latency, P9 reconciliation, P10 schema, P11 connections, P12 share requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// It asks that the identity key is present, or unique.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
    /// The weight that the rule file gives it; it counts under the profile `local` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_weight: Option<u32>,
    /// The columns it looks at.
    pub columns: Vec<String>,
    /// What became of it.
    pub status: Status,
    /// Units that passed.
    pub pass: u64,
    /// Units that failed.
    pub fail: u64,
    /// Units that it does not apply to.
    pub na: u64,
    /// Units that could not be judged.
    pub unknown: u64,
    /// What its points are computed from, of graded kinds, instead of the counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass: Option<MassCard>,
    /// Rows on which `when` was neither true nor false; they are among `na`.
    pub when_unknown: u64,
    /// `when` was unknown on too many rows (more than 5 %) for the rule to say much.
    pub when_unreliable: bool,
    /// What the counts count.
    pub unit: Unit,
    /// How a defect rate becomes points.
    pub scale: Scale,
    /// Official points, six decimals, cut off; null if the rule does not apply.
    pub points: Option<String>,
    /// Points of what could be measured alone; null if nothing could.
    pub points_measured: Option<String>,
    /// Points at best; null if the rule does not apply.
    pub points_ceiling: Option<String>,
    /// `points` in billionths.
    pub points_nano: Option<i64>,
    /// The guaranteed pass rate (unknown counts as failed); null if nothing was counted.
    pub rate: Option<Rate>,
    /// Defects per million as an exact number or fraction, on the same ground as `rate`.
    pub defects_per_million: Option<String>,
    /// One defect in so many units ("1 lỗi / N"), rounded down; null without a defect.
    pub one_in: Option<u64>,
    /// Nines: 5 up to 10 defects per million, 4 up to 100, 3 up to 1,000, 2 up to 10,000, 1 up to 100,000, else 0.
    pub nines: Option<u8>,
    /// The weight it counts with in its table and dimension; 0 if it does not count.
    pub weight: u32,
    /// Points that the database's official score would gain if this rule alone were without defects. Six decimals.
    pub gain: String,
    /// `gain` in billionths of a point.
    pub gain_nano: i64,
    /// Named exact figures.
    pub figures: Vec<Figure>,
    /// Some failing rows.
    pub examples: Vec<Example>,
    /// Why it could not run, or what to know about its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Why the rule exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Text>,
    /// The user's tags.
    pub tags: Vec<String>,
    /// Who looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// `file:line` of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A graded measure: each of `units` measured units carries between 0 and `per_unit` of badness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MassCard {
    /// Total badness, at most `units` × `per_unit`: an integer, as text, for it may be longer than 64 bits.
    pub bad: String,
    /// Units that were measured.
    pub units: u64,
    /// Badness of a unit that is worth nothing.
    pub per_unit: u64,
}

/// Databases together: of an agency, or all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgencyCard {
    /// The agency's id; null for all databases together.
    pub id: Option<String>,
    /// The final grade.
    pub grade: Grade,
    /// The grade that the official points alone give.
    pub grade_by_points: Grade,
    /// The official points are less than half a point from the edge of a grade.
    pub near_edge: bool,
    /// Hard caps that apply (K9).
    pub caps: Vec<Cap>,
    /// Points: the mean of the databases by their weight; one that was not measured counts 0 officially.
    pub score: Score,
    /// Dimensions on the same weights, for display: the points above are the mean of the databases' points.
    pub dimensions: BTreeMap<Dimension, DimensionCard>,
    /// Databases that are registered: those of the run, or of the catalogue as `roll_up` says.
    pub registered: u64,
    /// Databases of which something was measured.
    pub measured: u64,
    /// The lowest official points of a database.
    pub minimum: Option<String>,
    /// The median of the databases' official points.
    pub median: Option<String>,
    /// Databases by final grade: A, B, C, D, —.
    pub grades: BTreeMap<Grade, u64>,
    /// Agencies are compared within groups of like size.
    pub peer_group: PeerGroup,
    /// Whether all of its databases may be compared.
    pub comparable: bool,
    /// The ids of its databases, scored or not.
    pub databases: Vec<String>,
    /// What to fix first: databases by the points that each would bring, most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_first: Vec<FixDatabaseCard>,
}

/// Small agencies tend to both ends of a ranking by chance alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeerGroup {
    /// 15 databases or more.
    Large,
    /// 5 to 14 databases.
    Medium,
    /// Fewer than 5 databases.
    Small,
}

/// Why a text is not a scorecard that this program reads.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    #[error("this is not a scorecard: {0}")]
    Form(#[from] serde_json::Error),
    #[error("this scorecard has the format `{0}`; this program reads `{SCHEMA}`")]
    Schema(String),
    #[error("{}", .0.en)]
    Counts(Text),
}

impl CardError {
    pub fn text(&self) -> Text {
        match self {
            Self::Form(error) => {
                let vi = in_vietnamese(error);
                say!("this is not a scorecard: {error}", "đây không phải bảng điểm: {vi}")
            }
            Self::Schema(schema) => say!(
                "this scorecard has the format `{schema}`; this program reads `{SCHEMA}`",
                "bảng điểm này có định dạng `{schema}`; chương trình này đọc `{SCHEMA}`"
            ),
            Self::Counts(text) => text.clone(),
        }
    }
}

/// What the JSON library says, which speaks English only: what is wrong, and where.
fn in_vietnamese(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = match error.classify() {
        Category::Eof => "tệp kết thúc giữa chừng".to_owned(),
        Category::Syntax => "sai cú pháp JSON".to_owned(),
        Category::Io => "không đọc được".to_owned(),
        // The name that it says stands between backticks.
        Category::Data => match said.split('`').nth(1) {
            Some(name) if said.starts_with("missing field") => format!("thiếu trường `{name}`"),
            Some(name) if said.starts_with("unknown field") => format!("có trường lạ `{name}`"),
            _ => "giá trị không đúng kiểu".to_owned(),
        },
    };
    let (line, column) = (error.line(), error.column());
    if line > 0 { format!("{what}, dòng {line} cột {column}") } else { what }
}

/// The text without the mark of its encoding, which some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl Scorecard {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    pub fn from_json(text: &str) -> Result<Self, CardError> {
        #[derive(Deserialize)]
        struct Version {
            schema: String,
        }
        let text = without_mark(text);
        let foreign = |schema: String| Err(CardError::Schema(schema));
        match serde_json::from_str::<Self>(text) {
            Ok(card) if card.schema == SCHEMA => {
                countable::check(&card).map_err(CardError::Counts)?;
                Ok(card)
            }
            Ok(card) => foreign(card.schema),
            // What another version wrote need not have our fields.
            Err(error) => match serde_json::from_str::<Version>(text)? {
                Version { schema } if schema != SCHEMA => foreign(schema),
                Version { .. } => Err(error.into()),
            },
        }
    }
}
