//! The bytes of a text file, decompressed if it is compressed (by its first bytes, not by its name).

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ExtractError;
use super::hostile::again;
use crate::say;

/// RFC 1952 §2.3.1.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// RFC 8878 §3.1.1.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const PACKED_BUFFER: usize = 256 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    pub fn of(first: &[u8]) -> Self {
        if first.starts_with(GZIP) {
            Self::Gzip
        } else if first.starts_with(ZSTD) {
            Self::Zstd
        } else {
            Self::None
        }
    }
}

/// A file that is read from start to end.
pub struct Input {
    reader: Box<dyn Read + Send>,
    packing: Packing,
    /// Bytes of the file itself that were read so far.
    position: Arc<AtomicU64>,
}

struct Counted {
    file: File,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Input {
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        let mut file = File::open(path).map_err(|error| ExtractError::io(&error))?;
        let mut first = Vec::with_capacity(4);
        Read::by_ref(&mut file).take(4).read_to_end(&mut first).map_err(|error| ExtractError::io(&error))?;
        io::Seek::rewind(&mut file).map_err(|error| ExtractError::io(&error))?;
        let packing = Packing::of(&first);
        let position = Arc::new(AtomicU64::new(0));
        let counted = Counted { file, position: Arc::clone(&position) };
        let reader: Box<dyn Read + Send> = match packing {
            Packing::None => Box::new(counted),
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
                PACKED_BUFFER,
                counted,
            ))),
            Packing::Zstd => {
                let buffered = BufReader::with_capacity(PACKED_BUFFER, counted);
                Box::new(zstd::Decoder::with_buffer(buffered).map_err(|error| ExtractError::io(&error))?)
            }
        };
        Ok(Self { reader, packing, position })
    }

    /// Appends up to `count` bytes: fewer only at the end. What was read before an error is kept.
    pub fn fill(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<usize, ExtractError> {
        let before = bytes.len();
        bytes.resize(before + count, 0);
        let mut filled = before;
        let outcome = loop {
            match self.reader.read(&mut bytes[filled..]) {
                Ok(0) => break Ok(filled - before),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(self.failure(&error)),
            }
            if filled == bytes.len() {
                break Ok(count);
            }
        };
        bytes.truncate(filled);
        outcome
    }

    /// Bytes of the file that were read so far, compressed if it is.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    fn failure(&self, error: &io::Error) -> ExtractError {
        let at = self.position();
        let kind = match self.packing {
            Packing::None => return ExtractError::io(error),
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        };
        let cut = error.kind() == io::ErrorKind::UnexpectedEof;
        let what = if cut {
            say!(
                "the {kind} file is incomplete: it ends in the middle of its data, after {at} compressed bytes",
                "tệp {kind} không đầy đủ: dữ liệu bị cắt giữa chừng sau {at} byte nén"
            )
        } else {
            say!(
                "the {kind} file is damaged near compressed byte {at}; what follows is not read, so it is incomplete",
                "tệp {kind} bị hỏng ở gần byte nén thứ {at}; phần còn lại không đọc được nên dữ liệu không đầy đủ"
            )
        };
        ExtractError::new(what).hint(again())
    }
}
