//! Unicode normalization form C.

use unicode_normalization::{UnicodeNormalization, is_nfc as is_nfc_by_table};

use super::plain::is_plain;

/// Whether the text is in normalization form C. Exact; reads no table where every character is below U+0300, or
/// where the text is plain.
#[inline]
pub fn is_nfc(text: &str) -> bool {
    is_plain(text.as_bytes()) || is_low(text.as_bytes()) || is_nfc_by_table(text)
}

/// Whether every character is below U+0300: form C keeps all of these.
fn is_low(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |highest, &byte| highest.max(byte)) < 0xCC
}

/// The text in form C.
pub(super) fn to_nfc(text: &str) -> String {
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The claim that the fast paths rest on, for every character they cover.
    #[test]
    fn precomposed_characters_stay() {
        for c in ('\0'..'\u{300}').chain('\u{1e00}'..'\u{1f00}') {
            assert!(is_nfc_by_table(&c.to_string()), "U+{:04X}", c as u32);
            assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0);
        }
    }

    #[test]
    fn vietnamese() {
        assert!(is_nfc("Nguyễn") && !is_nfc("Nguye\u{302}\u{303}n") && !is_nfc("Nguyê\u{303}n"));
        assert!(is_nfc("\u{30a}"), "a lone mark has nothing to compose with");
        assert!(!is_nfc("\u{212b}"));
    }

    proptest! {
        #[test]
        fn exact(text in "[aeo ĐơễẶạ\u{300}\u{301}\u{302}\u{303}\u{309}\u{31b}\u{323}\u{1fef}]{0,8}|\\PC{0,8}") {
            prop_assert_eq!(is_nfc(&text), text == to_nfc(&text));
        }
    }
}
