//! Arguments of kinds: what is wrong with them is said, and what the reference shows is right.

use std::fs;
use std::path::Path;

use serde_json::Value;
use thuocdo::kind::KINDS;
use thuocdo::rule::schema;

use crate::measure;

const FRAME: &str = "thuocdo: 1\ndatabase: d\ncode_lists: { tinh: [a], danh_muc: [a], gioi_tinh: [a] }\ntables:\n  xa: { files: x.csv }\n";

fn rules(rule: &str) -> String {
    format!("{FRAME}  t:\n    files: t.csv\n    columns: {{ co: text }}\n    rules:\n      - {rule}\n")
}

#[test]
fn wrong_arguments_are_named() {
    for (rule, message) in [
        ("no_overlap: { from: a }", "`to` is missing"),
        ("no_overlap: { from: a, to: b, gaps: none }", "`none` is not a permission"),
        ("event_order: { event: e, order: [A, B], time: t, per: k, first: C }", "`order` has no event `C`"),
        (
            "event_order: { event: e, order: [A], time: t, per: k, transitions: { A: [B] } }",
            "`order` has no event `B`",
        ),
        ("event_order: { event: e, order: [A], time: t }", "`per` is missing"),
        (
            "envelope: { record: r, event: e, version: v, within: 24h }",
            "`within` needs `changed` and `written`",
        ),
        (
            "envelope: { record: r, event: e, version: v, new: [A, update] }",
            "the event `update` is named twice",
        ),
        ("envelope: { record: r, event: e }", "`version` is missing"),
        ("increasing: { column: a, strict: ja }", "expected `true` or `false`"),
        ("gapless: { column: a, step: 1h }", "`1h` is not a step"),
        ("gapless: { column: a, step: 0 }", "`0` is not a step"),
        ("gapless: { column: a, from: 1.5 }", "`1.5` is no value of type `integer`"),
        ("gapless: { column: a, from: 5, to: 3 }", "no value is between 5 and 3"),
        ("gapless: { column: a, step: 1mo, from: 5 }", "`5` is no value of type `date`"),
        ("determines: { from: a }", "`to` is missing"),
        ("rows_per: { time: a, every: day }", "`day` is not a window of time"),
        ("rows_per: { time: a, every: 1d, min: 3, max: 2 }", "no number is between 3 and 2"),
        ("rows_per: { time: a, every: 1d, min: 0 }", "every number of rows is allowed"),
        ("rows_per: { time: a, every: 1d, from: 5 }", "`5` is no moment"),
        (
            "rows_per: { time: a, every: 1d, from: 2026-11-30, to: 2026-11-11 }",
            "no value is between 2026-11-30 and 2026-11-11",
        ),
        (
            "connection: { time: a, result: r, success: x, from: 2026-11-30, to: 2026-11-29T23:00:00 }",
            "no value is between 2026-11-30 and 2026-11-29T23:00:00",
        ),
        (
            "connection_established: { columns: a, result: r, success: x, mandated: tinh, time: b, from: 2026-11-30, to: 2026-11-11 }",
            "no value is between 2026-11-30 and 2026-11-11",
        ),
        (
            "share_request: { received: a, answered: b, within: 0, calendar: c.yaml }",
            "a request is met within 1 to 1000 working days, not 0",
        ),
        (
            "share_request: { received: a, answered: b, within: 2600000, calendar: c.yaml }",
            "a request is met within 1 to 1000 working days, not 2600000",
        ),
        ("duplicate_fuzzy:", "no column has the role `person_name`"),
        ("duplicate_fuzzy: { columns: {} }", "no column is compared"),
        ("duplicate_fuzzy: { columns: { co: text } }", "which rows to compare"),
        ("duplicate_fuzzy: { columns: { co: sound }, blocks: [co] }", "`sound` is not a way to compare"),
        ("duplicate_fuzzy: { columns: { co: { weight: 0 } }, blocks: [co] }", "from 1 to 1000"),
        ("duplicate_fuzzy: { columns: { co: text }, blocks: [] }", "`blocks` are 1 to 32 lists"),
        ("duplicate_fuzzy: { columns: { co: text }, blocks: [[]] }", "`blocks` are 1 to 32 lists"),
        ("duplicate_fuzzy: { columns: { co: text }, blocks: [co.soud] }", "a value has no part `soud`"),
        (
            "duplicate_fuzzy: { columns: { co: text }, blocks: [co], similarity: 0 }",
            "more than 0 and at most 1",
        ),
        (
            "duplicate_fuzzy: { columns: { co: text }, blocks: [co], similarity: 1.01 }",
            "more than 0 and at most 1",
        ),
        ("duplicate_fuzzy: { columns: { co: text }, blocks: [co], most_in_block: 1 }", "from 2 to 100000"),
        ("duplicate_fuzzy: { columns: { cot: text }, blocks: [co] }", "the table declares no column `cot`"),
        ("references: { columns: [a, b], to: xa.ma }", "2 columns cannot refer to 1"),
        ("references: { to: xa.ma }", "`columns` is missing"),
        ("references: { column: a, to: xa.ma, absent: fail }", "one column cannot be absent in part"),
        ("references: { column: a, to: xa.ma, absent: ja }", "`ja` is not a way with absent values"),
        ("references: { column: a, to: xa.ma, valid_at: b }", "`valid_at` needs `valid_from` or `valid_to`"),
        ("references: { column: a, to: xa.ma, valid_to: b }", "`valid_at` is missing"),
        ("aggregate_match: { measure: count }", "`with` is missing"),
        ("aggregate_match: { with: xa }", "`measure` is missing"),
        ("aggregate_match: { with: xa, measure: total }", "this is no figure"),
        ("aggregate_match: { with: xa, measure: { sum: a, distinct: b } }", "this is no figure"),
        ("aggregate_match: { with: xa, measure: { summ: a } }", "unknown key `summ`"),
        ("aggregate_match: { with: xa, measure: count, theirs: so }", "this is no figure"),
        ("aggregate_match: { with: xa, measure: count, tolerance: -1 }", "`-1` is no tolerance"),
        ("aggregate_match: { with: xa, measure: count, tolerance: 0.5 }", "differs by whole numbers"),
        ("cardinality: { key: a, of: xa.ma }", "every number of rows is allowed"),
        ("cardinality: { key: a, of: xa.ma, at_least: 0 }", "every number of rows is allowed"),
        ("cardinality: { key: a, of: xa.ma, at_least: 2, at_most: 1 }", "no number is between 2 and 1"),
        ("cardinality: { key: a, of: xa.ma, exactly: 1, at_most: 1 }", "exclude each other"),
        ("cardinality: { key: [a, b], of: xa.ma, exactly: 1 }", "2 columns cannot refer to 1"),
        ("cardinality: { key: a, of: xa.ma, exactly: 1, in_scope: 'so =' }", "expected an expression"),
        ("coverage: { column: a }", "`of` is missing"),
        ("coverage: { column: a, of: tinhh }", "no code list `tinhh`"),
        ("coverage: { column: a, of: [] }", "the list is empty"),
        ("coverage: { column: a, of: { builtin: vn.tinh } }", "no built-in code list `vn.tinh`"),
        ("coverage: { column: a, of: { file: a.csv } }", "a list in a file has a name"),
        ("coverage: { column: [a, b], of: tinh }", "one column is looked into"),
        ("coverage: { column: a, of: tinh, in_scope: 'a = 1' }", "`in_scope` belongs to another table"),
        ("coverage: { column: a, of: xa.ma, within: b }", "`within` does not go with another table"),
        ("coverage: { column: a, of: { every: hour, from: 2026-01-01 } }", "`hour` is not a window of time"),
        ("coverage: { column: a, of: { every: day } }", "`from` is missing"),
        ("coverage: { column: a, of: { every: day, from: as_of + 1d } }", "`as_of + 1d` is no day"),
        ("coverage: { column: a, of: { every: day, from: as_of - 1h } }", "`as_of - 1h` is no day"),
        (
            "coverage: { column: a, of: { every: day, from: 2026-02-01, upto: 2026-01-01 } }",
            "no day is between",
        ),
        ("coverage: { column: a, of: { every: working_day, from: 2026-01-01 } }", "`calendar` is missing"),
        ("no_unexplained_deletion: {}", "by the table's `key`, and it has none"),
        ("no_unexplained_deletion: { in_scope: 'a = 1' }", "there is no `tombstone`"),
        ("no_unexplained_deletion: { tombstone: xa }", "`xa` is not `table.column`"),
        ("touched_without_change: {}", "`column` is missing"),
        ("touched_without_change: { column: cot }", "the table declares no column `cot`"),
        ("padding: { alike: 1 }", "one row is always like itself"),
        ("padding: { inserts: xa }", "`xa` is not `table.column`"),
        ("constant_filling: { column: a, at_most: 1 }", "the rule cannot fail"),
        ("constant_filling: { column: a, rise: 100% }", "the rule cannot fail"),
        ("constant_filling: { column: a, at_most: 5% }", "`at_most` is 10 % or more"),
        ("constant_filling: { column: a, at_most: 120% }", "no share from 0 to 1"),
        ("heartbeat: a", "`cycle` is missing"),
        ("heartbeat:", "`column` is missing"),
        ("advanced: { column: a, since: nowhere.csv#a }", "`nowhere.csv` cannot be read"),
        ("file: {}", "nothing is asked of the files"),
        ("file: { sha256: abc }", "a SHA-256 hash has 64 hexadecimal digits"),
        ("file: { min_bytes: 9, max_bytes: 1 }", "no number is between 9 and 1"),
        ("file: { name: '(' }", "not a regular expression"),
        ("schema: { columns: { min: 3, max: 1 } }", "no number is between 3 and 1"),
        ("schema: { columns: {} }", "`min` or `max` is missing"),
        ("schema: { exakt: true }", "unknown key `exakt`"),
        ("dictionary: { entity: a }", "`file` is missing"),
        ("dictionary: nowhere.csv", "dictionary `nowhere.csv` cannot be read"),
        ("dictionary: nowhere.yaml", "`./nowhere.yaml` cannot be read"),
    ] {
        let said = measure::database(&rules(rule), Path::new(".")).expect_err(rule);
        assert!(said.contains(message), "{rule}: `{message}` is not in\n{said}");
    }
    let bare = rules("schema: {}").replace("    columns: { co: text }\n", "");
    let said = measure::database(&bare, Path::new(".")).expect_err("nothing is declared");
    assert!(said.contains("the table declares no columns"), "{said}");
}

#[test]
fn examples_of_the_reference_are_right_and_keep_the_schema() {
    let schema = jsonschema::validator_for(&schema::rule_file(KINDS)).expect("a valid schema");
    // The files that examples speak of.
    let folder = tempfile::tempdir().expect("a directory");
    fs::copy("tests/calendar.yaml", folder.path().join("lich.yaml")).expect("a calendar");
    fs::write(folder.path().join("bat_buoc.csv"), "ben,dich_vu,tu_ngay\na,x,2026-01-01\n").expect("a list");
    fs::write(folder.path().join("tu_dien.csv"), "tên trường,thực thể\nHoVaTen,Con người\n")
        .expect("a dictionary");
    for kind in KINDS {
        let example = kind.about().example;
        // Rules that compare runs go by the table's key.
        let text = rules(example).replace("files: t.csv\n", "files: t.csv\n    key: [co]\n");
        if let Err(said) = measure::database(&text, folder.path()) {
            panic!("{example}: {said}");
        }
        let value: Value = serde_saphyr::from_str(&text).expect("YAML");
        let wrong: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{example}: {}", wrong.join("\n"));
    }
}
