//! Failing records and copies of the extracts: all of them, in order, whatever the number of threads, and no value that
//! is nobody's business.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use thuocdo::base::{Lang, Text};

use crate::measure;
use crate::stage::{Run, Stage, records, root, thuocdo};
use thuocdo::engine::{self, Budget, LookError, LookOptions, Portion, RowSink, RunOptions, Silent, Wanted};
use thuocdo::kind;
use thuocdo::rule::load;

/// Keys that are shared or absent, parents that are not there, groups, conditions that nobody can tell, damage.
const RULES: &str = r#"
thuocdo: 1
database: d
tables:
  parent:
    files: "parent.csv"
    key: [code]
    columns: { code: text }
    rules: [ { not_null: code } ]
  t:
    files: "t*.csv"
    tier: 3
    key: [id]
    columns: { id: { type: text, pii: none }, name: text, n: integer, at: date, until: date, parent: text, grp: text }
    rules:
      - { id: id-there, not_null: id }
      - { id: id-once, unique: [id] }
      - { id: name-there, not_null: name }
      - { id: name-clean, clean_text: name, severity: minor }
      - { id: n-range, in_range: { column: n, min: 0, max: 9 }, when: "grp <> 'free'" }
      - { id: parent-known, references: { columns: [parent], to: parent.code } }
      - { id: apart, no_overlap: { per: grp, from: at, to: until } }
      - { id: enough, row_count: { min: 1000 } }
"#;

const FIRST: &str = "id,name,n,at,until,parent,grp\n\
    1,An,5,2026-01-01,2026-01-05,p1,a\n\
    2,Bình  B,15,2026-01-03,2026-01-09,p1,a\n\
    2,Chi,7,2026-02-01,2026-02-05,p9,b\n\
    ,Dũng,1,2026-02-01,2026-02-05,p1,c\n\
    5,,20,2026-02-04,2026-02-05,,\n\
    6,Em,20\n\
    7,Giang,30,2026-03-01,2026-03-02,p2,free\n";
const SECOND: &str = "id,name,n,at,until,parent,grp\n\
    1,Hà,x,2026-01-04,2026-01-04,p2,a\n\
    9,\"I, \"\"J\"\"\n K\",1,2026-09-01,2026-09-02,p1,z\n\
    10,Khoa,1,2026-09-01,2026-09-02,p1,y";

fn stage() -> Stage {
    Stage::new(RULES).file("parent.csv", "code\np1\np2\n").file("t1.csv", FIRST).file("t2.csv", SECOND)
}

impl Stage {
    fn out(&self, name: &str) -> String {
        self.path().join(name).display().to_string()
    }
}

/// The records of a CSV file, the first of them the names.
fn csv(path: impl AsRef<Path>) -> Vec<Vec<String>> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    records(text.strip_prefix('\u{feff}').expect("a byte-order mark"))
}

fn column(records: &[Vec<String>], name: &str) -> Vec<String> {
    let at = records[0].iter().position(|own| own == name).unwrap_or_else(|| panic!("no column `{name}`"));
    records[1..].iter().map(|record| record[at].clone()).collect()
}

/// How many records name each rule.
fn named(records: &[Vec<String>]) -> BTreeMap<String, u64> {
    let mut named = BTreeMap::new();
    for rules in column(records, "rules") {
        for rule in rules.split("; ") {
            *named.entry(rule.to_owned()).or_default() += 1;
        }
    }
    named
}

