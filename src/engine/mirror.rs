//! A table of reference as rules look into it: its keys, each once, with what its rows say of the columns that are
//! compared and whether they are in a scope.

use std::collections::BTreeSet;

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::elsewhere::not_whole;
use super::keys;
use super::ledger::{Ledger, Page};
use super::scan::TableState;
use crate::base::Text;
use crate::kernel::ColumnType;
use crate::kernel::expression::Expression;
use crate::kernel::key::{KeyValues, digest_packed, spread_out};
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::rule::{At, Sought};

/// What is to be found out of a table of reference under one key: as places in the plan by which it is scanned.
pub struct MirrorPlan {
    pub key: usize,
    /// The population of rows that may have a key.
    pub rows: usize,
    pub types: Vec<ColumnType>,
    pub columns: Vec<(Compared, Result<PlannedColumn, Text>)>,
    /// By the text of their conditions, the population of those in scope.
    pub scopes: Vec<(String, Result<usize, Text>)>,
}

/// A column of theirs, and how it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub column: String,
    pub likeness: Likeness,
}

pub struct PlannedColumn {
    pub memory: usize,
    pub ty: ColumnType,
    /// The population of rows in whose file it is.
    pub rows: usize,
}

/// Keys are digests, sorted; everything else is by the place of its key.
pub struct Mirror {
    keys: Vec<u128>,
    /// Where keys begin whose highest `bits` bits are so much, and after the last the number of keys.
    starts: Vec<usize>,
    bits: u32,
    /// Of the key's columns.
    pub types: Vec<ColumnType>,
    columns: Vec<(Compared, Result<MirrorColumn, Text>)>,
    scopes: Vec<(String, Result<MirrorScope, Text>)>,
    /// Rows that cannot be trusted, so that nobody knows their keys.
    pub unknown: u64,
    pub without_key: u64,
}

pub struct MirrorColumn {
    pub ty: ColumnType,
    said: Vec<i128>,
}

pub struct MirrorScope {
    keys: Vec<InScope>,
    /// Rows on which the condition is neither true nor false.
    pub undecided: u64,
}

/// What the rows of one key say of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Value(i128),
    Nothing,
    /// It cannot be read.
    Unreadable,
    /// Its rows contradict each other.
    Ambiguous,
}

/// No compared value reaches these.
const NOTHING: i128 = i128::MIN;
const UNREADABLE: i128 = i128::MIN + 1;
const AMBIGUOUS: i128 = i128::MIN + 2;

/// Whether one of a key's rows is in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InScope {
    No,
    Unknown,
    Yes,
}

/// A row of the ledger: its page and its place in it.
type Place = (u32, u32);
const PARTS_LOG2: u32 = 8;

