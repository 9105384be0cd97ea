//! Pairs the rows of a table with those of an earlier run, by key: which were added, changed or removed, and which
//! break a rule that they did not break before.

use std::collections::BTreeSet;

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::ledger::{Ledger, Page};
use super::trace::{self, TracePlan};
use crate::kernel::key::{KeyValues, digest_packed, spread_out};
use crate::state::{Kept, RowChanges, RuleRowChanges, Snapshot, Waived};

/// A row of this run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The digest of its key, [`Snapshot::NO_KEY`] if it has none.
    pub key: u128,
    content: u64,
    pub page: u32,
    pub at: u32,
}

/// The rows in the order of their keys. `identity` is the position of the table's key among the ledger's.
pub fn sorted(ledger: &Ledger, identity: usize, secret: &[u8; 32]) -> Vec<Row> {
    let pages = (0..ledger.pages.len()).into_par_iter();
    let mut sorted: Vec<Row> = pages.flat_map_iter(|page| rows(ledger, page, identity, secret)).collect();
    sorted.par_sort_unstable();
    sorted
}

/// The rows of this run in the order of their keys, and the rules that each breaks.
pub struct Rows<'l> {
    ledger: &'l Ledger,
    sorted: Vec<Row>,
    /// For every page, which of `broken` a row breaks.
    sets: Vec<Vec<u32>>,
    /// Positions among the rules of the table.
    broken: Vec<Vec<u32>>,
}

impl<'l> Rows<'l> {
    /// `sorted` are those of [`sorted`].
    pub fn of(ledger: &'l Ledger, sorted: Vec<Row>) -> Self {
        let local: Vec<LocalSets> = ledger.pages.par_iter().map(LocalSets::of).collect();
        let distinct: BTreeSet<&Vec<u32>> = local.iter().flat_map(|sets| &sets.distinct).collect();
        let broken: Vec<Vec<u32>> = distinct.into_iter().cloned().collect();
        let sets: Vec<Vec<u32>> = local
            .iter()
            .map(|page| {
                // `broken` holds every set, in ascending order.
                let place = |set| broken.binary_search(set).unwrap_or_default() as u32;
                let global: Vec<u32> = page.distinct.iter().map(place).collect();
                page.of_rows.iter().map(|&local| global[local as usize]).collect()
            })
            .collect();
        Self { ledger, sorted, sets, broken }
    }

    fn set(&self, row: Row) -> u32 {
        self.sets[row.page as usize][row.at as usize]
    }

    /// The same rows without their places, to be kept until another run. `rules` are the ids of the table's rules; a
    /// rule that was not judged row by row has none. `kept` is what rules that compare runs remember.
    pub fn snapshot(&self, rules: &[Option<&str>], columns: u64, kept: Vec<Kept>) -> Snapshot {
        Snapshot {
            keys: self.sorted.iter().map(|row| row.key).collect(),
            contents: self.sorted.iter().map(|row| row.content).collect(),
            sets: self.sorted.iter().map(|&row| self.set(row)).collect(),
            rules: rules.iter().map(|rule| rule.unwrap_or_default().to_owned()).collect(),
            broken: self.broken.clone(),
            columns,
            kept,
        }
    }

    /// What became of the rows of `before`. `rules` as above.
    pub fn since(
        &self,
        before: &Snapshot,
        rules: &[Option<&str>],
        plan: &TracePlan,
        columns: u64,
    ) -> RowChanges {
        let mut comparison = Comparison::new(self, before, rules, plan);
        comparison.changes.columns_differ = before.columns != columns;
        let (mut now, mut then) = (0, 0);
        while now < self.sorted.len() || then < before.len() {
            let key = match (self.sorted.get(now), before.keys.get(then)) {
                (Some(row), Some(&key)) => row.key.min(key),
                (Some(row), None) => row.key,
                (None, Some(&key)) => key,
                (None, None) => break,
            };
            let until_now = now + self.sorted[now..].iter().take_while(|row| row.key == key).count();
            let until_then = then + before.keys[then..].iter().take_while(|&&known| known == key).count();
            comparison.group(&self.sorted[now..until_now], then..until_then);
            (now, then) = (until_now, until_then);
        }
        comparison.finish()
    }
}

