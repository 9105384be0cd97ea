//! What has to be remembered of every row until all rows were seen: its keys, and whether it is clean so far.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::buffer::BooleanBuffer;

use super::budget::Budget;
use super::examples::Position;
use super::spill::{PARTS, Spill, Writer};
use super::trace::PageTrace;
use crate::base::Text;
use crate::kernel::key::{KeyValues, Keys};
use crate::kernel::memory::Memory;
use crate::kernel::similarity::Records;

/// The rows of one batch.
pub struct Page {
    /// Where its first row is.
    pub start: Position,
    pub rows: usize,
    /// One for every key that the plan asks for. Shared with tables whose rules refer to this one.
    pub keys: Vec<Arc<Keys>>,
    /// The number under which keys that have left memory are on disk, with the cells that go with them. The values of these
    /// are gone, not which rows have a key.
    pub spilled: Option<u32>,
    /// One for everything that rules over groups remember of a row.
    pub memories: Vec<Arc<Memory>>,
    /// One for everything that is compared of records; given up with [`Ledger::unheld`].
    pub records: Vec<Records>,
    /// Rows whose cells cannot be trusted.
    pub damaged: Option<BooleanBuffer>,
    /// For every rule that judges keys or groups, in the order of the plan: the rows it is about.
    pub populations: Vec<KeyPopulation>,
    /// Rows that a rule which judges batch by batch has found failing or unknown.
    pub dirty: BooleanBuffer,
    /// For whoever compares rows with those of another run.
    pub traced: Option<PageTrace>,
}

/// The rows that one key rule is about.
#[derive(Clone, Default)]
pub struct KeyPopulation {
    /// `None` is all of them.
    pub rows: Option<BooleanBuffer>,
    /// Rows that cannot be judged: damaged, or from a file without the column.
    pub unknown: Option<BooleanBuffer>,
}

/// All pages of a table. Pages know where they belong, so merging is a union.
#[derive(Default)]
pub struct Ledger {
    pub pages: Vec<Page>,
    /// Bytes of keys in memory that could leave it.
    held: u64,
    pub spill: Option<Arc<Spill>>,
    /// Bytes of records that came in, held or not.
    records: u64,
    /// Why keys that had to leave memory are not on disk either.
    pub lost: Option<Text>,
}

impl Ledger {
    pub fn merge(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.held += other.held;
        self.records += other.records;
        self.spill = self.spill.take().or(other.spill);
        self.lost = self.lost.take().or(other.lost);
        if self.lost.is_some() {
            // What is on disk is of no use without the rest.
            self.spill = None;
        }
    }

    /// Puts pages in the order of their rows.
    pub fn settle(&mut self) {
        self.pages.sort_by_key(|page| page.start);
    }

    /// Takes a page in; where there is no room for its keys, all that are here leave memory.
    pub fn add(&mut self, page: Page, outlet: &Outlet<'_>) {
        let bytes = outlet.bytes(&page);
        self.pages.push(page);
        self.remember(outlet, self.pages.len() - 1);
        self.held += bytes;
        if bytes > 0 && !outlet.budget.hold(bytes) && self.held >= outlet.worth {
            self.leave(outlet);
        }
    }

    /// Counts the records of the pages from that place on. Where they do not find room they are given up: records that are
    /// compared with all others of their block are of no use on a disk in the order in which they came.
    fn remember(&mut self, outlet: &Outlet<'_>, from: usize) {
        let size = |page: &Page| page.records.iter().map(Records::size).sum::<u64>();
        let bytes: u64 = self.pages[from..].iter().map(size).sum();
        if bytes == 0 {
            return;
        }
        self.records += bytes;
        outlet.budget.hold(bytes);
        if !outlet.hold_records(bytes) {
            let held: u64 = self.pages.iter().map(size).sum();
            outlet.budget.release(held);
            self.pages
                .iter_mut()
                .flat_map(|page| &mut page.records)
                .for_each(|records| *records = Records::default());
        }
    }

    /// Whether records were given up, and the bytes that all of them would take.
    pub fn unheld(&self) -> Option<u64> {
        let lost =
            self.pages.iter().any(|page| page.records.iter().any(|records| records.rows() < page.rows));
        lost.then_some(self.records)
    }

    /// Counts keys and records that came in otherwise than by [`Ledger::add`].
    pub fn count(&mut self, outlet: &Outlet<'_>) {
        self.remember(outlet, 0);
        self.held = self.pages.iter().map(|page| outlet.bytes(page)).sum();
        outlet.budget.hold(self.held);
    }

    /// Moves the keys that are in memory to the disk, if others would not find enough room.
    pub fn make_room(&mut self, outlet: &Outlet<'_>) {
        if outlet.budget.is_short() {
            self.leave(outlet);
        }
    }

