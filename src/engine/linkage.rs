//! Finds records that may be one and the same, once all of them are there.
//!
//! Rows with one record, equal in everything that is compared, are one thing however many they are. Different records are
//! compared if they agree in all parts of some pass: records are sorted by their key in the pass, and each block compares its
//! pairs. So time grows with records times the bound on blocks, never with the square of all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::budget::Budget;
use super::clusters::Sets;
use super::keys::{self, KeyVerdicts};
use super::ledger::{Ledger, Page};
use crate::base::Text;
use crate::kernel::RowVerdict;
use crate::kernel::similarity::{Linkage, Record, Standing};
use crate::kernel::verdict::minus;
use crate::say;

/// The verdicts, and for every page the cluster of each row from 1 on, in the order of their first rows; 0 is none. Pages
/// without any are empty.
pub struct Linked {
    pub verdicts: KeyVerdicts,
    pub clusters: Vec<Vec<u32>>,
}

/// Lets rows fail that hang together with others. Once `interrupted` is set nothing more is compared, and what comes out is
/// of no use.
///
/// # Errors
/// The records found no room.
pub fn judge(
    ledger: &Ledger,
    link: usize,
    rule: usize,
    linkage: &Linkage,
    interrupted: &AtomicBool,
) -> Result<Linked, Text> {
    if let Some(bytes) = ledger.unheld() {
        return Err(no_room(bytes));
    }
    let things = Things::of(ledger, link, rule)?;
    let mut sets = Sets::new(things.records.len() as u32);
    let mut found = Found { crowded: vec![0; things.records.len()], pairs: 0, crowded_blocks: 0 };
    for pass in 0..linkage.passes.len() {
        things.compare(linkage, pass, &mut sets, &mut found, interrupted);
    }
    Ok(things.verdicts(ledger, link, rule, &mut sets, &found))
}

fn no_room(records: u64) -> Text {
    let needed = Budget::needed(records).div_ceil(1 << 20);
    say!(
        "what is compared of the records does not fit into memory; it would need `--memory` of {needed}MiB at least, or fewer columns to compare",
        "phần cần so sánh của các bản ghi không vừa bộ nhớ; cần `--memory` ít nhất {needed}MiB, hoặc so sánh ít cột hơn"
    )
}

/// The different records of the rows that are judged.
struct Things<'l> {
    records: Vec<&'l [u8]>,
    /// How many rows have each.
    rows: Vec<u64>,
    /// For every page, the number of each of its records among all.
    numbers: Vec<Vec<u32>>,
    /// Rows that would have a block, with too little to compare.
    too_little: u64,
}

/// A record of a page that no judged row has.
const UNUSED: u32 = u32::MAX;

/// What the passes have come to.
struct Found {
    /// For every record, a bit for each pass in which its block was too large.
    crowded: Vec<u64>,
    pairs: u64,
    crowded_blocks: u64,
}

impl<'l> Things<'l> {
    fn of(ledger: &'l Ledger, link: usize, rule: usize) -> Result<Self, Text> {
        let mut known: HashMap<&[u8], u32> = HashMap::new();
        let mut things = Self { records: Vec::new(), rows: Vec::new(), numbers: Vec::new(), too_little: 0 };
        for page in &ledger.pages {
            let records = &page.records[link];
            let mut numbers = vec![UNUSED; records.records()];
            let (rows, unknown) =
                keys::applicable(&BooleanBuffer::new_set(page.rows), &page.populations[rule]);
            for row in minus(&rows, &unknown).set_indices() {
                let record = match records.record(row) {
                    Ok(record) => record,
                    Err(standing) => {
                        things.too_little += u64::from(standing == Standing::TooLittle);
                        continue;
                    }
                };
                if numbers[record] == UNUSED {
                    let bytes = records.bytes(record);
                    numbers[record] = *known.entry(bytes).or_insert_with(|| {
                        things.records.push(bytes);
                        things.rows.push(0);
                        (things.records.len() - 1) as u32
                    });
                }
                things.rows[numbers[record] as usize] += 1;
            }
            things.numbers.push(numbers);
        }
        if things.records.len() >= UNUSED as usize {
            return Err(no_room(u64::MAX));
        }
        Ok(things)
    }

