//! `email`: one mailbox address.

use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const NO_AT: Reason = Reason::new("there is no @", "thiếu ký tự @");
const MANY: Reason = Reason::new("more than one @", "có nhiều hơn một ký tự @");
const LOCAL: Reason = Reason::new("the part before @ is not allowed", "phần trước @ không hợp lệ");
const DOMAIN: Reason = Reason::new("the part after @ is no domain name", "phần sau @ không phải tên miền");
const ONE_LABEL: Reason = Reason::new("the domain has no dot", "tên miền không có dấu chấm");
const LONG: Reason = Reason::new("too long", "quá dài");
const NOT_ASCII: Reason =
    Reason::new("contains letters outside ASCII", "chứa chữ có dấu hoặc ký tự ngoài ASCII");
const QUOTED: Reason = Reason::new("quoted part before @", "phần trước @ nằm trong dấu ngoặc kép");
const WRAPPED: Reason = Reason::new(
    "wrapped in brackets, `mailto:` or closing punctuation",
    "có ngoặc, `mailto:` hoặc dấu câu thừa",
);
const SPACES: Reason = Reason::new("spaces around @ or a dot", "có khoảng trắng quanh @ hoặc dấu chấm");

/// Bits of [`CLASS`].
const ATEXT: u8 = 1;
const LABEL: u8 = 2;
const DOT: u8 = 4;
const HYPHEN: u8 = 8;

/// What a byte may be: a character of an unquoted local part (RFC 5322 atext), of a host name, a dot, a hyphen.
static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let marks = b"!#$%&'*+-/=?^_`{|}~";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = ATEXT;
        at += 1;
    }
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = ATEXT | LABEL;
        }
        byte += 1;
    }
    table[b'-' as usize] = ATEXT | LABEL | HYPHEN;
    table[b'.' as usize] = DOT;
    table
};

/// `email`
pub struct Email;

/// Sound, not complete: an unquoted local part and a domain of short labels. One loop over each, without a branch
/// for each byte.
fn surely_valid(value: &[u8]) -> bool {
    let Some(at) = value.iter().position(|&byte| byte == b'@') else { return false };
    let (local, domain) = (&value[..at], &value[at + 1..]);
    if local.len() > 64 || domain.len() > 63 {
        return false;
    }
    let (mut before, mut bad) = (DOT, 0);
    for &byte in local {
        let class = CLASS[usize::from(byte)];
        bad |= u8::from(class & (ATEXT | DOT) == 0) | (class & before & DOT);
        before = class;
    }
    bad |= before & DOT;
    before = DOT;
    for &byte in domain {
        let class = CLASS[usize::from(byte)];
        // Neither two dots, nor a hyphen beside one.
        let edge = DOT | HYPHEN;
        let meet = (class & edge != 0) & (before & edge != 0) & ((class | before) & DOT != 0);
        bad |= u8::from(class & (LABEL | DOT) == 0) | u8::from(meet);
        before = class;
    }
    let Some(dot) = domain.iter().rposition(|&byte| byte == b'.') else { return false };
    let top = &domain[dot + 1..];
    bad == 0 && top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic)
}

fn check(value: &[u8]) -> Check {
    if surely_valid(value) { Ok(None) } else { check_in_detail(value) }
}

fn check_in_detail(value: &[u8]) -> Check {
    if value.len() > 254 {
        return Err(LONG);
    }
    if !value.is_ascii() {
        return Err(NOT_ASCII);
    }
    let Some(at) = value.iter().rposition(|&byte| byte == b'@') else { return Err(NO_AT) };
    let (local, domain) = (&value[..at], &value[at + 1..]);
    let quoted = check_local(local)?;
    check_domain(domain)?;
    Ok(quoted.then_some(QUOTED))
}

/// Whether the local part is lawful only because it is quoted.
fn check_local(local: &[u8]) -> Result<bool, Reason> {
    if local.is_empty() || local.len() > 64 {
        return Err(LOCAL);
    }
    if let [b'"', inner @ .., b'"'] = local {
        let mut bytes = inner.iter();
        while let Some(&byte) = bytes.next() {
            let lawful = match byte {
                b'\\' => bytes.next().is_some_and(|next| matches!(next, b' '..=b'~')),
                b'"' => false,
                _ => matches!(byte, b' '..=b'~'),
            };
            if !lawful {
                return Err(LOCAL);
            }
        }
        return Ok(true);
    }
    let mut dot = true;
    for &byte in local {
        if byte == b'.' {
            if dot {
                return Err(LOCAL);
            }
            dot = true;
        } else if CLASS[usize::from(byte)] & ATEXT != 0 {
            dot = false;
        } else {
            return Err(if byte == b'@' { MANY } else { LOCAL });
        }
    }
    if dot { Err(LOCAL) } else { Ok(false) }
}

