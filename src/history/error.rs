//! Why a history cannot be used.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::base::Text;
use crate::extract::system;
use crate::say;

#[derive(Debug)]
pub enum StoreError {
    /// There is no such file.
    Missing,
    /// Nothing was written to it yet, or by an older version only.
    Empty,
    /// Something else than a history.
    Foreign,
    /// A device, a pipe or a socket: nothing to keep records in.
    NoFile,
    /// A later version of the program wrote it.
    Newer,
    /// Somebody else is writing, for longer than we wait.
    Locked,
    /// It may not be written, or not be opened.
    Denied,
    /// The disk is full.
    Full,
    /// Its pages or its content are damaged: where, as far as it is known.
    Damaged(Text),
    /// The system says so.
    Io(std::io::Error),
    /// What the library says of anything else.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Self::Denied,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            Some(ErrorCode::DatabaseCorrupt) => Self::damaged(),
            // What we ask is always well put: the tables are not those that it is asked of.
            Some(ErrorCode::Unknown) => Self::Damaged(say!(
                "it has other tables than a history",
                "tệp có bảng khác với một tệp lịch sử"
            )),
            Some(_) => Self::Sqlite(error),
            // The library read a value, and it is not of the type that it must be.
            None => Self::damaged(),
        }
    }
}

impl StoreError {
    fn damaged() -> Self {
        Self::Damaged(say!("its pages are damaged", "các trang của tệp bị hỏng"))
    }

    /// The content of a record or a definition is not what it must be.
    pub fn content(of: Text) -> Self {
        Self::Damaged(of)
    }

    /// What is wrong, and what to do.
    pub fn told(&self, path: &Path) -> (Text, Text) {
        let shown = path.display();
        match self {
            Self::Missing => (
                say!("there is no history `{shown}`", "không có tệp lịch sử `{shown}`"),
                say!(
                    "`thuocdo score … --history FILE` begins one; check the path otherwise",
                    "`thuocdo score … --history TỆP` sẽ tạo tệp; nếu đã có, kiểm tra đường dẫn"
                ),
            ),
            Self::Empty => (
                say!("nothing was recorded in `{shown}` yet", "`{shown}` chưa ghi lần chạy nào"),
                say!(
                    "`thuocdo score … --history FILE` records a run, and brings a file of an older version up",
                    "`thuocdo score … --history TỆP` ghi một lần chạy, và nâng cấp tệp của phiên bản cũ"
                ),
            ),
            Self::Foreign => (
                say!("`{shown}` is not a history", "`{shown}` không phải tệp lịch sử"),
                say!(
                    "name the file that `--history` wrote, or a new one; this one was left as it is",
                    "chỉ đến tệp do `--history` ghi ra, hoặc một tệp mới; tệp này được giữ nguyên"
                ),
            ),
            Self::NoFile => (
                say!(
                    "`{shown}` is a device, a pipe or a socket, and a history is kept in a file",
                    "`{shown}` là thiết bị, đường ống hoặc socket, còn lịch sử phải nằm trong một tệp"
                ),
                say!("name a file", "hãy nêu một tệp"),
            ),
            Self::Newer => (
                say!(
                    "the history `{shown}` was written by a newer version of this program",
                    "tệp lịch sử `{shown}` do phiên bản mới hơn của chương trình ghi ra"
                ),
                say!("update the program", "cập nhật chương trình"),
            ),
            Self::Locked => (
                say!(
                    "the history `{shown}` is in use by another process",
                    "tệp lịch sử `{shown}` đang được tiến trình khác sử dụng"
                ),
                say!("wait until it has ended, and try again", "đợi tiến trình đó kết thúc rồi thử lại"),
            ),
            Self::Denied => (
                say!(
                    "the history `{shown}` cannot be opened, or not written",
                    "không mở được hoặc không ghi được tệp lịch sử `{shown}`"
                ),
                say!(
                    "check that the file and its folder may be read and written: SQLite makes `-wal` and `-shm` files beside it",
                    "kiểm tra quyền đọc và ghi của tệp và thư mục: SQLite tạo thêm tệp `-wal` và `-shm` bên cạnh"
                ),
            ),
            Self::Full => (
                say!(
                    "the history `{shown}` cannot be written: the disk is full",
                    "không ghi được tệp lịch sử `{shown}`: ổ đĩa đã đầy"
                ),
                say!(
                    "make room and run again; what was in it is unharmed",
                    "dọn chỗ trống rồi chạy lại; dữ liệu đã có không bị ảnh hưởng"
                ),
            ),
            Self::Damaged(Text { en, vi }) => (
                say!("the history `{shown}` is damaged: {en}", "tệp lịch sử `{shown}` bị hỏng: {vi}"),
                say!(
                    "`thuocdo history verify FILE` says where; go back to a copy",
                    "`thuocdo history verify TỆP` cho biết hỏng ở đâu; dùng lại bản sao lưu"
                ),
            ),
            Self::Io(error) => {
                let Text { en, vi } = system(error);
                (
                    say!(
                        "the history `{shown}` cannot be opened: {en}",
                        "không mở được tệp lịch sử `{shown}`: {vi}"
                    ),
                    say!("check the path and its permissions", "kiểm tra đường dẫn và quyền truy cập"),
                )
            }
            Self::Sqlite(error) => {
                let error = error.to_string();
                (
                    say!(
                        "the history `{shown}` cannot be used: {error}",
                        "không dùng được tệp lịch sử `{shown}`: {error}"
                    ),
                    say!(
                        "`thuocdo history verify FILE` checks it",
                        "`thuocdo history verify TỆP` sẽ kiểm tra tệp"
                    ),
                )
            }
        }
    }
}
