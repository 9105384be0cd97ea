//! Splits one block into columns.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;

use super::record::{
    Dialect, Quoted, after_line_end, is_line_end, quoted, record, skip_blank_lines, unescaped,
};
use super::stops::Stops;
use crate::extract::blocks::Block;
use crate::extract::found::{Code, Found, Marks, marked};
use crate::extract::views::{TextColumns, Utf8Block, batch_rows};
use crate::extract::{Chunk, ExtractError, Piece, Sink};

/// What all pieces of a file share.
pub struct Layout {
    pub dialect: Dialect,
    pub null_values: Vec<String>,
    pub header: bool,
    /// For each column of the file, where it stands in the projection.
    pub slots: Vec<Option<usize>>,
    /// The projected columns.
    pub schema: SchemaRef,
    /// Whether records are wanted as they are written, too.
    pub verbatim: bool,
}

pub struct TextPiece {
    pub block: Block,
    pub layout: Arc<Layout>,
}

impl Piece for TextPiece {
    fn rows(&self) -> Option<u64> {
        None
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let Block { bytes, consumed, first, last } = self.block;
        let (text, replaced) = match Utf8Block::new(bytes) {
            Ok(text) => (text, Vec::new()),
            Err(bytes) => Utf8Block::repaired(&bytes),
        };
        let mut splitter = Splitter::new(&text, &self.layout, replaced);
        if first && self.layout.header {
            splitter.skip_header();
        }
        let stopped = splitter.run(sink, last)?;
        if !stopped {
            for finding in splitter.findings.into_findings() {
                sink.finding(finding);
            }
            sink.consumed(consumed);
        }
        Ok(())
    }
}

