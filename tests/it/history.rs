//! Histories as a user has them: written by `score` and `gate`, shown by `trend`, checked and exported by `history`; and
//! files that are not what they must be.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::stage::{Run, Stage, records, thuocdo};

const RULES: &str = r#"
thuocdo: 1
database: so
agency: bo
tables:
  p:
    files: "p*.csv"
    key: [id]
    columns: { id: text, gt: text, email: { type: text, pii: basic } }
    rules:
      - { id: gioi-tinh, in_set: { column: gt, values: [Nam, Nữ] }, severity: critical }
      - { id: email, matches: { column: email, format: email }, severity: major }
"#;

/// A value that no history may hold.
const SECRET: &str = "bi.mat.cua.toi";

struct Shelf {
    stage: Stage,
}

impl Shelf {
    fn new() -> Self {
        Self { stage: Stage::new(RULES) }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.stage.path().join(name)
    }

    fn history(&self) -> String {
        self.file("h.sqlite").display().to_string()
    }

    /// Writes an extract in which so many of a thousand rows have a wrong gender.
    fn extract(&self, wrong: usize) {
        let row = |at: usize| {
            let (gender, mail) = (if at < wrong { "Nma" } else { "Nam" }, if at == 0 { SECRET } else { "a" });
            format!("{at:06},{gender},{mail}{}\n", if at == 0 { "" } else { "@b.vn" })
        };
        let rows: String = (0..1_000).map(row).collect();
        fs::write(self.stage.data().join("p.csv"), format!("id,gt,email\n{rows}")).expect("the extract");
    }

    fn score(&self, as_of: &str, more: &[&str]) -> Run {
        let history = self.history();
        let mut arguments = vec!["--as-of", as_of, "--history", &history];
        arguments.extend(more);
        self.stage.run(&arguments)
    }

    /// Scores on these days of November 2026, with so many defects each.
    fn days(&self, days: &[(u32, usize)]) {
        for (day, wrong) in days {
            self.extract(*wrong);
            let run = self.score(&format!("2026-11-{day:02}"), &[]);
            assert_eq!(run.code, Some(0), "{}", run.err);
            assert!(run.err.contains("recorded in"), "{}", run.err);
        }
    }

    fn trend(&self, more: &[&str]) -> Run {
        let history = self.history();
        let mut arguments = vec!["trend", "--history", &history];
        if !more.contains(&"--lang") {
            arguments.extend(["--lang", "en"]);
        }
        arguments.extend(more);
        thuocdo(&arguments)
    }

    fn json(&self, more: &[&str]) -> Value {
        let run = self.trend(&[more, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.out, run.err))
    }

    fn verify(&self, more: &[&str]) -> Run {
        let history = self.history();
        let mut arguments = vec!["history", "verify", &history, "--lang", "en"];
        arguments.extend(more);
        thuocdo(&arguments)
    }

    fn head(&self) -> String {
        self.json(&[])["head"].as_str().expect("a hash").to_owned()
    }

    /// The page, with the hash that every run makes anew left out.
    fn page(&self, more: &[&str]) -> String {
        let run = self.trend(more);
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out.replace(&self.head(), "HASH")
    }
}

