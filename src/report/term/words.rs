//! Words of the page: counted nouns, points and how they are coloured.

use anstyle::Style as Ink;

use super::page::{BAD, DIM, FAIR, GOOD, WEAK};
use crate::base::{Lang, Nano, Text, Unit};
use crate::report::number;
pub use crate::report::number::counted;
use crate::say;
use crate::score::Grade;
use crate::score::grade::{BANDS, by_points};
use crate::score::scorecard::{CleanRecords, Fraction};

/// The text in that language, or in the other if the author wrote only one.
pub fn own(text: &Text, lang: Lang) -> &str {
    let other = match lang {
        Lang::Vi => &text.en,
        Lang::En => &text.vi,
    };
    if text.get(lang).trim().is_empty() { other } else { text.get(lang) }
}

pub fn pick<T>(lang: Lang, vi: T, en: T) -> T {
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

pub const DATABASES: [&str; 3] = ["database", "databases", "CSDL"];
pub const MAIN_TABLES: [&str; 3] = ["main table", "main tables", "bảng chính"];
pub const FILES: [&str; 3] = ["file", "files", "tệp"];
pub const ROWS: [&str; 3] = ["row", "rows", "bản ghi"];
pub const RULES: [&str; 3] = ["rule", "rules", "quy tắc"];

pub const fn unit(unit: Unit) -> [&'static str; 3] {
    match unit {
        Unit::Row => ROWS,
        Unit::Cell => ["value", "values", "giá trị"],
        Unit::Key => ["key", "keys", "khóa"],
        Unit::ExpectedRecord => ["expected record", "expected records", "bản ghi phải có"],
        Unit::ExpectedValue => ["expected value", "expected values", "giá trị phải có"],
        Unit::Group => ["group", "groups", "nhóm"],
        Unit::Event => ["event", "events", "sự kiện"],
        Unit::ContractItem => ["agreed item", "agreed items", "mục cam kết"],
        Unit::Check => ["check", "checks", "phép kiểm tra"],
        Unit::Attempt => ["attempt", "attempts", "lượt kết nối"],
        Unit::Connection => ["connection", "connections", "kết nối"],
        Unit::Request => ["request", "requests", "yêu cầu"],
    }
}

pub fn tier(tier: u32) -> Text {
    match tier {
        0 => say!("not scored", "không tính điểm"),
        1 => say!("code list or log", "danh mục hoặc nhật ký"),
        2 => say!("secondary table", "bảng phụ"),
        3 => say!("main table", "bảng chính"),
        _ => say!("tier {tier}", "bậc {tier}"),
    }
}

/// Points with two decimals, cut off.
pub fn points(text: &str, lang: Lang) -> String {
    number::decimal(text, 2, lang)
}

/// A gain in points; what is too small for two decimals is not shown as nothing.
pub fn gain(text: &str, nano: i64, lang: Lang) -> String {
    if (1..Nano::POINT / 100).contains(&nano) {
        pick(lang, "<0,01", "<0.01").to_owned()
    } else {
        format!("+{}", points(text, lang))
    }
}

/// The guaranteed share of clean records, for a cell. Where main tables have no records it is none, and that is said.
pub fn clean_share(records: &CleanRecords, lang: Lang) -> String {
    let unknown = records.unknown_tables.len() as u64;
    if unknown > 0 {
        let (in_en, in_vi) =
            (counted(unknown, MAIN_TABLES, Lang::En), counted(unknown, MAIN_TABLES, Lang::Vi));
        return say!("0% (unknown in {in_en})", "0% (chưa rõ ở {in_vi})").get(lang).to_owned();
    }
    number::share(records.clean, records.rows, lang).unwrap_or_else(|| "—".to_owned())
}

pub fn fraction(fraction: Fraction, lang: Lang) -> String {
    number::share(fraction.num, fraction.den, lang).unwrap_or_else(|| "—".to_owned())
}

pub const fn grade_ink(grade: Grade) -> Ink {
    match grade {
        Grade::A => GOOD,
        Grade::B => FAIR,
        Grade::C => WEAK,
        Grade::D => BAD,
        Grade::Ungraded => DIM,
    }
}

/// The colour of the grade that so many billionths of a point earn.
pub fn points_ink(nano: i64) -> Ink {
    grade_ink(by_points(&BANDS, Nano::new(nano)))
}

/// Vietnamese names of figures; others keep the name that is in the JSON.
const FIGURES: [(&str, &str); 107] = [
    ("null", "null"),
    ("blank", "để trống"),
    ("placeholder", "giá trị giả"),
    ("excess", "bản thừa"),
    ("double_space", "khoảng trắng kép"),
    ("leading_space", "khoảng trắng đầu"),
    ("trailing_space", "khoảng trắng cuối"),
    ("control", "ký tự điều khiển"),
    ("invisible", "ký tự ẩn"),
    ("missing", "thiếu"),
    ("extra", "thừa"),
    ("rows", "số bản ghi"),
    ("values", "số giá trị"),
    ("latest", "mới nhất"),
    ("age_seconds", "tuổi (giây)"),
    ("cycle_seconds", "nhịp (giây)"),
    ("future_rows", "bản ghi ở tương lai"),
    ("groups", "số nhóm"),
    ("late", "nhóm chậm"),
    ("oldest", "nhóm cũ nhất"),
    ("newest", "mới nhất"),
    ("since", "mốc"),
    ("overlap", "chồng nhau"),
    ("reversed", "đảo đầu cuối"),
    ("gap", "hở"),
    ("gaps", "số chỗ hở"),
    ("starts_late", "bắt đầu muộn"),
    ("ends_early", "kết thúc sớm"),
    ("first", "sai sự kiện đầu"),
    ("order", "sai thứ tự"),
    ("transition", "bước không được phép"),
    ("after_final", "sau sự kiện cuối"),
    ("after_cancel", "sau khi hủy"),
    ("before_new", "trước khi có NEW"),
    ("written_before", "ghi trước khi thay đổi"),
    ("records", "bản ghi"),
    ("begun_earlier", "bản ghi chưa thấy NEW"),
    ("new_again", "NEW lặp lại"),
    ("future", "ở tương lai"),
    ("written_late", "ghi trễ"),
    ("unknown_event", "sự kiện lạ"),
    ("out_of_order", "sai chiều"),
    ("repeated", "lặp lại"),
    ("windows", "số khoảng"),
    ("empty", "khoảng trống"),
    ("least", "ít nhất"),
    ("most", "nhiều nhất"),
    ("first_failing", "lỗi đầu tiên"),
    ("files", "số tệp"),
    ("extra_column", "cột lạ"),
    ("invalid", "không hợp lệ"),
    ("repairable", "sửa được"),
    ("unknown_code", "mã lạ"),
    ("parent_code_differs", "mã cha không khớp"),
    ("edge_space", "khoảng trắng ở hai đầu"),
    ("odd_space", "khoảng trắng lạ"),
    ("mojibake", "vỡ phông chữ"),
    ("look_alike", "chữ trông giống"),
    ("tone_mark", "dấu thanh sai"),
    ("tcvn3", "mã TCVN3"),
    ("over_ten_words", "trên mười từ"),
    ("birth_year", "năm sinh không khớp"),
    ("gender", "giới tính không khớp"),
    ("province", "tỉnh không khớp"),
    ("malformed", "sai dạng"),
    ("broken", "không thỏa"),
    ("disagree", "không khớp"),
    ("too_many", "quá nhiều"),
    ("too_few", "quá ít"),
    ("expected", "phải có"),
    ("ours", "ở đây"),
    ("theirs", "bên kia"),
    ("only_ours", "bên kia không có"),
    ("only_theirs", "ở đây không có"),
    ("worst_group", "nhóm lệch nhất"),
    ("no_such_key", "không có khóa này"),
    ("partly_absent", "khóa thiếu một phần"),
    ("never_in_force", "dòng không bao giờ có hiệu lực"),
    ("without_key", "dòng không có khóa"),
    ("scope_unknown", "chưa rõ thuộc phạm vi"),
    ("negative", "âm"),
    ("p50_seconds", "phân vị 50 (giây)"),
    ("p95_seconds", "phân vị 95 (giây)"),
    ("p99_seconds", "phân vị 99 (giây)"),
    ("cycle_days", "chu kỳ (ngày)"),
    ("pairs_compared", "cặp đã so sánh"),
    ("pairs_possible", "cặp có thể có"),
    ("clusters", "số cụm nghi trùng"),
    ("largest_cluster", "cụm lớn nhất"),
    ("large_blocks", "khối quá lớn"),
    ("rows_in_large_blocks", "bản ghi trong khối quá lớn"),
    ("too_little", "quá ít để so sánh"),
    ("type_differs", "sai kiểu"),
    ("too_long", "dài quá quy định"),
    ("format_differs", "sai định dạng"),
    ("format_not_understood", "định dạng không hiểu được"),
    ("not_required", "chưa bắt buộc"),
    ("codes_missing", "thiếu mã"),
    ("codes_extra", "thừa mã"),
    ("outside_code_list", "giá trị ngoài danh mục"),
    ("code_list_not_understood", "danh mục không hiểu được"),
    ("undescribed", "cột ngoài từ điển"),
    ("undescribed_column", "cột ngoài từ điển"),
    ("dictionary_contradicts", "từ điển tự mâu thuẫn"),
    ("entries", "số mục từ"),
    ("attributes", "số thuộc tính"),
    ("attributes_not_compared", "thuộc tính không so sánh"),
];

pub fn figure_name(name: &str, lang: Lang) -> &str {
    match lang {
        Lang::En => name,
        Lang::Vi => FIGURES.iter().find(|(id, _)| *id == name).map_or(name, |(_, vi)| vi),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_one_language_serves_both() {
        let vi_only = Text { vi: "Dân cư".to_owned(), en: String::new() };
        assert_eq!(own(&vi_only, Lang::En), "Dân cư");
        assert_eq!(own(&Text { en: "People".to_owned(), ..vi_only }, Lang::En), "People");
    }

    #[test]
    fn small_gains_are_not_nothing() {
        assert_eq!(gain("0.009999", 9_999_999, Lang::Vi), "<0,01");
        assert_eq!(gain("0.010000", 10_000_000, Lang::Vi), "+0,01");
        assert_eq!(gain("0.000000", 0, Lang::En), "+0.00");
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(counted(1, FILES, Lang::En), "1 file");
        assert_eq!(counted(1_000, FILES, Lang::En), "1,000 files");
        assert_eq!(counted(1_000, FILES, Lang::Vi), "1.000 tệp");
    }
}
