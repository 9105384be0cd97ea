//! `thuocdo drift`: structures and code lists that have moved apart.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::stage::{Run, Stage, thuocdo};

const RULES: &str = "thuocdo: 1\ndatabase: d\ncode_lists: { gt: [Nam, Nữ] }\ntables:\n  dan:\n    files: 'dan/**/*.csv'\n    key: [so]\n    columns:\n      \
                     so: { type: text, role: person_id }\n      ten: { type: text, role: person_name }\n      gt: { type: text, role: gender, \
                     code_list: gt }\n      tinh: { type: text, role: province }\n      ngay: date\n";

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("an extract");
}

fn drift(stage: &Stage, more: &[&str]) -> Run {
    let (rules, data) = (stage.rules().display().to_string(), stage.data().display().to_string());
    let mut arguments = vec!["drift", &rules, "--data", &data, "--as-of", "2026-11-21"];
    if !more.contains(&"--lang") {
        arguments.extend(["--lang", "en"]);
    }
    arguments.extend(more);
    thuocdo(&arguments)
}

fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.said()))
}

/// Kind, column, was, now.
fn changes(of: &Value) -> Vec<[&str; 4]> {
    let all = of.as_array().expect("changes").iter();
    all.map(|change| ["kind", "column", "was", "now"].map(|key| change[key].as_str().unwrap_or("-")))
        .collect()
}

/// Ten rows of a register, with a tail for each.
fn rows(header: &str, row: impl Fn(u32) -> String) -> String {
    let rows: String = (0..10).map(|at| row(at) + "\n").collect();
    format!("{header}\n{rows}")
}

fn before() -> String {
    rows("so,ten,gt,tinh,ngay", |at| format!("00109000{at:04},Trần Văn Bí,Nam,01,2026-11-0{}", at % 9 + 1))
}

