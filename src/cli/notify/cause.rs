//! Why a connection failed, in words of ours: libraries quote what the other side sent.

use std::error::Error;
use std::io;

use rustls::CertificateError;

use crate::base::Text;
use crate::extract::system;
use crate::say;

/// Why, and whether it may go better later.
pub struct Cause {
    pub text: Text,
    pub passes: bool,
    pub timed_out: bool,
}

/// The first cause that is understood, of an error and of those beneath it.
pub fn of(error: &(dyn Error + 'static)) -> Option<Cause> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(of_tls(tls));
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(of_io(io));
        }
        next = error.source();
    }
    None
}

pub fn of_io(error: &io::Error) -> Cause {
    use io::ErrorKind as Kind;
    let inner = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    if let Some(cause) = inner.and_then(of) {
        return cause;
    }
    let text = match error.kind() {
        Kind::ConnectionRefused => say!("nobody listens there", "không có máy chủ nào nhận kết nối ở đó"),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
            say!("the connection was closed too early", "kết nối bị đóng quá sớm")
        }
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => {
            say!("the host cannot be reached", "không tới được máy chủ")
        }
        Kind::TimedOut | Kind::WouldBlock => say!("no answer in time", "không có trả lời kịp thời"),
        Kind::InvalidData => say!("the answer is garbage", "trả lời không đúng giao thức"),
        // The system's own words for everything else have a number; the resolver's have none.
        _ if error.raw_os_error().is_none() && error.to_string().contains("address information") => {
            not_found()
        }
        _ => system(error),
    };
    Cause { text, passes: true, timed_out: matches!(error.kind(), Kind::TimedOut | Kind::WouldBlock) }
}

pub fn not_found() -> Text {
    say!("no host of that name is known", "không tìm thấy máy chủ có tên đó")
}

pub fn of_tls(error: &rustls::Error) -> Cause {
    let text = match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::NoCertificatesPresented => {
            say!("the server shows no certificate", "máy chủ không đưa ra chứng chỉ nào")
        }
        rustls::Error::InvalidMessage(_) => {
            say!("the server does not speak TLS", "máy chủ không dùng giao thức TLS")
        }
        rustls::Error::AlertReceived(_) => {
            say!("the server ended the TLS handshake", "máy chủ ngắt bắt tay TLS")
        }
        _ => say!("no TLS connection could be made", "không lập được kết nối TLS"),
    };
    Cause { text, passes: false, timed_out: false }
}

fn of_certificate(error: &CertificateError) -> Text {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            say!("the server's certificate has expired", "chứng chỉ của máy chủ đã hết hạn")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            say!("the server's certificate is not valid yet", "chứng chỉ của máy chủ chưa có hiệu lực")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            say!("the server's certificate is for another name", "chứng chỉ của máy chủ cấp cho tên khác")
        }
        // An authority of the same name with another key vouches for nothing.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => say!(
            "nobody trusted vouches for the server's certificate; name your own authority as `ca_file`",
            "chứng chỉ của máy chủ không do nơi tin cậy nào cấp; nếu là CA riêng, hãy khai báo `ca_file`"
        ),
        CertificateError::Revoked => {
            say!("the server's certificate was revoked", "chứng chỉ của máy chủ đã bị thu hồi")
        }
        _ => say!("the server's certificate is not valid", "chứng chỉ của máy chủ không hợp lệ"),
    }
}
