//! Sums of values, squares and products that no table overflows: exact, whatever the order of rows.

use num_bigint::{BigInt, BigUint};

use serde::{Deserialize, Serialize};

use super::State;

/// A sum of products of two integers of up to 128 bits: 384 bits for each sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    positive: [u64; 6],
    negative: [u64; 6],
}

impl Sum {
    pub fn add(&mut self, value: i128) {
        self.add_product(value, 1);
    }

    pub fn add_product(&mut self, a: i128, b: i128) {
        let side = if (a < 0) == (b < 0) { &mut self.positive } else { &mut self.negative };
        carry(side, &product(a.unsigned_abs(), b.unsigned_abs()));
    }

    pub fn value(&self) -> BigInt {
        BigInt::from(big(&self.positive)) - BigInt::from(big(&self.negative))
    }
}

impl State for Sum {
    fn merge(&mut self, other: Self) {
        carry(&mut self.positive, &other.positive);
        carry(&mut self.negative, &other.negative);
    }
}

/// Least significant limb first.
fn product(a: u128, b: u128) -> [u64; 4] {
    let halves = |value: u128| (value & u128::from(u64::MAX), value >> 64);
    let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
    let (low, cross, across, top) = (a0 * b0, a0 * b1, a1 * b0, a1 * b1);
    let middle = (low >> 64) + halves(cross).0 + halves(across).0;
    let high = top + (cross >> 64) + (across >> 64) + (middle >> 64);
    [low as u64, middle as u64, high as u64, (high >> 64) as u64]
}

fn carry(sum: &mut [u64; 6], limbs: &[u64]) {
    let mut carried = false;
    for (at, limb) in sum.iter_mut().enumerate() {
        let (once, first) = limb.overflowing_add(limbs.get(at).copied().unwrap_or_default());
        let (twice, second) = once.overflowing_add(u64::from(carried));
        (*limb, carried) = (twice, first || second);
    }
}

fn big(limbs: &[u64; 6]) -> BigUint {
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigUint::from_bytes_le(&bytes)
}

/// Number, sum and sum of squares of some values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    pub count: u64,
    pub sum: Sum,
    pub squares: Sum,
}

impl Moments {
    pub fn add(&mut self, value: i128) {
        self.count += 1;
        self.sum.add(value);
        self.squares.add_product(value, value);
    }

    /// n·Σx² − (Σx)²: n² times the variance of the population.
    pub fn spread(&self) -> BigInt {
        let sum = self.sum.value();
        self.squares.value() * self.count - &sum * &sum
    }
}

impl State for Moments {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum.merge(other.sum);
        self.squares.merge(other.squares);
    }
}

/// The moments of pairs of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairs {
    pub first: Moments,
    pub second: Moments,
    products: Sum,
}

impl Pairs {
    pub fn add(&mut self, a: i128, b: i128) {
        self.first.add(a);
        self.second.add(b);
        self.products.add_product(a, b);
    }

    /// n·Σxy − Σx·Σy: n² times the covariance of the population.
    pub fn joint_spread(&self) -> BigInt {
        self.products.value() * self.first.count - self.first.sum.value() * self.second.sum.value()
    }
}

impl State for Pairs {
    fn merge(&mut self, other: Self) {
        self.first.merge(other.first);
        self.second.merge(other.second);
        self.products.merge(other.products);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(pairs: &[(i128, i128)]) -> Pairs {
        let mut state = Pairs::default();
        pairs.iter().for_each(|&(a, b)| state.add(a, b));
        state
    }

    fn some() -> impl Strategy<Value = Vec<(i128, i128)>> {
        prop::collection::vec((any::<i128>(), any::<i128>()), 0..8)
    }

    proptest! {
        #[test]
        fn sums_are_exact(pairs in some()) {
            let state = of(&pairs);
            let sum = |term: &dyn Fn(&(i128, i128)) -> BigInt| pairs.iter().map(term).sum::<BigInt>();
            let n = BigInt::from(pairs.len());
            let x = sum(&|p| p.0.into());
            let y = sum(&|p| p.1.into());
            prop_assert_eq!(state.first.spread(), sum(&|p| BigInt::from(p.0) * p.0) * &n - &x * &x);
            prop_assert_eq!(state.joint_spread(), sum(&|p| BigInt::from(p.0) * p.1) * &n - &x * &y);
        }

        #[test]
        fn laws(a in some(), b in some(), c in some()) {
            let merged = |parts: &[&Vec<(i128, i128)>]| {
                let mut all = Pairs::default();
                parts.iter().for_each(|part| all.merge(of(part)));
                all
            };
            let whole = of(&[a.clone(), b.clone(), c.clone()].concat());
            prop_assert_eq!(merged(&[&a, &b, &c]), whole);
            prop_assert_eq!(merged(&[&c, &a, &b]), whole);
            let mut right = of(&b);
            right.merge(of(&c));
            let mut nested = of(&a);
            nested.merge(right);
            prop_assert_eq!(nested, whole);
        }
    }
}
