//! Judges the keys of a table against the mirror of a table of reference.

mod search;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use indexmap::IndexMap;

use self::search::{Batch, Search, Sums};
use super::budget::Budget;
use super::elsewhere::not_whole;
use super::keys::{self, KeyVerdicts};
use super::ledger::{Ledger, Page};
use super::mirror::{InScope, Mirror, MirrorColumn, MirrorScope, Parts, Said, Spot};
use super::missing::MissingRows;
use super::parts::{Bits, Selection};
use super::plan::{OurColumn, TablePlan, Work};
use crate::base::Text;
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::rule::{Counterpart, LookUp, Sought};
use crate::say;
use crate::state::Tally;

/// Where a rule stands among those of its table that judge when all rows were seen.
#[derive(Clone, Copy)]
pub struct Ordered {
    pub rule: usize,
    pub order: usize,
}

/// Our side.
#[derive(Clone, Copy)]
pub struct Ours<'o> {
    pub ledger: &'o Ledger,
    pub plan: &'o TablePlan,
    /// Not all rows of the table were read.
    pub in_part: bool,
}

/// What became of a rule.
pub struct Judged {
    pub verdicts: KeyVerdicts,
    /// Of a rule that judges keys of theirs instead of rows of ours.
    pub tally: Option<Tally>,
    /// Rows of theirs whose keys were not found, if they are to be named.
    pub missing: Option<MissingRows>,
}

impl Judged {
    pub const fn of_rows(verdicts: KeyVerdicts) -> Self {
        Self { verdicts, tally: None, missing: None }
    }
}

/// What became of the rules of a table, by their positions, for those that look into tables of reference.
///
/// Rules that look into the same mirror by the same key are judged together: each row is looked up once.
pub fn judge_all(
    ours: Ours<'_>,
    mirror: &dyn Fn(&Counterpart) -> Result<Arc<Mirror>, Text>,
    budget: &Budget<'_>,
) -> BTreeMap<usize, Result<Judged, Text>> {
    let mut groups: IndexMap<(usize, &Counterpart), Vec<Ordered>> = IndexMap::new();
    let later = ours.plan.rules.iter().enumerate().filter(|(_, rule)| rule.work.is_later());
    for (order, (rule, plan)) in later.enumerate() {
        if let Work::Reconciled { key, look_up, .. } = &plan.work {
            groups.entry((*key, &look_up.with)).or_default().push(Ordered { rule, order });
        }
    }
    let mut all = BTreeMap::new();
    for ((key, with), rules) in groups {
        let mirror = mirror(with).and_then(|mirror| {
            comparable(&ours.plan.keys[key].types, &mirror, with)?;
            Ok(mirror)
        });
        let asked: Vec<_> = rules
            .iter()
            .map(|rule| {
                mirror.as_ref().map_err(Clone::clone).and_then(|mirror| Asked::of(*rule, ours, mirror))
            })
            .collect();
        let judged = match &mirror {
            Ok(mirror) => judge(ours, key, asked.iter().flatten().collect(), mirror, budget),
            Err(why) => Err(why.clone()),
        };
        let mut judged = judged.map(Vec::into_iter);
        for (rule, asked) in rules.iter().zip(asked) {
            let one = match (asked, &mut judged) {
                (Ok(_), Ok(judged)) => judged.next().ok_or_else(not_whole),
                (Err(why), _) => Err(why),
                (Ok(_), Err(why)) => Err(why.clone()),
            };
            all.insert(rule.rule, one);
        }
    }
    all
}

/// What a rule asks of a mirror.
struct Asked {
    order: usize,
    what: What,
}

enum What {
    Link,
    Value { cell: usize, column: MirrorColumn, likeness: Likeness },
    Coverage { scope: Option<MirrorScope> },
}

impl Asked {
    fn of(Ordered { rule, order }: Ordered, ours: Ours<'_>, mirror: &Mirror) -> Result<Self, Text> {
        // Whoever compares names what is compared; nothing is known if not.
        let Work::Reconciled { column, look_up, .. } = &ours.plan.rules[rule].work else {
            return Err(not_whole());
        };
        let what = match (&look_up.sought, column) {
            (Sought::Keys, _) => What::Link,
            (Sought::Values { column: name, likeness }, Some(column)) => {
                let theirs = mirror.column(name, *likeness)?;
                if !likeness.compares(column.ty, theirs.ty) {
                    return Err(told_apart(*column, theirs, &look_up.with, name));
                }
                What::Value { cell: column.cell, column: theirs, likeness: *likeness }
            }
            (Sought::Values { .. }, None) => return Err(not_whole()),
            (Sought::Covered { in_scope }, _) => {
                let scope = in_scope.as_ref().map(|scope| mirror.scope(scope.value.text()));
                What::Coverage { scope: scope.transpose()?.or(mirror.chosen()) }
            }
        };
        Ok(Self { order, what })
    }
}

