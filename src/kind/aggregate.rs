use arrow::array::AsArray;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType, i256,
};
use hashbrown::HashSet;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::limit::{self, Limit, Limits, WHOLE};
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::date_format::{format_date, format_timestamp};
use crate::kernel::number::{self, Parsed};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict, key};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

/// A figure over the whole column lies between two bounds.
#[derive(Debug)]
pub struct AggregateKind;

static ABOUT: About = About {
    name: "aggregate",
    dimension: Dimension::Correctness,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The `min`, `max`, `mean`, `sum` or number of `distinct` values of a column lies between two bounds. \
             Computed exactly over all rows, without rounding; absent values are left out.",
        vi: "Giá trị `min`, `max`, `mean`, `sum` hoặc số giá trị khác nhau (`distinct`) của cột nằm giữa hai cận. Tính \
             chính xác trên mọi dòng, không làm tròn; bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "Some errors show only in the whole: a unit that changed, a load that stopped half way.",
        vi: "Có lỗi chỉ lộ ra ở tổng thể: đổi đơn vị tính, nạp dở dang.",
    },
    fix: Words {
        en: "Compare with the last run and with the source's own figures.",
        vi: "So với lần chạy trước và số liệu tại nguồn.",
    },
    example: "aggregate: { column: thu_nhap, function: mean, min: 0, max: 1000000000 }",
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Function {
    Min,
    Max,
    Mean,
    Sum,
    Distinct,
}

const FUNCTIONS: [(&str, Function); 5] = [
    ("min", Function::Min),
    ("max", Function::Max),
    ("mean", Function::Mean),
    ("sum", Function::Sum),
    ("distinct", Function::Distinct),
];

#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `Aggregate` holds what was read")]
struct Arguments {
    /// The column that is summed up.
    column: String,
    /// The figure.
    function: Function,
    /// Lowest value allowed.
    min: Option<Limit>,
    /// Highest value allowed.
    max: Option<Limit>,
}

#[derive(Debug)]
struct Aggregate {
    column: At<String>,
    function: Function,
    limits: Limits,
}

impl Kind for AggregateKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let column = fields.required("column", context.reader).and_then(|node| context.reader.text(node));
        let function = fields
            .required("function", context.reader)
            .and_then(|node| context.reader.choice(node, &say!("figure", "hàm tổng hợp"), &FUNCTIONS));
        let limits = Limits::parse(&mut fields, context);
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(context.reader);
        let (column, function) = (column?, function?);
        if limits.min.is_none() && limits.max.is_none() {
            if rest == 0 {
                context.reader.error(&span, say!("`min` or `max` is missing", "thiếu `min` hoặc `max`"));
            }
            return None;
        }
        let declared = context.declared_type(&column.value);
        let ty = match function {
            Function::Distinct => Some(ColumnType::Integer),
            Function::Mean | Function::Sum => {
                if let Some(ty) =
                    declared.filter(|ty| !matches!(ty, ColumnType::Integer | ColumnType::Decimal))
                {
                    let ty = ty.id();
                    context.reader.error(
                        &column.span,
                        say!("a column of type `{ty}` has no sum", "cột kiểu `{ty}` không cộng được"),
                    );
                    return None;
                }
                Some(ColumnType::Decimal)
            }
            Function::Min | Function::Max => declared,
        };
        limits.check(ty, context).then(|| Box::new(Aggregate { column, function, limits }) as Box<dyn Spec>)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for Aggregate {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn distinction(&self) -> String {
        FUNCTIONS.iter().find(|(_, f)| *f == self.function).map_or("", |(word, _)| word).to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut column = binder.column(&self.column)?;
        let mut ty = binder.column_type(column);
        if self.function != Function::Distinct && matches!(ty, ColumnType::Text | ColumnType::Boolean) {
            // Text is read as what the bounds speak of; numbers always as decimals.
            let sides = [&self.limits.min, &self.limits.max];
            let implied = sides.into_iter().flatten().find_map(|limit| limit.value.implied_type());
            ty = match implied {
                Some(ColumnType::Integer) | None => ColumnType::Decimal,
                Some(ty) => ty,
            };
            column = binder.column_as(&self.column, ty, None)?;
        }
        let figure_type = match self.function {
            Function::Distinct | Function::Mean | Function::Sum => ColumnType::Decimal,
            Function::Min | Function::Max => ty,
        };
        if matches!(self.function, Function::Mean | Function::Sum)
            && !matches!(ty, ColumnType::Integer | ColumnType::Decimal)
        {
            let (name, ty) = (&self.column.value, ty.id());
            return Err(BindError::Unreadable(say!(
                "`{name}` is of type `{ty}`, which has no sum",
                "cột `{name}` kiểu `{ty}` không cộng được"
            )));
        }
        let resolve = |limit: &Option<At<Limit>>, upper| match limit {
            None => Ok(None),
            Some(limit) => {
                limit.value.resolve(figure_type, binder.as_of(), upper).map(Some).ok_or_else(|| {
                    let (text, ty) = (&limit.value.0, figure_type.id());
                    BindError::Unreadable(say!(
                        "`{text}` is no bound for a figure of type `{ty}`",
                        "`{text}` không phải cận hợp lệ cho số liệu kiểu `{ty}`"
                    ))
                })
            }
        };
        Ok(Bound::scan(Figures {
            column,
            ty,
            function: self.function,
            min: resolve(&self.limits.min, false)?.map(limit::Bound::ticks),
            max: resolve(&self.limits.max, true)?.map(limit::Bound::ticks),
            exclusive_min: self.limits.exclusive_min,
            exclusive_max: self.limits.exclusive_max,
        }))
    }
}

