//! `vn.phone`: a Vietnamese telephone number.

use super::digits::{FLOAT, GROUPED, LOST_ZERO};
use crate::format::ascii::{all_digits, before_float_suffix, codes, number, pairs};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict, verdict};

/// Mobile prefixes by number: 091 is 91. New ones may be opened at any time.
static MOBILE: [bool; 100] = codes(include_bytes!("../../../rules/lists/phone_mobile_prefixes.csv"));
/// Area codes without the trunk zero: 24, 28, 203 … (conversion of 2017).
static AREAS: [bool; 300] = codes(include_bytes!("../../../rules/lists/phone_area_codes.csv"));
/// Prefixes of 11-digit mobile numbers (0120 is 120) and what they became on 15/09/2018.
static RENUMBERED: [u16; 200] = pairs(include_bytes!("../../../rules/lists/phone_old_11_digit_prefixes.csv"));

const NOT_A_NUMBER: Reason = Reason::new("not a telephone number", "không phải số điện thoại");
const LENGTH: Reason = Reason::new("wrong number of digits", "sai số lượng chữ số");
const PREFIX: Reason = Reason::new("no such prefix or area code", "không có đầu số hoặc mã vùng này");
const UNKNOWN_PREFIX: Reason = Reason::new(
    "mobile number whose prefix is not known to be in use",
    "số di động có đầu số chưa rõ đã được sử dụng",
);
const SERVICE: Reason = Reason::new("service number (1800, 1900)", "số dịch vụ (1800, 1900)");
const TWO: Reason = Reason::new("more than one number in one field", "nhiều số điện thoại trong một ô");
const OLD_MOBILE: Reason = Reason::new(
    "11-digit mobile number from before 15/09/2018",
    "số di động 11 chữ số trước ngày 15/09/2018",
);
const NO_PLUS: Reason = Reason::new("country code without its plus", "mã quốc gia thiếu dấu cộng");
const TRUNK_ZERO: Reason =
    Reason::new("country code and trunk zero together", "vừa có mã quốc gia vừa có số 0 ở đầu");

const NOT_MOBILE: Reason = Reason::new("not a mobile number", "không phải số di động");
const NOT_LANDLINE: Reason = Reason::new("not a fixed-line number", "không phải số cố định");

/// `vn.phone`
pub struct Phone;

/// Which numbers a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Mobile,
    Landline,
}

impl Kind {
    /// Whether all numbers of a value that [`Phone`] accepts are of this kind.
    fn holds(self, value: &str) -> bool {
        value.split([';', ',', '/']).all(|number| {
            let number = number.trim();
            let digits = number.strip_prefix("+84").or_else(|| number.strip_prefix('0'));
            // A service number, of neither kind, has no such prefix.
            digits.map(str::len)
                == Some(match self {
                    Self::Mobile => 9,
                    Self::Landline => 10,
                })
        })
    }

    const fn other(self) -> Reason {
        match self {
            Self::Mobile => NOT_MOBILE,
            Self::Landline => NOT_LANDLINE,
        }
    }
}

/// What the digits after the trunk zero or the country code are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Significant {
    InUse,
    UnknownPrefix,
    /// With the new mobile prefix, 70 for 070.
    Renumbered(u16),
    NoPrefix,
    BadLength,
}

fn classify(digits: &[u8]) -> Significant {
    use Significant::{BadLength, InUse, NoPrefix, Renumbered, UnknownPrefix};
    match (digits.len(), digits.first()) {
        (9, _) if MOBILE[number(&digits[..2])] => InUse,
        (9, Some(b'3' | b'5' | b'7'..=b'9')) => UnknownPrefix,
        (10, Some(b'2')) => {
            if AREAS[number(&digits[..2])] || AREAS[number(&digits[..3])] {
                InUse
            } else {
                NoPrefix
            }
        }
        (10, Some(b'1')) => match RENUMBERED[number(&digits[..3])] {
            0 => NoPrefix,
            prefix => Renumbered(prefix),
        },
        (9 | 10, _) => NoPrefix,
        _ => BadLength,
    }
}

fn check_one(bytes: &[u8]) -> Check {
    let significant = match bytes {
        [b'+', b'8', b'4', rest @ ..] | [b'0', rest @ ..] => rest,
        // Eight or ten digits, dialled without a zero.
        [b'1', b'8' | b'9', b'0', b'0', rest @ ..] if matches!(rest.len(), 4 | 6) && all_digits(rest) => {
            return Ok(Some(SERVICE));
        }
        _ => return Err(NOT_A_NUMBER),
    };
    if !all_digits(significant) {
        return Err(NOT_A_NUMBER);
    }
    match classify(significant) {
        Significant::InUse => Ok(None),
        Significant::UnknownPrefix => Ok(Some(UNKNOWN_PREFIX)),
        Significant::Renumbered(_) => Err(OLD_MOBILE),
        Significant::NoPrefix => Err(PREFIX),
        Significant::BadLength => Err(LENGTH),
    }
}

