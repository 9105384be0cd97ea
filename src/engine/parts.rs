//! The rows that a rule over keys is about, part by part of their keys' hash: out of pages that are in memory, and out of
//! blocks that are on disk. As many rounds are made as it takes for what one round gathers to fit into memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::buffer::{BooleanBuffer, Buffer};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::ledger::{Ledger, Page};
use super::spill::{Key, PARTS, Spill};
use crate::base::Text;
use crate::kernel::key::{KeyValues, Keys};
use crate::kernel::memory::Memory;

/// Some rows of a table, with one of their keys.
pub struct Selection {
    key: usize,
    pub pages: Vec<Selected>,
    spill: Option<Arc<Spill>>,
    /// Pages by the numbers under which their keys are on disk.
    numbers: Vec<u32>,
}

/// Rows of one page.
pub struct Selected {
    keys: Arc<Keys>,
    /// What goes with the keys, if they are in memory.
    cells: Vec<Arc<Memory>>,
    pub rows: BooleanBuffer,
    spilled: bool,
}

impl Selection {
    /// The rows of each page that `rows` says; all of them have the key. `carried` are the memories whose cells go with it.
    ///
    /// # Errors
    /// Some keys are neither in memory nor on disk.
    pub fn of(
        ledger: &Ledger,
        key: usize,
        carried: &[usize],
        rows: impl Fn(&Page) -> BooleanBuffer + Sync,
    ) -> Result<Self, Text> {
        let mut numbers = vec![u32::MAX; ledger.spill.as_ref().map_or(0, |spill| spill.pages())];
        let mut pages = Vec::with_capacity(ledger.pages.len());
        for (at, page) in ledger.pages.iter().enumerate() {
            let keys = Arc::clone(&page.keys[key]);
            let gone = keys.values.len() != page.rows;
            if let (true, Some(why)) = (gone, &ledger.lost) {
                return Err(why.clone());
            }
            if let Some(place) = page.spilled.and_then(|number| numbers.get_mut(number as usize)) {
                *place = at as u32;
            }
            let cells = carried.iter().map(|at| Arc::clone(&page.memories[*at])).collect();
            pages.push(Selected { keys, cells, rows: rows(page), spilled: gone });
        }
        Ok(Self { key, pages, spill: ledger.spill.clone(), numbers })
    }

    pub fn is_packed(&self) -> bool {
        let packed = |page: &Selected| matches!(page.keys.values, KeyValues::Packed(_));
        self.pages.iter().all(packed) && self.spill.as_ref().is_none_or(|spill| spill.is_packed(self.key))
    }

    /// Not fewer than the rows.
    pub fn most(&self) -> u64 {
        let here: usize = self.pages.iter().map(|page| page.keys.values.len()).sum();
        here as u64 + self.spill.as_ref().map_or(0, |spill| spill.records(self.key))
    }

    /// Hands over the rows of a page that is in memory whose keys are of this round, with their cells.
    pub fn page<K: Key>(&self, page: &Selected, round: Round, mut each: impl FnMut(K, usize, &[i128])) {
        if page.spilled {
            return;
        }
        let columns: Vec<&[i128]> = page.cells.iter().map(|memory| memory.cells()).collect();
        let mut cells = vec![0; columns.len()];
        let mut one = |key: K, row: usize| {
            if round.contains(key) {
                for (cell, column) in cells.iter_mut().zip(&columns) {
                    *cell = column[row];
                }
                each(key, row, &cells);
            }
        };
        match &page.keys.values {
            KeyValues::Packed(keys) => {
                page.rows.set_indices().for_each(|row| one(K::of_packed(keys[row]), row));
            }
            KeyValues::Wide(keys) => {
                page.rows.set_indices().for_each(|row| one(K::of_wide(keys[row]), row));
            }
        }
    }

    /// Hands over the rows on disk whose keys are of this part and round, each with its page's position and its cells.
    ///
    /// # Errors
    /// They cannot be read again.
    pub fn disk<K: Key>(
        &self,
        part: usize,
        round: Round,
        mut each: impl FnMut(K, usize, usize, &[i128]),
    ) -> Result<(), Text> {
        let Some(spill) = &self.spill else { return Ok(()) };
        spill.read::<K>(self.key, part, |key, (number, row), cells| {
            let (page, row) = (self.numbers[number as usize] as usize, row as usize);
            if round.contains(key) && self.pages.get(page).is_some_and(|page| page.rows.value(row)) {
                each(key, page, row, cells);
            }
        })
    }

