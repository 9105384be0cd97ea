use std::fs;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::base::diagnostic::SourceText;
use crate::rule::node;

/// Declares a list; says what is wrong with it, and the text at which that points.
fn declared(yaml: &str, folder: &Path) -> Result<CodeList, Vec<(String, String)>> {
    let source = Arc::new(SourceText { name: "t.yaml".into(), text: format!("ma: {yaml}") });
    let mut reader = Reader::new(Arc::clone(&source));
    let tree = node::parse(&source).expect("YAML");
    let Value::Map(entries) = &tree.value else { panic!("a map") };
    let list = CodeList::parse(&entries[0].0, &entries[0].1, folder, &mut reader);
    if let (Some(list), true) = (list, reader.diagnostics.is_empty()) {
        return Ok(list);
    }
    let said = reader.diagnostics.into_iter().map(|diagnostic| {
        let hint = diagnostic.hint.map_or(String::new(), |hint| format!(" ({})", hint.en));
        let span = diagnostic.place.expect("a place").span;
        (diagnostic.what.en + &hint, source.text[span].to_owned())
    });
    Err(said.collect())
}

fn file(text: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("l.csv"), text).expect("a file");
    folder
}

const DATED: &str = "{ file: l.csv, code: ma, valid_from: tu, valid_to: den }";

fn entry(code: &str, from: i32, to: i32, attributes: &[&str]) -> Entry {
    Entry {
        code: code.to_owned(),
        from,
        to,
        attributes: attributes.iter().map(|&text| text.to_owned()).collect(),
    }
}

#[test]
fn rows_become_entries() {
    let folder =
        file("ten,ma,tu,den\nMột , 02,1970-01-02,\nHai,01,,31/01/1970\n,,,\nBa,01,1970-02-01,1970-02-01\n");
    let list = declared(DATED, folder.path()).expect("a list");
    assert_eq!(list.attributes, ["ten"]);
    assert!(list.dated);
    let expected = [
        entry("01", i32::MIN, 30, &["Hai"]),
        entry("01", 31, 31, &["Ba"]),
        entry("02", 1, i32::MAX, &["Một"]),
    ];
    assert_eq!(list.entries(), expected);
    assert_eq!(list.find("01").map(Slot::positions), Some(0..2));
    assert_eq!(list.find("02").map(Slot::positions), Some(2..3));
    assert_eq!(list.find("1"), None);
    assert!(list.entries()[0].in_force(30) && !list.entries()[0].in_force(31));
}

