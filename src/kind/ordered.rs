//! Columns whose values have an order, and rows that are judged by the columns they share.

use crate::kernel::{ColumnId, ColumnType};
use crate::rule::arguments::Columns;
use crate::rule::{At, BindError, Binder};
use crate::say;

/// A column of numbers, dates or timestamps.
pub fn ordered(name: &At<String>, binder: &mut dyn Binder) -> Result<ColumnId, BindError> {
    let column = binder.column(name)?;
    let ty = binder.column_type(column);
    if matches!(ty, ColumnType::Text | ColumnType::Boolean) {
        let (name, ty) = (&name.value, ty.id());
        return Err(BindError::Unreadable(say!(
            "column `{name}` is read as `{ty}`, which has no order; declare its type: `integer`, `decimal`, `date` or \
             `timestamp`",
            "cột `{name}` đang đọc theo kiểu `{ty}`, không có thứ tự; hãy khai báo kiểu: `integer`, `decimal`, `date` \
             hoặc `timestamp`"
        )));
    }
    Ok(column)
}

/// The columns of `per`, if there are any.
pub fn per(names: Option<&Columns>, binder: &mut dyn Binder) -> Result<Vec<ColumnId>, BindError> {
    names.into_iter().flat_map(|names| names.iter()).map(|name| binder.column(name)).collect()
}
