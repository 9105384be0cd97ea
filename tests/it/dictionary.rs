//! Data dictionaries as files: what is wrong with them is told at once, and what they may look like is understood.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;
use thuocdo::kernel::ColumnType;
use thuocdo::rule::dictionary::{Codes, Size, Written};

use crate::measure;
use crate::stage::{Stage, root};

const RULES: &str = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    columns: { ma: text }\n    rules:\n      - ";

/// What is said of a rule with a dictionary beside it.
fn said(rule: &str, name: &str, dictionary: &str) -> String {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join(name), dictionary).expect("a dictionary");
    measure::database(&format!("{RULES}{rule}\n"), folder.path()).err().unwrap_or_default()
}

#[test]
fn all_that_is_wrong_with_a_table_is_told_by_row_and_column() {
    let csv = "tên trường,kiểu,kiểu dữ liệu\na,text,text\n";
    let twice = said("dictionary: d.csv", "d.csv", csv);
    assert!(twice.contains("`d.csv`: `kiểu` and `kiểu dữ liệu` mean the same"), "{twice}");
    let nameless = said("dictionary: d.csv", "d.csv", "nhãn,kiểu\na,text\n");
    assert!(nameless.contains("nothing says the name of the column"), "{nameless}");
    let csv = "Tên trường;Kiểu;Độ dài;Định dạng;Bắt buộc;Danh mục\n\
               a;chuỗii;12;;;\n\
               b;VARCHAR(10);12;;;\n\
               c;text;dài;^[;có lẽ;khong_co.csv#ma\n\
               a;date;;%Y;;\n\
               ;text;;;;\n\
               d;NUMBER(2,3);;;;\n";
    let all = said("dictionary: d.csv", "d.csv", csv);
    for (row, column, what) in [
        (1, "Kiểu", "this is no type"),
        (2, "Độ dài", "the length is 12, the type says 10"),
        (3, "Độ dài", "this is no length"),
        (3, "Định dạng", "this is not a regular expression"),
        (3, "Bắt buộc", "this is neither yes nor no"),
        (3, "Danh mục", "`khong_co.csv#ma`"),
        (6, "Kiểu", "this is no length"),
    ] {
        let place = format!("`d.csv`, row {row}, `{column}`: ");
        let line =
            all.lines().find(|line| line.contains(&place) && (line.contains(what) || what.starts_with('`')));
        assert!(line.is_some(), "{place}{what} is not in\n{all}");
    }
    assert!(all.contains("`d.csv`, row 4: `a` is described twice in one entity; before in row 1"), "{all}");
    assert!(all.contains("`d.csv`, row 5: nothing says the name"), "{all}");
    assert!(all.contains("`d.csv`, row 4, `Định dạng`: "), "{all}");
}

#[test]
fn yaml_and_json_are_pointed_into() {
    let yaml =
        "entries:\n  - { name: a, type: chuỗii }\n  - { type: text }\n  - { name: b, required: [1] }\n";
    let all = said("dictionary: d.yaml", "d.yaml", yaml);
    assert!(all.contains("this is no type") && all.contains("nothing says the name"), "{all}");
    assert!(all.contains("expected a text"), "{all}");
    let json = "[{\"name\": \"a\", \"kiểu\": \"text\", \"type\": \"text\"}]";
    let all = said("dictionary: d.json", "d.json", json);
    assert!(all.contains("`kiểu` and `type` mean the same"), "{all}");
    assert!(said("dictionary: d.json", "d.json", "[]").contains("it has no entry"));
    assert!(said("dictionary: d.json", "d.json", "{\"muc\": []}").contains("unknown key `muc`"));
    assert_eq!(said("dictionary: d.json", "d.json", "[{\"name\": \"a\"}]"), "");
}

