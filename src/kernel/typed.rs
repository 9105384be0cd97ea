//! A column parsed into the type that it is declared to have, and what could not be parsed.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array,
    TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};

use super::column::{ColumnPlan, ColumnType, TextColumn, cast};
use super::number::{self, DECIMAL_PRECISION, DECIMAL_SCALE, Parsed};

/// Seconds that Viet Nam is ahead of UTC; it has no daylight saving time.
pub const LOCAL_OFFSET_SECONDS: i64 = 7 * 3_600;

/// A parsed column. Every present cell is in exactly one of `parsed`, `malformed`, `above`, `below`, `between`.
#[derive(Clone, Debug)]
pub struct Typed {
    /// `Utf8View`, `Int64`, `Decimal128(38, 18)` or `Float64`, `Boolean`, `Date32`, or `Timestamp(µs)` in local
    /// time. Null where not parsed.
    pub array: ArrayRef,
    pub parsed: BooleanBuffer,
    /// Present but not of the type.
    pub malformed: BooleanBuffer,
    /// Numbers that are well formed but too wide for the machine type: greater than any of its values, or smaller.
    pub above: Option<BooleanBuffer>,
    pub below: Option<BooleanBuffer>,
    /// Numbers with more digits after the point than are kept: above the value in `array`, below the next one.
    pub between: Option<BooleanBuffer>,
}

impl Typed {
    /// Numbers that are neither parsed nor malformed.
    pub fn unrepresented(&self) -> Option<BooleanBuffer> {
        let all = [&self.above, &self.below, &self.between];
        all.into_iter().flatten().cloned().reduce(|a, b| &a | &b)
    }
}

/// The Arrow type of [`Typed::array`] for a column that is found as `found` and read as `ty`.
pub fn array_type(ty: ColumnType, found: &DataType) -> DataType {
    match ty {
        ColumnType::Text => DataType::Utf8View,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal if found.is_floating() => DataType::Float64,
        ColumnType::Decimal => DataType::Decimal128(DECIMAL_PRECISION as u8, DECIMAL_SCALE as i8),
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
    }
}

/// Parses a column; `text` gives its canonical text when the found type does not answer directly.
pub fn parse<'t>(
    plan: &ColumnPlan,
    found: &ArrayRef,
    present: &BooleanBuffer,
    text: impl FnOnce() -> &'t TextColumn,
) -> Typed {
    direct(plan.ty, found, present).unwrap_or_else(|| from_text(plan, text(), present))
}

