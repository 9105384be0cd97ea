//! `hex_digest`: the digest of a file or text, in hexadecimal digits.

use super::repair::judged;
use crate::format::ascii::all_same;
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason =
    Reason::new("not 32, 40 or 64 hexadecimal digits", "không phải 32, 40 hoặc 64 chữ số thập lục phân");
const LENGTH: Reason =
    Reason::new("not as long as this algorithm's digests are", "sai độ dài của thuật toán này");
const MIXED: Reason = Reason::new("capitals and small letters are mixed", "lẫn lộn chữ hoa và chữ thường");
const REPEATED: Reason = Reason::new("one digit repeated", "một chữ số lặp lại");
const EMPTY: Reason = Reason::new("the digest of nothing at all", "giá trị băm của dữ liệu rỗng");
const WRITING: Reason = Reason::new(
    "a label in front, or separators between the digits",
    "có nhãn ở trước, hoặc dấu cách giữa các chữ số",
);

static ARGUMENTS: [Argument; 1] = [Argument {
    name: "algorithm",
    words: &["md5", "sha1", "sha256"],
    about: Reason::new(
        "Which algorithm made the digests; any of the three, if not given.",
        "Thuật toán đã dùng; nếu không nêu thì là một trong ba.",
    ),
}];

/// `hex_digest`: of any of the algorithms.
pub struct HexDigest;

#[derive(Clone, Copy)]
struct Algorithm {
    name: &'static str,
    digits: usize,
    /// What it makes of no bytes.
    empty: &'static [u8],
}

static ALGORITHMS: [Algorithm; 3] = [
    Algorithm { name: "md5", digits: 32, empty: b"d41d8cd98f00b204e9800998ecf8427e" },
    Algorithm { name: "sha1", digits: 40, empty: b"da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    Algorithm {
        name: "sha256",
        digits: 64,
        empty: b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
];

/// What each byte is: a digit, a capital or a small letter; 8 for anything else.
static CLASS: [u8; 256] = {
    let mut table = [8; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => 0,
            b'A'..=b'F' => 1,
            b'a'..=b'f' => 2,
            _ => 8,
        };
        byte += 1;
    }
    table
};

fn check(value: &[u8]) -> Check {
    let Some(algorithm) = ALGORITHMS.iter().find(|known| known.digits == value.len()) else {
        return Err(SHAPE);
    };
    let seen = value.iter().fold(0, |seen, &byte| seen | CLASS[usize::from(byte)]);
    if seen >= 8 {
        return Err(SHAPE);
    }
    Ok(if seen == 3 {
        Some(MIXED)
    } else if all_same(value) {
        Some(REPEATED)
    } else if value.eq_ignore_ascii_case(algorithm.empty) {
        Some(EMPTY)
    } else {
        None
    })
}

impl Algorithm {
    fn check(&self, value: &[u8]) -> Check {
        match check(value) {
            Ok(_) if value.len() != self.digits => Err(LENGTH),
            checked => checked,
        }
    }
}

/// The digits without a label (`sha256:`, `\x`, `0x`) and without colons or spaces between pairs.
fn repair(value: &str) -> Option<String> {
    let bare = ALGORITHMS.iter().find_map(|algorithm| {
        let (head, rest) = value.split_at_checked(algorithm.name.len())?;
        let labelled = head.eq_ignore_ascii_case(algorithm.name) && rest.starts_with([':', '=', '-']);
        // A label that contradicts the length makes the value doubtful.
        labelled.then(|| &rest[1..])
    });
    let bare = bare.or_else(|| ["0x", "0X", "\\x"].iter().find_map(|label| value.strip_prefix(label)));
    let whole: String = bare.unwrap_or(value).chars().filter(|c| !matches!(c, ':' | ' ' | '-')).collect();
    (whole != value).then_some(whole)
}

impl Format for HexDigest {
    fn name(&self) -> &'static str {
        "hex_digest"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Digest in hexadecimal digits: MD5, SHA-1 or SHA-256",
            "Giá trị băm dạng thập lục phân: MD5, SHA-1 hoặc SHA-256",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "32 hexadecimal digits for MD5 (RFC 1321), 40 for SHA-1, 64 for SHA-256 (FIPS 180-4), in capitals \
             or small letters; `algorithm` admits one of them. Mixed cases, one digit repeated, and the digest \
             of no bytes, which betrays an empty file, are unusual. A label (sha256:) and separators are \
             repairable. The digest itself is not checked: only the file could tell.",
            "32 chữ số thập lục phân cho MD5 (RFC 1321), 40 cho SHA-1, 64 cho SHA-256 (FIPS 180-4), chữ hoa \
             hoặc chữ thường; `algorithm` chỉ cho phép một loại. Lẫn lộn hoa thường, một chữ số lặp lại, và giá \
             trị băm của dữ liệu rỗng, dấu hiệu của tệp rỗng, là bất thường. Nhãn (sha256:) và dấu cách sửa \
             được. Không kiểm tra bản thân giá trị băm vì cần có tệp gốc.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("900150983cd24fb0d6963f7d28e17f72", "valid"),
            ("A9993E364706816ABA3E25717850C26C9CD0D89D", "valid"),
            ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "valid"),
            ("d41d8cd98f00b204e9800998ecf8427e", "unusual"),
            ("00000000000000000000000000000000", "unusual"),
            ("900150983CD24FB0d6963f7d28e17f72", "unusual"),
            ("md5:900150983cd24fb0d6963f7d28e17f72", "repairable"),
            ("90:01:50:98:3c:d2:4f:b0:d6:96:3f:7d:28:e1:7f:72", "repairable"),
            ("900150983cd24fb0d6963f7d28e17f7", "invalid"),
            ("g00150983cd24fb0d6963f7d28e17f72", "invalid"),
            ("kAFQmDzST7DWlj99KOF/cg==", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        &ARGUMENTS
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        let word = chosen.first().copied().flatten()?;
        let algorithm = ALGORITHMS.iter().find(|known| known.name == word)?;
        Some(Box::new(*algorithm))
    }
}

impl Judge for HexDigest {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || {
            let whole = repair(value)?;
            check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, WRITING))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

impl Judge for Algorithm {
    fn judge(&self, value: &str) -> Verdict {
        judged(self.check(value.as_bytes()), || {
            let whole = repair(value)?;
            self.check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, WRITING))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        self.check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn digest_of_nothing() {
        let hex: String = sha2::Sha256::digest(b"").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.as_bytes(), ALGORITHMS[2].empty);
    }

    #[test]
    fn one_algorithm() {
        let sha1 = HexDigest.choose(&[Some("sha1")]).expect("an algorithm");
        assert_eq!(sha1.judge("900150983cd24fb0d6963f7d28e17f72"), Verdict::Invalid(LENGTH));
        assert!(sha1.accepts("a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert!(HexDigest.choose(&[None]).is_none());
    }
}