#[test]
fn lengths_that_contradict_their_type_are_told() {
    let csv = "name,type,length\na,date,\"10,2\"\nb,text,\"10,2\"\nc,boolean,50\nd,int,\"5,2\"\ne,\"DATE(10,2)\",\n\
               f,int,\"5,0\"\ng,bit(1),\nh,TIMESTAMP(6),\ni,datetime2(7),\nj,date,10\nk,,\"5,2\"\nl,boolean,5\n";
    let all = said("dictionary: d.csv", "d.csv", csv);
    for (row, column, what) in [
        (1, "length", "only numbers have digits after a point"),
        (2, "length", "only numbers have digits after a point"),
        (3, "length", "no flag is 50 characters long"),
        (4, "length", "whole numbers have no digits after the point"),
        (5, "type", "only numbers have digits after a point"),
    ] {
        let line = format!("`d.csv`, row {row}, `{column}`: {what}");
        assert!(all.contains(&line), "{line} is not in\n{all}");
    }
    assert_eq!(all.matches("`d.csv`, row").count(), 5, "{all}");
}

#[test]
fn entries_of_no_entity_among_others_are_told_with_their_rows() {
    let merged =
        "entity,name,type\nCon người,SoDinhDanh,text\n,HoTen,text\n,NgaySinh,date\nĐịa chỉ,Xa,text\n";
    for rule in ["dictionary: { file: d.csv, entity: Con người }", "dictionary: d.csv"] {
        let all = said(rule, "d.csv", merged);
        assert!(all.contains("`d.csv`: rows 2, 3 name no entity, as others do"), "{all}");
    }
    let yaml = "- { name: a, entity: x }\n- { name: b }\n";
    let all = said("dictionary: { file: d.yaml, entity: x }", "d.yaml", yaml);
    assert!(all.contains("this entry names no entity"), "{all}");
    assert_eq!(said("dictionary: d.csv", "d.csv", "entity,name\n,a\n,b\n"), "");
}

#[test]
fn what_is_no_dictionary_is_no_part_of_a_table_either() {
    let stage = Stage::new(format!("{RULES}dictionary: d.xlsx\n")).file("t.csv", "ma\n1\n");
    fs::write(stage.path().join("d.xlsx"), "PK\u{3}\u{4}").expect("a workbook");
    let all = stage.run(&[]).said();
    assert!(all.contains("what can be read: ") && !all.contains("`files`"), "{all}");
    let table =
        Stage::new("thuocdo: 1\ndatabase: d\ntables: { t: { files: '*' } }\n").file("t.xlsx", "PK\u{3}\u{4}");
    let all = table.run(&[]).said();
    assert!(all.contains("narrow the table's `files`"), "{all}");
    assert!(
        said("dictionary: d.yaml", "d.yaml", "- { name: a, codes: [] }\n").contains("this list has no code")
    );
}

#[test]
fn what_a_rule_says_of_a_dictionary_must_be_in_it() {
    let csv = "name,entity\na,x\nb,x\na,y\n";
    for (rule, what) in [
        ("dictionary: d.csv", "the dictionary has 2 entities"),
        ("dictionary: { file: d.csv, entity: z }", "the dictionary has no entity `z`"),
        ("dictionary: { file: d.csv, entity: x, map: { ma: c } }", "the dictionary has no entry `c`"),
        ("dictionary: { file: d.csv, entity: x, map: { ma: a, mo: a } }", "two columns are mapped to `a`"),
        ("dictionary: { file: d.csv, entity: x, code_lists: { l: m } }", "no code list `m` in this file"),
    ] {
        let all = said(rule, "d.csv", csv);
        assert!(all.contains(what), "{rule}: `{what}` is not in\n{all}");
    }
    assert_eq!(said("dictionary: { file: d.csv, entity: X }", "d.csv", csv), "");
}

#[test]
fn the_example_that_ships_is_read_and_is_kept_by_a_person_register() {
    let rules = format!(
        "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    rules:\n      - {{ id: r, dictionary: {{ file: {}, entity: con nguoi }} }}\n",
        root().join("rules/dictionaries/message-reported.csv").display()
    );
    let stage = Stage::new(rules).file(
        "t.csv",
        "so_dinh_danh,ho_va_ten,ten_khac,gioi_tinh,dan_toc,quoc_tich\n001090000015,Trần Văn An,,1,01,VN\n001190000014,Lê Bình,,2,001,VN\n",
    );
    let run = stage.json();
    // The ethnic group is written with three digits: it is too long, and on no list.
    assert_eq!(run.counts("t", "r"), [17, 2, 0, 0], "{}", run.said());
    let figures = run.rule("t", "r")["figures"].to_string();
    assert!(figures.contains("DanToc: 2 < 3 (1)") && figures.contains("\"outside_code_list\""), "{figures}");
    assert!(!figures.contains("dictionary_contradicts"), "{figures}");
}

