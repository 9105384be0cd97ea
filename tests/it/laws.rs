//! Laws of scoring, on random tables: how a table is cut into files and how many threads read it changes nothing;
//! making a wrong value right never lowers a score; leaving out a column never raises one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use tempfile::TempDir;
use thuocdo::engine::Keeper;
use thuocdo::rule::Database;
use thuocdo::score::scorecard::DatabaseCard;

use crate::measure;

const AS_OF: &str = "2026-11-21";

const COLUMNS: [&str; 8] = ["ma", "ten", "ngay_sinh", "cap_nhat", "ghi_nhan", "so", "tinh", "cha"];

/// Every kind, on the columns above.
const RULES: &str = r#"
thuocdo: 1
database: luat
code_lists:
  tinh: { builtin: vn.province }
  bat_buoc: ["01", "79", "99"]
tables:
  t:
    files: "t_*.csv"
    key: [ma]
    columns:
      ma: { type: text }
      ten: { type: text }
      ngay_sinh: { type: date, formats: ["%d/%m/%Y", "%Y-%m-%d"] }
      cap_nhat: { type: timestamp }
      ghi_nhan: { type: timestamp }
      so: { type: decimal }
      tinh: { type: text }
      cha: { type: integer }
    rules:
      - { id: r-not-null, not_null: ten }
      - { id: r-row-count, row_count: { expected: 20 } }
      - { id: r-row-count-when, row_count: { min: 2 }, when: "tinh = '01'" }
      - { id: r-type, type: { column: so, type: integer } }
      - { id: r-matches, matches: { column: ten, regex: '[A-ZĐ].*' } }
      - { id: r-in-range, in_range: { column: ngay_sinh, min: 1950-01-01, max: as_of } }
      - { id: r-in-range-so, in_range: { column: so, min: 0, max: 100, exclusive_max: true } }
      - { id: r-length, length: { column: ma, min: 2, max: 2 } }
      - { id: r-in-set, in_set: { column: tinh, values: ["01", "79"] } }
      - id: r-in-set-at
        in_set: { column: tinh, code_list: tinh, valid_at: ngay_sinh, where: { name: ten }, forbidden: ["79"] }
      - { id: r-expect, expect: "10 / so > 1 OR tinh = '79'" }
      - { id: r-unique, unique: [ma] }
      - { id: r-unique-when, unique: [ten, tinh], when: "so >= 0" }
      - { id: r-duplicate, duplicate_rows: {} }
      - { id: r-fuzzy, duplicate_fuzzy: { columns: { ten: name, ngay_sinh: date }, blocks: [tinh, [ngay_sinh.year]], similarity: 0.6, most_in_block: 4 } }
      - { id: r-references, references: { column: cha, to: goc.so } }
      - { id: r-reconcile-link, reconcile_link: { with: goc, key: { cha: so } } }
      - { id: r-reconcile-value, reconcile_value: { with: goc, key: { cha: so }, column: so, to: ten, compare: code } }
      - { id: r-reconcile-coverage, reconcile_coverage: { with: goc, key: { cha: so }, in_scope: "so > 1" }, when: "tinh = '01'" }
      - { id: r-references-equal, references: { columns: [cha, tinh], to: { table: goc, columns: [so, ten] }, absent: equal } }
      - { id: r-references-at, references: { column: cha, to: goc.so, valid_at: cap_nhat, valid_to: ten } }
      - { id: r-cardinality, cardinality: { key: cha, of: goc.so, at_most: 1, in_scope: "so <> 2" } }
      - { id: r-match, aggregate_match: { with: goc, by: { cha: so }, measure: { sum: so }, theirs: ten, tolerance: 1 } }
      - { id: r-match-count, aggregate_match: { with: goc, measure: count, tolerance: 50% }, when: "tinh = '01'" }
      - { id: r-match-distinct, aggregate_match: { with: goc, by: { cha: so }, measure: { distinct: tinh }, theirs: count } }
      - { id: r-coverage, coverage: { column: tinh, of: tinh } }
      - { id: r-coverage-month, coverage: { column: cap_nhat, of: { every: month, from: as_of - 3mo }, within: tinh }, when: "so >= 0" }
      - { id: r-coverage-goc, coverage: { column: cha, of: goc.so, in_scope: "so > 1" } }
      - { id: r-clean-text, clean_text: ten }
      - { id: r-person-name, person_name: ten }
      - { id: r-sum, aggregate: { column: so, function: sum, min: 0 } }
      - { id: r-mean, aggregate: { column: so, function: mean, max: 50 }, when: "tinh = '01'" }
      - { id: r-distinct, aggregate: { column: ten, function: distinct, max: 4 } }
      - { id: r-max, aggregate: { column: cap_nhat, function: max, max: as_of } }
      - { id: r-median, aggregate: { column: cha, function: median, max: 2 }, when: "cha < 9" }
      - { id: r-stddev, aggregate: { column: cha, function: stddev, max: 1 }, when: "cha < 9" }
      - { id: r-correlation, aggregate: { column: cha, function: correlation, with: so, min: 0 }, when: "cha < 9" }
      - { id: r-entropy, aggregate: { column: ten, function: entropy, min: 2 } }
      - { id: r-mean-length, aggregate: { column: ten, function: mean_length, max: 5 } }
      - { id: r-consistent, consistent: { column: ten, by: letter_case, per: tinh } }
      - { id: r-outliers, outliers: { column: so, method: zscore, threshold: 1, at_least: 3 } }
      - { id: r-value-set, value_set: { column: tinh, values: ["01", "79"], relation: top, n: 2 } }
      - { id: r-distribution, distribution: { column: tinh, baseline: { "01": 4, "79": 2, "1": 1 }, test: psi, max: 0.2 } }
      - { id: r-digits, digits: { column: cha, test: last_digit, max_distance: 0.3, at_least: 3 }, when: "cha < 10" }
      - { id: r-schema, schema: { closed: true } }
      - { id: r-dictionary, dictionary: { file: tests/dictionary.csv } }
      - { id: r-heartbeat, heartbeat: { column: cap_nhat, cycle: 1d } }
      - { id: r-heartbeat-per, heartbeat: { column: cap_nhat, cycle: 1d, per: tinh } }
      - { id: r-advanced, advanced: { column: cap_nhat, since: 2026-11-19 } }
      - { id: r-rows-per, rows_per: { time: cap_nhat, every: 1mo, max: 3, per: tinh } }
      - { id: r-determines, determines: { from: tinh, to: ten } }
      - { id: r-no-overlap, no_overlap: { from: cap_nhat, to: ghi_nhan, per: tinh } }
      - { id: r-event-order, event_order: { event: tinh, order: ["01", "79"], time: cap_nhat, per: ten, first: "01", final: "79" } }
      - { id: r-envelope, envelope: { record: ten, event: tinh, version: cha, changed: cap_nhat, written: ghi_nhan, new: "01", update: "79", cancel: "99" } }
      - { id: r-increasing, increasing: { column: so, by: cap_nhat } }
      - { id: r-gapless, gapless: { column: cha, per: tinh, from: 1 } }
      - { id: r-record-age, record_age: { column: cap_nhat, cycle: 30d } }
      - { id: r-latency, latency: { event: cap_nhat, recorded: ghi_nhan, within: 2d } }
      - { id: r-connection, connection: { time: cap_nhat, result: tinh, success: ["01"], maintenance: ["79"], every: 30d, per: ten } }
      - { id: r-established, connection_established: { columns: tinh, result: ten, success: [An, Bình], mandated: bat_buoc, time: cap_nhat } }
      - { id: r-request, share_request: { received: cap_nhat, answered: ghi_nhan, within: 3, calendar: tests/calendar.yaml, outcome: tinh, refused: ["79"] } }
      - { id: r-filled, filled: { columns: [ten, tinh], min: 1, max: 1 } }
      - { id: r-missingness, missingness: { columns: [ma, ten], together: true, reasons: ["chưa rõ"] } }
      - { id: r-detected, detected_type: { column: tinh, is: integer } }
      - { id: r-precision, precision: { column: so, digits: 3, decimals: 1 } }
      - { id: r-letter-case, letter_case: { column: ten, case: title } }
      - { id: r-charset, charset: { column: ten, allow: [vietnamese] } }
      - { id: r-json, json: { column: ma, schema: { minimum: 3 } } }
      - { id: r-compare, compare: { left: cap_nhat, op: "<=", right: ghi_nhan, plus: 1d } }
      - { id: r-compare-so, compare: { left: so, op: "=", right: cha, tolerance: 1, absent: fail } }
      - { id: r-distinct-within, distinct_within: [ma, tinh] }
      - { id: r-partial-date, partial_date: { date: ngay_sinh, month: tinh, year: cha } }
      - { id: r-deletion, no_unexplained_deletion: { tombstone: goc.ten, in_scope: "so > 1" }, when: "tinh = '01'" }
      - { id: r-padding, padding: { alike: 2, except: ten, inserts: goc.ten } }
      - { id: r-filling, constant_filling: { column: tinh, at_most: 30%, at_least: 2 } }
      - { id: r-touched, touched_without_change: { column: cap_nhat, except: [so] } }
      - { id: r-id-agrees, id_agrees: { column: ma, birth_year: tinh } }
  goc:
    files: "goc.csv"
    columns: { so: { type: integer } }
    rules:
      - { id: r-file, file: { min_bytes: 3, name: 'goc\.csv' } }
