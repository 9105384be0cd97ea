//! `base64`: bytes as a text.

use super::repair::{judged, passing};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const CHARACTER: Reason =
    Reason::new("other characters than A–Z a–z 0–9 + /", "có ký tự ngoài A–Z a–z 0–9 + /");
const LENGTH: Reason = Reason::new("the length is no multiple of four", "độ dài không chia hết cho bốn");
const LOOSE_BITS: Reason = Reason::new("bits are set behind the last byte", "có bit thừa sau byte cuối cùng");
const WRITING: Reason = Reason::new(
    "line breaks, missing =, a `data:` label or the alphabet for web addresses",
    "có ngắt dòng, thiếu dấu =, có nhãn `data:` hoặc dùng bảng chữ cho địa chỉ web",
);

/// `base64`
pub struct Base64;

/// The value of each character; 64 for what is none.
static VALUES: [u8; 256] = {
    let mut table = [64; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < alphabet.len() {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    table
};

fn check(value: &[u8]) -> Check {
    let padding = match value {
        [.., b'=', b'='] => 2,
        [.., b'='] => 1,
        _ => 0,
    };
    let bytes = &value[..value.len() - padding];
    // No branch for each byte.
    if bytes.is_empty() || bytes.iter().fold(0, |seen, &byte| seen | VALUES[usize::from(byte)]) >= 64 {
        return Err(CHARACTER);
    }
    if !value.len().is_multiple_of(4) {
        return Err(LENGTH);
    }
    let last = VALUES[usize::from(bytes[bytes.len() - 1])];
    // Of the last character 2 or 4 bits belong to no byte.
    let loose = last & ((1_u8 << (2 * padding)) - 1);
    Ok((loose != 0).then_some(LOOSE_BITS))
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = match value.strip_prefix("data:") {
        Some(rest) => rest.split_once(";base64,")?.1,
        None => value,
    };
    let mut whole: String = bare
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    // One character left over holds no byte.
    while !whole.len().is_multiple_of(4) && whole.len() % 4 != 1 && whole.len() < bare.len() + 3 {
        whole.push('=');
    }
    passing(whole, WRITING, check)
}

impl Format for Base64 {
    fn name(&self) -> &'static str {
        "base64"
    }

    fn about(&self) -> Reason {
        Reason::new("Bytes written in Base64 (RFC 4648)", "Dữ liệu nhị phân viết bằng Base64 (RFC 4648)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Characters of RFC 4648 section 4 in groups of four, the last filled up with =. Bits set behind the \
             last byte, which a strict reader refuses (section 3.5), are unusual. Line breaks, missing =, a \
             `data:` label and the alphabet for web addresses (section 5) are repairable. Any word of four \
             letters passes; what the bytes are is not checked.",
            "Ký tự theo RFC 4648 mục 4, từng nhóm bốn, nhóm cuối thêm = cho đủ. Bit thừa sau byte cuối, bộ đọc \
             chặt chẽ từ chối (mục 3.5), là bất thường. Ngắt dòng, thiếu =, nhãn `data:` và bảng chữ cho địa \
             chỉ web (mục 5) sửa được. Từ bốn chữ cái nào cũng qua; không kiểm tra nội dung.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("Zm9vYmFy", "valid"),
            ("Zm9vYg==", "valid"),
            ("Zm9vYmE=", "valid"),
            ("Zm9vYh==", "unusual"),
            ("Zm9vYg", "repairable"),
            ("Zm9v\nYmFy", "repairable"),
            ("-_-_", "repairable"),
            ("data:text/plain;base64,Zm9v", "repairable"),
            ("Zm9vY", "invalid"),
            ("Zm9v=Yg=", "invalid"),
            ("Zm9vYg===", "invalid"),
            ("dữ liệu", "invalid"),
        ]
    }
}

impl Judge for Base64 {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
