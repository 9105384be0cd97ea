//! `gtin`: the global trade item number, as bar codes carry it.

use super::checksum::gs1;
use super::repair::{LOST_ZERO, digits, judged, passing};
use crate::format::ascii::{all_digits, all_same, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not 8, 12, 13 or 14 digits", "không phải 8, 12, 13 hoặc 14 chữ số");
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");
const ZEROS: Reason = Reason::new("zeros only", "toàn chữ số 0");
const RESTRICTED: Reason = Reason::new(
    "a number for use inside one company, or of a coupon",
    "số dùng trong nội bộ một doanh nghiệp, hoặc của phiếu mua hàng",
);

/// `gtin`
pub struct Gtin;

fn check(value: &[u8]) -> Check {
    if !matches!(value.len(), 8 | 12 | 13 | 14) || !all_digits(value) {
        return Err(SHAPE);
    }
    if !gs1(value) {
        return Err(CHECK_DIGIT);
    }
    if all_same(value) && value[0] == b'0' {
        return Err(ZEROS);
    }
    // Prefixes of the GS1 General Specifications section 1.4; a GTIN-12 is a GTIN-13 behind a zero.
    let restricted = match value.len() {
        8 => matches!(value[0], b'0' | b'2'),
        12 => matches!(value[0], b'2' | b'4' | b'5'),
        length => {
            let prefix = number(&value[length - 13..length - 10]);
            matches!(prefix, 20..=29 | 40..=59 | 200..=299 | 981..=984 | 990..=999)
        }
    };
    Ok(restricted.then_some(RESTRICTED))
}

fn repair(value: &str) -> Option<Verdict> {
    let (whole, reason) = digits(value).unwrap_or_else(|| (value.to_owned(), LOST_ZERO));
    // The zeros in front of a North American number are what a spreadsheet drops.
    if whole.len() == 11 && all_digits(whole.as_bytes()) {
        return passing(format!("0{whole}"), LOST_ZERO, check);
    }
    passing(whole, reason, check)
}

impl Format for Gtin {
    fn name(&self) -> &'static str {
        "gtin"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Global trade item number of 8, 12, 13 or 14 digits (GS1; EAN, UPC)",
            "Mã số thương phẩm toàn cầu 8, 12, 13 hoặc 14 chữ số (GS1; EAN, UPC)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "8, 12, 13 or 14 digits with the check digit of the GS1 General Specifications section 7.9. Numbers \
             of restricted circulation and coupons (prefixes 02, 04, 05, 2, 981–984, 99) are unusual. 893 is \
             Viet Nam's prefix; it says who issued the number, not where the goods were made. Whether the \
             number is registered is not checked.",
            "8, 12, 13 hoặc 14 chữ số với chữ số kiểm tra theo GS1 General Specifications mục 7.9. Số lưu hành \
             hạn chế và phiếu mua hàng (đầu số 02, 04, 05, 2, 981–984, 99) là bất thường. 893 là đầu số của \
             Việt Nam, cho biết nơi cấp mã chứ không phải nơi sản xuất. Không kiểm tra mã đã được đăng ký.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("8934563138165", "valid"),
            ("4006381333931", "valid"),
            ("036000291452", "valid"),
            ("96385074", "valid"),
            ("10614141543219", "valid"),
            ("2012345678903", "unusual"),
            ("8 934563 138165", "repairable"),
            ("36000291452", "repairable"),
            ("8934563138165.0", "repairable"),
            ("8934563138166", "invalid"),
            ("893456313816", "invalid"),
            ("0000000000000", "invalid"),
            ("8.93456E+12", "invalid"),
        ]
    }
}

impl Judge for Gtin {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