/// Every rule that judges records is named by as many as it fails, and no other rule is.
fn assert_counts(run: &Run, folder: &Path) -> u64 {
    let mut compared = 0;
    for database in run.card()["databases"].as_array().expect("databases") {
        for table in database["tables"].as_array().expect("tables") {
            let path = folder.join(text(&database["id"])).join(format!("{}.csv", text(&table["id"])));
            let mut named = named(&csv(&path));
            for rule in table["rules"].as_array().expect("rules") {
                let (id, fail) = (text(&rule["id"]), rule["fail"].as_u64().expect("a count"));
                let judges = ["row", "cell", "key", "event"].contains(&text(&rule["unit"]).as_str());
                let expected = if judges { fail } else { 0 };
                assert_eq!(named.remove(&id).unwrap_or_default(), expected, "{id} ({})", rule["unit"]);
                compared += expected;
            }
            assert!(named.is_empty(), "{named:?}");
        }
    }
    compared
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn every_rule_is_named_by_as_many_records_as_fail_it() {
    let stage = stage();
    let out = stage.out("out");
    let run = stage.run(&["--format", "json", "--violations", &out]);
    assert_eq!(run.code, Some(3), "a row is damaged: {}", run.err);
    assert!(run.err.contains("t: 7 of 10 records fail some rule"), "{}", run.err);
    assert!(run.err.contains("parent: 0 of 2 records fail some rule"), "{}", run.err);
    assert!(assert_counts(&run, Path::new(&out)) > 10);
    let records = csv(stage.path().join("out/d/t.csv"));
    insta::assert_snapshot!(
        records.iter().map(|record| record.join(" | ").trim_end().to_owned()).collect::<Vec<_>>().join("\n"),
        @r"
    file | row | key.id | rules_broken | worst | rules | reasons | values | repair
    t1.csv | 1 | 1 | 2 | critical | id-once; apart | id-once: another row has the same values; apart: overlap |  |
    t1.csv | 2 | 2 | 4 | critical | id-once; name-clean; n-range; apart | id-once: another row has the same values; name-clean: double space; n-range: fails in_range; apart: overlap | name-clean: Bìn****; n-range: **** | name-clean: B****
    t1.csv | 3 | 2 | 2 | critical | id-once; parent-known | id-once: another row has the same values; parent-known: table `parent` has no such row |  |
    t1.csv | 4 |  | 1 | critical | id-there | id-there: null |  |
    t1.csv | 5 | 5 | 1 | major | name-there | name-there: null |  |
    t2.csv | 1 | 1 | 2 | critical | id-once; apart | id-once: another row has the same values; apart: overlap |  |
    t2.csv | 2 | 9 | 1 | minor | name-clean | name-clean: double space; control character | name-clean: I, **** | name-clean: I, ****
    "
    );
    assert_eq!(csv(stage.path().join("out/d/parent.csv")).len(), 1, "names and no record");
}

#[test]
fn examples_are_named_as_they_are_counted() {
    let mut compared = 0;
    for name in ["febrl", "flights", "game_revenue", "hospital", "small_table"] {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out").display().to_string();
        let rules = root().join(format!("rules/examples/{name}.yaml")).display().to_string();
        let data = root().join("fixtures").join(name).display().to_string();
        let run = thuocdo(&[
            "score",
            &rules,
            "--data",
            &data,
            "--as-of",
            "2026-11-21",
            "--format",
            "json",
            "--quiet",
            "--violations",
            &out,
        ]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{name}");
        compared += assert_counts(&run, Path::new(&out));
    }
    assert!(compared > 1000, "{compared} failures were compared");
}

/// Several files, one of them of several pieces, in each of which rows fail.
fn large() -> Stage {
    let mut stage = stage();
    let header = FIRST.lines().next().expect("names");
    for file in 3..9 {
        let rows = if file == 5 { 100_000 } else { 300 };
        let mut content = format!("{header}\n");
        for row in 0..rows {
            let (id, n) = (row % 99_500 + file, row % 13);
            content += &format!("{id},Người số {row},{n},2026-01-01,2026-01-02,p{},g{row}\n", row % 3);
        }
        stage = stage.file(&format!("t{file}.csv"), content);
    }
    stage
}

#[test]
fn threads_change_no_byte() {
    let stage = large();
    let run = |threads: &str, format: &str| {
        let (out, split) = (stage.out(&format!("out{threads}")), stage.out(&format!("split{threads}")));
        let more =
            ["--threads", threads, "--violations", &out, "--violations-format", format, "--split", &split];
        let run = stage.run(&[&more[..], &["--quiet", "--format", "json"]].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(3), ""), "a row is damaged");
        let mut files = vec![PathBuf::from(out).join(format!("d/t.{format}"))];
        for kind in ["clean", "dirty"] {
            files.extend((1..9).map(|n| PathBuf::from(&split).join(format!("d/t/{kind}/t{n}.csv"))));
        }
        files.into_iter().map(|file| fs::read(file).expect("a file")).collect::<Vec<_>>()
    };
    let one = run("1", "csv");
    assert!(one[0].len() > 500_000);
    for threads in ["2", "5"] {
        assert!(run(threads, "csv") == one, "{threads} threads, other bytes");
    }
    assert!(run("1", "parquet")[0] == run("3", "parquet")[0]);
    assert!(run("1", "xlsx")[0] == run("3", "xlsx")[0]);
}

/// A table in which every value of a person is a marker and fails every rule.
fn poisoned() -> Stage {
    let rules = r#"
thuocdo: 1
database: d
tables:
  t:
    files: "t.*"
    key: [id]
    columns:
      id: { type: text, pii: sensitive }
      name: { type: text, pii: basic }
      born: { type: date, pii: basic }
    rules:
      - unique: [id]
      - matches: { column: id, format: vn.cccd }
      - matches: { column: name, regex: "[a-z]+" }
      - in_set: { column: name, values: [a, b] }
      - clean_text: name
      - expect: "name = id"
      - in_range: { column: born, min: 1900-01-01, max: as_of }
      - determines: { from: id, to: [name] }
"#;
    let mut content = String::from("id,name,born\n");
    for n in 0..9 {
        content += &format!("KÝDANH{:04}X,KÝDANH{:04}  Y,KÝDANH{:04}Z\n", n / 2, 100 + n, 200 + n);
    }
    Stage::new(rules).file("t.csv", content)
}

#[test]
fn no_value_of_a_person_gets_out() {
    let stage = poisoned();
    for format in ["csv", "xlsx", "parquet"] {
        let said = |more: &[&str]| {
            let out = stage.out("out");
            let run = stage.run(&[&["--violations", &out, "--violations-format", format], more].concat());
            assert!(matches!(run.code, Some(0 | 3)), "{}", run.err);
            let file = stage.path().join(format!("out/d/t.{format}"));
            let content = match format {
                "csv" => fs::read_to_string(file).expect("a file"),
                "xlsx" => unzipped(&fs::read(file).expect("a file")).concat(),
                _ => format!("{:?}", parquet(&file)),
            };
            (run.said(), content)
        };
        let (said_masked, masked) = said(&[]);
        assert!(masked.contains("KÝD****"), "{format}: {masked}");
        for digits in (0..10).chain(100..110).chain(200..210).map(|n| format!("{n:04}")) {
            assert!(
                !masked.contains(&format!("KÝDANH{digits}")) && !said_masked.contains(&format!("H{digits}")),
                "{format}: {digits}"
            );
            assert!(!masked.contains(&format!("H{digits}")), "{format}: {digits}");
        }
        let (_, revealed) = said(&["--reveal"]);
        assert!(revealed.contains("KÝDANH0104  Y"), "{format}: {revealed}");
    }
}

/// The entries of a ZIP archive, by its central directory.
fn unzipped(archive: &[u8]) -> Vec<String> {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes].iter().rev().fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
    };
    let end =
        (0..archive.len() - 3).rev().find(|&at| archive[at..].starts_with(b"PK\x05\x06")).expect("an end");
    let (mut at, mut entries) = (number(end + 16, 4), Vec::new());
    for _ in 0..number(end + 10, 2) {
        let (method, packed, offset) = (number(at + 10, 2), number(at + 20, 4), number(at + 42, 4));
        let start = offset + 30 + number(offset + 26, 2) + number(offset + 28, 2);
        let bytes = &archive[start..start + packed];
        let mut text = String::new();
        match method {
            0 => text = String::from_utf8(bytes.to_vec()).expect("text"),
            _ => drop(
                flate2::read::DeflateDecoder::new(bytes).read_to_string(&mut text).expect("deflated text"),
            ),
        }
        entries.push(text);
        at += 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
    }
    entries
}

