//! `thuocdo periodic`: two months of a database, reported on in every format, and letters from templates of users.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::stage::{Run, root, thuocdo};

const FIELDS: &str = "co_quan: BỘ CÔNG AN\nkinh_gui: Thủ tướng Chính phủ\nnguoi_ky: Nguyễn \"Văn\" <A>\n\
                      noi_nhan: [\"- Như trên;\", \"- Lưu: VT.\"]\n";

/// Scorecards of the population database in September (clean) and October, and the history of September.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let rules = root().join("rules/vn/population.yaml").display().to_string();
    for (month, rate) in [("09", "0"), ("10", "0.01")] {
        let (data, day) = (place(&format!("data-{month}")), format!("2026-{month}-15"));
        let made = ["generate", &rules, "--out", &data, "--rows", "60", "--defects", rate, "--as-of", &day];
        assert_eq!(thuocdo(&made).code, Some(0));
        let card = place(&format!("cards/{month}"));
        let mut score = vec!["score", &rules, "--data", &data, "--out", &card, "--as-of", &day, "--quiet"];
        let history = place("history.db");
        if month == "09" {
            score.extend(["--history", &history]);
        }
        assert_eq!(thuocdo(&score).code, Some(0));
    }
    fs::write(place("fields.yaml"), FIELDS).expect("fields");
    folder
}

/// Runs with paths that are relative to the folder: those that begin with `@`.
fn periodic(folder: &TempDir, arguments: &[&str]) -> Run {
    let mut all = vec!["periodic".to_owned()];
    all.extend(arguments.iter().map(|argument| match argument.strip_prefix('@') {
        Some(name) => folder.path().join(name).display().to_string(),
        None => (*argument).to_owned(),
    }));
    thuocdo(&all)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err))
}

/// What a part of a document says.
fn part(file: &Path, name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(fs::read(file).expect("a document"))).expect("a zip");
    let mut text = String::new();
    zip.by_name(name).expect("a part").read_to_string(&mut text).expect("UTF-8");
    text
}

/// A copy of a template with its text changed.
fn changed(template: &Path, to: &Path, change: impl Fn(String) -> String) {
    let mut zip = ZipArchive::new(Cursor::new(fs::read(template).expect("a template"))).expect("a zip");
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).expect("UTF-8");
        let text = if name == "word/document.xml" { change(text) } else { text };
        copy.start_file(name, SimpleFileOptions::default()).expect("a part");
        copy.write_all(text.as_bytes()).expect("a part");
    }
    fs::write(to, copy.finish().expect("a zip").into_inner()).expect("a template");
}

#[test]
fn a_month_is_reported_on_with_its_change_and_reasons() {
    let folder = folder();
    let run = periodic(&folder, &["@cards", "--period", "2026-10", "--format", "json"]);
    let report = json(&run);
    assert_eq!((run.code, report["schema"].as_str()), (Some(0), Some("thuocdo.periodic/1")), "{}", run.err);
    assert_eq!((&report["due"]["day"], &report["late"]), (&"2026-10-19".into(), &false.into()));
    assert_eq!(report["overall"]["requests"]["state"], "not_asked", "never 0/0 or 100 %");
    let since = &report["agencies"][0]["quality"]["since"];
    let sum: i64 =
        since["reasons"].as_array().expect("reasons").iter().filter_map(|it| it["nano"].as_i64()).sum();
    assert!(sum < 0 && since["nano"] == sum, "{since}");
    let schema = json(&thuocdo(&["schema", "periodic"]));
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let wrong: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // The same from the history, and from a card that is named.
    let october = ["@cards/10", "--period", "2026-10", "--format", "json"];
    for before in [["--history", "@history.db"], ["--before", "@cards/09"]] {
        let other = json(&periodic(&folder, &[&october[..], &before[..]].concat()));
        assert_eq!(other["agencies"][0]["quality"]["since"]["nano"], sum, "{before:?}: {other}");
    }
    let first = json(&periodic(&folder, &october));
    assert_eq!(first["overall"]["quality"]["since"]["state"], "first");
    let page = periodic(&folder, &["@cards", "--period", "2026-Q4", "--lang", "vi"]);
    assert!(
        page.out.contains("Báo cáo định kỳ: quý IV năm 2026") && page.out.contains("chưa đo"),
        "{}",
        page.out
    );
    assert!(!page.out.contains("Hạn báo cáo"), "{}", page.out);
}

