//! What kind of presence a value has: nothing, blanks, a stand-in for "not known", or something to judge.
//!
//! Nearly every value is recognised as present by its first four bytes, which a string view carries with it; the
//! rest is normalised and looked up.

use jiff::civil::Date;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use super::canonical::{canonical, is_blank};
use super::plain::{is_plain, is_troubled};

/// The state of a value; the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueState {
    Null,
    /// Only white space and characters without width; also the empty text.
    Blank,
    /// Stands for a value that is not there: `n/a`, `chưa rõ`, `000000000000`.
    Placeholder,
    Present,
}

/// A published list of placeholders, as it is compiled in.
#[derive(Clone, Copy, Debug)]
pub struct PlaceholderList<'w> {
    /// Words and numbers, compared after normalisation.
    pub strings: &'w [&'w str],
    /// Dates in the form YYYY-MM-DD; in text also recognised as DD/MM/YYYY and DD-MM-YYYY.
    pub dates: &'static [&'static str],
    /// Whether six or more times the same digit is a placeholder.
    pub one_digit: bool,
}

/// The placeholders of a column, ready to be met by values. Immutable; share it between threads.
#[derive(Clone, Debug)]
pub struct Placeholders {
    /// Normalised and sorted.
    words: Vec<String>,
    /// Days since 1970-01-01, sorted.
    days: Vec<i32>,
    /// The words that are whole numbers, sorted.
    numbers: Vec<i64>,
    one_digit: bool,
    /// First four bytes that a value equal to one of `words` may have, sorted; zero after the value's end.
    heads: Vec<u32>,
    /// A bit for each of `heads`, by [`slot`].
    seen: Box<[u64; 256]>,
}

impl Placeholders {
    /// No placeholder at all: every value that is not blank is present.
    pub fn none() -> Self {
        Self::build(Vec::new(), Vec::new(), false)
    }

    /// The words of a column's own list, and nothing else.
    pub fn only<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let words: Vec<String> = words.into_iter().map(normalise).collect();
        let days = words.iter().filter_map(|word| word.parse::<Date>().ok()).map(days_since_epoch).collect();
        Self::build(words, days, false)
    }

    /// A published list.
    pub fn of(list: &PlaceholderList<'_>) -> Self {
        let mut words: Vec<String> = list.strings.iter().map(|word| normalise(word)).collect();
        let mut days = Vec::new();
        for date in list.dates.iter().filter_map(|date| date.parse::<Date>().ok()) {
            let (year, month, day) = (date.year(), date.month(), date.day());
            words.push(format!("{year:04}-{month:02}-{day:02}"));
            words.push(format!("{day:02}/{month:02}/{year:04}"));
            words.push(format!("{day:02}-{month:02}-{year:04}"));
            days.push(days_since_epoch(date));
        }
        Self::build(words, days, list.one_digit)
    }

    fn build(mut words: Vec<String>, mut days: Vec<i32>, one_digit: bool) -> Self {
        words.retain(|word| !word.is_empty());
        words.sort();
        words.dedup();
        days.sort_unstable();
        days.dedup();
        let letters = letters();
        let mut heads: Vec<u32> = words.iter().flat_map(|word| heads_of(word, &letters)).collect();
        heads.sort_unstable();
        heads.dedup();
        let mut seen = Box::new([0; 256]);
        for &head in &heads {
            let (word, bit) = slot(head);
            seen[word] |= bit;
        }
        let mut numbers: Vec<i64> = words.iter().filter_map(|word| word.parse().ok()).collect();
        numbers.sort_unstable();
        Self { words, days, numbers, one_digit, heads, seen }
    }

    /// The state of a value that is not null.
    #[inline]
    pub fn classify(&self, value: &str) -> ValueState {
        let bytes = value.as_bytes();
        if self.surely_present(head(bytes), bytes.len()) { ValueState::Present } else { self.look_up(value) }
    }

    /// Whether the first four bytes of a value (little end first, zero after its end: bits 32–63 of a string view)
    /// show that it is present.
    #[inline]
    pub fn surely_present(&self, head: u32, len: usize) -> bool {
        /// Harmless lanes where the value has ended.
        const FILL: [u64; 5] = [
            0x7878_7878_7878_7878,
            0x7878_7878_7878_7800,
            0x7878_7878_7878_0000,
            0x7878_7878_7800_0000,
            0x7878_7878_0000_0000,
        ];
        let first = head as u8;
        let odd = is_troubled(u64::from(head) | FILL[if len < 4 { len } else { 4 }]);
        let (word, bit) = slot(head);
        let one_digit = self.one_digit && len >= 6 && head == u32::from(first) * 0x0101_0101;
        // Bitwise: these rarely differ from value to value, and a single branch is predicted best.
        (len > 0) & (first != b' ') & !odd & !one_digit
            && (self.seen[word] & bit == 0 || self.heads.binary_search(&head).is_err())
    }

    #[cold]
    fn look_up(&self, value: &str) -> ValueState {
        if is_blank(value) {
            ValueState::Blank
        } else if self.contains(value) {
            ValueState::Placeholder
        } else {
            ValueState::Present
        }
    }

    fn contains(&self, value: &str) -> bool {
        // Of plain text only the case can differ from the normal form. Order of characters is order of bytes.
        if is_plain(value.as_bytes()) {
            let found = self.words.binary_search_by(|word| word.chars().cmp(value.chars().map(simple_lower)));
            return found.is_ok() || (self.one_digit && is_one_digit(value.as_bytes()));
        }
        let word = normalise(value);
        self.words.binary_search(&word).is_ok() || (self.one_digit && is_one_digit(word.as_bytes()))
    }

    /// Whether a date, as days since 1970-01-01, is a placeholder.
    pub fn is_placeholder_day(&self, day: i32) -> bool {
        self.days.binary_search(&day).is_ok()
    }

    /// The words that are whole numbers, sorted: what stands for a missing value in a column of integers.
    pub fn numbers(&self) -> &[i64] {
        &self.numbers
    }

    /// The normalised words, sorted.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

