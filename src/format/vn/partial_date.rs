//! `vn.partial_date`: a date of which only the year, or the month and year, may be known.

use super::digits::FLOAT;
use crate::format::ascii::{all_digits, before_float_suffix, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new(
    "not in the form dd/mm/yyyy, mm/yyyy, yyyy or their exchange forms",
    "không theo dạng dd/mm/yyyy, mm/yyyy, yyyy hoặc các dạng trao đổi tương ứng",
);
const CALENDAR: Reason = Reason::new("no such day in the calendar", "không có ngày này trong lịch");
const STAND_IN: Reason = Reason::new("a date that stands for none", "ngày giữ chỗ, không phải ngày thật");
const GAP: Reason = Reason::new("the day is given but not its month", "có ngày nhưng không có tháng");
const ZEROS: Reason = Reason::new(
    "zeros stand for what is not known; store the known parts alone",
    "dùng số 0 cho phần không biết; chỉ nên lưu phần đã biết",
);
const FIRST_OF_YEAR: Reason = Reason::new(
    "1 January: often written when only the year is known",
    "ngày 01/01: thường ghi khi chỉ biết năm",
);
const FAR: Reason = Reason::new("before 1900 or after 2100", "trước năm 1900 hoặc sau năm 2100");
const SERIAL: Reason = Reason::new("the day number of a spreadsheet", "số thứ tự ngày của bảng tính");
const MONTH_FIRST: Reason = Reason::new("month before day", "tháng viết trước ngày");
const OTHER_FORM: Reason = Reason::new("another way of writing the date", "ngày viết theo dạng khác");
const MIDNIGHT: Reason = Reason::new("a time of midnight is appended", "có thêm giờ 00:00:00");

/// `vn.partial_date`
pub struct PartialDate;

/// A date as far as it is known; 0 is not known.
#[derive(Clone, Copy)]
struct Known {
    year: usize,
    month: usize,
    day: usize,
}

/// Days that systems write for "none": the zero days of spreadsheets and computers, the ends of calendars.
const STAND_INS: [(usize, usize, usize); 6] =
    [(1, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1), (9999, 12, 31)];

impl Known {
    #[inline]
    fn check(self) -> Result<Self, Reason> {
        let Self { year, month, day } = self;
        if year == 0 || year == 9999 || STAND_INS.contains(&(year, month, day)) {
            return Err(STAND_IN);
        }
        if month == 0 {
            return if day == 0 { Ok(self) } else { Err(GAP) };
        }
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(CALENDAR),
        };
        if day <= days { Ok(self) } else { Err(CALENDAR) }
    }

    /// What is lawful but odd about a date that is in order.
    fn oddity(self) -> Option<Reason> {
        if !(1900..=2100).contains(&self.year) {
            Some(FAR)
        } else if (self.month, self.day) == (1, 1) {
            Some(FIRST_OF_YEAR)
        } else {
            None
        }
    }

    /// dd/mm/yyyy, mm/yyyy or yyyy.
    fn written(self) -> String {
        let Self { year, month, day } = self;
        match (month, day) {
            (0, _) => format!("{year:04}"),
            (_, 0) => format!("{month:02}/{year:04}"),
            _ => format!("{day:02}/{month:02}/{year:04}"),
        }
    }
}

#[inline]
fn check(bytes: &[u8]) -> Check {
    let (known, whole) = match *bytes {
        [a, b, c, d] if all_digits(bytes) => (Known { year: number(&[a, b, c, d]), month: 0, day: 0 }, true),
        // Spreadsheets count 20000 on 03/10/1954 and 60000 on 08/04/2064.
        [_, _, _, _, _] if all_digits(bytes) => {
            return if (20_000..=60_000).contains(&number(bytes)) { Ok(Some(SERIAL)) } else { Err(SHAPE) };
        }
        [m, n, b'/' | b'-', a, b, c, d] | [a, b, c, d, b'-', m, n] if all_digits(&[a, b, c, d, m, n]) => {
            (Known { year: number(&[a, b, c, d]), month: number(&[m, n]), day: 0 }, false)
        }
        [e, f, s @ (b'/' | b'-'), m, n, t, a, b, c, d] if s == t && all_digits(&[a, b, c, d, e, f, m, n]) => {
            (Known { year: number(&[a, b, c, d]), month: number(&[m, n]), day: number(&[e, f]) }, false)
        }
        [a, b, c, d, b'-', m, n, b'-', e, f] if all_digits(&[a, b, c, d, e, f, m, n]) => {
            (Known { year: number(&[a, b, c, d]), month: number(&[m, n]), day: number(&[e, f]) }, false)
        }
        // Zeros for what is not known belong to this form.
        [_, _, _, _, _, _, _, _, h, i, m, n] if all_digits(bytes) => {
            let time = [number(&[h, i]), number(&[m, n])];
            let known =
                Known { year: number(&bytes[..4]), month: number(&bytes[4..6]), day: number(&bytes[6..8]) };
            if time[0] > 23 || time[1] > 59 || (known.day == 0 && time != [0, 0]) {
                return Err(CALENDAR);
            }
            (known, true)
        }
        _ => return Err(SHAPE),
    };
    let known = known.check()?;
    let zeros = !whole && (known.month == 0 || (bytes.len() == 10 && known.day == 0));
    Ok(if zeros { Some(ZEROS) } else { known.oddity() })
}

