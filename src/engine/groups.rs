//! Judges rows together with the other rows of their group, once all of them are there.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::keys::{self, KeyVerdicts};
use super::ledger::{Ledger, Page};
use crate::kernel::RowVerdict;
use crate::kernel::key::KeyValues;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::rule::{Group, GroupJudge, Mark};

/// A row: its page and its place in it.
type Place = (u32, u32);

/// Lets the judge look at every group of the population's rows. `key` tells groups apart; without one the table is a
/// single group. `memories` are what the rule remembers, as places among the pages' memories. `read_whole`: no row of the
/// table was lost.
pub fn judge(
    ledger: &Ledger,
    key: Option<usize>,
    memories: &[usize],
    rule: usize,
    judge: &dyn GroupJudge,
    read_whole: bool,
) -> KeyVerdicts {
    let sound =
        |page: &Page| page.populations[rule].unknown.as_ref().is_none_or(|rows| rows.count_set_bits() == 0);
    let whole = read_whole && ledger.pages.iter().all(sound);
    let marks: Vec<Vec<AtomicU8>> =
        ledger.pages.iter().map(|page| (0..page.rows).map(|_| AtomicU8::new(NA)).collect()).collect();
    let figures: Vec<AtomicU64> = judge.figures().iter().map(|_| AtomicU64::new(0)).collect();
    let judge_rows = |rows: &[(u128, Place)]| {
        let group = LedgerGroup { ledger, memories, rows, whole, figures: &figures };
        let mut verdict = vec![Mark::Na; rows.len()];
        judge.judge(&group, &mut verdict);
        for (&(_, (page, row)), mark) in rows.iter().zip(verdict) {
            marks[page as usize][row as usize].store(code(mark), Ordering::Relaxed);
        }
    };
    let parts = partition(ledger, key, rule);
    parts.into_par_iter().for_each(|mut rows| {
        if key.is_some() {
            rows.sort_unstable();
        }
        rows.chunk_by(|a, b| a.0 == b.0).for_each(judge_rows);
    });
    let pages = ledger.pages.iter().zip(&marks);
    KeyVerdicts {
        pages: pages.map(|(page, marks)| verdict(page, key, rule, marks, judge)).collect(),
        figures: judge
            .figures()
            .iter()
            .copied()
            .zip(figures.into_iter().map(AtomicU64::into_inner))
            .collect(),
    }
}

const NA: u8 = 0;
const PASS: u8 = 1;
const UNKNOWN: u8 = 2;
/// And above: failing, for the reason that is so much higher.
const FAIL: u8 = 3;

fn code(mark: Mark) -> u8 {
    match mark {
        Mark::Na => NA,
        Mark::Pass => PASS,
        Mark::Unknown => UNKNOWN,
        Mark::Fail(reason) => FAIL + reason,
    }
}

fn verdict(
    page: &Page,
    key: Option<usize>,
    rule: usize,
    marks: &[AtomicU8],
    judge: &dyn GroupJudge,
) -> RowVerdict {
    let marks: Vec<u8> = marks.iter().map(|mark| mark.load(Ordering::Relaxed)).collect();
    let rows = |test: &dyn Fn(u8) -> bool| BooleanBuffer::collect_bool(page.rows, |row| test(marks[row]));
    let damaged = judged(page, key, rule).1;
    let unknown = &rows(&|mark| mark == UNKNOWN) | &damaged;
    let fail = rows(&|mark| mark >= FAIL);
    let applicable = &rows(&|mark| mark != NA) | &damaged;
    let mut verdict = RowVerdict::new(applicable, fail).with_unknown(Some(unknown));
    for (at, reason) in judge.reasons().iter().enumerate() {
        verdict.reasons.push((reason, rows(&|mark| mark == FAIL + at as u8)));
    }
    verdict
}

/// The rows of a page that have a group, and those that are unknown whatever their group says.
fn judged(page: &Page, key: Option<usize>, rule: usize) -> (BooleanBuffer, BooleanBuffer) {
    let (applicable, unknown) = match key {
        Some(key) => keys::applicable(&page.keys[key].has_key, &page.populations[rule]),
        None => keys::applicable(&BooleanBuffer::new_set(page.rows), &page.populations[rule]),
    };
    (minus(&applicable, &unknown), unknown)
}

/// The judged rows with the digest of their group, spread so that a group is never torn; in file order.
fn partition(ledger: &Ledger, key: Option<usize>, rule: usize) -> Vec<Vec<(u128, Place)>> {
    const PARTS: usize = 256;
    let mut parts: Vec<Vec<(u128, Place)>> = vec![Vec::new(); if key.is_some() { PARTS } else { 1 }];
    for (at, page) in ledger.pages.iter().enumerate() {
        let (rows, _) = judged(page, key, rule);
        for row in rows.set_indices() {
            let group = key.map_or(0, |key| match &page.keys[key].values {
                KeyValues::Packed(keys) => u128::from(keys[row]),
                KeyValues::Wide(keys) => keys[row],
            });
            // Packed keys are anything but uniform; a multiplication spreads them.
            let spread = (group as u64 ^ (group >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let part = if parts.len() == 1 { 0 } else { (spread >> 56) as usize };
            parts[part].push((group, (at as u32, row as u32)));
        }
    }
    parts
}

struct LedgerGroup<'g> {
    ledger: &'g Ledger,
    memories: &'g [usize],
    rows: &'g [(u128, Place)],
    whole: bool,
    figures: &'g [AtomicU64],
}

impl Group for LedgerGroup<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, which: usize) -> Cell {
        let (page, place) = self.rows[row].1;
        self.ledger.pages[page as usize].memories[self.memories[which]].get(place as usize)
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    fn count(&self, figure: usize, more: u64) {
        // A sum that stops at the greatest number is the same in any order.
        let add = |sum: u64| Some(sum.saturating_add(more));
        let _ = self.figures[figure].fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}
