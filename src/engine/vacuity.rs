//! Rules against poison: values that some rule or other ought to object to. A rule that none of them can break says
//! nothing about any data, however good its score looks.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::rehearsal::{Rehearsal, Row};
use crate::base::Diagnostic;
use crate::base::random::SplitMix64;
use crate::kernel::date_format::{default_date, format_date};
use crate::rule::{At, Demand, Rule, Table};
use crate::say;

/// How a rule stood against poison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// Rows of poison that it failed.
    pub killed: u64,
    /// Those that it had something to say about.
    pub applicable: u64,
}

impl Strength {
    /// Nothing that it judged could break it.
    pub fn is_vacuous(self) -> bool {
        self.killed == 0 && self.applicable > 0
    }
}

/// Nothing, blanks, stand-ins, garbage, wrong lengths, wrong check digits, dates that are not or not yet, wrong types,
/// damaged text; and values that are right in many a column, beside which others are wrong.
const POISON: [&str; 56] = [
    "",
    " ",
    "-",
    "x",
    "?",
    "N/A",
    "không rõ",
    "đang cập nhật",
    "0",
    "00",
    "1",
    "-1",
    "2",
    "7",
    "100",
    "101",
    "-0.5",
    "3.14159",
    "0.0001",
    "1e3",
    "12345",
    "999999",
    "000000000000",
    "123456789012",
    "001099012345",
    "001099012346",
    "0912345678",
    "0100109106",
    "0100109107",
    "99999999999999999999999999",
    "-99999999999999999999999999",
    "abc",
    "ABC",
    "a b",
    "a  b",
    " a",
    "a\u{0}b",
    "Nguyễn Văn An",
    "NGUYỄN VĂN AN",
    "TrÆ°á»ng",
    "Hoµ B×nh",
    "Hoà Bình",
    "A1",
    "true",
    "false",
    "1899-12-31",
    "1900-01-01",
    "1990-06-15",
    "2024-02-29",
    "2024-02-30",
    "2024-13-45",
    "31/12/2024",
    "2024-06-30T12:00:00",
    "2150-01-01",
    "9999-12-31",
    "202413",
];

/// Rows for a rule over several columns.
const MIXED: u64 = 600;

/// Characters of the longest text that is tried: what allows more allows everything.
const LONGEST: u64 = 100_000;

/// A rule over several columns that judged fewer rows has not been tried.
const TRIED: u64 = 30;

/// The rules of a table against poison, in their order; `None` for those that judge more than a row at a time.
pub fn strengths(table: &Table, as_of: i64) -> Vec<Option<Strength>> {
    let mut columns: Vec<String> = table.columns.iter().map(|column| column.name.value.clone()).collect();
    for name in table.rules.iter().flat_map(|rule| rule.spec.columns().into_iter().chain(when_columns(rule)))
    {
        if !columns.contains(&name.value) {
            columns.push(name.value);
        }
    }
    let Ok(rehearsal) = catch_unwind(AssertUnwindSafe(|| Rehearsal::new(table, &columns, as_of))) else {
        return vec![None; table.rules.len()];
    };
    let strength = |(at, rule): (usize, &Rule)| {
        if rule.lacking.is_some() {
            return None;
        }
        let rows = poisoned(rule, &columns);
        let rows: Vec<&Row> = rows.iter().collect();
        // A rule that panics is reported by the scan.
        let verdict = catch_unwind(AssertUnwindSafe(|| rehearsal.verdict(at, &rows))).ok()??;
        let unknown = verdict.unknown.as_ref().map_or(0, |rows| rows.count_set_bits());
        let strength = Strength {
            killed: verdict.fail.count_set_bits() as u64,
            applicable: (verdict.applicable.count_set_bits() - unknown) as u64,
        };
        let tried = strength.killed > 0 || read(rule).len() < 2 || strength.applicable >= TRIED;
        tried.then_some(strength)
    };
    table.rules.iter().enumerate().map(strength).collect()
}

/// What to tell of the vacuous rules of a table.
pub fn findings(table: &Table, as_of: i64) -> Vec<Diagnostic> {
    let vacuous = |(rule, strength): (&Rule, Option<Strength>)| {
        strength.is_some_and(Strength::is_vacuous).then(|| finding(rule))
    };
    table.rules.iter().zip(strengths(table, as_of)).filter_map(vacuous).collect()
}

pub fn finding(rule: &Rule) -> Diagnostic {
    let id = &rule.id;
    Diagnostic::warning(say!(
        "rule `{id}` cannot fail: no wrong value that was tried on it did; it counts nowhere",
        "quy tắc `{id}` không thể không đạt: mọi giá trị sai đem thử đều qua; quy tắc không được tính"
    ))
    .at(rule.place.clone())
    .hint(say!("make it ask for something, or remove it", "viết lại cho chặt hơn, hoặc bỏ quy tắc"))
}

fn when_columns(rule: &Rule) -> Vec<At<String>> {
    let Some(when) = &rule.when else { return Vec::new() };
    let named = when.value.columns().iter();
    named.map(|name| At { value: name.clone(), span: when.span.clone() }).collect()
}

/// All columns that a rule looks at.
fn read(rule: &Rule) -> BTreeSet<String> {
    rule.spec.columns().into_iter().chain(when_columns(rule)).map(|column| column.value).collect()
}

