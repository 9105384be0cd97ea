//! Whether databases agree on the same entities: four of them by hand, any of them against a plain model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tempfile::TempDir;
use thuocdo::base::Lang;
use thuocdo::engine::agree::list::WANTED;
use thuocdo::engine::agree::{Asked, agree};
use thuocdo::engine::{Budget, Known, LookOptions, RunOptions, Silent};
use thuocdo::rule::Database;
use thuocdo::rule::subject::Subject;
use thuocdo::score::agreement::EntityAgreement;

use crate::measure::{self, Unnamed};
use crate::stage::{Folder, Run, records, thuocdo};

const PERSONS: &str = "thuocdo: 1
database: bca_a13
code_lists: { gioi_tinh: [Nam, Nữ] }
tables:
  cong_dan:
    files: cong_dan.csv
    tier: 3
    key: [so]
    columns:
      so: { role: person_id }
      ho_ten: { role: person_name }
      ngay_sinh: { role: birth_date }
      gioi_tinh: { role: gender, code_list: gioi_tinh }
      cap_nhat: { role: updated_at }
";

const INSURANCE: &str = "thuocdo: 1
database: bao_hiem
code_lists: { gioi_tinh: { file: gioi_tinh.csv, code: ma } }
tables:
  the:
    files: the.csv
    columns:
      so_dinh_danh: { role: person_id }
      ten: { role: person_name }
      gt: { role: gender, code_list: gioi_tinh }
      so_cha: { role: person_id, of: cha }
      cap_nhat: { role: updated_at }
";

const HEALTH: &str = "thuocdo: 1
database: y_te
code_lists: { gioi_tinh: [\"1\", \"2\"] }
tables:
  nguoi:
    files: nguoi.csv
    columns:
      cccd: { role: person_id }
      ho_ten: { role: person_name }
      gioi_tinh: text
";

const TAX: &str = "thuocdo: 1
database: thue
tables:
  nguoi_nop:
    files: nguoi_nop.csv
    columns:
      so: { role: person_id }
      ten: { role: person_name }
      nam_sinh: { role: partial_birth_date }
";

/// Four databases of persons. Person 1 is the same everywhere; 2 has a tax record that differs; of 3 all differ; of 4 the
/// health record differs; 5 has no name in insurance; insurance contradicts itself on 6; 7 and 8 are known once; 9 has two
/// names.
pub struct Nation {
    pub folder: Folder,
}

impl Nation {
    /// Databases with one table each, `t`, by their names, columns and extracts.
    pub fn of(databases: &[(&str, &str, &str)]) -> Self {
        let nation = Self { folder: Folder::new() };
        for (name, columns, extract) in databases {
            nation.table(name, columns);
            nation.folder.write(&format!("data/{name}/t.csv"), extract);
        }
        nation
    }

    /// The rules of a database whose only table has these columns beside a number of persons, `so`.
    pub fn table(&self, name: &str, columns: &str) {
        let rules = format!(
            "thuocdo: 1\ndatabase: {name}\ntables:\n  t:\n    files: \"t*.csv\"\n    columns: {{ so: {{ role: person_id }}, {columns} }}\n"
        );
        self.folder.write(&format!("rules/{name}.yaml"), &rules);
    }

    fn new() -> Self {
        let nation = Self { folder: Folder::new() };
        for (name, text) in [("a", PERSONS), ("b", INSURANCE), ("c", HEALTH), ("d", TAX)] {
            nation.folder.write(&format!("rules/{name}.yaml"), text);
        }
        nation.folder.write("rules/gioi_tinh.csv", "ma,ten\n1,Nam\n2,Nữ\n");
        nation.folder.write(
            "data/bca_a13/cong_dan.csv",
            "so,ho_ten,ngay_sinh,gioi_tinh,cap_nhat\n\
             001099000001,Nguyễn Văn An,1980-05-12,Nam,2026-01-01\n\
             001099000002,Lê Bình,1981-01-01,Nữ,2026-01-01\n\
             001099000003,Trần Chi,1982-02-02,Nữ,2026-01-01\n\
             001099000004,Đỗ Dung,1983-03-03,Nữ,2026-01-01\n\
             001099000005,Vũ Giang,1984-04-04,Nam,2026-01-01\n\
             001099000006,Phạm Hà,1985-05-05,Nữ,2026-01-01\n\
             001099000007,Bùi Khoa,1986-06-06,Nam,2026-01-01\n\
             001099000009,Hồ Yến,1987-07-07,Nữ,2026-01-01\n",
        );
        nation.folder.write(
            "data/bao_hiem/the.csv",
            "so_dinh_danh,ten,gt,so_cha,cap_nhat\n\
             001099000001,NGUYỄN  VĂN AN,1,,2026-02-02\n\
             001099000002,Lê Bình,2,,2026-02-02\n\
             001099000003,Trần Chi,1,,2026-02-02\n\
             001099000004,Đỗ Dung,2,,2026-02-02\n\
             001099000005,,,,2026-02-02\n\
             001099000006,Phạm Hà,2,,2026-02-02\n\
             001099000006,Phạm Hạ,2,,2026-02-02\n\
             001099000009,Hồ Yên,2,,2026-02-02\n\
             ,Không Số,2,,2026-02-02\n",
        );
        nation.folder.write(
            "data/y_te/nguoi.csv",
            "cccd,ho_ten,gioi_tinh\n\
             001099000001,Nguyễn Văn An,1\n\
             001099000002,Lê Bình,2\n\
             001099000003,Trần Chí,2\n\
             001099000004,Đỗ Dũng,1\n\
             001099000008,Lý Sơn,1\n",
        );
        nation.folder.write(
            "data/thue/nguoi_nop.csv",
            "so,ten,nam_sinh\n\
             001099000001,Nguyễn Văn An,1980\n\
             001099000002,Lê Bính,1982\n\
             001099000003,Trần Chỉ,\n\
             001099000005,Vũ Giang,\n",
        );
        nation
    }

    pub fn run(&self, more: &[&str]) -> Run {
        let (rules, data) =
            (self.folder.path("rules").display().to_string(), self.folder.path("data").display().to_string());
        let mut arguments = vec!["agree", &rules, "--data", &data, "--as-of", "2026-11-21"];
        if !more.contains(&"--lang") {
            arguments.extend(["--lang", "en"]);
        }
        arguments.extend(more);
        thuocdo(&arguments)
    }

    pub fn json(&self, more: &[&str]) -> (Run, Value) {
        let run = self.run(&[&["--format", "json"], more].concat());
        let value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err));
        (run, value)
    }
}

