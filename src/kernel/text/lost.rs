//! Letters that a conversion turned into question marks: `Nguy?n`. What they were is lost.

use super::syllable::{VOWELS, is_syllable};

/// Whether a `?` stands between letters where a Vietnamese letter makes a syllable of them; or before letters, if it
/// is not alone.
pub(super) fn has_lost_letters(text: &str) -> bool {
    // Addresses of web pages have their own use for it.
    let words = text
        .split_whitespace()
        .filter(|word| word.contains('?') && !word.contains(['/', '=', '&', '@', ':']));
    let (mut marked, mut begun) = (0, false);
    for word in words {
        marked += 1;
        for word in word.split(|c: char| c != '?' && !c.is_alphabetic()) {
            // Marks at the end may be a question's.
            let word = word.trim_end_matches('?');
            match word.starts_with('?') {
                _ if !word.contains('?') || word.len() > 40 => {}
                true if has_gap(word) => {
                    marked += word.matches('?').count() - 1;
                    begun = true;
                }
                true => {}
                false if has_gap(word) => return true,
                false => {}
            }
        }
    }
    begun && marked > 1
}

/// Whether letters in the place of the question marks make a syllable.
fn has_gap(word: &str) -> bool {
    let parts: Vec<&str> = word.split('?').collect();
    // A question, then a sentence whose space is missing.
    let sentence =
        |pair: &[&str]| pair[0].ends_with(char::is_lowercase) && pair[1].starts_with(char::is_uppercase);
    if parts.windows(2).any(sentence) {
        return false;
    }
    // A letter may have become several marks. Two in a row may be two letters, more than that are not told apart.
    let mut gaps: Vec<&str> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if at == 0 || !part.is_empty() {
            gaps.push(part);
        }
    }
    match gaps[..] {
        [first, last] => fills(&[first, last]) || (word.contains("??") && fills(&[first, "", last])),
        [first, middle, last] => fills(&[first, middle, last]),
        _ => false,
    }
}

/// Whether letters between the parts make a syllable.
fn fills(parts: &[&str]) -> bool {
    let [head, second, rest @ ..] = parts else { return is_syllable(parts[0]) };
    letters().any(|c| {
        let joined = format!("{head}{c}{second}");
        match rest {
            [] => is_syllable(&joined),
            _ => fills(&[&[joined.as_str()], rest].concat()),
        }
    })
}

/// The letters outside ASCII that stand for all: of the tones nặng, which goes with every rhyme.
fn letters() -> impl Iterator<Item = char> {
    VOWELS.into_iter().flat_map(|forms| [forms[0], forms[5]]).filter(|c| !c.is_ascii()).chain(['đ'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks() {
        for text in
            ["Nguy?n V?n A", "NGUY?N", "Tr??ng", "x? ?ông H?i", "NH? ??T", "???M V?n", "Nguy??n", "H?c"]
        {
            assert!(has_lost_letters(text), "{text}");
        }
        for text in [
            "Ai?",
            "gì?Tôi",
            "chưa?có",
            "https://a.vn/?q=a",
            "a?b=c",
            "?",
            "??",
            "anh?em",
            "What?ever",
            "Sao thế?!",
            "?ông",
        ] {
            assert!(!has_lost_letters(text), "{text}");
        }
    }
}
