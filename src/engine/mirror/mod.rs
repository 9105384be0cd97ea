//! A table of reference as rules look into it: its keys, each once, with what its rows say of the columns that are
//! compared and whether they are in a scope. Where all of it finds no room, its rows are put together part by part.

mod seen;
mod together;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::buffer::BooleanBuffer;

use crate::base::Text;
use crate::engine::budget::Budget;
use crate::engine::elsewhere::not_whole;
use crate::engine::keys;
use crate::engine::ledger::{Ledger, Page};
use crate::engine::missing::Origin;
use crate::engine::parts::{Round, Selection};
use crate::extract::digests::Header;
use crate::kernel::ColumnType;
use crate::kernel::expression::Expression;
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Cell;
use crate::kernel::seal::Seal;
use crate::kernel::verdict::minus;
use crate::rule::{At, Sought};
pub use seen::Seen;
use together::{ColumnRows, Rows, ScopePage};
pub use together::{Parts, Spot};

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
    /// Position among the cells that go with the key.
    pub cell: usize,
    pub ty: ColumnType,
    /// The population of rows in whose file it is.
    pub rows: usize,
}

pub struct Mirror {
    held: Held,
    /// Of the key's columns.
    pub types: Vec<ColumnType>,
    columns: Vec<(Compared, Result<MirrorColumn, Text>)>,
    scopes: Vec<(String, Result<MirrorScope, Text>)>,
    /// Rows that have a key that can be trusted.
    rows: u64,
    /// Rows that cannot be trusted, so that nobody knows their keys.
    pub unknown: u64,
    pub without_key: u64,
    /// Where its rows are, if they may have to be named.
    pub origin: Option<Arc<Origin>>,
    /// Of digests.
    made: Option<Made>,
}

/// What is known of digests beside what they say.
struct Made {
    seal: Arc<Seal>,
    bytes: u64,
    blake3: String,
    chosen: Option<MirrorScope>,
}

enum Held {
    /// All of it, where it finds room.
    Whole(Arc<Parts>),
    Rows(Rows),
}

#[derive(Clone, Copy)]
pub struct MirrorColumn {
    pub ty: ColumnType,
    /// Its position among those of a key.
    at: usize,
}

#[derive(Clone, Copy)]
pub struct MirrorScope {
    at: usize,
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

/// No cell is stored as this.
const AMBIGUOUS: i128 = i128::MIN + 2;

impl Said {
    fn of_stored(stored: i128) -> Self {
        match (stored, Cell::of_stored(stored)) {
            (AMBIGUOUS, _) => Self::Ambiguous,
            (_, Cell::Value(value)) => Self::Value(value),
            (_, Cell::Absent) => Self::Nothing,
            (_, Cell::Unreadable) => Self::Unreadable,
        }
    }

    /// What several say together, in whatever order they come. What cannot be read may contradict the rest.
    pub fn together(said: impl Iterator<Item = Self>, likeness: Likeness) -> Self {
        let (mut value, mut unreadable) = (None, false);
        for one in said {
            match (one, value) {
                (Self::Nothing, _) => {}
                (Self::Ambiguous, _) => return Self::Ambiguous,
                (Self::Unreadable, _) => unreadable = true,
                (Self::Value(new), None) => value = Some(new),
                (Self::Value(new), Some(known)) => match likeness.together(known, new) {
                    Some(both) => value = Some(both),
                    None => return Self::Ambiguous,
                },
            }
        }
        if unreadable { Self::Unreadable } else { value.map_or(Self::Nothing, Self::Value) }
    }

    const fn stored(self) -> i128 {
        match self {
            Self::Value(value) => value,
            Self::Nothing => Cell::Absent.stored(),
            Self::Unreadable => Cell::Unreadable.stored(),
            Self::Ambiguous => AMBIGUOUS,
        }
    }
}

/// Whether one of a key's rows is in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InScope {
    No,
    Unknown,
    Yes,
}

