//! `thuocdo package`: a good package is sound, however it is packed; every way of spoiling one is found. Hostile ZIPs are the
//! matter of `package_zips`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use thuocdo::engine::package::structure::ENVELOPE;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::stage::{Run, command, root, thuocdo};

/// Files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

const LIST: &str = "goi_tin.json";
const MESSAGES: &str = "thong_diep.ndjson";
const TABLE: &str = "danh_muc/loai_su_kien.csv";

fn fixture() -> PathBuf {
    root().join("fixtures/exchange_package")
}

/// The package that ships: everything in it is right.
pub fn good() -> Files {
    [LIST, MESSAGES, TABLE]
        .into_iter()
        .map(|path| (path.to_owned(), fs::read(fixture().join(path)).expect("a file")))
        .collect()
}

pub fn zipped(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(path.as_str(), SimpleFileOptions::default()).expect("a file");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What `sha256sum` writes of all files.
pub fn sums(files: &Files) -> Vec<u8> {
    let lines = files.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes)));
    lines.collect::<String>().into_bytes()
}

pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub fn at(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path.display().to_string()
    }

    /// A folder with these files.
    fn folder(&self, files: &Files) -> String {
        for (path, bytes) in files {
            self.write(&format!("goi/{path}"), bytes);
        }
        self.at("goi")
    }
}

pub fn run(arguments: &[&str]) -> Run {
    thuocdo(&[&["package", "--lang", "en"], arguments].concat())
}

pub fn report(path: &str, more: &[&str]) -> (Option<i32>, Value) {
    let run = run(&[&[path, "--format", "json"], more].concat());
    let report = serde_json::from_str(&run.out)
        .unwrap_or_else(|error| panic!("no report: {error}\n{}\n{}", run.out, run.err));
    (run.code, report)
}

/// Level, code and file of every finding.
pub fn findings(report: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let all = report["findings"].as_array().expect("findings").iter();
    all.map(|it| [text(&it["level"]), text(&it["code"]), text(&it["file"])]).collect()
}

/// What is more than a note.
fn serious(report: &Value) -> Vec<[String; 3]> {
    findings(report).into_iter().filter(|[level, ..]| level != "note").collect()
}

#[track_caller]
pub fn expect(path: &str, more: &[&str], code: i32, expected: &[[&str; 3]]) -> Value {
    let (found, report) = report(path, more);
    assert_eq!(serious(&report), expected, "{report:#}");
    assert_eq!(found, Some(code), "{report:#}");
    report
}

fn schema_of(of: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&thuocdo(&["schema", of]).out).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn a_good_package_is_sound_as_a_folder_and_as_a_zip() {
    let place = Place::new();
    let own = root().join("rules/examples/exchange_messages.schema.json").display().to_string();
    let folder = expect(&fixture().display().to_string(), &["--schema", &own], 0, &[]);
    let zip = expect(&place.write("goi.zip", zipped(&good())), &["--schema", &own], 0, &[]);
    assert_eq!((&folder["form"], &zip["form"]), (&json!("folder"), &json!("zip")));
    for field in ["files", "counts", "findings", "manifests", "schemas"] {
        assert_eq!(folder[field], zip[field], "{field}");
    }
    assert_eq!(folder["counts"]["messages"], json!({ "messages": 12, "wrong": 0, "unchecked": 0 }));
    assert_eq!((&folder["counts"]["files"], &folder["counts"]["listed"]), (&json!(3), &json!(2)));
    assert_eq!(findings(&folder), [["note", "left_to_score", ""]]);
    for file in folder["files"].as_array().expect("files") {
        let path = file["path"].as_str().expect("a path");
        assert_eq!(file["sha256"], sha256(&good()[path]), "{path}");
        assert_eq!(file["listed"], path != LIST);
    }
    let schema = schema_of("package");
    for report in [&folder, &zip] {
        assert!(schema.is_valid(report));
        let mut other = report.clone();
        other["verdict"] = json!("fine");
        assert!(!schema.is_valid(&other), "the schema refuses what it does not know");
    }
}

