//! `placeholders/1`: what people write when they have nothing to write.
//!
//! The list is versioned data of the scoring methodology: a change of content needs a new [`ID`], because it changes
//! what counts as complete. "không" is a legitimate answer to a yes-or-no question and 1970-01-01 a legitimate birth
//! date, so neither is in it.

/// The list's name and version.
pub const ID: &str = "placeholders/1";

/// Texts, as they are after NFC, trimming, collapsing of spaces and simple lowercasing. Sorted by code point.
pub const STRINGS: &[&str] = &[
    "#n/a",
    "(blank)",
    "(null)",
    "-",
    "--",
    "---",
    "-/-",
    ".",
    "..",
    "...",
    "....",
    "<null>",
    "?",
    "??",
    "???",
    "[null]",
    "\\n",
    "_",
    "__",
    "chua biet",
    "chua cap nhat",
    "chua co",
    "chua co thong tin",
    "chua nhap",
    "chua ro",
    "chua xac dinh",
    "chưa biết",
    "chưa có",
    "chưa có thông tin",
    "chưa cập nhật",
    "chưa nhập",
    "chưa rõ",
    "chưa xác định",
    "dang cap nhat",
    "dang xac minh",
    "k",
    "khong biet",
    "khong co",
    "khong co du lieu",
    "khong co thong tin",
    "khong ro",
    "khong xac dinh",
    "không biết",
    "không có",
    "không có dữ liệu",
    "không có thông tin",
    "không rõ",
    "không xác định",
    "ko",
    "ko biet",
    "ko biết",
    "ko co",
    "ko có",
    "ko ro",
    "ko rõ",
    "n.a",
    "n.a.",
    "n/a",
    "na",
    "nan",
    "nil",
    "none",
    "not available",
    "null",
    "tbd",
    "unknown",
    "x",
    "xx",
    "xxx",
    "xxxx",
    "đang cập nhật",
    "đang xác minh",
    "–",
    "—",
    "…",
];

/// Identifiers that stand for "none", besides those that repeat one digit.
pub const IDENTIFIERS: &[&str] = &["123456789012"];

/// An identifier of at least this many digits, all the same, is a placeholder. Shorter ones are codes: "11" and
/// "22" name provinces.
pub const REPEATED_DIGITS: usize = 6;

/// Dates that systems write for "none".
pub const DATES: &[&str] = &["0001-01-01", "1900-01-01", "9999-12-31"];

/// Whether a text, already in NFC, trimmed, with single spaces and in lower case, is a placeholder.
pub fn is_string(normal: &str) -> bool {
    STRINGS.binary_search(&normal).is_ok()
}

/// Whether a canonical identifier is a placeholder.
pub fn is_identifier(canonical: &str) -> bool {
    let bytes = canonical.as_bytes();
    let repeated = bytes.len() >= REPEATED_DIGITS
        && bytes[0].is_ascii_digit()
        && bytes.iter().all(|byte| *byte == bytes[0]);
    repeated || IDENTIFIERS.contains(&canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::is_nfc;

    #[test]
    fn list_is_sorted_and_in_normal_form() {
        assert!(STRINGS.is_sorted_by(|a, b| a < b), "binary search needs the order, without repeats");
        for text in STRINGS {
            assert!(is_nfc(text) && *text == text.trim() && *text == text.to_lowercase(), "{text}");
        }
    }

    #[test]
    fn members_and_strangers() {
        for text in ["-", "n/a", "null", "không rõ", "khong ro", "chưa cập nhật", "đang cập nhật", "ko", "xx"]
        {
            assert!(is_string(text), "{text}");
        }
        for text in ["không", "có", "0", "1970-01-01", "nguyễn văn a", "", "xa", "N/A"] {
            assert!(!is_string(text), "{text}");
        }
        assert!(is_identifier("000000000000") && is_identifier("123456789012") && is_identifier("999999999"));
        assert!(!is_identifier("11") && !is_identifier("001099012345") && !is_identifier("aaaaaaaaa"));
        assert!(!is_identifier(""));
    }
}
