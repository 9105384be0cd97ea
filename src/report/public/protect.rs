//! What the public may know of a count, and of the counts of a rule.
//!
//! With `k` the smallest count that is shown: 0 is told, 1 to k−1 are "under k", and from k on a count is cut off to a
//! multiple of k, so that the difference of two of them never is a small count either. Of a rule, what passes is never told:
//! from it and the number of records the others would follow. And its other counts are told only if, whatever small
//! numbers stand behind "under k", at least k would be left to pass. Else all that is told is that they are withheld.
//!
//! So each number from 1 to k−1 behind an "under k" is as possible as any other, to somebody who knows everything else that is
//! told and the exact number of records; a test tries all of them. What comes in groups, as records that are not unique, is
//! never 1: there every number from 2 on is possible, three of them at least, for k is never less than 5.

use crate::state::Tally;

/// A count as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Zero,
    /// From 1 to k−1.
    Under,
    /// This many, or up to k−1 more.
    About(u64),
}

/// The smallest count that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smallest(u64);

impl Smallest {
    /// Below, "under k" would be a number, or one of two, for what comes in groups of at least two.
    pub const LEAST: u64 = 5;
    pub const USUAL: u64 = 10;

    /// At least [`Self::LEAST`].
    pub fn new(k: u64) -> Self {
        Self(k.max(Self::LEAST))
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    pub const fn shown(self, n: u64) -> Shown {
        match n {
            0 => Shown::Zero,
            _ if n < self.0 => Shown::Under,
            _ => Shown::About(n - n % self.0),
        }
    }

    /// The least and the greatest count that may stand behind it.
    pub const fn range(self, shown: Shown) -> [u64; 2] {
        match shown {
            Shown::Zero => [0, 0],
            Shown::Under => [1, self.0 - 1],
            Shown::About(n) => [n, n.saturating_add(self.0 - 1)],
        }
    }
}

/// The counts of a rule as they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// All units came to the same, and they are not few.
    All {
        of: Outcome,
        units: u64,
    },
    /// Of so many units, cut off; the rest passed.
    Counts {
        units: u64,
        fail: Shown,
        unknown: Shown,
        na: Shown,
    },
    /// There was nothing to judge.
    Nothing,
    Withheld,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Pass,
    Fail,
    Na,
    Unknown,
}

impl Told {
    pub fn of(tally: &Tally, k: Smallest) -> Self {
        let counts = [
            (Outcome::Pass, tally.pass),
            (Outcome::Fail, tally.fail),
            (Outcome::Na, tally.na),
            (Outcome::Unknown, tally.unknown),
        ];
        let total = counts.iter().try_fold(0_u64, |sum, (_, n)| sum.checked_add(*n));
        let units = match total.map(|total| k.shown(total)) {
            Some(Shown::Zero) => return Self::Nothing,
            Some(Shown::About(units)) => units,
            Some(Shown::Under) | None => return Self::Withheld,
        };
        let mut some = counts.iter().filter(|(_, n)| *n > 0);
        if let (Some((of, _)), None) = (some.next(), some.next()) {
            return Self::All { of: *of, units };
        }
        let [fail, unknown, na] = [tally.fail, tally.unknown, tally.na].map(|n| k.shown(n));
        let most = [fail, unknown, na].map(|shown| k.range(shown)[1]);
        let others = most.into_iter().fold(k.get(), u64::saturating_add);
        if others > units { Self::Withheld } else { Self::Counts { units, fail, unknown, na } }
    }

    /// Whether a small count stands behind it, or may.
    pub fn hides(self) -> bool {
        match self {
            Self::Withheld => true,
            Self::Counts { fail, unknown, na, .. } => [fail, unknown, na].contains(&Shown::Under),
            Self::All { .. } | Self::Nothing => false,
        }
    }