    fn leave(&mut self, outlet: &Outlet<'_>) {
        if self.held == 0 {
            return;
        }
        match outlet.spill() {
            Ok(spill) => {
                if let Err(why) = outlet.write(&spill, &mut self.pages) {
                    outlet.give_up(&why);
                    self.lost = Some(why);
                }
                self.spill = Some(spill);
            }
            Err(why) => self.lost = Some(why),
        }
        for page in &mut self.pages {
            for key in outlet.leaving() {
                if !page.keys[key].values.is_empty() {
                    // Without a number it is on no disk: the ledger has lost it.
                    let has_key = page.keys[key].has_key.clone();
                    page.keys[key] = Arc::new(Keys { values: KeyValues::Packed(Vec::new()), has_key });
                }
            }
            for &memory in &outlet.leaving.memories {
                page.memories[memory] = Arc::default();
            }
        }
        outlet.budget.release(self.held);
        self.held = 0;
    }

    /// Nobody needs its keys any more.
    pub fn forget(self, budget: &Budget<'_>) {
        budget.release(self.held);
    }

    pub fn is_whole_in_memory(&self) -> bool {
        self.spill.is_none() && self.lost.is_none() && self.unheld().is_none()
    }
}

/// What may leave memory, since whatever judges it does part by part.
pub struct Leaving {
    /// For every key of the plan, whether it may leave.
    pub keys: Vec<bool>,
    /// For every key, the memories whose cells go with it.
    pub carried: Vec<Vec<usize>>,
    /// Memories that nobody needs once the keys that carry them have left.
    pub memories: Vec<usize>,
}

/// The way out of memory for the keys of one table.
pub struct Outlet<'o> {
    budget: &'o Budget<'o>,
    leaving: Leaving,
    /// Bytes of records that came in.
    records: AtomicU64,
    threads: usize,
    worth: u64,
    /// Opened when it is needed first; what went wrong once is not tried again.
    spill: Mutex<Option<Result<Arc<Spill>, Text>>>,
}

impl<'o> Outlet<'o> {
    pub fn new(budget: &'o Budget<'o>, leaving: Leaving) -> Self {
        let threads = rayon::current_num_threads();
        let worth = budget.worth_spilling(threads);
        Self { budget, leaving, records: AtomicU64::new(0), threads, worth, spill: Mutex::new(None) }
    }

    /// Notes that so many more bytes hold records, and says whether all of them find room.
    fn hold_records(&self, bytes: u64) -> bool {
        let before = self.records.fetch_add(bytes, Ordering::Relaxed);
        before.saturating_add(bytes) <= self.budget.for_records()
    }

    fn leaving(&self) -> impl Iterator<Item = usize> {
        self.leaving.keys.iter().enumerate().filter(|(_, leaves)| **leaves).map(|(key, _)| key)
    }

    fn bytes(&self, page: &Page) -> u64 {
        let bytes = |key: usize| match &page.keys[key].values {
            KeyValues::Packed(keys) => 8 * keys.len() as u64,
            KeyValues::Wide(keys) => 16 * keys.len() as u64,
        };
        let cells = |memory: &usize| 16 * page.memories[*memory].cells().len() as u64;
        self.leaving().map(bytes).sum::<u64>() + self.leaving.memories.iter().map(cells).sum::<u64>()
    }

    fn spill(&self) -> Result<Arc<Spill>, Text> {
        let mut spill = self.spill.lock().unwrap_or_else(PoisonError::into_inner);
        let cells = || self.leaving.carried.iter().map(Vec::len).collect();
        spill.get_or_insert_with(|| Spill::new(self.budget.scratch, cells()).map(Arc::new)).clone()
    }

    fn give_up(&self, why: &Text) {
        *self.spill.lock().unwrap_or_else(PoisonError::into_inner) = Some(Err(why.clone()));
    }

    /// Writes the keys of all pages that still have them, key by key.
    fn write(&self, spill: &Spill, pages: &mut [Page]) -> Result<(), Text> {
        let mut pages: Vec<&mut Page> = pages.iter_mut().filter(|page| page.spilled.is_none()).collect();
        let first = spill.number(pages.len());
        for (number, page) in (first..).zip(&mut pages) {
            page.spilled = Some(number);
        }
        let block = self.budget.block(self.threads, PARTS);
        for key in self.leaving() {
            let mut packed = Writer::new(spill, key, false, block);
            let mut wide = Writer::new(spill, key, true, block);
            for (number, page) in (first..).zip(&pages) {
                let Keys { values, has_key } = page.keys[key].as_ref();
                let carried = &self.leaving.carried[key];
                let cells: Vec<&[i128]> = carried.iter().map(|at| page.memories[*at].cells()).collect();
                for row in has_key.set_indices() {
                    let place = (number, row as u32);
                    let cells = cells.iter().map(|cells| cells[row]);
                    match values {
                        KeyValues::Packed(keys) => packed.add(keys[row], place, cells)?,
                        KeyValues::Wide(keys) => wide.add(keys[row], place, cells)?,
                    }
                }
            }
            packed.finish()?;
            wide.finish()?;
        }
        Ok(())
    }
}
