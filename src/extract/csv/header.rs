//! The first record: which byte delimits, and what the columns are called.

use std::collections::{HashMap, HashSet};

use super::record::{Dialect, record, skip_blank_lines};
use crate::base::Level;
use crate::extract::Finding;
use crate::say;

/// In order of preference where they do equally well.
const DELIMITERS: [u8; 4] = *b",;\t|";
const SNIFFED_RECORDS: usize = 200;
/// Positions named in a message.
const LISTED: usize = 10;

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

/// Makes column names unique and non-empty, and says where they were not.
pub fn names(fields: &[String]) -> (Vec<String>, Vec<Finding>) {
    // Also the names by position, so that no number makes another name one of them.
    let positions = fields.iter().enumerate().filter(|(_, field)| field.trim().is_empty());
    let mut taken: HashSet<String> = positions.map(|(index, _)| format!("column_{}", index + 1)).collect();
    taken.extend(fields.iter().cloned());
    let written: HashSet<&str> = fields.iter().map(String::as_str).collect();
    let mut used = HashSet::new();
    let (mut duplicate, mut empty) = (Vec::new(), Vec::new());
    // The next number to try for a name: a header of one name repeated must not take quadratic time.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut fresh = |wanted: &str| loop {
        let number = numbers.entry(wanted.to_owned()).or_insert(1);
        *number += 1;
        let name = format!("{wanted}_{number}");
        if taken.insert(name.clone()) {
            return name;
        }
    };
    let names = fields.iter().enumerate().map(|(index, field)| {
        let position = index + 1;
        if field.trim().is_empty() {
            empty.push(position);
            let name = format!("column_{position}");
            if written.contains(name.as_str()) { fresh(&name) } else { name }
        } else if used.insert(field.as_str()) {
            field.clone()
        } else {
            duplicate.push(position);
            fresh(field)
        }
    });
    let names = names.collect();
    let mut findings = Vec::new();
    if !duplicate.is_empty() {
        let (count, at) = (duplicate.len(), listed(&duplicate));
        findings.push(Finding {
            count: count as u64,
            ..Finding::of_file(
                Level::Error,
                "text.header_duplicate",
                say!(
                    "the header repeats the name of an earlier column (column {at}); a number was appended to it",
                    "tiêu đề có tên trùng với cột trước (cột {at}); tên đã được thêm số thứ tự"
                ),
            )
        });
    }
    if !empty.is_empty() {
        let (count, at) = (empty.len(), listed(&empty));
        findings.push(Finding {
            count: count as u64,
            ..Finding::of_file(
                Level::Error,
                "text.header_empty",
                say!(
                    "the header has no name for column {at}; it is called by its position",
                    "tiêu đề không có tên cho cột {at}; cột được gọi theo vị trí"
                ),
            )
        });
    }
    (names, findings)
}

/// The first positions of a list.
fn listed(positions: &[usize]) -> String {
    let shown = positions.iter().take(LISTED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if positions.len() > LISTED { shown + ", …" } else { shown }
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

    #[test]
    fn names_become_unique() {
        let of = |fields: &[&str]| {
            let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
            let (names, findings) = names(&fields);
            (names, findings.iter().map(|f| (f.code, f.count)).collect::<Vec<_>>())
        };
        assert_eq!(of(&["a", "b"]), (vec!["a".into(), "b".into()], vec![]));
        let (names, findings) = of(&["a", "", "a", "a_2", "a", " ", "column_2"]);
        assert_eq!(names, ["a", "column_2_2", "a_3", "a_2", "a_4", "column_6", "column_2"]);
        assert_eq!(of(&["column", "column", "column", ""]).0, ["column", "column_2", "column_3", "column_4"]);
        assert_eq!(of(&["column", "column", ""]).0, ["column", "column_2", "column_3"]);
        assert_eq!(of(&["column", "", "column"]).0, ["column", "column_2", "column_3"]);
        let many: Vec<String> = vec!["x".into(); 16_000];
        assert_eq!(super::names(&many).0.last().map(String::as_str), Some("x_16000"));
        assert_eq!(findings, [("text.header_duplicate", 2), ("text.header_empty", 2)]);
    }
}
