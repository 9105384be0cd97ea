//! `iban`: the international bank account number.

use super::checksum::modulo_97;
use super::lists::{TWO, numbers, place};
use super::repair::{after_label, judged, passing, upper};
use crate::format::{Check, Format, Judge, Reason, Verdict};

/// Lengths by country; 0 where no IBAN is registered.
static LENGTHS: [u8; TWO] = numbers(include_bytes!("../../../rules/lists/world/iban_lengths.csv"));

const SHAPE: Reason = Reason::new(
    "not two letters, two digits and up to 30 capital letters or digits",
    "không phải hai chữ cái, hai chữ số và tối đa 30 chữ hoa hoặc chữ số",
);
const LENGTH: Reason =
    Reason::new("not as long as the country's numbers are", "sai độ dài quy định của nước đó");
const CHECK_DIGITS: Reason = Reason::new("the check digits are wrong", "hai chữ số kiểm tra sai");
const COUNTRY: Reason = Reason::new("a country that has registered no IBAN", "nước chưa đăng ký dùng IBAN");

/// `iban`
pub struct Iban;

fn check(value: &[u8]) -> Check {
    let &[first, second, third, fourth, ref account @ ..] = value else { return Err(SHAPE) };
    let shape = (5..=30).contains(&account.len())
        && first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && third.is_ascii_digit()
        && fourth.is_ascii_digit()
        && account.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if !shape {
        return Err(SHAPE);
    }
    let length = usize::from(LENGTHS[place(&[first, second])]);
    if length != 0 && length != value.len() {
        return Err(LENGTH);
    }
    // 00, 01 and 99 have the remainder of 97, 98 and 02, and are never computed.
    if modulo_97(modulo_97(0, account), &value[..4]) != 1 || matches!(&value[2..4], b"00" | b"01" | b"99") {
        return Err(CHECK_DIGITS);
    }
    Ok((length == 0).then_some(COUNTRY))
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = after_label(value, "IBAN");
    let (whole, reason) = upper(bare).unwrap_or_else(|| (bare.to_owned(), super::repair::GROUPED));
    passing(whole, reason, check)
}

impl Format for Iban {
    fn name(&self) -> &'static str {
        "iban"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "International bank account number (ISO 13616)",
            "Số tài khoản ngân hàng quốc tế IBAN (ISO 13616)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Country (ISO 3166-1), two check digits by ISO/IEC 7064 MOD 97-10, and the national account number; \
             the length is the country's in the IBAN registry of SWIFT. A country without an entry is unusual. \
             Viet Nam does not use IBAN. The inner structure of national numbers, the bank and the account are \
             not checked.",
            "Nước (ISO 3166-1), hai chữ số kiểm tra theo ISO/IEC 7064 MOD 97-10, và số tài khoản trong nước; độ \
             dài theo sổ đăng ký IBAN của SWIFT. Nước chưa có trong sổ là bất thường. Việt Nam không dùng IBAN. \
             Không kiểm tra cấu trúc bên trong của số tài khoản, ngân hàng và tài khoản.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("GB82WEST12345698765432", "valid"),
            ("DE89370400440532013000", "valid"),
            ("NO9386011117947", "valid"),
            ("VN52970436012345678901", "unusual"),
            ("GB82 WEST 1234 5698 7654 32", "repairable"),
            ("gb82west12345698765432", "repairable"),
            ("IBAN: GB82 WEST 1234 5698 7654 32", "repairable"),
            ("GB82WEST12345698765433", "invalid"),
            ("GB82WEST1234569876543", "invalid"),
            ("0123456789", "invalid"),
        ]
    }
}

impl Judge for Iban {
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
        assert_eq!(LENGTHS.iter().filter(|&&length| length != 0).count(), 89);
        assert!(LENGTHS.iter().all(|&length| length == 0 || (15..=34).contains(&length)));
        assert_eq!(LENGTHS[place(b"VN")], 0);
    }
}
