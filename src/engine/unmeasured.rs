//! A database that could not be measured: every rule of it stands as one that did not run, so that nothing of it passes.

use super::measured::{MeasuredDatabase, MeasuredTable, Presence, Problem, ProblemLevel};
use super::{outcome, run};
use crate::base::{Status, Text};
use crate::rule::Database;
use crate::rule::catalog::listed;
use crate::state::Measure;

/// What is known of a database whose data nobody has read, and why.
pub fn not_measured(database: &Database, why: &Text) -> MeasuredDatabase {
    let tables = database.tables.iter().map(|table| {
        let not_run = || Measure::not_run(Status::Error, why.clone());
        MeasuredTable {
            rules: table.rules.iter().map(|rule| outcome::measured_rule(table, rule, not_run())).collect(),
            ..run::declared(table, Presence::Present)
        }
    });
    MeasuredDatabase { problems: vec![problem(why)], ..run::described(database, tables.collect()) }
}

/// A database of which nothing is known but its id: its rule file cannot be read.
pub fn not_described(id: &str, why: &Text) -> MeasuredDatabase {
    let entry = listed(id);
    MeasuredDatabase {
        id: id.to_owned(),
        agency: entry.map(|entry| entry.agency.to_owned()),
        rule_files: Vec::new(),
        title: None,
        weight: entry.map_or(1, |entry| entry.weight),
        packs: Vec::new(),
        contract: None,
        code_lists: Vec::new(),
        tables: Vec::new(),
        problems: vec![problem(why)],
    }
}

fn problem(why: &Text) -> Problem {
    Problem { level: ProblemLevel::Error, text: why.clone(), place: None, hint: None }
}