fn rows<'l>(
    ledger: &'l Ledger,
    page: usize,
    identity: usize,
    secret: &'l [u8; 32],
) -> impl Iterator<Item = Row> + use<'l> {
    let Page { keys, rows, traced, .. } = &ledger.pages[page];
    let keys = &keys[identity];
    (0..*rows).map(move |row| {
        let key = match &keys.values {
            _ if !keys.has_key.value(row) => Snapshot::NO_KEY,
            KeyValues::Packed(values) => trace::of_key(secret, digest_packed(values[row])),
            KeyValues::Wide(values) => trace::of_key(secret, spread_out(values[row])),
        };
        let content =
            traced.as_ref().and_then(|traced| traced.contents.get(row)).copied().unwrap_or_default();
        Row { key, content, page: page as u32, at: row as u32 }
    })
}

/// The different sets of rules that rows of a page break.
struct LocalSets {
    distinct: Vec<Vec<u32>>,
    of_rows: Vec<u32>,
}

impl LocalSets {
    fn of(page: &Page) -> Self {
        let mut broken: HashMap<usize, Vec<u32>> = HashMap::new();
        for (rule, traced) in page.traced.iter().flat_map(|traced| traced.rules.iter().enumerate()) {
            for row in traced.fail.iter().flat_map(BooleanBuffer::set_indices) {
                broken.entry(row).or_default().push(rule as u32);
            }
        }
        let mut sets = Self { distinct: vec![Vec::new()], of_rows: vec![0; page.rows] };
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        for row in 0..page.rows {
            let Some(set) = broken.remove(&row) else { continue };
            let next = sets.distinct.len() as u32;
            sets.of_rows[row] = *known.entry(set).or_insert_with_key(|set| {
                sets.distinct.push(set.clone());
                next
            });
        }
        sets
    }
}

/// One table's rows against those that were.
struct Comparison<'c> {
    rows: &'c Rows<'c>,
    before: &'c Snapshot,
    /// The sets of `before` as positions among the rules of now; rules that are gone are left out.
    then: Vec<Vec<u32>>,
    plan: &'c TracePlan,
    /// Added and changed rows, by page.
    touched: Vec<Vec<bool>>,
    changes: RowChanges,
}

impl<'c> Comparison<'c> {
    fn new(rows: &'c Rows<'c>, before: &'c Snapshot, rules: &[Option<&str>], plan: &'c TracePlan) -> Self {
        let places: Vec<Option<u32>> = before
            .rules
            .iter()
            .map(|id| {
                rules.iter().position(|rule| !id.is_empty() && *rule == Some(id.as_str())).map(|at| at as u32)
            })
            .collect();
        let of_now = |set: &Vec<u32>| {
            let mut set: Vec<u32> = set.iter().filter_map(|&rule| places[rule as usize]).collect();
            set.sort_unstable();
            set
        };
        let mut changes =
            RowChanges { rules: vec![RuleRowChanges::default(); rules.len()], ..RowChanges::default() };
        for at in places.iter().flatten() {
            changes.rules[*at as usize].paired = true;
        }
        for waiver in &plan.waivers {
            changes.rules[waiver.rule].waived.push(Waived { waiver: waiver.waiver, ..Waived::default() });
        }
        Self {
            rows,
            before,
            then: before.broken.iter().map(of_now).collect(),
            plan,
            touched: rows.ledger.pages.iter().map(|page| vec![false; page.rows]).collect(),
            changes,
        }
    }

    /// The rows of one key: those of equal content are the same; the rest are paired in their order, and what is left
    /// was added or removed.
    fn group(&mut self, now: &[Row], then: std::ops::Range<usize>) {
        if let ([row], 1) = (now, then.len()) {
            let same = row.content == self.before.contents[then.start];
            return self.pair(*row, then.start, same);
        }
        if now.len() > 1 || then.len() > 1 || now.first().is_some_and(|row| row.key == Snapshot::NO_KEY) {
            self.changes.shared += (now.len() + then.len()) as u64;
        }
        let (mut new, mut old) = (Vec::new(), Vec::new());
        let (mut a, mut b) = (0, then.start);
        while a < now.len() && b < then.end {
            match now[a].content.cmp(&self.before.contents[b]) {
                std::cmp::Ordering::Equal => {
                    self.pair(now[a], b, true);
                    (a, b) = (a + 1, b + 1);
                }
                std::cmp::Ordering::Less => {
                    new.push(now[a]);
                    a += 1;
                }
                std::cmp::Ordering::Greater => {
                    old.push(b);
                    b += 1;
                }
            }
        }
        new.extend(&now[a..]);
        old.extend(b..then.end);
        self.pair_by_rules(new, old);
    }

