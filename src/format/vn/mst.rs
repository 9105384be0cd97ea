//! `vn.mst`: the Vietnamese tax code (mã số thuế), which is also the enterprise code.

use super::cccd;
use super::digits::{LOST_ZERO, SCIENTIFIC, rewritten};
use crate::format::ascii::{all_digits, is_scientific};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict, verdict};

const LENGTH: Reason = Reason::new(
    "must be 10 digits, 10 digits, hyphen and 3 digits, or a 12-digit personal number",
    "phải gồm 10 chữ số, hoặc 10 chữ số, dấu gạch ngang và 3 chữ số, hoặc số định danh cá nhân 12 chữ số",
);
const CHECK_DIGIT: Reason =
    Reason::new("the tenth digit is not the check digit", "chữ số kiểm tra thứ mười sai");
const NEVER_ISSUED: Reason = Reason::new(
    "no code with this remainder or serial is issued",
    "không cấp mã có số dư hoặc số thứ tự này",
);
const BRANCH: Reason =
    Reason::new("the branch number must be 001 to 999", "số thứ tự đơn vị phụ thuộc phải từ 001 đến 999");
const NO_HYPHEN: Reason =
    Reason::new("branch code without its hyphen", "mã của đơn vị phụ thuộc thiếu dấu gạch ngang");

const NOT_ORGANISATION: Reason = Reason::new(
    "not the 10 digits of an organisation's tax code",
    "không phải mã số thuế 10 chữ số của tổ chức",
);
const NOT_BRANCH: Reason = Reason::new(
    "not the tax code of a dependent unit: 10 digits, hyphen and 3 digits",
    "không phải mã số thuế của đơn vị phụ thuộc: 10 chữ số, dấu gạch ngang và 3 chữ số",
);
const NOT_PERSON: Reason = Reason::new(
    "not a 12-digit personal number, which individuals and households use since 01/07/2025",
    "không phải số định danh cá nhân 12 chữ số mà cá nhân, hộ gia đình dùng từ 01/07/2025",
);

/// Weights of digits 1–9; the check digit is 10 minus the sum modulo 11.
const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/// `vn.mst`
pub struct TaxCode;

/// Judges 10 digits.
fn check_main(digits: &[u8]) -> Result<(), Reason> {
    let remainder = weighted_sum(digits) % 11;
    // The serial of digits 3–9 runs from 0000001.
    if remainder == 0 || digits[2..9] == *b"0000000" {
        return Err(NEVER_ISSUED);
    }
    if 10 - remainder == u32::from(digits[9] - b'0') { Ok(()) } else { Err(CHECK_DIGIT) }
}

fn weighted_sum(digits: &[u8]) -> u32 {
    digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum()
}

/// What [`check_main`] lets pass, for any 10 bytes.
#[inline]
fn main_passes(bytes: &[u8; 10]) -> bool {
    all_digits(bytes)
        && weighted_sum(bytes) % 11 + u32::from(bytes[9] - b'0') == 10
        && bytes[2..9] != *b"0000000"
}

fn check(bytes: &[u8]) -> Check {
    match bytes.len() {
        10 if all_digits(bytes) => check_main(bytes).map(|()| None),
        12 if all_digits(bytes) => cccd::check(bytes),
        13 if all_digits(bytes) => check_branch(&bytes[..10], &bytes[10..]).map(|()| Some(NO_HYPHEN)),
        14 if bytes[10] == b'-' && all_digits(&bytes[..10]) && all_digits(&bytes[11..]) => {
            check_branch(&bytes[..10], &bytes[11..]).map(|()| None)
        }
        _ => Err(LENGTH),
    }
}

fn check_branch(main: &[u8], branch: &[u8]) -> Result<(), Reason> {
    check_main(main)?;
    if branch == b"000" { Err(BRANCH) } else { Ok(()) }
}

/// Whether this is the code of an enterprise or of its dependent unit, with or without the hyphen.
pub(super) fn is_enterprise(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 10 | 13 | 14) && check(bytes).is_ok()
}

/// Whose code it is, by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taxpayer {
    Organisation,
    Branch,
    Person,
}

impl Taxpayer {
    /// Of a code that [`TaxCode`] accepts.
    const fn of(code: &str) -> Self {
        match code.len() {
            10 => Self::Organisation,
            12 => Self::Person,
            _ => Self::Branch,
        }
    }

    const fn other(self) -> Reason {
        match self {
            Self::Organisation => NOT_ORGANISATION,
            Self::Branch => NOT_BRANCH,
            Self::Person => NOT_PERSON,
        }
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, reason) = rewritten(value)?;
    let bytes = digits.as_bytes();
    match bytes.len() {
        9 => {
            let padded = format!("0{digits}");
            check(padded.as_bytes()).is_ok().then(|| Verdict::repairable(padded, LOST_ZERO))
        }
        13 => check(bytes)
            .is_ok()
            .then(|| Verdict::repairable(format!("{}-{}", &digits[..10], &digits[10..]), reason)),
        10 | 12 => check(bytes).is_ok().then(|| Verdict::repairable(digits, reason)),
        _ => None,
    }
}

