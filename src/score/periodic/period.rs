//! Reporting periods: a month, a quarter, a year, or any days. They go by the calendar of Viet Nam.

use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::base::Text;
use crate::say;

/// Reports are due before this day of the month, so on the day before it at the latest.
const BEFORE_DAY: i8 = 20;

/// Days are those of Viet Nam, wherever the machine stands.
const HOURS_EAST: i8 = 7;

/// What sort of period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Month,
    Quarter,
    Year,
    /// Days that somebody names.
    AdHoc,
}

/// A period: from its first day to its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Period {
    pub sort: Sort,
    /// `2026-10`, `2026-Q3`, `2026`, `2026-10-01..2026-10-20`.
    pub name: String,
    /// Its first day.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub from: Date,
    /// Its last day.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub to: Date,
}

impl Period {
    /// Reads `2026-10`, `2026-Q3`, `2026` or `2026-10-01..2026-10-20`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Text> {
        let wrong = || {
            say!(
                "`{text}` is not a period; it is written as 2026-10, 2026-Q3, 2026 or 2026-10-01..2026-10-20",
                "`{text}` không phải kỳ báo cáo; viết dạng 2026-10, 2026-Q3, 2026 hoặc 2026-10-01..2026-10-20"
            )
        };
        // As it is written in Vietnamese: 10/2026.
        if let Some((month, year)) = text.split_once('/')
            && (1..=2).contains(&month.len())
            && year.len() == 4
        {
            return Self::parse(&format!("{year}-{month:0>2}")).map_err(|_| wrong());
        }
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (day(from).ok_or_else(wrong)?, day(to).ok_or_else(wrong)?);
            if from > to {
                return Err(say!(
                    "the period `{text}` ends before it begins",
                    "kỳ `{text}` kết thúc trước khi bắt đầu"
                ));
            }
            return Ok(Self { sort: Sort::AdHoc, name: text.to_owned(), from, to });
        }
        let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
        let number = |text: &str, digits: usize| {
            let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<i16>().ok()).flatten()
        };
        let year = number(year, 4).filter(|year| *year > 1).ok_or_else(wrong)?;
        let within = |range: std::ops::RangeInclusive<i16>, number: Option<i16>| {
            number.filter(|it| range.contains(it)).and_then(|it| i8::try_from(it).ok()).ok_or_else(wrong)
        };
        Ok(match rest {
            None => Self::months(Sort::Year, year, 1),
            Some(rest) => match rest.strip_prefix('Q') {
                Some(quarter) => {
                    Self::months(Sort::Quarter, year, (within(1..=4, number(quarter, 1))? - 1) * 3 + 1)
                }
                None => Self::months(Sort::Month, year, within(1..=12, number(rest, 2))?),
            },
        })
    }

    /// The period of a calendar that begins with that month.
    fn months(sort: Sort, year: i16, month: i8) -> Self {
        let (name, last) = match sort {
            Sort::Year => (format!("{year:04}"), 12),
            Sort::Quarter => (format!("{year:04}-Q{}", (month - 1) / 3 + 1), month + 2),
            Sort::Month | Sort::AdHoc => (format!("{year:04}-{month:02}"), month),
        };
        Self { sort, name, from: date(year, month, 1), to: date(year, last, 1).last_of_month() }
    }

    /// The period before it: of named days, as many just before them. `None` before the calendar begins.
    pub fn before(&self) -> Option<Self> {
        let to = self.from.yesterday().ok()?;
        Some(match self.sort {
            Sort::Month => Self::months(Sort::Month, to.year(), to.month()),
            Sort::Quarter => Self::months(Sort::Quarter, to.year(), to.month() - 2),
            Sort::Year => Self::months(Sort::Year, to.year(), 1),
            Sort::AdHoc => {
                let days = self.from.until(self.to).ok()?.get_days();
                let from = to.checked_sub(days.days()).ok()?;
                Self { sort: Sort::AdHoc, name: format!("{from}..{to}"), from, to }
            }
        })
    }

    pub fn contains(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// `tháng 10 năm 2026`, `October 2026`.
    pub fn title(&self) -> Text {
        let (year, month) = (self.from.year(), self.from.month());
        match self.sort {
            Sort::Month => {
                let named = MONTHS[usize::try_from(month - 1).unwrap_or_default() % MONTHS.len()];
                say!("{named} {year}", "tháng {month} năm {year}")
            }
            Sort::Quarter => {
                let (quarter, roman) = (
                    (month - 1) / 3 + 1,
                    QUARTERS[usize::try_from((month - 1) / 3).unwrap_or_default() % QUARTERS.len()],
                );
                say!("quarter {quarter} of {year}", "quý {roman} năm {year}")
            }
            Sort::Year => say!("{year}", "năm {year}"),
            Sort::AdHoc => {
                let (from, to) = (written(self.from), written(self.to));
                say!("{from} to {to}", "từ ngày {from} đến ngày {to}")
            }
        }
    }

    /// By when its report is due. The monthly report has a date in the resolution; of the others it says only that they
    /// are made.
    pub fn due(&self) -> Option<Due> {
        (self.sort == Sort::Month).then(|| Due {
            day: date(self.from.year(), self.from.month(), BEFORE_DAY - 1),
            because: say!(
                "Resolution 214/NQ-CP of 23 July 2025, section IV.7: before the 20th of every month",
                "Nghị quyết 214/NQ-CP ngày 23/7/2025, mục IV.7: trước ngày 20 hằng tháng"
            ),
        })
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const QUARTERS: [&str; 4] = ["I", "II", "III", "IV"];

/// By when a report is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Due {
    /// The last day on which it is on time.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub day: Date,
    /// Who says so.
    pub because: Text,
}

fn as_text<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// A day as `2026-10-31`.
pub fn day(text: &str) -> Option<Date> {
    // The library reads more than one writes into a report.
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A day as Vietnamese documents write it: `31/10/2026`.
pub fn written(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// The day in Viet Nam of a scorecard's moment.
pub fn day_of(as_of: &str) -> Option<Date> {
    let moment: Timestamp = as_of.parse().ok()?;
    let zone = TimeZone::fixed(Offset::constant(HOURS_EAST));
    Some(moment.to_zoned(zone).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> (String, String) {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.name, text);
        (period.from.to_string(), period.to.to_string())
    }

    #[test]
    fn periods_are_read_with_their_days() {
        let of = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(days("2026-02"), of("2026-02-01", "2026-02-28"));
        assert_eq!(days("2028-02"), of("2028-02-01", "2028-02-29"));
        assert_eq!(days("2026-Q3"), of("2026-07-01", "2026-09-30"));
        assert_eq!(days("2026"), of("2026-01-01", "2026-12-31"));
        assert_eq!(days("2026-10-01..2026-10-20"), of("2026-10-01", "2026-10-20"));
        for wrong in [
            "",
            "2026-13",
            "2026-00",
            "2026-Q5",
            "2026-Q0",
            "26",
            "2026-1",
            "2026-10-01",
            "2026-02-30..2026-03-01",
        ] {
            assert!(Period::parse(wrong).is_err(), "{wrong}");
        }
        let said = Period::parse("2026-10-20..2026-10-01").unwrap_err();
        assert!(said.en.contains("ends before it begins"), "{}", said.en);
    }

    #[test]
    fn every_period_has_one_before_it() {
        for (text, before) in [
            ("2026-01", "2025-12"),
            ("2026-10", "2026-09"),
            ("2026-Q1", "2025-Q4"),
            ("2026-Q4", "2026-Q3"),
            ("2026", "2025"),
            ("2026-10-01..2026-10-20", "2026-09-11..2026-09-30"),
            ("2026-10-01..2026-10-01", "2026-09-30..2026-09-30"),
        ] {
            assert_eq!(
                Period::parse(text).unwrap().before().unwrap(),
                Period::parse(before).unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn reports_of_months_are_due_before_the_twentieth() {
        let due = |text| Period::parse(text).unwrap().due().map(|due| due.day.to_string());
        assert_eq!(due("2026-10").as_deref(), Some("2026-10-19"));
        assert_eq!([due("2026-Q3"), due("2026"), due("2026-10-01..2026-10-20")], [None, None, None]);
    }

    #[test]
    fn days_are_those_of_viet_nam() {
        let day = |text| day_of(text).map(|day| day.to_string());
        assert_eq!(day("2026-09-30T17:00:00Z").as_deref(), Some("2026-10-01"));
        assert_eq!(day("2026-10-31T23:59:59+07:00").as_deref(), Some("2026-10-31"));
        assert_eq!(day("2026-10-31"), None);
    }

    #[test]
    fn titles_are_words() {
        let title = |text| Period::parse(text).unwrap().title();
        assert_eq!(title("2026-10"), say!("October 2026", "tháng 10 năm 2026"));
        assert_eq!(title("2026-Q3"), say!("quarter 3 of 2026", "quý III năm 2026"));
        assert_eq!(title("2026-Q4").vi, "quý IV năm 2026");
        assert_eq!(title("2026").vi, "năm 2026");
        assert_eq!(title("2026-10-01..2026-10-20").vi, "từ ngày 01/10/2026 đến ngày 20/10/2026");
    }
}
