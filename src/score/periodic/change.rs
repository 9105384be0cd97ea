//! What moved the points of databases together, from one period to the next: parts that sum to the change, to the last
//! billionth of a point.
//!
//! The points of an agency are the mean of its databases by weight, so a part of a database's change is a part of the
//! agency's, by the database's share. Databases that came, went, or weigh otherwise are told apart: first the databases
//! that are in both, then what the others add.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::{Dimension, Nano, Ratio, Status, Text};
use crate::score::composite::weighted_mean;
use crate::score::contribution::{self, Part, RuleAt, allocate};
use crate::score::methodology::Methodology;
use crate::score::registry::Slot;
use crate::score::rule_points::rule_points;
use crate::score::scorecard::{DatabaseCard, RuleCard};
use crate::score::{Profile, Scorecard};
use crate::state::{Mass, Tally};

/// What sort of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// A rule has other points than before.
    Rule,
    /// Rules and tables of a database are new, or began to apply.
    RulesAdded,
    /// Rules and tables of a database are gone, ceased to apply, or weigh otherwise.
    RulesRemoved,
    /// A registered database that had no scorecard before has one now.
    NewlyScored,
    /// A registered database that had a scorecard before has none now.
    NoLongerScored,
    /// A registered database has a scorecard that stands now, and had one before that could not.
    StandsAgain,
    /// A registered database that had a scorecard before has one now that cannot stand.
    CannotStand,
    /// A database has its points from the scorecard of another than before, as an entry of a priority database: their rules
    /// are not compared.
    OtherDatabase,
    /// Databases are summed up that were not before.
    DatabasesCame,
    /// Databases are no longer summed up, or weigh otherwise.
    DatabasesWent,
}

/// A part of the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    pub sort: Sort,
    /// Billionths of a point of what is reported on; reasons sum to its change.
    pub nano: i64,
    /// Of that, what came of units that can be measured now and could not be before, which is no improvement; below zero,
    /// of units that no longer can be.
    pub newly_measured_nano: i64,
    /// The databases that it is about.
    pub databases: Vec<String>,
    /// Of a rule: its table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The table's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_title: Option<Text>,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The columns that it looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Its dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// Its failing and unknown units, and all that it applies to: before and now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defects: Option<[[u64; 2]; 2]>,
}

impl Reason {
    pub(crate) fn of(sort: Sort, databases: Vec<String>, nano: i64) -> Self {
        Self {
            sort,
            nano,
            newly_measured_nano: 0,
            databases,
            table: None,
            table_title: None,
            rule: None,
            kind: None,
            title: None,
            columns: Vec::new(),
            dimension: None,
            defects: None,
        }
    }
}

/// A scorecard and the places in it that are summed up.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub card: &'a Scorecard,
    pub slots: &'a [Slot<'a>],
}