#[test]
fn pages_are_in_both_languages() {
    let path = fixture().display().to_string();
    let english = run(&[&path]);
    assert!(english.out.contains("sound") && english.out.contains("12 messages"), "{}", english.out);
    let vietnamese = thuocdo(&["package", &path, "--lang", "vi"]);
    assert!(vietnamese.out.contains("đạt") && vietnamese.out.contains("12 thông điệp"), "{}", vietnamese.out);
    let place = Place::new();
    let mut files = good();
    for at in 0..30 {
        files.insert(format!("thừa_{at:02}.csv"), Vec::new());
    }
    let page = thuocdo(&["package", &place.folder(&files), "--lang", "vi"]);
    assert_eq!(page.code, Some(5));
    assert!(page.out.contains("bác bỏ") && page.out.contains("… và 11 mục khác"), "{}", page.out);
    assert!(page.out.contains("thừa_18.csv") && !page.out.contains("thừa_19.csv"), "{}", page.out);
}

#[test]
fn every_change_of_a_file_is_found() {
    let wrong = |code: &'static str, file: &'static str| ["wrong", code, file];
    type Change = fn(&mut Files);
    let changes: [(Change, Vec<[&str; 3]>); 5] = [
        (
            |files| {
                let bytes = files.get_mut(TABLE).expect("the table");
                *bytes = String::from_utf8_lossy(bytes).replace("Khai", "khai").into_bytes();
            },
            vec![wrong("checksum", TABLE)],
        ),
        (
            |files| files.get_mut(TABLE).expect("the table").push(b'\n'),
            vec![wrong("size", TABLE), wrong("checksum", TABLE)],
        ),
        (|files| drop(files.remove(TABLE)), vec![wrong("missing", TABLE)]),
        (|files| drop(files.insert("them.csv".to_owned(), Vec::new())), vec![wrong("unlisted", "them.csv")]),
        (
            |files| drop(files.insert("goi/a.json".to_owned(), b"{".to_vec())),
            vec![wrong("unlisted", "goi/a.json"), wrong("not_json", "goi/a.json")],
        ),
    ];
    for (change, expected) in changes {
        let (place, mut files) = (Place::new(), good());
        change(&mut files);
        expect(&place.folder(&files), &[], 5, &expected);
        expect(&place.write("goi.zip", zipped(&files)), &[], 5, &expected);
    }
}

#[test]
fn lists_of_checksums_and_those_beside_the_package() {
    let place = Place::new();
    let mut files = good();
    files.remove(LIST);
    let list = sums(&files);
    let folder = place.folder(&files);
    // Nobody says what must be there.
    expect(&folder, &[], 3, &[["unknown", "no_manifest", ""]]);
    let beside = place.write("SHA256SUMS", &list);
    expect(&folder, &["--manifest", &beside], 0, &[]);
    // The same within; a signature of it cannot be listed in it.
    place.write("goi/SHA256SUMS", &list);
    place.write("goi/SHA256SUMS.minisig", "x");
    let report = expect(&folder, &[], 0, &[]);
    assert!(findings(&report).contains(&["note", "signature", "SHA256SUMS.minisig"].map(str::to_owned)));
    let inside = place.at("goi/SHA256SUMS");
    expect(&folder, &["--manifest", &inside], 0, &[]);
    files.insert("SHA256SUMS".to_owned(), list);
    let zip = place.write("goi.zip", zipped(&files));
    expect(&zip, &["--manifest", "SHA256SUMS"], 0, &[]);
    // Two lists: each must be right.
    files.insert("danh_muc/loai_su_kien.csv.sha256".to_owned(), "0".repeat(64).into_bytes());
    let zip = place.write("goi.zip", zipped(&files));
    expect(&zip, &[], 5, &[["wrong", "checksum", TABLE]]);

    let run = run(&[&zip, "--manifest", "khong_co.json"]);
    assert!(run.code == Some(2) && run.err.contains("neither on disk nor in the package"), "{}", run.err);
    let none = place.write("none.txt", "not a list\n");
    expect(&zip, &["--manifest", &none], 5, &[["wrong", "manifest", &none]]);
}

