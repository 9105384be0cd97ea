use arrow::array::{Array, AsArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::limit::{self, AS_OF, Limit, Limits, WHOLE};
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::State;

/// Values lie between two bounds.
#[derive(Debug)]
pub struct InRangeKind;

static ABOUT: About = About {
    name: "in_range",
    title: Words { en: "values in their range", vi: "giá trị nằm trong khoảng" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value lies between two bounds, both included unless said otherwise. Numbers, dates and timestamps; \
             `as_of` stands for the moment of the run. Absent values are skipped; so are values that are not of the \
             declared type, which `type` counts.",
        vi: "Mọi giá trị nằm giữa hai cận, kể cả hai cận trừ khi nói khác. Dùng cho số, ngày, thời điểm; `as_of` là \
             thời điểm đánh giá. Bỏ qua giá trị thiếu và giá trị sai kiểu khai báo (đã được `type` đếm).",
    },
    why: Words {
        en: "A value no real thing can have, such as a birth in the future, is an error that a machine can prove.",
        vi: "Giá trị mà thực tế không thể có, như ngày sinh ở tương lai, là lỗi máy chứng minh được.",
    },
    fix: Words {
        en: "Correct the values at their source; look for swapped fields, units and day/month.",
        vi: "Sửa tại nguồn; chú ý trường bị hoán đổi, sai đơn vị, đảo ngày/tháng.",
    },
    example: "in_range: { column: ngay_sinh, min: 1900-01-01, max: as_of }",
};

/// The shape of the arguments, for the JSON Schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `InRange` holds what was read")]
struct Arguments {
    /// The column whose values are compared.
    column: String,
    #[schemars(flatten)]
    limits: Limits,
}

#[derive(Debug)]
struct InRange {
    column: At<String>,
    limits: Limits,
    /// Declared type of the column.
    declared: Option<ColumnType>,
}

impl Kind for InRangeKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let column = fields.required("column", context.reader).and_then(|node| context.reader.text(node));
        let limits = Limits::parse(&mut fields, context);
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(context.reader);
        let column = column?;
        let declared = context.declared_type(&column.value);
        if limits.min.is_none() && limits.max.is_none() {
            if rest == 0 {
                context.reader.error(&span, say!("`min` or `max` is missing", "thiếu `min` hoặc `max`"));
            }
            return None;
        }
        limits
            .check(declared, context)
            .then(|| Box::new(InRange { column, limits, declared }) as Box<dyn Spec>)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for InRange {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn demands(&self) -> Vec<Demand> {
        let text = |limit: &Option<At<Limit>>| limit.as_ref().map(|limit| limit.value.0.clone());
        vec![Demand::Within { low: text(&self.limits.min), high: text(&self.limits.max) }]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut column = binder.column(&self.column)?;
        let mut ty = binder.column_type(column);
        let sides = [&self.limits.min, &self.limits.max];
        if self.declared.is_none() && matches!(ty, ColumnType::Text | ColumnType::Boolean) {
            // Text without a declared type is read as what the bounds speak of.
            let implied = sides.into_iter().flatten().find_map(|limit| limit.value.implied_type());
            ty = implied.unwrap_or(ColumnType::Date);
            column = binder.column_as(&self.column, ty, None)?;
        }
        let moves = |limit: &Option<At<Limit>>| limit.as_ref().is_some_and(|limit| limit.value.0 == AS_OF);
        let moving = moves(&self.limits.min) || moves(&self.limits.max);
        // Who does not ask for the moment of the run is not of it.
        let as_of = if moving { binder.as_of() } else { 0 };
        let resolve = |limit: &Option<At<Limit>>, upper: bool| match limit {
            None => Ok(None),
            Some(limit) => match limit.value.resolve(ty, as_of, upper) {
                Some(bound) => Ok(Some(bound)),
                None => {
                    let (text, ty, name) = (&limit.value.0, ty.id(), &self.column.value);
                    Err(BindError::Unreadable(say!(
                        "`{text}` is no bound for `{name}`, which is of type `{ty}`",
                        "`{text}` không phải cận hợp lệ cho cột `{name}` kiểu `{ty}`"
                    )))
                }
            },
        };
        // A day that bounds moments is within the bounds as a whole, or outside as a whole.
        let (out_min, out_max) = (self.limits.exclusive_min, self.limits.exclusive_max);
        let (min, max) = (resolve(&self.limits.min, out_min)?, resolve(&self.limits.max, !out_max)?);
        let unit = match ty {
            ColumnType::Integer => Unit10::Whole,
            _ => Unit10::Tick,
        };
        let low = min.map(|bound| lowest(bound, self.limits.exclusive_min, unit));
        let high = max.map(|bound| highest(bound, self.limits.exclusive_max, unit));
        let floats = binder.array_type(column) == DataType::Float64;
        let float = |limit: &Option<At<Limit>>| {
            limit.as_ref().filter(|_| floats).and_then(|limit| limit.value.0.parse().ok())
        };
        Ok(Bound::scan(Between {
            column,
            low,
            high,
            clock: Clock::of(ty, as_of).filter(|_| moving),
            moves: (moves(&self.limits.min), moves(&self.limits.max)),
            float_min: float(&self.limits.min).map(|bound| (bound, self.limits.exclusive_min)),
            float_max: float(&self.limits.max).map(|bound| (bound, self.limits.exclusive_max)),
            exclusive_min: self.limits.exclusive_min,
            exclusive_max: self.limits.exclusive_max,
            malformed_fails: self.declared != Some(ty),
        }))
    }
}

#[derive(Clone, Copy)]
enum Unit10 {
    /// The column counts whole units, the bound 10⁻¹⁸ of them.
    Whole,
    /// Column and bound count the same ticks.
    Tick,
}

/// The lowest allowed value in the column's own integers.
fn lowest(bound: limit::Bound, exclusive: bool, unit: Unit10) -> i128 {
    let ticks = bound.ticks();
    match (unit, exclusive) {
        (Unit10::Tick, exclusive) => ticks + i128::from(exclusive),
        (Unit10::Whole, true) => ticks.div_euclid(WHOLE) + 1,
        (Unit10::Whole, false) => -(-ticks).div_euclid(WHOLE),
    }
}

/// The highest allowed value in the column's own integers.
fn highest(bound: limit::Bound, exclusive: bool, unit: Unit10) -> i128 {
    let ticks = bound.ticks();
    match (unit, exclusive) {
        (Unit10::Tick, exclusive) => ticks - i128::from(exclusive),
        (Unit10::Whole, true) => -(-ticks).div_euclid(WHOLE) - 1,
        (Unit10::Whole, false) => ticks.div_euclid(WHOLE),
    }
}

struct Between {
    column: ColumnId,
    /// Bounds in the column's own integers, both included.
    low: Option<i128>,
    high: Option<i128>,
    /// How the moment of the run is read, if a bound goes with it, and which of the bounds do.
    clock: Option<Clock>,
    moves: (bool, bool),
    /// For binary floating point columns: the bound and whether it is excluded.
    float_min: Option<(f64, bool)>,
    float_max: Option<(f64, bool)>,
    /// Whether `low` and `high` stand one tick inside of the bounds as written.
    exclusive_min: bool,
    exclusive_max: bool,
    malformed_fails: bool,
}

/// The moment of the run in the ticks of a column.
#[derive(Clone, Copy)]
struct Clock {
    now: i128,
    /// Microseconds.
    tick: i128,
}

impl Clock {
    fn of(ty: ColumnType, as_of: i64) -> Option<Self> {
        let tick = match ty {
            ColumnType::Date => 86_400_000_000,
            ColumnType::Timestamp => 1,
            _ => return None,
        };
        Some(Self { now: i128::from(as_of).div_euclid(tick), tick })
    }
}

/// The rows that turn first as the bounds go on: of those above them, and of those within.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Next {
    above: Option<i64>,
    within: Option<i64>,
}

