//! `webhook:`: an address to which notices are posted.

use std::time::Duration;

use super::super::node::{At, Node, Value};
use super::super::reader::Reader;
use super::secret::{NamedFile, Word, blank, plain_secret, secret};
use super::{ca_file, retries, timeout};
use crate::base::{Place, Text};
use crate::say;

/// An address to which a notice is posted as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Addresses of chat rooms are secrets themselves.
    pub url: Word,
    pub place: Place,
    /// Of one attempt, from the first packet to the end of the answer.
    pub timeout: Duration,
    /// Attempts after the first.
    pub retries: u32,
    pub headers: Vec<(String, Word)>,
    /// Authorities to trust instead of the system's, as PEM.
    pub ca_file: Option<NamedFile>,
}

/// Seconds.
const TIMEOUT: u64 = 10;

pub(super) fn read(node: &Node, reader: &mut Reader) -> Option<Webhook> {
    let mut fields = reader.fields(node)?;
    let url = fields.required("url", reader).and_then(|node| url(node, reader));
    let timeout = timeout(&mut fields, TIMEOUT, reader);
    let retries = retries(&mut fields, reader);
    let mut headers: Vec<(String, Word)> = Vec::new();
    for (name, node) in fields.optional("headers").and_then(|node| reader.entries(node)).unwrap_or_default() {
        let Some(word) = header(name, node, reader) else { continue };
        if headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name.value)) {
            let name_ = &name.value;
            reader.error(
                &name.span,
                say!("header `{name_}` is there twice", "tiêu đề `{name_}` xuất hiện hai lần"),
            );
        }
        headers.push((name.value.clone(), word));
    }
    let ca_file = ca_file(&mut fields, reader);
    fields.finish(reader);
    let url = url?;
    if let Word::Plain(text) = &url.value
        && let Err(what) = fit_for_secrets(text, &url.value, &headers)
    {
        reader.error(&url.span, what);
    }
    let place = reader.place(&url.span);
    Some(Webhook { url: url.value, place, timeout, retries, headers, ca_file })
}

fn url(node: &Node, reader: &mut Reader) -> Option<At<Word>> {
    if matches!(node.value, Value::Map(_)) {
        let secret = secret(node, reader)?;
        return Some(At { value: Word::Secret(secret), span: node.span.clone() });
    }
    let text = reader.text(node)?;
    if let Err(what) = Origin::of(&text.value) {
        reader.error(&text.span, what).hint = Some(say!(
            "write `https://host/path`, or `{{ env: NAME }}` if the address itself is a secret",
            "viết `https://máy-chủ/đường-dẫn`, hoặc `{{ env: TÊN }}` nếu chính địa chỉ là bí mật"
        ));
        // What stands before an `@` is a password.
        if text.value.contains('@') {
            blank(&text.span, reader);
        }
        return None;
    }
    Some(text.map(Word::Plain))
}

/// What of an address may be shown to anybody: how it is reached, and the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub encrypted: bool,
    /// With its port, if it names one.
    pub host: String,
}

impl Origin {
    /// # Errors
    /// Why this is no address that a notice can be posted to. The address itself is not in the text.
    pub fn of(url: &str) -> Result<Self, Text> {
        let strange =
            |c: char| c.is_whitespace() || c.is_control() || !c.is_ascii() || "\"<>\\^`{|}".contains(c);
        let (encrypted, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(say!("this is no web address", "đây không phải địa chỉ web")),
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.contains('@') {
            return Err(say!(
                "an address with a user or a password in it is not accepted; send them as a header",
                "không nhận địa chỉ có kèm người dùng hoặc mật khẩu; hãy gửi bằng tiêu đề (`headers`)"
            ));
        }
        let (name, port) = match host.rsplit_once(':') {
            // The colons inside of brackets are those of an IPv6 address.
            Some((name, port)) if !port.ends_with(']') => (name, port.parse::<u16>().ok()),
            _ => (host, Some(0)),
        };
        if name.is_empty() || port.is_none() || url.contains(strange) {
            return Err(say!("this web address is malformed", "địa chỉ web này viết sai"));
        }
        Ok(Self { encrypted, host: host.to_owned() })
    }

    /// Whether the host is this very machine.
    pub fn is_local(&self) -> bool {
        let bracketed = self.host.starts_with("[::1]");
        let name = self.host.split(':').next().unwrap_or_default();
        bracketed
            || name == "localhost"
            || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.encrypted { "https" } else { "http" }, self.host)
    }
}

/// Whether an address may be used as it is: secrets go over https, or not off this machine.
///
/// # Errors
/// Why not; also if the address is none.
pub fn fit_for_secrets(url: &str, address: &Word, headers: &[(String, Word)]) -> Result<Origin, Text> {
    let origin = Origin::of(url)?;
    let mut words = headers.iter().map(|(_, word)| word).chain([address]);
    let secret = words.any(|word| matches!(word, Word::Secret(_)));
    if secret && !origin.encrypted && !origin.is_local() {
        return Err(say!(
            "a secret header or address would be sent unencrypted; use https",
            "tiêu đề hoặc địa chỉ bí mật sẽ bị gửi đi không mã hóa; hãy dùng https"
        ));
    }
    Ok(origin)
}

/// Set by whoever sends.
const OWN_HEADERS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "content-type",
    "content-encoding",
    "transfer-encoding",
    "expect",
    "upgrade",
    "idempotency-key",
];

fn header(name: &At<String>, node: &Node, reader: &mut Reader) -> Option<Word> {
    let word = &name.value;
    let lower = word.to_ascii_lowercase();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if word.is_empty() || !word.bytes().all(token) {
        reader.error(
            &name.span,
            say!("`{word}` is no name of a header", "`{word}` không phải tên tiêu đề HTTP"),
        );
        return None;
    }
    if OWN_HEADERS.contains(&lower.as_str()) {
        let what = say!("`{word}` is set by the program itself", "`{word}` do chính chương trình đặt");
        reader.error(&name.span, what);
        return None;
    }
    if matches!(node.value, Value::Map(_)) {
        return secret(node, reader).map(Word::Secret);
    }
    let text = reader.text(node)?;
    if ["auth", "cookie", "key", "pass", "secret", "token"].iter().any(|part| lower.contains(part)) {
        plain_secret(&text, reader);
        return None;
    }
    if !text.value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        reader.error(
            &text.span,
            say!("a header holds printable ASCII only", "tiêu đề HTTP chỉ chứa ký tự ASCII in được"),
        );
        return None;
    }
    Some(Word::Plain(text.value))
}
