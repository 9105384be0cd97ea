//! Defects that are made on purpose, at most one in a row, each in a place where a rule of the file must find it.
//!
//! What can be wrong with a column follows from what its rules demand. A defect is one by construction: what breaks a
//! format is judged invalid by the format, what is outside of a list is looked up in it. None is made where it would be
//! held against an innocent cell: in a key that other rows refer to, or in a column on which a whole group of rows is
//! judged.

use std::collections::BTreeSet;

use super::defect::{Defect, Kind, Rates};
use super::field::{Field, Units};
use super::random::Random;
use super::solve::{Move, Solver};
use super::spoil;
use super::table::{Made, key};
use crate::engine::rehearsal::{Row, Together};
use crate::kernel::expression::Shape;
use crate::kernel::text::canonical;
use crate::rule::{Demand, Rule, Table};

/// Something that can be done to rows of a table.
struct Chance<'t> {
    kind: Kind,
    rule: usize,
    columns: Vec<usize>,
    demand: Option<&'t Demand>,
}

/// At most this part of a table's rows is spoilt, in millionths.
const MOST: u64 = 500_000;

/// Spoils rows of one of the tables, and says which.
pub fn inject(
    table: &Table,
    made: &mut [Made],
    at: usize,
    rates: &Rates,
    seed: u64,
    as_of: i64,
) -> Vec<Defect> {
    let known = referred(made, at);
    let parents = parents(made, at);
    let demands: Vec<Vec<Demand>> = table.rules.iter().map(|rule| rule.spec.demands()).collect();
    let chances = chances(table, &made[at], &demands);
    let total: u64 = chances.iter().map(|chance| rates.rate(chance.kind)).sum();
    let stream = format!("{}/defects", table.id.value);
    // Of many chances each is taken less often, rather than every row be spoilt.
    let of = total.max(1) * 1_000_000 / total.clamp(1, MOST);
    let mut busy = vec![false; made[at].rows.len()];
    let mut defects = Vec::new();
    for number in 0..made[at].rows.len() {
        let mut random = Random::of(seed, &stream, number as u64);
        let mut draw = random.below(of.max(1_000_000));
        let chosen = chances.iter().find(|chance| {
            let rate = rates.rate(chance.kind);
            let hit = draw < rate;
            draw = draw.saturating_sub(rate);
            hit
        });
        let Some(chance) = chosen.filter(|_| !busy[number]) else { continue };
        let spoiler =
            Spoiler { table, made: &made[at], busy: &busy, known: &known, parents: &parents, as_of };
        if let Some(Spoilt { row, columns, twin }) = spoiler.spoil(chance, number, &mut random) {
            busy[number] = true;
            if let Some(twin) = twin {
                busy[twin] = true;
            }
            let names = columns.iter().map(|&column| made[at].fields[column].name.clone()).collect();
            made[at].rows[number] = row;
            defects.push(Defect {
                table: table.id.value.clone(),
                row: number + 1,
                columns: names,
                kind: chance.kind,
            });
        }
    }
    defects
}

/// A list of columns, and the keys in them.
type Keys = (Vec<usize>, BTreeSet<Vec<String>>);

/// Columns of a table that links lead to, and the keys in them that rows lead to.
fn referred(made: &[Made], at: usize) -> Vec<Keys> {
    let mut known = Vec::new();
    for (child, table) in made.iter().enumerate() {
        for link in table.links.iter().filter(|link| link.parent.unwrap_or(child) == at) {
            known.push((
                link.to.clone(),
                table.rows.iter().filter_map(|row| key(row, &link.columns)).collect(),
            ));
        }
    }
    known
}

/// Columns of a table that lead elsewhere, and the keys over there.
fn parents(made: &[Made], at: usize) -> Vec<Keys> {
    let keys = |link: &super::row::Link| {
        let parent = &made[link.parent.unwrap_or(at)];
        (link.columns.clone(), parent.rows.iter().filter_map(|row| key(row, &link.to)).collect())
    };
    made[at].links.iter().map(keys).collect()
}

