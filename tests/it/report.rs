//! Reports from scorecards alone: what stands in them, what is refused, and what other programs read of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use thuocdo::score::provenance::Provenance;

use crate::stage::{PROGRAM, Run, Stage, records, root, thuocdo};

/// Titles in one language, in both, and such as would be computed, turned round or broken out of a cell.
const RULES: &str = "thuocdo: 1\ndatabase: so_ho_tich\nagency: bo\ntitle: { vi: \"=HYPERLINK(\\\"http://x\\\") | \\\"Sổ\\\" 😀 \\u202Eabc <b>\" }\n\
                     tables:\n  nguoi:\n    title: { en: \"+People @all\", vi: \"Người | \\\"dân\\\"\" }\n    files: nguoi.csv\n    key: [so]\n    \
                     columns:\n      so: { type: text, required: true }\n      ten: { type: text, required: true }\n      gioi: text\n      \
                     \"=1+1\": integer\n    rules:\n      - unique: [so]\n      - { length: { column: ten, max: 3 }, title: \"-2+3 `x` [y](z)\" }\n      \
                     - in_set: { column: gioi, values: [nam, nữ] }\n  xa:\n    files: xa.csv\n    tier: 1\n    rules:\n      \
                     - not_null: ma\n  thieu:\n    files: thieu.csv\n    tier: 2\n    rules:\n      - not_null: ma\n";

pub fn stage() -> Stage {
    Stage::new(RULES)
        .file("nguoi.csv", "so,ten,gioi,=1+1\n001,An,nam,1\n001,Ba,nữ,2\n003,,x,x\n004,Chin,nam,4\n")
        .file("xa.csv", "ma\n1\n2\n\"\"\n")
}

/// Scores into `NAME/scorecard.json`.
pub fn scored(stage: &Stage, name: &str, more: &[&str]) -> PathBuf {
    let out = stage.path().join(name);
    let out_name = out.display().to_string();
    let mut arguments = vec!["--quiet", "--format", "json", "--out", &out_name];
    arguments.extend(more);
    let run = stage.run(&arguments);
    assert_eq!(run.code, Some(3), "a table is missing: {}", run.err);
    out.join("scorecard.json")
}

pub fn report(cards: &[&Path], more: &[&str]) -> Run {
    let cards: Vec<String> = cards.iter().map(|card| card.display().to_string()).collect();
    let mut arguments = vec!["report"];
    arguments.extend(cards.iter().map(String::as_str));
    if !more.contains(&"--lang") {
        arguments.extend(["--lang", "en"]);
    }
    arguments.extend(more);
    thuocdo(&arguments)
}

pub fn value(card: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(card).expect("the card")).expect("JSON")
}

/// Writes a card that was changed, with digests that fit if `sealed`.
pub fn changed(card: &Path, to: &Path, sealed: bool, change: impl FnOnce(&mut Value)) {
    let mut value = value(card);
    change(&mut value);
    if sealed {
        value["provenance"] = serde_json::to_value(Provenance::of(&value)).expect("JSON");
    }
    fs::write(to, value.to_string()).expect("the card");
}

