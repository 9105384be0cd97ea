//! Mails a notice.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use rustls::pki_types::CertificateDer;

use super::attempt::{Attempt, Pace, deliver, no_answer};
use super::{Delivery, secret};
use crate::base::{Diagnostic, Lang, Text};
use crate::report::notice::Letter;
use crate::report::number;
use crate::rule::notify::{self, Security};
use crate::say;

mod session;

use session::{Outcome, Session, Trouble};

pub struct Mail {
    session: Session,
    from: Address,
    to: Vec<Address>,
    timeout: Duration,
    retries: u32,
}

impl Mail {
    pub fn prepare(written: &notify::Mail, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut address = |text: &String| {
            let parsed = text.parse::<Address>();
            if parsed.is_err() {
                let what = say!("`{text}` is no e-mail address", "`{text}` không phải địa chỉ thư điện tử");
                wrong.push(Diagnostic::error(what).at(written.place.clone()));
            }
            parsed.ok()
        };
        let from = address(&written.from);
        let to = written.to.iter().filter_map(&mut address).collect();
        let login = written.login.as_ref().map(|(user, password)| {
            secret::read(password, folder).map(|password| Credentials::new(user.clone(), password))
        });
        let login = login.transpose().map_err(|diagnostic| wrong.push(diagnostic)).ok().flatten();
        let authorities: Option<Result<Vec<CertificateDer<'static>>, _>> =
            written.ca_file.as_ref().map(|file| secret::authorities(file, folder));
        let authorities = authorities.transpose().map_err(|diagnostic| wrong.push(diagnostic)).ok().flatten();
        let Some(from) = from.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let session = Session {
            server: written.server.clone(),
            port: written.port,
            security: written.security,
            login,
            authorities,
        };
        Ok(Self { session, from, to, timeout: written.timeout, retries: written.retries })
    }

    pub fn shown(&self) -> String {
        let scheme = match self.session.security {
            Security::Tls => "smtps",
            Security::StartTls | Security::None => "smtp",
        };
        format!("{scheme}://{}:{}", self.session.server, self.session.port)
    }

    /// `id` is the same for all attempts, so that mail programs show a letter once that came twice.
    pub fn send(&self, pace: Pace, letter: &Letter, id: &str, moment: SystemTime) -> Delivery {
        let Some(letter) = self.written(letter, id, moment) else {
            let text = say!("the letter could not be written", "không soạn được thư");
            return Delivery { to: self.shown(), attempts: 0, outcome: Err(text), took: Duration::ZERO };
        };
        let mut post = Post { waiting: self.to.clone(), delivered: 0, refused: Vec::new() };
        deliver(self.shown(), pace, self.retries, self.timeout, |timeout| {
            post.take(self.attempt(&letter, &post.waiting, timeout))
        })
    }

    fn written(&self, letter: &Letter, id: &str, moment: SystemTime) -> Option<Vec<u8>> {
        let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).collect();
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut message = Message::builder()
            .from(Mailbox::new(None, self.from.clone()))
            .subject(&letter.subject)
            .date(moment)
            .message_id(Some(format!("<thuocdo.{id}@{}>", self.from.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
        for to in &self.to {
            message = message.to(Mailbox::new(None, to.clone()));
        }
        Some(message.singlepart(SinglePart::plain(letter.text.clone())).ok()?.formatted())
    }

    /// The library bounds each read but not all of them, nor a line that never ends. So it runs beside, and who waits for
    /// it stops waiting; what is left of it ends with the process.
    fn attempt(&self, letter: &[u8], to: &[Address], timeout: Duration) -> Result<Outcome, Trouble> {
        let (tell, told) = mpsc::sync_channel(1);
        let (session, from, to, letter) =
            (self.session.clone(), self.from.clone(), to.to_vec(), letter.to_vec());
        let run = move || {
            let (outcome, server) = match session.hand_over(&from, &to, &letter, timeout) {
                Ok((outcome, server)) => (Ok(outcome), Some(server)),
                Err(trouble) => (Err(trouble), None),
            };
            // Nobody listens any more if it took too long.
            let _ = tell.send(outcome);
            // The server has the letter. How long it takes to say goodbye is its own affair.
            if let Some(mut server) = server {
                server.abort();
            }
        };
        if thread::Builder::new().spawn(run).is_err() {
            return Err(Trouble::lasting(say!("no thread could be started", "không tạo được luồng xử lý")));
        }
        told.recv_timeout(timeout).unwrap_or_else(|_| Err(Trouble::passing(no_answer(timeout))))
    }
}

/// Who has the letter, and who will not get it.
struct Post {
    waiting: Vec<Address>,
    delivered: usize,
    refused: Vec<(Address, u16)>,
}

impl Post {
    /// Sorts recipients by what the server said of them, and judges the attempt.
    fn take(&mut self, outcome: Result<Outcome, Trouble>) -> Attempt {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(trouble) => {
                let text = self.with_rest(trouble.text);
                return if trouble.passes { Attempt::Failed(text, None) } else { Attempt::Refused(text) };
            }
        };
        self.delivered += outcome.accepted;
        self.refused.extend(outcome.refused);
        self.waiting = outcome.later.iter().map(|(address, _)| address.clone()).collect();
        let listed = |of: &[(Address, u16)]| {
            of.iter().map(|(address, code)| format!("{address} ({code})")).collect::<Vec<_>>().join(", ")
        };
        if !outcome.later.is_empty() {
            let who = listed(&outcome.later);
            let text = say!("the server puts off {who}", "máy chủ hoãn nhận thư gửi {who}");
            return Attempt::Failed(self.with_rest(text), None);
        }
        if !self.refused.is_empty() {
            let who = listed(&self.refused);
            let text = say!("the server refuses mail to {who}", "máy chủ từ chối thư gửi {who}");
            return Attempt::Refused(self.with_rest(text));
        }
        let Text { en, vi } = self.recipients();
        Attempt::Delivered(say!("delivered to {en}", "đã gửi tới {vi}"))
    }

    /// Those who have the letter, counted.
    fn recipients(&self) -> Text {
        let nouns = ["recipient", "recipients", "người nhận"];
        let of = |lang| number::counted(self.delivered as u64, nouns, lang);
        Text { vi: of(Lang::Vi), en: of(Lang::En) }
    }

    /// What went wrong, and that some have the letter all the same.
    fn with_rest(&self, text: Text) -> Text {
        if self.delivered == 0 {
            return text;
        }
        let (Text { en, vi }, have) = (text, self.recipients());
        let (en_have, vi_have) = (have.en, have.vi);
        say!("{en}; delivered to {en_have}", "{vi}; đã gửi tới {vi_have}")
    }
}