#[test]
fn a_page_shows_runs_changes_and_reasons() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1), (2, 2), (3, 1), (4, 40), (5, 41)]);
    insta::assert_snapshot!(shelf.page(&["--lang", "vi", "--from", "3", "--to", "4"]), @r#"
    ══ so ══════════════════════════════════════════════════════════════════════════
      5 lần chạy, hiển thị 5
      █▇█▁▁  63,37 … 90,00

    bản ghi  tính đến             điểm        sàn–trần hạng  thay đổi
          1  2026-11-01          90,00                 A
          2  2026-11-02          88,33                 B        -1,66
          3  2026-11-03          90,00                 A        +1,66
          4  2026-11-04          63,75                 C       -26,25 ▼
          5  2026-11-05          63,37                 C        -0,37

          ▼  2026-11-04: giảm rõ rệt so với 90,00, trung vị các lần trước

    ── Vì sao điểm thay đổi ────────────────────────────────────────────────────────
        -26,25  90,00 → 63,75 · bản ghi 3 ngày 2026-11-03 đến bản ghi 4 ngày
                2026-11-04

        -26,25  do các quy tắc có ở cả hai lần chạy

        -26,25  Đúng

        -26,25  p/gioi-tinh · Đúng · 90,00 → 55,00

    5 bản ghi, dấu băm cuối là
    HASH
    "#);
    insta::assert_snapshot!(shelf.page(&["--restate", "--last", "3"]), @r#"
    ══ so ══════════════════════════════════════════════════════════════════════════
      5 runs, 3 shown
      █▁▁  63.37 … 90.00

     record  as of              points grade  restated grade   change
          3  2026-11-03          90.00 A         90.00 A        +1.66
          4  2026-11-04          63.75 C         63.75 C       -26.25 ▼
          5  2026-11-05          63.37 C         63.37 C        -0.37

          ▼  2026-11-04: fell clearly below 90.00, the median of the runs before

    ── Why the score changed ───────────────────────────────────────────────────────
         -0.37  63.75 → 63.37 · record 4 of 2026-11-04 to record 5 of 2026-11-05

         -0.37  through rules that are in both

         -0.37  Correct

         -0.37  p/gioi-tinh · Correct · 55.00 → 54.50

    5 records, the last with the hash
    HASH
    "#);
    let narrow = shelf.page(&["--lang", "vi", "--restate", "--profile", "vn-4"]);
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
}

#[test]
fn json_keeps_its_schema_and_sums_to_the_last_digit() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1), (2, 70), (3, 3)]);
    let schema = thuocdo(&["schema", "trend"]);
    let schema: Value = serde_json::from_str(&schema.out).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for more in
        [&["--restate"][..], &["--dimension", "correctness"], &["--rule", "p/email"], &["--last", "1"]]
    {
        let trend = shelf.json(more);
        let errors: Vec<String> = validator.iter_errors(&trend).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(trend["schema"], "thuocdo.trend/1");
    }
    let trend = shelf.json(&["--from", "1", "--to", "2"]);
    let why = &trend["databases"][0]["why"];
    let nano = |value: &Value| value.as_i64().expect("billionths");
    let rules: i64 = why["rules"].as_array().expect("rules").iter().map(|rule| nano(&rule["nano"])).sum();
    assert_eq!(rules, nano(&why["performance_nano"]));
    let runs = &trend["databases"][0]["runs"];
    let change = nano(&runs[1]["official_nano"]) - nano(&runs[0]["official_nano"]);
    assert!(change < 0 && change == nano(&why["change_nano"]) && change == nano(&runs[1]["change_nano"]));
    assert_eq!(runs[1]["change_point"]["direction"], "down");
}