impl<'a> Side<'a> {
    fn database(&self, slot: &Slot<'_>) -> Option<&'a DatabaseCard> {
        slot.scored.and_then(|at| self.card.databases.get(at))
    }

    /// Official points; what was not scored counts 0.
    fn points(&self, slot: &Slot<'_>) -> i64 {
        self.database(slot).map_or(0, |database| database.score.official_nano)
    }

    fn mean(&self) -> i64 {
        mean(self.slots.iter().map(|slot| (slot.weight, self.points(slot))))
    }
}

fn mean(points: impl Iterator<Item = (u32, i64)>) -> i64 {
    let points = points.map(|(weight, nano)| (u64::from(weight), Nano::new(nano)));
    weighted_mean(points).map_or(0, Nano::get)
}

/// A place that is summed up on both sides, by today's weight.
type Common<'a> = (u32, [&'a Slot<'a>; 2]);

/// Explains the change; the reasons, most first, sum to it.
pub fn reasons(before: Side<'_>, now: Side<'_>, profile: Profile) -> Vec<Reason> {
    let was: BTreeMap<&str, &Slot<'_>> = before.slots.iter().map(|slot| (slot.id, slot)).collect();
    let common: Vec<Common<'_>> =
        now.slots.iter().filter_map(|slot| Some((slot.weight, [*was.get(slot.id)?, slot]))).collect();
    let then = mean(common.iter().map(|(weight, [was, _])| (*weight, before.points(was))));
    let today = mean(common.iter().map(|(weight, [_, is])| (*weight, now.points(is))));
    let mut reasons = performance(before, now, &common, today - then, profile);
    let only = |side: Side<'_>, other: Side<'_>| -> Vec<String> {
        let known: BTreeSet<&str> = other.slots.iter().map(|slot| slot.id).collect();
        side.slots.iter().filter(|slot| !known.contains(slot.id)).map(|slot| slot.id.to_owned()).collect()
    };
    let (came, went) = (only(now, before), only(before, now));
    reasons.push(Reason::of(Sort::DatabasesCame, came, now.mean() - today));
    reasons.push(Reason::of(Sort::DatabasesWent, went, then - before.mean()));
    reasons.retain(|reason| reason.nano != 0);
    let order = |reason: &Reason| {
        let most = std::cmp::Reverse(reason.nano.unsigned_abs());
        (most, reason.sort, reason.databases.clone(), reason.table.clone(), reason.rule.clone())
    };
    reasons.sort_by_cached_key(order);
    reasons
}

/// What the databases that are on both sides contributed; sums to `total`.
fn performance(
    before: Side<'_>,
    now: Side<'_>,
    common: &[Common<'_>],
    total: i64,
    profile: Profile,
) -> Vec<Reason> {
    let all: u128 = common.iter().map(|(weight, _)| u128::from(*weight)).sum();
    // A priority database may stand for several entries: what moved it is told once.
    let mut weights: BTreeMap<(Option<usize>, Option<usize>), u128> = BTreeMap::new();
    for (weight, [was, is]) in common {
        *weights.entry((was.scored, is.scored)).or_default() += u128::from(*weight);
    }
    let mut parts: Vec<(Reason, Ratio)> = Vec::new();
    for ((was, is), weight) in weights {
        let share = Ratio::new(weight, all).unwrap_or(Ratio::ZERO);
        let was = was.and_then(|at| before.card.databases.get(at));
        let is = is.and_then(|at| now.card.databases.get(at));
        let found = match (was, is) {
            (Some(was), Some(is)) if was.id == is.id => of_database(was, is, profile),
            (Some(was), Some(is)) => {
                let nano = is.score.official_nano - was.score.official_nano;
                vec![Reason::of(Sort::OtherDatabase, vec![was.id.clone(), is.id.clone()], nano)]
            }
            (None, Some(is)) => {
                vec![Reason::of(Sort::NewlyScored, vec![is.id.clone()], is.score.official_nano)]
            }
            (Some(was), None) => {
                vec![Reason::of(Sort::NoLongerScored, vec![was.id.clone()], -was.score.official_nano)]
            }
            (None, None) => Vec::new(),
        };
        parts.extend(found.into_iter().map(|reason| (reason, share)));
    }
    let ids: Vec<String> = parts.iter().map(|(reason, _)| id(reason)).collect();
    let shares: Vec<Part<'_>> = parts
        .iter()
        .zip(&ids)
        .map(|((reason, share), id)| Part { id, delta: reason.nano, share: *share })
        .collect();
    // Nothing moves where nothing changed, so there is a part for every total.
    let nanos = allocate(total, &shares).unwrap_or_else(|| vec![0; parts.len()]);
    let scaled = |((mut reason, _), nano): ((Reason, Ratio), i64)| {
        reason.newly_measured_nano = scale(reason.newly_measured_nano, nano, reason.nano);
        reason.nano = nano;
        reason
    };
    parts.into_iter().zip(nanos).map(scaled).collect()
}

/// `part` of `whole`, of what `whole` became; towards 0.
fn scale(part: i64, became: i64, whole: i64) -> i64 {
    match whole {
        0 => 0,
        whole => {
            let product = i128::from(part) * i128::from(became) / i128::from(whole);
            i64::try_from(product).unwrap_or_default()
        }
    }
}

/// Distinct, and in an order that does not depend on the points.
fn id(reason: &Reason) -> String {
    let (table, rule) =
        (reason.table.as_deref().unwrap_or_default(), reason.rule.as_deref().unwrap_or_default());
    format!("{}\u{1f}{table}\u{1f}{rule}\u{1f}{:?}", reason.databases.join(" "), reason.sort)
}

/// What moved one database, in billionths of its own points.
fn of_database(was: &DatabaseCard, is: &DatabaseCard, profile: Profile) -> Vec<Reason> {
    let methodology = Methodology::new(profile);
    let (then, today) = (rules(was, &methodology), rules(is, &methodology));
    let change = contribution::explain(&then, &today, profile.required(), methodology.lambda);
    let mut reasons = Vec::new();
    for part in &change.contributions {
        let Some((table, rule)) = part.rule.split_once(BETWEEN) else { continue };
        let (Some(old), Some(new)) = (find(was, table, rule), find(is, table, rule)) else { continue };
        reasons.push(Reason {
            newly_measured_nano: part.newly_measured,
            table: Some(table.to_owned()),
            table_title: is.tables.iter().find(|it| it.id == table).and_then(|it| it.title.clone()),
            rule: Some(rule.to_owned()),
            kind: Some(new.kind.clone()),
            title: new.title.clone(),
            columns: new.columns.clone(),
            dimension: Some(part.dimension),
            defects: Some([defects(old), defects(new)]),
            ..Reason::of(Sort::Rule, vec![is.id.clone()], part.nano)
        });
    }
    reasons.push(Reason::of(Sort::RulesAdded, vec![is.id.clone()], change.added));
    reasons.push(Reason::of(Sort::RulesRemoved, vec![is.id.clone()], change.removed));
    reasons
}

/// Between the table's id and the rule's; ids hold no such character.
const BETWEEN: char = '\u{1f}';

fn find<'a>(database: &'a DatabaseCard, table: &str, rule: &str) -> Option<&'a RuleCard> {
    database.tables.iter().find(|it| it.id == table)?.rules.iter().find(|it| it.id == rule)
}

