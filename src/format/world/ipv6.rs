//! `ipv6`: an Internet address of version 6.

use std::net::Ipv6Addr;

use super::repair::judged;
use super::{ipv4, ipv4::SPECIAL};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not eight groups of hexadecimal digits between colons",
    "không phải tám nhóm chữ số thập lục phân cách nhau bằng dấu hai chấm",
);
const VERSION_4: Reason = Reason::new("an address of version 4", "là địa chỉ phiên bản 4");
const ZONE: Reason =
    Reason::new("names an interface of one machine", "có tên giao diện mạng của riêng một máy");
const WRAPPED: Reason = Reason::new("wrapped in brackets", "nằm trong ngoặc vuông");

/// `ipv6`
pub struct Ipv6;

pub(super) fn is_special(address: Ipv6Addr) -> bool {
    let groups = address.segments();
    // ::, ::1 and embedded version 4; link-local; multicast; documentation (RFC 3849, RFC 9637).
    groups[..5] == [0; 5]
        || groups[0] & 0xFFC0 == 0xFE80
        || groups[0] >> 8 == 0xFF
        || (groups[0] == 0x2001 && groups[1] == 0xDB8)
        || (groups[0] == 0x3FFF && groups[1] < 0x1000)
}

fn check(value: &str) -> Check {
    let (address, zone) = match value.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && zone.bytes().all(is_unreserved) => (address, true),
        Some(_) => return Err(SHAPE),
        None => (value, false),
    };
    match address.parse::<Ipv6Addr>() {
        Ok(_) if zone => Ok(Some(ZONE)),
        Ok(address) => Ok(is_special(address).then_some(SPECIAL)),
        Err(_) if ipv4::parse(value.as_bytes()).is_ok() => Err(VERSION_4),
        Err(_) => Err(SHAPE),
    }
}

/// What RFC 6874 allows in the name of an interface.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn repair(value: &str) -> Option<Verdict> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?.trim();
    check(inner).is_ok().then(|| Verdict::repairable(inner, WRAPPED))
}

impl Format for Ipv6 {
    fn name(&self) -> &'static str {
        "ipv6"
    }

    fn about(&self) -> Reason {
        Reason::new("Internet address, version 6 (RFC 4291)", "Địa chỉ Internet phiên bản 6 (RFC 4291)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Eight groups of one to four hexadecimal digits, of which one run of zeros may be written `::` and \
             the last two as a version 4 address (RFC 4291 section 2.2). Either case, shortened or not: the \
             preferred form of RFC 5952 is not demanded, so compare such a column only after normalising it. \
             Loopback, link-local, multicast, documentation and embedded version 4 addresses and interface \
             names (`%eth0`) are unusual. Whether anything answers there is not checked.",
            "Tám nhóm từ một đến bốn chữ số thập lục phân, một dãy số 0 có thể viết `::` và hai nhóm cuối có \
             thể viết như địa chỉ phiên bản 4 (RFC 4291 mục 2.2). Chữ hoa hoặc thường, rút gọn hoặc không: \
             không bắt buộc dạng ưu tiên của RFC 5952, nên chỉ so sánh cột này sau khi chuẩn hóa. Địa chỉ của \
             chính máy, liên kết nội bộ, đa điểm, tài liệu, nhúng phiên bản 4 và tên giao diện (`%eth0`) là bất \
             thường. Không kiểm tra địa chỉ có hoạt động hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("2405:4800::1", "valid"),
            ("2001:0DA8:0000:0000:0000:0000:0000:0001", "valid"),
            ("fd00::17", "valid"),
            ("::1", "unusual"),
            ("::ffff:192.0.2.1", "unusual"),
            ("2001:db8::1", "unusual"),
            ("fe80::1%eth0", "unusual"),
            ("[2405:4800::1]", "repairable"),
            ("10.0.0.1", "invalid"),
            ("2001:db8::1::2", "invalid"),
            ("2001:db8", "invalid"),
            ("2001:db8::g", "invalid"),
        ]
    }
}

impl Judge for Ipv6 {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value).is_ok()
    }
}
