//! Choices at random, the same ones for the same seed. Every row of every table has a stream of its own, so that a
//! change of one table leaves the others as they were.

use crate::base::SplitMix64;

/// A stream of choices.
#[derive(Clone, Debug)]
pub struct Random(SplitMix64);

impl Random {
    /// The stream of a thing (a table, a column) and a number (of a row) under a seed.
    pub fn of(seed: u64, thing: &str, number: u64) -> Self {
        let hash = blake3::hash(thing.as_bytes());
        let mut name = [0; 8];
        name.copy_from_slice(&hash.as_bytes()[..8]);
        let mut start = SplitMix64::new(seed ^ u64::from_le_bytes(name));
        Self(SplitMix64::new(start.next() ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub const fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of a remainder is below 2⁻³² for every count that occurs here.
        if end == 0 { 0 } else { self.next() % end }
    }

    /// A number from `low` to `high`, both included; `low` if they are the wrong way round.
    pub fn between(&mut self, low: i128, high: i128) -> i128 {
        if high <= low {
            return low;
        }
        let width = u128::try_from(high - low).unwrap_or(u128::MAX).saturating_add(1);
        let wide = u128::from(self.next()) << 64 | u128::from(self.next());
        low + i128::try_from(wide % width).unwrap_or(0)
    }

    /// A place in a list of so many.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// One of several; `None` of none.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        let place = self.place(list.len());
        list.get(place)
    }

    /// One of some words.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// One of several words with weights.
    pub fn weighted(&mut self, words: &[(&'static str, u32)]) -> &'static str {
        let mut left = self.below(words.iter().map(|(_, weight)| u64::from(*weight)).sum());
        for (word, weight) in words {
            match left.checked_sub(u64::from(*weight)) {
                None => return word,
                Some(rest) => left = rest,
            }
        }
        ""
    }

    /// True in so many cases of a million.
    pub fn chance(&mut self, millionths: u64) -> bool {
        self.below(1_000_000) < millionths
    }

    /// So many decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, thing, number| Random::of(seed, thing, number).digits(12);
        assert_eq!(draw(1, "a", 2), draw(1, "a", 2));
        let others = [draw(2, "a", 2), draw(1, "b", 2), draw(1, "a", 3)];
        assert!(others.iter().all(|other| *other != draw(1, "a", 2)), "{others:?}");
    }

    #[test]
    fn bounds_are_reached_and_kept() {
        let mut random = Random::of(0, "", 0);
        let drawn: std::collections::BTreeSet<i128> = (0..200).map(|_| random.between(-2, 2)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        assert_eq!((random.between(5, 5), random.between(5, 1), random.below(0)), (5, 5, 0));
        let words: std::collections::BTreeSet<_> =
            (0..200).map(|_| random.weighted(&[("a", 1), ("b", 0), ("c", 3)])).collect();
        assert_eq!(words.into_iter().collect::<Vec<_>>(), ["a", "c"]);
    }
}
