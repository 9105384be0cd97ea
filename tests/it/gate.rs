//! The gate: limits, a baseline, new violations, waivers, budgets, and what it says when something is wrong with them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use serde_json::Value;

use crate::stage::{Run, Stage, command, thuocdo};

const RULES: &str = r#"
thuocdo: 1
database: so
tables:
  p:
    files: "p*.csv"
    key: [id]
    columns: { id: text, gt: text, email: { type: text, pii: basic } }
    rules:
      - { id: gioi-tinh, in_set: { column: gt, values: [Nam, Nữ] }, severity: critical }
      - { id: email, matches: { column: email, format: email }, severity: major }
      - { id: khong-trung, unique: [email], severity: minor }
"#;

const NAMES: [&str; 3] = ["gioi-tinh", "email", "khong-trung"];

/// Sound rows: as many as are asked for, from this id on.
fn rows(from: usize, to: usize) -> BTreeMap<String, [String; 2]> {
    (from..to).map(|id| (format!("{id:06}"), ["Nam".to_owned(), format!("a{id}@b.vn")])).collect()
}

fn csv(rows: &BTreeMap<String, [String; 2]>) -> String {
    let mut text = String::from("id,gt,email\n");
    for (id, [gender, email]) in rows {
        writeln!(text, "{id},{gender},{email}").expect("a line");
    }
    text
}

fn stage(rules: &str, rows: &BTreeMap<String, [String; 2]>) -> Stage {
    Stage::new(rules).file("p.csv", csv(rows))
}

/// Runs the gate; `day` is of November 2026.
fn gate(stage: &Stage, day: u32, more: &[&str]) -> (Run, Value) {
    let run = thuocdo(&arguments(stage, day, more));
    let report = serde_json::from_str(&run.out).unwrap_or_default();
    (run, report)
}

fn arguments(stage: &Stage, day: u32, more: &[&str]) -> Vec<String> {
    let path = |name: &str| stage.path().join(name).display().to_string();
    let mut all = vec!["gate".to_owned(), path("rules.yaml"), "--data".to_owned(), path("data")];
    all.extend([format!("--as-of=2026-11-{day:02}"), "--format=json".to_owned(), "--lang=en".to_owned()]);
    // What names a file is beside the rules.
    all.extend(more.iter().map(|argument| match argument.split_once('@') {
        Some((flag, name)) => format!("{flag}{}", path(name)),
        None => (*argument).to_owned(),
    }));
    all
}

const KEPT: [&str; 1] = ["--baseline=@base.json"];
const UPDATE: [&str; 2] = ["--baseline=@base.json", "--update-baseline"];

/// Condition, outcome and rule of what did not simply pass.
fn findings(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = report["checks"].as_array().expect("checks").iter();
    checks
        .filter(|check| check["outcome"] != "passed")
        .map(|check| (text(&check["condition"]), text(&check["outcome"]), text(&check["rule"])))
        .collect()
}

fn finds(report: &Value, condition: &str, outcome: &str, rule: &str) -> bool {
    findings(report).contains(&(condition.to_owned(), outcome.to_owned(), rule.to_owned()))
}

fn replace(stage: &Stage, rows: &BTreeMap<String, [String; 2]>) {
    fs::write(stage.data().join("p.csv"), csv(rows)).expect("the extract is written");
}