impl Mirror {
    /// Of a table that was read whole. `undecided` gives the rows of a scope's population on which its condition is neither
    /// true nor false; `origin` is where its rows are, if they may have to be named.
    ///
    /// # Errors
    /// Its keys are not all there any more.
    pub fn of(
        plan: &MirrorPlan,
        carried: &[usize],
        ledger: &Ledger,
        undecided: impl Fn(usize) -> u64,
        origin: Option<Arc<Origin>>,
        budget: &Budget<'_>,
    ) -> Result<Self, Text> {
        let mut mirror = Self::in_rows(plan, carried, ledger, undecided, origin)?;
        if let Held::Rows(rows) = &mirror.held {
            let bytes = rows.bytes();
            // What is used again and again is worth room that keys could have.
            if budget.hold(bytes) && bytes <= budget.for_judging() {
                mirror.held = Held::Whole(Arc::new(rows.parts(Round::WHOLE)?));
            } else {
                budget.release(bytes);
            }
        }
        Ok(mirror)
    }

    /// The same, however much room there is: put together round by round, each time anew.
    ///
    /// # Errors
    /// Its keys are not all there any more.
    pub fn in_rows(
        plan: &MirrorPlan,
        carried: &[usize],
        ledger: &Ledger,
        undecided: impl Fn(usize) -> u64,
        origin: Option<Arc<Origin>>,
    ) -> Result<Self, Text> {
        let judged = |page: &Page| {
            let (rows, unknown) =
                keys::applicable(&page.keys[plan.key].has_key, &page.populations[plan.rows]);
            minus(&rows, &unknown)
        };
        let mut rows = Rows {
            rows: Selection::of(ledger, plan.key, carried, judged)?,
            columns: Vec::new(),
            scopes: Vec::new(),
            named: origin.is_some(),
        };
        let (mut columns, mut scopes) = (Vec::new(), Vec::new());
        for (compared, column) in &plan.columns {
            let column = column.as_ref().map_err(Clone::clone).map(|column| {
                let untrusted = |page: &Page| page.populations[column.rows].unknown.clone();
                rows.columns.push(ColumnRows {
                    cell: column.cell,
                    likeness: compared.likeness,
                    untrusted: ledger.pages.iter().map(untrusted).collect(),
                });
                MirrorColumn { ty: column.ty, at: rows.columns.len() - 1 }
            });
            columns.push((compared.clone(), column));
        }
        for (text, scope) in &plan.scopes {
            let scope = scope.as_ref().map_err(Clone::clone).map(|&population| {
                let page = |page: &Page| {
                    let of = &page.populations[population];
                    ScopePage { rows: of.rows.clone(), unknown: of.unknown.clone() }
                };
                rows.scopes.push(ledger.pages.iter().map(page).collect());
                MirrorScope { at: rows.scopes.len() - 1, undecided: undecided(population) }
            });
            scopes.push((text.clone(), scope));
        }
        let counts = ledger.pages.iter().zip(&rows.rows.pages).map(|(page, selected)| {
            let unknown = page.populations[plan.rows].unknown.clone();
            let unknown = unknown.unwrap_or_else(|| BooleanBuffer::new_unset(page.rows));
            let without = minus(&!&page.keys[plan.key].has_key, &unknown);
            [&selected.rows, &unknown, &without].map(|rows| rows.count_set_bits() as u64)
        });
        let [with_key, unknown, without_key] =
            counts.fold([0; 3], |sum, one| [0, 1, 2].map(|at| sum[at] + one[at]));
        let (held, types) = (Held::Rows(rows), plan.types.clone());
        Ok(Self { held, types, columns, scopes, rows: with_key, unknown, without_key, origin, made: None })
    }

    /// Of digests that the other side made of its table, and what it says of the rows that it made none of.
    #[must_use]
    pub fn of_digests(self, seal: Arc<Seal>, (bytes, blake3): (u64, String), stated: &Header) -> Self {
        let Header { rows, damaged, without_key, .. } = *stated;
        let chosen = self.scopes.first().and_then(|(_, scope)| scope.as_ref().ok().copied());
        Self { rows, unknown: damaged, without_key, made: Some(Made { seal, bytes, blake3, chosen }), ..self }
    }

    /// With what the keys and values are sealed, of digests.
    pub fn seal(&self) -> Option<&Arc<Seal>> {
        self.made.as_ref().map(|made| &made.seal)
    }

