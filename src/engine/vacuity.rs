//! Rules against poison: values that some rule or other ought to object to. A rule that none of them can break says
//! nothing about any data, however good its score looks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::rehearsal::Rehearsal;
use crate::base::Diagnostic;
use crate::base::random::SplitMix64;
use crate::kernel::ColumnType;
use crate::kernel::date_format::{MICROS_PER_DAY, default_date, format_date, write_moment};
use crate::rule::{At, Demand, Rule, Table};
use crate::say;

/// How a rule stood against poison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
const POISON: [&str; 57] = [
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
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
];

/// Days and moments that are wrong somewhere, next to one another and far apart.
const MOMENTS: [&str; 12] = [
    "1800-01-01",
    "1899-12-31",
    "1900-01-01",
    "1990-06-15",
    "1990-06-16",
    "2024-01-31",
    "2024-02-29",
    "2024-03-01",
    "2024-03-01T12:00:00",
    "2024-12-31",
    "2025-06-01",
    "2150-01-01",
];

const NUMBERS: [&str; 15] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "10",
    "100",
    "101",
    "-0.5",
    "3.14159",
    "0.0001",
    "12345",
    "999999",
    "1000000000",
];

/// Rows for a rule over several columns.
const MIXED: usize = 600;

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
        let names = read(rule);
        let place = |name: &String| {
            let ty = table.column(name).and_then(|column| column.ty);
            Some((columns.iter().position(|column| column == name)?, usual(ty)))
        };
        let places: Vec<_> = names.iter().filter_map(place).collect();
        let own = named_values(rule, table);
        let (rows, values) = poisoned(&places, &own);
        // A rule that panics is reported by the scan.
        let verdict = catch_unwind(AssertUnwindSafe(|| rehearsal.verdict(at, rows, &values))).ok()??;
        let unknown = verdict.unknown.as_ref().map_or(0, |rows| rows.count_set_bits());
        let strength = Strength {
            killed: verdict.fail.count_set_bits() as u64,
            applicable: (verdict.applicable.count_set_bits() - unknown) as u64,
        };
        let tried = strength.killed > 0 || places.len() < 2 || strength.applicable >= TRIED;
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

/// Columns of poison by their places, and how many rows they have.
type Poison<'v> = (usize, Vec<(usize, Vec<Option<&'v str>>)>);

/// Poison for one rule: every value by itself for a rule over one column; mixtures for others, mostly of what the columns'
/// types can read and of what the rule itself names, so that its conditions come true.
fn poisoned<'v>(columns: &[(usize, &[&'static str])], own: &'v [String]) -> Poison<'v> {
    if let [(only, usual)] = columns {
        let values = POISON.iter().chain(*usual).copied().chain(own.iter().map(String::as_str)).map(Some);
        let values: Vec<_> = values.chain([None]).collect();
        return (values.len(), vec![(*only, values)]);
    }
    let mut random = SplitMix64::new(0);
    let mut draw = |end: usize| usize::try_from(random.next() % end.max(1) as u64).unwrap_or_default();
    let mut value = |row: usize, usual: &[&'static str]| match draw(16) {
        // Nothing in any of them: what asks for one of many seldom meets that by chance.
        _ if row == 0 => None,
        0 => None,
        1 | 2 => Some(POISON[draw(POISON.len())]),
        3..=8 if !own.is_empty() => Some(own[draw(own.len())].as_str()),
        _ => Some(usual[draw(usual.len())]),
    };
    let column = |(place, usual): &(usize, &[&'static str])| {
        (*place, (0..MIXED).map(|row| value(row, usual)).collect())
    };
    (MIXED, columns.iter().map(column).collect())
}

/// What a column of a type can read.
fn usual(ty: Option<ColumnType>) -> &'static [&'static str] {
    match ty {
        Some(ColumnType::Date | ColumnType::Timestamp) => &MOMENTS,
        Some(ColumnType::Integer | ColumnType::Decimal) => &NUMBERS,
        Some(ColumnType::Boolean) => &["true", "false"],
        Some(ColumnType::Text) | None => &POISON,
    }
}

/// What the rule itself names: bounds with their neighbours, words, codes.
fn named_values(rule: &Rule, table: &Table) -> Vec<String> {
    let mut values = Vec::new();
    for demand in rule.spec.demands() {
        match demand {
            Demand::Within { low, high } => {
                low.iter().chain(&high).for_each(|bound| around(bound, &mut values))
            }
            Demand::Listed { list, .. } => {
                values.extend(list.entries().iter().take(5).map(|entry| entry.code.clone()));
            }
            Demand::Holds(_, literals) => literals.iter().for_each(|literal| around(literal, &mut values)),
            Demand::Length { low, high } => {
                let beside = [low.saturating_sub(1), high.saturating_add(1)];
                values.extend(beside.into_iter().filter(|&length| length <= LONGEST).map(|length| {
                    let length = usize::try_from(length).unwrap_or_default();
                    "Abc1".repeat(length / 4) + &"x".repeat(length % 4)
                }));
            }
            Demand::Gender { female, male, .. } => values.extend(female.into_iter().chain(male)),
            _ => {}
        }
    }
    let when = rule.when.iter().flat_map(|when| when.value.literals());
    when.for_each(|literal| around(&literal, &mut values));
    let names = read(rule);
    let formats: Vec<&String> =
        names.iter().filter_map(|name| table.column(name)?.formats.as_ref()).flatten().collect();
    if !formats.is_empty() {
        let days = MOMENTS.iter().copied().chain(values.iter().map(String::as_str)).filter_map(day);
        let days: Vec<i32> = days.collect();
        let written = |day: i32| {
            formats.iter().map(move |format| write_moment(format, i128::from(day) * MICROS_PER_DAY))
        };
        values.extend(days.into_iter().flat_map(written));
    }
    values
}

fn day(text: &str) -> Option<i32> {
    default_date().parse_date(text.get(..10)?)
}

/// A value and its neighbours, if it is a number or a day.
fn around(text: &str, values: &mut Vec<String>) {
    values.push(text.to_owned());
    if let Ok(number) = text.parse::<i64>() {
        values.extend([number.saturating_sub(1).to_string(), number.saturating_add(1).to_string()]);
    } else if let Some(day) = day(text) {
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
                    n: decimal\n      d: date\n      d2: date\n    rules:\n";
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
            "{ latency: { event: d, recorded: d2, within: 15d } }",
            "{ compare: { left: d, op: '<=', right: d2, plus: 3653d } }",
            "{ expect: \"(a = 'tim') = (b LIKE 'ami-%')\" }",
            "{ compare: { left: a, op: '=', right: b } }",
            // Not tried: they judge more than a row.
            "{ unique: [a] }",
            "{ row_count: { min: 0 } }",
        ];
        assert_eq!(vacuous(&rules), none);
    }
}
