//! `uuid`: a universally unique identifier.

use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new(
    "not 32 hexadecimal digits in groups of 8-4-4-4-12",
    "không phải 32 chữ số thập lục phân theo nhóm 8-4-4-4-12",
);
const VERSION: Reason =
    Reason::new("version or variant is not one of RFC 9562", "phiên bản hoặc biến thể không thuộc RFC 9562");
const NIL: Reason = Reason::new("the nil or the maximum identifier", "mã toàn số 0 hoặc toàn chữ f");
const WRAPPED: Reason =
    Reason::new("braces, `urn:uuid:` or no hyphens", "có ngoặc, `urn:uuid:` hoặc thiếu gạch nối");

/// `uuid`
pub struct Uuid;

fn check(value: &[u8]) -> Check {
    let Ok(bytes) = <&[u8; 36]>::try_from(value) else { return Err(SHAPE) };
    let mut wrong = false;
    let mut same = true;
    for (at, &byte) in bytes.iter().enumerate() {
        let hyphen = matches!(at, 8 | 13 | 18 | 23);
        wrong |= if hyphen { byte != b'-' } else { !byte.is_ascii_hexdigit() };
        same &= hyphen || (byte | 0x20) == (bytes[0] | 0x20);
    }
    if wrong {
        return Err(SHAPE);
    }
    if same && matches!(bytes[0], b'0' | b'f' | b'F') {
        return Ok(Some(NIL));
    }
    let known = matches!(bytes[14], b'1'..=b'8') && matches!(bytes[19] | 0x20, b'8' | b'9' | b'a' | b'b');
    // '8' | 0x20 is still '8': digits have that bit set already.
    Ok((!known).then_some(VERSION))
}

fn repair(value: &str) -> Option<Verdict> {
    let mut inner = value;
    if let Some(head) = inner.get(..9)
        && head.eq_ignore_ascii_case("urn:uuid:")
    {
        inner = &inner[9..];
    }
    if let Some(between) = inner.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        inner = between;
    }
    let whole = if inner.len() == 32 && inner.is_ascii() {
        [&inner[..8], &inner[8..12], &inner[12..16], &inner[16..20], &inner[20..]].join("-")
    } else {
        inner.to_owned()
    };
    check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, WRAPPED))
}

impl Format for Uuid {
    fn name(&self) -> &'static str {
        "uuid"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Universally unique identifier (RFC 9562)",
            "Mã định danh duy nhất toàn cục UUID (RFC 9562)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "32 hexadecimal digits of either case, in groups of 8-4-4-4-12. Another version than 1–8, another variant, \
             and the nil and maximum identifiers are unusual.",
            "32 chữ số thập lục phân, chữ hoa hoặc chữ thường, theo nhóm 8-4-4-4-12. Phiên bản ngoài 1–8, biến thể khác, \
             mã toàn số 0 và mã toàn chữ f là bất thường.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "valid"),
            ("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "valid"),
            ("00000000-0000-0000-0000-000000000000", "unusual"),
            ("f81d4fae-7dec-91d0-a765-00a0c91e6bf6", "unusual"),
            ("f81d4fae7dec11d0a76500a0c91e6bf6", "repairable"),
            ("{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}", "repairable"),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf", "invalid"),
            ("g81d4fae-7dec-11d0-a765-00a0c91e6bf6", "invalid"),
        ]
    }
}

impl Judge for Uuid {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
