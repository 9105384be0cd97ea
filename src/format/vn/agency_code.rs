//! `vn.agency_code`: the identification code of a state body (mã định danh điện tử của cơ quan).

use super::mst;
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const LENGTH: Reason = Reason::new("more than 35 characters", "dài quá 35 ký tự");
const CHARACTERS: Reason = Reason::new(
    "contains something other than capital letters, digits and dots",
    "chứa ký tự không phải chữ cái in hoa, chữ số, dấu chấm",
);
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const EMPTY_GROUP: Reason = Reason::new("an empty group between the dots", "có nhóm rỗng giữa các dấu chấm");
const FIRST_GROUP: Reason = Reason::new(
    "the first group must be a letter and two digits",
    "nhóm đầu phải gồm một chữ cái và hai chữ số",
);
const Z_ZERO: Reason = Reason::new("Z must be followed by 01 to 99", "sau chữ Z phải là 01 đến 99");
const NO_DOT: Reason =
    Reason::new("no dot after the first three characters", "không có dấu chấm sau ba ký tự đầu");
const ENTERPRISE: Reason = Reason::new(
    "an enterprise code, which stands for an enterprise only",
    "mã số doanh nghiệp, chỉ dùng cho doanh nghiệp",
);
const OLD_ORDER: Reason = Reason::new(
    "the order of before 2020, with the first level at the end",
    "thứ tự trước năm 2020, cấp 1 viết ở cuối",
);
const SPACES: Reason = Reason::new("spaces around the dots", "có khoảng trắng quanh dấu chấm");

/// `vn.agency_code`
pub struct AgencyCode;

/// Judges a code of a state body: `H26.14.21`, `Z01.ABC`, or in the old order `000.00.14.H26`.
pub(super) fn check_body(bytes: &[u8]) -> Check {
    if bytes.len() > 35 {
        return Err(LENGTH);
    }
    if let Some(other) = bytes.iter().find(|b| !(b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'.'))
    {
        return Err(if other.is_ascii_lowercase() { LOWER_CASE } else { CHARACTERS });
    }
    if is_old_order(bytes) {
        return Ok(Some(OLD_ORDER));
    }
    match bytes {
        [b'Z', b'0', b'0', ..] => Err(Z_ZERO),
        [letter, a, b, rest @ ..] if letter.is_ascii_uppercase() && all_digits(&[*a, *b]) => match rest {
            [] => Ok(None),
            [b'.', groups @ ..] if has_empty_group(groups) => Err(EMPTY_GROUP),
            [b'.', ..] => Ok(None),
            _ if *letter != b'Z' => Err(FIRST_GROUP),
            _ if has_empty_group(rest) => Err(EMPTY_GROUP),
            _ => Ok(Some(NO_DOT)),
        },
        _ => Err(FIRST_GROUP),
    }
}

fn has_empty_group(groups: &[u8]) -> bool {
    groups.split(|&byte| byte == b'.').any(<[u8]>::is_empty)
}

fn is_old_order(bytes: &[u8]) -> bool {
    match bytes {
        [a, b, c, b'.', d, e, b'.', f, g, b'.', b'A'..=b'Y', h, i] => {
            all_digits(&[*a, *b, *c, *d, *e, *f, *g, *h, *i])
        }
        _ => false,
    }
}

fn check(bytes: &[u8]) -> Check {
    match check_body(bytes) {
        Err(_) if mst::is_enterprise(bytes) => Ok(Some(ENTERPRISE)),
        checked => checked,
    }
}

impl Format for AgencyCode {
    fn name(&self) -> &'static str {
        "vn.agency_code"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Identification code of a Vietnamese state body, such as H26.14.21",
            "Mã định danh điện tử của cơ quan, tổ chức, ví dụ H26.14.21",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Decision 20/2020/QĐ-TTg, text read: at most 35 capital letters, digits and dots, in groups between dots; \
             the first group of a state body is a letter A–Y and two digits (art. 4); an enterprise uses its enterprise \
             code (art. 5), which is unusual here; other bodies use Z, 01–99 and up to 32 characters (art. 6). The order \
             of before, 000.00.14.H26, is unusual: it stays in old data. Small letters are invalid. Whether the code was \
             assigned, and whether its body still exists, is not checked; codes of the districts abolished in 2025 stay \
             in old data.",
            "Quyết định 20/2020/QĐ-TTg (đã đọc văn bản): tối đa 35 ký tự gồm chữ cái in hoa, chữ số và dấu chấm, chia nhóm \
             bằng dấu chấm; nhóm đầu của cơ quan nhà nước là một chữ cái A–Y và hai chữ số (Điều 4); doanh nghiệp dùng mã \
             số doanh nghiệp (Điều 5), ở đây bị xem là bất thường; tổ chức khác dùng Z, 01–99 và tối đa 32 ký tự (Điều 6). \
             Thứ tự cũ 000.00.14.H26 bị xem là bất thường vì còn trong dữ liệu cũ. Chữ thường là sai. Không kiểm tra mã đã \
             được cấp và cơ quan còn hoạt động hay không; mã của cấp huyện đã bỏ năm 2025 còn trong dữ liệu cũ.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("H26", "valid"),
            ("H26.14.21", "valid"),
            ("Z01.ABC", "valid"),
            ("000.00.14.H26", "unusual"),
            ("0100112437", "unusual"),
            ("Z01ABC", "unusual"),
            ("H26. 14. 21", "repairable"),
            ("h26.14", "invalid"),
            ("H26..14", "invalid"),
            ("H2", "invalid"),
            ("Z00.ABC", "invalid"),
            ("H26-14", "invalid"),
        ]
    }
}

impl Judge for AgencyCode {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(CHARACTERS) if value.contains('.') && value.contains(char::is_whitespace) => {
                // Only spaces beside dots; within a group they may hide a lost character.
                let code = value.split('.').map(str::trim).collect::<Vec<_>>().join(".");
                if check(code.as_bytes()).is_ok() {
                    Verdict::repairable(code, SPACES)
                } else {
                    Verdict::Invalid(CHARACTERS)
                }
            }
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
