//! Judges keys once all of them are there: which are shared, which exist elsewhere. Keys are partitioned by their hash,
//! so that each part is sorted in the processor's cache and parts are judged on all threads.

use arrow::buffer::BooleanBuffer;
use hashbrown::HashSet;
use rayon::prelude::*;

use super::budget::Budget;
use super::ledger::{KeyPopulation, Ledger, Page};
use super::parts::{Bits, Gathered, Round, Selection};
use super::spill::Key;
use crate::base::Text;
use crate::kernel::key::TableKey;
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::say;

/// A verdict for every page, and what was counted beside.
pub struct KeyVerdicts {
    pub pages: Vec<RowVerdict>,
    pub figures: Vec<(&'static str, u64)>,
}

/// Rows that share their key with another row of the population fail.
///
/// # Errors
/// The keys are not all there any more.
pub fn unique(ledger: &Ledger, key: usize, rule: usize, budget: &Budget<'_>) -> Result<KeyVerdicts, Text> {
    let rows = Selection::of(ledger, key, &[], |page| judged(page, key, rule).0)?;
    let (fails, groups) =
        if rows.is_packed() { shared::<u64>(&rows, budget) } else { shared::<u128>(&rows, budget) }?;
    let pages = verdicts(ledger, key, rule, fails);
    let involved: u64 = pages.iter().map(|page| page.fail.count_set_bits() as u64).sum();
    // How many rows more there are than keys among the failing ones.
    Ok(KeyVerdicts { pages, figures: vec![("excess", involved - groups)] })
}

/// The rows that share their key, page by page, and how many keys they share.
fn shared<K: Key>(rows: &Selection, budget: &Budget<'_>) -> Result<(Vec<Bits>, u64), Text> {
    let (fails, mut groups) = (bits(rows), 0);
    // Twice: vectors grow by doubling.
    let bytes = rows.most() * 2 * K::BYTES as u64;
    for round in Round::all(bytes, budget.for_judging()) {
        let parts = rows.gather::<K>(round)?;
        let parts: Vec<HashSet<K>> = parts.into_par_iter().map(Gathered::into_shared).collect();
        let found: u64 = parts.iter().map(|part| part.len() as u64).sum();
        if found > 0 {
            groups += found;
            mark(rows, round, &fails, |key: K| parts[key.part() - round.parts().start].contains(&key))?;
        }
    }
    Ok((fails, groups))
}

fn bits(rows: &Selection) -> Vec<Bits> {
    rows.pages.iter().map(|page| Bits::new(page.rows.len())).collect()
}

/// Sets the bits of the round's rows whose key is as asked.
fn mark<K: Key>(
    rows: &Selection,
    round: Round,
    bits: &[Bits],
    is: impl Fn(K) -> bool + Sync,
) -> Result<(), Text> {
    rows.each(round, |key, page, row| {
        if is(key) {
            bits[page].set(row);
        }
    })
}

/// The rows of a page that are judged, and those that cannot be.
pub fn judged(page: &Page, key: usize, rule: usize) -> (BooleanBuffer, BooleanBuffer) {
    let (applicable, unknown) = applicable(&page.keys[key].has_key, &page.populations[rule]);
    (minus(&applicable, &unknown), unknown)
}

fn verdicts(ledger: &Ledger, key: usize, rule: usize, fails: Vec<Bits>) -> Vec<RowVerdict> {
    let verdict = |(page, fails): (&Page, Bits)| {
        let (applicable, unknown) = applicable(&page.keys[key].has_key, &page.populations[rule]);
        RowVerdict::new(applicable, fails.into_buffer(page.rows)).with_unknown(Some(unknown))
    };
    ledger.pages.par_iter().zip(fails).map(verdict).collect()
}

/// Rows whose key is not among the parents fail; where some parents could not be read, they are unknown.
///
/// # Errors
/// The keys of one of the tables are not all there any more.
pub fn exists(
    ledger: &Ledger,
    key: usize,
    rule: usize,
    parents: &Parents,
    budget: &Budget<'_>,
) -> Result<KeyVerdicts, Text> {
    let rows = Selection::of(ledger, key, &[], |page| judged(page, key, rule).0)?;
    let orphans = if rows.is_packed() {
        orphans::<u64>(&rows, parents, budget)
    } else {
        orphans::<u128>(&rows, parents, budget)
    }?;
    let mut pages = verdicts(ledger, key, rule, orphans);
    if !parents.whole {
        for verdict in &mut pages {
            let none = BooleanBuffer::new_unset(verdict.fail.len());
            let orphans = std::mem::replace(&mut verdict.fail, none);
            verdict.unknown =
                Some(verdict.unknown.as_ref().map_or_else(|| orphans.clone(), |rows| rows | &orphans));
        }
    }
    Ok(KeyVerdicts { pages, figures: Vec::new() })
}

fn orphans<K: Key>(rows: &Selection, parents: &Parents, budget: &Budget<'_>) -> Result<Vec<Bits>, Text> {
    let orphans = bits(rows);
    match parents.keys.as_ref().map_err(Clone::clone)? {
        ParentKeys::Set(set) => mark(rows, Round::WHOLE, &orphans, |key: K| !set.contains(key))?,
        ParentKeys::Rows(parents) => {
            for round in Round::all(ParentSet::bytes(parents), budget.for_judging()) {
                let set = ParentSet::of(parents, round)?;
                mark(rows, round, &orphans, |key: K| !set.contains(key))?;
            }
        }
    }
    Ok(orphans)
}

/// The keys of a table that others refer to.
pub struct Parents {
    keys: Result<ParentKeys, Text>,
    /// The key of every row is known.
    whole: bool,
    /// Of its columns.
    types: Vec<ColumnType>,
}

enum ParentKeys {
    /// All of them, where they find room.
    Set(ParentSet),
    /// To be gathered round by round.
    Rows(Selection),
}

impl Parents {
    /// Whether keys of these types can be found among them at all: a number is spelt in one way, a text as it is written,
    /// and where one side has texts `007` would be missed among numbers without anybody being told.
    pub fn comparable(&self, types: &[ColumnType], to: &TableKey) -> Result<(), Text> {
        let differ = types.iter().zip(&self.types).position(|(ours, theirs)| !ours.is_spelt_as(*theirs));
        let Some(at) = differ else { return Ok(()) };
        let (ours, theirs) = (types[at].id(), self.types[at].id());
        let (table, column) = (&to.table, &to.columns[at]);
        Err(say!(
            "the values are `{ours}` here and `{theirs}` in `{table}.{column}`, so that `007` and `7` would be told apart on one side only; declare \
             both columns with one `type`",
            "giá trị ở đây là `{ours}`, còn ở `{table}.{column}` là `{theirs}`, nên `007` và `7` chỉ được phân biệt ở một bên; hãy khai báo cùng một \
             `type` cho cả hai cột"
        ))
    }

