//! Cells that were empty and have a value now, and how many were given the same.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::changes::Row;
use super::super::reconcile::Judged;
use super::super::trace;
use super::{Before, Look, Marks, Met};
use crate::base::Ratio;
use crate::kernel::memory::Cell;
use crate::state::Kept;

const VALUE: usize = 0;

#[derive(Clone, Copy)]
pub struct Limits {
    pub at_most: Ratio,
    pub rise: Ratio,
    pub at_least: u64,
}

/// A row fails if its value has a share among those that were filled in that is greater than `at_most`, and by more than
/// `rise` greater than the share that the value had among all in the earlier run.
pub fn judge(look: Look<'_>, before: Before<'_>, limits: Limits) -> Judged {
    let marks = Marks::new(look.now.ledger, &["constant"]);
    let met = look.met(before.rows);
    let then = before.kept.cells.get(VALUE).map_or(&[][..], Vec::as_slice);
    let judged = look.now.rows.par_iter().zip(met).filter(|(row, _)| look.is_judged(row));
    let filled: Vec<(&Row, i128)> = judged
        .filter_map(|(row, met)| match (look.cell(row, VALUE), met) {
            (Cell::Absent, _) | (_, Met::Keyless | Met::New) => None,
            // Which of them was empty nobody can say.
            (_, Met::Shared) => {
                marks.unknown(row);
                None
            }
            (value, Met::One(was)) => (then.get(was) == Some(&Kept::ABSENT)).then(|| (row, value.stored())),
        })
        .collect();
    let all = filled.len() as u64;
    let mut counts: BTreeMap<i128, u64> = BTreeMap::new();
    for (_, value) in &filled {
        *counts.entry(*value).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or_default();
    if all >= limits.at_least {
        let odd: Vec<i128> = counts
            .into_iter()
            .filter(|(value, count)| is_odd(look, before, then, (*value, *count), all, limits))
            .map(|(value, _)| value)
            .collect();
        filled.par_iter().for_each(|(row, value)| {
            if odd.contains(value) {
                marks.fail(row, 0);
            } else {
                marks.pass(row);
            }
        });
    }
    look.verdicts(marks, vec![("filled", all), ("most_alike", most)])
}

fn is_odd(
    look: Look<'_>,
    before: Before<'_>,
    then: &[u64],
    (value, count): (i128, u64),
    all: u64,
    limits: Limits,
) -> bool {
    let share = |part: u64, whole: u64| Ratio::new(part.into(), whole.into()).unwrap_or(Ratio::ZERO);
    let now = share(count, all);
    if now <= limits.at_most {
        return false;
    }
    let cell = Cell::of_stored(value);
    let is_value = |(key, digest): (&u128, &u64)| {
        *digest == trace::of_cell(look.now.secret, look.asks, *key, VALUE, cell)
    };
    let had = before.rows.keys.par_iter().zip(then).filter(|row| is_value(*row)).count() as u64;
    let present = then.iter().filter(|digest| **digest != Kept::ABSENT).count() as u64;
    share(had, present).checked_add(limits.rise).is_none_or(|most| now > most)
}
