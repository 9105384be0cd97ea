//! `cidr`: a network as address and prefix length.

use std::net::Ipv6Addr;

use super::ipv4;
use super::repair::judged;
use crate::format::ascii::{all_digits, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const NO_PREFIX: Reason =
    Reason::new("no prefix length after a slash", "thiếu độ dài tiền tố sau dấu gạch chéo");
const ADDRESS: Reason = Reason::new("the part before / is no address", "phần trước / không phải địa chỉ");
const PREFIX: Reason = Reason::new(
    "the prefix length is not 0 to 32, or 0 to 128",
    "độ dài tiền tố không từ 0 đến 32, hoặc 0 đến 128",
);
const HOST_BITS: Reason =
    Reason::new("the address of a host, not of the network", "là địa chỉ của máy, không phải của mạng");
const EVERYTHING: Reason = Reason::new("the whole Internet", "toàn bộ Internet");
const MASK: Reason = Reason::new("a mask in place of a length", "ghi mặt nạ thay cho độ dài");
const SPACES: Reason =
    Reason::new("spaces or zeros around the slash", "có khoảng trắng hoặc số 0 thừa quanh dấu gạch chéo");

/// `cidr`
pub struct Cidr;

fn check(value: &str) -> Check {
    let Some((address, length)) = value.split_once('/') else { return Err(NO_PREFIX) };
    let digits = length.as_bytes();
    let lawful =
        (1..=3).contains(&digits.len()) && all_digits(digits) && (digits.len() == 1 || digits[0] != b'0');
    let length = if lawful { number(digits) } else { usize::MAX };
    let host = if address.contains(':') {
        let address = u128::from(address.parse::<Ipv6Addr>().map_err(|_| ADDRESS)?);
        if length > 128 {
            return Err(PREFIX);
        }
        address.checked_shl(length as u32).unwrap_or(0) != 0
    } else {
        let address = ipv4::parse(address.as_bytes()).map_err(|_| ADDRESS)?;
        if length > 32 {
            return Err(PREFIX);
        }
        address.checked_shl(length as u32).unwrap_or(0) != 0
    };
    Ok(if host {
        Some(HOST_BITS)
    } else if length == 0 {
        Some(EVERYTHING)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let (address, length) = value.split_once('/')?;
    let (address, length) = (address.trim(), length.trim());
    let (whole, reason) = match ipv4::parse(length.as_bytes()) {
        // Ones, then zeros.
        Ok(mask) if mask.leading_ones() + mask.trailing_zeros() == 32 => {
            (format!("{address}/{}", mask.leading_ones()), MASK)
        }
        Ok(_) => return None,
        Err(_) => {
            let short = length.trim_start_matches('0');
            (format!("{address}/{}", if short.is_empty() { "0" } else { short }), SPACES)
        }
    };
    let kept = reason == MASK || !length.is_empty();
    (kept && check(&whole).is_ok()).then(|| Verdict::repairable(whole, reason))
}

impl Format for Cidr {
    fn name(&self) -> &'static str {
        "cidr"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Network: address/prefix length (RFC 4632, RFC 4291)",
            "Mạng: địa chỉ/độ dài tiền tố (RFC 4632, RFC 4291)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "An address as in `ipv4` or `ipv6`, a slash, and the length of the network's part in bits: 0 to 32, \
             or 0 to 128. Bits set beyond that length make it a host's address on its network: unusual, as is \
             /0. A mask (10.0.0.0/255.0.0.0) is repairable. Whether the network is assigned or routed is not \
             checked.",
            "Địa chỉ như `ipv4` hoặc `ipv6`, dấu gạch chéo, và số bit của phần mạng: 0 đến 32, hoặc 0 đến 128. \
             Có bit khác 0 sau phần mạng thì là địa chỉ của một máy trong mạng: bất thường, cũng như /0. Mặt nạ \
             (10.0.0.0/255.0.0.0) có thể sửa. Không kiểm tra mạng đã được cấp hay định tuyến.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("10.0.0.0/8", "valid"),
            ("113.160.0.0/11", "valid"),
            ("2405:4800::/32", "valid"),
            ("10.1.2.3/8", "unusual"),
            ("0.0.0.0/0", "unusual"),
            ("10.0.0.0/255.0.0.0", "repairable"),
            ("10.0.0.0 / 8", "repairable"),
            ("10.0.0.0/08", "repairable"),
            ("10.0.0.0", "invalid"),
            ("10.0.0.0/33", "invalid"),
            ("10.0.0/8", "invalid"),
            ("2405:4800::/129", "invalid"),
        ]
    }
}

impl Judge for Cidr {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value).is_ok()
    }
}
