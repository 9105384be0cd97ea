//! A bound expression over batches.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanBufferBuilder, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::ColumnarValue;
use datafusion_physical_expr::PhysicalExpr;

/// Below this many rows a failing batch is tried row by row, not halved once more.
const FEW: usize = 16;

/// An expression whose columns are found and whose types agree.
#[derive(Clone, Debug)]
pub struct BoundExpression {
    pub(super) physical: Arc<dyn PhysicalExpr>,
    /// Which of the batch's columns it reads, in the order in which it knows them.
    pub(super) columns: Vec<usize>,
}

/// What an expression says of each row of a batch; a row in none of the three is unknown (null).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    pub is_true: BooleanBuffer,
    pub is_false: BooleanBuffer,
    /// Rows whose evaluation raised an error; absent if there are none.
    pub failed: Option<BooleanBuffer>,
}

impl BoundExpression {
    /// Evaluates it over a batch that has the columns it was bound to, in that order.
    ///
    /// What a row gets depends on the row alone: where the batch as a whole fails, its parts are tried, down to
    /// single rows. AND and OR do not look at their right side where the left one settles the row.
    pub fn evaluate(&self, batch: &RecordBatch) -> Truth {
        let rows = batch.num_rows();
        // Only what is read is sliced and filtered on the way.
        let whole = batch.project(&self.columns).ok().and_then(|narrow| {
            match (rows > 0).then(|| self.physical.evaluate(&narrow)) {
                Some(Ok(value)) => Part::of(&value, rows),
                Some(Err(_)) => {
                    let mut parts = Parts::new(rows);
                    self.halve(&narrow, &mut parts);
                    Some(parts.finish())
                }
                None => Some(Part::nothing()),
            }
        });
        match whole {
            Some(Part { is_true, is_false, failed }) => Truth { is_true, is_false, failed },
            // Other columns than promised: nothing can be said of any row.
            None => Truth {
                is_true: BooleanBuffer::new_unset(rows),
                is_false: BooleanBuffer::new_unset(rows),
                failed: Some(BooleanBuffer::new_set(rows)),
            },
        }
    }

    /// Appends the rows of a batch that is known to fail as a whole.
    fn halve(&self, batch: &RecordBatch, parts: &mut Parts) {
        let rows = batch.num_rows();
        if rows <= 1 {
            parts.fail();
            return;
        }
        let step = if rows <= FEW { 1 } else { rows.div_ceil(2) };
        for start in (0..rows).step_by(step) {
            let length = step.min(rows - start);
            let part = batch.slice(start, length);
            match self.physical.evaluate(&part).ok().and_then(|value| Part::of(&value, length)) {
                Some(part) => parts.append(&part),
                None => self.halve(&part, parts),
            }
        }
    }
}

struct Part {
    is_true: BooleanBuffer,
    is_false: BooleanBuffer,
    failed: Option<BooleanBuffer>,
}

impl Part {
    fn nothing() -> Self {
        Self { is_true: BooleanBuffer::new_unset(0), is_false: BooleanBuffer::new_unset(0), failed: None }
    }

    /// Nothing, if the value is no truth or has another number of rows.
    fn of(value: &ColumnarValue, rows: usize) -> Option<Self> {
        let fill =
            |set: bool| if set { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) };
        let (is_true, is_false) = match value {
            ColumnarValue::Array(array) if array.len() != rows => return None,
            ColumnarValue::Array(array) if *array.data_type() == DataType::Boolean => {
                let array = array.as_boolean();
                match array.nulls() {
                    Some(known) => {
                        let is_true = array.values() & known.inner();
                        let is_false = &(!array.values()) & known.inner();
                        (is_true, is_false)
                    }
                    None => (array.values().clone(), !array.values()),
                }
            }
            ColumnarValue::Array(array) if *array.data_type() == DataType::Null => (fill(false), fill(false)),
            ColumnarValue::Scalar(ScalarValue::Boolean(truth)) => {
                (fill(*truth == Some(true)), fill(*truth == Some(false)))
            }
            ColumnarValue::Scalar(ScalarValue::Null) => (fill(false), fill(false)),
            _ => return None,
        };
        Some(Self { is_true, is_false, failed: None })
    }
}

struct Parts {
    is_true: BooleanBufferBuilder,
    is_false: BooleanBufferBuilder,
    failed: BooleanBufferBuilder,
}

impl Parts {
    fn new(rows: usize) -> Self {
        let builder = || BooleanBufferBuilder::new(rows);
        Self { is_true: builder(), is_false: builder(), failed: builder() }
    }

    fn append(&mut self, part: &Part) {
        self.is_true.append_buffer(&part.is_true);
        self.is_false.append_buffer(&part.is_false);
        self.failed.append_n(part.is_true.len(), false);
    }

    fn fail(&mut self) {
        self.is_true.append(false);
        self.is_false.append(false);
        self.failed.append(true);
    }

    fn finish(mut self) -> Part {
        let failed = self.failed.finish();
        Part {
            is_true: self.is_true.finish(),
            is_false: self.is_false.finish(),
            failed: (failed.count_set_bits() > 0).then_some(failed),
        }
    }
}
