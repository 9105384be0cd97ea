//! The whole history as a table: a row for each rule of each database of each run.

use super::Store;
use super::StoreError;
use super::definition::{Definition, RuleDefinition, TableDefinition};
use super::record::{Points, Record, TableTallies};
use super::restate::rule_points;
use crate::base::Status;
use crate::say;
use crate::score::{Methodology, Profile};

/// A rule in a run, with all that stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub sequence: u64,
    pub sha256: &'a str,
    pub record: &'a Record,
    pub definition: &'a Definition,
    pub table: &'a TableDefinition,
    pub tallies: &'a TableTallies,
    pub rule: &'a RuleDefinition,
    /// Passed, failed, not applicable, unknown.
    pub counts: [u64; 4],
    pub status: Status,
    /// By this program's scale; `None` where it leaves all weights.
    pub points: Option<Points>,
}

/// Hands over every row, in the order of the records.
///
/// # Errors
/// Of the store, or of whoever takes the rows.
pub fn rows<E: From<StoreError>>(
    store: &Store,
    mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let definitions = store.definitions()?;
    let knots = Methodology::new(Profile::Local).knots;
    store.walk(|stored| {
        let sequence = stored.sequence;
        let unreadable = || {
            StoreError::content(say!("record {sequence} cannot be read", "không đọc được bản ghi {sequence}"))
        };
        let record: Record = serde_json::from_str(&stored.body).map_err(|_| unreadable())?;
        let definition = definitions.get(&record.definition).ok_or_else(unreadable)?;
        for (table, tallies) in definition.tables.iter().zip(&record.tables) {
            for (at, rule) in table.rules.iter().enumerate() {
                let counts = *tallies.tallies.get(at).ok_or_else(unreadable)?;
                let points = rule_points(rule, tallies, at, &knots).map_err(|_| unreadable())?;
                let status = tallies.status.get(&rule.id).copied().unwrap_or(Status::Measured);
                let sha256 = &stored.sha256;
                each(&Row {
                    sequence,
                    sha256,
                    record: &record,
                    definition,
                    table,
                    tallies,
                    rule,
                    counts,
                    status,
                    points,
                })?;
            }
        }
        Ok(())
    })
}
