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

/// What a look over a whole data buffer proves about every value inside it. A value's own ends stay to be looked
/// at: a space at an edge is a matter of where the value begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Only ASCII.
    pub ascii: bool,
    /// No C0 control character and no DEL.
    pub no_control: bool,
    /// No two consecutive U+0020.
    pub no_double_space: bool,
    /// Every character outside ASCII is in U+00C0–U+02FF or U+1E00–U+1EFF: a letter in form C, so neither
    /// a space, nor invisible, nor private use, nor C1.
    pub no_odd_character: bool,
}

impl Hints {
    /// Whether a value of the buffer can be unclean only by a space at its ends.
    pub const fn clean_inside(self) -> bool {
        self.no_control && self.no_double_space && self.no_odd_character
    }
}

/// Looks over a buffer of concatenated values, at memory speed. The bytes between values may be anything (Parquet
/// pages keep lengths there); they can only withhold a hint, never make a wrong one.
pub fn buffer_surely_clean_inside(bytes: &[u8]) -> Hints {
    const BLOCK: usize = 4096;
    let mut hints = Hints { ascii: true, no_control: true, no_double_space: true, no_odd_character: true };
    let mut start = 0;
    while start < bytes.len() {
        let block = &bytes[start..bytes.len().min(start + BLOCK)];
        // The pair that crosses into the next block is seen from this one.
        let next = &bytes[start + 1..bytes.len().min(start + 1 + BLOCK)];
        let (mut high, mut control, mut spaces, mut odd) = (0u8, 0u8, 0u8, 0u8);
        for (&byte, &after) in block.iter().zip(next) {
            high |= byte;
            control |= u8::from(byte < 0x20) | u8::from(byte == 0x7f);
            spaces |= u8::from(byte == b' ') & u8::from(after == b' ');
            odd |= u8::from(byte == 0xC2)
                | (u8::from(byte >= 0xCC) & (u8::from(byte != 0xE1) | u8::from(after & 0xFC != 0xB8)));
        }
        if next.len() < block.len() {
            let last = block[block.len() - 1];
            high |= last;
            control |= u8::from(last < 0x20 || last == 0x7f);
            odd |= u8::from(last >= 0xC0);
        }
        hints.ascii &= high < 0x80;
        hints.no_control &= control == 0;
        hints.no_double_space &= spaces == 0;
        hints.no_odd_character &= odd == 0;
        if hints == Hints::default() {
            break;
        }
        start += BLOCK;
    }
    hints
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

        #[test]
        fn a_buffers_hints_hold_for_its_values(
            values in prop::collection::vec("[a-z ế]{0,6}|[a \u{a0}\u{301}\t\u{7f}Đ]{0,6}|\\PC{0,4}|[aĐế]{0,3000}", 0..6)
        ) {
            let hints = buffer_surely_clean_inside(values.concat().as_bytes());
            for value in &values {
                let found = defects(value);
                prop_assert!(!hints.ascii || value.is_ascii());
                prop_assert!(!hints.no_control || !value.contains(|c: char| c.is_ascii_control()));
                prop_assert!(!hints.no_double_space || !value.contains("  "));
                prop_assert!(
                    !hints.clean_inside() || found.is_empty() || found == Defects::EDGE_SPACE,
                    "{:?} {:?}", value, hints
                );
            }
        }
    }

    #[test]
    fn hints_are_given() {
        let all = Hints { ascii: true, no_control: true, no_double_space: true, no_odd_character: true };
        assert_eq!(buffer_surely_clean_inside(b""), all);
        assert_eq!(buffer_surely_clean_inside("So 12 Le Loi".repeat(1000).as_bytes()), all);
        let vietnamese = buffer_surely_clean_inside("Số 12 Lê Lợi, ".repeat(1000).as_bytes());
        assert!(vietnamese.clean_inside() && !vietnamese.ascii);
        let mut late = "x".repeat(4095);
        late.push_str("  ");
        assert!(!buffer_surely_clean_inside(late.as_bytes()).no_double_space);
    }
}
