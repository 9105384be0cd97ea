//! Stretches of time that follow each other without a gap: hours, days, weeks, or months of the calendar.

use super::date_format::{civil, days};
use crate::base::duration;

const DAY_MICROS: i64 = 86_400_000_000;
/// 1969-12-29 was a Monday: weeks begin with it.
const MONDAY: i64 = -3 * DAY_MICROS;

/// How long a stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Micros(i64),
    /// As long as the calendar says; quarters and years are 3 and 12.
    Months(i64),
}

impl Period {
    /// `15m`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(seconds) = duration::seconds(text) {
            return i64::try_from(seconds).ok()?.checked_mul(1_000_000).map(Self::Micros);
        }
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = text[..digits].parse().ok()?;
        let months = match text[digits..].trim() {
            "mo" => 1,
            "q" => 3,
            "y" => 12,
            _ => return None,
        };
        count.checked_mul(months).filter(|months| (1..=12_000).contains(months)).map(Self::Months)
    }

    /// The number of the stretch in which a moment lies (microseconds of local time).
    pub fn number(self, at: i64) -> i64 {
        match self {
            Self::Micros(length) => at.saturating_sub(MONDAY).div_euclid(length),
            Self::Months(months) => month(at.div_euclid(DAY_MICROS)).div_euclid(months),
        }
    }

    /// The moment at which a stretch begins; `None` beyond the years 1 to 9999.
    pub fn start(self, number: i64) -> Option<i64> {
        match self {
            Self::Micros(length) => number.checked_mul(length)?.checked_add(MONDAY),
            Self::Months(months) => {
                let month = number.checked_mul(months)?;
                let year = u32::try_from(month.div_euclid(12)).ok().filter(|year| *year <= 9999)?;
                days(year, month.rem_euclid(12) as u32 + 1, 1).map(|day| i64::from(day) * DAY_MICROS)
            }
        }
    }
}

/// The number of a day's month, counted from January of year 0.
fn month(day: i64) -> i64 {
    // An i64 of microseconds has about 107 million days to either side.
    let (year, month, _) = civil(day as i32);
    i64::from(year) * 12 + i64::from(month) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::date_format::{default_timestamps, format_timestamp};

    fn at(text: &str) -> i64 {
        default_timestamps().iter().find_map(|format| format.parse_timestamp(text)).unwrap()
    }

    #[test]
    fn stretches_begin_where_the_calendar_says() {
        for (period, moment, start) in [
            ("1h", "2026-11-21 13:59:59", "2026-11-21T13:00:00"),
            ("1d", "1969-12-31 23:59:59", "1969-12-31T00:00:00"),
            ("1w", "2026-11-22 10:00:00", "2026-11-16T00:00:00"),
            ("1w", "2026-11-23 00:00:00", "2026-11-23T00:00:00"),
            ("1mo", "2024-02-29 23:00:00", "2024-02-01T00:00:00"),
            ("1q", "2026-12-31 00:00:00", "2026-10-01T00:00:00"),
            ("1y", "2000-12-31 23:59:59", "2000-01-01T00:00:00"),
        ] {
            let period = Period::parse(period).unwrap();
            let number = period.number(at(moment));
            assert_eq!(format_timestamp(period.start(number).unwrap()), start, "{moment}");
            assert_eq!(period.number(period.start(number).unwrap()), number);
            assert_eq!(period.number(period.start(number + 1).unwrap() - 1), number, "no gap after it");
        }
    }

    #[test]
    fn words() {
        for wrong in ["", "1", "0mo", "mo", "1 month", "0d", "-1d", "99999y"] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Period::parse("2 q"), Some(Period::Months(6)));
    }
}