/// A host name of at least two labels whose last is a top-level domain.
fn check_domain(domain: &[u8]) -> Result<(), Reason> {
    if domain.is_empty() || domain.len() > 253 {
        return Err(DOMAIN);
    }
    let mut labels = 0;
    let mut last: &[u8] = &[];
    for label in domain.split(|&byte| byte == b'.') {
        if !is_label(label) {
            return Err(DOMAIN);
        }
        labels += 1;
        last = label;
    }
    if labels < 2 {
        return Err(ONE_LABEL);
    }
    let top_level = last.len() >= 2
        && (last.iter().all(u8::is_ascii_alphabetic)
            || last.first_chunk::<4>().is_some_and(|head| head.eq_ignore_ascii_case(b"xn--")));
    if top_level { Ok(()) } else { Err(DOMAIN) }
}

/// One label of a host name: letters, digits and inner hyphens.
pub(super) fn is_label(label: &[u8]) -> bool {
    (1..=63).contains(&label.len())
        && label[0] != b'-'
        && label[label.len() - 1] != b'-'
        && label.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn repair(value: &str) -> Option<Verdict> {
    let mut inner = value;
    if let Some(head) = inner.get(..7)
        && head.eq_ignore_ascii_case("mailto:")
    {
        inner = inner[7..].trim_start();
    }
    if let Some(between) = inner.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        inner = between.trim();
    }
    inner = inner.trim_end_matches(['.', ',', ';']).trim_end();
    if inner.len() < value.len() && check(inner.as_bytes()).is_ok() {
        return Some(Verdict::repairable(inner, WRAPPED));
    }
    let mut tight = String::with_capacity(inner.len());
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            let joins = |c: Option<char>| matches!(c, Some('@' | '.'));
            while rest.next_if(|next| next.is_whitespace()).is_some() {}
            if !joins(tight.chars().next_back()) && !joins(rest.peek().copied()) {
                return None;
            }
        } else {
            tight.push(c);
        }
    }
    (tight.len() < inner.len() && check(tight.as_bytes()).is_ok()).then(|| Verdict::repairable(tight, SPACES))
}

impl Format for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn about(&self) -> Reason {
        Reason::new("E-mail address", "Địa chỉ thư điện tử")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "An unquoted local part of up to 64 characters and a domain of at least two labels (RFC 5321, RFC 5322), \
             254 characters in all, ASCII only. A quoted local part is lawful and unusual. Internationalised \
             addresses (RFC 6531) are invalid: in a register an accented letter is nearly always a slip. Whether the \
             domain or the mailbox exists is not checked.",
            "Phần trước @ tối đa 64 ký tự, không có dấu ngoặc kép, và tên miền có ít nhất hai phần (RFC 5321, RFC \
             5322), tổng cộng 254 ký tự, chỉ dùng ASCII. Phần trước @ trong ngoặc kép là hợp lệ nhưng bất thường. Địa \
             chỉ quốc tế hóa (RFC 6531) bị xem là sai: trong sổ đăng ký, chữ có dấu hầu như luôn là lỗi gõ. Không \
             kiểm tra tên miền hay hộp thư có tồn tại.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("van.thu@example.gov.vn", "valid"),
            ("a+b@example.com", "valid"),
            ("\"van thu\"@example.com", "unusual"),
            ("mailto:a@example.com", "repairable"),
            ("a @ example.com", "repairable"),
            ("a@example.com.", "repairable"),
            ("example.com", "invalid"),
            ("a@@example.com", "invalid"),
            ("a..b@example.com", "invalid"),
            ("a@localhost", "invalid"),
            ("a@example.com; b@example.com", "invalid"),
            ("văn@example.com", "invalid"),
        ]
    }
}

impl Judge for Email {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_is_sound(value in "[a1.+-]{0,4}@[a1.-]{0,8}[a1.]{0,3}|[a.]{1,3}@(a\\.|-|a){1,4}[a-z]{0,2}") {
            if surely_valid(value.as_bytes()) {
                prop_assert_eq!(check_in_detail(value.as_bytes()), Ok(None), "{}", value);
            }
        }
    }

    #[test]
    fn the_short_way_is_taken() {
        assert!(surely_valid(b"van-thu.a+b@so-tai-chinh.example.gov.vn") && !surely_valid(b"a@b-.vn"));
    }

    #[test]
    fn limits() {
        let address = |local: usize, label: usize| format!("{}@{}.vn", "a".repeat(local), "b".repeat(label));
        assert!(Email.accepts(&address(64, 63)));
        assert!(!Email.accepts(&address(65, 63)));
        assert!(!Email.accepts(&address(64, 64)));
        let long = format!("{}@{}vn", "a".repeat(64), "b.".repeat(94));
        assert!(Email.accepts(&long[1..]) && !Email.accepts(&long), "{}", long.len());
    }

    #[test]
    fn domains() {
        for bad in [
            "a@-b.vn",
            "a@b-.vn",
            "a@b..vn",
            "a@.vn",
            "a@b.1",
            "a@b.v",
            "a@1.2.3.4",
            "a@b_c.vn",
            "@b.vn",
            "a@",
        ] {
            assert!(!Email.accepts(bad), "{bad}");
        }
        assert!(Email.accepts("a@b.XN--P1AI"));
    }
}
