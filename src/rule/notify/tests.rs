use std::sync::Arc;

use super::*;
use crate::base::diagnostic::SourceText;
use crate::rule::node;

fn read_text(text: &str) -> (Option<NotifySpec>, Reader) {
    let file = Arc::new(SourceText { name: "nightly.yaml".to_owned(), text: text.to_owned() });
    let tree = node::parse(&file).unwrap();
    let mut reader = Reader::new(file);
    let spec = read(&tree, &mut reader);
    (spec, reader)
}

fn sound(text: &str) -> NotifySpec {
    let (spec, reader) = read_text(text);
    assert!(reader.diagnostics.is_empty(), "{:?}", reader.diagnostics);
    spec.unwrap()
}

fn wrong(text: &str) -> Vec<String> {
    read_text(text).1.diagnostics.into_iter().map(|diagnostic| diagnostic.what.en).collect()
}

#[test]
fn everything_that_can_be_said_is_read() {
    let spec = sound(
        "on: [grade_fell, incomplete]\nlang: vi\n\
         webhook:\n  - { url: \"https://hooks.example.vn/a?b=c\", timeout: 5s, retries: 0, ca_file: ca.pem,\n      \
         headers: { Authorization: { env: HOOK_TOKEN }, X-Team: du lieu 1 } }\n  - { url: { file: /run/hook } }\n\
         mail: { server: smtp.example.vn, from: dem@example.vn, to: [a@example.vn, b@example.vn], user: dem,\n  \
         password: { file: pass.txt }, timeout: 1m, retries: 1 }\n",
    );
    assert_eq!(spec.on, BTreeSet::from([Trigger::GradeFell, Trigger::Incomplete]));
    assert_eq!(spec.lang, Some(Lang::Vi));
    let [first, second] = spec.webhooks.as_slice() else { panic!("{spec:?}") };
    assert_eq!((first.timeout, first.retries), (Duration::from_secs(5), 0));
    assert_eq!(first.ca_file.as_ref().unwrap().path, "ca.pem");
    let Word::Secret(Secret { kept: Kept::Env(name), place }) = &first.headers[0].1 else {
        panic!("{first:?}")
    };
    assert_eq!((name.as_str(), place.line_column().0), ("HOOK_TOKEN", 5));
    assert_eq!(first.headers[1], ("X-Team".to_owned(), Word::Plain("du lieu 1".to_owned())));
    assert!(
        matches!(&second.url, Word::Secret(Secret { kept: Kept::File(path), .. }) if path == "/run/hook")
    );
    assert_eq!((second.timeout, second.retries), (Duration::from_secs(10), 3));
    let mail = &spec.mails[0];
    assert_eq!((mail.port, mail.security, mail.to.len()), (587, Security::StartTls, 2));
    assert_eq!((mail.timeout, mail.retries), (Duration::from_secs(60), 1));
    assert_eq!(mail.login.as_ref().unwrap().0, "dem");
}

#[test]
fn what_is_left_out_has_a_default() {
    let spec = sound("mail: { server: 10.0.0.1, security: none, from: a@b, to: c@d }");
    assert_eq!(spec.on.len(), 3);
    assert_eq!((spec.lang, spec.mails[0].port, spec.mails[0].login.is_none()), (None, 25, true));
    assert_eq!(sound("mail: { server: m, security: tls, from: a@b, to: c@d }").mails[0].port, 465);
}