#[test]
fn what_cannot_be_compared_is_not_taken_for_equal() {
    let entry = |checksum: Value| {
        let list = json!({ "PhanPhoi": [{ "TenTep": "a.csv", "MaKiemTra": checksum }] });
        Files::from([
            ("a.csv".to_owned(), b"abc".to_vec()),
            ("list.json".to_owned(), list.to_string().into_bytes()),
        ])
    };
    let unknown = ["unknown", "no_checksum", "a.csv"];
    for (checksum, code, expected) in [
        (json!({ "GiaTri": "900150983CD24FB0D6963F7D28E17F72" }), 0, vec![]),
        (json!({ "GiaTri": "a9993e364706816aba3e25717850c26c9cd0d89d", "ThuatToan": "SHA-1" }), 0, vec![]),
        (json!({ "GiaTri": "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85" }), 0, vec![]),
        (json!({ "GiaTri": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" }), 0, vec![]),
        (json!({}), 3, vec![unknown]),
        (
            json!({ "GiaTri": "00", "ThuatToan": "CRC" }),
            3,
            vec![unknown, ["unknown", "no_checksum", "list.json"]],
        ),
        (json!({ "GiaTri": "00" }), 5, vec![unknown, ["wrong", "manifest", "list.json"]]),
    ] {
        let report = expect(&Place::new().folder(&entry(checksum.clone())), &[], code, &expected);
        let weak = findings(&report).contains(&["note", "weak_checksum", "a.csv"].map(str::to_owned));
        let digits = checksum["GiaTri"].as_str().unwrap_or_default().len();
        assert_eq!(weak, [32, 40].contains(&digits), "{report:#}");
    }
}

#[test]
fn a_list_that_says_two_things_is_wrong() {
    let place = Place::new();
    let folder = place.folder(&Files::from([("a.csv".to_owned(), b"abc".to_vec())]));
    let (right, other) = (sha256(b"abc"), sha256(b"x"));
    for entry in [
        format!(r#""MaKiemTra":{{"GiaTri":"{other}"}},"MaKiemTra":{{"GiaTri":"{right}"}}"#),
        format!(r#""MaKiemTra":{{"GiaTri":"{right}"}},"KichThuoc":3,"size":99"#),
    ] {
        let list = format!(r#"{{"PhanPhoi":[{{"TenTep":"a.csv",{entry}}}]}}"#);
        let list = place.write("list.txt", list);
        expect(&folder, &["--manifest", &list], 5, &[["wrong", "manifest", &list]]);
    }
}

#[test]
fn messages_are_held_to_schemas_and_no_value_is_told() {
    let secret = "Nguyễn Bí Mật";
    let place = Place::new();
    let mut files = good();
    let text = String::from_utf8(files[MESSAGES].clone()).expect("UTF-8");
    let spoiled = text
        .replacen("\"SuKien\":\"NEW\"", &format!("\"SuKien\":\"{secret}\""), 1)
        .replacen("\"PhienBan\":7,", &format!("\"{secret}\":7,"), 1)
        .replacen("HS-000006", secret, 1);
    assert_eq!(spoiled.matches(secret).count(), 3);
    files.insert(MESSAGES.to_owned(), spoiled.into_bytes());
    files.remove(LIST);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    let folder = place.folder(&files);
    let own = root().join("rules/examples/exchange_messages.schema.json").display().to_string();
    let structure = ["wrong", "structure", MESSAGES];
    let two = expect(&folder, &[], 5, &[structure, structure]);
    assert_eq!(two["counts"]["messages"], json!({ "messages": 12, "wrong": 2, "unchecked": 0 }));
    let three = expect(&folder, &["--schema", &own], 5, &[structure; 3]);
    let places: Vec<_> = three["findings"].as_array().expect("findings")[1..]
        .iter()
        .map(|it| (it["line"].as_u64(), it["pointer"].as_str(), it["rule"].as_str().expect("a rule")))
        .collect();
    let expected = [
        (Some(1), Some("/SuKien"), "envelope#/$defs/record/properties/SuKien/enum"),
        (Some(10), None, "envelope#/$defs/record/required"),
        (Some(11), Some("/MaHoSo"), "exchange_messages.schema.json#/properties/MaHoSo/pattern"),
    ];
    assert_eq!(places, expected);
    for format in ["term", "json", "junit"] {
        for lang in ["vi", "en"] {
            let run = thuocdo(&["package", &folder, "--schema", &own, "--format", format, "--lang", lang]);
            assert!(run.code == Some(5) && !run.said().contains("Mật"), "{}", run.said());
            assert!(run.out.contains("MaHoSo"), "{}", run.out);
        }
    }
    // Without the envelope, and of other files.
    let only = ["--envelope", "none", "--schema", &own];
    assert_eq!(expect(&folder, &only, 5, &[structure])["counts"]["messages"]["wrong"], 1);
    expect(&folder, &["--messages", "x/*.ndjson"], 3, &[["unknown", "no_messages", ""]]);
    expect(&folder, &["--messages", "danh_muc/*"], 5, &[["wrong", "not_json", TABLE]]);
    // The shipped schema, edited: an event of one's own.
    let edited = ENVELOPE.replace("\"CANCEL\"", &format!("\"CANCEL\", \"{secret}\""));
    let edited = place.write("cua_toi.json", edited);
    assert_eq!(expect(&folder, &["--envelope", &edited], 5, &[structure])["counts"]["messages"]["wrong"], 1);
    assert_eq!(thuocdo(&["schema", "envelope"]).out, ENVELOPE);
}

#[test]
fn a_message_nested_too_deep_is_unknown() {
    let place = Place::new();
    let deep = format!("{{\"a\":{}{}}}\n", "[".repeat(5_000), "]".repeat(5_000));
    let mut files = Files::from([("a.ndjson".to_owned(), deep.into_bytes())]);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    expect(&place.folder(&files), &[], 3, &[["unknown", "too_large", "a.ndjson"]]);
}

#[test]
fn threads_do_not_show() {
    let place = Place::new();
    let mut files = good();
    let text = String::from_utf8(files[MESSAGES].clone()).expect("UTF-8");
    let many: String =
        (0..2_000).map(|at| if at % 7 == 0 { "{\n".to_owned() } else { text.clone() }).collect();
    files.insert(MESSAGES.to_owned(), many.replace("\"SuKien\":\"NEW\"", "\"SuKien\":1").into_bytes());
    let folder = place.folder(&files);
    let with = |threads: &str| {
        let mut command = command();
        command.env("RAYON_NUM_THREADS", threads).args(["package", &folder, "--format", "json"]);
        command.output().expect("a run").stdout
    };
    let one = with("1");
    assert!(String::from_utf8_lossy(&one).contains("not_json") && one == with("4"));
}

#[test]
fn wrong_use_ends_with_2() {
    let place = Place::new();
    let path = fixture().display().to_string();
    let remote = place.write("remote.json", r#"{"$ref":"https://example.org/x.json"}"#);
    let broken = place.write("broken.json", "{");
    let (path, remote, broken) = (path.as_str(), remote.as_str(), broken.as_str());
    for (arguments, said) in [
        (vec!["no/such/package"], "`no/such/package`: the file does not exist"),
        (vec![path, "--schema", remote, "--schema", broken], "outside of itself"),
        (vec![path, "--schema", remote, "--envelope", broken], "it is not JSON"),
        (vec![path, "--messages", "[", "--quiet"], "`[` is not a pattern"),
        (vec![path, "--max-unpacked", "many"], "`many` is not an amount of bytes"),
        (vec![path, "--schema", "no.json"], "`no.json` cannot be read"),
    ] {
        let run = run(&arguments);
        assert!(run.code == Some(2) && run.err.contains(said) && run.out.is_empty(), "{}", run.said());
    }
    let out = place.at("report.json");
    let written = run(&[path, "--format", "json", "--out", &out]);
    assert!(written.code == Some(0) && written.out.is_empty(), "{}", written.said());
    assert_eq!(fs::read_to_string(&out).expect("the report"), run(&[path, "--format", "json"]).out);
}

#[test]
fn junit_is_what_jenkins_accepts() {
    let place = Place::new();
    let mut files = good();
    files.remove(TABLE);
    files.insert("<script>&.csv".to_owned(), b"x".to_vec());
    let xml = run(&[&place.folder(&files), "--format", "junit"]).out;
    let schema = root().join("tests/schemas/junit-10.xsd");
    let mut child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", schema.to_str().expect("UTF-8"), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint starts; scripts/setup installs it");
    child.stdin.take().expect("a pipe").write_all(xml.as_bytes()).expect("xmllint reads");
    let output = child.wait_with_output().expect("xmllint ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The package, three files in it, and one that is missing; two of these are wrong.
    assert_eq!((xml.matches("<testcase ").count(), xml.matches("<failure ").count()), (5, 2), "{xml}");
    assert!(xml.contains("type=\"missing\"") && !xml.contains("<script>"), "{xml}");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_odd_names_in_folders_are_not_opened() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let folder = place.folder(&good());
    let outside = place.write("ngoai/bi_mat.csv", "x");
    symlink(&outside, format!("{folder}/a.csv")).expect("a link");
    symlink(place.at("ngoai"), format!("{folder}/b")).expect("a link");
    let pipe = format!("{folder}/ong.json");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo starts");
    assert!(made.success());
    fs::write(Path::new(&folder).join(OsStr::from_bytes(b"\xff.csv")), "x").expect("a file");
    let expected = [
        ["wrong", "link", "a.csv"],
        ["wrong", "link", "b"],
        ["wrong", "not_a_file", "ong.json"],
        ["wrong", "unsafe_name", "\u{fffd}.csv"],
        ["wrong", "unlisted", "\u{fffd}.csv"],
    ];
    expect(&folder, &[], 5, &expected);
    // Nor are those that the user names: nobody may write into them.
    for flag in ["--schema", "--envelope", "--manifest"] {
        let run = run(&[&fixture().display().to_string(), flag, &pipe]);
        assert!(run.code == Some(2) && run.err.contains("this is not a regular file"), "{}", run.said());
    }
}

#[test]
fn names_that_macos_wrote_are_found_and_told() {
    let place = Place::new();
    let mut files = Files::from([("hộ_tịch.csv".to_owned(), b"x".to_vec())]);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    let bytes = files.remove("hộ_tịch.csv").expect("the file");
    files.insert("ho\u{323}\u{302}_ti\u{323}ch.csv".to_owned(), bytes);
    let report = expect(&place.write("goi.zip", zipped(&files)), &[], 0, &[]);
    assert!(findings(&report).iter().any(|[_, code, _]| code == "name_form"), "{report:#}");
}

#[test]
fn what_a_sound_package_says_of_its_records_is_for_score() {
    let rules = root().join("rules/examples/exchange_messages.yaml").display().to_string();
    let data = fixture().display().to_string();
    let scored = ["score", &rules, "--data", &data, "--as-of", "2026-11-21", "--quiet", "--format", "json"];
    let run = thuocdo(&scored);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let table = run.table("thong_diep");
    assert_eq!(table["rows"], 12);
    let rule = table["rules"].as_array().expect("rules").iter().find(|rule| rule["kind"] == "envelope");
    let rule = rule.expect("from core/messages");
    // As fixtures/README.md says: a version twice, an update after a cancellation, and a record that began earlier.
    let counts = ["pass", "fail", "na", "unknown"].map(|count| rule[count].as_u64().expect("a count"));
    assert_eq!(counts, [8, 3, 1, 0], "{rule:#}");
}
