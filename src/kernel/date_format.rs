//! Dates and timestamps as text, read strictly: what a format does not say is not skipped, padded or guessed.
//!
//! Days count from 1970-01-01 in the proleptic Gregorian calendar, years 0001 to 9999. Timestamps are naive local
//! microseconds at +07:00 (Việt Nam has no other zone); a value that names its offset is moved there.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::base::Text;
use crate::say;

pub(super) const DAY: i64 = 86_400_000_000;
/// UTC+07:00 in seconds.
const LOCAL_OFFSET: i64 = 7 * 3600;
/// 0001-01-01 and 9999-12-31.
const FIRST_DAY: i32 = -719_162;
const LAST_DAY: i32 = 2_932_896;

/// A compiled pattern: `%Y %m %d %H %M %S` (4, 2, 2, 2, 2, 2 digits), `%f` (a fraction of 1 to 9 digits), `%z`
/// (`Z`, `+07:00`, `+0700`), `%%`, and literal characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    pattern: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// `%Y-%m-%d`, by hand.
    IsoDate,
    /// `%Y-%m-%d` · the separator · `%H:%M:%S`, by hand; `open` lets a fraction and an offset follow.
    IsoTimestamp {
        separator: u8,
        open: bool,
    },
    Parts(Vec<Part>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
    Offset,
    Byte(u8),
}

/// What was read, before it is a point in time.
#[derive(Clone, Copy, Default)]
struct Reading {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    /// Seconds east of UTC, where the value says so.
    offset: Option<i64>,
}

impl DateFormat {
    /// Compiles a pattern. Year, month and day are required, nothing may be named twice.
    pub fn new(pattern: &str) -> Result<Self, Text> {
        let shape = match pattern {
            "%Y-%m-%d" => Shape::IsoDate,
            "%Y-%m-%d %H:%M:%S" => Shape::IsoTimestamp { separator: b' ', open: false },
            "%Y-%m-%dT%H:%M:%S" => Shape::IsoTimestamp { separator: b'T', open: false },
            _ => Shape::Parts(compile(pattern)?),
        };
        Ok(Self { pattern: pattern.to_owned(), shape })
    }

    /// As written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether a value of this format says more than a day.
    pub fn has_time(&self) -> bool {
        match &self.shape {
            Shape::IsoDate => false,
            Shape::IsoTimestamp { .. } => true,
            Shape::Parts(parts) => parts.contains(&Part::Hour),
        }
    }

    /// Days since 1970-01-01, or nothing where the text is not exactly a date of this format.
    #[inline]
    pub fn parse_date(&self, text: &str) -> Option<i32> {
        if matches!(self.shape, Shape::IsoDate) {
            return iso_date(text.as_bytes());
        }
        let micros = self.parse_timestamp(text)?;
        i32::try_from(micros.div_euclid(DAY)).ok()
    }

    /// Microseconds since 1970-01-01T00:00:00, local at +07:00; a date alone is its midnight.
    #[inline]
    pub fn parse_timestamp(&self, text: &str) -> Option<i64> {
        let bytes = text.as_bytes();
        match &self.shape {
            Shape::IsoDate => iso_date(bytes).map(|days| i64::from(days) * DAY),
            Shape::IsoTimestamp { separator, open } => iso_timestamp(bytes, *separator, *open),
            Shape::Parts(parts) => read(parts, bytes)?.micros(),
        }
    }
}

/// `%Y-%m-%d`.
pub fn default_date() -> &'static DateFormat {
    static DATE: LazyLock<DateFormat> =
        LazyLock::new(|| DateFormat { pattern: "%Y-%m-%d".to_owned(), shape: Shape::IsoDate });
    &DATE
}

/// What a timestamp looks like when nothing else is said: `%Y-%m-%d %H:%M:%S` or with a `T`, either with an optional
/// fraction (`.123`) and an optional offset; or a date alone.
pub fn default_timestamps() -> &'static [DateFormat] {
    static TIMESTAMPS: LazyLock<[DateFormat; 3]> = LazyLock::new(|| {
        let open = |separator: char| DateFormat {
            pattern: format!("%Y-%m-%d{separator}%H:%M:%S"),
            shape: Shape::IsoTimestamp { separator: separator as u8, open: true },
        };
        [open(' '), open('T'), default_date().clone()]
    });
    TIMESTAMPS.as_slice()
}

