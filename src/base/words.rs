//! The field's own words, with the ids that files and JSON use.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::say;

/// A question that is asked of the data.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Đúng: is what is written right?
    Correctness,
    /// Đủ: is everything there that must be?
    Completeness,
    /// Sạch: no duplicates, junk, broken encodings, orphans?
    Cleanliness,
    /// Sống: is it updated on time?
    Freshness,
    /// Thống nhất: same codes, schema, identity across databases?
    Consistency,
    /// Dùng chung: do connections work, are share requests met?
    Sharing,
}

impl Dimension {
    /// In the order in which they are printed and weighed.
    pub const ALL: [Self; 6] = [
        Self::Correctness,
        Self::Completeness,
        Self::Cleanliness,
        Self::Freshness,
        Self::Consistency,
        Self::Sharing,
    ];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Completeness => "completeness",
            Self::Cleanliness => "cleanliness",
            Self::Freshness => "freshness",
            Self::Consistency => "consistency",
            Self::Sharing => "sharing",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Correctness => say!("Correct", "Đúng"),
            Self::Completeness => say!("Complete", "Đủ"),
            Self::Cleanliness => say!("Clean", "Sạch"),
            Self::Freshness => say!("Live", "Sống"),
            Self::Consistency => say!("Consistent", "Thống nhất"),
            Self::Sharing => say!("Shared", "Dùng chung"),
        }
    }
}

/// How much a rule's failure matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Shown, never scored.
    Info,
    Minor,
    Major,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Info, Self::Minor, Self::Major, Self::Critical];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Info => say!("info", "thông tin"),
            Self::Minor => say!("minor", "nhẹ"),
            Self::Major => say!("major", "nặng"),
            Self::Critical => say!("critical", "nghiêm trọng"),
        }
    }
}

/// What one count of a tally stands for. Units are never mixed within a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Row,
    Cell,
    Key,
    ExpectedRecord,
    ExpectedValue,
    Group,
    Event,
    ContractItem,
    Check,
    Attempt,
    Connection,
    Request,
}

/// How a defect rate becomes points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Piecewise linear in defects per million: 1 in 1,000 is 90 points.
    Defect,
    /// 100 × (1 − rate): graded and small-number measures.
    Ratio,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It ran and something was counted.
    Measured,
    /// It ran; nothing was applicable. Leaves all weights.
    Na,
    /// There was no row to look at. Unknown, not passed.
    Empty,
    /// It could not run. Unknown, not passed.
    Error,
    /// An operator switched it off. Unknown, not passed.
    Skipped,
    /// A required column is absent. Counts as failed.
    MissingInput,
    /// A required table is absent. Counts as failed.
    MissingTable,
}

impl Status {
    pub fn label(self) -> Text {
        match self {
            Self::Measured => say!("measured", "đã đo"),
            Self::Na => say!("does not apply", "không áp dụng"),
            Self::Empty => say!("no rows", "không có bản ghi"),
            Self::Error => say!("could not run", "không chạy được"),
            Self::Skipped => say!("switched off", "đã tắt"),
            Self::MissingInput => say!("column missing", "thiếu cột"),
            Self::MissingTable => say!("table missing", "thiếu bảng"),
        }
    }
}
