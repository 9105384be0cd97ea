//! `url`: an absolute web address.

use super::email::is_label;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const NO_SCHEME: Reason = Reason::new("no scheme such as https://", "thiếu giao thức, ví dụ https://");
const NO_HOST: Reason =
    Reason::new("the host is missing or not allowed", "thiếu tên máy chủ hoặc tên không hợp lệ");
const PORT: Reason = Reason::new("the port is not 0 to 65535", "cổng không nằm trong khoảng 0 đến 65535");
const CHARACTER: Reason =
    Reason::new("contains a character that must be escaped", "chứa ký tự bắt buộc phải mã hóa");
const ESCAPE: Reason =
    Reason::new("% is not followed by two hexadecimal digits", "% không đi kèm hai chữ số thập lục phân");
const OTHER_SCHEME: Reason =
    Reason::new("another scheme than http, https or ftp", "giao thức khác http, https, ftp");
const USER: Reason = Reason::new("contains a user name", "chứa tên người dùng");
const ONE_LABEL: Reason = Reason::new("the host has no dot", "tên máy chủ không có dấu chấm");
const NOT_ASCII: Reason = Reason::new("contains letters outside ASCII", "chứa ký tự ngoài ASCII");
const BARE: Reason =
    Reason::new("no scheme before a well-known host name", "tên máy chủ www thiếu giao thức");
const SLIP: Reason = Reason::new("slashes of the scheme are mistyped", "gõ sai dấu gạch chéo của giao thức");

/// `url`
pub struct Url;

/// Characters that RFC 3986 allows besides `%`; those outside ASCII are judged apart.
static ALLOWED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte >= 128 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"-._~:/?#[]@!$&'()*+,;=";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

fn check(value: &str) -> Check {
    let Some((scheme, rest)) = value.split_once("://") else { return Err(NO_SCHEME) };
    let mut letters = scheme.bytes();
    if !letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        || !letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    {
        return Err(NO_SCHEME);
    }
    let bytes = rest.as_bytes();
    let end = bytes.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(bytes.len());
    let (authority, path) = bytes.split_at(end);
    let mut unusual = check_authority(authority)?;
    check_path(path)?;
    if !["http", "https", "ftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        unusual = Some(OTHER_SCHEME);
    } else if unusual.is_none() && !rest.is_ascii() {
        unusual = Some(NOT_ASCII);
    }
    Ok(unusual)
}

fn check_authority(authority: &[u8]) -> Check {
    let (user, host) = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => {
            check_path(&authority[..at])?;
            (true, &authority[at + 1..])
        }
        None => (false, authority),
    };
    let (host, port) = match host {
        [b'[', ..] => {
            let end = host.iter().position(|&byte| byte == b']').ok_or(NO_HOST)?;
            let text = std::str::from_utf8(&host[1..end]).map_err(|_| NO_HOST)?;
            text.parse::<std::net::Ipv6Addr>().map_err(|_| NO_HOST)?;
            (None, &host[end + 1..])
        }
        _ => {
            let end = host.iter().position(|&byte| byte == b':').unwrap_or(host.len());
            (Some(&host[..end]), &host[end..])
        }
    };
    match port {
        [] => {}
        [b':', digits @ ..] => {
            let written = std::str::from_utf8(digits).map_err(|_| PORT)?;
            let plain = digits.iter().all(u8::is_ascii_digit);
            if !plain || (!written.is_empty() && written.parse::<u16>().is_err()) {
                return Err(PORT);
            }
        }
        _ => return Err(NO_HOST),
    }
    let one_label = host.map_or(Ok(false), check_host)?;
    Ok(if user {
        Some(USER)
    } else if one_label {
        Some(ONE_LABEL)
    } else {
        None
    })
}

