//! Mail servers.

use super::sink::{Manner, Sink};
use super::*;

fn plan(port: u16, more: &str) -> Plan {
    Plan::new(&format!(
        "lang: vi\nmail: {{ server: localhost, port: {port}, from: dem@example.vn, to: [a@example.vn, b@example.vn]{more} }}"
    ))
}

fn open(port: u16, more: &str) -> Plan {
    plan(port, &format!(", security: none{more}")).patient()
}

#[test]
fn a_letter_arrives_as_it_was_meant() {
    let sink = Sink::new(Manner::default());
    let delivery = open(sink.port, "").send();
    assert_eq!(delivery.outcome.unwrap().en, "delivered to 2 recipients");
    assert_eq!((delivery.attempts, delivery.to), (1, format!("smtp://localhost:{}", sink.port)));
    let letters = sink.letters();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.from.as_str(), letter.to.len()), ("dem@example.vn", 2));
    let text = letter.text.replace("\r\n ", " ");
    assert!(text.is_ascii(), "old servers take nothing else: {text}");
    for expected in [
        "From: dem@example.vn\r\n",
        "To: a@example.vn, b@example.vn\r\n",
        "Message-ID: <thuocdo.dem-1.0@example.vn>\r\n",
        "Date: Sat, 21 Nov 2026 ",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Subject: [thuocdo] dem: ",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn letters_go_encrypted_and_with_a_password_where_that_is_asked_for() {
    let (config, pem) = certificate(&["localhost"]);
    let login = Some(("dem", "hunter22"));
    let starttls = Sink::new(Manner { starttls: Some(Arc::clone(&config)), login, ..Manner::default() });
    let tls = Sink::new(Manner { tls: Some(config), login, ..Manner::default() });
    for (sink, security) in [(&starttls, "starttls"), (&tls, "tls")] {
        let more = format!(", security: {security}, ca_file: ca.pem, user: dem, password: {{ file: pass }}");
        let plan =
            |password: &str| plan(sink.port, &more).patient().with("ca.pem", &pem).with("pass", password);
        let delivery = plan("hunter22\n").send();
        assert!(delivery.outcome.is_ok(), "{security}: {delivery:?}");
        assert_eq!(sink.letters().len(), 1);
        let delivery = plan("wrong").send();
        assert_eq!(failure(&delivery).en, "the server refuses user or password (535)");
        assert_eq!((delivery.attempts, sink.letters().len()), (1, 1));
    }
}

#[test]
fn without_the_encryption_that_was_asked_for_nothing_is_said() {
    let sink = Sink::new(Manner { login: Some(("dem", "hunter22")), ..Manner::default() });
    let more = ", user: dem, password: { file: pass }";
    let delivery = plan(sink.port, more).patient().with("pass", "hunter22").send();
    assert!(failure(&delivery).en.contains("no STARTTLS"), "{delivery:?}");
    assert_eq!(delivery.attempts, 1);
    assert!(sink.heard("EHLO") && !sink.heard("AUTH") && !sink.heard("MAIL") && sink.letters().is_empty());
}

#[test]
fn who_shows_another_certificate_gets_nothing() {
    let (config, pem) = certificate(&["elsewhere.example"]);
    let sink = Sink::new(Manner { starttls: Some(config), ..Manner::default() });
    let delivery = plan(sink.port, ", ca_file: ca.pem").patient().with("ca.pem", &pem).send();
    assert!(failure(&delivery).en.contains("for another name"), "{delivery:?}");
    let delivery = plan(sink.port, "").patient().send();
    assert!(failure(&delivery).en.contains("ca_file"), "{delivery:?}");
    assert!(!sink.heard("MAIL"));
    // A server that speaks no TLS at all.
    let delivery = plan(Sink::new(Manner::default()).port, ", security: tls, retries: 0").send();
    assert!(
        failure(&delivery).en.contains("TLS") || failure(&delivery).en.contains("within"),
        "{delivery:?}"
    );
}

#[test]
fn recipients_that_are_refused_are_named_and_the_others_get_it() {
    let recipients = vec![("a@example.vn", 550, usize::MAX)];
    let sink = Sink::new(Manner { recipients, ..Manner::default() });
    let delivery = open(sink.port, "").send();
    assert_eq!(
        failure(&delivery).en,
        "the server refuses mail to a@example.vn (550); delivered to 1 recipient"
    );
    assert_eq!((delivery.attempts, &sink.letters()[0].to), (1, &vec!["b@example.vn".to_owned()]));
    let recipients = vec![("a@example.vn", 550, usize::MAX), ("b@example.vn", 553, usize::MAX)];
    let sink = Sink::new(Manner { recipients, ..Manner::default() });
    let delivery = open(sink.port, "").send();
    assert!(failure(&delivery).en.ends_with("b@example.vn (553)"), "{delivery:?}");
    assert!(!sink.heard("DATA"));
}

