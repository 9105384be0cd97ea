//! Drift between the parts of a table, as provinces send them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change::{self, Change, ChangeKind};
use super::lengths::Lists;
use super::{CodeSet, Snapshot};
use crate::engine::shape::{ColumnShape, PartShape};

/// The parts of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableParts {
    pub database: String,
    pub table: String,
    /// How many parts there are.
    pub parts: u64,
    /// Parts whose columns are the same, in the same types and order. The first group is the one that most parts are in; of
    /// equal ones that with more rows.
    pub groups: Vec<Group>,
    /// Parts whose values are unlike those of most parts of the first group, and those of whose files some lack a column.
    pub unlike: Vec<Unlike>,
}

/// Parts of one structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    pub parts: Vec<String>,
    pub rows: u64,
    /// Against the first group; none in the first.
    pub changes: Vec<Change>,
}

/// A part that deviates by its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unlike {
    pub part: String,
    pub change: Change,
}

/// What two parts of one structure have in common.
type Structure = Vec<(String, Vec<String>)>;

fn structure(part: &PartShape) -> Structure {
    let one = |column: &ColumnShape| (column.name.clone(), column.stored.iter().cloned().collect());
    part.columns.iter().map(one).collect()
}

/// Tables of several parts, and those of one part whose files do not all have the same columns.
pub(super) fn parts(now: &Snapshot, national: &impl Fn(&str) -> Option<CodeSet>) -> Vec<TableParts> {
    let mut all = Vec::new();
    for database in &now.databases {
        let lists = |column: &ColumnShape| {
            Lists::of(column, database, column.role.as_deref().and_then(national).as_ref())
        };
        for table in &database.tables {
            let (groups, unlike) = of_table(&table.parts, &lists);
            if table.parts.len() > 1 || !unlike.is_empty() {
                all.push(TableParts {
                    database: database.id.clone(),
                    table: table.id.clone(),
                    parts: table.parts.len() as u64,
                    groups,
                    unlike,
                });
            }
        }
    }
    all
}

fn of_table(parts: &[PartShape], lists: &dyn Fn(&ColumnShape) -> Lists) -> (Vec<Group>, Vec<Unlike>) {
    let mut by_structure: BTreeMap<Structure, Vec<&PartShape>> = BTreeMap::new();
    for part in parts {
        by_structure.entry(structure(part)).or_default().push(part);
    }
    let mut sets: Vec<Vec<&PartShape>> = by_structure.into_values().collect();
    let rows = |set: &[&PartShape]| set.iter().map(|part| part.rows).sum::<u64>();
    // Sorting is stable, and before it the order is that of the structures.
    sets.sort_by_key(|set| std::cmp::Reverse((set.len(), rows(set))));
    let usual = sets.first().cloned().unwrap_or_default();
    let model = usual.first().map_or(&[][..], |part| &part.columns);
    let group = |set: &Vec<&PartShape>| Group {
        parts: set.iter().map(|part| part.name.clone()).collect(),
        rows: rows(set),
        changes: set.first().map(|part| change::structure(model, &part.columns)).unwrap_or_default(),
    };
    (sets.iter().map(group).collect(), parts.iter().flat_map(|part| unlike(part, &usual, lists)).collect())
}

/// What most parts say; of equally many the smaller.
fn most<T: Ord>(said: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    said.for_each(|it| *counts.entry(it).or_default() += 1);
    let best = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == best).map(|(it, _)| it)
}

/// How a part deviates otherwise: files without a column, the form of values, the length of codes, the encoding.
fn unlike(part: &PartShape, usual: &[&PartShape], lists: &dyn Fn(&ColumnShape) -> Lists) -> Vec<Unlike> {
    let partial = part.columns.iter().filter(|column| column.lacking > 0);
    let mut found: Vec<Change> = partial.map(|column| change::files_lack(None, column)).collect();
    for column in part.columns.iter().filter(|column| column.values > 0) {
        let others = || {
            let same =
                usual.iter().flat_map(|part| part.columns.iter().find(|other| other.name == column.name));
            same.filter(|other| other.values > 0)
        };
        let name = Some(column.name.as_str());
        let form = most(others().map(ColumnShape::form));
        if let Some(model) = others().find(|other| Some(other.form()) == form)
            && let Some((was, now)) = change::forms(model, column)
        {
            found.push(Change::of(ChangeKind::FormChanged, name, Some(was), Some(now)));
        }
        let length = most(others().map(|other| other.longest)).filter(|length| *length != column.longest);
        if let (Some(length), Some(codes)) = (length, &column.codes) {
            let lists = lists(column);
            let explained = others()
                .filter(|other| other.longest == length)
                .any(|other| other.codes.as_ref().is_some_and(|model| lists.explain(codes, model)));
            if !explained {
                let (was, now) = (length.to_string(), column.longest.to_string());
                found.push(Change::of(ChangeKind::LengthDiffers, name, Some(was), Some(now)));
            }
        }
    }
    for (encoding, count) in &part.encodings {
        // What most parts have is no deviation of one.
        let with = usual.iter().filter(|other| other.encodings.contains_key(encoding)).count();
        if 2 * with <= usual.len() {
            let now = format!("{encoding}: {count}");
            found.push(Change::of(ChangeKind::Encoding, None, None, Some(now)));
        }
    }
    found.into_iter().map(|change| Unlike { part: part.name.clone(), change }).collect()
}
