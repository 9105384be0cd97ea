//! Dates: one part of them may be wrong or unknown, or day and month in each other's place.

use super::super::date_format::days;
use super::{WHOLE, hundredths};

/// Year, month and day; 0 is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    pub year: u32,
    pub month: u32,
    pub day: u32,
}

impl Date {
    /// A date or moment in ISO form, or a date that is known in part: `1980`, `05/1980`, `00/05/1980`,
    /// `1980-05-00`, `19800500`.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.split(['T', ' ']).next().unwrap_or(text);
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let (year, month, day) = match parts.as_slice() {
            [all] if all.len() == 8 && all.is_ascii() => (&all[..4], &all[4..6], &all[6..]),
            [year] => (*year, "0", "0"),
            [year, month] if year.len() == 4 => (*year, *month, "0"),
            [month, year] => (*year, *month, "0"),
            [year, month, day] if year.len() == 4 => (*year, *month, *day),
            [day, month, year] => (*year, *month, *day),
            _ => return None,
        };
        let number = |text: &str, most: usize| {
            let digits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| digits)
        };
        let (year, month, day) =
            (number(year, 4).filter(|_| year.len() == 4)?, number(month, 2)?, number(day, 2)?);
        let sound = year > 0 && days(year, month.max(1), day.max(1)).is_some();
        sound.then_some(Self { year, month, day })
    }

    pub fn is_whole(self) -> bool {
        self.month > 0 && self.day > 0
    }

    pub fn like(&self, other: &Self) -> u32 {
        if self == other {
            return WHOLE;
        }
        let exchanged = (self.year, self.month, self.day) == (other.year, other.day, other.month);
        if exchanged && self.is_whole() {
            return hundredths(WHOLE, 90);
        }
        let parts = [part(self.year, other.year), part(self.month, other.month), part(self.day, other.day)];
        let wrong = parts.iter().filter(|part| matches!(part, Part::Near | Part::Far)).count();
        let per_cent = match (wrong, parts.contains(&Part::Far)) {
            // What one side does not know agrees as far as it goes.
            (0, _) => 92,
            (1, false) => 85,
            (1, true) => 65,
            _ => 0,
        };
        hundredths(WHOLE, per_cent)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Same,
    Unknown,
    /// One digit is another, the digits are exchanged, or they are neighbours.
    Near,
    Far,
}

fn part(a: u32, b: u32) -> Part {
    if a == b {
        return Part::Same;
    }
    if a == 0 || b == 0 {
        return Part::Unknown;
    }
    let digits = |number: u32| [1, 10, 100, 1_000].map(|place| number / place % 10);
    let (one, two) = (digits(a), digits(b));
    let differ: Vec<usize> = (0..4).filter(|&at| one[at] != two[at]).collect();
    let near = match differ.as_slice() {
        [_] => true,
        [first, second] => one[*first] == two[*second] && one[*second] == two[*first],
        _ => false,
    };
    if near || a.abs_diff(b) == 1 { Part::Near } else { Part::Far }
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::super::tests::like;

    #[test]
    fn dates() {
        for (a, b, expected) in [
            ("1990-02-01", "1990-02-01T00:00:00", 100),
            ("1990-02-01", "1990-01-02", 90),
            ("1990-02-11", "1990-02-12", 85),
            ("1990-02-11", "1909-02-11", 85),
            ("1990-02-11", "1985-02-11", 65),
            ("1990-02-11", "19900211", 100),
            ("1990-02-11", "1990", 92),
            ("1990-02-11", "00/02/1990", 92),
            ("1990-02-11", "1990-03-12", 0),
            ("1990-02-11", "1971-10-30", 0),
        ] {
            assert_eq!(like(Measure::Date, a, b), expected, "{a} – {b}");
        }
        for text in ["", "90", "1990-13", "1990-02-30", "0000", "năm 1990", "1990-02-01-01"] {
            assert!(Measure::Date.read(text).is_none(), "{text}");
        }
    }
}
