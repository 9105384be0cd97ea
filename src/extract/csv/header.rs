//! The first record: which byte delimits.

use super::record::{Dialect, record, skip_blank_lines};

/// In order of preference where they do equally well.
const DELIMITERS: [u8; 4] = *b",;\t|";
const SNIFFED_RECORDS: usize = 200;

/// Finds the delimiter of a sample: the one that cuts the first record into several fields, and most of the
/// following records into as many. `whole`: the sample is the whole file.
pub fn delimiter(sample: &[u8], whole: bool, quote: Option<u8>) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in DELIMITERS {
        let dialect = Dialect { delimiter, quote };
        let mut at = skip_blank_lines(sample, 0);
        let mut expected = 0;
        let (mut even, mut seen) = (0usize, 0usize);
        while at < sample.len() && seen < SNIFFED_RECORDS {
            let found = record(sample, at, dialect);
            if found.open && seen > 0 && !whole {
                break;
            }
            if seen == 0 {
                expected = found.fields.len();
            }
            even += usize::from(found.fields.len() == expected);
            seen += 1;
            at = skip_blank_lines(sample, found.next);
        }
        // Per mille: a stray ragged row does not decide, the number of columns does.
        let score = if expected > 1 { (even * 1000 / seen.max(1) + 50) / 100 } else { 0 };
        if (score, expected) > (best.0, best.1) && score > 0 {
            best = (score, expected, delimiter);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        let of = |text: &str| delimiter(text.as_bytes(), true, Some(b'"'));
        assert_eq!(of("a,b\n1,2\n"), b',');
        assert_eq!(of("a;b\n1,5;2\n2,5;3\n"), b';');
        assert_eq!(of("a\tb, c\n1\t2\n"), b'\t');
        assert_eq!(of("a|b|c\n\"1,2\"|2|3\n"), b'|');
        assert_eq!(of("\"a;b;c\",d\n1,2\n"), b',');
        assert_eq!(of("name\nAn\n"), b',');
        assert_eq!(of("a,b;c,d;e\n1;2;3\n4;5;6\n"), b';');
        assert_eq!(of("a;b;c\n1,5;2;3"), b';');
        assert_eq!(of("a,b;c\n1;2"), b';');
        assert_eq!(of(""), b',');
    }
}