#[test]
fn limits_are_kept_or_told() {
    let mut data = rows(0, 1000);
    data.get_mut("000007").expect("a row")[0] = "Nma".to_owned();
    let stage = stage(RULES, &data);
    let (run, report) = gate(&stage, 1, &["--min-score=50"]);
    assert_eq!((run.code, &report["verdict"]), (Some(0), &Value::from("passed")), "{}{}", run.out, run.err);

    let (run, report) =
        gate(&stage, 1, &["--critical-dpm=999", "--min-score=100", "--min-dimension=correctness=99"]);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "critical_defects", "failed", "gioi-tinh"));
    assert!(finds(&report, "min_score", "failed", ""));
    assert!(finds(&report, "min_dimension", "failed", ""));

    // Nearer limits win: flags, the rule file, the policy file.
    let policy = "thuocdo: 1\ngate: { critical_dpm: 10, min_clean_records: 99.95% }\n";
    fs::write(stage.path().join("gate.yaml"), policy).expect("the policy is written");
    let (run, report) = gate(&stage, 1, &["--policy=@gate.yaml"]);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "critical_defects", "failed", "gioi-tinh"));
    assert!(finds(&report, "min_clean_records", "failed", ""));
    let (_, report) = gate(&stage, 1, &["--policy=@gate.yaml", "--critical-dpm=1000"]);
    assert!(!finds(&report, "critical_defects", "failed", "gioi-tinh"));
    fs::write(stage.rules(), format!("{RULES}\ngate: {{ critical_dpm: 1000 }}\n")).expect("rules");
    let (_, report) = gate(&stage, 1, &["--policy=@gate.yaml"]);
    assert!(!finds(&report, "critical_defects", "failed", "gioi-tinh"));
}

#[test]
fn what_was_not_measured_outranks_what_failed() {
    let stage = stage(&RULES.replace("[email]", "[dien_thoai]"), &rows(0, 10));
    let (run, report) = gate(&stage, 1, &["--min-score=100"]);
    assert_eq!((run.code, &report["verdict"]), (Some(3), &Value::from("incomplete")));
    assert!(finds(&report, "measured", "incomplete", "khong-trung"));
    assert!(finds(&report, "min_score", "failed", ""), "all reasons are told, not the worst alone");
}

#[test]
fn new_rows_and_old_ones_are_told_apart() {
    let mut data = rows(0, 3000);
    // Known defects, which do not block by themselves.
    for id in ["000001", "000002", "000003"] {
        data.get_mut(id).expect("a row")[0] = "Nma".to_owned();
    }
    let stage = stage(RULES, &data);
    let (run, _) = gate(&stage, 1, &UPDATE);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let (run, report) = gate(&stage, 2, &KEPT);
    assert_eq!((run.code, findings(&report)), (Some(0), vec![]), "nothing has changed");

    // One known defect is repaired, one row with a known defect changes otherwise, one row is new and wrong.
    data.get_mut("000001").expect("a row")[0] = "Nữ".to_owned();
    data.get_mut("000002").expect("a row")[1] = "moi@b.vn".to_owned();
    data.insert("009999".to_owned(), ["Nma".to_owned(), "c@d.vn".to_owned()]);
    data.remove("000500");
    replace(&stage, &data);
    let (run, report) = gate(&stage, 2, &KEPT);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "new_violations", "failed", "gioi-tinh"));
    assert!(!finds(&report, "regression", "failed", "gioi-tinh"));
    let changes = &report["changes"][0];
    let count = |name: &str| changes[name].as_u64().expect("a count");
    assert_eq!(["added", "changed", "removed", "unchanged", "unpaired"].map(count), [1, 2, 1, 2997, 0]);
    let rule = &changes["rules"][0];
    assert_eq!(
        (&rule["newly_failing"], &rule["newly_passing"], &rule["touched"], &rule["new_violations"]),
        (&Value::from(0), &Value::from(1), &Value::from(3), &Value::from(1))
    );
    // A failed run is no baseline; it blocks again.
    let (run, _) = gate(&stage, 2, &UPDATE);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("--accept"), "{}", run.err);
    assert_eq!(gate(&stage, 3, &KEPT).0.code, Some(1));
    let (run, _) = gate(&stage, 3, &["--baseline=@base.json", "--update-baseline", "--accept"]);
    assert_eq!(run.code, Some(1), "accepting changes the baseline, not the verdict");
    assert_eq!(gate(&stage, 4, &KEPT).0.code, Some(0));
}