#[test]
fn recipients_that_are_put_off_are_tried_again_and_the_others_are_not() {
    let recipients = vec![("a@example.vn", 450, 1)];
    let sink = Sink::new(Manner { recipients, ..Manner::default() });
    let delivery = open(sink.port, "").send();
    assert!(delivery.outcome.is_ok(), "{delivery:?}");
    let to: Vec<Vec<String>> = sink.letters().into_iter().map(|letter| letter.to).collect();
    assert_eq!(
        (delivery.attempts, to),
        (2, vec![vec!["b@example.vn".to_owned()], vec!["a@example.vn".to_owned()]])
    );
}

#[test]
fn refusals_of_senders_and_letters_are_told_apart() {
    let sink = Sink::new(Manner { sender: Some(553), ..Manner::default() });
    assert_eq!(failure(&open(sink.port, "").send()).en, "the server refuses the sender (553)");
    let sink = Sink::new(Manner { letter: Some(554), ..Manner::default() });
    assert_eq!(failure(&open(sink.port, "").send()).en, "the server refuses the letter (554)");
    let sink = Sink::new(Manner { letter: Some(452), ..Manner::default() });
    let delivery = open(sink.port, "").send();
    assert!(delivery.outcome.is_ok() && delivery.attempts == 2, "{delivery:?}");
}

#[test]
fn servers_that_hang_or_talk_nonsense_are_given_up() {
    type Serve = fn(TcpStream) -> io::Result<()>;
    let servers: [(&str, Serve, &str); 6] = [
        (
            "silence",
            |stream| {
                thread::sleep(8 * TIMEOUT);
                drop(stream);
                Ok(())
            },
            "no complete answer within 500 ms",
        ),
        ("closes", |stream| stream.shutdown(std::net::Shutdown::Both), ""),
        ("garbage", |mut stream| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "not SMTP"),
        ("turns away", |mut stream| stream.write_all(b"554 go away hunter22\r\n"), "(554)"),
        (
            "a line without end",
            |mut stream| loop {
                stream.write_all(&[b'a'; 1024])?;
                thread::sleep(Duration::from_millis(5));
            },
            "no complete answer within 500 ms",
        ),
        (
            "answers without end",
            |mut stream| loop {
                stream.write_all(b"220-more\r\n")?;
                thread::sleep(Duration::from_millis(5));
            },
            "no complete answer within 500 ms",
        ),
    ];
    for (what, serve, expected) in servers {
        let (port, _) = server(serve);
        let hasty = plan(port, ", security: none, retries: 0");
        // Where an answer is to be judged, a slow machine may take its time.
        let plan = if expected.contains("within") { hasty } else { hasty.patient() };
        let delivery = plan.send();
        let text = failure(&delivery);
        assert!(text.en.contains(expected) && !text.en.contains("hunter22"), "{what}: {text:?}");
        assert!(delivery.took < 40 * TIMEOUT, "{what}: {delivery:?}");
    }
}

#[test]
fn a_server_that_has_the_letter_may_take_its_time_to_say_goodbye() {
    let (port, _) = server(|mut stream| {
        let say = |stream: &mut TcpStream, text: &str| stream.write_all(text.as_bytes());
        say(&mut stream, "220 sink\r\n")?;
        let mut letter = false;
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            line.push(byte[0]);
            if !line.ends_with(b"\r\n") {
                continue;
            }
            let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
            match (letter, text.as_str()) {
                (false, "DATA\r\n") => {
                    letter = true;
                    say(&mut stream, "354 go on\r\n")?;
                }
                (true, ".\r\n") => {
                    letter = false;
                    say(&mut stream, "250 kept\r\n")?;
                }
                (true, _) => {}
                (false, "QUIT\r\n") => thread::sleep(20 * TIMEOUT),
                (false, _) => say(&mut stream, "250 fine\r\n")?,
            }
        }
    });
    let delivery = open(port, "").send();
    assert!(delivery.outcome.is_ok() && delivery.attempts == 1, "{delivery:?}");
    assert!(delivery.took < 20 * TIMEOUT, "{delivery:?}");
}

#[test]
fn nobody_listens() {
    let delivery = open(deserted_port(), ", retries: 2").send();
    assert_eq!((failure(&delivery).en.as_str(), delivery.attempts), ("nobody listens there", 3));
    let text = "mail: { server: no-such-host.invalid, security: none, from: a@b, to: c@d, retries: 0 }";
    let delivery = Plan::new(text).patient().send();
    assert!(failure(&delivery).en.contains("no host of that name"), "{delivery:?}");
}
