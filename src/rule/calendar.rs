//! Working days. Holidays and make-up Saturdays are decided every year, so they are data; a year that is not in the
//! data is an error, never a silent Monday to Friday.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::node;
use super::{At, Node, Reader};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Text};
use crate::kernel::date_format::{civil, days, format_date};
use crate::say;

/// Which days are worked, of the years that it lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    years: BTreeMap<i16, Year>,
}

/// What differs in a year from Monday to Friday, as days since 1970-01-01.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Days off.
    pub holidays: BTreeSet<i32>,
    /// Saturdays and Sundays that are worked.
    pub makeup: BTreeSet<i32>,
}

/// A day of which the calendar says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct CalendarError(pub Text);

impl Calendar {
    pub fn new(id: &str, years: BTreeMap<i16, Year>) -> Self {
        Self { id: id.to_owned(), years }
    }

    /// Reads a calendar file.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn read(file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
        let mut reader = Reader::new(Arc::clone(file));
        let calendar = read(&tree, &mut reader);
        match calendar {
            Some(calendar) if reader.diagnostics.is_empty() => Ok(calendar),
            _ => Err(reader.diagnostics),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The first and the last day of the years that are listed; there may be gaps between them.
    pub fn span(&self) -> Option<(Date, Date)> {
        let (first, last) = (*self.years.first_key_value()?.0, *self.years.last_key_value()?.0);
        Some((Date::new(first, 1, 1).ok()?, Date::new(last, 12, 31).ok()?))
    }

    /// Whether people work on that day.
    ///
    /// # Errors
    /// The calendar does not list its year.
    pub fn is_working_day(&self, day: Date) -> Result<bool, CalendarError> {
        let number = day.year();
        let year = self.years.get(&number).ok_or_else(|| unlisted(&self.id, number.into()))?;
        Ok(year.is_worked(day_number(day)))
    }

    /// All days that are worked, for deadlines.
    pub fn working_days(&self) -> WorkingDays {
        let mut found = WorkingDays { id: self.id.clone(), worked: Vec::new(), listed: Vec::new() };
        for (&number, year) in &self.years {
            let Some((first, last)) = u32::try_from(number)
                .ok()
                .and_then(|number| Some((days(number, 1, 1)?, days(number, 12, 31)?)))
            else {
                continue;
            };
            found.worked.extend((first..=last).filter(|&day| year.is_worked(day)));
            match found.listed.last_mut() {
                Some((_, until)) if *until + 1 == first => *until = last,
                _ => found.listed.push((first, last)),
            }
        }
        found
    }
}

impl Year {
    fn is_worked(&self, day: i32) -> bool {
        if is_weekend(day) { self.makeup.contains(&day) } else { !self.holidays.contains(&day) }
    }
}

fn is_weekend(day: i32) -> bool {
    // 1970-01-01 was a Thursday.
    (i64::from(day) + 3).rem_euclid(7) >= 5
}

fn unlisted(id: &str, year: i32) -> CalendarError {
    CalendarError(match year {
        1..=9999 => {
            say!("calendar `{id}` does not list the year {year}", "lịch `{id}` chưa có năm {year}")
        }
        _ => say!("the deadline is not in the years 1 to 9999", "thời hạn nằm ngoài các năm 1 đến 9999"),
    })
}

/// The working days of a calendar, as days since 1970-01-01.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    id: String,
    /// In order.
    worked: Vec<i32>,
    /// The first and the last days of years that follow each other.
    listed: Vec<(i32, i32)>,
}

