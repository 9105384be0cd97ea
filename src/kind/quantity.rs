//! Columns that are measured: numbers, or numbers, dates and timestamps.

use crate::kernel::{ColumnId, ColumnType};
use crate::rule::{At, BindError, Binder};
use crate::say;

/// Whether values of a type are added and multiplied.
pub fn is_number(ty: ColumnType) -> bool {
    matches!(ty, ColumnType::Integer | ColumnType::Decimal)
}

/// A column in the type that it is declared or found to have; text is read as `implied`, or else as decimals.
pub fn ordered(
    binder: &mut dyn Binder,
    name: &At<String>,
    implied: Option<ColumnType>,
) -> Result<(ColumnId, ColumnType), BindError> {
    let column = binder.column(name)?;
    let ty = binder.column_type(column);
    if !matches!(ty, ColumnType::Text | ColumnType::Boolean) {
        return Ok((column, ty));
    }
    let ty = implied.filter(|ty| *ty != ColumnType::Integer).unwrap_or(ColumnType::Decimal);
    Ok((binder.column_as(name, ty, None)?, ty))
}

/// A column of numbers; text is read as decimals.
pub fn number(binder: &mut dyn Binder, name: &At<String>) -> Result<ColumnId, BindError> {
    let (column, ty) = ordered(binder, name, None)?;
    if is_number(ty) {
        return Ok(column);
    }
    let (name, ty) = (&name.value, ty.id());
    Err(BindError::Unreadable(say!(
        "`{name}` is of type `{ty}`, and numbers are needed",
        "cột `{name}` kiểu `{ty}`, trong khi cần cột số"
    )))
}
