//! What is kept of one database in one run: its counts, and what came of them. No value of the data enters, no example, no
//! note and no figure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Dimension, Status};
use crate::score::evidence::Confidence;
use crate::score::scorecard::{DatabaseCard, Fraction, MassCard, Score, TableCard, TablePresence};
use crate::score::{Grade, Scorecard};

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.history/1";

/// One database of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub schema: String,
    /// Names the run; the records of its databases share it.
    pub run: String,
    /// When it was written, by the clock of the machine.
    pub recorded_at: String,
    /// The moment that the scorecard speaks of.
    pub as_of: String,
    pub engine: String,
    pub database: String,
    /// The hash of the [`Definition`](super::definition::Definition) that it was scored by.
    pub definition: String,
    /// Whether everything that its rules ask for was measured.
    pub complete: bool,
    /// In the order of the definition's tables.
    pub tables: Vec<TableTallies>,
    pub outcome: Outcome,
}

/// What was counted in one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableTallies {
    pub presence: TablePresence,
    pub rows: u64,
    pub clean: Option<u64>,
    /// Passed, failed, not applicable, unknown: of each rule, in the order of the definition's rules.
    pub tallies: Vec<[u64; 4]>,
    /// The status of rules that were not simply measured.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status: BTreeMap<String, Status>,
    /// What graded rules are scored by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mass: BTreeMap<String, MassCard>,
}

/// Billionths of a point: official, measured, at best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points(pub i64, pub Option<i64>, pub i64);

impl Points {
    pub fn of(score: &Score) -> Self {
        Self(score.official_nano, score.measured_nano, score.ceiling_nano)
    }
}

/// What follows from the counts, under the methodology of the definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub grade: Grade,
    pub grade_by_points: Grade,
    /// The hard caps that applied, by id.
    pub caps: Vec<String>,
    pub score: Points,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<Points>,
    /// The dimensions that count.
    pub dimensions: BTreeMap<Dimension, Points>,
    /// Clean records, and all records.
    pub clean_records: [u64; 2],
    pub coverage: Fraction,
    pub confidence: Confidence,
}

impl Outcome {
    pub fn of(card: &DatabaseCard) -> Self {
        let counted = card.dimensions.iter().filter(|(_, card)| card.applicable);
        Self {
            grade: card.grade,
            grade_by_points: card.grade_by_points,
            caps: card.caps.iter().map(|cap| cap.id.clone()).collect(),
            score: Points::of(&card.score),
            internal: card.internal.as_ref().map(Points::of),
            dimensions: counted.map(|(dimension, card)| (*dimension, Points::of(&card.score))).collect(),
            clean_records: [card.clean_records.clean, card.clean_records.rows],
            coverage: card.coverage,
            confidence: card.confidence,
        }
    }
}

impl Record {
    pub fn of(
        run: &str,
        recorded_at: &str,
        card: &Scorecard,
        database: &DatabaseCard,
        definition: &str,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            run: run.to_owned(),
            recorded_at: recorded_at.to_owned(),
            as_of: card.as_of.clone(),
            engine: card.engine.clone(),
            database: database.id.clone(),
            definition: definition.to_owned(),
            complete: card.incomplete.iter().all(|gap| gap.database != database.id),
            tables: database.tables.iter().map(tallies).collect(),
            outcome: Outcome::of(database),
        }
    }
}

fn tallies(card: &TableCard) -> TableTallies {
    let unusual = card.rules.iter().filter(|rule| rule.status != Status::Measured);
    let graded = card.rules.iter().filter_map(|rule| Some((rule.id.clone(), rule.mass.clone()?)));
    TableTallies {
        presence: card.presence,
        rows: card.rows,
        clean: card.clean,
        tallies: card.rules.iter().map(|rule| [rule.pass, rule.fail, rule.na, rule.unknown]).collect(),
        status: unusual.map(|rule| (rule.id.clone(), rule.status)).collect(),
        mass: graded.collect(),
    }
}

/// A record as far as a line of a series needs it. Kept beside the record, so that long series are read at once, and
/// computed from it again by `history verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub as_of: String,
    pub recorded_at: String,
    pub definition: String,
    pub complete: bool,
    pub grade: Grade,
    pub caps: Vec<String>,
    pub coverage: Fraction,
    pub score: Points,
    pub dimensions: BTreeMap<Dimension, Points>,
}

impl Standing {
    pub fn of(record: &Record) -> Self {
        let Outcome { grade, caps, coverage, score, dimensions, .. } = &record.outcome;
        Self {
            as_of: record.as_of.clone(),
            recorded_at: record.recorded_at.clone(),
            definition: record.definition.clone(),
            complete: record.complete,
            grade: *grade,
            caps: caps.clone(),
            coverage: *coverage,
            score: *score,
            dimensions: dimensions.clone(),
        }
    }
}
