//! What whoever reads the files of a table once more needs: the numbers of rows, keys as they may be shown, and whether the
//! files are still what was judged.

use std::collections::BTreeMap;

use arrow::array::ArrayRef;
use rayon::prelude::*;

use super::examples::Position;
use super::source::TableSource;
use crate::base::Text;
use crate::extract::{self, ExtractError};
use crate::kernel::TextColumn;
use crate::kernel::text::mask;
use crate::rule::Table;
use crate::say;

/// A row's one-based number within its file, by the rows of each piece.
pub fn row_in_file(pieces: &BTreeMap<(u32, u32), u64>, at: Position) -> u64 {
    let before: u64 = pieces.range((at.file, 0)..(at.file, at.piece)).map(|(_, rows)| rows).sum();
    before + at.row + 1
}

/// The first file whose content is no longer what was read, by the content hashes of then.
pub fn changed<'s>(
    source: &'s TableSource,
    hashes: &BTreeMap<u32, Result<String, ExtractError>>,
) -> Option<&'s str> {
    let changed = (0..source.files.len()).into_par_iter().find_first(|&at| {
        let before = hashes.get(&(at as u32)).and_then(|hash| hash.as_ref().ok());
        let now = extract::fingerprint(&source.files[at].path).ok();
        before != now.as_ref().map(|print| &print.blake3)
    })?;
    Some(&source.files[changed].name)
}

pub fn changed_meanwhile(file: &str) -> Text {
    say!(
        "`{file}` changed while the run went on; its failing records are not those that were counted",
        "`{file}` bị thay đổi trong lúc đánh giá; các bản ghi lỗi không còn khớp với số đã đếm"
    )
}

pub fn unreadable_again(file: &str) -> Text {
    say!(
        "the records of `{file}` cannot be read again as they were judged: it changed meanwhile, or a column that no \
         rule reads is damaged",
        "không đọc lại được các bản ghi của `{file}` như lúc đánh giá: tệp bị thay đổi, hoặc một cột không có quy \
         tắc nào dùng bị hỏng"
    )
}

/// The columns of a key, and which of them are masked.
pub struct KeyShown {
    pub names: Vec<String>,
    masked: Vec<bool>,
}

impl KeyShown {
    /// A key tells whose the record is, whatever was declared; only the file itself can say that it does not.
    pub fn of(table: &Table, names: Vec<String>, reveal: bool) -> Self {
        let masked = |name: &String| !reveal && table.column(name).is_none_or(|column| !column.public);
        Self { masked: names.iter().map(masked).collect(), names }
    }

    /// The key's columns in a batch, of which `places` says where they are.
    pub fn columns(columns: &[ArrayRef], places: &[Option<usize>]) -> Vec<Option<TextColumn>> {
        places.iter().map(|place| TextColumn::of(columns.get((*place)?)?)).collect()
    }

    /// The key of a row as it may be shown.
    pub fn of_row(&self, columns: &[Option<TextColumn>], row: usize) -> Vec<Option<String>> {
        let cells = columns.iter().zip(&self.masked).map(|(column, masked)| {
            let value = column.as_ref()?.get(row)?;
            Some(if *masked { mask(value) } else { value.to_owned() })
        });
        cells.collect()
    }
}