"#;

/// A null is an unquoted empty cell; everything else is quoted.
type Cell = Option<&'static str>;
type Row = Vec<Cell>;

fn cell(values: &'static [&'static str]) -> impl Strategy<Value = Cell> {
    prop_oneof![
        1 => Just(Cell::None),
        1 => select(vec!["", "  ", "N/A", "chưa rõ"]).prop_map(Some),
        8 => select(values).prop_map(Some),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    (
        cell(&["01", "02", "03", "04", "05", " 05", "006", "7", "000000"]),
        cell(&["An", "Bình", "Bi\u{300}nh", " An", "Trần  Văn", "Lê\u{200b}", "lan", "Đỗ\u{a0}Hà"]),
        cell(&[
            "01/02/1990",
            "31/02/1990",
            "1990-02-01",
            "2026-11-22",
            "1900-01-01",
            "1949-12-31",
            "hôm qua",
        ]),
        cell(&[
            "2026-11-20",
            "2026-11-19 12:00:00",
            "2026-10-01",
            "2027-01-01",
            "2025-01-01T00:00:00Z",
            "?!",
        ]),
        cell(&["2026-11-20 00:00:01", "2026-11-22", "2026-11-18", "sai"]),
        cell(&["0", "1", "2.5", "-3", "99.9999999999", "100", "abc", "1e3", "9223372036854775808"]),
        cell(&["01", "79", " 01 ", "1", "99"]),
        cell(&["1", "2", "002", "9", "99999999999999999999", "b"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| vec![a, b, c, d, e, f, g, h])
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), 1..40)
}

/// Writes the table as one file for each part, leaving out a column if wanted.
fn write(folder: &Path, parts: &[&[Row]], without: Option<usize>) {
    let kept: Vec<usize> = (0..COLUMNS.len()).filter(|column| Some(*column) != without).collect();
    for (number, part) in parts.iter().enumerate() {
        let mut text = kept.iter().map(|&column| COLUMNS[column]).collect::<Vec<_>>().join(",");
        text.push('\n');
        for row in *part {
            for (at, &column) in kept.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                if let Some(value) = row[column] {
                    let _ = write!(text, "\"{value}\"");
                }
            }
            text.push('\n');
        }
        fs::write(folder.join(format!("t_{number}.csv")), text).expect("a file");
    }
    fs::write(folder.join("goc.csv"), "so,ten\n1,1\n2,2.5\n3,\n9,100\n9,abc\n").expect("a file");
}

