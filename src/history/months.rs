//! The last record of each month: what monthly reports were, as far as counts tell.

use std::collections::BTreeMap;

use super::restate::restated;
use super::{Store, StoreError};
use crate::kernel::calendar::Period;
use crate::say;
use crate::score::rebuild::Report;
use crate::score::{Methodology, league::Apart};

/// A calendar month.
const MONTH: Period = Period::Months(1);

/// The last records of the last months of every database, scored again by this program's methodology; and those that
/// cannot be, with the reason. `from` is what a reader is told of their origin.
///
/// # Errors
/// [`StoreError`]: the history cannot be read.
pub fn reports(store: &Store, months: u32, from: &str) -> Result<(Vec<Report>, Vec<Apart>), StoreError> {
    let definitions = store.definitions()?;
    let (mut reports, mut apart) = (Vec::new(), Vec::new());
    for database in store.databases()? {
        let mut last: BTreeMap<i64, u64> = BTreeMap::new();
        for standing in store.standings(&database)? {
            last.insert(MONTH.number(standing.moment), standing.sequence);
        }
        for sequence in last.into_values().rev().take(months as usize) {
            let record = store.record(sequence)?;
            let scored = match definitions.get(&record.definition) {
                None => Err(say!(
                    "its rules are not in the history",
                    "lịch sử không có các quy tắc của bản ghi này"
                )),
                Some(definition) => restated(&record, definition, definition.profile)
                    .map(|card| (card, Methodology::new(definition.profile).id())),
            };
            match scored {
                Ok((card, methodology)) => reports.push(Report {
                    from: from.to_owned(),
                    as_of: record.as_of,
                    methodology,
                    card,
                    figures: false,
                    digest: String::new(),
                }),
                Err(why) => apart.push(Apart {
                    card: format!("{from}: {sequence}"),
                    database: Some(database.clone()),
                    because: vec![why],
                }),
            }
        }
    }
    Ok((reports, apart))
}
