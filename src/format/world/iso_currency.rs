//! `iso_currency`: the code of a currency.

use super::lists::{THREE, place, statuses};
use super::repair::{LOWER, judged};
use crate::format::{Check, Format, Judge, Reason, Verdict};

/// Columns: code, status, name.
static CODES: [u8; THREE] =
    statuses(include_bytes!("../../../rules/lists/world/iso_currencies.csv"), 3, 0, 1);

const SHAPE: Reason = Reason::new("not three capital letters", "không phải ba chữ hoa");
const UNKNOWN: Reason = Reason::new("no currency has this code", "không có tiền tệ nào mang mã này");
const WITHDRAWN: Reason = Reason::new("a currency that was withdrawn", "tiền tệ đã bị bãi bỏ");
const FUND: Reason = Reason::new(
    "a fund, a precious metal or a unit of account, not money",
    "là quỹ, kim loại quý hoặc đơn vị kế toán, không phải tiền",
);
const SPECIAL: Reason =
    Reason::new("stands for no currency or for tests", "mã cho biết không có tiền tệ hoặc để thử nghiệm");
const DONG: Reason = Reason::new("the đồng in another way of writing", "đồng Việt Nam viết theo cách khác");

/// `iso_currency`
pub struct IsoCurrency;

fn check(value: &[u8]) -> Check {
    let Ok(code) = <&[u8; 3]>::try_from(value) else { return Err(SHAPE) };
    if !code.iter().all(u8::is_ascii_uppercase) {
        return Err(SHAPE);
    }
    match CODES[place(code)] {
        0 => Err(UNKNOWN),
        b'a' => Ok(None),
        b'w' => Ok(Some(WITHDRAWN)),
        b'f' => Ok(Some(FUND)),
        _ => Ok(Some(SPECIAL)),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    if matches!(value, "₫" | "đ" | "Đ" | "VNĐ" | "vnđ" | "vnĐ" | "VNđ") {
        return Some(Verdict::repairable("VND", DONG));
    }
    let upper = value.to_ascii_uppercase();
    check(upper.as_bytes()).is_ok().then(|| Verdict::repairable(upper, LOWER))
}

impl Format for IsoCurrency {
    fn name(&self) -> &'static str {
        "iso_currency"
    }

    fn about(&self) -> Reason {
        Reason::new("Code of a currency, three letters (ISO 4217)", "Mã tiền tệ ba chữ cái (ISO 4217)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The three letters of ISO 4217, in capitals, as of 2026. Withdrawn currencies (list three of the \
             standard), funds, metals and units of account (XAU, XDR), and XXX and XTS are unusual. VNĐ, đ and \
             ₫ are repairable; $ is not, for many currencies use it. The numeric codes are not accepted.",
            "Ba chữ cái viết hoa theo ISO 4217, tính đến năm 2026. Tiền tệ đã bãi bỏ (danh mục ba của tiêu \
             chuẩn), quỹ, kim loại và đơn vị kế toán (XAU, XDR), XXX và XTS là bất thường. VNĐ, đ và ₫ sửa \
             được; $ thì không, vì nhiều nước dùng. Không chấp nhận mã số.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("VND", "valid"),
            ("USD", "valid"),
            ("DEM", "unusual"),
            ("XAU", "unusual"),
            ("XXX", "unusual"),
            ("usd", "repairable"),
            ("VNĐ", "repairable"),
            ("ABC", "invalid"),
            ("$", "invalid"),
            ("704", "invalid"),
        ]
    }
}

impl Judge for IsoCurrency {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_whole() {
        let count = |status| CODES.iter().filter(|&&known| known == status).count();
        assert_eq!([b'a', b'f', b's', b'w'].map(count), [155, 21, 2, 127]);
    }
}
