//! `mail:`: a server that notices are mailed through, and to whom.

use std::time::Duration;

use super::super::node::{At, Node};
use super::super::reader::Reader;
use super::secret::{NamedFile, Secret, secret};
use super::{ca_file, retries, timeout};
use crate::base::Place;
use crate::say;

/// A server that a notice is mailed through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub server: String,
    pub place: Place,
    pub port: u16,
    pub security: Security,
    pub from: String,
    pub to: Vec<String>,
    pub login: Option<(String, Secret)>,
    /// Of one attempt, from the first packet to the last.
    pub timeout: Duration,
    /// Attempts after the first.
    pub retries: u32,
    /// Authorities to trust instead of the system's, as PEM.
    pub ca_file: Option<NamedFile>,
}

/// How a connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte.
    Tls,
    /// By STARTTLS, without which nothing is sent.
    StartTls,
    /// Not at all.
    None,
}

impl Security {
    const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// Seconds.
const TIMEOUT: u64 = 30;

pub(super) fn read(node: &Node, reader: &mut Reader) -> Option<Mail> {
    let mut fields = reader.fields(node)?;
    let server = fields.required("server", reader).and_then(|node| server(node, reader));
    let security = fields.optional("security").map_or(Some(Security::StartTls), |node| {
        let words = [("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];
        reader.choice(node, &say!("way to encrypt", "cách mã hóa"), &words)
    });
    let port = match fields.optional("port") {
        Some(node) => reader.integer::<std::num::NonZeroU16>(node).map(std::num::NonZeroU16::get),
        None => security.map(Security::port),
    };
    let from = fields.required("from", reader).and_then(|node| {
        let text = reader.text(node)?;
        mailbox(text, reader)
    });
    let to = fields.required("to", reader).map(|node| {
        let texts = reader.texts(node);
        if texts.is_empty() {
            reader.error(&node.span, say!("`to` names nobody", "`to` không nêu người nhận nào"));
        }
        texts.into_iter().filter_map(|text| mailbox(text, reader)).collect::<Vec<_>>()
    });
    let user = fields.optional("user").and_then(|node| reader.text(node));
    let password = fields.optional("password");
    if let (Some(Security::None), Some(node)) = (security, password) {
        reader
            .error(
                &node.span,
                say!(
                    "with `security: none` the password would be sent unencrypted",
                    "với `security: none`, mật khẩu sẽ bị gửi đi không mã hóa"
                ),
            )
            .hint = Some(say!("use `starttls` or `tls`", "hãy dùng `starttls` hoặc `tls`"));
    }
    let password = password.map(|node| (node, secret(node, reader)));
    let login = match (user, password) {
        (Some(user), Some((_, secret))) => secret.map(|secret| (user.value, secret)),
        (Some(user), None) => {
            reader.error(&user.span, say!("a user without a `password`", "có `user` nhưng thiếu `password`"));
            None
        }
        (None, Some((node, _))) => {
            reader.error(&node.span, say!("a password without a `user`", "có `password` nhưng thiếu `user`"));
            None
        }
        (None, None) => None,
    };
    let timeout = timeout(&mut fields, TIMEOUT, reader);
    let retries = retries(&mut fields, reader);
    let ca_file = ca_file(&mut fields, reader);
    fields.finish(reader);
    let server = server?;
    let place = reader.place(&server.span);
    let (port, security) = (port?, security?);
    let (from, to) = (from?, to?);
    Some(Mail { server: server.value, place, port, security, from, to, login, timeout, retries, ca_file })
}

fn server(node: &Node, reader: &mut Reader) -> Option<At<String>> {
    let text = reader.text(node)?;
    let named = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let address = text.value.parse::<std::net::IpAddr>().is_ok();
    if text.value.is_empty() || !address && !text.value.chars().all(named) {
        reader.error(&text.span, say!("this is no name of a server", "đây không phải tên máy chủ")).hint =
            Some(say!(
                "write the name alone, `smtp.example.vn`, and the port as `port`",
                "chỉ viết tên máy chủ, `smtp.example.vn`, còn cổng ghi ở `port`"
            ));
        return None;
    }
    Some(text)
}

fn mailbox(text: At<String>, reader: &mut Reader) -> Option<String> {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    let fine = text.value.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && text.value.is_ascii()
            && !text.value.contains(strange)
    });
    if !fine {
        let word = &text.value;
        reader
            .error(
                &text.span,
                say!("`{word}` is no e-mail address", "`{word}` không phải địa chỉ thư điện tử"),
            )
            .hint = Some(say!("write it as `name@example.vn`", "viết dạng `ten@example.vn`"));
    }
    fine.then_some(text.value)
}
