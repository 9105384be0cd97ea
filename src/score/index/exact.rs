//! Exact fractions of any size. Nothing is cut off before a value is shown, so that 90 is 90 even where it is the mean
//! of thirds.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::base::{Nano, Ratio};

/// A share from 0 to 1. Not in lowest terms; 0 and 1 have the denominator 1.
#[derive(Clone, Debug)]
pub struct Share {
    num: BigUint,
    den: BigUint,
}

impl Share {
    pub fn zero() -> Self {
        Self { num: 0u8.into(), den: 1u8.into() }
    }

    /// `num / den` with `num ≤ den`; `None` if there is nothing to be a share of.
    pub fn new(num: u128, den: u128) -> Option<Self> {
        let ratio = Ratio::new(num, den)?;
        Some(Self { num: ratio.num().into(), den: ratio.den().into() })
    }

    /// `Σ weight × share / Σ weight`; `None` without any weight.
    pub fn mean<'s>(parts: impl IntoIterator<Item = (u32, &'s Self)>) -> Option<Self> {
        // Columns of a table mostly share their denominator, so there are far fewer of them than shares.
        let mut sums: BTreeMap<&BigUint, BigUint> = BTreeMap::new();
        let mut weights = 0u64;
        for (weight, share) in parts {
            weights += u64::from(weight);
            *sums.entry(&share.den).or_default() += &share.num * weight;
        }
        if weights == 0 {
            return None;
        }
        let common: BigUint = sums.keys().copied().product();
        let num: BigUint = sums.iter().map(|(&den, sum)| sum * (&common / den)).sum();
        let den = common * weights;
        Some(if num == den { Self { num: 1u8.into(), den: 1u8.into() } } else { Self { num, den } })
    }

    pub fn is_whole(&self) -> bool {
        self.num == self.den
    }

    /// Compared with so many points of a hundred.
    pub fn against(&self, points: u32) -> Ordering {
        (&self.num * 100u32).cmp(&(&self.den * points))
    }

    /// In billionths of a point, rounded down: the only place where something is.
    pub fn floor(&self) -> Nano {
        let nano = &self.num * Nano::FULL.get().unsigned_abs() / &self.den;
        // A share is at most 1.
        i64::try_from(nano).map_or(Nano::FULL, Nano::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(num: u128, den: u128) -> Share {
        Share::new(num, den).unwrap()
    }

    #[test]
    fn ninety_is_ninety_even_of_fractions() {
        // 5/6 and 29/30 are 83.33… and 96.66…; cut off to billionths, their mean would be 89.999999999.
        let mean = Share::mean([(1, &share(5, 6)), (1, &share(29, 30))]).unwrap();
        assert_eq!(mean.against(90), Ordering::Equal);
        assert_eq!(mean.floor(), Nano::points(90));
        assert!(Share::mean([]).is_none() && Share::new(0, 0).is_none());
    }

    #[test]
    fn one_defect_in_the_largest_table_is_not_whole() {
        let most = u128::from(u64::MAX);
        let nearly = Share::mean([(1, &share(1, 1)), (1_000, &share(most - 1, most))]).unwrap();
        assert!(!nearly.is_whole());
        assert_eq!(nearly.floor().get(), Nano::FULL.get() - 1);
        assert!(Share::mean([(7, &share(3, 3)), (2, &share(1, 1))]).unwrap().is_whole());
    }

    #[test]
    fn many_unlike_denominators_are_exact() {
        let shares: Vec<Share> = (1..=400u128).map(|n| share(n, n + 1)).collect();
        let forward = Share::mean(shares.iter().map(|share| (1, share))).unwrap();
        let backward = Share::mean(shares.iter().rev().map(|share| (1, share))).unwrap();
        assert_eq!((&forward.num, &forward.den), (&backward.num, &backward.den));
        // 400 − (1/2 + … + 1/401) = 400 − 5.57242…
        assert_eq!(forward.floor().six(), "98.606894");
    }
}
