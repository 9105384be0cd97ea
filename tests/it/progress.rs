//! `thuocdo progress` and `thuocdo propose`: what stands against the catalogue, and what is proposed.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{Run, Stage, root, thuocdo};

/// A register whose communes are asked for one by one: all but two of them have land.
const RULES: &str = "thuocdo: 1\ndatabase: bnnmt_a05\ncode_lists:\n  xa: { builtin: vn.commune }\ntables:\n  thua_dat:\n    files: \
                     thua_dat.csv\n    key: [so]\n    columns:\n      so: { type: text, required: true }\n      ma_xa: text\n    rules:\n      - \
                     unique: [so]\n      - schema: {}\n      - { id: du-xa, value_set: { column: ma_xa, code_list: xa, relation: in_use } }\n";

fn stage() -> Stage {
    let units = fs::read_to_string(root().join("rules/lists/admin_units/admin_units.csv")).expect("the list");
    let communes = units
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().expect("a code"))
        .filter(|code| code.len() == 5);
    let rows: Vec<String> = communes.skip(2).enumerate().map(|(at, code)| format!("{at},{code}")).collect();
    assert_eq!(rows.len(), 3_319);
    Stage::new(RULES).file("thua_dat.csv", format!("so,ma_xa\n{}\n", rows.join("\n")))
}

/// Scores into `cards/NAME`, as of a day.
fn score(stage: &Stage, name: &str, day: &str) {
    let out = stage.path().join("cards").join(name).display().to_string();
    let history = stage.path().join("h.sqlite").display().to_string();
    let run = stage.run(&["--quiet", "--out", &out, "--as-of", day, "--history", &history]);
    assert_eq!(run.code, Some(0), "{}", run.err);
}

fn run(stage: &Stage, command: &str, more: &[&str]) -> Run {
    let cards = stage.path().join("cards").display().to_string();
    let mut arguments = vec![command, &cards];
    if !more.contains(&"--lang") {
        arguments.extend(["--lang", "en"]);
    }
    arguments.extend(more);
    thuocdo(&arguments)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err))
}