    /// Hands over all rows of a round, each with its page's position, from many threads.
    ///
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn each<K: Key>(&self, round: Round, each: impl Fn(K, usize, usize) + Sync) -> Result<(), Text> {
        self.pages.par_iter().enumerate().for_each(|(at, page)| {
            self.page(page, round, |key, row, _| each(key, at, row));
        });
        let each = |key: K, page, row, _: &[i128]| each(key, page, row);
        round.parts().into_par_iter().try_for_each(|part| self.disk(part, round, each))
    }

    /// What `add` makes of the rows of each key of a round, by part; `both` puts two halves together. What comes of it
    /// must not depend on the order of rows.
    ///
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn folded<K: Key, T: Default + Send>(
        &self,
        round: Round,
        add: impl Fn(&mut T, usize, usize) + Sync,
        both: impl Fn(&mut T, T) + Sync,
    ) -> Result<Vec<HashMap<K, T>>, Text> {
        let parts = round.parts();
        let share = self.pages.len().div_ceil(rayon::current_num_threads()).max(1);
        let shares: Vec<Vec<HashMap<K, T>>> = self
            .pages
            .par_chunks(share)
            .enumerate()
            .map(|(number, pages)| {
                let mut folded: Vec<HashMap<K, T>> = parts.clone().map(|_| HashMap::new()).collect();
                for (at, page) in (number * share..).zip(pages) {
                    self.page(page, round, |key: K, row, _| {
                        add(folded[key.part() - parts.start].entry(key).or_default(), at, row);
                    });
                }
                folded
            })
            .collect();
        let mut by_part: Vec<Vec<HashMap<K, T>>> = parts.clone().map(|_| Vec::new()).collect();
        for share in shares {
            for (part, folded) in by_part.iter_mut().zip(share) {
                part.push(folded);
            }
        }
        parts
            .into_par_iter()
            .zip(by_part)
            .map(|(part, shares)| {
                let mut all: HashMap<K, T> = HashMap::new();
                for (key, folded) in shares.into_iter().flatten() {
                    both(all.entry(key).or_default(), folded);
                }
                self.disk(part, round, |key: K, page, row, _| add(all.entry(key).or_default(), page, row))?;
                Ok(all)
            })
            .collect()
    }

    /// The keys of a round by part, from memory and disk.
    ///
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn gather<K: Key>(&self, round: Round) -> Result<Vec<Gathered<K>>, Text> {
        let parts = round.parts();
        let expected = self.most() as usize / PARTS;
        let share = self.pages.len().div_ceil(rayon::current_num_threads()).max(1);
        let shares: Vec<Vec<Gathered<K>>> = self
            .pages
            .par_chunks(share)
            .map(|pages| {
                let mut gathered: Vec<Gathered<K>> = Vec::new();
                gathered.resize_with(parts.len(), || Gathered::new(expected));
                for page in pages {
                    self.page(page, round, |key: K, _, _| gathered[key.part() - parts.start].push(key));
                }
                gathered
            })
            .collect();
        let mut by_part: Vec<Vec<Gathered<K>>> = parts.clone().map(|_| Vec::new()).collect();
        for share in shares {
            for (part, gathered) in by_part.iter_mut().zip(share) {
                part.push(gathered);
            }
        }
        parts
            .into_par_iter()
            .zip(by_part)
            .map(|(part, shares)| {
                let mut all = Gathered::new(expected);
                for share in shares {
                    all.merge(share);
                }
                self.disk(part, round, |key: K, _, _, _| all.push(key))?;
                Ok(all)
            })
            .collect()
    }
}

/// A share of all keys: those whose spread is in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    from: u32,
    to: u32,
}

const SPREADS: u32 = 1 << 16;

impl Round {
    /// All keys at once.
    pub const WHOLE: Self = Self { from: 0, to: SPREADS };

    /// As many rounds as it takes for each to take no more than `room` bytes, if all take `bytes`.
    pub fn all(bytes: u64, room: u64) -> impl Iterator<Item = Self> {
        let rounds = bytes.div_ceil(room.max(1)).min(SPREADS.into()).next_power_of_two() as usize;
        let step = SPREADS / rounds as u32;
        (0..rounds).map(move |round| Self { from: round as u32 * step, to: (round as u32 + 1) * step })
    }