#[test]
fn the_first_column_holds_the_codes_unless_another_is_named() {
    let folder = file("ma,ten\n1,a\n2,b\n");
    let list = declared("{ file: l.csv }", folder.path()).expect("a list");
    assert!(list.contains("2") && !list.dated);
    assert_eq!(list.attributes, ["ten"]);
    // Of a bare column nothing else is known, and it may repeat its values.
    let list = declared("l.csv#ten", file("ma,ten\n1,a\n2,a\n").path()).expect("a list");
    assert_eq!(list.entries(), [Entry::always("a")]);
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let wrong = |yaml: &str, text: &str| {
        let mut said = declared(yaml, file(text).path()).expect_err("an error");
        assert_eq!(said.len(), 1, "{said:?}");
        said.remove(0)
    };
    let cannot = |why: &str| format!("code list file `l.csv` cannot be read: {why}");
    let at = |what: String, place: &str| (what, place.to_owned());
    let date = " (write YYYY-MM-DD or dd/mm/yyyy, or leave it empty)";
    assert_eq!(
        wrong(DATED, "ma,tu,den\n1,,\n1,2025-01-01,\n"),
        at(cannot("rows 1 and 2: one code is in force twice on the same day"), "l.csv")
    );
    assert_eq!(
        wrong(DATED, "ma,tu,den\n1,,2025-01-01\n2,,\n1,2025-01-01,\n"),
        at(cannot("rows 1 and 3: one code is in force twice on the same day"), "l.csv")
    );
    assert_eq!(
        wrong("{ file: l.csv }", "ma,ten\n1,a\n1,a\n"),
        at(cannot("rows 1 and 2 have the same code"), "l.csv")
    );
    assert_eq!(
        wrong(DATED, "ma,tu,den\n1,2025-01-02,2025-01-01\n"),
        at(cannot("row 1: the last day is before the first"), "den")
    );
    assert_eq!(
        wrong(DATED, "ma,tu,den\n2,,\n1,1/1/2025,\n"),
        at(cannot(&format!("row 2: `tu` is not a date{date}")), "tu")
    );
    assert_eq!(
        wrong(DATED, "ma,tu,den\n1,,2025-02-30\n"),
        at(cannot(&format!("row 1: `den` is not a date{date}")), "den")
    );
    assert_eq!(
        wrong(DATED, "ma,tu\n1,\n"),
        at("`l.csv` has no column `den` (its columns: ma, tu)".to_owned(), "den")
    );
    assert_eq!(wrong(DATED, "ma,tu,den\n"), at(cannot("it holds no value"), "l.csv"));
    assert_eq!(wrong(DATED, "ma,tu,den\n,2025-01-01,\n"), at(cannot("it holds no code"), "l.csv"));
    assert_eq!(wrong("[]", ""), at("code list `ma` is empty".to_owned(), "["));
    assert_eq!(
        wrong("{ builtin: vn.comune }", ""),
        at("no built-in code list `vn.comune` (did you mean `vn.commune`?)".to_owned(), "vn.comune")
    );
    assert_eq!(wrong("{ code: ma }", ""), at("`file` or `builtin` is missing".to_owned(), "code"));
    assert_eq!(
        wrong("{ file: l.csv, valid_form: tu }", "ma,tu\n1,\n"),
        at("unknown key `valid_form` (did you mean `valid_from`?)".to_owned(), "valid_form")
    );
}

#[test]
fn a_changed_file_is_noticed() {
    let folder = file("ma\n1\n");
    let list = declared("{ file: l.csv }", folder.path()).expect("a list");
    assert!(!list.has_changed() && !list.in_lower_case().has_changed());
    fs::write(folder.path().join("l.csv"), "ma\n2\n").expect("a file");
    assert!(list.has_changed() && list.in_lower_case().has_changed());
    fs::remove_file(folder.path().join("l.csv")).expect("it is there");
    assert!(list.has_changed());
    assert!(!CodeList::of("", ["a"]).has_changed());
}

#[test]
fn built_in_lists_are_whole() {
    let list = |name| builtin::find("l", name).expect("a list");
    let codes = |name| list(name).index.len();
    assert_eq!(builtin::NAMES.map(codes), [58, 10_040, 56, 65, 63, 63]);
    for name in builtin::NAMES {
        let list = list(name);
        let named = list.attributes.iter().position(|attribute| attribute == "name").expect("names");
        for entry in list.entries() {
            assert_eq!(entry.attributes.len(), list.attributes.len(), "{name}");
            assert_eq!(canonical(&entry.code), entry.code, "{name}");
            let ended = name == "vn.land_use" && entry.to < i32::MAX;
            assert_eq!(entry.attributes[named].is_empty(), ended, "{name} {}", entry.code);
        }
        for pair in list.entries().windows(2).filter(|pair| pair[0].code == pair[1].code) {
            assert!(pair[0].to < pair[1].from || name == "vn.bank_bin", "{name} {}", pair[0].code);
        }
    }
    assert!(builtin::find("l", "vn.commun").is_none());
}

#[test]
fn case_may_be_given_up() {
    let list = CodeList::of("l", ["Nam", "NAM", "Đỏ"]).in_lower_case();
    assert_eq!(list.find("nam").map(Slot::positions), Some(0..2));
    assert!(list.contains("đỏ") && !list.contains("Nam"));
}
