//! Where a text writes the tone mark in open syllables with `oa`, `oe`, `uy`: on the first vowel (`hòa`, the old style)
//! or on the second (`hoà`, the new one). Both are right; a register should keep to one.

/// The style of a text that shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToneStyle {
    /// `hòa`, `khỏe`, `thủy`.
    Old,
    /// `hoà`, `khoẻ`, `thuỷ`.
    New,
    /// Some syllables in one style, some in the other.
    Mixed,
}

/// The style of a text in form C; `None` if no syllable of it shows one.
pub fn tone_style(text: &str) -> Option<ToneStyle> {
    if text.is_ascii() {
        return None;
    }
    let lower = text.to_lowercase();
    let syllables = lower.split(|c: char| !c.is_alphabetic());
    syllables.filter_map(syllable_style).reduce(|a, b| if a == b { a } else { ToneStyle::Mixed })
}

fn syllable_style(syllable: &str) -> Option<ToneStyle> {
    let mut letters = syllable.chars().rev();
    let (last, first) = (letters.next()?, letters.next()?);
    let before = letters.next();
    // The `u` of `quý` belongs to the consonant. With a third vowel, as in `hoái`, there is one right place.
    let initial = before.is_none_or(|c| c != 'q' && !is_vowel(c));
    let ((vowel, marked), (second, second_marked)) = (plain(first)?, plain(last)?);
    let open = matches!((vowel, second), ('o', 'a' | 'e') | ('u', 'y'));
    match (marked, second_marked) {
        (true, false) if initial && open => Some(ToneStyle::Old),
        (false, true) if initial && open => Some(ToneStyle::New),
        _ => None,
    }
}

/// A vowel of these syllables without its tone mark, and whether it has one.
fn plain(c: char) -> Option<(char, bool)> {
    const VOWELS: [&str; 5] = ["oòóỏõọ", "aàáảãạ", "eèéẻẽẹ", "uùúủũụ", "yỳýỷỹỵ"];
    let vowel = VOWELS.iter().find(|vowel| vowel.contains(c))?.chars().next()?;
    Some((vowel, vowel != c))
}

/// Whether a letter is a vowel, with whatever marks.
fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') || !c.is_ascii() && c != 'đ'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles() {
        for (text, style) in [
            ("hòa", Some(ToneStyle::Old)),
            ("hoà", Some(ToneStyle::New)),
            ("Sức khỏe", Some(ToneStyle::Old)),
            ("SỨC KHOẺ", Some(ToneStyle::New)),
            ("Thủy", Some(ToneStyle::Old)),
            ("ủy ban", Some(ToneStyle::Old)),
            ("uỷ ban", Some(ToneStyle::New)),
            ("Định Hóa, Đồng Đoá", Some(ToneStyle::Mixed)),
            ("xã Hoà An", Some(ToneStyle::New)),
            // One right place: a closed syllable, three vowels, `qu`, no mark.
            ("hoàn toàn", None),
            ("ngoài", None),
            ("khuỷu", None),
            ("quý", None),
            ("Loa", None),
            ("Samoa", None),
            ("mía", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(tone_style(text), style, "{text}");
        }
    }
}
