//! What has to be remembered of every row until all rows were seen: its keys, and whether it is clean so far.

use arrow::buffer::BooleanBuffer;

use super::examples::Position;
use super::trace::PageTrace;
use crate::kernel::key::{KeyValues, Keys};
use crate::kernel::memory::Memory;

/// The rows of one batch.
pub struct Page {
    /// Where its first row is.
    pub start: Position,
    pub rows: usize,
    /// One for every key that the plan asks for.
    pub keys: Vec<Keys>,
    /// One for everything that rules over groups remember of a row.
    pub memories: Vec<Memory>,
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
}

impl Ledger {
    pub fn merge(&mut self, other: Self) {
        self.pages.extend(other.pages);
    }

    /// Puts pages in the order of their rows, and each key in one representation for all pages.
    pub fn settle(&mut self) {
        self.pages.sort_by_key(|page| page.start);
        let keys = self.pages.first().map_or(0, |page| page.keys.len());
        for key in 0..keys {
            let packed = |page: &Page| matches!(page.keys[key].values, KeyValues::Packed(_));
            if self.pages.iter().all(packed) {
                continue;
            }
            for page in &mut self.pages {
                let values = std::mem::replace(&mut page.keys[key].values, KeyValues::Digest(Vec::new()));
                page.keys[key].values = KeyValues::Digest(values.into_digests());
            }
        }
    }

    pub fn is_packed(&self, key: usize) -> bool {
        self.pages.iter().all(|page| matches!(page.keys[key].values, KeyValues::Packed(_)))
    }
}
