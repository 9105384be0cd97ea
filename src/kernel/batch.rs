//! Some rows of a table, and every lens through which rules look at them, each computed at most once.

use std::cell::OnceCell;

use arrow::array::{Array, ArrayRef};
use arrow::buffer::BooleanBuffer;

use super::column::{ColumnPlan, ColumnType, States, TextColumn};
use super::text::column::Plain;
use super::typed::{self, Typed};

/// Position of a column in the plan of its table.
pub type ColumnId = usize;

/// Rows of one file. It lives on one thread; what is shared between rules is shared here.
pub struct Batch<'p> {
    plan: &'p [ColumnPlan],
    rows: usize,
    arrays: &'p [ArrayRef],
    lenses: Vec<Lenses>,
}

#[derive(Default)]
struct Lenses {
    text: OnceCell<TextColumn>,
    plain: OnceCell<Plain>,
    states: OnceCell<States>,
    canonical: OnceCell<TextColumn>,
    typed: OnceCell<Typed>,
}

impl<'p> Batch<'p> {
    /// `arrays[plan.source]` must exist for every column of the plan and have a type that rules can read.
    pub fn new(plan: &'p [ColumnPlan], rows: usize, arrays: &'p [ArrayRef]) -> Self {
        let lenses = plan.iter().map(|_| Lenses::default()).collect();
        Self { plan, rows, arrays, lenses }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn all(&self) -> BooleanBuffer {
        BooleanBuffer::new_set(self.rows)
    }

    /// The type that a column is read as.
    pub fn column_type(&self, column: ColumnId) -> ColumnType {
        self.plan[column].ty
    }

    fn array(&self, column: ColumnId) -> &'p ArrayRef {
        &self.arrays[self.plan[column].source]
    }

    /// The column as written.
    pub fn text(&self, column: ColumnId) -> &TextColumn {
        self.lenses[column].text.get_or_init(|| {
            let array = self.array(column);
            // The binder refuses types without a text form; an empty column is the safe answer if one slips by.
            TextColumn::of(array).unwrap_or_else(|| {
                let nulls = arrow::array::new_null_array(&arrow::datatypes::DataType::Utf8View, self.rows);
                TextColumn::of(&nulls).expect("Utf8View is text")
            })
        })
    }

    /// One cell as written, without a text form of the whole column.
    pub fn cell(&self, column: ColumnId, row: usize) -> Option<String> {
        if self.stored_as_text(column) {
            return self.text(column).get(row).map(str::to_owned);
        }
        TextColumn::of(&self.array(column).slice(row, 1))?.get(0).map(str::to_owned)
    }

    /// Which values need no closer look to be called clean and canonical.
    fn plain(&self, column: ColumnId) -> &Plain {
        self.lenses[column].plain.get_or_init(|| self.text(column).plain())
    }

    /// Rows that are `on` and whose raw value is cleanly written.
    pub fn clean(&self, column: ColumnId, on: &BooleanBuffer) -> BooleanBuffer {
        self.text(column).clean(on, self.plain(column))
    }

    pub fn states(&self, column: ColumnId) -> &States {
        self.lenses[column].states.get_or_init(|| {
            let plan = &self.plan[column];
            let array = self.array(column);
            States::of_typed(array, &plan.placeholders)
                .unwrap_or_else(|| self.text(column).states(&plan.placeholders))
        })
    }

    /// Rows that hold a value: neither null nor blank nor a placeholder.
    pub fn present(&self, column: ColumnId) -> &BooleanBuffer {
        &self.states(column).present
    }

    /// The column in canonical form: NFC, trimmed, and filled up where it is to be.
    pub fn canonical(&self, column: ColumnId) -> &TextColumn {
        let lens = &self.lenses[column].canonical;
        lens.get_or_init(|| {
            let canonical = self.text(column).canonical(self.present(column), self.plain(column));
            match self.plan[column].pad {
                Some(width) => canonical.padded(width),
                None => canonical,
            }
        })
    }

    /// The column in its declared type.
    pub fn typed(&self, column: ColumnId) -> &Typed {
        self.lenses[column].typed.get_or_init(|| {
            typed::parse(&self.plan[column], self.array(column), self.present(column), || {
                self.canonical(column)
            })
        })
    }

    /// Whether the column of the extract is stored as text.
    pub fn stored_as_text(&self, column: ColumnId) -> bool {
        ColumnType::found(self.array(column).data_type()) == Some(ColumnType::Text)
    }
}