fn days_since_epoch(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// 000000 and longer, 999999 and longer.
fn is_one_digit(bytes: &[u8]) -> bool {
    bytes.len() >= 6 && bytes[0].is_ascii_digit() && bytes.iter().all(|digit| *digit == bytes[0])
}

/// The form in which placeholders are compared: canonical, runs of white space as one space, lower case letter by
/// letter.
pub fn normalise(value: &str) -> String {
    let text = canonical(value);
    let mut normal = String::with_capacity(text.len());
    let mut after_space = false;
    for c in text.chars() {
        let space = c.is_whitespace();
        if !space {
            normal.push(simple_lower(c));
        } else if !after_space {
            normal.push(' ');
        }
        after_space = space;
    }
    normal
}

/// Simple lower case: one letter for one. Only U+0130 would become two.
fn simple_lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[inline]
fn head(bytes: &[u8]) -> u32 {
    match bytes.first_chunk::<4>() {
        Some(first) => u32::from_le_bytes(*first),
        None => bytes.iter().rev().fold(0, |head, &byte| head << 8 | u32::from(byte)),
    }
}

#[inline]
fn slot(head: u32) -> (usize, u64) {
    let hash = head.wrapping_mul(0x9E37_79B1) >> 18;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

/// A character that [`is_plain`] lets pass, and what becomes of it.
struct Letter {
    bytes: Vec<u8>,
    lower: char,
    parts: Parts,
}

/// A lower-case letter without its marks, and the marks.
struct Parts {
    base: char,
    marks: Vec<char>,
}

fn letters() -> Vec<Letter> {
    let plain = (' '..='~').chain('\u{c0}'..='\u{2ff}').chain('\u{1e00}'..='\u{1eff}');
    plain
        .map(|c| Letter { bytes: c.to_string().into_bytes(), lower: simple_lower(c), parts: parts_of(c) })
        .collect()
}

fn parts_of(c: char) -> Parts {
    let mut parts = Parts { base: c, marks: Vec::new() };
    decompose_canonical(c, |part| match canonical_combining_class(part) {
        0 => parts.base = part,
        _ => parts.marks.push(part),
    });
    parts.base = simple_lower(parts.base);
    parts
}

/// The first four bytes of every text that normalises to `word` and is plain within those bytes. Texts with
/// something else there (a combining mark, other white space, two spaces, another script) are looked up anyway.
fn heads_of(word: &str, letters: &[Letter]) -> Vec<u32> {
    let mut whole = Vec::new();
    let mut open: Vec<Vec<u8>> = vec![Vec::new()];
    for c in word.chars() {
        let parts = parts_of(c);
        let same: Vec<&Letter> = letters.iter().filter(|letter| letter.lower == c).collect();
        // Letters that combining marks after them could complete. Where the marks lie beyond the fourth byte,
        // nothing within it tells of them.
        let partial = letters.iter().filter(|letter| {
            letter.parts.base == parts.base
                && letter.parts.marks.len() < parts.marks.len()
                && letter.parts.marks.iter().all(|mark| parts.marks.contains(mark))
        });
        for letter in partial {
            let heads = open.iter().map(|start| [&start[..], &letter.bytes].concat());
            whole.extend(heads.filter(|head| head.len() >= 4));
        }
        let longer =
            open.iter().flat_map(|start| same.iter().map(|letter| [&start[..], &letter.bytes].concat()));
        let (full, short): (Vec<_>, Vec<_>) = longer.partition(|head| head.len() >= 4);
        whole.extend(full);
        open = short;
        if open.is_empty() {
            break;
        }
    }
    for end in open {
        whole.push([&end[..], b" "].concat());
        whole.push(end);
    }
    whole.iter().map(|bytes| head(bytes)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const LIST: PlaceholderList = PlaceholderList {
        strings: &[
            "-",
            "--",
            ".",
            "...",
            "n/a",
            "na",
            "null",
            "none",
            "x",
            "xx",
            "unknown",
            "không có",
            "không rõ",
            "ko",
            "k",
            "chưa có",
            "chưa rõ",
            "chưa cập nhật",
            "đang cập nhật",
            "khong co",
            "kxđ",
            "123456789012",
            "abcǎ",
        ],
        dates: &["0001-01-01", "1900-01-01", "9999-12-31"],
        one_digit: true,
    };

    static PLACEHOLDERS: LazyLock<Placeholders> = LazyLock::new(|| Placeholders::of(&LIST));

    #[test]
    fn the_published_example() {
        let placeholders = Placeholders::of(&LIST);
        let values = [
            "Nguyễn Văn A",
            "",
            "   ",
            "N/A",
            "Không rõ",
            "Trần\u{a0}Thị B",
            "chưa cập nhật",
            "-",
            "Lê C",
            "\u{200b}",
            "Phạm D",
        ];
        let count = |state| values.iter().filter(|value| placeholders.classify(value) == state).count();
        assert_eq!(count(ValueState::Blank), 3);
        assert_eq!(count(ValueState::Placeholder), 4);
        assert_eq!(count(ValueState::Present), 4);
    }

    #[test]
    fn forms_of_writing() {
        let placeholders = Placeholders::of(&LIST);
        let decomposed: String = "CHƯA  CÓ".nfd().collect();
        for value in [
            "NULL",
            " na",
            "na ",
            "na\u{a0}",
            "na\u{1680}",
            "k\u{feff}",
            "\u{212a}o",
            "Đang\tCập   nhật",
            "KXĐ",
            &decomposed,
            "abca\u{30c}",
            "ABCǍ",
            "000000",
            "999999999999",
            "123456789012",
            "01/01/1900",
            "31-12-9999",
            "1900-01-01",
            " 0000000 ",
        ] {
            assert_eq!(placeholders.classify(value), ValueState::Placeholder, "{value:?}");
        }
        for value in [
            "không",
            "Khổng Tử",
            "nam",
            "Nam",
            "na na",
            "00000",
            "0000001",
            "k x",
            "xxx",
            "1970-01-01",
            "Kiều",
            "abcă",
            "0\u{301}00000",
            "aaaaaa",
        ] {
            assert_eq!(placeholders.classify(value), ValueState::Present, "{value:?}");
        }
    }

    #[test]
    fn days_and_overrides() {
        let placeholders = Placeholders::of(&LIST);
        assert!(placeholders.is_placeholder_day(-25_567) && !placeholders.is_placeholder_day(0));
        assert!(placeholders.is_placeholder_day(2_932_896));
        let none = Placeholders::none();
        assert_eq!(none.classify("n/a"), ValueState::Present);
        assert_eq!(none.classify("\u{a0}"), ValueState::Blank);
        assert_eq!(none.classify("000000"), ValueState::Present);
        let own = Placeholders::only(["Không Biết", "", "*"]);
        assert_eq!(own.classify("KHÔNG  BIẾT"), ValueState::Placeholder);
        assert_eq!(own.classify("n/a"), ValueState::Present);
        assert_eq!(own.classify(""), ValueState::Blank);
    }

    #[test]
    fn ordinary_values_are_not_looked_up() {
        let placeholders = Placeholders::of(&LIST);
        for value in [
            "Nguyễn Văn A",
            "Trần",
            "Nam",
            "Nữ",
            "001099012345",
            "1",
            "Khánh Hòa",
            "Đặng",
            "0912345678",
            "a@b.vn",
        ] {
            assert!(placeholders.surely_present(head(value.as_bytes()), value.len()), "{value}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_fast_answer_is_the_slow_answer(
            word in prop::sample::select(LIST.strings),
            upper in any::<bool>(),
            form in 0..3u8,
            around in ("[ \u{a0}\u{200b}\t]{0,2}", "[ \u{a0}\u{feff}]{0,2}|[a0\u{301}]"),
            other in "[nNaAkKoOxX/ .0đĐôố\u{302}\u{301}-]{0,6}|[0-9]{0,13}|\\PC{0,5}",
        ) {
            let placeholders = &*PLACEHOLDERS;
            let cased = if upper { word.to_uppercase() } else { word.to_owned() };
            let composed: String = match form {
                0 => cased.nfd().collect(),
                1 => cased.replace(' ', "  "),
                _ => cased,
            };
            for value in [format!("{}{composed}{}", around.0, around.1), other] {
                prop_assert_eq!(placeholders.classify(&value), placeholders.look_up(&value), "{:?}", value);
            }
        }
    }
}
