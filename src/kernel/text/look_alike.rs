//! Letters of other alphabets that look like Latin ones, inside words that are Latin otherwise.

use super::syllable::{in_case_of, is_syllable};

/// Cyrillic and Greek letters beside the Latin ones that they look like.
const FOREIGN: [(&str, &str); 3] = [
    ("аеорсхуіѕјһԁԛԝ", "aeopcxyisjhdqw"),
    ("АВЕКМНОРСТХУІЅЈҺԚԜ", "ABEKMHOPCTXYISJHQW"),
    ("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX"),
];

/// Latin letters that stand for a Vietnamese one here, but are at home elsewhere: in Icelandic, Ewe, Turkish, pinyin.
const NEAR: [(char, char); 7] =
    [('Ð', 'Đ'), ('ð', 'đ'), ('Ɖ', 'Đ'), ('ɖ', 'đ'), ('ı', 'i'), ('Ǎ', 'Ă'), ('ǎ', 'ă')];

/// The text with Latin letters in the place of look-alikes, if it has any.
pub(super) fn replaced(text: &str) -> Option<String> {
    if !text
        .chars()
        .any(|c| c > '\u{7f}' && (latin_of_foreign(c).is_some() || vietnamese_of_near(c).is_some()))
    {
        return None;
    }
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphabetic) {
        replaced.push_str(&rest[..start]);
        let word = &rest[start..];
        let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        match latin(&word[..end], text) {
            Some(latin) => replaced.push_str(&latin),
            None => replaced.push_str(&word[..end]),
        }
        rest = &word[end..];
    }
    replaced.push_str(rest);
    (replaced != text).then_some(replaced)
}

fn latin_of_foreign(c: char) -> Option<char> {
    if let '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' = c {
        return char::from_u32(c as u32 - 0xFEE0);
    }
    if !matches!(c, '\u{370}'..='\u{52f}') {
        return None;
    }
    FOREIGN.iter().find_map(|(foreign, latin)| {
        let at = foreign.chars().position(|known| known == c)?;
        latin.chars().nth(at)
    })
}

fn vietnamese_of_near(c: char) -> Option<char> {
    NEAR.iter().find(|(near, _)| *near == c).map(|(_, meant)| *meant)
}

/// Latin, whatever the accents.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Only Vietnamese writes with this letter.
fn is_vietnamese(c: char) -> bool {
    matches!(c, 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{1ea0}'..='\u{1ef9}')
}

/// A word without look-alikes, if there are some and it is clear what they stand for.
fn latin(word: &str, text: &str) -> Option<String> {
    let foreign = word.chars().filter(|c| !is_latin(*c)).count();
    if foreign > 0 {
        let (known, all) =
            (word.chars().filter(|c| latin_of_foreign(*c).is_some()).count(), word.chars().count());
        if known < foreign || foreign == all {
            return None;
        }
        let latin: String = word.chars().map(|c| latin_of_foreign(c).unwrap_or(c)).collect();
        let latin = vietnamese(&latin, text).unwrap_or(latin);
        // A word with more foreign letters than Latin ones may be a foreign one.
        return (2 * foreign <= all || is_syllable(&latin)).then_some(latin);
    }
    vietnamese(word, text)
}

fn vietnamese(word: &str, text: &str) -> Option<String> {
    if !word.chars().any(|c| vietnamese_of_near(c).is_some()) {
        return None;
    }
    let meant: String = word.chars().map(|c| vietnamese_of_near(c).unwrap_or(c)).collect();
    // Abbreviations such as QÐ, HÐND have no vowel, and no other language's word is so.
    let abbreviated = meant.chars().count() > 1
        && meant
            .chars()
            .all(|c| in_case_of('A', c) == c && !"AEIOUYĂÂÊÔƠƯ".contains(c) && (c.is_ascii() || c == 'Đ'));
    let alone = meant.chars().count() == 1 && matches!(word, "Ð" | "Ɖ");
    let clear = match alone {
        true => text.chars().any(is_vietnamese),
        false => abbreviated || is_syllable(&meant) || word.chars().any(is_vietnamese),
    };
    clear.then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes() {
        for (seen, meant) in [
            ("Nguуễn Vаn", "Nguyễn Van"),
            ("Ðà Nẵng", "Đà Nẵng"),
            ("ÐẮK LẮK", "ĐẮK LẮK"),
            ("ÐỖ ðức Ɖạt", "ĐỖ đức Đạt"),
            ("QÐ-UBND", "QĐ-UBND"),
            ("Mınh", "Minh"),
            ("Ｎguyễn", "Nguyễn"),
            ("Nguyễn Văn Ð", "Nguyễn Văn Đ"),
            ("Ηà Νội", "Hà Nội"),
        ] {
            assert_eq!(replaced(seen).as_deref(), Some(meant), "{seen}");
        }
        for text in [
            "Москва",
            "Guðmundur Friðrik",
            "Yıldız Aydın",
            "東京",
            "Ａ",
            "αβ Ωm μm",
            "Đà Nẵng",
            "Ð",
            "Hα",
            "Иванов Minh",
            "Каррeñо",
        ] {
            assert_eq!(replaced(text), None, "{text}");
        }
    }
}
