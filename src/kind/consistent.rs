use std::collections::BTreeMap;

use schemars::JsonSchema;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::key::digest;
use crate::kernel::memory::{Cell, Habit, Remember};
use crate::kernel::text::{ToneStyle, chars_len, tone_style};
use crate::rule::arguments::{Arguments, Choice, Column, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, ParseContext, Spec,
    Words,
};
use crate::say;

static ABOUT: About = About {
    name: "consistent",
    title: Words { en: "uniform way of writing", vi: "cách viết thống nhất" },
    dimension: Dimension::Consistency,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "The values of a column are all written in one way: the way that most of them have, in the whole table or in \
             each group `per` some columns. `by` says which way is meant: `letter_case` (Every Word, ALL, none, First \
             word), `tone_style` (hòa or hoà), `format` (digits, letters and signs), `length` or `word_count`. Values \
             written in another way fail; of two ways that are equally common the first named here, the smaller \
             number, rules. Absent values, and those that do not show a way, are skipped.",
        vi: "Các giá trị của cột được viết theo cùng một lối: lối của số đông, trong cả bảng hoặc trong từng nhóm `per`. \
             `by` chọn lối nào: `letter_case` (Hoa Đầu Từ, HOA HẾT, thường hết, Hoa đầu câu), `tone_style` (hòa hay \
             hoà), `format` (khuôn chữ số, chữ cái, dấu), `length` (độ dài) hoặc `word_count` (số từ). Giá trị viết lối \
             khác là lỗi; hai lối ngang nhau thì lối nêu trước, số nhỏ hơn, thắng. Bỏ qua giá trị thiếu và giá trị \
             không thể hiện lối viết nào.",
    },
    why: Words {
        en: "Two ways of writing one thing break searching, sorting and joining.",
        vi: "Hai lối viết cho cùng một thứ làm hỏng tìm kiếm, sắp xếp và ghép nối.",
    },
    fix: Words {
        en: "Agree on one way, convert the rest, and let the entry form keep to it.",
        vi: "Thống nhất một lối viết, chuyển đổi phần còn lại và ràng buộc ngay khi nhập.",
    },
    example: "consistent: { column: ten_xa, by: tone_style, per: [ma_tinh] }",
};

arguments! {
    pub struct Consistent {
        /// The column whose values are compared.
        column: Column,
        /// The way of writing.
        by: By,
        /// Columns whose values form groups; the whole table unless given.
        per: Option<Columns>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    LetterCase,
    ToneStyle,
    Format,
    Length,
    WordCount,
}

impl Choice for By {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("letter_case", Self::LetterCase),
        ("tone_style", Self::ToneStyle),
        ("format", Self::Format),
        ("length", Self::Length),
        ("word_count", Self::WordCount),
    ];

    fn what() -> Text {
        say!("way of writing", "lối viết")
    }
}

impl Arguments for Consistent {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for Consistent {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.by.word().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        let per = self.per.as_deref().unwrap_or_default();
        let key = per.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let habit = Habit { name: self.by.word(), of: self.by.habit() };
        let remember = vec![Remember::Habit(column, habit)];
        Ok(Bound::Groups(GroupSpec { key, remember, judge: Box::new(self.by) }))
    }
}

impl By {
    fn habit(self) -> fn(&str) -> Option<i128> {
        match self {
            Self::LetterCase => letter_case,
            Self::ToneStyle => |text| {
                tone_style(text).map(|style| match style {
                    ToneStyle::Old => 1,
                    ToneStyle::New => 2,
                    // Fits neither, whichever rules.
                    ToneStyle::Mixed => 0,
                })
            },
            Self::Format => |text| Some((digest(shape(text).as_bytes()) >> 1).cast_signed()),
            Self::Length => |text| i128::try_from(chars_len(text)).ok(),
            Self::WordCount => |text| i128::try_from(text.split_whitespace().count()).ok(),
        }
    }

    /// Whether a value shows a set of ways that it fits, one bit each, rather than a single one.
    fn shows_several(self) -> bool {
        matches!(self, Self::LetterCase | Self::ToneStyle)
    }