    /// Rows of one key with other contents than before: those that break what one of before broke are that one; the rest
    /// are paired in the order of what they break. Nothing here may hang on digests, which hang on their key.
    fn pair_by_rules(&mut self, mut new: Vec<Row>, mut old: Vec<usize>) {
        new.sort_by(|a, b| {
            self.broken_by(*a).cmp(self.broken_by(*b)).then_with(|| (a.page, a.at).cmp(&(b.page, b.at)))
        });
        old.sort_by(|a, b| self.broke(*a).cmp(self.broke(*b)));
        let (mut other_new, mut other_old) = (Vec::new(), Vec::new());
        let (mut a, mut b) = (0, 0);
        while a < new.len() && b < old.len() {
            match self.broken_by(new[a]).cmp(self.broke(old[b])) {
                std::cmp::Ordering::Equal => {
                    self.pair(new[a], old[b], false);
                    (a, b) = (a + 1, b + 1);
                }
                std::cmp::Ordering::Less => {
                    other_new.push(new[a]);
                    a += 1;
                }
                std::cmp::Ordering::Greater => {
                    other_old.push(old[b]);
                    b += 1;
                }
            }
        }
        other_new.extend(&new[a..]);
        other_old.extend(&old[b..]);
        for (&row, &was) in other_new.iter().zip(&other_old) {
            self.pair(row, was, false);
        }
        for &row in other_new.iter().skip(other_old.len()) {
            self.changes.added += 1;
            self.touch(row);
            self.compare(row, &[], true, false);
        }
        self.changes.removed += other_old.len().saturating_sub(other_new.len()) as u64;
    }

    fn broken_by(&self, row: Row) -> &[u32] {
        &self.rows.broken[self.rows.set(row) as usize]
    }

    fn broke(&self, was: usize) -> &[u32] {
        &self.then[self.before.sets[was] as usize]
    }

    fn pair(&mut self, row: Row, was: usize, same: bool) {
        if same {
            self.changes.unchanged += 1;
        } else {
            self.changes.changed += 1;
            self.touch(row);
        }
        let then = std::mem::take(&mut self.then[self.before.sets[was] as usize]);
        self.compare(row, &then, !same, true);
        self.then[self.before.sets[was] as usize] = then;
    }

    fn touch(&mut self, row: Row) {
        self.touched[row.page as usize][row.at as usize] = true;
    }

    /// Counts what a row breaks and did not break `then`, and the other way round.
    fn compare(&mut self, row: Row, then: &[u32], touched: bool, was_there: bool) {
        let now = &self.rows.broken[self.rows.set(row) as usize];
        if now.as_slice() == then {
            return;
        }
        for &rule in now.iter().filter(|rule| then.binary_search(rule).is_err()) {
            let waiver = self.plan.waiver_of(
                rule as usize,
                &self.rows.ledger.pages[row.page as usize],
                row.at as usize,
            );
            let change = &mut self.changes.rules[rule as usize];
            let mut waived = change.waived.iter_mut().find(|waived| Some(waived.waiver) == waiver);
            if was_there {
                change.newly_failing += 1;
                waived.iter_mut().for_each(|waived| waived.newly_failing += 1);
            }
            if touched {
                change.new_violations += 1;
                waived.iter_mut().for_each(|waived| waived.new_violations += 1);
            }
        }
        if was_there {
            let traced = self.rows.ledger.pages[row.page as usize].traced.as_ref();
            for &rule in then.iter().filter(|rule| now.binary_search(rule).is_err()) {
                // A rule that is no longer about the row has not been satisfied.
                let about = traced.and_then(|traced| traced.rules.get(rule as usize)).is_none_or(|traced| {
                    traced.applicable.as_ref().is_none_or(|rows| rows.value(row.at as usize))
                });
                self.changes.rules[rule as usize].newly_passing += u64::from(about);
            }
        }
    }

    fn finish(mut self) -> RowChanges {
        for (page, touched) in self.rows.ledger.pages.iter().zip(&self.touched) {
            if !touched.contains(&true) {
                continue;
            }
            let touched = BooleanBuffer::from_iter(touched.iter().copied());
            let Some(traced) = &page.traced else { continue };
            for (change, traced) in self.changes.rules.iter_mut().zip(&traced.rules) {
                let about = match &traced.applicable {
                    Some(applicable) => (&touched & applicable).count_set_bits(),
                    None => touched.count_set_bits(),
                };
                change.touched += about as u64;
            }
        }
        self.changes
    }
}
