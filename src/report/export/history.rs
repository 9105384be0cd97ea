//! A history: one row for each rule of each database of each run.

use super::{Column, Relation, count, nano, text, word};
use crate::base::Nano;
use crate::history::export::Row;

/// The rows of a history.
pub struct Runs;

impl Relation for Runs {
    type Row<'a> = Row<'a>;
    const COLUMNS: &'static [Column<Self>] = &COLUMNS;
}

/// The columns, in order. `docs/history.md` explains them.
const COLUMNS: [Column<Runs>; 34] = [
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
