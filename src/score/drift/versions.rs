//! Drift of tables between two moments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Snapshot;
use super::change::{self, Change, ChangeKind};
use crate::engine::shape::{DatabaseShape, TableShape};

/// What has changed of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableChanges {
    pub database: String,
    /// Absent where the change is of the database's code lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    pub changes: Vec<Change>,
}

/// Tables that have changed since, of the databases that both know.
pub(super) fn versions(then: &Snapshot, now: &Snapshot) -> Vec<TableChanges> {
    let mut all = Vec::new();
    for database in &now.databases {
        let Some(before) = then.databases.iter().find(|before| before.id == database.id) else { continue };
        all.extend(of_database(before, database));
    }
    all
}

fn of_database(then: &DatabaseShape, now: &DatabaseShape) -> Vec<TableChanges> {
    let changed = |table: Option<&str>, changes: Vec<Change>| {
        let table = table.map(str::to_owned);
        (!changes.is_empty()).then(|| TableChanges { database: now.id.clone(), table, changes })
    };
    let mut all: Vec<TableChanges> =
        changed(None, change::lists(&then.code_lists, &now.code_lists)).into_iter().collect();
    for table in &now.tables {
        let before = then.tables.iter().find(|before| before.id == table.id);
        all.extend(changed(Some(&table.id), of_table(before, table)));
    }
    let known = |id: &str| now.tables.iter().any(|table| table.id == id);
    for table in then.tables.iter().filter(|table| table.files > 0 && !known(&table.id)) {
        all.extend(changed(Some(&table.id), vec![Change::of(ChangeKind::TableRemoved, None, None, None)]));
    }
    all
}

fn of_table(then: Option<&TableShape>, now: &TableShape) -> Vec<Change> {
    let there = |table: Option<&TableShape>| table.is_some_and(|table| table.files > 0);
    match (there(then), there(Some(now)), then) {
        (false, false, _) => Vec::new(),
        (false, true, _) => vec![Change::of(ChangeKind::TableAdded, None, None, None)],
        (true, true, Some(then)) => {
            let mut changes = change::structure(&then.columns, &now.columns);
            changes.extend(change::values(&then.columns, &now.columns));
            changes
        }
        _ => vec![Change::of(ChangeKind::TableRemoved, None, None, None)],
    }
}
