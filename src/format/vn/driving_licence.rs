//! `vn.driving_licence`: the 12-digit number of a driving licence (số giấy phép lái xe).

use super::cccd;
use super::digits::{LOST_ZERO, ONE_DIGIT, SCIENTIFIC, SEQUENCE, is_run, rewritten};
use crate::format::ascii::{all_digits, all_same, is_scientific, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const LENGTH: Reason = Reason::new("not 12 digits", "không đủ 12 chữ số");
const NOT_DIGITS: Reason = Reason::new(
    "contains something other than digits; older paper licences had letters",
    "chứa ký tự không phải chữ số; giấy phép bìa giấy cũ có chữ cái",
);

/// `vn.driving_licence`
pub struct DrivingLicence;

fn check(digits: &[u8]) -> Check {
    if all_same(digits) {
        return Err(ONE_DIGIT);
    }
    Ok(is_run(digits).then_some(SEQUENCE))
}

fn passes(bytes: &[u8]) -> bool {
    bytes.len() == 12 && all_digits(bytes) && !all_same(bytes)
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, reason) = rewritten(value)?;
    match digits.len() {
        12 => passes(digits.as_bytes()).then(|| Verdict::repairable(digits, reason)),
        // With a known province nothing else is likely to be meant.
        11 => {
            let padded = format!("0{digits}");
            let province = cccd::is_province(number(&padded.as_bytes()[..2]));
            (province && passes(padded.as_bytes())).then(|| Verdict::repairable(padded, LOST_ZERO))
        }
        _ => None,
    }
}

fn why_invalid(value: &str) -> Reason {
    if is_scientific(value) {
        SCIENTIFIC
    } else if all_digits(value.as_bytes()) {
        LENGTH
    } else {
        NOT_DIGITS
    }
}

impl Format for DrivingLicence {
    fn name(&self) -> &'static str {
        "vn.driving_licence"
    }

    fn about(&self) -> Reason {
        Reason::new("Vietnamese driving licence number (12 digits)", "Số giấy phép lái xe (12 chữ số)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Twelve digits: province (2), gender and century (1), year of the first issue (2), serial (7), as reported \
             by one secondary source. Whether the parts changed when the Ministry of Public Security took over in 2025 \
             is unsure, so only length and digits are checked, and an 11-digit number is taken for one that has lost \
             its zero if a province code of before 01/07/2025 comes out. A personal number has 12 digits as well and \
             cannot be told apart. Numbers of older paper licences, class and validity are not covered.",
            "Mười hai chữ số: tỉnh (2), giới tính và thế kỷ (1), năm cấp lần đầu (2), số thứ tự (7), theo một nguồn thứ \
             cấp. Chưa rõ cấu trúc có thay đổi khi chuyển về Bộ Công an năm 2025 hay không nên chỉ kiểm tra độ dài và chữ \
             số; số có 11 chữ số được hiểu là mất số 0 nếu thêm vào thì ra mã tỉnh trước 01/07/2025. Số định danh cá nhân \
             cũng có 12 chữ số nên không phân biệt được. Không xét số của giấy phép bìa giấy cũ, hạng và thời hạn.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("010123456789", "valid"),
            ("790198012345", "valid"),
            ("012345678901", "unusual"),
            ("10123456789", "repairable"),
            ("7901 9801 2345", "repairable"),
            ("90123456789", "invalid"),
            ("000000000000", "invalid"),
            ("7.90198E+11", "invalid"),
            ("AB123456", "invalid"),
        ]
    }
}

impl Judge for DrivingLicence {
    fn judge(&self, value: &str) -> Verdict {
        let bytes = value.as_bytes();
        if bytes.len() == 12 && all_digits(bytes) {
            return verdict(check(bytes));
        }
        repair(value).unwrap_or_else(|| Verdict::Invalid(why_invalid(value)))
    }

    fn accepts(&self, value: &str) -> bool {
        passes(value.as_bytes())
    }
}
