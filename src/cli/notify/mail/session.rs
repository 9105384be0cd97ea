//! One conversation with a mail server, step by step, so that it is known which step failed.

use std::error::Error as _;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response};
use rustls::pki_types::CertificateDer;

use super::super::attempt::no_answer;
use super::super::cause;
use crate::base::Text;
use crate::rule::notify::Security;
use crate::say;

/// How a server is spoken to.
#[derive(Clone)]
pub struct Session {
    pub server: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Credentials>,
    /// Authorities to trust instead of the system's.
    pub authorities: Option<Vec<CertificateDer<'static>>>,
}

/// What the server said of each recipient, and of the letter to those that it accepted.
pub struct Outcome {
    pub accepted: usize,
    /// With the code of the answer.
    pub refused: Vec<(Address, u16)>,
    /// To be tried again.
    pub later: Vec<(Address, u16)>,
}

/// Why nobody got anything.
pub struct Trouble {
    pub text: Text,
    pub passes: bool,
}

impl Trouble {
    pub const fn passing(text: Text) -> Self {
        Self { text, passes: true }
    }

    pub const fn lasting(text: Text) -> Self {
        Self { text, passes: false }
    }
}

/// Who is told to do something by the server.
#[derive(Clone, Copy)]
enum Step {
    Connect,
    Encrypt,
    Login,
    Sender,
    Content,
}

impl Session {
    /// Hands a letter over to everybody whom the server accepts. What is left is to say goodbye.
    pub fn hand_over(
        &self,
        from: &Address,
        to: &[Address],
        letter: &[u8],
        timeout: Duration,
    ) -> Result<(Outcome, SmtpConnection), Trouble> {
        let failed = |step| move |error: Error| trouble(step, &error, timeout);
        let hello = ClientId::default();
        let parameters = match self.security {
            Security::None => None,
            Security::Tls | Security::StartTls => Some(self.tls().map_err(failed(Step::Encrypt))?),
        };
        let wrapped = parameters.as_ref().filter(|_| self.security == Security::Tls);
        let address = (self.server.as_str(), self.port);
        let mut server = SmtpConnection::connect(address, Some(timeout), &hello, wrapped, None)
            .map_err(failed(Step::Connect))?;
        if let (Security::StartTls, Some(parameters)) = (self.security, &parameters) {
            if !server.can_starttls() {
                server.abort();
                return Err(Trouble::lasting(say!(
                    "the server offers no STARTTLS; nothing was sent",
                    "máy chủ không hỗ trợ STARTTLS; chưa gửi gì"
                )));
            }
            server.starttls(parameters, &hello).map_err(failed(Step::Encrypt))?;
        }
        if let Some(login) = &self.login {
            server.auth(&[Mechanism::Plain, Mechanism::Login], login).map_err(failed(Step::Login))?;
        }
        server.command(Mail::new(Some(from.clone()), Vec::new())).map_err(failed(Step::Sender))?;
        let mut outcome = Outcome { accepted: 0, refused: Vec::new(), later: Vec::new() };
        for address in to {
            let Err(error) = server.command(Rcpt::new(address.clone(), Vec::new())) else {
                outcome.accepted += 1;
                continue;
            };
            let Some(code) = error.status().map(number) else {
                return Err(trouble(Step::Sender, &error, timeout));
            };
            if error.is_transient() {
                outcome.later.push((address.clone(), code));
            } else {
                outcome.refused.push((address.clone(), code));
            }
        }
        if outcome.accepted > 0 {
            server.command(Data).map_err(failed(Step::Content))?;
            server.message(letter).map_err(failed(Step::Content))?;
        }
        Ok((outcome, server))
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        let mut builder = TlsParametersBuilder::new(self.server.clone());
        if let Some(authorities) = &self.authorities {
            builder = builder.certificate_store(CertificateStore::None);
            for authority in authorities {
                builder = builder.add_root_certificate(Certificate::from_der(authority.to_vec())?);
            }
        }
        builder.build()
    }
}

fn number(code: response::Code) -> u16 {
    u16::from(code)
}

/// What went wrong at a step. Of what the server says, its number is shown and nothing else.
fn trouble(step: Step, error: &Error, timeout: Duration) -> Trouble {
    if let Some(code) = error.status() {
        let (passes, code) = (error.is_transient(), number(code));
        let text = match step {
            Step::Connect => {
                say!("the server turns the connection away ({code})", "máy chủ từ chối kết nối ({code})")
            }
            Step::Encrypt => {
                say!("the server refuses STARTTLS ({code})", "máy chủ từ chối STARTTLS ({code})")
            }
            Step::Login => say!(
                "the server refuses user or password ({code})",
                "máy chủ từ chối người dùng hoặc mật khẩu ({code})"
            ),
            Step::Sender => {
                say!("the server refuses the sender ({code})", "máy chủ từ chối người gửi ({code})")
            }
            Step::Content => {
                say!("the server refuses the letter ({code})", "máy chủ từ chối nội dung thư ({code})")
            }
        };
        return Trouble { text, passes };
    }
    if let Some(cause) = error.source().and_then(cause::of) {
        let text = if cause.timed_out { no_answer(timeout) } else { cause.text };
        return Trouble { text, passes: cause.passes };
    }
    match step {
        Step::Login if error.is_client() => Trouble::lasting(say!(
            "the server offers no way to log in over this connection",
            "máy chủ không cho đăng nhập qua kết nối này"
        )),
        _ if error.is_response() => {
            Trouble::passing(say!("the answer is not SMTP", "trả lời không đúng giao thức SMTP"))
        }
        _ if error.is_tls() => {
            Trouble::lasting(say!("no TLS connection could be made", "không lập được kết nối TLS"))
        }
        _ => Trouble::passing(say!("no connection could be made", "không kết nối được")),
    }
}
