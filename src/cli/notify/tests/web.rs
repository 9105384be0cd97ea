//! Web addresses.

use std::sync::Mutex;

use super::*;

/// What a server got.
struct Seen {
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// An honest server that answers so, one after the other, and the last for ever: status and headers.
fn honest(answers: Vec<(u16, Vec<(&'static str, String)>)>) -> (u16, Arc<Mutex<Vec<Seen>>>) {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let port = server.server_addr().to_ip().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    thread::spawn(move || {
        for mut request in server.incoming_requests() {
            let mut body = String::new();
            let _ = request.as_reader().read_to_string(&mut body);
            let headers = request.headers().iter();
            let headers =
                headers.map(|header| (header.field.to_string(), header.value.to_string())).collect();
            let mut told = told.lock().unwrap();
            let (status, headers_back) = &answers[told.len().min(answers.len() - 1)];
            told.push(Seen { headers, body });
            let mut response = tiny_http::Response::from_string("answer").with_status_code(*status);
            for (name, value) in headers_back {
                response.add_header(tiny_http::Header::from_bytes(*name, value.as_str()).unwrap());
            }
            let _ = request.respond(response);
        }
    });
    (port, seen)
}

fn plan(port: u16, more: &str) -> Plan {
    Plan::new(&format!("webhook: {{ url: \"http://127.0.0.1:{port}/T0/hunter22?k=v\"{more} }}"))
}

#[test]
fn a_notice_arrives_as_json_with_its_headers() {
    let (port, seen) = honest(vec![(204, Vec::new())]);
    let plan = plan(port, ", headers: { Authorization: { file: token }, X-Team: data }").patient();
    let delivery = plan.with("token", "Bearer t0ken\n").send();
    assert_eq!(delivery.outcome.unwrap().en, "delivered (204)");
    assert_eq!((delivery.attempts, delivery.to), (1, format!("http://127.0.0.1:{port}")));
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].body, notice().to_json());
    assert_eq!(seen[0].header("Authorization"), "Bearer t0ken");
    assert_eq!(seen[0].header("X-Team"), "data");
    assert_eq!(seen[0].header("Content-Type"), "application/json; charset=utf-8");
    assert!(seen[0].header("User-Agent").starts_with("thuocdo/"));
    assert_eq!(seen[0].header("Idempotency-Key").len(), 32);
}

#[test]
fn what_may_pass_is_tried_again_under_the_same_key() {
    let (port, seen) = honest(vec![(500, Vec::new()), (429, Vec::new()), (200, Vec::new())]);
    let delivery = plan(port, "").patient().send();
    assert!(delivery.outcome.is_ok());
    assert_eq!(delivery.attempts, 3);
    let keys: BTreeSet<String> =
        seen.lock().unwrap().iter().map(|seen| seen.header("Idempotency-Key").to_owned()).collect();
    assert_eq!(keys.len(), 1);
}