fn compile(pattern: &str) -> Result<Vec<Part>, Text> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            let mut bytes = [0; 4];
            parts.extend(c.encode_utf8(&mut bytes).bytes().map(Part::Byte));
            continue;
        }
        let part = match chars.next() {
            Some('Y') => Part::Year,
            Some('m') => Part::Month,
            Some('d') => Part::Day,
            Some('H') => Part::Hour,
            Some('M') => Part::Minute,
            Some('S') => Part::Second,
            Some('f') => Part::Fraction,
            Some('z') => Part::Offset,
            Some('%') => {
                parts.push(Part::Byte(b'%'));
                continue;
            }
            Some('y') => {
                return Err(say!(
                    "`%y` leaves the century open; a date needs a year of four digits (`%Y`)",
                    "`%y` không cho biết thế kỷ; ngày phải có năm bốn chữ số (`%Y`)"
                ));
            }
            Some(other) => {
                return Err(say!(
                    "`%{other}` is not known in a date format; known are %Y %m %d %H %M %S %f %z %%",
                    "không có `%{other}` trong định dạng ngày; dùng được %Y %m %d %H %M %S %f %z %%"
                ));
            }
            None => {
                return Err(say!(
                    "the format ends in a single `%`; write `%%` for a percent sign",
                    "định dạng kết thúc bằng một dấu `%`; hãy viết `%%` nếu cần dấu phần trăm"
                ));
            }
        };
        if parts.contains(&part) {
            return Err(say!(
                "the format `{pattern}` names the same part twice",
                "định dạng `{pattern}` nêu cùng một thành phần hai lần"
            ));
        }
        parts.push(part);
    }
    let needs = |present: Part, required: Part| parts.contains(&present) && !parts.contains(&required);
    if ![Part::Year, Part::Month, Part::Day].iter().all(|part| parts.contains(part)) {
        return Err(say!(
            "the format `{pattern}` needs a year, a month and a day (%Y, %m, %d)",
            "định dạng `{pattern}` phải có năm, tháng và ngày (%Y, %m, %d)"
        ));
    }
    if needs(Part::Minute, Part::Hour)
        || needs(Part::Second, Part::Minute)
        || needs(Part::Fraction, Part::Second)
        || needs(Part::Offset, Part::Hour)
    {
        return Err(say!(
            "the format `{pattern}` names a small part of the time without the larger one",
            "định dạng `{pattern}` nêu phần nhỏ của giờ mà thiếu phần lớn hơn"
        ));
    }
    Ok(parts)
}

fn read(parts: &[Part], text: &[u8]) -> Option<Reading> {
    let mut reading = Reading::default();
    let mut at = 0;
    for part in parts {
        match part {
            Part::Byte(byte) => {
                if text.get(at) != Some(byte) {
                    return None;
                }
                at += 1;
            }
            Part::Fraction => {
                let (micros, length) = fraction(text.get(at..)?)?;
                reading.micros = micros;
                at += length;
            }
            Part::Offset => {
                let (offset, length) = offset(text.get(at..)?)?;
                reading.offset = Some(offset);
                at += length;
            }
            Part::Year => {
                let four = text.get(at..at + 4)?;
                reading.year = two(four[0], four[1])? * 100 + two(four[2], four[3])?;
                at += 4;
            }
            Part::Month | Part::Day | Part::Hour | Part::Minute | Part::Second => {
                let pair = text.get(at..at + 2)?;
                let number = two(pair[0], pair[1])?;
                match part {
                    Part::Month => reading.month = number,
                    Part::Day => reading.day = number,
                    Part::Hour => reading.hour = number,
                    Part::Minute => reading.minute = number,
                    _ => reading.second = number,
                }
                at += 2;
            }
        }
    }
    (at == text.len()).then_some(reading)
}