/// Rows of poison for one rule: every value by itself for a rule over one column; mixtures for others, with what the
/// rule names as likely as all else together, so that its conditions come true.
fn poisoned(rule: &Rule, columns: &[String]) -> Vec<Row> {
    let own = named_values(rule);
    let places: Vec<usize> =
        read(rule).iter().filter_map(|name| columns.iter().position(|column| column == name)).collect();
    let row = |values: &[(usize, Option<&str>)]| {
        let mut row: Row = vec![None; columns.len()];
        for (place, value) in values {
            row[*place] = value.map(str::to_owned);
        }
        row
    };
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    if let [only] = places.as_slice() {
        let values = POISON.iter().copied().chain(own).map(Some).chain([None]);
        return values.map(|value| row(&[(*only, value)])).collect();
    }
    let mut random = SplitMix64::new(0);
    let mut draw = |end: usize| usize::try_from(random.next() % end.max(1) as u64).unwrap_or_default();
    (0..MIXED)
        .map(|_| {
            let values: Vec<(usize, Option<&str>)> = places
                .iter()
                .map(|&place| {
                    let value = match draw(16) {
                        0 => None,
                        1..=7 if !own.is_empty() => Some(own[draw(own.len())]),
                        _ => Some(POISON[draw(POISON.len())]),
                    };
                    (place, value)
                })
                .collect();
            row(&values)
        })
        .collect()
}

/// What the rule itself names: bounds with their neighbours, words, codes.
fn named_values(rule: &Rule) -> Vec<String> {
    let mut values = Vec::new();
    for demand in rule.spec.demands() {
        match demand {
            Demand::Within { low, high } => {
                low.iter().chain(&high).for_each(|bound| around(bound, &mut values))
            }
            Demand::Listed { list, .. } => {
                values.extend(list.entries().iter().take(5).map(|entry| entry.code.clone()));
            }
            Demand::Holds(shape) => {
                shape.literals().iter().for_each(|literal| around(literal, &mut values));
            }
            Demand::Length { low, high } => {
                let beside = [low.saturating_sub(1), high.saturating_add(1)];
                values.extend(beside.into_iter().filter(|&length| length <= LONGEST).map(|length| {
                    let length = usize::try_from(length).unwrap_or_default();
                    "Ab1 ".repeat(length / 4) + &"x".repeat(length % 4)
                }));
            }
            Demand::Gender { female, male, .. } => values.extend(female.into_iter().chain(male)),
            _ => {}
        }
    }
    let when = rule.when.iter().flat_map(|when| when.value.shape().literals());
    when.for_each(|literal| around(&literal, &mut values));
    values
}

/// A value and its neighbours, if it is a number or a day.
fn around(text: &str, values: &mut Vec<String>) {
    values.push(text.to_owned());
    if let Ok(number) = text.parse::<i64>() {
        values.extend([number.saturating_sub(1).to_string(), number.saturating_add(1).to_string()]);
    } else if let Some(day) = default_date().parse_date(text) {
        values.extend([format_date(day.saturating_sub(1)), format_date(day.saturating_add(1))]);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::base::diagnostic::SourceText;
    use crate::kind::KINDS;

    fn table(rules: &[&str]) -> Table {
        let head = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    columns:\n      a: text\n      b: text\n      \
                    n: decimal\n      d: date\n    rules:\n";
        let text: String = rules.iter().map(|rule| format!("      - {rule}\n")).collect();
        let file = SourceText { name: "t.yaml".to_owned(), text: format!("{head}{text}") };
        let (database, diagnostics) = crate::rule::file::parse(&Arc::new(file), Path::new("."), KINDS);
        let mut database = database.unwrap_or_else(|| panic!("{diagnostics:?}"));
        database.tables.remove(0)
    }

    fn vacuous(rules: &[&str]) -> Vec<String> {
        let table = table(rules);
        let strengths = strengths(&table, 1_767_225_600_000_000);
        let all = table.rules.iter().zip(strengths);
        all.filter(|(rule, s)| !rule.implied && s.is_some_and(Strength::is_vacuous))
            .map(|(rule, _)| rule.id.clone())
            .collect()
    }

    #[test]
    fn what_nothing_can_break_is_found() {
        let found = vacuous(&[
            "{ id: anything, matches: { column: a, regex: '(?s).*' } }",
            "{ id: true, expect: 'true' }",
            "{ id: itself, expect: 'a = a' }",
            "{ id: any-length, length: { column: a, min: 0 } }",
            "{ id: absent-too, expect: 'a IS NULL OR a IS NOT NULL' }",
            "{ id: arithmetic, expect: 'n - n = 0' }",
        ]);
        assert_eq!(found, ["anything", "true", "itself", "any-length", "absent-too", "arithmetic"]);
    }

    #[test]
    fn what_asks_for_something_is_not() {
        let none: [&str; 0] = [];
        let rules = [
            "{ not_null: a }",
            "{ matches: { column: a, regex: '[a-z]{40}' } }",
            "{ matches: { column: a, format: vn.cccd } }",
            "{ clean_text: a }",
            "{ length: { column: a, max: 5000 } }",
            "{ in_range: { column: n, min: -1000000000, max: 1000000000000 } }",
            "{ in_range: { column: d, max: as_of } }",
            "{ in_set: { column: a, values: [một, hai] } }",
            "{ expect: 'n <= 123456789' }",
            "{ expect: \"n > 5\", when: \"a = 'hiếm khi gặp' AND b = 'lại càng hiếm'\" }",
            "{ compare: { left: a, op: '=', right: b } }",
            // Not tried: they judge more than a row.
            "{ unique: [a] }",
            "{ row_count: { min: 0 } }",
        ];
        assert_eq!(vacuous(&rules), none);
    }
}
