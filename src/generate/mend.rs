//! What can be done about a rule that finds fault with a row.

use std::sync::Arc;

use super::field::DAY;
use super::pattern::{self, Walk};
use super::random::Random;
use super::row::Rows;
use crate::engine::rehearsal::{Row, Together};
use crate::format::Judge;
use crate::kernel::date_format::format_date;
use crate::kernel::expression::Shape;
use crate::rule::code_list::{CodeList, Entry};
use crate::rule::{Demand, Rule};

/// A rule as it is mended.
pub struct Mending {
    /// Its columns, in its own order.
    pub columns: Vec<usize>,
    pub shapes: Vec<Shape>,
    pub when: Option<Shape>,
    /// The second column follows the first within so many seconds.
    pub soon: Option<u64>,
    /// The column that repeats the province of the number in the first one.
    province: Option<usize>,
    /// The columns are a date, its month and its year.
    parts: bool,
    filled: Option<(usize, usize)>,
    /// What the first column must be in the rows that the condition speaks of.
    sometimes: Vec<Sometimes>,
    pub together: Option<Together>,
    pub determined: Option<(Vec<usize>, Vec<usize>)>,
}

/// What is asked of some rows only, so that the column as a whole is not made by it.
enum Sometimes {
    Format(&'static str, Arc<dyn Judge>),
    Pattern(Box<Walk>),
    Listed(Arc<CodeList>),
    Length(u64, u64),
}

impl Mending {
    /// What there is to do about a rule. `names` are the columns of the table.
    pub fn of(rule: &Rule, together: Option<Together>, names: &[String]) -> Self {
        let place = |name: &String| names.iter().position(|known| known == name);
        let mut columns: Vec<usize> =
            rule.spec.columns().iter().filter_map(|column| place(&column.value)).collect();
        columns.dedup();
        let demands = rule.spec.demands();
        let mut shapes = Vec::new();
        let (mut soon, mut determined, mut province, mut filled) = (None, None, None, None);
        let (mut parts, mut sometimes) = (false, Vec::new());
        for demand in demands {
            match demand {
                Demand::Holds(shape, _) => shapes.push(shape),
                Demand::Present => {
                    shapes.extend(rule.spec.columns().first().map(|at| Shape::Present(at.value.clone())))
                }
                Demand::Soon { seconds } => soon = Some(seconds),
                Demand::Format { name, judge } if rule.when.is_some() => {
                    sometimes.push(Sometimes::Format(name, judge))
                }
                Demand::Pattern(regex) if rule.when.is_some() => {
                    sometimes.extend(Walk::new(&regex).map(|walk| Sometimes::Pattern(Box::new(walk))));
                }
                Demand::Listed { list, .. } if rule.when.is_some() => sometimes.push(Sometimes::Listed(list)),
                Demand::Length { low, high } if rule.when.is_some() => {
                    sometimes.push(Sometimes::Length(low, high))
                }
                Demand::Province { column } => province = place(&column),
                Demand::Parts => parts = true,
                Demand::Filled { low, high } => filled = Some((low, high)),
                Demand::Determined { from, to } => {
                    let places = |names: &[String]| names.iter().filter_map(place).collect();
                    determined = Some((places(&from), places(&to)));
                }
                _ => {}
            }
        }
        let when = rule.when.as_ref().map(|when| when.value.shape());
        // Rules about a whole column's habits hold whatever groups there are.
        let together = together.filter(|_| rule.kind.about().name != "consistent");
        Self { columns, shapes, when, soon, province, parts, filled, sometimes, together, determined }
    }

    /// Does what only one kind of rule asks for; `None` if there is nothing of the sort, or it cannot be done.
    pub fn by_kind(&self, rows: &Rows<'_>, row: &mut Row, random: &mut Random) -> Option<()> {
        let fields = rows.fields;
        if let (Some(column), Some(&number)) = (self.province, self.columns.first()) {
            row[column] = Some(row[number].as_deref()?.get(1..3)?.to_owned());
            return Some(());
        }
        if let (Some(sometimes), Some(&column)) = (random.pick(&self.sometimes), self.columns.first())
            && !rows.fixed[column]
        {
            row[column] = Some(match sometimes {
                Sometimes::Format(name, judge) => pattern::of_format(name, judge.as_ref(), random)?,
                Sometimes::Pattern(walk) => walk.text(random)?,
                Sometimes::Length(low, high) => random.digits(usize::try_from((*high).min(*low + 8)).ok()?),
                Sometimes::Listed(list) => {
                    let today = rows.today();
                    let current: Vec<&Entry> =
                        list.entries().iter().filter(|entry| entry.in_force(today)).collect();
                    random.pick(&current)?.code.clone()
                }
            });
            return Some(());
        }
        if let ([date, month, year], true) = (self.columns.as_slice(), self.parts) {
            let units = row[*date].as_deref().and_then(|text| fields[*date].units(text));
            // Of old people often no more than the year is known.
            let (whole, known) = match units {
                Some(units) => (true, format_date(i32::try_from(units / DAY).ok()?)),
                None => (false, format!("{}-06-15", random.between(1920, 1950))),
            };
            let keep = |at: usize, random: &mut Random| fields[at].required || random.chance(500_000);
            let known_month = (whole && keep(*month, random)).then(|| known[..7].to_owned());
            let known_year = (!whole || keep(*year, random)).then(|| known[..4].to_owned());
            (row[*month], row[*year]) = (known_month, known_year);
            return Some(());
        }
        let (low, high) = self.filled?;
        let (full, empty): (Vec<usize>, Vec<usize>) = self.columns.iter().partition(|&&at| row[at].is_some());
        if full.len() < low {
            rows.refill(*random.pick(&empty)?, row, random);
        } else if full.len() > high {
            let spare: Vec<usize> = full.into_iter().filter(|&at| !fields[at].required).collect();
            row[*random.pick(&spare)?] = None;
        } else {
            return None;
        }
        Some(())
    }
}
