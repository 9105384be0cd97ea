//! Rules that compare runs, from run to run: with baselines, and at night.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::stage::{Run, Stage, thuocdo};

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
        self.run_with(day, &[])
    }

    fn run_with(&self, day: u32, more: &[&str]) -> Run {
        let plan = self.stage.path().join("plan.yaml").display().to_string();
        let day = format!("--as-of=2026-11-{day:02}");
        let run = thuocdo(&[&["run", &plan, "--lang=en", &day], more].concat());
        let out = fs::read_to_string(self.stage.path().join("out/scorecard.json")).expect("a scorecard");
        Run { out, ..run }
    }

    fn put(&self, name: &str, text: &str) {
        put(&self.stage, name, text);
    }

    fn rules(&self, change: impl Fn(&str) -> String) {
        fs::write(self.stage.path().join("rules.yaml"), change(REGISTER)).expect("rules");
    }

    /// The files with the rows of the last runs, the newest last.
    fn kept(&self) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.stage.path().join("state/rows/so")).expect("a folder");
        let mut kept: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
        kept.sort();
        kept
    }

    fn warned(&self, what: &str) -> bool {
        let log = fs::read_to_string(self.stage.path().join("state/run.jsonl")).expect("a log");
        let last = log.lines().rev().skip(1).take_while(|line| !line.contains("\"finished\""));
        last.into_iter().any(|line| line.contains("\"warning\"") && line.contains(what))
    }
}

/// Status of a rule, and how many rows pass and fail.
fn outcome(run: &Run, rule: &str) -> (String, u64, u64) {
    let [pass, fail, ..] = run.counts("p", rule);
    (run.rule("p", rule)["status"].as_str().unwrap_or_default().to_owned(), pass, fail)
}

fn measured(pass: u64, fail: u64) -> (String, u64, u64) {
    ("measured".to_owned(), pass, fail)
}

fn error() -> (String, u64, u64) {
    ("error".to_owned(), 0, 0)
}

#[test]
fn damaged_rows_are_no_first_run_and_no_older_one() {
    let nights = Nights::new();
    nights.put("p.csv", &people(0..50, "2026-11-01"));
    nights.run(2);
    nights.put("p.csv", &people(0..100, "2026-11-01"));
    assert_eq!(nights.run(3).code, Some(0));
    nights.put("p.csv", &people(0..50, "2026-11-01"));
    let kept = nights.kept();
    let whole: Vec<Vec<u8>> = kept.iter().map(|path| fs::read(path).expect("a file")).collect();
    let cut = |at: usize| fs::write(&kept[at], &whole[at][..whole[at].len() - 1]).expect("a file");
    assert_eq!(kept.len(), 2);
    cut(1);
    for day in [4, 5] {
        let run = nights.run(day);
        assert_eq!((run.code, outcome(&run, "con")), (Some(3), error()), "nothing goes on by itself");
        assert!(run.said().contains("the rows of the last run are damaged"), "{}", run.said());
        assert!(nights.warned("are damaged"));
        cut(0);
    }
    // Restored, it is compared with; an older one is not.
    fs::write(&kept[1], &whole[1]).expect("a file");
    assert_eq!(outcome(&nights.run(6), "con"), measured(50, 50));
    cut(1);
    assert_eq!(outcome(&nights.run(7), "con"), measured(50, 50), "that was the run before the last");
    let newest = nights.kept().pop().expect("a file");
    fs::write(newest, "").expect("a file");
    let run = nights.run_with(8, &["--accept", "so"]);
    assert_eq!((run.code, outcome(&run, "con")), (Some(3), error()));
    let run = nights.run(9);
    assert_eq!((run.code, outcome(&run, "con")), (Some(0), measured(50, 0)));
    let plan = nights.stage.path().join("plan.yaml").display().to_string();
    let run = thuocdo(&["run", &plan, "--accept", "khac", "--lang=en"]);
    assert!(run.code == Some(2) && run.err.contains("`khac` is no database of the plan"), "{}", run.err);
}

