use arrow::buffer::BooleanBuffer;
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
    name: "letter_case",
    title: Words { en: "upper and lower case", vi: "chữ hoa, chữ thường" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "The letters of every value are `upper`: all capitals; `lower`: all small; `title`: every word begins with \
             a capital and goes on in small letters; `sentence`: the first letter is a capital, all others are small. \
             In a title a letter after a hyphen, an apostrophe or a digit within a word may be either: Lê-nin, H'Hen, \
             Đắk R'lấp. The canonical value is judged; absent values are skipped.",
        vi: "Chữ cái của mọi giá trị là `upper`: toàn chữ hoa; `lower`: toàn chữ thường; `title`: mỗi từ viết hoa chữ \
             đầu, còn lại viết thường; `sentence`: chỉ viết hoa chữ cái đầu tiên. Với `title`, chữ cái đứng sau dấu gạch \
             nối, dấu nháy hoặc chữ số trong một từ thì hoa hay thường đều được: Lê-nin, H'Hen, Đắk R'lấp. Xét giá trị \
             chuẩn; bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "Names in several spellings do not match, sort apart and print badly.",
        vi: "Tên viết nhiều kiểu thì không khớp, sắp xếp lẫn lộn và in ra không đúng thể thức.",
    },
    fix: Words {
        en: "Write the values in one case, best at entry.",
        vi: "Viết thống nhất một kiểu chữ, tốt nhất là ngay khi nhập.",
    },
    example: "letter_case: { column: ho_ten, case: title }",
};

arguments! {
    pub struct LetterCase {
        /// The column whose letters are judged.
        column: Column,
        /// How they are written.
        case: Case,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Case {
    Upper,
    Lower,
    Title,
    Sentence,
}

impl Choice for Case {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("upper", Self::Upper),
        ("lower", Self::Lower),
        ("title", Self::Title),
        ("sentence", Self::Sentence),
    ];

    fn what() -> Text {
        say!("letter case", "kiểu chữ")
    }
}

/// What a letter must be at its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Capital,
    Small,
    Either,
}

impl Case {
    /// Every character with what it must be.
    fn wanted(self, value: &str) -> impl Iterator<Item = (char, Wanted)> + '_ {
        let (mut begins, mut after_letter) = (true, false);
        value.chars().map(move |c| {
            let wanted = match self {
                Self::Upper => Wanted::Capital,
                Self::Lower => Wanted::Small,
                Self::Title | Self::Sentence if begins => Wanted::Capital,
                Self::Title if !after_letter => Wanted::Either,
                Self::Title | Self::Sentence => Wanted::Small,
            };
            // A mark belongs to the letter that it stands on.
            if !is_combining_mark(c) {
                after_letter = c.is_alphabetic();
                begins = if self == Self::Title && c.is_whitespace() {
                    true
                } else {
                    begins && !c.is_alphanumeric()
                };
            }
            (c, wanted)
        })
    }

    fn is_kept(self, value: &str) -> bool {
        self.wanted(value).all(|(c, wanted)| match wanted {
            Wanted::Capital => c.to_uppercase().eq([c]),
            Wanted::Small => c.to_lowercase().eq([c]),
            Wanted::Either => true,
        })
    }

    /// The value in this case; nothing where a letter may be either, so that it is not known how it is meant.
    fn repaired(self, value: &str) -> Option<String> {
        let mut repaired = String::with_capacity(value.len());
        for (c, wanted) in self.wanted(value) {
            match wanted {
                Wanted::Capital => repaired.extend(c.to_uppercase()),
                Wanted::Small => repaired.extend(c.to_lowercase()),
                Wanted::Either if c.is_alphabetic() => return None,
                Wanted::Either => repaired.push(c),
            }
        }
        self.is_kept(&repaired).then_some(repaired)
    }
}

impl Arguments for LetterCase {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for LetterCase {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.case.word().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(InCase { column: binder.column(&self.column)?, case: self.case }))
    }
}

struct InCase {
    column: ColumnId,
    case: Case,
}

impl Check for InCase {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let pass: BooleanBuffer =
            batch.canonical(self.column).mark(present, |value| self.case.is_kept(value));
        Some(RowVerdict::passing(present, &pass))
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let case = self.case.word();
        Some(Explanation {
            reason: say!("not written as `{case}`", "không viết theo kiểu `{case}`"),
            repaired: self.case.repaired(batch.canonical(self.column).get(row)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_peoples_are_titles() {
        for name in [
            "Nguyễn Văn An",
            "H'Hen Niê",
            "K'Brơi",
            "Y Wăn",
            "Đắk R'lấp",
            "Lê-nin",
            "Quận 1",
            "(Hoa)",
            "Ô\u{306}n",
        ] {
            assert!(Case::Title.is_kept(name), "{name}");
        }
        for name in ["nguyễn Văn An", "NGUYỄN Văn An", "Đặng thị Ái", "h'Hen Niê", "LÊ-nin", "(hoa)"]
        {
            assert!(!Case::Title.is_kept(name), "{name}");
        }
    }

    #[test]
    fn repairs_only_what_is_certain() {
        let title = |value| Case::Title.repaired(value);
        assert_eq!(title("ĐẶNG thị ÁI").as_deref(), Some("Đặng Thị Ái"));
        assert_eq!(title("h'hen niê"), None);
        assert_eq!(Case::Sentence.repaired("KHÔNG nộp").as_deref(), Some("Không nộp"));
        assert_eq!(Case::Upper.repaired("đường 3/2").as_deref(), Some("ĐƯỜNG 3/2"));
    }
}
