//! What a scorecard says of a second methodology.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::{Dimension, Text};
use crate::say;

/// A value by another methodology than that of the scorecard. The two are never mixed: not added, subtracted or ranked
/// together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexCard {
    /// Its name, with a hash of its numbers: `dqi-2439-reported+` and 12 hexadecimal digits.
    pub methodology: String,
    /// The methodology is known from a secondary source, whose original was not seen.
    pub reported: bool,
    /// Where it is known from.
    pub source: Text,
    /// Whether its numbers are those that came with the program.
    pub weights: Origin,
    /// Points (0 to 100): the weighted mean of the fields, six decimals, cut off. What is unknown is not passed. Null if
    /// there is no field.
    pub value: Option<String>,
    /// `value` in billionths of a point.
    pub value_nano: Option<i64>,
    /// The colour of the value.
    pub colour: Option<Colour>,
    /// An identifier field is not without defects ("cảnh báo sự cố nghiêm trọng"), whatever the value.
    pub alert: bool,
    /// The identifier fields that raise the alert.
    pub alert_fields: Vec<AlertField>,
    /// The reported condition for connecting the database: identifier fields at 100, all others above the limit.
    pub connection_ready: bool,
    /// The fields, in the order of the tables, in each the table as a whole and then its columns by name.
    pub fields: Vec<FieldCard>,
    /// The eight groups of errors, in order.
    pub errors: Vec<ErrorCard>,
    /// How soon errors must be repaired.
    pub deadlines: Deadlines,
}

/// Whose numbers a methodology was computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// As they came with the program.
    Shipped,
    /// Changed by the user.
    Edited,
}

/// The colour of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Xanh: 90 and above, unless the weights were edited.
    Green,
    /// Vàng: from 75 on, unless the weights were edited.
    Yellow,
    /// Đỏ: below.
    Red,
}

impl Colour {
    pub fn label(self) -> Text {
        match self {
            Self::Green => say!("green", "Xanh"),
            Self::Yellow => say!("yellow", "Vàng"),
            Self::Red => say!("red", "Đỏ"),
        }
    }
}

/// An identifier field that is not shown to be without defects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertField {
    /// The table's id.
    pub table: String,
    /// The column.
    pub column: String,
    /// Its lowest value by a criterion that identifiers must be whole in; null if no rule looks at the field.
    pub value: Option<String>,
}

/// A field: a column, or a table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldCard {
    /// The table's id.
    pub table: String,
    /// The column; null for rules that are about the table as a whole.
    pub column: Option<String>,
    /// Whether it identifies something: a key column, or one with the role of an identifier.
    pub identifier: bool,
    /// The weight it counts with in the value.
    pub weight: u32,
    /// Points: the weighted mean of its criteria, six decimals, cut off.
    pub value: String,
    /// `value` in billionths of a point.
    pub value_nano: i64,
    /// The colour of the value.
    pub colour: Colour,
    /// The criteria that it has rules in.
    pub criteria: BTreeMap<Dimension, CriterionCard>,
}

/// One criterion of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionCard {
    /// Points: the weighted mean of its rules, six decimals, cut off.
    pub value: String,
    /// `value` in billionths of a point.
    pub value_nano: i64,
    /// How many rules it is the mean of. A rule over several columns counts at each of them.
    pub rules: u64,
}

/// One of the eight groups of errors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorCard {
    /// 1 to 8.
    pub group: u8,
    /// Its name.
    pub name: Text,
    /// Rules that look for such errors.
    pub rules: u64,
    /// Units (rows, values, checks …) that fail these rules; each rule once, however many columns it is about.
    pub defects: u64,
    /// Units that could not be judged.
    pub unknown: u64,
}

/// Working days, as reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deadlines {
    /// To review an error.
    pub review: u32,
    /// To repair it and send the data again.
    pub repair: u32,
    /// The same in complex cases.
    pub complex: u32,
}
