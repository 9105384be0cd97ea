//! The keys that two agencies share, from where rule files and flags say that they are kept. They go nowhere else.

use std::path::Path;

use super::notify::secret;
use crate::base::{Diagnostic, Text};
use crate::kernel::seal::SharedKey;
use crate::rule::notify::Kept;
use crate::say;

/// The key, or why there is none and what to do.
pub fn kept(kept: &Kept) -> Result<SharedKey, Text> {
    read(kept).map_err(|Diagnostic { what, hint, .. }| {
        let hint = hint.unwrap_or_default();
        Text { en: format!("{}; {}", what.en, hint.en), vi: format!("{}; {}", what.vi, hint.vi) }
    })
}

pub fn read(kept: &Kept) -> Result<SharedKey, Diagnostic> {
    let text = secret::kept(kept, Path::new(""))?;
    SharedKey::parse(&text).ok_or_else(|| {
        let (Kept::Env(origin) | Kept::File(origin)) = kept;
        Diagnostic::error(say!(
            "the key in {origin} is not a random number of 32 hexadecimal digits or more",
            "khóa trong {origin} không phải số ngẫu nhiên gồm từ 32 chữ số thập lục phân trở lên"
        ))
        .hint(say!(
            "one of both sides makes it with `openssl rand -hex 32`, and gives it to the other on a safe way",
            "một bên tạo khóa bằng `openssl rand -hex 32` rồi giao cho bên kia qua kênh an toàn"
        ))
    })
}
