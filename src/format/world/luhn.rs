//! `luhn`: any number that ends in a Luhn check digit.

use super::checksum;
use super::repair::{digits, judged, passing};
use crate::format::ascii::{all_digits, all_same};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not two or more digits", "không phải từ hai chữ số trở lên");
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");
const ZEROS: Reason = Reason::new("zeros only", "toàn chữ số 0");

/// `luhn`
pub struct Luhn;

fn check(value: &[u8]) -> Check {
    if value.len() < 2 || !all_digits(value) {
        return Err(SHAPE);
    }
    if !checksum::luhn(value) {
        return Err(CHECK_DIGIT);
    }
    Ok((value[0] == b'0' && all_same(value)).then_some(ZEROS))
}

fn repair(value: &str) -> Option<Verdict> {
    let (whole, reason) = digits(value)?;
    passing(whole, reason, check)
}

impl Format for Luhn {
    fn name(&self) -> &'static str {
        "luhn"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Number of any length that ends in a Luhn check digit (ISO/IEC 7812-1 annex B)",
            "Số có độ dài bất kỳ, kết thúc bằng chữ số kiểm tra Luhn (ISO/IEC 7812-1 phụ lục B)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Every second digit from the right is doubled, the digits of the results are added up, and the sum \
             is a multiple of 10 (ISO/IEC 7812-1 annex B). For customer and device numbers that have no format \
             of their own; length and meaning are not checked. Add `length` where it is known.",
            "Nhân đôi các chữ số ở vị trí chẵn tính từ phải, cộng các chữ số của kết quả, tổng phải chia hết \
             cho 10 (ISO/IEC 7812-1 phụ lục B). Dùng cho mã khách hàng, mã thiết bị chưa có định dạng riêng; \
             không kiểm tra độ dài và ý nghĩa. Thêm luật `length` khi biết độ dài.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("79927398713", "valid"),
            ("490154203237518", "valid"),
            ("18", "valid"),
            ("000000", "unusual"),
            ("7992-739-8713", "repairable"),
            ("79927398713.0", "repairable"),
            ("79927398710", "invalid"),
            ("8", "invalid"),
            ("7992739871X", "invalid"),
        ]
    }
}

impl Judge for Luhn {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
