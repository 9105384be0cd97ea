//! `isin`: the international securities identification number.

use super::iso_country;
use super::repair::{after_label, judged, passing, upper};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not two letters, nine capital letters or digits, and a digit",
    "không phải hai chữ cái, chín chữ hoa hoặc chữ số, và một chữ số",
);
const PREFIX: Reason =
    Reason::new("begins with no country nor agency", "hai chữ đầu không phải mã nước hay tổ chức cấp mã");
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");

/// `isin`
pub struct Isin;

fn check(value: &[u8]) -> Check {
    let Ok(bytes) = <&[u8; 12]>::try_from(value) else { return Err(SHAPE) };
    let mut wrong = !bytes[11].is_ascii_digit();
    for (at, byte) in bytes.iter().enumerate() {
        wrong |= !(byte.is_ascii_uppercase() || (at > 1 && byte.is_ascii_digit()));
    }
    if wrong {
        return Err(SHAPE);
    }
    // Substitute agencies, international securities and the European Union, besides countries.
    let agency =
        matches!(&bytes[..2], b"XS" | b"XA" | b"XB" | b"XC" | b"XD" | b"XF" | b"XK" | b"EU" | b"QS" | b"QT");
    if !agency && !iso_country::is_assigned([bytes[0], bytes[1]]) {
        return Err(PREFIX);
    }
    if sum(bytes).is_multiple_of(10) { Ok(None) } else { Err(CHECK_DIGIT) }
}

/// The Luhn sum over the digits, where letters stand for the two digits of 10 to 35.
fn sum(bytes: &[u8; 12]) -> u32 {
    let (mut sum, mut doubled) = (0, false);
    let mut add = |digit: u32| {
        let value = if doubled { 2 * digit } else { digit };
        sum += value / 10 + value % 10;
        doubled = !doubled;
    };
    for &byte in bytes.iter().rev() {
        if byte.is_ascii_digit() {
            add(u32::from(byte - b'0'));
        } else {
            let value = u32::from(byte - b'A') + 10;
            add(value % 10);
            add(value / 10);
        }
    }
    sum
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(value, "ISIN");
    let (whole, reason) = upper(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    passing(whole, reason, check)
}

impl Format for Isin {
    fn name(&self) -> &'static str {
        "isin"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "International securities identification number (ISO 6166)",
            "Mã định danh chứng khoán quốc tế ISIN (ISO 6166)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Country (ISO 3166-1) or agency (XS, XA–XF, EU …), nine capital letters or digits, and a check \
             digit: letters become 10 to 35, then Luhn (ISO 6166). Whether the security exists, and the \
             national number within, is not checked.",
            "Mã nước (ISO 3166-1) hoặc tổ chức cấp (XS, XA–XF, EU …), chín chữ hoa hoặc chữ số, và một chữ số \
             kiểm tra: chữ cái đổi thành 10 đến 35, rồi theo Luhn (ISO 6166). Không kiểm tra chứng khoán có tồn \
             tại và mã trong nước bên trong.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("VN000000VNM8", "valid"),
            ("US0378331005", "valid"),
            ("XS0104440986", "valid"),
            ("us0378331005", "repairable"),
            ("US 037833 100 5", "repairable"),
            ("ISIN: US0378331005", "repairable"),
            ("US0378331006", "invalid"),
            ("ZZ0378331005", "invalid"),
            ("US037833100", "invalid"),
        ]
    }
}

impl Judge for Isin {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
