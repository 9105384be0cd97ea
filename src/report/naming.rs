//! What rules and kinds are called where people read, who know no ids: a rule's own title, else what its kind asks for and
//! of which columns.

use super::term::words::own;
use crate::base::{Lang, Text};
use crate::kind;
use crate::say;

/// What rules of that kind ask for; a kind that this program does not know goes by its id.
pub fn kind(id: &str) -> Text {
    kind::find(id).map_or_else(|| Text::same(id.to_owned()), |kind| kind.about().title.text())
}

/// What a cap looks at.
pub fn cap(id: &str) -> Text {
    match id {
        "K1" => say!("identity key of a main table", "khóa định danh của bảng chính"),
        "K2" => say!("a critical rule", "một quy tắc nghiêm trọng"),
        "K3" => say!("points of a dimension", "điểm của một chiều"),
        "K4" => say!("clean records", "bản ghi sạch"),
        "K5" => say!("a main table that is not updated", "bảng chính không được cập nhật"),
        "K6" => say!("how much is measured", "mức độ đo được"),
        "K7" => say!("age and origin of the extract", "độ mới và nguồn gốc của bản trích xuất"),
        "K8" => say!("a required table is missing", "thiếu bảng bắt buộc"),
        "K9" => say!("grades of single databases", "hạng của từng CSDL"),
        _ => Text::same(id.to_owned()),
    }
}

/// The name of a rule within a sentence.
pub fn rule(title: Option<&Text>, kind_id: &str, columns: &[String], lang: Lang) -> String {
    if let Some(title) = title.map(|title| own(title, lang)).filter(|title| !title.trim().is_empty()) {
        return title.to_owned();
    }
    let what = kind(kind_id);
    let what = what.get(lang);
    let quoted: Vec<String> = columns.iter().map(|column| format!("“{column}”")).collect();
    let (all, of) = (quoted.join(", "), columns.len());
    match of {
        0 => what.to_owned(),
        1 => say!("{what}, column {all}", "{what}, cột {all}").get(lang).to_owned(),
        _ => say!("{what}, columns {all}", "{what}, các cột {all}").get(lang).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_title_is_told_by_its_kind_and_columns() {
        let columns = ["ngay_sinh".to_owned(), "ngay_cap".to_owned()];
        assert_eq!(rule(None, "not_null", &columns[..1], Lang::Vi), "không thiếu giá trị, cột “ngay_sinh”");
        assert_eq!(
            rule(None, "compare", &columns, Lang::En),
            "columns compared, columns “ngay_sinh”, “ngay_cap”"
        );
        assert_eq!(rule(None, "schema", &[], Lang::Vi), "cột đúng như khai báo");
        let title = say!("Born before registered", "");
        assert_eq!(rule(Some(&title), "compare", &columns, Lang::Vi), "Born before registered");
        assert_eq!(rule(None, "of_another_program", &[], Lang::Vi), "of_another_program");
    }

    #[test]
    fn every_cap_of_the_methodology_has_a_name() {
        for id in 1..=9 {
            let id = format!("K{id}");
            assert_ne!(cap(&id).vi, id);
        }
    }

    #[test]
    fn every_kind_has_a_name_of_its_own_in_both_languages() {
        let names =
            |lang: Lang| kind::KINDS.iter().map(move |kind| kind.about().title.text().get(lang).to_owned());
        for lang in [Lang::Vi, Lang::En] {
            let distinct: std::collections::BTreeSet<String> = names(lang).collect();
            assert_eq!(distinct.len(), kind::KINDS.len());
            assert!(
                distinct.iter().all(|name| !name.contains('_') && (8..48).contains(&name.chars().count()))
            );
        }
    }
}
