//! `vn.vsic`: a code of the Vietnamese classification of economic activities (ngành kinh tế).

use super::digits::{FLOAT, LOST_ZERO};
use crate::format::ascii::{all_digits, before_float_suffix};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason =
    Reason::new("neither a section letter nor 2 to 5 digits", "không phải chữ cái cấp 1 hay 2 đến 5 chữ số");
const SECTION: Reason =
    Reason::new("the version has no such section", "phiên bản này không có ngành cấp 1 này");
const DIVISION: Reason = Reason::new("there is no division 00", "không có ngành cấp 2 mã 00");
const LEVEL: Reason = Reason::new("a code of another level", "mã thuộc cấp khác");
const BOTH: Reason =
    Reason::new("section letter and digits in one code", "ghép chữ cái cấp 1 với các chữ số trong một mã");
const LOWER: Reason = Reason::new("the section is a small letter", "ngành cấp 1 viết chữ thường");

/// `vn.vsic`
pub struct Vsic;

/// The codes of one version, of one level or of all.
#[derive(Clone, Copy)]
struct Codes {
    last_section: u8,
    /// 1 to 5; a level has as many digits as its number, but level 1 is a letter.
    level: Option<usize>,
}

/// The version in force since 15/11/2025.
const OF_2025: Codes = Codes { last_section: b'V', level: None };

impl Codes {
    fn check(self, bytes: &[u8]) -> Check {
        match bytes {
            [b'A'..=b'Z'] if self.level.is_some_and(|level| level != 1) => Err(LEVEL),
            [section @ b'A'..=b'Z'] if *section > self.last_section => Err(SECTION),
            [b'A'..=b'Z'] => Ok(None),
            [a, b, ..] if bytes.len() <= 5 && all_digits(bytes) => {
                if self.level.is_some_and(|level| level != bytes.len()) {
                    Err(LEVEL)
                } else if [*a, *b] == *b"00" {
                    Err(DIVISION)
                } else {
                    Ok(None)
                }
            }
            [b'A'..=b'Z', rest @ ..] if all_digits(rest) => Err(BOTH),
            _ => Err(SHAPE),
        }
    }

    fn repair(self, value: &str) -> Option<Verdict> {
        let (repaired, reason) = match (value.as_bytes(), before_float_suffix(value)) {
            ([b'a'..=b'z'], _) => (value.to_ascii_uppercase(), LOWER),
            (_, Some(digits)) if self.check(digits.as_bytes()).is_ok() => (digits.to_owned(), FLOAT),
            (_, digits) => {
                // Only where the level says how many digits there were.
                let digits = digits.unwrap_or(value);
                let level = self.level.filter(|&level| level > 1 && digits.len() + 1 == level)?;
                (format!("{digits:0>level$}"), LOST_ZERO)
            }
        };
        self.check(repaired.as_bytes()).is_ok().then(|| Verdict::repairable(repaired, reason))
    }
}