impl Mirror {
    /// Of a table that was read whole.
    pub fn of(plan: &MirrorPlan, ledger: &Ledger, state: &TableState) -> Self {
        let rows = sorted(plan, ledger);
        let groups: Vec<&[(u128, Place)]> =
            rows.par_iter().flat_map_iter(|part| part.chunk_by(|a, b| a.0 == b.0)).collect();
        let keys: Vec<u128> = groups.iter().filter_map(|group| Some(group.first()?.0)).collect();
        let columns = plan.columns.iter().map(|(compared, column)| {
            let column = column.as_ref().map_err(Clone::clone).map(|column| MirrorColumn {
                ty: column.ty,
                said: groups.par_iter().map(|group| said(ledger, group, column, compared.likeness)).collect(),
            });
            (compared.clone(), column)
        });
        let scopes = plan.scopes.iter().map(|(text, scope)| {
            let scope = scope.as_ref().map_err(Clone::clone).map(|&population| MirrorScope {
                keys: groups.par_iter().map(|group| in_scope(ledger, group, population)).collect(),
                undecided: state.rules[population].when_unknown,
            });
            (text.clone(), scope)
        });
        let (columns, scopes) = (columns.collect(), scopes.collect());
        let counts = ledger.pages.iter().map(|page| {
            let unknown = untrusted(page, plan.rows);
            let without = minus(&!&page.keys[plan.key].has_key, &unknown);
            (unknown.count_set_bits() as u64, without.count_set_bits() as u64)
        });
        let (unknown, without_key) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let (starts, bits) = starts(&keys);
        Self { keys, starts, bits, types: plan.types.clone(), columns, scopes, unknown, without_key }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The place of a key.
    pub fn find(&self, key: u128) -> Option<usize> {
        let part = (key >> (127 - self.bits) >> 1) as usize;
        let (from, upto) = (self.starts[part], self.starts[part + 1]);
        self.keys[from..upto].binary_search(&key).ok().map(|at| from + at)
    }

    /// # Errors
    /// Why the column is not known.
    pub fn column(&self, column: &str, likeness: Likeness) -> Result<&MirrorColumn, Text> {
        let same = |known: &Compared| known.column == column && known.likeness == likeness;
        known(self.columns.iter().find(|(known, _)| same(known)).map(|(_, found)| found))
    }

    /// # Errors
    /// Why nobody knows what is in that scope.
    pub fn scope(&self, text: &str) -> Result<&MirrorScope, Text> {
        known(self.scopes.iter().find(|(known, _)| known == text).map(|(_, found)| found))
    }
}

/// What was found of something, if it was looked for.
fn known<T>(found: Option<&Result<T, Text>>) -> Result<&T, Text> {
    found.map_or_else(|| Err(not_whole()), |found| found.as_ref().map_err(Clone::clone))
}

impl MirrorColumn {
    pub fn said(&self, key: usize) -> Said {
        match self.said[key] {
            NOTHING => Said::Nothing,
            UNREADABLE => Said::Unreadable,
            AMBIGUOUS => Said::Ambiguous,
            value => Said::Value(value),
        }
    }
}

impl MirrorScope {
    pub fn holds(&self, key: usize) -> InScope {
        self.keys[key]
    }
}

/// The key of a row of a page as a digest, so that keys of all tables and pages compare.
pub fn digest_at(page: &Page, key: usize, row: usize) -> u128 {
    match &page.keys[key].values {
        KeyValues::Packed(keys) => digest_packed(keys[row]),
        KeyValues::Wide(keys) => spread_out(keys[row]),
    }
}

fn untrusted(page: &Page, population: usize) -> BooleanBuffer {
    let unknown = page.populations[population].unknown.clone();
    unknown.unwrap_or_else(|| BooleanBuffer::new_unset(page.rows))
}

/// The rows that have a key, in the order of their keys, in parts of which each holds all rows of its keys.
fn sorted(plan: &MirrorPlan, ledger: &Ledger) -> Vec<Vec<(u128, Place)>> {
    let mut parts: Vec<Vec<(u128, Place)>> = vec![Vec::new(); 1 << PARTS_LOG2];
    for (at, page) in ledger.pages.iter().enumerate() {
        let (rows, unknown) = keys::applicable(&page.keys[plan.key].has_key, &page.populations[plan.rows]);
        for row in minus(&rows, &unknown).set_indices() {
            let key = digest_at(page, plan.key, row);
            parts[(key >> (128 - PARTS_LOG2)) as usize].push((key, (at as u32, row as u32)));
        }
    }
    parts.par_iter_mut().for_each(|part| part.sort_unstable());
    parts
}

/// What rows of one key say together, in whatever order they come.
fn said(ledger: &Ledger, group: &[(u128, Place)], column: &PlannedColumn, likeness: Likeness) -> i128 {
    let (mut value, mut unreadable) = (None, false);
    for &(_, (page, row)) in group {
        let (page, row) = (&ledger.pages[page as usize], row as usize);
        let untrusted = page.populations[column.rows].unknown.as_ref();
        if untrusted.is_some_and(|rows| rows.value(row)) {
            unreadable = true;
            continue;
        }
        match (page.memories[column.memory].get(row), value) {
            (Cell::Absent, _) => {}
            (Cell::Unreadable, _) => unreadable = true,
            (Cell::Value(new), None) => value = Some(new),
            (Cell::Value(new), Some(known)) => match likeness.together(known, new) {
                Some(both) => value = Some(both),
                None => return AMBIGUOUS,
            },
        }
    }
    if unreadable { UNREADABLE } else { value.unwrap_or(NOTHING) }
}

fn in_scope(ledger: &Ledger, group: &[(u128, Place)], population: usize) -> InScope {
    let one = |&(_, (page, row)): &(u128, Place)| {
        let of = &ledger.pages[page as usize].populations[population];
        let set =
            |rows: &Option<BooleanBuffer>, none| rows.as_ref().map_or(none, |rows| rows.value(row as usize));
        match (set(&of.unknown, false), set(&of.rows, true)) {
            (true, _) => InScope::Unknown,
            (false, true) => InScope::Yes,
            (false, false) => InScope::No,
        }
    };
    group.iter().map(one).max().unwrap_or(InScope::No)
}

/// Digests are spread evenly: a few highest bits say nearly where a key is.
fn starts(keys: &[u128]) -> (Vec<usize>, u32) {
    let bits = (keys.len() / 8).max(1).ilog2();
    let mut starts = Vec::with_capacity((1 << bits) + 1);
    for part in 0..1_u128 << bits {
        starts.push(keys.partition_point(|key| key >> (127 - bits) >> 1 < part));
    }
    starts.push(keys.len());
    (starts, bits)
}

/// The columns that somebody compares, each once.
#[derive(Default)]
pub struct Wanted {
    pub columns: Vec<Compared>,
    /// Conditions by their texts.
    seen: BTreeSet<String>,
    pub scopes: Vec<At<Expression>>,
}

impl Wanted {
    pub fn add(&mut self, sought: Sought) {
        match sought {
            Sought::Keys | Sought::Covered { in_scope: None } => {}
            Sought::Values { column, likeness } => {
                let compared = Compared { column, likeness };
                if !self.columns.contains(&compared) {
                    self.columns.push(compared);
                }
            }
            Sought::Covered { in_scope: Some(scope) } => {
                if self.seen.insert(scope.value.text().to_owned()) {
                    self.scopes.push(scope);
                }
            }
        }
    }
}