#[test]
fn rules_that_come_and_go_are_told_apart() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 10)]);
    let rules = RULES.replace(
        "id: email, matches: { column: email, format: email }",
        "id: dai, length: { column: email, max: 90 }",
    );
    fs::write(shelf.stage.rules(), rules).expect("the rule file");
    shelf.days(&[(2, 30)]);
    let why = &shelf.json(&[])["databases"][0]["why"];
    let names = |key: &str| {
        why[key].as_array().expect("names").iter().map(|name| name["rule"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((names("added"), names("removed")), (vec!["dai".into()], vec!["email".into()]));
    let nano = |key: &str| why[key].as_i64().expect("billionths");
    assert_eq!(nano("change_nano"), nano("added_nano") + nano("performance_nano") + nano("removed_nano"));
    assert!(nano("performance_nano") < 0 && nano("removed_nano") < 0 && nano("added_nano") > 0, "{why}");
}

#[test]
fn no_value_of_the_data_is_kept() {
    let shelf = Shelf::new();
    shelf.extract(3);
    let run = shelf.score("2026-11-01", &["--reveal"]);
    assert!(run.out.contains(SECRET), "the scorecard reveals it: {}", run.out);
    let bytes = fs::read(shelf.file("h.sqlite")).expect("the history");
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("bi.mat") && !text.contains("Nma") && text.contains("gioi-tinh"));
}

#[test]
fn a_gate_is_recorded_whatever_its_verdict() {
    let shelf = Shelf::new();
    shelf.extract(100);
    let path = |name: &str| shelf.file(name).display().to_string();
    let (rules, data, history) = (path("rules.yaml"), path("data"), shelf.history());
    let gate = |more: &[&str]| {
        let arguments = ["gate", &rules, "--data", &data, "--history", &history, "--lang", "en"];
        thuocdo(&[&arguments[..], more].concat())
    };
    assert_eq!(gate(&["--min-score", "99"]).code, Some(1));
    assert_eq!(shelf.json(&[])["records"], 1);
    assert_eq!(gate(&["--junit", &history]).code, Some(2), "a report may not take its place");
    assert_eq!(gate(&["--waivers", &history]).code, Some(2));
    assert_eq!(shelf.json(&[])["records"], 1);
}

#[test]
fn verify_names_what_was_changed() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1), (2, 2), (3, 3)]);
    let sound = fs::read(shelf.file("h.sqlite")).expect("the history");
    let head = shelf.head();
    let run = shelf.verify(&[]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.out.contains(&head) && run.out.contains("3 records") && run.out.contains("--head"),
        "{}",
        run.out
    );
    assert_eq!(shelf.verify(&["--head", &head]).code, Some(0));
    shelf.days(&[(4, 4)]);
    let run = shelf.verify(&["--head", &head]);
    assert!(run.code == Some(0) && run.out.contains("Up to record 3"), "{}", run.out);
    let four = shelf.head();
    // Back to where it was: the chain is sound, and only the hash that was kept tells.
    fs::write(shelf.file("h.sqlite"), &sound).expect("the history");
    assert_eq!(shelf.verify(&[]).code, Some(0));
    let run = shelf.verify(&["--head", &four]);
    assert!(run.code == Some(5) && run.out.contains("cut off at the end"), "{}", run.out);
    assert_eq!(shelf.verify(&["--head", "12"]).code, Some(2));
    // A count, as an editor of bytes would change it.
    let at = sound.windows(7).position(|it| it == b"[998,2,").expect("the tallies of the second run");
    let mut bytes = sound.clone();
    bytes[at..at + 7].copy_from_slice(b"[999,1,");
    fs::write(shelf.file("h.sqlite"), &bytes).expect("the history");
    let run = shelf.verify(&["--format", "json"]);
    let verdict: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!((run.code, &verdict["accepted"]), (Some(5), &Value::Bool(false)));
    assert_eq!(
        (&verdict["findings"][0]["code"], &verdict["findings"][0]["sequence"]),
        (&"changed".into(), &2.into())
    );
    let run = shelf.verify(&[]);
    assert!(run.out.contains("record 2: was changed after it was written"), "{}", run.out);
    // The next run is added, and warns.
    let run = shelf.score("2026-11-05", &[]);
    assert_eq!(run.code, Some(0));
}

