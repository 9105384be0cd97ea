//! Logarithms of counts in integers: the same on every machine, with a stated error.

use std::collections::BTreeMap;

use num_bigint::BigInt;

/// Digits after the binary point of the results here.
pub const BITS: u32 = 60;
/// Results are at most this much of 2⁻⁶⁰ below the true value, and never above it: an error below 2⁻⁵⁹.
const ERROR: u8 = 2;

/// Bounds of ln 2 in 2⁻⁶⁴.
const LN_2: [u64; 2] = [0xB172_17F7_D1CF_79AB, 0xB172_17F7_D1CF_79AC];
const LN_2_BITS: u32 = 64;

/// log₂ of a positive number in 2⁻⁶⁰, at most [`ERROR`] too small; exact for powers of two.
///
/// One bit after the other: squaring doubles the logarithm. The 60 squarings are cut at 2⁻⁶³; the cut at step i is worth
/// less than 1.45·2⁻⁶³⁻ⁱ of the result, all of them together less than 2⁻⁶², and the bits that are left out less than 2⁻⁶⁰.
fn log2(value: u64) -> u128 {
    let shift = value.leading_zeros();
    let mut result = u128::from(u64::BITS - 1 - shift);
    let mut mantissa = value << shift;
    for _ in 0..BITS {
        let square = u128::from(mantissa) * u128::from(mantissa);
        let bit = square >> 127;
        mantissa = (square >> (63 + bit as u32)) as u64;
        result = result << 1 | bit;
    }
    result
}

/// Bounds of the sum of `weight · log₂(value)` in 2⁻⁶⁰. Powers of two are taken out of the values first: what cancels
/// out exactly leaves no error behind. Values are positive.
pub fn weighted_log2(terms: impl IntoIterator<Item = (u64, BigInt)>) -> [BigInt; 2] {
    let mut exact = BigInt::ZERO;
    let mut odd: BTreeMap<u64, BigInt> = BTreeMap::new();
    for (value, weight) in terms {
        let twos = value.trailing_zeros();
        exact += &weight * twos;
        *odd.entry(value >> twos).or_default() += weight;
    }
    exact <<= BITS;
    let [mut low, mut high] = [exact.clone(), exact];
    for (value, weight) in odd.into_iter().filter(|(value, _)| *value > 1) {
        let near = log2(value);
        let [a, b] = [&weight * near, &weight * (near + u128::from(ERROR))];
        let (least, most) = if a <= b { (a, b) } else { (b, a) };
        low += least;
        high += most;
    }
    [low, high]
}

/// Bounds of `ln 2` times what lies between two numbers that are not negative, in 2^-bits of what it was; gives the
/// numbers and how many binary digits they have gained.
pub fn times_ln2([low, high]: [BigInt; 2]) -> ([BigInt; 2], u32) {
    ([low * LN_2[0], high * LN_2[1]], LN_2_BITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn powers_of_two_are_exact() {
        for power in 0..64_u32 {
            assert_eq!(log2(1 << power), u128::from(power) << BITS);
        }
    }

    #[test]
    fn known_digits() {
        // log₂ 3 = 1.58496250072115618145373894394781650875981440769248…
        let digits: BigInt = "1584962500721156181453738943947816508759814".parse().expect("digits");
        let truth = (digits << BITS) / BigInt::from(10).pow(42);
        let found = BigInt::from(log2(3));
        assert!(found <= truth && truth <= &found + ERROR);
    }

    #[test]
    fn what_cancels_leaves_no_error() {
        // Two values, each three times: 6·log₂6 − 2·3·log₂3 = 6.
        let terms = [(6, 6), (3, -3), (3, -3)].map(|(value, weight)| (value, BigInt::from(weight)));
        assert_eq!(weighted_log2(terms), [BigInt::from(6) << BITS, BigInt::from(6) << BITS]);
    }

    proptest! {
        #[test]
        fn near_the_floating_point_logarithm(value in 1_u64..) {
            let found = log2(value) as f64 / (1_u64 << BITS) as f64;
            prop_assert!((found - (value as f64).log2()).abs() < 1e-12);
        }

        /// The bound itself, checked without any logarithm: log₂(a·b) = log₂ a + log₂ b.
        #[test]
        fn products_add(a in 1_u64..1 << 32, b in 1_u64..1 << 32) {
            let (sum, product) = (log2(a) + log2(b), log2(a * b));
            prop_assert!(sum <= product + u128::from(ERROR) && product <= sum + 2 * u128::from(ERROR));
        }
    }
}