/// All that can be done. Only rules without a condition count: others may not be about the row.
fn chances<'t>(table: &Table, made: &Made, demands: &'t [Vec<Demand>]) -> Vec<Chance<'t>> {
    let mut chances = Vec::new();
    let judged_together = judged_together(table, made);
    let place = |rule: &Rule| -> Vec<usize> {
        rule.spec.columns().iter().filter_map(|column| made.place(&column.value)).collect()
    };
    for (at, rule) in table.rules.iter().enumerate().filter(|(_, rule)| rule.when.is_none()) {
        let columns = place(rule);
        let Some(&first) = columns.first() else { continue };
        let mut add = |kind, columns: &[usize], demand| {
            let columns = columns.to_vec();
            chances.push(Chance { kind, rule: at, columns, demand });
        };
        if rule.spec.looks_up().is_some() || rule.spec.lists().is_some() || rule.spec.other_side().is_some() {
            continue;
        }
        if let Some(to) = rule.spec.refers_to() {
            // What another database has is not known here.
            if to.database.is_none() {
                add(Kind::Orphan, &columns, None);
            }
            continue;
        }
        if let Some(Together::Unique(columns)) = made.rehearsal.together(at) {
            add(Kind::Duplicate, &columns, None);
            continue;
        }
        for demand in &demands[at] {
            let demanded = Some(demand);
            match demand {
                Demand::Present => {
                    add(Kind::Blank, &[first], demanded);
                    add(Kind::Placeholder, &[first], demanded);
                }
                Demand::Format { .. } | Demand::Pattern(_) | Demand::Length { .. } => {
                    add(Kind::Format, &[first], demanded);
                }
                Demand::Listed { .. } => add(Kind::Code, &[first], demanded),
                Demand::Within { .. } => add(Kind::Range, &[first], demanded),
                Demand::Clean | Demand::Name => add(Kind::Text, &[first], demanded),
                Demand::Type(_) => add(Kind::Type, &[first], demanded),
                Demand::Fresh { rows: true, .. } => add(Kind::Stale, &[first], demanded),
                _ => {}
            }
        }
        if columns.len() > 1 && made.rehearsal.together(at).is_none() && !rule.spec.demands().is_empty() {
            add(Kind::Order, &columns, demands[at].iter().find(|demand| matches!(demand, Demand::Holds(..))));
        }
    }
    chances.retain(|chance| chance.columns.iter().all(|column| !judged_together.contains(column)));
    chances
}

/// Columns of rules that judge whole groups of rows, where groups have more than one row.
fn judged_together(table: &Table, made: &Made) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for (at, rule) in table.rules.iter().enumerate() {
        let Some(Together::Group(key_columns)) = made.rehearsal.together(at) else { continue };
        let mut seen = BTreeSet::new();
        let alone = !key_columns.is_empty()
            && made.rows.iter().filter_map(|row| key(row, &key_columns)).all(|key| seen.insert(key));
        if !alone {
            found.extend(rule.spec.columns().iter().filter_map(|column| made.place(&column.value)));
            found.extend(key_columns);
        }
    }
    found
}

struct Spoilt {
    row: Row,
    columns: Vec<usize>,
    /// The row whose key it has now.
    twin: Option<usize>,
}

struct Spoiler<'s> {
    table: &'s Table,
    made: &'s Made,
    busy: &'s [bool],
    known: &'s [Keys],
    parents: &'s [Keys],
    as_of: i64,
}

