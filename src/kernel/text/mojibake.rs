//! UTF-8 that was read as Windows-1252 or Latin-1: `Nguyá»…n` for `Nguyễn`.

use super::syllable::{is_syllable, is_vietnamese, is_word};

/// The characters of Windows-1252 for the bytes 80–9F; the undefined ones as Latin-1 has them.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Signs that may follow a word in capitals, and are a byte of UTF-8 after its `Ã`.
const CLOSING: &str = "’”…–—›»™®©°ªº²³¹·€";

/// The character that Windows-1252 has for a character of Latin-1.
pub(super) fn as_windows(c: char) -> char {
    match c {
        '\u{80}'..='\u{9f}' => WINDOWS[c as usize - 0x80],
        _ => c,
    }
}

/// The byte that a character was read from.
fn byte(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{ff}' => Some(c as u8),
        _ => WINDOWS.iter().position(|known| *known == c).map(|at| 0x80 + at as u8),
    }
}

/// The text as it was before it was read wrongly, or nothing if nothing shows that it was. A character that cannot be
/// had back is U+FFFD.
pub(super) fn restored(text: &str) -> Option<String> {
    let mut restored = restored_once(text)?;
    // Some text went that way more than once.
    for _ in 0..2 {
        match restored_once(&restored) {
            Some(again) => restored = again,
            None => break,
        }
    }
    Some(restored)
}

fn restored_once(text: &str) -> Option<String> {
    if !text.chars().any(|c| matches!(c, 'Â'..='â')) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut restored = String::with_capacity(text.len());
    // Sequences; those that no Vietnamese word in its usual case explains; those beyond doubt by themselves.
    let (mut found, mut strange, mut certain) = (0, 0, 0);
    let mut at = 0;
    while at < chars.len() {
        let Some((mut c, len)) = sequence(&chars[at..]) else {
            restored.push(chars[at]);
            at += 1;
            continue;
        };
        // A space there may be a no-break space that somebody made an ordinary one; alone it shows nothing.
        let (first, last) = (chars[at], chars[at + len - 1]);
        found += usize::from(last != ' ');
        let letters = |chars: &[char]| chars.iter().take_while(|c| c.is_alphabetic()).collect::<String>();
        let tail = letters(&chars[at + len..]);
        let start = restored.char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last();
        let head = &restored[start.map_or(restored.len(), |(at, _)| at)..];
        if c == '\u{fffd}' {
            c = recovered(&chars[at..at + len], head, &tail).unwrap_or(c);
        }
        // `XÃ…` and `“NHÔ are lawful: the sign ends the word.
        let ends = len == 2 && (last.is_whitespace() || (tail.is_empty() && CLOSING.contains(last)));
        if !ends || !is_word(&format!("{head}{first}")) {
            strange += usize::from(last != ' ');
            let inside = head.ends_with(char::is_lowercase) && first.is_uppercase();
            if (inside && c.is_lowercase()) || is_syllable(&format!("{head}{c}{tail}")) {
                certain += usize::from(last != ' ');
            }
        }
        restored.push(c);
        at += len;
    }
    (certain > 0 || (strange > 0 && found > 1)).then_some(restored)
}

/// The letter of a sequence whose last byte is lost, if only one of the bytes that get lost makes a letter that goes
/// with those around it.
fn recovered(sequence: &[char], head: &str, tail: &str) -> Option<char> {
    let [lead @ .., _] = sequence else { return None };
    let known: Option<Vec<u8>> = lead.iter().map(|c| byte(*c)).collect();
    let letter = |last: u8| {
        let bytes = [known.as_deref()?, &[last]].concat();
        std::str::from_utf8(&bytes).ok()?.chars().next().filter(|c| is_vietnamese(*c))
    };
    let letters: Vec<char> = [0x81, 0x8D, 0x8F, 0x90, 0x9D].into_iter().filter_map(letter).collect();
    if let [only] = letters[..] {
        return Some(only);
    }
    let mut fitting = letters.into_iter().filter(|c| is_word(&format!("{head}{c}{tail}")));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// The character whose UTF-8 stands at the beginning, and from how many characters it was read.
fn sequence(chars: &[char]) -> Option<(char, usize)> {
    let lead = byte(*chars.first()?)?;
    let len = match lead {
        0xC2..=0xCD => 2,
        0xE1 | 0xE2 => 3,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0];
    let mut lost = false;
    for (at, slot) in bytes.iter_mut().enumerate().take(len).skip(1) {
        *slot = match *chars.get(at)? {
            // A reader that refuses the undefined bytes of Windows-1252 puts this.
            '\u{fffd}' => {
                lost = true;
                0x81
            }
            ' ' if at + 1 == len => 0xA0,
            c => byte(c).filter(|byte| matches!(byte, 0x80..=0xBF))?,
        };
    }
    let c = std::str::from_utf8(&bytes[..len]).ok()?.chars().next()?;
    let expected =
        matches!(c, '\u{a0}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{206f}' | '€' | '™');
    expected.then_some((if lost { '\u{fffd}' } else { c }, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restores_what_was_read_wrongly() {
        for (seen, meant) in [
            ("Nguyá»…n VÄƒn", "Nguyễn Văn"),
            ("HÃ  Ná»™i", "Hà Nội"),
            ("FranÃ§ois", "François"),
            ("NguyÃªn", "Nguyên"),
            ("ThÃ nh phá»‘ HÃ  Ná»™i â€“ Viá»‡t Nam", "Thành phố Hà Nội – Việt Nam"),
            ("Ngá»\u{fffd}c PhÆ°á»\u{fffd}ng", "Ngọc Phường"),
            ("XÃ£ B'LÃ¡", "Xã B'Lá"),
            ("NguyÃ¡Â»â€¦n", "Nguyễn"),
        ] {
            assert_eq!(restored(seen).as_deref(), Some(meant), "{seen}");
        }
    }

    #[test]
    fn leaves_text_alone() {
        for text in [
            "Hà Nội",
            "XÃ…",
            "“NHÃ”, “XÃ”",
            "XÃ\u{a0}AN",
            "São Paulo",
            "«má»",
            "Ângela",
            "LÃ ANH",
            "Françoise Hénâ",
        ] {
            assert_eq!(restored(text), None, "{text}");
        }
    }
}
