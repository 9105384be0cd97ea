//! Rules that compare runs, against a plain model. What is kept from run to run is the matter of `baselines`.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use tempfile::TempDir;
use thuocdo::engine::Budget;
use thuocdo::rule::Database;
use thuocdo::score::scorecard::DatabaseCard;

use crate::measure::{self, Unnamed};

const RULES: &str = r#"
thuocdo: 1
database: so
tables:
  t:
    files: "t_*.csv"
    key: [ma]
    columns: { ma: text, cap_nhat: timestamp, x: text, y: text }
    rules:
      - { id: xoa, no_unexplained_deletion: }
      - { id: xoa-co, no_unexplained_deletion: { tombstone: nk.xoa }, when: "y = 'c'" }
      - { id: cham, touched_without_change: { column: cap_nhat, except: y } }
      - { id: don, padding: { alike: 2, inserts: nk.them } }
      - { id: dien, constant_filling: { column: x, at_most: 50%, rise: 20%, at_least: 2 } }
  nk:
    files: nk.csv
    allow_empty: true
    columns: { xoa: text, them: text }
"#;

type Cell = Option<&'static str>;
/// `ma`, `cap_nhat`, `x`, `y`.
type Row = [Cell; 4];

fn cell(values: &'static [&'static str]) -> impl Strategy<Value = Cell> {
    prop_oneof![1 => Just(None), 5 => select(values).prop_map(Some)]
}

const KEYS: [&str; 9] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let time = cell(&["2026-11-01", "2026-11-02 10:00:00", "2026-11-02T10:00:00", "sai"]);
    let row =
        (cell(&KEYS), time, cell(&["An", "Chi"]), cell(&["c", "d"])).prop_map(|(a, b, c, d)| [a, b, c, d]);
    prop::collection::vec(row, 1..14)
}

fn write(folder: &Path, parts: &[&[Row]], log: &[[Cell; 2]]) {
    let line = |cells: &[Cell]| {
        let cells: Vec<&str> = cells.iter().map(|cell| cell.unwrap_or_default()).collect();
        cells.join(",") + "\n"
    };
    for (number, part) in parts.iter().enumerate() {
        let rows: String = part.iter().map(|row| line(row)).collect();
        fs::write(folder.join(format!("t_{number}.csv")), format!("ma,cap_nhat,x,y\n{rows}"))
            .expect("a file");
    }
    let log: String = log.iter().map(|row| line(row)).collect();
    fs::write(folder.join("nk.csv"), format!("xoa,them\n{log}")).expect("a file");
}

fn score(
    database: &Database,
    before: &[&[Row]],
    now: &[&[Row]],
    log: &[[Cell; 2]],
    threads: usize,
) -> DatabaseCard {
    score_within(database, before, now, log, (threads, &Budget::unlimited()))
}

fn score_within(
    database: &Database,
    before: &[&[Row]],
    now: &[&[Row]],
    log: &[[Cell; 2]],
    (threads, budget): (usize, &Budget<'_>),
) -> DatabaseCard {
    let (then, today) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    write(then.path(), before, &[]);
    write(today.path(), now, log);
    measure::score_after(database, [then.path(), today.path()], "2026-11-21", threads, budget)
}

/// Passed, failed, not applicable, unknown of every rule.
fn counts(card: &DatabaseCard) -> Vec<(String, [u64; 4])> {
    let rules = measure::table(card, "t").rules.iter().filter(|rule| rule.kind != "type");
    rules.map(|rule| (rule.id.clone(), [rule.pass, rule.fail, rule.na, rule.unknown])).collect()
}

fn having(rows: &[Row], key: Cell) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| key.is_some() && row[0] == key)
}

fn count(marks: &[usize]) -> [u64; 4] {
    [0, 1, 2, 3].map(|mark| marks.iter().filter(|known| **known == mark).count() as u64)
}

const PASS: usize = 0;
const FAIL: usize = 1;
const NA: usize = 2;
const UNKNOWN: usize = 3;

fn deleted(before: &[Row], now: &[Row], tombs: &[Cell], must_stay: fn(&Row) -> bool) -> [u64; 4] {
    let marks: Vec<usize> = KEYS
        .into_iter()
        .map(Some)
        .filter(|key| having(before, *key).any(must_stay))
        .map(|key| if having(now, key).count() > 0 || tombs.contains(&key) { PASS } else { FAIL })
        .collect();
    count(&marks)
}

/// Rows of both runs that can be paired are judged.
fn paired(
    before: &[Row],
    now: &[Row],
    judge: impl Fn(&Row, &Row) -> usize,
    shared: fn(&Row) -> usize,
) -> Vec<usize> {
    let mark = |row: &Row| {
        let then: Vec<&Row> = having(before, row[0]).collect();
        match (then.as_slice(), having(now, row[0]).count()) {
            ([], _) => NA,
            ([one], 1) => judge(one, row),
            _ => shared(row),
        }
    };
    now.iter().map(mark).collect()
}

