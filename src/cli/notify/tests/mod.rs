//! Notices against real servers on this machine, honest and other.

mod post;
mod sink;
mod web;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::attempt::Pace;
use super::{Delivery, Receivers, send_at};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Text};
use crate::report::notice::{Level, Notice, SCHEMA, SubjectCard};
use crate::rule::Reader;
use crate::rule::notify::{NotifySpec, read};

/// How long attempts may take here.
const TIMEOUT: Duration = Duration::from_millis(250);

const PACE: Pace = Pace {
    first: Duration::from_millis(1),
    longest: Duration::from_millis(50),
    all: Duration::from_secs(20),
};

fn notice() -> Notice {
    Notice {
        schema: SCHEMA.to_owned(),
        text: "dem: bca_a13 B → D".to_owned(),
        plan: "dem".to_owned(),
        run: "dem-1".to_owned(),
        as_of: "2026-11-21T00:00:00+07:00".to_owned(),
        engine: "thuocdo 0.1.0".to_owned(),
        methodology: "m".to_owned(),
        good: false,
        complete: true,
        scorecard: None,
        subjects: vec![SubjectCard {
            level: Level::Database,
            id: Some("bca_a13".to_owned()),
            title: Some(Text::same("CSDL quốc gia về dân cư")),
            before: None,
            now: None,
            not_comparable_because: Vec::new(),
            events: Vec::new(),
            fix_first: Vec::new(),
        }],
    }
}

/// A folder with a plan's `notify:` and what it names.
struct Plan {
    folder: TempDir,
    spec: NotifySpec,
}

impl Plan {
    fn new(text: &str) -> Self {
        let file = Arc::new(SourceText { name: "nightly.yaml".to_owned(), text: text.to_owned() });
        let mut reader = Reader::new(Arc::clone(&file));
        let spec = read(&crate::rule::node::parse(&file).unwrap(), &mut reader);
        assert!(reader.diagnostics.is_empty(), "{:?}", reader.diagnostics);
        let mut spec = spec.unwrap();
        for timeout in spec.webhooks.iter_mut().map(|webhook| &mut webhook.timeout) {
            *timeout = TIMEOUT;
        }
        for timeout in spec.mails.iter_mut().map(|mail| &mut mail.timeout) {
            *timeout = 2 * TIMEOUT;
        }
        Self { folder: tempfile::tempdir().unwrap(), spec }
    }

    fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    /// Where a slow machine must not be taken for a silent server.
    fn patient(mut self) -> Self {
        self.spec.webhooks.iter_mut().for_each(|webhook| webhook.timeout = Duration::from_secs(20));
        self.spec.mails.iter_mut().for_each(|mail| mail.timeout = Duration::from_secs(20));
        self
    }

    fn prepare(&self) -> Result<Receivers, Vec<Diagnostic>> {
        Receivers::prepare(&self.spec, self.folder.path())
    }

    fn send(&self) -> Delivery {
        self.send_at(PACE)
    }

    fn send_at(&self, pace: Pace) -> Delivery {
        let receivers = self.prepare().unwrap_or_else(|wrong| panic!("{wrong:?}"));
        let moment = UNIX_EPOCH + Duration::from_secs(1_795_280_400);
        let mut deliveries = send_at(pace, &receivers, &notice(), moment);
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }
}

fn failure(delivery: &Delivery) -> &Text {
    let text = delivery.outcome.as_ref().expect_err("it fails");
    assert_ne!(text.vi, text.en);
    text
}

/// A server that does with every connection what it is told. Gives its port and how many connections there were.
fn server(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, serve) = (Arc::new(AtomicUsize::new(0)), Arc::new(serve));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let serve = Arc::clone(&serve);
            // Clients of hostile servers hang up; that is no failure of the server's.
            thread::spawn(move || serve(stream));
        }
    });
    (port, count)
}

/// Nobody listens there.
fn deserted_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A certificate for these names, as servers use it and as PEM for those who trust it.
fn certificate(names: &[&str]) -> (Arc<ServerConfig>, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), made.cert.pem())
}

fn encrypted(stream: TcpStream, config: &Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream)
}

#[test]
fn secrets_that_are_missing_are_told_at_once_and_at_their_place() {
    let plan = Plan::new(
        "webhook:\n  - { url: { env: THUOCDO_NOT_SET }, ca_file: absent.pem }\n  - { url: { file: hook } }\n  - { url: \
         \"https://x/\", headers: { Authorization: { file: token } }, ca_file: ca.pem }\nmail: { server: s, from: a@b, \
         to: [c@d], user: u, password: { file: absent } }\n",
    )
    .with("hook", "http://user:hunter22@x/")
    .with("token", "two\nlines")
    .with("ca.pem", "no certificate");
    let wrong = plan.prepare().err().unwrap();
    let lines: Vec<usize> =
        wrong.iter().map(|diagnostic| diagnostic.place.as_ref().unwrap().line_column().0).collect();
    assert_eq!(lines, [2, 2, 3, 4, 4, 5], "{wrong:?}");
    let said: BTreeSet<&str> = wrong.iter().map(|diagnostic| diagnostic.what.en.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("THUOCDO_NOT_SET is not set")), "{said:?}");
    assert!(said.iter().all(|text| !text.contains("hunter22") && !text.contains("two")), "{said:?}");
}

#[test]
fn a_secret_address_is_held_to_what_a_written_one_is() {
    let text = "webhook: { url: { file: hook }, headers: { Authorization: { file: token } } }";
    let plan = Plan::new(text).with("hook", "http://example.vn/").with("token", "t");
    assert!(plan.prepare().err().unwrap()[0].what.en.contains("unencrypted"));
    let plan = Plan::new("webhook: { url: { file: hook } }").with("hook", "http://example.vn/T0/secret");
    assert!(plan.prepare().err().unwrap()[0].what.en.contains("unencrypted"));
    let plan = Plan::new(text).with("hook", "https://example.vn/T0/secret\n").with("token", "t\n");
    assert!(plan.prepare().is_ok());
}

#[test]
fn all_receivers_are_told_in_the_order_of_the_plan() {
    let (a, b) = (deserted_port(), deserted_port());
    let plan = Plan::new(&format!(
        "mail: {{ server: 127.0.0.1, port: {a}, security: none, from: a@b, to: c@d, retries: 0 }}\nwebhook: {{ url: \
         \"http://127.0.0.1:{b}/T0/secret?key=hunter22\", retries: 0 }}\n"
    ));
    let receivers = plan.prepare().unwrap();
    let deliveries = send_at(PACE, &receivers, &notice(), UNIX_EPOCH);
    let to: Vec<&str> = deliveries.iter().map(|delivery| delivery.to.as_str()).collect();
    assert_eq!(to, [format!("http://127.0.0.1:{b}"), format!("smtp://127.0.0.1:{a}")]);
    for delivery in &deliveries {
        assert_eq!(failure(delivery).en, "nobody listens there");
    }
}
