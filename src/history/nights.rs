//! What becomes of series and reasons when nights are not as they should be: nothing came, something is lost, or a later
//! version wrote.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::sample::{self, Shelf, day};
use super::tests::{seen, verified};
use super::trend::{Named, Question};
use super::{Store, chain};
use crate::base::{Dimension, Severity, Status};
use crate::engine::measured::{MeasuredRuleFile, Presence};
use crate::score::change_points::Direction;
use crate::score::{Profile, Scorecard};
use crate::state::{Measure, Tally};

/// A night on which no extract came.
fn nothing(at: u32) -> Scorecard {
    let rules =
        [("a", Dimension::Correctness, Severity::Major), ("b", Dimension::Completeness, Severity::Critical)];
    let rules = rules.map(|(id, dimension, severity)| {
        let mut rule = sample::rule(id, dimension, severity, 0);
        rule.measure = Measure { status: Status::MissingTable, ..Measure::of(Tally::default()) };
        rule
    });
    let mut table = sample::table("t", 3, rules.to_vec());
    (table.presence, table.rows, table.clean) = (Presence::Missing, 0, None);
    let as_of = format!("2026-11-{at:02}T00:00:00+07:00");
    sample::score(vec![sample::database("d", vec![table])], Profile::Local, &as_of)
}

/// Three good nights, one on which nothing came, three bad ones.
fn hidden() -> Shelf {
    let shelf = Shelf::new(0);
    for at in 1..=7 {
        let card = match at {
            1..=3 => day("d", at, 1),
            4 => nothing(at),
            _ => day("d", at, 300),
        };
        shelf.add(&card, at);
    }
    shelf
}

fn between(from: u64, to: u64) -> Question {
    Question { from: Some(Named::Sequence(from)), to: Some(Named::Sequence(to)), ..Question::default() }
}

#[test]
fn a_night_without_an_extract_hides_no_lasting_fall() {
    let runs = seen(&hidden(), &Question::default()).databases[0].runs.clone();
    let marks: Vec<usize> = (0..7).filter(|&at| runs[at].value.change_point.is_some()).collect();
    assert_eq!(marks, [4]);
    let first = &runs[4].value;
    assert_eq!(first.change_point.as_ref().unwrap().direction, Direction::Down);
    assert_eq!(first.change_nano, Some(first.official_nano.unwrap() - runs[2].value.official_nano.unwrap()));
    assert!(runs[3].value.not_compared.is_some() && runs[3].value.change_nano.is_none());
    assert!(runs.iter().all(|run| run.value.new_stretch.is_empty()));
}

#[test]
fn what_comes_back_after_a_night_without_an_extract_is_no_improvement() {
    let shelf = hidden();
    let back = seen(&shelf, &between(4, 5)).databases[0].why.clone().unwrap();
    assert!(back.performance_nano > 0);
    assert_eq!((back.newly_measured_nano, back.no_longer_measured_nano), (back.performance_nano, 0));
    let gone = seen(&shelf, &between(3, 4)).databases[0].why.clone().unwrap();
    assert!(gone.performance_nano < 0);
    assert_eq!((gone.newly_measured_nano, gone.no_longer_measured_nano), (0, gone.performance_nano));
    let fall = seen(&shelf, &between(3, 5)).databases[0].why.clone().unwrap();
    assert!(fall.performance_nano < 0 && fall.no_longer_measured_nano == 0);
}

#[test]
fn what_is_shown_changes_nothing_of_what_is_found() {
    let shelf = hidden();
    for restate in [None, Some(None)] {
        let all = seen(&shelf, &Question { restate, ..Question::default() });
        let part = seen(&shelf, &Question { restate, last: Some(3), ..Question::default() });
        assert_eq!(part.databases[0].runs, all.databases[0].runs[4..], "{restate:?}");
        let until = super::moment("2026-11-05");
        let part = seen(&shelf, &Question { restate, until, last: Some(1), ..Question::default() });
        assert_eq!(part.databases[0].runs, all.databases[0].runs[4..5]);
    }
    let until = super::moment("2020-01-01");
    let none = seen(&shelf, &Question { until, ..Question::default() });
    assert!(none.databases[0].runs.is_empty() && none.databases[0].notes[0].en.contains("in that time"));
}