    fn contains<K: Key>(self, key: K) -> bool {
        (self.from..self.to).contains(&u32::from(key.spread()))
    }

    /// The parts that it reaches into.
    pub fn parts(self) -> std::ops::Range<usize> {
        (self.from >> 8) as usize..((self.to - 1) >> 8) as usize + 1
    }
}

/// The keys of one part that were gathered.
pub struct Gathered<K> {
    keys: Vec<K>,
    /// Keys that were there several times.
    shared: HashSet<K>,
    /// From here on it is worth while to see how often keys are the same.
    fold_at: usize,
}

impl<K: Key> Gathered<K> {
    /// Where keys differ a part has about `expected`; if it has many more, keys are the same.
    fn new(expected: usize) -> Self {
        Self { keys: Vec::new(), shared: HashSet::new(), fold_at: 4 * expected + (1 << 12) }
    }

    fn push(&mut self, key: K) {
        if self.keys.len() >= self.fold_at {
            self.fold();
            self.fold_at = self.fold_at.max(2 * self.keys.len());
        }
        self.keys.push(key);
    }

    fn merge(&mut self, other: Self) {
        if self.keys.is_empty() {
            self.keys = other.keys;
        } else {
            self.keys.extend(other.keys);
        }
        self.shared.extend(other.shared);
    }

    /// Keeps each key once.
    fn fold(&mut self) {
        self.keys.sort_unstable();
        let same = self.keys.chunk_by(PartialEq::eq).filter(|group| group.len() > 1);
        self.shared.extend(same.map(|group| group[0]));
        self.keys.dedup();
    }

    /// The keys that were there several times.
    pub fn into_shared(mut self) -> HashSet<K> {
        self.keys.sort_unstable();
        let same = self.keys.chunk_by(PartialEq::eq).filter(|group| group.len() > 1);
        self.shared.extend(same.map(|group| group[0]));
        self.shared
    }

    /// All keys, each once.
    pub fn into_set(self) -> HashSet<K> {
        self.keys.into_iter().collect()
    }
}

/// One bit for each row of a page, set from any thread.
pub struct Bits(Vec<AtomicU64>);

impl Bits {
    pub fn new(rows: usize) -> Self {
        Self((0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    pub fn set(&self, row: usize) {
        self.0[row / 64].fetch_or(1 << (row % 64), Ordering::Relaxed);
    }

    pub fn into_buffer(self, rows: usize) -> BooleanBuffer {
        let bytes: Vec<u8> = self.0.into_iter().flat_map(|word| word.into_inner().to_le_bytes()).collect();
        BooleanBuffer::new(Buffer::from_vec(bytes), 0, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_all_keys_once() {
        for (bytes, room, rounds) in
            [(0, 1, 1), (100, 100, 1), (101, 100, 2), (1_000, 1, 1_024), (u64::MAX, 1, 65_536)]
        {
            let all: Vec<Round> = Round::all(bytes, room).collect();
            assert_eq!(all.len(), rounds);
            assert!(all.windows(2).all(|two| two[0].to == two[1].from));
            assert_eq!((all[0].from, all[rounds - 1].to), (0, SPREADS));
        }
        assert_eq!(Round::WHOLE.parts(), 0..PARTS);
        let sixth = Round::all(1_024, 1).nth(6);
        assert_eq!(sixth.map(Round::parts), Some(1..2), "a quarter of a part");
    }

    #[test]
    fn equal_keys_take_no_room() {
        let mut gathered = Gathered::new(10);
        for key in (0..100_000).map(|at| if at % 2 == 0 { 7 } else { at % 9 }) {
            gathered.push(key);
            assert!(gathered.keys.len() <= 5_000);
        }
        let mut other = Gathered::new(10);
        (100..200_u64).for_each(|key| other.push(key));
        other.push(150);
        gathered.merge(other);
        let mut shared: Vec<u64> = gathered.into_shared().into_iter().collect();
        shared.sort_unstable();
        assert_eq!(shared, [0, 1, 2, 3, 4, 5, 6, 7, 8, 150]);
    }

    #[test]
    fn bits_are_where_they_were_set() {
        let bits = Bits::new(130);
        [0, 63, 64, 129].into_iter().for_each(|row| bits.set(row));
        let buffer = bits.into_buffer(130);
        assert_eq!((buffer.len(), buffer.set_indices().collect::<Vec<_>>()), (130, vec![0, 63, 64, 129]));
    }
}
