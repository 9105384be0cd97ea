//! Readers of other houses, run on bytes that may be hostile.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

use super::ExtractError;
use crate::base::Text;
use crate::say;

/// Why a reader gave up. A library's own words are in one language only, and may quote a value of the data, so they
/// go no further than this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Damaged,
    CutOff,
    NotUtf8,
    /// Sound, but written in a way that the library cannot read.
    Unsupported,
    Panicked,
    /// In our own words.
    Told(Text),
}

impl Reason {
    pub fn text(self) -> Text {
        match self {
            Self::Damaged => {
                say!("its bytes are not what the format asks for", "các byte không đúng định dạng")
            }
            Self::CutOff => say!("it ends too early", "dữ liệu kết thúc quá sớm"),
            Self::NotUtf8 => say!("it has text that is not UTF-8", "có văn bản không phải UTF-8"),
            Self::Unsupported => say!(
                "it is written in a way that this version does not read",
                "được ghi theo cách mà phiên bản này chưa đọc được"
            ),
            Self::Panicked => say!("the reader gave up on its content", "bộ đọc không xử lý được nội dung"),
            Self::Told(text) => text,
        }
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::CutOff,
            // What a library found wrong, not the system.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => Self::Damaged,
            _ => Self::Told(ExtractError::io(&error).what),
        }
    }
}

impl From<ArrowError> for Reason {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => error.into(),
            ArrowError::NotYetImplemented(_) => Self::Unsupported,
            other => Self::by_message(&other.to_string()),
        }
    }
}

impl From<ParquetError> for Reason {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::EOF(_) | ParquetError::NeedMoreData(_) | ParquetError::NeedMoreDataRange(_) => {
                Self::CutOff
            }
            ParquetError::NYI(_) => Self::Unsupported,
            other => Self::by_message(&other.to_string()),
        }
    }
}

impl Reason {
    /// Neither library has an error of its own for text that is not UTF-8. A miss costs a precise message, nothing
    /// else.
    fn by_message(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        if message.contains("utf8") || message.contains("utf-8") { Self::NotUtf8 } else { Self::Damaged }
    }
}

/// Runs code that meets hostile bytes; a panic in it becomes an error too.
pub fn guarded<T, E: Into<Reason>>(run: impl FnOnce() -> Result<T, E>) -> Result<T, Reason> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(Reason::Panicked),
    }
}

/// What to do about a damaged file.
pub fn again() -> Text {
    say!(
        "transfer or export the file again, and compare its checksum with the sender's",
        "truyền hoặc kết xuất lại tệp rồi đối chiếu mã kiểm tra với bên gửi"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_says_is_not_repeated() {
        let secret = "Nguyễn Bí Mật";
        let panicking = guarded(|| -> Result<(), ArrowError> { panic!("byte 1 of `{secret}`") });
        let failing =
            guarded(|| -> Result<(), _> { Err(ArrowError::CastError(format!("cannot cast `{secret}`"))) });
        let cut = guarded(|| -> Result<(), _> { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) });
        assert_eq!((&panicking, &failing), (&Err(Reason::Panicked), &Err(Reason::Damaged)));
        assert_eq!(cut, Err(Reason::CutOff));
        for outcome in [panicking, failing] {
            let text = outcome.unwrap_err().text();
            assert!(!text.en.contains(secret) && !text.vi.contains(secret) && text.en != text.vi);
        }
    }
}
