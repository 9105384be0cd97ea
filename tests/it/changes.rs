//! Rules that compare runs: against a plain model, and from run to run with baselines and at night.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use tempfile::TempDir;
use thuocdo::engine::Budget;
use thuocdo::rule::Database;
use thuocdo::score::scorecard::DatabaseCard;

use crate::measure::{self, Unnamed};
use crate::stage::{Run, Stage, thuocdo};

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
    let judge = |then: &Row, row: &Row| match row[1] {
        _ if then[2] != row[2] => PASS,
        Some("sai") => UNKNOWN,
        None => PASS,
        time if moment(time) == moment(then[1]) => PASS,
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

// From run to run, by the command line.

const REGISTER: &str = r#"
thuocdo: 1
database: so
tables:
  p:
    files: "p.csv"
    key: [ma]
    columns: { ma: text, ten: text, cap_nhat: date }
    rules:
      - { id: con, no_unexplained_deletion: { tombstone: xoa.ma } }
      - { id: cham, touched_without_change: cap_nhat }
      - { id: tuoi, record_age: { column: cap_nhat, cycle: 30d } }
  xoa: { files: xoa.csv, allow_empty: true, columns: { ma: text } }
"#;

fn people(keys: std::ops::Range<u32>, day: &str) -> String {
    let mut text = "ma,ten,cap_nhat\n".to_owned();
    for key in keys {
        let _ = writeln!(text, "N{key:04},Người {key},{day}");
    }
    text
}

fn stage(keys: std::ops::Range<u32>, day: &str) -> Stage {
    Stage::new(REGISTER).file("p.csv", people(keys, day)).file("xoa.csv", "ma\n")
}

fn put(stage: &Stage, name: &str, text: &str) {
    fs::write(stage.data().join(name), text).expect("the extract is written");
}

fn gate(stage: &Stage, day: u32, more: &[&str]) -> (Run, Value) {
    let path = |name: &str| stage.path().join(name).display().to_string();
    let (rules, data, base) = (path("rules.yaml"), path("data"), path("base.json"));
    let day = format!("--as-of=2026-11-{day:02}");
    let mut arguments =
        vec!["gate", &rules, "--data", &data, &day, "--format=json", "--lang=en", "--baseline", &base];
    arguments.extend(more);
    let run = thuocdo(&arguments);
    let report = serde_json::from_str(&run.out).unwrap_or_default();
    (run, report)
}

fn compared(stage: &Stage, day: u32) -> Run {
    let base = stage.path().join("base.json").display().to_string();
    stage.run(&["--format", "json", "--as-of", &format!("2026-11-{day:02}"), "--baseline", &base])
}

#[test]
fn nothing_to_compare_with_is_no_pass() {
    let stage = stage(0..200, "2026-11-01");
    let run = stage.json();
    assert_eq!((run.code, run.counts("p", "con")), (Some(3), [0, 0, 0, 1]), "no baseline is named");
    assert_eq!(run.rule("p", "con")["status"], "error");
    assert!(run.said().contains("there is no earlier run to compare with"), "{}", run.said());

    // The first run makes a baseline only if somebody says so.
    let (run, _) = gate(&stage, 1, &["--update-baseline"]);
    assert_eq!((run.code, stage.path().join("base.json").exists()), (Some(3), false));
    let (run, _) = gate(&stage, 1, &["--update-baseline", "--accept"]);
    assert_eq!((run.code, stage.path().join("base.json").exists()), (Some(3), true), "{}", run.err);
    let (run, _) = gate(&stage, 2, &[]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let run = compared(&stage, 2);
    assert_eq!(
        (run.code, run.counts("p", "con"), run.counts("p", "cham")),
        (Some(0), [200, 0, 0, 0], [200, 0, 0, 0])
    );

    // A baseline that is gone, of another key, later, or of an earlier version.
    let run = stage.run(&["--baseline", "nowhere.json"]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    let run = thuocdo_with_key(&stage, "another key of digests");
    assert_eq!((run.code, run.counts("p", "con")), (Some(3), [0, 0, 0, 1]));
    let base = fs::read_to_string(stage.path().join("base.json")).expect("a baseline");
    let (run, _) = gate(&stage, 1, &["--as-of=2026-10-30"]);
    assert_ne!(run.code, Some(0));
    fs::write(stage.path().join("base.json"), base.replace("thuocdo.baseline/3", "thuocdo.baseline/2"))
        .expect("a file");
    let (run, _) = gate(&stage, 2, &[]);
    assert_eq!(run.code, Some(4), "{}", run.out);
    let run = compared(&stage, 2);
    assert_eq!((run.code, run.counts("p", "con")), (Some(3), [0, 0, 0, 1]));
    assert!(run.said().contains("of an earlier version"), "{}", run.said());
}

fn thuocdo_with_key(stage: &Stage, key: &str) -> Run {
    let file = stage.path().join("other.key");
    fs::write(&file, key).expect("a key");
    let base = stage.path().join("base.json").display().to_string();
    stage.run(&["--format", "json", "--baseline", &base, "--key-file", &file.display().to_string()])
}

#[test]
fn a_baseline_holds_no_value_and_no_digest_that_can_be_tried() {
    let stage = stage(0..50, "2026-11-01");
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    let base = fs::read_to_string(stage.path().join("base.json")).expect("a baseline");
    assert!(!base.contains("N00") && !base.contains("Người"));
    let report: Value = serde_json::from_str(&base).expect("JSON");
    let kept = &report["databases"][0]["tables"][0]["snapshot"]["kept"];
    let cells = |rule: usize, cell: usize| kept[rule]["cells"][cell].as_str().unwrap_or_default().to_owned();
    assert_eq!(kept.as_array().map(Vec::len), Some(2), "{kept}");
    // All rows have one day: whoever counts equal digests must not see that.
    let days = cells(1, 0);
    let first = &days[..11];
    assert_eq!(days.matches(first).count(), 1);
}

#[test]
fn what_is_gone_stays_owed_until_somebody_accounts_for_it() {
    let stage = stage(0..2000, "2026-11-01");
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    // One of two thousand may go by the limits of a gate, and yet it is not forgotten.
    put(&stage, "p.csv", &people(1..2000, "2026-11-01"));
    let (run, _) = gate(&stage, 2, &["--update-baseline"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let run = compared(&stage, 3);
    assert_eq!(run.counts("p", "con"), [1999, 1, 0, 0]);
    put(&stage, "p.csv", &people(2..2000, "2026-11-01"));
    assert_eq!(compared(&stage, 3).counts("p", "con"), [1998, 2, 0, 0]);
    // It comes back, or has a tombstone.
    put(&stage, "p.csv", &people(0..2000, "2026-11-01"));
    assert_eq!(compared(&stage, 3).counts("p", "con"), [2000, 0, 0, 0]);
    put(&stage, "p.csv", &people(2..2000, "2026-11-01"));
    put(&stage, "xoa.csv", "ma\nN0000\nN0001\n");
    assert_eq!(compared(&stage, 3).counts("p", "con"), [2000, 0, 0, 0]);
    // Or a new baseline is accepted.
    put(&stage, "xoa.csv", "ma\n");
    let (run, _) = gate(&stage, 3, &["--update-baseline", "--accept"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert_eq!(compared(&stage, 4).counts("p", "con"), [1998, 0, 0, 0]);
}

#[test]
fn many_deletions_block_the_gate() {
    let stage = stage(0..1000, "2026-11-01");
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    put(&stage, "p.csv", &people(5..1000, "2026-11-01"));
    let (run, report) = gate(&stage, 2, &["--update-baseline"]);
    assert_eq!((run.code, &report["verdict"]), (Some(1), &Value::from("failed")), "{}", run.err);
    assert_eq!(compared(&stage, 2).counts("p", "con"), [995, 5, 0, 0], "the baseline is what it was");
}

#[test]
fn times_that_move_by_themselves_are_no_proof() {
    let stage = stage(0..100, "2026-09-01");
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    put(&stage, "p.csv", &people(0..100, "2026-11-20"));
    let run = compared(&stage, 21);
    assert_eq!((run.code, run.counts("p", "cham")), (Some(3), [0, 100, 0, 0]));
    assert_eq!(
        (run.counts("p", "tuoi"), &run.rule("p", "tuoi")["status"]),
        ([0, 0, 0, 100], &Value::from("error"))
    );
    assert!(run.said().contains("no proof that anybody looked"), "{}", run.said());
}

/// A plan over one database, in a folder of its own.
struct Nights {
    stage: Stage,
}

impl Nights {
    fn new() -> Self {
        let stage = stage(0..100, "2026-11-01");
        let plan =
            "thuocdo-plan: 1\nname: dem\ndata: data\nstate: state\nout: out\ndatabases: [rules.yaml]\n";
        fs::write(stage.path().join("plan.yaml"), plan).expect("a plan");
        Self { stage }
    }

    fn run(&self, day: u32) -> Run {
        let plan = self.stage.path().join("plan.yaml").display().to_string();
        let run = thuocdo(&["run", &plan, "--lang", "en", "--as-of", &format!("2026-11-{day:02}")]);
        let out = fs::read_to_string(self.stage.path().join("out/scorecard.json")).expect("a scorecard");
        Run { out, ..run }
    }
}

#[test]
fn nights_are_compared_with_the_night_before() {
    let nights = Nights::new();
    let run = nights.run(2);
    assert_eq!((run.code, run.counts("p", "con")), (Some(3), [0, 0, 0, 1]), "{}", run.err);
    let run = nights.run(3);
    assert_eq!(
        (run.code, run.counts("p", "con"), run.counts("p", "cham")),
        (Some(0), [100, 0, 0, 0], [100, 0, 0, 0])
    );
    put(&nights.stage, "p.csv", &people(1..101, "2026-11-01"));
    assert_eq!(nights.run(4).counts("p", "con"), [99, 1, 0, 0]);
    // What is gone is not forgotten over night; what has come is one of those that must stay.
    assert_eq!(nights.run(5).counts("p", "con"), [100, 1, 0, 0]);
    // A run of an earlier day is compared with nothing, and leaves nothing.
    let run = nights.run(4);
    assert_eq!((run.code, run.counts("p", "con")), (Some(3), [0, 0, 0, 1]));
    // A list of deletions that cannot be read explains nothing, and nothing is forgotten by that either.
    fs::remove_file(nights.stage.data().join("xoa.csv")).expect("a file");
    assert_eq!(nights.run(6).rule("p", "con")["status"], "error");
    put(&nights.stage, "xoa.csv", "ma\n");
    assert_eq!(nights.run(7).counts("p", "con"), [100, 1, 0, 0]);
    put(&nights.stage, "xoa.csv", "ma\nN0000\n");
    assert_eq!(nights.run(8).counts("p", "con"), [101, 0, 0, 0]);
    assert_eq!(nights.run(9).counts("p", "con"), [100, 0, 0, 0], "it is accounted for");
}

#[test]
fn a_run_that_is_gone_on_with_is_not_compared_with_itself() {
    let nights = Nights::new();
    nights.run(2);
    put(&nights.stage, "p.csv", &people(10..100, "2026-11-01"));
    let first = nights.run(3);
    assert_eq!(first.counts("p", "con"), [90, 10, 0, 0]);
    // As if it had been killed when its rows were written, and nothing else was.
    let state = nights.stage.path().join("state");
    let log = fs::read_to_string(state.join("run.jsonl")).expect("a log");
    let started = log.lines().rfind(|line| line.contains("\"started\"")).expect("a run");
    let started: Value = serde_json::from_str(started).expect("JSON");
    let journal = serde_json::json!({
        "run": started["run"], "plan": "dem", "plan_blake3": started["plan_blake3"], "as_of": moment("2026-11-03"),
        "started": std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs(),
    });
    fs::write(state.join("journal.json"), journal.to_string()).expect("a journal");
    let again = nights.run(3);
    assert!(again.err.contains("going on with"), "{}", again.err);
    assert_eq!(again.out, first.out);
}

fn moment(day: &str) -> i64 {
    let formats = thuocdo::kernel::date_format::default_timestamps();
    formats.iter().find_map(|format| format.parse_timestamp(day)).expect("a day")
}
