//! `vn.parcel_geohash`: the identification code of a land parcel (mã định danh thửa đất), a geohash.

use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const LENGTH: Reason = Reason::new("not 12 characters", "không đủ 12 ký tự");
const ALPHABET: Reason = Reason::new(
    "a character that no geohash has (a, i, l, o, or no letter or digit)",
    "có ký tự không thuộc bảng mã geohash (a, i, l, o, hoặc không phải chữ cái, chữ số)",
);
const ABROAD: Reason = Reason::new(
    "a place outside of Viet Nam: its geohashes begin with w",
    "vị trí ngoài Việt Nam: geohash trong nước bắt đầu bằng w",
);
const ONE_CHARACTER: Reason = Reason::new("one character repeated", "một ký tự lặp lại");
const CAPITALS: Reason = Reason::new("capital letters", "chữ cái in hoa");

/// Which bytes a geohash has: base 32 without a, i, l and o.
static LETTERS: [bool; 256] = {
    let mut table = [false; 256];
    let letters = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let mut at = 0;
    while at < letters.len() {
        table[letters[at] as usize] = true;
        at += 1;
    }
    table
};

/// `vn.parcel_geohash`
pub struct ParcelGeohash;

#[inline]
fn check(bytes: &[u8]) -> Check {
    let Ok(letters) = <&[u8; 12]>::try_from(bytes) else { return Err(LENGTH) };
    if !letters.iter().fold(true, |all, &letter| all & LETTERS[usize::from(letter)]) {
        return Err(ALPHABET);
    }
    Ok(if letters.iter().all(|&letter| letter == letters[0]) {
        Some(ONE_CHARACTER)
    } else if letters[0] != b'w' {
        Some(ABROAD)
    } else {
        None
    })
}

impl Format for ParcelGeohash {
    fn name(&self) -> &'static str {
        "vn.parcel_geohash"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Identification code of a Vietnamese land parcel: a geohash of 12 characters",
            "Mã định danh thửa đất: geohash 12 ký tự",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The geohash, 12 characters of 0–9 and b–z without a, i, l and o, of an inner point of the parcel in WGS 84 \
             (Circular 19/2026/TT-BNNMT art. 11(3) and annex I, text read). All places in Viet Nam begin with w; another \
             first letter is unusual, though a first w may still lie in a neighbouring country. Capital letters are \
             repairable. Whether the point lies in the parcel, or in its commune, is not checked.",
            "Geohash 12 ký tự gồm 0–9 và b–z, không có a, i, l, o, của một điểm nằm trong thửa đất theo hệ WGS 84 (Thông tư \
             19/2026/TT-BNNMT Điều 11 khoản 3 và Phụ lục I, đã đọc văn bản). Mọi vị trí ở Việt Nam bắt đầu bằng w; ký tự đầu \
             khác bị xem là bất thường, còn w vẫn có thể thuộc nước láng giềng. Chữ in hoa sửa được. Không kiểm tra điểm có \
             nằm trong thửa đất hay trong xã hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("w7er8u9c2xkq", "valid"),
            ("w3gv7e2k0bxd", "valid"),
            ("u7er8u9c2xkq", "unusual"),
            ("W7ER8U9C2XKQ", "repairable"),
            ("w7er8u9c2xka", "invalid"),
            ("w7er8u9c2xk", "invalid"),
        ]
    }
}

impl Judge for ParcelGeohash {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => {
                let small = value.to_ascii_lowercase();
                if check(small.as_bytes()).is_ok() {
                    Verdict::repairable(small, CAPITALS)
                } else {
                    Verdict::Invalid(reason)
                }
            }
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
