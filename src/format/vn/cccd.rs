//! `vn.cccd`: the 12-digit personal identification number (số định danh cá nhân, số CCCD).

use super::digits::{LOST_ZERO, ONE_DIGIT, SCIENTIFIC, SEQUENCE, is_run, rewritten};
use crate::format::ascii::{all_digits, all_same, codes, is_scientific, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

/// Codes of the 63 provinces in which a birth was registered: Circular 07/2016/TT-BCA, annex 1. Numbers issued
/// before and after the mergers of 01/07/2025 keep them.
static PROVINCES: [bool; 1000] = codes(include_bytes!("../../../rules/lists/citizen_id_birth_provinces.csv"));

const LENGTH: Reason = Reason::new("not 12 digits", "không đủ 12 chữ số");
const NOT_DIGITS: Reason =
    Reason::new("contains something other than digits", "chứa ký tự không phải chữ số");
const OLD_CARD: Reason = Reason::new(
    "9 digits: an old identity card number (CMND), not a personal number",
    "9 chữ số: số chứng minh nhân dân cũ, không phải số định danh cá nhân",
);
const PROVINCE_ZERO: Reason = Reason::new("there is no province 000", "không có mã tỉnh 000");
const UNKNOWN_PROVINCE: Reason = Reason::new(
    "the first three digits are no province code; they may be a country code",
    "ba chữ số đầu không phải mã tỉnh; có thể là mã quốc gia",
);
const FUTURE: Reason = Reason::new(
    "the fourth digit says born in 2100 or later",
    "chữ số thứ tư cho biết sinh từ năm 2100 trở đi",
);

/// `vn.cccd`
pub struct CitizenId;

/// What the digits of a personal number say about its holder when the birth was registered. A lawful number may
/// disagree with the person: after a correction of gender or birth year it is replaced only on request
/// (Decree 70/2024/NĐ-CP, art. 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Code of the province or country of birth registration.
    pub province: u16,
    pub female: bool,
    pub birth_year: u16,
}

/// Whether a number was the code of a province before 01/07/2025: 1 for 01 and 001, 79 for 79 and 079.
pub(super) fn is_province(code: usize) -> bool {
    PROVINCES.get(code).is_some_and(|&known| known)
}

/// Reads a number of 12 digits; `None` for anything else.
pub fn holder(value: &str) -> Option<Holder> {
    let digits = value.as_bytes();
    if digits.len() != 12 || !all_digits(digits) {
        return None;
    }
    let century = digits[3] - b'0';
    Some(Holder {
        province: number(&digits[..3]) as u16,
        female: century % 2 == 1,
        birth_year: 1900 + 100 * u16::from(century / 2) + number(&digits[4..6]) as u16,
    })
}

/// Judges 12 digits.
pub(super) fn check(digits: &[u8]) -> Check {
    if all_same(digits) {
        return Err(ONE_DIGIT);
    }
    let province = number(&digits[..3]);
    if province == 0 {
        return Err(PROVINCE_ZERO);
    }
    Ok(if is_run(digits) {
        Some(SEQUENCE)
    } else if !PROVINCES[province] {
        Some(UNKNOWN_PROVINCE)
    } else if digits[3] >= b'4' {
        Some(FUTURE)
    } else {
        None
    })
}

/// What [`check`] lets pass, for any bytes.
#[inline]
pub(super) fn passes(bytes: &[u8]) -> bool {
    bytes.len() == 12 && all_digits(bytes) && &bytes[..3] != b"000" && !all_same(bytes)
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, reason) = rewritten(value)?;
    match digits.len() {
        12 => passes(digits.as_bytes()).then(|| Verdict::repairable(digits, reason)),
        // Every number issued so far starts with 0; with a known province nothing else can be meant.
        10 | 11 => {
            let padded = format!("{digits:0>12}");
            PROVINCES[number(&padded.as_bytes()[..3])].then(|| Verdict::repairable(padded, LOST_ZERO))
        }
        _ => None,
    }
}

