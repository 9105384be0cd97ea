//! `vin`: the vehicle identification number.

use super::repair::{after_label, judged, passing, upper};
use crate::format::ascii::all_same;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not 17 capital letters or digits", "không phải 17 chữ hoa hoặc chữ số");
const LETTER: Reason =
    Reason::new("contains I, O or Q, which are not used", "có chữ I, O hoặc Q, là chữ không dùng");
const CHECK_DIGIT: Reason = Reason::new(
    "the ninth character is not the check digit that North America demands",
    "ký tự thứ chín không phải chữ số kiểm tra mà Bắc Mỹ bắt buộc",
);
const SAME: Reason = Reason::new("one character repeated", "một ký tự lặp lại");

/// The weights of 49 CFR 565.15; the ninth character is the check digit.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// What letters count for, 0 to 9; 255 for what a number may not contain.
static VALUES: [u8; 256] = {
    let mut table = [255; 256];
    let letters = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    let values = b"12345678123457923456789";
    let mut at = 0;
    while at < letters.len() {
        table[letters[at] as usize] = values[at] - b'0';
        at += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit] = digit as u8;
        digit += 1;
    }
    table
};

/// `vin`
pub struct Vin;

fn check(value: &[u8]) -> Check {
    let Ok(bytes) = <&[u8; 17]>::try_from(value) else { return Err(SHAPE) };
    let (mut sum, mut highest) = (0, 0);
    for (&byte, weight) in bytes.iter().zip(WEIGHTS) {
        let value = VALUES[usize::from(byte)];
        highest = highest.max(value);
        sum += u32::from(value) * weight;
    }
    if highest == 255 {
        let letters = bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        return Err(if letters { LETTER } else { SHAPE });
    }
    if all_same(bytes) {
        return Err(SAME);
    }
    let expected = b"0123456789X"[(sum % 11) as usize];
    Ok((bytes[8] != expected).then_some(CHECK_DIGIT))
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(value, "VIN");
    let (whole, reason) = upper(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    passing(whole, reason, check)
}

impl Format for Vin {
    fn name(&self) -> &'static str {
        "vin"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vehicle identification number, 17 characters (ISO 3779)",
            "Số khung xe (VIN) 17 ký tự (ISO 3779)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "17 capital letters or digits without I, O and Q (ISO 3779). The check digit in ninth place is \
             compulsory in North America only (49 CFR 565.15): a number without it is unusual. Maker, model \
             year and plant are not checked. Frame numbers from before 1981, and many of motorcycles, are \
             shorter and invalid here.",
            "17 chữ hoa hoặc chữ số, không có I, O, Q (ISO 3779). Chữ số kiểm tra ở vị trí thứ chín chỉ bắt \
             buộc tại Bắc Mỹ (49 CFR 565.15): số không khớp là bất thường. Không kiểm tra hãng, đời xe và nhà \
             máy. Số khung trước năm 1981 và của nhiều xe máy ngắn hơn, không hợp lệ ở đây.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1M8GDM9AXKP042788", "valid"),
            ("5GZCZ43D13S812715", "valid"),
            ("WVWZZZ1JZXW000001", "unusual"),
            ("1m8gdm9axkp042788", "repairable"),
            ("1M8-GDM9AXK-P042788", "repairable"),
            ("VIN: 1M8GDM9AXKP042788", "repairable"),
            ("1M8GDM9AXKPO42788", "invalid"),
            ("1M8GDM9AXKP04278", "invalid"),
            ("11111111111111111", "invalid"),
        ]
    }
}

impl Judge for Vin {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
