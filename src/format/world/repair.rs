//! Slips that many formats share, and how they are made good.

use crate::format::ascii::{all_digits, before_float_suffix, ungrouped};
use crate::format::{Check, Reason, Verdict, verdict};

pub(super) const LOWER: Reason = Reason::new("written in lower case", "viết bằng chữ thường");
pub(super) const UPPER: Reason = Reason::new("written in upper case", "viết bằng chữ hoa");
pub(super) const GROUPED: Reason =
    Reason::new("characters are separated or a label precedes", "các ký tự bị tách rời hoặc có nhãn ở trước");
pub(super) const FLOAT: Reason = Reason::new("written as a decimal number", "bị ghi thành số thập phân");
pub(super) const LOST_ZERO: Reason = Reason::new("the leading zero is lost", "mất chữ số 0 ở đầu");

/// What a check says; where it says no, what repairing makes of it.
pub(super) fn judged(checked: Check, repair: impl FnOnce() -> Option<Verdict>) -> Verdict {
    match checked {
        Err(reason) => repair().unwrap_or(Verdict::Invalid(reason)),
        checked => verdict(checked),
    }
}

/// Repairable, if what it became passes.
pub(super) fn passing(
    repaired: String,
    reason: Reason,
    check: impl FnOnce(&[u8]) -> Check,
) -> Option<Verdict> {
    check(repaired.as_bytes()).is_ok().then(|| Verdict::repairable(repaired, reason))
}

/// The text after a label such as `IBAN` or `ISBN:`, in any case.
pub(super) fn after_label<'a>(value: &'a str, label: &str) -> &'a str {
    match value.split_at_checked(label.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(label) => {
            rest.trim_start_matches([':', ' ', '\u{a0}'])
        }
        _ => value,
    }
}

/// A code in upper case, without separators; and what was wrong with it. Nothing if it is so already.
pub(super) fn upper(value: &str) -> Option<(String, Reason)> {
    let joined = ungrouped(value);
    let reason = if joined.len() < value.len() { GROUPED } else { LOWER };
    let upper = joined.to_ascii_uppercase();
    (upper != value).then_some((upper, reason))
}

/// A number without separators and without `.0`; and what was wrong with it. Nothing if it is so already.
pub(super) fn digits(value: &str) -> Option<(String, Reason)> {
    let (digits, reason) = match before_float_suffix(value) {
        Some(before) => (before.to_owned(), FLOAT),
        None => (ungrouped(value), GROUPED),
    };
    (digits.len() < value.len() && all_digits(digits.as_bytes())).then_some((digits, reason))
}