fn fits_its_schema(value: &Value, name: &str) {
    let schema: Value = serde_json::from_str(&thuocdo(&["schema", name]).out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let wrong: Vec<String> = schema.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_catalogue_the_deadlines_and_the_communes_that_are_missing() {
    let stage = stage();
    score(&stage, "a", "2026-11-20");
    let groups = stage.path().join("groups.yaml");
    fs::write(&groups, "ha_noi: [bnnmt_a05, bnnmt_a01]\n").expect("groups");
    let groups = groups.display().to_string();
    let asked = ["--as-of", "2026-11-21", "--groups", &groups];
    let progress = json(&run(&stage, "progress", &[&asked[..], &["--format", "json"]].concat()));
    fits_its_schema(&progress, "progress");
    assert_eq!([&progress["all"]["scored"], &progress["all"]["listed"]], [1, 330]);
    let place = &progress["places"][0];
    assert_eq!([&place["covered"], &place["expected"], &place["missing"]], [3_319, 3_321, 2]);
    assert_eq!(place["level"], "commune");
    let named = place["named"].as_array().expect("units");
    assert!(
        named.len() == 2 && named.iter().all(|unit| unit["name"].is_string() && unit["province"].is_string())
    );
    let land = &progress["priority"][0];
    assert_eq!(land["deadlines"][0]["last_day"], "2025-12-31");
    assert_eq!(land["deadlines"][0]["days_left"], -325);
    assert_eq!(progress["groups"][0]["missing"], serde_json::json!(["bnnmt_a01"]));
    for (lang, said) in [("en", "325 days past"), ("vi", "quá hạn 325 ngày")] {
        let page = run(&stage, "progress", &[&asked[..], &["--lang", lang]].concat());
        assert_eq!(page.code, Some(0), "{}", page.err);
        let text = page.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(said) && text.contains("3,319/3,321") | text.contains("3.319/3.321"), "{text}");
        assert!(page.out.lines().all(|line| line.chars().count() <= 80));
    }
    for format in ["html", "md"] {
        let page = run(&stage, "progress", &[&asked[..], &["--format", format]].concat());
        assert!(
            page.code == Some(0) && page.out.contains(named[0]["code"].as_str().expect("a code")),
            "{format}"
        );
    }
    let book = stage.path().join("p.xlsx").display().to_string();
    let made = run(&stage, "progress", &["--format", "xlsx", "--out", &book]);
    assert!(made.code == Some(0) && fs::read(&book).expect("a book").starts_with(b"PK"), "{}", made.err);
}

#[test]
fn an_edited_card_is_listed_apart_and_wrong_questions_are_told() {
    let stage = stage();
    score(&stage, "a", "2026-11-20");
    let path = stage.path().join("cards/a/scorecard.json");
    let text = fs::read_to_string(&path).expect("a card");
    fs::write(&path, text.replacen("\"rows\": 3319", "\"rows\": 3320", 1)).expect("a card");
    for command in ["progress", "propose"] {
        let page = json(&run(&stage, command, &["--format", "json"]));
        assert!(page["apart"][0]["because"].to_string().contains("was changed"), "{page}");
    }
    let moment = run(&stage, "progress", &["--as-of", "soon"]);
    assert!(moment.code == Some(2) && moment.err.contains("not a moment"), "{}", moment.err);
    for command in ["progress", "propose"] {
        let over = run(&stage, command, &["--out", &path.display().to_string()]);
        assert!(over.code == Some(2) && over.err.contains("what this is made of"), "{}", over.err);
        assert!(fs::read_to_string(&path).expect("a card").contains("3320"), "the card is still there");
    }
    let none = thuocdo(&["propose", "--lang", "en"]);
    assert_eq!(none.code, Some(2));
}

#[test]
fn three_months_of_cards_or_of_a_history_make_a_proposal() {
    let stage = stage();
    for (name, day) in [("a", "2026-09-30"), ("b", "2026-10-31"), ("c", "2026-11-21")] {
        score(&stage, name, day);
    }
    let proposals = json(&run(&stage, "propose", &["--format", "json"]));
    fits_its_schema(&proposals, "proposals");
    let proposal = &proposals["databases"][0];
    assert_eq!([&proposal["proposed"], &proposal["held"]], [&Value::from("keep"), &serde_json::json!([])]);
    assert_eq!(proposal["reports"].as_array().map(Vec::len), Some(3));
    let history = stage.path().join("h.sqlite").display().to_string();
    let recorded = thuocdo(&["propose", "--history", &history, "--format", "json"]);
    let recorded = json(&recorded);
    assert_eq!(recorded["databases"][0]["proposed"], "keep", "{recorded}");
    assert_eq!(recorded["databases"][0]["reports"][0]["from"], "h.sqlite");
    for lang in ["en", "vi"] {
        for format in ["term", "html", "md"] {
            let page = run(&stage, "propose", &["--format", format, "--lang", lang]);
            let text = page.out.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = if lang == "en" { "These are proposals." } else { "Đây là đề xuất." };
            assert!(text.contains(said) && text.contains("R6"), "{format}: {text}");
        }
    }
}

#[test]
fn thresholds_are_the_users() {
    let stage = stage();
    score(&stage, "a", "2026-11-21");
    let file = stage.path().join("criteria.yaml");
    let criteria = |text: &str| {
        fs::write(&file, text).expect("criteria");
        run(&stage, "propose", &["--format", "json", "--criteria", &file.display().to_string()])
    };
    let one = json(&criteria("criteria: rebuild-1\nreports: { months: 1 }\n"));
    assert_eq!(
        [&one["databases"][0]["proposed"], &one["criteria"]["shipped"]],
        [&Value::from("keep"), &Value::from(false)]
    );
    let wrong = criteria("criteria: rebuild-1\nreports: { months: 0 }\nschem: { points_below: 1 }\n");
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("0 is not between 1 and 36") && wrong.err.contains("`schem`"),
        "{}",
        wrong.err
    );
    let default = json(&run(&stage, "propose", &["--format", "json"]));
    assert_eq!(default["databases"][0]["proposed"], "insufficient");
}

#[test]
fn a_history_that_was_changed_is_refused() {
    let stage = stage();
    score(&stage, "a", "2026-11-21");
    let history = stage.path().join("h.sqlite");
    damage(&history);
    let run = thuocdo(&["propose", "--history", &history.display().to_string(), "--lang", "en"]);
    assert_eq!(run.code, Some(5), "{}", run.err);
    assert!(run.err.contains("thuocdo history verify"), "{}", run.err);
}

/// Another grade in the record's text.
fn damage(history: &Path) {
    let connection = rusqlite::Connection::open(history).expect("the history");
    connection
        .execute("UPDATE record SET body = replace(body, '\"rows\":3319', '\"rows\":3320')", [])
        .expect("an update");
}

#[test]
fn nothing_is_also_an_answer() {
    let empty = TempDir::new().expect("a folder");
    let folder = empty.path().display().to_string();
    let page = thuocdo(&["progress", &folder, "--lang", "en", "--as-of", "2026-11-21"]);
    assert!(page.code == Some(0) && page.out.contains("0 of 330"), "{}{}", page.out, page.err);
    let page = thuocdo(&["propose", &folder, "--lang", "vi"]);
    assert_eq!(page.code, Some(0), "{}", page.err);
}
