//! `vn.land_use`: the code of a land-use purpose (mã loại đất).

use crate::format::ascii::letter_pair;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

/// Which codes the two lists hold: the bits of the third letters, by the first two.
static CURRENT: [u32; 676] = letters(include_bytes!("../../../rules/lists/land_use_codes_2024.csv"));
static SUPERSEDED: [u32; 676] = letters(include_bytes!("../../../rules/lists/land_use_codes_superseded.csv"));

const SHAPE: Reason = Reason::new("not a code of three capital letters", "không phải mã ba chữ cái in hoa");
const UNKNOWN: Reason = Reason::new(
    "a code of neither the list of 2024 nor the lists before",
    "mã không có trong danh mục năm 2024 và các danh mục trước",
);
const NOW_HNK: Reason = Reason::new("superseded in 2024: now part of HNK", "mã cũ trước 2024: nay thuộc HNK");
const NOW_DKV: Reason = Reason::new("superseded in 2024: now part of DKV", "mã cũ trước 2024: nay thuộc DKV");
const NOW_DDD: Reason = Reason::new("superseded in 2024: now part of DDD", "mã cũ trước 2024: nay thuộc DDD");
const OF_A_GROUP: Reason = Reason::new(
    "the code of a group: TON or TIN is meant, and it is not certain which",
    "mã nhóm: là TON hoặc TIN nhưng không chắc mã nào",
);
const NO_LONGER: Reason = Reason::new(
    "superseded in 2024; what took its place depends on the parcel",
    "mã cũ trước 2024; mã thay thế tùy từng thửa đất",
);
const SEVERAL: Reason = Reason::new("several codes in one field", "nhiều mã trong một ô");
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const SPACES: Reason = Reason::new("contains spaces or dots", "có khoảng trắng hoặc dấu chấm");

const fn letters(csv: &[u8]) -> [u32; 676] {
    let mut table = [0; 676];
    let mut at = 0;
    let mut line = 0;
    while at < csv.len() {
        if line > 0 {
            assert!(csv[at + 3] == b',', "a list's code must have three letters");
            table[letter_pair(csv[at], csv[at + 1])] |= 1 << (csv[at + 2] - b'A');
        }
        while at < csv.len() && csv[at] != b'\n' {
            at += 1;
        }
        at += 1;
        line += 1;
    }
    table
}

#[inline]
fn holds(list: &[u32; 676], code: [u8; 3]) -> bool {
    let [a, b, c] = code;
    list[letter_pair(a, b)] & (1 << (c - b'A')) != 0
}

/// `vn.land_use`
pub struct LandUse;

fn superseded(code: [u8; 3]) -> Reason {
    match &code {
        b"BHK" | b"NHK" => NOW_HNK,
        b"DSH" => NOW_DKV,
        b"DDT" | b"DDL" => NOW_DDD,
        b"TTN" => OF_A_GROUP,
        _ => NO_LONGER,
    }
}

#[inline]
fn check_one(bytes: &[u8]) -> Check {
    let Ok(code) = <[u8; 3]>::try_from(bytes) else { return Err(SHAPE) };
    if !code.iter().all(u8::is_ascii_uppercase) {
        Err(SHAPE)
    } else if holds(&CURRENT, code) {
        Ok(None)
    } else if holds(&SUPERSEDED, code) {
        Ok(Some(superseded(code)))
    } else {
        Err(UNKNOWN)
    }
}

fn check(bytes: &[u8]) -> Check {
    if bytes.len() <= 3 {
        return check_one(bytes);
    }
    let parts = bytes.split(|byte| matches!(byte, b'+' | b';' | b','));
    let mut count = 0;
    for part in parts {
        count += 1;
        check_one(part.trim_ascii())?;
    }
    Ok((count > 1).then_some(SEVERAL))
}

fn repair(value: &str) -> Option<Verdict> {
    let together: String = value.chars().filter(|c| !(c.is_whitespace() || *c == '.')).collect();
    let reason = if together == value { LOWER_CASE } else { SPACES };
    let code = together.to_ascii_uppercase();
    check(code.as_bytes()).is_ok().then(|| Verdict::repairable(code, reason))
}

impl Format for LandUse {
    fn name(&self) -> &'static str {
        "vn.land_use"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a Vietnamese land-use purpose, such as ONT (list of 2024)",
            "Mã loại đất theo mục đích sử dụng, ví dụ ONT (danh mục năm 2024)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The 54 codes of Circular 08/2024/TT-BTNMT annex II as the national land system uses them, compared with a \
             second public list; the original was not read, so the list is of medium trust. Codes of earlier lists (BHK, \
             DSH, DDT …) are unusual: right on papers of their time, with what became of them where it is known (for LUN \
             this is unsure). Several codes in one field are unusual. Any other code is invalid. Whether the purpose \
             agrees with the certificate or the plan is not checked.",
            "54 mã của Thông tư 08/2024/TT-BTNMT Phụ lục II như hệ thống đất đai quốc gia đang dùng, có so với một danh mục \
             công khai thứ hai; chưa đọc bản gốc nên độ tin cậy ở mức trung bình. Mã của danh mục trước (BHK, DSH, DDT …) bị \
             xem là bất thường: đúng trên giấy tờ thời đó, kèm mã thay thế nếu biết (với LUN thì chưa rõ). Nhiều mã trong một \
             ô cũng bất thường. Mã khác là sai. Không kiểm tra mục đích có khớp với giấy chứng nhận hay quy hoạch hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("ONT", "valid"),
            ("LUC", "valid"),
            ("BHK", "unusual"),
            ("DSH", "unusual"),
            ("ONT+CLN", "unusual"),
            ("ont", "repairable"),
            ("O.N.T", "repairable"),
            ("XYZ", "invalid"),
            ("ON", "invalid"),
            ("Đất ở", "invalid"),
        ]
    }
}

impl Judge for LandUse {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_whole_and_apart() {
        let count = |list: &[u32; 676]| list.iter().map(|third| third.count_ones()).sum::<u32>();
        assert_eq!((count(&CURRENT), count(&SUPERSEDED)), (54, 11));
        assert!(CURRENT.iter().zip(&SUPERSEDED).all(|(current, superseded)| current & superseded == 0));
    }

    /// What is said to have become of a code is what the list notes, and a code of today.
    #[test]
    fn successors_are_those_of_the_list() {
        let list = include_str!("../../../rules/lists/land_use_codes_superseded.csv");
        for line in list.lines().skip(1) {
            let (code, note) = line.split_once(',').expect("a code and a note");
            let Verdict::Unusual(reason) = LandUse.judge(code) else { panic!("{code}") };
            let noted = note.split_once("nhập vào ").map(|(_, successor)| &successor[..3]);
            let said = reason.en.split_once("now part of ").map(|(_, successor)| successor);
            assert_eq!(said, noted, "{code}");
            assert!(said.is_none_or(|successor| LandUse.judge(successor) == Verdict::Valid), "{code}");
        }
    }
}
