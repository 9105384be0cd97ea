//! `issn`: the international standard serial number.

use super::checksum::modulo_11;
use super::repair::{LOST_ZERO, after_label, judged, passing};
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not four digits, hyphen, three digits and a digit or X",
    "không phải bốn chữ số, gạch nối, ba chữ số và một chữ số hoặc X",
);
const CHECK_DIGIT: Reason =
    Reason::new("the last character is not the check digit", "ký tự kiểm tra cuối cùng sai");
const ZEROS: Reason = Reason::new("zeros only", "toàn chữ số 0");
const WRITING: Reason = Reason::new(
    "the hyphen is missing or of another kind, a label precedes, or x is small",
    "thiếu hoặc sai dấu gạch nối, có nhãn ở trước, hoặc chữ x thường",
);

/// `issn`
pub struct Issn;

fn check(value: &[u8]) -> Check {
    let &[a, b, c, d, b'-', e, f, g, last] = value else { return Err(SHAPE) };
    if !all_digits(&[a, b, c, d, e, f, g]) || !(last.is_ascii_digit() || last == b'X') {
        return Err(SHAPE);
    }
    if value == b"0000-0000" {
        return Err(ZEROS);
    }
    if modulo_11([a, b, c, d, e, f, g, last].into_iter()) { Ok(None) } else { Err(CHECK_DIGIT) }
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(after_label(value, "eISSN"), "ISSN");
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}');
    let joined = bare.replace(is_separator, "").to_ascii_uppercase();
    let (whole, reason) = match joined.len() {
        7 => (format!("0{joined}"), LOST_ZERO),
        8 => (joined, WRITING),
        _ => return None,
    };
    let (first, last) = whole.split_at_checked(4)?;
    passing(format!("{first}-{last}"), reason, check)
}

impl Format for Issn {
    fn name(&self) -> &'static str {
        "issn"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "International standard serial number (ISO 3297)",
            "Mã số xuất bản phẩm nhiều kỳ quốc tế ISSN (ISO 3297)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Four digits, a hyphen, three digits and the check character modulo 11 with weights 8 to 2, X for \
             10 (ISO 3297). Without its hyphen or with a label it is repairable. Whether the number was given \
             to a journal is not checked.",
            "Bốn chữ số, gạch nối, ba chữ số và ký tự kiểm tra theo số dư cho 11 với trọng số 8 đến 2, X thay \
             cho 10 (ISO 3297). Thiếu gạch nối hoặc có nhãn thì sửa được. Không kiểm tra mã đã được cấp cho một \
             tạp chí.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("0378-5955", "valid"),
            ("2434-561X", "valid"),
            ("03785955", "repairable"),
            ("ISSN 0378-5955", "repairable"),
            ("2434-561x", "repairable"),
            ("3785955", "repairable"),
            ("0378-5956", "invalid"),
            ("0378-595", "invalid"),
            ("0000-0000", "invalid"),
        ]
    }
}

impl Judge for Issn {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
