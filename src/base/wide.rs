//! Products too wide for `u128`, only ever compared.

/// Up to 640 bits: the product of five `u128`. Compared, never printed, so that an exact inequality needs no
/// big-number library and no rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wide([u64; LIMBS]);

const LIMBS: usize = 10;

impl Wide {
    /// The product of at most five factors.
    pub fn product(factors: &[u128]) -> Self {
        debug_assert!(factors.len() * 2 <= LIMBS, "at most five factors fit");
        // Least significant limb first while multiplying.
        let mut acc = [0u64; LIMBS];
        acc[0] = 1;
        for &factor in factors {
            let low = times(&acc, factor as u64);
            let high = times(&acc, (factor >> 64) as u64);
            acc = low;
            let mut carry = 0u128;
            for i in 1..LIMBS {
                let sum = u128::from(acc[i]) + u128::from(high[i - 1]) + carry;
                acc[i] = sum as u64;
                carry = sum >> 64;
            }
        }
        // Most significant limb first, so that the derived order is the order of the numbers.
        acc.reverse();
        Self(acc)
    }
}

fn times(limbs: &[u64; LIMBS], by: u64) -> [u64; LIMBS] {
    let mut out = [0u64; LIMBS];
    let mut carry = 0u128;
    for (out, &limb) in out.iter_mut().zip(limbs) {
        let product = u128::from(limb) * u128::from(by) + carry;
        *out = product as u64;
        carry = product >> 64;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_like_the_numbers() {
        assert!(Wide::product(&[3, 5]) < Wide::product(&[2, 8]));
        assert_eq!(Wide::product(&[6, 35]), Wide::product(&[10, 21]));
        let m = u128::MAX;
        assert!(Wide::product(&[m, m, m, m, m]) > Wide::product(&[m, m, m, m, m - 1]));
        // (2^64 + 1)² = 2^128 + 2^65 + 1, which is one more than 2 · (2^127 + 2^64).
        let x = (1u128 << 64) + 1;
        assert!(Wide::product(&[x, x]) > Wide::product(&[2, (1u128 << 127) + (1u128 << 64)]));
    }
}