/// The parts of another form: day first, as people in Viet Nam write, unless the month would be impossible.
fn other_form(value: &str) -> Option<(Known, Reason)> {
    let bytes = value.as_bytes();
    if bytes.len() == 8 && all_digits(bytes) {
        let known =
            Known { year: number(&bytes[..4]), month: number(&bytes[4..6]), day: number(&bytes[6..]) };
        return Some((known, OTHER_FORM));
    }
    let separator = value.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut groups = [&b""[..]; 3];
    let mut count = 0;
    for group in value.split(separator) {
        let digits = group.as_bytes();
        if count == 3 || !matches!(digits.len(), 1 | 2 | 4) || !all_digits(digits) {
            return None;
        }
        groups[count] = digits;
        count += 1;
    }
    let [first, second, third] = groups;
    let (a, b, c) = (number(first), number(second), number(third));
    match (count, first.len(), second.len(), third.len()) {
        (2, 4, 1 | 2, _) => Some((Known { year: a, month: b, day: 0 }, OTHER_FORM)),
        (2, 1 | 2, 4, _) => Some((Known { year: b, month: a, day: 0 }, OTHER_FORM)),
        (3, 4, 1 | 2, 1 | 2) => Some((Known { year: a, month: b, day: c }, OTHER_FORM)),
        (3, 1 | 2, 1 | 2, 4) if b > 12 => Some((Known { year: c, month: a, day: b }, MONTH_FIRST)),
        (3, 1 | 2, 1 | 2, 4) => Some((Known { year: c, month: b, day: a }, OTHER_FORM)),
        _ => None,
    }
}

fn repair(value: &str) -> Result<Verdict, Reason> {
    if let Some((date, "00:00" | "00:00:00" | "00:00:00.000" | "00:00:00Z")) = value.split_once(['T', ' '])
        && check(date.as_bytes()).is_ok()
    {
        return Ok(Verdict::repairable(date, MIDNIGHT));
    }
    if let Some(digits) = before_float_suffix(value)
        && check(digits.as_bytes()).is_ok()
    {
        return Ok(Verdict::repairable(digits, FLOAT));
    }
    let (known, reason) = other_form(value).ok_or(SHAPE)?;
    known.check().map(|known| Verdict::repairable(known.written(), reason))
}