#[test]
fn cells_are_understood_as_people_write_them() {
    let size = |text: &str| Size::parse(text).expect(text).map(|size| size.to_string());
    for (text, wanted) in
        [("150", "150"), ("(150)", "150"), ("18,2", "18,2"), ("12 ký tự", "12"), ("20 chars", "20")]
    {
        assert_eq!(size(text).as_deref(), Some(wanted), "{text}");
    }
    assert_eq!(size("-"), None);
    for text in ["0", "dài", "250/255", "2,3", "12 kg"] {
        assert!(Size::parse(text).is_err(), "{text}");
    }
    for (format, good, bad) in [
        ("dd/MM/yyyy", "31/12/2026", "2026-12-31"),
        ("YYYY-MM-DDTHH:mm:ss", "2026-12-31T23:59:00", "2026-12-31 23:59:00"),
        ("HH:mm dd-mm-yyyy", "23:59 31-12-2026", "31-12-2026 23:59"),
        ("%Y%m%d", "20261231", "2026-12-31"),
        ("12 chữ số", "001090000015", "00109000001"),
        ("^[A-Z]{2}$", "VN", "VNM"),
        ("email", "a@b.vn", "a"),
    ] {
        let written = Written::parse(format).expect(format);
        assert!(written.accepts(good) && !written.accepts(bad), "{format}");
    }
    assert!(Written::parse("theo quy định của Bộ").expect("words").is_prose());
    assert_eq!(Codes::spelt_out("1: Nam; 2: Nữ"), Some(vec!["1", "2"]));
    assert_eq!(Codes::spelt_out("Nam | Nữ"), Some(vec!["Nam", "Nữ"]));
    assert_eq!(Codes::spelt_out("Danh mục dân tộc, tôn giáo"), None);
}

proptest! {
    /// What is no longer than a size fits, and nothing else does.
    #[test]
    fn a_text_fits_as_far_as_it_is_long(text in "[a-zữ0-9 ]{0,12}", most in 1_u64..12) {
        let size = Size { most, decimals: None };
        let fits = text.chars().count() as u64 <= most;
        prop_assert_eq!(size.holds(Some(ColumnType::Text), &text), fits);
    }

    /// A number with `w` digits before the point and `f` behind it needs a size of `w + f, f`. Zeros in front and at the end of
    /// the fraction are not digits of the number, and a point that moves with an exponent takes its digits along.
    #[test]
    fn a_number_fits_on_both_sides_of_the_point(zeros in "0{0,3}", whole in "([1-9][0-9]{0,5})?", fraction in "([0-9]{0,3}[1-9])?", more in "0{0,3}", most in 1_u64..10, decimals in 0_u64..5) {
        prop_assume!(decimals <= most && !(zeros.is_empty() && whole.is_empty() && fraction.is_empty()));
        let written = fraction.clone() + &more;
        prop_assume!(!(zeros.is_empty() && whole.is_empty() && written.is_empty()));
        let plain = if written.is_empty() { format!("{zeros}{whole}") } else { format!("-{zeros}{whole}.{written}") };
        let moved = format!("0.{zeros}{whole}{written}e{}", zeros.len() + whole.len());
        let fits = whole.len() as u64 <= most - decimals && fraction.len() as u64 <= decimals;
        let (size, sum) = (Size { most, decimals: Some(decimals) }, Size { most, decimals: None });
        for number in [&plain, &moved] {
            prop_assert_eq!(size.holds(Some(ColumnType::Decimal), number), fits, "{}", number);
            let count = (whole.len() + fraction.len()) as u64;
            prop_assert_eq!(sum.of(Some(ColumnType::Integer), number), count, "{}", number);
        }
    }
}
