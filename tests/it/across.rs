//! Rules that look into another database.

use std::fs;

use serde_json::Value;

use crate::stage::{Folder, Run, thuocdo};

/// A register of persons, and insurance that refers to it.
struct Nation {
    folder: Folder,
}

const PERSONS: &str = "thuocdo: 1\ndatabase: dan_cu\ntables:\n  cong_dan:\n    files: cong_dan*.csv\n    key: [so]\n    columns: { so: text }\n    rules: [ { unique: [so] } ]\n";

const INSURANCE: &str = "thuocdo: 1\ndatabase: bao_hiem\ntables:\n  the:\n    files: the.csv\n    columns: { so_dinh_danh: text, tinh: text }\n    rules:\n      - { id: co-nguoi, references: { column: so_dinh_danh, to: dan_cu.cong_dan.so } }\n";

impl Nation {
    fn new() -> Self {
        let nation = Self { folder: Folder::new() };
        nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE);
        nation.folder.write("rules/b_dan_cu.yaml", PERSONS);
        nation
            .folder
            .write("data/bao_hiem/the.csv", "so_dinh_danh,tinh\n001,01\n002,01\n7,01\n,01\n009,01\n");
        nation.folder.write("data/dan_cu/cong_dan_1.csv", "so\n001\n007\n");
        nation.folder.write("data/dan_cu/cong_dan_2.csv", "so\n002\n");
        nation
    }

    fn score(&self, rules: &str, more: &[&str]) -> Run {
        let (rules, data) =
            (self.folder.path(rules).display().to_string(), self.folder.path("data").display().to_string());
        let mut arguments = vec!["score", &rules, "--data", &data, "--as-of", "2026-11-21", "--lang", "en"];
        arguments.extend(["--format", "json"]);
        arguments.extend(more);
        thuocdo(&arguments)
    }
}

/// A rule of the first table of the insurance.
fn rule(card: &Value) -> Value {
    let databases = card["databases"].as_array().expect("databases");
    let insurance = databases.iter().find(|database| database["id"] == "bao_hiem").expect("the insurance");
    insurance["tables"][0]["rules"][0].clone()
}

fn counts(rule: &Value) -> [u64; 4] {
    ["pass", "fail", "na", "unknown"].map(|name| rule[name].as_u64().expect("a count"))
}