fn parquet(path: &Path) -> RecordBatch {
    let file = fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> =
        builder.build().expect("a reader").map(|batch| batch.expect("a batch")).collect();
    arrow::compute::concat_batches(&schema, &batches).expect("one schema")
}

#[test]
fn workbooks_hold_strings_and_numbers_and_no_formulas() {
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    key: [n, k]\n    \
                 columns: { n: { type: integer, pii: none }, k: { type: text, pii: none }, v: text }\n    rules: [ { not_null: v } ]\n";
    let stage =
        Stage::new(rules).file("t.csv", "n,k,v\n-5,\"=HYPERLINK(\"\"http://x\"\")\",\n7,+84912,\n8,@a,yes\n");
    let out = stage.out("out");
    let run = stage.run(&["--violations", &out, "--violations-format", "xlsx", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let book = unzipped(&fs::read(stage.path().join("out/d/t.xlsx")).expect("a workbook"));
    let sheet = book.iter().find(|entry| entry.contains("<sheetData")).expect("a sheet");
    assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "{sheet}");
    assert!(sheet.contains("<v>-5</v>") && sheet.contains("<v>7</v>"), "numbers are numbers: {sheet}");
    assert!(sheet.contains("=HYPERLINK(") && sheet.contains("+84912"), "{sheet}");
    assert!(!sheet.contains("@a"), "the third record fails nothing: {sheet}");
    let run = stage.run(&["--violations", &out, "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let records = csv(stage.path().join("out/d/t.csv"));
    assert_eq!(column(&records, "key.n"), ["-5", "7"]);
    assert_eq!(column(&records, "key.k"), ["'=HYPERLINK(\"http://x\")", "'+84912"]);
}

#[test]
fn a_program_reads_what_a_record_breaks_as_a_list() {
    let stage = stage();
    let out = stage.out("out");
    let run =
        stage.run(&["--violations", &out, "--violations-format", "parquet", "--lang", "vi", "--reveal"]);
    assert!(run.err.contains("t: 7 trên 10 bản ghi vi phạm quy tắc"), "{}", run.err);
    let batch = parquet(&stage.path().join("out/d/t.parquet"));
    let rows = batch["row"].as_primitive::<Int64Type>();
    let files = batch["file"].as_string::<i32>();
    let at =
        (0..batch.num_rows()).find(|&at| files.value(at) == "t1.csv" && rows.value(at) == 2).expect("row 2");
    let broken = batch["broken"].as_list::<i32>().value(at);
    let broken = broken.as_struct();
    let texts = |name: &str| -> Vec<Option<String>> {
        let texts = broken.column_by_name(name).expect("a field").as_string::<i32>();
        texts.iter().map(|text| text.map(str::to_owned)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(texts("rule"), ["id-once", "name-clean", "n-range", "apart"].map(some));
    assert_eq!(texts("value"), [None, some("Bình  B"), some("15"), None]);
    assert_eq!(texts("repaired")[1], some("Bình B"));
    assert_eq!(texts("reason")[0], some("có dòng khác trùng giá trị"));
    assert_eq!(batch["rules_broken"].as_primitive::<Int64Type>().value(at), 4);
}

/// The data lines of both copies.
fn copies(folder: &Path, name: &str) -> [String; 2] {
    ["clean", "dirty"].map(|kind| {
        let path = folder.join(kind).join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    })
}

#[test]
fn every_record_is_in_one_of_the_copies_as_it_was_written() {
    let stage = stage();
    let split = stage.out("split");
    let run = stage.run(&["--format", "json", "--split", &split]);
    assert_eq!(run.code, Some(3), "a row is damaged: {}", run.err);
    assert_eq!(run.table("t")["clean"].as_u64(), Some(3));
    assert!(run.err.contains("t: 3 of 10 records are clean"), "{}", run.err);
    let folder = stage.path().join("split/d/t");
    let [clean, dirty] = copies(&folder, "t2.csv");
    assert_eq!(
        [clean.as_str(), &dirty],
        [
            "id,name,n,at,until,parent,grp\n9,\"I, \"\"J\"\"\n K\",1,2026-09-01,2026-09-02,p1,z\n\
             10,Khoa,1,2026-09-01,2026-09-02,p1,y\n",
            "id,name,n,at,until,parent,grp\n1,Hà,x,2026-01-04,2026-01-04,p2,a\n",
        ]
    );
    let [clean, _] = copies(&folder, "t1.csv");
    assert_eq!(clean.lines().nth(1), Some("7,Giang,30,2026-03-01,2026-03-02,p2,free"));
    assert_eq!(clean.lines().count(), 2);
    for (name, content) in [("t1.csv", FIRST), ("t2.csv", SECOND)] {
        let [clean, dirty] = copies(&folder, name);
        let header = content.lines().next().expect("names");
        let body = |copy: &str| copy.strip_prefix(&format!("{header}\n")).expect("the same names").to_owned();
        let mut both: Vec<String> = (body(&clean) + &body(&dirty)).lines().map(str::to_owned).collect();
        let mut all: Vec<String> = content.lines().skip(1).map(str::to_owned).collect();
        both.sort();
        all.sort();
        assert_eq!(both, all, "{name}");
    }
}

#[test]
fn copies_keep_what_text_cannot_tell_and_types() {
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: [\"*.parquet\", \"*.ndjson\", \"*.csv.gz\", \"e.csv\"]\n    \
                 text: { null_values: [\"NULL\"] }\n    columns: { a: { type: text, placeholders: none } }\n    rules: [ { not_null: a } ]\n";
    let schema = Schema::new(vec![
        Field::new("a", DataType::Utf8, true),
        Field::new("n", DataType::Int64, false),
        Field::new("kept", DataType::LargeUtf8, true),
    ]);
    let numbers = arrow::array::Int64Array::from(vec![1, 2, 3]);
    let kept = arrow::array::LargeStringArray::from(vec![Some("x"), None, Some("")]);
    let texts = StringArray::from(vec![Some("đ"), None, Some("c")]);
    let schema = Arc::new(schema);
    let arrays: Vec<arrow::array::ArrayRef> = vec![Arc::new(texts), Arc::new(numbers), Arc::new(kept)];
    let batch = RecordBatch::try_new(schema.clone(), arrays).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    let lines = "{\"a\": 1.50, \"more\": {\"x\":[1]}}\n{\"more\":null}\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"a;b\r\n\"NULL\";\"\"\r\nNULL;\r\n;\"x;\r\ny\"").expect("packed");
    let stage = Stage::new(rules)
        .file("a.parquet", &bytes)
        .file("b.ndjson", lines)
        .file("c.csv.gz", packed.finish().expect("packed"))
        .file("e.csv", "a,b\n");
    let split = stage.out("split");
    let run = stage.run(&["--format", "json", "--split", &split]);
    assert!(run.err.contains("t: 4 of 8 records are clean"), "{}", run.err);
    let folder = stage.path().join("split/d/t");
    let [clean, dirty] = ["clean", "dirty"].map(|kind| parquet(&folder.join(kind).join("a.parquet")));
    assert_eq!(clean.schema().fields(), batch.schema().fields());
    assert_eq!(
        (clean, dirty),
        (
            arrow::compute::concat_batches(&batch.schema(), &[batch.slice(0, 1), batch.slice(2, 1)])
                .expect("a batch"),
            batch.slice(1, 1),
        )
    );
    let [first, second] = ["{\"a\": 1.50, \"more\": {\"x\":[1]}}\n", "{\"more\":null}\n"];
    assert_eq!(copies(&folder, "b.ndjson"), [first, second].map(str::to_owned));
    let [clean, dirty] = copies(&folder, "c.csv");
    assert_eq!(clean, "a;b\r\n\"NULL\";\"\"\r\n");
    assert_eq!(dirty, "a;b\r\nNULL;\r\n;\"x;\r\ny\"\n");
    assert_eq!(copies(&folder, "e.csv"), ["a,b\n", "a,b\n"].map(str::to_owned), "no rows");
}

#[test]
fn copies_are_for_their_owner_only() {
    let stage = stage();
    let (out, split) = (stage.out("out"), stage.out("split"));
    // What is there is replaced.
    fs::create_dir_all(stage.path().join("out/d")).expect("a folder");
    fs::write(stage.path().join("out/d/t.csv"), "old").expect("an old file");
    let run = stage.run(&["--violations", &out, "--split", &split, "--quiet"]);
    assert_eq!((run.code, run.err.as_str()), (Some(3), ""), "a row is damaged");
    assert!(csv(stage.path().join("out/d/t.csv")).len() > 1);
    #[cfg(unix)]
    for file in ["out/d/t.csv", "split/d/t/clean/t1.csv"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(stage.path().join(file)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn files_that_the_next_run_would_read_are_refused() {
    let stage = stage();
    let data = stage.data().display().to_string();
    let inside = stage.data().join("new/deeper").display().to_string();
    let around = stage.data().join("x/../../data/y").display().to_string();
    for flag in ["--violations", "--reconciled", "--split"] {
        for folder in [&data, &inside, &around] {
            let run = stage.run(&[flag, folder]);
            assert_eq!(run.code, Some(2), "{flag} {folder}: {}", run.said());
            assert!(
                run.err.contains("would lie in the directory of the extracts") && run.out.is_empty(),
                "{}",
                run.err
            );
        }
    }
    // A database named as the folder of the extracts.
    let stage = Stage::new(RULES.replace("database: d", "database: data")).file("parent.csv", "code\np\n");
    let run = stage.run(&["--split", &stage.path().display().to_string()]);
    assert_eq!(run.code, Some(2), "{}", run.said());
    let run = stage.run(&["--violations-format", "csv"]);
    assert_eq!(run.code, Some(2), "a format of nothing: {}", run.said());
}

#[test]
fn what_cannot_be_written_costs_no_scorecard() {
    let stage = stage();
    fs::write(stage.path().join("out"), "a file").expect("a file");
    let split = stage.out("split");
    let run = stage.run(&["--violations", &stage.out("out"), "--split", &split, "--format", "json"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(run.err.contains("cannot be written"), "{}", run.err);
    assert_eq!(run.table("t")["rows"].as_u64(), Some(10));
    assert!(!stage.path().join("split/d/t/clean/t1.csv").exists(), "all or nothing");
}

#[test]
fn torn_files_give_the_rows_that_they_have() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let lines: String =
        (0..200_000).map(|n| format!("{n},{}\n", if n % 2 == 0 { "" } else { "x" })).collect();
    std::io::Write::write_all(&mut packed, format!("id,v\n{lines}").as_bytes()).expect("packed");
    let packed = packed.finish().expect("packed");
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv.gz\n    key: [id]\n    \
                 columns: { id: text, v: text }\n    rules: [ { id: v, not_null: v }, { unique: [id] } ]\n";
    let stage = Stage::new(rules).file("t.csv.gz", &packed[..packed.len() / 2]);
    let (out, split) = (stage.out("out"), stage.out("split"));
    let run = stage.run(&["--violations", &out, "--split", &split, "--format", "json"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    let records = csv(stage.path().join("out/d/t.csv"));
    let [_, fail, ..] = run.counts("t", "v");
    assert_eq!((records.len() as u64 - 1, fail > 10_000), (fail, true));
    let [clean, dirty] =
        copies(&stage.path().join("split/d/t"), "t.csv").map(|copy| copy.lines().count() as u64 - 1);
    assert_eq!((clean + dirty, dirty), (run.table("t")["rows"].as_u64().expect("rows"), fail));
}

struct Counting(u64);

impl RowSink for Counting {
    fn take(&mut self, portion: &Portion) -> Result<(), Text> {
        if let Portion::Failing(rows) = portion {
            self.0 += rows.len() as u64;
        }
        Ok(())
    }
}

#[test]
fn a_file_that_changes_between_the_looks_is_noticed() {
    let stage = stage();
    let loaded = load::load(&[stage.rules()], kind::KINDS);
    let (data, budget) = (stage.data(), Budget::unlimited());
    let options = RunOptions { examples: 0, ..measure::options(&data, &budget) };
    let interrupted = AtomicBool::new(false);
    let look = LookOptions {
        wanted: Wanted { failing: true, records: true, reconciled: false },
        reveal: false,
        lang: Lang::En,
        interrupted: &interrupted,
        progress: &Silent,
    };
    let (_, judged) =
        engine::run_keeping_verdicts(&loaded.databases[0], &options).expect("nobody interrupts");
    let table = judged.iter().find(|table| table.table.id.value == "t").expect("the table");
    let mut all = Counting(0);
    let brought = table.second_look(&mut all, &look).expect("all rows");
    assert_eq!((brought.rows, brought.failing, brought.clean, all.0), (10, 7, 3, 7));
    for changed in [SECOND.replace("Khoa", "Khôi"), SECOND.replace(",y", ",y\n11,L,1,,,,"), FIRST.to_owned()]
    {
        fs::write(stage.data().join("t2.csv"), changed).expect("the extract is changed");
        match table.second_look(&mut Counting(0), &look) {
            Err(LookError::Lost(what)) => assert!(what.en.contains("`t2.csv`"), "{}", what.en),
            other => panic!("{other:?}"),
        }
    }
    fs::remove_file(stage.data().join("t2.csv")).expect("the extract is removed");
    assert!(matches!(table.second_look(&mut Counting(0), &look), Err(LookError::Lost(_))));
    fs::write(stage.data().join("t2.csv"), SECOND).expect("the extract is back");
    assert!(table.second_look(&mut Counting(0), &look).is_ok());
    interrupted.store(true, Ordering::Relaxed);
    assert!(matches!(table.second_look(&mut Counting(0), &look), Err(LookError::Interrupted)));
}

struct Full {
    panics: bool,
}

impl RowSink for Full {
    fn take(&mut self, _: &Portion) -> Result<(), Text> {
        assert!(!self.panics, "a defect of a writer");
        Err(Text::same("full"))
    }
}

#[test]
fn a_sink_that_refuses_ends_the_look_on_all_threads() {
    let stage = large();
    let loaded = load::load(&[stage.rules()], kind::KINDS);
    measure::pool(4).install(|| {
        let (data, budget) = (stage.data(), Budget::unlimited());
        let options = RunOptions { examples: 0, ..measure::options(&data, &budget) };
        let (_, judged) =
            engine::run_keeping_verdicts(&loaded.databases[0], &options).expect("nobody interrupts");
        let look = LookOptions {
            wanted: Wanted { failing: true, records: false, reconciled: false },
            reveal: false,
            lang: Lang::En,
            interrupted: options.interrupted,
            progress: &Silent,
        };
        let table = judged.iter().find(|table| table.table.id.value == "t").expect("the table");
        for panics in [false, true] {
            let outcome = table.second_look(&mut Full { panics }, &look);
            assert!(matches!(outcome, Err(LookError::Refused(_))), "{panics}");
        }
    });
}

#[test]
fn names_of_tables_lead_nowhere() {
    for name in ["../../data/c", "/tmp/c", "", ".."] {
        let rules = format!(
            "thuocdo: 1\ndatabase: d\ntables:\n  \"{name}\": {{ files: c.csv, rules: [{{ not_null: v }}] }}\n"
        );
        let stage = Stage::new(rules).file("c.csv", "id,v\n1,\n");
        let run = stage.run(&["--violations", &stage.path().join("out").display().to_string()]);
        assert_eq!(run.code, Some(2), "{name}: {}", run.out);
        assert_eq!(fs::read_to_string(stage.data().join("c.csv")).expect("the extract"), "id,v\n1,\n");
    }
}

#[test]
fn a_split_does_not_take_the_place_of_its_extract() {
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t: { files: c.csv, rules: [{ not_null: v, severity: critical }] }\n";
    let stage = Stage::new(rules).file("c.csv", "id,v\n1,a\n2,\n");
    let sorted = stage.path().join("sorted");
    let split = |data: &Path| {
        let path = |path: &Path| path.display().to_string();
        thuocdo(&["score", &path(&stage.rules()), "--data", &path(data), "--split", &path(&sorted)])
    };
    assert_eq!(split(&stage.data()).code, Some(0));
    let clean = sorted.join("d/t/clean");
    let before = fs::read(clean.join("c.csv")).expect("a copy");
    assert_eq!(split(&clean).code, Some(2));
    assert_eq!(fs::read(clean.join("c.csv")).expect("a copy"), before);
}

#[test]
fn keys_are_masked_unless_the_file_calls_them_public() {
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t: { files: c.csv, key: [so], columns: { so: text, v: text }, rules: [{ not_null: v }] }\n";
    let stage = Stage::new(rules).file("c.csv", "so,v\n001099012345,\n");
    let out = stage.out("out");
    let listed = |more: &[&str]| {
        let run = stage.run(&[&["--violations", &out], more].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        fs::read_to_string(stage.path().join("out/d/t.csv")).expect("a list")
    };
    assert!(!listed(&[]).contains("001099012345"));
    assert!(listed(&["--reveal"]).contains("001099012345"));
}
