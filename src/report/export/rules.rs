//! Rules of scorecards: one row for each rule of each database. `docs/reports.md` explains the columns.

use super::{Column, Relation, known, nano, text, word};
use crate::report::collection::{Place, Reported};
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard};

/// The rows of scorecards.
pub struct Rules;

impl Relation for Rules {
    type Row<'a> = Place<'a>;
    const COLUMNS: &'static [Column<Self>] = &COLUMNS;
}

/// Hands over every row, in the order of the cards. A database or a table without rules has a row of its own, so that it
/// is not forgotten.
///
/// # Errors
/// Of whoever takes the rows.
pub fn rows<E>(cards: &[Reported], mut each: impl FnMut(&Place<'_>) -> Result<(), E>) -> Result<(), E> {
    for card in cards {
        for database in &card.card.databases {
            let place = |table, rule| Place { card, database, table, rule };
            if database.tables.is_empty() {
                each(&place(None, None))?;
            }
            for table in &database.tables {
                if table.rules.is_empty() {
                    each(&place(Some(table), None))?;
                }
                for rule in &table.rules {
                    each(&place(Some(table), Some(rule)))?;
                }
            }
        }
    }
    Ok(())
}

fn table<T>(place: &Place<'_>, read: impl Fn(&TableCard) -> T) -> Option<T> {
    place.table.map(read)
}

fn rule<T>(place: &Place<'_>, read: impl Fn(&RuleCard) -> T) -> Option<T> {
    place.rule.map(read)
}

fn caps(database: &DatabaseCard) -> String {
    database.caps.iter().map(|cap| cap.id.as_str()).collect::<Vec<_>>().join(" ")
}

/// The columns, in order; where a history has the same, under the same name.
const COLUMNS: [Column<Rules>; 51] = [
    text("card", |row| Some(row.card.name.clone())),
    text("provenance", |row| Some(row.card.root.clone())),
    text("verified", |row| Some(row.card.proof.id().to_owned())),
    text("as_of", |row| Some(row.card.card.as_of.clone())),
    text("engine", |row| Some(row.card.card.engine.clone())),
    text("methodology", |row| Some(row.card.card.methodology.clone())),
    text("profile", |row| Some(row.card.card.profile.id().to_owned())),
    text("database", |row| Some(row.database.id.clone())),
    text("database_title_en", |row| row.database.title.as_ref().map(|title| title.en.clone())),
    text("database_title_vi", |row| row.database.title.as_ref().map(|title| title.vi.clone())),
    text("agency", |row| row.database.agency.clone()),
    text("grade", |row| Some(row.database.grade.id().to_owned())),
    text("caps", |row| Some(caps(row.database))),
    text("score", |row| Some(row.database.score.official.clone())),
    nano("score_nano", |row| Some(row.database.score.official_nano)),
    nano("score_measured_nano", |row| row.database.score.measured_nano),
    nano("score_ceiling_nano", |row| Some(row.database.score.ceiling_nano)),
    text("comparable", |row| Some(row.database.comparable.to_string())),
    known("clean_records", |row| Some(row.database.clean_records.clean)),
    known("all_records", |row| Some(row.database.clean_records.rows)),
    text("clean_share", |row| row.database.clean_records.official.clone()),
    known("unknown_tables", |row| Some(row.database.clean_records.unknown_tables.len() as u64)),
    text("table", |row| table(row, |table| table.id.clone())),
    text("table_presence", |row| table(row, |table| word(&table.presence)).flatten()),
    known("table_rows", |row| table(row, |table| table.rows)),
    text("rule", |row| rule(row, |rule| rule.id.clone())),
    text("kind", |row| rule(row, |rule| rule.kind.clone())),
    text("dimension", |row| rule(row, |rule| rule.dimension.id().to_owned())),
    text("severity", |row| rule(row, |rule| rule.severity.id().to_owned())),
    text("columns", |row| rule(row, |rule| rule.columns.join("; "))),
    text("core", |row| rule(row, |rule| rule.core.to_string())),
    text("pack", |row| rule(row, |rule| rule.pack.clone()).flatten()),
    text("status", |row| rule(row, |rule| word(&rule.status)).flatten()),
    text("unit", |row| rule(row, |rule| word(&rule.unit)).flatten()),
    known("pass", |row| rule(row, |rule| rule.pass)),
    known("fail", |row| rule(row, |rule| rule.fail)),
    known("na", |row| rule(row, |rule| rule.na)),
    known("unknown", |row| rule(row, |rule| rule.unknown)),
    text("points", |row| rule(row, |rule| rule.points.clone()).flatten()),
    nano("points_nano", |row| rule(row, |rule| rule.points_nano).flatten()),
    text("points_measured", |row| rule(row, |rule| rule.points_measured.clone()).flatten()),
    text("points_ceiling", |row| rule(row, |rule| rule.points_ceiling.clone()).flatten()),
    text("pass_rate", |row| rule(row, |rule| rule.rate.as_ref().map(|rate| rate.value.clone())).flatten()),
    text("defects_per_million", |row| rule(row, |rule| rule.defects_per_million.clone()).flatten()),
    known("weight", |row| rule(row, |rule| u64::from(rule.weight))),
    text("gain", |row| rule(row, |rule| rule.gain.clone())),
    nano("gain_nano", |row| rule(row, |rule| rule.gain_nano)),
    text("title_en", |row| rule(row, |rule| rule.title.as_ref().map(|title| title.en.clone())).flatten()),
    text("title_vi", |row| rule(row, |rule| rule.title.as_ref().map(|title| title.vi.clone())).flatten()),
    text("owner", |row| rule(row, |rule| rule.owner.clone()).flatten()),
    text("tags", |row| rule(row, |rule| rule.tags.join("; "))),
];