#[test]
fn tries_come_to_an_end() {
    let (port, seen) = honest(vec![(503, Vec::new())]);
    let delivery = plan(port, ", retries: 2").patient().send();
    assert_eq!((delivery.attempts, seen.lock().unwrap().len()), (3, 3));
    assert_eq!(failure(&delivery).en, "the receiver answers 503");
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    for status in [400, 401, 404, 410, 304, 301, 308] {
        let (port, seen) = honest(vec![(status, Vec::new())]);
        let delivery = plan(port, "").patient().send();
        assert!(failure(&delivery).en.contains(&status.to_string()), "{delivery:?}");
        assert_eq!((delivery.attempts, seen.lock().unwrap().len()), (1, 1), "{status}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let (elsewhere, reached) = honest(vec![(200, Vec::new())]);
    for status in [301, 302, 303, 307, 308] {
        let (port, _) = honest(vec![(status, vec![("Location", format!("http://127.0.0.1:{elsewhere}/"))])]);
        let delivery = plan(port, "").patient().send();
        assert!(failure(&delivery).en.contains("redirects"), "{delivery:?}");
    }
    assert!(reached.lock().unwrap().is_empty());
}

#[test]
fn receivers_may_ask_for_time_but_not_for_any() {
    // An hour is cut to the longest wait, so this ends.
    let (port, _) = honest(vec![(429, vec![("Retry-After", "3600".to_owned())]), (200, Vec::new())]);
    let delivery = plan(port, "").patient().send();
    assert!(delivery.outcome.is_ok() && delivery.took >= PACE.longest, "{delivery:?}");
    let moment = "Wed, 21 Oct 2099 07:28:00 GMT".to_owned();
    let (port, _) = honest(vec![(503, vec![("Retry-After", moment)]), (200, Vec::new())]);
    let delivery = plan(port, "").patient().send();
    assert!(delivery.outcome.is_ok() && delivery.took >= PACE.longest, "{delivery:?}");
    for odd in ["-1", "soon", "99999999999999999999999", "Wed, 21 Oct 1999 07:28:00 GMT"] {
        let (port, _) = honest(vec![(503, vec![("Retry-After", odd.to_owned())]), (200, Vec::new())]);
        assert!(plan(port, "").patient().send().outcome.is_ok(), "{odd}");
    }
    // Where no time is left for it, the wait is not begun.
    let (port, seen) = honest(vec![(429, vec![("Retry-After", "3600".to_owned())])]);
    let pace = Pace { longest: Duration::from_secs(3_600), all: Duration::from_secs(60), ..PACE };
    let delivery = plan(port, "").patient().send_at(pace);
    assert_eq!((delivery.attempts, seen.lock().unwrap().len()), (1, 1));
}

/// Reads a request to its end, which is known by the JSON's.
fn request(stream: &mut impl Read) -> io::Result<()> {
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !seen.ends_with(b"}\n") {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&buffer[..n]);
    }
    Ok(())
}

/// Says this once the request was read, and closes.
fn answering(answer: &'static [u8]) -> (u16, Arc<AtomicUsize>) {
    server(move |mut stream| {
        request(&mut stream)?;
        stream.write_all(answer)
    })
}

fn endless(stream: &mut impl Write, piece: &[u8]) -> io::Result<()> {
    loop {
        stream.write_all(piece)?;
    }
}

#[test]
fn who_does_not_answer_is_given_up() {
    type Serve = fn(TcpStream) -> io::Result<()>;
    let hangs: [(&str, Serve); 4] = [
        ("silence", |mut stream| {
            thread::sleep(8 * TIMEOUT);
            stream.flush()
        }),
        ("half a status line", |mut stream| {
            request(&mut stream)?;
            stream.write_all(b"HTTP/1.1 20")?;
            thread::sleep(8 * TIMEOUT);
            Ok(())
        }),
        ("a letter now and then", |mut stream| {
            request(&mut stream)?;
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
                stream.write_all(&[*byte])?;
                thread::sleep(TIMEOUT / 10);
            }
            Ok(())
        }),
        ("interim answers without end", |mut stream| {
            request(&mut stream)?;
            loop {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                thread::sleep(TIMEOUT / 50);
            }
        }),
    ];
    for (what, serve) in hangs {
        let (port, count) = server(serve);
        let delivery = plan(port, ", retries: 1").send();
        let text = failure(&delivery);
        assert!(
            text.en.contains("no complete answer within 250 ms") || text.en.contains("not HTTP"),
            "{what}: {text:?}"
        );
        assert_eq!((delivery.attempts, count.load(Ordering::SeqCst)), (2, 2), "{what}");
        assert!(delivery.took < 40 * TIMEOUT, "{what}: {delivery:?}");
    }
}