#[test]
fn reports_are_as_their_schema_says() {
    let schema = thuocdo(&["schema", "gate"]).out;
    let schema = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let mut data = rows(0, 100);
    let stage = stage(RULES, &data);
    fs::write(stage.path().join("w.yaml"), waiver(&[])).expect("the waivers are written");
    let first = gate(&stage, 1, &UPDATE).1;
    data.get_mut("000001").expect("a row")[0] = "Nma".to_owned();
    replace(&stage, &data);
    let second = gate(&stage, 2, &["--baseline=@base.json", "--waivers=@w.yaml", "--policy=@none.yaml"]);
    assert_eq!(second.0.code, Some(2));
    let second = gate(&stage, 2, &["--baseline=@base.json", "--waivers=@w.yaml"]).1;
    for report in [first, second] {
        let wrong: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

#[test]
fn a_regression_is_material_and_no_chance() {
    let data = rows(0, 2000);
    let stage = stage(&RULES.replace("severity: critical", "severity: minor"), &data);
    gate(&stage, 1, &UPDATE);
    let spoil = |count: usize| {
        let mut data = data.clone();
        for row in data.values_mut().take(count) {
            row[0] = "Nma".to_owned();
        }
        replace(&stage, &data);
        gate(&stage, 2, &KEPT).1
    };
    assert!(!finds(&spoil(10), "regression", "failed", "gioi-tinh"), "ten rows are not material");
    assert!(finds(&spoil(11), "regression", "failed", "gioi-tinh"));
}

#[test]
fn small_changes_are_put_together() {
    let mut data = rows(0, 2000);
    let stage = stage(RULES, &data);
    gate(&stage, 1, &UPDATE);
    for day in 0..3 {
        // Eight rows a day, one of them with a wrong address: too few to judge a rate by.
        for id in 0..8 {
            data.insert(format!("9{day}{id:04}"), ["Nam".to_owned(), format!("x{day}{id}@b.vn")]);
        }
        data.get_mut(&format!("9{day}0000")).expect("a row")[1] = format!("sai{day}");
        replace(&stage, &data);
        let (run, report) = gate(&stage, day + 2, &UPDATE);
        if day < 2 {
            assert_eq!(run.code, Some(0));
            assert!(finds(&report, "new_violations", "warning", "email"));
        } else {
            assert_eq!(run.code, Some(1), "slicing does not help: 24 rows, 3 of them wrong");
            assert!(finds(&report, "new_violations", "failed", "email"));
        }
    }
}

#[test]
fn what_was_checked_stays_checked() {
    let stage = stage(RULES, &rows(0, 100));
    gate(&stage, 1, &UPDATE);
    let without = RULES.lines().filter(|line| !line.contains("id: email,")).collect::<Vec<_>>().join("\n");
    fs::write(stage.rules(), &without).expect("rules");
    let (run, report) = gate(&stage, 2, &KEPT);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "still_measured", "failed", "email"));
    // A rule that asks something else is not compared, which is told.
    fs::write(stage.rules(), RULES.replace("[Nam, Nữ]", "[Nam, Nữ, Nma]")).expect("rules");
    let (run, report) = gate(&stage, 2, &KEPT);
    assert_eq!(run.code, Some(0));
    assert!(finds(&report, "regression", "warning", "gioi-tinh"));
    assert_eq!(gate(&stage, 2, &["--baseline=@base.json", "--strict"]).0.code, Some(1));
}

#[test]
fn what_applied_to_nothing_was_judged_all_the_same() {
    let mut data = rows(0, 100);
    data.values_mut().for_each(|row| row[0] = String::new());
    let stage = stage(RULES, &data);
    gate(&stage, 1, &UPDATE);
    data.get_mut("000007").expect("a row")[0] = "Nma".to_owned();
    replace(&stage, &data);
    let (run, report) = gate(&stage, 2, &["--baseline=@base.json", "--critical-dpm=1000000"]);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "new_violations", "failed", "gioi-tinh"));
}

