//! Whether the counts on a card can be added. No data has so many rows that they cannot, but a card may be written by anybody.

use super::scorecard::{DatabaseCard, MassCard, RuleCard, Scorecard, TableCard};
use crate::base::Text;
use crate::say;

/// Every sum that is made of a card is a part of the sum of all of its counts.
///
/// # Errors
/// Where on the card the sum leaves 64 bits, or a graded measure is worse than it can be.
pub fn check(card: &Scorecard) -> Result<(), Text> {
    let mut all = 0_u64;
    for database in &card.databases {
        for table in &database.tables {
            let more = || {
                let (database, table) = (&database.id, &table.id);
                say!(
                    "up to table `{table}` of database `{database}` its counts add up to more than 64 bits hold; no data has \
                     so many rows",
                    "tính đến bảng `{table}` của CSDL `{database}`, tổng các số đếm vượt quá 64 bit; không dữ liệu nào có \
                     nhiều bản ghi như vậy"
                )
            };
            all = counts(table).try_fold(all, u64::checked_add).ok_or_else(more)?;
            let worse = table.rules.iter().find(|rule| rule.mass.as_ref().is_some_and(|mass| !is_mass(mass)));
            if let Some(rule) = worse {
                return Err(beyond(database, table, rule));
            }
        }
    }
    Ok(())
}

fn counts(table: &TableCard) -> impl Iterator<Item = u64> {
    let rules = table.rules.iter().flat_map(|rule| {
        let units = rule.mass.as_ref().map_or(0, |mass| mass.units);
        [rule.pass, rule.fail, rule.na, rule.unknown, rule.when_unknown, units]
    });
    let files = table.files.iter().flat_map(|file| [file.rows, file.bytes]);
    [table.rows, table.clean.unwrap_or_default()].into_iter().chain(rules).chain(files)
}

/// Two numbers of 64 bits fit one of 128. What is no number is found where measures are made again.
fn is_mass(mass: &MassCard) -> bool {
    let most = u128::from(mass.units) * u128::from(mass.per_unit);
    mass.bad.parse::<u128>().map_or(true, |bad| bad <= most)
}

fn beyond(database: &DatabaseCard, table: &TableCard, rule: &RuleCard) -> Text {
    let (database, table, rule) = (&database.id, &table.id, &rule.id);
    say!(
        "rule `{rule}` of table `{table}` in database `{database}` states more badness than its units can have (`mass`)",
        "quy tắc `{rule}` của bảng `{table}` trong CSDL `{database}` ghi mức xấu lớn hơn mức tối đa (`mass`)"
    )
}
