//! What latitude and longitude share: decimal degrees, and the other ways in which people write them.

use super::repair::judged;
use crate::format::ascii::{all_digits, number};
use crate::format::{Check, Reason, Verdict};

const SHAPE: Reason = Reason::new("not a number of degrees", "không phải số độ");
const COMMA: Reason = Reason::new("a decimal comma", "dấu phẩy thập phân");
const SEXAGESIMAL: Reason = Reason::new(
    "degrees, minutes and seconds or a letter for the side",
    "viết độ, phút, giây hoặc chữ chỉ hướng",
);
const ZERO: Reason =
    Reason::new("exactly 0, which mostly stands for unknown", "đúng bằng 0, thường để thay cho chưa biết");
const WHOLE: Reason = Reason::new("whole degrees, which leave 100 km open", "độ tròn, sai lệch tới 100 km");

/// One of the two.
pub(super) struct Angle {
    /// In degrees, of either sign.
    pub limit: usize,
    pub beyond: Reason,
    /// Letters for the positive side and for the negative one; the second of each is Vietnamese.
    pub positive: [char; 2],
    pub negative: [char; 2],
}

impl Angle {
    #[inline]
    pub(super) fn check(&self, value: &[u8]) -> Check {
        let digits = match value {
            [b'-' | b'+', rest @ ..] => rest,
            _ => value,
        };
        let point = digits.iter().position(|&byte| byte == b'.');
        let (whole, fraction) = match point {
            Some(at) => (&digits[..at], &digits[at + 1..]),
            None => (digits, &digits[..0]),
        };
        if !(1..=3).contains(&whole.len())
            || !all_digits(whole)
            || !all_digits(fraction)
            || (point.is_some() && fraction.is_empty())
        {
            return Err(if whole.len() > 3 && all_digits(whole) && all_digits(fraction) {
                self.beyond
            } else {
                SHAPE
            });
        }
        let degrees = number(whole);
        let rest = fraction.iter().any(|&digit| digit != b'0');
        if degrees > self.limit || (degrees == self.limit && rest) {
            return Err(self.beyond);
        }
        Ok(if degrees == 0 && !rest {
            Some(ZERO)
        } else if fraction.is_empty() {
            Some(WHOLE)
        } else {
            None
        })
    }

    pub(super) fn judge(&self, value: &str) -> Verdict {
        judged(self.check(value.as_bytes()), || {
            if let Some((whole, fraction)) = value.split_once(',') {
                let point = format!("{}.{}", whole, fraction);
                if self.check(point.as_bytes()).is_ok() {
                    return Some(Verdict::repairable(point, COMMA));
                }
            }
            let decimal = self.decimal(value)?;
            self.check(decimal.as_bytes()).is_ok().then(|| Verdict::repairable(decimal, SEXAGESIMAL))
        })
    }

    /// Decimal degrees of `21°01'42"N`, `21.0285° N`, `N 21 01 42.5`, to six digits (0.1 m).
    fn decimal(&self, value: &str) -> Option<String> {
        let is_letter = |c: char| c.is_alphabetic() && c != 'º';
        let letter = value.chars().find(|&c| is_letter(c));
        let negative = match letter.map(|c| c.to_uppercase().next().unwrap_or(c)) {
            None => value.starts_with('-'),
            Some(c) if self.positive.contains(&c) => false,
            Some(c) if self.negative.contains(&c) => true,
            Some(_) => return None,
        };
        // A letter stands at one end, and takes the place of the sign.
        let bare = match letter {
            Some(c) => value.strip_prefix(c).or_else(|| value.strip_suffix(c))?,
            None => value.strip_prefix(['-', '+']).unwrap_or(value),
        };
        let is_mark =
            |c: char| c.is_whitespace() || matches!(c, '°' | 'º' | '˚' | '\'' | '’' | '′' | '"' | '”' | '″');
        let comma = bare.replace(',', ".");
        let parts: Vec<&str> = comma.split(is_mark).filter(|part| !part.is_empty()).collect();
        if parts.is_empty()
            || parts.len() > 3
            || (parts.len() == 1 && letter.is_none() && !bare.contains(is_mark))
        {
            return None;
        }
        let (last, before) = parts.split_last()?;
        let (whole, fraction) = last.split_once('.').unwrap_or((last, "0"));
        let lawful =
            |digits: &str, most: usize| (1..=most).contains(&digits.len()) && all_digits(digits.as_bytes());
        if !lawful(whole, 3) || !lawful(fraction, 12) || !before.iter().all(|part| lawful(part, 3)) {
            return None;
        }
        let sign = if negative { "-" } else { "" };
        if before.is_empty() {
            return Some(format!("{sign}{last}"));
        }
        // Minutes and seconds are below 60; the sum is in the smallest part, times a power of ten.
        let mut sum: u128 = 0;
        for (at, part) in before.iter().copied().chain([whole]).enumerate() {
            let part = number(part.as_bytes());
            if at > 0 && part >= 60 {
                return None;
            }
            sum = sum * 60 + part as u128;
        }
        let scale = 10_u128.pow(fraction.len() as u32);
        let sum = sum * scale + number(fraction.as_bytes()) as u128;
        let unit = scale * 60_u128.pow(before.len() as u32);
        let millionths = (sum * 1_000_000 + unit / 2) / unit;
        Some(format!("{sign}{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::super::latitude::LATITUDE;
    use super::*;

    #[test]
    fn other_ways_of_writing() {
        let said = |value: &str| match LATITUDE.judge(value) {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(said("21°01'42\"N"), "21.028333");
        assert_eq!(said("21° 01′ 42,5″ B"), "21.028472");
        assert_eq!(said("33°51.5'S"), "-33.858333");
        assert_eq!(said("N 21.0285"), "21.0285");
        assert_eq!(said("21.0285°"), "21.0285");
        assert_eq!(said("-21 30"), "-21.500000");
        assert_eq!(said("21,0285"), "21.0285");
        assert_eq!(said("-21.0285S"), "invalid");
        assert_eq!(said("21°61'00\"N"), "invalid");
        assert_eq!(said("21.5°30'N"), "invalid");
        assert_eq!(said("105°51'E"), "invalid");
        assert_eq!(said("90.0000"), "valid");
        assert_eq!(said("90.0001"), "invalid");
    }
}
