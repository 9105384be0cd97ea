//! The members of one JSON object (RFC 8259), as they are written.
//!
//! Validity is `serde_json`'s judgement, which does not recurse; after it, finding where the members of a valid
//! object stand only takes looking at quotes, brackets and commas.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Where a value stands in the text it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    /// Without its quotes.
    Text {
        start: usize,
        end: usize,
        escapes: bool,
    },
    /// A number, a truth value, an object or an array.
    Other {
        start: usize,
        end: usize,
    },
}

/// Why a line has no members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    Broken,
    NotAnObject,
}

/// Calls `member` with each key (unescaped) and the place of its value in `text`, whose line at `start..end`
/// is one JSON value.
pub fn members(
    text: &str,
    start: usize,
    end: usize,
    mut member: impl FnMut(Cow<'_, str>, Value),
) -> Result<(), Unusable> {
    let line = text.get(start..end).ok_or(Unusable::Broken)?;
    serde_json::from_str::<IgnoredAny>(line).map_err(|_| Unusable::Broken)?;
    walk(text, start, end, &mut member)
}

/// As [`members`], of a line that nobody has found valid: fast, and meaningless where it is not.
pub fn walk(
    text: &str,
    start: usize,
    end: usize,
    mut member: impl FnMut(Cow<'_, str>, Value),
) -> Result<(), Unusable> {
    let mut scan = Scan { bytes: &text.as_bytes()[..end], at: start };
    scan.white();
    if scan.peek() != Some(b'{') {
        return Err(Unusable::NotAnObject);
    }
    scan.at += 1;
    loop {
        scan.white();
        match scan.peek() {
            Some(b',') => scan.at += 1,
            Some(b'"') => {
                let (start, end, escapes) = scan.string();
                let key = &text[start..end];
                let key = if escapes { Cow::Owned(unescaped(key).0) } else { Cow::Borrowed(key) };
                scan.white();
                scan.at += 1;
                scan.white();
                member(key, scan.value());
            }
            _ => return Ok(()),
        }
    }
}

/// Walks over JSON. Where it is not valid, what is found means nothing.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Passes the string that opens here; gives what is between its quotes.
    fn string(&mut self) -> (usize, usize, bool) {
        let start = self.at + 1;
        let mut at = start;
        let mut escapes = false;
        while let Some(distance) = memchr::memchr2(b'"', b'\\', &self.bytes[at.min(self.bytes.len())..]) {
            at += distance;
            if self.bytes[at] == b'"' {
                self.at = at + 1;
                return (start, at, escapes);
            }
            escapes = true;
            at += 2;
        }
        self.at = self.bytes.len();
        (start.min(self.at), self.at, escapes)
    }

    fn value(&mut self) -> Value {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                let (start, end, escapes) = self.string();
                return Value::Text { start, end, escapes };
            }
            Some(b'{' | b'[') => {
                let mut depth = 0usize;
                while let Some(byte) = self.peek() {
                    match byte {
                        b'"' => {
                            self.string();
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {
                while let Some(byte) = self.peek()
                    && !matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n')
                {
                    self.at += 1;
                }
            }
        }
        match self.bytes.get(start..self.at) {
            Some(b"null") => Value::Null,
            _ => Value::Other { start, end: self.at },
        }
    }
}

/// The text that a valid JSON string means. `true` if it has half of a surrogate pair, read as U+FFFD.
pub fn unescaped(raw: &str) -> (String, bool) {
    let mut text = String::with_capacity(raw.len());
    let mut lone = false;
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied();
        rest = rest.get(at + 2..).unwrap_or("");
        match escape {
            Some(b'n') => text.push('\n'),
            Some(b't') => text.push('\t'),
            Some(b'r') => text.push('\r'),
            Some(b'b') => text.push('\u{8}'),
            Some(b'f') => text.push('\u{c}'),
            Some(b'u') => {
                let unit = code_unit(rest);
                rest = rest.get(4..).unwrap_or("");
                let low = rest.strip_prefix("\\u").and_then(code_unit);
                let pair = unit.zip(low).filter(|(_, low)| (0xdc00..0xe000).contains(low));
                match unit.and_then(char::from_u32) {
                    Some(character) => text.push(character),
                    None => match pair {
                        Some((high @ 0xd800..0xdc00, low)) => {
                            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                            text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                            rest = rest.get(6..).unwrap_or("");
                        }
                        _ => {
                            lone = true;
                            text.push(char::REPLACEMENT_CHARACTER);
                        }
                    },
                }
            }
            Some(other) => text.push(char::from(other)),
            None => {}
        }
    }
    text.push_str(rest);
    (text, lone)
}

fn code_unit(rest: &str) -> Option<u32> {
    rest.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Result<Vec<(String, String)>, Unusable> {
        let mut all = Vec::new();
        members(line, 0, line.len(), |key, value| {
            let shown = match value {
                Value::Null => "NULL".to_owned(),
                Value::Text { start, end, escapes } => format!("{escapes}:{}", &line[start..end]),
                Value::Other { start, end } => line[start..end].to_owned(),
            };
            all.push((key.into_owned(), shown));
        })?;
        Ok(all)
    }

    #[test]
    fn members_are_as_written() {
        let line =
            r#" { "a" : 1.50e+3 , "b":"x\"y","c":null,"d":{"e":"}\"","f":[1, 2]},"\u0067":true, "":[]}"#;
        let expected = [
            ("a", "1.50e+3"),
            ("b", r#"true:x\"y"#),
            ("c", "NULL"),
            ("d", r#"{"e":"}\"","f":[1, 2]}"#),
            ("g", "true"),
            ("", "[]"),
        ];
        assert_eq!(found(line).unwrap(), expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(found("{}"), Ok(vec![]));
        assert_eq!(found("[1]"), Err(Unusable::NotAnObject));
        assert_eq!(found(r#"{"a":1"#), Err(Unusable::Broken));
        assert_eq!(found(r#"{"a":1} x"#), Err(Unusable::Broken));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(found(&deep).unwrap()[0].1.len(), 200_000);
    }

    #[test]
    fn walking_survives_anything() {
        let line = r#"{"a\":[1,{"b":"x"}],"c":null,"d":"#;
        for end in 0..=line.len() {
            for start in 0..=end {
                let _ = walk(line, start, end, |_, _| {});
            }
        }
        let _ = walk("{\"a\":]]}}\"\\", 0, 11, |_, _| {});
    }

    #[test]
    fn escapes_mean_what_json_says() {
        assert_eq!(unescaped(r"a\\\/\n\u0111\ud83d\ude00"), ("a\\/\nđ\u{1F600}".into(), false));
        assert_eq!(unescaped(r"\ud83dx\ude00"), ("\u{fffd}x\u{fffd}".into(), true));
        assert_eq!(unescaped(r"\ud83d\u0061"), ("\u{fffd}a".into(), true));
        assert_eq!(unescaped("\\u12"), ("\u{fffd}".into(), true));
        assert_eq!(unescaped("\\uđđ"), ("\u{fffd}".into(), true));
    }
}