/// One number, or several that are each well written.
fn check(value: &str) -> Check {
    let one = check_one(value.as_bytes());
    if one.is_ok() || value.len() < 17 {
        return one;
    }
    let mut count = 0;
    for part in value.split([';', ',', '/']) {
        if check_one(part.trim().as_bytes()).is_err() {
            return one;
        }
        count += 1;
    }
    if count > 1 { Ok(Some(TWO)) } else { one }
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, plus, reason) = match before_float_suffix(value) {
        Some(before) => (before.to_owned(), false, FLOAT),
        None => {
            let (plus, rest) = value.strip_prefix('+').map_or((false, value), |rest| (true, rest));
            let is_separator = |c: &char| c.is_whitespace() || matches!(c, '.' | '-' | '(' | ')');
            (rest.chars().filter(|c| !is_separator(c)).collect(), plus, GROUPED)
        }
    };
    if !all_digits(digits.as_bytes()) {
        return None;
    }
    // With a plus the country code must follow.
    if plus && !digits.starts_with("84") {
        return None;
    }
    let international = digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84"));
    if let Some(rest) = international {
        let (rest, written) = match rest.strip_prefix('0') {
            Some(rest) => (rest, TRUNK_ZERO),
            None if plus => (rest, GROUPED),
            None => (rest, NO_PLUS),
        };
        match classify(rest.as_bytes()) {
            Significant::InUse => return Some(Verdict::repairable(format!("+84{rest}"), written)),
            Significant::Renumbered(prefix) => return Some(renumbered("+84", prefix, rest)),
            Significant::UnknownPrefix if plus => {
                return Some(Verdict::repairable(format!("+84{rest}"), written));
            }
            _ if plus => return None,
            // 84 may also be what is left of 084.
            _ => {}
        }
    }
    if let Some(rest) = digits.strip_prefix('0') {
        return match classify(rest.as_bytes()) {
            Significant::InUse | Significant::UnknownPrefix => Some(Verdict::repairable(digits, reason)),
            Significant::Renumbered(prefix) => Some(renumbered("0", prefix, rest)),
            _ => None,
        };
    }
    if check_one(digits.as_bytes()).is_ok() {
        return Some(Verdict::repairable(digits, reason));
    }
    (classify(digits.as_bytes()) == Significant::InUse)
        .then(|| Verdict::repairable(format!("0{digits}"), LOST_ZERO))
}

fn renumbered(before: &str, prefix: u16, old: &str) -> Verdict {
    Verdict::repairable(format!("{before}{prefix}{}", &old[3..]), OLD_MOBILE)
}

impl Format for Phone {
    fn name(&self) -> &'static str {
        "vn.phone"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese telephone number, mobile or fixed, national (0…) or international (+84…)",
            "Số điện thoại Việt Nam, di động hoặc cố định, dạng trong nước (0…) hoặc quốc tế (+84…)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Mobile: 0, a two-digit prefix and 7 digits; fixed: 0, area code and 8 digits (24, 28) or 7 digits (all \
             others), 11 digits in all. Prefixes as of 2026; one that is not listed is unusual, since new ones may \
             be opened. Area codes are those of the conversion of 2017. The 11-digit mobile numbers that ended on \
             15/09/2018 convert by table. Service numbers (1800, 1900) and several numbers in one field are unusual. \
             Short and emergency numbers are invalid. `kind` narrows the column to mobile or fixed numbers; service numbers \
             are neither. Whether a number is in service is not checked.",
            "Di động: số 0, đầu số hai chữ số và 7 chữ số; cố định: số 0, mã vùng và 8 chữ số (24, 28) hoặc 7 chữ số \
             (các mã khác), tổng cộng 11 chữ số. Đầu số tính đến năm 2026; đầu số ngoài danh sách chỉ bị xem là bất \
             thường vì có thể mở đầu số mới. Mã vùng theo lần chuyển đổi năm 2017. Số di động 11 chữ số ngừng dùng từ \
             15/09/2018 được đổi theo bảng. Số dịch vụ (1800, 1900) và nhiều số trong một ô bị xem là bất thường. Số \
             ngắn, số khẩn cấp không hợp lệ. `kind` giới hạn cột vào số di động hoặc cố định; số dịch vụ không thuộc loại \
             nào. Không kiểm tra số có đang hoạt động hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("0912345678", "valid"),
            ("+84912345678", "valid"),
            ("02438251234", "valid"),
            ("02033825123", "valid"),
            ("0532345678", "unusual"),
            ("1800123456", "unusual"),
            ("0912345678; 0987654321", "unusual"),
            ("84912345678", "repairable"),
            ("912345678", "repairable"),
            ("01234567890", "repairable"),
            ("0912.345.678", "repairable"),
            ("+84 (0)912 345 678", "repairable"),
            ("0123456789", "invalid"),
            ("0412345678", "invalid"),
            ("0000000000", "invalid"),
            ("113", "invalid"),
            ("O912345678", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        const {
            &[Argument {
                name: "kind",
                words: &["mobile", "landline"],
                about: Reason::new(
                    "which numbers the column holds: `mobile` or `landline`",
                    "cột chứa số loại nào: `mobile` (di động) hoặc `landline` (cố định)",
                ),
            }]
        }
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        match chosen {
            [Some("mobile")] => Some(Box::new(Kind::Mobile)),
            [Some("landline")] => Some(Box::new(Kind::Landline)),
            _ => None,
        }
    }
}

