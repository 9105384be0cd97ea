//! How much two values of a record are alike, in millionths: 0 is nothing in common, 1,000,000 is the same.
//!
//! Whole numbers only. Distances come from the library as counts of edits (optimal string alignment: letters put in, left out,
//! exchanged, or two neighbours swapped); ratios are made of them here. Jaro–Winkler, which it gives as a floating-point
//! number, decides nothing. Every measure is symmetric, so that the order of rows does not matter.

mod address;
mod block;
mod date;
pub mod fold;
mod linkage;
mod name;
mod number;
mod records;
mod sound;
mod text;
mod word;

pub use block::Part;
pub use linkage::{Compared, Linkage, Record};
pub use records::{Records, Standing};

use address::Address;
use date::Date;
use name::Name;
use number::Number;
use text::Phrase;

/// Parts of a whole, as all similarities count.
pub const WHOLE: u32 = 1_000_000;

/// How the values of a column are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A person's name: word by word, in either order of its parts, with or without marks, with initials.
    Name,
    /// A part of a name that stands in several columns, which may be in each other's place.
    NamePart,
    /// An address: as a set of words and numbers, abbreviations written out.
    Address,
    /// Any text: letter by letter, in the order of its words or sorted.
    Text,
    /// Digits of a number, a telephone: one may be wrong.
    Number,
    /// A date: year, month and day.
    Date,
    /// A code: the same or not.
    Code,
}

impl Measure {
    pub const WORDS: [(&'static str, Self); 7] = [
        ("name", Self::Name),
        ("name_part", Self::NamePart),
        ("address", Self::Address),
        ("text", Self::Text),
        ("number", Self::Number),
        ("date", Self::Date),
        ("code", Self::Code),
    ];

    pub fn id(self) -> &'static str {
        Self::WORDS.iter().find(|(_, measure)| *measure == self).map_or("", |(id, _)| id)
    }

    /// Whether there is something in a value that can be compared; cheaper than reading it.
    fn can_read(self, text: &str) -> bool {
        let mut letters = text.chars().take(fold::MOST_LETTERS);
        match self {
            Self::Name | Self::NamePart | Self::Address | Self::Text | Self::Code => {
                letters.any(char::is_alphanumeric)
            }
            Self::Number => letters.any(|c| c.is_ascii_digit()),
            Self::Date => Date::of(text).is_some(),
        }
    }

    /// A value as it is compared; `None` where it has nothing in it that could be.
    fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Name | Self::NamePart => Name::of(text).map(Value::Name),
            Self::Address => Address::of(text).map(Value::Address),
            Self::Text => Phrase::of(text).map(Value::Text),
            Self::Number => Number::of(text).map(Value::Number),
            Self::Date => Date::of(text).map(Value::Date),
            Self::Code => Some(fold::squeezed(text)).filter(|code| !code.is_empty()).map(Value::Code),
        }
    }
}

/// A value, ready to be compared with many others of its column.
#[derive(Debug)]
enum Value {
    Name(Name),
    Address(Address),
    Text(Phrase),
    Number(Number),
    Date(Date),
    Code(String),
}

impl Value {
    fn like(&self, other: &Self) -> u32 {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a.like(b),
            (Self::Address(a), Self::Address(b)) => a.like(b),
            (Self::Text(a), Self::Text(b)) => a.like(b),
            (Self::Number(a), Self::Number(b)) => a.like(b),
            (Self::Date(a), Self::Date(b)) => a.like(b),
            (Self::Code(a), Self::Code(b)) if a == b => WHOLE,
            _ => 0,
        }
    }
}

/// What is left of the whole after so many edits in a text of so many letters.
fn after_edits(edits: usize, letters: usize) -> u32 {
    if letters == 0 {
        return WHOLE;
    }
    let left = letters.saturating_sub(edits) as u64;
    (left * u64::from(WHOLE) / letters as u64) as u32
}

/// So many hundredths of a similarity.
const fn hundredths(of: u32, part: u32) -> u32 {
    (of as u64 * part as u64 / 100) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of two values, in hundredths, rounded down.
    pub(super) fn like(measure: Measure, a: &str, b: &str) -> u32 {
        let (a, b) = (measure.read(a).expect("a value"), measure.read(b).expect("a value"));
        assert_eq!(a.like(&b), b.like(&a), "it depends on the order");
        a.like(&b) / (WHOLE / 100)
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "nguyễn",
            "nguyen",
            "ngyuễn",
            "văn",
            "van",
            "thị",
            "hoà",
            "hòa",
            "an",
            "ân",
            "n.",
            "P.5",
            "5",
            "12/3",
            "phường",
            "quận",
            "q",
            "lê",
            "lợi",
            "1990-02-01",
            "1990",
            "02/01/1990",
            "O'Brien",
        ]);
        prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn every_measure_is_symmetric_and_within_the_whole(a in text(), b in text()) {
            for (_, measure) in Measure::WORDS {
                let (Some(a), Some(b)) = (measure.read(&a), measure.read(&b)) else { continue };
                prop_assert_eq!(a.like(&b), b.like(&a));
                prop_assert!(a.like(&b) <= WHOLE);
                prop_assert_eq!(a.like(&a), WHOLE);
            }
        }

        #[test]
        fn anything_can_be_compared(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            for (_, measure) in Measure::WORDS {
                let (Some(a), Some(b)) = (measure.read(&a), measure.read(&b)) else { continue };
                prop_assert_eq!(a.like(&b), b.like(&a));
                prop_assert_eq!(a.like(&a), WHOLE);
            }
        }
    }

    #[test]
    fn codes_are_the_same_or_not() {
        assert_eq!(like(Measure::Code, "VN 01", "vn01"), 100);
        assert_eq!(like(Measure::Code, "VN-01", "VN-02"), 0);
    }
}
