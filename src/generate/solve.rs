//! Makes a condition on a row true, where its shape tells how: sums and products of columns, presence, membership.

use std::cmp::Ordering;

use super::field::{DAY, Field, ONE, Units};
use super::random::Random;
use crate::engine::rehearsal::Row;
use crate::kernel::date_format::{civil, days};
use crate::kernel::expression::{Order, Shape, Term, time};

/// A row with the columns that it has.
pub struct Solver<'s> {
    pub fields: &'s [Field],
    /// Columns that must stay what they are.
    pub fixed: &'s [bool],
    pub as_of: i64,
}

/// What is to be done with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Write a value into a column.
    Write(usize, String),
    Empty(usize),
    /// Give a column any value.
    Fill(usize),
}

/// A term's value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(Units),
    Time(Units),
    Span(i32, Units),
    Text(String),
}

impl Solver<'_> {
    /// Something that makes the shape true, if one thing can.
    pub fn solve(&self, shape: &Shape, row: &Row, random: &mut Random) -> Option<Move> {
        match shape {
            Shape::All(parts) => {
                if let Some(between) = self.between(parts, row, random) {
                    return Some(between);
                }
                let open: Vec<&Shape> =
                    parts.iter().filter(|part| self.truth(part, row) != Some(true)).collect();
                self.solve(random.pick(&open)?, row, random)
            }
            Shape::Any(parts) => {
                let first = random.place(parts.len());
                (0..parts.len()).find_map(|at| self.solve(&parts[(first + at) % parts.len()], row, random))
            }
            Shape::Present(name) => self.free(name).map(Move::Fill),
            Shape::Absent(name) => self.free(name).filter(|&at| !self.fields[at].required).map(Move::Empty),
            Shape::Among(name, words, true) => {
                Some(Move::Write(self.free(name)?, random.pick(words)?.clone()))
            }
            Shape::Among(name, words, false) => {
                let at = self.free(name)?;
                if self.fields[at].ty == crate::kernel::ColumnType::Boolean {
                    let other = if words.iter().any(|word| word == "true") { "false" } else { "true" };
                    return Some(Move::Write(at, other.to_owned()));
                }
                Some(Move::Fill(at))
            }
            Shape::Compare(left, order, right) => self.compare(left, *order, right, row, random),
            Shape::Other => None,
        }
    }

    /// Whether it is true, as far as its shape tells.
    pub fn truth(&self, shape: &Shape, row: &Row) -> Option<bool> {
        let cell = |name: &str| row[self.place(name)?].as_deref();
        match shape {
            Shape::All(parts) => {
                let all: Vec<_> = parts.iter().map(|part| self.truth(part, row)).collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            Shape::Any(parts) => {
                let all: Vec<_> = parts.iter().map(|part| self.truth(part, row)).collect();
                if all.contains(&Some(true)) {
                    Some(true)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            Shape::Present(name) => Some(cell(name).is_some()),
            Shape::Absent(name) => Some(cell(name).is_none()),
            Shape::Among(name, words, wanted) => {
                let text = cell(name)?;
                Some(words.iter().any(|word| word == text) == *wanted)
            }
            Shape::Compare(left, order, right) => {
                let (left, right) = alike(self.value(left, row)?, self.value(right, row)?);
                let found = match (&left, &right) {
                    (Value::Number(a), Value::Number(b)) | (Value::Time(a), Value::Time(b)) => a.cmp(b),
                    (Value::Text(a), Value::Text(b)) => a.cmp(b),
                    _ => return None,
                };
                Some(match order {
                    Order::Below => found == Ordering::Less,
                    Order::AtMost => found != Ordering::Greater,
                    Order::Equal => found == Ordering::Equal,
                    Order::Different => found != Ordering::Equal,
                    Order::AtLeast => found != Ordering::Less,
                    Order::Above => found == Ordering::Greater,
                })
            }
            Shape::Other => None,
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    fn free(&self, name: &str) -> Option<usize> {
        self.place(name).filter(|&at| !self.fixed[at])
    }

    fn value(&self, term: &Term, row: &Row) -> Option<Value> {
        let both = |left: &Term, right: &Term| Some((self.value(left, row)?, self.value(right, row)?));
        match term {
            Term::Column(name) => {
                let at = self.place(name)?;
                let (field, text) = (&self.fields[at], row[at].as_deref()?);
                Some(if field.is_time() {
                    Value::Time(field.units(text)?)
                } else if field.is_number() {
                    Value::Number(field.units(text)?)
                } else {
                    Value::Text(text.to_owned())
                })
            }
            Term::Number(number) => Some(Value::Number(*number)),
            Term::Text(text) => Some(Value::Text(text.clone())),
            Term::Time(moment) => Some(Value::Time(*moment)),
            Term::AsOf => Some(Value::Time(self.as_of.into())),
            Term::Span(months, rest) => Some(Value::Span(*months, *rest)),
            Term::Sum(left, right) => match both(left, right)? {
                (Value::Number(a), Value::Number(b)) => Some(Value::Number(a.checked_add(b)?)),
                (Value::Time(at), Value::Span(months, rest))
                | (Value::Span(months, rest), Value::Time(at)) => Some(Value::Time(later(at, months, rest))),
                // Days added to a day.
                (Value::Time(at), Value::Number(days)) => Some(Value::Time(at + days / ONE * DAY)),
                _ => None,
            },
            Term::Difference(left, right) => match both(left, right)? {
                (Value::Number(a), Value::Number(b)) => Some(Value::Number(a.checked_sub(b)?)),
                (Value::Time(at), Value::Span(months, rest)) => Some(Value::Time(later(at, -months, -rest))),
                (Value::Time(at), Value::Number(days)) => Some(Value::Time(at - days / ONE * DAY)),
                (Value::Time(a), Value::Time(b)) => Some(Value::Number((a - b).div_euclid(DAY) * ONE)),
                _ => None,
            },
            Term::Product(left, right) => match both(left, right)? {
                (Value::Number(a), Value::Number(b)) => Some(Value::Number(a.checked_mul(b)? / ONE)),
                _ => None,
            },
            Term::Year(inner) => match self.value(inner, row)? {
                Value::Time(at) => Some(Value::Number(year_of(at) * ONE)),
                _ => None,
            },
            Term::Start(inner, count) => match self.value(inner, row)? {
                Value::Text(text) => Some(Value::Text(text.chars().take(*count).collect())),
                _ => None,
            },
            Term::Either(first, second) => self.value(first, row).or_else(|| self.value(second, row)),
            Term::Other => None,
        }
    }

    /// A value between two bounds of one column.
    fn between(&self, parts: &[Shape], row: &Row, random: &mut Random) -> Option<Move> {
        let [Shape::Compare(one, Order::AtLeast, low), Shape::Compare(other, Order::AtMost, high)] = parts
        else {
            return None;
        };
        let Term::Column(name) = one else { return None };
        let at = self.free(name).filter(|_| one == other)?;
        let (low, high) = match (self.value(low, row)?, self.value(high, row)?) {
            (Value::Number(low), Value::Number(high)) | (Value::Time(low), Value::Time(high)) => (low, high),
            _ => return None,
        };
        let field = &self.fields[at];
        // A tolerance is for rounding; what is meant lies in the middle.
        let narrow = !field.is_time() && high - low <= ONE;
        let units = if narrow { (low + high).div_euclid(2) } else { random.between(low, high) };
        let coarse = if field.is_time() || narrow { field.step() } else { field.step().max(10_000) };
        let cut = units.div_euclid(coarse) * coarse;
        let units = if cut >= low { cut } else { cut + coarse };
        (low..=high).contains(&units).then(|| Move::Write(at, field.text(field.clamped(units))))
    }

    /// Chooses a column of either side and gives it a value by which the comparison holds.
    fn compare(
        &self,
        left: &Term,
        order: Order,
        right: &Term,
        row: &Row,
        random: &mut Random,
    ) -> Option<Move> {
        let [mut ways, mut others] = [Vec::new(), Vec::new()];
        self.columns_of(left, &mut ways);
        let lefts = ways.len();
        self.columns_of(right, &mut others);
        ways.append(&mut others);
        let first = random.place(ways.len());
        (0..ways.len()).find_map(|at| {
            let at = (first + at) % ways.len();
            let (column, on_left) = (ways[at], at < lefts);
            let (side, order, other) =
                if on_left { (left, order, right) } else { (right, order.turned(), left) };
            let target = self.value(other, row)?;
            self.isolate(side, order, target, column, row, random)
        })
    }

    fn columns_of(&self, term: &Term, all: &mut Vec<usize>) {
        match term {
            Term::Column(name) => all.extend(self.free(name)),
            Term::Sum(a, b) | Term::Difference(a, b) | Term::Product(a, b) | Term::Either(a, b) => {
                self.columns_of(a, all);
                self.columns_of(b, all);
            }
            Term::Year(inner) | Term::Start(inner, _) => self.columns_of(inner, all),
            _ => {}
        }
    }

    /// Solves `term order target` for one column of the term.
    fn isolate(
        &self,
        term: &Term,
        order: Order,
        target: Value,
        column: usize,
        row: &Row,
        random: &mut Random,
    ) -> Option<Move> {
        let has = |part: &Term| {
            let mut all = Vec::new();
            self.columns_of(part, &mut all);
            all.contains(&column)
        };
        match term {
            Term::Column(_) => self.write(column, order, target, random),
            Term::Sum(a, b) => {
                let (inner, known) = if has(a) { (a, b) } else { (b, a) };
                let target = match (target, self.value(known, row)?) {
                    (Value::Number(sum), Value::Number(part)) => Value::Number(sum.checked_sub(part)?),
                    (Value::Time(at), Value::Span(months, rest)) => Value::Time(later(at, -months, -rest)),
                    (Value::Time(at), Value::Number(days)) => Value::Time(at - days / ONE * DAY),
                    _ => return None,
                };
                self.isolate(inner, order, target, column, row, random)
            }
            Term::Difference(a, b) if has(a) => {
                let target = match (target, self.value(b, row)?) {
                    (Value::Number(rest), Value::Number(part)) => Value::Number(rest.checked_add(part)?),
                    (Value::Number(days), Value::Time(from)) => Value::Time(from + days / ONE * DAY),
                    (Value::Time(at), Value::Span(months, rest)) => Value::Time(later(at, months, rest)),
                    (Value::Time(at), Value::Number(days)) => Value::Time(at + days / ONE * DAY),
                    _ => return None,
                };
                self.isolate(a, order, target, column, row, random)
            }
            Term::Difference(a, b) => {
                let target = match (target, self.value(a, row)?) {
                    (Value::Number(rest), Value::Number(whole)) => Value::Number(whole.checked_sub(rest)?),
                    (Value::Number(days), Value::Time(to)) => Value::Time(to - days / ONE * DAY),
                    _ => return None,
                };
                self.isolate(b, order.turned(), target, column, row, random)
            }
            Term::Product(a, b) => {
                let (inner, known) = if has(a) { (a, b) } else { (b, a) };
                let (Value::Number(product), Value::Number(factor)) = (target, self.value(known, row)?)
                else {
                    return None;
                };
                let quotient = product.checked_mul(ONE)?.checked_div(factor)?;
                // A price with a tail of decimals is none; the product can be written instead.
                if order == Order::Equal && (quotient % 10_000 != 0 || quotient * factor != product * ONE) {
                    return None;
                }
                let order = if factor < 0 { order.turned() } else { order };
                self.isolate(inner, order, Value::Number(quotient), column, row, random)
            }
            Term::Year(inner) => {
                let Value::Number(target) = target else { return None };
                let year = target.div_euclid(ONE);
                let year = match order {
                    Order::Equal => year,
                    Order::AtMost => year - random.between(0, 10),
                    Order::Below => year - random.between(1, 10),
                    Order::AtLeast => year + random.between(0, 10),
                    Order::Above | Order::Different => year + random.between(1, 10),
                };
                let first = days(u32::try_from(year).ok()?, 1, 2)?;
                let day = Units::from(first) + random.between(0, 360);
                self.isolate(inner, Order::Equal, Value::Time(day * DAY), column, row, random)
            }
            Term::Start(inner, count) => {
                let (Value::Text(target), Value::Text(now)) = (target, self.value(inner, row)?) else {
                    return None;
                };
                let whole = target.chars().chain(now.chars().skip(*count)).collect();
                self.isolate(inner, order, Value::Text(whole), column, row, random)
            }
            Term::Either(a, b) => {
                let inner = if has(a) { a } else { b };
                self.isolate(inner, order, target, column, row, random)
            }
            _ => None,
        }
    }

    /// A value for a column that stands to the target as wanted.
    fn write(&self, column: usize, order: Order, target: Value, random: &mut Random) -> Option<Move> {
        let field = &self.fields[column];
        let target = match target {
            Value::Text(text) if field.is_time() => Value::Time(time(&text)?),
            Value::Text(text) if !field.is_number() => {
                return (order == Order::Equal).then_some(Move::Write(column, text));
            }
            other => other,
        };
        let (Value::Number(target) | Value::Time(target)) = target else { return None };
        let step = field.step();
        let floor = target.div_euclid(step) * step;
        let ceiling = if floor == target { target } else { floor + step };
        let far = |random: &mut Random| {
            let spread = if field.is_time() {
                // As often hours as years.
                let longest = [DAY / 24, DAY, 30 * DAY, 365 * DAY, 3 * 365 * DAY];
                random.pick(&longest).copied().unwrap_or(DAY)
            } else if field.role == "year" {
                30 * ONE
            } else {
                target.abs() / 2 + 10 * ONE
            };
            let coarse = if field.is_time() { step } else { step.max(10_000) };
            random.between(0, spread) / coarse * coarse
        };
        let units = match order {
            Order::Equal if floor != target => return None,
            Order::Equal => target,
            Order::Different => target + step + far(random),
            Order::AtMost | Order::Below => {
                let top = if order == Order::Below && floor == target { floor - step } else { floor };
                // Amounts that may not be negative go down to nothing.
                match field.low {
                    Some(low) if !field.is_time() && low <= top => {
                        let coarse = step.max(10_000);
                        low.max(random.between(low, top) / coarse * coarse)
                    }
                    _ => (top - far(random)).max(field.low.unwrap_or(Units::MIN)).min(top),
                }
            }
            Order::AtLeast | Order::Above => {
                let bottom =
                    if order == Order::Above && ceiling == target { ceiling + step } else { ceiling };
                (bottom + far(random)).min(field.high.unwrap_or(Units::MAX)).max(bottom)
            }
        };
        Some(Move::Write(column, field.text(units)))
    }
}

/// Brings two values to one kind.
fn alike(left: Value, right: Value) -> (Value, Value) {
    match (left, right) {
        (Value::Time(at), Value::Text(text)) => {
            (Value::Time(at), time(&text).map_or(Value::Text(text), Value::Time))
        }
        (Value::Text(text), Value::Time(at)) => {
            (time(&text).map_or(Value::Text(text), Value::Time), Value::Time(at))
        }
        same => same,
    }
}

fn year_of(at: Units) -> Units {
    let (year, _, _) = civil(i32::try_from(at.div_euclid(DAY)).unwrap_or(0));
    year.into()
}

/// So many calendar months and microseconds later.
fn later(at: Units, months: i32, rest: Units) -> Units {
    let (year, month, date) = civil(i32::try_from(at.div_euclid(DAY)).unwrap_or(0));
    let moved = year * 12 + i32::try_from(month).unwrap_or(1) - 1 + months;
    let year = u32::try_from(moved.div_euclid(12)).unwrap_or(1);
    let month = u32::try_from(moved.rem_euclid(12)).unwrap_or(0) + 1;
    // The last day of a month that is too short for it.
    let day = (28..=date.max(28)).rev().map(|last| last.min(date)).find_map(|date| days(year, month, date));
    day.map_or(at, |day| Units::from(day) * DAY + at.rem_euclid(DAY)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::expression::Expression;

    #[test]
    fn months_end_where_they_end() {
        let on = |text: &str| time(text).expect("a day");
        assert_eq!(later(on("2024-01-31"), 1, 0), on("2024-02-29"));
        assert_eq!(later(on("2024-02-29"), 12, DAY), on("2025-03-01"));
        assert_eq!(later(on("2024-03-10"), -3, 0), on("2023-12-10"));
    }

    /// Whatever the solver writes makes its own reading of the shape true.
    #[test]
    fn what_is_solved_is_true() {
        let rules = "
thuocdo: 1
database: d
tables:
  t:
    files: t.csv
    columns:
      a: { type: decimal }
      b: { type: decimal }
      c: { type: integer }
      d: { type: date }
      e: { type: timestamp }
      w: { type: text }
";
        let source = std::sync::Arc::new(crate::base::diagnostic::SourceText {
            name: "r.yaml".to_owned(),
            text: rules.to_owned(),
        });
        let (database, _) = crate::rule::file::parse(&source, std::path::Path::new("."), crate::kind::KINDS);
        let database = database.expect("a database");
        let fields = super::super::field::fields(&database.tables[0], 0);
        let solver = Solver { fields: &fields, fixed: &[false; 6], as_of: 1_700_000_000_000_000 };
        let row: Row =
            ["10.5", "4", "3", "2020-02-29", "2021-05-06 07:08:09", "x"].map(|s| Some(s.to_owned())).into();
        let mut random = Random::of(4, "solver", 0);
        for text in [
            "a = b + c",
            "a < b",
            "c > a",
            "a = b * c",
            "a <= b - c",
            "d >= e",
            "e <= d - INTERVAL '3 months'",
            "d > as_of",
            "w = 'y'",
            "w <> 'x' OR a = 2",
            "c BETWEEN 5 AND 9",
            "date_part('year', d) >= c + 2020",
            "d - CAST(e AS date) >= 30",
        ] {
            let shape = Expression::parse(text).expect("an expression").shape();
            let mut solved = 0;
            for _ in 0..50 {
                let mut row = row.clone();
                assert_eq!(solver.truth(&shape, &row), Some(false), "{text}");
                for _ in 0..20 {
                    if solver.truth(&shape, &row) == Some(true) {
                        break;
                    }
                    if let Some(Move::Write(column, value)) = solver.solve(&shape, &row, &mut random) {
                        row[column] = Some(value);
                    }
                }
                solved += u32::from(solver.truth(&shape, &row) == Some(true));
            }
            assert!(solved >= 45, "{text}: {solved}");
        }
    }
}
