//! Broken, hostile and merely odd inputs: every one is named, none takes the run down, none passes for good data.

use std::io::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, Int64Builder, ListBuilder, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression as PageCompression;
use parquet::file::properties::WriterProperties;

use tempfile::TempDir;

use crate::measure;
use crate::stage::{Run, Stage};

const RULES: &str = r#"thuocdo: 1
database: d
tables:
  t:
    files: "t.csv"
    key: [id]
    columns:
      id: text
      ten: text
    rules:
      - { id: co-ten, not_null: ten }
      - { id: khoa, unique: [id] }
"#;

fn csv(content: impl AsRef<[u8]>) -> Run {
    Stage::new(RULES).file("t.csv", content).json()
}

fn file(name: &str, content: impl AsRef<[u8]>) -> Run {
    Stage::new(RULES.replace("t.csv", name)).file(name, content).json()
}

#[track_caller]
fn expect(run: &Run, code: i32, messages: &[&str]) {
    assert_eq!(run.code, Some(code), "{}", run.said());
    assert!(!run.err.contains("panicked"), "{}", run.err);
    for message in messages {
        assert!(run.said().contains(message), "`{message}` is not in\n{}", run.said());
    }
}

#[test]
fn a_table_without_files() {
    let run = Stage::new(RULES).json();
    expect(&run, 3, &["no file matches `t.csv`", "required table `t` is missing"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "missing_table");
    assert_eq!(run.rule("t", "co-ten")["points"], "0.000000");

    let optional = RULES.replace("key: [id]", "required: false");
    let run = Stage::new(optional).json();
    expect(&run, 0, &[]);
    assert_eq!(run.rule("t", "co-ten")["status"], "na");
}

#[test]
fn no_rows_and_no_bytes() {
    let run = csv("id,ten\n");
    expect(&run, 3, &["the table has no rows"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "empty");
    expect(&csv(""), 3, &["the file is empty"]);
    expect(&csv("\n\n"), 3, &["the file is empty"]);
    let allowed = RULES.replace("key: [id]", "allow_empty: true");
    expect(&Stage::new(allowed).file("t.csv", "id,ten\n").json(), 0, &[]);
}

#[test]
fn missing_columns() {
    let run = csv("id,ho\n1,An\n2,Lê\n");
    expect(&run, 3, &["the extract has no column `ten`"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "missing_input");
    assert_eq!(run.counts("t", "co-ten"), [0, 2, 0, 0]);
    assert_eq!(run.counts("t", "khoa"), [2, 0, 0, 0]);
    let run = csv("id,tenn\n1,An\n");
    expect(&run, 3, &["the extract has no column `ten`; did you mean its column 2?"]);
    assert!(!run.said().contains("tenn"), "nobody knows whether a header is one");

    let optional = RULES.replace("ten: text", "ten: { required: false }");
    let run = Stage::new(optional).file("t.csv", "id\n1\n").json();
    expect(&run, 0, &[]);
    assert_eq!(run.rule("t", "co-ten")["status"], "na");
    assert_eq!(run.table("t")["clean"], 1);
}

#[test]
fn ragged_rows_and_open_quotes() {
    let run = csv("id,ten\n1,An\n2\n3,Lê,thừa\n");
    expect(&run, 3, &["the row has fewer fields than the header", "the row has more fields than the header"]);
    assert_eq!(run.counts("t", "co-ten"), [1, 0, 0, 2]);
    let run = csv("id,ten\n1,An\n2,\"Lê\n3,Chi\n");
    expect(&run, 3, &["a quote is opened and never closed"]);
    assert_eq!(run.counts("t", "co-ten"), [2, 0, 0, 1]);
    expect(&csv("id,ten\n1,\"An\" Lê\n"), 3, &["text follows a closing quote"]);
}

#[test]
fn bytes_that_are_no_text() {
    let run = csv(b"id,ten\n1,A\0n\n2,L\xea\n3,Chi\n");
    expect(&run, 0, &["the row has NUL characters", "the row has bytes that are not UTF-8", "(row 2)"]);
    assert_eq!(run.counts("t", "co-ten"), [3, 0, 0, 0]);
    let run = csv("\u{feff}id,ten\n1,An\n");
    expect(&run, 0, &["the file starts with a byte-order mark"]);
    assert_eq!(run.counts("t", "khoa"), [1, 0, 0, 0]);
    let utf16: Vec<u8> = "\u{feff}id,ten\n1,An\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect(&csv(utf16), 3, &["the file is UTF-16 text"]);
}

#[test]
fn line_ends_may_be_mixed() {
    let run = csv("id,ten\r\n1,An\n2,Lê\r3,Chi\r\n\r\n4,Bình");
    expect(&run, 0, &["there is a blank line"]);
    assert_eq!(run.counts("t", "khoa"), [4, 0, 0, 0]);
}

#[test]
fn headers_that_repeat_a_name() {
    let run = csv("id,ten,ten,\n1,An,Lê,\n");
    expect(&run, 3, &["several columns have one name (columns 2, 3)", "no name for column 4"]);
    assert_eq!(run.counts("t", "co-ten"), [0, 0, 0, 1], "nobody knows which `ten` is meant");
    assert_eq!(run.counts("t", "khoa"), [1, 0, 0, 0]);

    let two = Stage::new(RULES.replace("t.csv", "t_*.csv"));
    let run = two.file("t_1.csv", "id,ten,ten\n1,An,\n").file("t_2.csv", "id,ten\n2,Lê\n").json();
    assert_eq!(run.counts("t", "co-ten"), [1, 0, 0, 1], "the other file is sound");
    expect(&run, 3, &[]);

    let twice = parquet(people().into_iter().chain([people().remove(1)]).collect());
    let run = file("t.parquet", twice);
    expect(&run, 3, &["several columns have one name"]);
    assert_eq!(run.counts("t", "co-ten"), [0, 0, 0, 500]);
}

/// Two files of which one is sound; nothing is known of the whole unless the other was read.
fn beside(name: &str, content: impl AsRef<[u8]>) -> Run {
    Stage::new(RULES.replace("t.csv", "t*")).file("t1.csv", "id,ten\n1,An\n").file(name, content).json()
}

#[test]
fn what_a_glob_matches_is_never_left_out() {
    let run = beside("t2.json", "{\"id\":2,\"ten\":\"Lê\"}\n");
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "co-ten"), [2, 0, 0, 0], "told by its content");
    expect(&beside("t2.dat", "id,ten\n2,Lê\n"), 0, &[]);
    expect(&beside("t2", "id,ten\n2,Lê\n"), 0, &[]);

    let run = beside("t2.xlsx", b"PK\x03\x04 a workbook");
    expect(&run, 3, &["`t2.xlsx`: the file is of no known kind (ZIP", "narrow the table's `files`"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "error");
    assert_eq!(run.rule("t", "co-ten")["points"], "0.000000");
    assert!(run.table("t")["clean"].is_null());
    let only = Stage::new(RULES.replace("t.csv", "t*")).file("t2.xlsx", b"PK\x03\x04").json();
    expect(&only, 3, &["`t2.xlsx`: the file is of no known kind"]);
    assert!(!only.said().contains("no file matches"), "{}", only.said());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_makes_a_table_incomplete() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let incomplete = |pattern: &str, spoil: &dyn Fn(&std::path::Path), message: &str| {
        let rules = RULES.replace("t.csv", pattern);
        let stage = Stage::new(rules).file("t1.csv", "id,ten\n1,An\n");
        spoil(&stage.data());
        let run = stage.json();
        expect(&run, 3, &[message]);
        assert_eq!(run.rule("t", "co-ten")["status"], "error", "{pattern}");
        assert_eq!(run.rule("t", "co-ten")["points"], "0.000000", "{pattern}");
        assert!(run.table("t")["clean"].is_null(), "{pattern}");
    };
    let link = |data: &std::path::Path| symlink("nowhere", data.join("t2.csv")).expect("a link");
    incomplete("t*", &link, "`t2.csv`: this is a link to a file that does not exist");
    let share = |data: &std::path::Path| symlink("nowhere", data.join("share")).expect("a link");
    incomplete("**/*.csv", &share, "the directory `share` cannot be read");
    let pipe = |data: &std::path::Path| {
        let made = std::process::Command::new("mkfifo").arg(data.join("t2.csv")).status();
        assert!(made.expect("mkfifo runs").success());
    };
    incomplete("t*.csv", &pipe, "`t2.csv`: this is not a regular file");
    let strange = |data: &std::path::Path| {
        let name = std::ffi::OsStr::from_bytes(b"t\xff.csv");
        std::fs::write(data.join(name), "id,ten\n2,\n").expect("a file");
    };
    incomplete("t*.csv", &strange, "has a name that is not UTF-8");
    let deep = |data: &std::path::Path| {
        std::fs::create_dir_all(data.join("x/".repeat(70))).expect("directories");
    };
    incomplete("**/*.csv", &deep, "levels deep and is not looked into");

    // An administrator may read everything.
    let closed = |data: &std::path::Path| {
        let folder = data.join("closed");
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o000)).expect("its mode is set");
    };
    let probe = Stage::new(RULES);
    closed(&probe.data());
    if std::fs::read_dir(probe.data().join("closed")).is_err() {
        incomplete("**/*.csv", &closed, "the directory `closed` cannot be read");
    }

    let optional = RULES.replace("t.csv", "share/*.csv").replace("key: [id]", "required: false");
    let stage = Stage::new(optional);
    symlink("nowhere", stage.data().join("share")).expect("a link");
    let run = stage.json();
    expect(&run, 3, &["the directory `share` cannot be read"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "error", "not absent: unknown");
}

#[test]
fn a_file_without_its_header_gives_nothing_away() {
    let two = RULES.replace("t.csv", "t*.csv");
    let secrets = ["001099012345", "Nguyễn Bí Mật"];
    let first_row = "001099012345,Nguyễn Bí Mật,tem\n2,Lê,x\n";
    let alone = Stage::new(&two).file("t1.csv", first_row);
    let beside = Stage::new(&two).file("t1.csv", first_row).file("t2.csv", "id,ten\n1,An\n");
    let schema = two.replace("unique: [id]", "schema: { closed: true }");
    let schema = Stage::new(schema).file("t1.csv", first_row).file("t2.csv", "id,ten\n1,An\n");
    for stage in [alone, beside, schema] {
        for (lang, says) in [("en", "looks like a file without a header line"), ("vi", "thiếu dòng tiêu đề")]
        {
            for format in ["json", "term"] {
                let run = stage.run(&["--format", format, "--lang", lang]);
                assert_eq!(run.code, Some(3), "{}", run.said());
                if format == "json" {
                    assert!(run.said().contains(says), "{}", run.said());
                }
                for secret in secrets {
                    assert!(!run.said().contains(secret), "`{secret}` is shown\n{}", run.said());
                }
            }
        }
    }
    let keys = Stage::new(RULES.replace("t.csv", "t*.ndjson"))
        .file("t1.ndjson", "{\"id\":1,\"ten\":\"An\",\"001099012345\":\"Nguyễn Bí Mật\"}\n")
        .file("t2.ndjson", "{\"id\":2,\"ten\":\"Lê\"}\n");
    let run = keys.json();
    expect(&run, 3, &["`t2.ndjson` lacks columns that other files of the table have: 0010******45#3"]);
    assert!(!run.said().contains("001099012345"), "{}", run.said());
    let run = keys.run(&["--format", "json", "--reveal"]);
    expect(&run, 3, &["have: 001099012345"]);
}

#[test]
fn keys_of_json_that_come_late() {
    let mut lines = "{\"id\":0}\n".to_owned();
    for id in 1..30_000 {
        lines += &format!("{{\"id\":{id}}}\n");
    }
    lines += "{\"id\":30000,\"ten\":\"An\"}\n";
    let run = file("t.ndjson", lines);
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "co-ten"), [1, 30_000, 0, 0]);
}

