//! What is written in a column of a table, over all of its rows.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::kernel::likeness;

/// Rows by how their values are written, and by value where these are few.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Rows whose value consists of digits alone.
    digits: u64,
    /// Rows of other values.
    words: u64,
    /// Rows by value; `None` where there are more than `most`.
    values: Option<HashMap<i128, u64>>,
    most: usize,
}

impl Seen {
    /// Of no row. So many different values are remembered at most.
    pub fn at_most(most: usize) -> Self {
        Self { values: Some(HashMap::new()), most, ..Self::default() }
    }

    pub fn add(&mut self, value: i128) {
        *(if likeness::is_digits(value) { &mut self.digits } else { &mut self.words }) += 1;
        if let Some(values) = &mut self.values {
            *values.entry(value).or_default() += 1;
            self.forget_too_many();
        }
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.digits += other.digits;
        self.words += other.words;
        self.values = self.values.zip(other.values).map(|(mut ours, theirs)| {
            theirs.into_iter().for_each(|(value, rows)| *ours.entry(value).or_default() += rows);
            ours
        });
        self.forget_too_many();
        self
    }

    fn forget_too_many(&mut self) {
        if self.values.as_ref().is_some_and(|values| values.len() > self.most) {
            self.values = None;
        }
    }

    /// Whether more than half of its values are digits; `None` where there is none.
    pub const fn is_of_digits(&self) -> Option<bool> {
        if self.digits + self.words == 0 { None } else { Some(self.digits > self.words) }
    }

    /// Whether one of these is written there, as far as values are known.
    pub fn has_any(&self, of: &BTreeSet<i128>) -> bool {
        self.values.as_ref().is_some_and(|values| of.iter().any(|value| values.contains_key(value)))
    }

    /// Whether more than half of the rows with a value have one of these, as far as values are known.
    pub fn is_mostly(&self, of: &BTreeSet<i128>) -> bool {
        let rows = |values: &HashMap<i128, u64>| of.iter().filter_map(|value| values.get(value)).sum::<u64>();
        self.values.as_ref().is_some_and(|values| 2 * rows(values) > self.digits + self.words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::likeness::Likeness;

    fn cell(text: &str) -> i128 {
        Likeness::Code { pad: None }.code(text).unwrap()
    }

    fn seen(texts: &[&str], most: usize) -> Seen {
        let mut seen = Seen::at_most(most);
        texts.iter().for_each(|text| seen.add(cell(text)));
        seen
    }

    #[test]
    fn one_stray_value_decides_nothing() {
        assert_eq!(seen(&[], 4).is_of_digits(), None);
        assert_eq!(seen(&["Nam", "Nữ", "2"], 4).is_of_digits(), Some(false));
        assert_eq!(seen(&["1", "2", "2", "một từ rất dài, hơn mười lăm byte"], 4).is_of_digits(), Some(true));
        assert_eq!(seen(&["1", "2", "3"], 2).is_of_digits(), Some(true), "however many values there are");
        let list: BTreeSet<i128> = ["2", "3"].map(cell).into();
        let codes = seen(&["1", "2", "2"], 4);
        assert!(codes.has_any(&list) && codes.is_mostly(&list));
        assert!(!seen(&["1", "2"], 4).is_mostly(&list), "half is not more than half");
        assert!(!seen(&["2", "3", "4"], 2).has_any(&list), "too many are not known");
    }

    proptest! {
        /// Halves come to what the whole does, whether it has too many values or not.
        #[test]
        fn halves_may_be_added(values in prop::collection::vec(0_u8..9, 0..30), at in 0_usize..30, most in 0_usize..9) {
            let cells: Vec<i128> = values.iter().map(|value| cell(&value.to_string())).collect();
            let of = |cells: &[i128]| {
                let mut seen = Seen::at_most(most);
                cells.iter().for_each(|cell| seen.add(*cell));
                seen
            };
            let (one, other) = cells.split_at(at.min(cells.len()));
            let (both, whole) = (of(one).merge(of(other)), of(&cells));
            prop_assert_eq!((both.digits, both.words, both.values), (whole.digits, whole.words, whole.values));
        }
    }
}
