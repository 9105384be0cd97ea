//! Why did the score of a database change between two runs? Contributions of rules that sum to the change, to the last
//! billionth of a point; what came and went with rules is told apart.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::definition::Definition;
use super::record::{Points, Record};
use super::restate::{restated, rule_points};
use crate::base::{Dimension, Nano, Status, Text};
use crate::score::composite::Lambda;
use crate::score::contribution::{self, Change, RuleAt};
use crate::score::scorecard::DatabaseCard;
use crate::score::{Methodology, Profile};

/// A run as it is named here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunName {
    /// Its record.
    pub sequence: u64,
    /// The moment that it speaks of.
    pub as_of: String,
}

/// A rule of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct RuleName {
    /// The table's id.
    pub table: String,
    /// The rule's id.
    pub rule: String,
}

/// What moved a score from one run to another. `change = added + performance + removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Why {
    /// The run before.
    pub from: RunName,
    /// The run after.
    pub to: RunName,
    /// The methodology that both are scored by here.
    pub methodology: String,
    /// The profile that both are scored by here.
    pub profile: Profile,
    /// A run was recorded under another methodology or profile, and scored again for this.
    pub restated: bool,
    /// Official points before, in billionths.
    pub before_nano: i64,
    /// Official points after, in billionths.
    pub after_nano: i64,
    /// Their difference.
    pub change_nano: i64,
    /// Through rules and tables that are new, or began to apply.
    pub added_nano: i64,
    /// Through rules that are in both; `dimensions` and `rules` sum to it.
    pub performance_nano: i64,
    /// Of that, through what could not be measured before, which is no improvement.
    pub newly_measured_nano: i64,
    /// Of that, through what could be measured before and no longer can be.
    pub no_longer_measured_nano: i64,
    /// Through rules and tables that are gone, and through changed weights.
    pub removed_nano: i64,
    /// Rule files that are not the same in both runs, by name: a rule may be another under the same id.
    pub rule_files: Vec<String>,
    /// Rules that are new, or began to apply.
    pub added: Vec<RuleName>,
    /// Rules that are gone, or ceased to apply.
    pub removed: Vec<RuleName>,
    /// What the dimensions contributed, most first.
    pub dimensions: Vec<DimensionPart>,
    /// What the rules contributed, most first; those that did not move are left out.
    pub rules: Vec<RulePart>,
}

/// What a dimension contributed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DimensionPart {
    /// Which.
    pub dimension: Dimension,
    /// Billionths of a point.
    pub nano: i64,
}

/// What a rule contributed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulePart {
    /// Which.
    #[serde(flatten)]
    pub name: RuleName,
    /// Its dimension.
    pub dimension: Dimension,
    /// Billionths of a point of the database.
    pub nano: i64,
    /// Its own official points before, in billionths.
    pub before_nano: i64,
    /// Its own official points after, in billionths.
    pub after_nano: i64,
    /// Of `nano`, what came of units that can be measured now and could not be before; below zero, of units that no longer
    /// can be. The rest is a move of what was measured.
    pub newly_measured_nano: i64,
}

/// A record with what it was scored by.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub sequence: u64,
    pub record: &'a Record,
    pub definition: &'a Definition,
}

impl Told<'_> {
    fn name(&self) -> RunName {
        RunName { sequence: self.sequence, as_of: self.record.as_of.clone() }
    }
}

/// Explains the change. Both are scored by this program's methodology, under the later one's profile unless another is
/// asked for: what changed by the methodology alone is no change of the data.
///
/// # Errors
/// Why one of them cannot be scored again.
pub fn why(from: Told<'_>, to: Told<'_>, profile: Option<Profile>) -> Result<Why, Text> {
    let profile = profile.unwrap_or(to.definition.profile);
    let methodology = Methodology::new(profile).id();
    let cards =
        [restated(from.record, from.definition, profile)?, restated(to.record, to.definition, profile)?];
    let [before, after] = [rules(&cards[0], from)?, rules(&cards[1], to)?];
    let change = contribution::explain(&before, &after, profile.required(), Lambda::QUARTER);
    let of = |rules: Vec<RuleAt>| rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect();
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (of(before), of(after));
    let mut why = Why {
        from: from.name(),
        to: to.name(),
        restated: [from, to].iter().any(|told| told.definition.methodology != methodology),
        methodology,
        profile,
        before_nano: change.before.get(),
        after_nano: change.after.get(),
        change_nano: change.after.get() - change.before.get(),
        added_nano: change.added,
        performance_nano: change.performance,
        newly_measured_nano: 0,
        no_longer_measured_nano: 0,
        removed_nano: change.removed,
        rule_files: other_files(from.definition, to.definition),
        added: only(&after, &before),
        removed: only(&before, &after),
        dimensions: Vec::new(),
        rules: Vec::new(),
    };
    why.tell(&change, &before, &after);
    Ok(why)
}