#[test]
fn every_error_is_told_at_once() {
    let found = wrong(
        "on: [grade_fel, incomplete]\nlang: fr\nwebhok: 1\n\
         webhook: { url: ftp://x, timeout: 1h, retries: 11, headers: { Host: a, \"b c\": d, Content-Type: e } }\n\
         mail: { server: \"smtp.example.vn:25\", port: 0, security: ssl, from: nobody, to: [], timeout: soon, user: u }\n",
    );
    assert_eq!(found.len(), 16, "{found:#?}");
    let (_, reader) = read_text("on: [grade_fel]\nwebhook: { url: \"https://x\" }");
    let hint = reader.diagnostics[0].hint.as_ref().unwrap();
    assert!(hint.en.contains("`grade_fell`"), "{hint:?}");
    assert_eq!(reader.diagnostics[0].place.as_ref().unwrap().line_column(), (1, 6));
    for (text, expected) in [
        ("on: []\nwebhook: { url: \"https://x\" }", "no reason"),
        ("lang: vi", "nobody"),
        ("webhook: { timeout: 1s }", "`url` is missing"),
        ("webhook: { url: \"https://u:p@x/\" }", "a user or a password"),
        ("webhook: { url: \"https://\" }", "malformed"),
        ("webhook: { url: \"https://x:99999/\" }", "malformed"),
        ("webhook: { url: \"https://x/\\r\\nA: b\" }", "malformed"),
        ("webhook: { url: { env: A, file: b } }", "one place"),
        ("webhook: { url: { } }", "one place"),
        ("webhook: { url: { env: \"\" } }", "empty"),
        ("webhook: { url: \"https://x\", headers: { A: b, a: c } }", "twice"),
        ("webhook: { url: \"https://x\", headers: { A: \"b\\nc\" } }", "ASCII"),
        ("mail: { server: s, from: a@b, to: [c@d], password: { env: P } }", "without a `user`"),
        ("mail: { server: s, from: \"a@b>\\nX: y\", to: [c@d] }", "no e-mail address"),
    ] {
        let found = wrong(text);
        assert!(found.len() == 1 && found[0].contains(expected), "{text}: {found:#?}");
    }
}

#[test]
fn secrets_in_plain_text_are_refused_and_not_repeated() {
    for text in [
        "webhok: 1\nmail: { server: s, from: a@b, to: [c@d], user: u, password: hunter22, port: x }",
        "webhook: { url: \"https://x\", retries: many, headers: { Authorization: \"Bearer hunter22\" } }",
        "webhook: { url: \"https://u:hunter22@x\", retries: many, headers: { X-Key: plain } }",
        "webhook: { url: \"https://x\", retries: many, headers: { X-Api-Key: \"ừ hunter22\" } }",
    ] {
        let (_, reader) = read_text(text);
        assert!(reader.diagnostics.iter().any(|found| found.what.en.contains("in plain text")), "{text}");
        assert!(reader.diagnostics.len() > 1, "{text}");
        for found in &reader.diagnostics {
            let shown = &found.place.as_ref().unwrap().file.text;
            assert!(!shown.contains("hunter22") && shown.len() == text.len(), "{shown}");
        }
    }
    let (_, reader) = read_text("webhook: { url: { env: \"https://x/hunter22\" } }");
    assert!(!reader.diagnostics[0].what.en.contains("hunter22"));
}

#[test]
fn secrets_do_not_travel_unencrypted() {
    let mail = "mail: { server: s, security: none, from: a@b, to: [c@d], user: u, password: { env: P } }";
    assert!(wrong(mail)[0].contains("unencrypted"));
    let webhook =
        |url: &str| wrong(&format!("webhook: {{ url: \"{url}\", headers: {{ A: {{ env: B }} }} }}"));
    assert!(webhook("http://example.vn/")[0].contains("unencrypted"));
    assert!(webhook("http://localhost.example.vn/")[0].contains("unencrypted"));
    for local in ["http://localhost:8080/x", "http://127.0.0.1/", "http://[::1]:80/"] {
        assert!(webhook(local).is_empty(), "{local}");
    }
}

#[test]
fn of_an_address_only_the_origin_is_shown() {
    let shown = |url: &str| Origin::of(url).unwrap().to_string();
    assert_eq!(shown("https://hooks.example.vn:8443/T000/secret?key=1#x"), "https://hooks.example.vn:8443");
    assert_eq!(shown("http://[::1]:80"), "http://[::1]:80");
}