    /// Compares the pairs of every block of a pass that no earlier pass has compared.
    fn compare(
        &self,
        linkage: &Linkage,
        pass: usize,
        sets: &mut Sets,
        found: &mut Found,
        interrupted: &AtomicBool,
    ) {
        let mut keyed: Vec<(u128, u32)> = self
            .records
            .par_iter()
            .zip(0..self.records.len() as u32)
            .filter_map(|(record, number)| Some((linkage.keys(record).nth(pass).flatten()?, number)))
            .collect();
        keyed.par_sort_unstable();
        let crowded = |block: &[(u128, u32)]| block.len() as u64 > linkage.most_in_block;
        for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| crowded(block)) {
            found.crowded_blocks += 1;
            block.iter().for_each(|(_, record)| found.crowded[*record as usize] |= 1 << pass);
        }
        let joined = Mutex::new(sets);
        let before = &found.crowded;
        found.pairs += keyed
            .par_chunk_by(|a, b| a.0 == b.0)
            .filter(|block| block.len() > 1 && !crowded(block))
            .map(|block| {
                let record = |&(_, number): &(u128, u32)| linkage.read(self.records[number as usize]);
                let records: Vec<Record> = block.iter().map(record).collect();
                let (mut pairs, mut alike) = (0, Vec::new());
                for (at, (one, (_, first))) in records.iter().zip(block).enumerate() {
                    if interrupted.load(Ordering::Relaxed) {
                        break;
                    }
                    for (other, (_, second)) in records.iter().zip(block).skip(at + 1) {
                        if compared_before(one, other, pass, before[*first as usize]) {
                            continue;
                        }
                        pairs += 1;
                        if linkage.alike(one, other) {
                            alike.push((*first, *second));
                        }
                    }
                }
                let mut sets = joined.lock().unwrap_or_else(PoisonError::into_inner);
                alike.into_iter().for_each(|(one, other)| sets.join(one, other));
                pairs
            })
            .sum::<u64>();
    }

    fn verdicts(&self, ledger: &Ledger, link: usize, rule: usize, sets: &mut Sets, found: &Found) -> Linked {
        let smallest: Vec<u32> = (0..self.records.len() as u32).map(|record| sets.smallest(record)).collect();
        let mut sizes = vec![0; self.records.len()];
        for (rows, first) in self.rows.iter().zip(&smallest) {
            sizes[*first as usize] += rows;
        }
        let in_cluster = |record: u32| sizes[smallest[record as usize] as usize] > 1;
        let pages = ledger.pages.iter().zip(&self.numbers);
        let verdict = |page: &Page, numbers: &[u32]| {
            let records = &page.records[link];
            let (rows, unknown) =
                keys::applicable(&BooleanBuffer::new_set(page.rows), &page.populations[rule]);
            let judged = minus(&rows, &unknown);
            let record = |row: usize| Some(numbers[records.record(row).ok()?]);
            let has =
                BooleanBuffer::collect_bool(page.rows, |row| judged.value(row) && record(row).is_some());
            let is = |test: &dyn Fn(u32) -> bool| {
                BooleanBuffer::collect_bool(page.rows, |row| has.value(row) && record(row).is_some_and(test))
            };
            let fail = is(&in_cluster);
            let crowded = is(&|record| !in_cluster(record) && found.crowded[record as usize] != 0);
            RowVerdict::new(&has | &unknown, fail).with_unknown(Some(&unknown | &crowded))
        };
        let verdicts: Vec<RowVerdict> = pages.map(|(page, numbers)| verdict(page, numbers)).collect();
        let mut named: HashMap<u32, u32> = HashMap::new();
        let clusters = ledger.pages.iter().zip(&self.numbers).zip(&verdicts);
        let clusters = clusters.map(|((page, numbers), verdict)| {
            let mut clusters = Vec::new();
            for row in verdict.fail.set_indices() {
                let Ok(record) = page.records[link].record(row) else { continue };
                let next = named.len() as u32 + 1;
                clusters.resize(page.rows, 0);
                clusters[row] = *named.entry(smallest[numbers[record] as usize]).or_insert(next);
            }
            clusters
        });
        let clusters: Vec<Vec<u32>> = clusters.collect();
        let records = self.records.len() as u64;
        let crowded = self.rows.iter().zip(&found.crowded).filter(|(_, crowded)| **crowded != 0);
        let mut figures = vec![
            ("pairs_compared", found.pairs),
            ("pairs_possible", (u128::from(records) * u128::from(records.saturating_sub(1)) / 2) as u64),
            ("clusters", named.len() as u64),
            ("largest_cluster", sizes.iter().copied().filter(|size| *size > 1).max().unwrap_or_default()),
        ];
        if found.crowded_blocks > 0 {
            figures.push(("large_blocks", found.crowded_blocks));
            figures.push(("rows_in_large_blocks", crowded.map(|(rows, _)| rows).sum()));
        }
        if self.too_little > 0 {
            figures.push(("too_little", self.too_little));
        }
        Linked { verdicts: KeyVerdicts { pages: verdicts, figures }, clusters }
    }
}

/// Whether an earlier pass has compared two records: they agree in it, and their block there was not too large.
fn compared_before(one: &Record, other: &Record, pass: usize, crowded: u64) -> bool {
    (0..pass).any(|before| {
        one.keys[before].is_some() && one.keys[before] == other.keys[before] && crowded >> before & 1 == 0
    })
}
