//! `ipv4`: an Internet address of version 4.

use super::repair::judged;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not four numbers from 0 to 255 between dots",
    "không phải bốn số từ 0 đến 255 cách nhau bằng dấu chấm",
);
const LEADING_ZERO: Reason = Reason::new(
    "a number with a leading zero, which some programs read as octal",
    "có số bắt đầu bằng 0, một số phần mềm hiểu là hệ bát phân",
);
const PORT: Reason = Reason::new("a port or a prefix length follows", "có thêm cổng hoặc độ dài tiền tố");
pub(super) const SPECIAL: Reason = Reason::new(
    "an address for a special purpose (this host, link-local, documentation, multicast, reserved)",
    "địa chỉ dành cho mục đích riêng (chính máy đó, liên kết nội bộ, tài liệu, đa điểm, dự trữ)",
);
const SPACES: Reason = Reason::new("spaces around the dots", "có khoảng trắng quanh dấu chấm");

/// `ipv4`
pub struct Ipv4;

/// The address as a number.
pub(super) fn parse(value: &[u8]) -> Result<u32, Reason> {
    let (mut address, mut octet, mut digits, mut dots) = (0_u32, 0_u32, 0, 0);
    let mut leading_zero = false;
    for &byte in value {
        if byte == b'.' {
            if digits == 0 || dots == 3 {
                return Err(SHAPE);
            }
            address = address << 8 | octet;
            (octet, digits) = (0, 0);
            dots += 1;
        } else if byte.is_ascii_digit() {
            leading_zero |= digits == 1 && octet == 0;
            octet = octet * 10 + u32::from(byte - b'0');
            digits += 1;
            if digits > 3 || octet > 255 {
                return Err(SHAPE);
            }
        } else {
            return Err(if dots == 3 && digits > 0 && matches!(byte, b':' | b'/') { PORT } else { SHAPE });
        }
    }
    if digits == 0 || dots != 3 {
        Err(SHAPE)
    } else if leading_zero {
        Err(LEADING_ZERO)
    } else {
        Ok(address << 8 | octet)
    }
}

/// Of the registry of RFC 6890, what cannot be a host's own address. Private networks can.
pub(super) const fn is_special(address: u32) -> bool {
    matches!(address >> 24, 0 | 127 | 224..)
        || address >> 16 == 0xA9FE
        || matches!(address >> 8, 0x00C0_0002 | 0x00C6_3364 | 0x00CB_0071)
}

fn check(value: &[u8]) -> Check {
    parse(value).map(|address| is_special(address).then_some(SPECIAL))
}

fn repair(value: &str) -> Option<Verdict> {
    let tight: String = value.split('.').map(str::trim).collect::<Vec<_>>().join(".");
    check(tight.as_bytes()).is_ok().then(|| Verdict::repairable(tight, SPACES))
}

impl Format for Ipv4 {
    fn name(&self) -> &'static str {
        "ipv4"
    }

    fn about(&self) -> Reason {
        Reason::new("Internet address, version 4 (RFC 791)", "Địa chỉ Internet phiên bản 4 (RFC 791)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Four decimal numbers from 0 to 255 between dots, without leading zeros (RFC 6943 section 3.1.1: \
             some programs read those as octal). Of the special-purpose addresses of RFC 6890, those that no \
             host has as its own (0/8, 127/8, 169.254/16, documentation, multicast, reserved) are unusual; \
             private networks are valid. Whether anything answers there is not checked.",
            "Bốn số thập phân từ 0 đến 255 cách nhau bằng dấu chấm, không có số 0 ở đầu (RFC 6943 mục 3.1.1: có \
             phần mềm hiểu là hệ bát phân). Trong các địa chỉ đặc biệt của RFC 6890, địa chỉ mà không máy nào \
             mang (0/8, 127/8, 169.254/16, tài liệu, đa điểm, dự trữ) là bất thường; mạng riêng là hợp lệ. \
             Không kiểm tra địa chỉ có hoạt động hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("8.8.4.4", "valid"),
            ("10.0.0.255", "valid"),
            ("127.0.0.1", "unusual"),
            ("192.0.2.1", "unusual"),
            ("255.255.255.255", "unusual"),
            ("10. 0. 0. 1", "repairable"),
            ("256.1.1.1", "invalid"),
            ("010.0.0.1", "invalid"),
            ("10.0.0", "invalid"),
            ("10.0.0.1:80", "invalid"),
            ("10.0.0.1/8", "invalid"),
        ]
    }
}

impl Judge for Ipv4 {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The standard library reads the same form.
        #[test]
        fn as_the_standard_library(value in "([0-9]{1,4}\\.){2,4}[0-9]{0,3}") {
            let theirs = value.parse::<Ipv4Addr>().ok().map(u32::from);
            prop_assert_eq!(parse(value.as_bytes()).ok(), theirs);
        }

        #[test]
        fn every_address(address in any::<u32>()) {
            prop_assert_eq!(parse(Ipv4Addr::from(address).to_string().as_bytes()), Ok(address));
        }
    }
}
