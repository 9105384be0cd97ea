//! `vn.health_facility`: the code of a health facility (mã cơ sở khám bệnh, chữa bệnh).

use super::cccd;
use super::digits::{APOSTROPHE, FLOAT, LOST_ZERO, ONE_DIGIT, SCIENTIFIC, rewritten};
use crate::format::ascii::{all_digits, all_same, is_scientific, number, ungrouped};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict, verdict};

const LENGTH: Reason = Reason::new(
    "must be 5 characters, the first two digits, or the 13 digits of a GLN",
    "phải gồm 5 ký tự, hai ký tự đầu là chữ số, hoặc 13 chữ số của mã GLN",
);
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit of a GLN", "chữ số kiểm tra cuối của mã GLN sai");
const UNKNOWN_PROVINCE: Reason = Reason::new(
    "the first two digits are no province code from before 01/07/2025",
    "hai chữ số đầu không phải mã tỉnh trước 01/07/2025",
);
const FOREIGN: Reason =
    Reason::new("a GLN that was not assigned in Viet Nam (893)", "mã GLN không do Việt Nam cấp (893)");
const IS_GLN: Reason = Reason::new(
    "a GLN of 13 digits where a code of 5 characters is expected",
    "là mã GLN 13 chữ số trong khi cần mã 5 ký tự",
);
const IS_CODE: Reason = Reason::new(
    "a code of 5 characters where a GLN of 13 digits is expected",
    "là mã 5 ký tự trong khi cần mã GLN 13 chữ số",
);
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const GROUPED: Reason = Reason::new("the parts are separated", "các phần bị tách rời");

/// `vn.health_facility`
pub struct HealthFacility;

/// Which of the two code systems a value belongs to, by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Code,
    Gln,
}

impl System {
    const fn of(value: &str) -> Self {
        if value.len() == 13 { Self::Gln } else { Self::Code }
    }

    const fn other(self) -> Reason {
        match self {
            Self::Code => IS_GLN,
            Self::Gln => IS_CODE,
        }
    }
}

/// The digit that makes a number of GS1 whole: weights 3 and 1 in turn, from the right.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([3, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    b'0' + ((10 - sum % 10) % 10) as u8
}

