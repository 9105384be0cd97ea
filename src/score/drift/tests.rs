use std::collections::{BTreeMap, BTreeSet};

use super::change::{structure, values};
use super::*;
use crate::engine::shape::{CodesShape, ColumnShape, DatabaseShape, PartShape, TableShape};
use crate::kernel::form::Form;

fn column(name: &str, stored: &str) -> ColumnShape {
    ColumnShape {
        name: name.to_owned(),
        files: 1,
        stored: BTreeSet::from([stored.to_owned()]),
        values: 10,
        longest: 2,
        ..ColumnShape::default()
    }
}

fn columns(names: &[&str]) -> Vec<ColumnShape> {
    names.iter().map(|name| column(name, "text")).collect()
}

fn kinds(changes: &[Change]) -> Vec<(ChangeKind, Option<&str>)> {
    changes.iter().map(|change| (change.kind, change.column.as_deref())).collect()
}

#[test]
fn the_same_columns_have_not_changed() {
    let all = columns(&["a", "b", "c"]);
    assert_eq!(structure(&all, &all), []);
    assert_eq!(values(&all, &all), []);
}

#[test]
fn columns_come_and_go_and_are_renamed_where_they_stood() {
    let then = columns(&["a", "b", "c"]);
    assert_eq!(kinds(&structure(&then, &columns(&["a", "x", "c"]))), [(ChangeKind::LooksRenamed, Some("x"))]);
    assert_eq!(
        kinds(&structure(&then, &columns(&["a", "c", "x"]))),
        [(ChangeKind::ColumnRemoved, Some("b")), (ChangeKind::ColumnAdded, Some("x"))]
    );
    let mut other = columns(&["a", "x", "c"]);
    other[1].stored = BTreeSet::from(["date".to_owned()]);
    assert_eq!(
        kinds(&structure(&then, &other)),
        [(ChangeKind::ColumnRemoved, Some("b")), (ChangeKind::ColumnAdded, Some("x"))]
    );
}

#[test]
fn the_fewest_columns_have_moved() {
    let changes = structure(&columns(&["a", "b", "c", "d"]), &columns(&["d", "a", "b", "c"]));
    assert_eq!(kinds(&changes), [(ChangeKind::Reordered, None)]);
    assert_eq!(changes[0].now.as_deref(), Some("d"));
}

#[test]
fn values_drift_apart_from_the_structure() {
    let then = vec![column("a", "text")];
    let mut now = then.clone();
    now[0].longest = 3;
    now[0].absent = 4;
    now[0].forms = BTreeSet::from([Form::LocalDate]);
    let changes = values(&then, &now);
    assert_eq!(
        kinds(&changes),
        [
            (ChangeKind::FormChanged, Some("a")),
            (ChangeKind::LengthGrew, Some("a")),
            (ChangeKind::AbsentAppeared, Some("a")),
        ]
    );
    assert_eq!(changes[2].now.as_deref(), Some("4/14"));
    assert!(changes[0].structural && !changes[1].structural);
    assert_eq!(structure(&then, &now), []);
}

fn coded(listed: &[&str], unnamed: u64) -> ColumnShape {
    let codes = CodesShape {
        listed: listed.iter().map(|code| ((*code).to_owned(), 5)).collect(),
        unnamed,
        widths: listed.iter().map(|code| (code.len() as u64, 1)).collect(),
        ..CodesShape::default()
    };
    ColumnShape {
        codes: Some(codes),
        role: Some("gender".to_owned()),
        code_list: Some("gt".to_owned()),
        ..column("gt", "text")
    }
}

#[test]
fn codes_appear_and_vanish() {
    let changes = values(&[coded(&["1", "2"], 0)], &[coded(&["0", "1"], 3)]);
    let said: Vec<_> =
        changes.iter().map(|change| (change.kind, change.was.clone(), change.now.clone())).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        said,
        [
            (ChangeKind::CodesAppeared, None, some("0")),
            (ChangeKind::CodesVanished, some("2"), None),
            (ChangeKind::UnnamedCodes, some("0"), some("3")),
        ]
    );
}