impl Format for TaxCode {
    fn name(&self) -> &'static str {
        "vn.mst"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese tax code: 10 digits, 10-3 for a dependent unit, or a 12-digit personal number",
            "Mã số thuế: 10 chữ số, 10-3 cho đơn vị phụ thuộc, hoặc số định danh cá nhân 12 chữ số",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Digits 1–9 are weighted 31 29 23 19 17 13 7 5 3; digit 10 is 10 minus the sum modulo 11, and a number \
             whose remainder is 0 is never issued (Circular 105/2020/TT-BTC art. 5). A dependent unit adds a hyphen \
             and 001–999; without the hyphen the code is unusual. Since 01/07/2025 individuals, households and \
             household businesses use their 12-digit personal number (Circular 86/2024/TT-BTC, now Circular \
             90/2026/TT-BTC; reported by one secondary source), judged as `vn.cccd`; older data has 10-digit codes for \
             them too, which look like an organisation's. `taxpayer` narrows the column to one kind. Whether the code is \
             registered and active is not checked.",
            "Chữ số 1–9 nhân với trọng số 31 29 23 19 17 13 7 5 3; chữ số thứ 10 bằng 10 trừ số dư của tổng khi chia \
             cho 11, không cấp mã có số dư bằng 0 (Thông tư 105/2020/TT-BTC Điều 5). Đơn vị phụ thuộc thêm dấu gạch \
             ngang và số 001–999; thiếu dấu gạch ngang thì bị xem là bất thường. Từ 01/07/2025 cá nhân, hộ gia đình, \
             hộ kinh doanh dùng số định danh cá nhân 12 chữ số (Thông tư 86/2024/TT-BTC, nay là Thông tư \
             90/2026/TT-BTC; theo một nguồn thứ cấp), được kiểm tra như `vn.cccd`; dữ liệu cũ còn mã 10 chữ số của các \
             đối tượng này, giống mã của tổ chức. `taxpayer` giới hạn cột vào một loại. Không kiểm tra mã đã được cấp hay \
             đang hoạt động.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("0100112437", "valid"),
            ("0314409058-002", "valid"),
            ("001099012345", "valid"),
            ("0314409058002", "unusual"),
            ("003099012345", "unusual"),
            ("100112437", "repairable"),
            ("0312 68 78 78 - 001", "repairable"),
            ("100112437.0", "repairable"),
            ("0100112438", "invalid"),
            ("010011243", "invalid"),
            ("0314409058-000", "invalid"),
            ("0100000000", "invalid"),
            ("MST0100112437", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        const {
            &[Argument {
                name: "taxpayer",
                words: &["organisation", "branch", "person"],
                about: Reason::new(
                    "whose codes the column holds: `organisation` (10 digits), `branch` (10-3) or `person` (12 digits)",
                    "cột chứa mã của ai: `organisation` (tổ chức, 10 chữ số), `branch` (đơn vị phụ thuộc, 10-3) hoặc \
                     `person` (cá nhân, 12 chữ số)",
                ),
            }]
        }
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        match chosen {
            [Some("organisation")] => Some(Box::new(Taxpayer::Organisation)),
            [Some("branch")] => Some(Box::new(Taxpayer::Branch)),
            [Some("person")] => Some(Box::new(Taxpayer::Person)),
            _ => None,
        }
    }
}

impl Judge for TaxCode {
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
        let bytes = value.as_bytes();
        let Some((main, rest)) = bytes.split_first_chunk::<10>() else { return false };
        match rest {
            [] => main_passes(main),
            [_, _] => cccd::passes(bytes),
            [a, b, c] | [b'-', a, b, c] => {
                let branch = [*a, *b, *c];
                main_passes(main) && all_digits(&branch) && branch != *b"000"
            }
            _ => false,
        }
    }
}

/// One kind of taxpayer alone.
impl Judge for Taxpayer {
    fn judge(&self, value: &str) -> Verdict {
        let mut verdict = TaxCode.judge(value);
        // With the kind known, a personal number that has lost its zeros can be told from a wrong tax code.
        if *self == Self::Person && matches!(verdict, Verdict::Invalid(_)) {
            verdict = cccd::CitizenId.judge(value);
        }
        let meant = match &verdict {
            Verdict::Repairable { repaired, .. } => repaired,
            Verdict::Valid | Verdict::Unusual(_) => value,
            Verdict::Invalid(_) => return verdict,
        };
        if Self::of(meant) == *self { verdict } else { Verdict::Invalid(self.other()) }
    }

    fn accepts(&self, value: &str) -> bool {
        Self::of(value) == *self && TaxCode.accepts(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One in eleven prefixes has no check digit, every other exactly one.
    #[test]
    fn at_most_one_check_digit() {
        for prefix in (10_000_017u32..999_999_999).step_by(9_999_991) {
            let passing = (0..10).filter(|digit| TaxCode.accepts(&format!("{prefix:09}{digit}"))).count();
            let remainder = weighted_sum(format!("{prefix:09}").as_bytes()) % 11;
            assert_eq!(passing, usize::from(remainder != 0), "{prefix}");
        }
    }

    #[test]
    fn repairs() {
        let repaired = |value| match TaxCode.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("01.00.112.437").as_deref(), Some("0100112437"));
        assert_eq!(repaired("0312 68 78 78 - 001").as_deref(), Some("0312687878-001"));
        assert_eq!(repaired("100112437.0").as_deref(), Some("0100112437"));
        assert_eq!(repaired("100112438"), None);
    }

    #[test]
    fn one_kind_of_taxpayer() {
        let name = |word, value| TaxCode.choose(&[Some(word)]).expect("a word").judge(value).name();
        for (value, organisation, branch, person) in [
            ("0100112437", "valid", "invalid", "invalid"),
            ("100112437", "repairable", "invalid", "invalid"),
            ("0314409058-002", "invalid", "valid", "invalid"),
            ("0314409058002", "invalid", "unusual", "invalid"),
            ("0314409058 - 002", "invalid", "repairable", "invalid"),
            ("001099012345", "invalid", "invalid", "valid"),
            ("01099012345", "invalid", "invalid", "repairable"),
            ("0100112438", "invalid", "invalid", "invalid"),
        ] {
            assert_eq!(name("organisation", value), organisation, "{value}");
            assert_eq!(name("branch", value), branch, "{value}");
            assert_eq!(name("person", value), person, "{value}");
        }
    }
}
