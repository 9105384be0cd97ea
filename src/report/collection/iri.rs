//! Names for things that have no address on the web: `urn:thuocdo:KIND:NAME…`, so that nobody is promised a page.

use std::fmt::Write as _;

/// The name of a thing: what it is, and ids from the outside in.
pub fn of(kind: &str, ids: &[&str]) -> String {
    let mut iri = format!("urn:thuocdo:{kind}");
    for id in ids {
        iri.push(':');
        for byte in id.bytes() {
            // RFC 3986: what is not reserved stays.
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                iri.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(iri, "%{byte:02X}");
            }
        }
    }
    iri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_letters_that_every_reader_of_iris_takes() {
        assert_eq!(
            of("rule", &["so", "a:b", "ệ\"\u{202e}"]),
            "urn:thuocdo:rule:so:a%3Ab:%E1%BB%87%22%E2%80%AE"
        );
        assert_ne!(of("rule", &["a:b"]), of("rule", &["a", "b"]));
    }
}