impl State for Next {
    fn merge(&mut self, other: Self) {
        self.above = self.above.into_iter().chain(other.above).min();
        self.within = self.within.into_iter().chain(other.within).min();
    }
}

impl Check for Between {
    type State = Next;

    fn turns_at(&self, state: &Next) -> Option<i64> {
        // Without a clock its bounds are of no type that has one: nothing was resolved against the moment.
        let Clock { now, tick } = self.clock?;
        // A bound stays as far from the moment as it is.
        let comes = state.above.zip(self.high).map(|(value, high)| i128::from(value) - (high - now));
        let goes = state.within.zip(self.low).map(|(value, low)| i128::from(value) - (low - now) + 1);
        let at = comes.into_iter().chain(goes).min()?.saturating_mul(tick);
        Some(i64::try_from(at).unwrap_or(if at < 0 { i64::MIN } else { i64::MAX }))
    }

    fn scan(&self, batch: &Batch<'_>, _: &Population, state: &mut Next) -> Option<RowVerdict> {
        let typed = batch.typed(self.column);
        let array = typed.array.as_ref();
        let inside = match array.data_type() {
            DataType::Int64 => self.narrow(array.as_primitive::<Int64Type>().values()),
            DataType::Timestamp(..) => self.narrow(array.as_primitive::<TimestampMicrosecondType>().values()),
            DataType::Date32 => self.narrow(array.as_primitive::<Date32Type>().values()),
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().values();
                BooleanBuffer::collect_bool(values.len(), |row| self.float_inside(values[row]))
            }
            _ => {
                let values = array.as_primitive::<Decimal128Type>().values();
                let (low, high) = (self.low.unwrap_or(i128::MIN), self.high.unwrap_or(i128::MAX));
                BooleanBuffer::collect_bool(values.len(), |row| low <= values[row] && values[row] <= high)
            }
        };
        let mut applicable = typed.parsed.clone();
        let mut fail = minus(&typed.parsed, &inside);
        if self.clock.is_some() {
            self.look_ahead(array, &inside, &fail, &typed.parsed, state);
        }
        // Numbers wider than the machine type lie beyond every bound on their side.
        for (rows, bounded) in [(&typed.above, self.high.is_some()), (&typed.below, self.low.is_some())] {
            if let Some(rows) = rows {
                applicable = &applicable | rows;
                if bounded {
                    fail = &fail | rows;
                }
            }
        }
        if let Some(rows) = &typed.between {
            // Strictly between the tick in `values` and the next one, so never equal to a bound.
            let values = array.as_primitive::<Decimal128Type>().values();
            let low = self.low.map_or(i128::MIN, |low| low - i128::from(self.exclusive_min));
            let high = self.high.map_or(i128::MAX, |high| high + i128::from(self.exclusive_max));
            let inside =
                BooleanBuffer::collect_bool(values.len(), |row| low <= values[row] && values[row] < high);
            applicable = &applicable | rows;
            fail = &fail | &minus(rows, &inside);
        }
        if self.malformed_fails {
            applicable = &applicable | &typed.malformed;
            fail = &fail | &typed.malformed;
        }
        Some(RowVerdict::new(applicable, fail))
    }
}

