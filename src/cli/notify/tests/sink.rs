//! A mail server that keeps what it gets. The protocol is a library's; this moves bytes.

use std::net::IpAddr;
use std::sync::Mutex;

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};

use super::*;

/// What a server is to be like.
#[derive(Clone, Default)]
pub struct Manner {
    /// With a certificate, by STARTTLS.
    pub starttls: Option<Arc<ServerConfig>>,
    /// With a certificate, from the first byte.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whom it lets in, and with what.
    pub login: Option<(&'static str, &'static str)>,
    /// Recipients that it has an answer of its own for, each answer given this often at most.
    pub recipients: Vec<(&'static str, u16, usize)>,
    /// What it says of senders, once.
    pub sender: Option<u16>,
    /// What it says of letters, once.
    pub letter: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
}

/// A running server.
pub struct Sink {
    pub port: u16,
    letters: Arc<Mutex<Vec<Letter>>>,
    commands: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub fn new(manner: Manner) -> Self {
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let commands: Arc<Mutex<Vec<String>>> = Arc::default();
        let manner = Arc::new(Mutex::new(manner));
        let (kept, heard) = (Arc::clone(&letters), Arc::clone(&commands));
        let (port, _) = server(move |stream| {
            let mut builder = SessionBuilder::new("sink");
            let (starttls, tls, login) = {
                let manner = manner.lock().unwrap();
                (manner.starttls.clone(), manner.tls.clone(), manner.login)
            };
            if starttls.is_some() {
                builder.enable_start_tls();
            }
            if login.is_some() {
                builder.enable_auth(AuthMechanism::Plain);
            }
            let clerk =
                Clerk { manner: Arc::clone(&manner), letter: Letter::default(), letters: Arc::clone(&kept) };
            let mut session = builder.build(IpAddr::from([127, 0, 0, 1]), clerk);
            if let Some(config) = tls {
                session.tls_active();
                return converse(&mut encrypted(stream, &config), &mut session, &heard, true).map(drop);
            }
            let mut plain = stream;
            if converse(&mut plain, &mut session, &heard, true)? {
                let config = starttls.expect("it was offered");
                session.tls_active();
                converse(&mut encrypted(plain, &config), &mut session, &heard, false)?;
            }
            Ok(())
        });
        Self { port, letters, commands }
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    /// The words that lines began with, as far as the server heard them unencrypted or not.
    pub fn heard(&self, word: &str) -> bool {
        self.commands.lock().unwrap().iter().any(|command| command.starts_with(word))
    }
}

/// Whether the connection is to be encrypted now.
fn converse(
    stream: &mut (impl Read + Write),
    session: &mut Session<Clerk>,
    heard: &Mutex<Vec<String>>,
    greet: bool,
) -> io::Result<bool> {
    if greet {
        stream.write_all(&session.greeting().buffer()?)?;
    }
    loop {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") {
            if stream.read(&mut byte)? == 0 {
                return Ok(false);
            }
            line.push(byte[0]);
        }
        heard.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
        let response = session.process(&line);
        if response.action == Action::NoReply {
            continue;
        }
        stream.write_all(&response.buffer()?)?;
        stream.flush()?;
        match response.action {
            Action::Close => return Ok(false),
            Action::UpgradeTls => return Ok(true),
            Action::Reply | Action::NoReply => {}
        }
    }
}

struct Clerk {
    manner: Arc<Mutex<Manner>>,
    letter: Letter,
    letters: Arc<Mutex<Vec<Letter>>>,
}

fn says(code: u16) -> Response {
    // What a server says may be anything; nothing of it may be repeated.
    Response::custom(code, "hunter22 \u{1b}[2J".to_owned())
}

impl Handler for Clerk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.letter = Letter { from: from.to_owned(), ..Letter::default() };
        self.manner.lock().unwrap().sender.take().map_or(response::OK, says)
    }

    fn rcpt(&mut self, to: &str) -> Response {
        let mut manner = self.manner.lock().unwrap();
        let own = manner.recipients.iter_mut().find(|(name, _, times)| *name == to && *times > 0);
        if let Some((_, code, times)) = own {
            *times -= 1;
            return says(*code);
        }
        self.letter.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.letter.text.push_str(&String::from_utf8_lossy(bytes));
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if let Some(code) = self.manner.lock().unwrap().letter.take() {
            return says(code);
        }
        self.letters.lock().unwrap().push(std::mem::take(&mut self.letter));
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        let known = self.manner.lock().unwrap().login == Some((user, password));
        if known { response::AUTH_OK } else { says(535) }
    }
}
