//! Figures without rounding: fractions and square roots of fractions, compared exactly and cut only to be shown.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use super::number::DECIMAL_SCALE;

/// A figure in ticks: 10⁻¹⁸ for numbers, days for dates, microseconds for timestamps.
#[derive(Clone, Debug)]
pub struct Exact {
    over: BigInt,
    /// Positive.
    under: BigInt,
    /// The figure is the square root of the fraction's magnitude, with the fraction's sign.
    root: bool,
}

impl Exact {
    pub fn whole(ticks: impl Into<BigInt>) -> Self {
        Self::fraction(ticks, 1)
    }

    /// `under` is positive.
    pub fn fraction(over: impl Into<BigInt>, under: impl Into<BigInt>) -> Self {
        Self { over: over.into(), under: under.into(), root: false }
    }

    /// The root of a fraction's magnitude, with its sign; `under` is positive.
    pub fn root(over: impl Into<BigInt>, under: impl Into<BigInt>) -> Self {
        Self { root: true, ..Self::fraction(over, under) }
    }

    /// Compares with a bound in the same ticks.
    pub fn compare(&self, bound: i128) -> Ordering {
        let bound = BigInt::from(bound);
        let bound = if self.root { with_sign(bound.sign(), &bound * &bound) } else { bound };
        self.over.cmp(&(bound * &self.under))
    }

    /// Whole ticks, cut towards zero.
    pub fn cut(&self) -> BigInt {
        let value = &self.over / &self.under;
        if self.root { with_sign(value.sign(), value.magnitude().sqrt()) } else { value }
    }

    /// A number as a decimal, cut after so many places (at most 18).
    pub fn decimal(&self, places: u32) -> String {
        let cut = self.cut() / BigInt::from(10).pow(DECIMAL_SCALE - places);
        show(&cut, places as usize)
    }
}

fn with_sign(sign: Sign, magnitude: impl Into<BigInt>) -> BigInt {
    let magnitude = magnitude.into();
    if sign == Sign::Minus { -magnitude } else { magnitude }
}

/// A whole number of 10^-places as people write it, without trailing zeros.
fn show(value: &BigInt, places: usize) -> String {
    let digits = format!("{:0>width$}", value.magnitude().to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value.sign() == Sign::Minus { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// The greatest whole number that is not above `over / under`; `under` is positive.
pub fn floor(over: &BigInt, under: &BigInt) -> BigInt {
    let cut = over / under;
    if over.sign() == Sign::Minus && &cut * under != *over { cut - 1 } else { cut }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::number::{WHOLE, show_decimal};
    use super::*;

    #[test]
    fn roots_are_compared_and_cut_exactly() {
        let two = Exact::root(BigInt::from(2) * WHOLE * WHOLE, 1);
        assert_eq!(two.decimal(18), "1.414213562373095048");
        assert_eq!(two.compare(1_414_213_562_373_095_048), Ordering::Greater);
        assert_eq!(two.compare(1_414_213_562_373_095_049), Ordering::Less);
        assert_eq!(two.compare(-3 * WHOLE), Ordering::Greater);
        let minus = Exact::root(BigInt::from(-WHOLE) * WHOLE, 4);
        assert_eq!((minus.decimal(18), minus.compare(-WHOLE / 2)), ("-0.5".to_owned(), Ordering::Equal));
    }

    #[test]
    fn wide_values_are_shown() {
        let wide = Exact::whole(BigInt::from(i128::MAX) * 1_000);
        assert_eq!(wide.decimal(18), "170141183460469231731687.303715884105727");
        assert_eq!(wide.decimal(2), "170141183460469231731687.3");
        assert_eq!(Exact::fraction(-1, 2).decimal(18), "0", "half a tick is cut, and zero has no sign");
    }

    proptest! {
        #[test]
        fn shows_as_machine_integers_do(value: i128) {
            prop_assert_eq!(Exact::whole(value).decimal(18), show_decimal(value));
        }

        #[test]
        fn floors(over in -1_000_i64..1_000, under in 1_i64..50) {
            prop_assert_eq!(floor(&over.into(), &under.into()), BigInt::from(over.div_euclid(under)));
        }

        #[test]
        fn fractions_compare_by_multiplication(over in -9_999_i64..9_999, under in 1_i64..99, bound in -999_i64..999) {
            prop_assert_eq!(Exact::fraction(over, under).compare(bound.into()), over.cmp(&(bound * under)));
            let squared = over.signum() * over * over;
            prop_assert_eq!(
                Exact::root(squared, under * under).compare(bound.into()),
                over.cmp(&(bound * under))
            );
        }
    }
}
