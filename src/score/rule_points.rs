//! What one rule is worth: guaranteed, measured, at best.

use super::curve::{self, Knot};
use crate::base::{Nano, Ratio, Scale, Status};
use crate::state::{Mass, Tally};

/// Three values at every node: what is guaranteed (unknown counts as failed; the official value), what was measured
/// (unknown left out; `None` if nothing was), what is possible at best (unknown counts as passed).
/// Always `official ≤ measured ≤ ceiling`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triple {
    pub official: Nano,
    pub measured: Option<Nano>,
    pub ceiling: Nano,
}

impl Triple {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { official: Nano::ZERO, measured: None, ceiling: Nano::FULL };
    /// Known to be worth nothing.
    pub const FAILED: Self = Self::exactly(Nano::ZERO);

    pub const fn exactly(points: Nano) -> Self {
        Self { official: points, measured: Some(points), ceiling: points }
    }
}

/// The points of a rule; `None` if it leaves all weights (nothing to check).
pub fn rule_points(
    status: Status,
    tally: &Tally,
    mass: Option<&Mass>,
    scale: Scale,
    knots: &[Knot],
) -> Option<Triple> {
    match status {
        Status::Na => return None,
        Status::MissingInput | Status::MissingTable => return Some(Triple::FAILED),
        Status::Error | Status::Skipped | Status::Empty => return Some(Triple::UNKNOWN),
        Status::Measured => {}
    }
    let Some(counts) = Counts::of(tally, mass) else {
        return (tally.na == 0).then_some(Triple::UNKNOWN);
    };
    let points = |(bad, of)| curve::points(scale, knots, bad, of);
    Some(Triple {
        official: points(counts.official()),
        measured: counts.measured().map(points),
        ceiling: points(counts.ceiling()),
    })
}

/// The guaranteed defect rate as `(bad, of)`: unknown counts as bad. `None` where nothing was counted.
pub fn official_defects(tally: &Tally, mass: Option<&Mass>) -> Option<(u128, u128)> {
    Some(Counts::of(tally, mass)?.official())
}

/// Defects per million of `bad` out of `of`, exactly.
pub fn per_million(bad: u128, of: u128) -> Option<Ratio> {
    Ratio::new(bad, of)?.checked_mul(Ratio::new(1_000_000, 1)?)
}

/// Badness of the known part, and the sizes of the known and the unknown part, in the same measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub bad: u128,
    pub known: u128,
    pub unknown: u128,
}

impl Counts {
    /// `None` where nothing was counted.
    pub fn of(tally: &Tally, mass: Option<&Mass>) -> Option<Self> {
        let counts = match mass {
            None => Self {
                bad: u128::from(tally.fail),
                known: u128::from(tally.pass) + u128::from(tally.fail),
                unknown: u128::from(tally.unknown),
            },
            Some(mass) => {
                let per_unit = u128::from(mass.per_unit);
                let known = u128::from(mass.units) * per_unit;
                // The product of two `u64` fits; a badness beyond it would make points negative.
                Self { bad: mass.bad.min(known), known, unknown: u128::from(tally.unknown) * per_unit }
            }
        };
        (counts.known > 0 || counts.unknown > 0).then_some(counts)
    }

    /// Defects of all, as `(bad, of)`: what is unknown is bad.
    pub fn official(&self) -> (u128, u128) {
        (self.bad.saturating_add(self.unknown), self.all())
    }

    /// Defects of what is known; `None` if nothing is.
    pub fn measured(&self) -> Option<(u128, u128)> {
        (self.known > 0).then_some((self.bad, self.known))
    }

    /// Defects of all: what is unknown is well.
    pub fn ceiling(&self) -> (u128, u128) {
        (self.bad, self.all())
    }

    fn all(&self) -> u128 {
        self.known.saturating_add(self.unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::curve::KNOTS;
    use proptest::prelude::*;

    fn of(tally: Tally) -> Option<Triple> {
        rule_points(Status::Measured, &tally, None, Scale::Defect, &KNOTS)
    }

    #[test]
    fn status_decides_before_counts() {
        let clean = Tally::new(10, 0, 0, 0);
        let with = |status| rule_points(status, &clean, None, Scale::Defect, &KNOTS);
        assert_eq!(with(Status::Na), None);
        for status in [Status::Error, Status::Skipped, Status::Empty] {
            assert_eq!(with(status), Some(Triple::UNKNOWN));
        }
        for status in [Status::MissingInput, Status::MissingTable] {
            assert_eq!(with(status), Some(Triple::FAILED));
        }
        assert_eq!(with(Status::Measured), Some(Triple::exactly(Nano::FULL)));
    }

    #[test]
    fn nothing_counted_is_unknown_and_nothing_applicable_leaves() {
        assert_eq!(of(Tally::default()), Some(Triple::UNKNOWN));
        assert_eq!(of(Tally::new(0, 0, 7, 0)), None);
        assert_eq!(of(Tally::new(0, 0, 0, 7)), Some(Triple::UNKNOWN));
    }

    #[test]
    fn mass_counts_unknown_units_as_fully_bad() {
        let mass = Mass { bad: 10, units: 9, per_unit: 20 };
        let tally = Tally::new(0, 0, 0, 1);
        let got = rule_points(Status::Measured, &tally, Some(&mass), Scale::Ratio, &KNOTS).unwrap();
        assert_eq!(got.official.six(), "85.000000");
        assert_eq!(got.measured.unwrap().six(), "94.444444");
        assert_eq!(got.ceiling.six(), "95.000000");
        assert_eq!(official_defects(&tally, Some(&mass)), Some((30, 200)));
    }

    proptest! {
        #[test]
        fn official_measured_ceiling_are_in_order(pass in any::<u64>(), fail in any::<u64>(), unknown in any::<u64>()) {
            let got = of(Tally::new(pass, fail, 0, unknown)).unwrap();
            let measured = got.measured.unwrap_or(got.official);
            prop_assert!(got.official <= measured && measured <= got.ceiling);
            if unknown == 0 {
                prop_assert_eq!(got.official, got.ceiling);
            }
        }

        #[test]
        fn unknown_never_beats_known(pass in 0u64..1_000, fail in 0u64..1_000, unknown in 1u64..1_000) {
            // One unknown unit that turns out to be a failure changes nothing official; one that passes never lowers.
            let before = of(Tally::new(pass, fail, 0, unknown)).unwrap();
            let failed = of(Tally::new(pass, fail + 1, 0, unknown - 1)).unwrap();
            let passed = of(Tally::new(pass + 1, fail, 0, unknown - 1)).unwrap();
            prop_assert_eq!(before.official, failed.official);
            prop_assert!(passed.official >= before.official);
        }
    }
}
