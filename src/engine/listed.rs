//! The rows of another table by their keys, for rules that count them, go by their days, or expect their keys of us.

use super::ledger::{Ledger, Page};
use super::parts::Selection;
use super::plan::DayColumn;
use super::scan::TableState;
use crate::base::Text;
use crate::kernel::ColumnType;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::rule::Listing;
use crate::say;

/// What is to be listed, as places in the plan by which the table is scanned.
pub struct ListingPlan {
    pub key: usize,
    /// The population of rows in scope.
    pub rows: usize,
    /// Whether a condition says which those are.
    pub chosen: bool,
    pub types: Vec<ColumnType>,
    /// First and last days, where rows have them.
    pub days: [Option<DayColumn>; 2],
}

/// Rows of a table that was read whole.
pub struct Listed {
    /// Those that have a key; in memory or on disk, to be gathered round by round.
    pub rows: Selection,
    /// Of the key's columns.
    types: Vec<ColumnType>,
    /// Rows of which nobody knows the key, or whether they are in scope.
    pub unknown: u64,
    without_key: u64,
    /// Rows on which the condition is neither true nor false; they are out of scope.
    scope_unknown: Option<u64>,
    /// By page; empty where rows hold always.
    days: Vec<Vec<Days>>,
}

impl Listed {
    /// # Errors
    /// Some keys are neither in memory nor on disk.
    pub fn of(plan: &ListingPlan, ledger: &Ledger, state: &TableState) -> Result<Self, Text> {
        let rows = Selection::of(ledger, plan.key, &[], |page| {
            let (rows, unknown) =
                super::keys::applicable(&page.keys[plan.key].has_key, &page.populations[plan.rows]);
            minus(&rows, &unknown)
        })?;
        let (mut unknown, mut without_key) = (0, 0);
        for page in &ledger.pages {
            let population = &page.populations[plan.rows];
            let in_doubt = population.unknown.as_ref().map_or(0, |rows| rows.count_set_bits());
            let mut keyless = !&page.keys[plan.key].has_key;
            if let Some(rows) = &population.rows {
                keyless = &keyless & rows;
            }
            if let Some(rows) = &population.unknown {
                keyless = minus(&keyless, rows);
            }
            unknown += in_doubt as u64;
            without_key += keyless.count_set_bits() as u64;
        }
        let days = |page: &Page| (0..page.rows).map(|row| Days::of(page, plan.days, row)).collect();
        let dated = plan.days.iter().any(Option::is_some);
        Ok(Self {
            rows,
            types: plan.types.clone(),
            unknown,
            without_key,
            scope_unknown: plan.chosen.then(|| state.rules[plan.rows].when_unknown),
            days: if dated { ledger.pages.iter().map(days).collect() } else { Vec::new() },
        })
    }

    /// Keys of types that are spelt differently would never meet, and nobody would be told.
    pub fn comparable(&self, types: &[ColumnType], listing: &Listing) -> Result<(), Text> {
        let differ = types.iter().zip(&self.types).position(|(ours, theirs)| !ours.is_spelt_as(*theirs));
        let Some(at) = differ else { return Ok(()) };
        let (ours, theirs) = (types[at].id(), self.types[at].id());
        let (table, column) = (listing.table_name(), &listing.columns[at]);
        Err(say!(
            "the keys are `{ours}` here and `{theirs}` in `{table}.{column}`, so that `007` and `7` would never meet; declare both columns with \
             one `type`",
            "khóa ở đây là `{ours}`, còn ở `{table}.{column}` là `{theirs}`, nên `007` và `7` không bao giờ khớp; hãy khai báo cùng một `type` \
             cho cả hai cột"
        ))
    }

    pub fn days_at(&self, page: usize, row: usize) -> Days {
        self.days.get(page).and_then(|days| days.get(row)).copied().unwrap_or(Days::ALWAYS)
    }

    /// What is to be known of the rows that were listed.
    pub fn figures(&self) -> Vec<(&'static str, u64)> {
        let mut figures = vec![("without_key", self.without_key)];
        figures.extend(self.scope_unknown.map(|rows| ("scope_unknown", rows)));
        if !self.days.is_empty() {
            let reversed = self.days.iter().flatten().filter(|days| days.are_reversed()).count();
            figures.push(("never_in_force", reversed as u64));
        }
        figures
    }
}

/// The first and the last day on which a row holds; the least and the greatest number are open ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    from: i32,
    to: i32,
}

impl Days {
    const ALWAYS: Self = Self { from: i32::MIN, to: i32::MAX };
    /// One of the days cannot be read.
    const UNREADABLE: Self = Self { from: i32::MAX, to: i32::MIN };

    fn of(page: &Page, columns: [Option<DayColumn>; 2], row: usize) -> Self {
        let day = |column: Option<DayColumn>, open| match column.map(|column| Day::of(page, column, row)) {
            None | Some(Day::Absent) => Some(open),
            Some(Day::On(day)) => Some(day),
            Some(Day::Unreadable) => None,
        };
        match (day(columns[0], i32::MIN), day(columns[1], i32::MAX)) {
            (Some(from), Some(to)) => Self { from, to },
            _ => Self::UNREADABLE,
        }
    }

    fn are_unreadable(self) -> bool {
        self == Self::UNREADABLE
    }

    /// It ends before it begins: the row never holds.
    fn are_reversed(self) -> bool {
        self.from > self.to && !self.are_unreadable()
    }
}

/// The days on which some row of one key holds.
pub struct Periods {
    /// Apart from each other, in order.
    periods: Vec<Days>,
    /// Of one row they cannot be read.
    pub unreadable: bool,
}

impl Periods {
    /// Of one row or more.
    pub fn of(mut rows: Vec<Days>) -> Self {
        let unreadable = rows.iter().any(|days| days.are_unreadable());
        rows.retain(|days| days.from <= days.to);
        rows.sort_unstable_by_key(|days| (days.from, days.to));
        let mut periods: Vec<Days> = Vec::with_capacity(1);
        for days in rows {
            match periods.last_mut() {
                Some(last) if days.from <= last.to => last.to = last.to.max(days.to),
                _ => periods.push(days),
            }
        }
        Self { periods, unreadable }
    }

    pub fn hold(&self, day: i32) -> bool {
        let after = self.periods.partition_point(|days| days.from <= day);
        after.checked_sub(1).is_some_and(|at| day <= self.periods[at].to)
    }
}

/// The day that a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    On(i32),
    Absent,
    Unreadable,
}

impl Day {
    pub fn of(page: &Page, DayColumn { memory, ty }: DayColumn, row: usize) -> Self {
        const DAY_MICROS: i128 = 86_400_000_000;
        match page.memories[memory].get(row) {
            Cell::Absent => Self::Absent,
            Cell::Unreadable => Self::Unreadable,
            Cell::Value(ticks) => {
                let day = if ty == ColumnType::Timestamp { ticks.div_euclid(DAY_MICROS) } else { ticks };
                i32::try_from(day).map_or(Self::Unreadable, Self::On)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn periods_hold_as_their_rows_do(rows in prop::collection::vec((-9..9, -9..9), 1..12)) {
            let rows: Vec<Days> = rows.into_iter().map(|(from, to)| Days { from, to }).collect();
            let periods = Periods::of(rows.clone());
            for day in -10..10 {
                let any = rows.iter().any(|days| (days.from..=days.to).contains(&day));
                prop_assert_eq!(periods.hold(day), any);
            }
            let open = Periods::of(vec![Days::UNREADABLE, Days::ALWAYS]);
            prop_assert!(open.unreadable && open.hold(i32::MAX) && open.hold(i32::MIN));
        }
    }
}