pub fn name(table: &Value) -> String {
    format!(
        "{}.{}",
        table["database"].as_str().expect("a database"),
        table["table"].as_str().expect("a table")
    )
}

/// Counts of a pair for an attribute: both, agree, disagree, lacking, unknown.
pub fn pair(entity: &Value, attribute: &str, a: &str, b: &str) -> [u64; 5] {
    let pairs = entity["pairs"].as_array().expect("pairs");
    let is = |it: &&Value| {
        let of = [name(&it["a"]), name(&it["b"])];
        it["attribute"] == attribute && (of == [a, b] || of == [b, a])
    };
    let found = pairs.iter().find(is).unwrap_or_else(|| panic!("no pair {a} {b} for {attribute}"));
    ["both", "agree", "disagree", "lacking", "unknown"].map(|key| found[key].as_u64().expect("a count"))
}

/// A table that was read.
pub fn source<'v>(entity: &'v Value, table: &str) -> &'v Value {
    let sources = entity["sources"].as_array().expect("sources");
    sources.iter().find(|it| name(it) == table).unwrap_or_else(|| panic!("no `{table}`"))
}

/// On one line: a page for the terminal is wrapped.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fits_its_schema(value: &Value) {
    let schema: Value = serde_json::from_str(&thuocdo(&["schema", "agreement"]).out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let wrong: Vec<String> = schema.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

const P: &str = "bca_a13.cong_dan";
const I: &str = "bao_hiem.the";
const H: &str = "y_te.nguoi";
const T: &str = "thue.nguoi_nop";

#[test]
fn four_databases_are_counted_as_by_hand() {
    let (run, document) = Nation::new().json(&[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    fits_its_schema(&document);
    assert_eq!((&document["schema"], &document["complete"]), (&"thuocdo.agreement/1".into(), &true.into()));
    assert_eq!(document["entities"].as_array().map(Vec::len), Some(1), "persons alone are in two databases");
    let person = &document["entities"][0];
    let overlap: Vec<u64> =
        (0..4).map(|at| person["overlap"][at]["entities"].as_u64().expect("a count")).collect();
    assert_eq!((overlap, &person["found"]), (vec![2, 2, 2, 3], &9.into()));
    assert_eq!(
        person["summary"],
        json!({ "shared": 7, "agreeing": 2, "conflicting": 4, "unknown": 1, "nothing_compared": 0 })
    );
    assert_eq!(pair(person, "person_name", P, I), [7, 4, 1, 1, 1]);
    assert_eq!(pair(person, "person_name", P, H), [4, 2, 2, 0, 0]);
    assert_eq!(pair(person, "person_name", P, T), [4, 2, 2, 0, 0]);
    assert_eq!(pair(person, "person_name", I, H), [4, 2, 2, 0, 0]);
    assert_eq!(pair(person, "person_name", I, T), [4, 1, 2, 1, 0]);
    assert_eq!(pair(person, "person_name", H, T), [3, 1, 2, 0, 0]);
    assert_eq!(pair(person, "birth_date", P, T), [4, 1, 1, 2, 0]);
    assert_eq!(pair(person, "gender", P, I), [7, 5, 1, 1, 0]);
    let attribute = |id: &str| {
        let all = person["attributes"].as_array().expect("attributes");
        let found = all.iter().find(|it| it["attribute"] == id).expect("the attribute").clone();
        let counts =
            ["voted", "unanimous", "majority", "undecided"].map(|key| found[key].as_u64().expect("a count"));
        (found, counts)
    };
    let (names, counts) = attribute("person_name");
    assert_eq!((counts, &names["dissenters"]), ([6, 2, 2, 2], &json!({ "1": 2 })));
    let database = |database: &str, [votes, alone, minority, undecided, itself]: [u64; 5]| {
        json!({ "database": database, "votes": votes, "alone": alone, "minority": minority, "undecided": undecided,
                "contradicts_itself": itself })
    };
    assert_eq!(
        names["databases"],
        json!([
            database("bao_hiem", [5, 0, 0, 2, 1]),
            database("bca_a13", [6, 0, 0, 2, 0]),
            database("thue", [4, 1, 0, 1, 0]),
            database("y_te", [4, 1, 0, 1, 0]),
        ])
    );
    assert_eq!(attribute("birth_date").1, [2, 1, 0, 1]);
    assert_eq!(attribute("gender").1, [6, 5, 0, 1]);
    let matrix = person["matrix"].as_array().expect("a matrix").iter();
    let matrix: Vec<[u64; 3]> = matrix
        .map(|it| ["both", "compared", "differ"].map(|key| it[key].as_u64().expect("a count")))
        .collect();
    assert_eq!(matrix, [[7, 6, 2], [4, 3, 2], [4, 4, 2], [4, 4, 2], [4, 4, 2], [3, 3, 2]]);
    assert_eq!(source(person, I)["without_identifier"], 1);
    assert_eq!(source(person, I)["entities"], 7);
}

#[test]
fn codes_are_compared_by_their_words_or_not_at_all() {
    let nation = Nation::new();
    let (_, document) = nation.json(&[]);
    assert_eq!(document["entities"][0]["code_sets"], json!([]));
    nation.folder.write(
        "rules/c.yaml",
        HEALTH.replace("gioi_tinh: text", "gioi_tinh: { role: gender, code_list: gioi_tinh }"),
    );
    let (run, document) = nation.json(&[]);
    assert_eq!(run.code, Some(3), "what cannot be compared is no agreement");
    let person = &document["entities"][0];
    let sets = &person["code_sets"];
    assert_eq!((sets.as_array().map(Vec::len), &sets[0]["attribute"]), (Some(1), &"gender".into()));
    let sets: Vec<Vec<String>> = sets[0]["sets"]
        .as_array()
        .expect("sets")
        .iter()
        .map(|set| set.as_array().expect("tables").iter().map(name).collect())
        .collect();
    assert_eq!(sets, [vec![I.to_owned(), P.to_owned()], vec![H.to_owned()]]);
    let attributes = source(person, I)["attributes"].as_array().expect("attributes");
    assert_eq!(attributes.iter().find(|it| it["attribute"] == "gender").expect("gender")["read_as"], "ten");
    // Without its words the list of insurance is one of digits, as that of health is.
    nation.folder.write("rules/gioi_tinh.csv", "ma\n1\n2\n");
    let (_, document) = nation.json(&[]);
    let person = &document["entities"][0];
    assert_eq!(pair(person, "gender", I, H), [4, 2, 2, 0, 0]);
    let genders = person["pairs"].as_array().expect("pairs").iter().filter(|it| it["attribute"] == "gender");
    assert_eq!(genders.count(), 1, "the register is held against none");
    let term = nation.run(&[]);
    assert!(flat(&term.out).contains("is written in different code sets"), "{}", term.out);
}

#[test]
fn what_is_left_out_is_told_with_its_reason() {
    let (_, document) = Nation::new().json(&[]);
    let left_out = &document["entities"][0]["left_out"];
    assert_eq!((left_out.as_array().map(Vec::len), &left_out[0]["column"]), (Some(1), &"so_cha".into()));
    assert_eq!(left_out[0]["why"]["en"], "it is about somebody else (`of: cha`)");
}

#[test]
fn columns_that_the_reference_has_are_candidates() {
    let nation = Nation::new();
    let (_, document) = nation.json(&[]);
    let again = document["entities"][0]["collected_again"].as_array().expect("candidates").clone();
    let told: Vec<(String, String, u64, u64)> = again
        .iter()
        .map(|it| {
            let count = |key: &str| it[key].as_u64().expect("a count");
            (
                name(it),
                it["columns"][0].as_str().expect("a column").to_owned(),
                count("compared"),
                count("agree"),
            )
        })
        .collect();
    let of =
        |table: &str, column: &str, compared, agree| (table.to_owned(), column.to_owned(), compared, agree);
    assert_eq!(
        told,
        [
            of(I, "ten", 5, 4),
            of(T, "ten", 4, 2),
            of(H, "ho_ten", 4, 2),
            of(I, "gt", 6, 5),
            of(T, "nam_sinh", 2, 1)
        ]
    );
    assert!(again[0]["suggestion"]["vi"].as_str().expect("words").contains("Luật Dữ liệu số 60/2024/QH15"));
    assert_eq!(again[0]["share"], json!({ "num": 4, "den": 5 }));
    let (_, document) = nation.json(&["--reference", "thue"]);
    let reference = &document["entities"][0]["reference"];
    assert_eq!(name(reference), T);
    let run = nation.run(&["--reference", "thu"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("did you mean `thue`?"), "{}", run.err);
}

/// A column without a role is the same if its name is, and its values are.
#[test]
fn columns_of_one_name_are_told_by_their_values() {
    let nation = Nation { folder: Folder::new() };
    for (file, database) in [("a", "bca_a13"), ("b", "bao_hiem")] {
        let columns = if file == "a" { "dia_chi: text, loai: text" } else { "DiaChi: text, loai: text" };
        nation.folder.write(
            &format!("rules/{file}.yaml"),
            format!(
                "thuocdo: 1\ndatabase: {database}\ntables:\n  t:\n    files: t.csv\n    tier: 3\n    key: [so]\n    columns: {{ so: {{ role: \
                 person_id }}, ten: {{ role: person_name }}, {columns} }}\n"
            ),
        );
    }
    let data = |name: &str, differ: usize| {
        let rows = (0..40).map(|at| {
            let street = if at < differ { 1_000 + at } else { at };
            format!("{:012},Nguyễn An,Số {street} phố Huế,A{}\n", at + 1, at % 2)
        });
        nation.folder.write(&format!("data/{name}/t.csv"), rows.collect::<String>());
    };
    let heads = |name: &str, head: &str| {
        let path = nation.folder.path(&format!("data/{name}/t.csv"));
        let text = fs::read_to_string(&path).expect("the extract");
        fs::write(path, format!("{head}\n{text}")).expect("a file");
    };
    for (differ, found) in [(2, true), (3, false)] {
        data("bca_a13", 0);
        data("bao_hiem", differ);
        heads("bca_a13", "so,ten,dia_chi,loai");
        heads("bao_hiem", "so,ten,DiaChi,loai");
        let (run, document) = nation.json(&[]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let person = &document["entities"][0];
        let by_name = person["collected_again"].as_array().expect("candidates").iter();
        let by_name: Vec<&Value> = by_name.filter(|it| it["because"] == "name_and_values").collect();
        // `loai` has two values, which are the same by chance; 37 of 40 addresses are fewer than 95 in 100.
        assert_eq!(by_name.len(), usize::from(found), "{by_name:?}");
        if found {
            assert_eq!((&by_name[0]["columns"][0], &by_name[0]["agree"]), (&"DiaChi".into(), &38.into()));
            assert_eq!((&by_name[0]["values"], &by_name[0]["more_values"]), (&38.into(), &false.into()));
        }
        // What only names tell to be the same is no conflict.
        assert_eq!(person["summary"]["conflicting"], 0);
        assert_eq!(person["attributes"].as_array().map(Vec::len), Some(1));
    }
}

/// Values of a column, one a row.
fn column(head: &str, rows: std::ops::Range<usize>, value: &dyn Fn(usize) -> String) -> String {
    rows.fold(format!("so,{head}\n"), |text, at| format!("{text}{:012},{}\n", at + 1, value(at)))
}

/// All that both have has one value; that others know more of what the reference does not have says nothing.
#[test]
fn values_count_where_both_say_the_same() {
    let streets =
        |rows, own: usize| column("dia_chi", rows, &|at| format!("Số {}", if at < own { 0 } else { at }));
    let columns = "ten: { role: person_name, required: false }, dia_chi: text";
    let nation = Nation::of(&[
        ("r", columns, &streets(0..20, 20)),
        ("t", columns, &streets(0..40, 20)),
        ("u", columns, &streets(0..40, 20)),
    ]);
    let again =
        |nation: &Nation| nation.json(&["--reference", "r"]).1["entities"][0]["collected_again"].clone();
    assert_eq!(again(&nation), json!([]));
    nation.folder.write("data/r/t.csv", streets(0..40, 20));
    let found = again(&nation);
    assert_eq!((found.as_array().map(Vec::len), &found[0]["values"]), (Some(2), &21.into()));
}

#[test]
fn all_tables_of_the_reference_are_looked_at() {
    let nation = Nation::of(&[("u", "ma_xa: { role: commune }, DiaChi: text", "so,ma_xa,DiaChi\n")]);
    nation.folder.write(
        "rules/r.yaml",
        "thuocdo: 1\ndatabase: r\ntables:\n  a: { files: a.csv, columns: { so: { role: person_id }, xa: { role: commune }, dia_chi: text } }\n  b: { \
         files: b.csv, tier: 3, key: [so], columns: { so: { role: person_id }, dia_chi: text, cap_nhat: { role: updated_at } } }\n",
    );
    let rows = |value: &dyn Fn(usize) -> String| -> String {
        (0..20).map(|at| format!("{:012},{}\n", at + 1, value(at))).collect()
    };
    let street = |at: usize| format!("Số {at}");
    nation
        .folder
        .write("data/u/t.csv", format!("so,ma_xa,DiaChi\n{}", rows(&|at| format!("00001,{}", street(at)))));
    nation
        .folder
        .write("data/r/a.csv", format!("so,xa,dia_chi\n{}", rows(&|at| format!("00001,{}", street(at)))));
    nation.folder.write(
        "data/r/b.csv",
        format!("so,dia_chi,cap_nhat\n{}", rows(&|at| format!("{},2026-01-01", street(at)))),
    );
    let (_, document) = nation.json(&["--reference", "r"]);
    fits_its_schema(&document);
    let person = &document["entities"][0];
    assert_eq!(name(&person["reference"]), "r.b");
    let again = person["collected_again"].as_array().expect("candidates").iter();
    let again: Vec<(Value, String, Value)> = again
        .map(|it| (it["columns"][0].clone(), name(&it["reference_table"]), it["values"].clone()))
        .collect();
    // A column that two of its tables have is told once, with the main one.
    assert_eq!(
        again,
        [("ma_xa".into(), "r.a".to_owned(), 1.into()), ("DiaChi".into(), "r.b".to_owned(), 20.into())]
    );
}

#[test]
fn no_value_is_told_by_any_format() {
    let nation = Nation::new();
    let list = nation.folder.path("list").display().to_string();
    for format in ["term", "json", "md", "csv", "html"] {
        for lang in ["en", "vi"] {
            let run = nation.run(&["--format", format, "--lang", lang, "--violations", &list]);
            assert_eq!(run.code, Some(0), "{}", run.err);
            for value in ["0010990000", "Lê Bìn", "Vũ Giang", "Phạm H", "1981-01"] {
                assert!(!run.said().contains(value), "{format} tells {value}: {}", run.said());
            }
        }
    }
    let csv = nation.run(&["--format", "csv"]);
    let lines = records(csv.out.trim_start_matches('\u{feff}'));
    let line = ["person", "agree", "person_name", "bao_hiem", "the", "bca_a13", "cong_dan", "4"];
    assert!(lines.iter().any(|cells| cells == &line.map(str::to_owned)), "{}", csv.out);
    let vi = flat(&nation.run(&["--lang", "vi"]).out);
    assert!(vi.contains("đa số không phải là bằng chứng"), "{vi}");
}

/// The contradicted rows of a table: row, entity, attribute, standing, whom it contradicts.
fn listed(nation: &Nation, folder: &str, table: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(nation.folder.path(folder).join("person").join(table)).expect("the list");
    let mut lines = records(text.trim_start_matches('\u{feff}'));
    let header = lines.remove(0);
    let at = |name: &str| header.iter().position(|head| head == name).expect("the column");
    let columns = ["row", "entity", "attribute", "standing", "differs_from"].map(at);
    lines.iter().map(|line| columns.iter().map(|at| line[*at].clone()).collect()).collect()
}

#[test]
fn contradicted_rows_are_listed_for_each_owner() {
    let nation = Nation::new();
    let list = nation.folder.path("list").display().to_string();
    let run = nation.run(&["--violations", &list, "--format", "md"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("bca_a13.cong_dan: 4 of 8 records are contradicted"), "{}", run.err);
    let line = |line: [&str; 5]| line.map(str::to_owned).to_vec();
    assert_eq!(
        listed(&nation, "list", "bca_a13/cong_dan.csv"),
        [
            line(["2", "1", "person_name", "majority", T]),
            line(["2", "1", "birth_date", "no_majority", T]),
            line(["3", "2", "person_name", "no_majority", &format!("{T}; {H}")]),
            line(["3", "2", "gender", "no_majority", I]),
            line(["4", "3", "person_name", "majority", H]),
            line(["8", "5", "person_name", "no_majority", I]),
        ]
    );
    assert_eq!(
        listed(&nation, "list", "bao_hiem/the.csv"),
        [
            line(["2", "1", "person_name", "majority", T]),
            line(["3", "2", "person_name", "no_majority", &format!("{T}; {H}")]),
            line(["3", "2", "gender", "no_majority", P]),
            line(["4", "3", "person_name", "majority", H]),
            line(["6", "4", "person_name", "contradicts_itself", ""]),
            line(["7", "4", "person_name", "contradicts_itself", ""]),
            line(["8", "5", "person_name", "no_majority", P]),
        ]
    );
    assert_eq!(
        listed(&nation, "list", "thue/nguoi_nop.csv"),
        [
            line(["2", "1", "person_name", "minority", &format!("{I}; {P}; {H}")]),
            line(["2", "1", "birth_date", "no_majority", P]),
            line(["3", "2", "person_name", "no_majority", &format!("{I}; {P}; {H}")]),
        ]
    );
    let masked = fs::read_to_string(nation.folder.path("list/person/thue/nguoi_nop.csv")).expect("the list");
    assert!(
        masked.contains("key.so") && !masked.contains("001099000002") && !masked.contains("Bính"),
        "{masked}"
    );
    let open = nation.folder.path("open").display().to_string();
    assert_eq!(nation.run(&["--violations", &open, "--reveal"]).code, Some(0));
    let open = fs::read_to_string(nation.folder.path("open/person/thue/nguoi_nop.csv")).expect("the list");
    assert!(open.contains("001099000002") && open.contains("Lê Bính"), "{open}");
    let inside = nation.folder.path("data/list").display().to_string();
    assert_eq!(nation.run(&["--violations", &inside]).code, Some(2));
}

#[test]
fn lost_zeros_are_told_and_filled_up_only_if_asked() {
    let nation = Nation::new();
    nation.folder.write(
        "data/thue/nguoi_nop.csv",
        "so,ten,nam_sinh\n1099000001,Nguyễn Văn An,1980\n1099000002,Lê Bính,\n",
    );
    let (run, document) = nation.json(&["--entity", "person"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let person = &document["entities"][0];
    assert_eq!((&source(person, T)["short"], &source(person, T)["padded"]), (&2.into(), &false.into()));
    assert_eq!(pair(person, "person_name", P, T), [0; 5]);
    assert!(flat(&nation.run(&[]).out).contains("identifiers in `so` with too few digits: 2"));
    let (_, document) = nation.json(&["--pad"]);
    let person = &document["entities"][0];
    assert_eq!((&source(person, T)["short"], &source(person, T)["padded"]), (&0.into(), &true.into()));
    assert_eq!(pair(person, "person_name", P, T), [2, 1, 1, 0, 0]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let nation = Nation::new();
    fs::remove_file(nation.folder.path("data/thue/nguoi_nop.csv")).expect("it was there");
    nation.folder.write("data/y_te/nguoi.csv", "cccd,gioi_tinh\n001099000001,1\n");
    let (run, document) = nation.json(&[]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    fits_its_schema(&document);
    let person = &document["entities"][0];
    assert_eq!((&document["complete"], &person["complete"]), (&false.into(), &false.into()));
    assert_eq!(name(&person["not_read"][0]), T);
    assert_eq!(source(person, H)["not_read"][0]["column"], "ho_ten");
    assert_eq!(pair(person, "person_name", P, I), [7, 4, 1, 1, 1]);
    let term = nation.run(&[]);
    assert!(flat(&term.out).contains("there is no file of table `thue.nguoi_nop`"), "{}", term.out);
    // A table that may be absent is no failure.
    let optional = TAX.replace("    columns:", "    required: false\n    columns:");
    nation.folder.write("rules/d.yaml", &optional);
    nation.folder.write("data/y_te/nguoi.csv", "cccd,ho_ten,gioi_tinh\n001099000001,Nguyễn Văn An,1\n");
    let (run, document) = nation.json(&[]);
    assert_eq!((run.code, name(&document["entities"][0]["absent"][0])), (Some(0), T.to_owned()));
    // Damaged rows may be about anybody.
    nation.folder.write(
        "data/y_te/nguoi.csv",
        "cccd,ho_ten,gioi_tinh\n001099000001,Nguyễn Văn An,1,2,3\n001099000002,Lê Bình,2\n",
    );
    let (run, document) = nation.json(&[]);
    assert_eq!((run.code, &source(&document["entities"][0], H)["damaged"]), (Some(3), &1.into()));
}

#[test]
fn nothing_to_compare_says_why() {
    let nation = Nation::new();
    let data = nation.folder.path("data").display().to_string();
    let rules = nation.folder.path("rules/a.yaml").display().to_string();
    let run = thuocdo(&["agree", &rules, "--data", &data, "--lang", "en"]);
    assert_eq!(run.code, Some(2));
    assert!(
        flat(&run.err).contains("no two databases of these rule files identify the same sort"),
        "{}",
        run.err
    );
    let run = thuocdo(&["agree", &rules, "--data", &data, "--lang", "en", "--entity", "person"]);
    assert_eq!(run.code, Some(3));
    assert!(flat(&run.out).contains("it takes two to compare"), "{}", run.out);
    let run = nation.run(&["--entity", "vehicle"]);
    assert_eq!(run.code, Some(3), "{}", run.said());
    assert!(flat(&run.out).contains("could be read: 0; it takes two to compare"), "{}", run.out);
    let run = nation.run(&["--entity", "nobody"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(nation.run(&["--reveal"]).code, Some(2), "only the list shows values");
}

/// An exit code of 0 promises that something was compared.
#[test]
fn nothing_that_was_compared_is_said_plainly() {
    let named = "ten: { role: person_name }";
    let one = "so,ten\n001099000001,An\n";
    let said = |nation: &Nation, words: &str| {
        let (run, document) = nation.json(&[]);
        assert_eq!((run.code, &document["complete"]), (Some(3), &false.into()));
        fits_its_schema(&document);
        let why = document["entities"][0]["not_compared"]["en"].as_str().expect("a reason");
        assert!(why.contains(words), "{why}");
        assert!(flat(&nation.run(&[]).out).contains(words));
        document["entities"][0].clone()
    };
    let nobody = Nation::of(&[("a", named, one), ("b", named, "so,ten\n001099000002,An\n")]);
    let person = said(&nobody, "none of them is in two databases");
    assert_eq!((&person["found"], &person["summary"]["shared"]), (&2.into(), &0.into()));
    assert!(flat(&nobody.run(&[]).out).contains("in exactly 1 databases Number: 2"));
    let without = Nation::of(&[("a", named, one), ("b", named, "so,ten\n001099000001,\n")]);
    said(&without, "of the 1 in two databases or more");
    // Two tables of one database have names, and no other does.
    let alone =
        Nation::of(&[("a", named, one), ("b", "xa: { role: commune }", "so,xa\n001099000001,00001\n")]);
    alone.folder.write(
        "rules/a.yaml",
        "thuocdo: 1\ndatabase: a\ntables:\n  t: { files: t.csv, columns: { so: { role: person_id }, ten: { role: person_name } } }\n  u: { files: \
         u.csv, columns: { so: { role: person_id }, ten: { role: person_name } } }\n",
    );
    alone.folder.write("data/a/u.csv", one);
    said(&alone, "no two databases have columns of one role");
}

#[test]
fn a_column_that_some_files_lack_is_named() {
    let named = "ten: { role: person_name }";
    let nation = Nation::of(&[
        ("a", named, "so,ten\n001099000001,An\n"),
        ("b", named, "so,ten\n001099000001,An\n001099000002,An\n"),
    ]);
    nation.folder.write("data/a/t2.csv", "so\n001099000002\n");
    nation.folder.write("data/a/t3.csv", "so\n");
    let (run, document) = nation.json(&[]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    let person = &document["entities"][0];
    let unread = &source(person, "a.t")["not_read"];
    assert_eq!((unread.as_array().map(Vec::len), &unread[0]["column"]), (Some(1), &"ten".into()));
    assert!(
        unread[0]["why"]["en"]
            .as_str()
            .expect("words")
            .ends_with("1 of 3 files lack it, so that it is not known of their rows: t2.csv"),
        "{unread}"
    );
    assert_eq!(pair(person, "person_name", "a.t", "b.t"), [2, 1, 0, 0, 1], "the rest is compared");
    nation.table("a", "ten: { role: person_name, required: false }");
    let (run, document) = nation.json(&[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(pair(&document["entities"][0], "person_name", "a.t", "b.t"), [2, 1, 0, 1, 0]);
}

/// Whether rows are in one table of a database or in two.
#[test]
fn what_cannot_be_read_is_not_known() {
    let born = "ns: { role: birth_date }";
    let (day, none) = ("so,ns\n001099000001,1980-05-12\n", "so,ns\n001099000001,1980-02-30\n");
    let nation = Nation::of(&[
        ("a", born, &format!("{day}001099000002,1981-01-01\n")),
        ("b", born, &format!("{day}001099000002,1981-01-01\n")),
    ]);
    nation.folder.write("data/a/t2.csv", none);
    let expected =
        json!({ "shared": 2, "agreeing": 1, "conflicting": 0, "unknown": 1, "nothing_compared": 0 });
    assert_eq!(nation.json(&[]).1["entities"][0]["summary"], expected);
    nation.folder.write(
        "rules/a.yaml",
        "thuocdo: 1\ndatabase: a\ntables:\n  t: { files: t.csv, columns: { so: { role: person_id }, ns: { role: birth_date } } }\n  u: { files: \
         t2.csv, columns: { so: { role: person_id }, ns: { role: birth_date } } }\n",
    );
    assert_eq!(nation.json(&[]).1["entities"][0]["summary"], expected);
}

#[test]
fn lists_need_a_folder() {
    let nation = Nation::new();
    nation.folder.write("file", "");
    let file = nation.folder.path("file").display().to_string();
    let run = nation.run(&["--violations", &file]);
    assert!(flat(&run.err).contains("a part of its path is no directory, but a file"), "{}", run.err);
    let run = nation.run(&["--violations", &file, "--lang", "vi"]);
    assert!(flat(&run.err).contains("một phần không phải thư mục mà là tệp"), "{}", run.err);
}

/// What came of some databases: the document, and every line of the lists.
fn compared(
    databases: &[Database],
    data: &Path,
    threads: usize,
    budget: &Budget<'_>,
) -> (EntityAgreement, Vec<String>) {
    let options = RunOptions { examples: 0, ..measure::options(data, budget) };
    let known: Vec<Known<'_>> = databases.iter().map(|database| Known { database, data }).collect();
    let subject = Subject::find("person").expect("persons");
    let references = ["d0".to_owned()];
    let asked = Asked { subject, references: &references, pad: false, listed: true };
    measure::pool(threads).install(|| {
        let agreed = agree(&asked, &known, &options).expect("nobody interrupts");
        assert_eq!(agreed.failed, None);
        let document = EntityAgreement::of(&agreed);
        let look = LookOptions {
            wanted: WANTED,
            reveal: false,
            lang: Lang::En,
            interrupted: options.interrupted,
            progress: &Silent,
        };
        let mut lines = Vec::new();
        for listed in agreed.into_listed(false) {
            let mut take = |row: &_| {
                lines.push(format!("{row:?}"));
                Ok(())
            };
            listed.bring(&mut take, &look).expect("nothing changes");
        }
        (document, lines)
    })
}

fn database(number: usize) -> Database {
    let rules = format!(
        "thuocdo: 1\ndatabase: d{number}\ntables:\n  t:\n    files: d{number}.csv\n    allow_empty: true\n    columns: {{ so: {{ role: person_id }}, \
         ten: {{ role: person_name }}, tinh: {{ role: province }} }}\n"
    );
    measure::database(&rules, Path::new(".")).unwrap_or_else(|said| panic!("{said}"))
}

/// A row: whom it is about, the name and the province, either of which may be lacking.
type Row = (u8, Option<u8>, Option<u8>);

fn rows() -> impl Strategy<Value = Vec<Vec<Row>>> {
    let row = (0..8_u8, prop::option::weighted(0.8, 0..3_u8), prop::option::weighted(0.8, 0..2_u8));
    prop::collection::vec(prop::collection::vec(row, 0..12), 2..6)
}

fn write(folder: &Path, databases: &[Vec<Row>]) {
    for (number, rows) in databases.iter().enumerate() {
        let mut text = "so,ten,tinh\n".to_owned();
        for (who, name, province) in rows {
            let name = name.map_or("", |name| ["An", "Bình", "Chi"][usize::from(name)]);
            let province = province.map_or("", |province| ["01", "79"][usize::from(province)]);
            // Some identifiers are no digits, so that keys come in both forms.
            let who =
                if *who == 7 { "X7".to_owned() } else { format!("{:012}", u64::from(*who) + 1_000_000_000) };
            writeln!(text, "{who},{name},{province}").expect("a line");
        }
        fs::write(folder.join(format!("d{number}.csv")), text).expect("an extract");
    }
}

/// What a database says of somebody: nothing, one thing or several.
fn said(rows: &[Row], who: u8, of: fn(&Row) -> Option<u8>) -> Option<BTreeSet<u8>> {
    let own: Vec<&Row> = rows.iter().filter(|row| row.0 == who).collect();
    (!own.is_empty()).then(|| own.into_iter().filter_map(of).collect())
}

/// The same by counting: overlap, standings, and for each attribute unanimous, majority, undecided, then for each pair
/// agree, disagree, lacking, unknown.
fn model(databases: &[Vec<Row>]) -> (Vec<u64>, [u64; 5], Vec<Vec<u64>>) {
    let fields: [fn(&Row) -> Option<u8>; 2] = [|row| row.1, |row| row.2];
    let mut overlap = vec![0; databases.len()];
    let mut standings = [0; 5];
    let pairs = databases.len() * (databases.len() - 1) / 2;
    let mut counts = vec![vec![0; 3 + 4 * pairs]; 2];
    for who in 0..8 {
        let known = databases.iter().filter(|rows| rows.iter().any(|row| row.0 == who)).count();
        if known == 0 {
            continue;
        }
        overlap[known - 1] += 1;
        let (mut conflict, mut unknown, mut any) = (false, false, false);
        for (field, counts) in fields.iter().zip(&mut counts) {
            let all: Vec<Option<BTreeSet<u8>>> =
                databases.iter().map(|rows| said(rows, who, *field)).collect();
            let mut at = 3;
            for a in 0..all.len() {
                for b in a + 1..all.len() {
                    if let (Some(a), Some(b)) = (&all[a], &all[b]) {
                        let class = match (a.len(), b.len()) {
                            (0, _) | (_, 0) => 2,
                            (1, 1) => usize::from(a != b),
                            _ => 3,
                        };
                        counts[at + class] += 1;
                    }
                    at += 4;
                }
            }
            let several = all.iter().flatten().filter(|said| said.len() > 1).count();
            let votes: Vec<u8> =
                all.iter().flatten().filter(|said| said.len() == 1).flatten().copied().collect();
            unknown |= several > 0 && several + votes.len() > 1;
            let mut by: BTreeMap<u8, usize> = BTreeMap::new();
            votes.iter().for_each(|vote| *by.entry(*vote).or_default() += 1);
            let most = by.values().max().copied().unwrap_or_default();
            if votes.len() > 1 {
                let outcome = if most == votes.len() {
                    0
                } else if 2 * most > votes.len() {
                    1
                } else {
                    2
                };
                counts[outcome] += 1;
                any |= outcome == 0;
                conflict |= outcome > 0;
            }
        }
        if known > 1 {
            standings[0] += 1;
            let class = if conflict {
                2
            } else if unknown {
                3
            } else if any {
                1
            } else {
                4
            };
            standings[class] += 1;
        }
    }
    (overlap, standings, counts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// However much memory there is and however many threads: what a plain model says, to the byte.
    #[test]
    fn any_databases_are_counted_as_by_a_plain_model(rows in rows(), threads in select(vec![1_usize, 3])) {
        let folder = TempDir::new().expect("a folder");
        write(folder.path(), &rows);
        let databases: Vec<Database> = (0..rows.len()).map(database).collect();
        let (found, lines) = compared(&databases, folder.path(), threads, &Budget::unlimited());
        let (overlap, standings, counts) = model(&rows);
        let told: Vec<u64> = found.overlap.iter().map(|it| it.entities).collect();
        prop_assert_eq!(told, overlap);
        let it = &found.summary;
        prop_assert_eq!([it.shared, it.agreeing, it.conflicting, it.unknown, it.nothing_compared], standings);
        for (at, id) in ["person_name", "province"].into_iter().enumerate() {
            let attribute = found.attributes.iter().find(|it| it.attribute == id).expect("the attribute");
            let mut told = vec![attribute.unanimous, attribute.majority, attribute.undecided];
            for pair in found.pairs.iter().filter(|it| it.attribute == id) {
                told.extend([pair.agree, pair.disagree, pair.lacking, pair.unknown]);
            }
            prop_assert_eq!(&told, &counts[at]);
            let dissenters: u64 = attribute.dissenters.values().sum();
            prop_assert_eq!(dissenters, attribute.majority);
        }
        let scratch = Unnamed::default();
        let again = compared(&databases, folder.path(), 4 - threads, &Budget::new(64, &scratch));
        prop_assert_eq!((&again.0, &again.1), (&found, &lines));
        if rows.iter().map(Vec::len).sum::<usize>() > 0 {
            prop_assert!(scratch.made() > 0, "keys went to disk");
        }
    }
}
