//! SQL conditions over one row, bound to the columns of a table: `when` of every rule, and the kind `expect`.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Field, Schema, SchemaRef};

use super::kind::{BindError, Binder};
use super::node::At;
use crate::base::Text;
use crate::kernel::expression::{BoundExpression, Expression, Truth};
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId};

/// An expression bound to the columns of a table.
pub struct Condition {
    columns: Vec<ColumnId>,
    schema: SchemaRef,
    bound: BoundExpression,
}

impl Condition {
    pub fn bind(expression: &At<Expression>, binder: &mut dyn Binder) -> Result<Self, BindError> {
        let mut columns = Vec::new();
        let mut types = Vec::new();
        for name in expression.value.columns() {
            let column = binder.column(&At { value: name.clone(), span: expression.span.clone() })?;
            columns.push(column);
            types.push((name.clone(), binder.array_type(column)));
        }
        // Who does not ask for the moment of the run is not of it.
        let as_of = if expression.value.mentions_as_of() { binder.as_of() } else { 0 };
        let bound = expression.value.bind(&types, as_of).map_err(|error| {
            let hint = error.hint.unwrap_or_default();
            let join = |what: &str, hint: &str| {
                if hint.is_empty() { what.to_owned() } else { format!("{what} ({hint})") }
            };
            BindError::Unreadable(Text {
                en: join(&error.what.en, &hint.en),
                vi: join(&error.what.vi, &hint.vi),
            })
        })?;
        let fields: Vec<Field> = types.into_iter().map(|(name, ty)| Field::new(name, ty, true)).collect();
        Ok(Self { columns, schema: Arc::new(Schema::new(fields)), bound })
    }

    /// The rows on which the condition is true, false, or fails to evaluate; the rest is unknown to logic.
    ///
    /// Numbers too wide for the machine are absent to the expression, so a row that has one counts as failing to
    /// evaluate.
    pub fn evaluate(&self, batch: &Batch<'_>) -> Truth {
        let arrays: Result<Vec<_>, _> = self
            .columns
            .iter()
            .zip(self.schema.fields())
            .map(|(&column, field)| {
                let array = &batch.typed(column).array;
                if array.data_type() == field.data_type() {
                    return Ok(Arc::clone(array));
                }
                arrow::compute::cast(array, field.data_type())
            })
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.rows()));
        let rows = arrays
            .and_then(|arrays| RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options));
        let mut truth = match rows {
            Ok(rows) => self.bound.evaluate(&rows),
            Err(_) => Truth {
                is_true: BooleanBuffer::new_unset(batch.rows()),
                is_false: BooleanBuffer::new_unset(batch.rows()),
                failed: Some(batch.all()),
            },
        };
        for beyond in self.columns.iter().filter_map(|&column| batch.typed(column).unrepresented()) {
            truth.is_true = minus(&truth.is_true, &beyond);
            truth.is_false = minus(&truth.is_false, &beyond);
            truth.failed = Some(truth.failed.map_or_else(|| beyond.clone(), |failed| &failed | &beyond));
        }
        truth
    }
}