/// Whether a host name is a single label. Names outside ASCII are taken as they are, as browsers do.
fn check_host(host: &[u8]) -> Result<bool, Reason> {
    let host = host.strip_suffix(b".").unwrap_or(host);
    if host.is_empty() || host.len() > 253 {
        return Err(NO_HOST);
    }
    let mut labels = 0;
    let mut numeric = true;
    for label in host.split(|&byte| byte == b'.') {
        let lawful = if label.is_ascii() {
            is_label(label)
        } else {
            label.iter().all(|&byte| byte >= 128 || byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !lawful {
            return Err(NO_HOST);
        }
        labels += 1;
        numeric &= label.iter().all(u8::is_ascii_digit);
    }
    // What is written in digits alone must be an IPv4 address.
    if numeric && !(labels == 4 && host.split(|&byte| byte == b'.').all(is_octet)) {
        return Err(NO_HOST);
    }
    Ok(labels == 1)
}

fn is_octet(digits: &[u8]) -> bool {
    matches!(digits.len(), 1..=3)
        && (digits.len() == 1 || digits[0] != b'0')
        && digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')) <= 255
}

fn check_path(path: &[u8]) -> Result<(), Reason> {
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        if byte == b'%' {
            if !path.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                return Err(ESCAPE);
            }
        } else if !ALLOWED[usize::from(byte)] {
            return Err(CHARACTER);
        }
        at += 1;
    }
    Ok(())
}

fn repair(value: &str) -> Option<Verdict> {
    if let Some(head) = value.get(..4)
        && head.eq_ignore_ascii_case("www.")
    {
        let whole = format!("https://{value}");
        return check(&whole).is_ok().then(|| Verdict::repairable(whole, BARE));
    }
    ["https", "http"].iter().find_map(|scheme| {
        let head = value.get(..scheme.len())?;
        let rest = &value[scheme.len()..];
        let host = rest.trim_start_matches([':', '/', '\\', ';']);
        if !head.eq_ignore_ascii_case(scheme) || host.len() + 2 > rest.len() {
            return None;
        }
        let whole = format!("{scheme}://{host}");
        check(&whole).is_ok().then(|| Verdict::repairable(whole, SLIP))
    })
}

impl Format for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Absolute web address with scheme and host",
            "Địa chỉ web đầy đủ có giao thức và tên máy chủ",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "scheme://host[:port][/path][?query][#fragment] of RFC 3986, with http, https or ftp. Another scheme, a user \
             name, a host without a dot and characters outside ASCII (which browsers accept) are unusual. Whether \
             anything answers there is not checked.",
            "giao-thức://máy-chủ[:cổng][/đường-dẫn][?truy-vấn][#đoạn] theo RFC 3986, với http, https hoặc ftp. Giao thức \
             khác, tên người dùng, máy chủ không có dấu chấm và ký tự ngoài ASCII (trình duyệt chấp nhận) là bất thường. \
             Không kiểm tra địa chỉ có hoạt động hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("https://example.gov.vn/van-ban?id=1#muc-2", "valid"),
            ("http://192.0.2.1:8080/", "valid"),
            ("https://[2001:db8::1]/", "valid"),
            ("http://localhost/", "unusual"),
            ("https://example.vn/văn-bản", "unusual"),
            ("s3://bucket.example.com/key", "unusual"),
            ("www.example.gov.vn", "repairable"),
            ("http:/example.gov.vn", "repairable"),
            ("example.gov.vn", "invalid"),
            ("https://", "invalid"),
            ("https://example.vn/a b", "invalid"),
            ("https://example.vn/%zz", "invalid"),
            ("https://example.vn:99999/", "invalid"),
        ]
    }
}

impl Judge for Url {
    fn judge(&self, value: &str) -> Verdict {
        match check(value) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for bad in [
            "http://1.2.3",
            "http://1.2.3.256/",
            "http://01.2.3.4",
            "http://-a.vn",
            "http://a..vn",
            "http://[::1",
            "http://[::g]/",
            "http://a.vn:x",
            "http://:80/",
            "http://?a",
        ] {
            assert!(!Url.accepts(bad), "{bad}");
        }
        for good in ["http://a.vn:", "http://a.vn.", "HTTP://A.VN", "https://a@b.vn/", "https://máy.vn"] {
            assert!(Url.accepts(good), "{good}");
        }
    }
}
