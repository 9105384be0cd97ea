//! What to fix first: by how many points the official score would rise if something were without defects — a rule, all
//! rules of a column, of a table, of a database. Each gain is the score after minus the score before, never a sum of
//! gains: rules that are cleaned together may win more than each alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caps::{self, CapInputs, CleanRate, Found};
use super::composite::Lambda;
use super::grade::Grade;
use super::methodology::{CapPolicy, Methodology};
use super::registry::Slot;
use super::rollup::{Cleaning, Rollup, Scored};
use crate::base::{Nano, Severity, Text};
use crate::engine::measured::{MeasuredRule, MeasuredTable, Presence};
use crate::say;

/// What is cleaned together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixLevel {
    /// One rule.
    Rule,
    /// All rules that look at a column, also those that look at others too.
    Column,
    /// All rules of a table.
    Table,
}

impl FixLevel {
    pub fn label(self) -> Text {
        match self {
            Self::Rule => say!("rule", "quy tắc"),
            Self::Column => say!("column", "cột"),
            Self::Table => say!("table", "bảng"),
        }
    }
}

/// Something in a database that would win points if it were without defects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixCard {
    /// What is cleaned together.
    pub level: FixLevel,
    /// The table's id.
    pub table: String,
    /// The rule's id, of level `rule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The column, of level `column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Points that the database's official score would gain. Six decimals, cut off.
    pub gain: String,
    /// `gain` in billionths of a point.
    pub gain_nano: i64,
    /// What the official score of its agency would gain, in billionths; absent where the database has no agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency_gain_nano: Option<i64>,
    /// What the official score of all databases together would gain, in billionths; absent where it has no part in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall_gain_nano: Option<i64>,
    /// Rules among it that are not without defects.
    pub rules: u64,
    /// Failing units of these rules that would vanish; a row that fails two rules is counted by both.
    pub defects: u64,
    /// Units of these rules that could not be judged.
    pub unknown: u64,
    /// Caps that would no longer hold the grade down as they do, as far as that follows from these rules. Whether
    /// records become clean (K4) follows for a whole table only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifts: Vec<String>,
}

/// A database by which an agency, or all databases together, would win points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixDatabaseCard {
    /// The database's id.
    pub database: String,
    /// Whether it was scored. If not, the gain is what it would bring with all points.
    pub scored: bool,
    /// Points that the official score would gain if all rules of the database were without defects. Six decimals.
    pub gain: String,
    /// `gain` in billionths of a point.
    pub gain_nano: i64,
    /// What the database's own official score would gain, in billionths.
    pub database_gain_nano: i64,
}

/// A database whose rules are rolled up, as far as what to fix depends on it.
pub struct Judged<'a> {
    pub tables: &'a [MeasuredTable],
    /// What counts of each rule of each table.
    pub scored: &'a [Vec<Option<Scored>>],
    pub rollup: &'a Rollup,
    pub lambda: Lambda,
    pub policy: &'a CapPolicy,
    /// What the caps were found by, with the rules that count in the order of the tables.
    pub inputs: &'a CapInputs<'a>,
    pub caps: &'a [Found],
}

/// A rule that is not without defects, where it stands.
#[derive(Clone, Copy)]
struct Flawed<'a> {
    rule: &'a MeasuredRule,
    scored: &'a Scored,
    /// Its place among the rules that count.
    at: usize,
}

/// Everything that would win points, by gain, severity and id; and what cleaning all of it would win.
pub fn of_database(judged: &Judged<'_>) -> (Vec<FixCard>, i64) {
    let cleaning = judged.rollup.cleaning(judged.lambda);
    let held = Held::of(judged.policy, judged.inputs);
    let mut counted = 0;
    let mut all: Vec<Flawed<'_>> = Vec::new();
    let mut found: Vec<(Severity, FixCard)> = Vec::new();
    for (table, scored) in judged.tables.iter().zip(judged.scored) {
        let mut flawed: Vec<Flawed<'_>> = Vec::new();
        for (rule, scored) in table.rules.iter().zip(scored) {
            let Some(scored) = scored else { continue };
            if scored.points.official < Nano::FULL {
                flawed.push(Flawed { rule, scored, at: counted });
            }
            counted += 1;
        }
        let mut columns: BTreeMap<&str, Vec<Flawed<'_>>> = BTreeMap::new();
        for it in &flawed {
            for column in &it.rule.columns {
                let of = columns.entry(column).or_default();
                if of.last().is_none_or(|last| last.at != it.at) {
                    of.push(*it);
                }
            }
        }
        for it in &flawed {
            found.extend(judged.card(&cleaning, &held, FixLevel::Rule, table, Some(&it.rule.id), &[*it]));
        }
        for (column, of) in &columns {
            found.extend(judged.card(&cleaning, &held, FixLevel::Column, table, Some(column), of));
        }
        found.extend(judged.card(&cleaning, &held, FixLevel::Table, table, None, &flawed));
        all.extend(flawed);
    }
    let name = |card: &FixCard| card.rule.clone().or_else(|| card.column.clone());
    found.sort_by_cached_key(|(severity, card)| {
        (Reverse(card.gain_nano), Reverse(*severity), card.table.clone(), card.level, name(card))
    });
    let gain = cleaning.cleaned(all.iter().map(|it| it.scored)).gain;
    (found.into_iter().map(|(_, card)| card).collect(), gain)
}

