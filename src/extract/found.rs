//! What pieces of text find wrong while they read.

use arrow::buffer::BooleanBuffer;

use super::Finding;
use crate::base::{Level, Text};
use crate::say;

/// Positions that are met while rows go by.
pub struct Marks {
    positions: Vec<usize>,
    met: usize,
    /// The first that was not met yet.
    pub next: usize,
}

impl Marks {
    pub fn new(positions: Vec<usize>) -> Self {
        let next = positions.first().copied().unwrap_or(usize::MAX);
        Self { positions, met: 0, next }
    }

    /// Whether any mark lies before `end`; they are left behind.
    pub fn meet(&mut self, end: usize) -> bool {
        let before = self.met;
        while self.next < end {
            self.met += 1;
            self.next = self.positions.get(self.met).copied().unwrap_or(usize::MAX);
        }
        self.met > before
    }
}

/// A bitmap with the given rows set.
pub fn marked(rows: &[u32], len: usize) -> BooleanBuffer {
    let mut rows = rows.iter().peekable();
    BooleanBuffer::collect_bool(len, |row| rows.next_if(|&&marked| marked as usize == row).is_some())
}

/// What a piece found: each kind once, counted.
#[derive(Default)]
pub struct Found {
    /// In the order in which they first occurred.
    found: Vec<(Code, u64, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    TooFew,
    TooMany,
    UnclosedQuote,
    StrayQuote,
    InvalidUtf8,
    Nul,
    BlankLine,
    BrokenJson,
    NotAnObject,
    DuplicateKey,
    UnseenKey,
    LoneSurrogate,
}

impl Found {
    #[inline]
    pub fn add(&mut self, code: Code, row: u64, count: u64) {
        if count == 0 {
            return;
        }
        match self.found.iter_mut().find(|(found, ..)| *found == code) {
            Some((.., counted)) => *counted += count,
            None => self.found.push((code, row, count)),
        }
    }

    pub fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.found.into_iter().map(|(code, row, count)| {
            let (level, id, what) = code.says();
            Finding { level, code: id, what, row: Some(row), count }
        })
    }
}

impl Code {
    fn says(self) -> (Level, &'static str, Text) {
        match self {
            Self::TooFew => (
                Level::Error,
                "text.too_few_fields",
                say!("the row has fewer fields than the header", "dòng có ít trường hơn tiêu đề"),
            ),
            Self::TooMany => (
                Level::Error,
                "text.too_many_fields",
                say!(
                    "the row has more fields than the header: a delimiter inside a value is not quoted?",
                    "dòng có nhiều trường hơn tiêu đề: có thể giá trị chứa dấu phân cách mà không đặt trong nháy kép"
                ),
            ),
            Self::UnclosedQuote => (
                Level::Error,
                "text.unclosed_quote",
                say!(
                    "a quote is opened and never closed; it is read as an ordinary character, and the lines after it as rows",
                    "dấu nháy mở mà không đóng; dấu này được đọc như ký tự thường và các dòng sau được đọc như các bản ghi"
                ),
            ),
            Self::StrayQuote => (
                Level::Error,
                "text.stray_quote",
                say!(
                    "text follows a closing quote: a quote inside the value is not doubled",
                    "có ký tự sau dấu nháy đóng: dấu nháy bên trong giá trị chưa được viết đôi"
                ),
            ),
            Self::InvalidUtf8 => (
                Level::Warning,
                "text.invalid_utf8",
                say!(
                    "the row has bytes that are not UTF-8; they are read as U+FFFD. Was the file exported in another encoding?",
                    "dòng có byte không phải UTF-8, được đọc thành U+FFFD. Có thể tệp được kết xuất với bảng mã khác"
                ),
            ),
            Self::Nul => (
                Level::Warning,
                "text.nul",
                say!(
                    "the row has NUL characters; they are kept",
                    "dòng có ký tự NUL; ký tự này được giữ nguyên"
                ),
            ),
            Self::BlankLine => (
                Level::Warning,
                "text.blank_line",
                say!(
                    "there is a blank line; it is not a row",
                    "có dòng trống; dòng này không tính là bản ghi"
                ),
            ),
            Self::BrokenJson => (
                Level::Error,
                "json.broken",
                say!(
                    "the line is not valid JSON; its values are unknown",
                    "dòng không phải JSON hợp lệ; không biết được các giá trị"
                ),
            ),
            Self::NotAnObject => (
                Level::Error,
                "json.not_an_object",
                say!(
                    "the line is JSON but not an object with named values",
                    "dòng là JSON nhưng không phải đối tượng có tên trường"
                ),
            ),
            Self::DuplicateKey => (
                Level::Warning,
                "json.duplicate_key",
                say!(
                    "the object repeats a key; the last value counts",
                    "đối tượng lặp lại một khóa; giá trị cuối được dùng"
                ),
            ),
            Self::UnseenKey => (
                Level::Error,
                "json.unseen_key",
                say!(
                    "the object has a key that was not there when the file was opened: the file changes while it is read",
                    "đối tượng có khóa chưa có lúc mở tệp: tệp đang bị thay đổi trong khi đọc"
                ),
            ),
            Self::LoneSurrogate => (
                Level::Warning,
                "json.lone_surrogate",
                say!(
                    "the row has half of a surrogate pair; it is read as U+FFFD",
                    "dòng có một nửa cặp surrogate; được đọc thành U+FFFD"
                ),
            ),
        }
    }
}