fn score(database: &Database, parts: &[&[Row]], without: Option<usize>, threads: usize) -> DatabaseCard {
    let folder = TempDir::new().expect("a folder");
    write(folder.path(), parts, without);
    measure::score(database, folder.path(), AS_OF, threads)
}

/// Everything about a card that must not depend on how the data lies: all but the files and the examples' places.
fn substance(card: &DatabaseCard) -> Value {
    let mut card = serde_json::to_value(card).expect("JSON");
    for table in card["tables"].as_array_mut().expect("tables") {
        table["files"] = Value::Null;
        table["problems"] = Value::Null;
        for rule in table["rules"].as_array_mut().expect("rules") {
            rule["examples"] = Value::Null;
        }
    }
    card
}

/// All official scores of a card, by name.
fn officials(card: &DatabaseCard) -> Vec<(String, i64)> {
    let mut scores = vec![("database".to_owned(), card.score.official_nano)];
    for (dimension, of) in &card.dimensions {
        if of.applicable {
            scores.push((dimension.id().to_owned(), of.score.official_nano));
        }
    }
    for table in &card.tables {
        for rule in &table.rules {
            scores.extend(rule.points_nano.map(|points| (format!("{}/{}", table.id, rule.id), points)));
        }
    }
    scores
}

fn rules(text: &str) -> Database {
    measure::database(text, Path::new(".")).unwrap_or_else(|said| panic!("{said}"))
}

