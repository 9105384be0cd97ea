//! `semver`: the version of a piece of software.

use super::repair::judged;
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason =
    Reason::new("not three numbers between dots", "không phải ba số cách nhau bằng dấu chấm");
const LEADING_ZERO: Reason = Reason::new("a number with a leading zero", "có số bắt đầu bằng 0");
const TAIL: Reason = Reason::new(
    "a part after - or + that is empty or has other characters than letters, digits and hyphens",
    "phần sau - hoặc + bị trống hoặc có ký tự khác chữ cái, chữ số, gạch nối",
);
const V: Reason = Reason::new("a letter v or an equals sign precedes", "có chữ v hoặc dấu bằng ở trước");

/// `semver`
pub struct SemVer;

fn check(value: &[u8]) -> Check {
    let end = value.iter().position(|&byte| byte == b'+');
    let (rest, build) = end.map_or((value, None), |end| (&value[..end], Some(&value[end + 1..])));
    let end = rest.iter().position(|&byte| byte == b'-');
    let (core, before) = end.map_or((rest, None), |end| (&rest[..end], Some(&rest[end + 1..])));
    let mut numbers = 0;
    for part in core.split(|&byte| byte == b'.') {
        if part.is_empty() || !all_digits(part) {
            return Err(SHAPE);
        }
        if part.len() > 1 && part[0] == b'0' {
            return Err(LEADING_ZERO);
        }
        numbers += 1;
    }
    if numbers != 3 {
        return Err(SHAPE);
    }
    let tail = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    if let Some(before) = before {
        for part in before.split(|&byte| byte == b'.') {
            if !tail(part) {
                return Err(TAIL);
            }
            if part.len() > 1 && part[0] == b'0' && all_digits(part) {
                return Err(LEADING_ZERO);
            }
        }
    }
    match build {
        Some(build) if !build.split(|&byte| byte == b'.').all(tail) => Err(TAIL),
        _ => Ok(None),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = value.trim_start_matches(['=', 'v', 'V', ' ']);
    check(bare.as_bytes()).is_ok().then(|| Verdict::repairable(bare, V))
}

impl Format for SemVer {
    fn name(&self) -> &'static str {
        "semver"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Version of a piece of software (Semantic Versioning 2.0.0)",
            "Phiên bản phần mềm (Semantic Versioning 2.0.0)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Three numbers without leading zeros between dots, perhaps -pre.release and +build (Semantic \
             Versioning 2.0.0, sections 2, 9 and 10). A v in front is repairable. Two or four numbers are \
             invalid. Whether the version was published is not checked.",
            "Ba số không có số 0 ở đầu, cách nhau bằng dấu chấm, có thể thêm -tiền.phát.hành và +bản.dựng \
             (Semantic Versioning 2.0.0, mục 2, 9, 10). Chữ v ở trước sửa được. Hai hoặc bốn số không hợp lệ. \
             Không kiểm tra phiên bản đã được công bố.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1.0.0", "valid"),
            ("2.10.3-rc.1+sha.5114f85", "valid"),
            ("1.0.0-alpha-a.b-c", "valid"),
            ("v1.0.0", "repairable"),
            ("1.0", "invalid"),
            ("1.0.0.0", "invalid"),
            ("1.02.0", "invalid"),
            ("1.0.0-01", "invalid"),
            ("1.0.0-", "invalid"),
        ]
    }
}

impl Judge for SemVer {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
