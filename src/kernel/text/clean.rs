//! Whether a value is written cleanly: nothing invisible, nothing lost, no stray spaces, form C.
//!
//! [`is_clean`] answers for nearly every value of a real column by the module `plain`; what that cannot clear goes to
//! [`defects`], which looks at characters.

use std::ops::{BitOr, BitOrAssign};

use super::nfc::is_nfc;
use super::plain::is_plain;

/// What is unclean about a value; a set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Defects(u16);

impl Defects {
    pub const NONE: Self = Self(0);
    /// White space at the beginning or the end.
    pub const EDGE_SPACE: Self = Self(1);
    /// Two or more white-space characters in a row.
    pub const DOUBLE_SPACE: Self = Self(1 << 1);
    /// A control character: C0 (tab and line break among them), DEL, C1.
    pub const CONTROL: Self = Self(1 << 2);
    /// A character that nobody sees: zero width, soft hyphen, byte-order mark, direction control.
    pub const INVISIBLE: Self = Self(1 << 3);
    /// A private-use character: what a legacy font left behind.
    pub const PRIVATE_USE: Self = Self(1 << 4);
    /// U+FFFD: a character was lost in conversion.
    pub const REPLACEMENT: Self = Self(1 << 5);
    /// Not in normalization form C.
    pub const NOT_NFC: Self = Self(1 << 6);
    /// A white-space character other than U+0020 that is no control: no-break space, line separator.
    pub const ODD_SPACE: Self = Self(1 << 7);

    /// Every flag with its id, in the order of reports.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::EDGE_SPACE, "edge_space"),
        (Self::DOUBLE_SPACE, "double_space"),
        (Self::CONTROL, "control"),
        (Self::INVISIBLE, "invisible"),
        (Self::PRIVATE_USE, "private_use"),
        (Self::REPLACEMENT, "replacement"),
        (Self::NOT_NFC, "not_nfc"),
        (Self::ODD_SPACE, "odd_space"),
    ];

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other`'s flags are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other`'s flags is set.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn bits(self) -> u16 {
        self.0
    }
}

impl BitOr for Defects {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Defects {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Everything that is unclean about the raw value.
pub fn defects(value: &str) -> Defects {
    let mut found = Defects::NONE;
    let mut after_space = false;
    let mut first = true;
    for c in value.chars() {
        let space = c.is_whitespace();
        if space && first {
            found |= Defects::EDGE_SPACE;
        }
        if space && after_space {
            found |= Defects::DOUBLE_SPACE;
        }
        (after_space, first) = (space, false);
        found |= character_defect(c, space);
    }
    if after_space {
        found |= Defects::EDGE_SPACE;
    }
    if !is_nfc(value) {
        found |= Defects::NOT_NFC;
    }
    found
}

fn character_defect(c: char, space: bool) -> Defects {
    match c {
        ' '..='~' => Defects::NONE,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Defects::CONTROL,
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => Defects::INVISIBLE,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}' => {
            Defects::PRIVATE_USE
        }
        '\u{fffd}' => Defects::REPLACEMENT,
        _ if space => Defects::ODD_SPACE,
        _ => Defects::NONE,
    }
}

/// Whether [`defects`] finds nothing.
#[inline]
pub fn is_clean(value: &str) -> bool {
    is_plain(value.as_bytes()) || defects(value).is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn each_defect() {
        let cases = [
            ("", Defects::NONE),
            ("Số 12, đường Lê Lợi, Đắk Lắk", Defects::NONE),
            ("東京 Москва 😀 ’", Defects::NONE),
            (" a", Defects::EDGE_SPACE),
            ("a ", Defects::EDGE_SPACE),
            ("a  b", Defects::DOUBLE_SPACE),
            ("a\u{a0}b", Defects::ODD_SPACE),
            ("a \u{a0}b", Defects::DOUBLE_SPACE | Defects::ODD_SPACE),
            ("a\tb", Defects::CONTROL),
            ("a\u{7f}b", Defects::CONTROL),
            ("a\u{9f}b", Defects::CONTROL),
            ("a\r\n", Defects::CONTROL | Defects::DOUBLE_SPACE | Defects::EDGE_SPACE),
            ("a\u{200b}b", Defects::INVISIBLE),
            ("\u{feff}a", Defects::INVISIBLE),
            ("a\u{ad}b", Defects::INVISIBLE),
            ("a\u{202e}b", Defects::INVISIBLE),
            ("a\u{e001}b", Defects::PRIVATE_USE),
            ("a\u{fffd}b", Defects::REPLACEMENT),
            ("Nguye\u{302}\u{303}n", Defects::NOT_NFC),
            ("\u{2028}", Defects::ODD_SPACE | Defects::EDGE_SPACE),
        ];
        for (value, expected) in cases {
            assert_eq!(defects(value), expected, "{value:?}");
            assert_eq!(is_clean(value), expected.is_empty(), "{value:?}");
        }
    }

    #[test]
    fn every_character() {
        for c in '\0'..=char::MAX {
            let value = c.to_string();
            assert_eq!(is_clean(&value), defects(&value).is_empty(), "U+{:04X}", c as u32);
        }
    }

    /// The definition, as slowly as it reads.
    fn reference(value: &str) -> bool {
        let chars: Vec<char> = value.chars().collect();
        let bad = |c: char| {
            c.is_control()
                || (c.is_whitespace() && c != ' ')
                || "\u{ad}\u{61c}\u{180e}\u{feff}\u{fffd}".contains(c)
                || matches!(c as u32, 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xe0000..=0xe007f)
                || matches!(c as u32, 0xe000..=0xf8ff | 0xf0000..=0xffffd | 0x10_0000..=0x10_fffd)
        };
        !chars.iter().any(|&c| bad(c))
            && !chars.windows(2).any(|pair| pair.iter().all(|c| c.is_whitespace()))
            && value.trim() == value
            && value.nfc().eq(chars)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn agrees_with_the_definition(
            value in "[a-z0-9 ,ăđơưếỗẶ]{0,40}|[a ế\u{a0}\u{301}\u{323}\t\u{7f}\u{2003}\u{200b}\u{1cff}\u{1f00}]{0,20}|\\PC{0,20}"
        ) {
            prop_assert_eq!(is_clean(&value), reference(&value));
            prop_assert_eq!(is_clean(&value), defects(&value).is_empty());
        }
    }
}
