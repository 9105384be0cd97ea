//! Checksums as lists of files state them, and those of the content.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::base::Text;
use crate::say;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Blake3,
}

impl Algorithm {
    const ALL: [Self; 6] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512, Self::Blake3];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Blake3 => "BLAKE3",
        }
    }

    /// Files that differ and have the same checksum can be made on purpose (RFC 6151 of MD5, RFC 8017 and NIST's notice of
    /// 15/12/2022 of SHA-1).
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// Bytes of the checksum.
    const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::Blake3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// `SHA-256`, `sha256`, `SHA_256`, `b3`, SPDX's `checksumAlgorithm_sha256`.
    pub fn named(name: &str) -> Option<Self> {
        let letters: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let letters = letters.rsplit("checksumalgorithm").next().unwrap_or_default();
        let known = |algorithm: &Self| algorithm.name().replace('-', "").eq_ignore_ascii_case(letters);
        if letters == "b3" { Some(Self::Blake3) } else { Self::ALL.into_iter().find(known) }
    }
}

/// A checksum that content is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// What it may be of: where only its length tells, SHA-256 or BLAKE3.
    algorithms: Vec<Algorithm>,
    digest: Vec<u8>,
}

/// Why a text is no checksum that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoChecksum {
    /// No algorithm has such checksums; otherwise only this program does not know it.
    pub wrong: bool,
    pub what: Text,
}

impl Checksum {
    /// Hexadecimal digits of either case, or Base64; `sha256:…` and `sha256-…` name the algorithm themselves.
    ///
    /// # Errors
    /// Why it cannot be compared.
    pub fn read(text: &str, algorithm: Option<&str>) -> Result<Self, NoChecksum> {
        let text = text.trim();
        let prefixed = [':', '-'].into_iter().find_map(|mark| {
            let (name, rest) = text.split_once(mark)?;
            Some((Algorithm::named(name)?, rest))
        });
        let (own, digits) = prefixed.map_or((None, text), |(own, rest)| (Some(own), rest));
        let stated = match algorithm.map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => Some(Algorithm::named(name).ok_or_else(unknown_algorithm)?),
            None => None,
        };
        let digest = bytes(digits).ok_or_else(malformed)?;
        let fits = |algorithm: &Algorithm| {
            algorithm.length() == digest.len()
                && [own, stated].iter().flatten().all(|named| named == algorithm)
        };
        let algorithms: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(fits).collect();
        if algorithms.is_empty() {
            return Err(malformed());
        }
        Ok(Self { algorithms, digest })
    }

    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The algorithm, and whether the content has this checksum.
    pub fn compare(&self, found: &BTreeMap<Algorithm, Vec<u8>>) -> (Algorithm, bool) {
        let has = |algorithm: &&Algorithm| found.get(algorithm) == Some(&self.digest);
        match self.algorithms.iter().find(has) {
            Some(algorithm) => (*algorithm, true),
            None => (self.algorithms[0], false),
        }
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    if digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let pairs = (0..digits.len()).step_by(2);
        return pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect();
    }
    BASE64_STANDARD.decode(digits).ok()
}

fn malformed() -> NoChecksum {
    NoChecksum {
        wrong: true,
        what: say!(
            "the checksum is not what its algorithm gives: its length or its characters are wrong",
            "mã kiểm tra không đúng dạng của thuật toán: sai độ dài hoặc sai ký tự"
        ),
    }
}

fn unknown_algorithm() -> NoChecksum {
    NoChecksum {
        wrong: false,
        what: say!(
            "the checksum is of an algorithm that this program does not know; it knows MD5, SHA-1, SHA-256, SHA-384, SHA-512 and BLAKE3",
            "mã kiểm tra theo thuật toán mà chương trình này không biết; các thuật toán dùng được: MD5, SHA-1, SHA-256, SHA-384, SHA-512, BLAKE3"
        ),
    }
}

/// Checksums of content that comes block by block.
pub struct Digests {
    sha256: Sha256,
    md5: Option<Md5>,
    sha1: Option<Context>,
    sha384: Option<Sha384>,
    sha512: Option<Sha512>,
    blake3: Option<blake3::Hasher>,
}

