//! `vn.bhyt`: the number of a health insurance card (mã thẻ bảo hiểm y tế).

use super::digits::{ONE_DIGIT, SCIENTIFIC, rewritten};
use super::{bhxh, cccd};
use crate::format::ascii::{all_digits, all_same, is_scientific, letter_pair, number, ungrouped};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

/// The benefit levels that the list names for an object code, as bits 1–5; 0 where there is no such code.
const LISTED_CODES: [u8; 676] = listed_levels(include_bytes!("../../../rules/lists/health_card_objects.csv"));
static LISTED: [u8; 676] = LISTED_CODES;
/// The levels that a card with this object code may bear.
static POSSIBLE: [u8; 676] = possible_levels(&LISTED_CODES);

const LENGTH: Reason = Reason::new(
    "must be 15 characters (two letters and 13 digits) or 10 digits",
    "phải gồm 15 ký tự (2 chữ cái và 13 chữ số) hoặc 10 chữ số",
);
const OBJECT: Reason = Reason::new("unknown object code", "không có mã đối tượng này");
const BENEFIT: Reason = Reason::new("the benefit digit must be 1 to 5", "ký hiệu mức hưởng phải từ 1 đến 5");
const LOWER_BENEFIT: Reason = Reason::new(
    "the benefit is below what this object code is entitled to",
    "mức hưởng thấp hơn quyền lợi của mã đối tượng",
);
const HIGHER_BENEFIT: Reason = Reason::new(
    "the benefit is above that of the object code; lawful for a person with several entitlements",
    "mức hưởng cao hơn mã đối tượng; đúng nếu người đó thuộc nhiều đối tượng",
);
const UNKNOWN_PROVINCE: Reason = Reason::new(
    "no province code from before 01/07/2025; the armed forces have codes of their own",
    "không phải mã tỉnh trước 01/07/2025; lực lượng vũ trang có mã riêng",
);
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const GROUPED: Reason = Reason::new("the parts are separated", "các phần bị tách rời");

/// From the most to the least: 5 has no ceiling at all, 4 pays 80 %.
const BY_BENEFIT: [u8; 5] = [5, 1, 2, 3, 4];

const fn listed_levels(csv: &[u8]) -> [u8; 676] {
    let mut table = [0; 676];
    let mut at = 0;
    while csv[at] != b'\n' {
        at += 1;
    }
    at += 1;
    while at < csv.len() {
        let object = letter_pair(csv[at], csv[at + 1]);
        at += 2;
        while at < csv.len() && csv[at] != b'\n' {
            if csv[at].is_ascii_digit() {
                table[object] |= 1 << (csv[at] - b'0');
            }
            at += 1;
        }
        at += 1;
    }
    table
}

/// The listed levels and all above the least of them.
const fn possible_levels(listed: &[u8; 676]) -> [u8; 676] {
    let mut table = [0; 676];
    let mut object = 0;
    while object < table.len() {
        let mut at = BY_BENEFIT.len();
        let mut reached = false;
        while at > 0 {
            at -= 1;
            let level = 1 << BY_BENEFIT[at];
            reached |= listed[object] & level != 0;
            if reached {
                table[object] |= level;
            }
        }
        object += 1;
    }
    table
}

/// `vn.bhyt`
pub struct HealthCard;

