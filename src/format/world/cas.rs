//! `cas`: the registry number of a chemical substance.

use super::repair::{after_label, judged, passing};
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not two to seven digits, two digits and one digit between hyphens",
    "không phải hai đến bảy chữ số, hai chữ số và một chữ số cách nhau bằng gạch nối",
);
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");
const LEADING_ZERO: Reason = Reason::new("begins with a zero", "bắt đầu bằng số 0");
const WRITING: Reason = Reason::new(
    "hyphens are missing or of another kind, zeros or a label precede",
    "thiếu hoặc sai dấu gạch nối, có số 0 hoặc nhãn ở trước",
);

/// `cas`
pub struct Cas;

fn check(value: &[u8]) -> Check {
    let [first @ .., b'-', a, b, b'-', last] = value else { return Err(SHAPE) };
    if !(2..=7).contains(&first.len()) || !all_digits(first) || !all_digits(&[*a, *b, *last]) {
        return Err(SHAPE);
    }
    if first[0] == b'0' {
        return Err(LEADING_ZERO);
    }
    let weighted = |(weight, digit): (u32, &u8)| weight * u32::from(digit - b'0');
    let sum: u32 = (1..).zip([b, a].into_iter().chain(first.iter().rev())).map(weighted).sum();
    if sum % 10 == u32::from(last - b'0') { Ok(None) } else { Err(CHECK_DIGIT) }
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(after_label(after_label(value, "CAS"), "RN"), "No.");
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}');
    if !bare.chars().all(|c| c.is_ascii_digit() || is_separator(c)) {
        return None;
    }
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    let (first, rest) = digits.split_at_checked(digits.len().checked_sub(3)?)?;
    passing(format!("{first}-{}-{}", &rest[..2], &rest[2..]), WRITING, check)
}

impl Format for Cas {
    fn name(&self) -> &'static str {
        "cas"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Registry number of a chemical substance (Chemical Abstracts Service)",
            "Số đăng ký hóa chất (Chemical Abstracts Service)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Two to seven digits, two digits and a check digit between hyphens: the digits before it, weighted \
             1, 2, 3 … from the right, modulo 10 (CAS, Check Digit Verification of CAS Registry Numbers). \
             Without hyphens it is repairable. Whether the number was given to a substance is not checked.",
            "Hai đến bảy chữ số, hai chữ số và một chữ số kiểm tra, cách nhau bằng gạch nối: các chữ số đứng \
             trước nhân trọng số 1, 2, 3 … từ phải sang, lấy số dư cho 10 (CAS, Check Digit Verification of CAS \
             Registry Numbers). Thiếu gạch nối thì sửa được. Không kiểm tra số đã được cấp cho một chất.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("7732-18-5", "valid"),
            ("50-00-0", "valid"),
            ("87-86-5", "valid"),
            ("7732185", "repairable"),
            ("CAS 7732-18-5", "repairable"),
            ("007732-18-5", "repairable"),
            ("7732–18–5", "repairable"),
            ("7732-18-6", "invalid"),
            ("1-23-4", "invalid"),
            ("H2O", "invalid"),
        ]
    }
}

impl Judge for Cas {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
