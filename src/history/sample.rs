//! Scorecards and histories for tests.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::Store;
use crate::base::{Dimension, Scale, Severity, Status, Unit};
use crate::engine::measured::{MeasuredDatabase, MeasuredPack, MeasuredRule, MeasuredTable, Presence};
use crate::engine::vacuity::Strength;
pub(crate) use crate::score::laws::database;
use crate::score::{Profile, ScoreOptions, Scorecard, assemble, laws};
use crate::state::{Mass, Measure, Tally};

pub fn rule(id: &str, dimension: Dimension, severity: Severity, fail: u64) -> MeasuredRule {
    laws::rule(id, dimension, severity, Tally::new(1_000 - fail, fail, 0, 0))
}

pub fn table(id: &str, tier: u32, rules: Vec<MeasuredRule>) -> MeasuredTable {
    MeasuredTable { key: vec!["c".to_owned()], clean: Some(990), ..laws::table(id, tier, rules) }
}

pub fn score(databases: Vec<MeasuredDatabase>, profile: Profile, as_of: &str) -> Scorecard {
    let options = ScoreOptions {
        profile,
        as_of: as_of.to_owned(),
        engine: "thuocdo 0.1.0".to_owned(),
        ..ScoreOptions::default()
    };
    assemble(databases, &options)
}

/// A database with so many defects in the first of two rules, on that day of November 2026.
pub fn day(id: &str, day: u32, fail: u64) -> Scorecard {
    let rules = vec![
        rule("a", Dimension::Correctness, Severity::Major, fail),
        rule("b", Dimension::Completeness, Severity::Critical, 0),
    ];
    let as_of = format!("2026-11-{day:02}T00:00:00+07:00");
    score(vec![database(id, vec![table("t", 3, rules)])], Profile::Local, &as_of)
}

/// A folder with a history of so many days of the database `d`.
pub struct Shelf {
    folder: TempDir,
}

impl Shelf {
    pub fn new(days: u32) -> Self {
        let shelf = Self { folder: TempDir::new().unwrap() };
        for at in 1..=days {
            shelf.add(&day("d", at, u64::from(at)), at);
        }
        shelf
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("h.sqlite")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a card as the run of that number.
    pub fn add(&self, card: &Scorecard, run: u32) -> super::store::Appended {
        let recorded_at = format!("2026-12-{run:02}T08:00:00+07:00");
        Store::open(&self.path()).unwrap().append(&format!("run {run}"), &recorded_at, card).unwrap()
    }
}

fn any_rule() -> impl Strategy<Value = MeasuredRule> {
    let severity = prop::sample::select(Severity::ALL.to_vec());
    let dimension = prop::sample::select(Dimension::ALL.to_vec());
    let kind = prop::sample::select(vec!["not_null", "unique", "heartbeat", "matches"]);
    let counts = (0_u64..2_000, 0_u64..200, 0_u64..50, prop_oneof![3 => Just(0_u64), 1 => 0_u64..300]);
    let status = prop_oneof![
        6 => Just(None),
        1 => prop::sample::select(vec![
            Status::Na, Status::Empty, Status::Error, Status::Skipped, Status::MissingInput
        ]).prop_map(Some),
    ];
    let mass = prop_oneof![4 => Just(None), 1 => (0_u128..9_000, 1_u64..900).prop_map(Some)];
    let strength = prop_oneof![3 => Just(None), 1 => (0_u64..3, 0_u64..3).prop_map(Some)];
    (severity, dimension, kind, counts, status, mass, (strength, any::<bool>(), any::<bool>())).prop_map(
        |(severity, dimension, kind, (pass, fail, na, unknown), status, mass, (strength, core, odd))| {
            let mut rule = rule("", dimension, severity, 0);
            rule.measure = Measure::of(Tally::new(pass, fail, na, unknown));
            rule.measure.status = status.unwrap_or(rule.measure.status);
            rule.measure.mass =
                mass.map(|(bad, units)| Mass { bad: bad.min(u128::from(units) * 10), units, per_unit: 10 });
            rule.scale = if odd { Scale::Ratio } else { Scale::Defect };
            rule.unit = if odd { Unit::Check } else { Unit::Cell };
            rule.weight = odd.then_some(5);
            (rule.kind, rule.core, rule.identity) = (kind.to_owned(), core, odd);
            rule.strength = strength.map(|(killed, applicable)| Strength { killed, applicable });
            rule
        },
    )
}

/// Databases of all sorts: with core packs and without, with tables that are missing, absent or empty.
pub fn any_database() -> impl Strategy<Value = MeasuredDatabase> {
    let presence = prop_oneof![
        4 => Just(Presence::Present), 1 => Just(Presence::Missing), 1 => Just(Presence::Absent)
    ];
    let tables = prop::collection::vec(
        (0_u32..=3, presence, any::<bool>(), 0_u64..2, prop::collection::vec(any_rule(), 0..6)),
        1..4,
    );
    (tables, any::<bool>()).prop_map(|(tables, core)| {
        let tables =
            tables.into_iter().enumerate().map(|(at, (tier, presence, allow_empty, rows, rules))| {
                let mut table = table(&format!("t{at}"), tier, rules);
                for (at, rule) in table.rules.iter_mut().enumerate() {
                    rule.id = format!("r{at}");
                }
                (table.presence, table.allow_empty) = (presence, allow_empty);
                table.rows *= rows;
                table.clean = table.clean.map(|clean| clean * rows);
                table
            });
        let mut database = database("d", tables.collect());
        if core {
            database.packs = vec![MeasuredPack {
                id: "core/x".to_owned(),
                version: "1".to_owned(),
                hash: "0".repeat(12),
                core: true,
            }];
        }
        database
    })
}
