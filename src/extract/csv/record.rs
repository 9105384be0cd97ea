//! What a record of delimited text is (RFC 4180, and what to make of text that breaks it).
//!
//! A quote means something only where a field starts. The reader of blocks, the splitter and the sniffer all
//! ask [`quoted`] what a quoted field is, so that they cannot disagree.

use std::borrow::Cow;

/// How the values of a file are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
}

impl Dialect {
    /// Whether a field ends before this byte.
    pub const fn ends_field(self, byte: u8) -> bool {
        byte == self.delimiter || is_line_end(byte)
    }
}

pub const fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// What follows an opening quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoted {
    /// The closing quote ends the field.
    Closed { close: usize, escapes: bool },
    /// After the closing quote the field goes on: a quote inside the value was not doubled.
    Stray { close: usize, escapes: bool },
    /// As [`Quoted::Stray`], and there is a line end inside: the opening quote was rather never closed, and met
    /// the opening quote of a later field. It is an ordinary character then.
    Runaway,
    /// There is no closing quote. The opening one is an ordinary character then.
    Unclosed,
}

/// Reads the quoted field that opens at `open`.
pub fn quoted(bytes: &[u8], open: usize, quote: u8, dialect: Dialect) -> Quoted {
    let mut at = open + 1;
    let mut escapes = false;
    loop {
        let Some(distance) = bytes.get(at..).and_then(|rest| memchr::memchr(quote, rest)) else {
            return Quoted::Unclosed;
        };
        let close = at + distance;
        match bytes.get(close + 1) {
            Some(&next) if next == quote => {
                escapes = true;
                at = close + 2;
            }
            Some(&next) if !dialect.ends_field(next) => {
                return match memchr::memchr2(b'\n', b'\r', &bytes[open + 1..close]) {
                    Some(_) => Quoted::Runaway,
                    None => Quoted::Stray { close, escapes },
                };
            }
            _ => return Quoted::Closed { close, escapes },
        }
    }
}

/// The text between two quotes, with doubled quotes made single.
pub fn unescaped(text: &str, quote: u8, escapes: bool) -> Cow<'_, str> {
    if escapes {
        let quote = char::from(quote);
        let doubled = String::from_iter([quote, quote]);
        Cow::Owned(text.replace(&doubled, quote.encode_utf8(&mut [0; 4])))
    } else {
        Cow::Borrowed(text)
    }
}

/// A record read field by field: for headers and for finding the delimiter, not for the bulk.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    pub fields: Vec<String>,
    /// Where the next record starts.
    pub next: usize,
    /// More bytes could have made it another record.
    pub open: bool,
}

/// Reads the record that starts at `start`, which must not be a line end.
pub fn record(bytes: &[u8], start: usize, dialect: Dialect) -> Record {
    let mut fields = Vec::new();
    let mut at = start;
    let mut open = false;
    loop {
        let text = |start: usize, end: usize| String::from_utf8_lossy(&bytes[start..end]);
        let field_end = |from: usize| {
            let rest = memchr::memchr3(dialect.delimiter, b'\n', b'\r', &bytes[from..]);
            rest.map_or(bytes.len(), |distance| from + distance)
        };
        let quote = dialect.quote.filter(|&quote| bytes.get(at) == Some(&quote));
        let found = quote.map(|quote| (quote, quoted(bytes, at, quote, dialect)));
        let end = match found {
            Some((quote, Quoted::Closed { close, escapes } | Quoted::Stray { close, escapes })) => {
                let end = field_end(close + 1);
                let inside = text(at + 1, close);
                fields.push(unescaped(&inside, quote, escapes).into_owned() + &text(close + 1, end));
                end
            }
            Some((_, Quoted::Runaway | Quoted::Unclosed)) | None => {
                open |= matches!(found, Some((_, Quoted::Unclosed)));
                let end = field_end(at);
                fields.push(text(at, end).into_owned());
                end
            }
        };
        if bytes.get(end) == Some(&dialect.delimiter) {
            at = end + 1;
            continue;
        }
        open |= end >= bytes.len();
        return Record { fields, next: after_line_end(bytes, end), open };
    }
}

/// Where the line after the line end at `end` starts.
pub fn after_line_end(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => bytes.len(),
    }
}

/// Where the first line that is not completely blank starts.
pub fn skip_blank_lines(bytes: &[u8], start: usize) -> usize {
    let blank = bytes[start..].iter().take_while(|&&byte| is_line_end(byte)).count();
    start + blank
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quote: Some(b'"') };

    fn fields(text: &str) -> Vec<String> {
        record(text.as_bytes(), 0, COMMA).fields
    }

    #[test]
    fn quotes_mean_something_at_field_start_only() {
        assert_eq!(fields("a,\"b,\"\"c\"\"\n\",d\"e\",\n"), ["a", "b,\"c\"\n", "d\"e\"", ""]);
        assert_eq!(fields("\"a\"b,c"), ["ab", "c"]);
        assert_eq!(fields("\"a,b\nc,d"), ["\"a", "b"]);
        assert_eq!(fields("\"a,b\nc,\"d\",e\n"), ["\"a", "b"]);
        assert_eq!(fields("\"\",\r\n"), ["", ""]);
    }

    #[test]
    fn a_record_knows_where_it_ends_and_whether_it_could_go_on() {
        let of = |text: &str| {
            let record = record(text.as_bytes(), 0, COMMA);
            (record.next, record.open)
        };
        assert_eq!(of("a,b\nc"), (4, false));
        assert_eq!(of("a,b\r\nc"), (5, false));
        assert_eq!(of("a,b\rc"), (4, false));
        assert_eq!(of("a,b"), (3, true));
        assert_eq!(of("a,\"b\nc"), (5, true));
        assert_eq!(skip_blank_lines(b"\r\n\n\ra", 0), 4);
    }
}