#[test]
fn figures_of_few_persons_are_masked() {
    let rules = r#"thuocdo: 1
database: d
tables:
  t:
    files: "t.csv"
    columns: { luong: { type: integer, pii: sensitive }, ngay: { type: date, pii: basic }, diem: integer }
    rules:
      - { id: mean, aggregate: { column: luong, function: mean, max: 1 } }
      - { id: sum, aggregate: { column: luong, function: sum, max: 1 } }
      - { id: ngay, heartbeat: { column: ngay, cycle: 1d } }
      - { id: diem, aggregate: { column: diem, function: mean, max: 1 } }
"#;
    let figure = |run: &Run, id: &str| run.rule("t", id)["figures"][0]["value"].as_str().map(str::to_owned);
    let rows = |n: usize| "luong,ngay,diem\n".to_owned() + &"7712345,2026-11-20,5\n".repeat(n);
    let few = Stage::new(rules).file("t.csv", rows(9));
    let run = few.json();
    let shown = ["mean", "sum", "ngay", "diem"].map(|id| figure(&run, id).expect("a figure"));
    assert_eq!(shown, ["****", "****", "****", "5"]);
    assert!(!run.said().contains("7712345"), "{}", run.said());
    let run = few.run(&["--format", "json", "--reveal"]);
    assert_eq!(figure(&run, "mean").as_deref(), Some("7712345"));
    let run = Stage::new(rules).file("t.csv", rows(10)).json();
    assert_eq!(figure(&run, "mean").as_deref(), Some("7712345"));
}