#[test]
fn a_letter_is_what_word_and_paper_show() {
    let folder = folder();
    let letter =
        ["@cards", "--period", "2026-10", "--format", "docx", "--fields", "@fields.yaml", "--lang", "vi"];
    let run = periodic(&folder, &[&letter[..], &["--out", "@letter.docx"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    let again = periodic(&folder, &[&letter[..], &["--out", "@again.docx"]].concat());
    assert_eq!(again.code, Some(0));
    let bytes = |name: &str| fs::read(folder.path().join(name)).expect("a letter");
    assert_eq!(bytes("letter.docx"), bytes("again.docx"), "the same report gives the same bytes");
    let printed = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", folder.path().join("profile").display()))
        .args(["--headless", "--norestore", "--convert-to", "pdf", "--outdir"])
        .args([folder.path(), &folder.path().join("letter.docx")])
        .output()
        .expect("soffice starts; scripts/setup installs it");
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let text = Command::new("pdftotext").args([&folder.path().join("letter.pdf"), Path::new("-")]).output();
    let text = text.expect("pdftotext starts; scripts/setup installs it").stdout;
    let text = String::from_utf8_lossy(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BỘ CÔNG AN",
        "BÁO CÁO",
        "Kính gửi: Thủ tướng Chính phủ",
        "I. SỐ LƯỢNG KẾT NỐI THÀNH CÔNG",
        "Bộ Công an",
        "chưa đo",
        "100,00 →",
        "Nơi nhận:",
        "Nguyễn \"Văn\" <A>",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("{{"), "{text}");
}

#[test]
fn users_replace_the_template() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let written = periodic(&folder, &["--write-template", "@own.docx"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    changed(&path("own.docx"), &path("split.docx"), |text| {
        text.replace("{{nguoi_ky}}", "{{nguoi_</w:t></w:r><w:r><w:t>ky}} ({{chuc_danh}})")
    });
    let letter = |template: &str, fields: &str| {
        fs::write(path("fields.yaml"), format!("{FIELDS}{fields}")).expect("fields");
        let all =
            ["@cards", "--period", "2026-10", "--format", "docx", "--fields", "@fields.yaml", "--template"];
        periodic(&folder, &[&all[..], &[template, "--out", "@out.docx"]].concat())
    };
    let run = letter("@split.docx", "chuc_danh: Trung tướng\n");
    assert_eq!(run.code, Some(0), "{}", run.err);
    let text = part(&path("out.docx"), "word/document.xml");
    assert!(text.contains("Nguyễn \"Văn\" &lt;A&gt;") && text.contains("(Trung tướng)"), "{text}");

    fs::remove_file(path("out.docx")).expect("the letter");
    changed(&path("own.docx"), &path("wrong.docx"), |text| {
        text.replace("{{nguoi_ky}}", "{{nguoi_kyy}}").replace("{{/databases}}", "")
    });
    let run = letter("@wrong.docx", "thua: x\n");
    assert_eq!(run.code, Some(2));
    for expected in
        ["did you mean `nguoi_ky`?", "`{{#databases}}`", "no place in the template for the field `thua`"]
    {
        assert!(run.err.contains(expected), "{expected}: {}", run.err);
    }
    fs::write(path("text.docx"), "no zip").expect("a file");
    let run = letter("@text.docx", "");
    assert!(run.code == Some(2) && run.err.contains("is no Word document"), "{}", run.err);
    assert!(!path("out.docx").exists(), "nothing half-written");
}

#[test]
fn pages_and_workbooks_say_the_same() {
    let folder = folder();
    let all = ["@cards", "--period", "2026-10", "--fields", "@fields.yaml", "--format"];
    let page = periodic(&folder, &[&all[..], &["html"]].concat());
    assert_eq!(page.code, Some(0), "{}", page.err);
    for expected in [
        "Content-Security-Policy",
        "script-src &#39;none&#39;",
        "BỘ CÔNG AN",
        "Bộ Công an",
        "&lt;A&gt;",
        "not measured",
        "chưa đo",
        // Reasons in words, and first what they sum up to; grades with what lowers them.
        "không thiếu giá trị, cột “",
        "no missing values, column “",
        "Theo chiều chất lượng (điểm): Đúng ",
        "Trong ngoặc là điểm liệt làm hạ hạng",
        // The parts that the decree asks for.
        "Trên đây là báo cáo kết quả kết nối",
        "(Kèm theo Báo cáo số ",
        "tại Phụ lục kèm theo",
        "ĐIỂM CÁC CƠ SỞ DỮ LIỆU THÁNG 10 NĂM 2026",
    ] {
        assert!(page.out.contains(expected), "{expected}");
    }
    assert!(!page.out.contains("core."), "no ids of rules");
    assert!(!page.out.contains("<A>") && !page.out.contains("<script"));
    let book = periodic(&folder, &[&all[..], &["xlsx", "--out", "@book.xlsx", "--lang", "vi"]].concat());
    assert_eq!(book.code, Some(0), "{}", book.err);
    let path = folder.path().join("book.xlsx");
    let sheets: String = (1..=5).map(|at| part(&path, &format!("xl/worksheets/sheet{at}.xml"))).collect();
    assert!(
        sheets.contains("Bộ Công an") && sheets.contains("bca_a13") && !sheets.contains("<f>"),
        "{sheets}"
    );
}

#[test]
fn wrong_questions_and_cards_are_told() {
    let folder = folder();
    let said = |arguments: &[&str]| {
        let run = periodic(&folder, arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.out);
        run.err
    };
    assert!(said(&["@cards", "--period", "13/2026"]).contains("`13/2026` is not a period"));
    assert_eq!(periodic(&folder, &["@cards", "--period", "10/2026"]).code, Some(0));
    let outside = said(&["@cards", "--period", "2025-10"]);
    assert!(outside.contains("of 15/09/2026, outside of the period 2025-10"), "{outside}");
    assert!(said(&["@cards", "--period", "2026-10", "--agency", "byt"]).contains("there are some of bca"));
    assert!(
        said(&["@cards", "--period", "2026-10", "--template", "@fields.yaml"])
            .contains("`term` has no template")
    );
    fs::write(folder.path().join("due.yaml"), "co_quan: X\nhan_bao_cao: 20/10\n").expect("fields");
    assert!(said(&["@cards", "--period", "2026-10", "--fields", "@due.yaml"]).contains("`20/10`"));
    let one_of_all = said(&["@cards", "--period", "2026-10", "--agency", "bca", "--roll-up", "nation"]);
    assert!(one_of_all.contains("the others would count 0"), "{one_of_all}");
    fs::write(folder.path().join("facts.yaml"), "co_quan: X\nso_lieu: 01/01/2030\nphuong_phap: Y\n")
        .expect("fields");
    let facts = said(&["@cards", "--period", "2026-10", "--fields", "@facts.yaml"]);
    assert!(facts.contains("the report itself fills `phuong_phap`, `so_lieu`"), "{facts}");
    let written = periodic(&folder, &["--write-template", "@own.docx"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    assert!(said(&["--write-template", "@own.docx"]).contains("is not written over"));
    // Known fields that a template has no place for are told.
    let (own, less) = (folder.path().join("own.docx"), folder.path().join("less.docx"));
    changed(&own, &less, |text| {
        text.replace("{{kinh_gui}}", "").replace("{{#kinh_gui}}", "").replace("{{/kinh_gui}}", "")
    });
    let letter =
        ["@cards", "--period", "2026-10", "--format", "docx", "--fields", "@fields.yaml", "--template"];
    let run = periodic(&folder, &[&letter[..], &["@less.docx", "--out", "@less-letter.docx"]].concat());
    assert!(run.code == Some(0) && run.err.contains("no place for these fields: kinh_gui"), "{}", run.err);
    // A card that was edited by hand stands apart; alone it is no report.
    let card = folder.path().join("cards/10/scorecard.json");
    let text = fs::read_to_string(&card).expect("a card");
    fs::write(&card, text.replacen("\"rows\": 60", "\"rows\": 61", 1)).expect("a card");
    let edited = said(&["@cards", "--period", "2026-10"]);
    assert!(edited.contains("was changed after the card was written"), "{edited}");
    fs::write(&card, "{\"schema\": \"thuocdo.scorecard/9\"}").expect("a card");
    assert!(said(&["@cards", "--period", "2026-10"]).contains("thuocdo.scorecard/9"));
}

/// The example in the documentation: logs of a portal give the counts.
#[test]
fn logs_of_a_portal_are_counted() {
    let folder = TempDir::new().expect("a folder");
    let card = folder.path().join("portal").display().to_string();
    let rules = root().join("rules/examples/agency_portal.yaml").display().to_string();
    let data = root().join("fixtures/agency_portal").display().to_string();
    let score =
        ["score", &rules, "--data", &data, "--as-of", "2026-10-15T20:00:00+07:00", "--out", &card, "--quiet"];
    assert_eq!(thuocdo(&score).code, Some(0));
    let report = json(&thuocdo(&["periodic", &card, "--period", "2026-10", "--format", "json"]));
    let count =
        |name: &str| [report["overall"][name]["met"].as_u64(), report["overall"][name]["of"].as_u64()];
    assert_eq!(count("connections"), [Some(4), Some(5)]);
    assert_eq!(count("attempts"), [Some(23), Some(30)]);
    assert_eq!(count("requests"), [Some(7), Some(8)]);
    let year = thuocdo(&["periodic", &card, "--period", "2026", "--format", "html", "--lang", "vi"]);
    assert!(year.out.contains("không cộng dồn các bảng điểm"), "{}", year.err);
}
