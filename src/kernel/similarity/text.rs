//! Any text: letters that were left out, put in, exchanged or swapped, in the order of its words or sorted.

use super::word::edits;
use super::{after_edits, fold, hundredths};

#[derive(Debug)]
pub struct Phrase {
    marked: String,
    plain: String,
    /// Without marks, in alphabetical order.
    sorted: String,
}

impl Phrase {
    pub fn of(text: &str) -> Option<Self> {
        let mut words = fold::words(text, &[]);
        let marked = words.join(" ");
        let plain = fold::plain(&marked);
        words.iter_mut().for_each(|word| *word = fold::plain(word));
        words.sort_unstable();
        (!words.is_empty()).then(|| Self { marked, plain, sorted: words.join(" ") })
    }

    /// Letters without marks count three quarters, letters with them a quarter.
    pub fn like(&self, other: &Self) -> u32 {
        let plain = similar(&self.plain, &other.plain);
        let sorted = hundredths(similar(&self.sorted, &other.sorted), 98);
        if sorted > plain {
            return sorted;
        }
        (3 * plain + similar(&self.marked, &other.marked)) / 4
    }
}

fn similar(a: &str, b: &str) -> u32 {
    let letters = a.chars().count().max(b.chars().count());
    edits(a, b, letters).map_or(0, |edits| after_edits(edits, letters))
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::super::tests::like;

    #[test]
    fn texts() {
        for (a, b, expected) in [
            ("Công ty An Phát", "CÔNG TY  AN PHÁT", 100),
            ("Công ty An Phát", "Cong ty An Phat", 96),
            ("An Phát, Công ty", "Công ty An Phát", 98),
            ("neville", "nevillle", 87),
            ("abc", "xyz", 0),
        ] {
            assert_eq!(like(Measure::Text, a, b), expected, "{a} – {b}");
        }
    }
}
