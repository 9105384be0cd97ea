//! What is seen of the columns that a dictionary describes.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::is_date;
use super::items::Items;
use crate::kernel::date_format::DateFormat;
use crate::kernel::number::{self, Parsed};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::kind::sightings::Sightings;
use crate::rule::code_list::CodeList;
use crate::rule::dictionary::Entry;
use crate::rule::{Check, FoundFile};
use crate::state::{Measure, State, Tally};

/// A table and the entries that it is held against.
pub(super) struct Conforms {
    pub described: Vec<Described>,
    pub closed: bool,
    /// Names that may be shown.
    pub declared: BTreeSet<String>,
    /// How many attributes the dictionary has, and with how many of them nothing is compared.
    pub attributes: usize,
    pub kept: usize,
    /// Names that the dictionary describes in several ways.
    pub contradictions: Vec<String>,
}

/// An entry, and our column.
pub(super) struct Described {
    pub entry: Arc<Entry>,
    /// What our column is called; `None`: we have none.
    pub ours: Option<String>,
    /// Where its values are read; `None` if no file has it, or none in a type that can be read.
    pub column: Option<ColumnId>,
    pub declared: Option<ColumnType>,
    pub required: Option<bool>,
    pub codes: OurCodes,
    /// How dates are written in text columns whose type nobody declares.
    pub dates: Vec<DateFormat>,
}

/// Our codes against those of the dictionary.
pub(super) enum OurCodes {
    /// The dictionary names none.
    Unsaid,
    /// It names a list that nobody knows here.
    Unread,
    /// Codes in force that only the dictionary's list has, and only ours.
    Declared { missing: Vec<String>, extra: Vec<String> },
    /// We declare none: values are looked up.
    Observed(Arc<CodeList>),
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Seen {
    pub found: Sightings,
    /// Rows whose values are not known.
    pub unknown: u64,
    /// By the place of the entry.
    pub columns: Vec<Observed>,
}

/// What was seen of the values of a column.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Observed {
    pub values: u64,
    pub absent: u64,
    /// Values of files that store the column as text.
    pub texts: u64,
    /// Values that were measured, the longest of them, and how many are too long.
    pub measured: u64,
    pub longest: u64,
    pub too_long: u64,
    /// Texts that are not of the type, and not in the format.
    pub mistyped: u64,
    pub unwritten: u64,
    /// Values that are not in the code list.
    pub outside: u64,
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        self.found.merge(other.found);
        self.unknown += other.unknown;
        self.columns.resize(self.columns.len().max(other.columns.len()), Observed::default());
        self.columns.iter_mut().zip(&other.columns).for_each(|(ours, theirs)| ours.add(theirs));
    }
}

impl Observed {
    fn add(&mut self, other: &Self) {
        self.values += other.values;
        self.absent += other.absent;
        self.texts += other.texts;
        self.measured += other.measured;
        self.longest = self.longest.max(other.longest);
        self.too_long += other.too_long;
        self.mistyped += other.mistyped;
        self.unwritten += other.unwritten;
        self.outside += other.outside;
    }
}

impl Check for Conforms {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Seen) -> Option<RowVerdict> {
        state.unknown += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        state.columns.resize(self.described.len(), Observed::default());
        for (described, seen) in self.described.iter().zip(&mut state.columns) {
            if let Some(column) = described.column {
                seen.add(&described.look(column, batch, population));
            }
        }
        None
    }

    fn observe(&self, found: &FoundFile<'_>, state: &mut Seen) {
        state.found.observe(found);
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        Items::of(self, state).measure()
    }
}

impl Described {
    fn look(&self, column: ColumnId, batch: &Batch<'_>, population: &Population) -> Observed {
        let all = population.sound(&batch.all());
        let present = population.sound(batch.present(column));
        let count = |rows: &arrow::buffer::BooleanBuffer| rows.count_set_bits() as u64;
        let text = batch.canonical(column);
        let failing = |passes: &dyn Fn(&str) -> bool| count(&text.mark(&present, |value| !passes(value)));
        let (entry, stored_as_text) = (&self.entry, batch.stored_as_text(column));
        let mut seen = Observed {
            values: count(&present),
            absent: count(&all) - count(&present),
            ..Observed::default()
        };
        if stored_as_text {
            seen.texts = seen.values;
            if let (Some(ty), None) = (entry.ty, self.declared) {
                seen.mistyped = failing(&|value| self.is(ty, value));
            }
            if let Some(format) = entry.format.as_ref().filter(|format| !format.is_prose()) {
                seen.unwritten = failing(&|value| format.accepts(value));
            }
        }
        // How a date looks that is stored as one is the reader's choice.
        let written = stored_as_text
            || matches!(entry.ty, Some(ColumnType::Text | ColumnType::Integer | ColumnType::Decimal));
        if let Some(size) = entry.size.filter(|_| written) {
            seen.measured = seen.values;
            let length = text.mapped(|value| size.of(entry.ty, value));
            seen.longest = present.set_indices().filter_map(length).max().unwrap_or(0);
            seen.too_long = failing(&|value| size.holds(entry.ty, value));
        }
        if let OurCodes::Observed(list) = &self.codes {
            seen.outside = failing(&|value| list.contains(value));
        }
        seen
    }

    /// Whether a text is of a type.
    fn is(&self, ty: ColumnType, value: &str) -> bool {
        match ty {
            ColumnType::Text => true,
            ColumnType::Integer => number::integer(value) != Parsed::Malformed,
            ColumnType::Decimal => number::decimal(value) != Parsed::Malformed,
            ColumnType::Boolean => number::boolean(value) != Parsed::Malformed,
            ColumnType::Date | ColumnType::Timestamp => is_date(&self.dates, ty, value),
        }
    }
}
