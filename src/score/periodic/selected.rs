//! Which scorecards are of the period, which of the one before, and which of neither.

use std::collections::BTreeSet;

use super::period::{Period, day_of, written};
use crate::base::Text;
use crate::rule::catalog::listed;
use crate::say;
use crate::score::league::{Apart, Given};
use crate::score::scorecard::DatabaseCard;

/// Scorecards by what they are to the report.
#[derive(Default)]
pub struct Selected {
    pub now: Vec<Given>,
    pub before: Vec<Given>,
    pub outside: Vec<Apart>,
    pub outside_before: Vec<Apart>,
}

/// Sorts scorecards by their days. `given` may be of the period, or of the one before it; `earlier` were handed in to be
/// compared with, are of any time before the period, and where there are some nothing else is compared with. Of one agency
/// only, if one is named.
///
/// # Errors
/// No scorecard speaks of that agency.
pub fn select(
    given: Vec<Given>,
    earlier: Vec<Given>,
    period: &Period,
    agency: Option<&str>,
) -> Result<Selected, Text> {
    let named = !earlier.is_empty();
    let (given, earlier) = match agency {
        Some(agency) => (of_agency(given, agency)?, of_agency(earlier, agency).unwrap_or_default()),
        None => (given, earlier),
    };
    let before = period.before();
    let mut selected = Selected::default();
    for it in given {
        match day_of(&it.card.as_of) {
            Some(day) if period.contains(day) => selected.now.push(it),
            Some(day) if before.as_ref().is_some_and(|before| before.contains(day)) => {
                if named {
                    let because = say!(
                        "of the period before, but others are named to be compared with",
                        "thuộc kỳ trước, nhưng đã chỉ định số liệu khác để so sánh"
                    );
                    let because = vec![because];
                    selected.outside_before.push(Apart { card: it.name, database: None, because });
                } else {
                    selected.before.push(it);
                }
            }
            _ => selected.outside.push(apart(&it, period)),
        }
    }
    for it in earlier {
        match day_of(&it.card.as_of) {
            Some(day) if day < period.from => selected.before.push(it),
            Some(day) => {
                let (day, from) = (written(day), written(period.from));
                let because = say!(
                    "of {day}, which is not before the period (from {from})",
                    "số liệu ngày {day}, không phải trước kỳ báo cáo (từ {from})"
                );
                selected.outside_before.push(Apart { card: it.name, database: None, because: vec![because] });
            }
            None => selected.outside_before.push(apart(&it, period)),
        }
    }
    Ok(selected)
}

fn apart(given: &Given, period: &Period) -> Apart {
    let as_of = &given.card.as_of;
    let because = match day_of(as_of) {
        None => say!("`{as_of}` is not a moment in time", "`{as_of}` không phải là một thời điểm"),
        Some(day) => {
            let (day, period) = (written(day), &period.name);
            say!("of {day}, outside of the period {period}", "số liệu ngày {day}, ngoài kỳ báo cáo {period}")
        }
    };
    Apart { card: given.name.clone(), database: None, because: vec![because] }
}

/// Who answers for a database: as the catalogue has it, and for what it does not list, as the card says.
fn keeper(database: &DatabaseCard) -> Option<&str> {
    listed(&database.id).map_or(database.agency.as_deref(), |entry| Some(entry.agency))
}

/// Only the databases of an agency.
fn of_agency(given: Vec<Given>, agency: &str) -> Result<Vec<Given>, Text> {
    let mut known = BTreeSet::new();
    let mut kept = Vec::new();
    for mut it in given {
        known.extend(it.card.databases.iter().filter_map(keeper).map(str::to_owned));
        it.card.databases.retain(|database| keeper(database) == Some(agency));
        if !it.card.databases.is_empty() {
            kept.push(it);
        }
    }
    if kept.is_empty() {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(say!(
            "no scorecard is of the agency `{agency}`; there are some of {known}",
            "không có bảng điểm nào của cơ quan `{agency}`; chỉ có của {known}"
        ));
    }
    Ok(kept)
}
