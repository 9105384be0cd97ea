//! The functions on one value, over a column of string views. Rows in, bits out.

use arrow::array::{Array, StringViewArray};
use arrow::buffer::BooleanBuffer;

use super::clean::{Hints, is_clean};
use super::state::{Placeholders, ValueState};

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

/// The rows among `rows` whose raw value is clean. `hints` are what is known of all of the column's data buffers
/// together; they spare a look at the inside of longer values.
pub fn clean(column: &StringViewArray, rows: &BooleanBuffer, hints: Option<Hints>) -> BooleanBuffer {
    /// Longer values lie in data buffers, others in the view itself.
    const INLINE: usize = 12;
    if hints.is_some_and(Hints::clean_inside) {
        passing(column, rows, |value| match value.as_bytes() {
            [first, .., last] if value.len() > INLINE => *first != b' ' && *last != b' ',
            _ => is_clean(value),
        })
    } else {
        passing(column, rows, is_clean)
    }
}

#[cfg(test)]
mod tests {
    use super::super::clean::buffer_surely_clean_inside;
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
    fn hints_change_nothing() {
        let column = StringViewArray::from(vec![
            Some("Số 12 đường Lê Lợi"),
            Some(" Số 12 đường Lê Lợi"),
            None,
            Some("Số 12 đường Lê Lợi "),
            Some("ngắn  quá"),
            Some("ngắn"),
        ]);
        let all = BooleanBuffer::new_set(column.len());
        let hints = column.data_buffers().iter().map(|buffer| buffer_surely_clean_inside(buffer)).next();
        assert!(hints.is_some_and(Hints::clean_inside));
        let present = states(&column, &Placeholders::none()).present;
        for hints in [None, hints] {
            assert_eq!(rows(&clean(&column, &present, hints)), [0, 5]);
        }
        assert_eq!(rows(&passing(&column, &all, |value| value.len() > 12)), [0, 1, 3]);
    }
}