impl Judge for Phone {
    fn judge(&self, value: &str) -> Verdict {
        match check(value) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        // By far the most frequent form first.
        if let Ok(digits) = <&[u8; 10]>::try_from(value.as_bytes())
            && digits[0] == b'0'
            && all_digits(digits)
            && MOBILE[number(&digits[1..3])]
        {
            return true;
        }
        check(value).is_ok()
    }
}

/// One kind of number alone.
impl Judge for Kind {
    fn judge(&self, value: &str) -> Verdict {
        let verdict = Phone.judge(value);
        let meant = match &verdict {
            Verdict::Repairable { repaired, .. } => repaired,
            Verdict::Valid | Verdict::Unusual(_) => value,
            Verdict::Invalid(_) => return verdict,
        };
        if self.holds(meant) { verdict } else { Verdict::Invalid(self.other()) }
    }

    fn accepts(&self, value: &str) -> bool {
        Phone.accepts(value) && self.holds(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(value: &str) -> Option<String> {
        match Phone.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        }
    }

    #[test]
    fn lists_are_whole() {
        assert_eq!(MOBILE.iter().filter(|&&known| known).count(), 36);
        assert_eq!(AREAS.iter().filter(|&&known| known).count(), 63);
        assert_eq!(RENUMBERED.iter().filter(|&&new| new != 0).count(), 21);
        assert!(RENUMBERED.iter().all(|&new| new == 0 || MOBILE[usize::from(new)]));
    }

    #[test]
    fn repairs() {
        assert_eq!(repaired("01234567890").as_deref(), Some("0834567890"));
        assert_eq!(repaired("+841234567890").as_deref(), Some("+84834567890"));
        assert_eq!(repaired("84912345678").as_deref(), Some("+84912345678"));
        assert_eq!(repaired("0084912345678").as_deref(), Some("+84912345678"));
        assert_eq!(repaired("+84 912 345 678").as_deref(), Some("+84912345678"));
        assert_eq!(repaired("2438251234").as_deref(), Some("02438251234"));
        assert_eq!(repaired("843456789").as_deref(), Some("0843456789"), "084, not the country code");
        assert_eq!(repaired("912345678.0").as_deref(), Some("0912345678"));
        assert_eq!(repaired("+85912345678"), None);
    }

    #[test]
    fn one_kind_of_number() {
        let name = |word, value| Phone.choose(&[Some(word)]).expect("a word").judge(value).name();
        for (value, mobile, landline) in [
            ("0912345678", "valid", "invalid"),
            ("+84912345678", "valid", "invalid"),
            ("0532345678", "unusual", "invalid"),
            ("84912345678", "repairable", "invalid"),
            ("01234567890", "repairable", "invalid"),
            ("02438251234", "invalid", "valid"),
            ("2438251234", "invalid", "repairable"),
            ("0912345678; 0987654321", "unusual", "invalid"),
            ("0912345678; 02438251234", "invalid", "invalid"),
            ("1800123456", "invalid", "invalid"),
        ] {
            assert_eq!(name("mobile", value), mobile, "{value}");
            assert_eq!(name("landline", value), landline, "{value}");
        }
    }
}