#[test]
fn exports_hold_every_rule_of_every_run() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1), (2, 250)]);
    let (history, out) = (shelf.history(), shelf.file("out/h.csv").display().to_string());
    let export = |format: &str, out: &str| {
        thuocdo(&["history", "export", &history, "--format", format, "--out", out, "--lang", "en"])
    };
    assert_eq!(export("csv", &out).code, Some(0));
    let text = fs::read_to_string(&out).expect("the table");
    let table = records(text.trim_start_matches('\u{feff}'));
    assert_eq!(table.len(), 1 + 2 * 2);
    let column =
        |name: &str| table[0].iter().position(|known| known == name).unwrap_or_else(|| panic!("{name}"));
    let cell = |row: usize, name: &str| table[row][column(name)].as_str();
    assert_eq!([cell(3, "rule"), cell(3, "pass"), cell(3, "fail")], ["gioi-tinh", "750", "250"]);
    assert_eq!((cell(1, "points"), cell(1, "points_nano")), ("90.000000", "90000000000"));
    assert_eq!((cell(1, "database"), cell(1, "agency"), cell(1, "profile")), ("so", "bo", "local"));
    let docs = fs::read_to_string(crate::stage::root().join("docs/history.md")).expect("the page");
    assert!(table[0].iter().all(|name| docs.contains(&format!("`{name}`"))), "every column is explained");

    // Parquet holds the same; the program itself reads it.
    let parquet = shelf.file("data/h.parquet").display().to_string();
    assert_eq!(export("parquet", &parquet).code, Some(0));
    let rules = "thuocdo: 1\ndatabase: x\ntables:\n  h:\n    files: h.parquet\n    rules:\n      - aggregate: { column: fail, function: sum, min: 253, max: 253 }\n      - row_count: { min: 4, max: 4 }\n";
    let file = shelf.file("check.yaml").display().to_string();
    fs::write(&file, rules).expect("the rule file");
    let data = shelf.file("data").display().to_string();
    let run = thuocdo(&["score", &file, "--data", &data, "--format", "json", "--as-of", "2026-11-21"]);
    assert_eq!(run.card()["databases"][0]["score"]["official"], "100.000000", "{}", run.said());

    for end in ["", "-wal", "-shm"] {
        assert_eq!(export("csv", &format!("{history}{end}")).code, Some(2), "not over itself");
    }
    assert!(!shelf.file("h.sqlite-wal").exists() && shelf.verify(&[]).code == Some(0));
    assert_eq!(export("csv", "/proc/none/h.csv").code, Some(3));
    assert_eq!(export("xlsx", &out).code, Some(2));
}

#[test]
fn several_databases_have_a_line_each() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1), (2, 90)]);
    fs::write(shelf.stage.rules(), RULES.replace("database: so", "database: khac")).expect("the rule file");
    shelf.days(&[(1, 1), (2, 2), (3, 3)]);
    let page = shelf.page(&[]);
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[1].starts_with("khac ") && lines[2].starts_with("so ") && lines[2].contains('▼'), "{page}");
    // Scored again: the values of now, whatever they were, and the same as on the page of each.
    let again = &["--restate", "--profile", "vn-4"];
    let page = shelf.page(again);
    let value = |page: &str, line: usize, field: usize| {
        page.lines()
            .nth(line)
            .and_then(|line| line.split_whitespace().nth(field))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(page.contains("scored again by thuocdo-score/"), "{page}");
    for (line, database) in [(1, "khac"), (2, "so")] {
        let trend = shelf.json(&[&again[..], &["--database", database]].concat());
        let runs = trend["databases"][0]["runs"].as_array().expect("runs");
        let last = runs.last().expect("a run");
        let points = last["restated"]["official"].as_str().expect("points");
        assert!(points.starts_with(&value(&page, line, 1)) && last["official"] != points, "{page}");
        assert_eq!(last["restated"]["grade"], value(&page, line, 2), "{page}");
    }
    let run = shelf.trend(&["--rule", "p/email"]);
    assert!(run.code == Some(2) && run.err.contains("--database"), "{}", run.err);
    let run = shelf.trend(&["--database", "khacc"]);
    assert!(run.code == Some(2) && run.err.contains("did you mean `khac`?"), "{}", run.err);
    assert!(shelf.page(&["--database", "khac", "--rule", "p/email"]).contains("khac · p/email"));
}

