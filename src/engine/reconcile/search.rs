//! Looks rows up in a mirror, many at a time: while one of them waits for memory, others do.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::Finding;
use crate::base::Text;
use crate::engine::mirror::{Mirror, Parts, Said, Spot};
use crate::engine::parts::{Round, Selection};
use crate::engine::spill::Key;

/// Rows that are looked up together.
const AT_ONCE: usize = 512;

pub struct Search<'s> {
    rows: Selection,
    mirror: &'s Mirror,
    findings: Vec<Finding<'s>>,
}

impl<'s> Search<'s> {
    pub fn new(rows: Selection, mirror: &'s Mirror, mut findings: Vec<Finding<'s>>) -> Self {
        for finding in &mut findings {
            let mut pages = finding.sound.iter().zip(&rows.pages);
            finding.all_sound = pages.all(|(sound, page)| *sound == page.rows);
        }
        Self { rows, mirror, findings }
    }

    pub fn findings(self) -> impl Iterator<Item = Finding<'s>> {
        self.findings.into_iter()
    }

    pub fn round(&mut self, round: Round) -> Result<(), Text> {
        if self.rows.is_packed() { self.round_of::<u64>(round) } else { self.round_of::<u128>(round) }
    }

    fn round_of<K: Key>(&mut self, round: Round) -> Result<(), Text> {
        let parts = self.mirror.parts(round)?;
        for finding in &mut self.findings {
            finding.start(&parts);
        }
        let (rows, findings) = (&self.rows, &self.findings);
        rows.pages.par_iter().enumerate().for_each(|(at, page)| {
            let mut looking = Looking::new(&parts, findings);
            rows.page(page, round, |key: K, row, cells| looking.add(key, at, row, cells));
            looking.done();
        });
        round.parts().into_par_iter().try_for_each(|part| {
            let mut looking = Looking::new(&parts, findings);
            let read = rows.disk(part, round, |key: K, page, row, cells| looking.add(key, page, row, cells));
            looking.done();
            read
        })?;
        for finding in &mut self.findings {
            finding.finish(&parts);
        }
        Ok(())
    }
}

/// Rows that are looked up together.
pub struct Batch<K> {
    keys: Vec<K>,
    /// Page, and place in it.
    pub rows: Vec<(u32, u32)>,
    /// As many for each row as go with the key.
    cells: Vec<i128>,
    pub spots: Vec<Option<Spot>>,
}

impl<K> Batch<K> {
    pub fn cells(&self, at: usize) -> &[i128] {
        let each = self.cells.len() / self.rows.len();
        &self.cells[at * each..][..each]
    }
}

/// Rows on their way to the findings.
struct Looking<'l, 'f, K> {
    parts: &'l Parts,
    findings: &'l [Finding<'f>],
    batch: Batch<K>,
    said: Vec<Said>,
    counts: Vec<[u64; 3]>,
}

impl<'l, 'f, K: Key> Looking<'l, 'f, K> {
    fn new(parts: &'l Parts, findings: &'l [Finding<'f>]) -> Self {
        let batch = Batch { keys: Vec::new(), rows: Vec::new(), cells: Vec::new(), spots: Vec::new() };
        Self { parts, findings, batch, said: Vec::new(), counts: vec![[0; 3]; findings.len()] }
    }

    fn add(&mut self, key: K, page: usize, row: usize, cells: &[i128]) {
        self.batch.keys.push(key);
        self.batch.rows.push((page as u32, row as u32));
        self.batch.cells.extend_from_slice(cells);
        if self.batch.keys.len() == AT_ONCE {
            self.look();
        }
    }

    fn look(&mut self) {
        let Self { parts, findings, batch, said, counts } = self;
        parts.find_all(&batch.keys, &mut batch.spots);
        for (finding, counts) in findings.iter().zip(counts) {
            finding.look(parts, batch, said, counts);
        }
        batch.keys.clear();
        batch.rows.clear();
        batch.cells.clear();
    }

    fn done(mut self) {
        self.look();
        for (finding, counts) in self.findings.iter().zip(self.counts) {
            finding.counts.add(counts);
        }
    }
}

/// For each rule: keys that were found, those that were not, and those whose rows contradict each other.
#[derive(Default)]
pub struct Sums([AtomicU64; 3]);

impl Sums {
    fn add(&self, counts: [u64; 3]) {
        for (sum, count) in self.0.iter().zip(counts) {
            sum.fetch_add(count, Ordering::Relaxed);
        }
    }

    pub fn all(self) -> [u64; 3] {
        self.0.map(AtomicU64::into_inner)
    }
}