#[test]
fn code_lists_leave_their_hash_and_say_what_is_wrong() {
    let rules = RULES.replace("tables:", "code_lists: { ten: ten.csv#ma }\ntables:");
    let list = "ma,ghi chú\nAn,001099012345\n";
    let stage = Stage::new(&rules).file("t.csv", "id,ten\n1,An\n");
    std::fs::write(stage.path().join("ten.csv"), list).expect("the list is written");
    let lists = stage.json().card()["databases"][0]["code_lists"].clone();
    assert_eq!(lists[0]["name"], "ten");
    assert_eq!(lists[0]["path"], "ten.csv");
    assert_eq!(lists[0]["values"], 1);
    assert_eq!(lists[0]["blake3"], blake3::hash(list.as_bytes()).to_hex().to_string());

    std::fs::write(stage.path().join("ten.csv"), "An,001099012345\n").expect("the list is written");
    let run = stage.lint();
    expect(&run, 2, &["`ten.csv` has no column `ma`", "one of its 2 columns"]);
    assert!(!run.said().contains("001099012345"));
    std::fs::remove_file(stage.path().join("ten.csv")).expect("the list is removed");
    expect(
        &stage.lint(),
        2,
        &["`ten.csv` cannot be read: it does not exist", "relative to the folder of the rule file"],
    );
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let properties = WriterProperties::builder()
        .set_compression(PageCompression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("the batch is written");
    writer.close().expect("the footer is written");
    bytes
}

fn people() -> Vec<(&'static str, ArrayRef)> {
    let ids: Vec<String> = (0..500).map(|id| format!("{id:06}")).collect();
    let names: Vec<String> = (0..500).map(|id| format!("Nguyễn Văn {id}")).collect();
    vec![
        ("id", Arc::new(StringArray::from(ids)) as ArrayRef),
        ("ten", Arc::new(StringArray::from(names)) as ArrayRef),
    ]
}

#[test]
fn parquet_cut_off_or_overwritten() {
    let sound = parquet(people());
    let run = file("t.parquet", &sound);
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "co-ten")[0], 500);

    for length in [4, sound.len() / 2, sound.len() - 1] {
        let run = file("t.parquet", &sound[..length]);
        expect(&run, 3, &["not a readable Parquet file, or cut off"]);
        assert_eq!(run.rule("t", "co-ten")["points"], "0.000000");
    }
    let mut broken = sound.clone();
    broken[4..600].fill(0xff);
    let run = file("t.parquet", &broken);
    expect(&run, 3, &[]);
    assert!(run.said().contains("is damaged") || run.said().contains("not a readable"), "{}", run.said());
    assert_eq!(run.rule("t", "co-ten")["points"], "0.000000");
}