#[test]
fn orphans_of_another_database_are_found_and_are_a_matter_of_consistency() {
    let nation = Nation::new();
    let run = nation.score("rules", &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let found = rule(&run.card());
    assert_eq!(counts(&found), [2, 2, 1, 0]);
    assert_eq!((&found["status"], &found["dimension"]), (&"measured".into(), &"consistency".into()));
    let single = nation.score("rules", &["--threads", "1"]);
    assert_eq!(single.out, run.out, "on one thread as on many");
}

#[test]
fn what_cannot_be_looked_up_is_unknown_and_says_why() {
    let nation = Nation::new();
    let told = |run: &Run, why: &str| {
        assert_eq!(run.code, Some(3), "{}", run.err);
        let found = rule(&run.card());
        assert_eq!((counts(&found), &found["status"]), ([0, 0, 1, 4], &"error".into()), "{found}");
        let note = found["note"]["en"].as_str().expect("a note");
        assert!(note.contains(why), "{note}");
    };
    told(&nation.score("rules/a_bao_hiem.yaml", &[]), "no rule file of this run declares database `dan_cu`");

    nation.folder.write("data/dan_cu/cong_dan_1.csv", "so\n");
    nation.folder.write("data/dan_cu/cong_dan_2.csv", "so\n");
    told(&nation.score("rules", &[]), "table `dan_cu.cong_dan` is empty");
    nation.folder.write("data/dan_cu/cong_dan_1.csv", "ma\n001\n");
    nation.folder.write("data/dan_cu/cong_dan_2.csv", "ma\n002\n");
    told(&nation.score("rules", &[]), "table `dan_cu.cong_dan` has no columns `so`");
    nation.folder.write("data/dan_cu/cong_dan_1.csv", "so\n001\n");
    nation.folder.write("data/dan_cu/cong_dan_2.csv", "so\n\"00");
    // Rows that are damaged may be what is looked for; what was found was found.
    let damaged = rule(&nation.score("rules", &[]).card());
    assert_eq!((counts(&damaged), &damaged["status"]), ([1, 0, 1, 3], &"measured".into()));
    fs::remove_file(nation.folder.path("data/dan_cu/cong_dan_2.csv")).expect("removed");
    std::os::unix::fs::symlink("nowhere", nation.folder.path("data/dan_cu/cong_dan_2.csv")).expect("a link");
    told(&nation.score("rules", &[]), "table `dan_cu.cong_dan` could not be read whole");
    for part in ["1", "2"] {
        fs::remove_file(nation.folder.path(&format!("data/dan_cu/cong_dan_{part}.csv"))).expect("removed");
    }
    told(&nation.score("rules", &[]), "there is no file of table `dan_cu.cong_dan`");
}

#[test]
fn numbers_are_never_looked_for_among_texts() {
    let nation = Nation::new();
    nation.folder.write("rules/b_dan_cu.yaml", PERSONS.replace("{ so: text }", "{ so: integer }"));
    let run = nation.score("rules", &[]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    let found = rule(&run.card());
    assert_eq!((counts(&found), &found["status"]), ([0, 0, 1, 4], &"error".into()));
    let note = found["note"]["en"].as_str().expect("a note");
    assert!(note.contains("`text` here and `integer` in `cong_dan.so`"), "{note}");

    // Declared alike, `7` and `007` are one number.
    nation
        .folder
        .write("rules/a_bao_hiem.yaml", INSURANCE.replace("so_dinh_danh: text", "so_dinh_danh: integer"));
    assert_eq!(counts(&rule(&nation.score("rules", &[]).card())), [3, 1, 1, 0]);
}

#[test]
fn a_wrong_name_is_told_before_anything_is_read() {
    let nation = Nation::new();
    let lint = |to: &str| {
        let to = format!("to: {to}");
        nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE.replace("to: dan_cu.cong_dan.so", &to));
        let run = thuocdo(&["lint", &nation.folder.path("rules").display().to_string(), "--lang", "en"]);
        assert_eq!(run.code, Some(2), "{}", run.err);
        run.err + &run.out
    };
    assert!(lint("dan_cu.cong_dann.so").contains("did you mean `cong_dan`"));
    assert!(lint("bao_hiem.the.tinh").contains("leave the database out"));
    assert!(lint("a.b.c.d").contains("is not `table.column` or `database.table.column`"));
    assert!(lint("dan_cu..so").contains("is not `table.column`"));
}

#[test]
fn a_night_looks_into_other_databases_too() {
    let nation = Nation::new();
    nation.folder.write(
        "nightly.yaml",
        "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\ndatabases:\n  - rules/a_bao_hiem.yaml\n  - \
         rules/b_dan_cu.yaml\n",
    );
    let run = thuocdo(&["run", &nation.folder.path("nightly.yaml").display().to_string(), "--lang", "en"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let night = fs::read_to_string(nation.folder.path("out/scorecard.json")).expect("a card");
    assert_eq!(night, nation.score("rules", &[]).out);
}

#[test]
fn a_night_counts_and_expects_what_other_databases_have() {
    let nation = Nation::new();
    let rules = INSURANCE.to_owned()
        + "      - { id: mot-the, cardinality: { key: tinh, of: dan_cu.cong_dan.so, at_most: 0 } }
      - { id: du-nguoi, coverage: { column: so_dinh_danh, of: dan_cu.cong_dan.so, in_scope: \"so <> '002'\" } }
      - { id: du-tinh, coverage: { column: tinh, of: { builtin: vn.province } } }
      - { id: so-the, aggregate_match: { with: dan_cu.cong_dan, measure: count, tolerance: 50% } }
";
    nation.folder.write("rules/a_bao_hiem.yaml", &rules);
    nation.folder.write(
        "nightly.yaml",
        "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\ndatabases:\n  - rules/a_bao_hiem.yaml\n  - \
         rules/b_dan_cu.yaml\n",
    );
    let night = || {
        let run =
            thuocdo(&["run", &nation.folder.path("nightly.yaml").display().to_string(), "--lang", "en"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        fs::read_to_string(nation.folder.path("out/scorecard.json")).expect("a card")
    };
    let found = |run: &Run| -> Vec<[u64; 4]> {
        let card = run.card();
        let rules = card["databases"][0]["tables"][0]["rules"].as_array().expect("rules").clone();
        rules.iter().filter(|rule| rule["id"] != "co-nguoi").map(counts).collect()
    };
    let run = nation.score("rules", &[]);
    assert_eq!(found(&run), [[5, 0, 0, 0], [1, 1, 0, 0], [1, 33, 0, 0], [0, 1, 0, 0]]);
    assert_eq!(night(), run.out);
    // The other database changes, and what is kept of ours is judged anew.
    nation.folder.write("data/dan_cu/cong_dan_1.csv", "so\n001\n01\n009\n");
    let run = nation.score("rules", &[]);
    assert_eq!(found(&run), [[0, 5, 0, 0], [2, 1, 0, 0], [1, 33, 0, 0], [1, 0, 0, 0]]);
    assert_eq!(night(), run.out);
    let missing = &run.card()["databases"][0]["tables"][0]["rules"][3]["note"]["en"];
    assert!(missing.as_str().is_some_and(|note| note.starts_with("missing: 04, 08")), "{missing}");
}