impl Reading {
    #[inline]
    fn micros(self) -> Option<i64> {
        if self.hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let days = days(self.year, self.month, self.day)?;
        let mut seconds =
            i64::from(days) * 86_400 + i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        if let Some(offset) = self.offset {
            seconds += LOCAL_OFFSET - offset;
            // Moving it can leave the years that exist.
            if !(i64::from(FIRST_DAY)..=i64::from(LAST_DAY)).contains(&seconds.div_euclid(86_400)) {
                return None;
            }
        }
        Some(seconds * 1_000_000 + i64::from(self.micros))
    }
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[inline]
fn iso_date(text: &[u8]) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    days(two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?)
}

#[inline]
fn iso_timestamp(text: &[u8], separator: u8, open: bool) -> Option<i64> {
    let (head, mut tail) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, between, h1, h2, b':', n1, n2, b':', s1, s2] = head
    else {
        return None;
    };
    if between != separator {
        return None;
    }
    let mut reading = Reading {
        year: two(y1, y2)? * 100 + two(y3, y4)?,
        month: two(m1, m2)?,
        day: two(d1, d2)?,
        hour: two(h1, h2)?,
        minute: two(n1, n2)?,
        second: two(s1, s2)?,
        micros: 0,
        offset: None,
    };
    if !tail.is_empty() {
        if !open {
            return None;
        }
        if let Some(digits) = tail.strip_prefix(b".") {
            let (micros, length) = fraction(digits)?;
            reading.micros = micros;
            tail = &digits[length..];
        }
        if !tail.is_empty() {
            let (offset, length) = offset(tail)?;
            if length != tail.len() {
                return None;
            }
            reading.offset = Some(offset);
        }
    }
    reading.micros()
}

/// One to nine digits as microseconds (what is finer is cut off), and how many digits there were.
fn fraction(text: &[u8]) -> Option<(u32, usize)> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > 9 {
        return None;
    }
    let digit = |at: usize| text[..length].get(at).map_or(0, |byte| u32::from(byte - b'0'));
    Some(((0..6).fold(0, |micros, at| micros * 10 + digit(at)), length))
}

/// `Z`, `±HH:MM` or `±HHMM` as seconds east of UTC, and its length.
fn offset(text: &[u8]) -> Option<(i64, usize)> {
    let (sign, h1, h2, m1, m2, length) = match *text {
        [b'Z', ..] => return Some((0, 1)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] => (sign, h1, h2, m1, m2, 6),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2, ..] => (sign, h1, h2, m1, m2, 5),
        _ => return None,
    };
    let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours * 3600 + minutes * 60);
    Some((if sign == b'-' { -seconds } else { seconds }, length))
}

