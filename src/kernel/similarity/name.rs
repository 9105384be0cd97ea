//! Names of persons.

use super::word::{Word, edits};
use super::{WHOLE, fold, hundredths};

/// Words of a name that are compared.
const MOST_WORDS: usize = 10;

/// Words that so many people of the country share that they tell little: the most frequent family names, and `văn`,
/// `thị`. They count half. (Common knowledge; the list is a matter of judgement, not of law.)
const FREQUENT: [&str; 20] = [
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo",
    "duong", "ly", "dinh", "van", "thi", "duc",
];

/// What is left, in hundredths, of a likeness for which words had to move to the other end.
const TURNED: u32 = 98;

#[derive(Debug)]
pub struct Name {
    words: Vec<(Word, u64)>,
    /// Without spaces and marks.
    joined: String,
}

impl Name {
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<_> = fold::words(text, &[]).into_iter().take(MOST_WORDS).map(Word::of).collect();
        let joined = words.iter().map(|word| word.plain.as_str()).collect();
        let weighed = |word: Word| {
            let frequent = word.is_initial() || FREQUENT.contains(&word.plain.as_str());
            (word, if frequent { 1 } else { 2 })
        };
        let words: Vec<_> = words.into_iter().map(weighed).collect();
        (!words.is_empty()).then_some(Self { words, joined })
    }

    /// Words are paired in their order, so that most of their weight finds its like; the family name may have moved to the
    /// other end in one of the names, which costs little.
    pub fn like(&self, other: &Self) -> u32 {
        let alike: Vec<Vec<u64>> = self
            .words
            .iter()
            .map(|(a, weight)| {
                let pair = |(b, other): &(Word, u64)| u64::from(a.like(b)) * (weight + other);
                other.words.iter().map(pair).collect()
            })
            .collect();
        let (rows, columns) = (self.words.len(), other.words.len());
        let pair = |row: usize, column: usize| alike[row][column];
        let straight = aligned(rows, columns, pair);
        let weight: u64 = self.words.iter().chain(&other.words).map(|(_, weight)| weight).sum();
        let best = (straight / weight) as u32;
        // No other order comes to more: most names of a block are the same name.
        if best >= hundredths(WHOLE, TURNED) {
            return best;
        }
        let turned_other = (1..columns).map(|by| aligned(rows, columns, |a, b| pair(a, (b + by) % columns)));
        let turned_own = (1..rows).map(|by| aligned(rows, columns, |a, b| pair((a + by) % rows, b)));
        let turned = turned_other.chain(turned_own).max().unwrap_or_default();
        best.max(hundredths((turned / weight) as u32, TURNED)).max(self.written_together(other))
    }

    /// Spaces that are missing: `Nguyễn VănAn`.
    fn written_together(&self, other: &Self) -> u32 {
        let differ = self.words.len() != other.words.len();
        match edits(&self.joined, &other.joined, usize::from(self.joined.len() >= 8)) {
            Some(0) if differ => hundredths(WHOLE, 96),
            Some(1) if differ => hundredths(WHOLE, 90),
            _ => 0,
        }
    }
}

/// The most that pairs come to if neither row nor column is taken twice, and all of them in order.
fn aligned(rows: usize, columns: usize, pair: impl Fn(usize, usize) -> u64) -> u64 {
    let mut before = [0; MOST_WORDS + 1];
    for row in 0..rows {
        let mut now = [0; MOST_WORDS + 1];
        for column in 0..columns {
            now[column + 1] = (before[column] + pair(row, column)).max(before[column + 1]).max(now[column]);
        }
        before = now;
    }
    before[columns]
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::super::tests::like;

    #[test]
    fn names() {
        for (a, b, expected) in [
            ("Nguyễn Văn An", "NGUYỄN  VĂN AN", 100),
            ("Lê Thị Hòa", "Lê Thị Hoà", 100),
            ("Nguyễn Văn An", "Nguyen Van An", 98),
            ("Nguyễn Văn Hùng", "Nguyễn Văn Dũng", 87),
            ("Nguyễn Văn Hùng", "Nguyễn Văn Long", 50),
            ("Nguyễn Văn An", "An Nguyễn Văn", 98),
            ("Nguyễn Văn An", "N. V. An", 92),
            ("Nguyễn Văn An", "Nguyễn An", 85),
            ("Nguyễn VănAn", "Nguyễn Văn An", 96),
            ("Trần Thị Mai", "Lê Văn Sơn", 0),
            ("Hoàng Xuân Sơn", "Hoàng Suân Xơn", 92),
            ("neville", "nevillle", 87),
        ] {
            assert_eq!(like(Measure::Name, a, b), expected, "{a} – {b}");
        }
        assert!(Measure::Name.read(" - . ").is_none());
        assert_eq!(like(Measure::Name, &"an ".repeat(500), &"an ".repeat(400)), 100);
    }
}