#[test]
fn runs_that_cannot_be_shown_are_named() {
    let lost = |sql: &str| {
        let shelf = Shelf::new(5);
        Connection::open(shelf.path()).unwrap().execute_batch(sql).unwrap();
        let trend = seen(&shelf, &Question::default());
        let database = trend.databases[0].clone();
        assert_eq!(database.runs.len() + database.lost.len(), 5, "{sql}");
        (database.lost, database.notes.first().map(|note| note.en.clone()).unwrap_or_default())
    };
    assert_eq!(lost("SELECT 1"), (vec![], String::new()));
    let (all, note) = lost("DELETE FROM definition");
    assert!(
        all == [1, 2, 3, 4, 5] && note.contains("5 of its runs") && note.contains("records 1–5"),
        "{note}"
    );
    let (two, note) = lost("DELETE FROM standing WHERE sequence = 2; DELETE FROM record WHERE sequence = 4");
    assert!(two == [2, 4] && note.contains("records 2, 4"), "{note}");
    assert_eq!(lost("DELETE FROM standing").0.len(), 5);
}

/// Writes the records anew, as somebody who knows the format could.
fn rewritten(shelf: &Shelf, mut change: impl FnMut(u64, &mut Value)) {
    let connection = Connection::open(shelf.path()).unwrap();
    let mut records = Vec::new();
    Store::read(&shelf.path())
        .unwrap()
        .walk(|stored| -> Result<(), super::StoreError> {
            records.push((stored.sequence, serde_json::from_str::<Value>(&stored.body).unwrap()));
            Ok(())
        })
        .unwrap();
    let mut head = chain::GENESIS.to_owned();
    for (sequence, mut body) in records {
        change(sequence, &mut body);
        let body = chain::canonical(&body);
        let link = chain::link(&head, &body);
        let sql = "UPDATE record SET prev_sha256 = ?, body = ?, sha256 = ? WHERE sequence = ?";
        connection.execute(sql, (&head, &body, &link, sequence as i64)).unwrap();
        head = link;
    }
}

#[test]
fn what_a_later_version_wrote_is_counted_and_not_rejected() {
    let shelf = Shelf::new(3);
    let mut card = day("d", 4, 4);
    card.databases[0].tables[0].rules[0].kind = "of_tomorrow".to_owned();
    shelf.add(&card, 4);
    let verdict = verified(&shelf, None);
    assert_eq!((verdict.accepted, verdict.rescored, verdict.not_rescored), (true, 3, 1), "{verdict:?}");
    rewritten(&shelf, |sequence, body| match sequence {
        2 => {
            body["schema"] = json!("thuocdo.history/2");
            body["note"] = json!("of tomorrow");
        }
        3 => *body = json!({ "schema": "thuocdo.history/2", "run": "run 3" }),
        _ => {}
    });
    let verdict = verified(&shelf, None);
    assert_eq!((verdict.accepted, verdict.rescored, verdict.not_rescored), (true, 1, 3), "{verdict:?}");
    // Their places in the series are looked at nevertheless.
    let sql = "INSERT INTO standing SELECT database, moment + 1, sequence, body FROM standing WHERE sequence IN (2, 3)";
    Connection::open(shelf.path()).unwrap().execute_batch(sql).unwrap();
    let verdict = verified(&shelf, None);
    let found: Vec<_> = verdict.findings.iter().map(|finding| finding.sequence).collect();
    assert_eq!(found, [Some(2), Some(3)]);
}

#[test]
fn rule_files_that_changed_between_two_runs_are_named() {
    let shelf = Shelf::new(0);
    for (at, hash) in [(1, "one"), (2, "one"), (3, "two")] {
        let mut database = sample::database("d", vec![]);
        let name = "so.yaml".to_owned();
        database.rule_files = vec![MeasuredRuleFile { name, blake3: hash.to_owned() }];
        let as_of = format!("2026-11-{at:02}T00:00:00+07:00");
        shelf.add(&sample::score(vec![database], Profile::Local, &as_of), at);
    }
    let files = |from, to| seen(&shelf, &between(from, to)).databases[0].why.clone().unwrap().rule_files;
    assert_eq!(files(1, 2), Vec::<String>::new());
    assert_eq!(files(2, 3), ["so.yaml"]);
}