impl Digests {
    /// SHA-256 always, and what else is asked for.
    pub fn new(wanted: &BTreeSet<Algorithm>) -> Self {
        let wants = |algorithm| wanted.contains(&algorithm);
        Self {
            sha256: Sha256::new(),
            md5: wants(Algorithm::Md5).then(Md5::new),
            sha1: wants(Algorithm::Sha1).then(|| Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            sha384: wants(Algorithm::Sha384).then(Sha384::new),
            sha512: wants(Algorithm::Sha512).then(Sha512::new),
            blake3: wants(Algorithm::Blake3).then(blake3::Hasher::new),
        }
    }

    pub fn update(&mut self, block: &[u8]) {
        self.sha256.update(block);
        self.md5.iter_mut().for_each(|hasher| hasher.update(block));
        self.sha1.iter_mut().for_each(|hasher| hasher.update(block));
        self.sha384.iter_mut().for_each(|hasher| hasher.update(block));
        self.sha512.iter_mut().for_each(|hasher| hasher.update(block));
        self.blake3.iter_mut().for_each(|hasher| {
            hasher.update(block);
        });
    }

    pub fn finish(self) -> BTreeMap<Algorithm, Vec<u8>> {
        let all = [
            Some((Algorithm::Sha256, self.sha256.finalize().to_vec())),
            self.md5.map(|hasher| (Algorithm::Md5, hasher.finalize().to_vec())),
            self.sha1.map(|hasher| (Algorithm::Sha1, hasher.finish().as_ref().to_vec())),
            self.sha384.map(|hasher| (Algorithm::Sha384, hasher.finalize().to_vec())),
            self.sha512.map(|hasher| (Algorithm::Sha512, hasher.finalize().to_vec())),
            self.blake3.map(|hasher| (Algorithm::Blake3, hasher.finalize().as_bytes().to_vec())),
        ];
        all.into_iter().flatten().collect()
    }
}

/// As hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `md5sum`, `sha1sum` … and `b3sum` say of the text `abc` (RFC 1321 A.5, FIPS 180-4; BLAKE3 by its reference).
    const ABC: [(Algorithm, &str); 6] = [
        (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
        (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Algorithm::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
        (
            Algorithm::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (Algorithm::Blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
    ];

    fn of(content: &[u8]) -> BTreeMap<Algorithm, Vec<u8>> {
        let mut digests = Digests::new(&Algorithm::ALL.into());
        content.chunks(2).for_each(|block| digests.update(block));
        digests.finish()
    }

    #[test]
    fn content_has_the_published_checksums() {
        let found = of(b"abc");
        for (algorithm, digits) in ABC {
            assert_eq!(hex(&found[&algorithm]), digits, "{algorithm:?}");
            let base64 = BASE64_STANDARD.encode(&found[&algorithm]);
            let texts = [
                digits.to_owned(),
                digits.to_uppercase(),
                format!(" {digits}\n"),
                base64.clone(),
                format!("{}:{digits}", algorithm.name().to_lowercase().replace('-', "")),
                format!("{}-{base64}", algorithm.name().to_lowercase().replace('-', "")),
            ];
            for text in texts {
                let alone = Checksum::read(&text, None).unwrap();
                assert_eq!(alone.compare(&found), (algorithm, true), "{text}");
                assert!(!alone.compare(&of(b"abd")).1);
                let named = Checksum::read(&text, Some(algorithm.name())).unwrap();
                assert_eq!(named.compare(&found), (algorithm, true), "{text}");
            }
        }
        assert_eq!(Digests::new(&BTreeSet::new()).finish().len(), 1);
    }

    #[test]
    fn a_checksum_of_another_algorithm_is_not_taken_for_it() {
        let blake3 = Checksum::read(ABC[5].1, Some("SHA-256")).unwrap();
        assert_eq!(blake3.compare(&of(b"abc")), (Algorithm::Sha256, false));
        for (text, algorithm) in
            [("", None), ("900150983cd24fb0d6963f7d28e17f7", None), ("xyz!", None), (ABC[0].1, Some("sha1"))]
        {
            assert!(Checksum::read(text, algorithm).unwrap_err().wrong, "{text}");
        }
        assert!(Checksum::read(&format!("md5:{}", ABC[2].1), None).unwrap_err().wrong);
        assert!(!Checksum::read(ABC[2].1, Some("SM3")).unwrap_err().wrong);
    }

    #[test]
    fn algorithms_have_many_spellings() {
        for (name, algorithm) in [
            ("SHA-256", Some(Algorithm::Sha256)),
            ("sha_512", Some(Algorithm::Sha512)),
            ("http://spdx.org/rdf/terms#checksumAlgorithm_sha1", Some(Algorithm::Sha1)),
            ("B3", Some(Algorithm::Blake3)),
            ("SHA3-256", None),
            ("HMAC-SHA256", None),
            ("", None),
        ] {
            assert_eq!(Algorithm::named(name), algorithm, "{name}");
        }
    }
}
