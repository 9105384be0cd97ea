//! What this project computes its own way, as functions that the library's evaluator calls.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Datum, StringViewArray, TimestampMicrosecondArray,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::numeric;
use arrow::datatypes::{DataType, Date32Type};
use arrow::error::ArrowError;
use datafusion_common::{DataFusionError, Result, ScalarValue, exec_datafusion_err, internal_err};
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use regex::{Regex, RegexBuilder};

use super::decimal::{self, Arithmetic, DECIMAL};
use super::substring::Window;
use super::types;
use crate::kernel::date_format::{date_bytes, default_date, default_timestamps};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    /// Integer arithmetic that fails where it would overflow, when constants are folded too.
    Add,
    Subtract,
    Multiply,
    Decimal(Arithmetic),
    /// To so many places after the point.
    DecimalRound(i64),
    /// A date as `YYYY-MM-DD`: ten bytes fit into a view, so nothing is allocated per value.
    DateToText,
    /// A text as a date or a timestamp, read by this project's strict rules; a lenient one makes null of what is not.
    TextToDate {
        lenient: bool,
    },
    TextToTimestamp {
        lenient: bool,
    },
    /// Some characters of a text, at places that are known beforehand.
    Substring(Window),
    /// Whether a text holds a match of a pattern that was compiled once, not once per batch.
    Matches {
        pattern: Pattern,
        negated: bool,
    },
}

/// A compiled regular expression, equal to another of the same text.
#[derive(Clone)]
pub(super) struct Pattern {
    source: String,
    regex: Arc<Regex>,
}

impl Pattern {
    /// At most this much memory for a compiled pattern: a hostile one is refused in about a hundred milliseconds.
    const SIZE: usize = 1 << 20;

    pub fn new(source: &str, ignore_case: bool) -> Result<Self, regex::Error> {
        let regex = RegexBuilder::new(source).case_insensitive(ignore_case).size_limit(Self::SIZE).build()?;
        let source = if ignore_case { format!("(?i){source}") } else { source.to_owned() };
        Ok(Self { source, regex: Arc::new(regex) })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

impl Operation {
    /// A call of it.
    pub fn call(self, arguments: Vec<Expr>) -> Expr {
        let function = ScalarUDF::new_from_impl(Own(self));
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), arguments))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Own(Operation);

static ONE: LazyLock<Signature> = LazyLock::new(|| Signature::any(1, Volatility::Immutable));
static TWO: LazyLock<Signature> = LazyLock::new(|| Signature::any(2, Volatility::Immutable));

impl ScalarUDFImpl for Own {
    fn name(&self) -> &str {
        match self.0 {
            Operation::Add => "add",
            Operation::Subtract => "subtract",
            Operation::Multiply => "multiply",
            Operation::Decimal(Arithmetic::Multiply) => "decimal_multiply",
            Operation::Decimal(Arithmetic::Divide) => "decimal_divide",
            Operation::DecimalRound(_) => "decimal_round",
            Operation::DateToText => "date_to_text",
            Operation::TextToDate { .. } => "text_to_date",
            Operation::TextToTimestamp { .. } => "text_to_timestamp",
            Operation::Substring(_) => "substring",
            Operation::Matches { .. } => "matches",
        }
    }