fn check(bytes: &[u8]) -> Check {
    let &[first, second, level, ref digits @ ..] = bytes else { return Err(LENGTH) };
    if bytes.len() == 10 && all_digits(bytes) {
        return bhxh::check(bytes);
    }
    let letters = first.is_ascii_uppercase() && second.is_ascii_uppercase();
    if bytes.len() != 15 || !letters || !level.is_ascii_digit() || !all_digits(digits) {
        return Err(LENGTH);
    }
    let object = letter_pair(first, second);
    if LISTED[object] == 0 {
        return Err(OBJECT);
    }
    if !(b'1'..=b'5').contains(&level) {
        return Err(BENEFIT);
    }
    let level = 1 << (level - b'0');
    if POSSIBLE[object] & level == 0 {
        return Err(LOWER_BENEFIT);
    }
    if all_same(&digits[2..]) {
        return Err(ONE_DIGIT);
    }
    Ok(if LISTED[object] & level == 0 {
        Some(HIGHER_BENEFIT)
    } else if !cccd::is_province(number(&digits[..2])) {
        Some(UNKNOWN_PROVINCE)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    if let Some((digits, reason)) = rewritten(value) {
        return check(digits.as_bytes()).is_ok().then(|| Verdict::repairable(digits, reason));
    }
    let together = ungrouped(value);
    let reason = if together == value { LOWER_CASE } else { GROUPED };
    let card = together.to_ascii_uppercase();
    check(card.as_bytes()).is_ok().then(|| Verdict::repairable(card, reason))
}

impl Format for HealthCard {
    fn name(&self) -> &'static str {
        "vn.bhyt"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Number of a Vietnamese health insurance card: 15 characters, or the 10 digits of a new card",
            "Mã thẻ bảo hiểm y tế: 15 ký tự, hoặc 10 chữ số của thẻ mẫu mới",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Object code (two letters), benefit digit 1–5, province (two digits, as before 01/07/2025) and the 10-digit \
             social insurance number (Decision 1351/QĐ-BHXH, amended by 1697/QĐ-BHXH and 1018/QĐ-BHXH). New cards show \
             the ten digits alone (Decision 1666/QĐ-BHXH of 2020); they are judged as `vn.bhxh`. Object codes and their \
             benefits, with the changes of 01/01/2026 for CN and LH, are those that a third party read from the \
             decisions and from letter 38/BYT-BH; a code that is not listed is invalid, though new ones may come. A \
             benefit above the object's is unusual: that a person with several entitlements gets the best of them is \
             not confirmed here. A benefit below it is invalid. Whether the card exists, and is in force, is not \
             checked.",
            "Mã đối tượng (2 chữ cái), ký hiệu mức hưởng 1–5, mã tỉnh (2 chữ số, như trước 01/07/2025) và mã số bảo hiểm \
             xã hội 10 chữ số (Quyết định 1351/QĐ-BHXH, sửa đổi bởi 1697/QĐ-BHXH và 1018/QĐ-BHXH). Thẻ mẫu mới chỉ in 10 \
             chữ số (Quyết định 1666/QĐ-BHXH năm 2020), được kiểm tra như `vn.bhxh`. Mã đối tượng và mức hưởng, kể cả \
             thay đổi từ 01/01/2026 của CN và LH, theo bên thứ ba đọc từ các quyết định và Công văn 38/BYT-BH; mã ngoài \
             danh mục là sai dù có thể có mã mới. Mức hưởng cao hơn mã đối tượng bị xem là bất thường: quy định người \
             thuộc nhiều đối tượng được hưởng mức cao nhất chưa được kiểm chứng ở đây. Mức hưởng thấp hơn là sai. Không \
             kiểm tra thẻ có tồn tại và còn giá trị hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("DN4010123456789", "valid"),
            ("TE1010123456789", "valid"),
            ("LH2797916045231", "valid"),
            ("0123456789", "valid"),
            ("HT2797916045231", "unusual"),
            ("QN5977916045231", "unusual"),
            ("DN 4 01 0123456789", "repairable"),
            ("dn4010123456789", "repairable"),
            ("TE4010123456789", "invalid"),
            ("DN6010123456789", "invalid"),
            ("ZZ4010123456789", "invalid"),
            ("DN401012345678", "invalid"),
            ("DN4010000000000", "invalid"),
        ]
    }
}

impl Judge for HealthCard {
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
        match value.as_bytes() {
            bytes @ &[first, second, level, ref digits @ ..] if bytes.len() == 15 => {
                first.is_ascii_uppercase()
                    && second.is_ascii_uppercase()
                    && matches!(level, b'1'..=b'5')
                    && POSSIBLE[letter_pair(first, second)] & (1 << (level - b'0')) != 0
                    && all_digits(digits)
                    && !all_same(&digits[2..])
            }
            bytes => bhxh::passes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_five_objects() {
        assert_eq!(LISTED.iter().filter(|&&levels| levels != 0).count(), 45);
        let levels = |object: &[u8; 2]| {
            let at = letter_pair(object[0], object[1]);
            let bits = |mask: u8| (1..=5).filter(|level| mask & (1 << level) != 0).collect::<Vec<_>>();
            (bits(LISTED[at]), bits(POSSIBLE[at]))
        };
        assert_eq!(levels(b"DN"), (vec![4], vec![1, 2, 3, 4, 5]));
        assert_eq!(levels(b"HT"), (vec![3], vec![1, 2, 3, 5]));
        assert_eq!(levels(b"TE"), (vec![1], vec![1, 5]));
        assert_eq!(levels(b"QN"), (vec![5], vec![5]));
        assert_eq!(levels(b"CN").0, [2, 3]);
        assert_eq!(levels(b"LH").0, [2, 4]);
        assert_eq!(levels(b"ZZ").1, [0; 0]);
    }

    #[test]
    fn repairs() {
        let repaired = |value| match HealthCard.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("dn-4-01-01.2345.6789").as_deref(), Some("DN4010123456789"));
        assert_eq!(repaired("0123 456 789").as_deref(), Some("0123456789"));
        assert_eq!(repaired("te4010123456789"), None, "the benefit is wrong in capitals too");
    }
}
