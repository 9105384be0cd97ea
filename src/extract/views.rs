//! Text columns whose values stay where they were read: views into one block of UTF-8.
//!
//! The block is checked once, as a whole; checking each value again would cost more than splitting them. That
//! is what the `unsafe` of this file buys: [`Utf8Block::as_str`] and [`TextColumns::finish`].
#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};

/// Longest value that a view holds itself (Arrow columnar format, variable-size binary view layout).
const INLINE: usize = 12;

/// Most rows of a batch.
const BATCH: usize = 1 << 16;
/// Most cells of a batch: wide tables come in shorter ones.
const BATCH_CELLS: usize = 1 << 22;

/// How many rows a batch of so many columns has.
pub fn batch_rows(columns: usize) -> usize {
    (BATCH_CELLS / columns.max(1)).clamp(1, BATCH)
}

/// Bytes that are valid UTF-8, at most 2 GiB of them (what a view can address).
#[derive(Clone)]
pub struct Utf8Block {
    buffer: Buffer,
}

impl Utf8Block {
    /// Checks the bytes; gives them back if they are not UTF-8.
    pub fn new(bytes: Vec<u8>) -> Result<Self, Vec<u8>> {
        assert!(i32::try_from(bytes.len()).is_ok(), "a block is far smaller than 2 GiB");
        match simdutf8::basic::from_utf8(&bytes) {
            Ok(_) => Ok(Self { buffer: Buffer::from_vec(bytes) }),
            Err(_) => Err(bytes),
        }
    }

    /// Replaces what is not UTF-8 by U+FFFD; also says where the replacements stand, ascending.
    pub fn repaired(bytes: &[u8]) -> (Self, Vec<usize>) {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
        let mut replaced = Vec::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                replaced.push(text.len());
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        assert!(i32::try_from(text.len()).is_ok(), "a block is far smaller than 2 GiB");
        (Self { buffer: Buffer::from_vec(text.into_bytes()) }, replaced)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.as_slice()
    }

    pub fn as_str(&self) -> &str {
        // SAFETY: both constructors put in valid UTF-8, and buffers are immutable.
        unsafe { std::str::from_utf8_unchecked(self.as_bytes()) }
    }
}

/// Columns under construction over one block.
pub struct TextColumns<'a> {
    block: &'a Utf8Block,
    bytes: &'a [u8],
    columns: Vec<Column>,
}

#[derive(Default)]
struct Column {
    views: Vec<u128>,
    /// Rows without a value, ascending.
    nulls: Vec<u32>,
    /// Values that do not stand in the block as such (unescaped ones).
    extra: String,
}

impl<'a> TextColumns<'a> {
    pub fn new(block: &'a Utf8Block, columns: usize) -> Self {
        let columns = (0..columns).map(|_| Column::default()).collect();
        Self { block, bytes: block.as_bytes(), columns }
    }

    /// Appends the value that stands at `start..end` of the block.
    #[inline]
    pub fn push(&mut self, column: usize, start: usize, end: usize) {
        let value = &self.bytes[start..end];
        // A view of half a character would not be UTF-8, whatever the caller believes it cuts at.
        assert!(
            value.first().is_none_or(|&b| is_boundary(b))
                && self.bytes.get(end).is_none_or(|&b| is_boundary(b)),
            "values are cut at ASCII characters"
        );
        let view = if value.len() <= INLINE {
            match self.bytes.get(start..start + 16) {
                Some(wide) => {
                    let wide = u128::from_le_bytes(wide.try_into().expect("16 bytes were taken"));
                    let mask = u128::MAX >> (96 - 8 * value.len());
                    ((wide << 32) & mask) | value.len() as u128
                }
                None => inline(value),
            }
        } else {
            outline(value, 0, start)
        };
        self.columns[column].views.push(view);
    }

    /// Appends a value that does not stand in the block in this form.
    pub fn push_text(&mut self, column: usize, text: &str) {
        let column = &mut self.columns[column];
        let value = text.as_bytes();
        column.views.push(if value.len() <= INLINE {
            inline(value)
        } else {
            let start = column.extra.len();
            column.extra.push_str(text);
            outline(value, 1, start)
        });
    }

    #[inline]
    pub fn push_null(&mut self, column: usize) {
        let column = &mut self.columns[column];
        // Batches have at most 64 Ki rows.
        column.nulls.push(column.views.len() as u32);
        column.views.push(0);
    }

