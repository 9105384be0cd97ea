//! `iso_date`: a whole calendar date in the exchange form YYYY-MM-DD.

use crate::format::ascii::{all_digits, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new("not in the form YYYY-MM-DD", "không theo dạng YYYY-MM-DD");
const CALENDAR: Reason = Reason::new("no such day in the calendar", "không có ngày này trong lịch");
const PARTIAL: Reason = Reason::new("not a whole date: day or month is missing", "thiếu ngày hoặc tháng");
const SERIAL: Reason = Reason::new("the day number of a spreadsheet", "số thứ tự ngày của bảng tính");
const OTHER_ORDER: Reason = Reason::new("another way of writing the date", "ngày viết theo dạng khác");
const MONTH_FIRST: Reason = Reason::new("month before day", "tháng viết trước ngày");
const MIDNIGHT: Reason = Reason::new("a time of midnight is appended", "có thêm giờ 00:00:00");

/// `iso_date`
pub struct IsoDate;

fn is_day(year: usize, month: usize, day: usize) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

pub(super) fn check(value: &[u8]) -> Check {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = value else { return Err(SHAPE) };
    if !all_digits(&[a, b, c, d, e, f, g, h]) {
        return Err(SHAPE);
    }
    if is_day(number(&[a, b, c, d]), number(&[e, f]), number(&[g, h])) { Ok(None) } else { Err(CALENDAR) }
}

/// The date that another usual form writes: day first, as people in Viet Nam do, unless the month would be
/// impossible.
fn repair(value: &str) -> Option<Verdict> {
    let iso = |year: usize, month: usize, day: usize| format!("{year:04}-{month:02}-{day:02}");
    if let Some((date, "00:00:00" | "00:00:00.000" | "00:00:00Z")) = value.split_once(['T', ' '])
        && check(date.as_bytes()).is_ok()
    {
        return Some(Verdict::repairable(date, MIDNIGHT));
    }
    let bytes = value.as_bytes();
    if bytes.len() == 8 && all_digits(bytes) {
        let (year, month, day) = (number(&bytes[..4]), number(&bytes[4..6]), number(&bytes[6..]));
        return is_day(year, month, day).then(|| Verdict::repairable(iso(year, month, day), OTHER_ORDER));
    }
    let [first, second, third] = parts(value)?;
    let (a, b, c) = (number(first), number(second), number(third));
    if first.len() == 4 && third.len() <= 2 {
        return is_day(a, b, c).then(|| Verdict::repairable(iso(a, b, c), OTHER_ORDER));
    }
    if third.len() != 4 || first.len() > 2 {
        return None;
    }
    if is_day(c, b, a) {
        Some(Verdict::repairable(iso(c, b, a), OTHER_ORDER))
    } else if b > 12 && is_day(c, a, b) {
        Some(Verdict::repairable(iso(c, a, b), MONTH_FIRST))
    } else {
        None
    }
}

/// Three groups of one to four digits between two equal separators; the second of at most two digits.
fn parts(value: &str) -> Option<[&[u8]; 3]> {
    let separator = value.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut groups = value.split(separator).map(str::as_bytes);
    let parts = [groups.next()?, groups.next()?, groups.next()?];
    let digits = parts.iter().all(|part| (1..=4).contains(&part.len()) && all_digits(part));
    (groups.next().is_none() && digits && parts[1].len() <= 2).then_some(parts)
}

fn why_invalid(value: &str, checked: Reason) -> Reason {
    let bytes = value.as_bytes();
    if let Some([first, second, third]) = parts(value) {
        // Zeros stand for what is not known: 00/00/1950.
        let unknown = number(second) == 0 && (number(first) == 0 || number(third) == 0);
        return if unknown { PARTIAL } else { CALENDAR };
    }
    let month_of_year = value.split_once(['/', '-']).is_some_and(|(left, right)| {
        let (left, right) = (left.as_bytes(), right.as_bytes());
        all_digits(left) && all_digits(right) && matches!((left.len(), right.len()), (4, 1 | 2) | (1 | 2, 4))
    });
    if month_of_year || (all_digits(bytes) && bytes.len() == 4) {
        PARTIAL
    } else if all_digits(bytes) && bytes.len() == 5 {
        SERIAL
    } else {
        checked
    }
}

impl Format for IsoDate {
    fn name(&self) -> &'static str {
        "iso_date"
    }

    fn about(&self) -> Reason {
        Reason::new("Calendar date YYYY-MM-DD (ISO 8601)", "Ngày theo lịch, dạng YYYY-MM-DD (ISO 8601)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A day that exists, in the years 0001 to 9999. Other usual forms are repairable: 03/04/1990 is 3 April, and \
             the month is read first only where it could not be a day. A year or a month alone is invalid here, though \
             lawful in civil status: declare such a column with `type: date` and its `formats`.",
            "Ngày có thật, từ năm 0001 đến 9999. Các dạng thường gặp khác có thể sửa: 03/04/1990 là ngày 3 tháng 4, chỉ \
             đọc tháng trước khi không thể hiểu khác. Chỉ có năm hoặc tháng là không hợp lệ ở đây, dù hợp pháp trong hộ \
             tịch: hãy khai báo cột đó với `type: date` và `formats`.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1990-04-03", "valid"),
            ("2000-02-29", "valid"),
            ("03/04/1990", "repairable"),
            ("12/25/1990", "repairable"),
            ("19900403", "repairable"),
            ("1990-04-03T00:00:00", "repairable"),
            ("1900-02-29", "invalid"),
            ("31/04/1990", "invalid"),
            ("1945", "invalid"),
            ("05/1945", "invalid"),
            ("45000", "invalid"),
            ("0000-00-00", "invalid"),
        ]
    }
}

impl Judge for IsoDate {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value).unwrap_or_else(|| Verdict::Invalid(why_invalid(value, reason))),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_cycle() {
        let count = |years: std::ops::Range<usize>| {
            years
                .flat_map(|y| (0..14).flat_map(move |m| (0..40).map(move |d| is_day(y, m, d))))
                .filter(|&day| day)
                .count()
        };
        assert_eq!(count(1601..2001), 146_097);
        assert_eq!(count(0..1), 0);
    }

    #[test]
    fn day_comes_first() {
        let repaired = |value| match IsoDate.judge(value) {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(repaired("03/04/1990"), "1990-04-03");
        assert_eq!(repaired("12/25/1990"), "1990-12-25");
        assert_eq!(repaired("3.4.1990"), "1990-04-03");
        assert_eq!(repaired("1990/4/3"), "1990-04-03");
        assert_eq!(repaired("3/4/90"), "invalid");
        assert_eq!(repaired("3/4-1990"), "invalid");
    }
}