fn told_apart(ours: OurColumn, theirs: MirrorColumn, with: &Counterpart, name: &str) -> Text {
    let (own, other, table) = (ours.ty.id(), theirs.ty.id(), with.name());
    say!(
        "the values are `{own}` here and `{other}` in `{table}.{name}`, which are spelt differently; declare both columns with one `type`, or say how \
         they are compared: `compare: code`, `partial_date`, `name`",
        "giá trị ở đây là `{own}`, còn ở `{table}.{name}` là `{other}`, hai kiểu viết khác nhau; hãy khai báo cùng một `type` cho cả hai cột, hoặc nêu \
         cách so: `compare: code`, `partial_date`, `name`"
    )
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

/// What a failing row is told of.
pub fn explained(look_up: &LookUp) -> Option<Text> {
    let table = look_up.with.name();
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
    let (table, column) = (with.name(), &with.key[at].column);
    Err(say!(
        "the keys are `{ours}` here and `{theirs}` in `{table}.{column}`, so that `007` and `7` would never meet; declare both columns with one \
         `type`, or write to how many digits both are filled up: `{{ column: {column}, pad: 12 }}`",
        "khóa ở đây là `{ours}`, còn ở `{table}.{column}` là `{theirs}`, nên `007` và `7` không bao giờ khớp; hãy khai báo cùng một `type` cho cả \
         hai cột, hoặc nêu số chữ số để thêm số 0 ở cả hai bên: `{{ column: {column}, pad: 12 }}`"
    ))
}

/// Looks every row up, round by round, for all rules at once.
fn judge(
    ours: Ours<'_>,
    key: usize,
    asked: Vec<&Asked>,
    mirror: &Mirror,
    budget: &Budget<'_>,
) -> Result<Vec<Judged>, Text> {
    let findings: Vec<Finding<'_>> =
        asked.into_iter().map(|asked| Finding::new(asked, key, ours, mirror)).collect();
    // What some rule is about.
    let rows = |page: &Page| {
        let of = |finding: &Finding<'_>| keys::judged(page, key, finding.asked.order).0;
        let rows = findings.iter().map(of).reduce(|all, rows| &all | &rows);
        rows.unwrap_or_else(|| BooleanBuffer::new_unset(page.rows))
    };
    let rows = Selection::of(ours.ledger, key, &ours.plan.carried[key], rows)?;
    let mut search = Search::new(rows, mirror, findings);
    for round in mirror.rounds(budget) {
        search.round(round)?;
    }
    Ok(search.findings().map(|finding| finding.judged(ours, mirror)).collect())
}

/// What is found out for a rule, bit by bit.
struct Finding<'f> {
    asked: &'f Asked,
    applicable: Vec<BooleanBuffer>,
    unknown: Vec<BooleanBuffer>,
    /// Rows that are looked up: page by page those that apply and can be trusted.
    sound: Vec<BooleanBuffer>,
    /// Whether those are all rows that are looked up for any rule.
    all_sound: bool,
    pass: Vec<Bits>,
    fail: Vec<Bits>,
    /// A row of theirs that cannot be trusted may have the key that is missing.
    in_doubt: bool,
    dark: Vec<Bits>,
    counts: Sums,
    /// Of a round, the keys of theirs that we have.
    had: Vec<Bits>,
    /// Of their pages, the rows whose keys we lack, if they are to be named.
    missing: Vec<Bits>,
    tally: Tally,
    /// Rows of ours that cannot be trusted may have keys of theirs.
    in_part: bool,
}

impl<'f> Finding<'f> {
    fn new(asked: &'f Asked, key: usize, ours: Ours<'_>, mirror: &Mirror) -> Self {
        let pages = &ours.ledger.pages;
        let rows: Vec<_> = pages
            .iter()
            .map(|page| keys::applicable(&page.keys[key].has_key, &page.populations[asked.order]))
            .collect();
        let (applicable, unknown): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let sound = applicable.iter().zip(&unknown).map(|(rows, unknown)| minus(rows, unknown)).collect();
        let bits = |wanted: bool| -> Vec<Bits> {
            pages.iter().map(|page| Bits::new(if wanted { page.rows } else { 0 })).collect()
        };
        let [pass, fail, dark] = match asked.what {
            What::Link => [false, true, false],
            What::Value { .. } => [true; 3],
            What::Coverage { .. } => [false; 3],
        }
        .map(bits);
        let in_part = ours.in_part || unknown.iter().any(|rows| rows.count_set_bits() > 0);
        Self {
            asked,
            applicable,
            unknown,
            sound,
            all_sound: false,
            pass,
            fail,
            in_doubt: mirror.unknown > 0,
            dark,
            counts: Sums::default(),
            had: Vec::new(),
            missing: match (&asked.what, &mirror.origin) {
                (What::Coverage { .. }, Some(origin)) => origin.bits(),
                _ => Vec::new(),
            },
            tally: Tally::new(0, 0, 0, mirror.unknown),
            in_part,
        }
    }

    fn start(&mut self, parts: &Parts) {
        if let What::Coverage { .. } = self.asked.what {
            self.had = parts.sizes().into_iter().map(Bits::new).collect();
        }
    }