#[test]
fn a_column_of_a_type_that_rules_cannot_read() {
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_value([Some(1_i64), None]);
    lists.append_value([Some(2_i64)]);
    let bytes = parquet(vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
        ("ten", Arc::new(lists.finish()) as ArrayRef),
    ]);
    let run = file("t.parquet", bytes);
    expect(&run, 3, &["which rules cannot read"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "error");
    assert_eq!(run.counts("t", "khoa"), [2, 0, 0, 0]);
}

#[test]
fn half_a_gzip_file() {
    let mut text = "id,ten\n".to_owned();
    for id in 0..20_000_u64 {
        text += &format!("{id},{:x}\n", id.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("it is packed");
    let packed = encoder.finish().expect("it is packed");
    expect(&file("t.csv.gz", &packed), 0, &[]);
    let run = file("t.csv.gz", &packed[..packed.len() / 2]);
    expect(&run, 3, &["the gzip file is incomplete"]);
    assert_eq!(run.rule("t", "co-ten")["points"], "0.000000");
    assert!(run.table("t")["clean"].is_null());
}

#[test]
fn a_cell_of_ten_megabytes() {
    let long = "ă".repeat(5 << 20);
    let run = csv(format!("id,ten\n1,\"{long}\"\n2,An\n"));
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "co-ten"), [2, 0, 0, 0]);
}

