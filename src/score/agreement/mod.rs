//! Whether several databases say the same of the same persons, organisations, parcels: as a document. It holds counts and
//! names of columns, and nothing of what the databases say.

mod again;
mod of;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::of::{Run, agreement};
use super::scorecard::Fraction;
use crate::base::Text;
use crate::say;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.agreement/1";

/// What must be known by whoever reads it.
pub fn notice() -> Text {
    say!(
        "That databases disagree does not say which is wrong, and a majority is no proof: several may have copied one error. Look the paper record \
         up before anything is corrected.",
        "Các CSDL khác nhau chưa cho biết bên nào sai, và đa số không phải là bằng chứng: nhiều nơi có thể cùng chép một lỗi. Hãy tra hồ sơ gốc \
         trước khi sửa."
    )
}

/// What databases say of the same subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agreement {
    /// Always `thuocdo.agreement/1`.
    pub schema: String,
    /// The moment of the run.
    pub as_of: String,
    /// The program and its version.
    pub engine: String,
    /// What a reader must know.
    pub notice: Text,
    /// Everything that should be compared was.
    pub complete: bool,
    /// By sort of subject: those that were asked for, or that two databases or more identify.
    pub entities: Vec<EntityAgreement>,
}

/// A table by its database and its own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TableId {
    /// The database's id.
    pub database: String,
    /// The table's id in it.
    pub table: String,
}

/// What databases say of subjects of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityAgreement {
    /// `person`, `organisation`, `parcel` …
    pub entity: String,
    /// What they are called.
    pub name: Text,
    /// Everything that should be compared was.
    pub complete: bool,
    /// Why nothing was compared between databases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_compared: Option<Text>,
    /// The tables that were read.
    pub sources: Vec<SourceCard>,
    /// Tables that should have been read.
    pub not_read: Vec<NotRead>,
    /// Tables that may be absent, and are.
    pub absent: Vec<TableId>,
    /// Columns that are not compared, and why.
    pub left_out: Vec<LeftOutColumn>,
    /// Columns of one meaning in codes that say nothing about each other.
    pub code_sets: Vec<CodeSetsCard>,
    /// Entities that were found.
    pub found: u64,
    /// Entities by the number of databases that know them.
    pub overlap: Vec<Overlap>,
    /// Entities of two databases or more.
    pub summary: Summary,
    /// By attribute, what the databases say.
    pub attributes: Vec<AttributeCard>,
    /// Who differs from whom, over all attributes.
    pub matrix: Vec<Meeting>,
    /// By attribute and pair of tables.
    pub pairs: Vec<PairCard>,
    /// The main table of the database of reference for what is collected again.
    pub reference: Option<TableId>,
    /// Columns that the reference already has.
    pub collected_again: Vec<Again>,
}

/// A table that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceCard {
    #[serde(flatten)]
    pub table: TableId,
    /// The column that identifies its subjects.
    pub identifier: String,
    /// Whose the identifier is, where it is not that of the record's own subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Rows with an identifier.
    pub rows: u64,
    /// Rows without one.
    pub without_identifier: u64,
    /// Rows that are damaged, so that nobody knows whom they are about.
    pub damaged: u64,
    /// Different identifiers.
    pub entities: u64,
    /// Of these, those with fewer digits than an identifier has.
    pub short: u64,
    /// Identifiers were filled up with zeros.
    pub padded: bool,
    /// What is compared, and in which columns it is.
    pub attributes: Vec<SourceAttribute>,
    /// Columns that should be compared and cannot be read, or not in every file.
    pub not_read: Vec<LeftOut>,
}

/// What a table says of its subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceAttribute {
    /// The attribute.
    pub attribute: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The column of the code list whose words are compared instead of the codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
}

/// A column that is not compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// The column.
    pub column: String,
    /// Why.
    pub why: Text,
}