fn touched(before: &[Row], now: &[Row]) -> [u64; 4] {
    let moment = |cell: Cell| cell.map(|text| text.replace('T', " "));
    let judge = |then: &Row, row: &Row| match (then[1], row[1]) {
        _ if then[2] != row[2] => PASS,
        (_, None) => PASS,
        (Some("sai"), _) | (_, Some("sai")) => UNKNOWN,
        (was, time) if moment(time) == moment(was) => PASS,
        _ => FAIL,
    };
    count(&paired(before, now, judge, |_| UNKNOWN))
}

fn padded(before: &[Row], now: &[Row], log: &[Cell]) -> [u64; 4] {
    let is_new = |row: &Row| row[0].is_some() && having(before, row[0]).count() == 0;
    let mark = |row: &Row| {
        let alike = now.iter().filter(|other| is_new(other) && other[2..] == row[2..]).count();
        match is_new(row) {
            false => NA,
            true if alike >= 2 || !log.contains(&row[0]) => FAIL,
            true => PASS,
        }
    };
    count(&now.iter().map(mark).collect::<Vec<_>>())
}

fn filled(before: &[Row], now: &[Row]) -> [u64; 4] {
    const FILLED: usize = 9;
    let judge = |then: &Row, row: &Row| if then[2].is_none() && row[2].is_some() { FILLED } else { NA };
    let mut marks = paired(before, now, judge, |row| if row[2].is_some() { UNKNOWN } else { NA });
    let all = marks.iter().filter(|mark| **mark == FILLED).count();
    let present = before.iter().filter(|row| row[2].is_some()).count();
    let verdict = |value: Cell| {
        let same = (0..now.len()).filter(|at| marks[*at] == FILLED && now[*at][2] == value).count();
        let had = before.iter().filter(|row| row[2] == value).count();
        // same/all > 1/2, and same/all > had/present + 1/5.
        let risen = 5 * same * present.max(1) > all * (5 * had + present.max(1));
        if all < 2 {
            NA
        } else if 2 * same > all && risen {
            FAIL
        } else {
            PASS
        }
    };
    let verdicts: Vec<usize> = now
        .iter()
        .zip(&marks)
        .map(|(row, mark)| if *mark == FILLED { verdict(row[2]) } else { *mark })
        .collect();
    marks = verdicts;
    count(&marks)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_say_what_a_plain_model_says(
        before in rows(),
        now in rows(),
        log in prop::collection::vec([cell(&KEYS), cell(&KEYS)], 0..5),
    ) {
        let database = measure::database(RULES, Path::new(".")).expect("rules");
        let card = score(&database, &[&before], &[&now], &log, 1);
        let tombs: Vec<Cell> = log.iter().map(|row| row[0]).filter(Option::is_some).collect();
        let logged: Vec<Cell> = log.iter().map(|row| row[1]).filter(Option::is_some).collect();
        let mut expected = vec![
            ("cham".to_owned(), touched(&before, &now)),
            ("dien".to_owned(), filled(&before, &now)),
            ("don".to_owned(), padded(&before, &now, &logged)),
            ("xoa".to_owned(), deleted(&before, &now, &[], |_| true)),
            ("xoa-co".to_owned(), deleted(&before, &now, &tombs, |row| row[3] == Some("c"))),
        ];
        // A condition that no row of the earlier run satisfied is about nothing.
        if expected[4].1 == [0; 4] {
            expected[4].1[NA] = now.len() as u64;
        }
        let mut found = counts(&card);
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn neither_order_nor_files_nor_threads_matter(
        before in rows(),
        now in rows(),
        cut in 0..14_usize,
        log in prop::collection::vec([cell(&KEYS), cell(&KEYS)], 0..5),
    ) {
        let database = measure::database(RULES, Path::new(".")).expect("rules");
        let whole = counts(&score(&database, &[&before], &[&now], &log, 1));
        let backwards = |rows: &[Row]| rows.iter().rev().copied().collect::<Vec<_>>();
        let (then, today) = (backwards(&before), backwards(&now));
        let (first, second) = today.split_at(cut.min(today.len()));
        let (third, fourth) = then.split_at(cut.min(then.len()));
        let parts = counts(&score(&database, &[third, fourth], &[first, second], &log, 3));
        prop_assert_eq!(&parts, &whole);
        let scratch = Unnamed::default();
        let short = Budget::new(1, &scratch);
        let spilled = counts(&score_within(&database, &[third, fourth], &[first, second], &log, (2, &short)));
        prop_assert_eq!(spilled, whole, "with keys on disk");
        let has_keys = log.iter().flatten().any(Option::is_some);
        prop_assert!(!has_keys || scratch.made() > 0, "nothing went to disk");
    }
}
