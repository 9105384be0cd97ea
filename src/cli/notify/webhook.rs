//! Posts a notice as JSON to a web address.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::http::{HeaderValue, Response, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error, Proxy};

use super::attempt::{Attempt, Pace, deliver, no_answer};
use super::{Delivery, cause, secret};
use crate::base::{Diagnostic, Text};
use crate::rule::notify::{self, Origin, fit_for_secrets};
use crate::say;

/// What is read of an answer. Nothing in it matters but its status.
const ANSWER: u64 = 64 << 10;

pub struct Webhook {
    url: String,
    origin: Origin,
    headers: Vec<(String, HeaderValue)>,
    timeout: Duration,
    retries: u32,
    agent: Agent,
}

impl Webhook {
    pub fn prepare(written: &notify::Webhook, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let url = secret::word(&written.url, folder).and_then(|url| {
            let at = |what| Diagnostic::error(what).at(written.place.clone());
            // What stands in the plan was looked at there; of a secret it is known only now.
            let origin = fit_for_secrets(&url, &written.url, &written.headers).map_err(at)?;
            Ok((url, origin))
        });
        let url = url.map_err(|diagnostic| wrong.push(diagnostic)).ok();
        let mut headers = Vec::new();
        for (name, word) in &written.headers {
            match header_value(name, word, folder, written) {
                Ok(value) => headers.push((name.clone(), value)),
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        let authorities = written.ca_file.as_ref().map(|file| secret::authorities(file, folder)).transpose();
        let authorities = authorities.map_err(|diagnostic| wrong.push(diagnostic)).ok().flatten();
        let Some((url, origin)) = url.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let roots = authorities.map_or(RootCerts::PlatformVerifier, |found| {
            found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).into()
        });
        // What is on this machine is not reached by way of another.
        let proxy = Proxy::try_from_env().filter(|_| !origin.is_local());
        let agent = agent(roots, proxy);
        Ok(Self { url, origin, headers, timeout: written.timeout, retries: written.retries, agent })
    }

    /// What may be shown of the address. Paths and queries of chat rooms are as good as passwords.
    pub fn shown(&self) -> String {
        self.origin.to_string()
    }

    /// `key` is the same for all attempts, so that a receiver that got one already knows the next.
    pub fn send(&self, pace: Pace, json: &str, key: &str) -> Delivery {
        deliver(self.shown(), pace, self.retries, self.timeout, |timeout| self.attempt(json, key, timeout))
    }

    fn attempt(&self, json: &str, key: &str, timeout: Duration) -> Attempt {
        let mut request = self
            .agent
            .post(&self.url)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header("Idempotency-Key", idempotency_key(key, json));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match request.config().timeout_global(Some(timeout)).build().send(json) {
            Ok(response) => judged(response),
            Err(error) => failed(&error, timeout),
        }
    }
}

fn agent(roots: RootCerts, proxy: Option<Proxy>) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        // A redirect would carry the notice to where nobody sent it.
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("thuocdo/", env!("CARGO_PKG_VERSION")))
        // A connection that is kept may be dead by the next attempt.
        .max_idle_connections(0)
        .build()
        .new_agent()
}

fn header_value(
    name: &str,
    word: &notify::Word,
    folder: &Path,
    written: &notify::Webhook,
) -> Result<HeaderValue, Diagnostic> {
    let text = secret::word(word, folder)?;
    let place = match word {
        notify::Word::Secret(secret) => &secret.place,
        notify::Word::Plain(_) => &written.place,
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        let what =
            say!("the value of `{name}` holds more than ASCII", "giá trị của `{name}` có ký tự ngoài ASCII");
        Diagnostic::error(what).at(place.clone())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Of run and content: a notice that is sent again is the same, another one of the same run is not.
fn idempotency_key(run: &str, json: &str) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(run.as_bytes()).update(&[0]).update(json.as_bytes());
    hash.finalize().to_hex()[..32].to_owned()
}

/// Only a status of success counts. The rest of the answer is let pass, up to a limit, and forgotten.
fn judged(response: Response<Body>) -> Attempt {
    let (status, code) = (response.status(), response.status().as_u16());
    let wait = response.headers().get(header::RETRY_AFTER).and_then(retry_after);
    let _ = std::io::copy(&mut response.into_body().into_reader().take(ANSWER), &mut std::io::sink());
    match code {
        _ if status.is_success() => Attempt::Delivered(say!("delivered ({code})", "đã gửi ({code})")),
        _ if status.is_redirection() => Attempt::Refused(say!(
            "the receiver redirects ({code}), and notices follow nobody; write its final address in the plan",
            "nơi nhận chuyển hướng ({code}), mà thông báo không đi theo; hãy ghi địa chỉ cuối cùng vào kế hoạch"
        )),
        408 | 425 | 429 | 500..=599 => {
            Attempt::Failed(say!("the receiver answers {code}", "nơi nhận trả lời {code}"), wait)
        }
        401 | 403 => Attempt::Refused(say!(
            "the receiver answers {code}: check the secret header or the address",
            "nơi nhận trả lời {code}: hãy kiểm tra tiêu đề bí mật hoặc địa chỉ"
        )),
        _ => Attempt::Refused(say!("the receiver answers {code}", "nơi nhận trả lời {code}")),
    }
}

/// Seconds, or a moment.
fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Duration::try_from(moment.duration_since(Timestamp::now())).ok()
}

fn failed(error: &Error, timeout: Duration) -> Attempt {
    let later = |text: Text| Attempt::Failed(text, None);
    match error {
        Error::Timeout(_) => later(no_answer(timeout)),
        Error::HostNotFound => later(cause::not_found()),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => {
            later(say!("the answer is not HTTP", "trả lời không đúng giao thức HTTP"))
        }
        Error::Io(error) => {
            let cause = cause::of_io(error);
            let text = if cause.timed_out { no_answer(timeout) } else { cause.text };
            if cause.passes { later(text) } else { Attempt::Refused(text) }
        }
        Error::Rustls(error) => Attempt::Refused(cause::of_tls(error).text),
        Error::Tls(_) | Error::Pem(_) | Error::TlsRequired => {
            Attempt::Refused(say!("no TLS connection could be made", "không lập được kết nối TLS"))
        }
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => {
            later(say!("the proxy does not connect", "máy chủ proxy không kết nối được"))
        }
        Error::ConnectionFailed => later(say!("no connection could be made", "không kết nối được")),
        _ => Attempt::Refused(say!("the notice could not be sent", "không gửi được thông báo")),
    }
}
