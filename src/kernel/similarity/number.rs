//! Numbers that are read off and typed: a digit in five may be wrong.

use super::word::edits;
use super::{after_edits, fold};

#[derive(Debug)]
pub struct Number(String);

impl Number {
    pub fn of(text: &str) -> Option<Self> {
        let digits = national(fold::digits(text));
        (!digits.is_empty()).then_some(Self(digits))
    }

    pub fn like(&self, other: &Self) -> u32 {
        let digits = self.0.len().max(other.0.len());
        edits(&self.0, &other.0, digits.div_ceil(5)).map_or(0, |edits| after_edits(edits, digits))
    }
}

/// A telephone number with the country's code (84) as it is dialled in the country.
pub fn national(digits: String) -> String {
    match digits.strip_prefix("84") {
        Some(rest) if digits.len() == 11 => format!("0{rest}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::super::tests::like;

    #[test]
    fn numbers() {
        for (a, b, expected) in [
            ("0912 345 678", "+84 912-345-678", 100),
            ("0912345678", "0912345687", 90),
            ("0912345678", "0912345679", 90),
            ("0912345678", "0388111222", 0),
            ("12", "13", 50),
            ("12", "34", 0),
        ] {
            assert_eq!(like(Measure::Number, a, b), expected, "{a} – {b}");
        }
        assert!(Measure::Number.read("abc").is_none());
    }
}
