//! `geohash`: a place on the Earth as a short text.

use super::repair::{UPPER, judged, passing};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "other characters than digits and small letters without a, i, l, o",
    "có ký tự ngoài chữ số và chữ thường trừ a, i, l, o",
);
const LENGTH: Reason = Reason::new("longer than 12 characters", "dài hơn 12 ký tự");
const COARSE: Reason = Reason::new("a cell wider than 20 km", "ô rộng hơn 20 km");

/// `geohash`
pub struct Geohash;

/// The alphabet's characters.
static KNOWN: [bool; 256] = {
    let mut table = [false; 256];
    let alphabet = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let mut at = 0;
    while at < alphabet.len() {
        table[alphabet[at] as usize] = true;
        at += 1;
    }
    table
};

fn check(value: &[u8]) -> Check {
    if value.is_empty() || !value.iter().all(|&byte| KNOWN[usize::from(byte)]) {
        return Err(SHAPE);
    }
    match value.len() {
        1..=3 => Ok(Some(COARSE)),
        4..=12 => Ok(None),
        _ => Err(LENGTH),
    }
}

impl Format for Geohash {
    fn name(&self) -> &'static str {
        "geohash"
    }

    fn about(&self) -> Reason {
        Reason::new("Geohash of a place, 1 to 12 characters", "Geohash của một nơi, 1 đến 12 ký tự")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Digits and small letters without a, i, l and o, each of which halves the cell five times (G. \
             Niemeyer, 2008, in the public domain; there is no standard). Fewer than four characters are \
             unusual, more than twelve invalid. Capitals are repairable. There is no check character: any word \
             of these letters passes, and whether the place is where the record says is not checked.",
            "Chữ số và chữ thường trừ a, i, l, o, mỗi ký tự chia đôi ô năm lần (G. Niemeyer, 2008, thuộc phạm \
             vi công cộng; không có tiêu chuẩn). Ít hơn bốn ký tự là bất thường, nhiều hơn mười hai là sai. Chữ \
             hoa sửa được. Không có ký tự kiểm tra: từ nào gồm các chữ này cũng qua, không kiểm tra nơi đó có \
             khớp với bản ghi.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("w7er8u0ev", "valid"),
            ("w3gvk1td", "valid"),
            ("w7", "unusual"),
            ("W7ER8U0EV", "repairable"),
            ("w7er8a", "invalid"),
            ("w7er-8u0e", "invalid"),
            ("w7er8u0evw7er", "invalid"),
        ]
    }
}

impl Judge for Geohash {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || passing(value.to_ascii_lowercase(), UPPER, check))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
