//! Codes made of digits, as people and spreadsheets write them.

use crate::format::Reason;
use crate::format::ascii::{all_digits, before_float_suffix, ungrouped};

pub(super) const APOSTROPHE: Reason = Reason::new(
    "an apostrophe precedes it, as spreadsheets mark text",
    "có dấu nháy đơn ở đầu, cách bảng tính đánh dấu kiểu chữ",
);
pub(super) const FLOAT: Reason = Reason::new("written as a decimal number", "bị ghi thành số thập phân");
pub(super) const GROUPED: Reason = Reason::new("digits are separated", "các chữ số bị tách rời");
pub(super) const LOST_ZERO: Reason = Reason::new("the leading zero is lost", "mất chữ số 0 ở đầu");
pub(super) const ONE_DIGIT: Reason = Reason::new("one digit repeated", "một chữ số lặp lại");
pub(super) const SCIENTIFIC: Reason = Reason::new(
    "scientific notation: a spreadsheet has lost digits",
    "dạng số mũ: bảng tính đã làm mất chữ số",
);
pub(super) const SEQUENCE: Reason = Reason::new("a run of consecutive digits", "dãy chữ số liên tiếp");

/// The digits that are meant, and what is wrong if there are as many as there must be.
/// `None` if there is more than digits and their usual company.
pub(super) fn rewritten(value: &str) -> Option<(String, Reason)> {
    let (digits, reason) = if let Some(before) = before_float_suffix(value) {
        (before.to_owned(), FLOAT)
    } else if let Some(after) = value.strip_prefix('\'') {
        (after.to_owned(), APOSTROPHE)
    } else {
        (ungrouped(value), GROUPED)
    };
    all_digits(digits.as_bytes()).then_some((digits, reason))
}

/// 012345678901, 987654321098: every digit one up, or one down, from the digit before.
pub(super) fn is_run(digits: &[u8]) -> bool {
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    steps(1) || steps(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant() {
        assert_eq!(rewritten("0123.456-78 9"), Some(("0123456789".to_owned(), GROUPED)));
        assert_eq!(rewritten("123456789.0"), Some(("123456789".to_owned(), FLOAT)));
        assert_eq!(rewritten("'0123456789"), Some(("0123456789".to_owned(), APOSTROPHE)));
        assert_eq!(rewritten("O123456789"), None);
        assert_eq!(rewritten("''1"), None);
    }

    #[test]
    fn runs() {
        assert!(is_run(b"789012") && is_run(b"321098"));
        assert!(!is_run(b"123457") && !is_run(b"111111"));
    }
}
