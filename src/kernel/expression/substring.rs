//! `substr` with constant places: where the text before the end is ASCII, places are bytes, and most parts of codes
//! fit into a view without a look at memory.

use arrow::array::{Array, StringViewArray};
use arrow::error::ArrowError;

/// Views of at most this many bytes hold them themselves
/// (Arrow columnar format, "Variable-size Binary View Layout").
const INLINE: usize = 12;

/// A window on characters: from `start` (0 is the first) up to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Window {
    start: usize,
    end: usize,
}

impl Window {
    /// As SQL writes it: places begin with 1, and what lies before them counts too. `None` for what SQL refuses.
    pub fn of_sql(start: i64, count: Option<i64>) -> Option<Self> {
        let start = start.checked_sub(1)?;
        let end = match count {
            Some(count) if count < 0 => return None,
            Some(count) => start.saturating_add(count),
            None => i64::MAX,
        };
        let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
        Some(Self { start: place(start), end: place(end) })
    }

    /// The window of every text.
    pub fn of_all(self, texts: &StringViewArray) -> Result<StringViewArray, ArrowError> {
        let views = texts.views().iter().enumerate().map(|(row, &view)| {
            let len = view as u32 as usize;
            if texts.is_null(row) {
                0
            } else if len <= INLINE {
                self.of_inline(view, len).unwrap_or_else(|| self.of_text(view, texts.value(row)))
            } else {
                self.of_text(view, texts.value(row))
            }
        });
        StringViewArray::try_new(views.collect(), texts.data_buffers().to_vec(), texts.nulls().cloned())
    }

    /// Of a value that lies in its view, if it is ASCII up to the window's end.
    fn of_inline(self, view: u128, len: usize) -> Option<u128> {
        let (start, end) = (self.start.min(len), self.end.min(len));
        let upto_end = view >> 32 & !(u128::MAX << (8 * end));
        let ascii = upto_end & u128::from_le_bytes([0x80; 16]) == 0;
        let taken = upto_end >> (8 * start) << 32 | end.saturating_sub(start) as u128;
        ascii.then_some(taken)
    }

    fn of_text(self, view: u128, text: &str) -> u128 {
        let place = |at: usize| match text.as_bytes().get(..at) {
            None => text.len(),
            Some(before) if before.is_ascii() => at,
            Some(_) => text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte),
        };
        let (start, end) = (place(self.start), place(self.end));
        let taken = &text.as_bytes()[start..end.max(start)];
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&(taken.len() as u32).to_le_bytes());
        if taken.len() <= INLINE {
            bytes[4..4 + taken.len()].copy_from_slice(taken);
        } else {
            let (buffer, offset) = ((view >> 64) as u32, (view >> 96) as u32);
            bytes[4..8].copy_from_slice(&taken[..4]);
            bytes[8..12].copy_from_slice(&buffer.to_le_bytes());
            bytes[12..].copy_from_slice(&(offset + start as u32).to_le_bytes());
        }
        u128::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array};
    use datafusion_expr::{ColumnarValue, ScalarFunctionArgs};
    use proptest::prelude::*;

    use super::*;

    /// What the library's own function makes of it.
    fn theirs(texts: &StringViewArray, start: i64, count: Option<i64>) -> Vec<Option<String>> {
        let array = |value: i64| {
            ColumnarValue::Array(std::sync::Arc::new(Int64Array::from(vec![value; texts.len()])))
        };
        let mut args = vec![ColumnarValue::Array(std::sync::Arc::new(texts.clone())), array(start)];
        args.extend(count.map(array));
        let field = |ty| std::sync::Arc::new(arrow::datatypes::Field::new("f", ty, true));
        let result = datafusion_functions::unicode::substr()
            .invoke_with_args(ScalarFunctionArgs {
                arg_fields: args.iter().map(|arg| field(arg.data_type())).collect(),
                args,
                number_rows: texts.len(),
                return_field: field(arrow::datatypes::DataType::Utf8View),
                config_options: std::sync::Arc::default(),
            })
            .and_then(|value| value.into_array(texts.len()))
            .expect("the library answers");
        result.as_string_view().iter().map(|text| text.map(str::to_owned)).collect()
    }

    proptest! {
        #[test]
        fn as_the_library_does(
            texts in prop::collection::vec(prop::option::of("[a-c0-9]{0,20}|[aếđ😀]{0,16}|[a-z]{0,6}ế[a-z]{0,20}"), 1..8),
            start in -3i64..20,
            count in prop::option::of(0i64..25),
        ) {
            let texts = StringViewArray::from_iter(texts);
            let ours = Window::of_sql(start, count).expect("no refusal").of_all(&texts).expect("views are sound");
            let ours: Vec<_> = ours.iter().map(|text| text.map(str::to_owned)).collect();
            prop_assert_eq!(ours, theirs(&texts, start, count));
        }
    }

    #[test]
    fn what_sql_refuses() {
        assert!(Window::of_sql(1, Some(-1)).is_none());
        assert!(Window::of_sql(i64::MIN, None).is_none());
        assert_eq!(Window::of_sql(i64::MAX, Some(i64::MAX)).map(|window| window.end), Some(usize::MAX / 2));
    }
}