#[test]
fn between_versions() {
    let stage = Stage::new(RULES);
    let then = stage.path().join("then");
    write(&then, "dan/a.csv", &before());
    let now = rows("ten,so,gt,tinh,ngay_sinh,ghi_chu", |at| {
        let name = if at == 3 { "" } else { "Trần Thị Ngọc Mật" };
        format!("{name},00109000{at:04},{},01,2026-11-0{},x", if at < 5 { "Nữ" } else { "F7" }, at % 9 + 1)
    });
    write(&stage.data(), "dan/a.csv", &now);
    let then = then.display().to_string();
    let run = drift(&stage, &["--against", &then, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let found = parsed(&run);
    assert_eq!(found["complete"], json!(true));
    assert_eq!(found["versions"][0]["table"], json!("dan"));
    assert_eq!(
        changes(&found["versions"][0]["changes"]),
        [
            ["looks_renamed", "ngay_sinh", "ngay", "ngay_sinh"],
            ["column_added", "ghi_chu", "-", "-"],
            ["reordered", "-", "-", "so"],
            ["length_grew", "ten", "11", "17"],
            ["absent_appeared", "ten", "0/10", "1/10"],
            ["codes_appeared", "gt", "-", "Nữ"],
            ["codes_vanished", "gt", "Nam", "-"],
            ["unnamed_codes", "gt", "0", "1"],
        ]
    );
    for hidden in ["Trần", "00109000", "F7"] {
        assert!(!run.said().contains(hidden), "{hidden} is told");
    }
    let schema: Value = serde_json::from_str(&thuocdo(&["schema", "drift"]).out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let wrong: Vec<String> = schema.iter_errors(&found).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(drift(&stage, &["--against", &then, "--fail-on-drift"]).code, Some(1));
    assert_eq!(drift(&stage, &["--against", &then, "--threads", "1", "--format", "json"]).out, run.out);
    let md = drift(&stage, &["--against", &then, "--format", "md", "--lang", "vi"]);
    assert!(md.out.contains("có vẻ đổi tên") && md.out.contains("Giữa các phiên bản"), "{}", md.out);
}

#[test]
fn against_a_snapshot_as_against_the_data() {
    let stage = Stage::new(RULES);
    write(&stage.data(), "dan/a.csv", &before());
    let snapshot = stage.path().join("then.json").display().to_string();
    let run = drift(&stage, &["--snapshot", &snapshot, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let written = fs::read_to_string(&snapshot).expect("a snapshot");
    assert!(!written.contains("Trần") && !written.contains("00109000"), "{written}");
    let same = drift(&stage, &["--against", &snapshot, "--format", "json", "--fail-on-drift=structure"]);
    assert_eq!((same.code, &parsed(&same)["versions"]), (Some(0), &json!([])), "{}", same.said());
    fs::rename(stage.data(), stage.path().join("then")).expect("moved");
    let data = stage.path().join("then").display().to_string();
    let now = rows("so,ten,gt,tinh,ngay", |at| {
        format!("00109000{at:04},Trần Văn Bí,Nam,1,0{}/11/2026", at % 9 + 1)
    });
    write(&stage.data(), "dan/a.csv", &now);
    let [by_data, by_snapshot] = [&data, &snapshot].map(|against| {
        let run = drift(&stage, &["--against", against, "--format", "json"]);
        parsed(&run)["versions"].clone()
    });
    assert_eq!(by_data, by_snapshot);
    assert_eq!(
        changes(&by_data[0]["changes"]),
        [
            ["codes_appeared", "tinh", "-", "1"],
            ["codes_vanished", "tinh", "01", "-"],
            ["form_changed", "ngay", "iso_date", "local_date"],
        ]
    );
    for (name, what) in [
        ("card.json", "{\"schema\": \"thuocdo.scorecard/1\"}"),
        ("torn.json", "{\"schema\": \"thuocdo.shape/2\"}"),
    ] {
        write(stage.path(), name, what);
        let path = stage.path().join(name).display().to_string();
        let refused = drift(&stage, &["--against", &path]);
        assert_eq!(refused.code, Some(2), "{}", refused.said());
        assert!(refused.err.contains("--snapshot FILE"), "{}", refused.err);
    }
}

#[test]
fn between_provinces() {
    let stage = Stage::new(RULES);
    for province in ["01", "04", "08"] {
        let rows = rows("so,ten,gt,tinh,ngay", |at| {
            format!("0{province}09000{at:04},Lê Bí,Nam,{province},2026-11-01")
        });
        write(&stage.data(), &format!("dan/{province}/a.csv"), &rows);
    }
    let odd = rows("so,ten,tinh,gt", |at| format!("07909000{at:04},Lê Bí,79,Nam"));
    write(&stage.data(), "dan/79/a.csv", &odd);
    let forms = rows("so,ten,gt,tinh,ngay", |at| format!("09209000{at:04},Lê Bi\u{301},Nam,092,01/11/2026"));
    write(&stage.data(), "dan/92/a.csv", &forms);
    let run = drift(&stage, &["--by", "folder", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let found = parsed(&run);
    let table = &found["parts"][0];
    assert_eq!(table["groups"][0]["parts"], json!(["dan/01", "dan/04", "dan/08", "dan/92"]));
    assert_eq!(table["groups"][1]["parts"], json!(["dan/79"]));
    assert_eq!(
        changes(&table["groups"][1]["changes"]),
        [["column_removed", "ngay", "-", "-"], ["reordered", "-", "-", "gt"]]
    );
    let unlike: Vec<(&str, [&str; 4])> = table["unlike"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|it| {
            let said = |key: &str| it["change"][key].as_str().unwrap_or("-");
            (it["part"].as_str().expect("a name"), ["kind", "column", "was", "now"].map(said))
        })
        .collect();
    let said = |what| ("dan/92", what);
    assert_eq!(
        unlike,
        [
            said(["length_differs", "tinh", "2", "3"]),
            said(["form_changed", "ngay", "iso_date", "local_date"]),
            said(["encoding", "-", "-", "not_nfc: 10"]),
        ]
    );
    let by_column = parsed(&drift(&stage, &["--by", "tinh", "--format", "json"]));
    assert_eq!(by_column["parts"][0]["parts"], json!(5));
    assert_eq!(by_column["parts"][0]["groups"][1]["parts"], json!(["79"]));
    let refused = drift(&stage, &["--by", "ten"]);
    assert_eq!(refused.code, Some(3), "{}", refused.said());
    assert!(!refused.said().contains("Lê"), "{}", refused.said());
    assert_eq!(drift(&stage, &["--by", "tinhh"]).code, Some(2));
    let page = drift(&stage, &["--by", "folder"]).out;
    assert!(page.contains("dan/79") && page.contains("column gone"), "{page}");
}

#[test]
fn code_lists_across_databases() {
    let other = "thuocdo: 1\ndatabase: e\ncode_lists: { gioi: ['0', '1'], dt: { builtin: vn.ethnic_group } }\ntables:\n  ho:\n    files: ho.csv\n    columns:\n      \
                 g: { type: text, role: gender, code_list: gioi }\n      dan_toc: { type: text, role: ethnic_group, code_list: dt }\n      tinh: { type: text, \
                 role: province }\n";
    let stage = Stage::new(RULES);
    write(stage.path(), "e.yaml", other);
    write(&stage.data(), "d/dan/a.csv", &before());
    write(
        &stage.data(),
        "e/ho.csv",
        &rows("g,dan_toc,tinh", |at| format!("{},0{},02", at % 2, if at < 9 { "1" } else { "01" })),
    );
    let more = stage.path().join("e.yaml").display().to_string();
    let run = drift(&stage, &[&more, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let found = parsed(&run);
    let concepts = found["code_lists"].as_array().expect("concepts");
    let concept =
        |id: &str| concepts.iter().find(|concept| concept["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    let gender = concept("gender");
    assert_eq!(gender["differences"][0]["only_one"], json!("Nam, Nữ"));
    assert_eq!(gender["differences"][0]["only_two"], json!("0, 1"));
    assert_eq!(gender["used"][0]["observed"], json!("Nam"));
    let ethnic = &concept("ethnic_group")["used"][0];
    assert_eq!(
        (&ethnic["observed"], &ethnic["unnamed"], &ethnic["widths"]),
        (&json!("01"), &json!(1), &json!([2, 3]))
    );
    // A province of before the mergers of 2025.
    let province = concept("province");
    assert_eq!(province["used"][1]["not_national"], json!("02"));
    assert_eq!(province["used"][0].get("not_national"), None);
    assert_eq!(drift(&stage, &[&more, "--fail-on-drift=structure"]).code, Some(1));
}

#[test]
fn what_could_not_be_read_is_told_and_is_no_pass() {
    let stage = Stage::new(RULES);
    write(&stage.data(), "dan/a.csv", &before());
    write(&stage.data(), "dan/b.csv", "so,ten,gt,tinh,ngay\n1,2\n");
    write(&stage.data(), "dan/c.csv", "");
    let run = drift(&stage, &["--format", "json", "--fail-on-drift"]);
    assert_eq!(run.code, Some(3), "{}", run.said());
    let found = parsed(&run);
    assert_eq!(found["complete"], json!(false));
    let said = found["problems"].to_string();
    assert!(said.contains("dan/b.csv") && said.contains("dan/c.csv"), "{said}");
    let nothing = Stage::new(RULES);
    assert_eq!(drift(&nothing, &[]).code, Some(3));
}

#[test]
fn names_that_may_be_values_are_masked() {
    let stage = Stage::new(RULES);
    let rows = rows("001090000099,Nguyễn Thị Bí Mật,Nam,01,2026-11-01", |at| {
        format!("00109000{at:04},Lê Bí,Nam,01,2026-11-01")
    });
    write(&stage.data(), "dan/a.csv", &rows);
    write(&stage.data(), "dan/b.csv", &before());
    let snapshot = stage.path().join("s.json");
    let run = drift(&stage, &["--format", "json", "--snapshot", &snapshot.display().to_string()]);
    let written = fs::read_to_string(&snapshot).expect("a snapshot");
    for said in [run.said(), written] {
        assert!(!said.contains("Bí Mật") && !said.contains("001090000099"), "{said}");
    }
    assert_eq!(parsed(&run)["parts"][0]["groups"].as_array().map(Vec::len), Some(2));
}

const CODES: &str = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: 't/**/*.csv'\n    columns: { so: { role: person_id }, ma: { role: code }, gt: { role: \
                     gender }, ghi: text }\n  u:\n    files: 'u/*.csv'\n    required: false\n    columns: { so: { role: person_id } }\n";

/// A file of table `t`: so many rows, with this code, gender and note.
fn coded(rows: &[(u32, &str, &str, &str)]) -> String {
    let one = |(count, code, gender, note): &(u32, &str, &str, &str)| {
        (0..*count).map(|at| format!("00109900{at:04},{code},{gender},{note}\n")).collect::<String>()
    };
    format!("so,ma,gt,ghi\n{}", rows.iter().map(one).collect::<String>())
}

#[test]
fn parts_are_made_by_codes_alone_and_named_as_codes_are() {
    let stage = Stage::new(CODES);
    let secret = "Bí mật của Zorro";
    let rows = coded(&[(10, "Z9", "Nam", secret), (2, secret, "Nam", "ghi"), (1, "A7", "Nam", "ghi")]);
    write(&stage.data(), "t/a.csv", &rows);
    // Nobody declares what this file calls `ma`.
    write(&stage.data(), "u/a.csv", &format!("so,ma\n001099000001,{secret}\n"));
    let snapshot = stage.path().join("s.json").display().to_string();
    let names = |by: &str, more: &[&str]| {
        let arguments = [&["--by", by, "--format", "json", "--snapshot", &snapshot], more].concat();
        let run = drift(&stage, &arguments);
        let written = fs::read_to_string(&snapshot).expect("a snapshot");
        let shapes: Value = serde_json::from_str(&written).expect("JSON");
        let parts = shapes["databases"][0]["tables"][0]["parts"].as_array().expect("parts").iter();
        let names: Vec<String> =
            parts.map(|part| part["name"].as_str().expect("a name").to_owned()).collect();
        (run.code, names.join(", "), (run.said() + &written).contains("Zorro"))
    };
    // Values in the order of their names; those that are not named are numbered behind.
    assert_eq!(names("ma", &[]), (Some(0), "Z9, #1, #2".to_owned(), false));
    assert_eq!(names("ma", &["--reveal"]).1, format!("A7, {secret}, Z9"));
    assert_eq!(names("ghi", &[]), (Some(3), "t/a.csv".to_owned(), false));
    assert_eq!(names("ghi", &["--reveal"]).1, format!("{secret}, ghi"));
    assert_eq!(names("gt", &["--reveal"]).0, Some(3));
    let refused = drift(&stage, &["--by", "ghi"]);
    assert!(refused.err.contains("`ghi` is not declared as a column of codes"), "{}", refused.err);
}

#[test]
fn files_of_a_part_that_lack_a_column_are_told() {
    let stage = Stage::new(CODES);
    let then = stage.path().join("then");
    for folder in ["01", "02", "03"] {
        for root in [&stage.data(), &then] {
            write(root, &format!("t/{folder}/a.csv"), &coded(&[(3, "A", "Nam", "x")]));
        }
    }
    write(&then, "t/03/b.csv", &coded(&[(1, "A", "Nam", "x")]));
    write(&stage.data(), "t/03/b.csv", "so,ma,gt\n001099000009,A,Nam\n");
    let then = then.display().to_string();
    let run = drift(
        &stage,
        &["--by", "folder", "--against", &then, "--format", "json", "--fail-on-drift=structure"],
    );
    assert_eq!(run.code, Some(1), "{}", run.said());
    let found = parsed(&run);
    assert_eq!(changes(&found["versions"][0]["changes"]), [["files_lack_column", "ghi", "0/4", "1/4"]]);
    let unlike = &found["parts"][0]["unlike"];
    assert_eq!(
        (&unlike[0]["part"], &unlike[0]["change"]["now"]),
        (&json!("t/03"), &json!("1/2")),
        "{unlike}"
    );
    assert_eq!(drift(&stage, &["--by", "folder", "--fail-on-drift"]).code, Some(1));
    // One folder is enough.
    let alone = Stage::new(CODES);
    write(&alone.data(), "t/a.csv", &coded(&[(3, "A", "Nam", "x")]));
    write(&alone.data(), "t/b.csv", "so,ma,gt\n001099000009,A,Nam\n");
    assert_eq!(drift(&alone, &["--by", "folder", "--fail-on-drift"]).code, Some(1));
}

#[test]
fn a_snapshot_of_an_incomplete_run_makes_later_ones_incomplete() {
    let stage = Stage::new(CODES);
    let whole = coded(&[(3, "A", "Nam", "x")]);
    write(&stage.data(), "t/a.csv", &format!("{whole}1,2\n"));
    let snapshot = stage.path().join("s.json").display().to_string();
    assert_eq!(drift(&stage, &["--snapshot", &snapshot]).code, Some(3));
    write(&stage.data(), "t/a.csv", &whole);
    let later = stage.path().join("later.json").display().to_string();
    let run =
        drift(&stage, &["--against", &snapshot, "--format", "json", "--fail-on-drift", "--snapshot", &later]);
    assert_eq!(run.code, Some(3), "{}", run.said());
    let found = parsed(&run);
    assert_eq!(found["complete"], json!(false));
    assert_eq!(
        found["problems"][1]["en"],
        json!("in what it is compared with: `t/a.csv`: 1 damaged rows could not be looked at")
    );
    // What was damaged then is not damaged now.
    assert_eq!(drift(&stage, &["--against", &later, "--fail-on-drift"]).code, Some(0));
}

#[test]
fn databases_that_are_not_compared_are_told() {
    let stage = Stage::new(CODES);
    write(stage.path(), "e.yaml", &CODES.replace("database: d", "database: e"));
    for database in ["d", "e"] {
        write(&stage.data(), &format!("{database}/t/a.csv"), &coded(&[(3, "A", "Nam", "x")]));
    }
    let (snapshot, other) = (stage.path().join("s.json"), stage.path().join("e.yaml").display().to_string());
    let snapshot_path = snapshot.display().to_string();
    assert_eq!(drift(&stage, &["--snapshot", &snapshot_path]).code, Some(0));
    let run = drift(&stage, &[&other, "--against", &snapshot_path, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let found = parsed(&run);
    assert_eq!((&found["only_now"], &found["only_then"]), (&json!(["e"]), &json!([])));
    let page = drift(&stage, &[&other, "--against", &snapshot_path]).out;
    assert!(page.contains("Only this run knows: e. Not compared."), "{page}");
    let alone = [
        "drift",
        &other,
        "--data",
        &stage.data().display().to_string(),
        "--against",
        &snapshot_path,
        "--lang",
        "en",
    ];
    let run = thuocdo(&alone);
    assert_eq!(run.code, Some(2), "{}", run.said());
    assert!(
        run.err.contains("has none of these databases: e") && run.err.contains("in it: d"),
        "{}",
        run.err
    );
    let mut nothing: Value =
        serde_json::from_str(&fs::read_to_string(&snapshot).expect("a snapshot")).expect("JSON");
    nothing["databases"] = json!([]);
    write(stage.path(), "s.json", &nothing.to_string());
    assert_eq!(drift(&stage, &["--against", &snapshot_path]).code, Some(2));
}

#[test]
fn the_same_rows_are_no_drift_however_they_are_split() {
    let stage = Stage::new(CODES);
    let then = stage.path().join("then");
    write(&then, "t/a.csv", &coded(&[(12, "Z9", "Nam", "x")]));
    for file in ["t/a.csv", "t/b.csv"] {
        write(&stage.data(), file, &coded(&[(6, "Z9", "Nam", "x")]));
    }
    let then_path = then.display().to_string();
    let run = drift(&stage, &["--against", &then_path, "--format", "json", "--fail-on-drift"]);
    assert_eq!((run.code, &parsed(&run)["versions"]), (Some(0), &json!([])), "{}", run.said());
    // A code that fewer rows have is not named any more, and is the same all the same.
    write(&stage.data(), "t/b.csv", &coded(&[(1, "Z9", "Nam", "x")]));
    let fewer = drift(&stage, &["--against", &then_path, "--fail-on-drift"]);
    assert_eq!(fewer.code, Some(0), "{}", fewer.said());
    // Codes of few rows in several files are as many as they are.
    for (root, code) in [(&then, "X1"), (&stage.data(), "Y2")] {
        write(root, "t/a.csv", &coded(&[(4, "X1", "Nam", "x")]));
        write(root, "t/b.csv", &coded(&[(4, code, "Nam", "x")]));
    }
    let run = drift(&stage, &["--against", &then_path, "--format", "json", "--fail-on-drift"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    assert_eq!(changes(&parsed(&run)["versions"][0]["changes"]), [["unnamed_codes", "ma", "1", "2"]]);
}

#[test]
fn codes_of_one_list_may_have_several_lengths() {
    let stage = Stage::new(CODES);
    write(stage.path(), "e.yaml", &CODES.replace("database: d", "database: e"));
    let other = stage.path().join("e.yaml").display().to_string();
    write(&stage.data(), "d/t/a.csv", &coded(&[(3, "A", "Nam", "x"), (3, "A", "Nữ", "x")]));
    write(&stage.data(), "d/t/b.csv", &coded(&[(3, "A", "Nữ", "x")]));
    write(&stage.data(), "d/t/c.csv", &coded(&[(3, "A", "Nam", "x")]));
    write(&stage.data(), "e/t/a.csv", &coded(&[(3, "A", "Nam", "x")]));
    let run = drift(&stage, &[&other, "--fail-on-drift", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    // Another way to write them is one.
    write(&stage.data(), "e/t/a.csv", &coded(&[(3, "A", "M", "x")]));
    let run = drift(&stage, &[&other, "--fail-on-drift=structure", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    assert_eq!(parsed(&run)["code_lists"][0]["widths_differ"], json!(true));
    write(&stage.data(), "e/t/a.csv", &coded(&[(3, "A", "Nam", "x")]));
    write(&stage.data(), "d/t/c.csv", &coded(&[(3, "A", "F", "x")]));
    assert_eq!(drift(&stage, &["--fail-on-drift=structure"]).code, Some(1));
}
