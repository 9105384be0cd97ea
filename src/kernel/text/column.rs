//! The functions on one value, over a column of string views. Rows in, bits out.

use arrow::array::{Array, StringViewArray};
use arrow::buffer::BooleanBuffer;

use super::clean::{is_clean, is_clean_plain};
use super::plain::{INLINE, is_plain, is_plain_inline};
use super::state::{Placeholders, ValueState};
use crate::kernel::verdict::minus;

/// The state of every value of a column.
#[derive(Clone, Debug)]
pub struct ColumnStates {
    /// A bit per row: there is something to judge.
    pub present: BooleanBuffer,
    /// Rows that are null.
    pub nulls: u64,
    /// Rows that are blank, ascending.
    pub blank: Vec<u32>,
    /// Rows that hold a placeholder, ascending.
    pub placeholder: Vec<u32>,
}

/// Classifies a column of less than 2³² rows. Reads values themselves only where their first four bytes, which the
/// views hold, do not tell.
pub fn states(column: &StringViewArray, placeholders: &Placeholders) -> ColumnStates {
    let views = column.views();
    let nulls = column.nulls();
    let (mut blank, mut placeholder) = (Vec::new(), Vec::new());
    let present = BooleanBuffer::collect_bool(column.len(), |row| {
        if nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return false;
        }
        let view = views[row];
        if placeholders.surely_present((view >> 32) as u32, view as u32 as usize) {
            return true;
        }
        match placeholders.classify(column.value(row)) {
            ValueState::Present => return true,
            ValueState::Placeholder => placeholder.push(row as u32),
            ValueState::Blank | ValueState::Null => blank.push(row as u32),
        }
        false
    });
    ColumnStates { present, nulls: column.null_count() as u64, blank, placeholder }
}

/// The rows among `rows`, which are not null, whose raw value passes the test. Others are 0 and not looked at.
pub fn passing(
    column: &StringViewArray,
    rows: &BooleanBuffer,
    mut test: impl FnMut(&str) -> bool,
) -> BooleanBuffer {
    if rows.count_set_bits() == rows.len() {
        BooleanBuffer::collect_bool(column.len(), |row| test(column.value(row)))
    } else {
        BooleanBuffer::collect_bool(column.len(), |row| rows.value(row) && test(column.value(row)))
    }
}

/// Values that are plain text (see the module `plain`), which is clean and canonical. Nearly all of them are.
#[derive(Clone, Debug)]
pub struct Plain(BooleanBuffer);

impl Plain {
    /// A bit per value; null ones may be either.
    pub fn rows(&self) -> &BooleanBuffer {
        &self.0
    }
}

pub fn plain(column: &StringViewArray) -> Plain {
    let views = column.views();
    Plain(BooleanBuffer::collect_bool(column.len(), |row| {
        let view = views[row];
        match view as u32 {
            0..=INLINE => is_plain_inline(view),
            _ => is_plain(column.value(row).as_bytes()),
        }
    }))
}

/// The rows among `rows`, which are not null, whose raw value is clean.
pub fn clean(column: &StringViewArray, rows: &BooleanBuffer, plain: &Plain) -> BooleanBuffer {
    let open = minus(rows, plain.rows());
    let clean = passing(column, &(rows & plain.rows()), is_clean_plain);
    if open.count_set_bits() == 0 { clean } else { &clean | &passing(column, &open, is_clean) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bits: &BooleanBuffer) -> Vec<usize> {
        bits.set_indices().collect()
    }

    #[test]
    fn states_of_a_column() {
        let column = StringViewArray::from(vec![
            Some("Nguyễn Văn Được"),
            None,
            Some(" "),
            Some("N/A"),
            Some("chưa cập nhật gì"),
            Some("a"),
            Some(""),
            Some("chưa cập nhật"),
        ]);
        let found = states(&column, &Placeholders::only(["n/a", "chưa cập nhật"]));
        assert_eq!(rows(&found.present), [0, 4, 5]);
        assert_eq!((found.nulls, &found.blank[..], &found.placeholder[..]), (1, &[2, 6][..], &[3, 7][..]));
        let sliced = states(&column.slice(2, 3), &Placeholders::none());
        assert_eq!((rows(&sliced.present), &sliced.blank[..]), (vec![1, 2], &[0][..]));
    }

    #[test]
    fn clean_rows_are_the_clean_ones_of_the_chosen() {
        let column = StringViewArray::from(vec![
            Some("Số 12 đường Lê Lợi"),
            Some(" Số 12 đường Lê Lợi"),
            None,
            Some("Số 12 đường Lê Lợi "),
            Some("ngắn  quá"),
            Some("ngắn"),
            Some("東京"),
            Some(""),
        ]);
        let present = states(&column, &Placeholders::none()).present;
        let found = plain(&column);
        assert_eq!(rows(&clean(&column, &present, &found)), [0, 5, 6]);
        assert!(!found.rows().value(6) && found.rows().value(7));
        let all = BooleanBuffer::new_set(column.len());
        assert_eq!(rows(&passing(&column, &all, |value| value.len() > 12)), [0, 1, 3]);
    }
}
