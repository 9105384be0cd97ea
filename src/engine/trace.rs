//! What is remembered of single rows beside measures, for whoever compares them with those of another run: what each
//! contains, as a keyed digest, which rules it breaks, and which waivers are about it.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, StringViewArray};
use arrow::buffer::BooleanBuffer;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use indexmap::IndexMap;

use super::judging::{Arrays, Judging};
use super::ledger::Page;
use crate::base::Text;
use crate::kernel::expression::Expression;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::kernel::{RowVerdict, TextColumn};
use crate::rule::At;
use crate::state::{Kept, Snapshot};

/// What a run is to remember of rows.
#[derive(Clone)]
pub struct TraceOptions<'o> {
    /// The key of all digests. Without one rows are not compared, and waivers are counted all the same.
    pub secret: Option<[u8; 32]>,
    /// The rows of tables as they were, by database and table.
    pub before: IndexMap<(&'o str, &'o str), &'o Snapshot>,
    pub waivers: &'o [RowWaiver],
}

/// Violations of one rule that do not count for somebody.
#[derive(Clone, Debug)]
pub struct RowWaiver {
    /// Its place among the waivers of the run.
    pub at: usize,
    pub database: String,
    pub table: String,
    pub rule: String,
    /// The rows it is about; `None` is all.
    pub filter: Option<At<Expression>>,
}

/// The same, bound to a table.
pub struct TracePlan {
    pub secret: Option<[u8; 32]>,
    /// All columns of the extract in the order of their names, as positions among the plan's sources.
    pub columns: Vec<usize>,
    pub waivers: Vec<WaiverPlan>,
    /// How many rules the table has.
    pub rules: usize,
}

pub struct WaiverPlan {
    /// Position among the waivers of the run.
    pub waiver: usize,
    /// Position among the rules of the table.
    pub rule: usize,
    pub scope: Scope,
}

/// The rows that a waiver is about.
pub enum Scope {
    All,
    /// Position among the table's filters.
    Filter(usize),
    /// Its filter cannot be evaluated.
    Unbound(Text),
}

/// What is remembered of the rows of one page.
#[derive(Default)]
pub struct PageTrace {
    /// Digests of contents; empty where nobody asks.
    pub contents: Vec<u64>,
    /// In the order of the table's rules.
    pub rules: Vec<RuleTrace>,
    /// In the order of [`TracePlan::waivers`]; `None` is all rows.
    pub waived: Vec<Option<BooleanBuffer>>,
}

/// A rule's verdicts on one page, without what goes without saying.
#[derive(Clone, Default)]
pub struct RuleTrace {
    /// `None` is all rows.
    pub applicable: Option<BooleanBuffer>,
    /// Failing and unknown rows; `None` is no row.
    pub fail: Option<BooleanBuffer>,
}

impl RuleTrace {
    pub fn of(verdict: &RowVerdict) -> Self {
        let all = verdict.applicable.count_set_bits() == verdict.applicable.len();
        // What could not be judged has not passed.
        let dirty = verdict.dirty();
        let none = dirty.count_set_bits() == 0;
        Self { applicable: (!all).then(|| verdict.applicable.clone()), fail: (!none).then_some(dirty) }
    }

    /// Nothing is judged.
    pub fn none(rows: usize) -> Self {
        Self { applicable: Some(BooleanBuffer::new_unset(rows)), fail: None }
    }
}

impl TracePlan {
    /// What a batch leaves; the traces of rules are added by whoever judges them.
    pub fn page(&self, judging: &Judging<'_>, arrays: &Arrays) -> PageTrace {
        let rows = judging.batch.rows();
        let contents = self.secret.map(|secret| contents(&secret, rows, &self.columns, &arrays.written));
        let waived = self.waivers.iter().map(|waiver| match &waiver.scope {
            Scope::All => None,
            Scope::Filter(at) => {
                Some(judging.filtered(*at).cloned().unwrap_or_else(|| BooleanBuffer::new_unset(rows)))
            }
            Scope::Unbound(_) => Some(BooleanBuffer::new_unset(rows)),
        });
        PageTrace {
            contents: contents.unwrap_or_default(),
            rules: vec![RuleTrace::none(rows); self.rules],
            waived: waived.collect(),
        }
    }

    /// The first of a rule's waivers that is about a row: the others do not count it.
    pub fn waiver_of(&self, rule: usize, page: &Page, row: usize) -> Option<usize> {
        let traced = page.traced.as_ref()?;
        let about = |rows: &Option<BooleanBuffer>| rows.as_ref().is_none_or(|rows| rows.value(row));
        let mut waivers = self.waivers.iter().zip(&traced.waived);
        waivers.find(|(waiver, rows)| waiver.rule == rule && about(rows)).map(|(waiver, _)| waiver.waiver)
    }