#[test]
fn the_verdict_does_not_hang_on_the_key() {
    // Nobody has a key of his own, half are wrong, and all change otherwise.
    let write = |mark: &str| {
        let rows = (0..40).map(|at| format!(",{},{mark}{at}@b.vn", if at % 2 == 0 { "Nam" } else { "Nma" }));
        format!("id,gt,email\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let mut seen = Vec::new();
    for key in ["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccc"] {
        let stage = Stage::new(RULES).file("p.csv", write("x"));
        let run = |day: u32, more: &[&str]| {
            let output = command().args(arguments(&stage, day, more)).env("THUOCDO_KEY", key).output();
            serde_json::from_slice::<Value>(&output.expect("the program starts").stdout).expect("JSON")
        };
        run(1, &["--baseline=@base.json", "--update-baseline", "--accept"]);
        fs::write(stage.data().join("p.csv"), write("y")).expect("the extract is written");
        let report = run(2, &KEPT);
        assert!(!finds(&report, "new_violations", "failed", "gioi-tinh"), "nothing became worse");
        assert_eq!(report["changes"][0]["changed"], 40);
        seen.push(report["changes"].clone());
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_cannot_be_judged_has_not_passed() {
    let rules = RULES.replace(
        "      - { id: email",
        "      - { id: duong, expect: \"so > 0\", severity: critical }\n      - { id: email",
    );
    let rules = rules.replace("gt: text,", "gt: text, so: decimal,");
    let write = |small: &str| {
        let rows = (0..100).map(|at| format!("{at:06},Nam,{},e{at}@b.vn", if at < 25 { small } else { "1" }));
        format!("id,gt,so,email\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let stage = Stage::new(rules).file("p.csv", write("1"));
    gate(&stage, 1, &UPDATE);
    let become_ = |small: &str| {
        fs::write(stage.data().join("p.csv"), write(small)).expect("the extract is written");
        gate(&stage, 2, &["--baseline=@base.json", "--critical-dpm=1000000"]).1
    };
    for small in ["-1", "-0.0000000000000000001"] {
        let report = become_(small);
        assert!(finds(&report, "new_violations", "failed", "duong"), "{small}: {:?}", findings(&report));
    }
    let blank = become_("");
    assert!(!finds(&blank, "new_violations", "failed", "duong"), "nothing is said of what is not there");
}

#[test]
fn rows_that_were_told_apart_stay_so() {
    let data = rows(0, 60);
    let stage = stage(RULES, &data);
    gate(&stage, 1, &UPDATE);
    let other = csv(&data).replacen("id,", "ma,", 1);
    fs::write(stage.data().join("p.csv"), other).expect("the extract is written");
    let (run, report) = gate(&stage, 2, &UPDATE);
    assert_ne!(run.code, Some(0));
    assert!(finds(&report, "still_measured", "failed", ""));
}

#[test]
fn an_optional_table_that_comes_back_is_compared_with_what_it_was() {
    let mut data = rows(0, 60);
    let more = RULES.replace("    key: [id]\n", "    key: [id]\n    required: false\n");
    let rules = format!("{more}  q: {{ files: \"q.csv\", rules: [{{ not_null: a }}] }}\n");
    let stage = stage(&rules, &data).file("q.csv", "a\n1\n");
    gate(&stage, 1, &UPDATE);
    fs::remove_file(stage.data().join("p.csv")).expect("the table is away");
    let (_, report) = gate(&stage, 2, &["--baseline=@base.json", "--update-baseline", "--accept"]);
    assert!(finds(&report, "still_measured", "warning", "gioi-tinh"));
    data.get_mut("000007").expect("a row")[0] = "Nma".to_owned();
    replace(&stage, &data);
    let (_, report) = gate(&stage, 3, &KEPT);
    assert!(finds(&report, "new_violations", "failed", "gioi-tinh"));
}

#[test]
fn waived_violations_stay_waived_in_later_syncs() {
    let mut data = rows(0, 3000);
    let rules = format!("{RULES}\ngate: {{ error_budget: 99.9%, critical_dpm: 1000000 }}\n");
    let stage = stage(&rules, &data);
    gate(&stage, 1, &UPDATE);
    for row in data.values_mut().take(30) {
        row[0] = "Nma".to_owned();
    }
    replace(&stage, &data);
    fs::write(stage.path().join("w.yaml"), waiver(&[])).expect("the waivers are written");
    let update = ["--baseline=@base.json", "--update-baseline", "--waivers=@w.yaml"];
    let (run, report) = gate(&stage, 2, &update);
    assert_eq!(run.code, Some(0), "{:?}", findings(&report));
    assert!(finds(&report, "error_budget", "waived", "gioi-tinh"));
    data.insert("7".to_owned(), ["Nam".to_owned(), "moi@b.vn".to_owned()]);
    replace(&stage, &data);
    let (run, report) = gate(&stage, 3, &update);
    assert_eq!(run.code, Some(0), "{:?}", findings(&report));
}

#[test]
fn no_report_takes_the_place_of_what_is_read() {
    let stage = stage(RULES, &rows(0, 5));
    gate(&stage, 1, &UPDATE);
    for more in [
        ["--baseline=@base.json", "--json=@base.json"],
        ["--baseline=@base.json", "--markdown=@rules.yaml"],
        ["--junit=@x", "--sarif=@x"],
        ["--badge=@data/p.csv", "--strict"],
    ] {
        assert_eq!(gate(&stage, 2, &more).0.code, Some(2), "{more:?}");
    }
    let (run, report) = gate(&stage, 2, &["--policy=@gate.yaml"]);
    assert_eq!((run.code, report), (Some(2), Value::Null));
    fs::write(stage.path().join("gate.yaml"), "thuocdo: 1\ndatabases: { sso: { min_score: 99 } }\n")
        .expect("a policy");
    let (run, report) = gate(&stage, 2, &["--policy=@gate.yaml"]);
    assert_eq!(run.code, Some(0));
    assert!(finds(&report, "policy", "warning", ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_could_not_tell_is_no_baseline() {
    let mut data = rows(0, 5);
    let stage = stage(RULES, &data);
    gate(&stage, 1, &UPDATE);
    let kept = fs::read(stage.path().join("base.json")).expect("the baseline");
    data.insert("6".to_owned(), ["Nam".to_owned(), "moi@b.vn".to_owned()]);
    replace(&stage, &data);
    for more in ["--junit=/dev/null/x", "--violations=/dev/null/x"] {
        let (run, _) = gate(&stage, 2, &["--baseline=@base.json", "--update-baseline", more]);
        assert_eq!(run.code, Some(3), "{more}: {}", run.err);
        assert_eq!(fs::read(stage.path().join("base.json")).expect("the baseline"), kept, "{more}");
    }
}

#[test]
fn baselines_of_others_are_not_compared_with() {
    let stage = stage(RULES, &rows(0, 50));
    gate(&stage, 10, &UPDATE);
    let path = stage.path().join("base.json");
    let sound = fs::read_to_string(&path).expect("the baseline");
    assert!(!sound.contains("a7@b.vn") && !sound.contains("000007"), "digests only");
    let outcome = |text: &str, more: &[&str]| {
        fs::write(&path, text).expect("the baseline is written");
        let mut all = KEPT.to_vec();
        all.extend(more);
        let (run, report) = gate(&stage, 11, &all);
        (run.code, report["checks"][0]["condition"].as_str().unwrap_or_default().to_owned())
    };
    let of = |code: i32, condition: &str| (Some(code), condition.to_owned());
    assert_eq!(outcome(&sound, &["--profile=vn-4"]), of(4, "comparable"));
    assert_eq!(outcome(&sound[..sound.len() / 2], &[]), of(5, "evidence"));
    assert_eq!(outcome(&sound.replace("\"rows\": 50", "\"rows\": 51"), &[]), of(5, "evidence"));
    assert_eq!(outcome(&sound.replace("baseline/3", "baseline/7"), &[]), of(4, "comparable"));
    assert_eq!(outcome("{}", &[]), of(2, ""));
    fs::write(&path, &sound).expect("the baseline is written");
    assert_eq!(gate(&stage, 9, &KEPT).0.code, Some(4), "the clock was moved back");
    let key = stage.path().join("base.json.key");
    let kept = fs::read(&key).expect("the key");
    fs::write(&key, "another key, long enough").expect("the key is written");
    assert_eq!(gate(&stage, 11, &KEPT).0.code, Some(4), "another key");
    fs::remove_file(&key).expect("the key is gone");
    let (run, report) = gate(&stage, 11, &KEPT);
    assert_eq!(run.code, Some(4));
    assert!(report["checks"][0]["hint"]["en"].as_str().expect("a hint").contains("THUOCDO_KEY"));
    let run = command()
        .args(arguments(&stage, 11, &KEPT))
        .env("THUOCDO_KEY", String::from_utf8(kept).expect("text"))
        .output()
        .expect("the program starts");
    assert_eq!(run.status.code(), Some(0));
    let missing = gate(&stage, 11, &["--baseline=@none.json"]).0;
    assert_eq!(missing.code, Some(2));
}

#[cfg(unix)]
#[test]
fn the_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = stage(RULES, &rows(0, 5));
    gate(&stage, 1, &UPDATE);
    let mode =
        |name: &str| fs::metadata(stage.path().join(name)).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode("base.json.key"), mode("base.json")), (0o600, 0o644));
}

fn waiver(more: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("scope", "{ db: so, table: p, rule: gioi-tinh }"),
        ("reason", "giấy"),
        ("owner", "a@x.vn"),
        ("approver", "b@x.vn"),
        ("created", "2026-11-01"),
        ("expires", "2026-12-01"),
        ("budget", "{ max_fail: 30 }"),
    ]);
    fields.extend(more.iter().copied());
    let mut text = String::from("- id: W-1\n");
    for (key, value) in fields {
        writeln!(text, "  {key}: {value}").expect("a line");
    }
    text
}

#[test]
fn waivers_change_the_verdict_and_never_a_score() {
    let mut data = rows(0, 1000);
    for (at, row) in data.values_mut().enumerate().take(25) {
        row[0] = if at < 20 { "Nma".to_owned() } else { "Nux".to_owned() };
    }
    let stage = stage(RULES, &data);
    let try_waiver = |more: &[(&str, &str)]| {
        fs::write(stage.path().join("w.yaml"), waiver(more)).expect("the waivers are written");
        gate(&stage, 21, &["--waivers=@w.yaml", "--policy=@caps.yaml", "--out=@out"])
    };
    fs::write(stage.path().join("caps.yaml"), "thuocdo: 1\ngate: { caps: none }\n").expect("a policy");
    let (run, report) = try_waiver(&[]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert!(finds(&report, "critical_defects", "waived", "gioi-tinh"));
    assert_eq!(report["waivers"][0]["covers"], 25);
    let card = fs::read_to_string(stage.path().join("out/scorecard.json")).expect("a card");
    let (plain, _) = gate(&stage, 21, &["--policy=@caps.yaml", "--out=@out"]);
    assert_eq!(plain.code, Some(1));
    assert_eq!(card, fs::read_to_string(stage.path().join("out/scorecard.json")).expect("a card"));

    let void = |more: &[(&str, &str)], word: &str| {
        let (run, report) = try_waiver(more);
        let reasons = report["waivers"][0]["void_because"].to_string();
        assert_eq!(run.code, Some(1), "{more:?}");
        assert!(reasons.contains(word), "{reasons}");
        assert!(finds(&report, "critical_defects", "failed", "gioi-tinh"));
    };
    void(&[("expires", "2026-11-20")], "expired");
    void(&[("created", "2026-11-22")], "begins");
    void(&[("expires", "2027-02-01")], "more than 90");
    void(&[("approver", "\" A@X.vn\"")], "approved it himself");
    void(&[("budget", "{ max_fail: 24 }")], "budget of 24");
    void(&[("scope", "{ db: so, table: p, rule: nobody }")], "no rule p/nobody");
    void(&[("scope", "{ db: so, table: p, rule: gioi-tinh, filter: \"khong_co = 1\" }")], "cannot be found");
    // The rows that a filter leaves out still count.
    let narrow = ("scope", "{ db: so, table: p, rule: gioi-tinh, filter: \"gt = 'Nma'\" }");
    let (run, report) = try_waiver(&[narrow]);
    assert_eq!((run.code, &report["waivers"][0]["covers"]), (Some(1), &Value::from(20)));
    fs::write(stage.path().join("caps.yaml"), "thuocdo: 1\ngate: { caps: none, critical_dpm: 5000 }\n")
        .expect("a policy");
    assert_eq!(try_waiver(&[narrow]).0.code, Some(0), "five of a thousand are left");

    fs::write(stage.path().join("w.yaml"), "- id: W\n  scope: { db: so }\n")
        .expect("the waivers are written");
    let (run, _) = gate(&stage, 21, &["--waivers=@w.yaml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("w.yaml:") && run.err.contains("`approver` is missing"), "{}", run.err);
}

#[test]
fn a_month_has_an_error_budget() {
    let mut data = rows(0, 3000);
    let rules = RULES.replace("severity: critical", "severity: minor");
    let stage =
        stage(&format!("{rules}\ngate: {{ budgets: [{{ rule: p/gioi-tinh, target: 99% }}] }}\n"), &data);
    gate(&stage, 1, &UPDATE);
    let mut sync = |day: u32, bad: usize, more: &[&str]| {
        for at in 0..200 {
            let gender = if at < bad { "Nma" } else { "Nam" };
            data.insert(format!("8{day:02}{at:04}"), [gender.to_owned(), format!("{day}.{at}@b.vn")]);
        }
        replace(&stage, &data);
        let mut all = UPDATE.to_vec();
        all.extend(more);
        gate(&stage, day, &all)
    };
    let (run, report) = sync(2, 2, &[]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let budget = |report: &Value| {
        let card = &report["budgets"][0];
        ["rows", "allowed", "spent"].map(|name| card[name].as_u64().expect("a number"))
    };
    assert_eq!(budget(&report), [200, 2, 2]);
    let (run, report) = sync(3, 3, &["--emergency"]);
    assert_eq!((run.code, budget(&report)), (Some(0), [400, 4, 5]), "it cannot wait");
    assert!(finds(&report, "error_budget", "warning", "gioi-tinh"));
    let (run, report) = sync(4, 0, &[]);
    assert_eq!((run.code, budget(&report)), (Some(0), [600, 6, 5]));
    let (run, report) = sync(5, 4, &[]);
    assert_eq!((run.code, budget(&report)), (Some(1), [800, 8, 9]));
    assert!(finds(&report, "error_budget", "failed", "gioi-tinh"));
}

#[test]
fn tables_without_a_key_are_compared_by_counts() {
    let mut data = rows(0, 10_000);
    let stage = stage(&RULES.replace("    key: [id]\n", "").replace("critical", "minor"), &data);
    gate(&stage, 1, &UPDATE);
    for row in data.values_mut().take(40) {
        row[0] = "Nma".to_owned();
    }
    replace(&stage, &data);
    let (run, report) = gate(&stage, 2, &KEPT);
    assert_eq!(run.code, Some(1));
    assert!(finds(&report, "new_violations", "warning", ""));
    assert!(finds(&report, "regression", "failed", "gioi-tinh"));
}

#[test]
fn wrong_files_are_told_at_their_places() {
    let stage = stage(RULES, &rows(0, 5));
    fs::write(stage.path().join("gate.yaml"), "thuocdo: 1\ngate: { min_scor: 5, critical_dpm: -1 }\n")
        .expect("a file");
    let (run, _) = gate(&stage, 1, &["--policy=@gate.yaml", "--waivers=@none.yaml"]);
    assert_eq!(run.code, Some(2));
    for word in ["did you mean `min_score`?", "gate.yaml:2", "none.yaml"] {
        assert!(run.err.contains(word), "{word}: {}", run.err);
    }
    assert_eq!(gate(&stage, 1, &["--update-baseline"]).0.code, Some(2), "which baseline?");
    assert_eq!(gate(&stage, 1, &["--min-score=101"]).0.code, Some(2));
    let (run, _) = gate(&stage, 1, &["--baseline=@rules.yaml"]);
    assert_eq!(run.code, Some(2));
}

/// One row of a register: key, gender, address.
type Record = (u8, u8, u8);

fn register(records: &[Record]) -> Vec<[String; 3]> {
    let gender = |code: u8| ["Nam", "Nữ", "Nma", ""][usize::from(code % 4)].to_owned();
    let id = |code: u8| if code == 0 { String::new() } else { format!("{:03}", code % 12) };
    let email =
        |code: u8| if code.is_multiple_of(3) { format!("sai{code}") } else { format!("e{}@b.vn", code % 5) };
    records.iter().map(|&(key, g, e)| [id(key), gender(g), email(e)]).collect()
}

/// What the rules say of the rows, by themselves.
fn broken(rows: &[[String; 3]]) -> Vec<[bool; 3]> {
    let fails = |[_, gender, email]: &[String; 3]| {
        let twins = rows.iter().filter(|other| other[2] == *email).count();
        [!gender.is_empty() && gender != "Nam" && gender != "Nữ", email.starts_with("sai"), twins > 1]
    };
    rows.iter().map(fails).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Rows whose keys are their own, against a comparison written down as one would explain it.
    #[test]
    fn changes_are_those_that_one_would_count(
        then in prop::collection::vec(any::<Record>(), 1..12),
        now in prop::collection::vec(any::<Record>(), 1..12),
    ) {
        let own = |records: Vec<Record>| {
            let mut rows = register(&records);
            let mut seen = std::collections::BTreeSet::new();
            rows.retain(|row| !row[0].is_empty() && seen.insert(row[0].clone()));
            rows
        };
        let (then, now) = (own(then), own(now));
        prop_assume!(!then.is_empty() && !now.is_empty());
        let write = |rows: &[[String; 3]]| {
            let mut text = String::from("id,gt,email\n");
            for row in rows {
                text += &(row.join(",") + "\n");
            }
            text
        };
        let stage = Stage::new(RULES).file("p.csv", write(&then));
        gate(&stage, 1, &UPDATE);
        fs::write(stage.data().join("p.csv"), write(&now)).expect("the extract is written");
        let (_, report) = gate(&stage, 2, &["--baseline=@base.json", "--threads=2"]);
        let changes = &report["changes"][0];
        let (before, after) = (broken(&then), broken(&now));
        let was = |id: &str| then.iter().position(|row| row[0] == *id);
        let mut expected = [0_u64; 4];
        let mut rules = [[0_u64; 3]; 3];
        for (at, row) in now.iter().enumerate() {
            let old = was(&row[0]);
            let touched = old.is_none_or(|old| then[old] != *row);
            expected[match old { None => 0, Some(_) if touched => 1, Some(_) => 3 }] += 1;
            for (rule, counts) in rules.iter_mut().enumerate() {
                let (fails, failed) = (after[at][rule], old.is_some_and(|old| before[old][rule]));
                counts[0] += u64::from(old.is_some() && fails && !failed);
                // A blank says nothing about gender: it does not pass.
                let judged = rule != 0 || !row[1].is_empty();
                counts[1] += u64::from(old.is_some() && !fails && failed && judged);
                counts[2] += u64::from(touched && fails && !failed);
            }
        }
        expected[2] = then.iter().filter(|row| now.iter().all(|new| new[0] != row[0])).count() as u64;
        let found = ["added", "changed", "removed", "unchanged"].map(|name| changes[name].as_u64().unwrap_or(99));
        prop_assert_eq!(found, expected);
        for (name, counts) in NAMES.iter().zip(rules) {
            let change = changes["rules"].as_array().into_iter().flatten().find(|rule| rule["rule"] == **name);
            let count = |what: &str| change.map_or(0, |change| change[what].as_u64().unwrap_or(99));
            prop_assert_eq!(["newly_failing", "newly_passing", "new_violations"].map(count), counts, "{}", name);
        }
    }

    /// However rows share their keys, every row is counted once on its side.
    #[test]
    fn no_row_is_lost(
        then in prop::collection::vec(any::<Record>(), 1..20),
        now in prop::collection::vec(any::<Record>(), 1..20),
    ) {
        let write = |records: &[Record]| {
            let mut text = String::from("id,gt,email\n");
            for row in register(records) {
                text += &(row.join(",") + "\n");
            }
            text
        };
        let stage = Stage::new(RULES).file("p.csv", write(&then));
        gate(&stage, 1, &["--baseline=@base.json", "--update-baseline", "--accept"]);
        fs::write(stage.data().join("p.csv"), write(&now)).expect("the extract is written");
        let (_, report) = gate(&stage, 2, &KEPT);
        let count = |name: &str| report["changes"][0][name].as_u64().expect("a count");
        prop_assert_eq!(count("added") + count("changed") + count("unchanged"), now.len() as u64);
        prop_assert_eq!(count("removed") + count("changed") + count("unchanged"), then.len() as u64);
    }
}