fn part(name: &str, columns: Vec<ColumnShape>) -> PartShape {
    PartShape { name: name.to_owned(), files: 1, rows: 10, columns, ..PartShape::default() }
}

fn snapshot(id: &str, parts: Vec<PartShape>, list: &[&str]) -> Snapshot {
    let codes = list.iter().map(|code| (*code).to_owned()).collect();
    let columns = parts.first().map(|part| part.columns.clone()).unwrap_or_default();
    let table = TableShape { id: "t".to_owned(), files: parts.len() as u64, columns, parts };
    let code_lists = BTreeMap::from([("gt".to_owned(), codes)]);
    Snapshot::new(
        "2026-11-21".to_owned(),
        vec![DatabaseShape { id: id.to_owned(), code_lists, tables: vec![table] }],
        Vec::new(),
    )
}

#[test]
fn most_parts_are_the_model() {
    let mut odd = columns(&["a", "b"]);
    odd[1].forms = BTreeSet::from([Form::Integer]);
    let parts = vec![
        part("01", columns(&["a", "b"])),
        part("02", columns(&["a"])),
        part("03", odd),
        part("04", columns(&["a", "b"])),
    ];
    let drift = Drift::of(&snapshot("d", parts, &[]), None, |_| None);
    let table = &drift.parts[0];
    assert_eq!(table.groups[0].parts, ["01", "03", "04"]);
    assert_eq!(table.groups[1].parts, ["02"]);
    assert_eq!(kinds(&table.groups[1].changes), [(ChangeKind::ColumnRemoved, Some("b"))]);
    let unlike: Vec<_> = table.unlike.iter().map(|it| (it.part.as_str(), it.change.kind)).collect();
    assert_eq!(unlike, [("03", ChangeKind::FormChanged)]);
    assert!(drift.any(true));
}

#[test]
fn lists_of_databases_are_compared_with_the_most_common_and_the_nations() {
    let one = snapshot("a", vec![part("x", vec![coded(&["1", "2"], 0)])], &["1", "2"]);
    let two = snapshot("b", vec![part("x", vec![coded(&["00"], 0)])], &["00", "1"]);
    let both = Snapshot::new(one.as_of.clone(), [one.databases, two.databases].concat(), Vec::new());
    let national = |role: &str| {
        assert_eq!(role, "gender");
        let codes = BTreeSet::from(["1".to_owned(), "2".to_owned()]);
        Some(CodeSet { of: vec!["vn".to_owned()], size: 2, codes })
    };
    let drift = Drift::of(&both, None, national);
    let concept = &drift.code_lists[0];
    assert!(concept.widths_differ && concept.drifts());
    assert_eq!(concept.used[1].not_national.as_deref(), Some("00"));
    let said: Vec<_> = concept
        .differences
        .iter()
        .map(|it| (it.one.as_str(), it.two.as_str(), it.only_one.as_str(), it.only_two.as_str(), it.national))
        .collect();
    assert_eq!(said, [("a: gt", "b: gt", "2", "00", false), ("b: gt", "vn", "00", "2", true)]);
}

#[test]
fn a_snapshot_is_read_as_it_was_written() {
    let one = snapshot("a", vec![part("x", vec![coded(&["1"], 2)])], &["1"]);
    assert_eq!(Snapshot::from_json(&one.to_json()), Ok(one.clone()));
    assert!(Snapshot::from_json(&one.to_json().replace("shape/2", "shape/1")).is_err());
    assert!(
        Snapshot::from_json("{\"schema\": \"thuocdo.scorecard/1\"}")
            .is_err_and(|what| what.en.contains("scorecard"))
    );
    assert!(Snapshot::from_json("[]").is_err());
    let drift = Drift::of(&one, Some(&one), |_| None);
    assert_eq!((drift.versions.len(), drift.any(false)), (0, false));
}
