//! `color_hex`: a colour in hexadecimal notation.

use super::repair::{judged, passing};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not # and 3, 4, 6 or 8 hexadecimal digits",
    "không phải # và 3, 4, 6 hoặc 8 chữ số thập lục phân",
);
const TRANSPARENT: Reason = Reason::new("wholly transparent", "trong suốt hoàn toàn");
const NO_SIGN: Reason = Reason::new("the sign # is missing", "thiếu dấu #");

/// `color_hex`
pub struct ColorHex;

fn check(value: &[u8]) -> Check {
    let [b'#', digits @ ..] = value else { return Err(SHAPE) };
    if !matches!(digits.len(), 3 | 4 | 6 | 8) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(SHAPE);
    }
    let transparent = match digits {
        [_, _, _, alpha] => *alpha == b'0',
        [_, _, _, _, _, _, alpha @ ..] => alpha == b"00",
        _ => false,
    };
    Ok(transparent.then_some(TRANSPARENT))
}

fn repair(value: &str) -> Option<Verdict> {
    let bare = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")).unwrap_or(value);
    let bare = bare.trim_start_matches(['#', ' ']);
    // Three digits alone may be any number.
    if bare.len() != 6 && !value.starts_with('#') {
        return None;
    }
    passing(format!("#{bare}"), NO_SIGN, check)
}

impl Format for ColorHex {
    fn name(&self) -> &'static str {
        "color_hex"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Colour as # and hexadecimal digits (CSS Color 4)",
            "Màu dạng # và chữ số thập lục phân (CSS Color 4)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "#rrggbb, #rgb, and #rrggbbaa or #rgba with opacity, in either case (CSS Color Module Level 4 \
             section 5.2). A colour that is wholly transparent is unusual. Six digits without # are repairable. \
             Names of colours and rgb() are invalid; whether the colour can be read on its ground is not \
             checked.",
            "#rrggbb, #rgb, và #rrggbbaa hoặc #rgba có độ đục, chữ hoa hoặc thường (CSS Color Module Level 4 \
             mục 5.2). Màu trong suốt hoàn toàn là bất thường. Sáu chữ số thiếu # sửa được. Tên màu và rgb() \
             không hợp lệ; không kiểm tra độ tương phản với nền.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("#DA251D", "valid"),
            ("#ff0", "valid"),
            ("#da251dcc", "valid"),
            ("#da251d00", "unusual"),
            ("DA251D", "repairable"),
            ("0xDA251D", "repairable"),
            ("#DA251", "invalid"),
            ("#GG0000", "invalid"),
            ("fff", "invalid"),
            ("red", "invalid"),
        ]
    }
}

impl Judge for ColorHex {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
