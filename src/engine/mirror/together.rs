//! Rows of a table of reference put together by their keys, part by part.

use std::ops::Range;

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::{InScope, MirrorColumn, MirrorScope, Said, Seen};
use crate::base::Text;
use crate::engine::parts::{Round, Selection};
use crate::engine::spill::{Key, PARTS};
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Cell;

/// Rows of the reference, to be put together.
pub struct Rows {
    pub rows: Selection,
    pub columns: Vec<ColumnRows>,
    /// Page by page.
    pub scopes: Vec<Vec<ScopePage>>,
    /// It is to be known where the row of each key is.
    pub named: bool,
}

pub struct ColumnRows {
    pub cell: usize,
    pub likeness: Likeness,
    /// Page by page, rows whose file does not have it.
    pub untrusted: Vec<Option<BooleanBuffer>>,
}

pub struct ScopePage {
    pub rows: Option<BooleanBuffer>,
    pub unknown: Option<BooleanBuffer>,
}

impl Rows {
    /// About what putting all of them together takes.
    pub fn bytes(&self) -> u64 {
        let key = if self.rows.is_packed() { 8 } else { 16 };
        // Vectors grow by doubling, and what is put together is there twice.
        let place = if self.named { size_of::<Place>() } else { 0 };
        let one = 3 * (key + 16 * self.columns.len() + self.scopes.len() + place) + 16;
        self.rows.most() * one as u64
    }

    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn parts(&self, round: Round) -> Result<Parts, Text> {
        Ok(if self.rows.is_packed() {
            Parts::Packed(self.put_together(round)?)
        } else {
            Parts::Wide(self.put_together(round)?)
        })
    }

    /// What is written in a column.
    ///
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn seen(&self, column: usize, most: usize) -> Result<Seen, Text> {
        let column = &self.columns[column];
        let none = || Seen::at_most(most);
        let add = |seen: &mut Seen, page: usize, row: usize, cells: &[i128]| {
            if let Cell::Value(value) = self.cell(column, page, row, cells) {
                seen.add(value);
            }
        };
        let pages = self.rows.pages.par_iter().enumerate();
        let here = pages.fold(none, |mut seen, (at, page)| {
            self.rows.page(page, Round::WHOLE, |_: u128, row, cells| add(&mut seen, at, row, cells));
            seen
        });
        let here = here.reduce(none, Seen::merge);
        let there = Round::WHOLE.parts().into_par_iter().map(|part| {
            let mut seen = none();
            self.rows
                .disk(part, Round::WHOLE, |_: u128, page, row, cells| add(&mut seen, page, row, cells))?;
            Ok(seen)
        });
        Ok(here.merge(there.try_reduce(none, |one, other| Ok(one.merge(other)))?))
    }

    /// What a row says in a column.
    fn cell(&self, column: &ColumnRows, page: usize, row: usize, cells: &[i128]) -> Cell {
        let untrusted = column.untrusted[page].as_ref().is_some_and(|rows| rows.value(row));
        if untrusted { Cell::Unreadable } else { Cell::of_stored(cells[column.cell]) }
    }

    fn put_together<K: Key>(&self, round: Round) -> Result<Parted<K>, Text> {
        let parts = round.parts();
        let first = parts.start;
        let expected = self.rows.most() as usize / PARTS;
        let share = self.rows.pages.len().div_ceil(rayon::current_num_threads()).max(1);
        let shares: Vec<Vec<Loose<K>>> = self
            .rows
            .pages
            .par_chunks(share)
            .enumerate()
            .map(|(chunk, pages)| {
                let mut loose: Vec<Loose<K>> = parts.clone().map(|_| Loose::default()).collect();
                for (at, page) in pages.iter().enumerate() {
                    self.rows.page(page, round, |key: K, row, cells| {
                        loose[key.part() - first].add(self, key, chunk * share + at, row, cells);
                    });
                }
                loose
            })
            .collect();
        let mut by_part: Vec<Vec<Loose<K>>> = parts.clone().map(|_| Vec::new()).collect();
        for share in shares {
            for (part, loose) in by_part.iter_mut().zip(share) {
                part.push(loose);
            }
        }
        let parts = parts.into_par_iter().zip(by_part).map(|(part, shares)| {
            let mut all = Loose::default();
            for share in shares {
                all.merge(share);
            }
            all.keys.reserve(expected);
            self.rows.disk(part, round, |key: K, page, row, cells| all.add(self, key, page, row, cells))?;
            Ok(Part::of(&all, self))
        });
        Ok(Parted { first, parts: parts.collect::<Result<_, Text>>()? })
    }

