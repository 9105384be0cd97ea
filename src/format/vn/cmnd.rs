//! `vn.cmnd`: the 9-digit number of the old identity card (chứng minh nhân dân).

use super::digits::{LOST_ZERO, ONE_DIGIT, SCIENTIFIC, SEQUENCE, rewritten};
use crate::format::ascii::{all_digits, all_same, is_scientific};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const NOT_DIGITS: Reason =
    Reason::new("contains something other than digits", "chứa ký tự không phải chữ số");
const LENGTH: Reason = Reason::new("not 9 digits", "không đủ 9 chữ số");
const PERSONAL_NUMBER: Reason = Reason::new(
    "12 digits: a personal number, not an old identity card number",
    "12 chữ số: số định danh cá nhân, không phải số chứng minh nhân dân",
);

/// What people type to get past a required field. 012345678 is not here: it lies in the range of Hà Nội.
const TYPED: [&[u8]; 2] = [b"123456789", b"987654321"];

/// `vn.cmnd`
pub struct OldIdentityCard;

fn check(digits: &[u8]) -> Check {
    if all_same(digits) {
        return Err(ONE_DIGIT);
    }
    Ok(TYPED.contains(&digits).then_some(SEQUENCE))
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, reason) = rewritten(value)?;
    if all_same(digits.as_bytes()) {
        return None;
    }
    match digits.len() {
        9 => Some(Verdict::repairable(digits, reason)),
        8 => Some(Verdict::repairable(format!("0{digits}"), LOST_ZERO)),
        _ => None,
    }
}

fn why_invalid(value: &str) -> Reason {
    let bytes = value.as_bytes();
    if is_scientific(value) {
        SCIENTIFIC
    } else if !all_digits(bytes) {
        NOT_DIGITS
    } else if all_same(bytes) {
        ONE_DIGIT
    } else if bytes.len() == 12 {
        PERSONAL_NUMBER
    } else {
        LENGTH
    }
}

impl Format for OldIdentityCard {
    fn name(&self) -> &'static str {
        "vn.cmnd"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Number of the old Vietnamese identity card (CMND, 9 digits)",
            "Số chứng minh nhân dân (CMND, 9 chữ số)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Nine digits without a check digit; eight are taken for a number that has lost its leading zero. The card \
             has not been a valid document since 01/01/2025 (Law on Identification 26/2023/QH15, transitional \
             provisions; read in a note of a mirror, the text itself not confirmed), but its numbers live on in land, \
             bank and insurance data: map them to the personal number (`vn.cccd`), do not delete them. Neither the \
             province in the first digits nor whether the number was issued is checked.",
            "Chín chữ số, không có chữ số kiểm tra; tám chữ số được hiểu là mất số 0 ở đầu. Chứng minh nhân dân hết giá \
             trị sử dụng từ 01/01/2025 (điều khoản chuyển tiếp của Luật Căn cước 26/2023/QH15; theo ghi chú của một \
             bản sao, chưa đối chiếu nguyên văn) nhưng số còn trong dữ liệu đất đai, ngân hàng, bảo hiểm: cần ánh xạ \
             sang số định danh cá nhân (`vn.cccd`), không xóa. Không kiểm tra mã tỉnh ở các chữ số đầu và việc số đã \
             được cấp hay chưa.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("012345678", "valid"),
            ("271234567", "valid"),
            ("123456789", "unusual"),
            ("12345678", "repairable"),
            ("271 234 567", "repairable"),
            ("'012345678", "repairable"),
            ("271234567.0", "repairable"),
            ("000000000", "invalid"),
            ("001099012345", "invalid"),
            ("2712345", "invalid"),
            ("B12345678", "invalid"),
        ]
    }
}

impl Judge for OldIdentityCard {
    fn judge(&self, value: &str) -> Verdict {
        let bytes = value.as_bytes();
        if bytes.len() == 9 && all_digits(bytes) {
            return verdict(check(bytes));
        }
        repair(value).unwrap_or_else(|| Verdict::Invalid(why_invalid(value)))
    }

    fn accepts(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        bytes.len() == 9 && all_digits(bytes) && !all_same(bytes)
    }
}
