//! Drift of code lists across databases.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Snapshot;
use super::change::some_of;
use super::lengths::Lists;
use crate::engine::shape::{CodesShape, ColumnShape, DatabaseShape};

/// Codes of one kind of thing, wherever they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Concept {
    /// The role of the columns, or the name of their code list where they have no role that says what they hold.
    pub id: String,
    /// The columns, in the order of databases and tables.
    pub used: Vec<Usage>,
    /// The different lists that are declared, the most common first.
    pub sets: Vec<CodeSet>,
    /// The first declared list against every other, and each against the nation's, where they differ.
    pub differences: Vec<Difference>,
    /// The columns do not all have codes of the same lengths, and no list explains it.
    pub widths_differ: bool,
}

/// A column with codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    pub database: String,
    pub table: String,
    pub column: String,
    /// The code list that it declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_list: Option<String>,
    /// The codes that occur and may be named; the first of them.
    pub observed: String,
    /// Codes that occur, are on no list, and are not named.
    pub unnamed: u64,
    /// Codes that occur and are not on the nation's list, among those that are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_national: Option<String>,
    /// The lengths of the codes that occur.
    pub widths: BTreeSet<u64>,
}

/// A declared list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSet {
    /// Who declares it, as `database: list`; or the name of a list of the nation.
    pub of: Vec<String>,
    pub size: u64,
    #[serde(skip)]
    pub codes: BTreeSet<String>,
}

/// Two lists that differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    pub one: String,
    pub two: String,
    /// Codes that only one of them has; the first of them.
    pub only_one: String,
    pub only_two: String,
    /// The second is that of the nation.
    pub national: bool,
}

impl Concept {
    /// Whether lists differ, codes are of several lengths, or some are not on the nation's list.
    pub fn drifts(&self) -> bool {
        !self.differences.is_empty()
            || self.widths_differ
            || self.used.iter().any(|usage| usage.not_national.is_some())
    }
}

/// Roles that say no more than that there are codes.
const VAGUE: [&str; 3] = ["code", "flag", "result"];

/// Everything that holds codes. `national` gives the list of the nation for a role.
pub(super) fn concepts(now: &Snapshot, national: &impl Fn(&str) -> Option<CodeSet>) -> Vec<Concept> {
    let mut by_concept: BTreeMap<String, Vec<Found<'_>>> = BTreeMap::new();
    for database in &now.databases {
        for table in &database.tables {
            for column in &table.columns {
                let role = column.role.clone().filter(|role| !VAGUE.contains(&role.as_str()));
                let Some(id) = role.or_else(|| column.code_list.clone()) else { continue };
                if column.codes.is_some() {
                    by_concept.entry(id).or_default().push(Found {
                        database,
                        table: table.id.clone(),
                        column,
                    });
                }
            }
        }
    }
    by_concept.into_iter().map(|(id, found)| concept(&id, &found, national(&id))).collect()
}

struct Found<'s> {
    database: &'s DatabaseShape,
    table: String,
    column: &'s ColumnShape,
}

fn concept(id: &str, found: &[Found<'_>], national: Option<CodeSet>) -> Concept {
    let used: Vec<Usage> = found.iter().map(|found| found.usage(national.as_ref())).collect();
    let sets = sets(found);
    let widths_differ = widths_differ(found, national.as_ref());
    let mut differences: Vec<Difference> = Vec::new();
    if let Some((first, others)) = sets.split_first() {
        differences.extend(others.iter().map(|other| first.against(other, false)));
    }
    if let Some(national) = national.filter(|_| !sets.is_empty()) {
        let unlike = sets.iter().filter(|set| set.codes != national.codes);
        differences.extend(unlike.map(|set| set.against(&national, true)));
    }
    Concept { id: id.to_owned(), used, sets, differences, widths_differ }
}

/// Whether two columns have codes of different lengths that no list explains.
fn widths_differ(found: &[Found<'_>], national: Option<&CodeSet>) -> bool {
    let coded = found.iter().filter_map(|found| {
        let codes = found.column.codes.as_ref().filter(|codes| !codes.widths.is_empty())?;
        Some((codes, Lists::of(found.column, found.database, national)))
    });
    let coded: Vec<_> = coded.collect();
    coded.iter().enumerate().any(|(at, (one, lists))| {
        let unlike = |two: &CodesShape| !one.widths.keys().eq(two.widths.keys());
        coded[..at]
            .iter()
            .any(|(two, others)| unlike(two) && !lists.explain(one, two) && !others.explain(one, two))
    })
}

/// The different lists that the columns declare.
fn sets(found: &[Found<'_>]) -> Vec<CodeSet> {
    let mut by_codes: BTreeMap<&BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for Found { database, column, .. } in found {
        let Some(name) = &column.code_list else { continue };
        let Some(codes) = database.code_lists.get(name) else { continue };
        let who = format!("{}: {name}", database.id);
        let all = by_codes.entry(codes).or_default();
        if !all.contains(&who) {
            all.push(who);
        }
    }
    let set = |(codes, of): (&BTreeSet<String>, Vec<String>)| CodeSet {
        size: codes.len() as u64,
        codes: codes.clone(),
        of,
    };
    let mut sets: Vec<CodeSet> = by_codes.into_iter().map(set).collect();
    sets.sort_by(|one, two| two.of.len().cmp(&one.of.len()).then_with(|| one.of.cmp(&two.of)));
    sets
}

impl CodeSet {
    fn against(&self, other: &Self, national: bool) -> Difference {
        let only = |one: &Self, two: &Self| some_of(one.codes.difference(&two.codes).map(String::as_str));
        Difference {
            one: some_of(self.of.iter().map(String::as_str)),
            two: some_of(other.of.iter().map(String::as_str)),
            only_one: only(self, other),
            only_two: only(other, self),
            national,
        }
    }
}

impl Found<'_> {
    fn usage(&self, national: Option<&CodeSet>) -> Usage {
        let codes = self.column.codes.clone().unwrap_or_default();
        let foreign = national.map(|list| some_of(codes.named().filter(|code| !list.codes.contains(*code))));
        Usage {
            database: self.database.id.clone(),
            table: self.table.clone(),
            column: self.column.name.clone(),
            code_list: self.column.code_list.clone(),
            observed: some_of(codes.named()),
            unnamed: codes.unnamed,
            not_national: foreign.filter(|codes| !codes.is_empty()),
            widths: codes.widths.keys().copied().collect(),
        }
    }
}