    fn in_scope(&self, scope: usize, page: usize, row: usize) -> InScope {
        let of = &self.scopes[scope][page];
        let set = |rows: &Option<BooleanBuffer>, none| rows.as_ref().map_or(none, |rows| rows.value(row));
        match (set(&of.unknown, false), set(&of.rows, true)) {
            (true, _) => InScope::Unknown,
            (false, true) => InScope::Yes,
            (false, false) => InScope::No,
        }
    }
}

/// Rows of a part as they come.
struct Loose<K> {
    keys: Vec<K>,
    /// As many for each key as there are columns.
    cells: Vec<i128>,
    scopes: Vec<InScope>,
    /// One for each key, if they are to be known.
    places: Vec<Place>,
}

/// A row by its page and its place there.
pub type Place = (u32, u32);

impl<K> Default for Loose<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), cells: Vec::new(), scopes: Vec::new(), places: Vec::new() }
    }
}

impl<K: Key> Loose<K> {
    fn add(&mut self, rows: &Rows, key: K, page: usize, row: usize, cells: &[i128]) {
        self.keys.push(key);
        self.cells.extend(rows.columns.iter().map(|column| rows.cell(column, page, row, cells).stored()));
        self.scopes.extend((0..rows.scopes.len()).map(|scope| rows.in_scope(scope, page, row)));
        if rows.named {
            self.places.push((page as u32, row as u32));
        }
    }

    fn merge(&mut self, other: Self) {
        if self.keys.is_empty() {
            *self = other;
        } else {
            self.keys.extend(other.keys);
            self.cells.extend(other.cells);
            self.scopes.extend(other.scopes);
            self.places.extend(other.places);
        }
    }
}

/// What the reference says under the keys of a round.
pub enum Parts {
    Packed(Parted<u64>),
    Wide(Parted<u128>),
}

pub struct Parted<K> {
    first: usize,
    parts: Vec<Part<K>>,
}

/// Where something is said of a key: its part of the round, and its place there.
pub type Spot = (usize, usize);

impl Parts {
    pub fn find<K: Key>(&self, key: K) -> Option<Spot> {
        match self {
            Self::Packed(parts) => parts.find(key.as_packed()?),
            Self::Wide(parts) => parts.find(key.as_wide()),
        }
    }

    /// As [`Parts::find`], for many keys at a time.
    pub fn find_all<K: Key>(&self, keys: &[K], spots: &mut Vec<Option<Spot>>) {
        spots.clear();
        match self {
            Self::Packed(parts) => parts.find_all(keys, K::as_packed, spots),
            Self::Wide(parts) => parts.find_all(keys, |key| Some(key.as_wide()), spots),
        }
    }

    /// How many keys each part has.
    pub fn sizes(&self) -> Vec<usize> {
        match self {
            Self::Packed(parts) => parts.parts.iter().map(|part| part.keys.len()).collect(),
            Self::Wide(parts) => parts.parts.iter().map(|part| part.keys.len()).collect(),
        }
    }

    /// Hands over the keys of a part of the round, each with its place there.
    pub fn each_key(&self, part: usize, mut each: impl FnMut(u128, usize)) {
        match self {
            Self::Packed(parts) => {
                parts.parts[part].keys.iter().enumerate().for_each(|(at, key)| each(key.as_wide(), at));
            }
            Self::Wide(parts) => {
                parts.parts[part].keys.iter().enumerate().for_each(|(at, key)| each(*key, at));
            }
        }
    }

    pub fn said(&self, column: MirrorColumn, (part, at): Spot) -> Said {
        Said::of_stored(match self {
            Self::Packed(parts) => parts.parts[part].said(at)[column.at],
            Self::Wide(parts) => parts.parts[part].said(at)[column.at],
        })
    }

    /// The first row of the key, if places are to be known.
    pub fn place(&self, (part, at): Spot) -> Option<Place> {
        match self {
            Self::Packed(parts) => parts.parts[part].places.get(at),
            Self::Wide(parts) => parts.parts[part].places.get(at),
        }
        .copied()
    }

    /// Hands over every key with what is said of each column, as it is stored, and its scope, if there is one. Wide keys that
    /// are no packed ones ascend.
    pub fn each<E>(
        &self,
        mut each: impl FnMut(u128, &[i128], Option<InScope>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Packed(parts) => parts.each(|key, said, scope| each(key.into(), said, scope)),
            Self::Wide(parts) => parts.each(each),
        }
    }

    pub fn in_scope(&self, scope: MirrorScope, (part, at): Spot) -> InScope {
        match self {
            Self::Packed(parts) => parts.parts[part].scopes[scope.at][at],
            Self::Wide(parts) => parts.parts[part].scopes[scope.at][at],
        }
    }
}

impl<K: Key> Parted<K> {
    fn each<E>(&self, mut each: impl FnMut(K, &[i128], Option<InScope>) -> Result<(), E>) -> Result<(), E> {
        for part in &self.parts {
            for (at, &key) in part.keys.iter().enumerate() {
                each(key, part.said(at), part.scopes.first().map(|scopes| scopes[at]))?;
            }
        }
        Ok(())
    }

