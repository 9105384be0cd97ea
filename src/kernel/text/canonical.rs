//! The form in which a value is judged: normalization form C, without blanks at its ends.

use std::borrow::Cow;

use super::nfc::{is_nfc, to_nfc};
use super::plain::is_plain;

/// What counts as nothing at the ends of a value: Unicode `White_Space`, soft hyphen, zero-width characters,
/// byte-order mark.
#[inline]
pub fn is_blank_char(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether the value is made of blanks only. The empty value is.
#[inline]
pub fn is_blank(value: &str) -> bool {
    match value.as_bytes().first() {
        None => true,
        Some(b'!'..=b'~') => false,
        Some(_) => value.chars().all(is_blank_char),
    }
}

/// The value in normalization form C, trimmed of blanks. Borrowed wherever it is so already.
#[inline]
pub fn canonical(value: &str) -> Cow<'_, str> {
    if is_plain(value.as_bytes()) {
        return Cow::Borrowed(value);
    }
    // Trimming first gives the same text: no blank composes with anything, and only blanks become blanks.
    let trimmed = value.trim_matches(is_blank_char);
    if is_nfc(trimmed) { Cow::Borrowed(trimmed) } else { Cow::Owned(to_nfc(trimmed)) }
}

/// Number of characters (code points) of a text that is already canonical.
#[inline]
pub fn chars_len(text: &str) -> usize {
    // Every byte but a continuation byte begins a character.
    text.bytes().map(|byte| usize::from(byte.cast_signed() >= -0x40)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn blanks() {
        for blank in ["", " ", "\t\r\n", "\u{a0}", "\u{200b}\u{feff}", "\u{ad}\u{2060}\u{3000}", "\u{85}"] {
            assert!(is_blank(blank) && canonical(blank).is_empty(), "{blank:?}");
        }
        for text in ["a", " a", "\u{200e}", "\u{200b}.", "Đ"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn borrows_what_is_clean() {
        assert!(matches!(canonical("Trần Thị Bưởi"), Cow::Borrowed("Trần Thị Bưởi")));
        assert!(matches!(canonical("\u{a0}Trần Thị Bưởi\u{200b} "), Cow::Borrowed("Trần Thị Bưởi")));
        assert_eq!(canonical(" Tra\u{302}\u{300}n "), "Trần");
    }

    #[test]
    fn counts_characters() {
        for (text, count) in [("", 0), ("abc", 3), ("Nguyễn", 6), ("😀a", 2)] {
            assert_eq!(chars_len(text), count, "{text}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_first_is_the_same(text in "[ \u{a0}\u{2000}\u{3000}\u{ad}\u{feff}aeĐễ\u{301}\u{302}\u{323}\u{338}]{0,9}|\\PC{0,9}") {
            let composed: String = text.nfc().collect();
            let canonical_text = canonical(&text);
            prop_assert_eq!(&*canonical_text, composed.trim_matches(is_blank_char));
            prop_assert_eq!(&*canonical(&canonical_text), &*canonical_text);
            prop_assert_eq!(chars_len(&text), text.chars().count());
            prop_assert_eq!(is_blank(&text), canonical_text.is_empty());
        }
    }
}