/// Rows by column.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let rows = records(text.trim_start_matches('\u{feff}'));
    let head = rows.first().expect("a header");
    rows.iter().skip(1).map(|row| head.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

pub fn rules(card: &Value) -> Vec<(&Value, &Value, &Value)> {
    let mut all = Vec::new();
    for database in card["databases"].as_array().expect("databases") {
        for table in database["tables"].as_array().expect("tables") {
            all.extend(table["rules"].as_array().expect("rules").iter().map(|rule| (database, table, rule)));
        }
    }
    all
}

pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn tables_hold_every_rule_of_every_card() {
    let stage = stage();
    let (first, second) =
        (scored(&stage, "a", &[]), scored(&stage, "b", &["--as-of", "2026-11-22", "--profile", "vn-4"]));
    let run = report(&[&first, &second], &["--format", "csv"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("scored in 2 ways"), "{}", run.err);
    let rows = table(&run.out);
    let (a, b) = (value(&first), value(&second));
    let expected: Vec<_> =
        [&a, &b].into_iter().flat_map(|card| rules(card).into_iter().map(move |rule| (card, rule))).collect();
    assert_eq!(rows.len(), expected.len());
    for (row, (card, (database, table, rule))) in rows.iter().zip(expected) {
        for name in
            ["pass", "fail", "na", "unknown", "points", "points_nano", "gain", "weight", "status", "kind"]
        {
            assert_eq!(row[name], plain(&rule[name]), "{name}");
        }
        assert_eq!([&row["rule"], &row["table"]], [&plain(&rule["id"]), &plain(&table["id"])]);
        assert_eq!(row["as_of"], plain(&card["as_of"]));
        assert_eq!(row["profile"], plain(&card["profile"]));
        assert_eq!(row["provenance"], plain(&card["provenance"]["root"]));
        assert_eq!(row["score_nano"], plain(&database["score"]["official_nano"]));
        // Two files of one name are told apart.
        let file = if card == &a { &first } else { &second };
        assert_eq!([&row["verified"], &row["card"]], ["yes", &file.display().to_string()]);
        assert!(row["database_title_vi"].starts_with("'=HYPERLINK"), "no cell is a formula");
    }
    assert!(rows.iter().any(|row| row["columns"] == "'=1+1"));
    let docs = fs::read_to_string(root().join("docs/reports.md")).expect("the page");
    for name in rows[0].keys() {
        assert!(docs.contains(&format!("`{name}`")), "`{name}` is not explained");
    }

    // Parquet holds the same; the program itself reads it.
    let folder = stage.path().join("parquet");
    let out = folder.join("r.parquet").display().to_string();
    let run = report(&[&first, &second], &["--format", "parquet", "--out", &out]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let failed: u64 =
        [&a, &b].iter().flat_map(|card| rules(card)).map(|(.., rule)| rule["fail"].as_u64().unwrap()).sum();
    let count = rows.len();
    let check = stage.path().join("check.yaml");
    fs::write(&check, format!("thuocdo: 1\ndatabase: x\ntables:\n  r:\n    files: r.parquet\n    rules:\n      - aggregate: {{ column: fail, function: sum, min: {failed}, max: {failed} }}\n      - row_count: {{ min: {count}, max: {count} }}\n")).expect("the rule file");
    let (check, folder) = (check.display().to_string(), folder.display().to_string());
    let run = thuocdo(&["score", &check, "--data", &folder, "--format", "json", "--as-of", "2026-11-21"]);
    assert_eq!(run.card()["databases"][0]["score"]["official"], "100.000000", "{}", run.said());
}

#[test]
fn a_card_that_was_changed_is_refused_or_marked() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let edited = stage.path().join("edited.json");
    let better = |card: &mut Value| card["databases"][0]["score"]["official"] = "99.000000".into();
    for sealed in [false, true] {
        changed(&card, &edited, sealed, better);
        for format in ["csv", "md", "xlsx", "term", "json"] {
            let out = stage.path().join("refused").display().to_string();
            let run = report(&[&edited], &["--format", format, "--out", &out]);
            assert_eq!(run.code, Some(5), "{format}: {}", run.err);
            assert!(run.err.contains("is not what it claims to be: databases[so_ho_tich]"), "{}", run.err);
            assert!(!Path::new(&out).exists(), "nothing is written");
        }
    }
    let run = report(&[&card, &edited], &["--format", "csv", "--accept-unverified"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("`edited.json` is NOT VERIFIED"), "{}", run.err);
    for row in table(&run.out) {
        assert_eq!(row["verified"], if row["card"] == "edited.json" { "no" } else { "yes" });
    }
    let run = report(&[&edited], &["--format", "md", "--accept-unverified", "--quiet"]);
    assert!(
        run.out.contains("> **NOT VERIFIED.**") && run.out.matches("NOT VERIFIED").count() == 2,
        "{}",
        run.out
    );
    assert_eq!(run.err, "");
}

#[test]
fn what_is_no_card_is_told() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let folder = stage.path().join("many");
    fs::create_dir(&folder).expect("a folder");
    let run = report(&[&folder], &["--format", "csv"]);
    assert!(run.code == Some(2) && run.err.contains("there is no scorecard in"), "{}", run.err);

    // What lies beside cards is passed over; torn cards and those of other versions are not.
    fs::write(folder.join("other.json"), "{\"schema\": \"else/1\"}").expect("a file");
    fs::copy(&card, folder.join("a.json")).expect("a copy");
    fs::copy(&card, folder.join("b.json")).expect("a copy");
    let run = report(&[&folder], &["--format", "csv"]);
    assert!(run.code == Some(0) && run.err.contains("reported on once"), "{}", run.err);
    assert_eq!(table(&run.out).len(), rules(&value(&card)).len());
    let text = fs::read_to_string(&card).expect("the card");
    fs::write(folder.join("torn.json"), &text[..text.len() / 2]).expect("a file");
    let run = report(&[&folder], &["--format", "csv"]);
    assert!(run.code == Some(2) && run.err.contains("torn.json") && run.out.is_empty(), "{}", run.err);
    let torn = folder.join("torn.json").display().to_string();
    let vi = thuocdo(&["report", &torn, "--format", "md", "--lang", "vi"]);
    assert!(vi.err.contains("tệp kết thúc giữa chừng, dòng ") && !vi.err.contains("EOF"), "{}", vi.err);
    // Nothing at all is what a full disk leaves of a card.
    fs::write(folder.join("torn.json"), " \n").expect("a file");
    let run = report(&[&folder], &["--format", "md"]);
    assert!(run.code == Some(2) && run.err.contains("torn.json") && run.out.is_empty(), "{}", run.err);
    fs::write(folder.join("torn.json"), text.replacen("scorecard/1", "scorecard/9", 1)).expect("a file");
    let run = report(&[&folder], &["--format", "csv"]);
    assert!(run.code == Some(2) && run.err.contains("thuocdo.scorecard/9"), "{}", run.err);

    let own = card.display().to_string();
    let run = report(&[&card], &["--format", "md", "--out", &own]);
    assert!(run.code == Some(2) && run.err.contains("is what this is made of"), "{}", run.err);
    assert_eq!(fs::read_to_string(&card).expect("the card"), text);
    let run = report(&[&card], &["--format", "csv", "--out", "/proc/none/r.csv"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert_eq!(report(&[&card], &["--format", "docx"]).code, Some(2));
    let other = scored(&stage, "b", &["--as-of", "2026-11-22"]);
    let run = report(&[&card, &other], &["--format", "json"]);
    assert!(run.code == Some(2) && run.err.contains("shows one card, and there are 2"), "{}", run.err);
    assert_eq!(report(&[&card], &["--format", "json"]).out, text);
}

#[test]
fn cards_of_other_methodologies_are_reported_on_and_told() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let older = stage.path().join("older.json");
    changed(&card, &older, true, |card| card["methodology"] = "thuocdo-score/0.9.0+000000000000".into());
    let run = report(&[&card, &older], &["--format", "csv"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err.contains("cannot compute its points again") && run.err.contains("scored in 2 ways"),
        "{}",
        run.err
    );
    assert!(table(&run.out).iter().any(|row| row["verified"] == "digests"));
}

#[test]
fn markdown_keeps_texts_in_their_place() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let vi = report(&[&card], &["--format", "md", "--lang", "vi"]).out;
    let en = report(&[&card], &["--format", "md"]).out;
    for page in [&vi, &en] {
        let mut columns = None;
        for line in page.lines() {
            // A bar that is escaped ends no cell.
            let cells = line.replace("\\|", "").matches('|').count();
            match (line.starts_with('|'), columns) {
                (true, Some(known)) => assert_eq!(cells, known, "{line}"),
                (true, None) => columns = Some(cells),
                (false, _) => columns = None,
            }
            assert!(!line.contains('\u{202e}') && !line.contains("<b>"), "{line}");
        }
        assert!(page.contains("&lt;b&gt;") && page.contains("\\[y\\](z)"), "{page}");
    }
    assert!(vi.contains("# Báo cáo chất lượng dữ liệu") && vi.contains("### Sửa gì trước"), "{vi}");
    assert!(en.contains("### What to fix first") && en.contains("## Not measured"), "{en}");
    assert!(en.contains("\\+People") || en.contains("+People"), "{en}");
    // A title in one language serves both.
    assert!(en.contains("Sổ") && vi.contains("Sổ"));
}

#[test]
fn reports_are_the_same_every_time() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    for format in ["md", "csv", "parquet", "xlsx"] {
        let bytes = |_| {
            let out = Command::new(PROGRAM)
                .args(["report", "--format", format])
                .arg(&card)
                .output()
                .expect("a run");
            assert!(out.status.success(), "{format}: {}", String::from_utf8_lossy(&out.stderr));
            out.stdout
        };
        let [a, b] = [0, 1].map(bytes);
        assert!(!a.is_empty() && a == b, "{format}");
    }
}

/// The sheets of a workbook as LibreOffice reads them, by name.
pub fn opened(book: &Path, into: &Path) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    // Comma, quotes, UTF-8, from the first line; numbers as they are and not as they are shown; every sheet.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", into.join("profile").display()))
        .args(["--headless", "--norestore", "--convert-to", filter, "--outdir"])
        .arg(into)
        .arg(book)
        .output()
        .expect("soffice starts; scripts/setup installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stem = format!("{}-", book.file_stem().expect("a name").to_string_lossy());
    let mut sheets = BTreeMap::new();
    for entry in fs::read_dir(into).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if let Some(sheet) = name.strip_prefix(&stem).and_then(|name| name.strip_suffix(".csv")) {
            sheets.insert(sheet.to_owned(), table(&fs::read_to_string(&path).expect("UTF-8")));
        }
    }
    sheets
}

/// As a cell holds it: a decimal number without the zeros at its end.
fn number(text: &Value) -> String {
    let text = plain(text);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn joined(items: &Value, with: &str) -> String {
    items.as_array().map(|items| items.iter().map(plain).collect::<Vec<_>>().join(with)).unwrap_or_default()
}

fn length(items: &Value) -> String {
    items.as_array().map_or(0, Vec::len).to_string()
}

#[test]
fn a_workbook_holds_what_the_card_says() {
    let stage = stage();
    let path = scored(&stage, "a", &[]);
    let card = value(&path);
    let database = &card["databases"][0];
    let tables = database["tables"].as_array().expect("tables");
    let out = stage.path().join("out.xlsx");
    let run = report(&[&path], &["--format", "xlsx", "--lang", "vi", "--out", &out.display().to_string()]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let into = stage.path().join("sheets");
    fs::create_dir(&into).expect("a folder");
    let sheets = opened(&out, &into);
    let names: Vec<&str> = sheets.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["Bảng", "Chiều chất lượng", "Chưa đo được", "Lỗi theo cột", "Quy tắc", "Sửa trước", "Tổng hợp"]
    );
    let origin = |row: &BTreeMap<String, String>| {
        assert_eq!(row["Tính đến"], plain(&card["as_of"]));
        assert_eq!(row["Phương pháp"], plain(&card["methodology"]));
        assert_eq!(row["Bộ tiêu chí"], plain(&card["profile"]));
        assert_eq!(
            (row["Bảng điểm"].as_str(), row["Kiểm chứng"].as_str()),
            ("scorecard.json", "đã kiểm chứng")
        );
        assert_eq!(row["CSDL"], "so_ho_tich");
    };
    let same = |row: &BTreeMap<String, String>, expected: &[(&str, String)]| {
        origin(row);
        for (name, expected) in expected {
            assert_eq!(&row[*name], expected, "{name}");
        }
    };

    let [summary] = sheets["Tổng hợp"].as_slice() else { panic!("one database") };
    same(
        summary,
        &[
            // A formula would be its result; what turns the text round is not passed on.
            ("Tên", plain(&database["title"]["vi"]).replace('\u{202e}', "\u{fffd}")),
            ("Cơ quan", "bo".to_owned()),
            ("Hạng", plain(&database["grade"])),
            ("Điểm", number(&database["score"]["official"])),
            ("Điểm (phần tỷ)", plain(&database["score"]["official_nano"])),
            ("Phần đo được", number(&database["score"]["measured"])),
            ("Cao nhất có thể", number(&database["score"]["ceiling"])),
            ("Hạng theo điểm", plain(&database["grade_by_points"])),
            ("Bản ghi sạch", plain(&database["clean_records"]["clean"])),
            ("Bản ghi", plain(&database["clean_records"]["rows"])),
            ("Tỷ lệ sạch", number(&database["clean_records"]["official"])),
            ("So sánh được", "không".to_owned()),
            ("Số bảng", "3".to_owned()),
            ("Số quy tắc", rules(&card).len().to_string()),
            ("Chưa đo được", length(&card["incomplete"])),
            ("Gốc dấu băm", plain(&card["provenance"]["root"])),
        ],
    );
    assert!(summary["Tên"].starts_with("=HYPERLINK"), "{}", summary["Tên"]);

    let dimensions = database["dimensions"].as_object().expect("dimensions");
    assert_eq!(sheets["Chiều chất lượng"].len(), dimensions.len());
    for (row, dimension) in sheets["Chiều chất lượng"].iter().zip(dimensions.values()) {
        let counts = dimension["applicable"] == true;
        let counted = |value: &Value| if counts { number(value) } else { String::new() };
        same(
            row,
            &[
                ("Có tính", if counts { "có" } else { "không" }.to_owned()),
                ("Điểm", counted(&dimension["official"])),
                ("Điểm (phần tỷ)", counted(&dimension["official_nano"])),
                ("Phần đo được", counted(&dimension["measured"])),
                ("Cao nhất có thể", counted(&dimension["ceiling"])),
            ],
        );
    }

    assert_eq!(sheets["Bảng"].len(), tables.len());
    for (row, table) in sheets["Bảng"].iter().zip(tables) {
        let all = table["rules"].as_array().expect("rules");
        let failing = all.iter().filter(|rule| rule["fail"] != 0).count();
        let broken = all.iter().filter(|rule| rule["status"] != "measured" && rule["status"] != "na").count();
        same(
            row,
            &[
                ("Bảng", plain(&table["id"])),
                ("Tên", plain(&table["title"]["vi"])),
                ("Bản ghi", plain(&table["rows"])),
                ("Bản ghi sạch", plain(&table["clean"])),
                ("Khóa", joined(&table["key"], ", ")),
                ("Số tệp", length(&table["files"])),
                ("Số quy tắc", all.len().to_string()),
                ("Quy tắc có lỗi", failing.to_string()),
                ("Quy tắc không chạy được", broken.to_string()),
            ],
        );
    }

    assert_eq!(sheets["Quy tắc"].len(), rules(&card).len());
    for (row, (_, table, rule)) in sheets["Quy tắc"].iter().zip(rules(&card)) {
        same(
            row,
            &[
                ("Bảng", plain(&table["id"])),
                ("Quy tắc", plain(&rule["id"])),
                ("Loại", plain(&rule["kind"])),
                ("Cột", joined(&rule["columns"], ", ")),
                ("Đạt", plain(&rule["pass"])),
                ("Lỗi", plain(&rule["fail"])),
                ("Không áp dụng", plain(&rule["na"])),
                ("Chưa rõ", plain(&rule["unknown"])),
                ("Điểm", number(&rule["points"])),
                ("Điểm (phần tỷ)", plain(&rule["points_nano"])),
                ("Tỷ lệ đạt", number(&rule["rate"]["value"])),
                ("Trọng số", plain(&rule["weight"])),
                ("Điểm tăng nếu sạch", number(&rule["gain"])),
            ],
        );
    }
    assert!(sheets["Quy tắc"].iter().any(|row| row["Yêu cầu"] == "-2+3 `x` [y](z)" && row["Cột"] == "ten"));

    let fixes = database["fix_first"].as_array().expect("what to fix");
    assert_eq!(sheets["Sửa trước"].len(), fixes.len());
    for (row, fix) in sheets["Sửa trước"].iter().zip(fixes) {
        same(
            row,
            &[
                ("Bảng", plain(&fix["table"])),
                ("Quy tắc hoặc cột", plain(&fix["rule"]) + &plain(&fix["column"])),
                ("Điểm tăng thêm", number(&fix["gain"])),
                ("Điểm tăng thêm (phần tỷ)", plain(&fix["gain_nano"])),
                ("Số quy tắc", plain(&fix["rules"])),
                ("Số lỗi", plain(&fix["defects"])),
                ("Chưa rõ", plain(&fix["unknown"])),
                ("Gỡ điểm liệt", joined(&fix["lifts"], " ")),
            ],
        );
    }

    let mut columns: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for (_, table, rule) in rules(&card) {
        for column in rule["columns"].as_array().expect("columns") {
            let sums = columns.entry((plain(&table["id"]), plain(column))).or_default();
            sums.0 += 1;
            sums.1 += rule["fail"].as_u64().expect("a count");
        }
    }
    assert_eq!(sheets["Lỗi theo cột"].len(), columns.len());
    for row in &sheets["Lỗi theo cột"] {
        let (rules, failed) = columns[&(row["Bảng"].clone(), row["Cột"].clone())];
        same(row, &[("Số quy tắc", rules.to_string()), ("Lỗi", failed.to_string())]);
    }
    assert!(columns.contains_key(&("nguoi".to_owned(), "=1+1".to_owned())), "a column named like a formula");

    let gaps = card["incomplete"].as_array().expect("gaps");
    assert_eq!(sheets["Chưa đo được"].len(), gaps.len());
    for (row, gap) in sheets["Chưa đo được"].iter().zip(gaps) {
        same(
            row,
            &[
                ("Bảng", plain(&gap["table"])),
                ("Mã", plain(&gap["code"])),
                ("Lý do", plain(&gap["text"]["vi"])),
            ],
        );
    }
}

#[test]
fn the_page_for_the_public_holds_no_small_count_and_no_value() {
    let stage = stage();
    let card = scored(&stage, "public", &["--reveal"]);
    let page = report(&[&card], &["--format", "public"]);
    assert_eq!(page.code, Some(0), "{}", page.err);
    assert!(fs::read_to_string(&card).expect("the card").contains("Chin"), "the card holds values");
    for hidden in ["Chin", "nguoi.csv", "data/"] {
        assert!(!page.out.contains(hidden), "{hidden}");
    }
    assert!(page.out.contains("too few records") && page.out.contains("Content-Security-Policy"));
    assert!(page.out.contains("<a href=\"#d-1\">") && page.out.contains("class=\"database\" id=\"d-1\""));
    let again = report(&[&card], &["--format", "public", "--smallest", "5"]);
    assert!(again.code == Some(0) && again.out.contains("too few records"), "{}", again.err);
    let wrong = report(&[&card], &["--format", "public", "--smallest", "4"]);
    assert_eq!(wrong.code, Some(2));
    let wrong = report(&[&card], &["--format", "md", "--smallest", "5"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("belongs to `--format public`"), "{}", wrong.err);
    let edited = stage.path().join("edited.json");
    changed(&card, &edited, false, |card| card["databases"][0]["tables"][0]["rows"] = 40.into());
    assert_eq!(report(&[&edited], &["--format", "public"]).code, Some(5));
    let run = report(&[&edited], &["--format", "public", "--accept-unverified"]);
    assert!(run.code == Some(2) && run.err.contains("cannot be made public"), "{}", run.err);
}
