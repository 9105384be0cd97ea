//! Working days. Holidays and make-up Saturdays are decided every year, so they are data; a year that is not in the
//! data is an error, never a silent Monday to Friday.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, Weekday};

use super::node;
use super::{At, Node, Reader};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Text};
use crate::kernel::date_format::civil;
use crate::say;

/// Which days are worked, of the years that it lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    years: BTreeMap<i16, Year>,
}

/// What differs in a year from Monday to Friday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// Days off.
    pub holidays: BTreeSet<Date>,
    /// Saturdays and Sundays that are worked.
    pub makeup: BTreeSet<Date>,
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
        let Some(year) = self.years.get(&number) else {
            let id = &self.id;
            return Err(CalendarError(say!(
                "calendar `{id}` does not list the year {number}",
                "lịch `{id}` chưa có năm {number}"
            )));
        };
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(year.makeup.contains(&day) || (!weekend && !year.holidays.contains(&day)))
    }

    /// The last day on which something received on `received` and due in `working_days` is on time; the day of receipt
    /// does not count.
    ///
    /// # Errors
    /// The deadline lies in a year that the calendar does not list.
    pub fn due_date(&self, received: Date, working_days: u32) -> Result<Date, CalendarError> {
        let mut day = received;
        let mut left = working_days;
        while left > 0 {
            day = day.tomorrow().map_err(|_| {
                CalendarError(say!("the deadline lies beyond the year 9999", "thời hạn nằm sau năm 9999"))
            })?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }
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
        let Some(year) = number.value.parse().ok().filter(|year| (1..=9999).contains(year)) else {
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
    let mut days = |texts: Vec<At<String>>| -> BTreeSet<Date> {
        texts.iter().filter_map(|text| day_of(text, number, reader)).collect()
    };
    let holidays = days(holidays?);
    let named = makeup.unwrap_or_default();
    let makeup = days(named.clone());
    if let Some(day) = holidays.intersection(&makeup).next() {
        let span = named.iter().find(|text| text.value == day.to_string()).map_or(&node.span, |at| &at.span);
        reader.error(
            span,
            say!("{day} is both a holiday and a working day", "{day} vừa là ngày nghỉ vừa là ngày làm việc"),
        );
    }
    Some(Year { holidays, makeup })
}

fn day_of(text: &At<String>, year: i16, reader: &mut Reader) -> Option<Date> {
    let written = &text.value;
    let day: Option<Date> = written.parse().ok();
    match day {
        Some(day) if day.year() == year => return Some(day),
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
    use super::*;

    fn calendar(text: &str) -> Result<Calendar, Vec<String>> {
        let file = Arc::new(SourceText { name: "lich.yaml".to_owned(), text: text.to_owned() });
        Calendar::read(&file)
            .map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    #[test]
    fn a_missing_year_is_an_error() {
        let calendar = calendar("id: t\nyears: { 2026: { holidays: [2026-01-01] } }\n").unwrap();
        let received: Date = "2026-12-30".parse().unwrap();
        assert_eq!(calendar.due_date(received, 1).unwrap().to_string(), "2026-12-31");
        let CalendarError(error) = calendar.due_date(received, 2).unwrap_err();
        assert!(error.en.contains("2027") && error.vi.contains("2027"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = calendar(
            "id: t\nyears:\n  2026: { holidays: [2026-02-30, 2025-01-01, 2026-01-01], makeup_working_days: [2026-01-01] }\n  \
             2026: { holidays: [] }\n  khác: { holidays: [] }\n  2027: { ngay_nghi: [] }\n",
        )
        .unwrap_err();
        assert_eq!(
            wrong,
            [
                "key `2026` appears twice in one map",
                "`2026-02-30` is not a date like 2026-01-31",
                "2025-01-01 is listed under the year 2026",
                "2026-01-01 is both a holiday and a working day",
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
