//! Lines as CSV: RFC 4180, with a byte-order mark because spreadsheets take it for another encoding without.

use std::io::{self, Write};

use super::{Cell, Header, Lines};

pub const BOM: &[u8] = b"\xef\xbb\xbf";

pub struct Csv<W>(W);

impl<W: Write> Csv<W> {
    pub fn new(header: &Header, mut out: W) -> io::Result<Self> {
        out.write_all(BOM)?;
        let header: Vec<Cell> = header.names().map(|name| Cell::Text(name.to_owned())).collect();
        out.write_all(line(&header).as_bytes())?;
        Ok(Self(out))
    }
}

impl<W: Write + Send> Lines for Csv<W> {
    fn lines(&mut self, lines: Vec<Vec<Cell>>) -> io::Result<()> {
        lines.iter().try_for_each(|cells| self.0.write_all(line(cells).as_bytes()))
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
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
    use super::super::Column;
    use super::*;

    #[test]
    fn lines_are_rfc_4180_and_no_cell_is_a_formula() {
        let mut out = Vec::new();
        let header = Header(vec![Column::text("file"), Column::number("row"), Column::text("=key")]);
        let mut csv = Csv::new(&header, &mut out).unwrap();
        let line =
            |row: &str, key: Cell| vec![Cell::Text("a\n.csv".to_owned()), Cell::Number(row.to_owned()), key];
        let text = |text: &str| Cell::Text(text.to_owned());
        csv.lines(vec![line("1", text("a,\"b\"")), line("2", text("=1+1"))]).unwrap();
        csv.lines(vec![line("3", Cell::Number("-5".to_owned()))]).unwrap();
        Box::new(csv).finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "\u{feff}file,row,'=key\r\n\"a\n.csv\",1,\"a,\"\"b\"\"\"\r\n\"a\n.csv\",2,'=1+1\r\n\"a\n.csv\",3,-5\r\n";
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
