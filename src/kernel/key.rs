//! Keys: values by which rows are told apart, packed into integers where that is exact.

use arrow::buffer::BooleanBuffer;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::batch::{Batch, ColumnId};
use super::column::ColumnType;
use super::number::{self, Parsed};

/// What a key rule asks of keys once all were seen.
#[derive(Clone, Debug)]
pub struct KeySpec {
    pub columns: Vec<ColumnId>,
    /// How a row with an absent part is treated.
    pub absent: Absent,
    pub judge: KeyJudge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// A row whose key has an absent part has no key: not applicable.
    Skip,
    /// Absent equals absent; every row has a key.
    Equal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyJudge {
    /// A row passes if no other row of the table has its key.
    Unique,
    /// A row passes if the other table has its key.
    In { table: String, columns: Vec<String> },
}

/// The keys of a batch, row by row.
#[derive(Clone, Debug)]
pub struct Keys {
    pub values: KeyValues,
    /// Rows that have a key.
    pub has_key: BooleanBuffer,
}

/// Keys are comparable within one representation; [`KeyValues::into_digests`] brings both together.
#[derive(Clone, Debug)]
pub enum KeyValues {
    /// Digits of up to 18 characters, leading zeros kept: exact, not hashed.
    Packed(Vec<u64>),
    /// Keyed 128-bit digests.
    Digest(Vec<u128>),
}

impl KeyValues {
    pub fn len(&self) -> usize {
        match self {
            Self::Packed(keys) => keys.len(),
            Self::Digest(keys) => keys.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same keys as digests.
    pub fn into_digests(self) -> Vec<u128> {
        match self {
            Self::Packed(keys) => keys.into_iter().map(digest_packed).collect(),
            Self::Digest(keys) => keys,
        }
    }
}

/// The key of the digest. Fixed, so that digests of different runs and machines are comparable.
const SEED: u64 = 0x7468_756f_6320_646f;

/// 128-bit digest of a canonical value.
pub fn digest(bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, SEED)
}

const MOST_DIGITS: usize = 18;

/// A string of up to 18 digits as an integer; `007` and `7` differ.
pub fn pack(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() > MOST_DIGITS {
        return None;
    }
    let mut value: u64 = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value + shorter_than(bytes.len()))
}

/// How many strings of digits are shorter than `length`.
const fn shorter_than(length: usize) -> u64 {
    let (mut total, mut power, mut at) = (0, 1, 0);
    while at < length {
        total += power;
        power *= 10;
        at += 1;
    }
    total
}

/// Digest of the text that was packed.
pub fn digest_packed(packed: u64) -> u128 {
    let length = (0..=MOST_DIGITS).rev().find(|&length| packed >= shorter_than(length)).unwrap_or(0);
    let digits = format!("{:0length$}", packed - shorter_than(length));
    digest(if length == 0 { b"" } else { digits.as_bytes() })
}

/// The keys of a batch over one or several columns, from canonical values: text NFC and trimmed, integers without
/// leading zeros where the column is declared as such, dates in ISO form.
pub fn keys(batch: &Batch<'_>, columns: &[ColumnId], types: &[ColumnType], absent: Absent) -> Keys {
    let mut has_key = batch.all();
    if absent == Absent::Skip {
        for &column in columns {
            has_key = &has_key & batch.present(column);
        }
    }
    if let ([column], [ty], Absent::Skip) = (columns, types, absent) {
        return Keys { values: single(batch, *column, *ty, &has_key), has_key };
    }
    let mut bytes = Vec::new();
    let digests = (0..batch.rows())
        .map(|row| {
            if !has_key.value(row) {
                return 0;
            }
            bytes.clear();
            for (&column, &ty) in columns.iter().zip(types) {
                // Length-prefixed, so that ("a", "bc") and ("ab", "c") differ; absent has a prefix of its own.
                if batch.present(column).value(row) {
                    let text = batch.canonical(column).get(row).unwrap_or_default();
                    let text = canonical_key(text, ty);
                    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
                    bytes.extend_from_slice(text.as_bytes());
                } else {
                    bytes.extend_from_slice(&u64::MAX.to_le_bytes());
                }
            }
            digest(&bytes)
        })
        .collect();
    Keys { values: KeyValues::Digest(digests), has_key }
}

fn single(batch: &Batch<'_>, column: ColumnId, ty: ColumnType, has_key: &BooleanBuffer) -> KeyValues {
    let text = batch.canonical(column);
    let value = |row: usize| canonical_key(text.get(row).unwrap_or_default(), ty);
    let mut packed = Vec::with_capacity(batch.rows());
    for row in 0..batch.rows() {
        if !has_key.value(row) {
            packed.push(0);
        } else if let Some(key) = pack(&value(row)) {
            packed.push(key);
        } else {
            // One value that does not pack: the whole batch as digests.
            let digests = (0..batch.rows())
                .map(|row| if has_key.value(row) { digest(value(row).as_bytes()) } else { 0 });
            return KeyValues::Digest(digests.collect());
        }
    }
    KeyValues::Packed(packed)
}

/// Numbers are compared as numbers: `007` and `7` are one integer, `1.50` and `1.5` one decimal.
fn canonical_key(text: &str, ty: ColumnType) -> std::borrow::Cow<'_, str> {
    match ty {
        ColumnType::Integer => match number::integer(text) {
            Parsed::Value(value) if needs_rewriting(text) => value.to_string().into(),
            _ => text.into(),
        },
        ColumnType::Decimal => match number::decimal(text) {
            Parsed::Value(value) => number::show_decimal(value).into(),
            _ => text.into(),
        },
        _ => text.into(),
    }
}

fn needs_rewriting(integer: &str) -> bool {
    matches!(integer.as_bytes(), [b'+', ..] | [b'0', _, ..] | [b'-', b'0', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_exact() {
        let texts = ["", "0", "00", "7", "07", "007", "12", "999999999999999999", "001099012345"];
        let packed: Vec<u64> = texts.iter().map(|text| pack(text).expect("digits")).collect();
        let mut distinct = packed.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), texts.len());
        for (text, key) in texts.iter().zip(packed) {
            assert_eq!(digest_packed(key), digest(text.as_bytes()), "{text}");
        }
        assert_eq!(pack("1234567890123456789"), None);
        assert_eq!(pack("12a"), None);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert_eq!(canonical_key("007", ColumnType::Integer), "7");
        assert_eq!(canonical_key("-0", ColumnType::Integer), "0");
        assert_eq!(canonical_key("1.50", ColumnType::Decimal), "1.5");
        assert_eq!(canonical_key("007", ColumnType::Text), "007");
    }
}
