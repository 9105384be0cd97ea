//! Many databases in one night: what is kept, what is killed, what fails, and that none of it can be seen in the result.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use thuocdo::engine::Keeper;

use crate::measure;
use crate::stage::{Folder, PROGRAM, Run, thuocdo};

/// A folder with a plan, rule files and extracts of a few databases.
struct Night {
    folder: Folder,
}

/// Two tables that refer to each other, rules over rows, keys, groups and whole columns, and one that looks at the clock.
const RULES: &str = r#"
thuocdo: 1
database: NAME
tables:
  nguoi:
    files: "nguoi_*.csv"
    key: [ma]
    columns:
      ngay_sinh: { type: date }
      cap_nhat: { type: timestamp }
      cao: { type: integer }
    rules:
      - { not_null: ten, severity: critical }
      - { clean_text: ten }
      - { in_range: { column: ngay_sinh, min: 1900-01-01, max: as_of } }
      - { unique: [ma] }
      - { references: { columns: [tinh], to: tinh.ma } }
      - { determines: { from: ma, to: ten } }
      - { aggregate: { column: cao, function: median, min: 100 } }
      - { heartbeat: { column: cap_nhat, cycle: 1d } }
      - { expect: "cao > 50 OR ten = 'An'" }
  tinh:
    files: tinh.csv
    tier: 1
    rules:
      - { unique: [ma] }
"#;

fn people(rows: usize, salt: usize) -> String {
    let mut text = "ma,ten,ngay_sinh,cap_nhat,tinh,cao\n".to_owned();
    for row in 0..rows {
        let number = row * 7 + salt;
        let name = ["An", "Bình", " Chi", "Dũng  Tiến", ""][number % 5];
        let (year, day) = (1950 + number % 80, 1 + number % 28);
        let (tinh, height) = (["01", "79", "99"][number % 3], 40 + number % 150);
        let _ = writeln!(text, "{number:05},{name},{year}-02-{day:02},2026-11-20 10:00:00,{tinh},{height}");
    }
    text
}