fn why_invalid(value: &str) -> Reason {
    let digits = all_digits(value.as_bytes());
    if is_scientific(value) {
        SCIENTIFIC
    } else if digits && value.len() == 9 {
        OLD_CARD
    } else if digits {
        LENGTH
    } else {
        NOT_DIGITS
    }
}

impl Format for CitizenId {
    fn name(&self) -> &'static str {
        "vn.cccd"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese personal identification number (12 digits)",
            "Số định danh cá nhân, số căn cước công dân (12 chữ số)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Digits 1–3: province (or country) of birth registration; digit 4: century and gender (0/1 male/female \
             19xx, 2/3 20xx, …); digits 5–6: year of birth; digits 7–12: random. There is no check digit (Law on \
             Identification 26/2023/QH15 art. 12, Decree 137/2015/NĐ-CP art. 13, Circular 59/2021/TT-BCA). Province \
             codes are those of Circular 07/2016/TT-BCA and were not changed by the mergers of 01/07/2025. The list \
             of country codes is not published, so an unknown code is unusual, never invalid. Whether the number \
             agrees with gender and birth date is the work of the `id_agrees` rule.",
            "Chữ số 1–3: tỉnh (hoặc quốc gia) đăng ký khai sinh; chữ số 4: thế kỷ và giới tính (0/1 nam/nữ 19xx, \
             2/3 20xx, …); chữ số 5–6: năm sinh; chữ số 7–12: ngẫu nhiên. Không có chữ số kiểm tra (Luật Căn cước \
             26/2023/QH15 Điều 12, Nghị định 137/2015/NĐ-CP Điều 13, Thông tư 59/2021/TT-BCA). Mã tỉnh theo Thông tư \
             07/2016/TT-BCA, không thay đổi khi sáp nhập từ 01/07/2025. Danh mục mã quốc gia không được công bố nên \
             mã lạ chỉ bị xem là bất thường, không bị xem là sai. Việc số có khớp với giới tính và ngày sinh hay \
             không là việc của quy tắc `id_agrees`.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("001099012345", "valid"),
            ("079305004321", "valid"),
            ("003099012345", "unusual"),
            ("012345678901", "unusual"),
            ("001499012345", "unusual"),
            ("01099012345", "repairable"),
            ("001 099 012 345", "repairable"),
            ("001099012345.0", "repairable"),
            ("00109901234", "invalid"),
            ("012345678", "invalid"),
            ("000000000000", "invalid"),
            ("1.09901E+09", "invalid"),
            ("0O1099012345", "invalid"),
        ]
    }
}

impl Judge for CitizenId {
    fn judge(&self, value: &str) -> Verdict {
        let bytes = value.as_bytes();
        if bytes.len() == 12 && all_digits(bytes) {
            return verdict(check(bytes));
        }
        repair(value).unwrap_or_else(|| Verdict::Invalid(why_invalid(value)))
    }

    fn accepts(&self, value: &str) -> bool {
        passes(value.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_three_provinces() {
        assert_eq!(PROVINCES.iter().filter(|&&known| known).count(), 63);
        assert!(PROVINCES[1] && PROVINCES[96] && !PROVINCES[0] && !PROVINCES[3]);
    }

    #[test]
    fn holders_agree_with_the_published_table() {
        let table = include_str!("../../../rules/lists/citizen_id_century_gender.csv");
        for line in table.lines().skip(1) {
            let [digit, gender, from, _] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let holder = holder(&format!("001{digit}00012345")).expect("12 digits");
            assert_eq!(holder.female, gender == "Nữ", "{line}");
            assert_eq!(holder.birth_year.to_string(), from, "{line}");
        }
        assert_eq!(holder("00109901234"), None);
    }

    #[test]
    fn repairs_only_what_is_certain() {
        let repaired = |value| match CitizenId.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("01099012345").as_deref(), Some("001099012345"));
        assert_eq!(repaired("1099012345.0").as_deref(), Some("001099012345"));
        assert_eq!(repaired("9099012345"), None, "009 is no province");
        assert_eq!(repaired("001099-012345-6"), None);
    }
}