impl Judged<'_> {
    /// `None` if cleaning it wins nothing.
    fn card(
        &self,
        cleaning: &Cleaning<'_>,
        held: &Held,
        level: FixLevel,
        table: &MeasuredTable,
        name: Option<&str>,
        of: &[Flawed<'_>],
    ) -> Option<(Severity, FixCard)> {
        let severity = of.iter().map(|it| it.rule.severity).max()?;
        let cleaned = cleaning.cleaned(of.iter().map(|it| it.scored));
        if cleaned.gain <= 0 {
            return None;
        }
        let name = name.map(str::to_owned);
        let (rule, column) = match level {
            FixLevel::Rule => (name, None),
            FixLevel::Column | FixLevel::Table => (None, name),
        };
        let whole = (level == FixLevel::Table).then_some(table);
        let card = FixCard {
            level,
            table: table.id.clone(),
            rule,
            column,
            gain: Nano::new(cleaned.gain).six(),
            gain_nano: cleaned.gain,
            agency_gain_nano: None,
            overall_gain_nano: None,
            rules: of.len() as u64,
            defects: sum(of, |it| it.rule.measure.tally.fail),
            unknown: sum(of, |it| it.rule.measure.tally.unknown),
            lifts: self.lifts(held, &cleaned.dimensions, of, whole),
        };
        Some((severity, card))
    }

    /// The caps that become milder or vanish. What other rules lead to is counted beforehand (`held`), so that the cost is
    /// that of the rules which are asked about.
    fn lifts(
        &self,
        held: &Held,
        dimensions: &[Nano],
        of: &[Flawed<'_>],
        whole: Option<&MeasuredTable>,
    ) -> Vec<String> {
        if self.caps.is_empty() {
            return Vec::new();
        }
        let before = self.inputs;
        let mut inputs = CapInputs {
            rules: Vec::new(),
            dimensions: before.dimensions.clone(),
            coverage: before.coverage,
            clean: before.clean.clone(),
            missing_tables: before.missing_tables.clone(),
            evidence: before.evidence.clone(),
        };
        for ((_, official), after) in inputs.dimensions.iter_mut().zip(dimensions) {
            *official = *after;
        }
        if of.iter().any(|it| it.scored.points.measured.is_none()) {
            inputs.coverage = self.rollup.coverage_with(of.iter().map(|it| it.scored), self.lambda);
        }
        if let Some(table) = whole {
            inputs.missing_tables.retain(|missing| *missing != table.id);
            clean_whole(&mut inputs.clean, table);
        }
        let after = caps::database(self.policy, &inputs);
        // A rule without defects leads to no cap.
        let places: Vec<usize> = of.iter().map(|it| it.at).collect();
        let milder = |cap: &&Found| {
            let left = after.iter().find(|left| left.id == cap.id).map(|left| left.max_grade);
            left.max(held.without(cap.id, &places)).is_none_or(|left| left < cap.max_grade)
        };
        self.caps.iter().filter(milder).map(|cap| cap.id.to_owned()).collect()
    }
}

/// Caps by the rules that lead to them.
struct Held {
    /// Of every rule that counts.
    rules: Vec<Vec<(&'static str, Grade)>>,
    /// How many rules lead to each.
    all: BTreeMap<(&'static str, Grade), usize>,
}

impl Held {
    fn of(policy: &CapPolicy, inputs: &CapInputs<'_>) -> Self {
        let rules: Vec<_> = inputs.rules.iter().map(|rule| caps::by_rule(policy, rule)).collect();
        let mut all = BTreeMap::new();
        for cap in rules.iter().flatten() {
            *all.entry(*cap).or_default() += 1;
        }
        Self { rules, all }
    }

    /// The worst grade that rules other than these lead to under this cap.
    fn without(&self, id: &str, places: &[usize]) -> Option<Grade> {
        let theirs = |cap: &(&str, Grade)| {
            let of = places.iter().filter_map(|at| self.rules.get(*at)).flatten();
            of.filter(|other| *other == cap).count()
        };
        let left = self.all.iter().filter(|(cap, count)| cap.0 == id && **count > theirs(cap));
        left.map(|((_, grade), _)| *grade).max()
    }
}

/// All records of the table are clean, or delivered at last.
fn clean_whole(rate: &mut CleanRate, table: &MeasuredTable) {
    if table.tier < Methodology::MAIN {
        return;
    }
    rate.unknown_tables.retain(|unknown| *unknown != table.id);
    if table.presence == Presence::Present {
        rate.clean = rate.clean.saturating_add(table.rows.saturating_sub(table.clean.unwrap_or(0)));
    }
}

fn sum(of: &[Flawed<'_>], pick: impl Fn(&Flawed<'_>) -> u64) -> u64 {
    of.iter().fold(0, |sum, it| sum.saturating_add(pick(it)))
}

/// The databases of a roll-up by weight, to which one of them may bring more points.
pub struct Pool {
    weight: i128,
    sum: i128,
}

impl Pool {
    /// `official` gives the points of a scored database. A place that nobody scored has none.
    pub fn new(slots: &[&Slot<'_>], official: impl Fn(usize) -> Option<Nano>) -> Self {
        let points = |slot: &Slot<'_>| slot.scored.and_then(&official).unwrap_or(Nano::ZERO);
        Self {
            weight: slots.iter().map(|slot| i128::from(slot.weight)).sum(),
            sum: slots.iter().map(|slot| i128::from(slot.weight) * i128::from(points(slot).get())).sum(),
        }
    }

    /// What the mean gains if places of that weight together gain so much each.
    pub fn gain(&self, weight: u64, gain: i64) -> i64 {
        if self.weight == 0 {
            return 0;
        }
        let more = i128::from(weight) * i128::from(gain);
        // Points are never negative, so the quotient is the floor.
        let mean = |sum: i128| (sum / self.weight) as i64;
        mean(self.sum + more) - mean(self.sum)
    }
}

/// A roll-up that a database is in, and its weight there.
type Share = Option<(Rc<Pool>, u64)>;

/// How far a database's points go.
#[derive(Default)]
pub struct Reach {
    agency: Share,
    overall: Share,
}

impl Reach {
    /// Of every scored database, by the official points of all.
    pub fn of(
        agencies: &BTreeMap<&str, Vec<&Slot<'_>>>,
        everything: &[&Slot<'_>],
        officials: &[Nano],
    ) -> Vec<Self> {
        let mut reach: Vec<Self> = officials.iter().map(|_| Self::default()).collect();
        let mut enter = |slots: &[&Slot<'_>], of: fn(&mut Self) -> &mut Share| {
            let pool = Rc::new(Pool::new(slots, |at| officials.get(at).copied()));
            for slot in slots {
                if let Some(reach) = slot.scored.and_then(|at| reach.get_mut(at)) {
                    of(reach).get_or_insert_with(|| (Rc::clone(&pool), 0)).1 += u64::from(slot.weight);
                }
            }
        };
        for slots in agencies.values() {
            enter(slots, |reach| &mut reach.agency);
        }
        enter(everything, |reach| &mut reach.overall);
        reach
    }

    /// What the roll-ups gain.
    pub fn tell(&self, fix: &mut FixCard) {
        let gain = |of: &Share| of.as_ref().map(|(pool, weight)| pool.gain(*weight, fix.gain_nano));
        (fix.agency_gain_nano, fix.overall_gain_nano) = (gain(&self.agency), gain(&self.overall));
    }
}

/// The databases of a roll-up that would bring it points, by gain and id. `of` gives of a scored database its id and what
/// its own score would gain.
pub fn of_agency(
    slots: &[&Slot<'_>],
    pool: &Pool,
    of: impl Fn(usize) -> Option<(String, i64)>,
) -> Vec<FixDatabaseCard> {
    // A database may stand at several places; cleaning it lifts all of them.
    let mut scored: BTreeMap<usize, u64> = BTreeMap::new();
    let mut cards = Vec::new();
    let mut add = |database: String, scored: bool, weight: u64, own: i64| {
        let gain = pool.gain(weight, own);
        if gain > 0 {
            cards.push(FixDatabaseCard {
                database,
                scored,
                gain: Nano::new(gain).six(),
                gain_nano: gain,
                database_gain_nano: own,
            });
        }
    };
    for slot in slots {
        match slot.scored {
            Some(at) => *scored.entry(at).or_default() += u64::from(slot.weight),
            None => add(slot.id.to_owned(), false, slot.weight.into(), Nano::FULL.get()),
        }
    }
    for (at, weight) in scored {
        if let Some((id, gain)) = of(at) {
            add(id, true, weight, gain);
        }
    }
    cards.sort_by(|a, b| b.gain_nano.cmp(&a.gain_nano).then_with(|| a.database.cmp(&b.database)));
    cards
}
