//! `e164`: a telephone number of any country, in international form.

use super::lists::statuses;
use super::repair::{after_label, judged};
use crate::format::ascii::{all_digits, all_same, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

static LIST: &[u8] = include_bytes!("../../../rules/lists/world/calling_codes.csv");
/// Country codes of two and of three digits, `c` for countries and `s` for services; of one digit there are 1 and 7.
static CODES_2: [u8; 100] = statuses(LIST, 2, 0, 1);
static CODES_3: [u8; 1_000] = statuses(LIST, 3, 0, 1);

const NO_PLUS: Reason =
    Reason::new("no plus and country code in front", "thiếu dấu cộng và mã quốc gia ở đầu");
const SHAPE: Reason =
    Reason::new("not digits only after the plus", "sau dấu cộng có ký tự không phải chữ số");
const LENGTH: Reason = Reason::new("not 7 to 15 digits", "không đủ 7 đến 15 chữ số");
const NORTH_AMERICA: Reason = Reason::new(
    "+1 is not followed by ten digits of area and number",
    "sau +1 không phải mười chữ số của vùng và số",
);
const UNKNOWN: Reason =
    Reason::new("no country is known to have this code", "chưa biết nước nào dùng mã này");
const SERVICE: Reason = Reason::new("a service, not a country", "mã của dịch vụ, không phải của nước");
const REPEATED: Reason = Reason::new("one digit repeated", "một chữ số lặp lại");
const TRUNK_ZERO: Reason =
    Reason::new("country code and trunk zero together", "vừa có mã quốc gia vừa có số 0 ở đầu");
const WRITING: Reason = Reason::new(
    "digits are separated, or 00 or a label stands in front",
    "các chữ số bị tách rời, hoặc có 00 hay nhãn ở trước",
);

/// `e164`
pub struct E164;

fn check(value: &[u8]) -> Check {
    let [b'+', digits @ ..] = value else { return Err(NO_PLUS) };
    if !all_digits(digits) {
        return Err(SHAPE);
    }
    if !(7..=15).contains(&digits.len()) {
        return Err(LENGTH);
    }
    if digits[0] == b'1'
        && (digits.len() != 11 || matches!(digits[1], b'0' | b'1') || matches!(digits[4], b'0' | b'1'))
    {
        return Err(NORTH_AMERICA);
    }
    if digits.starts_with(b"840") {
        return Err(TRUNK_ZERO);
    }
    let status = match digits[0] {
        b'1' | b'7' => b'c',
        _ => match CODES_2[number(&digits[..2])] {
            0 => CODES_3[number(&digits[..3])],
            status => status,
        },
    };
    Ok(match status {
        0 => Some(UNKNOWN),
        b's' => Some(SERVICE),
        _ if all_same(&digits[3..]) => Some(REPEATED),
        _ => None,
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(after_label(value, "tel"), "phone");
    let digits = match bare.strip_prefix('+') {
        Some(rest) => rest,
        None => bare.strip_prefix("00")?,
    };
    // (0) is dialled inside the country only.
    let digits = digits.replace("(0)", "");
    let is_separator =
        |c: char| c.is_whitespace() || matches!(c, '.' | '-' | '(' | ')' | '/' | '\u{2010}'..='\u{2013}');
    let joined: String = digits.chars().filter(|&c| !is_separator(c)).collect();
    let (joined, reason) = match joined.strip_prefix("840") {
        Some(rest) => (format!("84{rest}"), TRUNK_ZERO),
        None => (joined, WRITING),
    };
    let whole = format!("+{joined}");
    check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, reason))
}

impl Format for E164 {
    fn name(&self) -> &'static str {
        "e164"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Telephone number of any country in international form (ITU-T E.164)",
            "Số điện thoại của mọi nước ở dạng quốc tế (ITU-T E.164)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A plus, the country code and the national number without trunk zero, 7 to 15 digits in all (ITU-T \
             E.164). A country code that is not in the list, and global services (+800, +870), are unusual. Of \
             the national numbers only those of North America and the trunk zero of Viet Nam are looked at; \
             `vn.phone` knows Viet Nam's in full. A number without its plus is not repaired: the country is not \
             certain. Whether a number is in service is not checked.",
            "Dấu cộng, mã quốc gia và số trong nước không có số 0 ở đầu, tổng cộng 7 đến 15 chữ số (ITU-T \
             E.164). Mã quốc gia ngoài danh sách và dịch vụ toàn cầu (+800, +870) là bất thường. Về số trong \
             nước chỉ xét số của Bắc Mỹ và số 0 ở đầu của Việt Nam; `vn.phone` biết đầy đủ số Việt Nam. Số \
             thiếu dấu cộng không sửa vì chưa chắc thuộc nước nào. Không kiểm tra số có đang hoạt động hay \
             không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("+84912345678", "valid"),
            ("+12024561111", "valid"),
            ("+442079460958", "valid"),
            ("+80012345678", "unusual"),
            ("+21012345678", "unusual"),
            ("+84 912 345 678", "repairable"),
            ("0084912345678", "repairable"),
            ("+84 (0) 912-345-678", "repairable"),
            ("tel:+84912345678", "repairable"),
            ("0912345678", "invalid"),
            ("84912345678", "invalid"),
            ("+84", "invalid"),
            ("+1234567890", "invalid"),
            ("+8491234567890123", "invalid"),
        ]
    }
}

impl Judge for E164 {
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
        let count = |table: &[u8]| table.iter().filter(|&&status| status != 0).count();
        assert_eq!(2 + count(&CODES_2) + count(&CODES_3), 217);
        assert!(CODES_2[84] == b'c' && CODES_3[800] == b's');
    }
}