#[test]
fn what_is_owed_is_not_wiped_by_a_night_of_error() {
    let nights = Nights::new();
    nights.run(2);
    nights.put("p.csv", &people(20..100, "2026-11-01"));
    assert_eq!(outcome(&nights.run(3), "con"), measured(80, 20));
    // A key of another type, as the sender of a Parquet file can make it.
    nights.rules(|rules| rules.replace("ma: text, ten", "ma: date, ten"));
    for day in [4, 5] {
        assert_eq!(outcome(&nights.run(day), "con"), error());
        assert!(nights.warned("still compared with the earlier rows"));
    }
    // A rule of another name is known by what it compares.
    nights.rules(|rules| rules.replace("id: con", "id: con-moi"));
    assert_eq!(outcome(&nights.run(6), "con-moi"), measured(80, 20));
    assert_eq!(outcome(&nights.run(7), "con-moi"), measured(80, 20));
    // One of another name and content is not.
    let other = |rules: &str| {
        rules.replace("id: con", "id: khac").replace("xoa.ma } }", "xoa.ma }, when: \"ten IS NOT NULL\" }")
    };
    nights.rules(other);
    for day in [8, 9] {
        let run = nights.run(day);
        assert_eq!(outcome(&run, "khac"), error());
        assert!(run.said().contains("`con-moi`, which the table has no more"), "{}", run.said());
    }
    nights.run_with(10, &["--accept", "so"]);
    let run = nights.run(11);
    assert_eq!((run.code, outcome(&run, "khac")), (Some(0), measured(80, 0)));
    // A column that is away for a night.
    nights.put("p.csv", &people(30..100, "2026-11-01").replace("ten", "ten_moi"));
    assert_eq!(nights.run(12).rule("p", "khac")["status"], "missing_input");
    nights.put("p.csv", &people(30..100, "2026-11-01"));
    assert_eq!(outcome(&nights.run(13), "khac"), measured(70, 10));
    // Who takes the rule away is told what goes with it.
    nights
        .rules(|rules| rules.lines().filter(|line| !line.contains("id: con")).collect::<Vec<_>>().join("\n"));
    nights.run(14);
    assert!(nights.warned("what is known of 10 keys"));
}

#[test]
fn what_moved_by_itself_is_no_proof_until_it_changes() {
    let nights = Nights::new();
    nights.put("p.csv", &people(0..100, "2026-09-01"));
    nights.run(2);
    assert_eq!(outcome(&nights.run(3), "tuoi"), measured(0, 100));
    let fresh = people(0..100, "2026-11-03");
    nights.put("p.csv", &fresh);
    let run = nights.run(4);
    assert_eq!((outcome(&run, "cham"), outcome(&run, "tuoi")), (measured(0, 100), error()));
    let run = nights.run(5);
    assert_eq!(
        (run.code, outcome(&run, "cham"), outcome(&run, "tuoi")),
        (Some(3), measured(100, 0), error())
    );
    // Neither is it by being spoilt and set, in two nights.
    nights.put("p.csv", &people(0..100, "03.11"));
    nights.run(6);
    nights.put("p.csv", &people(0..100, "2026-11-06"));
    assert_eq!(outcome(&nights.run(7), "tuoi"), error());
    // 81 records change.
    let changed = (0..81).fold(people(0..100, "2026-11-06"), |text, key| {
        text.replace(&format!("N{key:04},Người {key},"), &format!("N{key:04},Bà {key},"))
    });
    nights.put("p.csv", &changed);
    let run = nights.run(8);
    assert_eq!((run.code, outcome(&run, "tuoi")), (Some(0), measured(100, 0)));
}

#[test]
fn times_that_nobody_could_watch_are_no_proof() {
    let nights = Nights::new();
    nights.put("p.csv", &people(0..100, "2026-09-01"));
    nights.run(2);
    nights.run(3);
    let fresh = people(0..100, "2026-11-03");
    nights.put("p.csv", &fresh.replace("cap_nhat\n", "cap_nhat,them\n").replace("-03\n", "-03,1\n"));
    for day in [4, 5] {
        let run = nights.run(day);
        assert_eq!((outcome(&run, "cham"), outcome(&run, "tuoi")), (error(), error()));
        assert!(run.said().contains("whether times moved by themselves is not known"), "{}", run.said());
        assert_eq!(outcome(&run, "con"), measured(100, 0), "keys can be compared all the same");
    }
    nights.run_with(6, &["--accept", "so"]);
    let run = nights.run(7);
    assert_eq!(
        (run.code, outcome(&run, "cham"), outcome(&run, "tuoi")),
        (Some(0), measured(100, 0), measured(100, 0))
    );
}

#[test]
fn a_time_that_is_put_right_is_not_touched() {
    let stage = stage(0..10, "2026-11-01");
    let good = people(0..10, "2026-11-01");
    put(&stage, "p.csv", &good.replacen("2026-11-01", "31.12.2025", 3));
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    put(&stage, "p.csv", &good);
    let run = compared(&stage, 2);
    assert_eq!((run.counts("p", "cham"), outcome(&run, "tuoi")), ([7, 0, 0, 3], measured(10, 0)));
}

#[test]
fn a_baseline_remembers_what_moved() {
    let stage = stage(0..100, "2026-09-01");
    gate(&stage, 1, &["--update-baseline", "--accept"]);
    // By a fifth at a time.
    let days = |from: u32| {
        people(0..from, "2026-11-01")
            + people(from..100, "2026-09-01").trim_start_matches("ma,ten,cap_nhat\n")
    };
    put(&stage, "p.csv", &days(20));
    let (run, _) = gate(&stage, 2, &["--update-baseline"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    put(&stage, "p.csv", &days(40));
    let run = compared(&stage, 3);
    assert_eq!((outcome(&run, "cham"), outcome(&run, "tuoi")), (measured(80, 20), error()));
    gate(&stage, 3, &["--update-baseline", "--accept"]);
    assert_eq!(outcome(&compared(&stage, 4), "tuoi"), measured(40, 60));
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
