//! What is asked of the rows of another table, part by part of their keys' hash, in as many rounds as memory asks for.

use std::sync::atomic::{AtomicU64, Ordering};

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::budget::Budget;
use super::keys::{self, KeyVerdicts};
use super::ledger::{Ledger, Page};
use super::listed::{Day, Days, Listed, Periods};
use super::parts::{Bits, Gathered, Round, Selection};
use super::plan::DayColumn;
use super::reconcile::{self, Judged};
use super::spill::Key;
use crate::base::Text;
use crate::kernel::key::PARTLY_ABSENT;
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::rule::{Asked, Question};
use crate::say;
use crate::state::Tally;

/// The rows of our table that a rule is about, by their keys.
#[derive(Clone, Copy)]
pub struct OurRows<'o> {
    pub ledger: &'o Ledger,
    pub key: usize,
    /// Of the key's columns.
    pub types: &'o [ColumnType],
    /// The rule among those that judge when all rows were seen.
    pub order: usize,
    /// Not all rows of the table were read.
    pub in_part: bool,
}

/// Answers from the rows that were listed. `at` is the column of ours with the day on which theirs must hold.
///
/// # Errors
/// What keeps both from being compared, or keys that are not all there any more.
pub fn judge(
    ours: OurRows<'_>,
    at: Option<DayColumn>,
    asked: &Asked,
    listed: &Listed,
    budget: &Budget<'_>,
) -> Result<Judged, Text> {
    listed.comparable(ours.types, &asked.listing)?;
    let rows = Selection::of(ours.ledger, ours.key, &[], |page| {
        let (applicable, unknown) = applicable(page, ours);
        minus(&applicable, &unknown)
    })?;
    if rows.is_packed() && listed.rows.is_packed() {
        answer::<u64>(ours, &rows, at, asked, listed, budget)
    } else {
        answer::<u128>(ours, &rows, at, asked, listed, budget)
    }
}

fn answer<K: Key>(
    ours: OurRows<'_>,
    rows: &Selection,
    at: Option<DayColumn>,
    asked: &Asked,
    listed: &Listed,
    budget: &Budget<'_>,
) -> Result<Judged, Text> {
    let marks = match asked.question {
        Question::Covered => return covered::<K>(ours, rows, listed, budget),
        Question::Exists => counted::<K>(rows, listed, budget, |key, count| match count {
            _ if is_partly_absent(key) => Some(Said::Fails(1)),
            0 if listed.unknown > 0 => Some(Said::Unknown),
            0 => Some(Said::Fails(0)),
            _ => None,
        }),
        Question::Count { at_least, at_most } => counted::<K>(rows, listed, budget, |_, count| {
            let most = count.saturating_add(listed.unknown);
            if most < at_least {
                Some(Said::Fails(0))
            } else if count > at_most {
                Some(Said::Fails(1))
            } else if count < at_least || most > at_most {
                Some(Said::Unknown)
            } else {
                None
            }
        }),
        Question::Holds => holding::<K>(ours, rows, at, listed, budget),
    }?;
    Ok(Judged::of_rows(verdicts(ours, &asked.question, marks, listed)))
}

/// What is said of a row that does not pass.
#[derive(Clone, Copy)]
enum Said {
    /// For the reason at this place among the question's.
    Fails(usize),
    Unknown,
    Na,
}

/// The names of the reasons for which rows fail.
const fn reasons(question: &Question) -> &'static [&'static str] {
    match question {
        Question::Count { .. } => &["too_few", "too_many"],
        Question::Holds => &["no_such_key", "not_in_force", "partly_absent"],
        Question::Exists => &["no_such_key", "partly_absent"],
        Question::Covered => &[],
    }
}

/// What is said of the rows of a page.
struct Marks {
    /// By reason.
    fails: [Bits; 3],
    unknown: Bits,
    na: Bits,
}

impl Marks {
    fn of(rows: &Selection) -> Vec<Self> {
        let marks = |rows| Self {
            fails: [(); 3].map(|()| Bits::new(rows)),
            unknown: Bits::new(rows),
            na: Bits::new(rows),
        };
        rows.pages.iter().map(|page| marks(page.rows.len())).collect()
    }

    fn set(&self, row: usize, said: Said) {
        match said {
            Said::Fails(reason) => self.fails[reason].set(row),
            Said::Unknown => self.unknown.set(row),
            Said::Na => self.na.set(row),
        }
    }
}

fn verdicts(ours: OurRows<'_>, question: &Question, marks: Vec<Marks>, listed: &Listed) -> KeyVerdicts {
    let verdict = |(page, marks): (&Page, Marks)| {
        let (applicable, unknown) = applicable(page, ours);
        let Marks { fails, unknown: doubtful, na } = marks;
        let fails = fails.map(|bits| bits.into_buffer(page.rows));
        let applicable = minus(&applicable, &na.into_buffer(page.rows));
        let unknown = &unknown | &doubtful.into_buffer(page.rows);
        let fail = &(&fails[0] | &fails[1]) | &fails[2];
        let mut verdict = RowVerdict::new(applicable, fail).with_unknown(Some(unknown));
        verdict.reasons = reasons(question).iter().copied().zip(fails).collect();
        verdict
    };
    let pages = ours.ledger.pages.par_iter().zip(marks).map(verdict).collect();
    KeyVerdicts { pages, figures: listed.figures() }
}