    fn find(&self, key: K) -> Option<Spot> {
        let part = key.part() - self.first;
        let of = &self.parts[part];
        Some((part, of.find(key, of.bucket(key))?))
    }

    /// Nearly every look into a part waits for memory. Buckets of many keys are asked for before the keys in them, so that
    /// the waits are for many keys at a time.
    fn find_all<O: Key>(&self, keys: &[O], own: impl Fn(O) -> Option<K>, spots: &mut Vec<Option<Spot>>) {
        const AT_ONCE: usize = 32;
        for keys in keys.chunks(AT_ONCE) {
            let mut sought: [Option<(K, usize, Range<usize>)>; AT_ONCE] = [const { None }; AT_ONCE];
            for (sought, key) in sought.iter_mut().zip(keys) {
                *sought = own(*key).map(|key| {
                    let part = key.part() - self.first;
                    (key, part, self.parts[part].bucket(key))
                });
            }
            spots.extend(sought.iter().take(keys.len()).map(|sought| {
                let (key, part, bucket) = sought.as_ref()?;
                Some((*part, self.parts[*part].find(*key, bucket.clone())?))
            }));
        }
    }
}

/// The keys of one part, each once, in buckets of a few by their mixed bits; everything else is by the place of its key.
struct Part<K> {
    keys: Vec<K>,
    /// Where buckets begin, and after the last the number of keys.
    starts: Vec<u32>,
    bits: u32,
    /// For each key, what is said of each column.
    said: Vec<i128>,
    columns: usize,
    scopes: Vec<Vec<InScope>>,
    places: Vec<Place>,
}

/// The bucket of a key: the bits of it after those that say the part.
fn bucket<K: Key>(key: K, bits: u32) -> usize {
    (key.mixed() << 8 >> 1 >> (63 - bits)) as usize
}

impl<K: Key> Part<K> {
    fn of(rows: &Loose<K>, of: &Rows) -> Self {
        let bits = (rows.keys.len() / 2).max(1).ilog2();
        let mut ends = vec![0_u32; (1 << bits) + 1];
        for &key in &rows.keys {
            ends[bucket(key, bits) + 1] += 1;
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        // Rows in the order of their buckets, and in a bucket of their keys, so that those of one key are together.
        let mut order = vec![0_u32; rows.keys.len()];
        let mut next = ends.clone();
        for (row, &key) in rows.keys.iter().enumerate() {
            let place = &mut next[bucket(key, bits)];
            order[*place as usize] = row as u32;
            *place += 1;
        }
        let mut part = Self {
            keys: Vec::with_capacity(order.len()),
            starts: Vec::with_capacity(ends.len()),
            bits,
            said: Vec::with_capacity(order.len() * of.columns.len()),
            columns: of.columns.len(),
            scopes: of.scopes.iter().map(|_| Vec::with_capacity(order.len())).collect(),
            places: Vec::with_capacity(rows.places.len()),
        };
        let key = |row: &u32| rows.keys[*row as usize];
        for bounds in ends.windows(2) {
            part.starts.push(part.keys.len() as u32);
            let bucket = &mut order[bounds[0] as usize..bounds[1] as usize];
            bucket.sort_unstable_by_key(key);
            for group in bucket.chunk_by(|a, b| key(a) == key(b)) {
                part.keys.push(key(&group[0]));
                for (at, column) in of.columns.iter().enumerate() {
                    let cells = group.iter().map(|row| rows.cells[*row as usize * of.columns.len() + at]);
                    part.said.push(Said::together(cells.map(Said::of_stored), column.likeness).stored());
                }
                part.places.extend(group.iter().filter_map(|row| rows.places.get(*row as usize)).min());
                for (at, scopes) in part.scopes.iter_mut().enumerate() {
                    let one = |row: &u32| rows.scopes[*row as usize * of.scopes.len() + at];
                    scopes.push(group.iter().map(one).max().unwrap_or(InScope::No));
                }
            }
        }
        part.starts.push(part.keys.len() as u32);
        part
    }

    fn said(&self, at: usize) -> &[i128] {
        &self.said[at * self.columns..][..self.columns]
    }

    fn bucket(&self, key: K) -> Range<usize> {
        let bucket = bucket(key, self.bits);
        self.starts[bucket] as usize..self.starts[bucket + 1] as usize
    }

    /// Looks at all keys of the bucket, which are few: nobody can guess which of them it is.
    fn find(&self, key: K, bucket: Range<usize>) -> Option<usize> {
        let mut found = None;
        for (at, known) in bucket.clone().zip(&self.keys[bucket]) {
            if *known == key {
                found = Some(at);
            }
        }
        found
    }
}
