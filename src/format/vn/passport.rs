//! `vn.passport`: the number of a passport (số hộ chiếu).

use super::digits::{ONE_DIGIT, SCIENTIFIC};
use crate::format::ascii::{all_digits, all_same, is_scientific, ungrouped};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const CHARACTERS: Reason = Reason::new(
    "contains something other than capital letters and digits",
    "chứa ký tự không phải chữ cái in hoa hoặc chữ số",
);
const LENGTH: Reason = Reason::new("not 5 to 20 characters", "không đủ 5 đến 20 ký tự");
const NO_DIGIT: Reason = Reason::new("there is no digit in it", "không có chữ số nào");
const FOREIGN: Reason = Reason::new(
    "not the form of a Vietnamese passport; may be a foreign one",
    "không theo dạng hộ chiếu Việt Nam; có thể là hộ chiếu nước ngoài",
);
const OTHER_PAPER: Reason = Reason::new(
    "9 or 12 digits: an identity card or personal number, or a foreign passport",
    "9 hoặc 12 chữ số: số chứng minh nhân dân, số định danh cá nhân, hoặc hộ chiếu nước ngoài",
);
const LOWER_CASE: Reason = Reason::new("lower-case letter", "chữ cái viết thường");
const GROUPED: Reason = Reason::new("the parts are separated", "các phần bị tách rời");

/// `vn.passport`
pub struct Passport;

/// One capital letter and 7 or 8 digits.
fn is_vietnamese(bytes: &[u8]) -> bool {
    matches!(bytes, [b'A'..=b'Z', digits @ ..] if matches!(digits.len(), 7 | 8) && all_digits(digits))
}

fn check(bytes: &[u8]) -> Check {
    if is_vietnamese(bytes) {
        return if all_same(&bytes[1..]) { Err(ONE_DIGIT) } else { Ok(None) };
    }
    if !bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        Err(CHARACTERS)
    } else if !(5..=20).contains(&bytes.len()) {
        Err(LENGTH)
    } else if !bytes.iter().any(u8::is_ascii_digit) {
        Err(NO_DIGIT)
    } else if all_same(bytes) {
        Err(ONE_DIGIT)
    } else if matches!(bytes.len(), 9 | 12) && all_digits(bytes) {
        Ok(Some(OTHER_PAPER))
    } else {
        Ok(Some(FOREIGN))
    }
}

/// Only what becomes a Vietnamese number: how other countries write theirs is not known.
fn repair(value: &str) -> Option<Verdict> {
    let together = ungrouped(value);
    let reason = if together == value { LOWER_CASE } else { GROUPED };
    let number = together.to_ascii_uppercase();
    let certain = is_vietnamese(number.as_bytes()) && check(number.as_bytes()).is_ok();
    certain.then(|| Verdict::repairable(number, reason))
}

impl Format for Passport {
    fn name(&self) -> &'static str {
        "vn.passport"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Passport number: Vietnamese (a letter and 7 or 8 digits); a foreign one is unusual",
            "Số hộ chiếu: của Việt Nam (1 chữ cái và 7 hoặc 8 chữ số); của nước ngoài bị xem là bất thường",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Vietnamese passports have one capital letter and 7 digits, older ones 7 or 8. This is common knowledge of \
             the field, not confirmed in a legal text; which letters are in use is unsure and not checked. Any other 5 \
             to 20 capital letters and digits with at least one digit may be a foreign passport and are unusual. There \
             is no check digit outside of the machine-readable zone. Whether the passport was issued, or has expired, \
             is not checked.",
            "Hộ chiếu Việt Nam gồm 1 chữ cái in hoa và 7 chữ số, loại cũ 7 hoặc 8 chữ số. Đây là hiểu biết phổ biến, chưa \
             đối chiếu với văn bản pháp luật; các chữ cái được dùng chưa rõ nên không kiểm tra. Chuỗi 5 đến 20 chữ cái in \
             hoa và chữ số khác, có ít nhất một chữ số, có thể là hộ chiếu nước ngoài và bị xem là bất thường. Ngoài vùng \
             đọc máy, số hộ chiếu không có chữ số kiểm tra. Không kiểm tra hộ chiếu đã được cấp hay đã hết hạn.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("C1234567", "valid"),
            ("P00123456", "valid"),
            ("AB123456", "unusual"),
            ("001099012345", "unusual"),
            ("c1234567", "repairable"),
            ("C 1234567", "repairable"),
            ("C0000000", "invalid"),
            ("C123", "invalid"),
            ("ab123456", "invalid"),
            ("HOCHIEU", "invalid"),
        ]
    }
}

impl Judge for Passport {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(CHARACTERS) => repair(value).unwrap_or(Verdict::Invalid(if is_scientific(value) {
                SCIENTIFIC
            } else {
                CHARACTERS
            })),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
