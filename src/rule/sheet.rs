//! Small tables that rules go by, such as code lists and dictionaries: opened, and read whole.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::base::{Level, Text};
use crate::extract::{self, Chunk, ExtractError, Finding, Sink, Source, TextOptions};
use crate::kernel::TextColumn;
use crate::kernel::text::canonical;
use crate::say;

/// A table about to be read.
pub(super) struct Sheet {
    source: Box<dyn Source>,
    /// Of its columns.
    pub names: Vec<String>,
    pub path: PathBuf,
    /// Hash of its bytes before it is read.
    pub blake3: String,
}

/// A row, with its number from 1; the line of names is not counted. Cells are canonical.
pub(super) struct Row {
    pub number: usize,
    pub cells: Vec<String>,
}

impl Sheet {
    /// # Errors
    /// The file cannot be opened; one that is not there says from where its path is read.
    pub fn open(path: PathBuf) -> Result<Self, ExtractError> {
        // Hashed before it is read: a change in between is found at the end of the run.
        let opened = extract::fingerprint(&path)
            .and_then(|fingerprint| Ok((fingerprint.blake3, extract::open(&path, &TextOptions::default())?)));
        let (blake3, source) = opened.map_err(|error| match path.try_exists() {
            Ok(false) => error.hint(elsewhere()),
            _ => error,
        })?;
        let names = source.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self { source, names, path, blake3 })
    }

    /// The rows that hold anything, with the cells of these columns.
    ///
    /// # Errors
    /// A row cannot be trusted, or there is none.
    pub fn rows(&self, columns: &[usize]) -> Result<Vec<Row>, ExtractError> {
        let mut rows = Rows::default();
        self.source.pieces(columns).try_for_each(|piece| piece?.read(&mut rows))?;
        match rows.problem {
            Some(what) => Err(ExtractError::new(what)),
            None if rows.rows.is_empty() => {
                Err(ExtractError::new(say!("it holds no value", "tệp không có giá trị nào")))
            }
            None => Ok(rows.rows),
        }
    }
}

/// What to do about a file that is not there.
pub(super) fn elsewhere() -> Text {
    say!("its path is relative to the folder of the rule file", "đường dẫn tính từ thư mục chứa tệp quy tắc")
}

/// Collects the canonical cells of rows that are not empty.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    seen: usize,
    problem: Option<Text>,
}

impl Sink for Rows {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let columns: Vec<Option<TextColumn>> = chunk.batch.columns().iter().map(TextColumn::of).collect();
        for row in 0..chunk.batch.num_rows() {
            self.seen += 1;
            let cell = |column: &Option<TextColumn>| {
                let text = column.as_ref().and_then(|column| column.get(row)).map(canonical);
                text.map(std::borrow::Cow::into_owned).unwrap_or_default()
            };
            let cells: Vec<String> = columns.iter().map(cell).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                self.rows.push(Row { number: self.seen, cells });
            }
        }
        ControlFlow::Continue(())
    }

    fn finding(&mut self, finding: Finding) {
        // A list with a torn row is not a list: what is missing from it would fail good data.
        if finding.level == Level::Error {
            self.problem.get_or_insert(finding.what);
        }
    }

    fn consumed(&mut self, _bytes: u64) {}
}
