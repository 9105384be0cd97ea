//! A table against a database of reference: which keys they have, whether they say the same of them, which of theirs are
//! ours.

mod coverage;
mod link;
mod value;

pub use coverage::CoverageKind;
pub use link::LinkKind;
pub use value::ValueKind;

use crate::kernel::ColumnId;
use crate::rule::{BindError, Binder, Paired};

/// Our columns of the key, read as theirs are.
fn key(paired: &Paired, binder: &mut dyn Binder) -> Result<Vec<ColumnId>, BindError> {
    let column = |(name, pad): (_, &Option<u32>)| match pad {
        Some(width) => binder.column_padded(name, *width),
        None => binder.column(name),
    };
    paired.ours.iter().zip(&paired.pads).map(column).collect()
}
