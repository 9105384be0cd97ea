//! What a rule over several rows remembers of each of them: one integer a row.

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};

use super::batch::{Batch, ColumnId};
use super::column::ColumnType;
use super::key::{self, Absent};
use super::likeness::Likeness;
use super::number::{self, Parsed, WHOLE};
use super::seal::SealedColumn;

/// What is remembered of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remember {
    /// A number, date or timestamp as an integer that orders as the values do: 10⁻¹⁸ for numbers, days, microseconds.
    /// Of any other column, whether there is a value.
    Ticks(ColumnId),
    /// What tells the values of some columns apart. Absent parts count as a value of their own.
    Identity(Vec<ColumnId>),
    /// The place of a text among some words; other texts have none and are unreadable.
    Place(ColumnId, Vec<String>),
    /// The same, capital and small letters being the same; the words are in small letters.
    PlaceInAnyCase(ColumnId, Vec<String>),
    /// How a text is written; a text that does not show it is absent.
    Habit(ColumnId, Habit),
    /// A value as it is compared with that of another database.
    Compared(ColumnId, Likeness),
    /// The same for somebody who must not see it.
    Sealed(SealedColumn),
}

impl Remember {
    /// The columns that it is about.
    pub fn columns(&self) -> &[ColumnId] {
        match self {
            Self::Identity(columns) => columns,
            Self::Sealed(sealed) => std::slice::from_ref(&sealed.column),
            Self::Ticks(column)
            | Self::Place(column, _)
            | Self::PlaceInAnyCase(column, _)
            | Self::Habit(column, _)
            | Self::Compared(column, _) => std::slice::from_ref(column),
        }
    }
}

/// A way of writing that a text shows or does not show, as a small integer.
#[derive(Clone, Copy)]
pub struct Habit {
    /// Tells habits apart.
    pub name: &'static str,
    pub of: fn(&str) -> Option<i128>,
}

impl std::fmt::Debug for Habit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Habit {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Habit {}

/// One remembered cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Value(i128),
    Absent,
    /// There is something, but not of the declared type, or wider than any machine integer.
    Unreadable,
}

impl Cell {
    pub const fn of_stored(stored: i128) -> Self {
        match stored {
            ABSENT => Self::Absent,
            UNREADABLE => Self::Unreadable,
            value => Self::Value(value),
        }
    }

    pub const fn stored(self) -> i128 {
        match self {
            Self::Value(value) => value,
            Self::Absent => ABSENT,
            Self::Unreadable => UNREADABLE,
        }
    }
}

/// A column of cells in sixteen bytes each.
#[derive(Clone, Debug, Default)]
pub struct Memory(Vec<i128>);

/// No value of 38 digits and no digest reaches these, nor the next ones.
const ABSENT: i128 = i128::MIN;
const UNREADABLE: i128 = i128::MIN + 1;

impl Memory {
    /// Sixteen bytes a cell, to be kept.
    pub fn cells(&self) -> &[i128] {
        &self.0
    }

    /// What [`Memory::cells`] has given.
    pub fn of_cells(cells: Vec<i128>) -> Self {
        Self(cells)
    }

    pub fn of(batch: &Batch<'_>, what: &Remember) -> Self {
        Self(match what {
            Remember::Ticks(column) => ticks(batch, *column),
            Remember::Identity(columns) => {
                let types: Vec<ColumnType> =
                    columns.iter().map(|&column| batch.column_type(column)).collect();
                // Half of all digests are negative numbers; their order means nothing.
                let digests = key::keys(batch, columns, &types, Absent::Equal).values.into_digests();
                digests.into_iter().map(|digest| (digest >> 1).cast_signed()).collect()
            }
            Remember::Place(column, words) => {
                places(batch, *column, |value| words.iter().position(|word| word == value))
            }
            Remember::PlaceInAnyCase(column, words) => places(batch, *column, |value| {
                let small = value.to_lowercase();
                words.iter().position(|word| *word == small)
            }),
            Remember::Habit(column, habit) => {
                let present = batch.present(*column);
                let shown = batch.canonical(*column).mapped(habit.of);
                let cell = |row| shown(row).flatten().filter(|_| present.value(row)).unwrap_or(ABSENT);
                (0..batch.rows()).map(cell).collect()
            }
            Remember::Compared(column, likeness) => {
                likeness.cells(batch, *column).into_iter().map(Cell::stored).collect()
            }
            Remember::Sealed(column) => column.cells(batch).into_iter().map(Cell::stored).collect(),
        })
    }

    pub fn get(&self, row: usize) -> Cell {
        Cell::of_stored(self.0[row])
    }
}

/// The places of a column's texts; see [`Remember::Place`].
fn places(batch: &Batch<'_>, column: ColumnId, place: impl Fn(&str) -> Option<usize>) -> Vec<i128> {
    let present = batch.present(column);
    let text = batch.canonical(column);
    let place = text.mapped(place);
    let cell = |row| match place(row) {
        _ if !present.value(row) => ABSENT,
        Some(Some(place)) => place as i128,
        _ => UNREADABLE,
    };
    (0..batch.rows()).map(cell).collect()
}

/// The values of a column as integers; see [`Remember::Ticks`].
fn ticks(batch: &Batch<'_>, column: ColumnId) -> Vec<i128> {
    let present = batch.present(column);
    let typed = batch.typed(column);
    let array = typed.array.as_ref();
    let readable = |value: &dyn Fn(usize) -> i128| {
        let cell = |row: usize| match (present.value(row), typed.parsed.value(row)) {
            (true, true) => value(row),
            (true, false) => UNREADABLE,
            (false, _) => ABSENT,
        };
        (0..batch.rows()).map(cell).collect::<Vec<_>>()
    };
    match array.data_type() {
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>().values();
            readable(&|row| i128::from(values[row]) * WHOLE)
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>().values();
            readable(&|row| i128::from(values[row]))
        }
        DataType::Timestamp(..) => {
            let values = array.as_primitive::<TimestampMicrosecondType>().values();
            readable(&|row| i128::from(values[row]))
        }
        DataType::Decimal128(..) => {
            let values = array.as_primitive::<Decimal128Type>().values();
            readable(&|row| values[row])
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            readable(&|row| decimal_of(values[row]).unwrap_or(UNREADABLE))
        }
        _ => readable(&|_| 0),
    }
}

/// A binary fraction as the shortest decimal that names it, cut after 18 places: the same to add in any order. `None`
/// where it has more digits before the point than are kept.
pub fn decimal_of(value: f64) -> Option<i128> {
    match number::decimal(&value.to_string()) {
        Parsed::Value(value) | Parsed::Between(value) => Some(value),
        _ => None,
    }
}

/// Calls `each` with the integer of every chosen row that has a value; gives the number of those that cannot be read.
pub fn for_each_tick(
    batch: &Batch<'_>,
    column: ColumnId,
    rows: &BooleanBuffer,
    mut each: impl FnMut(i128),
) -> u64 {
    let mut unreadable = 0;
    let memory = Memory(ticks(batch, column));
    for row in rows.set_indices() {
        match memory.get(row) {
            Cell::Value(value) => each(value),
            Cell::Unreadable => unreadable += 1,
            Cell::Absent => {}
        }
    }
    unreadable
}
