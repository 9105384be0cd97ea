//! `vn.ethnic_group`: the two digits of an ethnic group (dân tộc).

use super::digits::{FLOAT, LOST_ZERO};
use crate::format::ascii::{all_digits, before_float_suffix, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new("not 2 digits", "không đủ 2 chữ số");
const UNKNOWN: Reason = Reason::new("no ethnic group has this code", "không có dân tộc nào mang mã này");
const SOFTWARE: Reason = Reason::new(
    "used by software for foreigners (55) and for unknown (56), not a code of the list",
    "phần mềm dùng cho người nước ngoài (55), không rõ (56), không có trong danh mục",
);
const EXTRA_ZERO: Reason = Reason::new("a third digit in front", "thừa một chữ số 0 ở đầu");

/// `vn.ethnic_group`
pub struct EthnicGroup;

fn check(bytes: &[u8]) -> Check {
    if bytes.len() != 2 || !all_digits(bytes) {
        return Err(SHAPE);
    }
    match number(bytes) {
        1..=54 => Ok(None),
        55 | 56 => Ok(Some(SOFTWARE)),
        _ => Err(UNKNOWN),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let (digits, float) = before_float_suffix(value).map_or((value, false), |digits| (digits, true));
    let (two, reason) = match digits.as_bytes() {
        [_] => (format!("0{digits}"), LOST_ZERO),
        [_, _] => (digits.to_owned(), FLOAT),
        [b'0', two @ ..] if two.len() == 2 => (digits[1..].to_owned(), EXTRA_ZERO),
        _ => return None,
    };
    check(two.as_bytes()).is_ok().then(|| Verdict::repairable(two, if float { FLOAT } else { reason }))
}

impl Format for EthnicGroup {
    fn name(&self) -> &'static str {
        "vn.ethnic_group"
    }

    fn about(&self) -> Reason {
        Reason::new("Code of a Vietnamese ethnic group, 01 to 54", "Mã dân tộc, 01 đến 54")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The 54 groups in the order of Decision 121-TCTK/PPCĐ (1979). 55 (foreigner) and 56 (unknown) are customs of \
             health and land software, hence unusual; 56 says that the group is not known. Message specifications differ \
             in length: three digits with a leading zero, or one digit, are repairable.",
            "54 dân tộc theo thứ tự của Quyết định 121-TCTK/PPCĐ (1979). 55 (người nước ngoài), 56 (không rõ) là quy ước \
             của phần mềm y tế, đất đai nên bị xem là bất thường; 56 nghĩa là chưa biết dân tộc. Các đặc tả thông điệp \
             quy định độ dài khác nhau: ba chữ số có số 0 ở đầu, hoặc một chữ số, thì có thể sửa.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("01", "valid"),
            ("54", "valid"),
            ("55", "unusual"),
            ("56", "unusual"),
            ("1", "repairable"),
            ("001", "repairable"),
            ("1.0", "repairable"),
            ("00", "invalid"),
            ("57", "invalid"),
            ("0", "invalid"),
            ("100", "invalid"),
            ("Kinh", "invalid"),
        ]
    }
}

impl Judge for EthnicGroup {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(SHAPE) => repair(value).unwrap_or(Verdict::Invalid(SHAPE)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_list_is_accepted() {
        let list = include_str!("../../../rules/lists/ethnic_groups.csv");
        let codes: Vec<&str> = list.lines().skip(1).map(|line| &line[..2]).collect();
        assert_eq!(codes.len(), 56);
        assert!(codes.iter().all(|code| EthnicGroup.accepts(code)));
    }

    #[test]
    fn repairs() {
        let repaired = |value| match EthnicGroup.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("7").as_deref(), Some("07"));
        assert_eq!(repaired("012").as_deref(), Some("12"));
        assert_eq!(repaired("07.0").as_deref(), Some("07"));
        assert_eq!(repaired("ế"), None);
        assert_eq!(repaired("057"), None);
    }
}
