//! A table of a register while it is being made.

use std::collections::BTreeSet;

use crate::engine::rehearsal::Row;
use crate::generate::random::Random;
use crate::kernel::date_format::{format_date, format_timestamp};

use super::TODAY;

/// Columns by name, rows, and which of them were taken away again.
#[derive(Debug)]
pub struct Sheet {
    pub database: &'static str,
    pub table: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
    gone: BTreeSet<usize>,
}

impl Sheet {
    pub const fn new(
        database: &'static str,
        table: &'static str,
        columns: &'static [&'static str],
        rows: Vec<Row>,
    ) -> Self {
        Self { database, table, columns, rows, gone: BTreeSet::new() }
    }

    /// Rows that were ever there.
    pub const fn length(&self) -> usize {
        self.rows.len()
    }

    pub fn is_there(&self, row: usize) -> bool {
        row < self.rows.len() && !self.gone.contains(&row)
    }

    /// A cell's text; empty where there is no value, or no such cell.
    pub fn get(&self, row: usize, column: &str) -> &str {
        let cell = self.rows.get(row).zip(self.place(column)).and_then(|(row, at)| row[at].as_deref());
        cell.unwrap_or_default()
    }

    pub fn set(&mut self, row: usize, column: &str, value: Option<String>) {
        if let Some(at) = self.place(column)
            && let Some(row) = self.rows.get_mut(row)
        {
            row[at] = value;
        }
    }

    pub fn remove(&mut self, row: usize) {
        self.gone.insert(row);
    }

    /// Puts a copy of a row at the end; its place.
    pub fn repeat(&mut self, row: usize) -> usize {
        self.rows.push(self.rows[row].clone());
        self.rows.len() - 1
    }

    /// The first row there with this value in a column.
    pub fn find(&self, column: &str, value: &str) -> Option<usize> {
        (0..self.rows.len()).find(|&row| self.is_there(row) && self.get(row, column) == value)
    }

    /// The number of a row in the file, the first data row being 1.
    pub fn number(&self, row: usize) -> usize {
        row + 1 - self.gone.range(..row).count()
    }

    /// The columns, and the rows that are left.
    pub fn left(self) -> (&'static [&'static str], Vec<Row>) {
        let gone = self.gone;
        let rows = self.rows.into_iter().enumerate();
        (self.columns, rows.filter(|(at, _)| !gone.contains(at)).map(|(_, row)| row).collect())
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| *name == column)
    }
}

pub fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

pub fn date(day: i32) -> Option<String> {
    Some(format_date(day))
}

/// A moment of a day, by the second of the day.
pub fn moment(day: i32, second: u64) -> Option<String> {
    let seconds = i64::from(day) * 86_400 + i64::try_from(second).unwrap_or(0);
    Some(format_timestamp(seconds * 1_000_000))
}

/// When a record was last updated: not before a day, and one in three on the last day, so that every table is fresh.
pub fn updated(since: i32, random: &mut Random) -> Option<String> {
    let yesterday = TODAY - 1;
    let day =
        if random.below(3) == 0 { yesterday } else { between(since.max(TODAY - 120), yesterday, random) };
    moment(day, random.below(86_400))
}

/// A day from one to another, both included.
pub fn between(from: i32, to: i32, random: &mut Random) -> i32 {
    i32::try_from(random.between(from.into(), to.into())).unwrap_or(from)
}

/// So many years in days, and a little more.
pub const fn years(count: i32) -> i32 {
    count * 366
}