    fn fits(self, shown: i128, way: i128) -> bool {
        if self.shows_several() { shown & way != 0 } else { shown == way }
    }

    /// The most common way; the first of those that are equally common.
    fn ruling(self, shown: &BTreeMap<i128, u64>) -> Option<i128> {
        let ways: Vec<i128> =
            if self.shows_several() { CASES.to_vec() } else { shown.keys().copied().collect() };
        // With many single ways, each fits itself alone.
        let common = |way: i128| match self.shows_several() {
            true => shown.iter().filter(|(shown, _)| self.fits(**shown, way)).map(|(_, count)| count).sum(),
            false => shown[&way],
        };
        ways.into_iter().rev().max_by_key(|way| common(*way))
    }
}

impl GroupJudge for By {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let mut shown: BTreeMap<i128, u64> = BTreeMap::new();
        for row in 0..group.rows() {
            if let Cell::Value(way) = group.cell(row, 0) {
                *shown.entry(way).or_default() += 1;
            }
        }
        // A single value has nothing to agree with.
        let Some(ruling) = self.ruling(&shown).filter(|_| shown.values().sum::<u64>() > 1) else { return };
        for (row, mark) in marks.iter_mut().enumerate() {
            *mark = match group.cell(row, 0) {
                Cell::Value(way) if self.fits(way, ruling) => Mark::Pass,
                Cell::Value(_) => Mark::Fail(0),
                Cell::Absent => Mark::Na,
                Cell::Unreadable => Mark::Unknown,
            };
        }
    }
}

const EVERY_WORD: i128 = 1;
const ALL: i128 = 2;
const NONE: i128 = 4;
const FIRST_WORD: i128 = 8;
const OTHER: i128 = 16;
/// Cases in the order in which they rule when equally common.
const CASES: [i128; 5] = [EVERY_WORD, ALL, NONE, FIRST_WORD, OTHER];

/// The cases that a text fits, one bit each: `Huế` fits `Every Word` as well as `First word`.
fn letter_case(text: &str) -> Option<i128> {
    let cased = |c: char| c.is_uppercase() || c.is_lowercase();
    let mut fits = EVERY_WORD | ALL | NONE | FIRST_WORD;
    let mut any = false;
    for word in text.split(|c| !cased(c)).filter(|word| !word.is_empty()) {
        let upper = word.chars().all(char::is_uppercase);
        let lower = word.chars().all(char::is_lowercase);
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
        let every = if capital { EVERY_WORD } else { 0 };
        let all = if upper { ALL } else { 0 };
        let none = if lower { NONE } else { 0 };
        let first = if (any && lower) || (!any && capital) { FIRST_WORD } else { 0 };
        fits &= every | all | none | first;
        any = true;
    }
    any.then_some(if fits == 0 { OTHER } else { fits })
}

/// The text with every digit as `9`, every run of letters as `a`, every run of white space as one space.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    for c in text.chars() {
        let (class, runs) = match c {
            c if c.is_alphabetic() => ('a', true),
            c if c.is_numeric() => ('9', false),
            c if c.is_whitespace() => (' ', true),
            c => (c, false),
        };
        if !(runs && shape.ends_with(class)) {
            shape.push(class);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (text, fits) in [
            ("Nguyễn Văn A", Some(EVERY_WORD)),
            ("NGUYỄN VĂN A", Some(ALL)),
            ("nguyễn văn a", Some(NONE)),
            ("Nguyễn văn a", Some(FIRST_WORD)),
            ("Huế", Some(EVERY_WORD | FIRST_WORD)),
            ("A", Some(EVERY_WORD | ALL | FIRST_WORD)),
            ("nguyễn Văn", Some(OTHER)),
            ("nGUYỄN", Some(OTHER)),
            ("Xã 12", Some(EVERY_WORD | FIRST_WORD)),
            ("12/3", None),
        ] {
            assert_eq!(letter_case(text), fits, "{text}");
        }
    }

    #[test]
    fn shapes() {
        assert_eq!(shape("Số 12,  ngõ 3"), "a 99, a 9");
        assert_ne!(shape("1/2/2020"), shape("01/02/2020"));
    }
}
