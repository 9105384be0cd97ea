//! What is kept of verdicts that needed all rows, for whoever wants to know which rows they are about: bits of failing
//! rows, page by page.

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;

use super::examples::Position;
use super::ledger::Ledger;
use super::missing::Missing;
use crate::kernel::RowVerdict;

/// All that a second look at the rows of a table cannot find out from a batch alone.
pub struct Verdicts {
    /// In the order of their rows; empty where no rule needs all rows and the table has no key.
    pub pages: Vec<PageVerdicts>,
    /// Of rules that look for records which may be one and the same, by place in the plan: for every page the cluster of
    /// each row, 0 where it is in none; empty where none is.
    pub clusters: Vec<(usize, Vec<Vec<u32>>)>,
    /// Rules that stopped working: they name no row.
    pub broken: Vec<bool>,
    /// No row can be called clean.
    pub none_clean: bool,
    /// What of tables of reference is missing here, if that was to be kept.
    pub missing: Vec<Missing>,
}

/// The rows of one batch of the scan.
pub struct PageVerdicts {
    start: Position,
    rows: usize,
    dirty: BooleanBuffer,
    /// Of rules over keys and groups, by place in the plan; those that no row of the page fails are left out.
    fails: Vec<(usize, Fails)>,
    /// Of rules that hold rows against tables of reference, by place in the plan, if that was to be kept.
    reconciled: Vec<(usize, RowVerdict)>,
}

struct Fails {
    fail: BooleanBuffer,
    reasons: Vec<(&'static str, BooleanBuffer)>,
}

/// What rules over keys and groups say of some rows.
pub struct Later {
    pub dirty: BooleanBuffer,
    pub fails: Vec<(usize, RowVerdict)>,
}

/// The pages of a settled ledger with the verdicts of its rules; keys and memories are let go of. `reconciled` are rules of
/// which it is to be known what rows pass.
pub fn pages(
    ledger: Ledger,
    verdicts: Vec<(usize, Vec<RowVerdict>)>,
    reconciled: &[usize],
) -> Vec<PageVerdicts> {
    let mut pages: Vec<PageVerdicts> = ledger
        .pages
        .into_iter()
        .map(|page| PageVerdicts {
            start: page.start,
            rows: page.rows,
            dirty: page.dirty,
            fails: Vec::new(),
            reconciled: Vec::new(),
        })
        .collect();
    for (rule, verdicts) in verdicts {
        for (page, verdict) in pages.iter_mut().zip(verdicts) {
            if reconciled.contains(&rule) {
                page.reconciled.push((rule, verdict.clone()));
            }
            if verdict.fail.count_set_bits() > 0 {
                page.fails.push((rule, Fails { fail: verdict.fail, reasons: verdict.reasons }));
            }
        }
    }
    pages
}

impl Verdicts {
    /// The clusters of the rows from `start` on, by rule; 0 is none.
    pub fn clusters(&self, start: Position, rows: usize) -> Vec<(usize, Vec<u32>)> {
        let cluster = |pages: &[Vec<u32>], at: Position| {
            let page = self.pages.partition_point(|page| page.start <= at).checked_sub(1)?;
            let row = (at.row - self.pages[page].start.row) as usize;
            pages.get(page)?.get(row).copied()
        };
        let at = |row: usize| Position { row: start.row + row as u64, ..start };
        let of =
            |pages: &[Vec<u32>]| (0..rows).map(|row| cluster(pages, at(row)).unwrap_or_default()).collect();
        self.clusters.iter().map(|(rule, pages)| (*rule, of(pages))).collect()
    }

    /// Where the rows from `start` on are, however they are cut into batches: pages, from which row of each to which.
    /// `None` if the scan did not see them.
    fn parts(&self, start: Position, rows: usize) -> Option<Vec<(&PageVerdicts, usize, usize)>> {
        let first = self.pages.partition_point(|page| page.start <= start).checked_sub(1)?;
        let mut parts = Vec::new();
        let mut at = start.row;
        let end = start.row + rows as u64;
        for page in &self.pages[first..] {
            if at == end {
                break;
            }
            let same = (page.start.file, page.start.piece) == (start.file, start.piece);
            let from = at.checked_sub(page.start.row).filter(|_| same)? as usize;
            let upto = page.rows.min((end - page.start.row) as usize);
            if from >= upto {
                return None;
            }
            parts.push((page, from, upto));
            at = page.start.row + upto as u64;
        }
        (at == end).then_some(parts)
    }

