//! Floor 4: extracts in, Arrow batches out. Knows no rule.
//!
//! A [`Source`] is one opened file (later: one query, one sheet). It falls into [`Piece`]s that are pulled in
//! order and read in parallel; each piece hands its rows to a [`Sink`] as batches.

mod blocks;
pub mod csv;
pub mod digests;
pub mod discover;
pub mod fingerprint;
mod found;
#[cfg(test)]
mod gathered;
mod hostile;
mod input;
pub mod ipc;
mod names;
pub mod ndjson;
pub mod open;
pub mod package;
pub mod parquet;
pub mod partition;
mod renamed;
mod sample;
mod views;

pub use self::discover::{DataFile, Discovery, discover};
pub use self::fingerprint::{Fingerprint, fingerprint, sha256};
pub use self::open::{SOURCES, SourceKind, open, open_file};
pub use self::renamed::Renamed;

use std::io;
use std::ops::ControlFlow;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::SchemaRef;

use crate::base::{Level, Text};
use crate::say;

/// One opened file.
pub trait Source: Send + Sync {
    /// Columns as found. Text sources give `Utf8View` for every column; typed sources give their own types,
    /// with text as `Utf8View` (or `Dictionary(Int32, Utf8View | Utf8)` where the file has dictionaries).
    fn schema(&self) -> SchemaRef;

    /// Findings made while opening (duplicate header names, byte-order mark …).
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Names that several columns of the file have; in the schema none of them is called so.
    fn repeated(&self) -> &[String] {
        &[]
    }

    /// The names that the file's first line gives to its columns, if they come from there: where it is no header, they
    /// are values.
    fn header(&self) -> Option<Vec<String>> {
        None
    }

    /// Rows, where the file says so without being read.
    fn rows(&self) -> Option<u64>;

    /// Whether columns have types of their own; in text formats every column is text.
    fn typed(&self) -> bool {
        true
    }

    /// The pieces, in order. Pulling is sequential, reading is not. `projection` lists the wanted columns as
    /// ascending indices into [`Source::schema`]; it may be empty (rows are still counted).
    fn pieces(&self, projection: &[usize]) -> Pieces;

    /// The same pieces, their chunks with every record as it is written, for whoever copies records; `None` where
    /// records are not text.
    fn verbatim(&self, _projection: &[usize]) -> Option<Verbatim> {
        None
    }

    /// The file's own columns as it stores them, without what its directories say; `None` for text.
    fn stored(&self) -> Option<SchemaRef> {
        None
    }
}

/// A text file for whoever copies records.
pub struct Verbatim {
    /// The line of names, if the file has one.
    pub header: Option<Vec<u8>>,
    pub pieces: Pieces,
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
    /// Every row as it is written, its line end included, where that was asked for ([`Source::verbatim`]).
    pub records: Option<ArrayRef>,
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
    /// Zero-based row within the piece, of the first occurrence; `None` when it concerns the file.
    pub row: Option<u64>,
    /// How often it occurred in the piece: a piece reports each code once.
    pub count: u64,
}

impl Finding {
    /// A finding about the whole file.
    pub fn of_file(level: Level, code: &'static str, what: Text) -> Self {
        Self { level, code, what, row: None, count: 1 }
    }
}

/// How delimited text is written. What is `None` is found out from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// ASCII. `None`: the one of `, ; TAB |` that splits the first rows evenly.
    pub delimiter: Option<u8>,
    /// ASCII. `None`: quotes are ordinary characters.
    pub quote: Option<u8>,
    /// Whether the first record names the columns; if not they are called `column_1`, `column_2` …
    pub header: bool,
    /// Unquoted values that mean NULL besides the empty one. A quoted empty value is never NULL but an empty
    /// text, so that the two states stay apart.
    pub null_values: Vec<String>,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { delimiter: None, quote: Some(b'"'), header: true, null_values: Vec::new() }
    }
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

impl ExtractError {
    pub fn new(what: Text) -> Self {
        Self { what, hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// A batch of text could not be built.
    pub fn batch() -> Self {
        Self::new(say!("the data is not what its format promises", "dữ liệu không đúng định dạng"))
            .hint(hostile::again())
    }

    /// The system refused to open or read the file.
    pub fn io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::new(say!("the file does not exist", "tệp không tồn tại")).hint(
                say!("check the path and the data directory", "kiểm tra lại đường dẫn và thư mục dữ liệu"),
            ),
            io::ErrorKind::PermissionDenied => {
                Self::new(say!("the file may not be read: permission denied", "không có quyền đọc tệp"))
                    .hint(say!("grant read access to this user", "cấp quyền đọc tệp cho người dùng này"))
            }
            io::ErrorKind::IsADirectory => {
                Self::new(say!("this is a directory, not a file", "đây là thư mục, không phải tệp")).hint(
                    say!(
                        "name a file in it, or use a pattern",
                        "hãy chỉ ra một tệp trong đó hoặc dùng mẫu tên"
                    ),
                )
            }
            _ => {
                let Text { en, vi } = system(error);
                Self::new(say!("the file cannot be read: {en}", "không đọc được tệp: {vi}"))
                    .hint(say!("check the disk and the network share", "kiểm tra ổ đĩa và thư mục mạng"))
            }
        }
    }
}

/// What the system says of itself, which it does in English.
pub fn system(error: &io::Error) -> Text {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::NotFound, _) => say!("it does not exist", "không tồn tại"),
        (io::ErrorKind::PermissionDenied, _) => say!("permission denied", "không có quyền đọc"),
        (io::ErrorKind::IsADirectory, _) => say!("it is a directory", "đây là thư mục"),
        (io::ErrorKind::NotADirectory, _) => say!(
            "a part of its path is no directory, but a file",
            "trên đường dẫn có một phần không phải thư mục mà là tệp"
        ),
        (io::ErrorKind::AlreadyExists, _) => say!("there is a file of this name", "đã có tệp trùng tên"),
        (io::ErrorKind::StorageFull, _) => say!("the disk is full", "hết chỗ trên đĩa"),
        (io::ErrorKind::ReadOnlyFilesystem, _) => {
            say!("the file system is read-only", "hệ thống tệp chỉ cho đọc")
        }
        (_, Some(number)) => say!("{error}", "lỗi hệ thống số {number}"),
        (kind, None) => say!("{kind}", "lỗi hệ thống"),
    }
}