#[test]
fn numbers_beyond_64_bits_and_days_that_do_not_exist() {
    let rules = r#"thuocdo: 1
database: d
tables:
  t:
    files: "t.csv"
    columns: { so: integer, ngay: { type: date, formats: ["%d/%m/%Y"] } }
    rules:
      - { id: so, type: so }
      - { id: khoang, in_range: { column: so, max: 9223372036854775807 } }
      - { id: ngay, type: ngay }
"#;
    let data = "so,ngay\n9223372036854775807,28/02/2026\n9223372036854775808,31/02/2026\n";
    let run = Stage::new(rules).file("t.csv", data).json();
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "so"), [2, 0, 0, 0]);
    assert_eq!(run.counts("t", "khoang"), [1, 1, 0, 0]);
    assert_eq!(run.counts("t", "ngay"), [1, 1, 0, 0]);
}

#[test]
fn garbage_beside_a_good_table() {
    let rules =
        format!("{RULES}  rac:\n    files: \"rac.parquet\"\n    rules:\n      - {{ id: co, not_null: a }}\n");
    let run = Stage::new(rules).file("t.csv", "id,ten\n1,An\n").file("rac.parquet", "rác rưởi").json();
    expect(&run, 3, &["the file is named as Parquet, but its content is something else"]);
    assert_eq!(run.counts("t", "co-ten"), [1, 0, 0, 0]);
    assert_eq!(run.rule("t", "co-ten")["points"], "100.000000");
    assert_eq!(run.rule("rac", "co")["points"], "0.000000");

    let two = RULES.replace("t.csv", "t_*.csv");
    let run =
        Stage::new(two).file("t_1.csv", "id,ten\n1,An\n").file("t_2.csv", b"PK\x03\x04 a workbook").json();
    expect(&run, 3, &["its content is ZIP"]);
    assert_eq!(run.rule("t", "co-ten")["status"], "error", "nobody knows what the other file holds");
    assert!(run.table("t")["clean"].is_null());
}

/// What is wrong with a rule file, and the text that is pointed at (`""`: no place is checked).
fn refused(rules: &str, pointed: &str, messages: &[&str]) {
    let run = Stage::new(rules).lint();
    assert_eq!(run.code, Some(2), "{rules}\n{}", run.said());
    assert!(!run.err.contains("panicked"), "{}", run.err);
    for message in messages {
        assert!(run.err.contains(message), "`{message}` is not in\n{}", run.err);
    }
    if !pointed.is_empty() {
        let at = rules.find(pointed).expect("the text is there");
        let line = rules[..at].matches('\n').count() + 1;
        let column = rules[..at].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = format!("rules.yaml:{line}:{column}");
        assert!(run.err.contains(&place), "`{place}` is not in\n{}", run.err);
    }
}

#[test]
fn misspelt_rule_files() {
    refused(
        &RULES.replace("columns:", "kolumns:"),
        "kolumns",
        &["unknown key `kolumns`", "did you mean `columns`?"],
    );
    refused(
        &RULES.replace("not_null:", "not_nul:"),
        "not_nul",
        &["unknown rule kind or attribute `not_nul`", "did you mean `not_null`?"],
    );
    refused(
        &RULES.replace("not_null: ten", "matches: { column: ten, format: vn.ccd }"),
        "vn.ccd",
        &["unknown format `vn.ccd`", "did you mean `vn.cccd`?"],
    );
    refused(
        &RULES.replace("not_null: ten", "not_null: tenn"),
        "tenn",
        &["the table declares no column `tenn`", "did you mean `ten`?"],
    );
    refused(
        &RULES.replace("ten: text", "ten: txet"),
        "txet",
        &["`txet` is not a column type", "did you mean `text`?"],
    );
    refused(
        &RULES.replace("ten: text", "ten: text\n      ten: date"),
        "ten: date",
        &["key `ten` appears twice in one map"],
    );
    refused(&RULES.replace("id: khoa", "id: co-ten"), "", &["rule id `co-ten` is used twice"]);
    refused("", "", &["the file is empty"]);
    refused(&RULES.replace("thuocdo: 1", "thuocdo: 2"), "2", &["language version 2 is not known"]);
}