/// Days since 1970-01-01 of a date that exists, in years 1 to 9999.
///
/// The year is taken to begin in March so that the leap day is its last
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", <https://howardhinnant.github.io/date_algorithms.html>).
#[inline]
pub fn days(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTH: [u8; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = u32::from(*LENGTH.get(month as usize)?) + u32::from(leap && month == 2);
    if year == 0 || day == 0 || day > length {
        return None;
    }
    let shifted = if month > 2 { year } else { year - 1 };
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
    // At most 3,652,364 (the end of year 9999): no cast loses anything.
    Some(days as i32 - 719_468)
}

/// Year, month and day of a day count: the inverse of [`days`], for any `i32`.
pub fn civil(days: i32) -> (i32, u32, u32) {
    let shifted = i64::from(days) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // An i32 of days is about 5.9 million years.
    (year as i32, month as u32, day as u32)
}

/// The ten bytes of `YYYY-MM-DD`, for years 0000 to 9999.
#[inline]
pub fn date_bytes(days: i32) -> Option<[u8; 10]> {
    let (year, month, day) = civil(days);
    let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
    // Each is below ten.
    let digit = |number: u32| b'0' + (number % 10) as u8;
    Some([
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ])
}

/// `YYYY-MM-DD`; years outside 0000 to 9999 carry a sign and at least five digits (ISO 8601's expanded form).
pub fn format_date(days: i32) -> String {
    if let Some(bytes) = date_bytes(days) {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    let (year, month, day) = civil(days);
    let sign = if year < 0 { '-' } else { '+' };
    format!("{sign}{:05}-{month:02}-{day:02}", year.unsigned_abs())
}

const MICROS_PER_SECOND: i128 = 1_000_000;
pub const MICROS_PER_DAY: i128 = 86_400 * MICROS_PER_SECOND;

/// A moment, in microseconds, in a pattern of date formats.
pub fn write_moment(pattern: &str, micros: i128) -> String {
    let day = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or(0);
    let (year, month, date) = civil(day);
    let seconds = micros.rem_euclid(MICROS_PER_DAY) / MICROS_PER_SECOND;
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let part = match chars.next() {
            Some('Y') => format!("{year:04}"),
            Some('m') => format!("{month:02}"),
            Some('d') => format!("{date:02}"),
            Some('H') => format!("{:02}", seconds / 3_600),
            Some('M') => format!("{:02}", seconds / 60 % 60),
            Some('S') => format!("{:02}", seconds % 60),
            Some('f') => "000".to_owned(),
            Some('z') => "+07:00".to_owned(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        text.push_str(&part);
    }
    text
}

/// `YYYY-MM-DDTHH:MM:SS`, with six digits of fraction where there is one.
pub fn format_timestamp(micros: i64) -> String {
    let seconds = micros.rem_euclid(DAY) / 1_000_000;
    // |i64::MIN / DAY| is about 107 million days.
    let mut text = format_date(micros.div_euclid(DAY) as i32);
    let fraction = micros.rem_euclid(1_000_000);
    // Writing to a string cannot fail.
    let _ = write!(text, "T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let _ = write!(text, ".{fraction:06}");
    }
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    fn date(pattern: &str, text: &str) -> Option<String> {
        DateFormat::new(pattern).expect("a valid pattern").parse_date(text).map(format_date)
    }

    fn timestamp(pattern: &str, text: &str) -> Option<String> {
        DateFormat::new(pattern).expect("a valid pattern").parse_timestamp(text).map(format_timestamp)
    }

    fn default(text: &str) -> Option<String> {
        default_timestamps().iter().find_map(|format| format.parse_timestamp(text)).map(format_timestamp)
    }

    #[test]
    fn dates_are_read_strictly() {
        for pattern in ["%Y-%m-%d", "%d/%m/%Y", "ngày %d tháng %m năm %Y", "%Y%m%d"] {
            let write =
                |y: &str, m: &str, d: &str| pattern.replace("%Y", y).replace("%m", m).replace("%d", d);
            assert_eq!(date(pattern, &write("2024", "02", "29")).as_deref(), Some("2024-02-29"));
            assert_eq!(date(pattern, &write("0001", "01", "01")).as_deref(), Some("0001-01-01"));
            assert_eq!(date(pattern, &write("9999", "12", "31")).as_deref(), Some("9999-12-31"));
            for (y, m, d) in [
                ("2023", "02", "29"),
                ("1900", "02", "29"),
                ("2024", "02", "31"),
                ("2024", "13", "01"),
                ("2024", "00", "01"),
                ("2024", "01", "00"),
                ("0000", "01", "01"),
                ("2024", "1", "01"),
                ("2024", "01", "1"),
                ("+024", "01", "01"),
                ("2024", "01", " 1"),
                ("24", "01", "01"),
                ("2024", "١٢", "01"),
            ] {
                assert_eq!(date(pattern, &write(y, m, d)), None, "{pattern} {y} {m} {d}");
            }
            let good = write("2024", "02", "29");
            assert_eq!(date(pattern, &format!("{good} ")), None);
            assert_eq!(date(pattern, &format!(" {good}")), None);
            assert_eq!(date(pattern, ""), None);
        }
        assert_eq!(date("%Y-%m-%d", "2024/02/29"), None);
    }

    #[test]
    fn timestamps_are_local_at_seven_hours_east() {
        assert_eq!(default("2026-11-21 08:09:10").as_deref(), Some("2026-11-21T08:09:10"));
        assert_eq!(default("2026-11-21T08:09:10").as_deref(), Some("2026-11-21T08:09:10"));
        assert_eq!(default("2026-11-21T08:09:10.5").as_deref(), Some("2026-11-21T08:09:10.500000"));
        assert_eq!(default("2026-11-21T08:09:10.123456789").as_deref(), Some("2026-11-21T08:09:10.123456"));
        assert_eq!(default("2026-11-21T20:00:00Z").as_deref(), Some("2026-11-22T03:00:00"));
        assert_eq!(default("2026-11-21T08:09:10+07:00").as_deref(), Some("2026-11-21T08:09:10"));
        assert_eq!(default("2026-11-21 08:09:10.25-0130").as_deref(), Some("2026-11-21T16:39:10.250000"));
        assert_eq!(default("2026-11-21").as_deref(), Some("2026-11-21T00:00:00"));
        for bad in [
            "2026-11-21T24:00:00",
            "2026-11-21T23:60:00",
            "2026-11-21T23:59:60",
            "2026-11-21T08:09",
            "2026-11-21T08:09:10.",
            "2026-11-21T08:09:10.1234567890",
            "2026-11-21T08:09:10+07",
            "2026-11-21T08:09:10+07:00 ",
            "2026-11-21T08:09:10+24:00",
            "2026-11-21  08:09:10",
            "2026-11-21t08:09:10",
            "9999-12-31T23:00:00Z",
        ] {
            assert_eq!(default(bad), None, "{bad}");
        }
        assert_eq!(timestamp("%Y-%m-%d %H:%M:%S", "2026-11-21 08:09:10Z"), None);
        assert_eq!(
            timestamp("%d/%m/%Y %H:%M:%S.%f%z", "21/11/2026 01:02:03.4Z").as_deref(),
            Some("2026-11-21T08:02:03.400000")
        );
        assert_eq!(timestamp("%Y-%m-%d %H giờ", "2026-11-21 08 giờ").as_deref(), Some("2026-11-21T08:00:00"));
        assert_eq!(timestamp("%d/%m/%Y 100%%", "21/11/2026 100%").as_deref(), Some("2026-11-21T00:00:00"));
        assert_eq!(date("%Y-%m-%dT%H:%M:%S%z", "2026-11-21T20:00:00Z").as_deref(), Some("2026-11-22"));
    }

    #[test]
    fn formats_that_leave_something_open_are_refused() {
        for bad in
            ["%d/%m/%y", "%Y-%m", "%Y-%m-%d %Q", "%Y-%m-%d%", "%Y-%m-%d %d", "%Y-%m-%d %M", "%Y-%m-%d%z", ""]
        {
            assert!(DateFormat::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_lies_before_the_epoch_and_outside_four_digits_is_written_too() {
        assert_eq!(format_timestamp(-1), "1969-12-31T23:59:59.999999");
        assert_eq!(format_date(2_932_897), "+10000-01-01");
        assert_eq!(format_date(-719_529), "-00001-12-31");
        assert_eq!(days(1, 1, 1), Some(FIRST_DAY));
        assert_eq!(days(9999, 12, 31), Some(LAST_DAY));
        assert!(format_timestamp(i64::MIN).starts_with("-290308-"));
        assert!(format_date(i32::MAX).starts_with("+5881580-"));
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(day in FIRST_DAY..=LAST_DAY) {
            let theirs = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
            let text = theirs.to_string();
            prop_assert_eq!(default_date().parse_date(&text), Some(day));
            prop_assert_eq!(format_date(day), text);
        }

        #[test]
        fn accepts_exactly_the_dates_that_jiff_accepts(y in 0i16..=9999, m in 0i8..=14, d in 0i8..=33) {
            let ours = default_date().parse_date(&format!("{y:04}-{m:02}-{d:02}"));
            prop_assert_eq!(ours.is_some(), y > 0 && Date::new(y, m, d).is_ok());
        }

        #[test]
        fn timestamps_survive_a_round_trip(micros in -62_135_596_800_000_000i64..=253_402_300_799_999_999) {
            let text = format_timestamp(micros);
            prop_assert_eq!(default_timestamps()[1].parse_timestamp(&text), Some(micros));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            for format in default_timestamps() {
                format.parse_timestamp(&text);
            }
            if let Ok(format) = DateFormat::new(&format!("%Y%m%d{text}")) {
                format.parse_timestamp(&format!("20240101{text}"));
            }
        }
    }
}