/// Lets `say` judge each row by how many of theirs have its key.
fn counted<K: Key>(
    rows: &Selection,
    listed: &Listed,
    budget: &Budget<'_>,
    say: impl Fn(K, u64) -> Option<Said> + Sync,
) -> Result<Vec<Marks>, Text> {
    let marks = Marks::of(rows);
    // A key and its count, in tables that grow by doubling, twice: once on its way.
    let bytes = listed.rows.most() * 4 * (K::BYTES as u64 + 8);
    for round in Round::all(bytes, budget.for_judging()) {
        let add = |count: &mut u64, _, _| *count += 1;
        let counts: Vec<HashMap<K, u64>> = listed.rows.folded(round, add, |a, b| *a += b)?;
        let first = round.parts().start;
        rows.each(round, |key: K, page, row| {
            let count = counts[key.part() - first].get(&key).copied().unwrap_or_default();
            if let Some(said) = say(key, count) {
                marks[page].set(row, said);
            }
        })?;
    }
    Ok(marks)
}

/// Only a row that was asked for its parts has such a key.
fn is_partly_absent<K: Key>(key: K) -> bool {
    key.as_wide() == PARTLY_ABSENT
}

/// Judges each row by whether one of theirs with its key holds on its day.
fn holding<K: Key>(
    ours: OurRows<'_>,
    rows: &Selection,
    at: Option<DayColumn>,
    listed: &Listed,
    budget: &Budget<'_>,
) -> Result<Vec<Marks>, Text> {
    let marks = Marks::of(rows);
    // As of counts, with days in vectors of their own.
    let bytes = listed.rows.most() * 4 * (K::BYTES as u64 + 40);
    for round in Round::all(bytes, budget.for_judging()) {
        let add = |days: &mut Vec<Days>, page, row| days.push(listed.days_at(page, row));
        let held: Vec<HashMap<K, Vec<Days>>> = listed.rows.folded(round, add, |a, b| a.extend(b))?;
        let periods = |days: HashMap<K, Vec<Days>>| -> HashMap<K, Periods> {
            days.into_iter().map(|(key, days)| (key, Periods::of(days))).collect()
        };
        let held: Vec<HashMap<K, Periods>> = held.into_par_iter().map(periods).collect();
        let first = round.parts().start;
        rows.each(round, |key: K, page, row| {
            let known = held[key.part() - first].get(&key);
            let day = at.map_or(Day::Absent, |at| Day::of(&ours.ledger.pages[page], at, row));
            let said = match day {
                _ if is_partly_absent(key) => Some(Said::Fails(2)),
                Day::Absent => Some(Said::Na),
                Day::Unreadable => Some(Said::Unknown),
                Day::On(day) if known.is_some_and(|known| known.hold(day)) => None,
                Day::On(_) if listed.unknown > 0 || known.is_some_and(|known| known.unreadable) => {
                    Some(Said::Unknown)
                }
                Day::On(_) => Some(Said::Fails(usize::from(known.is_some()))),
            };
            if let Some(said) = said {
                marks[page].set(row, said);
            }
        })?;
    }
    Ok(marks)
}

/// Of their keys, each once, those that we have.
fn covered<K: Key>(
    ours: OurRows<'_>,
    rows: &Selection,
    listed: &Listed,
    budget: &Budget<'_>,
) -> Result<Judged, Text> {
    let untrusted = |page: &Page| applicable(page, ours).1.count_set_bits();
    // Who is missing may be in a row that nobody could read.
    let in_part = ours.in_part || ours.ledger.pages.iter().any(|page| untrusted(page) > 0);
    let (all, had) = (AtomicU64::new(0), AtomicU64::new(0));
    let bytes = (listed.rows.most() + rows.most()) * 4 * K::BYTES as u64;
    for round in Round::all(bytes, budget.for_judging()) {
        let theirs = listed.rows.gather::<K>(round)?.into_par_iter().map(Gathered::into_set);
        let own = rows.gather::<K>(round)?.into_par_iter().map(Gathered::into_set);
        theirs.zip(own).for_each(|(theirs, own)| {
            all.fetch_add(theirs.len() as u64, Ordering::Relaxed);
            had.fetch_add(theirs.intersection(&own).count() as u64, Ordering::Relaxed);
        });
    }
    let (all, had) = (all.into_inner(), had.into_inner());
    let missing = all - had;
    let (fail, unknown) = if in_part { (0, missing) } else { (missing, 0) };
    let mut figures = vec![("missing", fail)];
    figures.extend(listed.figures());
    Ok(Judged {
        verdicts: KeyVerdicts { pages: reconcile::no_rows(ours.ledger), figures },
        tally: Some(Tally::new(had, fail, 0, unknown + listed.unknown)),
        missing: None,
    })
}

/// Rows of the population that have a key or are unknown, and the unknown ones.
fn applicable(page: &Page, ours: OurRows<'_>) -> (BooleanBuffer, BooleanBuffer) {
    keys::applicable(&page.keys[ours.key].has_key, &page.populations[ours.order])
}

/// What a failing row is told of.
pub fn explained(asked: &Asked) -> Option<Text> {
    let table = asked.listing.table_name();
    match asked.question {
        Question::Exists => Some(say!("`{table}` has no such key", "`{table}` không có khóa này")),
        Question::Holds => Some(say!(
            "`{table}` has no such key in force on that day",
            "`{table}` không có khóa này còn hiệu lực vào ngày đó"
        )),
        Question::Count { .. } => Some(say!(
            "`{table}` has too few or too many rows with this key",
            "`{table}` có quá ít hoặc quá nhiều dòng mang khóa này"
        )),
        Question::Covered => None,
    }
}