    fn look<K>(&self, parts: &Parts, batch: &Batch<K>, said: &mut Vec<Said>, counts: &mut [u64; 3]) {
        let sound = |&(_, page, row): &(usize, usize, usize)| self.all_sound || self.sound[page].value(row);
        let rows = batch.rows.iter().enumerate().map(|(at, (page, row))| (at, *page as usize, *row as usize));
        let rows = rows.filter(sound);
        match &self.asked.what {
            What::Link => rows.filter(|(at, ..)| batch.spots[*at].is_none()).for_each(|(_, page, row)| {
                self.fail[page].set(row);
            }),
            What::Coverage { .. } => rows.filter_map(|(at, ..)| batch.spots[at]).for_each(|(part, at)| {
                self.had[part].set(at);
            }),
            What::Value { cell, column, likeness } => {
                // First what has to be waited for, then what is made of it.
                let says = |spot: &Option<Spot>| spot.map_or(Said::Nothing, |spot| parts.said(*column, spot));
                said.clear();
                said.extend(batch.spots.iter().map(says));
                for (at, page, row) in rows {
                    if batch.spots[at].is_none() {
                        counts[1] += 1;
                        if self.in_doubt {
                            self.dark[page].set(row);
                        }
                        continue;
                    }
                    counts[0] += 1;
                    match (Cell::of_stored(batch.cells(at)[*cell]), said[at]) {
                        (Cell::Absent, _) | (_, Said::Nothing) => {}
                        (_, Said::Ambiguous) => {
                            counts[2] += 1;
                            self.dark[page].set(row);
                        }
                        (_, Said::Unreadable) => self.dark[page].set(row),
                        (Cell::Value(own), Said::Value(theirs))
                            if likeness.together(own, theirs).is_some() =>
                        {
                            self.pass[page].set(row);
                        }
                        (Cell::Unreadable | Cell::Value(_), Said::Value(_)) => self.fail[page].set(row),
                    }
                }
            }
        }
    }

    /// Of their keys of the round in scope, those that we have.
    fn finish(&mut self, parts: &Parts) {
        let What::Coverage { scope } = &self.asked.what else { return };
        for (part, (had, size)) in std::mem::take(&mut self.had).into_iter().zip(parts.sizes()).enumerate() {
            let had = had.into_buffer(size);
            for at in 0..size {
                let holds = scope.map_or(InScope::Yes, |scope| parts.in_scope(scope, (part, at)));
                let count = match (holds, had.value(at)) {
                    (InScope::No, _) => &mut self.tally.na,
                    (InScope::Yes, true) => &mut self.tally.pass,
                    (InScope::Yes, false) if !self.in_part => {
                        if let Some((page, row)) = parts.place((part, at)) {
                            self.missing[page as usize].set(row as usize);
                        }
                        &mut self.tally.fail
                    }
                    (InScope::Unknown | InScope::Yes, _) => &mut self.tally.unknown,
                };
                *count += 1;
            }
        }
    }

    fn judged(self, ours: Ours<'_>, mirror: &Mirror) -> Judged {
        let pages = &ours.ledger.pages;
        let sums = self.counts.all();
        let buffers =
            |bits: Vec<Bits>| bits.into_iter().zip(pages).map(|(bits, page)| bits.into_buffer(page.rows));
        match self.asked.what {
            What::Link => {
                let rows = self.applicable.into_iter().zip(self.unknown).zip(buffers(self.fail));
                let pages = rows.map(|((applicable, unknown), missing)| {
                    if self.in_doubt {
                        let none = BooleanBuffer::new_unset(missing.len());
                        return RowVerdict::new(applicable, none).with_unknown(Some(&unknown | &missing));
                    }
                    RowVerdict::new(applicable, missing).with_unknown(Some(unknown))
                });
                Judged::of_rows(KeyVerdicts { pages: pages.collect(), figures: Vec::new() })
            }
            What::Value { .. } => {
                let found = buffers(self.pass).zip(buffers(self.fail)).zip(buffers(self.dark));
                let pages = found.zip(self.unknown).map(|(((pass, fail), dark), unknown)| {
                    let unknown = &unknown | &dark;
                    RowVerdict::new(&(&pass | &fail) | &unknown, fail).with_unknown(Some(unknown))
                });
                let figures = ["matched", "not_found", "ambiguous"].into_iter().zip(sums).collect();
                Judged::of_rows(KeyVerdicts { pages: pages.collect(), figures })
            }
            What::Coverage { scope } => {
                let mut figures = vec![("without_key", mirror.without_key)];
                figures.extend(scope.map(|scope| ("scope_unknown", scope.undecided)));
                let verdicts = KeyVerdicts { pages: no_rows(ours.ledger), figures };
                let missing = mirror.origin.as_ref();
                let missing = missing.map(|origin| MissingRows::new(Arc::clone(origin), self.missing));
                Judged { verdicts, tally: Some(self.tally), missing }
            }
        }
    }
}
