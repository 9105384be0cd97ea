//! `un_number`: the number of dangerous goods.

use super::repair::{LOST_ZERO, judged, passing};
use crate::format::ascii::{all_digits, number, ungrouped};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason =
    Reason::new("not four digits, alone or after UN", "không phải bốn chữ số, đứng riêng hoặc sau UN");
const NOT_GIVEN: Reason = Reason::new("no number is given in this range", "không cấp số trong khoảng này");
const NEW: Reason = Reason::new("beyond the numbers known to be given", "lớn hơn các số đã biết là được cấp");
const WRITING: Reason = Reason::new("small letters or other separators", "chữ thường hoặc dấu cách khác");

/// `un_number`
pub struct UnNumber;

fn check(value: &[u8]) -> Check {
    let digits = match value {
        [b'U', b'N', b' ', rest @ ..] | [b'U', b'N', rest @ ..] => rest,
        _ => value,
    };
    if digits.len() != 4 || !all_digits(digits) {
        return Err(SHAPE);
    }
    // Class 1, then the other classes; 0001 to 0003 and 0600 to 1000 were never given.
    match number(digits) {
        4..=599 | 1_001..=3_599 => Ok(None),
        3_600..=3_999 => Ok(Some(NEW)),
        _ => Err(NOT_GIVEN),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let joined = ungrouped(value).to_ascii_uppercase();
    let (label, digits) =
        joined.strip_prefix("UN").map_or(("", &*joined), |rest| ("UN", rest.trim_start_matches(':')));
    let digits = digits.strip_prefix("NO").unwrap_or(digits);
    // Three digits are what a spreadsheet leaves of a number of class 1.
    let reason = if digits.len() == 3 { LOST_ZERO } else { WRITING };
    if !matches!(digits.len(), 3 | 4) {
        return None;
    }
    passing(format!("{label}{digits:0>4}"), reason, check)
}

impl Format for UnNumber {
    fn name(&self) -> &'static str {
        "un_number"
    }

    fn about(&self) -> Reason {
        Reason::new("UN number of dangerous goods", "Số UN (số hiệu Liên hợp quốc) của hàng nguy hiểm")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Four digits, alone or after UN (UN1203, UN 1203), in the ranges of the Dangerous Goods List: \
             0004–0599 for explosives, 1001–3599 for the rest (UN Recommendations on the Transport of Dangerous \
             Goods, Model Regulations, chapter 3.2). Up to 3999 a number is unusual, since new ones are added \
             every two years. Single gaps in the list are not known here, nor whether the number fits the \
             goods. Numbers of other systems (NA, ID 8000) are invalid.",
            "Bốn chữ số, đứng riêng hoặc sau UN (UN1203, UN 1203), trong các khoảng của Danh mục hàng nguy \
             hiểm: 0004–0599 cho chất nổ, 1001–3599 cho loại khác (Khuyến nghị của Liên hợp quốc về vận chuyển \
             hàng nguy hiểm, Quy định mẫu, chương 3.2). Số đến 3999 là bất thường vì cứ hai năm có số mới. \
             Không biết từng số bỏ trống trong danh mục và số có đúng với hàng hóa. Số của hệ thống khác (NA, \
             ID 8000) không hợp lệ.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("UN1203", "valid"),
            ("UN 1203", "valid"),
            ("0336", "valid"),
            ("UN3700", "unusual"),
            ("un1203", "repairable"),
            ("UN-1203", "repairable"),
            ("336", "repairable"),
            ("UN9999", "invalid"),
            ("0700", "invalid"),
            ("UN12", "invalid"),
            ("NA1993", "invalid"),
        ]
    }
}

impl Judge for UnNumber {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