/// A rule file whose rules on `tinh` can only gain from a right value.
const FEW_RULES: &str = r#"
thuocdo: 1
database: luat
tables:
  t:
    files: "t_*.csv"
    key: [ma]
    rules:
      - { id: in-set, in_set: { column: tinh, values: ["01", "79"] } }
      - { id: in-set-minor, in_set: { column: tinh, values: ["01", "79", "99"] }, severity: minor }
      - { id: not-null, not_null: ten }
      - { id: unique, unique: [ma] }
      - { id: clean-text, clean_text: ten }
      - { id: heartbeat, heartbeat: { column: cap_nhat, cycle: 1d } }
"#;

#[test]
fn every_kind_is_under_the_laws() {
    let database = rules(RULES);
    for kind in thuocdo::kind::KINDS {
        let name = kind.about().name;
        let mut rules = database.tables.iter().flat_map(|table| &table.rules);
        let used = rules.any(|rule| !rule.implied && rule.kind.about().name == name);
        assert!(used, "no rule of kind `{name}`");
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() }
}

/// Keeps states in memory, and counts files that were not read.
#[derive(Default)]
struct Memory {
    states: Mutex<BTreeMap<String, Vec<u8>>>,
    reused: AtomicUsize,
}

impl Memory {
    /// Files that were not read since this was asked last.
    fn reused(&self) -> usize {
        self.reused.swap(0, Ordering::Relaxed)
    }
}

impl Keeper for Memory {
    fn find(&self, name: &str) -> Option<Vec<u8>> {
        self.states.lock().expect("no panic").get(name).cloned()
    }

    fn keep(&self, name: &str, state: &[u8]) {
        self.states.lock().expect("no panic").insert(name.to_owned(), state.to_vec());
    }

    fn reused(&self, _: u64) {
        self.reused.fetch_add(1, Ordering::Relaxed);
    }
}

/// Rules that look at the moment of the run and know until when what they say of rows holds.
const TIMED_RULES: &str = r#"
thuocdo: 1
database: luat
code_lists:
  tinh: { builtin: vn.province }
tables:
  t:
    files: "t_*.csv"
    key: [ma]
    columns:
      ngay_sinh: { type: date, formats: ["%d/%m/%Y", "%Y-%m-%d"] }
      cap_nhat: { type: timestamp }
    rules:
      - { id: past, in_range: { column: ngay_sinh, max: as_of } }
      - { id: past-exclusive, in_range: { column: cap_nhat, max: as_of, exclusive_max: true } }
      - { id: ahead, in_range: { column: ngay_sinh, min: as_of } }
      - { id: ahead-exclusive, in_range: { column: cap_nhat, min: as_of, exclusive_min: true } }
      - { id: in-force, in_set: { column: tinh, code_list: tinh, valid_at: as_of } }
      - { id: age, record_age: { column: cap_nhat, cycle: 30d } }
      - { id: heartbeat, heartbeat: { column: cap_nhat, cycle: 1d } }
      - { id: heartbeat-per, heartbeat: { column: cap_nhat, cycle: 1d, per: tinh } }
      - { id: advanced, advanced: { column: cap_nhat, since: 2026-11-19 } }
      - { id: request, share_request: { received: cap_nhat, answered: ghi_nhan, within: 3, calendar: tests/calendar.yaml } }
      - { id: connection, connection: { time: cap_nhat, result: ten, success: An, every: 30d } }
      - { id: advanced-day, advanced: { column: ngay_sinh, since: 1990-02-01 } }
      - { id: rows-per, rows_per: { time: cap_nhat, every: 1mo, max: 3 } }
      - { id: unique, unique: [ma] }
"#;

