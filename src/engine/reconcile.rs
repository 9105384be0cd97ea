//! Judges the keys of a table against the mirror of a table of reference.

use std::sync::atomic::{AtomicU64, Ordering};

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::elsewhere::not_whole;
use super::keys::{self, KeyVerdicts};
use super::ledger::{Ledger, Page};
use super::mirror::{InScope, Mirror, Said, digest_at};
use super::plan::OurColumn;
use crate::base::Text;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::rule::{Counterpart, LookUp, Sought};
use crate::say;
use crate::state::Tally;

/// The keys of our table that a rule is about.
#[derive(Clone, Copy)]
pub struct Ours<'o> {
    pub ledger: &'o Ledger,
    pub key: usize,
    /// Of the key's columns.
    pub types: &'o [ColumnType],
    /// The rule among those that judge when all rows were seen.
    pub order: usize,
    /// Not all rows of the table were read.
    pub in_part: bool,
}

/// What became of a rule.
pub struct Judged {
    pub verdicts: KeyVerdicts,
    /// Of a rule that judges keys of theirs instead of rows of ours.
    pub tally: Option<Tally>,
}

/// Judges by what was found out of the reference.
///
/// # Errors
/// What keeps both from being compared.
pub fn judge(
    ours: Ours<'_>,
    column: Option<OurColumn>,
    look_up: &LookUp,
    mirror: &Mirror,
) -> Result<Judged, Text> {
    comparable(ours.types, mirror, &look_up.with)?;
    let of_rows = |verdicts| Judged { verdicts, tally: None };
    match (&look_up.sought, column) {
        (Sought::Keys, _) => Ok(of_rows(link(ours, mirror))),
        (Sought::Values { column: name, likeness }, Some(column)) => {
            let theirs = mirror.column(name, *likeness)?;
            if !likeness.compares(column.ty, theirs.ty) {
                let (own, other) = (column.ty.id(), theirs.ty.id());
                let table = named(&look_up.with);
                return Err(say!(
                    "the values are `{own}` here and `{other}` in `{table}.{name}`, which are spelt differently; declare both columns with one \
                     `type`, or say how they are compared: `compare: code`, `partial_date`, `name`",
                    "giá trị ở đây là `{own}`, còn ở `{table}.{name}` là `{other}`, hai kiểu viết khác nhau; hãy khai báo cùng một `type` cho cả hai \
                     cột, hoặc nêu cách so: `compare: code`, `partial_date`, `name`"
                ));
            }
            let both = |a, b| likeness.together(a, b).is_some();
            let said = |at| theirs.said(at);
            Ok(of_rows(values(ours, mirror, column.memory, &said, &both)))
        }
        // A rule that compares names what it compares; nothing is known if it did not.
        (Sought::Values { .. }, None) => Err(not_whole()),
        (Sought::Covered { in_scope }, _) => {
            let scope = in_scope.as_ref().map(|scope| mirror.scope(scope.value.text())).transpose()?;
            let holds = |at| scope.map_or(InScope::Yes, |scope| scope.holds(at));
            let tally = coverage(ours, mirror, &holds);
            let mut figures = vec![("without_key", mirror.without_key)];
            figures.extend(scope.map(|scope| ("scope_unknown", scope.undecided)));
            Ok(Judged { verdicts: KeyVerdicts { pages: no_rows(ours.ledger), figures }, tally: Some(tally) })
        }
    }
}

/// Whether a rule is about keys of theirs, so that it has nothing to say of rows of ours.
pub fn is_of_theirs(look_up: &LookUp) -> bool {
    matches!(look_up.sought, Sought::Covered { .. })
}

/// No row of ours is judged.
pub fn no_rows(ledger: &Ledger) -> Vec<RowVerdict> {
    let none = |page: &Page| BooleanBuffer::new_unset(page.rows);
    ledger.pages.iter().map(|page| RowVerdict::new(none(page), none(page))).collect()
}

/// The table of reference as people are told of it.
pub fn named(with: &Counterpart) -> String {
    match &with.database {
        Some(database) => format!("{database}.{}", with.table),
        None => with.table.clone(),
    }
}

/// What a failing row is told of.
pub fn explained(look_up: &LookUp) -> Option<Text> {
    let table = named(&look_up.with);
    match &look_up.sought {
        Sought::Keys => Some(say!("`{table}` has no such key", "`{table}` không có khóa này")),
        Sought::Values { column, .. } => Some(say!(
            "`{table}` says otherwise in `{column}`; either side may be wrong",
            "`{table}` ghi khác ở `{column}`; có thể sai ở một trong hai bên"
        )),
        Sought::Covered { .. } => None,
    }
}

/// Keys of types that are spelt differently would never meet, and nobody would be told.
fn comparable(types: &[ColumnType], mirror: &Mirror, with: &Counterpart) -> Result<(), Text> {
    let differ = types.iter().zip(&mirror.types).position(|(ours, theirs)| !ours.is_spelt_as(*theirs));
    let Some(at) = differ else { return Ok(()) };
    let (ours, theirs) = (types[at].id(), mirror.types[at].id());
    let (table, column) = (named(with), &with.key[at].column);
    Err(say!(
        "the keys are `{ours}` here and `{theirs}` in `{table}.{column}`, so that `007` and `7` would never meet; declare both columns with one \
         `type`, or write to how many digits both are filled up: `{{ column: {column}, pad: 12 }}`",
        "khóa ở đây là `{ours}`, còn ở `{table}.{column}` là `{theirs}`, nên `007` và `7` không bao giờ khớp; hãy khai báo cùng một `type` cho cả \
         hai cột, hoặc nêu số chữ số để thêm số 0 ở cả hai bên: `{{ column: {column}, pad: 12 }}`"
    ))
}