#[test]
fn rules_that_make_no_sense() {
    refused(
        &RULES.replace("not_null: ten", "matches: { column: ten, regex: '[0-9' }"),
        "'[0-9'",
        &["not a regular expression"],
    );
    refused(
        &RULES.replace("not_null: ten", "matches: { column: ten, regex: '((a{1,200}){1,200}){1,200}' }"),
        "'((a",
        &["the regular expression is too large"],
    );
    refused(
        &RULES.replace("not_null: ten", "in_range: { column: so, min: 5, max: 1 }"),
        "1 }",
        &["no value is between 5 and 1", "swap the two bounds?"],
    );
    refused(
        &RULES.replace("not_null: ten", "length: { column: ten, min: 3, max: 2 }"),
        "",
        &["no length is between 3 and 2"],
    );
    for (rule, said) in [
        ("aggregate: { column: ten, function: quantile, max: 1 }", "`q` is missing"),
        ("aggregate: { column: ten, function: quantile, q: 1.5, max: 1 }", "`q` is between 0 and 1"),
        ("aggregate: { column: ten, function: min, q: 0.5, max: 1 }", "`q` belongs to `quantile`"),
        ("aggregate: { column: ten, function: correlation, max: 1 }", "`with` is missing"),
        ("aggregate: { column: ten, function: stddev, max: 1 }", "a column of type `text` has no stddev"),
        ("aggregate: { column: so, function: mean }", "`min` or `max` is missing"),
        ("outliers: { column: so, method: iqr, threshold: 0 }", "`threshold` is a positive number"),
        ("digits: { column: so, test: benford, max_distance: x }", "`x` is not a number"),
        ("digits: { column: so, test: benford, max_distance: 2 }", "`max_distance` is between 0 and 1"),
        ("value_set: { column: so, relation: subset }", "`values` or `code_list` is missing"),
        ("value_set: { column: so, values: [a], relation: top }", "`n` is missing"),
        ("value_set: { column: so, code_list: khong_co, relation: equal }", "no code list `khong_co`"),
        ("consistent: { column: ten, by: tone }", "`tone` is not a way of writing"),
        ("distribution: { column: so, baseline: goc.csv, test: tvd, max: 1 }", "the file does not exist"),
        ("distribution: { column: so, baseline: {}, test: tvd, max: 1 }", "the baseline is empty"),
        ("distribution: { column: so, baseline: { a: -1 }, test: tvd, max: 1 }", "the count of entry 1"),
        (
            "distribution: { column: so, baseline: { a: 1, a: 2 }, test: tvd, max: 1 }",
            "key `a` appears twice",
        ),
        ("distribution: { column: ten, baseline: { a: 1 }, test: ks, max: 1 }", "texts have no order"),
        (
            "distribution: { column: so, baseline: { 1: 1, 1.0: 1 }, test: ks, max: 1, bins: [1] }",
            "two entries of the baseline or of `bins` are the same value",
        ),
        (
            "distribution: { column: so, baseline: { 2: 1 }, test: ks, max: 1, bins: [1] }",
            "edges that are not among `bins`",
        ),
    ] {
        refused(&RULES.replace("not_null: ten", rule), "", &[said]);
    }
    refused(&RULES.replace("not_null: ten", "expect: \"ten = (SELECT 1)\""), "SELECT 1", &["subquery"]);
    for (rule, message) in [
        ("filled: { columns: [ten, so], min: 3 }", "there are only 2 columns"),
        ("filled: { columns: [ten, so], min: 0 }", "every row has between 0 and 2 values"),
        ("distinct_within: [ten, ten]", "`ten` is named twice"),
        ("missingness: { columns: [ten, so] }", "`together: true` or `reasons` is missing"),
        ("compare: { left: so, op: \"<\" }", "one of `right` and `value` is needed"),
        ("compare: { left: so, op: \"<\", value: 1, relative: 2 }", "`relative` is a number between 0 and 1"),
        ("compare: { left: so, op: \"<\", value: 1, plus: 1y }", "neither a number nor a length of time"),
        ("letter_case: { column: ten, case: titel }", "did you mean `title`?"),
        ("charset: { column: ten, allow: [latin, digit] }", "did you mean `digits`?"),
        ("precision: { column: so }", "`digits` or `decimals` is missing"),
        ("id_agrees: { column: ten }", "nothing to compare"),
        ("detected_type: { column: ten, is: date, formats: [\"%d/%m/%y\"] }", "leaves the century open"),
        ("json: { column: ten, schema: { type: txet } }", "not a JSON Schema, at `/type`"),
        ("json: { column: ten, schema: { pattern: \"(?=a)\" } }", "not a JSON Schema, at `/pattern`"),
        (
            "json: { column: ten, schema: { $schema: \"http://json-schema.org/draft-07/schema#\" } }",
            "2020-12",
        ),
        (
            "json: { column: ten, schema: { $ref: \"https://example.com/a.json\" } }",
            "something outside of itself",
        ),
        ("json: { column: ten, schema: { $ref: \"file:///etc/passwd\" } }", "something outside of itself"),
        ("json: { column: ten, schema: { $ref: other.json } }", "something outside of itself"),
        ("json: { column: ten, schema: absent.json }", "`absent.json` cannot be read"),
    ] {
        refused(&RULES.replace("not_null: ten", rule), "", &[message]);
    }
}