impl Judge for Codes {
    fn judge(&self, value: &str) -> Verdict {
        match self.check(value.as_bytes()) {
            Err(reason) => self.repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        self.check(value.as_bytes()).is_ok()
    }
}

const ARGUMENTS: &[Argument] = &[
    Argument {
        name: "version",
        words: &["2018", "2025"],
        about: Reason::new(
            "VSIC 2018 (Decision 27/2018/QĐ-TTg, sections A–U) or VSIC 2025 (Decision 36/2025/QĐ-TTg, sections A–V, in \
             force since 15/11/2025; the default)",
            "VSIC 2018 (Quyết định 27/2018/QĐ-TTg, ngành A–U) hoặc VSIC 2025 (Quyết định 36/2025/QĐ-TTg, ngành A–V, hiệu \
             lực từ 15/11/2025; mặc định)",
        ),
    },
    Argument {
        name: "level",
        words: &["1", "2", "3", "4", "5"],
        about: Reason::new(
            "the level that codes must have: 1 a letter, 2 to 5 as many digits; any level by default",
            "cấp mà mã phải có: cấp 1 là chữ cái, cấp 2 đến 5 là bấy nhiêu chữ số; mặc định là cấp bất kỳ",
        ),
    },
];

impl Format for Vsic {
    fn name(&self) -> &'static str {
        "vn.vsic"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese economic activity: a section letter, or 2 to 5 digits",
            "Mã ngành kinh tế Việt Nam: chữ cái cấp 1, hoặc 2 đến 5 chữ số",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Five levels: a letter (22 sections A–V in 2025, 21 sections A–U in 2018), then 2, 3, 4 and 5 digits (Decision \
             36/2025/QĐ-TTg, which replaces 27/2018/QĐ-TTg). Checked are the shape, the letter and that no division is \
             00; whether the digits are a code of the list is not checked, because the list is not held here. The same \
             digits may mean different things in the two versions, so a column needs its version beside it. To check \
             against the list, use `in_set`.",
            "Năm cấp: chữ cái (22 ngành A–V năm 2025, 21 ngành A–U năm 2018), rồi 2, 3, 4 và 5 chữ số (Quyết định \
             36/2025/QĐ-TTg, thay Quyết định 27/2018/QĐ-TTg). Chỉ kiểm tra dạng, chữ cái và không có mã cấp 2 là 00; không \
             kiểm tra chữ số có trong danh mục hay không vì công cụ không có danh mục. Cùng chữ số có thể mang nghĩa khác \
             nhau ở hai phiên bản nên cần ghi phiên bản bên cạnh. Muốn đối chiếu danh mục, dùng `in_set`.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("A", "valid"),
            ("V", "valid"),
            ("01", "valid"),
            ("011", "valid"),
            ("4711", "valid"),
            ("47110", "valid"),
            ("a", "repairable"),
            ("4711.0", "repairable"),
            ("W", "invalid"),
            ("00", "invalid"),
            ("1", "invalid"),
            ("471100", "invalid"),
            ("G4711", "invalid"),
            ("47.11", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        ARGUMENTS
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        let [version, level] = *chosen else { return None };
        let last_section = if version == Some("2018") { b'U' } else { OF_2025.last_section };
        Some(Box::new(Codes { last_section, level: level.and_then(|level| level.parse().ok()) }))
    }
}

impl Judge for Vsic {
    fn judge(&self, value: &str) -> Verdict {
        OF_2025.judge(value)
    }

    fn accepts(&self, value: &str) -> bool {
        OF_2025.accepts(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_levels() {
        let said = |version, level, value| Vsic.choose(&[version, level]).expect("a judge").judge(value);
        assert_eq!(said(Some("2018"), None, "U"), Verdict::Valid);
        assert_eq!(said(Some("2018"), None, "V"), Verdict::Invalid(SECTION));
        assert_eq!(said(Some("2025"), None, "V"), Verdict::Valid);
        assert_eq!(said(None, Some("4"), "4711"), Verdict::Valid);
        assert_eq!(said(None, Some("4"), "G"), Verdict::Invalid(LEVEL));
        assert_eq!(said(None, Some("4"), "47110"), Verdict::Invalid(LEVEL));
        assert_eq!(said(None, Some("4"), "111"), Verdict::repairable("0111", LOST_ZERO));
        assert_eq!(said(None, Some("4"), "111.0"), Verdict::repairable("0111", LOST_ZERO));
        assert_eq!(said(None, Some("2"), "1"), Verdict::repairable("01", LOST_ZERO));
        assert_eq!(said(None, Some("1"), "g"), Verdict::repairable("G", LOWER));
        assert_eq!(said(None, Some("2"), "g"), Verdict::Invalid(SHAPE));
        assert_eq!(said(None, Some("1"), "01"), Verdict::Invalid(LEVEL));
    }

    #[test]
    fn counts_of_sections() {
        let sections = |version| {
            let judge = Vsic.choose(&[version, Some("1")]).expect("a judge");
            ('A'..='Z').filter(|letter| judge.accepts(&letter.to_string())).count()
        };
        assert_eq!((sections(Some("2018")), sections(None)), (21, 22));
    }
}