/// Arrays that already have the wanted type, or convert to it without loss.
fn direct(ty: ColumnType, found: &ArrayRef, present: &BooleanBuffer) -> Option<Typed> {
    let wanted = array_type(ty, found.data_type());
    let convertible = match (ty, found.data_type()) {
        (ColumnType::Integer, DataType::UInt64) => false,
        (ColumnType::Integer, found) => found.is_integer(),
        (ColumnType::Decimal, found) => {
            found.is_floating()
                || found.is_integer() && !matches!(found, DataType::UInt64)
                || matches!(found, DataType::Decimal32(_, s) | DataType::Decimal64(_, s) | DataType::Decimal128(_, s)
                    if (0..=DECIMAL_SCALE as i8).contains(s))
        }
        (ColumnType::Boolean, found) => *found == DataType::Boolean,
        (ColumnType::Date, found) => {
            matches!(found, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
        }
        (ColumnType::Timestamp, found) => {
            matches!(found, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
        }
        (ColumnType::Text, _) => false,
    };
    if !convertible {
        return None;
    }
    let array = match (ty, found.data_type()) {
        (ColumnType::Date, DataType::Timestamp(..)) => {
            let local = local_timestamps(found)?;
            let days: Date32Array = local
                .as_primitive::<TimestampMicrosecondType>()
                .unary(|micros| micros.div_euclid(86_400_000_000) as i32);
            Arc::new(days) as ArrayRef
        }
        (ColumnType::Timestamp, DataType::Timestamp(..)) => local_timestamps(found)?,
        (_, found_type) if *found_type == wanted => Arc::clone(found),
        _ => cast(found, &wanted)?,
    };
    // What the cast turned into null is beyond the type; there is no sign to tell, so let text answer.
    if array.null_count() > found.null_count() {
        return None;
    }
    let parsed = match array.nulls() {
        Some(nulls) => present & nulls.inner(),
        None => present.clone(),
    };
    let parsed = match array.data_type() {
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>().values();
            &parsed & &BooleanBuffer::collect_bool(values.len(), |row| values[row].is_finite())
        }
        _ => parsed,
    };
    let malformed = super::verdict::minus(present, &parsed);
    Some(Typed { array: nulled(&array, &parsed), parsed, malformed, above: None, below: None, between: None })
}

/// Timestamps of any unit and zone as naive local microseconds.
pub(super) fn local_timestamps(found: &ArrayRef) -> Option<ArrayRef> {
    let DataType::Timestamp(_, zone) = found.data_type() else { return None };
    let naive = cast(found, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?;
    let values = naive.as_primitive::<TimestampMicrosecondType>();
    let shift = if zone.is_some() { LOCAL_OFFSET_SECONDS * 1_000_000 } else { 0 };
    if shift == 0 {
        return Some(Arc::new(values.clone().with_timezone_opt(None::<Arc<str>>)));
    }
    Some(Arc::new(values.unary::<_, TimestampMicrosecondType>(|micros| micros.saturating_add(shift))))
}

/// The array with everything but `keep` null, so that an expression sees no value that a rule would not.
pub(super) fn nulled(array: &ArrayRef, keep: &BooleanBuffer) -> ArrayRef {
    let kept = keep.count_set_bits();
    if kept == array.len() - array.null_count() {
        return Arc::clone(array);
    }
    let nulls = NullBuffer::new(keep.clone());
    match array.data_type() {
        // The common types without a copy of the values.
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>().values().clone();
            Arc::new(Int64Array::new(values, Some(nulls)))
        }
        DataType::Date32 => {
            let values = array.as_primitive::<Date32Type>().values().clone();
            Arc::new(Date32Array::new(values, Some(nulls)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            let values = array.as_primitive::<TimestampMicrosecondType>().values().clone();
            Arc::new(TimestampMicrosecondArray::new(values, Some(nulls)))
        }
        _ => {
            let drop = BooleanArray::new(!keep, None);
            arrow::compute::nullif(array, &drop).unwrap_or_else(|_| Arc::clone(array))
        }
    }
}

fn from_text(plan: &ColumnPlan, text: &TextColumn, present: &BooleanBuffer) -> Typed {
    match plan.ty {
        ColumnType::Text => Typed {
            array: nulled(&text.to_array(), present),
            parsed: present.clone(),
            malformed: BooleanBuffer::new_unset(present.len()),
            above: None,
            below: None,
            between: None,
        },
        ColumnType::Integer => {
            let (values, typed) = gather(text, present, number::integer);
            typed.with(Arc::new(Int64Array::new(values.into(), None)))
        }
        ColumnType::Decimal => {
            let (values, typed) = gather(text, present, number::decimal);
            let array = Decimal128Array::new(values.into(), None)
                .with_data_type(DataType::Decimal128(DECIMAL_PRECISION as u8, DECIMAL_SCALE as i8));
            typed.with(Arc::new(array))
        }
        ColumnType::Boolean => {
            let (values, typed) = gather(text, present, number::boolean);
            typed.with(Arc::new(BooleanArray::from(values)))
        }
        ColumnType::Date => {
            let (values, typed) = gather(text, present, |value| {
                first(plan.formats.iter().map(|format| format.parse_date(value)))
            });
            typed.with(Arc::new(Date32Array::new(values.into(), None)))
        }
        ColumnType::Timestamp => {
            let (values, typed) = gather(text, present, |value| {
                first(plan.formats.iter().map(|format| format.parse_timestamp(value)))
            });
            typed.with(Arc::new(TimestampMicrosecondArray::new(values.into(), None)))
        }
    }
}

fn first<T>(mut results: impl Iterator<Item = Option<T>>) -> Parsed<T> {
    results.find_map(|result| result).map_or(Parsed::Malformed, Parsed::Value)
}

/// The bitmaps of a parsed column, before it has its array.
struct Outcome {
    parsed: BooleanBuffer,
    malformed: BooleanBuffer,
    above: Option<BooleanBuffer>,
    below: Option<BooleanBuffer>,
    between: Option<BooleanBuffer>,
}

impl Outcome {
    fn with(self, array: ArrayRef) -> Typed {
        Typed {
            array: nulled(&array, &self.parsed),
            parsed: self.parsed,
            malformed: self.malformed,
            above: self.above,
            below: self.below,
            between: self.between,
        }
    }
}

fn gather<T: Copy + Default>(
    text: &TextColumn,
    present: &BooleanBuffer,
    parse: impl Fn(&str) -> Parsed<T>,
) -> (Vec<T>, Outcome) {
    let rows = present.len();
    let mut values = vec![T::default(); rows];
    let result = text.mapped(parse);
    let (mut above, mut below, mut between) = (Vec::new(), Vec::new(), Vec::new());
    let parsed = BooleanBuffer::collect_bool(rows, |row| match result(row).filter(|_| present.value(row)) {
        Some(Parsed::Value(value)) => {
            values[row] = value;
            true
        }
        Some(Parsed::Beyond { negative }) => {
            if negative {
                below.push(row)
            } else {
                above.push(row)
            };
            false
        }
        Some(Parsed::Between(value)) => {
            values[row] = value;
            between.push(row);
            false
        }
        Some(Parsed::Malformed) | None => false,
    });
    let bits = |list: Vec<usize>| {
        (!list.is_empty()).then(|| {
            let mut builder = arrow::array::BooleanBufferBuilder::new(rows);
            builder.append_n(rows, false);
            list.into_iter().for_each(|row| builder.set_bit(row, true));
            builder.finish()
        })
    };
    let (above, below, between) = (bits(above), bits(below), bits(between));
    let mut malformed = super::verdict::minus(present, &parsed);
    for beyond in [&above, &below, &between].into_iter().flatten() {
        malformed = super::verdict::minus(&malformed, beyond);
    }
    (values, Outcome { parsed, malformed, above, below, between })
}
