//! How old records are: one count per day, so that the same state answers for any `as_of`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Mass, State};

/// Cycles after which an age is worth nothing: full up to one, fading evenly, gone at the third.
pub const CYCLES_TO_ZERO: u64 = 3;

/// The badness of an age, from 0 up to the second value: `0` within one cycle, growing by one per unit of time,
/// full at [`CYCLES_TO_ZERO`] cycles. Age and cycle share a unit (days, seconds); the cycle is positive.
pub fn badness(age: u64, cycle: u64) -> (u64, u64) {
    let full = cycle.max(1).saturating_mul(CYCLES_TO_ZERO - 1);
    (age.saturating_sub(cycle.max(1)).min(full), full)
}

/// The graded measure of one heartbeat: how long ago the last successful update was, against its cycle.
pub fn heartbeat_mass(age: u64, cycle: u64) -> Mass {
    let (bad, per_unit) = badness(age, cycle);
    Mass { bad: u128::from(bad), units: 1, per_unit }
}

/// Rows per day (days since 1970-01-01) on which they were last verified or updated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayHistogram {
    pub days: BTreeMap<i32, u64>,
    /// Rows with nothing usable to date them by.
    pub undated: u64,
}

/// A day histogram read at one `as_of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordAge {
    pub mass: Mass,
    /// Undated or dated later than `as_of`: it cannot be said how old they are.
    pub unknown: u64,
    /// The part of `unknown` that is dated later than `as_of`.
    pub future: u64,
    /// Rows no older than one cycle.
    pub fresh: u64,
}

impl DayHistogram {
    pub fn add(&mut self, day: i32, rows: u64) {
        if rows > 0 {
            *self.days.entry(day).or_default() += rows;
        }
    }

    /// Ages in whole days at `as_of` against a cycle of `cycle` days.
    pub fn record_age(&self, as_of: i32, cycle: u64) -> RecordAge {
        let (_, per_unit) = badness(0, cycle);
        let (mut bad, mut units, mut future, mut fresh) = (0u128, 0u64, 0u64, 0u64);
        for (&day, &rows) in &self.days {
            let Ok(age) = u64::try_from(i64::from(as_of) - i64::from(day)) else {
                future += rows;
                continue;
            };
            let (worth, _) = badness(age, cycle);
            units += rows;
            bad += u128::from(rows) * u128::from(worth);
            if worth == 0 {
                fresh += rows;
            }
        }
        RecordAge { mass: Mass { bad, units, per_unit }, unknown: self.undated + future, future, fresh }
    }
}

impl State for DayHistogram {
    fn merge(&mut self, other: Self) {
        for (day, rows) in other.days {
            self.add(day, rows);
        }
        self.undated += other.undated;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn badness_fades_evenly_over_two_cycles() {
        let ages = [0, 24, 25, 36, 60, 71, 72, 1_000];
        let got: Vec<_> = ages.iter().map(|&age| badness(age, 24)).collect();
        assert_eq!(got, [(0, 48), (0, 48), (1, 48), (12, 48), (36, 48), (47, 48), (48, 48), (48, 48)]);
    }

    #[test]
    fn future_and_undated_rows_are_unknown() {
        let mut state = DayHistogram { undated: 2, ..DayHistogram::default() };
        state.add(100, 5);
        state.add(101, 3);
        let age = state.record_age(100, 30);
        assert_eq!((age.mass.units, age.unknown, age.future, age.fresh), (5, 5, 3, 5));
        assert_eq!(state.record_age(101, 30).unknown, 2, "another as-of needs no other scan");
    }

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_counting_all(rows in prop::collection::vec((-9i32..9, 0u64..4, 0u64..2), 0..20), at in 0usize..20) {
            let part = |rows: &[(i32, u64, u64)]| {
                let mut state = DayHistogram::default();
                for &(day, count, undated) in rows {
                    state.add(day, count);
                    state.undated += undated;
                }
                state
            };
            let (left, right) = rows.split_at(at.min(rows.len()));
            let (mut ab, mut ba) = (part(left), part(right));
            ab.merge(part(right));
            ba.merge(part(left));
            prop_assert_eq!(&ab, &part(&rows));
            prop_assert_eq!(&ba, &ab);
        }
    }
}
