//! Violations by column: what all rules that look at a column found.

use std::collections::BTreeMap;

use super::{Columns, Ink, Of, Sheet, Value, each_database, sheet};
use crate::base::{Lang, Severity};
use crate::report::collection::Reported;
use crate::say;
use crate::score::fix_first::FixLevel;
use crate::score::scorecard::{RuleCard, TableCard};

/// A column of a table, and what was found at it.
struct Row<'a> {
    of: Of<'a>,
    table: &'a TableCard,
    name: &'a str,
    rules: Vec<&'a RuleCard>,
}

impl<'a> Row<'a> {
    fn failing(&self) -> impl Iterator<Item = &'a RuleCard> {
        self.rules.iter().copied().filter(|rule| rule.fail > 0)
    }

    fn worst(&self) -> Option<Severity> {
        self.failing().map(|rule| rule.severity).max()
    }

    /// The rule that most units fail; of several, the first.
    fn gravest(&self) -> Option<&'a RuleCard> {
        self.failing().reduce(|most, rule| if rule.fail > most.fail { rule } else { most })
    }
}

/// The columns of a table in the order in which its rules name them.
fn rows<'a>(of: Of<'a>, table: &'a TableCard) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &table.rules {
        for name in &rule.columns {
            let at = *known.entry(name).or_insert_with(|| {
                rows.push(Row { of, table, name, rules: Vec::new() });
                rows.len() - 1
            });
            rows[at].rules.push(rule);
        }
    }
    rows
}

/// Counts that are added up; more than there are numbers is the last of them.
fn sum(counts: impl Iterator<Item = u64>) -> Value {
    Value::Count(counts.fold(0, u64::saturating_add))
}

pub fn violations(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Row<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |row, _| Value::text(&row.of.1.id))
        .column(say!("Table", "Bảng"), 20, |row, _| Value::text(&row.table.id))
        .column(say!("Column", "Cột"), 24, |row, _| Value::text(row.name))
        .column(say!("Rules", "Số quy tắc"), 10, |row, _| Value::Count(row.rules.len() as u64))
        .column(say!("Rules with defects", "Quy tắc có lỗi"), 12, |row, _| {
            Value::Count(row.failing().count() as u64)
        })
        .ink(Ink::Defects)
        .column(say!("Failed", "Lỗi"), 12, |row, _| sum(row.rules.iter().map(|rule| rule.fail)))
        .ink(Ink::Defects)
        .column(say!("Unknown", "Chưa rõ"), 12, |row, _| sum(row.rules.iter().map(|rule| rule.unknown)))
        .ink(Ink::Defects)
        .column(say!("Worst severity", "Mức nặng nhất"), 14, |row, lang| {
            row.worst().map_or(Value::Nothing, |severity| Value::said(&severity.label(), lang))
        })
        .column(say!("Rule that most fail", "Quy tắc nhiều lỗi nhất"), 34, |row, _| {
            Value::text(row.gravest().map_or("", |rule| &rule.id))
        })
        .column(say!("Would win back", "Điểm tăng nếu sạch"), 14, |row, _| {
            let mut fixes = row.of.1.fix_first.iter();
            let fix = fixes.find(|fix| {
                fix.level == FixLevel::Column
                    && fix.table == row.table.id
                    && fix.column.as_deref() == Some(row.name)
            });
            Value::decimal(fix.map(|fix| fix.gain.as_str()))
        })
        .origin(|row| row.of.0);
    let all = each_database(cards).flat_map(|of| of.1.tables.iter().flat_map(move |table| rows(of, table)));
    sheet(say!("Violations by column", "Lỗi theo cột"), columns, all, lang)
}
