//! `vn.bhxh`: the 10-digit social insurance number (mã số bảo hiểm xã hội).

use super::digits::{ONE_DIGIT, SCIENTIFIC, SEQUENCE, rewritten};
use crate::format::ascii::{all_digits, all_same, is_scientific};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const NOT_DIGITS: Reason =
    Reason::new("contains something other than digits", "chứa ký tự không phải chữ số");
const LENGTH: Reason = Reason::new("not 10 digits", "không đủ 10 chữ số");
const CARD: Reason = Reason::new(
    "15 characters: a health insurance card, whose last ten digits are this number on newer cards only",
    "15 ký tự: số thẻ bảo hiểm y tế; chỉ trên thẻ mới mười chữ số cuối mới là mã số này",
);
const PERSONAL_NUMBER: Reason = Reason::new(
    "12 digits: a personal number, not a social insurance number",
    "12 chữ số: số định danh cá nhân, không phải mã số bảo hiểm xã hội",
);

/// What people type to get past a required field. 0123456789 is not here: it lies in the range of Hà Nội.
const TYPED: [&[u8]; 2] = [b"1234567890", b"9876543210"];

/// `vn.bhxh`
pub struct SocialInsurance;

/// Judges 10 digits.
pub(super) fn check(digits: &[u8]) -> Check {
    if all_same(digits) {
        return Err(ONE_DIGIT);
    }
    Ok(TYPED.contains(&digits).then_some(SEQUENCE))
}

/// What [`check`] lets pass, for any bytes.
#[inline]
pub(super) fn passes(bytes: &[u8]) -> bool {
    bytes.len() == 10 && all_digits(bytes) && !all_same(bytes)
}

fn why_invalid(value: &str) -> Reason {
    let bytes = value.as_bytes();
    if is_scientific(value) {
        SCIENTIFIC
    } else if all_digits(bytes) {
        if all_same(bytes) {
            ONE_DIGIT
        } else if bytes.len() == 12 {
            PERSONAL_NUMBER
        } else {
            LENGTH
        }
    } else if bytes.len() == 15 && bytes[..2].is_ascii() && all_digits(&bytes[2..]) {
        CARD
    } else {
        NOT_DIGITS
    }
}

impl Format for SocialInsurance {
    fn name(&self) -> &'static str {
        "vn.bhxh"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese social insurance number (10 digits), also printed on new health insurance cards",
            "Mã số bảo hiểm xã hội (10 chữ số), cũng in trên thẻ bảo hiểm y tế mẫu mới",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Ten digits; no check digit is published (as texts of the social insurance agency and working systems have \
             it). Nine digits are invalid: without a check digit it is not certain which one is lost. Whether the \
             number exists and belongs to the person is not checked.",
            "Mười chữ số; không có chữ số kiểm tra được công bố (theo văn bản của cơ quan bảo hiểm xã hội và các hệ \
             thống đang dùng). Chín chữ số là sai: không có chữ số kiểm tra nên không chắc mất chữ số nào. Không kiểm \
             tra mã số có tồn tại và có đúng người hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("0123456789", "valid"),
            ("7916045231", "valid"),
            ("1234567890", "unusual"),
            ("7916 045 231", "repairable"),
            ("7916045231.0", "repairable"),
            ("012345678", "invalid"),
            ("0000000000", "invalid"),
            ("DN4010123456789", "invalid"),
            ("7.91605E+09", "invalid"),
        ]
    }
}

impl Judge for SocialInsurance {
    fn judge(&self, value: &str) -> Verdict {
        let bytes = value.as_bytes();
        if bytes.len() == 10 && all_digits(bytes) {
            return verdict(check(bytes));
        }
        match rewritten(value) {
            Some((digits, reason)) if passes(digits.as_bytes()) => Verdict::repairable(digits, reason),
            _ => Verdict::Invalid(why_invalid(value)),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        passes(value.as_bytes())
    }
}