fn defects(rule: &RuleCard) -> [u64; 2] {
    let bad = rule.fail.saturating_add(rule.unknown);
    [bad, bad.saturating_add(rule.pass)]
}

/// The rules that count, as `explain` wants them.
fn rules(database: &DatabaseCard, methodology: &Methodology) -> Vec<RuleAt> {
    let mut rules = Vec::new();
    for table in &database.tables {
        for rule in &table.rules {
            let Some(official) = rule.points_nano.filter(|_| rule.weight > 0) else { continue };
            rules.push(RuleAt {
                id: format!("{}{BETWEEN}{}", table.id, rule.id),
                table: table.id.clone(),
                tier: table.tier,
                dimension: rule.dimension,
                weight: rule.weight,
                official: Nano::new(official),
                measured: measured(rule, methodology),
            });
        }
    }
    rules
}

/// What could be measured of a rule. Of what was not delivered nothing could be, though it counts as failed.
fn measured(rule: &RuleCard, methodology: &Methodology) -> Option<Nano> {
    if matches!(rule.status, Status::MissingTable | Status::MissingInput | Status::Error) {
        return None;
    }
    let mass = rule.mass.as_ref().and_then(|mass| {
        Some(Mass { bad: mass.bad.parse().ok()?, units: mass.units, per_unit: mass.per_unit })
    });
    let tally = Tally::new(rule.pass, rule.fail, rule.na, rule.unknown);
    rule_points(rule.status, &tally, mass.as_ref(), rule.scale, &methodology.knots)?.measured
}