struct Splitter<'a> {
    layout: &'a Layout,
    bytes: &'a [u8],
    stops: Stops<'a>,
    /// Where the next record starts.
    at: usize,
    columns: TextColumns<'a>,
    /// Rows in the present batch, and before it.
    rows: usize,
    rows_before: u64,
    damaged: Vec<u32>,
    findings: Found,
    replaced: Marks,
    nuls: Marks,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a Utf8Block, layout: &'a Layout, replaced: Vec<usize>) -> Self {
        let bytes = text.as_bytes();
        Self {
            layout,
            bytes,
            stops: Stops::new(bytes, layout.dialect.delimiter),
            at: 0,
            columns: TextColumns::new(text, layout.schema.fields().len() + usize::from(layout.verbatim)),
            rows: 0,
            rows_before: 0,
            damaged: Vec::new(),
            findings: Found::default(),
            replaced: Marks::new(replaced),
            nuls: Marks::new(memchr::memchr_iter(0, bytes).collect()),
        }
    }

    fn skip_header(&mut self) {
        let start = skip_blank_lines(self.bytes, 0);
        if start < self.bytes.len() {
            self.at = record(self.bytes, start, self.layout.dialect).next;
            self.stops.seek(self.at);
            self.replaced.meet(self.at);
            self.nuls.meet(self.at);
        }
    }

    /// Reads all rows. `true` if the sink wanted no more.
    fn run(&mut self, sink: &mut dyn Sink, last: bool) -> Result<bool, ExtractError> {
        let mut blank = 0;
        let batch = batch_rows(self.layout.schema.fields().len());
        while self.at < self.bytes.len() {
            if is_line_end(self.bytes[self.at]) {
                let end = self.stops.next();
                debug_assert_eq!(end, self.at);
                self.at = self.pass_line_end(end);
                blank += 1;
                continue;
            }
            self.findings.add(Code::BlankLine, self.row(), std::mem::take(&mut blank));
            self.row_of_cells();
            if self.rows == batch && self.flush(sink)? {
                return Ok(true);
            }
        }
        if !last {
            self.findings.add(Code::BlankLine, self.row(), blank);
        }
        if self.rows > 0 {
            return self.flush(sink);
        }
        Ok(false)
    }

    fn row(&self) -> u64 {
        self.rows_before + self.rows as u64
    }

    /// Where the line after the line end at `end` starts; its stops are used up.
    #[inline]
    fn pass_line_end(&mut self, end: usize) -> usize {
        let next = after_line_end(self.bytes, end);
        if next == end + 2 {
            self.stops.next();
        }
        next
    }

    fn row_of_cells(&mut self) {
        let bytes = self.bytes;
        let dialect = self.layout.dialect;
        // No byte equals 256: one comparison whether or not there is a quote.
        let quote = dialect.quote.map_or(256, u16::from);
        let record = self.at;
        let mut start = record;
        let mut column = 0;
        let mut damaged = false;
        loop {
            let end = if start < bytes.len() && u16::from(bytes[start]) == quote {
                self.quoted_cell(start, column, &mut damaged)
            } else {
                let end = self.stops.next();
                self.plain_cell(start, end, column);
                end
            };
            column += 1;
            if end < bytes.len() && bytes[end] == dialect.delimiter {
                start = end + 1;
                continue;
            }
            self.at = self.pass_line_end(end);
            break;
        }
        let columns = self.layout.slots.len();
        if column != columns {
            damaged = true;
            let code = if column < columns { Code::TooFew } else { Code::TooMany };
            self.findings.add(code, self.row(), 1);
            for slot in self.layout.slots.iter().skip(column).flatten() {
                self.columns.push_null(*slot);
            }
        }
        if self.layout.verbatim {
            self.columns.push(self.layout.schema.fields().len(), record, self.at);
        }
        if self.replaced.next < self.at && self.replaced.meet(self.at) {
            self.findings.add(Code::InvalidUtf8, self.row(), 1);
        }
        if self.nuls.next < self.at && self.nuls.meet(self.at) {
            self.findings.add(Code::Nul, self.row(), 1);
        }
        if damaged {
            self.damaged.push(self.rows as u32);
        }
        self.rows += 1;
    }

    #[inline]
    fn slot(&self, column: usize) -> Option<usize> {
        self.layout.slots.get(column).copied().flatten()
    }

    #[inline]
    fn plain_cell(&mut self, start: usize, end: usize, column: usize) {
        if let Some(slot) = self.slot(column) {
            if start == end || self.means_null(&self.bytes[start..end]) {
                self.columns.push_null(slot);
            } else {
                self.columns.push(slot, start, end);
            }
        }
    }

    #[inline]
    fn means_null(&self, value: &[u8]) -> bool {
        let nulls = &self.layout.null_values;
        !nulls.is_empty() && nulls.iter().any(|null| null.as_bytes() == value)
    }

    /// Reads the cell whose opening quote stands at `open`; returns where it ends.
    fn quoted_cell(&mut self, open: usize, column: usize, damaged: &mut bool) -> usize {
        let quote = self.bytes[open];
        let (close, escapes) = match quoted(self.bytes, open, quote, self.layout.dialect) {
            Quoted::Closed { close, escapes } => (close, escapes),
            Quoted::Stray { close, escapes } => {
                *damaged = true;
                self.findings.add(Code::StrayQuote, self.row(), 1);
                (close, escapes)
            }
            Quoted::Runaway | Quoted::Unclosed => {
                *damaged = true;
                self.findings.add(Code::UnclosedQuote, self.row(), 1);
                let end = self.stops.next();
                self.plain_cell(open, end, column);
                return end;
            }
        };
        self.stops.seek(close + 1);
        let end = self.stops.next();
        if let Some(slot) = self.slot(column) {
            if escapes || end > close + 1 {
                let text = |start, end| String::from_utf8_lossy(&self.bytes[start..end]);
                let inside = text(open + 1, close);
                let value = unescaped(&inside, quote, escapes).into_owned() + &text(close + 1, end);
                self.columns.push_text(slot, &value);
            } else {
                self.columns.push(slot, open + 1, close);
            }
        }
        end
    }

    /// Hands over the rows so far. `true` if the sink wants no more.
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<bool, ExtractError> {
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let mut arrays = self.columns.finish();
        let records = if self.layout.verbatim { arrays.pop() } else { None };
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.layout.schema), arrays, &options)
            .map_err(|_| ExtractError::batch())?;
        let damaged = (!self.damaged.is_empty()).then(|| marked(&self.damaged, self.rows));
        self.damaged.clear();
        self.rows_before += self.rows as u64;
        self.rows = 0;
        Ok(sink.chunk(Chunk { batch, damaged, records }).is_break())
    }
}
