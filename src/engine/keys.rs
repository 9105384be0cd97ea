//! Judges keys once all of them are there: which are shared, which exist elsewhere. Keys are partitioned by their hash,
//! so that each part is sorted in the processor's cache and parts are judged on all threads.

use arrow::buffer::BooleanBuffer;
use hashbrown::HashSet;
use rayon::prelude::*;

use super::ledger::{KeyPopulation, Ledger, Page};
use crate::base::Text;
use crate::kernel::key::{KeyValues, Keys, TableKey, digest_packed};
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::say;

/// An integer that stands for a key.
trait Key: Copy + Ord + Send + Sync + std::hash::Hash + 'static {
    fn part(self, parts_log2: u32) -> usize;
    fn values(keys: &Keys) -> &[Self];
}

impl Key for u64 {
    fn part(self, parts_log2: u32) -> usize {
        // Packed keys are anything but uniform; a multiplication spreads them.
        (self.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - parts_log2)) as usize
    }

    fn values(keys: &Keys) -> &[Self] {
        match &keys.values {
            KeyValues::Packed(keys) => keys,
            KeyValues::Digest(_) => &[],
        }
    }
}

impl Key for u128 {
    fn part(self, parts_log2: u32) -> usize {
        (self >> (128 - parts_log2)) as usize
    }

    fn values(keys: &Keys) -> &[Self] {
        match &keys.values {
            KeyValues::Digest(keys) => keys,
            KeyValues::Packed(_) => &[],
        }
    }
}

const PARTS_LOG2: u32 = 8;
const PARTS: usize = 1 << PARTS_LOG2;

/// A verdict for every page, and what was counted beside.
pub struct KeyVerdicts {
    pub pages: Vec<RowVerdict>,
    pub figures: Vec<(&'static str, u64)>,
}

/// Rows that share their key with another row of the population fail.
pub fn unique(ledger: &Ledger, key: usize, rule: usize) -> KeyVerdicts {
    if ledger.is_packed(key) {
        unique_of::<u64>(ledger, key, rule)
    } else {
        unique_of::<u128>(ledger, key, rule)
    }
}

/// Rows whose key is not among the parents fail; where some parents could not be read, they are unknown.
pub fn exists(ledger: &Ledger, key: usize, rule: usize, parents: &Parents) -> KeyVerdicts {
    let digests = if ledger.is_packed(key) { None } else { parents.as_digests() };
    let pages = ledger
        .pages
        .par_iter()
        .map(|page| {
            let keys = &page.keys[key];
            let found =
                BooleanBuffer::collect_bool(page.rows, |row| match (&keys.values, &parents.set, &digests) {
                    (KeyValues::Packed(keys), ParentSet::Packed(parents), _) => parents.contains(keys[row]),
                    (KeyValues::Packed(keys), ParentSet::Digest(parents), _) => {
                        parents.contains(digest_packed(keys[row]))
                    }
                    (KeyValues::Digest(keys), ParentSet::Digest(parents), _)
                    | (KeyValues::Digest(keys), ParentSet::Packed(_), Some(parents)) => {
                        parents.contains(keys[row])
                    }
                    // `digests` is there whenever keys are digests and parents are not.
                    (KeyValues::Digest(_), ParentSet::Packed(_), None) => false,
                });
            let (applicable, unknown) = applicable(&keys.has_key, &page.populations[rule]);
            let orphans = minus(&minus(&applicable, &found), &unknown);
            if parents.whole {
                RowVerdict::new(applicable, orphans).with_unknown(Some(unknown))
            } else {
                let none = BooleanBuffer::new_unset(page.rows);
                RowVerdict::new(applicable, none).with_unknown(Some(&unknown | &orphans))
            }
        })
        .collect();
    KeyVerdicts { pages, figures: Vec::new() }
}

/// The keys of a table that others refer to.
pub struct Parents {
    set: ParentSet,
    /// No row of the table is damaged.
    whole: bool,
    /// Of its columns.
    types: Vec<ColumnType>,
}

enum ParentSet {
    Packed(Parted<u64>),
    Digest(Parted<u128>),
}

impl Parents {
    /// `types` are those of the key's columns.
    pub fn of(ledger: &Ledger, key: usize, types: &[ColumnType]) -> Self {
        let set = if ledger.is_packed(key) {
            ParentSet::Packed(Parted::of(ledger, key))
        } else {
            ParentSet::Digest(Parted::of(ledger, key))
        };
        let whole = ledger.pages.iter().all(|page| page.damaged.is_none());
        Self { set, whole, types: types.to_vec() }
    }

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
}

/// A set of keys, by part.
struct Parted<K> {
    parts: Vec<HashSet<K>>,
}

impl<K: Key> Parted<K> {
    fn of(ledger: &Ledger, key: usize) -> Self {
        let all = |page: &Page| match &page.damaged {
            Some(damaged) => minus(&page.keys[key].has_key, damaged),
            None => page.keys[key].has_key.clone(),
        };
        let parts =
            partition::<K>(ledger, key, all).into_par_iter().map(|part| part.into_iter().flatten().collect());
        Self { parts: parts.collect() }
    }