    fn signature(&self) -> &Signature {
        match self.0 {
            Operation::Add | Operation::Subtract | Operation::Multiply | Operation::Decimal(_) => &TWO,
            _ => &ONE,
        }
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match self.0 {
            Operation::Add | Operation::Subtract | Operation::Multiply => arguments[0].clone(),
            Operation::Decimal(_) | Operation::DecimalRound(_) => DECIMAL,
            Operation::DateToText | Operation::Substring(_) => DataType::Utf8View,
            Operation::TextToDate { .. } => DataType::Date32,
            Operation::TextToTimestamp { .. } => types::TIMESTAMP,
            Operation::Matches { .. } => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match (&self.0, args.args.as_slice()) {
            (Operation::Add, [left, right]) => arithmetic(left, right, numeric::add),
            (Operation::Subtract, [left, right]) => arithmetic(left, right, numeric::sub),
            (Operation::Multiply, [left, right]) => arithmetic(left, right, numeric::mul),
            (Operation::Decimal(operation), operands @ [left, right]) => {
                let scalar = operands.iter().all(|operand| matches!(operand, ColumnarValue::Scalar(_)));
                let rows = if scalar { 1 } else { args.number_rows };
                let found = operation.of_all(&left.to_array(rows)?, &right.to_array(rows)?)?;
                Ok(if scalar {
                    ColumnarValue::Scalar(ScalarValue::try_from_array(&found, 0)?)
                } else {
                    ColumnarValue::Array(found)
                })
            }
            (Operation::DecimalRound(places), [value]) => {
                each(value, |numbers| decimal::round(&arrow::array::make_array(numbers.to_data()), *places))
            }
            (Operation::DateToText, [value]) => each(value, date_to_text),
            (Operation::TextToDate { lenient }, [value]) => each(value, |texts| {
                let dates: Date32Array = parse(texts, *lenient, |text| default_date().parse_date(text))?;
                Ok(Arc::new(dates))
            }),
            (Operation::TextToTimestamp { lenient }, [value]) => each(value, |texts| {
                let timestamps: TimestampMicrosecondArray = parse(texts, *lenient, |text| {
                    default_timestamps().iter().find_map(|format| format.parse_timestamp(text))
                })?;
                Ok(Arc::new(timestamps))
            }),
            (Operation::Substring(window), [value]) => {
                each(value, |texts| Ok(Arc::new(window.of_all(texts.as_string_view())?)))
            }
            (Operation::Matches { pattern, negated }, [value]) => each(value, |texts| {
                let found = match texts.data_type() {
                    DataType::Utf8View => {
                        let texts = texts.as_string_view();
                        // A null's slot reads as some text; it stays null.
                        BooleanBuffer::collect_bool(texts.len(), |at| {
                            pattern.regex.is_match(texts.value(at)) != *negated
                        })
                    }
                    DataType::Utf8 => {
                        let texts = texts.as_string::<i32>();
                        BooleanBuffer::collect_bool(texts.len(), |at| {
                            pattern.regex.is_match(texts.value(at)) != *negated
                        })
                    }
                    other => return internal_err!("a pattern meets {other}"),
                };
                Ok(Arc::new(BooleanArray::new(found, texts.logical_nulls())))
            }),
            _ => internal_err!("{} was called with {} arguments", self.name(), args.args.len()),
        }
    }
}

fn arithmetic(
    left: &ColumnarValue,
    right: &ColumnarValue,
    kernel: impl Fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>,
) -> Result<ColumnarValue> {
    use ColumnarValue::{Array, Scalar};
    Ok(match (left, right) {
        (Array(left), Array(right)) => Array(kernel(&left.as_ref(), &right.as_ref())?),
        (Array(left), Scalar(right)) => Array(kernel(&left.as_ref(), &right.to_scalar()?)?),
        (Scalar(left), Array(right)) => Array(kernel(&left.to_scalar()?, &right.as_ref())?),
        (Scalar(left), Scalar(right)) => {
            Scalar(ScalarValue::try_from_array(&kernel(&left.to_scalar()?, &right.to_scalar()?)?, 0)?)
        }
    })
}

fn each(value: &ColumnarValue, kernel: impl Fn(&dyn Array) -> Result<ArrayRef>) -> Result<ColumnarValue> {
    Ok(match value {
        ColumnarValue::Array(array) => ColumnarValue::Array(kernel(array)?),
        ColumnarValue::Scalar(scalar) => {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&kernel(&scalar.to_array()?)?, 0)?)
        }
    })
}

fn date_to_text(dates: &dyn Array) -> Result<ArrayRef> {
    let values = dates.as_primitive::<Date32Type>();
    let views: Option<Vec<u128>> =
        values.values().iter().map(|days| date_bytes(*days).map(|bytes| inline_view(&bytes))).collect();
    match views {
        Some(views) => {
            Ok(Arc::new(StringViewArray::try_new(views.into(), Vec::new(), values.nulls().cloned())?))
        }
        // A year of more or fewer than four digits is somewhere among them.
        None => Ok(arrow::compute::cast(dates, &DataType::Utf8View)?),
    }
}

/// A view of at most twelve bytes holds them itself, behind their number
/// (Arrow columnar format, "Variable-size Binary View Layout").
fn inline_view(bytes: &[u8; 10]) -> u128 {
    let mut view = [0; 16];
    view[0] = 10;
    view[4..14].copy_from_slice(bytes);
    u128::from_le_bytes(view)
}

fn parse<T, A: FromIterator<Option<T>>>(
    texts: &dyn Array,
    lenient: bool,
    read: impl Fn(&str) -> Option<T>,
) -> Result<A> {
    let one = |text: Option<&str>| -> Result<Option<T>> {
        match text.map(&read) {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) if lenient => Ok(None),
            Some(None) => Err(failure()),
        }
    };
    match texts.data_type() {
        DataType::Utf8View => texts.as_string_view().iter().map(one).collect(),
        DataType::Utf8 => texts.as_string::<i32>().iter().map(one).collect(),
        other => internal_err!("a date is read from {other}"),
    }
}

/// Without the value: errors may be shown, values may not.
fn failure() -> DataFusionError {
    exec_datafusion_err!("a text is not a date or timestamp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_the_text_that_arrow_would_write() {
        let odd = [i32::MIN / 4096, -719_529, -719_528, -1, 0, 59, 11_016, 2_932_896, 2_932_897];
        for dates in [&odd[..], &odd[2..8]] {
            let dates: Date32Array =
                dates.iter().map(|day| Some(*day)).chain([None]).collect::<Vec<_>>().into();
            let theirs = arrow::compute::cast(&dates, &DataType::Utf8View).expect("arrow writes dates");
            assert_eq!(date_to_text(&dates).expect("so do we").as_string_view(), theirs.as_string_view());
        }
    }

    #[test]
    fn a_pattern_that_explodes_is_refused() {
        assert!(Pattern::new(r"(\w{100}){100}", false).is_err());
        assert!(Pattern::new(r"^\p{L}+( \p{L}+)*$", false).is_ok());
    }
}