impl Format for PartialDate {
    fn name(&self) -> &'static str {
        "vn.partial_date"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Date that may lack its day or month, as civil status data lawfully do",
            "Ngày có thể thiếu ngày hoặc tháng, như hộ tịch cho phép",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "dd/mm/yyyy, mm/yyyy and yyyy; YYYY-MM-DD and YYYY-MM; yyyymmddHHMM of health insurance messages, with zeros \
             for what is not known. 03/04/1990 is 3 April; the month is taken first only where it could not be a day, and \
             then the value is repairable. Days that do not exist and days that stand for none (01/01/1900, 30 and \
             31/12/1899, 01/01/1970, 31/12/9999, year 0) are invalid. Unusual are zeros in the other forms, 1 January, \
             years before 1900 or after 2100, and day numbers of spreadsheets (20000–60000). Parents in a birth \
             registration need only a year (Law on Civil Status art. 14).",
            "dd/mm/yyyy, mm/yyyy và yyyy; YYYY-MM-DD và YYYY-MM; yyyymmddHHMM của thông điệp bảo hiểm y tế, dùng số 0 cho \
             phần không biết. 03/04/1990 là ngày 3 tháng 4; chỉ hiểu là tháng trước ngày khi không thể hiểu khác, và khi \
             đó giá trị có thể sửa. Ngày không có thật và ngày giữ chỗ (01/01/1900, 30 và 31/12/1899, 01/01/1970, \
             31/12/9999, năm 0) là không hợp lệ. Bất thường: số 0 ở các dạng khác, ngày 01/01, năm trước 1900 hoặc sau \
             2100, số thứ tự ngày của bảng tính (20000–60000). Cha mẹ trong đăng ký khai sinh chỉ cần năm sinh (Luật Hộ \
             tịch Điều 14).",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1945", "valid"),
            ("05/1945", "valid"),
            ("1945-05", "valid"),
            ("03/04/1990", "valid"),
            ("1990-04-03", "valid"),
            ("195000000000", "valid"),
            ("199004031530", "valid"),
            ("00/00/1950", "unusual"),
            ("00/05/1950", "unusual"),
            ("1950-00-00", "unusual"),
            ("01/01/1950", "unusual"),
            ("195001010000", "unusual"),
            ("45000", "unusual"),
            ("1850", "unusual"),
            ("12/25/1990", "repairable"),
            ("3/4/1990", "repairable"),
            ("03.04.1990", "repairable"),
            ("5/1945", "repairable"),
            ("19500000", "repairable"),
            ("1945.0", "repairable"),
            ("1990-04-03T00:00:00", "repairable"),
            ("29/02/1900", "invalid"),
            ("31/04/1990", "invalid"),
            ("13/1945", "invalid"),
            ("03/00/1950", "invalid"),
            ("01/01/1900", "invalid"),
            ("30-12-1899", "invalid"),
            ("00/00/0000", "invalid"),
            ("31/12/9999", "invalid"),
            ("199013010000", "invalid"),
            ("195000001200", "invalid"),
            ("12345", "invalid"),
            ("3/4/90", "invalid"),
        ]
    }
}

impl Judge for PartialDate {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value)
                .unwrap_or_else(|found| Verdict::Invalid(if reason == SHAPE { found } else { reason })),
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

    fn said(value: &str) -> Verdict {
        PartialDate.judge(value)
    }

    #[test]
    fn repairs() {
        let repaired = |value| match said(value) {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(repaired("12/25/1990"), "25/12/1990");
        assert_eq!(repaired("3/4/1990"), "03/04/1990");
        assert_eq!(repaired("1990/4/3"), "03/04/1990");
        assert_eq!(repaired("5.1945"), "05/1945");
        assert_eq!(repaired("19500500"), "05/1950");
        assert_eq!(repaired("0/0/1950"), "1950");
        assert_eq!(repaired("19500000"), "1950");
        assert_eq!(repaired("1990-04-03 00:00:00"), "1990-04-03");
        assert_eq!(repaired("45000.0"), "45000");
        assert_eq!(repaired("13/13/1990"), "invalid");
        assert_eq!(repaired("3/4-1990"), "invalid");
        assert_eq!(repaired("1/2/3/1990"), "invalid");
    }

    #[test]
    fn reasons() {
        assert_eq!(said("00/00/1950"), Verdict::Unusual(ZEROS));
        assert_eq!(said("1/1/1900"), Verdict::Invalid(STAND_IN));
        assert_eq!(said("190001010000"), Verdict::Invalid(STAND_IN));
        assert_eq!(said("1970-01-01"), Verdict::Invalid(STAND_IN));
        assert_eq!(said("1970"), Verdict::Valid);
        assert_eq!(said("9999"), Verdict::Invalid(STAND_IN));
        assert_eq!(said("05/00/1950"), Verdict::Invalid(GAP));
        assert_eq!(said("2026-13-01"), Verdict::Invalid(CALENDAR));
        assert_eq!(said("hôm qua"), Verdict::Invalid(SHAPE));
    }

    /// Every day of 400 years, in three forms.
    #[test]
    fn the_calendar() {
        let mut days = [0; 3];
        for year in 1601..2001 {
            for (month, day) in (1..14).flat_map(|month| (1..33).map(move |day| (month, day))) {
                let forms = [
                    format!("{day:02}/{month:02}/{year}"),
                    format!("{year}-{month:02}-{day:02}"),
                    format!("{year}{month:02}{day:02}2359"),
                ];
                for (count, form) in days.iter_mut().zip(forms) {
                    *count += u32::from(PartialDate.accepts(&form));
                }
            }
        }
        assert_eq!(days, [146_097 - 4; 3]);
    }
}