#[test]
fn code_lists_that_do_not_fit_their_rules() {
    let rules = |list: &str, arguments: &str| {
        RULES
            .replace("tables:", &format!("code_lists:\n  xa: {list}\ntables:"))
            .replace("not_null: ten", &format!("in_set: {{ column: ten, {arguments} }}"))
    };
    let commune = "{ builtin: vn.commune }";
    refused(
        &rules(commune, "code_list: xa, where: { parent_cod: id }"),
        "parent_cod",
        &["code list `xa` has no attribute `parent_cod`", "did you mean `parent_code`?"],
    );
    refused(&rules(commune, "code_list: xa, where: { name: [id] }"), "", &["expected a text, found a list"]);
    refused(
        &rules("[a, b]", "code_list: xa, valid_at: id"),
        "id }",
        &["`valid_at` needs a code list that says when its codes are in force", "valid_from"],
    );
    refused(&rules(commune, "values: [a], where: { name: id }"), "", &["`where` needs a `code_list`"]);
    refused(&rules(commune, "forbidden: [a], where: { name: id }"), "", &["`where` needs a `code_list`"]);
    refused(
        &rules(commune, "code_list: xa, valid_at: idd, where: { name: tenn }"),
        "",
        &["the table declares no column `idd`", "the table declares no column `tenn`"],
    );
    refused(
        &rules(commune, "forbidden: [a], forbidden_list: xa"),
        "",
        &["`forbidden` and `forbidden_list` exclude each other"],
    );
    refused(&rules(commune, "forbidden_list: ax"), "ax", &["no code list `ax` in this file"]);
    refused(&rules(commune, "ignore_case: true"), "", &["`values`, `code_list` or `forbidden` is missing"]);
    refused(
        &rules("{ builtin: vn.comune }", "code_list: xa, valid_at: id, where: { name: ten }"),
        "vn.comune",
        &["no built-in code list `vn.comune`", "did you mean `vn.commune`?"],
    );
}

/// What a run says must not depend on when a list was saved.
#[test]
fn a_code_list_that_changes_during_the_run() {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("t.csv", "id,ten\n1,a\n2,b\n");
    write("xa.csv", "ma\na\nb\n");
    let rules = RULES
        .replace("tables:", "code_lists:\n  xa: xa.csv#ma\ntables:")
        .replace("not_null: ten", "in_set: { column: ten, code_list: xa }");
    let database = measure::database(&rules, folder.path()).expect("rules");
    let status = || {
        let card = measure::score(&database, folder.path(), "2026-11-21", 2);
        let table = measure::table(&card, "t");
        let rule = |id: &str| {
            let rule = table.rules.iter().find(|rule| rule.id == id).expect("the rule");
            let status = serde_json::to_value(rule.status).expect("a word");
            (status, rule.note.as_ref().map(|note| note.en.clone()).unwrap_or_default())
        };
        (rule("co-ten"), rule("khoa"))
    };
    let measured = (serde_json::json!("measured"), String::new());
    assert_eq!(status(), (measured.clone(), measured.clone()));
    write("xa.csv", "ma\na\nc\n");
    let note = "the file of code list `xa` changed while the run went on".to_owned();
    assert_eq!(status(), ((serde_json::json!("error"), note), measured));
}

#[test]
fn all_errors_at_once() {
    let rules = RULES
        .replace("key: [id]", "tier: 7")
        .replace("ten: text", "ten: txet")
        .replace("not_null:", "not_nul:")
        .replace("unique: [id]", "matches: { column: id, regex: '(' }");
    refused(
        &rules,
        "",
        &["tier 7 is not 1, 2 or 3", "`txet` is not a column type", "`not_nul`", "not a regular expression"],
    );
}

