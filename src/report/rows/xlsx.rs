//! Lines as a workbook. Numbers are numbers; everything else is a string, which a spreadsheet shows and never
//! computes.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Header, Lines};

/// Rows of a sheet below its header; what is more goes into further sheets.
pub(in crate::report) const ROWS: u32 = 1_048_575;
/// UTF-16 units that a cell holds; what is more is cut, and ends in `…`.
const LONGEST: usize = 32_767;

/// Rows go to a file in the scratch folder as they come; a workbook in memory would grow with them.
pub struct Xlsx<W> {
    /// Names and widths of the columns.
    header: Vec<(String, u16)>,
    out: W,
    book: Workbook,
    sheets: usize,
    /// Rows of the present sheet.
    rows: u32,
    most: u32,
}

impl<W: Write + Send> Xlsx<W> {
    pub fn new(header: &Header, out: W, scratch: &Path, as_of: i64) -> io::Result<Self> {
        Self::with_sheets_of(ROWS, header, out, scratch, as_of)
    }

    fn with_sheets_of(most: u32, header: &Header, out: W, scratch: &Path, as_of: i64) -> io::Result<Self> {
        let header = header.0.iter().map(|column| (column.name.clone(), column.width)).collect();
        let mut book = Workbook::new();
        guarded(|| {
            book.set_tempdir(scratch)?;
            // The library would write down the present moment, and no two runs would be equal.
            let created = ExcelDateTime::from_timestamp(as_of.div_euclid(1_000_000))?;
            book.set_properties(&DocProperties::new().set_creation_datetime(&created));
            Ok(())
        })?;
        let mut xlsx = Self { header, out, book, sheets: 0, rows: 0, most };
        xlsx.sheet()?;
        Ok(xlsx)
    }

    fn sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        self.rows = 0;
        guarded(|| {
            let sheet = self.book.add_worksheet_with_constant_memory()?;
            sheet.set_name(self.sheets.to_string())?;
            sheet.set_freeze_panes(1, 0)?;
            let bold = Format::new().set_bold();
            for (column, (name, width)) in (0..).zip(&self.header) {
                sheet.set_column_width(column, *width)?;
                sheet.write_string_with_format(0, column, cut(name.clone()), &bold)?;
            }
            Ok(())
        })
    }

    fn line(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        if self.rows == self.most {
            self.sheet()?;
        }
        self.rows += 1;
        guarded(|| write(self.book.worksheet_from_index(self.sheets - 1)?, self.rows, cells))
    }
}

fn write(sheet: &mut Worksheet, row: u32, cells: Vec<Cell>) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Number(digits) => match exact(&digits) {
                Some(number) => sheet.write_number(row, column, number)?,
                None => sheet.write_string(row, column, digits)?,
            },
            Cell::Text(text) if text.is_empty() => continue,
            Cell::Text(text) => sheet.write_string(row, column, cut(text))?,
        };
    }
    Ok(())
}

/// A whole number that a cell shows digit by digit, as no code with leading zeros is, nor one of more than 15 digits.
fn exact(digits: &str) -> Option<f64> {
    let number: i64 = digits.parse().ok()?;
    (number.to_string() == digits && number.unsigned_abs() < 1_000_000_000_000_000).then_some(number as f64)
}

pub(in crate::report) fn cut(text: String) -> String {
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return text;
    }
    let mut units = 1;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= LONGEST
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

impl<W: Write + Send> Lines for Xlsx<W> {
    fn lines(&mut self, lines: Vec<Vec<Cell>>) -> io::Result<()> {
        lines.into_iter().try_for_each(|cells| self.line(cells))
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        guarded(|| self.book.save_to_writer(&mut self.out))?;
        self.out.flush()
    }
}

/// Workbooks that are being written, on whatever threads the library writes them.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Whether a panic may be of the library's: it is caught, and told as the error that it is.
pub fn is_guarded() -> bool {
    GUARDED.load(Ordering::SeqCst) > 0
}

/// The library panics where its scratch file cannot be written.
pub(in crate::report) fn guarded<T>(run: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    GUARDED.fetch_add(1, Ordering::SeqCst);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    GUARDED.fetch_sub(1, Ordering::SeqCst);
    match outcome {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::IoError(error) | XlsxError::TempFileError(_, error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error.to_string())),
        Err(_) => Err(io::Error::other("the scratch file of the workbook cannot be written")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn what_a_sheet_cannot_hold_goes_into_the_next() {
        let scratch = tempfile::tempdir().unwrap();
        let header = Header(vec![Column::number("row"), Column::text("key")]);
        let bytes = |rows: u64| {
            let mut out = Vec::new();
            let mut xlsx = Xlsx::with_sheets_of(2, &header, &mut out, scratch.path(), 0).unwrap();
            for at in 1..=rows {
                let cells = vec![Cell::Number(at.to_string()), Cell::Text("=1+1".to_owned())];
                xlsx.lines(vec![cells]).unwrap();
            }
            Box::new(xlsx).finish().unwrap();
            out
        };
        let sheets =
            |bytes: &[u8]| (1..9).filter(|n| names(bytes, &format!("xl/worksheets/sheet{n}.xml"))).count();
        assert_eq!([0, 2, 3, 5].map(|rows| sheets(&bytes(rows))), [1, 1, 2, 3]);
        assert_eq!(bytes(5), bytes(5), "the same rows give the same bytes");
    }

    fn names(archive: &[u8], entry: &str) -> bool {
        archive.windows(entry.len()).any(|window| window == entry.as_bytes())
    }

    #[test]
    fn cells_hold_what_they_can() {
        assert_eq!(cut("a".repeat(LONGEST)).len(), LONGEST);
        let long = cut("😀".repeat(LONGEST));
        assert_eq!(long.encode_utf16().count(), LONGEST);
        assert!(long.ends_with("😀…"));
        let exact = ["0", "-5", "999999999999999", "1000000000000000", "007", "1.5"].map(exact);
        assert_eq!(exact.map(|number| number.is_some()), [true, true, true, false, false, false]);
    }
}
