//! Two words of a name or an address.

use rapidfuzz::distance::osa;

use super::{WHOLE, after_edits, fold, hundredths, sound};

/// A folded word, and the same without marks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    pub marked: String,
    pub plain: String,
    pub sound: String,
    letters: usize,
}

impl Word {
    pub fn of(marked: String) -> Self {
        let plain = fold::plain(&marked);
        let sound = sound::of(&plain);
        Self { letters: plain.chars().count(), plain, sound, marked }
    }

    pub fn has_digit(&self) -> bool {
        self.plain.bytes().any(|byte| byte.is_ascii_digit())
    }

    pub fn is_initial(&self) -> bool {
        self.letters == 1 && !self.has_digit()
    }

    fn is_unmarked(&self) -> bool {
        self.marked == self.plain
    }

    /// A mark that one of the words lacks costs little, and marks that differ more: those are two words of the language.
    pub fn like(&self, other: &Self) -> u32 {
        if self.marked == other.marked {
            return WHOLE;
        }
        if self.plain == other.plain {
            let missing = self.is_unmarked() || other.is_unmarked();
            return hundredths(WHOLE, if missing { 96 } else { 85 });
        }
        if self.has_digit() || other.has_digit() {
            return 0;
        }
        if self.is_initial() != other.is_initial() {
            let begins = self.plain.chars().next() == other.plain.chars().next();
            return if begins { hundredths(WHOLE, 85) } else { 0 };
        }
        if self.sound == other.sound {
            return hundredths(WHOLE, 90);
        }
        let letters = self.letters.max(other.letters);
        // Of short words, which are other words soon, little may differ.
        let edits = edits(&self.plain, &other.plain, letters / 3);
        edits.map_or(0, |edits| after_edits(edits, letters))
    }
}

/// How many edits make one text of the other, if no more than `most`.
pub fn edits(a: &str, b: &str, most: usize) -> Option<usize> {
    osa::distance_with_args(a.chars(), b.chars(), &osa::Args::default().score_cutoff(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(a: &str, b: &str) -> u32 {
        let (a, b) = (Word::of(a.to_owned()), Word::of(b.to_owned()));
        assert_eq!(a.like(&b), b.like(&a));
        a.like(&b) / 10_000
    }

    #[test]
    fn words_of_names() {
        for (a, b, expected) in [
            ("nguyễn", "nguyễn", 100),
            ("nguyễn", "nguyen", 96),
            ("hà", "hạ", 85),
            ("n", "nguyễn", 85),
            ("đ", "dũng", 85),
            ("n", "trần", 0),
            ("sơn", "xơn", 90),
            ("nguyễn", "ngyuễn", 83),
            ("hùng", "dũng", 75),
            ("an", "long", 0),
            ("12", "13", 0),
        ] {
            assert_eq!(like(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn edits_are_counted_up_to_a_limit() {
        assert_eq!(edits("abcd", "abdc", 2), Some(1));
        assert_eq!(edits("abcd", "xyzw", 3), None);
    }
}
