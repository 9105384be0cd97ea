//! Spellings of a name that are all right: where the tone mark stands, and which apostrophe is typed.

use std::borrow::Cow;

/// Vowels with the five tone marks, in one order of the marks.
const FIRST: [(char, [char; 5]); 4] = [
    ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
    ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
    ('O', ['Ò', 'Ó', 'Ỏ', 'Õ', 'Ọ']),
    ('U', ['Ù', 'Ú', 'Ủ', 'Ũ', 'Ụ']),
];
const SECOND: [(char, [char; 5]); 6] = [
    ('a', ['à', 'á', 'ả', 'ã', 'ạ']),
    ('e', ['è', 'é', 'ẻ', 'ẽ', 'ẹ']),
    ('y', ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ']),
    ('A', ['À', 'Á', 'Ả', 'Ã', 'Ạ']),
    ('E', ['È', 'É', 'Ẻ', 'Ẽ', 'Ẹ']),
    ('Y', ['Ỳ', 'Ý', 'Ỷ', 'Ỹ', 'Ỵ']),
];

/// A name in NFC with every choice made in one way, for comparing: `Định Hóa` as `Định Hoá`, `B’Lao` as `B'Lao`.
///
/// In an open syllable with `oa`, `oe` or `uy` the mark may stand on either vowel; everywhere else there is one right
/// place, and a mark in a wrong one is left where it is.
pub fn one_spelling(name: &str) -> Cow<'_, str> {
    let open = |c: char| matches!(c, '’' | 'ʼ') || FIRST.iter().any(|(_, marked)| marked.contains(&c));
    if name.is_ascii() || !name.contains(open) {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len());
    let mut chars = name.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let mut rest = chars.clone();
        let (second, third) = (rest.next(), rest.next());
        let ends = third.is_none_or(|third| !third.is_alphabetic());
        match second.filter(|_| ends).and_then(|second| moved(before, c, second)) {
            Some((first, second)) => {
                text.extend([first, second]);
                chars.next();
                before = second;
            }
            None => {
                text.push(if matches!(c, '’' | 'ʼ') { '\'' } else { c });
                before = c;
            }
        }
    }
    Cow::Owned(text)
}

/// The two vowels with the mark on the second, where it stands on the first and may stand on either.
fn moved(before: char, first: char, second: char) -> Option<(char, char)> {
    let (base, mark) =
        FIRST.iter().find_map(|(base, marked)| Some((*base, marked.iter().position(|c| *c == first)?)))?;
    let fits = match second.to_ascii_lowercase() {
        'a' | 'e' => matches!(base, 'o' | 'O'),
        // In `qu` the u is no vowel of its own.
        'y' => matches!(base, 'u' | 'U') && !matches!(before, 'q' | 'Q'),
        _ => false,
    };
    let (_, marked) = SECOND.iter().find(|(plain, _)| fits && *plain == second)?;
    Some((base, marked[mark]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_are_one() {
        for (old, new) in [
            ("Xã Định Hóa", "Xã Định Hoá"),
            ("Giao Thủy", "Giao Thuỷ"),
            ("Nguyễn Úy", "Nguyễn Uý"),
            ("HÒA BÌNH", "HOÀ BÌNH"),
            ("khỏe", "khoẻ"),
            ("Hòa-Thủy", "Hoà-Thuỷ"),
            ("B’Lao", "B'Lao"),
        ] {
            assert_eq!(one_spelling(old), new);
            assert_eq!(one_spelling(new), new);
        }
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        for text in ["hòang", "tóan", "qúy", "gìa", "hoàng", "Ngọc", "múa", "Lý", "D'Ran", "", "ó"]
        {
            assert_eq!(one_spelling(text), text);
        }
    }

    /// The published lists of communes differ from each other by nothing else.
    #[test]
    fn the_two_spellings_of_communes() {
        let list = include_str!("../../../rules/lists/admin_units/admin_units.csv");
        let mut differing = 0;
        for line in list.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            if !fields[2].is_empty() {
                assert_eq!(one_spelling(fields[1]), one_spelling(fields[2]));
                differing += 1;
            }
        }
        assert_eq!(differing, 192);
    }
}
