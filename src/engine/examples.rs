//! Failing rows to show: chosen by the digest of their place, so that threads do not decide, and masked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::plan::RulePlan;
use crate::kernel::Batch;
use crate::kernel::key::digest;
use crate::kernel::text::mask;
use crate::rule::{AnyCheck, Explanation};
use crate::state::Example;

/// How many failing rows of a rule are shown unless somebody asks for another number.
pub const SHOWN: usize = 20;

/// Where a row is: file, piece of the file, row of the piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub file: u32,
    pub piece: u32,
    pub row: u64,
}

impl Position {
    fn digest(self) -> u128 {
        let file_and_piece = u64::from(self.file) << 32 | u64::from(self.piece);
        digest((u128::from(file_and_piece) << 64 | u128::from(self.row)).to_le_bytes().as_slice())
    }
}

/// What is shown of a failing row beside its place.
#[derive(Default)]
pub struct Shown {
    /// What the rule judged, if it judged a single value.
    pub value: Option<String>,
    pub why: Option<Explanation>,
}

impl Shown {
    /// What a check says of a row that fails it.
    pub fn of(plan: &RulePlan, check: &dyn AnyCheck, batch: &Batch<'_>, row: usize) -> Self {
        Self {
            value: plan.shown.and_then(|column| batch.cell(column, row)),
            why: catch_unwind(AssertUnwindSafe(|| check.explain(batch, row))).ok().flatten(),
        }
    }

    /// What may be shown to anybody.
    pub fn hide(&mut self) {
        let repaired = self.why.as_mut().and_then(|why| why.repaired.as_mut());
        self.value.iter_mut().chain(repaired).for_each(|text| *text = mask(text));
    }
}

/// The rows with the smallest digests: a sample that favours no value and no part of the table.
pub struct Examples {
    rows: BTreeMap<(u128, Position), Shown>,
    most: usize,
}

impl Default for Examples {
    fn default() -> Self {
        Self::at_most(SHOWN)
    }
}

impl Examples {
    pub fn at_most(most: usize) -> Self {
        Self { rows: BTreeMap::new(), most }
    }

    /// Offers a failing row. `shown` is asked for few rows.
    pub fn offer(&mut self, position: Position, shown: impl FnOnce() -> Shown, reveal: bool) {
        let key = (position.digest(), position);
        if self.most == 0 {
            return;
        }
        if self.rows.len() == self.most && self.rows.last_key_value().is_some_and(|(last, _)| *last < key) {
            return;
        }
        let mut shown = shown();
        if !reveal {
            shown.hide();
        }
        self.rows.insert(key, shown);
        if self.rows.len() > self.most {
            self.rows.pop_last();
        }
    }

    /// The chosen rows of a scan that has ended.
    pub fn of(rows: impl Iterator<Item = (Position, Shown)>, most: usize) -> Self {
        Self { rows: rows.map(|(at, shown)| ((at.digest(), at), shown)).collect(), most }
    }

    /// The chosen rows.
    pub fn rows(&self) -> impl Iterator<Item = (Position, &Shown)> {
        self.rows.iter().map(|((_, at), shown)| (*at, shown))
    }

    /// The chosen rows in the order of their places. `locate` gives a row's file and one-based row in it.
    pub fn finish(self, locate: impl Fn(Position) -> (String, u64)) -> Vec<Example> {
        let mut rows: Vec<_> = self.rows.into_iter().map(|((_, at), shown)| (at, shown)).collect();
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter()
            .map(|(at, Shown { value, why })| {
                let (file, row) = locate(at);
                let (reason, repaired) =
                    why.map_or((None, None), |Explanation { reason, repaired }| (Some(reason), repaired));
                Example { file, row, value, reason, repaired }
            })
            .collect()
    }
}

impl Examples {
    /// Takes those of other rows in.
    pub fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        while self.rows.len() > self.most {
            self.rows.pop_last();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_does_not_depend_on_the_order_of_arrival() {
        let rows: Vec<_> =
            (0..500u64).map(|row| (Position { file: 0, piece: 0, row }, row.to_string())).collect();
        let all = |order: &[usize]| {
            let mut halves = [Examples::default(), Examples::default()];
            for &at in order {
                let shown = || Shown { value: Some(rows[at].1.clone()), why: None };
                halves[at % 2].offer(rows[at].0, shown, true);
            }
            let [mut one, two] = halves;
            one.merge(two);
            one.finish(|at| (String::new(), at.row))
        };
        let forward: Vec<usize> = (0..rows.len()).collect();
        let backward: Vec<usize> = (0..rows.len()).rev().collect();
        assert_eq!(all(&forward), all(&backward));
        assert_eq!(all(&forward).len(), SHOWN);
    }
}
