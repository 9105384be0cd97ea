//! A text file as blocks that end where a record ends, so that blocks can be read in parallel.

use super::ExtractError;
use super::input::Input;
use crate::say;

/// Large enough that the cost of a block vanishes, small enough that all threads have one soon.
pub const BLOCK: usize = 4 << 20;

/// A quoted cell or a line that is longer than this is a mistake in the file.
pub const LONGEST_RECORD: usize = 64 << 20;

pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// Whole records, and what is known of them before they are read.
pub struct Block {
    pub bytes: Vec<u8>,
    /// Bytes of the file that were read for it.
    pub consumed: u64,
    pub first: bool,
    pub last: bool,
}

/// Finds where the last whole record of some bytes ends.
pub trait Cut: Send {
    /// Where the last whole record ends, if one does. Called again with more bytes after the same ones while
    /// none does; `reset` is called before other bytes are shown.
    fn cut(&mut self, bytes: &[u8]) -> Option<usize>;

    fn reset(&mut self);
}

/// Records end at a line feed, always.
pub struct AtLines {
    seen: usize,
}

impl AtLines {
    pub const fn new() -> Self {
        Self { seen: 0 }
    }
}

impl Cut for AtLines {
    fn cut(&mut self, bytes: &[u8]) -> Option<usize> {
        let end = memchr::memrchr(b'\n', &bytes[self.seen..]).map(|at| self.seen + at + 1);
        self.seen = bytes.len();
        end
    }

    fn reset(&mut self) {
        self.seen = 0;
    }
}

pub struct Blocks<C> {
    input: Input,
    cut: C,
    size: usize,
    /// What follows the last whole record.
    carry: Vec<u8>,
    reported: u64,
    first: bool,
    /// Why nothing more can be read, to be said after what could be.
    failure: Option<ExtractError>,
    done: bool,
}

impl<C: Cut> Blocks<C> {
    pub fn new(input: Input, cut: C, size: usize) -> Self {
        Self { input, cut, size, carry: Vec::new(), reported: 0, first: true, failure: None, done: false }
    }

    fn block(&mut self, bytes: Vec<u8>, last: bool) -> Block {
        let position = self.input.position();
        let consumed = position - std::mem::replace(&mut self.reported, position);
        Block { bytes, consumed, first: std::mem::take(&mut self.first), last }
    }

    fn pull(&mut self) -> Option<Result<Block, ExtractError>> {
        if let Some(failure) = self.failure.take() {
            self.done = true;
            return Some(Err(failure));
        }
        if self.done {
            return None;
        }
        let mut wanted = self.size.max(BOM.len());
        let mut bytes = Vec::with_capacity(self.carry.len() + wanted);
        bytes.append(&mut self.carry);
        let mut start_of_file = self.first;
        self.cut.reset();
        loop {
            match self.input.fill(&mut bytes, wanted) {
                Ok(read) => {
                    if std::mem::take(&mut start_of_file) && bytes.starts_with(BOM) {
                        bytes.drain(..BOM.len());
                    }
                    if read < wanted {
                        self.done = true;
                        let empty = bytes.is_empty() && !self.first;
                        return (!empty).then(|| Ok(self.block(bytes, true)));
                    }
                }
                Err(failure) => {
                    // The record in which the data breaks off is not whole; the failure speaks for it.
                    let end = self.cut.cut(&bytes).unwrap_or(0);
                    bytes.truncate(end);
                    if bytes.is_empty() {
                        self.done = true;
                        return Some(Err(failure));
                    }
                    self.failure = Some(failure);
                    return Some(Ok(self.block(bytes, false)));
                }
            }
            if let Some(end) = self.cut.cut(&bytes) {
                self.carry.extend_from_slice(&bytes[end..]);
                bytes.truncate(end);
                return Some(Ok(self.block(bytes, false)));
            }
            if bytes.len() > 2 * LONGEST_RECORD {
                self.done = true;
                return Some(Err(too_long()));
            }
            // Doubling keeps the work linear when one record is far longer than a block.
            wanted = self.size.max(bytes.len());
        }
    }
}

impl<C: Cut> Iterator for Blocks<C> {
    type Item = Result<Block, ExtractError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pull()
    }
}

fn too_long() -> ExtractError {
    let mib = LONGEST_RECORD >> 20;
    ExtractError::new(say!(
        "a line is longer than {mib} MiB: this is not a table of text",
        "có một dòng dài hơn {mib} MiB: đây không phải bảng dữ liệu dạng văn bản"
    ))
    .hint(say!(
        "check that the file is what its name says and that its lines end with a line break",
        "kiểm tra nội dung tệp có đúng như tên gọi và các dòng có ký tự xuống dòng"
    ))
}