#[test]
fn who_does_not_speak_http_has_got_nothing() {
    let answers: [(&[u8], &str); 7] = [
        (b"", "closed too early"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "not HTTP"),
        (b"\x16\x03\x01\x00\x05hello", "not HTTP"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "not HTTP"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Len", "closed too early"),
        (b"HTTP/1.1 200 OK\r\n\x00\xff: \r\n\r\n", "not HTTP"),
    ];
    for (answer, expected) in answers {
        let (port, _) = answering(answer);
        let delivery = plan(port, ", retries: 1").patient().send();
        let text = failure(&delivery);
        assert!(text.en.contains(expected), "{answer:?}: {text:?}");
        assert_eq!(delivery.attempts, 2);
    }
}

#[test]
fn who_closes_at_once_has_got_nothing() {
    let (port, count) = server(|stream| stream.shutdown(std::net::Shutdown::Both));
    let delivery = plan(port, ", retries: 1").patient().send();
    assert!(failure(&delivery).en.contains("closed too early"), "{delivery:?}");
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn headers_without_end_are_cut_off() {
    let (port, _) = server(|mut stream| {
        request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        endless(&mut stream, b"X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
    });
    let delivery = plan(port, ", retries: 0").patient().send();
    assert!(failure(&delivery).en.contains("not HTTP"), "{delivery:?}");
}

#[test]
fn of_an_answer_only_the_status_matters() {
    let (endless_body, _) = server(|mut stream| {
        request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        endless(&mut stream, &[b'a'; 8192])
    });
    let (half_body, _) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
    let (bad_chunks, _) = answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    for port in [endless_body, half_body, bad_chunks] {
        let delivery = plan(port, ", retries: 0").patient().send();
        assert!(delivery.outcome.is_ok(), "{delivery:?}");
    }
    let (hanging_body, _) = server(|mut stream| {
        request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")?;
        thread::sleep(80 * TIMEOUT);
        Ok(())
    });
    let mut plan = plan(hanging_body, ", retries: 0");
    // Long enough for a slow machine to get the head of the answer.
    plan.spec.webhooks[0].timeout = 4 * TIMEOUT;
    let delivery = plan.send();
    assert!(delivery.outcome.is_ok() && delivery.took < 80 * TIMEOUT, "{delivery:?}");
}

/// An encrypted server with a certificate for these names: its port, and what to trust.
fn https(names: &[&str]) -> (u16, String) {
    let (config, pem) = certificate(names);
    let (port, _) = server(move |stream| {
        let mut stream = encrypted(stream, &config);
        request(&mut stream)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        stream.conn.send_close_notify();
        stream.flush()
    });
    (port, pem)
}

fn encrypted_plan(port: u16, more: &str) -> Plan {
    Plan::new(&format!("webhook: {{ url: \"https://localhost:{port}/\"{more} }}")).patient()
}

#[test]
fn an_authority_of_ones_own_is_trusted_where_it_is_named() {
    let (port, pem) = https(&["localhost"]);
    let delivery = encrypted_plan(port, ", ca_file: ca.pem").with("ca.pem", &pem).send();
    assert!(delivery.outcome.is_ok(), "{delivery:?}");
    let (other, _) = https(&["elsewhere.example"]);
    for plan in [
        // Nobody vouches for it; somebody else's does not.
        encrypted_plan(port, ""),
        encrypted_plan(other, ", ca_file: ca.pem").with("ca.pem", &pem),
    ] {
        let delivery = plan.send();
        assert!(failure(&delivery).en.contains("ca_file"), "{delivery:?}");
        assert_eq!(delivery.attempts, 1, "a certificate does not change by the second");
    }
}

#[test]
fn a_certificate_is_for_one_name() {
    let (port, pem) = https(&["elsewhere.example"]);
    let delivery = encrypted_plan(port, ", ca_file: ca.pem").with("ca.pem", &pem).send();
    assert!(failure(&delivery).en.contains("for another name"), "{delivery:?}");
}

#[test]
fn who_does_not_speak_tls_gets_nothing() {
    let (port, _) = server(|mut stream| {
        let mut hello = [0; 64];
        stream.read_exact(&mut hello)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")
    });
    let delivery = encrypted_plan(port, "").send();
    assert!(failure(&delivery).en.contains("TLS"), "{delivery:?}");
    let (port, _) = server(|stream| {
        thread::sleep(8 * TIMEOUT);
        drop(stream);
        Ok(())
    });
    let plan = Plan::new(&format!("webhook: {{ url: \"https://localhost:{port}/\", retries: 0 }}"));
    assert!(failure(&plan.send()).en.contains("within 250 ms"));
}

#[test]
fn a_host_that_does_not_exist_is_not_found() {
    let plan = Plan::new("webhook: { url: \"http://no-such-host.invalid/\", retries: 1 }").patient();
    let delivery = plan.send();
    assert!(failure(&delivery).en.contains("no host of that name"), "{delivery:?}");
    assert_eq!(delivery.attempts, 2);
}
