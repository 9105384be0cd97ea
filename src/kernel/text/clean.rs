//! Whether a value is written cleanly: nothing invisible, nothing lost, no stray spaces, form C, every letter what it
//! looks like and decoded as it was encoded, tone marks in their places.
//!
//! [`is_clean`] answers for nearly every value of a real column by the modules `plain` and `suspect`; what they cannot
//! clear goes to [`look`], which takes the value apart and puts it right.

use std::borrow::Cow;
use std::ops::{BitOr, BitOrAssign};

use super::nfc::{is_nfc, to_nfc};
use super::plain::is_plain;
use super::suspect::is_suspect;
use super::{entity, legacy, look_alike, lost, mojibake, syllable};

/// What is unclean about a value; a set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Defects(u32);

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
    /// A tone mark on a vowel where neither the old style nor the new has it: `hòang`.
    pub const TONE_MARK: Self = Self(1 << 8);
    /// Text in TCVN3, shown as Latin-1; and so the next ones.
    pub const TCVN3: Self = Self(1 << 9);
    pub const VNI: Self = Self(1 << 10);
    pub const VIQR: Self = Self(1 << 11);
    pub const VISCII: Self = Self(1 << 12);
    pub const VPS: Self = Self(1 << 13);
    /// Windows-1258, shown as Windows-1252.
    pub const CP1258: Self = Self(1 << 14);
    /// UTF-8, shown as Windows-1252 or Latin-1.
    pub const MOJIBAKE: Self = Self(1 << 15);
    /// A letter of another alphabet that looks like the one that is meant.
    pub const LOOK_ALIKE: Self = Self(1 << 16);
    /// `&#7877;`, `&amp;`.
    pub const HTML_ENTITY: Self = Self(1 << 17);
    /// A question mark in the place of a letter: it was lost in conversion.
    pub const LOST_LETTER: Self = Self(1 << 18);

    /// What cannot be put right from the value alone.
    const LOSSES: Self = Self(Self::PRIVATE_USE.0 | Self::REPLACEMENT.0 | Self::LOST_LETTER.0);

    /// Every flag with its id, in the order of reports.
    pub const ALL: [(Self, &'static str); 19] = [
        (Self::EDGE_SPACE, "edge_space"),
        (Self::DOUBLE_SPACE, "double_space"),
        (Self::CONTROL, "control"),
        (Self::INVISIBLE, "invisible"),
        (Self::PRIVATE_USE, "private_use"),
        (Self::REPLACEMENT, "replacement"),
        (Self::NOT_NFC, "not_nfc"),
        (Self::ODD_SPACE, "odd_space"),
        (Self::TONE_MARK, "tone_mark"),
        (Self::TCVN3, "tcvn3"),
        (Self::VNI, "vni"),
        (Self::VIQR, "viqr"),
        (Self::VISCII, "viscii"),
        (Self::VPS, "vps"),
        (Self::CP1258, "cp1258"),
        (Self::MOJIBAKE, "mojibake"),
        (Self::LOOK_ALIKE, "look_alike"),
        (Self::HTML_ENTITY, "html_entity"),
        (Self::LOST_LETTER, "lost_letter"),
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

    pub const fn bits(self) -> u32 {
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

/// What a closer look at a value finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub defects: Defects,
    /// The value as it was meant, unless something of it is lost or nothing is wrong.
    pub repaired: Option<String>,
}

/// Everything that is unclean about the raw value, and the value put right.
pub fn look(value: &str) -> Look {
    let mut found = Defects::NONE;
    let mut text = Cow::Borrowed(value);
    let suspect = is_suspect(value);
    if suspect {
        // How the text was encoded comes first: it decides what its characters are.
        let decoded = entity::decoded(&text).map(|text| (Defects::HTML_ENTITY, text));
        mend(&mut text, decoded, &mut found);
        let restored = mojibake::restored(&text).map(|text| (Defects::MOJIBAKE, text));
        mend(&mut text, restored, &mut found);
        let decoded = legacy::decoded(&text);
        mend(&mut text, decoded, &mut found);
    }
    found |= form_defects(&text);
    if found.contains(Defects::NOT_NFC) {
        text = Cow::Owned(to_nfc(&text));
    }
    if suspect || found.contains(Defects::NOT_NFC) {
        let replaced = look_alike::replaced(&text).map(|text| (Defects::LOOK_ALIKE, text));
        mend(&mut text, replaced, &mut found);
        let marked = well_marked(&text).map(|text| (Defects::TONE_MARK, text));
        mend(&mut text, marked, &mut found);
        if lost::has_lost_letters(&text) {
            found |= Defects::LOST_LETTER;
        }
    }
    let lost =
        found.intersects(Defects::LOSSES) || text.chars().any(|c| c.is_control() && !c.is_whitespace());
    let repaired = (!found.is_empty() && !lost).then(|| tidy(&text));
    Look { defects: found, repaired }
}

fn mend(text: &mut Cow<'_, str>, mended: Option<(Defects, String)>, found: &mut Defects) {
    if let Some((defect, mended)) = mended {
        *found |= defect;
        *text = Cow::Owned(mended);
    }
}

/// Everything that is unclean about the raw value.
pub fn defects(value: &str) -> Defects {
    look(value).defects
}

/// The text with every tone mark in its place, if one was not.
fn well_marked(text: &str) -> Option<String> {
    let mut marked = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(start) = rest.find(char::is_alphabetic) {
        marked.push_str(&rest[..start]);
        let word = &rest[start..];
        let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        match syllable::well_marked(&word[..end]) {
            Some(right) => {
                found = true;
                marked.push_str(&right);
            }
            None => marked.push_str(&word[..end]),
        }
        rest = &word[end..];
    }
    marked.push_str(rest);
    found.then_some(marked)
}

/// The text without what nobody sees, single spaces between its words.
fn tidy(text: &str) -> String {
    let seen: String = text.chars().filter(|c| character_defect(*c, false) != Defects::INVISIBLE).collect();
    let words: Vec<&str> = seen.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// What is wrong with the characters and the form of a value, whatever they mean.
fn form_defects(value: &str) -> Defects {
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

/// Whether [`look`] finds nothing.
#[inline]
pub fn is_clean(value: &str) -> bool {
    if is_plain(value.as_bytes()) { is_clean_plain(value) } else { look(value).defects.is_empty() }
}

/// [`is_clean`] of plain text.
#[inline]
pub(super) fn is_clean_plain(value: &str) -> bool {
    !is_suspect(value) || look(value).defects.is_empty()
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
            prop_assert_eq!(form_defects(&value).is_empty(), reference(&value));
            prop_assert_eq!(is_clean(&value), defects(&value).is_empty());
        }
    }
}
