//! `gln`: the global location number.

use super::checksum::gs1;
use super::repair::{digits, judged, passing};
use crate::format::ascii::{all_digits, all_same};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not 13 digits", "không phải 13 chữ số");
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");
const ZEROS: Reason = Reason::new("zeros only", "toàn chữ số 0");
const RESTRICTED: Reason = Reason::new("a prefix that no company has", "đầu số không cấp cho doanh nghiệp");

/// `gln`
pub struct Gln;

fn check(value: &[u8]) -> Check {
    if value.len() != 13 || !all_digits(value) {
        return Err(SHAPE);
    }
    if !gs1(value) {
        return Err(CHECK_DIGIT);
    }
    if value[0] == b'0' && all_same(value) {
        return Err(ZEROS);
    }
    // Restricted circulation, coupons, periodicals and books.
    Ok((value[0] == b'2' || matches!(&value[..2], b"02" | b"04" | b"05" | b"97" | b"99"))
        .then_some(RESTRICTED))
}

fn repair(value: &str) -> Option<Verdict> {
    let (whole, reason) = digits(value)?;
    passing(whole, reason, check)
}

impl Format for Gln {
    fn name(&self) -> &'static str {
        "gln"
    }

    fn about(&self) -> Reason {
        Reason::new("Global location number, 13 digits (GS1)", "Mã số địa điểm toàn cầu, 13 chữ số (GS1)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "13 digits with the check digit of the GS1 General Specifications section 7.9, which names a \
             company, a site or a department. Prefixes that GS1 gives to no company are unusual. An article's \
             13-digit number (`gtin`) has the same form and cannot be told apart. Whether the number is \
             registered is not checked.",
            "13 chữ số với chữ số kiểm tra theo GS1 General Specifications mục 7.9, chỉ một doanh nghiệp, địa \
             điểm hoặc bộ phận. Đầu số mà GS1 không cấp cho doanh nghiệp là bất thường. Mã hàng hóa 13 chữ số \
             (`gtin`) có cùng dạng, không phân biệt được. Không kiểm tra mã đã được đăng ký.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("6291041500213", "valid"),
            ("8934563138165", "valid"),
            ("2012345678903", "unusual"),
            ("629 1041 50021 3", "repairable"),
            ("6291041500213.0", "repairable"),
            ("6291041500214", "invalid"),
            ("036000291452", "invalid"),
            ("0000000000000", "invalid"),
        ]
    }
}

impl Judge for Gln {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