    /// The best and the worst counts that may stand behind it.
    pub fn extremes(self, k: Smallest) -> [Tally; 2] {
        match self {
            Self::Nothing => [Tally::default(), Tally::default()],
            Self::Withheld => [Tally::new(k.get(), 0, 0, 0), Tally::new(0, k.get(), 0, 0)],
            Self::All { of, units } => {
                let tally = match of {
                    Outcome::Pass => Tally::new(units, 0, 0, 0),
                    Outcome::Fail => Tally::new(0, units, 0, 0),
                    Outcome::Na => Tally::new(0, 0, units, 0),
                    Outcome::Unknown => Tally::new(0, 0, 0, units),
                };
                [tally, tally]
            }
            Self::Counts { units, fail, unknown, na } => {
                let [fail, unknown, na] = [fail, unknown, na].map(|shown| k.range(shown));
                let of = |at: usize, units: u64| {
                    let [fail, unknown, na] = [fail[at], unknown[at], na[at]];
                    let others = fail.saturating_add(unknown).saturating_add(na);
                    Tally::new(units.saturating_sub(others), fail, na, unknown)
                };
                [of(0, units.saturating_add(k.get() - 1)), of(1, units)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// All counts of so many units.
    fn every(total: u64) -> impl Iterator<Item = Tally> {
        (0..=total).flat_map(move |fail| {
            (0..=total - fail).flat_map(move |unknown| {
                (0..=total - fail - unknown)
                    .map(move |na| Tally::new(total - fail - unknown - na, fail, na, unknown))
            })
        })
    }

    /// Somebody who knows the exact number of units, and tries everything: behind each "under k" all small numbers are
    /// possible, and where nothing is told, no count is.
    #[test]
    fn whoever_tries_everything_learns_no_small_count() {
        for k in [5, 6, 7].map(Smallest::new) {
            let mut hidden = 0;
            for total in 1..=26 {
                let mut told: BTreeMap<Told, Vec<Tally>> = BTreeMap::new();
                for tally in every(total) {
                    told.entry(Told::of(&tally, k)).or_default().push(tally);
                }
                for (told, behind) in told {
                    let small = |of: fn(&Tally) -> u64| -> BTreeSet<u64> { behind.iter().map(of).collect() };
                    let all: BTreeSet<u64> = (1..k.get()).collect();
                    match told {
                        Told::Counts { fail, unknown, na, .. } => {
                            for (shown, of) in [
                                (fail, (|it| it.fail) as fn(&Tally) -> u64),
                                (unknown, |it| it.unknown),
                                (na, |it| it.na),
                            ] {
                                if shown == Shown::Under {
                                    hidden += 1;
                                    assert_eq!(small(of), all, "{told:?} of {total}, k = {k:?}");
                                }
                            }
                            assert!(small(|it| it.pass).iter().all(|pass| *pass >= k.get()));
                        }
                        Told::Withheld => {
                            for of in [
                                (|it| it.pass) as fn(&Tally) -> u64,
                                |it| it.fail,
                                |it| it.na,
                                |it| it.unknown,
                            ] {
                                let possible = small(of);
                                assert!(
                                    possible.len() as u64 > all.len() as u64 || total < k.get(),
                                    "{possible:?} of {total}, k = {k:?}"
                                );
                            }
                        }
                        Told::All { units, .. } => assert!(units >= k.get()),
                        Told::Nothing => panic!("there was something"),
                    }
                }
            }
            assert!(hidden > 0, "the test saw hidden counts");
        }
    }

    /// Records that are not unique come in groups of at least two.
    #[test]
    fn whoever_knows_that_failures_come_in_groups_learns_none_of_three() {
        let k = Smallest::new(0);
        let mut hidden = 0;
        for total in 1..=26 {
            let mut told: BTreeMap<Told, BTreeSet<u64>> = BTreeMap::new();
            for tally in every(total).filter(|tally| tally.fail != 1) {
                told.entry(Told::of(&tally, k)).or_default().insert(tally.fail);
            }
            for (told, fail) in told {
                if let Told::Counts { fail: Shown::Under, .. } = told {
                    hidden += 1;
                    assert_eq!(fail, [2, 3, 4].into(), "{told:?} of {total}");
                }
            }
        }
        assert!(hidden > 0, "the test saw hidden counts");
    }

    /// What is computed from what is told holds for all that may stand behind it.
    #[test]
    fn extremes_enclose_everything_behind_them() {
        let k = Smallest::new(5);
        for total in 1..=20 {
            for tally in every(total) {
                let told = Told::of(&tally, k);
                let [best, worst] = told.extremes(k);
                // Defects of the applicable, unknown ones among them: a/b ≤ c/d as a·d ≤ c·b.
                let defects =
                    |tally: &Tally| (tally.fail + tally.unknown, tally.pass + tally.fail + tally.unknown);
                let at_most = |(a, b): (u64, u64), (c, d): (u64, u64)| b == 0 || d == 0 || a * d <= c * b;
                let own = defects(&tally);
                assert!(at_most(defects(&best), own), "{tally:?} {told:?}");
                assert!(at_most(own, defects(&worst)), "{tally:?} {told:?}");
            }
        }
    }

    #[test]
    fn differences_of_what_is_told_are_no_small_counts() {
        let k = Smallest::new(10);
        for n in 10..200 {
            let (Shown::About(a), Shown::About(b)) = (k.shown(n), k.shown(n + 9)) else { panic!() };
            assert!(b - a == 0 || b - a == 10);
        }
    }

    #[test]
    fn ten_is_told_and_nine_is_not() {
        let k = Smallest::new(Smallest::USUAL);
        assert_eq!(
            [0, 1, 9, 10, 19, 20].map(|n| k.shown(n)),
            [Shown::Zero, Shown::Under, Shown::Under, Shown::About(10), Shown::About(10), Shown::About(20)]
        );
        assert_eq!(Smallest::new(0).get(), 5);
    }
}