/// Between the table's id and the rule's; ids hold no such character.
const BETWEEN: char = '\u{1f}';

/// The rules that count, as `explain` wants them.
fn rules(card: &DatabaseCard, told: Told<'_>) -> Result<Vec<RuleAt>, Text> {
    let mut measured = measured(told)?;
    let mut rules = Vec::new();
    for table in &card.tables {
        for rule in &table.rules {
            let Some(official) = rule.points_nano.filter(|_| rule.weight > 0) else { continue };
            rules.push(RuleAt {
                id: format!("{}{BETWEEN}{}", table.id, rule.id),
                table: table.id.clone(),
                tier: table.tier,
                dimension: rule.dimension,
                weight: rule.weight,
                official: Nano::new(official),
                measured: measured.remove(&(table.id.as_str(), rule.id.as_str())),
            });
        }
    }
    Ok(rules)
}

/// What could be measured of rules, by table and rule. Of what was not delivered nothing could be, though it counts as
/// failed.
fn measured(Told { record, definition, .. }: Told<'_>) -> Result<BTreeMap<(&str, &str), Nano>, Text> {
    let knots = Methodology::new(Profile::Local).knots;
    let mut measured = BTreeMap::new();
    for (table, tallies) in definition.tables.iter().zip(&record.tables) {
        for (at, rule) in table.rules.iter().enumerate() {
            let status = tallies.status.get(&rule.id);
            if matches!(status, Some(Status::MissingTable | Status::MissingInput | Status::Error)) {
                continue;
            }
            if let Some(Points(_, Some(points), _)) = rule_points(rule, tallies, at, &knots)? {
                measured.insert((table.id.as_str(), rule.id.as_str()), Nano::new(points));
            }
        }
    }
    Ok(measured)
}

/// The rule files that are not the same in both, by name.
fn other_files(one: &Definition, other: &Definition) -> Vec<String> {
    let files = |definition: &Definition| -> BTreeSet<(String, String)> {
        definition.rule_files.iter().map(|file| (file.name.clone(), file.blake3.clone())).collect()
    };
    let differing: BTreeSet<String> =
        files(one).symmetric_difference(&files(other)).map(|(name, _)| name.clone()).collect();
    differing.into_iter().collect()
}

fn name(id: &str) -> RuleName {
    let (table, rule) = id.split_once(BETWEEN).unwrap_or(("", id));
    RuleName { table: table.to_owned(), rule: rule.to_owned() }
}

/// Rules that are in the first and not in the second.
fn only(one: &BTreeMap<String, RuleAt>, other: &BTreeMap<String, RuleAt>) -> Vec<RuleName> {
    one.keys().filter(|id| !other.contains_key(*id)).map(|id| name(id)).collect()
}

impl Why {
    /// Adds what rules and dimensions contributed.
    fn tell(&mut self, change: &Change, before: &BTreeMap<String, RuleAt>, after: &BTreeMap<String, RuleAt>) {
        let mut dimensions: BTreeMap<Dimension, i64> = BTreeMap::new();
        for part in &change.contributions {
            // What moved is in both.
            let (Some(then), Some(now)) = (before.get(&part.rule), after.get(&part.rule)) else { continue };
            *dimensions.entry(part.dimension).or_default() += part.nano;
            self.newly_measured_nano += part.newly_measured.max(0);
            self.no_longer_measured_nano += part.newly_measured.min(0);
            self.rules.push(RulePart {
                name: name(&part.rule),
                dimension: part.dimension,
                nano: part.nano,
                before_nano: then.official.get(),
                after_nano: now.official.get(),
                newly_measured_nano: part.newly_measured,
            });
        }
        let most = |nano: i64| std::cmp::Reverse(nano.unsigned_abs());
        self.rules.sort_by(|a, b| (most(a.nano), &a.name).cmp(&(most(b.nano), &b.name)));
        self.dimensions =
            dimensions.into_iter().map(|(dimension, nano)| DimensionPart { dimension, nano }).collect();
        self.dimensions.sort_by_key(|part| (most(part.nano), part.dimension));
    }
}