    fn contains(&self, key: K) -> bool {
        self.parts[key.part(PARTS_LOG2)].contains(&key)
    }
}

impl Parents {
    /// The same keys as digests, to be met by keys that could not be packed.
    fn as_digests(&self) -> Option<Parted<u128>> {
        let ParentSet::Packed(packed) = &self.set else { return None };
        let mut parts = vec![HashSet::new(); PARTS];
        for digest in packed.parts.iter().flatten().map(|&key| digest_packed(key)) {
            parts[digest.part(PARTS_LOG2)].insert(digest);
        }
        Some(Parted { parts })
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

fn unique_of<K: Key>(ledger: &Ledger, key: usize, rule: usize) -> KeyVerdicts {
    let judged = |page: &Page| {
        let (applicable, unknown) = applicable(&page.keys[key].has_key, &page.populations[rule]);
        minus(&applicable, &unknown)
    };
    let shared: Vec<HashSet<K>> = partition::<K>(ledger, key, judged)
        .into_par_iter()
        .map(|part| {
            let mut keys = part.concat();
            keys.sort_unstable();
            keys.chunk_by(PartialEq::eq).filter(|group| group.len() > 1).map(|group| group[0]).collect()
        })
        .collect();
    let none = shared.iter().all(HashSet::is_empty);
    let pages: Vec<RowVerdict> = ledger
        .pages
        .par_iter()
        .map(|page| {
            let keys = &page.keys[key];
            let (applicable, unknown) = applicable(&keys.has_key, &page.populations[rule]);
            let sound = minus(&applicable, &unknown);
            let fail = if none {
                BooleanBuffer::new_unset(page.rows)
            } else {
                let values = K::values(keys);
                BooleanBuffer::collect_bool(page.rows, |row| {
                    sound.value(row) && shared[values[row].part(PARTS_LOG2)].contains(&values[row])
                })
            };
            RowVerdict::new(applicable, fail).with_unknown(Some(unknown))
        })
        .collect();
    let involved: u64 = pages.iter().map(|page| page.fail.count_set_bits() as u64).sum();
    let groups: u64 = shared.iter().map(|part| part.len() as u64).sum();
    // How many rows more there are than keys among the failing ones.
    KeyVerdicts { pages, figures: vec![("excess", involved - groups)] }
}

/// The chosen keys of all pages by part; a part is a list of pieces, one for each thread's share of the pages.
fn partition<K: Key>(
    ledger: &Ledger,
    key: usize,
    rows: impl Fn(&Page) -> BooleanBuffer + Sync,
) -> Vec<Vec<Vec<K>>> {
    let share = ledger.pages.len().div_ceil(rayon::current_num_threads()).max(1);
    let shares: Vec<Vec<Vec<K>>> = ledger
        .pages
        .par_chunks(share)
        .map(|pages| {
            let mut parts: Vec<Vec<K>> = vec![Vec::new(); PARTS];
            for page in pages {
                let values = K::values(&page.keys[key]);
                for row in rows(page).set_indices() {
                    parts[values[row].part(PARTS_LOG2)].push(values[row]);
                }
            }
            parts
        })
        .collect();
    let mut by_part: Vec<Vec<Vec<K>>> = (0..PARTS).map(|_| Vec::new()).collect();
    for share in shares {
        for (part, keys) in share.into_iter().enumerate() {
            by_part[part].push(keys);
        }
    }
    by_part
}
