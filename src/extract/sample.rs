//! The start of a text file, to learn from before it is read.

use std::path::Path;

use super::blocks::{BOM, LONGEST_RECORD};
use super::input::Input;
use super::{ExtractError, Finding};
use crate::base::Level;
use crate::say;

/// Enough for a header and some rows to tell the delimiter by.
const SAMPLE: usize = 256 << 10;

/// As many as a spreadsheet has. More are no table, and rows of so many would fill the memory.
pub const MOST_COLUMNS: usize = 16_384;

/// The start of a text file.
pub struct Sample {
    input: Input,
    pub bytes: Vec<u8>,
    /// Whether these are all bytes of the file.
    pub whole: bool,
    pub byte_order_mark: bool,
}

impl Sample {
    /// Reads the start of a text file without its byte-order mark.
    pub fn read(path: &Path) -> Result<Self, ExtractError> {
        let mut input = Input::open(path)?;
        let mut bytes = Vec::new();
        // A file that breaks off early still has a header.
        let read = input.fill(&mut bytes, SAMPLE);
        if bytes.is_empty() {
            read?;
            return Err(no_header());
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(ExtractError::new(say!("the file is UTF-16 text", "tệp là văn bản UTF-16"))
                .hint(say!("save or export it as UTF-8", "lưu hoặc kết xuất lại tệp ở dạng UTF-8")));
        }
        let whole = bytes.len() < SAMPLE;
        let byte_order_mark = bytes.starts_with(BOM);
        if byte_order_mark {
            bytes.drain(..BOM.len());
        }
        Ok(Self { input, bytes, whole, byte_order_mark })
    }

    /// Reads as much again. `false` at the end of the file, or where no record can be longer.
    pub fn grow(&mut self) -> bool {
        if self.whole {
            return false;
        }
        let more = self.bytes.len().max(SAMPLE);
        if more > LONGEST_RECORD {
            return false;
        }
        // What cannot be read is reported when the rows are read.
        let read = self.input.fill(&mut self.bytes, more).unwrap_or(0);
        self.whole = read < more;
        read > 0
    }
}

/// The finding for a byte-order mark, which is dropped.
pub fn byte_order_mark() -> Finding {
    Finding::of_file(
        Level::Warning,
        "text.byte_order_mark",
        say!(
            "the file starts with a byte-order mark; it is not part of the first name",
            "tệp bắt đầu bằng dấu thứ tự byte (BOM); dấu này không thuộc tên cột đầu tiên"
        ),
    )
}

/// The error for a file without any line.
pub fn no_header() -> ExtractError {
    ExtractError::new(say!("the file is empty: it has no header", "tệp rỗng: không có dòng tiêu đề")).hint(
        say!(
            "export it again; a table without rows still has its header line",
            "kết xuất lại tệp; bảng không có bản ghi vẫn phải có dòng tiêu đề"
        ),
    )
}

/// The error for a file with more than [`MOST_COLUMNS`].
pub fn too_wide(columns: usize) -> ExtractError {
    ExtractError::new(say!(
        "the file has {columns} columns; a table has at most {MOST_COLUMNS}",
        "tệp có {columns} cột; bảng có tối đa {MOST_COLUMNS} cột"
    ))
    .hint(say!(
        "check that the file is a table of text and that its delimiter is right",
        "kiểm tra tệp có phải bảng dạng văn bản và dấu phân cách có đúng không"
    ))
}
