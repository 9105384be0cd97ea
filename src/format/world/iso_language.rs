//! `iso_language`: the code of a language.

use super::lists::{THREE, TWO, look_up, place, statuses};
use super::repair::{UPPER, judged};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict};

/// Columns: code, status, the code of the other length.
static LIST: &str = include_str!("../../../rules/lists/world/iso_languages.csv");
static LETTERS_2: [u8; TWO] = statuses(LIST.as_bytes(), 2, 0, 1);
#[allow(long_running_const_eval, reason = "a list of 8,000 lines")]
static LETTERS_3: [u8; THREE] = statuses(LIST.as_bytes(), 3, 0, 1);

const SHAPE: Reason = Reason::new("not two or three small letters", "không phải hai hoặc ba chữ thường");
const UNKNOWN: Reason = Reason::new("no language has this code", "không có ngôn ngữ nào mang mã này");
const OTHER_FORM: Reason = Reason::new("the code of another form", "mã thuộc dạng khác");
const WITHDRAWN: Reason = Reason::new("a code that was withdrawn", "mã đã bị hủy");
const GROUP: Reason = Reason::new("a group of languages", "mã của một nhóm ngôn ngữ");
const SPECIAL: Reason = Reason::new("stands for no single language", "mã không chỉ một ngôn ngữ cụ thể");
const REGION: Reason =
    Reason::new("a region or script follows the language", "có thêm vùng hoặc chữ viết sau ngôn ngữ");

static ARGUMENTS: [Argument; 1] = [Argument {
    name: "form",
    words: &["two_letter", "three_letter"],
    about: Reason::new(
        "How long the codes are; either, if not given.",
        "Độ dài của mã; nếu không nêu thì dài nào cũng được.",
    ),
}];

/// `iso_language`: two or three letters.
pub struct IsoLanguage;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    TwoLetters,
    ThreeLetters,
}

impl Form {
    fn of(value: &[u8]) -> Option<Self> {
        let small = value.iter().all(u8::is_ascii_lowercase);
        match value.len() {
            2 if small => Some(Self::TwoLetters),
            3 if small => Some(Self::ThreeLetters),
            _ => None,
        }
    }

    fn check(self, value: &[u8]) -> Check {
        let status = match self {
            Self::TwoLetters => LETTERS_2[place(value)],
            Self::ThreeLetters if value[0] == b'q' && value[1] <= b't' => return Ok(Some(SPECIAL)),
            Self::ThreeLetters => LETTERS_3[place(value)],
        };
        match status {
            0 => Err(UNKNOWN),
            // `library`: the second code that 20 languages have in ISO 639-2.
            b'l' => Ok(None),
            b'w' => Ok(Some(WITHDRAWN)),
            b'g' => Ok(Some(GROUP)),
            _ => Ok(Some(SPECIAL)),
        }
    }

    fn check_own(self, value: &[u8]) -> Check {
        match Self::of(value) {
            Some(form) if form == self => form.check(value),
            Some(_) => Err(OTHER_FORM),
            None => why_no_code(value),
        }
    }
}

fn check(value: &[u8]) -> Check {
    match Form::of(value) {
        Some(form) => form.check(value),
        None => why_no_code(value),
    }
}

fn why_no_code(value: &[u8]) -> Check {
    let end = value.iter().position(|byte| matches!(byte, b'-' | b'_'));
    Err(if end.is_some_and(|end| Form::of(&value[..end]).is_some()) { REGION } else { SHAPE })
}

impl Format for IsoLanguage {
    fn name(&self) -> &'static str {
        "iso_language"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a language, two or three letters (ISO 639)",
            "Mã ngôn ngữ hai hoặc ba chữ cái (ISO 639)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Two small letters (vi) or three (vie, tyz) of ISO 639, as of 2025; `form` admits one of them, and \
             a code of the other form is then repairable where there is one. For 20 languages ISO 639-2 has a \
             second code for libraries (fre for fra): valid. Withdrawn codes, groups of languages, mul, und, \
             mis, zxx and qaa–qtz (local use) are unusual. Tags with a region or script (vi-VN) are invalid.",
            "Hai chữ thường (vi) hoặc ba chữ thường (vie, tyz) theo ISO 639, tính đến năm 2025; `form` chỉ cho \
             phép một dạng, mã dạng kia khi đó sửa được nếu có mã tương ứng. 20 ngôn ngữ có thêm mã thư viện \
             trong ISO 639-2 (fre thay cho fra): hợp lệ. Mã đã hủy, nhóm ngôn ngữ, mul, und, mis, zxx và \
             qaa–qtz (dùng nội bộ) là bất thường. Nhãn có vùng hoặc chữ viết (vi-VN) không hợp lệ.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("vi", "valid"),
            ("vie", "valid"),
            ("tyz", "valid"),
            ("fre", "valid"),
            ("iw", "unusual"),
            ("und", "unusual"),
            ("qaa", "unusual"),
            ("VI", "repairable"),
            ("vn", "invalid"),
            ("vi-VN", "invalid"),
            ("Vietnamese", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        &ARGUMENTS
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        match chosen.first().copied().flatten()? {
            "two_letter" => Some(Box::new(Form::TwoLetters)),
            "three_letter" => Some(Box::new(Form::ThreeLetters)),
            _ => None,
        }
    }
}

impl Judge for IsoLanguage {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || {
            let lower = value.to_ascii_lowercase();
            check(lower.as_bytes()).is_ok().then(|| Verdict::repairable(lower, UPPER))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

impl Judge for Form {
    fn judge(&self, value: &str) -> Verdict {
        judged(self.check_own(value.as_bytes()), || {
            let lower = value.to_ascii_lowercase();
            let (whole, reason) = if Self::of(lower.as_bytes())? == *self {
                (lower, UPPER)
            } else {
                (look_up(LIST, 0, &lower, 2)?.to_owned(), OTHER_FORM)
            };
            self.check_own(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, reason))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        self.check_own(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_whole() {
        assert_eq!(LETTERS_2.iter().filter(|&&status| status == b'l').count(), 183);
        assert_eq!(LETTERS_3.iter().filter(|&&status| status == b'l').count(), 7_939);
    }

    #[test]
    fn one_form_is_made_of_the_other() {
        let said = |form: &'static str, value: &str| match IsoLanguage
            .choose(&[Some(form)])
            .expect("a form")
            .judge(value)
        {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(said("two_letter", "vie"), "vi");
        assert_eq!(said("two_letter", "FRE"), "fr");
        assert_eq!(said("two_letter", "tyz"), "invalid");
        assert_eq!(said("three_letter", "vi"), "vie");
        assert_eq!(said("three_letter", "fre"), "valid");
        assert_eq!(said("three_letter", "VIE"), "vie");
    }
}