fn link(ours: Ours<'_>, mirror: &Mirror) -> KeyVerdicts {
    let page = |page: &Page| {
        let (applicable, unknown) = rows(page, ours);
        let sound = minus(&applicable, &unknown);
        let missing = BooleanBuffer::collect_bool(page.rows, |row| {
            sound.value(row) && mirror.find(digest_at(page, ours.key, row)).is_none()
        });
        // A row that cannot be trusted may be the one that is missing.
        if mirror.unknown > 0 {
            let none = BooleanBuffer::new_unset(page.rows);
            return RowVerdict::new(applicable, none).with_unknown(Some(&unknown | &missing));
        }
        RowVerdict::new(applicable, missing).with_unknown(Some(unknown))
    };
    KeyVerdicts { pages: ours.ledger.pages.par_iter().map(page).collect(), figures: Vec::new() }
}

/// What is said of one row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Na,
    Pass,
    Fail,
    Unknown,
}

fn values(
    ours: Ours<'_>,
    mirror: &Mirror,
    memory: usize,
    said: &(dyn Fn(usize) -> Said + Sync),
    both: &(dyn Fn(i128, i128) -> bool + Sync),
) -> KeyVerdicts {
    let [matched, not_found, ambiguous] = [(); 3].map(|()| AtomicU64::new(0));
    let page = |page: &Page| {
        let (applicable, unknown) = rows(page, ours);
        let sound = minus(&applicable, &unknown);
        let mut counts = [0; 3];
        let mut marks = vec![Row::Na; page.rows];
        for row in sound.set_indices() {
            let Some(at) = mirror.find(digest_at(page, ours.key, row)) else {
                counts[1] += 1;
                marks[row] = if mirror.unknown > 0 { Row::Unknown } else { Row::Na };
                continue;
            };
            counts[0] += 1;
            marks[row] = match (page.memories[memory].get(row), said(at)) {
                (Cell::Absent, _) | (_, Said::Nothing) => Row::Na,
                (_, Said::Ambiguous) => {
                    counts[2] += 1;
                    Row::Unknown
                }
                (_, Said::Unreadable) => Row::Unknown,
                (Cell::Unreadable, Said::Value(_)) => Row::Fail,
                (Cell::Value(own), Said::Value(theirs)) if both(own, theirs) => Row::Pass,
                (Cell::Value(_), Said::Value(_)) => Row::Fail,
            };
        }
        for (sum, count) in [&matched, &not_found, &ambiguous].into_iter().zip(counts) {
            sum.fetch_add(count, Ordering::Relaxed);
        }
        let is = |wanted: Row| BooleanBuffer::collect_bool(page.rows, |row| marks[row] == wanted);
        let unknown = &unknown | &is(Row::Unknown);
        let judged = &(&is(Row::Pass) | &is(Row::Fail)) | &unknown;
        RowVerdict::new(judged, is(Row::Fail)).with_unknown(Some(unknown))
    };
    let pages = ours.ledger.pages.par_iter().map(page).collect();
    let counts = [("matched", matched), ("not_found", not_found), ("ambiguous", ambiguous)];
    let figures = counts.map(|(name, count)| (name, count.into_inner()));
    KeyVerdicts { pages, figures: figures.to_vec() }
}

/// Of their keys in scope, those that we have.
fn coverage(ours: Ours<'_>, mirror: &Mirror, in_scope: &dyn Fn(usize) -> InScope) -> Tally {
    let had: Vec<AtomicU64> = (0..mirror.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
    let untrusted = ours.ledger.pages.par_iter().map(|page| {
        let (applicable, unknown) = rows(page, ours);
        for row in minus(&applicable, &unknown).set_indices() {
            if let Some(at) = mirror.find(digest_at(page, ours.key, row)) {
                had[at / 64].fetch_or(1 << (at % 64), Ordering::Relaxed);
            }
        }
        unknown.count_set_bits()
    });
    let in_part = untrusted.sum::<usize>() > 0 || ours.in_part;
    let mut tally = Tally::new(0, 0, 0, mirror.unknown);
    for at in 0..mirror.len() {
        let has = had[at / 64].load(Ordering::Relaxed) >> (at % 64) & 1 == 1;
        match (in_scope(at), has) {
            (InScope::No, _) => tally.na += 1,
            (InScope::Unknown, _) => tally.unknown += 1,
            (InScope::Yes, true) => tally.pass += 1,
            (InScope::Yes, false) if in_part => tally.unknown += 1,
            (InScope::Yes, false) => tally.fail += 1,
        }
    }
    tally
}

/// Rows of the population that have a key or are unknown, and the unknown ones.
fn rows(page: &Page, ours: Ours<'_>) -> (BooleanBuffer, BooleanBuffer) {
    keys::applicable(&page.keys[ours.key].has_key, &page.populations[ours.order])
}
