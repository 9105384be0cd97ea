//! Finds record ends without splitting records: only quotes need to be looked at.

use super::record::{Dialect, Quoted, is_line_end, quoted};
use crate::extract::blocks::{Cut, LONGEST_RECORD};

/// Finds the last line end that is not inside a quoted field.
pub struct AtRecords {
    dialect: Dialect,
    /// Longest quoted field; a longer one counts as not closed.
    longest: usize,
    /// Everything before is known. A field that is open starts here.
    seen: usize,
    /// Stretches outside of quotes, before `outside`.
    stretches: Vec<(usize, usize)>,
    /// Where the present stretch outside of quotes started.
    outside: usize,
}

impl AtRecords {
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, longest: LONGEST_RECORD, seen: 0, stretches: Vec::new(), outside: 0 }
    }

    /// Takes in all bytes that can be judged; returns where the present stretch ends.
    fn advance(&mut self, bytes: &[u8]) -> usize {
        let Some(quote) = self.dialect.quote else {
            return bytes.len();
        };
        while let Some(distance) = memchr::memchr(quote, &bytes[self.seen..]) {
            let open = self.seen + distance;
            if open > 0 && !self.dialect.ends_field(bytes[open - 1]) {
                self.seen = open + 1;
                continue;
            }
            match quoted(bytes, open, quote, self.dialect) {
                Quoted::Closed { close, .. } if close + 1 < bytes.len() => {
                    self.stretches.push((self.outside, open));
                    self.outside = close + 1;
                    self.seen = close + 1;
                }
                Quoted::Stray { close, .. } => {
                    self.stretches.push((self.outside, open));
                    self.outside = close + 1;
                    self.seen = close + 1;
                }
                Quoted::Runaway => self.seen = open + 1,
                // What comes next decides, unless that would go on for too long.
                Quoted::Closed { .. } | Quoted::Unclosed => {
                    if bytes.len() - open <= self.longest {
                        self.seen = open;
                        return open;
                    }
                    self.seen = open + 1;
                }
            }
        }
        self.seen = bytes.len();
        bytes.len()
    }
}

impl Cut for AtRecords {
    fn cut(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut end = self.advance(bytes);
        // The other half of this line end may come next.
        if end == bytes.len() && bytes.ends_with(b"\r") {
            end -= 1;
        }
        let last = |start: usize, end: usize| memchr::memrchr2(b'\n', b'\r', &bytes[start..end]);
        let found = last(self.outside, end).map(|at| self.outside + at + 1).or_else(|| {
            self.stretches.iter().rev().find_map(|&(start, end)| last(start, end).map(|at| start + at + 1))
        })?;
        debug_assert!(is_line_end(bytes[found - 1]));
        Some(found)
    }

    fn reset(&mut self) {
        self.seen = 0;
        self.outside = 0;
        self.stretches.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Option<usize> {
        AtRecords::new(Dialect { delimiter: b',', quote: Some(b'"') }).cut(text.as_bytes())
    }

    #[test]
    fn cuts_outside_of_quotes_only() {
        assert_eq!(cut("a,b\nc,d\ne"), Some(8));
        assert_eq!(cut("a,b\nc,\"d\ne"), Some(4));
        assert_eq!(cut("a,b\nc,\"d\ne\"\nf"), Some(12));
        assert_eq!(cut("a,b\nc,\"d\ne\""), Some(4), "the next byte may be another quote");
        assert_eq!(cut("a,\"b\n\",\"c\n\",\"d\n\""), None);
        assert_eq!(cut("a\"b\nc\"d\n"), Some(8));
        assert_eq!(cut("a\r\nb\r"), Some(3));
    }

    #[test]
    fn a_quote_that_never_closes_is_an_ordinary_character() {
        let mut at = AtRecords::new(Dialect { delimiter: b',', quote: Some(b'"') });
        at.longest = 10;
        assert_eq!(at.cut(b"a,\"b\nccc"), None);
        assert_eq!(at.cut(b"a,\"b\nccc\nddddd"), Some(9));
        assert_eq!(cut("a,\"b\nc,\"d\"\ne"), Some(11), "it met a later opening quote");
    }
}
