//! `swift`: the business identifier code of a bank or company (BIC).

use super::iso_country;
use super::repair::{after_label, judged, passing, upper};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not 8 or 11 capital letters or digits of the form party, country, suffix, branch",
    "không phải 8 hoặc 11 chữ hoa hoặc chữ số theo dạng tổ chức, nước, hậu tố, chi nhánh",
);
const COUNTRY: Reason = Reason::new("letters 5 and 6 are no country", "ký tự 5 và 6 không phải mã nước");
const TEST: Reason =
    Reason::new("a code for tests (0 in eighth place)", "mã để thử nghiệm (số 0 ở vị trí thứ tám)");
const PASSIVE: Reason = Reason::new(
    "not connected to the network (1 in eighth place)",
    "chưa kết nối mạng (số 1 ở vị trí thứ tám)",
);
const DIGITS: Reason = Reason::new("digits among the first four characters", "có chữ số trong bốn ký tự đầu");

/// `swift`
pub struct Swift;

fn check(value: &[u8]) -> Check {
    if !matches!(value.len(), 8 | 11)
        || !value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    {
        return Err(SHAPE);
    }
    let country = [value[4], value[5]];
    if !iso_country::is_assigned(country) && country != *b"XK" {
        return Err(COUNTRY);
    }
    Ok(if value[7] == b'0' {
        Some(TEST)
    } else if value[7] == b'1' {
        Some(PASSIVE)
    } else if value[..4].iter().any(u8::is_ascii_digit) {
        Some(DIGITS)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = ["SWIFT", "BIC"].iter().fold(value, |bare, label| match after_label(bare, label) {
        // A bank's own letters may be these.
        rest if rest.len() + label.len() < bare.len() => rest,
        _ => bare,
    });
    let (whole, reason) = upper(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    passing(whole, reason, check)
}

impl Format for Swift {
    fn name(&self) -> &'static str {
        "swift"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Business identifier code of a bank, BIC or SWIFT code (ISO 9362)",
            "Mã định danh ngân hàng BIC, còn gọi là mã SWIFT (ISO 9362)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Four characters for the party, two letters for the country (ISO 3166-1, or XK), two for the place, \
             and perhaps three for the branch; capital letters and digits (ISO 9362:2022). Digits among the \
             first four are lawful since 2014 and never given out: unusual, as are 0 (test) and 1 (not \
             connected) in eighth place. Any word of such a form passes; whether the code is registered is not \
             checked.",
            "Bốn ký tự chỉ tổ chức, hai chữ cái chỉ nước (ISO 3166-1, hoặc XK), hai ký tự chỉ nơi, và có thể ba \
             ký tự chỉ chi nhánh; chữ hoa và chữ số (ISO 9362:2022). Chữ số trong bốn ký tự đầu hợp lệ từ năm \
             2014 nhưng chưa từng được cấp: bất thường, cũng như 0 (thử nghiệm) và 1 (chưa kết nối) ở vị trí \
             thứ tám. Từ nào có dạng này cũng qua; không kiểm tra mã đã được đăng ký.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("BFTVVNVX", "valid"),
            ("ICBVVNVX106", "valid"),
            ("DEUTDEFF500", "valid"),
            ("DEUTDEF0", "unusual"),
            ("DEUTDEF1XXX", "unusual"),
            ("D3UTDEFF", "unusual"),
            ("bftvvnvx", "repairable"),
            ("BFTV VN VX", "repairable"),
            ("SWIFT: BFTVVNVX", "repairable"),
            ("BFTVVNV", "invalid"),
            ("BFTVZZVX", "invalid"),
            ("BFTV12VX", "invalid"),
        ]
    }
}

impl Judge for Swift {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
