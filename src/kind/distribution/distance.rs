//! How far two distributions over the same cells are apart.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use schemars::JsonSchema;

use crate::base::Text;
use crate::kernel::exact::Exact;
use crate::kernel::logarithm::{self, times_ln2, weighted_log2};
use crate::kernel::number::WHOLE;
use crate::rule::arguments::Choice;
use crate::say;

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Population stability index; known to within 2⁻⁵⁷.
    Psi,
    /// Kolmogorov–Smirnov: the greatest difference of the cumulative shares.
    Ks,
    /// Pearson's statistic, which grows with the number of rows.
    ChiSquare,
    /// Total variation: half the sum of the differences of the shares.
    Tvd,
}

impl Choice for Test {
    const WORDS: &'static [(&'static str, Self)] =
        &[("psi", Self::Psi), ("ks", Self::Ks), ("chi_square", Self::ChiSquare), ("tvd", Self::Tvd)];

    fn what() -> Text {
        say!("test of distributions", "phép so phân bố")
    }
}

/// What is compared: cells in order, every other one for a value of the baseline, with the values between, before and
/// after them in the cells around it (see [`super::Cells`]).
pub struct Counts<'c> {
    pub observed: &'c [u64],
    pub expected: &'c [u64],
}

/// The two numbers between which a distance lies; but for `psi` they are the same. `None`: infinite. There is at least
/// one observed and one expected value.
pub fn distance(test: Test, counts: &Counts<'_>) -> Option<[Exact; 2]> {
    let exact = match test {
        Test::Psi => return Some(psi(counts)),
        Test::Ks => ks(counts),
        Test::ChiSquare => chi_square(counts)?,
        Test::Tvd => tvd(counts),
    };
    Some([exact.clone(), exact])
}

impl Counts<'_> {
    fn pairs(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.observed.iter().copied().zip(self.expected.iter().copied())
    }

    fn totals(&self) -> (BigInt, BigInt) {
        let total = |counts: &[u64]| counts.iter().map(|count| BigInt::from(*count)).sum();
        (total(self.observed), total(self.expected))
    }
}

fn tvd(counts: &Counts<'_>) -> Exact {
    let (n, m) = counts.totals();
    let sum: BigInt = counts.pairs().map(|(o, e)| BigInt::from((&m * o - &n * e).magnitude().clone())).sum();
    Exact::fraction(sum * WHOLE, n * m * 2)
}

fn ks(counts: &Counts<'_>) -> Exact {
    let (n, m) = counts.totals();
    let mut apart = BigInt::ZERO;
    let mut most = BigInt::ZERO;
    for (o, e) in counts.pairs() {
        apart += &m * o - &n * e;
        most = most.max(BigInt::from(apart.magnitude().clone()));
    }
    Exact::fraction(most * WHOLE, n * m)
}

/// Σ (o − e·n/m)² / (e·n/m) = m/n · Σ o²/e − n.
fn chi_square(counts: &Counts<'_>) -> Option<Exact> {
    let (n, m) = counts.totals();
    let mut squares: BTreeMap<u64, BigInt> = BTreeMap::new();
    for (o, e) in counts.pairs().filter(|(o, _)| *o > 0) {
        if e == 0 {
            return None;
        }
        *squares.entry(e).or_default() += BigInt::from(o) * o;
    }
    let zero = (BigInt::ZERO, BigInt::from(1));
    let (over, under) =
        squares.into_iter().fold(zero, |(over, under), (e, square)| (over * e + square * &under, under * e));
    Some(Exact::fraction((over * m - &n * &n * &under) * WHOLE, n * under))
}