#[test]
fn hostile_rule_files() {
    let deep = format!("thuocdo: 1\ndatabase: d\ntables: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    refused(&deep, "", &["not a readable YAML document: it nests deeper than 40 levels", "rules.yaml:3:"]);
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..15 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{below}]\n");
    }
    refused(&bomb, "", &["not a readable YAML document"]);
    refused("x: 1\na: [1, 2", "[1", &["not a readable YAML document: unclosed bracket"]);
    let run = Stage::new(b"thuocdo: 1\ndatabase: \xff\n").lint();
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("it is not UTF-8 text (line 2, column 11)"), "{}", run.err);
    assert!(run.err.ends_with("\n1 error\n"), "no file was read: {}", run.err);
    refused(
        &RULES.replace("key: [id]", "text: { null_values: [NULL] }"),
        "NULL",
        &["expected a text, found nothing", "write \"NULL\"", "1 error in 1 file\n"],
    );
}

#[test]
fn a_regular_expression_cannot_be_made_to_run_for_ever() {
    let rules = RULES.replace("not_null: ten", "matches: { column: ten, regex: '(a+)+b' }");
    let value = "a".repeat(100_000);
    let run = Stage::new(rules).file("t.csv", format!("id,ten\n1,{value}\n2,{value}b\n")).json();
    expect(&run, 0, &[]);
    assert_eq!(run.counts("t", "co-ten"), [1, 1, 0, 0]);
}

#[test]
fn a_rule_file_of_five_megabytes() {
    let mut rules = RULES.to_owned();
    let mut number = 0;
    while rules.len() < 5 << 20 {
        rules +=
            &format!("      - {{ id: quy-tac-so-{number}, not_null: {{ column: ten }}, severity: minor }}\n");
        number += 1;
    }
    let run = Stage::new(&rules).lint();
    assert_eq!(run.code, Some(0), "{}", run.said().chars().take(2_000).collect::<String>());
    let count = thuocdo::report::number::count(number + 2, thuocdo::base::Lang::En);
    assert!(run.err.contains(&format!("1 file is sound: 1 database, 1 table, {count} rules")), "{}", run.err);
}

#[test]
fn no_personal_value_is_shown_unless_asked_for() {
    let rules = r#"thuocdo: 1
database: d
tables:
  t:
    files: "t.csv"
    key: [so]
    columns:
      so: { type: text, role: person_id }
      ten: { type: text, role: person_name }
      ngay: { type: date, role: birth_date }
      luong: { type: integer, pii: sensitive }
    rules:
      - { id: so, matches: { column: so, format: vn.cccd } }
      - { id: khoa, unique: so }
      - { id: lap, duplicate_rows: {} }
      - { id: ten, in_set: { column: ten, values: [Không Ai] } }
      - { id: sach, clean_text: ten }
      - { id: ngay, in_range: { column: ngay, max: as_of } }
      - { id: luong, in_range: { column: luong, max: 10 } }
      - { id: tong, expect: "CAST(ten AS integer) > luong" }
"#;
    let secrets =
        ["00109901234x", "Nguyễn  Bí Mật", "31/02/1987", "2031-07-09", "77123456", "Tý", "lạc dòng"];
    let data = "so,ten,ngay,luong\n\
                00109901234x,Nguyễn  Bí Mật,31/02/1987,77123456\n\
                00109901234x,Nguyễn  Bí Mật,31/02/1987,77123456\n\
                00109901234x,Tý,2031-07-09,77123456\n\
                00109901234x,Tý,2031-07-09,77123456,lạc dòng\n\
                00109901234x,\"Tý\n";
    let stage = Stage::new(rules).file("t.csv", data);
    for lang in ["vi", "en"] {
        for format in ["json", "term"] {
            let run = stage.run(&["--format", format, "--lang", lang]);
            assert_eq!(run.code, Some(3), "{}", run.said());
            for secret in secrets {
                assert!(
                    !run.said().contains(secret),
                    "`{secret}` is shown in {format}, {lang}\n{}",
                    run.said()
                );
            }
        }
    }
    let run = stage.run(&["--format", "json", "--reveal"]);
    assert!(run.out.contains("00109901234x") && run.out.contains("Nguyễn  Bí Mật"), "{}", run.out);
}
