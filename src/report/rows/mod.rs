//! Rows of tables as files: those that fail, and what became of each against a table of reference. Written as they come, so
//! that their number does not matter.

pub mod copy;
pub(super) mod csv;
pub mod failing;
pub(super) mod parquet;
pub mod reconciled;
mod record;
pub(super) mod xlsx;

use std::io::{self, Seek, Write};
use std::path::Path;

pub use self::xlsx::is_guarded;

/// The file formats, as in `--violations-format NAME`; the name is the extension too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
    Xlsx,
}

impl Format {
    pub const ALL: [(&'static str, Self); 3] =
        [("csv", Self::Csv), ("parquet", Self::Parquet), ("xlsx", Self::Xlsx)];

    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(id, _)| id)
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(id, _)| *id == text).map(|(_, format)| *format)
    }
}

/// What stands above lines.
pub(super) struct Header(pub Vec<Column>);

/// A column of lines.
pub(super) struct Column {
    pub name: String,
    /// Whether its cells are numbers of the program's own, such as counts.
    pub number: bool,
    /// How many signs wide a sheet shows it.
    pub width: u16,
}

impl Column {
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), number: false, width: 24 }
    }

    /// Of whole sentences.
    pub fn long(name: impl Into<String>) -> Self {
        Self { width: 60, ..Self::text(name) }
    }

    /// Of a single word.
    pub fn word(name: impl Into<String>) -> Self {
        Self { width: 12, ..Self::text(name) }
    }

    pub fn number(name: impl Into<String>) -> Self {
        Self { number: true, ..Self::word(name) }
    }
}

impl Header {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|column| column.name.as_str())
    }
}

/// Takes lines into a file.
pub(super) trait Lines: Send {
    /// As many cells in each as the header has columns.
    ///
    /// # Errors
    /// The file cannot be written.
    fn lines(&mut self, lines: Vec<Vec<Cell>>) -> io::Result<()>;

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// As [`Lines::lines`].
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Starts a file. `scratch` is a folder for what must be kept meanwhile; `as_of` is what the file says of its time, in
/// microseconds of local time.
///
/// # Errors
/// The file cannot be written.
fn lines<W: Write + Seek + Send + 'static>(
    format: Format,
    header: &Header,
    out: W,
    scratch: &Path,
    as_of: i64,
) -> io::Result<Box<dyn Lines>> {
    Ok(match format {
        Format::Csv => Box::new(csv::Csv::new(header, out)?),
        Format::Parquet => Box::new(parquet::Plain::new(header, out)?),
        Format::Xlsx => Box::new(xlsx::Xlsx::new(header, out, scratch, as_of)?),
    })
}

/// What stands in a cell of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// Digits, with a sign and a point perhaps.
    Number(String),
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits() {
        for text in ["0", "-5", "007", "1.50"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "+5", "1.", ".5", "1e3", "--5", "=1", "１"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
