//! What is known about a rule once all of its data was seen: exact numbers, never a float.

use serde::{Deserialize, Serialize};

use super::Tally;
use crate::base::{Status, Text};

/// A graded measure: each of `units` measured units carries between 0 and `per_unit` of badness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mass {
    /// Total badness, at most `units × per_unit`.
    pub bad: u128,
    pub units: u64,
    pub per_unit: u64,
}

/// A named exact figure shown beside the tally (`null`, `blank`, `excess`, `p95_seconds` …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Figure {
    pub name: String,
    /// An integer, an exact decimal or a date, as text.
    pub value: String,
}

impl Figure {
    pub fn new(name: &str, value: impl ToString) -> Self {
        Self { name: name.to_owned(), value: value.to_string() }
    }
}

/// A failing row, chosen by digest so that neither thread nor file order matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Example {
    /// The file it is in, as listed under the table's files.
    pub file: String,
    /// One-based row within that file (the header line of a text file is not counted).
    pub row: u64,
    /// Masked, unless values were asked to be revealed. Absent where the rule has no single value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why it fails, where the rule tells reasons apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// What the value must be, where that is certain. Masked as `value` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaired: Option<String>,
}

/// The outcome of one rule on one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub status: Status,
    pub tally: Tally,
    /// Set by graded kinds (heartbeat, record age); the score is then computed from it.
    pub mass: Option<Mass>,
    pub figures: Vec<Figure>,
    pub examples: Vec<Example>,
    /// Rows where `when` was neither true nor false (they are in `tally.na` too).
    pub when_unknown: u64,
    /// Why the rule could not run, or what the reader should know about its numbers.
    pub note: Option<Text>,
}

impl Measure {
    /// A rule that ran: measured, not applicable, or empty, as its counts say.
    pub fn of(tally: Tally) -> Self {
        let status = match (tally.applicable(), tally.na) {
            (0, 0) => Status::Empty,
            (0, _) => Status::Na,
            _ => Status::Measured,
        };
        Self {
            status,
            tally,
            mass: None,
            figures: Vec::new(),
            examples: Vec::new(),
            when_unknown: 0,
            note: None,
        }
    }

    /// A rule that did not run, and why.
    pub fn not_run(status: Status, note: Text) -> Self {
        Self { status, note: Some(note), ..Self::of(Tally::default()) }
    }
}
