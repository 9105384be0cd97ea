//! `lei`: the legal entity identifier.

use super::checksum::modulo_97;
use super::repair::{after_label, judged, passing, upper};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not 18 capital letters or digits and two digits",
    "không phải 18 chữ hoa hoặc chữ số và hai chữ số",
);
const CHECK_DIGITS: Reason = Reason::new("the check digits are wrong", "hai chữ số kiểm tra sai");
const ONE_SYMBOL: Reason = Reason::new("digits only", "chỉ gồm chữ số");

/// `lei`
pub struct Lei;

fn check(value: &[u8]) -> Check {
    let Ok(bytes) = <&[u8; 20]>::try_from(value) else { return Err(SHAPE) };
    let mut wrong = !(bytes[18].is_ascii_digit() && bytes[19].is_ascii_digit());
    let mut letters = false;
    for byte in bytes {
        wrong |= !(byte.is_ascii_digit() || byte.is_ascii_uppercase());
        letters |= byte.is_ascii_uppercase();
    }
    if wrong {
        return Err(SHAPE);
    }
    // 00, 01 and 99 are never computed.
    if modulo_97(0, bytes) != 1 || matches!(&bytes[18..], b"00" | b"01" | b"99") {
        return Err(CHECK_DIGITS);
    }
    Ok((!letters).then_some(ONE_SYMBOL))
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(value, "LEI");
    let (whole, reason) = upper(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    passing(whole, reason, check)
}

impl Format for Lei {
    fn name(&self) -> &'static str {
        "lei"
    }

    fn about(&self) -> Reason {
        Reason::new("Legal entity identifier (ISO 17442)", "Mã định danh pháp nhân LEI (ISO 17442)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "18 capital letters or digits and two check digits by ISO/IEC 7064 MOD 97-10 (ISO 17442-1). Digits \
             alone are lawful and unusual. Whether the issuer's prefix and the entity are in the register of \
             GLEIF, and whether the registration is current, is not checked.",
            "18 chữ hoa hoặc chữ số và hai chữ số kiểm tra theo ISO/IEC 7064 MOD 97-10 (ISO 17442-1). Chỉ gồm \
             chữ số là hợp lệ nhưng bất thường. Không kiểm tra tiền tố của tổ chức cấp mã, pháp nhân trong sổ \
             đăng ký GLEIF và hiệu lực của đăng ký.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("5493001KJTIIGC8Y1R12", "valid"),
            ("7ZW8QJWVPR4P1J1KQY45", "valid"),
            ("54930000000000000002", "unusual"),
            ("5493001kjtiigc8y1r12", "repairable"),
            ("5493 001K JTII GC8Y 1R12", "repairable"),
            ("5493001KJTIIGC8Y1R13", "invalid"),
            ("5493001KJTIIGC8Y1R1", "invalid"),
            ("5493001KJTIIGC8Y1R1A", "invalid"),
        ]
    }
}

impl Judge for Lei {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