#[test]
fn a_day_on_which_no_row_turns_is_not_read_again() {
    let database = rules(TIMED_RULES);
    let folder = TempDir::new().expect("a folder");
    let row = |born: &'static str, updated: &'static str| -> Row {
        let cells = ["01", "An", born, updated, "", "1", "01", "1"];
        cells.into_iter().map(Some).collect()
    };
    write(
        folder.path(),
        &[&[row("1990-02-01", "2020-01-01")], &[row("2026-11-25", "2026-11-20 10:00:00")]],
        None,
    );
    let kept = Memory::default();
    let score = |as_of: &str| measure::score_keeping(&database, folder.path(), as_of, 1, Some(&kept));
    score("2026-11-21");
    assert_eq!(kept.reused(), 0);
    score("2026-11-21");
    assert_eq!(kept.reused(), 2);
    // Nobody is born and nothing grows old until the 25th.
    score("2026-11-24T23:59:59+07:00");
    assert_eq!(kept.reused(), 2);
    // The second row's person is born, and the first file has nothing to come.
    score("2026-11-25");
    assert_eq!(kept.reused(), 1);
    // What was seen later says nothing about earlier moments.
    score("2026-11-20");
    assert_eq!(kept.reused(), 0);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn states_of_files_stand_for_the_files(
        rows in rows(),
        cut in any::<Index>(),
        timed in any::<bool>(),
        later in select(vec!["2026-11-21", "2026-11-22", "2026-11-22T00:00:00.000001+07:00", "2026-12-21", "2027-01-01", "2031-07-01", "2026-11-20"]),
    ) {
        let database = rules(if timed { TIMED_RULES } else { RULES });
        let folder = TempDir::new().expect("a folder");
        let (first, second) = rows.split_at(cut.index(rows.len() + 1));
        write(folder.path(), &[first, second], None);
        let kept = Memory::default();
        let with = |as_of: &str, threads| measure::score_keeping(&database, folder.path(), as_of, threads, Some(&kept));
        let without = |as_of: &str| measure::score(&database, folder.path(), as_of, 1);
        let fresh = without(AS_OF);
        prop_assert_eq!(&with(AS_OF, 3), &fresh, "while states are made");
        kept.reused();
        prop_assert_eq!(&with(AS_OF, 1), &fresh, "from states");
        prop_assert!(kept.reused() >= 2, "no file is read again");
        prop_assert_eq!(&with(later, 1), &without(later), "at another moment");
        // One file changes: it alone is read again, and keys are judged over both.
        write(folder.path(), &[second, second], None);
        kept.reused();
        prop_assert_eq!(&with(later, 1), &without(later), "after a change");
    }

    #[test]
    fn files_and_threads_change_nothing(rows in rows(), cuts in prop::collection::vec(any::<Index>(), 1..4)) {
        let database = rules(RULES);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        at.push(0);
        at.push(rows.len());
        at.sort_unstable();
        let parts: Vec<&[Row]> = at.windows(2).map(|pair| &rows[pair[0]..pair[1]]).collect();
        let whole = substance(&score(&database, &[&rows], None, 1));
        prop_assert_eq!(&whole, &substance(&score(&database, &[&rows], None, 3)), "threads");
        prop_assert_eq!(&whole, &substance(&score(&database, &parts, None, 1)), "files");
        prop_assert_eq!(&whole, &substance(&score(&database, &parts, None, 3)), "files and threads");
    }

    #[test]
    fn making_a_value_right_never_lowers_a_score(rows in rows(), which in any::<Index>()) {
        let tinh = COLUMNS.iter().position(|name| *name == "tinh").expect("a column");
        let wrong: Vec<usize> =
            (0..rows.len()).filter(|&row| matches!(rows[row][tinh], Some("1" | "99"))).collect();
        prop_assume!(!wrong.is_empty());
        let database = rules(FEW_RULES);
        let before = score(&database, &[&rows], None, 1);
        let mut better = rows.clone();
        better[wrong[which.index(wrong.len())]][tinh] = Some("01");
        let after = score(&database, &[&better], None, 1);
        let (before_scores, after_scores) = (officials(&before), officials(&after));
        prop_assert_eq!(before_scores.len(), after_scores.len());
        for ((name, before), (_, after)) in before_scores.iter().zip(&after_scores) {
            prop_assert!(after >= before, "{}: {} became {}", name, before, after);
        }
        prop_assert!(after.tables[0].clean >= before.tables[0].clean);
        let points = |card: &DatabaseCard| card.tables[0].rules[0].points_nano;
        prop_assert!(points(&after) > points(&before), "a defect less is worth something");
    }

    #[test]
    fn leaving_out_a_column_never_raises_a_score(rows in rows(), column in 0..COLUMNS.len()) {
        let database = rules(RULES);
        let with = score(&database, &[&rows], None, 1);
        let without = score(&database, &[&rows], Some(column), 1);
        prop_assert!(
            without.score.official_nano <= with.score.official_nano,
            "without {}: {} became {}", COLUMNS[column], with.score.official, without.score.official
        );
        prop_assert!(without.tables[0].clean <= with.tables[0].clean);
        prop_assert!(without.tables[0].rules.iter().any(|rule| rule.points_nano == Some(0)));
    }
}
