//! From a defect rate to points: the defect scale (piecewise linear) and the ratio scale.

use serde::Serialize;

use crate::base::nano::mul_div_rem;
use crate::base::{Nano, Scale};

/// A corner of the defect scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Knot {
    /// Defects per million.
    pub dpm: u32,
    pub points: u32,
}

/// One in 1,000 is 90 points, one in 100 is 70, one in 20 is 50: a scale that separates 99.9 % from 99.99 %, made of
/// straight lines and therefore exact.
pub const KNOTS: [Knot; 8] = [
    Knot { dpm: 0, points: 100 },
    Knot { dpm: 10, points: 98 },
    Knot { dpm: 100, points: 95 },
    Knot { dpm: 1_000, points: 90 },
    Knot { dpm: 10_000, points: 70 },
    Knot { dpm: 50_000, points: 50 },
    Knot { dpm: 200_000, points: 25 },
    Knot { dpm: 1_000_000, points: 0 },
];

const MILLION: u64 = 1_000_000;

/// Points of `bad` out of `of`, on either scale. `of` is positive; `bad` beyond it counts as all.
pub fn points(scale: Scale, knots: &[Knot], bad: u128, of: u128) -> Nano {
    match scale {
        Scale::Defect => defect(knots, bad, of),
        Scale::Ratio => ratio(bad, of),
    }
}

/// The defect scale, floored to the nano-point. Exact for every `u128`.
pub fn defect(knots: &[Knot], bad: u128, of: u128) -> Nano {
    descent(knots, bad, of).map_or(Nano::ZERO, |descent| descent.points)
}

/// How a defect rate goes down the defect scale, with every number on the way: points are looked up and explained by
/// the same steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descent {
    /// At most `of`.
    pub bad: u128,
    pub of: u128,
    /// Defects per million: `whole + rest / of`.
    pub whole: u128,
    pub rest: u128,
    /// The line that they lie on.
    pub from: Knot,
    pub to: Knot,
    /// How long the line is, in defects per million, and how far it falls, in billionths of a point.
    pub span: u128,
    pub fall: u64,
    /// `rest × fall = carried × of + part`.
    pub carried: u128,
    pub part: u128,
    /// The fall so far × `span`, whole steps; `part / of` comes on top.
    pub steps: u128,
    /// The fall so far, rounded up.
    pub fallen: u128,
    pub points: Nano,
}

/// `None` beyond the last knot.
pub fn descent(knots: &[Knot], bad: u128, of: u128) -> Option<Descent> {
    let bad = bad.min(of);
    let (whole, rest) = mul_div_rem(bad, MILLION, of);
    let ends_beyond = |pair: &&[Knot]| {
        let end = u128::from(pair[1].dpm);
        whole < end || (whole == end && rest == 0)
    };
    let (from, to) = knots.windows(2).find(ends_beyond).map(|pair| (pair[0], pair[1]))?;
    let span = u128::from(to.dpm - from.dpm);
    let fall = u64::from(from.points - to.points) * Nano::POINT.unsigned_abs();
    let (carried, part) = mul_div_rem(rest, fall, of);
    let steps = u128::from(fall) * (whole - u128::from(from.dpm)) + carried;
    let fallen = if part > 0 { steps / span + 1 } else { steps.div_ceil(span) };
    // `fallen` is at most `fall`, so it fits.
    let points = Nano::new(Nano::points(from.points).get() - fallen as i64);
    Some(Descent { bad, of, whole, rest, from, to, span, fall, carried, part, steps, fallen, points })
}

/// 100 × (1 − rate), floored to the nano-point.
pub fn ratio(bad: u128, of: u128) -> Nano {
    let good = of - bad.min(of);
    // At most 100 × 10⁹, so it fits.
    Nano::new(mul_div_rem(good, Nano::FULL.get().unsigned_abs(), of).0 as i64)
}

/// Defects per million up to which a rate has 5, 4, 3, 2 and 1 nines.
pub const NINES: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];

/// How many nines, by [`NINES`]; beyond all of them none.
pub fn nines(bad: u128, of: u128) -> u8 {
    let (whole, rest) = mul_div_rem(bad.min(of), MILLION, of);
    let at_most = |edge: u128| whole < edge || (whole == edge && rest == 0);
    NINES.iter().position(|&edge| at_most(edge.into())).map_or(0, |step| 5 - step as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knots_are_hit_exactly() {
        for knot in KNOTS {
            assert_eq!(defect(&KNOTS, u128::from(knot.dpm), 1_000_000), Nano::points(knot.points));
        }
    }

    #[test]
    fn nines_change_right_after_their_edge() {
        let bands: Vec<_> = [0, 10, 11, 100, 1_000, 10_000, 100_000, 100_001, 1_000_000]
            .iter()
            .map(|&bad| nines(bad, 1_000_000))
            .collect();
        assert_eq!(bands, [5, 5, 4, 4, 3, 2, 1, 0, 0]);
        assert_eq!(nines(1, 99_999), 4, "10.0001 per million is above 10");
    }

    #[test]
    fn any_u128_has_points() {
        assert_eq!(defect(&KNOTS, u128::MAX, u128::MAX), Nano::ZERO);
        assert_eq!(defect(&KNOTS, 0, u128::MAX), Nano::FULL);
        assert_eq!(defect(&KNOTS, u128::MAX / 20, u128::MAX).six(), "50.000000");
        assert_eq!(ratio(u128::MAX / 4, u128::MAX).six(), "75.000000");
    }

    proptest! {
        // floor(exact) means: u ≤ exact < u + 1. With exact = p − Δp·(D − d)/ΔD and D = bad·10⁶/of, cross-multiplied.
        #[test]
        fn defect_points_are_the_floor_of_the_exact_value(of in 1u128..1_000_000_000_000, share in 0u128..=1_000_000) {
            let bad = of * share / 1_000_000;
            let got = i128::from(defect(&KNOTS, bad, of).get());
            let at = bad * 1_000_000;
            let i = (1..KNOTS.len()).find(|&i| at <= u128::from(KNOTS[i].dpm) * of).unwrap();
            let (from, to) = (KNOTS[i - 1], KNOTS[i]);
            let den = (of * u128::from(to.dpm - from.dpm)) as i128;
            let fall = i128::from(from.points - to.points) * 1_000_000_000;
            let exact = i128::from(from.points) * 1_000_000_000 * den
                - fall * (at - u128::from(from.dpm) * of) as i128;
            prop_assert!(got * den <= exact && exact < (got + 1) * den);
        }

        #[test]
        fn ratio_points_are_the_floor_of_the_exact_value(of in 1u128..1_000_000_000_000, share in 0u128..=1_000_000) {
            let bad = of * share / 1_000_000;
            let got = u128::try_from(ratio(bad, of).get()).unwrap();
            let exact = 100_000_000_000 * (of - bad);
            prop_assert!(got * of <= exact && exact < (got + 1) * of);
        }

        #[test]
        fn one_defect_less_never_lowers(of in 1u128..1_000_000_000, bad in 1u128..1_000_000_000) {
            let bad = bad.min(of);
            for scale in [Scale::Defect, Scale::Ratio] {
                prop_assert!(points(scale, &KNOTS, bad - 1, of) >= points(scale, &KNOTS, bad, of));
            }
        }
    }
}
