//! Keys: values by which rows are told apart, packed into integers where that is exact.

use std::borrow::Cow;

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::batch::{Batch, ColumnId};
use super::column::{ColumnType, TextColumn};
use super::date_format::{format_date, format_timestamp};
use super::number::{self, Parsed};
use super::typed::Typed;

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
    /// A row has no key if all parts are absent; if only some are, its key is [`PARTLY_ABSENT`], which no other row has.
    Full,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyJudge {
    /// A row passes if no other row of the table has its key.
    Unique,
    /// A row passes if the other table has its key.
    In(TableKey),
}

/// Columns of a table whose values others look for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableKey {
    /// `None` is the database of whoever looks.
    pub database: Option<String>,
    pub table: String,
    pub columns: Vec<String>,
}

/// The keys of a batch, row by row.
#[derive(Clone, Debug)]
pub struct Keys {
    pub values: KeyValues,
    /// Rows that have a key.
    pub has_key: BooleanBuffer,
}

/// A key is one number, the same in both forms, so that keys of different batches are comparable as they are.
#[derive(Clone, Debug)]
pub enum KeyValues {
    /// Digits of up to 18 characters, leading zeros kept: exact, not hashed.
    Packed(Vec<u64>),
    /// Packed keys, which are below 2⁶⁴, and digests of whatever cannot be packed, which are not.
    Wide(Vec<u128>),
}