struct Figures {
    column: ColumnId,
    ty: ColumnType,
    function: Function,
    min: Option<i128>,
    max: Option<i128>,
    exclusive_min: bool,
    exclusive_max: bool,
}

/// What is remembered of a column: only what the function needs is filled.
#[derive(Default)]
struct Summary {
    values: u64,
    absent: u64,
    /// Values that could not be taken into account.
    unknown: u64,
    /// In 10⁻¹⁸ for numbers. Wide enough that no table overflows it.
    sum: Sum,
    least: Option<i128>,
    most: Option<i128>,
    distinct: HashSet<u128>,
}

struct Sum(i256);

impl Default for Sum {
    fn default() -> Self {
        Self(i256::ZERO)
    }
}

impl State for Summary {
    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.absent += other.absent;
        self.unknown += other.unknown;
        self.sum.0 = self.sum.0.wrapping_add(other.sum.0);
        self.least = [self.least, other.least].into_iter().flatten().min();
        self.most = [self.most, other.most].into_iter().flatten().max();
        if self.distinct.is_empty() {
            self.distinct = other.distinct;
        } else {
            self.distinct.extend(other.distinct);
        }
    }
}

impl Summary {
    fn add(&mut self, value: i128) {
        self.values += 1;
        self.sum.0 = self.sum.0.wrapping_add(i256::from_i128(value));
        self.least = Some(self.least.map_or(value, |least| least.min(value)));
        self.most = Some(self.most.map_or(value, |most| most.max(value)));
    }
}

