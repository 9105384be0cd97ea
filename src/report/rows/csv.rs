//! Failing rows as CSV: RFC 4180, with a byte-order mark because spreadsheets take it for another encoding without.

use std::io::{self, Write};

use super::{Cell, Described, RowWriter};
use crate::engine::FailingRow;

pub const BOM: &[u8] = b"\xef\xbb\xbf";

pub struct Csv<W> {
    table: Described,
    out: W,
}

impl<W: Write> Csv<W> {
    pub fn new(table: Described, mut out: W) -> io::Result<Self> {
        out.write_all(BOM)?;
        let header: Vec<Cell> = table.header().into_iter().map(Cell::Text).collect();
        out.write_all(line(&header).as_bytes())?;
        Ok(Self { table, out })
    }
}

impl<W: Write + Send> RowWriter for Csv<W> {
    fn rows(&mut self, rows: &[FailingRow]) -> io::Result<()> {
        rows.iter().try_for_each(|row| self.out.write_all(line(&self.table.cells(row)).as_bytes()))
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// One line with its end.
pub(in crate::report) fn line(cells: &[Cell]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match cell {
            Cell::Number(digits) => line.push_str(digits),
            Cell::Text(text) => {
                let apostrophe = if is_taken_for_a_formula(text) { "'" } else { "" };
                if text.contains(['"', ',', '\r', '\n', '\t']) || text.trim() != text {
                    line.push('"');
                    line.push_str(apostrophe);
                    line.push_str(&text.replace('"', "\"\""));
                    line.push('"');
                } else {
                    line.push_str(apostrophe);
                    line.push_str(text);
                }
            }
        }
    }
    line.push_str("\r\n");
    line
}

/// Whether a spreadsheet would compute a cell instead of showing it: what begins with one of these signs, be it after
/// blanks or in full width (OWASP, CSV Injection).
fn is_taken_for_a_formula(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\0');
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(blank).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{broken, described, row};
    use super::*;

    #[test]
    fn lines_are_rfc_4180_and_no_cell_is_a_formula() {
        let mut out = Vec::new();
        let mut csv = Csv::new(described(), &mut out).unwrap();
        csv.rows(&[
            row(1, ["a,\"b\"", "-5"], vec![broken(0, Some("x"), Some("no\nlines"))]),
            row(2, ["=1+1", "=1+1"], vec![broken(1, None, None)]),
        ])
        .unwrap();
        Box::new(csv).finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "\u{feff}file,row,key.ma,key.so,rules_broken,worst,rules,reasons,values,repair\r\n\
                        a.csv,1,\"a,\"\"b\"\"\",-5,1,minor,r1,\"r1: no\nlines\",r1: x,\r\n\
                        a.csv,2,'=1+1,'=1+1,1,critical,r2,r2: Two,,\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn formulas_are_known_in_disguise() {
        for text in [
            "=1",
            "+1",
            "-1",
            "@A1",
            "\t1",
            "\r1",
            "\n=1",
            "  =1",
            "\u{a0}-1",
            "＝1",
            "＋1",
            "－1",
            " ＠1",
            "\u{feff}=1",
        ] {
            assert!(is_taken_for_a_formula(text), "{text:?}");
        }
        for text in ["", "a=1", "1-1", "Nguyễn", "****", "'=1"] {
            assert!(!is_taken_for_a_formula(text), "{text:?}");
        }
    }
}
