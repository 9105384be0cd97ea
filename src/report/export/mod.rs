//! A history as a table for other programs: one row for each rule of each database of each run.

mod csv;
mod parquet;

use std::io::{self, Write};

use crate::base::Nano;
use crate::history::export::Row;

/// Takes rows; at last, `finish` writes what is left.
pub trait ExportWriter {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;

    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The formats, by name.
pub const FORMATS: [&str; 2] = ["csv", "parquet"];

/// A writer of that format; `None` if there is none of that name.
pub fn writer<'w, W: Write + Send + 'w>(
    format: &str,
    out: W,
) -> Option<io::Result<Box<dyn ExportWriter + 'w>>> {
    Some(match format {
        "csv" => csv::Csv::new(out).map(|csv| Box::new(csv) as Box<dyn ExportWriter + 'w>),
        "parquet" => parquet::Parquet::new(out).map(|it| Box::new(it) as Box<dyn ExportWriter + 'w>),
        _ => return None,
    })
}

/// What stands in a column.
enum Read {
    Text(fn(&Row<'_>) -> Option<String>),
    Count(fn(&Row<'_>) -> u64),
    Nano(fn(&Row<'_>) -> Option<i64>),
}

struct Column {
    name: &'static str,
    read: Read,
}

const fn text(name: &'static str, read: fn(&Row<'_>) -> Option<String>) -> Column {
    Column { name, read: Read::Text(read) }
}

const fn count(name: &'static str, read: fn(&Row<'_>) -> u64) -> Column {
    Column { name, read: Read::Count(read) }
}

const fn nano(name: &'static str, read: fn(&Row<'_>) -> Option<i64>) -> Column {
    Column { name, read: Read::Nano(read) }
}

/// The name that JSON has for a word.
fn word(word: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
}

/// The columns, in order. `docs/history.md` explains them.
const COLUMNS: [Column; 34] = [
    count("sequence", |row| row.sequence),
    text("sha256", |row| Some(row.sha256.to_owned())),
    text("run", |row| Some(row.record.run.clone())),
    text("as_of", |row| Some(row.record.as_of.clone())),
    text("recorded_at", |row| Some(row.record.recorded_at.clone())),
    text("engine", |row| Some(row.record.engine.clone())),
    text("methodology", |row| Some(row.definition.methodology.clone())),
    text("profile", |row| Some(row.definition.profile.id().to_owned())),
    text("definition", |row| Some(row.record.definition.clone())),
    text("database", |row| Some(row.record.database.clone())),
    text("agency", |row| row.definition.agency.clone()),
    text("grade", |row| Some(row.record.outcome.grade.id().to_owned())),
    text("caps", |row| Some(row.record.outcome.caps.join(" "))),
    text("score", |row| Some(Nano::new(row.record.outcome.score.0).six())),
    nano("score_nano", |row| Some(row.record.outcome.score.0)),
    nano("score_measured_nano", |row| row.record.outcome.score.1),
    nano("score_ceiling_nano", |row| Some(row.record.outcome.score.2)),
    count("clean_records", |row| row.record.outcome.clean_records[0]),
    count("all_records", |row| row.record.outcome.clean_records[1]),
    text("table", |row| Some(row.table.id.clone())),
    count("table_rows", |row| row.tallies.rows),
    text("rule", |row| Some(row.rule.id.clone())),
    text("kind", |row| Some(row.rule.kind.clone())),
    text("dimension", |row| Some(row.rule.dimension.id().to_owned())),
    text("severity", |row| Some(row.rule.severity.id().to_owned())),
    text("status", |row| word(&row.status)),
    count("pass", |row| row.counts[0]),
    count("fail", |row| row.counts[1]),
    count("na", |row| row.counts[2]),
    count("unknown", |row| row.counts[3]),
    text("points", |row| row.points.map(|points| Nano::new(points.0).six())),
    nano("points_nano", |row| row.points.map(|points| points.0)),
    nano("points_measured_nano", |row| row.points.and_then(|points| points.1)),
    nano("points_ceiling_nano", |row| row.points.map(|points| points.2)),
];
