//! Texts of strangers, made harmless and legible: escaped, with controls and marks that reverse the direction of reading
//! spelled out, without towers of accents, and cut where they are too long.

use std::fmt::Write as _;

use crate::base::Text;
use crate::report::term::safe::{Emoji, columns_of, holds_emoji, invisible};

/// Vietnamese needs two marks on a letter when written decomposed.
const MARKS: usize = 3;

/// Names so short stay on one line.
const SHORT: usize = 16;

/// For text and for attributes in double quotes.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        one(c, out);
    }
}

fn one(c: char, out: &mut String) {
    match c {
        '&' => *out += "&amp;",
        '<' => *out += "&lt;",
        '>' => *out += "&gt;",
        '"' => *out += "&quot;",
        '\'' => *out += "&#39;",
        _ => out.push(c),
    }
}

/// Escaped; what shows nothing itself is named, and names between backticks are set as code.
pub fn prose(text: &str, out: &mut String) {
    write(text, false, out);
}

/// `breaks`: the text is a name, whose parts may stand on different lines.
fn write(text: &str, breaks: bool, out: &mut String) {
    // A backtick without its partner is a backtick.
    let mut pairs = text.matches('`').count() / 2 * 2;
    let (mut code, mut marks, mut emoji) = (false, 0, Emoji::default());
    // Whether what stands between backticks here is long enough to be broken.
    let mut long = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        marks = if columns_of(c) == 0 { marks + 1 } else { 0 };
        match c {
            _ if emoji.holds(c, after) => out.push(c),
            '`' if pairs > 0 => {
                pairs -= 1;
                code = !code;
                long = text[at + 1..].chars().take_while(|c| *c != '`').count() > SHORT;
                *out += if code { "<code>" } else { "</code>" };
            }
            '\u{a0}' => out.push(c),
            // U+2400 and on are pictures of the controls.
            '\0'..='\u{1f}' => named(char::from_u32(0x2400 + c as u32), c, out),
            '\u{7f}' => named(Some('\u{2421}'), c, out),
            _ if c.is_control() || invisible(c) => named(None, c, out),
            _ if marks > MARKS => {}
            _ => one(c, out),
        }
        // After a hyphen browsers break by themselves.
        if (breaks || code && long)
            && matches!(c, '_' | '.' | '/')
            && after.is_some_and(char::is_alphanumeric)
        {
            *out += "<wbr>";
        }
    }
}

fn named(picture: Option<char>, c: char, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = match picture {
        Some(picture) => write!(out, "<span class=c>{picture}</span>"),
        None => write!(out, "<span class=c>U+{:04X}</span>", c as u32),
    };
}

/// Beginnings and ends of ids and paths tell them apart: of longer ones the middle is left out.
pub fn middle(text: &str, limit: usize, out: &mut String) {
    let length = text.chars().count();
    let mut part = |part: &str| write(&part.replace('`', "'"), length > SHORT, out);
    if length <= limit {
        return part(text);
    }
    let (head, tail) = (limit - limit / 3, limit / 3);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    part(&format!("{start}…"));
    part(&end);
}

/// The beginning of a text.
pub fn short(text: &str, limit: usize) -> String {
    split(text, limit).map_or_else(|| text.to_owned(), |(head, _)| format!("{head}…"))
}

/// A text longer than `limit` characters, parted there; marks stay with their letter, and emoji whole.
pub fn split(text: &str, limit: usize) -> Option<(&str, &str)> {
    let chars = text.char_indices().skip(limit);
    let before = text.chars().skip(limit.saturating_sub(1));
    let begins = |c: char| columns_of(c) > 0 && !holds_emoji(c);
    let place = chars.zip(before).find(|((_, c), before)| begins(*c) && !holds_emoji(*before));
    place.map(|((at, _), _)| text.split_at(at))
}

/// A text as it is to be shown.
pub enum Spoken<'a> {
    /// It is the same in both languages, or its author wrote only one.
    Once(&'a str),
    Both {
        vi: &'a str,
        en: &'a str,
    },
}

pub fn spoken(text: &Text) -> Spoken<'_> {
    let (vi, en) = (text.vi.as_str(), text.en.as_str());
    match (vi.trim().is_empty(), en.trim().is_empty()) {
        (false, false) if vi != en => Spoken::Both { vi, en },
        (true, _) => Spoken::Once(en),
        _ => Spoken::Once(vi),
    }
}

/// Whether this is a plain decimal number, and not longer than numbers are.
pub fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() <= 48
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
