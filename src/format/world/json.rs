//! `json`: a text in JSON.

use serde::de::IgnoredAny;

use super::repair::judged;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const MALFORMED: Reason = Reason::new("not well formed", "không đúng cú pháp");
const CUT: Reason = Reason::new("ends before it is complete", "bị cắt cụt, chưa kết thúc");
const QUOTES: Reason = Reason::new(
    "single quotes or words of another language",
    "dùng dấu nháy đơn hoặc từ khóa của ngôn ngữ khác",
);
const SCALAR: Reason =
    Reason::new("a single value, no object or array", "là một giá trị đơn, không phải đối tượng hay mảng");
const TWICE: Reason =
    Reason::new("an object or array written as a text", "đối tượng hoặc mảng bị ghi thành chuỗi");

const MARK: Reason = Reason::new("a byte order mark precedes", "có dấu thứ tự byte ở đầu");

/// `json`
pub struct Json;

fn check(value: &str) -> Check {
    match serde_json::from_str::<IgnoredAny>(value) {
        Ok(_) => Ok(match value.trim_start().as_bytes() {
            [b'{' | b'[', ..] => None,
            [b'"', b'{' | b'[', ..] => Some(TWICE),
            _ => Some(SCALAR),
        }),
        Err(error) if error.is_eof() => Err(CUT),
        Err(_) if value.starts_with(['{', '[']) && value.contains('\'') && !value.contains('"') => {
            Err(QUOTES)
        }
        Err(_) => Err(MALFORMED),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = value.strip_prefix('\u{feff}')?;
    check(bare).is_ok().then(|| Verdict::repairable(bare, MARK))
}

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Reason {
        Reason::new("Text in JSON (RFC 8259)", "Văn bản JSON (RFC 8259)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "One well-formed value of RFC 8259 and nothing after it. A bare number, text, true, false or null \
             is lawful and unusual, and so is an object that was written as a text once more. Comments, single \
             quotes, NaN and commas before a closing bracket are invalid. Names that occur twice, the size of \
             numbers and the meaning are not checked.",
            "Đúng một giá trị theo cú pháp RFC 8259, không có gì theo sau. Số, chuỗi, true, false hoặc null \
             đứng riêng là hợp lệ nhưng bất thường, đối tượng bị ghi lại thành chuỗi cũng vậy. Chú thích, dấu \
             nháy đơn, NaN và dấu phẩy trước ngoặc đóng không hợp lệ. Không kiểm tra tên trùng, độ lớn của số \
             và ý nghĩa.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("{\"ma\": \"01\", \"gia_tri\": [1, 2.5e3, null]}", "valid"),
            ("[]", "valid"),
            ("12", "unusual"),
            ("\"{\\\"a\\\": 1}\"", "unusual"),
            ("\u{feff}{}", "repairable"),
            ("{\"a\": 1", "invalid"),
            ("{'a': 1}", "invalid"),
            ("{\"a\": 1,}", "invalid"),
            ("{} {}", "invalid"),
            ("NaN", "invalid"),
        ]
    }
}

impl Judge for Json {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(value).is_ok()
    }
}
