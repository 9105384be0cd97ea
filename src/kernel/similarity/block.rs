//! What of a value must be the same for two records to be compared at all.

use super::date::Date;
use super::number::national;
use super::{fold, sound};

/// A part of a value by which records are brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it, folded: case, spaces, place of the tone mark.
    Whole,
    /// All of a date, however it is written.
    Date,
    /// Its words without marks, sorted.
    Words,
    /// Its words as they sound, sorted.
    Sound,
    /// The first word without marks.
    First,
    /// The last word without marks.
    Last,
    /// The first letters of the first and the last word, sorted.
    Ends,
    /// The digits, telephone numbers as they are dialled in the country.
    Digits,
    /// So many letters or digits from the beginning, without marks.
    Start(u8),
    /// So many from the end.
    End(u8),
    /// The year of a date.
    Year,
    /// Year and month.
    Month,
    /// Month and day.
    MonthDay,
}

impl Part {
    pub const WORDS: [(&'static str, Self); 11] = [
        ("words", Self::Words),
        ("sound", Self::Sound),
        ("first", Self::First),
        ("last", Self::Last),
        ("ends", Self::Ends),
        ("digits", Self::Digits),
        ("start", Self::Start(4)),
        ("end", Self::End(4)),
        ("year", Self::Year),
        ("month", Self::Month),
        ("month_day", Self::MonthDay),
    ];

    /// As rule files write it: `words`, `year`, `start3`.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let (_, part) = Self::WORDS.iter().find(|(word, _)| *word == name)?;
        let count = &text[name.len()..];
        match (part, count.parse::<u8>().ok().filter(|count| (1..=20).contains(count))) {
            (Self::Start(_), Some(count)) => Some(Self::Start(count)),
            (Self::End(_), Some(count)) => Some(Self::End(count)),
            _ => count.is_empty().then_some(*part),
        }
    }

    pub fn is_of_date(self) -> bool {
        matches!(self, Self::Year | Self::Month | Self::MonthDay)
    }

    /// The part of a canonical value; `None` where it has none.
    pub fn of(self, text: &str) -> Option<String> {
        let plain_words = || fold::words(text, &[]).into_iter().map(|word| fold::plain(&word));
        let sorted = |mut words: Vec<String>| {
            words.sort_unstable();
            words.join(" ")
        };
        let date = || Date::of(text);
        let part = match self {
            Self::Whole => fold::folded(text),
            // What is no date may still be written alike.
            Self::Date => match date() {
                Some(Date { year, month, day }) => format!("{year:04}-{month:02}-{day:02}"),
                None => fold::folded(text),
            },
            Self::Words => sorted(plain_words().collect()),
            Self::Sound => sorted(plain_words().map(|word| sound::of(&word)).collect()),
            Self::First => plain_words().next()?,
            Self::Last => plain_words().next_back()?,
            Self::Ends => {
                let letter = |word: Option<String>| word.and_then(|word| word.chars().next());
                let ends = [letter(plain_words().next())?, letter(plain_words().next_back())?];
                sorted(ends.map(String::from).to_vec())
            }
            Self::Digits => national(fold::digits(text)),
            Self::Start(count) => fold::plain(&fold::squeezed(text)).chars().take(count.into()).collect(),
            Self::End(count) => {
                let letters: Vec<char> = fold::plain(&fold::squeezed(text)).chars().collect();
                letters[letters.len().saturating_sub(count.into())..].iter().collect()
            }
            Self::Year => format!("{:04}", date()?.year),
            Self::Month => date()
                .filter(|date| date.month > 0)
                .map(|date| format!("{:04}-{:02}", date.year, date.month))?,
            Self::MonthDay => date()
                .filter(|date| date.is_whole())
                .map(|date| format!("{:02}-{:02}", date.month, date.day))?,
        };
        (!part.is_empty()).then_some(part)
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole | Self::Date => Ok(()),
            Self::Start(count) => write!(f, "start{count}"),
            Self::End(count) => write!(f, "end{count}"),
            part => f.write_str(Self::WORDS.iter().find(|(_, own)| own == part).map_or("", |(word, _)| word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_values() {
        for (part, text, expected) in [
            ("words", "Nguyễn Văn  An", Some("an nguyen van")),
            ("sound", "Võ Xuân", Some("do suan")),
            ("first", "Nguyễn Văn An", Some("nguyen")),
            ("last", "Nguyễn Văn Ân", Some("an")),
            ("ends", "Nguyễn Văn An", Some("a n")),
            ("ends", "An Văn Nguyễn", Some("a n")),
            ("digits", "+84 912 345 678", Some("0912345678")),
            ("digits", "không", None),
            ("start3", "Đà Nẵng", Some("dan")),
            ("end4", "0912345678", Some("5678")),
            ("end4", "78", Some("78")),
            ("year", "1990-02-11", Some("1990")),
            ("month", "1990-02-11", Some("1990-02")),
            ("month", "1990", None),
            ("month_day", "11/02/1990", Some("02-11")),
            ("year", "abc", None),
            ("words", " . ", None),
        ] {
            let part = Part::parse(part).expect(part);
            assert_eq!(part.of(text).as_deref(), expected, "{part} {text}");
            assert_eq!(Part::parse(&part.to_string()), Some(part));
        }
        assert_eq!(Part::Whole.of("HÒA  bình").as_deref(), Some("hoà bình"));
        for date in ["1990-02-01", "01/02/1990", "19900201", "1990-02-01 08:00:00"] {
            assert_eq!(Part::Date.of(date).as_deref(), Some("1990-02-01"), "{date}");
        }
        assert_eq!(Part::Date.of("năm  Thân").as_deref(), Some("năm thân"));
        for text in ["", "start0", "start21", "year2", "wordss", "12"] {
            assert_eq!(Part::parse(text), None, "{text}");
        }
    }
}