impl Spoiler<'_> {
    fn spoil(&self, chance: &Chance<'_>, number: usize, random: &mut Random) -> Option<Spoilt> {
        for _ in 0..20 {
            let Some(spoilt) = self.attempt(chance, number, random) else { continue };
            let referred = spoilt.columns.iter().any(|&column| self.is_referred(number, column));
            if !referred
                && spoilt.row != self.made.rows[number]
                && !self.meets_others(number, &spoilt)
                && self.only_that_fails(chance, &spoilt)
            {
                return Some(spoilt);
            }
        }
        None
    }

    fn attempt(&self, chance: &Chance<'_>, number: usize, random: &mut Random) -> Option<Spoilt> {
        let row = &self.made.rows[number];
        let with = |column: usize, text: Option<String>| {
            let mut row = row.clone();
            row[column] = text;
            Some(Spoilt { row, columns: vec![column], twin: None })
        };
        match (chance.kind, chance.columns.as_slice()) {
            (Kind::Duplicate, columns) => self.duplicate(columns, number, random),
            (Kind::Orphan, columns) => {
                let column = *columns.last()?;
                with(column, Some(self.orphan(columns, column, row, random)?))
            }
            (Kind::Order, columns) => self.contradict(chance, columns, row, random),
            (Kind::Blank, &[column]) => with(column, None),
            (Kind::Placeholder, &[column]) => {
                let field = &self.made.fields[column];
                let stands_for_none = |word: &String| self.made.rehearsal.is_placeholder(column, word);
                with(column, Some(spoil::placeholder(field, random).into_iter().find(stands_for_none)?))
            }
            (_, &[column]) => {
                let value = row[column].as_deref()?;
                let field = &self.made.fields[column];
                let wrong = self.wrong(field, chance.demand?, value, random)?;
                // A stand-in is no value, and a rule about values does not look at it.
                (!self.made.rehearsal.is_placeholder(column, &wrong)).then(|| with(column, Some(wrong)))?
            }
            _ => None,
        }
    }

    /// A value that breaks what is demanded.
    fn wrong(&self, field: &Field, demand: &Demand, value: &str, random: &mut Random) -> Option<String> {
        match demand {
            Demand::Format { judge, .. } => {
                spoil::format(value, |text| spoil::is_invalid(judge.as_ref(), text), random)
            }
            Demand::Pattern(_) => spoil::format(value, |text| !field.matches(text), random),
            Demand::Length { low, high } => {
                let outside = |text: &str| !(*low..=*high).contains(&(text.chars().count() as u64));
                let text = if *high < 10_000 {
                    value.repeat(usize::try_from(*high).ok()? + 1)
                } else {
                    "1".to_owned()
                };
                outside(canonical(&text).as_ref()).then_some(text)
            }
            Demand::Listed { list, .. } => {
                let outside =
                    |text: &String| !list.contains(&canonical(text)) && !list.contains(&text.to_lowercase());
                spoil::code(value, random).into_iter().find(outside)
            }
            Demand::Within { low, high } => {
                spoil::range(field, low.as_ref(), high.as_ref(), self.as_of, random)
            }
            Demand::Clean | Demand::Name => spoil::text(value, random),
            Demand::Type(ty) => spoil::no_type(ty.unwrap_or(field.ty), field, random),
            Demand::Fresh { seconds, .. } => {
                let age = Units::from(*seconds) * random.between(4, 9);
                Some(field.text(Units::from(self.as_of) - age * super::field::ONE))
            }
            _ => None,
        }
    }

    fn duplicate(&self, columns: &[usize], number: usize, random: &mut Random) -> Option<Spoilt> {
        let rows = &self.made.rows;
        let twin = random.place(rows.len());
        if twin == number || self.busy[twin] || key(&rows[twin], columns).is_none() {
            return None;
        }
        let mut row = rows[number].clone();
        columns.iter().for_each(|&column| row[column].clone_from(&rows[twin][column]));
        let changed: Vec<usize> = columns.iter().copied().filter(|&at| row[at] != rows[number][at]).collect();
        Some(Spoilt { row, columns: changed, twin: Some(twin) })
    }

    fn orphan(&self, columns: &[usize], column: usize, row: &Row, random: &mut Random) -> Option<String> {
        let (_, known) = self.parents.iter().find(|(linked, _)| linked == columns)?;
        let value = row[column].as_deref()?;
        key(row, columns)?;
        (0..50).map(|_| spoil::another(value, random)).find(|text| {
            let mut row = row.clone();
            row[column] = Some(text.clone());
            key(&row, columns).is_some_and(|key| !known.contains(&key))
        })
    }

    /// Changes one of several columns so that they do not fit each other.
    fn contradict(
        &self,
        chance: &Chance<'_>,
        columns: &[usize],
        row: &Row,
        random: &mut Random,
    ) -> Option<Spoilt> {
        let fields = &self.made.fields;
        let fixed: Vec<bool> = (0..fields.len()).map(|at| !columns.contains(&at)).collect();
        let solver = Solver { fields, fixed: &fixed, as_of: self.as_of };
        let against = match chance.demand {
            Some(Demand::Holds(shape, _)) => Some(shape.negated()),
            _ => None,
        };
        let solved = against.and_then(|shape: Shape| match solver.solve(&shape, row, random)? {
            Move::Write(column, text) => Some((column, text)),
            _ => None,
        });
        let (column, text) = match solved {
            Some(solved) => solved,
            None => {
                let column = *random.pick(columns)?;
                (column, random.pick(&self.made.rows)?[column].clone()?)
            }
        };
        row[column].as_ref()?;
        let mut row = row.clone();
        row[column] = Some(text);
        let broken =
            self.made.rehearsal.faults(&[&row])[chance.rule].as_ref().is_some_and(|rows| rows.value(0));
        broken.then_some(Spoilt { row, columns: vec![column], twin: None })
    }

    /// Whether other rows lead to this row by this column.
    fn is_referred(&self, number: usize, column: usize) -> bool {
        let row = &self.made.rows[number];
        let leads = |(columns, keys): &Keys| {
            columns.contains(&column) && key(row, columns).is_some_and(|key| keys.contains(&key))
        };
        self.known.iter().any(leads)
    }

    /// Whether a key of the row is now that of a row which is not its twin, and which would fail with it.
    fn meets_others(&self, number: usize, spoilt: &Spoilt) -> bool {
        let others = || {
            let rows = self.made.rows.iter().enumerate();
            rows.filter(|(at, _)| *at != number && Some(*at) != spoilt.twin).map(|(_, row)| row)
        };
        (0..self.table.rules.len()).any(|rule| {
            let Some(Together::Unique(columns) | Together::Group(columns)) =
                self.made.rehearsal.together(rule)
            else {
                return false;
            };
            columns.iter().any(|column| spoilt.columns.contains(column))
                && key(&spoilt.row, &columns)
                    .is_some_and(|new| others().any(|row| key(row, &columns).as_ref() == Some(&new)))
        })
    }

    /// Whether every rule that now finds fault with the row names a column that was changed.
    fn only_that_fails(&self, chance: &Chance<'_>, spoilt: &Spoilt) -> bool {
        let names: Vec<&str> = spoilt.columns.iter().map(|&at| self.made.fields[at].name.as_str()).collect();
        let faults = self.made.rehearsal.faults(&[&spoilt.row]);
        let rules = self.table.rules.iter().zip(faults).enumerate();
        let mut failing = rules.filter(|(_, (_, rows))| rows.as_ref().is_some_and(|rows| rows.value(0)));
        failing.all(|(at, (rule, _))| {
            at == chance.rule
                || rule.spec.columns().iter().any(|column| names.contains(&column.value.as_str()))
        })
    }
}
