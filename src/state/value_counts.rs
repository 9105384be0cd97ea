//! How often each value occurs: of numbers and dates by their ticks, of texts by their digests.

use std::hash::Hash;

use hashbrown::HashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::State;

/// Value → how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueCounts<V: Eq + Hash>(HashMap<V, u64>);

impl<V: Eq + Hash> Default for ValueCounts<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V: Copy + Ord + Hash> ValueCounts<V> {
    pub fn add(&mut self, value: V) {
        *self.0.entry(value).or_default() += 1;
    }

    pub fn distinct(&self) -> u64 {
        self.0.len() as u64
    }

    /// How often a value occurs.
    pub fn of(&self, value: V) -> u64 {
        self.0.get(&value).copied().unwrap_or_default()
    }

    /// The counts, in no order.
    pub fn counts(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.values().copied()
    }

    /// Values with their counts, in the order of the values.
    pub fn sorted(&self) -> Vec<(V, u64)> {
        let mut all: Vec<(V, u64)> = self.0.iter().map(|(&value, &count)| (value, count)).collect();
        all.sort_unstable();
        all
    }

    pub fn ranked(&self) -> Ranked<V> {
        let mut seen = 0;
        let upto = self.sorted().into_iter().map(|(value, count)| {
            seen += count;
            (value, seen)
        });
        Ranked(upto.collect())
    }
}

impl<V: Copy + Ord + Hash + Serialize> Serialize for ValueCounts<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sorted().serialize(serializer)
    }
}

impl<'de, V: Eq + Hash + Deserialize<'de>> Deserialize<'de> for ValueCounts<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Vec::deserialize(deserializer)?.into_iter().collect()))
    }
}

impl<V: Copy + Ord + Hash + Serialize + DeserializeOwned + Send + 'static> State for ValueCounts<V> {
    fn merge(&mut self, mut other: Self) {
        if self.0.len() < other.0.len() {
            std::mem::swap(&mut self.0, &mut other.0);
        }
        for (value, count) in other.0.drain() {
            *self.0.entry(value).or_default() += count;
        }
    }
}

/// Values in order, each with the number of those up to and including it.
#[derive(Clone, Debug)]
pub struct Ranked<V>(Vec<(V, u64)>);

impl<V: Copy> Ranked<V> {
    pub fn len(&self) -> u64 {
        self.0.last().map_or(0, |&(_, upto)| upto)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at a rank, from 1 to [`Ranked::len`].
    pub fn at(&self, rank: u64) -> Option<V> {
        let place = self.0.partition_point(|&(_, upto)| upto < rank);
        self.0.get(place).filter(|_| rank > 0).map(|&(value, _)| value)
    }

    /// The `over/under`-quantile by nearest rank: the least value that so much of all is not above.
    pub fn quantile(&self, over: u128, under: u128) -> Option<V> {
        self.at(nearest_rank(self.len(), over, under))
    }
}

/// The rank ⌈n·over/under⌉, at least 1, of the `over/under`-quantile of `n` values.
pub fn nearest_rank(n: u64, over: u128, under: u128) -> u64 {
    u64::try_from((u128::from(n) * over).div_ceil(under)).unwrap_or(n).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[i128]) -> ValueCounts<i128> {
        let mut counts = ValueCounts::default();
        values.iter().for_each(|&value| counts.add(value));
        counts
    }

    fn some() -> impl Strategy<Value = Vec<i128>> {
        prop::collection::vec(-5_i128..5, 0..12)
    }

    proptest! {
        #[test]
        fn laws(a in some(), b in some(), c in some()) {
            let whole = of(&[a.clone(), b.clone(), c.clone()].concat());
            let mut left = of(&a);
            left.merge(of(&b));
            left.merge(of(&c));
            let mut right = of(&c);
            right.merge(of(&b));
            let mut nested = of(&a);
            nested.merge(right);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&nested, &whole);
            nested.merge(ValueCounts::default());
            prop_assert_eq!(&nested, &whole);
        }

        #[test]
        fn ranks_are_those_of_the_sorted_values(mut values in some(), percent in 0_u128..=100) {
            let ranked = of(&values).ranked();
            values.sort_unstable();
            prop_assert_eq!(ranked.len(), values.len() as u64);
            for (at, value) in values.iter().enumerate() {
                prop_assert_eq!(ranked.at(at as u64 + 1), Some(*value));
            }
            prop_assert_eq!((ranked.at(0), ranked.at(values.len() as u64 + 1)), (None, None));
            // The definition: the least value that at least so much of all is not above.
            let least = values.iter().copied().find(|value| {
                let upto = values.iter().filter(|other| *other <= value).count() as u128;
                upto * 100 >= percent * values.len() as u128
            });
            prop_assert_eq!(ranked.quantile(percent, 100), least);
        }
    }
}
