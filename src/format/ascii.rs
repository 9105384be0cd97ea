//! Byte checks that the formats share.

/// Whether every byte is an ASCII digit. One branch at the end, so that it vectorises.
#[inline]
pub(super) fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |highest, byte| highest.max(byte.wrapping_sub(b'0'))) <= 9
}

/// The number that a few digits write.
#[inline]
pub(super) const fn number(digits: &[u8]) -> usize {
    let mut value = 0;
    let mut at = 0;
    while at < digits.len() {
        value = value * 10 + (digits[at] - b'0') as usize;
        at += 1;
    }
    value
}

/// The place of two capital letters in a table of 676.
#[inline]
pub(super) const fn letter_pair(first: u8, second: u8) -> usize {
    assert!(first.is_ascii_uppercase() && second.is_ascii_uppercase(), "two capital letters");
    (first - b'A') as usize * 26 + (second - b'A') as usize
}

/// Whether all bytes are the same.
#[inline]
pub(super) fn all_same(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|first| bytes.iter().fold(0, |different, byte| different | (byte ^ first)) == 0)
}

/// The text without white space, dots and hyphens: how people group digits.
pub(super) fn ungrouped(text: &str) -> String {
    text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '.' | '-'))).collect()
}

/// The text before `.0`, which a spreadsheet or a data frame appends when it takes a code for a number.
pub(super) fn before_float_suffix(text: &str) -> Option<&str> {
    let before = text.strip_suffix(".0").or_else(|| text.strip_suffix(".00"))?;
    (!before.is_empty() && all_digits(before.as_bytes())).then_some(before)
}

/// Whether the text is a number in scientific notation, such as `1.09901E+09`.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = |part: &str| {
        part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
    };
    is_number(mantissa) && !exponent.is_empty() && all_digits(exponent.as_bytes())
}

/// The codes in the first column of a CSV list with a header line, as a table indexed by number.
/// Evaluated while compiling: a code that is not a number below `N` does not compile.
pub(super) const fn codes<const N: usize>(csv: &[u8]) -> [bool; N] {
    let mut table = [false; N];
    let mut at = next_line(csv, 0);
    while at < csv.len() {
        table[number_at(csv, at)] = true;
        at = next_line(csv, at);
    }
    table
}

/// The two leading numeric columns of a CSV list with a header line, as a table from the first to the second;
/// 0 stands for nothing. Evaluated while compiling.
pub(super) const fn pairs<const N: usize>(csv: &[u8]) -> [u16; N] {
    let mut table = [0; N];
    let mut at = next_line(csv, 0);
    while at < csv.len() {
        let mut second = at;
        while csv[second] != b',' {
            second += 1;
        }
        table[number_at(csv, at)] = number_at(csv, second + 1) as u16;
        at = next_line(csv, at);
    }
    table
}

/// The numbers in the first column of a CSV list with a header line and `N` others. Evaluated while compiling.
pub(super) const fn leading_numbers<const N: usize>(csv: &[u8]) -> [u32; N] {
    let mut numbers = [0; N];
    let (mut at, mut count) = (next_line(csv, 0), 0);
    while at < csv.len() {
        numbers[count] = number_at(csv, at) as u32;
        count += 1;
        at = next_line(csv, at);
    }
    assert!(count == N, "a list must have the length that is said");
    numbers
}

const fn next_line(csv: &[u8], mut at: usize) -> usize {
    while at < csv.len() && csv[at] != b'\n' {
        at += 1;
    }
    at + 1
}

const fn number_at(csv: &[u8], start: usize) -> usize {
    let mut value = 0;
    let mut at = start;
    while at < csv.len() && csv[at].is_ascii_digit() {
        value = value * 10 + (csv[at] - b'0') as usize;
        at += 1;
    }
    assert!(at > start, "a list's code must be a number");
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        assert!(all_digits(b"") && all_digits(b"0123456789"));
        for bad in ["0/", ":", "0123456789a", "０", " 1"] {
            assert!(!all_digits(bad.as_bytes()), "{bad}");
        }
        assert_eq!(number(b"0079"), 79);
        assert!(all_same(b"777") && !all_same(b"778"));
    }

    #[test]
    fn what_spreadsheets_do() {
        assert_eq!(before_float_suffix("001099012345.0"), Some("001099012345"));
        assert_eq!(before_float_suffix("0912.345.0"), None);
        assert_eq!(before_float_suffix(".0"), None);
        assert!(is_scientific("1.09901E+09") && is_scientific("1E9"));
        assert!(!is_scientific("E9") && !is_scientific("1099") && !is_scientific("1E"));
    }

    #[test]
    fn lists() {
        let table = codes::<100>(b"code,name\n07,a\n42,b\n");
        assert_eq!((0..100).filter(|&code| table[code]).collect::<Vec<_>>(), [7, 42]);
        assert_eq!(leading_numbers(b"code,name\n970400,a\n7,b\n"), [970_400, 7]);
        assert_eq!(pairs::<4>(b"old,new\n01,70\n03,32")[..], [0, 70, 0, 32]);
    }
}
