//! Points and exact ratios: the only numbers a score is made of. No floats.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::wide::Wide;

/// Points in billionths: 0 … 100 × 10⁹. A published value is the floor of the exact rational, taken once per node
/// (rule, table and dimension, dimension, database, agency, nation), which is as deterministic as the rational itself.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Nano(i64);

impl Nano {
    /// One point.
    pub const POINT: i64 = 1_000_000_000;
    pub const ZERO: Self = Self(0);
    /// A hundred points.
    pub const FULL: Self = Self(100 * Self::POINT);

    pub const fn new(nano: i64) -> Self {
        Self(nano)
    }

    pub const fn points(points: u32) -> Self {
        Self(points as i64 * Self::POINT)
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    /// Six decimals and a point, cut off and never rounded up: a value below a band's edge never looks as if it
    /// had reached it.
    pub fn six(self) -> String {
        self.decimal(6, '.')
    }

    /// `places` (at most 9) decimals, cut off.
    pub fn decimal(self, places: u32, mark: char) -> String {
        let places = places.min(9);
        let sign = if self.0 < 0 { "-" } else { "" };
        let cut = self.0.unsigned_abs() / 10u64.pow(9 - places);
        let unit = 10u64.pow(places);
        if places == 0 {
            return format!("{sign}{cut}");
        }
        format!("{sign}{}{mark}{:0width$}", cut / unit, cut % unit, width = places as usize)
    }
}

/// `a × m / n` as quotient and remainder, exact even where the product does not fit. Needs `n > 0`, and `a ≤ n`
/// (or a product that fits).
pub fn mul_div_rem(a: u128, m: u64, n: u128) -> (u128, u128) {
    if let Some(product) = a.checked_mul(u128::from(m)) {
        return (product / n, product % n);
    }
    let (whole, part) = (a / n, a % n);
    let (mut quotient, mut rest) = (0u128, 0u128);
    let add = |quotient: &mut u128, rest: &mut u128, term: u128| {
        let (sum, wrapped) = rest.overflowing_add(term);
        if wrapped || sum >= n {
            *quotient += 1;
            *rest = sum.wrapping_sub(n);
        } else {
            *rest = sum;
        }
    };
    for bit in (0..u64::BITS).rev() {
        quotient *= 2;
        let doubled = rest;
        add(&mut quotient, &mut rest, doubled);
        if m >> bit & 1 == 1 {
            quotient += whole;
            add(&mut quotient, &mut rest, part);
        }
    }
    (quotient, rest)
}

/// A non-negative rational in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: u128,
    den: u128,
}

impl Ratio {
    pub const ZERO: Self = Self { num: 0, den: 1 };
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `None` if the denominator is zero.
    pub fn new(num: u128, den: u128) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let common = gcd(num, den);
        Some(Self { num: num / common, den: den / common })
    }

    pub const fn percent(percent: u32) -> Self {
        // Compared only, so lowest terms do not matter here.
        Self { num: percent as u128, den: 100 }
    }

    pub const fn num(self) -> u128 {
        self.num
    }

    pub const fn den(self) -> u128 {
        self.den
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        let common = gcd(self.den, other.den);
        let (left, right) = (other.den / common, self.den / common);
        let num = self.num.checked_mul(left)?.checked_add(other.num.checked_mul(right)?)?;
        Self::new(num, self.den.checked_mul(left)?)
    }

    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let (a, b) = (gcd(self.num, other.den).max(1), gcd(other.num, self.den).max(1));
        let num = (self.num / a).checked_mul(other.num / b)?;
        let den = (self.den / b).checked_mul(other.den / a)?;
        Self::new(num, den)
    }

    /// The sum; exact while it fits, else every term cut off at 10⁻¹⁸ first (a lower bound, and deterministic).
    pub fn sum(terms: &[Self]) -> Self {
        let exact = terms.iter().try_fold(Self::ZERO, |sum, &term| sum.checked_add(term));
        exact.unwrap_or_else(|| {
            let num = terms.iter().map(|term| term.floor_times(ATTO)).fold(0u128, u128::saturating_add);
            Self::new(num, u128::from(ATTO)).unwrap_or(Self::ZERO)
        })
    }

    /// `⌊self × by⌋`, for ratios up to 1, or small ones above.
    pub fn floor_times(self, by: u64) -> u128 {
        mul_div_rem(self.num, by, self.den).0
    }

    /// Numerator and denominator as `u64`; where they do not fit, the ratio cut off at 10⁻¹⁸.
    pub fn to_u64(self) -> (u64, u64) {
        match (u64::try_from(self.num), u64::try_from(self.den)) {
            (Ok(num), Ok(den)) => (num, den),
            _ => (u64::try_from(self.floor_times(ATTO)).unwrap_or(u64::MAX), ATTO),
        }
    }

    /// Six decimals, cut off.
    pub fn six(self) -> String {
        let (whole, rest) = (self.num / self.den, self.num % self.den);
        format!("{whole}.{:06}", mul_div_rem(rest, 1_000_000, self.den).0)
    }

    /// As a percentage with two decimals, cut off.
    pub fn percent_text(self, mark: char) -> String {
        let hundredths = self.floor_times(10_000);
        format!("{}{mark}{:02}%", hundredths / 100, hundredths % 100)
    }
}