impl Night {
    /// Databases of two files each.
    fn new(names: &[&str], rows: usize, limits: &str) -> Self {
        let night = Self { folder: Folder::new() };
        fs::create_dir(night.folder.path("rules")).expect("a folder");
        let mut plan = format!(
            "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\nformats: [term]\n{limits}databases:\n"
        );
        for (salt, name) in names.iter().enumerate() {
            night.folder.write(&format!("rules/{name}.yaml"), RULES.replace("NAME", name));
            let _ = writeln!(plan, "  - rules/{name}.yaml");
            night.folder.write(&format!("data/{name}/nguoi_1.csv"), people(rows, salt));
            night.folder.write(&format!("data/{name}/nguoi_2.csv"), people(rows / 2, salt + 3));
            night.folder.write(&format!("data/{name}/tinh.csv"), "ma\n01\n79\n");
        }
        night.folder.write("nightly.yaml", &plan);
        night
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn run(&self, more: &[&str]) -> Run {
        let plan = self.folder.path("nightly.yaml").display().to_string();
        let mut arguments = vec!["run", &plan, "--lang", "en"];
        arguments.extend(more);
        thuocdo(&arguments)
    }

    fn start(&self, more: &[&str]) -> Child {
        let mut command = Command::new(PROGRAM);
        command.arg("run").arg(self.folder.path("nightly.yaml")).args(more);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// The scorecard as `score` makes it of the same rules and extracts.
    fn scored(&self, as_of: &str) -> String {
        let (rules, data) =
            (self.folder.path("rules").display().to_string(), self.folder.path("data").display().to_string());
        let run = thuocdo(&["score", &rules, "--data", &data, "--as-of", as_of, "--format", "json"]);
        assert!(run.code == Some(0) || run.code == Some(3), "{}", run.err);
        run.out
    }

    fn card(&self) -> Value {
        serde_json::from_str(&self.read("out/scorecard.json")).expect("a scorecard")
    }

    /// Lines of the log about one sort of event.
    fn logged(&self, event: &str) -> Vec<Value> {
        let log = self.read("state/run.jsonl");
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| line["event"] == event).collect()
    }

    /// Files read and files known in the last run.
    fn files(&self, databases: usize) -> (u64, u64) {
        let of = |line: &Value, key: &str| line[key].as_u64().unwrap_or_default();
        let lines = self.logged("database");
        let last = &lines[lines.len() - databases..];
        let sum = |key: &str| last.iter().map(|line| of(line, key)).sum();
        (sum("files_read"), sum("files_reused"))
    }

    /// All states that are kept.
    fn states(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in fs::read_dir(self.folder.path("state/files")).expect("states") {
            let folder = folder.expect("an entry").path();
            found.extend(fs::read_dir(folder).expect("states").map(|entry| entry.expect("an entry").path()));
        }
        found.sort();
        found
    }
}

#[test]
fn a_night_is_what_score_says_and_only_what_is_new_is_read() {
    let night = Night::new(&["a", "b"], 200, "limits: { parallel: 2, threads: 2 }\n");
    let first = night.run(&[]);
    assert_eq!(first.code, Some(0), "{}{}", first.out, first.err);
    assert!(first.out.ends_with(" s\n") && first.out.contains("2 of 2 databases measured"), "{}", first.out);
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    assert_eq!(night.files(2), (6, 0));
    assert!(night.read("out/scorecard.txt").contains('a'));
    let one: Value = serde_json::from_str(&night.read("out/databases/b.json")).expect("a scorecard");
    assert_eq!(one["databases"].as_array().map(Vec::len), Some(1));

    let before = night.read("out/scorecard.json");
    night.run(&[]);
    assert_eq!(night.files(2), (0, 6));
    assert_eq!(night.read("out/scorecard.json"), before);

    // One file more, one changed: keys of all files are judged together all the same.
    night.folder.write("data/a/nguoi_3.csv", people(50, 1));
    night.folder.write("data/b/tinh.csv", "ma\n01\n79\n99\n");
    night.run(&[]);
    assert_eq!(night.files(2), (2, 5));
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    assert_ne!(night.read("out/scorecard.json"), before);
    // What no file of the run is known by is gone.
    assert_eq!(night.states().len(), 7);

    // Other rules, another moment, and everything anew.
    let rules = night.read("rules/a.yaml").replace("min: 100", "min: 101");
    night.folder.write("rules/a.yaml", &rules);
    night.run(&[]);
    assert_eq!(night.files(2), (4, 3));
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    night.run(&["--as-of", "2027-03-01"]);
    assert_eq!(night.read("out/scorecard.json"), night.scored("2027-03-01"));
    night.run(&["--fresh", "--as-of", "2027-03-01"]);
    assert_eq!(night.files(2), (7, 0));
    assert_eq!(night.read("out/scorecard.json"), night.scored("2027-03-01"));
}

#[test]
fn damaged_states_are_read_again() {
    let night = Night::new(&["a"], 100, "");
    night.run(&[]);
    let before = night.read("out/scorecard.json");
    for (at, path) in night.states().into_iter().enumerate() {
        let mut bytes = fs::read(&path).expect("a state");
        let middle = bytes.len() / 2;
        match at {
            0 => bytes.truncate(middle),
            1 => bytes[middle] ^= 0x40,
            _ => bytes.clear(),
        }
        fs::write(&path, bytes).expect("a state");
    }
    let run = night.run(&[]);
    assert_eq!((run.code, night.files(1)), (Some(0), (3, 0)), "{}", run.err);
    assert_eq!(night.read("out/scorecard.json"), before);
}

#[test]
fn a_run_that_was_killed_goes_on_and_ends_as_if_it_had_not_been() {
    let names = ["a", "b", "c", "d"];
    let night = Night::new(&names, 400, "history: history.db\nlimits: { parallel: 2, threads: 2 }\n");
    let undisturbed = night.scored("2026-11-21");
    let mut resumed = 0;
    // From before anything was done to after everything was.
    for wait in [5, 30, 60, 90, 120, 160, 200, 260, 330, 420, 600] {
        let _ = fs::remove_dir_all(night.folder.path("state"));
        let _ = fs::remove_dir_all(night.folder.path("out"));
        for name in ["history.db", "history.db-wal", "history.db-shm"] {
            let _ = fs::remove_file(night.folder.path(name));
        }
        let mut run = night.start(&[]);
        std::thread::sleep(Duration::from_millis(wait));
        run.kill().expect("it is killed");
        run.wait().expect("it ends");
        for name in ["out/scorecard.json", "out/scorecard.txt"] {
            // Whole or not at all.
            assert!(
                !night.folder.path(name).exists() || night.read(name).ends_with('\n'),
                "{name} after {wait} ms"
            );
        }
        let started = night.folder.path("state/journal.json").exists();
        // Its workers may hold nothing that the next run needs.
        let run = night.run(&[]);
        assert_eq!(run.code, Some(0), "after {wait} ms: {}{}", run.out, run.err);
        assert_eq!(night.read("out/scorecard.json"), undisturbed, "after {wait} ms");
        assert!(!night.folder.path("state/journal.json").exists());
        let history = night.folder.path("history.db").display().to_string();
        let verified = thuocdo(&["history", "verify", &history, "--format", "json"]);
        assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
        let verified: Value = serde_json::from_str(&verified.out).expect("JSON");
        let begun = night.logged("started");
        if started {
            assert_eq!(verified["records"], 4, "each database is recorded once, after {wait} ms");
            resumed += 1;
            assert_eq!(begun.last().map(|line| &line["resumed"]), Some(&Value::Bool(true)));
            assert_eq!(begun[0]["run"], begun[begun.len() - 1]["run"], "it is one run");
        }
    }
    assert!(resumed > 0, "no run was killed while it was under way");
}

#[test]
fn what_fails_costs_one_database_and_never_passes() {
    let names = ["a", "b", "c", "d"];
    let night = Night::new(&names, 50, "limits: { parallel: 2 }\n");
    night.folder.write("rules/b.yaml", "thuocdo: 1\ndatabase: b\ntables: { t: { fils: x.csv } }\n");
    fs::remove_dir_all(night.folder.path("data/c")).expect("gone");
    fs::write(night.folder.path("data/d/nguoi_1.csv"), b"ma,ten\n\xff\xfe\x00garbage\"").expect("a file");
    let run = night.run(&[]);
    assert_eq!(run.code, Some(3), "{}{}", run.out, run.err);
    assert!(run.err.contains("unknown key `fils`"), "{}", run.err);
    assert!(run.out.contains("b: not measured: rule file"), "{}", run.out);
    let card = night.card();
    assert_eq!(card["complete"], false);
    let official: Vec<i64> = card["databases"]
        .as_array()
        .expect("databases")
        .iter()
        .map(|database| database["score"]["official_nano"].as_i64().expect("points"))
        .collect();
    assert_eq!(official.len(), 4, "nothing is left out");
    assert!(official[0] > 0, "the others are measured");
    assert_eq!((official[1], official[2]), (0, 0), "what was not measured has no points");
    let missing: Vec<&str> = card["incomplete"]
        .as_array()
        .expect("gaps")
        .iter()
        .filter_map(|gap| gap["database"].as_str())
        .collect();
    for name in ["b", "c", "d"] {
        assert!(missing.contains(&name), "{name} is told");
    }
    assert_eq!(night.logged("database").iter().filter(|line| line["outcome"] == "failed").count(), 1);
    // The run has ended: the next one is another.
    assert!(!night.folder.path("state/journal.json").exists());
}

#[test]
fn limits_of_time_and_memory_are_kept() {
    let night = Night::new(&["a", "b"], 50, "limits: { parallel: 1 }\n");
    // A process of this program needs more than that before it has read anything.
    let plan = night
        .read("nightly.yaml")
        .replace("- rules/a.yaml", "- { rules: rules/a.yaml, limits: { memory: 64MiB } }");
    night.folder.write("nightly.yaml", &plan);
    // Rules that take their time: every row is compared with all others of its group.
    let slow = night.read("rules/b.yaml").replace("- { not_null: ten, severity: critical }", SLOW);
    night.folder.write("rules/b.yaml", &slow);
    night.folder.write("data/b/nguoi_1.csv", people(60_000, 0));
    let plan = night
        .read("nightly.yaml")
        .replace("- rules/b.yaml", "- { rules: rules/b.yaml, limits: { time: 1s } }");
    night.folder.write("nightly.yaml", &plan);
    let run = night.run(&[]);
    assert_eq!(run.code, Some(3), "{}{}", run.out, run.err);
    let why: Vec<String> = night
        .logged("database")
        .iter()
        .map(|line| line["why"]["en"].as_str().unwrap_or("none").to_owned())
        .collect();
    assert!(why[0].contains("64 MiB are allowed"), "{why:?}");
    assert!(why[1].contains("longer than the 1 s"), "{why:?}");
    let card = night.card();
    assert!(
        card["databases"]
            .as_array()
            .expect("databases")
            .iter()
            .all(|database| database["grade"] == "-" || database["score"]["official_nano"] == 0)
    );
}

/// Many patterns over long texts.
const SLOW: &str = "- { matches: { column: ten, regex: '(.{0,30}[a-z]){1,40}' } }\n      - { outliers: { column: cao, method: mad, threshold: 3 } }\n      \
                    - { consistent: { column: ten, by: letter_case, per: tinh } }\n      - { duplicate_rows: {} }";

#[test]
fn thirty_databases_go_within_their_room() {
    let names: Vec<String> = (0..30).map(|at| format!("db{at:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let night = Night::new(&names, 20, "limits: { parallel: 3, threads: 3, memory: 3GiB }\n");
    let run = night.run(&[]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    let log = night.read("state/run.jsonl");
    let (mut now, mut most) = (0_i64, 0);
    for line in log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")) {
        match line["event"].as_str() {
            Some("database_started") => now += 1,
            Some("database") => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    assert_eq!((now, most), (0, 3));
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let night = Night::new(&["a", "b", "c"], 4_000, "limits: { parallel: 1 }\n");
    let mut first = night.start(&[]);
    while !night.folder.path("state/journal.json").exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let second = night.run(&[]);
    assert_eq!(second.code, Some(3), "{}", second.out);
    assert!(second.err.contains("another run is under way"), "{}", second.err);
    assert_eq!(first.wait().expect("it ends").code(), Some(0));
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    assert_eq!(night.logged("started").len(), 1);
}

#[test]
fn a_state_folder_has_one_plan() {
    let night = Night::new(&["a", "b"], 20, "");
    assert_eq!(night.run(&[]).code, Some(0));
    let plan = night.read("nightly.yaml");
    night.folder.write("nightly.yaml", plan.replace("name: dem", "name: ngay"));
    let run = night.run(&[]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(run.err.contains("is that of the plan `dem`"), "{}", run.err);
    // A database that leaves the plan leaves nothing behind.
    night.folder.write("nightly.yaml", plan.replace("  - rules/b.yaml\n", ""));
    assert_eq!((night.run(&[]).code, night.states().len()), (Some(0), 3));
}

/// A file that a rule goes by is a part of the rule, wherever it is named.
#[test]
fn files_that_rules_go_by_are_read_anew_when_they_change() {
    let night = Night::new(&["a"], 60, "");
    let more = "- { distribution: { column: cao, baseline: goc.csv, test: tvd, max: 0.2 } }\n      - { json: { column: cao, schema: hinh.json } }\n      \
                - { advanced: { column: cao, since: 'moc.csv#so' } }\n      - { not_null: ten, severity: critical }";
    let rules = night.read("rules/a.yaml").replace("- { not_null: ten, severity: critical }", more);
    night.folder.write("rules/a.yaml", &rules);
    let sound = [
        ("goc.csv", "lower,count\n0,50\n100,50\n"),
        ("hinh.json", "{\"type\": \"integer\"}"),
        ("moc.csv", "so\n10\n"),
    ];
    for (name, text) in sound {
        night.folder.write(&format!("rules/{name}"), text);
    }
    let check = |what: &str| {
        let run = night.run(&[]);
        assert!(run.code == Some(0) || run.code == Some(3), "{what}: {}", run.err);
        assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"), "{what}");
    };
    check("at first");
    let changed = [
        ("goc.csv", "lower,count\n0,90\n120,10\n"),
        ("hinh.json", "{\"type\": \"string\"}"),
        ("moc.csv", "so\n1000\n"),
    ];
    for (name, text) in changed {
        let before = night.read("out/scorecard.json");
        night.folder.write(&format!("rules/{name}"), text);
        check(name);
        assert_ne!(night.read("out/scorecard.json"), before, "{name}");
    }
}

#[test]
fn a_run_that_is_gone_on_with_over_other_data_is_recorded() {
    let night = Night::new(&["a"], 40, "history: h.db\n");
    assert_eq!(night.run(&[]).code, Some(0));
    let first = night.logged("started")[0].clone();
    // As if it had been killed after it was recorded and before it ended.
    let journal = serde_json::json!({
        "run": first["run"], "plan": "dem", "plan_blake3": first["plan_blake3"], "as_of": 20_778_i64 * 86_400_000_000,
        "started": std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("now").as_secs(),
    });
    night.folder.write("state/journal.json", journal.to_string());
    assert_eq!(night.run(&[]).code, Some(0));
    let records = || {
        let history = night.folder.path("h.db").display().to_string();
        let verified = thuocdo(&["history", "verify", &history, "--format", "json"]);
        serde_json::from_str::<Value>(&verified.out).expect("JSON")["records"].clone()
    };
    assert_eq!(night.logged("started")[1]["resumed"], true);
    assert_eq!(records(), 1, "the same once more is known");
    night.folder.write("state/journal.json", journal.to_string());
    night.folder.write("data/a/nguoi_1.csv", people(45, 9));
    assert_eq!(night.run(&[]).code, Some(0));
    assert_eq!(records(), 2, "other data is another record");
}

#[test]
fn a_clock_that_went_back_is_told() {
    let night = Night::new(&["a"], 20, "");
    night.run(&[]);
    let run = night.run(&["--as-of", "2026-11-20T12:00:00+07:00"]);
    assert_eq!(run.code, Some(0));
    assert!(run.err.contains("was the clock moved back?"), "{}", run.err);
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-20T12:00:00+07:00"));
}

#[test]
fn a_wrong_plan_does_nothing() {
    let night = Night::new(&["a"], 20, "");
    let sound = night.read("nightly.yaml");
    let cases = [
        (sound.replace("out: out", "out: state"), "`out` and `state` go to one place"),
        (sound.replace("out: out", "out: ./x/../state/out"), "`out` and `state` go to one place"),
        (format!("{sound}history: out/scorecard.json\n"), "`history` and `out` go to one place"),
        (format!("{sound}metrics: nightly.yaml\n"), "`metrics` would be written among what is read"),
        (format!("{sound}log: data/x.jsonl\n"), "`log` would be written among what is read"),
        (format!("{sound}metrics: m\nlog: m\n"), "`log` and `metrics` go to one place"),
        (sound.replace("[term]", "[papyrus]"), "`papyrus` is not a format"),
        (format!("{sound}  - rules/a.yaml\n"), "database `a` is in the plan twice"),
        (sound.replace("name: dem", "nam: dem"), "did you mean `name`?"),
        (sound.replace("as_of: 2026-11-21", "as_of: yesterday"), "is not a moment in time"),
    ];
    for (plan, said) in cases {
        night.folder.write("nightly.yaml", &plan);
        let run = night.run(&[]);
        assert_eq!(run.code, Some(2), "{said}: {}", run.err);
        assert!(run.err.contains(said), "{said}: {}", run.err);
        assert!(!night.folder.path("out").exists() && !night.folder.path("state").exists(), "{said}");
    }
    night.folder.write("nightly.yaml", &sound);
    let run = night.run(&["--check"]);
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 1), "{}", run.err);
    assert!(!night.folder.path("state").exists());
    // The worker is nobody's command.
    assert_eq!(thuocdo(&["worker", "--lang", "en"]).code, Some(2));
}

#[test]
fn what_cannot_be_written_is_told_and_tried_again() {
    let night = Night::new(&["a"], 20, "");
    night.folder.write("out", "a file where a folder must be");
    let run = night.run(&[]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("cannot be written"), "{}", run.err);
    assert!(run.out.contains("1 of 1 databases measured"), "{}", run.out);
    // The run has ended all the same: what comes now is another, of another moment and perhaps of other data.
    assert!(!night.folder.path("state/journal.json").exists());
    fs::remove_file(night.folder.path("out")).expect("gone");
    assert_eq!(night.run(&[]).code, Some(0));
    assert_eq!(night.logged("started")[1]["resumed"], false);
    assert_eq!(night.files(1), (0, 3));
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
}

#[test]
fn a_fallen_grade_is_told_and_figures_are_left_for_prometheus() {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a server");
    let address = server.server_addr().to_ip().expect("an address");
    let notify = format!(
        "metrics: m/thuocdo.prom\nnotify: {{ lang: en, webhook: {{ url: 'http://{address}/hook', retries: 0 }} }}\n"
    );
    let night = Night::new(&["a"], 100, &notify);
    night.folder.write(
        "data/a/nguoi_1.csv",
        "ma,ten,ngay_sinh,cap_nhat,tinh,cao\n1,An,1990-01-01,2026-11-20,01,170\n",
    );
    fs::remove_file(night.folder.path("data/a/nguoi_2.csv")).expect("gone");
    let run = night.run(&[]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert!(server.try_recv().expect("a server").is_none(), "nothing has happened yet");
    let metrics = night.read("m/thuocdo.prom");
    assert!(
        metrics
            .contains("thuocdo_database_score_points{plan=\"dem\",database=\"a\",bound=\"official\"} 100.0"),
        "{metrics}"
    );

    night.folder.write("data/a/nguoi_1.csv", people(100, 0));
    let hook = std::thread::spawn(move || {
        let mut request = server.recv_timeout(Duration::from_secs(60)).expect("a server").expect("a request");
        let mut body = String::new();
        request.as_reader().read_to_string(&mut body).expect("a body");
        request.respond(tiny_http::Response::empty(204)).expect("an answer");
        body
    });
    let run = night.run(&[]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let notice: Value = serde_json::from_str(&hook.join().expect("a notice")).expect("JSON");
    assert_eq!((&notice["plan"], &notice["good"]), (&Value::from("dem"), &Value::Bool(false)));
    assert_eq!(notice["run"], night.logged("notice")[0]["notice"]);
    assert_eq!(night.logged("notice")[0]["delivered"], true);

    // The server is gone with the thread: the results stay, and it is told.
    night.folder.write(
        "data/a/nguoi_1.csv",
        "ma,ten,ngay_sinh,cap_nhat,tinh,cao\n1,An,1990-01-01,2026-11-20,01,170\n",
    );
    let run = night.run(&[]);
    assert_eq!(run.code, Some(3), "{}", run.out);
    assert!(run.err.contains("was not told"), "{}", run.err);
    assert_eq!(night.read("out/scorecard.json"), night.scored("2026-11-21"));
    assert!(night.read("m/thuocdo.prom").contains("thuocdo_run_notices_failed{plan=\"dem\"} 1"));
    assert!(!night.folder.path("state/journal.json").exists(), "the run has ended");
}

/// Changes a file when it is asked for its state: after it was hashed, before it is read.
struct Meddler {
    path: PathBuf,
    meddles: AtomicBool,
    kept: AtomicBool,
}

impl Keeper for Meddler {
    fn find(&self, _: &str) -> Option<Vec<u8>> {
        if self.meddles.swap(false, Ordering::Relaxed) {
            fs::write(&self.path, people(30, 5)).expect("a file");
        }
        None
    }

    fn keep(&self, _: &str, _: &[u8]) {
        self.kept.store(true, Ordering::Relaxed);
    }

    fn reused(&self, _: u64) {}
}

#[test]
fn a_file_that_changes_while_it_is_read_is_unknown_and_not_kept() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("nguoi_1.csv");
    fs::write(&path, people(20, 0)).expect("a file");
    let rules =
        "thuocdo: 1\ndatabase: d\ntables: { t: { files: nguoi_1.csv, rules: [ { not_null: ma } ] } }\n";
    let database = measure::database(rules, Path::new(".")).unwrap_or_else(|said| panic!("{said}"));
    let keeper = Meddler { path, meddles: true.into(), kept: false.into() };
    let score = || measure::score_keeping(&database, folder.path(), "2026-11-21", 1, Some(&keeper));
    let card = score();
    assert!(!keeper.kept.load(Ordering::Relaxed));
    assert_eq!(card.score.official_nano, 0);
    let said: Vec<&str> = card.tables[0].problems.iter().map(|problem| problem.text.en.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("changed while it was read")), "{said:?}");
    // The next time nobody meddles.
    assert_eq!(score().score.official, "100.000000");
    assert!(keeper.kept.load(Ordering::Relaxed));
}
