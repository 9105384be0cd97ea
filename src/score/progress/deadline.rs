//! Deadlines as the texts print them: a day, a month, a quarter. Each says where it comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::kernel::date_format::{days, default_date, format_date};
use crate::rule::Catalog;
use crate::rule::catalog::Entry;
use crate::say;

/// The text that holds Appendix II.
const APPENDIX: &str = "nq214";
/// News, not a text of an authority.
const NEWS: &str = "ttxvn";

/// How far a deadline can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Printed in a text of an authority, read from one copy of it.
    Printed,
    /// Told by news alone: to be confirmed.
    Reported,
}

impl Trust {
    pub fn label(self) -> Text {
        match self {
            Self::Printed => say!("printed, read from one copy", "theo văn bản, đọc từ một bản sao"),
            Self::Reported => say!("reported, to be confirmed", "theo tin báo chí, cần xác nhận"),
        }
    }
}

/// When a database is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deadline {
    /// As printed: `2025-12-31`, `2026-09`, `2026-Q2`.
    pub text: String,
    /// The last day that it leaves, YYYY-MM-DD; null if what is printed names no day.
    pub last_day: Option<String>,
    /// Days from the moment of the report to the last day; negative once it is past.
    pub days_left: Option<i64>,
    /// The texts that name it, by the ids of `sources`.
    pub sources: Vec<String>,
    /// How far it can be relied on.
    pub trust: Trust,
}

impl Deadline {
    fn new(text: &str, sources: Vec<String>, today: i32) -> Self {
        let last = last_day(text);
        Self {
            text: text.to_owned(),
            last_day: last.map(format_date),
            days_left: last.map(|last| i64::from(last) - i64::from(today)),
            trust: if sources.iter().all(|source| source == NEWS) { Trust::Reported } else { Trust::Printed },
            sources,
        }
    }

    /// In words: the last day, and how far it is away.
    pub fn told(&self) -> Text {
        let text = &self.text;
        let (Some(day), Some(left)) = (&self.last_day, self.days_left) else {
            return say!("{text}: not a day", "{text}: không rõ ngày");
        };
        let away = left.unsigned_abs();
        match left {
            0 => say!("{day}: today", "{day}: hôm nay"),
            1 => say!("{day}: 1 day left", "{day}: còn 1 ngày"),
            2.. => say!("{day}: {away} days left", "{day}: còn {away} ngày"),
            -1 => say!("{day}: 1 day past", "{day}: quá hạn 1 ngày"),
            _ => say!("{day}: {away} days past", "{day}: quá hạn {away} ngày"),
        }
    }
}

/// What Appendix II says of a priority database, then what other texts say of it, in their order.
pub fn deadlines(catalog: &Catalog, entry: &Entry, today: i32) -> Vec<Deadline> {
    let Some(priority) = &entry.priority else { return Vec::new() };
    let own = Deadline::new(&priority.deadline, vec![APPENDIX.to_owned()], today);
    let named = catalog.other_systems.iter().filter(|system| {
        let of = |id: &String| *id == entry.id || priority.entries.contains(id);
        system.entry.as_ref().is_some_and(of)
    });
    let later = named.filter_map(|system| {
        let text = system.deadline.as_ref()?;
        Some(Deadline::new(text, system.named_in.clone(), today))
    });
    std::iter::once(own).chain(later).collect()
}

/// The last day of a day, a month, a quarter or a year; `None` of anything else.
fn last_day(text: &str) -> Option<i32> {
    if let Some(day) = default_date().parse_date(text) {
        return Some(day);
    }
    let (year, part) = text.split_once('-').map_or((text, None), |(year, part)| (year, Some(part)));
    let year: u32 = year.parse().ok()?;
    let month: u32 = match part {
        None => 12,
        Some(part) => match part.strip_prefix('Q') {
            Some(quarter) => quarter.parse::<u32>().ok().filter(|quarter| (1..=4).contains(quarter))? * 3,
            None => part.parse().ok().filter(|month| (1..=12).contains(month))?,
        },
    };
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some(days(year, month, 1)? - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_quarters_and_years_end_on_their_last_day() {
        for (text, day) in [
            ("2025-12-31", Some("2025-12-31")),
            ("2026-09", Some("2026-09-30")),
            ("2024-02", Some("2024-02-29")),
            ("2026-12", Some("2026-12-31")),
            ("2026-Q2", Some("2026-06-30")),
            ("2026-Q4", Some("2026-12-31")),
            ("2026", Some("2026-12-31")),
            ("< 2026-01", None),
            ("2026-Q5", None),
            ("2026-13", None),
            ("soon", None),
        ] {
            assert_eq!(last_day(text).map(format_date).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn days_are_counted_to_the_last_one() {
        let today = default_date().parse_date("2026-09-29").unwrap();
        let said = |text: &str| Deadline::new(text, vec![NEWS.to_owned()], today).told().en;
        assert_eq!(said("2026-09"), "2026-09-30: 1 day left");
        assert_eq!(said("2026-09-29"), "2026-09-29: today");
        assert_eq!(said("2026-09-28"), "2026-09-28: 1 day past");
        assert_eq!(said("2025-12-31"), "2025-12-31: 272 days past");
        assert_eq!(said("soon"), "soon: not a day");
        assert_eq!(Deadline::new("2026", vec![NEWS.to_owned()], today).trust, Trust::Reported);
    }

    #[test]
    fn every_priority_database_has_the_deadline_of_the_appendix() {
        let catalog = Catalog::shipped();
        for entry in &catalog.priority {
            let all = deadlines(catalog, entry, 0);
            assert!(all[0].last_day.is_some() && all[0].sources == [APPENDIX], "{}", entry.id);
        }
        let land = catalog.priority.iter().find(|entry| entry.id.starts_with("p09")).unwrap();
        assert!(deadlines(catalog, land, 0).iter().any(|deadline| deadline.text == "2026-09"));
    }
}