    /// What rules that hold rows against tables of reference say of the rows from `start` on. `None` if the scan did not see
    /// them.
    pub fn reconciled(&self, start: Position, rows: usize, rule: usize) -> Option<RowVerdict> {
        let parts = self.parts(start, rows)?;
        let of = |page: &PageVerdicts| page.reconciled.iter().position(|(own, _)| *own == rule);
        let gathered = |bits: &dyn Fn(&RowVerdict) -> Option<BooleanBuffer>| {
            gather(&parts, &|page| bits(&page.reconciled[of(page)?].1))
        };
        let verdict = RowVerdict::new(
            gathered(&|verdict| Some(verdict.applicable.clone())),
            gathered(&|verdict| Some(verdict.fail.clone())),
        );
        Some(verdict.with_unknown(Some(gathered(&|verdict| verdict.unknown.clone()))))
    }

    /// The verdicts on the rows from `start` on. `None` if the scan did not see them.
    pub fn later(&self, start: Position, rows: usize) -> Option<Later> {
        if self.pages.is_empty() {
            return Some(Later { dirty: BooleanBuffer::new_unset(rows), fails: Vec::new() });
        }
        let parts = self.parts(start, rows)?;
        let gather = |bits: &dyn Fn(&PageVerdicts) -> Option<BooleanBuffer>| gather(&parts, bits);
        let mut rules: Vec<usize> =
            parts.iter().flat_map(|(page, ..)| page.fails.iter().map(|(rule, _)| *rule)).collect();
        rules.sort_unstable();
        rules.dedup();
        let fails = rules.into_iter().map(|rule| {
            let fail = gather(&|page| Some(page.fails(rule)?.fail.clone()));
            let mut names: Vec<&'static str> = Vec::new();
            for (name, _) in parts.iter().filter_map(|(page, ..)| page.fails(rule)).flat_map(|f| &f.reasons) {
                if !names.contains(name) {
                    names.push(name);
                }
            }
            let mut verdict = RowVerdict::new(fail.clone(), fail);
            let reason = |name: &'static str| {
                let bits = |page: &PageVerdicts| {
                    let (_, rows) = page.fails(rule)?.reasons.iter().find(|(own, _)| *own == name)?;
                    Some(rows.clone())
                };
                (name, gather(&bits))
            };
            verdict.reasons = names.into_iter().map(reason).collect();
            (rule, verdict)
        });
        Some(Later { dirty: gather(&|page| Some(page.dirty.clone())), fails: fails.collect() })
    }
}

/// The bits of some parts of pages, one after the other; where a page has none, no bit is set.
fn gather(
    parts: &[(&PageVerdicts, usize, usize)],
    bits: &dyn Fn(&PageVerdicts) -> Option<BooleanBuffer>,
) -> BooleanBuffer {
    let mut all = BooleanBufferBuilder::new(0);
    for &(page, from, upto) in parts {
        match bits(page) {
            Some(bits) => all.append_buffer(&bits.slice(from, upto - from)),
            None => all.append_n(upto - from, false),
        }
    }
    all.finish()
}

impl PageVerdicts {
    fn fails(&self, rule: usize) -> Option<&Fails> {
        self.fails.iter().find(|(own, _)| *own == rule).map(|(_, fails)| fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> BooleanBuffer {
        text.chars().map(|c| c == '1').collect()
    }

    fn page(piece: u32, row: u64, dirty: &str, fail: Option<&str>) -> PageVerdicts {
        let fails = fail.map(|fail| (3, Fails { fail: bits(fail), reasons: vec![("gap", bits(fail))] }));
        let start = Position { file: 0, piece, row };
        let fails = fails.into_iter().collect();
        PageVerdicts { start, rows: dirty.len(), dirty: bits(dirty), fails, reconciled: Vec::new() }
    }

    #[test]
    fn rows_are_found_however_they_are_cut() {
        let pages = vec![
            page(0, 0, "100", Some("001")),
            page(0, 3, "01", None),
            page(0, 5, "1", Some("1")),
            page(2, 0, "11", None),
        ];
        let verdicts = Verdicts {
            pages,
            clusters: Vec::new(),
            broken: Vec::new(),
            none_clean: false,
            missing: Vec::new(),
        };
        let at = |piece, row, rows| {
            let later = verdicts.later(Position { file: 0, piece, row }, rows)?;
            let fails = later.fails.into_iter().map(|(rule, verdict)| {
                assert_eq!(verdict.reasons[0].1, verdict.fail);
                (rule, verdict.fail)
            });
            Some((later.dirty, fails.collect::<Vec<_>>()))
        };
        assert_eq!(at(0, 0, 6), Some((bits("100011"), vec![(3, bits("001001"))])));
        assert_eq!(at(0, 2, 2), Some((bits("00"), vec![(3, bits("10"))])));
        assert_eq!(at(0, 3, 2), Some((bits("01"), vec![])));
        assert_eq!(at(2, 0, 2), Some((bits("11"), vec![])));
        assert_eq!(at(0, 4, 3), None, "a row more than were seen");
        assert_eq!(at(1, 0, 1), None);
        assert_eq!(at(2, 1, 2), None);
    }
}
