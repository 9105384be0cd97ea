//! From dimensions to one number: three quarters mean, one quarter the weakest.

use serde::Serialize;

use crate::base::Nano;

/// The share of the weakest dimension, as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lambda {
    pub num: u32,
    pub den: u32,
}

impl Lambda {
    pub const QUARTER: Self = Self { num: 1, den: 4 };
}

/// The floored weighted mean; `None` if nothing has weight. Weights are small (severities, tiers, registry weights).
pub fn weighted_mean(values: impl IntoIterator<Item = (u64, Nano)>) -> Option<Nano> {
    let (mut weights, mut sum) = (0i128, 0i128);
    for (weight, value) in values {
        weights += i128::from(weight);
        sum += i128::from(weight) * i128::from(value.get());
    }
    (weights > 0).then(|| Nano::new(sum.div_euclid(weights) as i64))
}

/// `(1 − λ) · weighted mean + λ · minimum`, floored; `None` if nothing has weight. A value without weight leaves the
/// minimum too.
pub fn mean_min(values: impl IntoIterator<Item = (u64, Nano)>, lambda: Lambda) -> Option<Nano> {
    MeanMin::of(values, lambda).map(|it| it.points)
}

/// A mean with its minimum mixed in, and the sums that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanMin {
    pub weights: i128,
    /// Of the values by weight.
    pub sum: i128,
    pub minimum: i128,
    pub points: Nano,
}

impl MeanMin {
    pub fn of(values: impl IntoIterator<Item = (u64, Nano)>, lambda: Lambda) -> Option<Self> {
        let (mut weights, mut sum, mut minimum) = (0i128, 0i128, i128::MAX);
        for (weight, value) in values {
            if weight > 0 {
                let value = i128::from(value.get());
                weights += i128::from(weight);
                sum += i128::from(weight) * value;
                minimum = minimum.min(value);
            }
        }
        if weights == 0 {
            return None;
        }
        let (a, b) = (i128::from(lambda.num), i128::from(lambda.den));
        let points = Nano::new(((b - a) * sum + a * minimum * weights).div_euclid(b * weights) as i64);
        Some(Self { weights, sum, minimum, points })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_weakest_counts_more() {
        let values = [100, 100, 100, 0].map(|points| (1, Nano::points(points)));
        assert_eq!(mean_min(values, Lambda::QUARTER).unwrap().six(), "56.250000");
        assert_eq!(weighted_mean(values).unwrap().six(), "75.000000");
        assert_eq!(mean_min([], Lambda::QUARTER), None);
        assert_eq!(mean_min([(0, Nano::ZERO), (2, Nano::FULL)], Lambda::QUARTER), Some(Nano::FULL));
    }

    proptest! {
        #[test]
        fn raising_a_value_never_lowers(
            values in prop::collection::vec((1u64..6, 0i64..=100_000_000_000), 1..7),
            which in 0usize..7,
            by in 0i64..10_000_000_000,
        ) {
            let of = |values: &[(u64, i64)]| {
                mean_min(values.iter().map(|&(w, x)| (w, Nano::new(x))), Lambda::QUARTER).unwrap()
            };
            let before = of(&values);
            let mut after = values.clone();
            let which = which % after.len();
            after[which].1 = (after[which].1 + by).min(Nano::FULL.get());
            prop_assert!(of(&after) >= before);
            let (min, max) = (values.iter().map(|v| v.1).min().unwrap(), values.iter().map(|v| v.1).max().unwrap());
            prop_assert!((min..=max).contains(&before.get()));
        }
    }
}