    /// How many violations each of the waivers is about, as far as they are violations of rows. A row is counted for
    /// the first waiver that is about it.
    pub fn covered(&self, pages: &[Page]) -> Vec<u64> {
        let mut covered = vec![0; self.waivers.len()];
        for traced in pages.iter().filter_map(|page| page.traced.as_ref()) {
            let mut left: Vec<Option<BooleanBuffer>> =
                traced.rules.iter().map(|rule| rule.fail.clone()).collect();
            for ((waiver, rows), covered) in self.waivers.iter().zip(&traced.waived).zip(&mut covered) {
                let Some(failing) = &mut left[waiver.rule] else { continue };
                let about = rows.as_ref().map_or_else(|| failing.clone(), |rows| &*failing & rows);
                *covered += about.count_set_bits() as u64;
                *failing = minus(failing, &about);
            }
        }
        covered
    }
}

const OF_KEY: u8 = 1;
const OF_CONTENT: u8 = 2;
const OF_NAMES: u8 = 3;
const OF_CELL: u8 = 4;

/// Digest of a row's key.
pub fn of_key(secret: &[u8; 32], key: u128) -> u128 {
    let mut bytes = [OF_KEY; 17];
    bytes[1..].copy_from_slice(&key.to_le_bytes());
    let digest = u128::from_le_bytes(first(blake3::keyed_hash(secret, &bytes).as_bytes()));
    // One in 2¹²⁸: the value that stands for rows without a key is taken.
    digest.max(Snapshot::NO_KEY + 1)
}

/// Digest of the names of columns.
pub fn of_names<'n>(secret: &[u8; 32], names: impl Iterator<Item = &'n str>) -> u64 {
    let mut bytes = vec![OF_NAMES];
    for name in names {
        append(&mut bytes, Some(name));
    }
    u64::from_le_bytes(first(blake3::keyed_hash(secret, &bytes).as_bytes()))
}

/// Digest of the cell at `place` among those that a rule remembers of the row of a key. `asks` tells rules apart. Equal cells
/// of two rows have different digests, so that nobody sees how often a value occurs.
pub fn of_cell(secret: &[u8; 32], asks: u64, key: u128, place: usize, cell: Cell) -> u64 {
    let value = match cell {
        Cell::Absent => return Kept::ABSENT,
        Cell::Unreadable => return Kept::UNREADABLE,
        Cell::Value(value) => value,
    };
    let mut bytes = [OF_CELL; 42];
    bytes[1..9].copy_from_slice(&asks.to_le_bytes());
    bytes[9] = place as u8;
    bytes[10..26].copy_from_slice(&key.to_le_bytes());
    bytes[26..].copy_from_slice(&value.to_le_bytes());
    let digest = u64::from_le_bytes(first(blake3::keyed_hash(secret, &bytes).as_bytes()));
    // One in 2⁶³: what stands for no value is taken.
    digest.max(Kept::UNREADABLE + 1)
}

/// Digests of what rows contain, as it is written.
fn contents(secret: &[u8; 32], rows: usize, columns: &[usize], written: &[Option<ArrayRef>]) -> Vec<u64> {
    let columns: Vec<Option<TextColumn>> =
        columns.iter().map(|&column| text(written[column].as_ref()?)).collect();
    let mut bytes = Vec::new();
    let digest = |row: usize| {
        bytes.clear();
        bytes.push(OF_CONTENT);
        for column in &columns {
            append(&mut bytes, column.as_ref().and_then(|column| column.get(row)));
        }
        u64::from_le_bytes(first(blake3::keyed_hash(secret, &bytes).as_bytes()))
    };
    (0..rows).map(digest).collect()
}

/// The column as text, in one way or another: a list or a number of bytes has no text form of its own.
fn text(array: &ArrayRef) -> Option<TextColumn> {
    TextColumn::of(array).or_else(|| {
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(array, &options).ok()?;
        let shown: StringViewArray = (0..array.len())
            .map(|row| array.is_valid(row).then(|| formatter.value(row).to_string()))
            .collect();
        let shown: ArrayRef = Arc::new(shown);
        TextColumn::of(&shown)
    })
}

/// Length-prefixed, so that no two lists of cells are spelt alike.
fn append(bytes: &mut Vec<u8>, cell: Option<&str>) {
    let length = cell.map_or(u64::MAX, |cell| cell.len() as u64);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(cell.unwrap_or_default().as_bytes());
}

fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|at| hash[at])
}