fn check(bytes: &[u8]) -> Check {
    match bytes {
        [a, b, rest @ ..] if rest.len() == 3 => {
            let letters = rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
            if !(all_digits(&[*a, *b]) && letters) {
                return Err(LENGTH);
            }
            if all_same(bytes) {
                return Err(ONE_DIGIT);
            }
            Ok((!cccd::is_province(number(&[*a, *b]))).then_some(UNKNOWN_PROVINCE))
        }
        _ if bytes.len() == 13 && all_digits(bytes) => {
            if all_same(bytes) {
                Err(ONE_DIGIT)
            } else if check_digit(&bytes[..12]) != bytes[12] {
                Err(CHECK_DIGIT)
            } else {
                Ok((!bytes.starts_with(b"893")).then_some(FOREIGN))
            }
        }
        _ => Err(LENGTH),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let (code, reason) = match rewritten(value) {
        Some((digits, _)) if digits.len() == 4 => {
            let padded = format!("0{digits}");
            // Otherwise it may be any of the five characters that is missing.
            if !cccd::is_province(number(&padded.as_bytes()[..2])) {
                return None;
            }
            (padded, LOST_ZERO)
        }
        Some((digits, reason @ (FLOAT | APOSTROPHE))) => (digits, reason),
        _ => {
            let together = ungrouped(value);
            let reason = if together == value { LOWER_CASE } else { GROUPED };
            (together.to_ascii_uppercase(), reason)
        }
    };
    check(code.as_bytes()).is_ok().then(|| Verdict::repairable(code, reason))
}

impl Format for HealthFacility {
    fn name(&self) -> &'static str {
        "vn.health_facility"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a Vietnamese health facility: 5 characters, or the 13 digits of a GLN",
            "Mã cơ sở khám bệnh, chữa bệnh: 5 ký tự, hoặc 13 chữ số của mã GLN",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Two code systems that must never be mixed in one column, so choose one with `system`: 5 characters \
             (Decision 384/QĐ-BYT of 2019) and the Global Location Number of 13 digits with the check digit of GS1 \
             (Decision 1551/QĐ-BYT of 2026), both as a third party read them from the originals. That the first two of \
             the 5 characters are the province of before 01/07/2025 is not confirmed: another number is unusual. A GLN \
             that does not begin with 893 is unusual. Four digits are a code that has lost its zero if a province comes \
             out. Whether the facility exists, and is licensed, is not checked.",
            "Hai hệ mã không được trộn trong một cột, nên chọn một hệ bằng `system`: 5 ký tự (Quyết định 384/QĐ-BYT năm \
             2019) và mã địa điểm toàn cầu GLN 13 chữ số có chữ số kiểm tra theo GS1 (Quyết định 1551/QĐ-BYT năm 2026), cả \
             hai theo bên thứ ba đọc từ bản gốc. Việc hai ký tự đầu của mã 5 ký tự là mã tỉnh trước 01/07/2025 chưa được \
             kiểm chứng: số khác bị xem là bất thường. Mã GLN không bắt đầu bằng 893 bị xem là bất thường. Bốn chữ số là mã \
             mất số 0 nếu thêm vào thì ra mã tỉnh. Không kiểm tra cơ sở có tồn tại và được cấp phép hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("01001", "valid"),
            ("79A12", "valid"),
            ("8938505970004", "valid"),
            ("97001", "unusual"),
            ("4006381333931", "unusual"),
            ("1001", "repairable"),
            ("01-001", "repairable"),
            ("8938505970004.0", "repairable"),
            ("8938505970001", "invalid"),
            ("00000", "invalid"),
            ("9001", "invalid"),
            ("BV001", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        const {
            &[Argument {
                name: "system",
                words: &["code", "gln"],
                about: Reason::new(
                    "the code system of the column: `code` for 5 characters, `gln` for 13 digits",
                    "hệ mã của cột: `code` cho 5 ký tự, `gln` cho 13 chữ số",
                ),
            }]
        }
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        match chosen {
            [Some("code")] => Some(Box::new(System::Code)),
            [Some("gln")] => Some(Box::new(System::Gln)),
            _ => None,
        }
    }
}

impl Judge for HealthFacility {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(LENGTH) => repair(value).unwrap_or(Verdict::Invalid(if is_scientific(value) {
                SCIENTIFIC
            } else {
                LENGTH
            })),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

/// One system alone.
impl Judge for System {
    fn judge(&self, value: &str) -> Verdict {
        let verdict = HealthFacility.judge(value);
        let meant = match &verdict {
            Verdict::Repairable { repaired, .. } => repaired,
            Verdict::Valid | Verdict::Unusual(_) => value,
            Verdict::Invalid(_) => return verdict,
        };
        if Self::of(meant) == *self { verdict } else { Verdict::Invalid(self.other()) }
    }

    fn accepts(&self, value: &str) -> bool {
        Self::of(value) == *self && HealthFacility.accepts(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_do_not_mix() {
        let name = |word, value| HealthFacility.choose(&[Some(word)]).expect("a word").judge(value).name();
        assert_eq!(name("code", "01001"), "valid");
        assert_eq!(name("gln", "01001"), "invalid");
        assert_eq!(name("code", "1001"), "repairable");
        assert_eq!(name("gln", "1001"), "invalid");
        assert_eq!(name("gln", "8938505970004"), "valid");
        assert_eq!(name("code", "8938505970004"), "invalid");
        assert_eq!(name("code", "893850597000-4"), "invalid");
        assert_eq!(name("gln", "893850597000-4"), "repairable");
    }

    /// Examples of the GS1 General Specifications and of its check digit calculator.
    #[test]
    fn check_digits_of_gs1() {
        for number in ["6291041500213", "4006381333931", "9780201379624"] {
            assert_eq!(check_digit(&number.as_bytes()[..12]), number.as_bytes()[12], "{number}");
        }
    }
}