    /// Bytes and BLAKE3 of the file, of digests.
    pub fn file(&self) -> Option<(u64, String)> {
        self.made.as_ref().map(|made| (made.bytes, made.blake3.clone()))
    }

    /// The scope that the other side has chosen.
    pub fn chosen(&self) -> Option<MirrorScope> {
        self.made.as_ref()?.chosen
    }

    /// Rows that have a key that can be trusted.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Every column that was wanted, with its type or why it is not known.
    pub fn columns(&self) -> impl Iterator<Item = Result<ColumnType, &Text>> {
        self.columns.iter().map(|(_, column)| column.as_ref().map(|column| column.ty))
    }

    /// Not one row has a key, or may have one.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0 && self.unknown == 0
    }

    /// It needs the ledger's keys no more.
    pub const fn is_whole(&self) -> bool {
        matches!(self.held, Held::Whole(_))
    }

    /// As many rounds as it takes for its part of each to fit into memory.
    pub fn rounds(&self, budget: &Budget<'_>) -> Vec<Round> {
        match &self.held {
            Held::Whole(_) => vec![Round::WHOLE],
            Held::Rows(rows) => Round::all(rows.bytes(), budget.for_judging()).collect(),
        }
    }

    /// What it says under the keys of a round.
    ///
    /// # Errors
    /// Its keys on disk cannot be read again.
    pub fn parts(&self, round: Round) -> Result<Arc<Parts>, Text> {
        match &self.held {
            Held::Whole(parts) => Ok(Arc::clone(parts)),
            Held::Rows(rows) => rows.parts(round).map(Arc::new),
        }
    }
    /// About what putting all of it together takes.
    pub fn bytes(&self) -> u64 {
        match &self.held {
            Held::Whole(_) => 0,
            Held::Rows(rows) => rows.bytes(),
        }
    }

    /// Hands over the rows of a round by page and place there, each with the spot of its key, from many threads.
    ///
    /// # Errors
    /// Its keys on disk cannot be read again.
    pub fn each_row(
        &self,
        round: Round,
        parts: &Parts,
        each: impl Fn(Spot, usize, usize) + Sync,
    ) -> Result<(), Text> {
        let Held::Rows(rows) = &self.held else { return Ok(()) };
        if rows.rows.is_packed() {
            rows.rows.each(round, |key: u64, page, row| {
                parts.find(key).into_iter().for_each(|spot| each(spot, page, row))
            })
        } else {
            rows.rows.each(round, |key: u128, page, row| {
                parts.find(key).into_iter().for_each(|spot| each(spot, page, row))
            })
        }
    }

    /// What is written in a column, its different values if they are no more than `most`. Nothing is known of a table that
    /// was put together.
    ///
    /// # Errors
    /// Its keys on disk cannot be read again.
    pub fn seen(&self, column: MirrorColumn, most: usize) -> Result<Seen, Text> {
        match &self.held {
            Held::Whole(_) => Ok(Seen::default()),
            Held::Rows(rows) => rows.seen(column.at, most),
        }
    }

    /// # Errors
    /// Why the column is not known.
    pub fn column(&self, column: &str, likeness: Likeness) -> Result<MirrorColumn, Text> {
        let same = |known: &Compared| known.column == column && known.likeness == likeness;
        known(self.columns.iter().find(|(known, _)| same(known)).map(|(_, found)| found))
    }

    /// # Errors
    /// Why nobody knows what is in that scope.
    pub fn scope(&self, text: &str) -> Result<MirrorScope, Text> {
        known(self.scopes.iter().find(|(known, _)| known == text).map(|(_, found)| found))
    }
}

/// What was found of something, if it was looked for.
fn known<T: Copy>(found: Option<&Result<T, Text>>) -> Result<T, Text> {
    found.map_or_else(|| Err(not_whole()), |found| found.as_ref().copied().map_err(Clone::clone))
}

/// The columns that somebody compares, each once.
#[derive(Default)]
pub struct Wanted {
    pub columns: Vec<Compared>,
    /// For somebody who must see neither keys nor values.
    pub seal: Option<Arc<Seal>>,
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
