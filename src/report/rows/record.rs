//! Where a record is and what its key is: the first columns of lists of a table's records.

use super::{Cell, Column, is_number};
use crate::engine::JudgedTable;
use crate::kernel::ColumnType;

/// The files and the key of a table.
pub(super) struct Records {
    pub files: Vec<String>,
    pub key: Vec<KeyColumn>,
}

pub(super) struct KeyColumn {
    pub name: String,
    /// Whether its values are numbers.
    pub number: bool,
}

impl Records {
    pub fn of(judged: &JudgedTable<'_>) -> Self {
        let table = judged.table;
        let number = |name: &str| {
            let ty = table.column(name).and_then(|column| column.ty);
            matches!(ty, Some(ColumnType::Integer | ColumnType::Decimal))
        };
        let key = table.key_names().into_iter();
        Self {
            files: judged.files().iter().map(|file| file.name.to_owned()).collect(),
            key: key.map(|name| KeyColumn { number: number(&name), name }).collect(),
        }
    }

    pub fn header(&self) -> Vec<Column> {
        let mut columns = vec![Column::text("file"), Column::number("row")];
        columns.extend(self.key.iter().map(|column| Column::text(format!("key.{}", column.name))));
        columns
    }

    /// `file` is a place among the files.
    pub fn cells(&self, file: usize, row: u64, key: &[Option<String>]) -> Vec<Cell> {
        let mut cells = vec![Cell::Text(self.files[file].clone()), Cell::Number(row.to_string())];
        cells.extend(self.key.iter().zip(key).map(|(column, value)| {
            let value = value.clone().unwrap_or_default();
            if column.number && is_number(&value) { Cell::Number(value) } else { Cell::Text(value) }
        }));
        cells
    }
}
