//! The command line as its users meet it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use thuocdo::score::index::Weights;
use thuocdo::{format, kind};
use unicode_width::UnicodeWidthStr;

use crate::stage::{Run, Stage, root, thuocdo};

const EXAMPLES: [&str; 5] = ["febrl", "flights", "game_revenue", "hospital", "small_table"];

fn example(name: &str) -> (String, String) {
    let rules = root().join(format!("rules/examples/{name}.yaml"));
    let data = root().join("fixtures").join(name);
    (rules.display().to_string(), data.display().to_string())
}

fn score(name: &str, more: &[&str]) -> Run {
    let (rules, data) = example(name);
    let mut arguments = vec!["score", &rules, "--data", &data, "--as-of", "2026-11-21", "--quiet"];
    arguments.extend(more);
    thuocdo(&arguments)
}

#[test]
fn help_goes_to_standard_output() {
    let helps: [&[&str]; 3] = [&["--help"], &["score", "--help"], &["--version"]];
    for arguments in helps {
        let run = thuocdo(arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(run.out.contains("thuocdo"), "{arguments:?}");
    }
}

#[test]
fn wrong_flags_exit_with_2() {
    let (rules, data) = example("small_table");
    let wrong: [&[&str]; 7] = [
        &[],
        &["mark"],
        &["score", &rules, "--data", &data, "--no-such-flag"],
        &["score", &rules],
        &["score", &rules, "--data", &data, "--threads", "0"],
        &["score", &rules, "--data", &data, "--format", "papyrus"],
        &["score", &rules, "--data", &data, "--as-of", "yesterday"],
    ];
    for arguments in wrong {
        let run = thuocdo(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.said());
        assert!(run.out.is_empty() && !run.err.is_empty(), "{arguments:?}: {}", run.said());
    }
}

#[test]
fn a_missing_data_folder_or_rule_file_exits_with_2() {
    let (rules, _) = example("small_table");
    let run = thuocdo(&["score", &rules, "--data", "no/such/folder", "--lang", "en"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("`no/such/folder` is not a directory"), "{}", run.err);
    let run = thuocdo(&["score", "no-such-file.yaml", "--data", ".", "--lang", "vi"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("không đọc được `no-such-file.yaml`"), "{}", run.err);
}

#[test]
fn shipped_examples_are_measured_and_threads_change_no_byte() {
    let schema = thuocdo(&["schema", "scorecard"]);
    assert_eq!(schema.code, Some(0));
    let schema: Value = serde_json::from_str(&schema.out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    for name in EXAMPLES {
        let one = score(name, &["--format", "json", "--threads", "1"]);
        assert_eq!(one.code, Some(0), "{name}: {} {}", one.card()["incomplete"], one.err);
        assert_eq!(one.err, "", "{name}");
        let two = score(name, &["--format", "json", "--threads", "2"]);
        assert!(one.out == two.out, "{name}: another number of threads, other bytes");
        let card = one.card();
        let wrong: Vec<String> = schema.iter_errors(&card).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        assert_eq!(card["complete"], true);
    }
}

#[test]
fn shipped_rule_files_keep_the_schema_of_rule_files() {
    let schema = thuocdo(&["schema", "rules"]);
    assert_eq!(schema.code, Some(0));
    let schema: Value = serde_json::from_str(&schema.out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    for name in EXAMPLES {
        let text = fs::read_to_string(example(name).0).expect("a rule file");
        let rules: Value = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let errors = schema.iter_errors(&rules);
        let wrong: Vec<String> = errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    }
    let misspelt = serde_json::json!({ "thuocdo": 1, "database": "d", "tables": {
        "t": { "files": "t.csv", "rules": [{ "not_nul": "a" }] }
    } });
    assert!(!schema.is_valid(&misspelt), "the schema lets a misspelt kind pass");
}

#[test]
fn pages_fit_the_terminal() {
    for name in EXAMPLES {
        for lang in ["vi", "en"] {
            let run = score(name, &["--color", "never", "--lang", lang]);
            assert_eq!(run.code, Some(0), "{name}: {}", run.err);
            assert!(!run.out.contains('\u{1b}'), "{name}: colours nobody asked for");
            for line in run.out.lines() {
                assert!(line.width() <= 80, "{name} {lang}: {} columns\n{line}", line.width());
            }
        }
    }
    let coloured = score("small_table", &["--color", "always"]);
    assert!(coloured.out.contains('\u{1b}'));
}

#[test]
fn hospital_has_its_wrong_cells_found_and_no_others() {
    let (_, folder) = example("hospital");
    let known = fs::read_to_string(PathBuf::from(folder).join("wrong_cells.csv")).expect("the wrong cells");
    let mut wrong: BTreeMap<&str, u64> = BTreeMap::new();
    for line in known.lines().skip(1) {
        let column = line.split(',').nth(1).expect("a column");
        *wrong.entry(column).or_default() += 1;
    }
    let run = score("hospital", &["--format", "json"]);
    let table = run.table("hospital");
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for rule in table["rules"].as_array().expect("rules") {
        if rule["unit"] == "cell" {
            let column = rule["columns"][0].as_str().expect("a column").to_owned();
            *found.entry(column).or_default() += rule["fail"].as_u64().expect("a count");
        }
    }
    for (column, count) in &found {
        let most = wrong.get(column.as_str()).copied().unwrap_or_default();
        assert!(*count <= most, "{column}: {count} cells fail, {most} are wrong");
    }
    let total: u64 = found.values().sum();
    assert!(total >= 470, "{total} of 509 wrong cells were found: {found:?}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let (rules, data) = example("hospital");
    let mut child = Command::new(env!("CARGO_BIN_EXE_thuocdo"))
        .args(["score", &rules, "--data", &data, "--format", "json", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn out_writes_the_scorecard_whole_or_not_at_all() {
    let stage = Stage::new("").file("a_file", "");
    let folder = stage.path().join("new/folder").display().to_string();
    let run = score("small_table", &["--out", &folder, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let written = fs::read_to_string(PathBuf::from(&folder).join("scorecard.json")).expect("the scorecard");
    assert!(written == run.out);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1, "nothing is left beside it");

    let beneath_a_file = stage.data().join("a_file/sub").display().to_string();
    let run = score("small_table", &["--out", &beneath_a_file, "--lang", "en"]);
    assert_eq!(run.code, Some(3), "{}", run.said());
    assert!(run.err.contains("cannot be written"), "{}", run.err);
}

#[test]
fn everything_is_explained_in_both_languages() {
    let kinds = kind::KINDS.iter().map(|kind| kind.about().name);
    let names: Vec<&str> = kinds.chain(format::all().map(|format| format.name())).collect();
    assert!(names.len() > 20);
    let overview = thuocdo(&["explain", "--lang", "en"]).out;
    for name in names {
        let [vi, en] = ["vi", "en"].map(|lang| thuocdo(&["explain", name, "--lang", lang]));
        assert_eq!((vi.code, en.code), (Some(0), Some(0)), "{name}");
        assert!(vi.out.starts_with(name) && en.out.starts_with(name), "{name}");
        assert_ne!(vi.out, en.out, "{name}");
        assert!(overview.contains(name), "{name}");
    }
    let several = thuocdo(&["explain", "reconcile", "--lang", "en"]).out;
    assert!(several.contains("reconcile_link: ") && several.contains("reconcile_coverage: "), "{several}");
    let unknown = thuocdo(&["explain", "not_nul", "--lang", "en"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("did you mean `not_null`?"), "{}", unknown.err);
    let (rules, _) = example("small_table");
    let expanded = thuocdo(&["explain", &rules, "d-mean", "--lang", "en"]);
    assert_eq!(expanded.code, Some(0));
    assert!(expanded.out.starts_with("d-mean\n") && expanded.out.contains("aggregate"), "{}", expanded.out);
}

#[test]
fn lint_needs_no_data() {
    for name in EXAMPLES {
        let run = thuocdo(&["lint", &example(name).0, "--lang", "en"]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.err);
    }
    let folder = root().join("rules/examples").display().to_string();
    let run = thuocdo(&["lint", &folder, "--lang", "en"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("7 files are sound: 7 databases, "), "{}", run.err);
}

const INDEX: [&str; 2] = ["--index", "dqi-2439-reported"];

#[test]
fn an_index_is_computed_beside_the_score_and_leaves_it_alone() {
    let schema: Value = serde_json::from_str(&thuocdo(&["schema", "scorecard"]).out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    for name in EXAMPLES {
        let with = score(name, &[INDEX[0], INDEX[1], "--format", "json"]);
        assert_eq!(with.code, Some(0), "{name}: {}", with.err);
        let mut card = with.card();
        let wrong: Vec<String> = schema.iter_errors(&card).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        let index = &card["databases"][0]["indices"][0];
        assert_eq!((&index["reported"], &index["weights"]), (&true.into(), &"shipped".into()), "{name}");
        assert!(index["value"].is_string() && index["fields"].as_array().is_some_and(|f| !f.is_empty()));
        card["databases"][0].as_object_mut().expect("a database").remove("indices");
        let mut without = score(name, &["--format", "json"]).card();
        // Digests are of everything on the card.
        for card in [&mut card, &mut without] {
            card.as_object_mut().expect("a card").remove("provenance");
        }
        assert_eq!(card, without, "{name}");
        for lang in ["vi", "en"] {
            let page = score(name, &[INDEX[0], INDEX[1], "--color", "never", "--lang", lang]);
            assert!(page.out.contains("  dqi-2439-reported+"), "{name}");
            assert!(page.out.lines().all(|line| line.width() <= 80), "{name} {lang}");
        }
    }
}

const PEOPLE: &str = "thuocdo: 1\ndatabase: d\ntables:\n  nguoi:\n    files: nguoi.csv\n    key: [so]\n    columns:\n      \
                      so: { role: person_id, required: true }\n      ten: { required: true }\n    rules:\n      - unique: [so]\n";

/// Four people, of whom one has no name: `so` is whole, `ten` 75, the database (100 + 75) / 2.
fn people() -> Stage {
    Stage::new(PEOPLE).file("nguoi.csv", "so,ten\n001,An\n002,Ba\n003,\n004,Tu\n")
}

#[test]
fn the_index_on_the_page() {
    let run = people().run(&[INDEX[0], INDEX[1], "--quiet", "--color", "never"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let from = run.out.find("  dqi-2439-reported").expect("the block");
    let end = run.out[from..].find("\n──").expect("the first table");
    // The hash is another with every new kind.
    let block = run.out[from..from + end].replace(&Weights::shipped().id(), "dqi-2439-reported+0123456789ab");
    insta::assert_snapshot!(block, @r"
      dqi-2439-reported+0123456789ab                           yellow · 87.50 points
        not our score: guide to Decision 2439 of 2025 (letter 4856/BCA-TTDLQG), as
        one secondary source reports it; original not seen
        not ready to connect by this index
        lowest fields
         75.00  nguoi.ten
        errors by group: 1 missing or placeholder 1
        reported deadlines in working days: review 5, repair 10, complex cases 15
    ");
}

#[test]
fn weights_of_an_index_are_copied_and_changed() {
    let shipped = thuocdo(&["explain", INDEX[1]]);
    assert_eq!(shipped.code, Some(0));
    let stage = people();
    let file = stage.path().join("weights.yaml");
    let name = file.display().to_string();
    let run = |text: &str| {
        fs::write(&file, text).expect("the weights");
        stage.run(&[INDEX[0], INDEX[1], "--index-weights", &name, "--format", "json"])
    };
    let index = |run: &Run| run.card()["databases"][0]["indices"][0].clone();
    let copied = index(&run(&shipped.out));
    assert_eq!((&copied["weights"], &copied["value"]), (&"shipped".into(), &"87.500000".into()));
    assert_eq!((&copied["colour"], &copied["alert"]), (&"yellow".into(), &false.into()));
    let edited = run("methodology: dqi-2439-reported\nfields: { columns: { nguoi.ten: 4, nguoi.tem: 2 } }\n");
    assert_eq!(edited.code, Some(0), "{}", edited.said());
    assert!(
        edited.err.contains("declares `nguoi.tem`") && edited.err.contains("weights.yaml:2:36"),
        "{}",
        edited.err
    );
    let edited = index(&edited);
    assert_eq!((&edited["weights"], &edited["value"]), (&"edited".into(), &"80.000000".into()));
    assert_ne!(edited["methodology"], copied["methodology"]);

    let wrong = run("methodology: dqi-2439-reported\nkinds: { not_nul: { group: busines } }\n");
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""));
    for told in ["did you mean `not_null`?", "did you mean `business`?", "weights.yaml:2:"] {
        assert!(wrong.err.contains(told), "{told}: {}", wrong.err);
    }
    let alone = stage.run(&["--index-weights", &name]);
    assert_eq!(alone.code, Some(2), "weights of no index: {}", alone.said());
    let unread = stage.run(&[INDEX[0], INDEX[1], "--index-weights", "no/such.yaml"]);
    assert!(unread.code == Some(2) && unread.err.contains("no/such.yaml"), "{}", unread.said());
    assert_eq!(stage.run(&["--index", "dqi-2440"]).code, Some(2));
}

#[test]
fn command_lines_that_cannot_be_read_are_told_in_vietnamese() {
    for (arguments, expected) in [
        (&["lint", "--lang", "vi"][..], "lỗi: thiếu đối số bắt buộc: "),
        (&["report", "--lang=vi", "--formt", "md"], "lỗi: không có đối số `--formt`\n  có phải `--format`?"),
        (&["--lang", "vi", "scor"], "lỗi: không có lệnh `scor`"),
        (
            &["lint", "x.yaml", "--lang", "vi", "--color", "red"],
            "không nhận giá trị `red`\n  giá trị hợp lệ: `auto`, `always`, `never`",
        ),
        (&["lint", "x.yaml", "--lang", "vi", "--color", "auto", "--color", "auto"], "chỉ được ghi một lần"),
        (
            &["score", "x.yaml", "--data", ".", "--lang", "vi", "--threads", "0"],
            "không nhận giá trị `0`, chỉ nhận 1..=1024",
        ),
    ] {
        let run = thuocdo(arguments);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(expected) && run.err.contains("--help"), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("error:") && !run.err.contains("Usage:"), "{}", run.err);
    }
}
