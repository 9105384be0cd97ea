//! Whether plain text may hide a defect: one pass that clears nearly every lawful value.
//!
//! What it clears *is* clean by definition; `clean` looks closer only at the rest. So it must stop at every shape that
//! broken text shows, and may stop at lawful text. It is an automaton over bytes, made from the rules of [`step`],
//! which speak of characters.

use std::sync::LazyLock;

use super::syllable::{VOWELS, is_vietnamese, lower};

/// Whether the text shows a shape that lawful Vietnamese does not.
#[inline]
pub(super) fn is_suspect(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Zero for ASCII without a sign that could stand for a letter.
    if bytes.iter().fold(0, |found, &byte| found | SIGNS[byte as usize]) == 0 {
        return false;
    }
    match bytes.len() {
        0..24 => run([bytes]),
        24..48 => run(parts::<2>(bytes)),
        _ => run(parts::<4>(bytes)),
    }
}

/// Cuts text at spaces into parts of about the same length. A space makes the automaton begin anew, so each part can
/// be looked at by itself.
#[inline]
fn parts<const N: usize>(bytes: &[u8]) -> [&[u8]; N] {
    let mut rest = bytes;
    std::array::from_fn(|at| {
        let open = N - at;
        let half = rest.len() / open;
        let space = rest[half..].iter().position(|byte| *byte == b' ');
        let cut = if open == 1 { rest.len() } else { space.map_or(rest.len(), |space| half + space) };
        let (part, after) = rest.split_at(cut);
        rest = after;
        part
    })
}

/// Whether one of the parts is suspect. Each step waits for the one before; steps of several parts do not.
#[inline]
fn run<const N: usize>(parts: [&[u8]; N]) -> bool {
    let Automaton { classes, next } = &*AUTOMATON;
    // No branch: what stops the automaton stops it for good.
    let step = |state: u16, byte: u8| next[usize::from(state) + usize::from(classes[usize::from(byte)])];
    let mut states = [START; N];
    let together = parts.iter().map(|part| part.len()).min().unwrap_or(0);
    let heads = parts.map(|part| &part[..together]);
    for at in 0..together {
        for (state, head) in states.iter_mut().zip(heads) {
            *state = step(*state, head[at]);
        }
    }
    for (state, part) in states.iter_mut().zip(parts) {
        *state = part[together..].iter().fold(*state, |state, byte| step(state, *byte));
    }
    states.contains(&SUSPECT)
}

static SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut byte = 0x80;
    while byte < 256 {
        signs[byte] = 1;
        byte += 1;
    }
    let ascii = b"?&^~`+('.";
    let mut at = 0;
    while at < ascii.len() {
        signs[ascii[at] as usize] = 1;
        at += 1;
    }
    signs
};

/// What matters of the text so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Before {
    last: Last,
    /// The last character is a small letter.
    small: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// No letter, and no sign of those below.
    Other,
    Consonant,
    Q,
    G,
    /// A vowel without any mark; `i` behind g and `u` behind q are part of the onset.
    A,
    E,
    I,
    O,
    U,
    Y,
    Gi,
    Qu,
    /// ă â ê ô ơ without a tone.
    Hat,
    /// ư without a tone.
    Horn,
    /// A vowel with sắc or nặng; with huyền, hỏi or ngã; an i with a tone behind g.
    Sharp,
    Grave,
    GiToned,
    /// A plain vowel behind one with a tone.
    Pair,
    Question,
    Ampersand,
    /// An apostrophe or full stop behind a vowel.
    Stop,
}

/// The text one character longer; nothing if it has become suspect.
fn step(before: Before, c: char) -> Option<Before> {
    use Last::{
        A, Ampersand, Consonant, E, G, Gi, GiToned, Grave, Hat, Horn, I, O, Other, Pair, Q, Qu, Question,
        Sharp, Stop, U, Y,
    };
    let bare = matches!(before.last, A | E | I | O | U | Y | Gi | Qu);
    if !is_vietnamese(c) {
        let last = match (c, before.last) {
            // Marks typed behind their vowel, a coded entity; a character of no Vietnamese text.
            ('^' | '~' | '`', _) if bare => return None,
            ('+', O | U) | ('(', A) | ('#', Ampersand) => return None,
            _ if !matches!(c, ' '..='~') => return None,
            ('?', _) => Question,
            ('&', _) => Ampersand,
            ('\'' | '.', _) if bare => Stop,
            _ => Other,
        };
        return Some(Before { last, small: false });
    }
    let small = c.is_lowercase();
    if matches!(before.last, Question | Ampersand | Stop | Pair) || (before.small && !small && !c.is_ascii())
    {
        return None;
    }
    let c = lower(c);
    let vowel = VOWELS.iter().find_map(|forms| Some((forms[0], forms.iter().position(|form| *form == c)?)));
    let last = match (before.last, vowel) {
        // Before c, p, t only sắc and nặng.
        (Grave, None) if matches!(c, 'c' | 'p' | 't') => return None,
        (_, None) => match c {
            'q' => Q,
            'g' => G,
            _ => Consonant,
        },
        // Behind the tone's mark comes at most one vowel, a plain one, and then no letter.
        (GiToned, Some(_)) => return None,
        (Sharp | Grave, Some((base, tone))) => match base {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if tone == 0 => Pair,
            _ => return None,
        },
        (Q, Some(('u', 0))) => Qu,
        (Q, Some(('u', _))) => return None,
        (G, Some(('i', 0))) => Gi,
        (G, Some(('i', _))) => GiToned,
        (_, Some((base, 0))) => match base {
            'a' => A,
            'e' => E,
            'i' => I,
            'o' => O,
            'u' => U,
            'y' => Y,
            'ư' => Horn,
            _ => Hat,
        },
        // The mark is on a vowel that shares a rhyme with the one before it.
        (last, Some((base, tone))) => {
            let shared = match last {
                A | E | Hat => "",
                I | Y => "ê",
                O => "aăeo",
                U => "âêôơy",
                Horn => "ơ",
                _ => "aăâeêioôơuưy",
            };
            match shared.contains(base) {
                true if tone >= 4 => Sharp,
                true => Grave,
                false => return None,
            }
        }
    };
    Some(Before { last, small })
}