/// Σ (p − q)·ln(p/q) over the values of the baseline, and all others as one value if there are any. Every count is
/// raised by 1, so that no share is 0. As Σ (p − q) = 0, the totals leave the logarithm.
fn psi(counts: &Counts<'_>) -> [Exact; 2] {
    let others: u64 = counts.observed.iter().step_by(2).sum();
    let values = counts.pairs().skip(1).step_by(2);
    let pairs: Vec<(u64, u64)> =
        values.chain((others > 0).then_some((others, 0))).map(|(o, e)| (o + 1, e + 1)).collect();
    let total =
        |side: fn(&(u64, u64)) -> u64| pairs.iter().map(|pair| BigInt::from(side(pair))).sum::<BigInt>();
    let (n, m) = (total(|pair| pair.0), total(|pair| pair.1));
    let terms = pairs.iter().flat_map(|&(o, e)| {
        let weight = &m * o - &n * e;
        [(o, weight.clone()), (e, -weight)]
    });
    // Never negative, whatever the error says.
    let bounds = weighted_log2(terms).map(|bound| bound.max(BigInt::ZERO));
    let (bounds, gained) = times_ln2(bounds);
    bounds.map(|bound| Exact::fraction(bound * WHOLE, (&n * &m) << (logarithm::BITS + gained)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(test: Test, observed: &[u64], expected: &[u64]) -> Option<f64> {
        let [low, high] = distance(test, &Counts { observed, expected })?;
        assert!(low.cut() <= high.cut());
        high.decimal(18).parse().ok()
    }

    #[test]
    fn the_same_distribution_is_at_no_distance() {
        let (observed, expected) = ([0, 2, 0, 4, 0, 6, 0], [0, 1, 0, 2, 0, 3, 0]);
        for test in [Test::Tvd, Test::Ks, Test::ChiSquare] {
            assert_eq!(shown(test, &observed, &expected), Some(0.0), "{test:?}");
        }
        assert_eq!(shown(Test::Psi, &expected, &expected), Some(0.0));
    }

    #[test]
    fn values_that_the_baseline_lacks() {
        let (observed, expected) = ([1, 1, 0, 0, 0], [0, 1, 0, 1, 0]);
        assert_eq!(shown(Test::Tvd, &observed, &expected), Some(0.5));
        assert_eq!(shown(Test::Ks, &observed, &expected), Some(0.5));
        assert_eq!(shown(Test::ChiSquare, &observed, &expected), None);
    }

    proptest! {
        #[test]
        fn equal_to_the_definition(cells in prop::collection::vec((0_u64..40, 0_u64..40, 1_u64..40), 1..8)) {
            let gaps: Vec<u64> = cells.iter().map(|cell| cell.0 / 20).collect();
            let mut observed: Vec<u64> = cells.iter().zip(&gaps).flat_map(|(cell, gap)| [*gap, cell.1]).collect();
            let mut expected: Vec<u64> = cells.iter().flat_map(|cell| [0, cell.2]).collect();
            observed.push(1);
            expected.push(0);
            let share = |counts: &[u64]| {
                let total: u64 = counts.iter().sum();
                counts.iter().map(|count| *count as f64 / total as f64).collect::<Vec<f64>>()
            };
            let (p, q) = (share(&observed), share(&expected));
            let close = |test, slow: f64| {
                let exact = shown(test, &observed, &expected).unwrap_or(f64::INFINITY);
                prop_assert!((exact - slow).abs() < 1e-9 * (1.0 + slow), "{:?}: {} {}", test, exact, slow);
                Ok(())
            };
            close(Test::Tvd, p.iter().zip(&q).map(|(p, q)| (p - q).abs()).sum::<f64>() / 2.0)?;
            let cumulative = |shares: &[f64], upto: usize| shares[..=upto].iter().sum::<f64>();
            let apart = (0..p.len()).map(|at| (cumulative(&p, at) - cumulative(&q, at)).abs());
            close(Test::Ks, apart.fold(0.0, f64::max))?;
            let smooth = |counts: &[u64], others: u64| {
                let values = counts.iter().skip(1).step_by(2).map(|count| count + 1);
                share(&values.chain([others + 1]).collect::<Vec<_>>())
            };
            let (p, q) = (smooth(&observed, gaps.iter().sum::<u64>() + 1), smooth(&expected, 0));
            close(Test::Psi, p.iter().zip(&q).map(|(p, q)| (p - q) * (p / q).ln()).sum())?;
        }

        #[test]
        fn chi_square_is_the_definition(cells in prop::collection::vec((0_u64..40, 1_u64..40), 2..8)) {
            let observed: Vec<u64> = cells.iter().map(|cell| cell.0 + 1).collect();
            let expected: Vec<u64> = cells.iter().map(|cell| cell.1).collect();
            let scale = observed.iter().sum::<u64>() as f64 / expected.iter().sum::<u64>() as f64;
            let slow: f64 = cells
                .iter()
                .map(|&(o, e)| (o as f64 + 1.0 - e as f64 * scale).powi(2) / (e as f64 * scale))
                .sum();
            let exact = shown(Test::ChiSquare, &observed, &expected).unwrap_or(f64::INFINITY);
            prop_assert!((exact - slow).abs() < 1e-9 * (1.0 + slow));
        }
    }
}