impl WorkingDays {
    /// The last day on which something received on a day and due in so many working days is on time; the day of receipt
    /// does not count.
    ///
    /// # Errors
    /// A day up to the deadline lies in a year that the calendar does not list.
    pub fn due(&self, received: i32, within: u32) -> Result<i32, CalendarError> {
        let Some(more) = within.checked_sub(1) else { return Ok(received) };
        let next = received.saturating_add(1);
        let run = self.listed.iter().find(|(first, last)| (first..=last).contains(&&next));
        let &(_, last) = run.ok_or_else(|| unlisted(&self.id, civil(next).0))?;
        let before = self.worked.partition_point(|&day| day <= received);
        let due = before.checked_add(more as usize).and_then(|at| self.worked.get(at)).copied();
        due.filter(|&due| due <= last).ok_or_else(|| unlisted(&self.id, civil(last + 1).0))
    }
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> i32 {
    let [year, month, day] = [i32::from(day.year()), day.month().into(), day.day().into()]
        .map(|part| u32::try_from(part).unwrap_or(0));
    days(year, month, day).unwrap_or(i32::MIN)
}

/// A day counted from 1970-01-01, as columns hold it.
pub fn date_of(day: i32) -> Option<Date> {
    let (year, month, day) = civil(day);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn read(tree: &Node, reader: &mut Reader) -> Option<Calendar> {
    let mut fields = reader.fields(tree)?;
    let id = fields.required("id", reader).and_then(|node| reader.text(node));
    let entries = fields.required("years", reader).and_then(|node| reader.entries(node));
    fields.finish(reader);
    let mut years = BTreeMap::new();
    for (number, node) in entries.unwrap_or_default() {
        // One way of writing a year, so that none is listed twice.
        let written = number.value.parse().ok().filter(|year: &i16| year.to_string() == number.value);
        let Some(year) = written.filter(|year| (1..=9999).contains(year)) else {
            let text = &number.value;
            reader.error(&number.span, say!("`{text}` is not a year", "`{text}` không phải là một năm"));
            continue;
        };
        years.extend(year_of(year, node, reader).map(|read| (year, read)));
    }
    if years.is_empty() && reader.diagnostics.is_empty() {
        reader.error(&tree.span, say!("the calendar lists no year", "lịch không có năm nào"));
    }
    Some(Calendar::new(&id?.value, years))
}

fn year_of(number: i16, node: &Node, reader: &mut Reader) -> Option<Year> {
    let mut fields = reader.fields(node)?;
    let holidays = fields.required("holidays", reader).map(|node| reader.texts(node));
    let makeup = fields.optional("makeup_working_days").map(|node| reader.texts(node));
    // For people: the acts that say so, and how sure they are.
    fields.optional("legal_basis").map(|node| reader.text(node));
    fields.finish(reader);
    let mut days = |texts: Vec<At<String>>| -> BTreeSet<i32> {
        texts.iter().filter_map(|text| day_of(text, number, reader)).collect()
    };
    let holidays = days(holidays?);
    let named = makeup.unwrap_or_default();
    let makeup = days(named.clone());
    for &number in &makeup {
        let day = format_date(number);
        let what = if holidays.contains(&number) {
            say!("{day} is both a holiday and a working day", "{day} vừa là ngày nghỉ vừa là ngày làm việc")
        } else if !is_weekend(number) {
            say!(
                "{day} is worked anyway: what is made up for is worked on a Saturday or Sunday",
                "{day} vốn là ngày làm việc: làm bù phải vào thứ bảy hoặc chủ nhật"
            )
        } else {
            continue;
        };
        let span = named.iter().find(|text| text.value == day).map_or(&node.span, |at| &at.span);
        reader.error(span, what);
    }
    Some(Year { holidays, makeup })
}

fn day_of(text: &At<String>, year: i16, reader: &mut Reader) -> Option<i32> {
    let written = &text.value;
    // The parser takes moments and dates without hyphens too.
    let day: Option<Date> = written.parse().ok().filter(|day: &Date| day.to_string() == *written);
    match day {
        Some(day) if day.year() == year => return Some(day_number(day)),
        Some(_) => reader.error(
            &text.span,
            say!("{written} is listed under the year {year}", "{written} được khai báo trong năm {year}"),
        ),
        None => reader.error(
            &text.span,
            say!(
                "`{written}` is not a date like 2026-01-31",
                "`{written}` không phải là ngày dạng 2026-01-31"
            ),
        ),
    };
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar(text: &str) -> Result<Calendar, Vec<String>> {
        let file = Arc::new(SourceText { name: "lich.yaml".to_owned(), text: text.to_owned() });
        Calendar::read(&file)
            .map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    #[test]
    fn a_missing_year_is_an_error() {
        let calendar = calendar("id: t\nyears: { 2026: { holidays: [2026-01-01] } }\n").unwrap();
        let working = calendar.working_days();
        let received = day_number("2026-12-30".parse().unwrap());
        assert_eq!(working.due(received, 1), Ok(received + 1));
        for (day, within, year) in
            [(received, 2, "2027"), (received + 2, 1, "2027"), (received - 365, 1, "2025")]
        {
            let CalendarError(error) = working.due(day, within).unwrap_err();
            assert!(error.en.contains(year) && error.vi.contains(year), "{error:?}");
        }
        // What comes on the last day of the year before is due in the calendar's first days.
        assert_eq!(working.due(received - 364, 1), Ok(received - 362));
    }

    /// Day by day, as one would count with a finger.
    fn counted(calendar: &Calendar, received: Date, within: u32) -> Result<Date, CalendarError> {
        let mut day = received;
        let mut left = within;
        while left > 0 {
            day = day.tomorrow().unwrap();
            left -= u32::from(calendar.is_working_day(day)?);
        }
        Ok(day)
    }

    proptest! {
        #[test]
        fn deadlines_are_what_counting_finds(
            holidays in prop::collection::btree_set(0i32..1_100, 0..60),
            listed in prop::collection::btree_set(2025i16..2028, 1..4),
            received in -3i32..1_200,
            within in 1u32..300,
        ) {
            let first = day_number("2025-01-01".parse().unwrap());
            let mut years: BTreeMap<i16, Year> = listed.iter().map(|&year| (year, Year::default())).collect();
            for day in holidays.iter().map(|day| first + day) {
                if let Some(year) = date_of(day).and_then(|date| years.get_mut(&date.year())) {
                    // A holiday, or a weekend that is worked.
                    match is_weekend(day) {
                        true => year.makeup.insert(day),
                        false => year.holidays.insert(day),
                    };
                }
            }
            let calendar = Calendar::new("t", years);
            let due = calendar.working_days().due(first + received, within);
            let model = counted(&calendar, date_of(first + received).unwrap(), within);
            prop_assert_eq!(due, model.map(day_number));
        }
    }

    #[test]
    fn ten_thousand_years_are_no_trouble() {
        let years = (1..=9999).map(|year| (year, Year::default())).collect();
        let working = Calendar::new("t", years).working_days();
        assert_eq!(working.due(0, 5), Ok(7));
        assert!(working.due(0, u32::MAX).unwrap_err().0.en.contains("9999"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = calendar(
            "id: t\nyears:\n  2026: { holidays: [2026-02-30, 2025-01-01, 2026-01-01, 2026-03-06T10:00, '20260306'], \
             makeup_working_days: [2026-01-01, 2026-03-06, 2026-03-07] }\n  \
             +2026: { holidays: [] }\n  02026: { holidays: [] }\n  \
             2026: { holidays: [] }\n  khác: { holidays: [] }\n  2027: { ngay_nghi: [] }\n",
        )
        .unwrap_err();
        assert_eq!(
            wrong,
            [
                "key `2026` appears twice in one map",
                "`2026-02-30` is not a date like 2026-01-31",
                "2025-01-01 is listed under the year 2026",
                "`2026-03-06T10:00` is not a date like 2026-01-31",
                "`20260306` is not a date like 2026-01-31",
                "2026-01-01 is both a holiday and a working day",
                "2026-03-06 is worked anyway: what is made up for is worked on a Saturday or Sunday",
                "`+2026` is not a year",
                "`02026` is not a year",
                "`khác` is not a year",
                "`holidays` is missing",
                "unknown key `ngay_nghi`",
            ]
        );
        assert_eq!(calendar("id: t\nyears: {}\n").unwrap_err(), ["the calendar lists no year"]);
    }

    #[test]
    fn days_of_columns() {
        assert_eq!(date_of(0).unwrap().to_string(), "1970-01-01");
        assert_eq!(date_of(20_513).unwrap().to_string(), "2026-03-01");
    }
}
