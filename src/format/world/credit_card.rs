//! `credit_card`: the number of a payment card.

use super::checksum::luhn;
use super::repair::{digits, judged, passing};
use crate::format::ascii::{all_digits, all_same, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not 12 to 19 digits", "không phải 12 đến 19 chữ số");
const MASKED: Reason = Reason::new("some digits are hidden", "một số chữ số đã bị che");
const LENGTH: Reason =
    Reason::new("not as long as cards of this issuer are", "sai độ dài thẻ của tổ chức phát hành");
const CHECK_DIGIT: Reason =
    Reason::new("the last digit is not the check digit", "chữ số kiểm tra cuối cùng sai");
const ISSUER: Reason = Reason::new("no known card scheme begins so", "không có loại thẻ nào bắt đầu như vậy");
const TEST: Reason = Reason::new("a number published for tests", "số thẻ công bố để thử nghiệm");

/// Numbers that payment services publish for trying out their interfaces.
const TESTS: [&[u8]; 16] = [
    b"4111111111111111",
    b"4242424242424242",
    b"4012888888881881",
    b"4000056655665556",
    b"4222222222222",
    b"4000000000000002",
    b"5555555555554444",
    b"5105105105105100",
    b"5200828282828210",
    b"2223003122003222",
    b"378282246310005",
    b"371449635398431",
    b"6011111111111117",
    b"6011000990139424",
    b"3530111333300000",
    b"9704198526191432198",
];

/// `credit_card`
pub struct CreditCard;

/// Whether cards of this issuer may have so many digits; nothing if the issuer is not known.
fn length_fits(prefix: usize, length: usize) -> Option<bool> {
    let (two, three, four) = (prefix / 10_000, prefix / 1_000, prefix / 100);
    Some(match prefix {
        // NAPAS (Viet Nam), Visa, American Express, Mastercard, Troy.
        _ if four == 9704 => matches!(length, 16 | 19),
        _ if two / 10 == 4 => matches!(length, 13 | 16 | 19),
        _ if matches!(two, 34 | 37) => length == 15,
        _ if matches!(two, 51..=55) || matches!(four, 2221..=2720 | 9792) => length == 16,
        // Mir, JCB, Diners Club.
        _ if matches!(four, 2200..=2204 | 3528..=3589) => length >= 16,
        _ if matches!(two, 36 | 38 | 39) || matches!(three, 300..=305) || four == 3095 => length >= 14,
        // Discover and UnionPay, then Maestro.
        _ if four == 6011 || matches!(three, 644..=649) || matches!(two, 62 | 65 | 81) => length >= 16,
        _ if matches!(two, 50 | 56..=69) => true,
        _ => return None,
    })
}

fn check(value: &[u8]) -> Check {
    if !(12..=19).contains(&value.len()) || !all_digits(value) {
        let hidden = value.iter().any(|byte| matches!(byte, b'*' | b'x' | b'X' | b'#'))
            && value.iter().all(|byte| byte.is_ascii_digit() || b"*xX#- ".contains(byte));
        return Err(if hidden { MASKED } else { SHAPE });
    }
    let fits = length_fits(number(&value[..6]), value.len());
    if fits == Some(false) {
        return Err(LENGTH);
    }
    if !luhn(value) || all_same(value) {
        return Err(CHECK_DIGIT);
    }
    Ok(if fits.is_none() {
        Some(ISSUER)
    } else if TESTS.contains(&value) {
        Some(TEST)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let (whole, reason) = digits(value)?;
    passing(whole, reason, check)
}

impl Format for CreditCard {
    fn name(&self) -> &'static str {
        "credit_card"
    }

    fn about(&self) -> Reason {
        Reason::new("Number of a payment card (ISO/IEC 7812)", "Số thẻ thanh toán (ISO/IEC 7812)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "12 to 19 digits of which the last is the Luhn check digit (ISO/IEC 7812-1), and as many as the \
             scheme that the first digits name allows: Visa, Mastercard, American Express, Discover, JCB, \
             Diners Club, UnionPay, Maestro, Mir, Troy, NAPAS. Another beginning and numbers published for \
             tests are unusual. Some UnionPay cards have no check digit and are invalid here. Whether the card \
             was issued is not checked. Where whole card numbers are stored, PCI DSS applies.",
            "12 đến 19 chữ số, chữ số cuối là chữ số kiểm tra Luhn (ISO/IEC 7812-1), và đủ độ dài của loại thẻ \
             theo các chữ số đầu: Visa, Mastercard, American Express, Discover, JCB, Diners Club, UnionPay, \
             Maestro, Mir, Troy, NAPAS. Đầu số khác và số công bố để thử nghiệm là bất thường. Một số thẻ \
             UnionPay không có chữ số kiểm tra và bị xem là sai. Không kiểm tra thẻ đã được phát hành. Nơi lưu \
             số thẻ đầy đủ phải tuân thủ PCI DSS.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("4539578763621486", "valid"),
            ("374245455400126", "valid"),
            ("4111111111111111", "unusual"),
            ("9999999999999995", "unusual"),
            ("4539 5787 6362 1486", "repairable"),
            ("4539-5787-6362-1486", "repairable"),
            ("4539578763621487", "invalid"),
            ("37424545540012", "invalid"),
            ("453957******1486", "invalid"),
            ("0000000000000000", "invalid"),
        ]
    }
}

impl Judge for CreditCard {
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
    fn published_numbers_are_unusual() {
        for number in TESTS {
            assert_eq!(check(number), Ok(Some(TEST)), "{}", String::from_utf8_lossy(number));
        }
    }
}