    /// The columns as arrays; the builder is empty afterwards.
    pub fn finish(&mut self) -> Vec<ArrayRef> {
        let block = &self.block.buffer;
        let arrays = self.columns.iter_mut().map(|column| {
            let rows = column.views.len();
            let views = std::mem::replace(&mut column.views, Vec::with_capacity(rows));
            let nulls = (!column.nulls.is_empty()).then(|| {
                let mut present = vec![0xff_u8; rows.div_ceil(8)];
                for &row in &column.nulls {
                    present[row as usize / 8] &= !(1 << (row % 8));
                }
                NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(present), 0, rows))
            });
            column.nulls.clear();
            let extra = std::mem::take(&mut column.extra);
            let mut buffers = vec![block.clone()];
            if !extra.is_empty() {
                buffers.push(Buffer::from_vec(extra.into_bytes()));
            }
            // SAFETY: `views`, `nulls` and `extra` are private to this file, and were empty when this column was
            // started. Each view was made by `push` (inline, or buffer 0: a range of the block, bounds-checked,
            // with both ends on character boundaries of valid UTF-8), by `push_text` (inline, or buffer 1: the
            // range of `extra` that the text was just appended to; a non-inline one makes `extra` non-empty), or
            // is 0, the empty inline view. Lengths and offsets fit in 31 bits: the block is at most 2 GiB, which
            // `Utf8Block` asserts, as `outline` does for `extra`. Prefixes are copied from the value. `nulls` has
            // one bit for each view.
            let array = unsafe { StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers, nulls) };
            Arc::new(array) as ArrayRef
        });
        arrays.collect()
    }
}

/// Whether a byte begins a character of UTF-8.
const fn is_boundary(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn inline(value: &[u8]) -> u128 {
    let mut view = [0; 16];
    view[0] = value.len() as u8;
    view[4..4 + value.len()].copy_from_slice(value);
    u128::from_le_bytes(view)
}

#[inline]
fn outline(value: &[u8], buffer: u32, offset: usize) -> u128 {
    let prefix = u32::from_le_bytes([value[0], value[1], value[2], value[3]]);
    let offset = i32::try_from(offset).expect("buffers are smaller than 2 GiB");
    value.len() as u128 | u128::from(prefix) << 32 | u128::from(buffer) << 64 | (offset as u128) << 96
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};

    use super::*;

    #[test]
    fn views_are_what_arrow_would_build() {
        let text = "ngắn|vừa đủ 12…|Nguyễn Thị Minh Khai|";
        let block = Utf8Block::new(text.as_bytes().to_vec()).ok().unwrap();
        let mut columns = TextColumns::new(&block, 1);
        let mut start = 0;
        for value in text.split_terminator('|') {
            columns.push(0, start, start + value.len());
            start += value.len() + 1;
        }
        columns.push_null(0);
        columns.push_text(0, "một giá trị đã được viết lại");
        columns.push_text(0, "ngắn");
        columns.push(0, 0, 0);
        let built = columns.finish().remove(0);
        let expected = StringViewArray::from(vec![
            Some("ngắn"),
            Some("vừa đủ 12…"),
            Some("Nguyễn Thị Minh Khai"),
            None,
            Some("một giá trị đã được viết lại"),
            Some("ngắn"),
            Some(""),
        ]);
        assert_eq!(built.as_string_view(), &expected);
        let (views, buffers, nulls) = built.as_string_view().clone().into_parts();
        StringViewArray::try_new(views, buffers, nulls).expect("passes Arrow's own validation");
        assert_eq!(columns.finish()[0].len(), 0);
    }

    #[test]
    #[should_panic(expected = "cut at ASCII")]
    fn half_a_character_is_refused() {
        let block = Utf8Block::new("đường".into()).ok().unwrap();
        TextColumns::new(&block, 1).push(0, 0, 1);
    }

    #[test]
    fn repair_says_where() {
        assert!(Utf8Block::new(b"a\xff".to_vec()).is_err());
        let (block, replaced) = Utf8Block::repaired(b"a\xff,\xe1\xba,b");
        assert_eq!(block.as_bytes(), "a\u{fffd},\u{fffd},b".as_bytes());
        assert_eq!(replaced, [1, 5]);
    }
}
