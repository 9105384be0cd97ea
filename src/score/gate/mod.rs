//! A run as a verdict for a pipeline: conditions on the scorecard, and against a baseline. Scoring.md of the method
//! calls them A1 to D1; every one of them is looked at, whatever the others say.

pub mod baseline;
mod comparable;
mod limits;
mod next;
pub mod report;
mod rules;
mod waivers;

use std::collections::BTreeMap;

use indexmap::IndexMap;

pub use baseline::Baseline;
pub use next::baseline as next_baseline;
pub use report::{Changes, Check, Condition, GateReport, Outcome, Verdict};

use super::Scorecard;
use crate::base::{Dimension, Text};
use crate::engine::TracedTable;
use crate::rule::gate::Policy;
use crate::rule::waiver::Waiver;
use crate::say;
use rules::TableGate;

/// A database and a table of it.
pub type TableId = (String, String);

/// Everything that a verdict is found by.
pub struct GateInputs<'g> {
    pub card: &'g Scorecard,
    /// What is known of single rows.
    pub traced: &'g IndexMap<TableId, TracedTable>,
    /// The limits of each database of the run.
    pub policies: &'g BTreeMap<String, Policy>,
    pub waivers: &'g [Waiver],
    pub baseline: &'g Given,
    /// The day of the run, in days since 1970-01-01.
    pub today: i32,
    /// `2026-11`.
    pub month: String,
    /// Says which key this run's digests were made with.
    pub key: String,
    /// The sync cannot wait: a spent error budget does not block it.
    pub emergency: bool,
    /// Names in policies that nothing in the run has.
    pub unknown: &'g [Text],
}

/// The baseline, as far as there is one.
#[derive(Clone, Debug)]
pub enum Given {
    /// Nobody asked to compare.
    Not,
    /// This run writes the first.
    First,
    Sound(Box<Baseline>),
    /// It cannot be used, and why.
    Unusable {
        outcome: Outcome,
        text: Text,
        hint: Option<Text>,
    },
}

/// Looks at every condition.
pub fn gate(inputs: &GateInputs<'_>) -> GateReport {
    let card = inputs.card;
    let no_limits = Policy::default();
    let mut checks = Checks::default();
    for unknown in inputs.unknown {
        checks.push(Condition::Policy, Outcome::Warning, unknown.clone());
    }
    let waivers = waivers::judge(inputs, &mut checks);
    let baseline = comparable::of_run(inputs, &mut checks);
    let mut report = GateReport {
        schema: report::SCHEMA.to_owned(),
        as_of: card.as_of.clone(),
        engine: card.engine.clone(),
        methodology: card.methodology.clone(),
        profile: card.profile,
        verdict: Verdict::Passed,
        exit_code: 0,
        strict: false,
        checks: Vec::new(),
        changes: Vec::new(),
        waivers: waivers.iter().map(|waiver| waiver.card.clone()).collect(),
        budgets: Vec::new(),
        baseline: baseline.map(|baseline| report::BaselineCard {
            as_of: baseline.as_of.clone(),
            hash: baseline.hash.chars().take(12).collect(),
        }),
    };
    for incomplete in &card.incomplete {
        if !card.databases.iter().any(|database| database.id == incomplete.database) {
            checks.push(Condition::Measured, Outcome::Incomplete, incomplete.text.clone());
            checks.of(|check| check.database = Some(incomplete.database.clone()));
        }
    }
    for database in &card.databases {
        let policy = inputs.policies.get(&database.id).unwrap_or(&no_limits);
        let start = checks.list.len();
        let before = baseline.and_then(|baseline| comparable::of_database(baseline, database, &mut checks));
        limits::check(card, database, policy, before, &mut checks);
        for table in &database.tables {
            let gate = TableGate::new(inputs, policy, database, table, before, &waivers);
            gate.check(&mut checks, &mut report);
        }
        if let Some(before) = before {
            rules::gone(database, before, &mut checks);
        }
        for check in &mut checks.list[start..] {
            check.database = Some(database.id.clone());
        }
    }
    if let Some(baseline) = baseline {
        for gone in baseline.databases.iter().filter(|old| card.databases.iter().all(|new| new.id != old.id))
        {
            checks.push(
                Condition::StillMeasured,
                Outcome::Failed,
                say!(
                    "the baseline has this database, and this run did not score it",
                    "mốc so sánh có CSDL này nhưng lần chạy này không chấm"
                ),
            );
            checks.of(|check| check.database = Some(gone.id.clone()));
        }
    }
    let strict =
        |database: &String| inputs.policies.get(database).is_some_and(|policy| policy.strict == Some(true));
    report.strict = card.databases.iter().all(|database| strict(&database.id));
    for check in &mut checks.list {
        // What is about the whole run is strict if all of it is.
        let strict = check.database.as_ref().map_or(report.strict, strict);
        if strict && check.outcome == Outcome::Warning {
            check.outcome = Outcome::Failed;
        }
    }
    report.checks = checks.list;
    report.conclude();
    report
}

/// The checks so far.
#[derive(Default)]
struct Checks {
    list: Vec<Check>,
}

impl Checks {
    fn push(&mut self, condition: Condition, outcome: Outcome, text: Text) {
        self.list.push(Check::new(condition, outcome, text));
    }

    /// Says more of the last check.
    fn of(&mut self, more: impl FnOnce(&mut Check)) {
        if let Some(last) = self.list.last_mut() {
            more(last);
        }
    }

    fn hint(&mut self, hint: Text) {
        self.of(|check| check.hint = Some(hint));
    }

    fn dimension(&mut self, dimension: Dimension) {
        self.of(|check| check.dimension = Some(dimension));
    }
}

/// Whether a condition holds.
fn held(holds: bool) -> Outcome {
    if holds { Outcome::Passed } else { Outcome::Failed }
}
