//! Working days. Holidays and make-up Saturdays are decided every year, so they are data; a year that is not in the
//! data is an error, never a silent Monday to Friday.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::base::Text;
use crate::say;

/// A calendar as it is written in its data file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// Name and version, part of the methodology: `vn-2026`.
    pub id: String,
    pub years: Vec<YearFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    pub year: i16,
    /// Days off, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// Saturdays and Sundays that are worked.
    #[serde(default)]
    pub makeup_working_days: Vec<String>,
    /// The act that says so.
    #[serde(default)]
    pub legal_basis: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    years: BTreeMap<i16, Year>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Year {
    holidays: BTreeSet<Date>,
    makeup: BTreeSet<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", what.en)]
pub struct CalendarError {
    pub what: Text,
}

impl Calendar {
    pub fn new(file: &CalendarFile) -> Result<Self, CalendarError> {
        let mut years = BTreeMap::new();
        for entry in &file.years {
            let days = |texts: &[String]| -> Result<BTreeSet<Date>, CalendarError> {
                texts.iter().map(|text| day_of(text, entry.year)).collect()
            };
            let year = Year { holidays: days(&entry.holidays)?, makeup: days(&entry.makeup_working_days)? };
            let number = entry.year;
            if let Some(day) = year.holidays.intersection(&year.makeup).next() {
                return Err(CalendarError {
                    what: say!(
                        "{day} is both a holiday and a working day",
                        "{day} vừa là ngày nghỉ vừa là ngày làm việc"
                    ),
                });
            }
            if years.insert(number, year).is_some() {
                return Err(CalendarError {
                    what: say!("the year {number} is listed twice", "năm {number} được khai báo hai lần"),
                });
            }
        }
        Ok(Self { id: file.id.clone(), years })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether people work on that day. An error if the calendar does not know its year.
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        let number = day.year();
        let Some(year) = self.years.get(&number) else {
            let id = &self.id;
            return Err(CalendarError {
                what: say!(
                    "calendar `{id}` does not list the year {number}",
                    "lịch `{id}` chưa có năm {number}"
                ),
            });
        };
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(year.makeup.contains(&day) || (!weekend && !year.holidays.contains(&day)))
    }

    /// The last day on which something received on `received` and due in `working_days` is on time; the day of receipt
    /// does not count.
    pub fn due_date(&self, received: Date, working_days: u32) -> Result<Date, CalendarError> {
        let mut day = received;
        let mut left = working_days;
        while left > 0 {
            day = day.tomorrow().map_err(|_| CalendarError {
                what: say!("the deadline lies beyond the year 9999", "thời hạn nằm sau năm 9999"),
            })?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }
}

fn day_of(text: &str, year: i16) -> Result<Date, CalendarError> {
    let day: Date = text.parse().map_err(|_| CalendarError {
        what: say!("`{text}` is not a date like 2026-01-31", "`{text}` không phải là ngày dạng 2026-01-31"),
    })?;
    if day.year() == year {
        return Ok(day);
    }
    Err(CalendarError {
        what: say!("{text} is listed under the year {year}", "{text} được khai báo trong năm {year}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(years: &[(i16, &[&str], &[&str])]) -> CalendarFile {
        let texts = |days: &[&str]| days.iter().map(|&day| day.to_owned()).collect();
        let years = years
            .iter()
            .map(|&(year, holidays, makeup)| YearFile {
                year,
                holidays: texts(holidays),
                makeup_working_days: texts(makeup),
                legal_basis: None,
            })
            .collect();
        CalendarFile { id: "test".to_owned(), years }
    }

    #[test]
    fn a_missing_year_is_an_error() {
        let calendar = Calendar::new(&file(&[(2026, &["2026-01-01"], &[])])).unwrap();
        let received: Date = "2026-12-30".parse().unwrap();
        assert_eq!(calendar.due_date(received, 1).unwrap().to_string(), "2026-12-31");
        let error = calendar.due_date(received, 2).unwrap_err();
        assert!(error.what.en.contains("2027") && error.what.vi.contains("2027"));
    }

    #[test]
    fn nonsense_is_refused() {
        type Years = &'static [(i16, &'static [&'static str], &'static [&'static str])];
        let wrong: [Years; 4] = [
            &[(2026, &["2026-02-30"], &[])],
            &[(2026, &["2025-01-01"], &[])],
            &[(2026, &["2026-01-01"], &["2026-01-01"])],
            &[(2026, &[], &[]), (2026, &[], &[])],
        ];
        for years in wrong {
            assert!(Calendar::new(&file(years)).is_err());
        }
    }
}