/// The rules over bytes: the next state by a state (an offset into the table) and the class of a byte.
struct Automaton {
    classes: [u8; 256],
    next: Vec<u16>,
}

const SUSPECT: u16 = 0;
/// Bytes of one class are alike in every state.
const CLASSES: usize = 128;
const START: u16 = CLASSES as u16;

static AUTOMATON: LazyLock<Automaton> = LazyLock::new(|| {
    // A state is what went before and the bytes of a character that is not complete; suspicion has the first row.
    let mut states: Vec<(Before, Vec<u8>)> = vec![(Before { last: Last::Other, small: false }, Vec::new())];
    let mut rows: Vec<[u16; 256]> = vec![[SUSPECT; 256]];
    let mut at = 0;
    while let Some((before, begun)) = states.get(at).cloned() {
        let mut row = [SUSPECT; 256];
        for byte in 0..=u8::MAX {
            let bytes = [&begun[..], &[byte]].concat();
            let after = match std::str::from_utf8(&bytes) {
                Ok(text) => {
                    text.chars().next().and_then(|c| step(before, c)).map(|before| (before, Vec::new()))
                }
                // The letters of the alphabet begin with these.
                Err(_) => {
                    matches!(bytes[..], [0xC3..=0xC6 | 0xE1] | [0xE1, 0xBA | 0xBB]).then_some((before, bytes))
                }
            };
            if let Some(after) = after {
                let known = states.iter().position(|state| *state == after).unwrap_or_else(|| {
                    states.push(after);
                    states.len() - 1
                });
                row[byte as usize] = ((known + 1) * CLASSES) as u16;
            }
        }
        rows.push(row);
        at += 1;
    }
    let mut alike: Vec<Vec<u16>> = Vec::new();
    let classes = std::array::from_fn(|byte| {
        let column: Vec<u16> = rows.iter().map(|row| row[byte]).collect();
        let known = alike.iter().position(|other| *other == column).unwrap_or_else(|| {
            alike.push(column);
            alike.len() - 1
        });
        known as u8
    });
    let next = (0..rows.len() * CLASSES)
        .map(|at| alike.get(at % CLASSES).map_or(SUSPECT, |column| column[at / CLASSES]))
        .collect();
    Automaton { classes, next }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lawful_text_is_cleared() {
        for text in [
            "",
            "Nguyễn Văn A",
            "Số 12, đường Lê Lợi, TP. Hồ Chí Minh",
            "quý hoà hòa thuỷ thủy già giếng gì được khuỷu uống ngoài khoẻ thuở quốc yếu luôn Uyên",
            "K'Brơi H'Hen (cũ) - A & 1? a@b.vn",
            "ĐẶNG THỊ HUYỀN",
        ] {
            assert!(!is_suspect(text), "{text}");
        }
        for text in [
            "hòang", "qúy", "gìa", "maí", "tíên", "thủơ", "NguyÔn", "Xaõ", "tèt", "Nguy?n", "Va(n", "&amp;",
            "Ð", "–",
        ] {
            assert!(is_suspect(text), "{text}");
        }
    }

    #[test]
    fn the_automaton_keeps_the_rules() {
        let automaton = &*AUTOMATON;
        assert!(
            automaton.next.len() < 1 << 16
                && automaton.classes.iter().all(|class| usize::from(*class) < CLASSES)
        );
        let letters: Vec<char> =
            "aăâeêioôơuưyàấệĩỏợgqcđĐẤhÐ ?&'.(^+#".chars().flat_map(|c| [c, c.to_ascii_uppercase()]).collect();
        for &one in &letters {
            for &two in &letters {
                for &three in &letters {
                    let text: String = [one, two, three].iter().collect();
                    let start = Some(Before { last: Last::Other, small: false });
                    let by_rules = text.chars().fold(start, |before, c| step(before?, c)).is_none();
                    assert_eq!(is_suspect(&text), by_rules, "{text:?}");
                }
            }
        }
    }
}
