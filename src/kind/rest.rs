//! What a row says beside its key and its times, for rules that compare runs.

use crate::kernel::ColumnId;
use crate::kernel::memory::Remember;
use crate::rule::{At, BindError, Binder};

/// All columns but these, in the order of their names: another run may have them in another order.
pub fn others(except: &[At<String>], binder: &mut dyn Binder) -> Result<Vec<ColumnId>, BindError> {
    let mut columns = binder.all_columns(except)?;
    columns.sort_by(|&a, &b| binder.column_name(a).cmp(binder.column_name(b)));
    Ok(columns)
}

/// What tells the rest of rows apart.
pub fn remembered(
    except: &[At<String>],
    keep: impl Fn(&dyn Binder, ColumnId) -> bool,
    binder: &mut dyn Binder,
) -> Result<Remember, BindError> {
    // A column that is excepted by a name that it does not have would be compared, and nobody would be told.
    for name in except {
        binder.column(name)?;
    }
    let columns = others(except, binder)?;
    Ok(Remember::Identity(columns.into_iter().filter(|&column| keep(binder, column)).collect()))
}
