//! What the rows of a table come to, group by group.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use super::super::limit::WHOLE;
use super::figure::What;
use super::tolerance::Known;
use crate::kernel::ColumnType;
use crate::state::State;
use crate::state::moments::Sum;

/// More groups and different values than this are not remembered.
pub const MOST: usize = 1_000_000;

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// By the digest of the group; 0 where the table is one.
    pub groups: BTreeMap<u128, Group>,
    /// How many groups and different values that is.
    entries: usize,
    /// There are more than are remembered, so that none is.
    pub overflown: bool,
    /// Rows of which nothing can be trusted, not even their group.
    pub damaged: u64,
    pub without_group: u64,
    /// Of the group's columns.
    pub types: Vec<ColumnType>,
    /// Columns about persons are among those that were read.
    pub personal: bool,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub rows: u64,
    sum: Sum,
    distinct: BTreeSet<u128>,
    /// Rows whose value cannot be read.
    unreadable: u64,
    /// As people know it; empty where that is nobody's business.
    pub name: String,
}

/// What one row adds to its group.
pub enum Adds {
    Nothing,
    Number(i128),
    Value(u128),
    Unreadable,
}

impl Totals {
    pub fn add(&mut self, group: u128, adds: Adds, name: impl FnOnce() -> String) {
        if self.overflown {
            return;
        }
        let mut more = 0;
        let known = self.groups.entry(group).or_insert_with(|| {
            more += 1;
            Group { name: name(), ..Group::default() }
        });
        known.rows += 1;
        match adds {
            Adds::Nothing => {}
            Adds::Number(value) => known.sum.add(value),
            Adds::Value(digest) => more += usize::from(known.distinct.insert(digest)),
            Adds::Unreadable => known.unreadable += 1,
        }
        self.count(more);
    }

    fn count(&mut self, more: usize) {
        self.entries += more;
        if self.entries > MOST {
            self.groups.clear();
            self.entries = 0;
            self.overflown = true;
        }
    }

    /// The figure of a group; of one that is not there, what damaged rows could make of it.
    pub fn known(&self, what: What, group: Option<&Group>) -> Known {
        let least = group.map_or_else(BigInt::default, |group| group.figure(what));
        let more = match what {
            What::Count | What::Distinct => Some(self.damaged),
            What::Sum => (self.damaged + group.map_or(0, |group| group.unreadable) == 0).then_some(0),
        };
        Known { least, more }
    }

    pub fn total(&self, what: What) -> BigInt {
        self.groups.values().map(|group| group.figure(what)).sum()
    }

    pub fn rows(&self) -> u64 {
        self.groups.values().map(|group| group.rows).sum()
    }
}

impl Group {
    /// In 10⁻¹⁸.
    fn figure(&self, what: What) -> BigInt {
        match what {
            What::Count => BigInt::from(self.rows) * WHOLE,
            What::Sum => self.sum.value(),
            What::Distinct => BigInt::from(self.distinct.len()) * WHOLE,
        }
    }
}

/// A union that is too large is so in whatever order its parts come.
impl State for Totals {
    fn merge(&mut self, other: Self) {
        self.damaged += other.damaged;
        self.without_group += other.without_group;
        self.personal |= other.personal;
        if self.types.is_empty() {
            self.types = other.types;
        }
        if other.overflown {
            self.count(MOST + 1);
        }
        for (group, theirs) in other.groups {
            if self.overflown {
                return;
            }
            let mut more = 0;
            let known = self.groups.entry(group).or_insert_with(|| {
                more += 1;
                Group { name: theirs.name, ..Group::default() }
            });
            known.rows += theirs.rows;
            known.sum.merge(theirs.sum);
            known.unreadable += theirs.unreadable;
            for digest in theirs.distinct {
                more += usize::from(known.distinct.insert(digest));
            }
            self.count(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_adding_all(
            rows in prop::collection::vec((0u128..3, -3i128..4), 0..24),
            at in 0usize..24,
        ) {
            let part = |rows: &[(u128, i128)]| {
                let mut totals = Totals::default();
                for &(group, value) in rows {
                    let adds = match value {
                        0 => Adds::Unreadable,
                        3 => Adds::Value(group),
                        value => Adds::Number(value),
                    };
                    totals.add(group, adds, || group.to_string());
                }
                totals
            };
            let (left, right) = rows.split_at(at.min(rows.len()));
            let (mut ab, mut ba) = (part(left), part(right));
            ab.merge(part(right));
            ba.merge(part(left));
            prop_assert_eq!(&ab, &part(&rows));
            prop_assert_eq!(&ba, &ab);
        }
    }
}
