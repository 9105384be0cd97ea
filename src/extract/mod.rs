//! Floor 4: extracts in, Arrow batches out. Knows no rule.
//!
//! A [`Source`] is one opened file (later: one query, one sheet). It falls into [`Piece`]s that are pulled in
//! order and read in parallel; each piece hands its rows to a [`Sink`] as batches.

use std::ops::ControlFlow;

use arrow::array::RecordBatch;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::SchemaRef;

use crate::base::{Level, Text};

/// One opened file.
pub trait Source: Send + Sync {
    /// Columns as found. Text sources give `Utf8View` for every column; typed sources give their own types,
    /// with text as `Utf8View` (or `Dictionary(Int32, Utf8View | Utf8)` where the file has dictionaries).
    fn schema(&self) -> SchemaRef;

    /// Findings made while opening (duplicate header names, byte-order mark …).
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Rows, where the file says so without being read.
    fn rows(&self) -> Option<u64>;

    /// The pieces, in order. Pulling is sequential, reading is not. `projection` lists the wanted columns as
    /// ascending indices into [`Source::schema`]; it may be empty (rows are still counted).
    fn pieces(&self, projection: &[usize]) -> Pieces;
}

pub type Pieces = Box<dyn Iterator<Item = Result<Box<dyn Piece>, ExtractError>> + Send>;

/// A part of a source that can be read on its own.
pub trait Piece: Send {
    /// Rows, where known before reading: what is lost if reading fails.
    fn rows(&self) -> Option<u64>;

    /// Reads all rows, batch by batch, in order.
    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError>;
}

/// Takes what a piece reads.
pub trait Sink {
    /// The next rows; `Break` asks the piece to stop (interrupted).
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()>;

    fn finding(&mut self, finding: Finding);

    /// Bytes of the file that were consumed since the last call, for progress.
    fn consumed(&mut self, bytes: u64);
}

/// Some rows of a table: the projected columns, in the order of the projection.
pub struct Chunk {
    pub batch: RecordBatch,
    /// Rows whose cells cannot be trusted to be in their columns (ragged, swallowed by an open quote). Every
    /// rule counts them as unknown.
    pub damaged: Option<BooleanBuffer>,
}

/// Something wrong with the file's form, at a row of the piece that reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `Error`: rows were lost or cannot be trusted. `Warning`: everything was read.
    pub level: Level,
    /// Groups equal findings: they are counted, and the first is shown.
    pub code: &'static str,
    /// What is wrong, without any value of the data.
    pub what: Text,
    /// Zero-based row within the piece; `None` when it concerns the file.
    pub row: Option<u64>,
}

/// Why a source or a piece could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", what.en)]
pub struct ExtractError {
    /// What happened, without any value of the data.
    pub what: Text,
    /// What the user can do.
    pub hint: Option<Text>,
}
