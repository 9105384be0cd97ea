//! Keys and values as two parties compare them who do not show them to each other: sealed with a key that both have.
//!
//! HMAC-SHA256 as the library has it. A value is sealed together with the key of its row and the place of its attribute, so
//! that two rows which say the same do not look the same, and nobody can count how often a name occurs.

use std::fmt;
use std::sync::Arc;

use ring::hmac::{self, Context, HMAC_SHA256, Key};

use super::batch::{Batch, ColumnId};
use super::column::ColumnType;
use super::key::{self, Absent, KeyValues, Keys, never_packed};
use super::likeness::Likeness;
use super::memory::Cell;

/// What two parties share and nobody else may know. Nothing prints it.
#[derive(Clone)]
pub struct SharedKey(Vec<u8>);

/// The fewest bytes, and how many different ones a random key has at the very least: of 16 bytes fewer than one key in a
/// million has no more than 9.
const SHORTEST: usize = 16;
const DIFFERENT: usize = 10;

impl SharedKey {
    /// A key as it is written: 32 hexadecimal digits or more. `None` for anything else, and for what is no random number.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> =
            text.trim().chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let mut different = bytes.clone();
        different.sort_unstable();
        different.dedup();
        let repeats = |after: usize| bytes.iter().skip(after).eq(bytes.iter().take(bytes.len() - after));
        let random = different.len() >= DIFFERENT && !(1..=bytes.len() / 2).any(repeats);
        (bytes.len() >= SHORTEST && random).then_some(Self(bytes))
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey")
    }
}

/// Seals for one purpose: whatever was sealed for another, or with another key, is never the same.
pub struct Seal {
    digests: Key,
    file: Key,
    check: [u8; 16],
}

/// What a message is, so that none is ever taken for another.
const KEY: u8 = 1;
const VALUE: u8 = 2;

impl Seal {
    pub fn new(key: &SharedKey, purpose: &[u8]) -> Self {
        let of = |key: &Key, parts: &[&[u8]]| {
            let mut context = Context::with_key(key);
            parts.iter().for_each(|part| context.update(part));
            context.sign()
        };
        let shared = Key::new(HMAC_SHA256, &key.0);
        let own = of(&shared, &[b"thuocdo digests 1\0", purpose]);
        let own = Key::new(HMAC_SHA256, own.as_ref());
        let derived = |name: &[u8]| Key::new(HMAC_SHA256, of(&own, &[name]).as_ref());
        let check = first_half(of(&own, &[b"check"]).as_ref()).to_be_bytes();
        Self { digests: derived(b"digests"), file: derived(b"file"), check }
    }

    /// Tells keys and purposes apart without telling them.
    pub fn check(&self) -> [u8; 16] {
        self.check
    }

    /// For a file, from its first byte on.
    pub fn file(&self) -> FileSeal {
        FileSeal(Context::with_key(&self.file))
    }

    /// The keys of a batch, sealed.
    pub fn keys(&self, keys: Keys) -> Keys {
        let sealed = |row| if keys.has_key.value(row) { self.key(keys.values.wide(row)) } else { 0 };
        let values = KeyValues::Wide((0..keys.values.len()).map(sealed).collect());
        Keys { values, has_key: keys.has_key }
    }

    fn key(&self, key: u128) -> u128 {
        let mut message = [KEY; 17];
        message[1..].copy_from_slice(&key.to_be_bytes());
        never_packed(first_half(hmac::sign(&self.digests, &message).as_ref()))
    }

    /// What stands for a value; `level` tells parts of it apart.
    fn value(&self, attribute: u32, level: u8, key: u128, value: i128) -> u128 {
        let mut message = [VALUE; 38];
        message[1] = level;
        message[2..6].copy_from_slice(&attribute.to_be_bytes());
        message[6..22].copy_from_slice(&key.to_be_bytes());
        message[22..].copy_from_slice(&value.to_be_bytes());
        first_half(hmac::sign(&self.digests, &message).as_ref())
    }
}

/// Over the bytes of a file as they are written or read.
pub struct FileSeal(Context);

