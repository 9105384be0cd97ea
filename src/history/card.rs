//! A trend as plain data, with its own JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::series::Entry;
use super::why::Why;
use crate::base::{Dimension, Nano, Text};
use crate::score::change_points::{ChangePoint, Direction};
use crate::score::{Grade, Profile};

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.trend/1";

/// Runs of databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trend {
    /// Always `thuocdo.trend/1`.
    pub schema: String,
    /// Records in the history.
    pub records: u64,
    /// The hash of the last record.
    pub head: String,
    /// What the series are of.
    pub node: Node,
    /// The databases, by id.
    pub databases: Vec<DatabaseTrend>,
}

/// The runs of one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DatabaseTrend {
    /// Its id.
    pub database: String,
    /// All its runs, shown or not.
    pub runs_in_all: u64,
    /// Runs that a later one of the same moment stands for.
    pub superseded: u64,
    /// The runs that are shown, by the moment that they speak of.
    pub runs: Vec<RunCard>,
    /// What moved the score; absent unless the series is of the database and has two runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// What could not be scored again, explained or shown, and why.
    pub notes: Vec<Text>,
    /// Records that cannot be shown: they, what they were scored by, or their place in the series are not there.
    pub lost: Vec<u64>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunCard {
    /// Its record.
    pub sequence: u64,
    /// The moment that it speaks of.
    pub as_of: String,
    /// When it was written.
    pub recorded_at: String,
    /// The methodology of then.
    pub methodology: String,
    /// The profile of then.
    pub profile: Profile,
    /// The grade of the database.
    pub grade: Grade,
    /// The hard caps that applied to the database, by id.
    pub caps: Vec<String>,
    /// Whether everything was measured.
    pub complete: bool,
    /// What the series is of.
    #[serde(flatten)]
    pub value: Value,
    /// The same run scored again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restated: Option<Restated>,
}

/// A run scored again, by this program's methodology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Restated {
    /// The methodology of now.
    pub methodology: String,
    /// The profile.
    pub profile: Profile,
    /// The grade of the database.
    pub grade: Grade,
    /// What the series is of.
    #[serde(flatten)]
    pub value: Value,
}

/// A value of a series, beside the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Value {
    /// Official points, six decimals, cut off; null where nothing applies.
    pub official: Option<String>,
    /// Official points in billionths.
    pub official_nano: Option<i64>,
    /// Points of what could be measured, in billionths.
    pub measured_nano: Option<i64>,
    /// Points at best, in billionths.
    pub ceiling_nano: Option<i64>,
    /// Official points since the run before it that it may be compared with, in billionths.
    pub change_nano: Option<i64>,
    /// Why it is part of no stretch: too little could be measured to compare it with any run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_compared: Option<Text>,
    /// Why it may not be compared with the run before it: a new stretch begins.
    pub new_stretch: Vec<Text>,
    /// Here the series changed for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_point: Option<ChangeCard>,
}

/// A change for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangeCard {
    /// Which way.
    pub direction: Direction,
    /// The median of the runs before, in billionths.
    pub reference_nano: i64,
}

impl Value {
    pub(super) fn of(entry: &Entry) -> Self {
        let points = entry.points;
        let change_card = |ChangePoint { direction, reference, .. }: ChangePoint| ChangeCard {
            direction,
            reference_nano: reference.get(),
        };
        Self {
            official: points.map(|points| Nano::new(points.0).six()),
            official_nano: points.map(|points| points.0),
            measured_nano: points.and_then(|points| points.1),
            ceiling_nano: points.map(|points| points.2),
            change_nano: entry.change,
            not_compared: entry.aside.clone(),
            new_stretch: entry.breaks.clone(),
            change_point: entry.change_point.map(change_card),
        }
    }
}

impl RunCard {
    /// What stands for it where there is room for one value: scored again if that was asked for.
    pub fn shown(&self) -> (Grade, &Value) {
        self.restated.as_ref().map_or((self.grade, &self.value), |again| (again.grade, &again.value))
    }
}

impl Trend {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// What a series is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Node {
    /// The score of the database.
    #[default]
    Database,
    /// A dimension of it.
    Dimension {
        /// Which.
        dimension: Dimension,
    },
    /// A rule. Its points are those of this program's scale, whatever it was recorded by.
    Rule {
        /// The table's id.
        table: String,
        /// The rule's id.
        rule: String,
    },
}
