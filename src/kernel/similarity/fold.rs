//! What does not tell values apart: letter case, spaces, invisible characters, which vowel bears the tone mark.

use unicode_normalization::UnicodeNormalization;

use super::super::text::canonical::is_blank_char;
use super::super::text::{bare, one_spelling};

/// Which way text runs, and where it may break: nobody sees them either.
const MARKS_OF_WRITING: [char; 12] = [
    '\u{34f}', '\u{61c}', '\u{180e}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2066}', '\u{2069}',
];

/// Letters of a value that are compared. What is longer is compared by its beginning.
pub const MOST_LETTERS: usize = 256;

/// Without regard to letter case, spaces, and where a tone mark stands: `HÒA  BÌNH` as `hoà bình`.
pub fn folded(text: &str) -> String {
    let end = text.char_indices().nth(MOST_LETTERS).map_or(text.len(), |(at, _)| at);
    whole(&text[..end])
}

/// As [`folded`], however long it is.
pub fn whole(text: &str) -> String {
    let unseen = |c: char| !c.is_whitespace() && (is_blank_char(c) || MARKS_OF_WRITING.contains(&c));
    // Marks may meet their letters only now.
    let seen: String = text.chars().filter(|c| !unseen(*c)).nfc().collect();
    let words = seen.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    one_spelling(&words).into_owned()
}

/// The folded words of a text; whatever is neither letter nor digit ends a word, but what stands in `keep`. Apostrophes are
/// left out: `O'Brien` is one word.
pub fn words(text: &str, keep: &[char]) -> Vec<String> {
    let text: String = folded(text).chars().filter(|c| *c != '\'').collect();
    let ends = |c: char| !(c.is_alphanumeric() || is_mark(c) || keep.contains(&c));
    text.split(ends).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Nothing but its letters and digits, folded: `VN 01-a` as `vn01a`.
pub fn squeezed(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric() || is_mark(*c)).collect()
}

/// The digits of a text.
pub fn digits(text: &str) -> String {
    text.chars().take(MOST_LETTERS).filter(char::is_ascii_digit).collect()
}

/// Folded and without marks.
pub fn plain(text: &str) -> String {
    bare(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_one() {
        assert_eq!(folded("HÒA \u{a0} BÌNH\u{200b}"), "hoà bình");
        assert_eq!(folded("Ngu\u{200b}\u{301} \u{200e}An\u{34f}"), "ngú an");
        assert_eq!(words("N.V.An, O'Brien", &[]), ["n", "v", "an", "obrien"]);
        assert_eq!(words("Số 12/5A, P.3", &['/']), ["số", "12/5a", "p", "3"]);
        assert_eq!(squeezed("VN 01-a"), "vn01a");
        assert_eq!(digits("+84 912-345"), "84912345");
        assert_eq!(folded(&"a".repeat(1_000)).len(), MOST_LETTERS);
    }
}