impl KeyValues {
    pub fn len(&self) -> usize {
        match self {
            Self::Packed(keys) => keys.len(),
            Self::Wide(keys) => keys.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a row in its wide form.
    pub fn wide(&self, row: usize) -> u128 {
        match self {
            Self::Packed(keys) => keys[row].into(),
            Self::Wide(keys) => keys[row],
        }
    }

    /// The same keys, each as a digest that differs from the others even where keys are near each other.
    pub fn into_digests(self) -> Vec<u128> {
        match self {
            Self::Packed(keys) => keys.into_iter().map(digest_packed).collect(),
            Self::Wide(keys) => keys.into_iter().map(spread_out).collect(),
        }
    }
}

/// As [`KeyValues::into_digests`], of one wide key.
pub fn spread_out(key: u128) -> u128 {
    u64::try_from(key).map_or(key, digest_packed)
}

/// Stands for a key of which some parts are absent. A digest is greater, and no present value is packed into it.
pub const PARTLY_ABSENT: u128 = 0;

/// The key of the digest. Fixed, so that digests of different runs and machines are comparable.
const SEED: u64 = 0x7468_756f_6320_646f;

/// 128-bit digest of a canonical value: fast, and good against chance alone. Somebody who wants two values to have one
/// digest can find such values.
pub fn digest(bytes: &[u8]) -> u128 {
    xxh3_128_with_seed(bytes, SEED)
}

/// Stands for a key that cannot be packed. Two different keys have one digest by chance with a probability of less than
/// n²/2¹²⁹ among n keys, 1.5·10⁻²³ among 100 million, and on purpose by about 2⁶⁴ attempts: whoever delivers an extract
/// must not be able to hide an orphan behind a parent. That is why it is cryptographic, ten times as slow as [`digest`].
pub(super) fn digest_of_key(bytes: &[u8]) -> u128 {
    let hash = blake3::hash(bytes);
    let (half, _) = hash.as_bytes().split_at(16);
    never_packed(half.iter().fold(0, |digest, &byte| digest << 8 | u128::from(byte)))
}

/// A digest that cannot be taken for a packed key, which is below 2⁶⁴.
pub(super) const fn never_packed(digest: u128) -> u128 {
    if digest >> 64 == 0 { digest | 1 << 127 } else { digest }
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

/// How many digits were packed.
pub fn length(packed: u64) -> usize {
    (0..=MOST_DIGITS).rev().find(|&length| packed >= shorter_than(length)).unwrap_or(0)
}

/// Digest of the text that was packed.
pub fn digest_packed(packed: u64) -> u128 {
    let length = length(packed);
    let mut rest = packed - shorter_than(length);
    let mut digits = [b'0'; MOST_DIGITS];
    for digit in digits[..length].iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    digest(&digits[..length])
}

/// The keys of a batch over one or several columns, from canonical values: text NFC and trimmed, integers without
/// leading zeros where the column is declared as such, dates in ISO form.
pub fn keys(batch: &Batch<'_>, columns: &[ColumnId], types: &[ColumnType], absent: Absent) -> Keys {
    let mut whole = batch.all();
    let mut any = BooleanBuffer::new_unset(batch.rows());
    for &column in columns {
        whole = &whole & batch.present(column);
        any = &any | batch.present(column);
    }
    let has_key = match absent {
        Absent::Skip => whole.clone(),
        Absent::Equal => batch.all(),
        Absent::Full => any,
    };
    if let ([column], [ty], Absent::Skip) = (columns, types, absent) {
        return Keys { values: single(batch, *column, *ty, &has_key), has_key };
    }
    let parts: Vec<_> =
        columns.iter().zip(types).map(|(&column, &ty)| Spelling::of(batch, column, ty)).collect();
    let mut bytes = Vec::new();
    let digests = (0..batch.rows())
        .map(|row| {
            if !has_key.value(row) {
                return 0;
            }
            if absent == Absent::Full && !whole.value(row) {
                return PARTLY_ABSENT;
            }
            bytes.clear();
            for (&column, part) in columns.iter().zip(&parts) {
                // Length-prefixed, so that ("a", "bc") and ("ab", "c") differ; absent has a prefix of its own.
                if batch.present(column).value(row) {
                    let text = part.get(row);
                    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
                    bytes.extend_from_slice(text.as_bytes());
                } else {
                    bytes.extend_from_slice(&u64::MAX.to_le_bytes());
                }
            }
            digest_of_key(&bytes)
        })
        .collect();
    Keys { values: KeyValues::Wide(digests), has_key }
}

fn single(batch: &Batch<'_>, column: ColumnId, ty: ColumnType, has_key: &BooleanBuffer) -> KeyValues {
    let spelling = Spelling::of(batch, column, ty);
    let value = |row: usize| spelling.get(row);
    let mut packed = Vec::with_capacity(batch.rows());
    for row in 0..batch.rows() {
        if !has_key.value(row) {
            packed.push(0);
        } else if let Some(key) = pack(&value(row)) {
            packed.push(key);
        } else {
            // One value that does not pack: all keys of the batch become wide.
            let wide = |row| {
                let text = if has_key.value(row) { value(row) } else { Cow::Borrowed("") };
                pack(&text).map_or_else(|| digest_of_key(text.as_bytes()), u128::from)
            };
            let known = packed.iter().map(|&key| u128::from(key));
            return KeyValues::Wide(known.chain((row..batch.rows()).map(wide)).collect());
        }
    }
    KeyValues::Packed(packed)
}

/// The values of a column, each spelt in the one way that all its spellings share: numbers without needless zeros,
/// dates and moments in ISO form however the file writes or stores them, truth as `true` or `false`.
pub enum Spelling<'b> {
    Text(&'b TextColumn),
    Number(&'b TextColumn),
    Day(&'b Typed, &'b TextColumn),
    Moment(&'b Typed, &'b TextColumn),
    Truth(&'b Typed, &'b TextColumn),
}

impl<'b> Spelling<'b> {
    pub fn of(batch: &'b Batch<'_>, column: ColumnId, ty: ColumnType) -> Self {
        let text = batch.canonical(column);
        match ty {
            ColumnType::Integer | ColumnType::Decimal => Self::Number(text),
            ColumnType::Date => Self::Day(batch.typed(column), text),
            ColumnType::Timestamp => Self::Moment(batch.typed(column), text),
            ColumnType::Boolean => Self::Truth(batch.typed(column), text),
            ColumnType::Text => Self::Text(text),
        }
    }

    /// The spelling of a present value; what is not of the type stays as it is written.
    pub fn get(&self, row: usize) -> Cow<'_, str> {
        match self {
            Self::Text(text) => text.get(row).unwrap_or_default().into(),
            Self::Number(text) => number_key(text.get(row).unwrap_or_default()),
            Self::Day(typed, _) if typed.parsed.value(row) => {
                format_date(typed.array.as_primitive::<Date32Type>().value(row)).into()
            }
            Self::Moment(typed, _) if typed.parsed.value(row) => {
                format_timestamp(typed.array.as_primitive::<TimestampMicrosecondType>().value(row)).into()
            }
            Self::Truth(typed, _) if typed.parsed.value(row) => {
                if typed.array.as_boolean().value(row) {
                    "true".into()
                } else {
                    "false".into()
                }
            }
            Self::Day(_, text) | Self::Moment(_, text) | Self::Truth(_, text) => {
                text.get(row).unwrap_or_default().into()
            }
        }
    }
}

/// `007`, `+7` and `7.0` are one number, of any size.
fn number_key(text: &str) -> Cow<'_, str> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // What ends in its point is no number.
    if digits.ends_with('.')
        || !is_digits(whole)
        || !is_digits(fraction)
        || (whole.is_empty() && fraction.is_empty())
    {
        return match number::decimal(text) {
            Parsed::Value(value) => number::show_decimal(value).into(),
            _ => text.into(),
        };
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if !negative && digits.len() == text.len() && fraction.is_empty() && whole.len() == text.len() {
        return text.into();
    }
    let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}").into()
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
            assert_eq!((length(key), digest_packed(key)), (text.len(), digest(text.as_bytes())), "{text}");
        }
        assert_eq!(pack("1234567890123456789"), None);
        assert_eq!(pack("12a"), None);
    }

    #[test]
    fn digests_are_no_packed_keys() {
        let texts = ["", "a", "12345678901234567890", "VN-01"];
        for text in texts {
            let digest = digest_of_key(text.as_bytes());
            assert!(digest >> 64 > 0, "{text}");
            assert_eq!(spread_out(digest), digest);
        }
        let key = pack("001099012345").expect("digits");
        assert_eq!(spread_out(key.into()), digest_packed(key));
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (written, key) in [
            ("007", "7"),
            ("-0", "0"),
            ("+7", "7"),
            ("1.50", "1.5"),
            ("7.0", "7"),
            (".5", "0.5"),
            ("1e2", "100"),
            ("+09223372036854775808", "9223372036854775808"),
            ("0.10000000000000000000001000", "0.10000000000000000000001"),
            ("12a", "12a"),
            ("-", "-"),
            ("1.2.3", "1.2.3"),
        ] {
            assert_eq!(number_key(written), key, "{written}");
        }
    }
}