impl FileSeal {
    /// Bytes of what [`FileSeal::finish`] gives.
    pub const BYTES: usize = 32;

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// What stands at the end of a file that is as it was written.
    pub fn finish(self) -> Vec<u8> {
        self.0.sign().as_ref().to_vec()
    }
}

fn first_half(tag: &[u8]) -> u128 {
    tag.iter().take(16).fold(0, |half, &byte| half << 8 | u128::from(byte))
}

impl PartialEq for Seal {
    fn eq(&self, other: &Self) -> bool {
        self.check == other.check
    }
}

impl Eq for Seal {}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// A column of compared values, each sealed together with the key of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    pub column: ColumnId,
    pub likeness: Likeness,
    /// Its place among the attributes that both parties agreed on.
    pub attribute: u32,
    pub key: Vec<ColumnId>,
    pub types: Vec<ColumnType>,
    pub seal: Arc<Seal>,
}

impl SealedColumn {
    /// A row without a key has no value.
    pub fn cells(&self, batch: &Batch<'_>) -> Vec<Cell> {
        let keys = key::keys(batch, &self.key, &self.types, Absent::Skip);
        let sealed = |(row, cell)| match cell {
            Cell::Value(value) if keys.has_key.value(row) => {
                let key = keys.values.wide(row);
                let tag = |level, part| self.seal.value(self.attribute, level, key, part);
                Cell::Value(self.likeness.sealed(value, tag))
            }
            Cell::Unreadable if keys.has_key.value(row) => Cell::Unreadable,
            _ => Cell::Absent,
        };
        self.likeness.cells(batch, self.column).into_iter().enumerate().map(sealed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "000102030405060708090a0b0c0d0e0f";

    fn seal(text: &str, purpose: &[u8]) -> Seal {
        Seal::new(&SharedKey::parse(text).unwrap(), purpose)
    }

    #[test]
    fn keys_are_long_random_numbers() {
        assert!(SharedKey::parse(&format!(" {}\r\n", TEXT.to_uppercase())).is_some());
        for text in [
            "",
            "mật khẩu",
            "000102030405060708090a0b0c0d0e",
            "000102030405060708090a0b0c0d0e0f1",
            "00000000000000000000000000000000",
            "0001020304050607 08090a0b0c0d0e0f",
            "0123012301230123012301230123012301230123012301230123012301230123",
        ] {
            assert!(SharedKey::parse(text).is_none(), "{text}");
        }
        assert_eq!(format!("{:?}", SharedKey::parse(TEXT)), "Some(SharedKey)");
    }

    /// Computed with another implementation of HMAC (Python's `hmac` and `hashlib`).
    #[test]
    fn what_is_sealed_is_the_published_function() {
        let seal = seal(TEXT, b"purpose");
        assert_eq!(format!("{:032x}", u128::from_be_bytes(seal.check())), CHECK);
        assert_eq!(format!("{:032x}", seal.key(7)), SEALED_KEY);
        assert_eq!(format!("{:032x}", seal.value(3, 1, 7, 42)), SEALED_VALUE);
    }

    const CHECK: &str = "e8a8aa7bd92964fc24779c26a0b06531";
    const SEALED_KEY: &str = "ed1f8afc2f830971d2153d172933ccd7";
    const SEALED_VALUE: &str = "6722d41ec68a366c41f415be70d62837";

    #[test]
    fn another_key_purpose_row_or_attribute_is_another_seal() {
        let one = seal(TEXT, b"a");
        let other_key = seal(&TEXT.replace("0f", "1f"), b"a");
        let other_purpose = seal(TEXT, b"b");
        assert!(one == seal(TEXT, b"a") && one != other_key && one != other_purpose);
        let mut tags: Vec<u128> = [&one, &other_key, &other_purpose].map(|seal| seal.key(7)).to_vec();
        tags.extend([one.key(8), one.value(0, 0, 7, 1), one.value(1, 0, 7, 1), one.value(0, 1, 7, 1)]);
        tags.extend([one.value(0, 0, 8, 1), one.value(0, 0, 7, 2)]);
        let all = tags.len();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), all);
        assert!(one.key(7) >> 64 > 0, "no packed key");
    }
}
