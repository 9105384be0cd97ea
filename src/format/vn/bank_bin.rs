//! `vn.bank_bin`: the six digits of a bank in the NAPAS network (BIN).

use super::digits::rewritten;
use crate::format::ascii::{all_digits, leading_numbers, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

/// Ascending; numbers that two brands share occur twice.
static KNOWN: [u32; 61] = leading_numbers(include_bytes!("../../../rules/lists/banks_napas_bin.csv"));

const SHAPE: Reason = Reason::new("not 6 digits", "không đủ 6 chữ số");
const UNKNOWN: Reason = Reason::new("no bank has this number", "không có ngân hàng nào mang mã này");
const NOT_LISTED: Reason = Reason::new(
    "begins like a Vietnamese bank's number but is not listed",
    "bắt đầu như mã ngân hàng Việt Nam nhưng không có trong danh mục",
);

/// `vn.bank_bin`
pub struct BankNumber;

fn is_known(digits: &[u8]) -> bool {
    KNOWN.binary_search(&(number(digits) as u32)).is_ok()
}

fn check(bytes: &[u8]) -> Check {
    if bytes.len() != 6 || !all_digits(bytes) {
        return Err(SHAPE);
    }
    if is_known(bytes) {
        Ok(None)
    } else if bytes.starts_with(b"970") {
        Ok(Some(NOT_LISTED))
    } else {
        Err(UNKNOWN)
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, reason) = rewritten(value)?;
    check(digits.as_bytes()).is_ok().then(|| Verdict::repairable(digits, reason))
}

impl Format for BankNumber {
    fn name(&self) -> &'static str {
        "vn.bank_bin"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Number of a bank in Viet Nam's card and transfer network (BIN, 6 digits)",
            "Mã ngân hàng trong mạng thẻ và chuyển tiền NAPAS (BIN, 6 chữ số)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Listed numbers, as public payment software had them in 2026, are valid. Another number that begins with 970 \
             is unusual, since banks join and merge. Three numbers belong to two brands each. Account numbers have no \
             national form and are not checked.",
            "Các mã trong danh mục, theo phần mềm thanh toán công khai năm 2026, là hợp lệ. Mã khác bắt đầu bằng 970 bị xem \
             là bất thường vì ngân hàng có thể gia nhập, sáp nhập. Ba mã được hai thương hiệu dùng chung. Số tài khoản \
             không có dạng chung toàn quốc nên không kiểm tra.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("970436", "valid"),
            ("422589", "valid"),
            ("971025", "valid"),
            ("970499", "unusual"),
            ("970 436", "repairable"),
            ("970436.0", "repairable"),
            ("971026", "invalid"),
            ("97043", "invalid"),
            ("9704361234567890", "invalid"),
            ("VCB", "invalid"),
        ]
    }
}

impl Judge for BankNumber {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(SHAPE) => repair(value).unwrap_or(Verdict::Invalid(SHAPE)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        bytes.len() == 6 && all_digits(bytes) && (bytes.starts_with(b"970") || is_known(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_of_six_digits() {
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.iter().all(|number| (100_000..1_000_000).contains(number)));
        assert_eq!(KNOWN.windows(2).filter(|pair| pair[0] == pair[1]).count(), 3);
    }
}
