//! The windows of a period: every day from one to another, every month, every working day.

use std::ops::Range;

use jiff::Span as Length;
use schemars::JsonSchema;

use super::super::calendar_file::CalendarFile;
use super::super::limit::AS_OF;
use crate::base::Text;
use crate::kernel::calendar::Period;
use crate::kernel::date_format::{civil, days, default_date, format_date};
use crate::rule::arguments::{Choice, Field};
use crate::rule::calendar::{CalendarError, date_of};
use crate::rule::{At, Node, ParseContext};
use crate::say;

const DAY_MICROS: i64 = 86_400_000_000;

/// More windows than this are a mistake.
const MOST: i64 = 1_000_000;

/// How long a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Every {
    Day,
    WorkingDay,
    Week,
    Month,
    Quarter,
    Year,
}

impl Choice for Every {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("day", Self::Day),
        ("working_day", Self::WorkingDay),
        ("week", Self::Week),
        ("month", Self::Month),
        ("quarter", Self::Quarter),
        ("year", Self::Year),
    ];

    fn what() -> Text {
        say!("window of time", "khoảng thời gian")
    }
}

impl Every {
    const fn period(self) -> Period {
        match self {
            Self::Day | Self::WorkingDay => Period::Micros(DAY_MICROS),
            Self::Week => Period::Micros(7 * DAY_MICROS),
            Self::Month => Period::Months(1),
            Self::Quarter => Period::Months(3),
            Self::Year => Period::Months(12),
        }
    }

    /// A window by the day on which it begins.
    fn name(self, day: i32) -> String {
        let (year, month, _) = civil(day);
        match self {
            Self::Day | Self::WorkingDay | Self::Week => format_date(day),
            Self::Month => format!("{year:04}-{month:02}"),
            Self::Quarter => format!("{year:04}-Q{}", month.div_ceil(3)),
            Self::Year => format!("{year:04}"),
        }
    }
}

/// A period and its windows.
#[derive(Debug)]
pub struct Span {
    pub every: Every,
    from: Edge,
    upto: Option<Edge>,
    calendar: Option<CalendarFile>,
}

/// A day: by its date, or so long before the moment of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Date(i32),
    Before(Period),
    AsOf,
}

impl Edge {
    fn read(node: &Node, context: &mut ParseContext<'_>) -> Option<At<Self>> {
        let text = context.reader.text(node)?;
        let edge = match text.value.trim().strip_prefix(AS_OF).map(str::trim) {
            Some("") => Some(Self::AsOf),
            Some(rest) => rest.strip_prefix('-').and_then(Period::parse).map(Self::Before),
            None => default_date().parse_date(&text.value).map(Self::Date),
        };
        let whole_days =
            |edge: &Self| !matches!(edge, Self::Before(Period::Micros(length)) if length % DAY_MICROS != 0);
        if edge.as_ref().is_none_or(|edge| !whole_days(edge)) {
            let value = &text.value;
            context
                .reader
                .error(&text.span, say!("`{value}` is no day", "`{value}` không phải một ngày"))
                .hint = Some(say!(
                "write 2026-01-31, `as_of`, `as_of - 30d` or `as_of - 1mo`",
                "viết 2026-01-31, `as_of`, `as_of - 30d` hoặc `as_of - 1mo`"
            ));
            return None;
        }
        edge.map(|edge| At { value: edge, span: text.span })
    }

    /// Days since 1970-01-01.
    fn day(self, as_of: i64) -> Option<i32> {
        let today = i32::try_from(as_of.div_euclid(DAY_MICROS)).ok()?;
        match self {
            Self::Date(day) => Some(day),
            Self::AsOf => Some(today),
            Self::Before(Period::Micros(length)) => {
                today.checked_sub(i32::try_from(length / DAY_MICROS).ok()?)
            }
            Self::Before(Period::Months(months)) => {
                // The last day of a month is a month before the last day of the next.
                let before = date_of(today)?.checked_sub(Length::new().try_months(months).ok()?).ok()?;
                let [year, month, day] =
                    [i64::from(before.year()), before.month().into(), before.day().into()];
                days(u32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
            }
        }
    }
}

impl Field for Span {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let mut fields = context.reader.fields(node)?;
        let every = fields.required("every", context.reader).and_then(|node| Every::of(node, context));
        let from = fields.required("from", context.reader).and_then(|node| Edge::read(node, context));
        let upto = fields.optional("upto").map(|node| Edge::read(node, context));
        let calendar = <Option<CalendarFile> as Field>::read("calendar", &mut fields, context);
        fields.finish(context.reader);
        let (every, from, calendar) = (every?, from?, calendar?);
        let upto = upto.map_or(Some(None), |edge| edge.map(Some))?;
        let what = match (every, &calendar) {
            (Every::WorkingDay, None) => Some(say!("`calendar` is missing", "thiếu `calendar`")),
            (Every::WorkingDay, Some(_)) | (_, None) => None,
            (_, Some(_)) => {
                Some(say!("`calendar` belongs to `working_day`", "`calendar` chỉ dùng với `working_day`"))
            }
        };
        let what = what.or_else(|| match (from.value, upto.as_ref().map(|edge| edge.value)) {
            (Edge::Date(first), Some(Edge::Date(last))) if first > last => {
                let (first, last) = (format_date(first), format_date(last));
                Some(say!(
                    "no day is between {first} and {last}",
                    "không có ngày nào nằm giữa {first} và {last}"
                ))
            }
            _ => None,
        });
        if let Some(what) = what {
            context.reader.error(&node.span, what);
            return None;
        }
        Some(Self { every, from: from.value, upto: upto.map(|edge| edge.value), calendar })
    }
}