impl Between {
    fn look_ahead(
        &self,
        array: &dyn Array,
        inside: &BooleanBuffer,
        fail: &BooleanBuffer,
        parsed: &BooleanBuffer,
        next: &mut Next,
    ) {
        let value = |row: usize| match array.data_type() {
            DataType::Date32 => Some(i64::from(array.as_primitive::<Date32Type>().value(row))),
            DataType::Timestamp(..) => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
            _ => None,
        };
        if self.moves.1 {
            let high = self.high.unwrap_or(i128::MAX);
            let above = fail.set_indices().filter_map(value).filter(|&value| i128::from(value) > high);
            next.merge(Next { above: above.min(), within: None });
        }
        if self.moves.0 {
            let within = (inside & parsed).set_indices().filter_map(value).min();
            next.merge(Next { above: None, within });
        }
    }

    /// Compares in the column's own width, so that the loop is vectorised.
    fn narrow<T: Copy + PartialOrd + TryFrom<i128> + Bounded>(&self, values: &[T]) -> BooleanBuffer {
        let low = self.low.map_or(T::LEAST, |low| low.max(T::LEAST));
        let high = self.high.map_or(T::MOST, |high| high.min(T::MOST));
        match (T::try_from(low), T::try_from(high)) {
            (Ok(low), Ok(high)) => {
                BooleanBuffer::collect_bool(values.len(), |row| low <= values[row] && values[row] <= high)
            }
            // A bound on the far side of the type: no value of the column is inside.
            _ => BooleanBuffer::new_unset(values.len()),
        }
    }

    fn float_inside(&self, value: f64) -> bool {
        let above = self.float_min.is_none_or(|(min, out)| if out { value > min } else { value >= min });
        above && self.float_max.is_none_or(|(max, out)| if out { value < max } else { value <= max })
    }
}

trait Bounded {
    const LEAST: i128;
    const MOST: i128;
}

impl Bounded for i32 {
    const LEAST: i128 = i32::MIN as i128;
    const MOST: i128 = i32::MAX as i128;
}

impl Bounded for i64 {
    const LEAST: i128 = i64::MIN as i128;
    const MOST: i128 = i64::MAX as i128;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractional_bounds_on_whole_numbers() {
        let half = limit::Bound::Number(WHOLE / 2);
        assert_eq!(lowest(half, false, Unit10::Whole), 1);
        assert_eq!(lowest(half, true, Unit10::Whole), 1);
        assert_eq!(highest(half, false, Unit10::Whole), 0);
        assert_eq!(highest(half, true, Unit10::Whole), 0);
        let three = limit::Bound::Number(3 * WHOLE);
        assert_eq!((lowest(three, false, Unit10::Whole), lowest(three, true, Unit10::Whole)), (3, 4));
        assert_eq!((highest(three, false, Unit10::Whole), highest(three, true, Unit10::Whole)), (3, 2));
        let minus = limit::Bound::Number(-WHOLE / 2);
        assert_eq!((lowest(minus, false, Unit10::Whole), highest(minus, false, Unit10::Whole)), (0, -1));
    }
}