const ATTO: u64 = 1_000_000_000_000_000_000;

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.num.checked_mul(other.den), other.num.checked_mul(self.den)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => Wide::product(&[self.num, other.den]).cmp(&Wide::product(&[other.num, self.den])),
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `3/4`, or `3` where the denominator is 1.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { write!(f, "{}", self.num) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

/// The greatest common divisor; of 0 and 0 it is 0.
pub const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_cut_off() {
        assert_eq!(Nano::new(89_999_999_999).six(), "89.999999");
        assert_eq!(Nano::new(89_999_999_999).decimal(2, ','), "89,99");
        assert_eq!(Nano::points(90).decimal(2, ','), "90,00");
        assert_eq!(Nano::new(-1_500_000_000).decimal(1, '.'), "-1.5");
        assert_eq!(Nano::new(1_999_999_999).decimal(0, '.'), "1");
    }

    #[test]
    fn ratios_are_exact() {
        let half = Ratio::new(2, 4).unwrap();
        assert_eq!(half.to_string(), "1/2");
        assert_eq!(half.checked_add(Ratio::new(1, 3).unwrap()).unwrap().to_string(), "5/6");
        assert_eq!(Ratio::new(2, 3).unwrap().six(), "0.666666");
        assert_eq!(Ratio::new(1967, 2000).unwrap().percent_text(','), "98,35%");
        assert!(Ratio::new(1, 0).is_none());
        assert!(Ratio::new(9, 10).unwrap() >= Ratio::percent(90));
    }

    #[test]
    fn huge_ratios_compare_and_cut_off_downwards() {
        let below = Ratio::new(u128::MAX - 2, u128::MAX).unwrap();
        let above = Ratio::new(u128::MAX - 1, u128::MAX).unwrap();
        assert!(below < above && above < Ratio::ONE);
        assert_eq!(above.to_u64(), (ATTO - 1, ATTO));
        let primes = [1_000_000_007u128, 998_244_353, 1_000_000_009, 1_000_000_021, 1_000_000_033];
        let terms: Vec<_> = primes.iter().map(|&p| Ratio::new(1, p).unwrap()).collect();
        assert!(Ratio::sum(&terms) < Ratio::new(5, 998_244_353).unwrap());
    }

    proptest! {
        #[test]
        fn long_way_agrees_with_short_way(a in any::<u128>(), m in any::<u64>(), n in 1..=u128::MAX) {
            let a = a % n;
            let (q, r) = mul_div_rem(a, m, n);
            prop_assert!(r < n);
            // q·n + r = a·m, checked modulo 2¹²⁸ and by size.
            prop_assert_eq!(q.wrapping_mul(n).wrapping_add(r), a.wrapping_mul(u128::from(m)));
            prop_assert!(q <= u128::from(m));
        }
    }
}
