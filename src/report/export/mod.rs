//! Tables for other programs, row by row: a history, or the rules of scorecards.

mod csv;
pub mod history;
mod parquet;
pub mod rules;

use std::io::{self, Write};

/// A table: what a row is, and what stands in its columns.
pub trait Relation: 'static {
    type Row<'a>;
    const COLUMNS: &'static [Column<Self>];
}

/// Takes rows; at last, `finish` writes what is left.
pub trait ExportWriter<R: Relation> {
    fn row(&mut self, row: &R::Row<'_>) -> io::Result<()>;

    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The formats, by name.
pub const FORMATS: [&str; 2] = ["csv", "parquet"];

/// A writer of that format; `None` if there is none of that name.
pub fn writer<'w, R: Relation, W: Write + Send + 'w>(
    format: &str,
    out: W,
) -> Option<io::Result<Box<dyn ExportWriter<R> + 'w>>> {
    Some(match format {
        "csv" => csv::Csv::new::<R>(out).map(|csv| Box::new(csv) as Box<dyn ExportWriter<R> + 'w>),
        "parquet" => {
            parquet::Parquet::<R, W>::new(out).map(|it| Box::new(it) as Box<dyn ExportWriter<R> + 'w>)
        }
        _ => return None,
    })
}

/// What stands in a column.
enum Read<R: Relation + ?Sized> {
    Text(fn(&R::Row<'_>) -> Option<String>),
    Count(fn(&R::Row<'_>) -> u64),
    /// A count that a row may lack.
    Known(fn(&R::Row<'_>) -> Option<u64>),
    Nano(fn(&R::Row<'_>) -> Option<i64>),
}

pub struct Column<R: Relation + ?Sized> {
    name: &'static str,
    read: Read<R>,
}

const fn text<R: Relation>(name: &'static str, read: fn(&R::Row<'_>) -> Option<String>) -> Column<R> {
    Column { name, read: Read::Text(read) }
}

const fn count<R: Relation>(name: &'static str, read: fn(&R::Row<'_>) -> u64) -> Column<R> {
    Column { name, read: Read::Count(read) }
}

const fn known<R: Relation>(name: &'static str, read: fn(&R::Row<'_>) -> Option<u64>) -> Column<R> {
    Column { name, read: Read::Known(read) }
}

const fn nano<R: Relation>(name: &'static str, read: fn(&R::Row<'_>) -> Option<i64>) -> Column<R> {
    Column { name, read: Read::Nano(read) }
}

/// The name that JSON has for a word.
pub fn word(word: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
}
