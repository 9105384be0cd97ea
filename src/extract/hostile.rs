//! Readers of other houses, run on bytes that may be hostile.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::Text;
use crate::say;

/// Runs code that meets hostile bytes; a panic in it becomes an error too.
pub fn guarded<T, E: ToString>(run: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(panic) => Err(panic_message(panic.as_ref())),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message =
        panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    message.unwrap_or("the reader gave up").to_owned()
}

/// What to do about a damaged file.
pub fn again() -> Text {
    say!(
        "transfer or export the file again, and compare its checksum with the sender's",
        "truyền hoặc kết xuất lại tệp rồi đối chiếu mã kiểm tra với bên gửi"
    )
}
