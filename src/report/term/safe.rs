//! Text that came with the data or the rule files, made harmless and measured.
//!
//! A path or a title can hold escape sequences that repaint the terminal, marks that reverse the direction of reading,
//! invisible characters, or ten thousand letters.

use unicode_width::UnicodeWidthChar;

/// What stands for characters that are not shown.
const HIDDEN: char = '\u{fffd}';

/// Vietnamese needs two marks on a letter when written decomposed.
const MARKS: usize = 3;

/// Without controls, direction marks and invisible characters, on one line, and without towers of accents.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let (mut marks, mut emoji) = (0, Emoji::default());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            _ if emoji.holds(c, chars.peek().copied()) => cleaned.push(c),
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                marks = 0;
                cleaned.push(' ');
            }
            _ if c.is_control() || invisible(c) => {
                marks = 0;
                cleaned.push(HIDDEN);
            }
            _ if columns_of(c) == 0 => {
                marks += 1;
                if marks <= MARKS {
                    cleaned.push(c);
                }
            }
            _ => {
                marks = 0;
                cleaned.push(c);
            }
        }
    }
    cleaned
}

/// Joins emoji to one: a family, a profession.
const JOINER: char = '\u{200d}';
/// Asks for the coloured form of the sign before it.
const COLOURED: char = '\u{fe0f}';

/// What shows nothing itself and is part of emoji.
pub const fn holds_emoji(c: char) -> bool {
    matches!(c, JOINER | COLOURED)
}

/// Follows a text. Two characters that show nothing themselves are part of emoji, and there they are harmless; anywhere
/// else they can hide in a name.
#[derive(Default)]
pub struct Emoji(Before);

#[derive(Default)]
enum Before {
    #[default]
    Text,
    Sign,
    Coloured,
}

impl Emoji {
    /// Whether the next character of the text holds an emoji together. `after`: what follows it.
    pub fn holds(&mut self, c: char, after: Option<char>) -> bool {
        // Signs that joined emoji are made of, tones of skin included.
        let sign = |c: char| matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f300}'..='\u{1faff}');
        let (holds, before) = match (&self.0, c) {
            (Before::Sign, COLOURED) => (true, Before::Coloured),
            (Before::Sign | Before::Coloured, JOINER) if after.is_some_and(sign) => (true, Before::Text),
            _ => (false, if sign(c) { Before::Sign } else { Before::Text }),
        };
        self.0 = before;
        holds
    }
}

/// Characters that show nothing themselves: format controls, direction marks, fillers, selectors, tags.
pub const fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Columns of one character of cleaned text. The coloured form of a sign may be wider than the sign.
pub fn columns_of(c: char) -> usize {
    if c == COLOURED { 1 } else { c.width().unwrap_or(0) }
}

/// Columns of cleaned text. Scripts that join letters may take fewer, never more.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Cleaned, and cut at the end if wider than that.
pub fn ending(text: &str, width: usize) -> String {
    let text = clean(text);
    if columns(&text) <= width {
        return text;
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let mut kept = head(&text, room);
    kept.push('…');
    kept
}

/// Cleaned, and cut in the middle if wider than that: beginnings and ends of ids and paths tell them apart.
pub fn middle(text: &str, width: usize) -> String {
    let text = clean(text);
    if columns(&text) <= width {
        return text;
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let mut kept = head(&text, room - room / 2);
    kept.push('…');
    let mut left = room / 2;
    let mut from = text.len();
    for (at, c) in text.char_indices().rev() {
        let Some(rest) = left.checked_sub(columns_of(c)) else { break };
        left = rest;
        // A mark stays with its letter.
        if columns_of(c) > 0 {
            from = at;
        }
    }
    kept += text[from..].trim_start_matches(COLOURED);
    kept
}

/// As many leading characters as fit, with their marks; no joiner is left without its second sign.
fn head(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += columns_of(*c);
        used <= width
    };
    let head: String = text.chars().take_while(fits).collect();
    head.trim_end_matches(JOINER).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}c\r\nd"), "a\u{fffd}[31mb\u{fffd}c  d");
        assert_eq!(clean("\u{202e}lived\u{2066}\u{200b}\u{e0041}"), "\u{fffd}lived\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(clean("\u{9b}2J"), "\u{fffd}2J");
        assert_eq!(clean("Thống nhất, Tho\u{302}\u{301}ng"), "Thống nhất, Tho\u{302}\u{301}ng");
        assert_eq!(clean(&format!("e{}", "\u{301}".repeat(500))), "e\u{301}\u{301}\u{301}");
    }

    #[test]
    fn emoji_stay_whole_and_nothing_else_is_hidden() {
        let (family, heart, pirate) =
            ("👩\u{1f3fd}\u{200d}👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "🏴\u{200d}☠\u{fe0f}");
        for emoji in [family, heart, pirate, "❤\u{fe0f}"] {
            assert_eq!(clean(emoji), emoji);
        }
        // Between letters, at ends, twice, without a sign before it.
        assert_eq!(clean("a\u{200d}b👩\u{200d}c\u{200d}"), "a\u{fffd}b👩\u{fffd}c\u{fffd}");
        assert_eq!(clean("👩\u{200d}\u{200d}👧\u{fe0f}\u{fe0f}"), "👩\u{fffd}\u{fffd}👧\u{fe0f}\u{fffd}");
        assert_eq!(clean("a\u{fe0f}\u{200d}👧\u{200b}\u{202e}"), "a\u{fffd}\u{fffd}👧\u{fffd}\u{fffd}");
        assert_eq!(clean("👩\u{fe0e}\u{e0067}"), "👩\u{fffd}\u{fffd}");
        assert_eq!((ending(family, 4).as_str(), middle("aaaaa☠\u{fe0f}b", 5).as_str()), ("👩…", "aa…b"));
    }

    #[test]
    fn long_texts_are_cut_where_it_hurts_least() {
        assert_eq!(ending("nghiêm trọng", 8), "nghiêm …");
        assert_eq!(middle("hospital-register.csv", 11), "hospi…r.csv");
        assert_eq!(
            middle("Tho\u{302}\u{301}ng nha\u{302}\u{301}t", 8),
            "Tho\u{302}\u{301}n…ha\u{302}\u{301}t"
        );
        assert_eq!(middle("đủ chỗ", 6), "đủ chỗ");
        assert_eq!(middle("漢字漢字漢字", 6), "漢…字");
    }

    proptest! {
        #[test]
        fn cut_texts_fit(text in "\\PC{0,40}|.{0,40}|(\u{1b}|\u{202e}|\u{301}|\u{200d}|\u{fe0f}|❤|漢|ệ|👩‍👧){0,40}", width in 0usize..30) {
            for cut in [ending(&text, width), middle(&text, width)] {
                prop_assert!(columns(&cut) <= width);
                prop_assert!(cut.width() <= width, "{:?}", cut);
                prop_assert!(!cut.chars().any(char::is_control));
            }
        }
    }
}