    /// `types` are those of the key's columns; `found`: every file has them.
    pub fn of(ledger: &Ledger, key: usize, types: &[ColumnType], found: bool, budget: &Budget<'_>) -> Self {
        let all = |page: &Page| match &page.damaged {
            Some(damaged) => minus(&page.keys[key].has_key, damaged),
            None => page.keys[key].has_key.clone(),
        };
        let keys = Selection::of(ledger, key, &[], all).and_then(|rows| {
            let bytes = ParentSet::bytes(&rows);
            // A set that is used again and again is worth room that keys could have.
            if budget.hold(bytes) && bytes <= budget.for_judging() {
                return ParentSet::of(&rows, Round::WHOLE).map(ParentKeys::Set);
            }
            budget.release(bytes);
            Ok(ParentKeys::Rows(rows))
        });
        let whole = found && ledger.pages.iter().all(|page| page.damaged.is_none());
        Self { keys, whole, types: types.to_vec() }
    }

    /// They need the ledger's keys no more.
    pub const fn is_set(&self) -> bool {
        matches!(self.keys, Ok(ParentKeys::Set(_)))
    }
}

enum ParentSet {
    Packed(Parted<u64>),
    Wide(Parted<u128>),
}

/// The keys of a round, by part.
struct Parted<K> {
    first: usize,
    parts: Vec<HashSet<K>>,
}

impl ParentSet {
    fn of(rows: &Selection, round: Round) -> Result<Self, Text> {
        Ok(if rows.is_packed() {
            Self::Packed(Parted::of(rows, round)?)
        } else {
            Self::Wide(Parted::of(rows, round)?)
        })
    }

    /// About what the set of all keys takes, with what they are gathered in.
    fn bytes(rows: &Selection) -> u64 {
        rows.most() * if rows.is_packed() { 4 * 8 } else { 4 * 16 }
    }

    fn contains<K: Key>(&self, key: K) -> bool {
        match self {
            Self::Packed(parents) => key.as_packed().is_some_and(|key| parents.contains(key)),
            Self::Wide(parents) => parents.contains(key.as_wide()),
        }
    }
}

impl<K: Key> Parted<K> {
    fn of(rows: &Selection, round: Round) -> Result<Self, Text> {
        let parts = rows.gather::<K>(round)?.into_par_iter().map(Gathered::into_set);
        Ok(Self { first: round.parts().start, parts: parts.collect() })
    }

    fn contains(&self, key: K) -> bool {
        self.parts[key.part() - self.first].contains(&key)
    }
}

/// Rows of the population that have a key or are unknown, and the unknown ones.
pub fn applicable(has_key: &BooleanBuffer, population: &KeyPopulation) -> (BooleanBuffer, BooleanBuffer) {
    let mut applicable = has_key.clone();
    if let Some(rows) = &population.rows {
        applicable = &applicable & rows;
    }
    match &population.unknown {
        Some(unknown) => (&applicable | unknown, unknown.clone()),
        None => (applicable, BooleanBuffer::new_unset(has_key.len())),
    }
}