/// Windows that are expected, by their numbers, with their names.
pub struct Windows {
    pub windows: Period,
    pub expected: Vec<(i64, String)>,
}

impl Span {
    /// The number of a window before which none is ever expected, whatever the moment of the run.
    pub fn not_before(&self) -> i64 {
        match self.from {
            Edge::Date(day) => self.every.period().number(i64::from(day) * DAY_MICROS),
            _ => i64::MIN,
        }
    }

    /// Those that are over at the moment of the run.
    ///
    /// # Errors
    /// There are too many, or the calendar does not list a year.
    pub fn windows(&self, as_of: i64) -> Result<Windows, Text> {
        let windows = self.every.period();
        let expected = self.numbers(as_of).filter_map(|number| {
            let day = i32::try_from(windows.start(number)?.div_euclid(DAY_MICROS)).ok()?;
            match self.is_expected(day) {
                Ok(false) => None,
                Ok(true) => Some(Ok((number, self.every.name(day)))),
                Err(CalendarError(why)) => Some(Err(why)),
            }
        });
        let expected: Vec<(i64, String)> = expected.take(MOST as usize + 1).collect::<Result<_, _>>()?;
        if expected.len() as i64 > MOST {
            return Err(say!(
                "more than {MOST} windows of time are expected; choose longer ones, or a later `from`",
                "có hơn {MOST} khoảng thời gian phải có; hãy chọn khoảng dài hơn hoặc `from` muộn hơn"
            ));
        }
        Ok(Windows { windows, expected })
    }

    fn numbers(&self, as_of: i64) -> Range<i64> {
        let period = self.every.period();
        let number = |edge: Edge| edge.day(as_of).map(|day| period.number(i64::from(day) * DAY_MICROS));
        // The window of the moment of the run is not over.
        let over = period.number(as_of) - 1;
        let last = self.upto.and_then(number).map_or(over, |last| last.min(over));
        match number(self.from) {
            Some(first) => first..last.saturating_add(1),
            None => 0..0,
        }
    }

    fn is_expected(&self, day: i32) -> Result<bool, CalendarError> {
        match (&self.calendar, date_of(day)) {
            (Some(calendar), Some(date)) => calendar.0.is_working_day(date),
            _ => Ok(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(every: Every, from: Edge, upto: Option<Edge>, as_of: &str) -> Vec<String> {
        let as_of = i64::from(default_date().parse_date(as_of).unwrap()) * DAY_MICROS + DAY_MICROS / 2;
        let span = Span { every, from, upto, calendar: None };
        span.windows(as_of).unwrap().expected.into_iter().map(|(_, name)| name).collect()
    }

    fn date(text: &str) -> Edge {
        Edge::Date(default_date().parse_date(text).unwrap())
    }

    #[test]
    fn windows_that_are_over_have_names() {
        assert_eq!(
            names(Every::Day, date("2026-02-27"), None, "2026-03-02"),
            ["2026-02-27", "2026-02-28", "2026-03-01"]
        );
        assert_eq!(
            names(Every::Day, date("2026-03-01"), Some(date("2026-12-31")), "2026-03-03"),
            ["2026-03-01", "2026-03-02"]
        );
        assert_eq!(
            names(Every::Month, date("2025-12-31"), None, "2026-03-02"),
            ["2025-12", "2026-01", "2026-02"]
        );
        assert_eq!(names(Every::Quarter, date("2025-11-30"), None, "2026-05-02"), ["2025-Q4", "2026-Q1"]);
        assert_eq!(names(Every::Year, date("2024-11-30"), None, "2026-05-02"), ["2024", "2025"]);
        assert_eq!(names(Every::Week, date("2026-11-11"), None, "2026-11-22"), ["2026-11-09"]);
        assert!(names(Every::Day, date("2026-03-02"), None, "2026-03-02").is_empty(), "today is not over");
    }

    #[test]
    fn edges_move_with_the_moment_of_the_run() {
        let two_days = Edge::Before(Period::parse("2d").unwrap());
        assert_eq!(names(Every::Day, two_days, None, "2026-03-02"), ["2026-02-28", "2026-03-01"]);
        let yesterday = Some(Edge::Before(Period::parse("1d").unwrap()));
        assert_eq!(names(Every::Day, two_days, yesterday, "2026-03-02"), ["2026-02-28", "2026-03-01"]);
        let a_month = Edge::Before(Period::parse("1mo").unwrap());
        assert_eq!(names(Every::Month, a_month, None, "2026-03-31"), ["2026-02"], "clamped to 28 February");
        assert!(names(Every::Day, Edge::AsOf, None, "2026-03-02").is_empty());
    }

    #[test]
    fn too_many_windows_are_refused() {
        let span = Span { every: Every::Day, from: date("0001-01-01"), upto: None, calendar: None };
        assert!(
            span.windows(i64::from(default_date().parse_date("9999-12-31").unwrap()) * DAY_MICROS).is_err()
        );
    }
}
