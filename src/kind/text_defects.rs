//! Names and words for what is unclean about text, shared by the kinds that look for it.

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;

use crate::base::Text;
use crate::kernel::text::{Defects, look};
use crate::rule::{Explanation, Words};

/// What a defect is, for a reader.
const WORDS: [(Defects, Words); 19] = [
    (Defects::EDGE_SPACE, Words { en: "space at an end", vi: "khoảng trắng ở đầu hoặc cuối" }),
    (Defects::DOUBLE_SPACE, Words { en: "double space", vi: "khoảng trắng kép" }),
    (Defects::CONTROL, Words { en: "control character", vi: "ký tự điều khiển" }),
    (Defects::INVISIBLE, Words { en: "invisible character", vi: "ký tự ẩn" }),
    (Defects::PRIVATE_USE, Words { en: "private-use character", vi: "ký tự vùng dùng riêng" }),
    (Defects::REPLACEMENT, Words { en: "a character was lost (U+FFFD)", vi: "mất ký tự (U+FFFD)" }),
    (Defects::NOT_NFC, Words { en: "decomposed Unicode (not NFC)", vi: "Unicode tổ hợp (không phải NFC)" }),
    (Defects::ODD_SPACE, Words { en: "unusual space character", vi: "ký tự khoảng trắng lạ" }),
    (Defects::TONE_MARK, Words { en: "tone mark on the wrong vowel", vi: "dấu thanh đặt sai nguyên âm" }),
    (Defects::TCVN3, Words { en: "text in TCVN3 (ABC)", vi: "văn bản mã TCVN3 (ABC)" }),
    (Defects::VNI, Words { en: "text in VNI", vi: "văn bản mã VNI" }),
    (Defects::VIQR, Words { en: "text in VIQR", vi: "văn bản gõ kiểu VIQR" }),
    (Defects::VISCII, Words { en: "text in VISCII", vi: "văn bản mã VISCII" }),
    (Defects::VPS, Words { en: "text in VPS", vi: "văn bản mã VPS" }),
    (
        Defects::CP1258,
        Words {
            en: "text in Windows-1258 read as Windows-1252",
            vi: "văn bản mã Windows-1258 bị đọc là Windows-1252",
        },
    ),
    (Defects::MOJIBAKE, Words { en: "UTF-8 read as Windows-1252", vi: "UTF-8 bị đọc là Windows-1252" }),
    (
        Defects::LOOK_ALIKE,
        Words {
            en: "letter of another alphabet that looks alike",
            vi: "chữ cái của bảng chữ khác trông giống",
        },
    ),
    (Defects::HTML_ENTITY, Words { en: "HTML entity", vi: "thực thể HTML" }),
    (Defects::LOST_LETTER, Words { en: "a letter became `?`", vi: "chữ cái bị thay bằng `?`" }),
];

/// For each reason that occurs, the rows it is found in. `find` tells the reasons of a row, by their place in `names`.
pub fn reasons(
    names: impl Iterator<Item = &'static str>,
    rows: &BooleanBuffer,
    find: impl Fn(usize) -> u32,
) -> Vec<(&'static str, BooleanBuffer)> {
    let found: Vec<(usize, u32)> = rows.set_indices().map(|row| (row, find(row))).collect();
    let any = found.iter().fold(0, |any, (_, reasons)| any | reasons);
    let of = |at: usize| {
        let mut bits = BooleanBufferBuilder::new(rows.len());
        bits.append_n(rows.len(), false);
        found
            .iter()
            .filter(|(_, reasons)| reasons >> at & 1 == 1)
            .for_each(|(row, _)| bits.set_bit(*row, true));
        bits.finish()
    };
    names.enumerate().filter(|(at, _)| any >> at & 1 == 1).map(|(at, name)| (name, of(at))).collect()
}

/// Why a value is not clean, and what it should be; `further` reasons come from the kind.
pub fn explanation(value: &str, further: &[Words]) -> Option<Explanation> {
    let look = look(value);
    let found = WORDS.iter().filter(|(defect, _)| look.defects.contains(*defect)).map(|(_, words)| *words);
    let all: Vec<Words> = found.chain(further.iter().copied()).collect();
    let join = |word: fn(&Words) -> &'static str| all.iter().map(word).collect::<Vec<_>>().join("; ");
    let reason = Text { en: join(|words| words.en), vi: join(|words| words.vi) };
    // What the kind found is not put right.
    let repaired = look.repaired.filter(|_| further.is_empty());
    (!all.is_empty()).then_some(Explanation { reason, repaired })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_has_words() {
        assert_eq!(WORDS.map(|(defect, _)| defect), Defects::ALL.map(|(defect, _)| defect));
    }

    #[test]
    fn explanations_say_what_was_meant() {
        let of = |value, further| {
            explanation(value, further).map(|Explanation { reason, repaired }| (reason.en, repaired))
        };
        let meant = |reason: &str, repaired: &str| Some((reason.to_owned(), Some(repaired.to_owned())));
        assert_eq!(of("Trần Hòang", &[]), meant("tone mark on the wrong vowel", "Trần Hoàng"));
        assert_eq!(
            of(" NguyÔn  V¨n", &[]),
            meant("space at an end; double space; text in TCVN3 (ABC)", "Nguyễn Văn")
        );
        assert_eq!(of("Nguy?n", &[]), Some(("a letter became `?`".to_owned(), None)));
        let digit = [Words { en: "digit", vi: "chữ số" }];
        assert_eq!(of(" An 1", &digit), Some(("space at an end; digit".to_owned(), None)));
        assert!(of("Nguyễn Văn An", &[]).is_none());
    }
}
