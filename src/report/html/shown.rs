//! Texts of strangers, made harmless and legible: escaped, with controls and marks that reverse the direction of reading
//! spelled out, without towers of accents, and cut where they are too long.

use std::fmt::Write as _;

use crate::base::Text;
use crate::report::term::safe::{columns_of, invisible};

/// Vietnamese needs two marks on a letter when written decomposed.
const MARKS: usize = 3;

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
    // A backtick without its partner is a backtick.
    let mut pairs = text.matches('`').count() / 2 * 2;
    let (mut code, mut marks) = (false, 0);
    for c in text.chars() {
        marks = if columns_of(c) == 0 { marks + 1 } else { 0 };
        match c {
            '`' if pairs > 0 => {
                pairs -= 1;
                code = !code;
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
    if length <= limit {
        return prose(&text.replace('`', "'"), out);
    }
    let (head, tail) = (limit - limit / 3, limit / 3);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    prose(&start.replace('`', "'"), out);
    out.push('…');
    prose(&end.replace('`', "'"), out);
}

/// The beginning of a text.
pub fn short(text: &str, limit: usize) -> String {
    split(text, limit).map_or_else(|| text.to_owned(), |(head, _)| format!("{head}…"))
}

/// A text longer than `limit` characters, parted there; marks stay with their letter.
pub fn split(text: &str, limit: usize) -> Option<(&str, &str)> {
    let mut places = text.char_indices().skip(limit);
    let (at, _) = places.find(|(_, c)| columns_of(*c) > 0)?;
    Some(text.split_at(at))
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
