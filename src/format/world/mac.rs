//! `mac`: the hardware address of a network interface.

use super::repair::judged;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not six pairs of hexadecimal digits between colons or hyphens",
    "không phải sáu cặp chữ số thập lục phân cách nhau bằng dấu hai chấm hoặc gạch nối",
);
const NO_STATION: Reason = Reason::new(
    "a group, broadcast or null address, which no interface has",
    "địa chỉ nhóm, quảng bá hoặc toàn số 0, không giao diện nào mang",
);
const OTHER: Reason = Reason::new("grouped in another way", "nhóm theo cách khác");

/// `mac`
pub struct Mac;

fn check(value: &[u8]) -> Check {
    let Ok(bytes) = <&[u8; 17]>::try_from(value) else { return Err(SHAPE) };
    let separator = bytes[2];
    let mut wrong = !matches!(separator, b':' | b'-');
    let mut zero = true;
    for (at, &byte) in bytes.iter().enumerate() {
        let between = at % 3 == 2;
        wrong |= if between { byte != separator } else { !byte.is_ascii_hexdigit() };
        zero &= between || byte == b'0';
    }
    if wrong {
        return Err(SHAPE);
    }
    // The lowest bit of the first octet marks a group; a letter's value is odd where its code is even.
    let group = if bytes[1].is_ascii_digit() { bytes[1] & 1 == 1 } else { bytes[1] & 1 == 0 };
    Ok((group || zero).then_some(NO_STATION))
}

fn repair(value: &str) -> Option<Verdict> {
    let dotted = value.split('.').count() == 3 && value.split('.').all(|part| part.len() == 4);
    if value.len() != 12 && !dotted && value.len() != 17 {
        return None;
    }
    let digits: Vec<char> = value.chars().filter(|c| !matches!(c, '.' | ':' | '-' | ' ')).collect();
    if digits.len() != 12 {
        return None;
    }
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    let whole = pairs.join(":");
    check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, OTHER))
}

impl Format for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Hardware address of a network interface, EUI-48 (IEEE 802)",
            "Địa chỉ phần cứng của giao diện mạng, EUI-48 (IEEE 802)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Six pairs of hexadecimal digits of either case, between hyphens (IEEE 802-2014 section 8.1) or \
             colons, not mixed. Four digits between dots and no separators are repairable. Group, broadcast and \
             null addresses are unusual. The 64-bit form (EUI-64) is invalid; whether the maker's prefix is \
             registered is not checked.",
            "Sáu cặp chữ số thập lục phân, chữ hoa hoặc thường, cách nhau bằng gạch nối (IEEE 802-2014 mục 8.1) \
             hoặc dấu hai chấm, không lẫn lộn. Bốn chữ số giữa các dấu chấm và không có dấu cách là sửa được. \
             Địa chỉ nhóm, quảng bá và toàn số 0 là bất thường. Dạng 64 bit (EUI-64) không hợp lệ; không kiểm \
             tra tiền tố của nhà sản xuất.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("00:1B:44:11:3a:b7", "valid"),
            ("00-1B-44-11-3A-B7", "valid"),
            ("ff:ff:ff:ff:ff:ff", "unusual"),
            ("00:00:00:00:00:00", "unusual"),
            ("01:00:5e:00:00:fb", "unusual"),
            ("001b.4411.3ab7", "repairable"),
            ("001B44113AB7", "repairable"),
            ("00:1B:44-11:3A:B7", "repairable"),
            ("00:1B:44:11:3A", "invalid"),
            ("00:1B:44:11:3A:G7", "invalid"),
            ("00:1B:44:FF:FE:11:3A:B7", "invalid"),
        ]
    }
}

impl Judge for Mac {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
