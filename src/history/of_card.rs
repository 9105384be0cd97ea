//! The series of everything on a scorecard: of its databases and of their rules, each database's counts read once.

use std::collections::BTreeMap;

use super::card::{DatabaseTrend, Node, SCHEMA, Trend};
use super::definition::Definition;
use super::series::{self, Entry};
use super::trend::{Question, Unanswered, of_rule, run_card, trend};
use super::{Store, StoreError};
use crate::base::Nano;
use crate::score::scorecard::DatabaseCard;
use crate::score::{Methodology, Profile, Scorecard};

/// Runs that a line on a page has room for; rules change for good within these.
const RUNS: usize = 60;

/// Of databases that the history does not know there is nothing. A rule that never had a defect has no series either.
///
/// # Errors
/// The history cannot be read.
pub fn of_card(store: &Store, card: &Scorecard) -> Result<Vec<Trend>, StoreError> {
    let known = store.databases()?;
    let on_both: Vec<&DatabaseCard> =
        card.databases.iter().filter(|database| known.contains(&database.id)).collect();
    let ids: Vec<String> = on_both.iter().map(|database| database.id.clone()).collect();
    let question = Question { last: Some(RUNS), ..Question::default() };
    let databases = match trend(store, &ids, &question) {
        Ok(trend) => trend,
        Err(Unanswered::Store(error)) => return Err(error),
        // A question about whole databases has an answer.
        Err(Unanswered::Question(what, _)) => return Err(StoreError::content(what)),
    };
    let definitions = store.definitions()?;
    let mut all = vec![databases];
    for database in on_both {
        all.extend(rules(store, &definitions, database)?);
    }
    Ok(all)
}

fn rules(
    store: &Store,
    definitions: &BTreeMap<String, Definition>,
    database: &DatabaseCard,
) -> Result<Vec<Trend>, StoreError> {
    let (mut entries, _) = series::entries(store.standings(&database.id)?);
    entries.retain(|entry| definitions.contains_key(&entry.standing.definition));
    let entries = entries.split_off(entries.len().saturating_sub(RUNS));
    if entries.len() < 2 {
        return Ok(Vec::new());
    }
    let tallies = store.tallies(&database.id)?;
    let scale = Methodology::new(Profile::Local).id();
    let mut found = Vec::new();
    for table in &database.tables {
        for rule in &table.rules {
            let mut series = entries.clone();
            let known = of_rule(&mut series, definitions, &tallies, &table.id, &rule.id)?;
            if !known || !ever_flawed(&series) {
                continue;
            }
            series::connect(&mut series, definitions, Some((&scale, Profile::Local)));
            let runs = series.iter().filter_map(|entry| run_card(entry, definitions, None)).collect();
            found.push(Trend {
                schema: SCHEMA.to_owned(),
                records: 0,
                head: String::new(),
                node: Node::Rule { table: table.id.clone(), rule: rule.id.clone() },
                databases: vec![DatabaseTrend {
                    database: database.id.clone(),
                    runs_in_all: series.len() as u64,
                    superseded: 0,
                    runs,
                    why: None,
                    notes: Vec::new(),
                    lost: Vec::new(),
                }],
            });
        }
    }
    Ok(found)
}

fn ever_flawed(series: &[Entry]) -> bool {
    series.iter().filter_map(|entry| entry.points).any(|points| points.0 < Nano::FULL.get())
}
