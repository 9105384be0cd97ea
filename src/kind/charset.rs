use schemars::JsonSchema;
use unicode_normalization::char::is_combining_mark;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Explanation, Fields, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "charset",
    title: Words { en: "permitted characters", vi: "ký tự được phép dùng" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every character of a value is in one of the sets of `allow`, or one of `also`: `ascii` (what a keyboard \
             prints, with the space), `latin` (Latin letters with their marks), `vietnamese` (letters of the Vietnamese \
             alphabet with tones, and f, j, w, z, which names have), `digits` (0–9), `letters` (of any script), `spaces` \
             (the space), `punctuation`. The canonical value is judged; absent values are skipped.",
        vi: "Mọi ký tự của giá trị thuộc một trong các tập ở `allow`, hoặc nằm trong `also`: `ascii` (ký tự in được trên \
             bàn phím, kể cả dấu cách), `latin` (chữ La-tinh có dấu), `vietnamese` (chữ cái tiếng Việt có dấu, cùng f, \
             j, w, z dùng trong tên riêng), `digits` (0–9), `letters` (chữ cái mọi hệ chữ), `spaces` (dấu cách), \
             `punctuation` (dấu câu). Xét giá trị chuẩn; bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A Cyrillic а in a code looks like a Latin one and matches nothing; a digit in a name is a slip.",
        vi: "Chữ а Kirin trong mã trông như chữ La-tinh mà không khớp gì; chữ số trong họ tên là gõ nhầm.",
    },
    fix: Words {
        en: "Type the value again from its source; convert legacy encodings.",
        vi: "Nhập lại từ nguồn; chuyển bảng mã cũ.",
    },
    example: "charset: { column: so_ho_so, allow: [latin, digits], also: \"-/.\" }",
};

arguments! {
    pub struct Charset {
        /// The column whose characters are judged.
        column: Column,
        /// The sets that its characters come from.
        allow: Vec<Set>,
        /// Further characters.
        also: Option<At<String>>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Set {
    Ascii,
    Latin,
    Vietnamese,
    Digits,
    Letters,
    Spaces,
    Punctuation,
}

impl Choice for Set {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("ascii", Self::Ascii),
        ("latin", Self::Latin),
        ("vietnamese", Self::Vietnamese),
        ("digits", Self::Digits),
        ("letters", Self::Letters),
        ("spaces", Self::Spaces),
        ("punctuation", Self::Punctuation),
    ];

    fn what() -> Text {
        say!("set of characters", "tập ký tự")
    }
}

impl Set {
    fn has(self, c: char) -> bool {
        match self {
            Self::Ascii => matches!(c, ' '..='~'),
            Self::Latin => {
                c.is_ascii_alphabetic()
                    || matches!(c, 'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && !matches!(c, '×' | '÷')
                    // Marks that no single letter has, as in the alphabets of the Central Highlands.
                    || matches!(c, '\u{300}'..='\u{36f}')
            }
            Self::Vietnamese => is_vietnamese(c),
            Self::Digits => c.is_ascii_digit(),
            Self::Letters => c.is_alphabetic() || is_combining_mark(c),
            Self::Spaces => c == ' ',
            Self::Punctuation => {
                c.is_ascii_punctuation()
                    || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '‐'..='\u{2027}' | '\u{2030}'..='\u{205e}')
            }
        }
    }
}

/// The letters of the Vietnamese alphabet with every tone, composed, and the four of the basic Latin alphabet that
/// are not among them.
fn is_vietnamese(c: char) -> bool {
    match c {
        'Ạ'..='ỹ' | 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' => {
            true
        }
        'À'..='Ã' | 'È'..='Ê' | 'Ì' | 'Í' | 'Ò'..='Õ' | 'Ù' | 'Ú' | 'Ý' => true,
        'à'..='ã' | 'è'..='ê' | 'ì' | 'í' | 'ò'..='õ' | 'ù' | 'ú' | 'ý' => true,
        _ => c.is_ascii_alphabetic(),
    }
}

/// What is said of a character that is in none of the sets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stranger {
    Letter,
    Digit,
    Space,
    Punctuation,
    Other,
}

impl Stranger {
    const ALL: [(&'static str, Self); 5] = [
        ("letter", Self::Letter),
        ("digit", Self::Digit),
        ("space", Self::Space),
        ("punctuation", Self::Punctuation),
        ("other", Self::Other),
    ];

    fn of(c: char) -> Self {
        if Set::Letters.has(c) {
            Self::Letter
        } else if c.is_numeric() {
            Self::Digit
        } else if c.is_whitespace() {
            Self::Space
        } else if Set::Punctuation.has(c) {
            Self::Punctuation
        } else {
            Self::Other
        }
    }

    fn said(self) -> Text {
        match self {
            Self::Letter => say!("has a letter that is not allowed", "có chữ cái không được phép"),
            Self::Digit => say!("has a digit that is not allowed", "có chữ số không được phép"),
            Self::Space => say!("has white space that is not allowed", "có khoảng trắng không được phép"),
            Self::Punctuation => say!("has punctuation that is not allowed", "có dấu câu không được phép"),
            Self::Other => say!("has a sign that is not allowed", "có ký hiệu không được phép"),
        }
    }
}

impl Arguments for Charset {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for Charset {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.allow.iter().map(|set| set.word()).collect::<Vec<_>>().join("+")
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let also = self.also.as_ref().map(|also| also.value.chars().collect()).unwrap_or_default();
        Ok(Bound::scan(Within { column: binder.column(&self.column)?, sets: self.allow.clone(), also }))
    }
}

struct Within {
    column: ColumnId,
    sets: Vec<Set>,
    also: Vec<char>,
}

impl Within {
    fn has(&self, c: char) -> bool {
        self.sets.iter().any(|set| set.has(c)) || self.also.contains(&c)
    }
}

impl Check for Within {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let text = batch.canonical(self.column);
        let pass = text.mark(present, |value| value.chars().all(|c| self.has(c)));
        let mut verdict = RowVerdict::passing(present, &pass);
        if verdict.fail.count_set_bits() > 0 {
            for (name, stranger) in Stranger::ALL {
                let rows = text.mark(&verdict.fail, |value| {
                    value.chars().any(|c| !self.has(c) && Stranger::of(c) == stranger)
                });
                verdict.reasons.push((name, rows));
            }
        }
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let value = batch.canonical(self.column).get(row)?;
        let stranger = value.chars().find(|&c| !self.has(c)).map(Stranger::of)?;
        Some(Explanation { reason: stranger.said(), repaired: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vietnamese_alphabet_is_whole_and_nothing_else() {
        let vowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ";
        let upper = vowels.to_uppercase();
        let marked = |c: &char| !c.is_ascii();
        let wanted: usize = vowels.chars().chain(upper.chars()).filter(marked).count();
        assert!(vowels.chars().chain(upper.chars()).all(is_vietnamese));
        assert_eq!(('\u{80}'..='\u{ffff}').filter(|&c| is_vietnamese(c)).count(), wanted);
    }

    #[test]
    fn sets() {
        assert!(
            "Y Wăn, H'Bŏ Ô\u{306}".chars().all(|c| Set::Latin.has(c) || Set::Punctuation.has(c) || c == ' ')
        );
        assert!(!Set::Latin.has('а') && !Set::Ascii.has('\t') && !Set::Punctuation.has('\u{200b}'));
        assert!(!Set::Digits.has('１') && Set::Letters.has('東'));
    }
}