/// A column that is not compared, of some table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOutColumn {
    #[serde(flatten)]
    pub table: TableId,
    /// The column.
    pub column: String,
    /// Why.
    pub why: Text,
}

/// A table that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotRead {
    #[serde(flatten)]
    pub table: TableId,
    /// Why.
    pub why: Text,
}

/// Columns of one meaning in codes that say nothing about each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSetsCard {
    /// The attribute.
    pub attribute: String,
    /// Tables by set of codes. Tables of different sets are not compared.
    pub sets: Vec<Vec<TableId>>,
}

/// Entities that so many databases know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overlap {
    /// Exactly so many.
    pub databases: u64,
    /// Entities.
    pub entities: u64,
}

/// Entities of two databases or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// All of them; the sum of the others.
    pub shared: u64,
    /// Everything that two databases or more say of them is the same.
    pub agreeing: u64,
    /// Databases contradict each other in some attribute.
    pub conflicting: u64,
    /// No contradiction is known, but a database contradicts itself or cannot be read.
    pub unknown: u64,
    /// No two databases say anything of the same kind.
    pub nothing_compared: u64,
}

/// What the databases say of an attribute. A database has one vote; one that contradicts itself has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeCard {
    /// The attribute.
    pub attribute: String,
    /// Entities of which two databases or more have a vote; the sum of the next three.
    pub voted: u64,
    /// All votes agree.
    pub unanimous: u64,
    /// More than half of the votes agree, and not all.
    pub majority: u64,
    /// Of these, by the number of databases that dissent.
    pub dissenters: BTreeMap<u64, u64>,
    /// No more than half of the votes agree.
    pub undecided: u64,
    /// By database.
    pub databases: Vec<DatabaseCounts>,
}

/// How often a database says what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseCounts {
    /// The database.
    pub database: String,
    /// Entities of which it and another have a vote.
    pub votes: u64,
    /// It alone dissents from a majority.
    pub alone: u64,
    /// It dissents from a majority together with others.
    pub minority: u64,
    /// There is no majority.
    pub undecided: u64,
    /// It says several things.
    pub contradicts_itself: u64,
}

/// Two tables over all attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Meeting {
    /// One table.
    pub a: TableId,
    /// The other.
    pub b: TableId,
    /// Entities that both have.
    pub both: u64,
    /// Of these, entities of which both say something of the same kind.
    pub compared: u64,
    /// Of these, entities of which they contradict each other.
    pub differ: u64,
}

/// Two tables and one attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairCard {
    /// The attribute.
    pub attribute: String,
    /// One table.
    pub a: TableId,
    /// The other.
    pub b: TableId,
    /// Entities that both have; the sum of the next four.
    pub both: u64,
    /// Both say the same.
    pub agree: u64,
    /// They contradict each other.
    pub disagree: u64,
    /// One of them, or both, have no value.
    pub lacking: u64,
    /// One contradicts itself or cannot be read.
    pub unknown: u64,
}

/// A column that the reference already has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Again {
    #[serde(flatten)]
    pub table: TableId,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table of the database of reference that has it.
    pub reference_table: TableId,
    /// Its columns there.
    pub reference: Vec<String>,
    /// Why they are taken for the same: their role, or name and values.
    pub because: Because,
    /// Entities that both have.
    pub both: u64,
    /// Of these, entities of which both have a value.
    pub compared: u64,
    /// Of these, entities of which both say the same.
    pub agree: u64,
    /// `agree` of `compared`.
    pub share: Option<Fraction>,
    /// Different values among those on which it agrees with the reference; counted up to 1,000.
    pub values: u64,
    /// There are more values than are counted.
    pub more_values: bool,
    /// What follows.
    pub suggestion: Text,
}

/// Why columns are taken for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// They have one role.
    Role,
    /// They have one name, and almost always one value.
    NameAndValues,
}

impl Agreement {
    pub fn to_json(&self) -> String {
        // Only texts, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

impl TableId {
    /// `database.table`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.database, self.table)
    }
}