impl Check for Figures {
    type State = Summary;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Summary) -> Option<RowVerdict> {
        let all = population.sound(&batch.all());
        let present = population.sound(batch.present(self.column));
        state.absent += (all.count_set_bits() - present.count_set_bits()) as u64;
        state.unknown += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        if self.function == Function::Distinct {
            let types = [self.ty];
            let keys = key::keys(batch, &[self.column], &types, key::Absent::Skip);
            let digests = keys.values.into_digests();
            state.values += present.count_set_bits() as u64;
            state.distinct.extend(present.set_indices().map(|row| digests[row]));
            return None;
        }
        let typed = batch.typed(self.column);
        let parsed = &present & &typed.parsed;
        state.unknown += (present.count_set_bits() - parsed.count_set_bits()) as u64;
        let array = typed.array.as_ref();
        let rows = parsed.set_indices();
        match array.data_type() {
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>().values();
                rows.for_each(|row| state.add(i128::from(values[row]) * WHOLE));
            }
            DataType::Date32 => {
                let values = array.as_primitive::<Date32Type>().values();
                rows.for_each(|row| state.add(i128::from(values[row])));
            }
            DataType::Timestamp(..) => {
                let values = array.as_primitive::<TimestampMicrosecondType>().values();
                rows.for_each(|row| state.add(i128::from(values[row])));
            }
            DataType::Float64 => {
                // A binary fraction is taken as the shortest decimal that names it: sums stay exact and do not
                // depend on the order of rows.
                let values = array.as_primitive::<Float64Type>().values();
                rows.for_each(|row| match number::decimal(&values[row].to_string()) {
                    Parsed::Value(value) => state.add(value),
                    _ => state.unknown += 1,
                });
            }
            _ => {
                let values = array.as_primitive::<Decimal128Type>().values();
                rows.for_each(|row| state.add(values[row]));
            }
        }
        None
    }

    fn measure(&self, _: Tally, state: &Summary) -> Measure {
        if state.values == 0 {
            return Measure::of(Tally {
                na: state.absent,
                unknown: u64::from(state.unknown > 0),
                ..Tally::default()
            });
        }
        let count = i256::from_i128(i128::from(state.values));
        // Every figure as an exact fraction, compared with the bounds by multiplication.
        let (figure, over) = match self.function {
            Function::Min => (i256::from_i128(state.least.unwrap_or_default()), i256::ONE),
            Function::Max => (i256::from_i128(state.most.unwrap_or_default()), i256::ONE),
            Function::Sum => (state.sum.0, i256::ONE),
            Function::Mean => (state.sum.0, count),
            Function::Distinct => (i256::from_i128(state.distinct.len() as i128 * WHOLE), i256::ONE),
        };
        let scaled = |bound: i128| i256::from_i128(bound).wrapping_mul(over);
        let above = self
            .min
            .is_none_or(|min| if self.exclusive_min { figure > scaled(min) } else { figure >= scaled(min) });
        let below = self
            .max
            .is_none_or(|max| if self.exclusive_max { figure < scaled(max) } else { figure <= scaled(max) });
        let tally = if state.unknown > 0 {
            Tally::new(0, 0, 0, 1)
        } else if above && below {
            Tally::new(1, 0, 0, 0)
        } else {
            Tally::new(0, 1, 0, 0)
        };
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new(&self.figure_name(), self.show(figure, over)));
        measure.figures.push(Figure::new("values", state.values));
        if state.unknown > 0 {
            let unknown = state.unknown;
            measure.note = Some(say!(
                "{unknown} values could not be taken into account, so the figure is not known",
                "{unknown} giá trị không tính được nên không xác định được số liệu"
            ));
        }
        measure
    }
}

impl Figures {
    fn figure_name(&self) -> String {
        FUNCTIONS.iter().find(|(_, f)| *f == self.function).map_or("", |(word, _)| word).to_owned()
    }

    /// The figure as text; a mean is cut (not rounded) after 18 decimals.
    fn show(&self, figure: i256, over: i256) -> String {
        let value = figure.wrapping_div(over);
        let number = || value.to_i128().map_or_else(|| value.to_string(), number::show_decimal);
        match (self.function, self.ty) {
            (Function::Min | Function::Max, ColumnType::Date) => {
                format_date(value.to_i128().unwrap_or_default() as i32)
            }
            (Function::Min | Function::Max, ColumnType::Timestamp) => {
                format_timestamp(value.to_i128().unwrap_or_default() as i64)
            }
            _ => number(),
        }
    }
}
