//! `hostname`: the name of a machine on the Internet.

use super::email::is_label;
use super::repair::judged;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const LABEL: Reason = Reason::new(
    "a part is empty, too long, or has other characters than letters, digits and inner hyphens",
    "có phần bị trống, quá dài, hoặc chứa ký tự khác chữ cái, chữ số và gạch nối bên trong",
);
const LONG: Reason = Reason::new("longer than 253 characters", "dài hơn 253 ký tự");
const NUMBER: Reason =
    Reason::new("the last part is a number, as in an address", "phần cuối là số, giống địa chỉ IP");
const ONE_LABEL: Reason = Reason::new("a single name without a dot", "chỉ một tên, không có dấu chấm");
const FINAL_DOT: Reason = Reason::new("ends in a dot", "kết thúc bằng dấu chấm");
const NOT_ASCII: Reason = Reason::new("contains letters outside ASCII", "chứa ký tự ngoài ASCII");
const UNDERSCORE: Reason =
    Reason::new("an underscore, as in names of services", "có dấu gạch dưới như tên dịch vụ");
const ADDRESS: Reason = Reason::new("a web address around the name", "là địa chỉ web chứa tên máy");

/// `hostname`
pub struct Hostname;

fn check(value: &[u8]) -> Check {
    let name = value.strip_suffix(b".").unwrap_or(value);
    if name.len() > 253 {
        return Err(LONG);
    }
    let (mut labels, mut foreign, mut underscore) = (0, false, false);
    let mut last: &[u8] = &[];
    for label in name.split(|&byte| byte == b'.') {
        if !is_label(label) {
            let inner = label.strip_prefix(b"_").unwrap_or(label);
            // Beside other letters only what is not ASCII; how long such a label becomes is not known here.
            let lawful = if inner.is_ascii() {
                underscore = true;
                inner.len() < label.len() && is_label(inner)
            } else {
                foreign = true;
                inner.len() == label.len()
                    && label.len() <= 63 * 4
                    && label[0] != b'-'
                    && label[label.len() - 1] != b'-'
                    && std::str::from_utf8(label)
                        .is_ok_and(|label| label.chars().all(|c| c.is_alphanumeric() || c == '-'))
            };
            if !lawful {
                return Err(LABEL);
            }
        }
        labels += 1;
        last = label;
    }
    if last.iter().all(u8::is_ascii_digit) {
        return Err(NUMBER);
    }
    Ok(if foreign {
        Some(NOT_ASCII)
    } else if underscore {
        Some(UNDERSCORE)
    } else if labels == 1 {
        Some(ONE_LABEL)
    } else if name.len() < value.len() {
        Some(FINAL_DOT)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let (head, rest) = value.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let bare = rest.unwrap_or(value);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    (bare.contains('.') && check(bare.as_bytes()).is_ok()).then(|| Verdict::repairable(bare, ADDRESS))
}

impl Format for Hostname {
    fn name(&self) -> &'static str {
        "hostname"
    }

    fn about(&self) -> Reason {
        Reason::new("Name of a machine or domain (RFC 1123)", "Tên máy hoặc tên miền (RFC 1123)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Parts of 1 to 63 letters, digits and inner hyphens between dots, 253 characters in all, the last \
             not a number (RFC 952, RFC 1123 section 2.1, RFC 3696). A single part, a final dot, a leading \
             underscore and letters outside ASCII (IDNA, RFC 5890) are unusual. Whether the name is registered, \
             or its last part a top-level domain, is not checked.",
            "Các phần từ 1 đến 63 chữ cái, chữ số và gạch nối bên trong, cách nhau bằng dấu chấm, tổng cộng 253 \
             ký tự, phần cuối không phải số (RFC 952, RFC 1123 mục 2.1, RFC 3696). Chỉ một phần, dấu chấm cuối, \
             gạch dưới ở đầu và ký tự ngoài ASCII (IDNA, RFC 5890) là bất thường. Không kiểm tra tên đã được \
             đăng ký hay phần cuối có phải tên miền cấp cao nhất.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("cong-dich-vu.example.gov.vn", "valid"),
            ("3com.com", "valid"),
            ("xn--my-hoa.example.vn", "valid"),
            ("localhost", "unusual"),
            ("example.vn.", "unusual"),
            ("_dmarc.example.vn", "unusual"),
            ("tên-miền.vn", "unusual"),
            ("https://example.vn/", "repairable"),
            ("-a.example.vn", "invalid"),
            ("a..example.vn", "invalid"),
            ("192.0.2.1", "invalid"),
            ("example.vn:80", "invalid"),
            ("my host.example.vn", "invalid"),
        ]
    }
}

impl Judge for Hostname {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
