//! Records that hang on each other: each is hashed together with the hash of the one before. Whoever knows the last hash
//! knows them all; nobody can change, take out, put in or swap one without changing every hash after it.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::score::methodology::write_canonical;

/// What stands before the first record.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Keys sorted, no spaces: one text for one content.
pub fn canonical(content: &impl Serialize) -> String {
    // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
    let value = serde_json::to_value(content).unwrap_or_default();
    let mut text = String::new();
    write_canonical(&value, &mut text);
    text
}

/// SHA-256 of a text, 64 hexadecimal digits.
pub fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// The hash of a record: SHA-256 of the hash before it (64 hexadecimal digits), a line feed, and its body.
pub fn link(previous: &str, body: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(b"\n");
    hasher.update(body.as_bytes());
    hexadecimal(&hasher.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_what_anyone_can_compute() {
        // printf 'abc' | sha256sum
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(link(GENESIS, "{}"), digest(&format!("{GENESIS}\n{{}}")));
        assert_ne!(link(GENESIS, "{}"), link(&digest(""), "{}"));
    }
}
