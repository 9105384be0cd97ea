//! `vn.procedure_code`: the code of an administrative procedure (mã thủ tục hành chính).

use super::agency_code;
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason =
    Reason::new("must be 1, 2 or 3, a dot and 6 digits", "phải gồm số 1, 2 hoặc 3, dấu chấm và 6 chữ số");
const LOST_DIGITS: Reason = Reason::new(
    "fewer than 6 digits after the dot: zeros are lost, and it is not certain where",
    "ít hơn 6 chữ số sau dấu chấm: mất chữ số 0 nhưng không chắc ở vị trí nào",
);
const SERIAL_ZERO: Reason = Reason::new("the serial is 000000", "số thứ tự là 000000");
const AGENCY: Reason = Reason::new("followed by the code of an agency", "có mã định danh cơ quan theo sau");
const COMMA: Reason = Reason::new("a comma instead of the dot", "dấu phẩy thay cho dấu chấm");
const NO_DOT: Reason = Reason::new("the dot is missing", "thiếu dấu chấm");
const SPACES: Reason = Reason::new("contains spaces", "có khoảng trắng");

/// `vn.procedure_code`
pub struct ProcedureCode;

fn check(bytes: &[u8]) -> Check {
    let Some((code, rest)) = bytes.split_first_chunk::<8>() else { return Err(SHAPE) };
    if !(matches!(code[..2], [b'1'..=b'3', b'.']) && all_digits(&code[2..])) {
        return Err(SHAPE);
    }
    match rest {
        [] if code[2..] == *b"000000" => Ok(Some(SERIAL_ZERO)),
        [] => Ok(None),
        [b'.', agency @ ..] if agency_code::check_body(agency).is_ok() => Ok(Some(AGENCY)),
        _ => Err(SHAPE),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let together: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let (code, reason) = match together.as_bytes() {
        [_, b',', ..] => (together.replacen(',', ".", 1), COMMA),
        [kind, serial @ ..] if serial.len() == 6 && all_digits(serial) && kind.is_ascii_digit() => {
            (format!("{}.{}", &together[..1], &together[1..]), NO_DOT)
        }
        _ => (together, SPACES),
    };
    check(code.as_bytes()).is_ok().then(|| Verdict::repairable(code, reason))
}

fn why_invalid(value: &str) -> Reason {
    match value.as_bytes() {
        [b'1'..=b'3', b'.' | b',', digits @ ..] if (1..6).contains(&digits.len()) && all_digits(digits) => {
            LOST_DIGITS
        }
        _ => SHAPE,
    }
}

impl Format for ProcedureCode {
    fn name(&self) -> &'static str {
        "vn.procedure_code"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a Vietnamese administrative procedure, such as 1.004194",
            "Mã thủ tục hành chính, ví dụ 1.004194",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "1, 2 or 3, a dot and six digits: the form seen in working systems; no official text was read. With the code \
             of an agency behind a further dot, as some portals write it (not confirmed), it is unusual. Keep the column \
             as text: as a number it loses zeros, and a code with fewer than six digits cannot be repaired. Whether the \
             procedure exists and is in force is not checked.",
            "Số 1, 2 hoặc 3, dấu chấm và sáu chữ số: dạng thấy trong các hệ thống đang chạy; chưa đọc văn bản quy định. Nếu \
             có thêm dấu chấm và mã định danh cơ quan, như một số cổng dịch vụ công viết (chưa kiểm chứng), thì bị xem là \
             bất thường. Cần lưu cột ở dạng chữ: dạng số làm mất chữ số 0 và mã ít hơn sáu chữ số không sửa được. Không \
             kiểm tra thủ tục có tồn tại và còn hiệu lực hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1.004194", "valid"),
            ("2.000200", "valid"),
            ("1.004194.000.00.00.H26", "unusual"),
            ("1,004194", "repairable"),
            ("1004194", "repairable"),
            ("1. 004194", "repairable"),
            ("1.4194", "invalid"),
            ("4.004194", "invalid"),
            ("BNV-123456", "invalid"),
        ]
    }
}

impl Judge for ProcedureCode {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(_) => repair(value).unwrap_or_else(|| Verdict::Invalid(why_invalid(value))),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
