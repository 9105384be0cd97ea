//! `thuocdo compare`: rankings of scorecards that were made apart.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{Run, root, thuocdo};

/// A folder with the scorecards of two shipped rule files over made extracts, and one by local rules.
fn cards() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    for (name, rate) in [("population", "0"), ("insurance", "0.02")] {
        let rules = root().join(format!("rules/vn/{name}.yaml")).display().to_string();
        let data = place(&format!("data-{name}"));
        let made = thuocdo(&[
            "generate",
            &rules,
            "--out",
            &data,
            "--rows",
            "60",
            "--defects",
            rate,
            "--as-of",
            "2026-11-21",
        ]);
        assert_eq!(made.code, Some(0), "{}", made.err);
        score(&rules, &data, &place(&format!("cards/{name}")));
    }
    let hospital = root().join("rules/examples/hospital.yaml").display().to_string();
    score(&hospital, &root().join("fixtures/hospital").display().to_string(), &place("cards/hospital"));
    folder
}

fn score(rules: &str, data: &str, out: &str) {
    let run = thuocdo(&["score", rules, "--data", data, "--out", out, "--as-of", "2026-11-21", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
}

fn compare(folder: &TempDir, more: &[&str]) -> Run {
    let cards = folder.path().join("cards").display().to_string();
    let mut arguments = vec!["compare", &cards, "--lang", "en"];
    arguments.extend(more);
    thuocdo(&arguments)
}

#[test]
fn agencies_are_ranked_and_local_rules_stand_apart() {
    let folder = cards();
    let page = compare(&folder, &[]);
    assert_eq!(page.code, Some(0), "{}", page.err);
    assert!(page.out.contains("bca") && page.out.contains("1 of 1 measured"), "{}", page.out);
    assert!(page.out.contains("local rules, not comparable"), "{}", page.out);
    let run = compare(&folder, &["--format", "json", "--roll-up", "nation", "--between", "bca", "btc"]);
    let league: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err));
    let ranks: Vec<_> = league["databases"]["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| (entry["id"].as_str().expect("an id"), entry["rank"].as_u64().expect("a rank")))
        .collect();
    assert_eq!(ranks, [("bca_a13", 1), ("btc_a01", 2)]);
    assert_eq!(league["overall"]["registered"], 330);
    assert_eq!(league["silent"].as_array().map(Vec::len), Some(328));
    let parts = league["difference"]["dimensions"].as_array().expect("parts");
    let sum: i64 = parts.iter().filter_map(|part| part["difference_nano"].as_i64()).sum();
    assert_eq!(league["difference"]["difference_nano"].as_i64(), Some(sum));
    let schema = thuocdo(&["schema", "league"]);
    let schema: Value = serde_json::from_str(&schema.out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let wrong: Vec<String> = schema.iter_errors(&league).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn an_edited_scorecard_has_no_rank() {
    let folder = cards();
    let path = folder.path().join("cards/population/scorecard.json");
    let text = fs::read_to_string(&path).expect("a card");
    fs::write(&path, text.replacen("\"rows\": 60", "\"rows\": 61", 1)).expect("a card");
    let run = compare(&folder, &["--format", "json"]);
    let league: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(league["databases"]["entries"].as_array().map(Vec::len), Some(1));
    let apart = league["apart"].to_string();
    assert!(apart.contains("was changed after the card was written"), "{apart}");
}

#[test]
fn wrong_questions_are_told() {
    let folder = cards();
    let run = compare(&folder, &["--between", "bca", "byt"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("`byt` is not among the agencies that are compared: bca, btc"), "{}", run.err);
    // Where nothing is ranked there is no difference, and that is told.
    let local = folder.path().join("cards/hospital").display().to_string();
    let between = |a: &str, b: &str| thuocdo(&["compare", &local, "--lang", "en", "--between", a, b]);
    let run = between("nobody", "none");
    assert!(run.code == Some(2) && run.err.contains("`nobody` is not among the agencies"), "{}", run.err);
    let groups = folder.path().join("groups.yaml");
    fs::write(&groups, "a: [x]\nb: [hospital]\n").expect("groups");
    let groups = groups.display().to_string();
    let run = thuocdo(&["compare", &local, "--lang", "en", "--groups", &groups, "--between", "a", "b"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("no difference between `a` and `b`"), "{}", run.err);
    let groups = folder.path().join("groups.yaml");
    fs::write(&groups, "bac: [bca_a13]\nnam: [bca_a13]\n").expect("groups");
    let run = compare(&folder, &["--groups", &groups.display().to_string()]);
    assert!(run.code == Some(2) && run.err.contains("is in the groups `bac` and `nam`"), "{}", run.err);
    let out = folder.path().join("league.json").display().to_string();
    let run = compare(&folder, &["--format", "json", "--out", &out]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""));
    assert!(fs::read_to_string(out).expect("a file").ends_with("}\n"));
}
