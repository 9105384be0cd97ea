//! `hs_code`: the customs tariff code of goods.

use super::repair::{LOST_ZERO, after_label, digits, judged, passing};
use crate::format::ascii::{all_digits, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not 6 or 8 digits", "không phải 6 hoặc 8 chữ số");
const HEADING: Reason =
    Reason::new("a chapter or heading, no subheading", "chỉ là chương hoặc nhóm, chưa đến phân nhóm");
const CHAPTER: Reason = Reason::new("no such chapter", "không có chương này");
const NO_HEADING: Reason = Reason::new("headings count from 01", "nhóm được đánh số từ 01");
const NATIONAL: Reason =
    Reason::new("a chapter for national use (98, 99)", "chương dùng riêng của từng nước (98, 99)");
const FOREIGN: Reason =
    Reason::new("10 digits, as in the tariff of another country", "10 chữ số, theo biểu thuế của nước khác");

/// `hs_code`
pub struct HsCode;

fn check(value: &[u8]) -> Check {
    if !all_digits(value) || !matches!(value.len(), 6 | 8 | 10) {
        return Err(if matches!(value.len(), 2 | 4) && all_digits(value) { HEADING } else { SHAPE });
    }
    match number(&value[..2]) {
        // 77 is kept for the future of the Harmonized System.
        0 | 77 => Err(CHAPTER),
        _ if &value[2..4] == b"00" => Err(NO_HEADING),
        98 | 99 => Ok(Some(NATIONAL)),
        _ if value.len() == 10 => Ok(Some(FOREIGN)),
        _ => Ok(None),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(value, "HS");
    let (whole, reason) = digits(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    // Codes have an even number of digits, and chapters 01 to 09 begin with the zero that spreadsheets drop.
    if matches!(whole.len(), 5 | 7) {
        return passing(format!("0{whole}"), LOST_ZERO, check);
    }
    passing(whole, reason, check)
}

impl Format for HsCode {
    fn name(&self) -> &'static str {
        "hs_code"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Customs tariff code of goods: 6 digits of the Harmonized System, 8 in Viet Nam",
            "Mã HS của hàng hóa: 6 chữ số theo Hệ thống hài hòa, 8 chữ số tại Việt Nam",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Chapter 01 to 97 without 77, heading and subheading (Harmonized System of the World Customs \
             Organization), and two more digits in the tariff that Viet Nam shares with ASEAN (AHTN; Circular \
             31/2022/TT-BTC). Chapters 98 and 99 are for national use, 10 digits are another country's: \
             unusual. Dots are repairable. Whether the code is in the tariff, and fits the goods, is not \
             checked.",
            "Chương 01 đến 97 trừ 77, nhóm và phân nhóm (Hệ thống hài hòa của Tổ chức Hải quan thế giới), thêm \
             hai chữ số trong danh mục chung ASEAN của Việt Nam (AHTN; Thông tư 31/2022/TT-BTC). Chương 98, 99 \
             dùng riêng của từng nước, 10 chữ số là của nước khác: bất thường. Dấu chấm sửa được. Không kiểm \
             tra mã có trong biểu thuế và đúng với hàng hóa.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("84713020", "valid"),
            ("847130", "valid"),
            ("01012100", "valid"),
            ("98390000", "unusual"),
            ("8471300100", "unusual"),
            ("8471.30.20", "repairable"),
            ("1012100", "repairable"),
            ("84713020.0", "repairable"),
            ("8471", "invalid"),
            ("77010000", "invalid"),
            ("00112233", "invalid"),
            ("84713A20", "invalid"),
        ]
    }
}

impl Judge for HsCode {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