#[test]
fn what_is_wrong_is_told_and_harms_nothing() {
    let shelf = Shelf::new();
    shelf.days(&[(1, 1)]);
    let sound = fs::read(shelf.file("h.sqlite")).expect("the history");
    let refused = |more: &[&str], says: &str| {
        let run = shelf.trend(more);
        assert!(run.code == Some(2) && run.err.contains(says), "{more:?}: {:?} {}", run.code, run.err);
    };
    refused(&["--rule", "p/emial"], "did you mean `p/email`?");
    refused(&["--rule", "email"], "TABLE/RULE");
    refused(&["--dimension", "beauty"], "completeness");
    refused(&["--from", "7"], "record 7");
    refused(&["--from", "20261101"], "a day is written");
    refused(&["--from", "1", "--rule", "p/email"], "--rule");
    refused(&["--to", "1", "--dimension", "correctness"], "--dimension");
    assert_eq!(shelf.trend(&["--to", "2026-11-01 00:00", "--since", "2026-11-01T00:00"]).code, Some(0));
    refused(&["--to", "2020-01-01"], "no run is that old");
    refused(&["--since", "hôm qua"], "not a moment");
    refused(&["--profile", "vn-4"], "--restate");
    refused(&["--last", "0"], "--last");
    // Before the work is done, if it can be known by then.
    let path = |name: &str| shelf.file(name).display().to_string();
    fs::write(shelf.file("text.sqlite"), "không phải lịch sử\n".repeat(40)).expect("a text");
    let with = |history: &str| shelf.stage.run(&["--history", history, "--lang", "vi"]);
    for (name, says) in [
        ("text.sqlite", "không phải tệp lịch sử"),
        ("rules.yaml", "tệp đầu vào"),
        ("data/h.sqlite", "thư mục dữ liệu"),
    ] {
        let run = with(&path(name));
        assert!(run.code == Some(2) && run.err.contains(says) && run.out.is_empty(), "{name}: {}", run.err);
    }
    for name in ["out/scorecard.json", "out/scorecard.json.minisig"] {
        let run = shelf.stage.run(&["--history", &path(name), "--out", &path("out"), "--lang", "en"]);
        assert!(run.code == Some(2) && run.err.contains("another output"), "{name}: {}", run.err);
        assert!(!shelf.file(name).exists());
    }
    // After it otherwise: the scorecard is there, and the exit code says that the history is not.
    let run = with("/proc/none/h.sqlite");
    assert_eq!(run.code, Some(3));
    assert!(run.out.contains("so") && run.err.contains("chưa được ghi vào lịch sử"), "{}", run.err);
    // Of two outputs that cannot be written both are told.
    let run = shelf.stage.run(&["--history", "/proc/none/h.sqlite", "--out", "/proc/none"]);
    assert!(
        run.code == Some(3) && run.err.contains("h.sqlite") && run.err.contains("scorecard.json"),
        "{}",
        run.err
    );
    let run = with(&path("data"));
    assert_eq!(run.code, Some(2), "the folder of the data");
    // A file of a later version, and one that is cut off.
    let mut newer = sound.clone();
    // The version that SQLite keeps for programs stands at byte 60 of the file, big-endian.
    newer[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(shelf.file("h.sqlite"), &newer).expect("the history");
    refused(&[], "newer version");
    assert_eq!(shelf.score("2026-11-02", &[]).code, Some(2));
    assert_eq!(fs::read(shelf.file("h.sqlite")).expect("the history"), newer, "left as it was");
    fs::write(shelf.file("h.sqlite"), &sound[..sound.len() / 2]).expect("the history");
    let run = shelf.verify(&[]);
    assert!(run.code == Some(5) && !run.said().contains("history verify"), "{:?} {}", run.code, run.said());
    let run = shelf.trend(&[]);
    assert!(run.code == Some(5) && run.err.contains("damaged"), "{:?} {}", run.code, run.err);
}

#[test]
fn runs_at_once_all_arrive() {
    let shelf = Shelf::new();
    shelf.extract(1);
    std::thread::scope(|scope| {
        for day in ["2026-11-01", "2026-11-02", "2026-11-03"] {
            let shelf = &shelf;
            scope.spawn(move || {
                let run = shelf.score(day, &[]);
                assert_eq!(run.code, Some(0), "{}", run.err);
            });
        }
    });
    assert_eq!(shelf.json(&[])["records"], 3);
    assert_eq!(shelf.verify(&[]).code, Some(0));
}
