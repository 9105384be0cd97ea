use std::borrow::Cow;

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::{DayHistogram, Figure, Measure, Tally};

/// Records were verified within their cycle.
#[derive(Debug)]
pub struct RecordAgeKind;

static ABOUT: About = About {
    name: "record_age",
    title: Words { en: "records verified within their cycle", vi: "hồ sơ xác minh trong chu kỳ" },
    dimension: Dimension::Freshness,
    severity: Severity::Minor,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "Every record was updated or verified within the cycle, in whole days before the moment of the run. A \
             record loses worth evenly after the first cycle and all of it at the third. Records without a usable \
             date, or dated in the future, are unknown.",
        vi: "Mỗi hồ sơ được cập nhật hoặc xác minh trong chu kỳ, tính theo ngày tròn trước lúc đánh giá. Hồ sơ mất giá \
             trị đều dần sau chu kỳ thứ nhất và mất hết ở chu kỳ thứ ba. Hồ sơ không có ngày dùng được, hoặc ngày ở \
             tương lai, là không đo được.",
    },
    why: Words {
        en: "Addresses, phones and statuses decay even if nobody touches them.",
        vi: "Địa chỉ, điện thoại, tình trạng cũ dần dù không ai đụng đến.",
    },
    fix: Words {
        en: "Verify the oldest records first; record the date of verification even if nothing changed.",
        vi: "Xác minh hồ sơ cũ nhất trước; ghi ngày xác minh kể cả khi không thay đổi.",
    },
    example: "record_age: { column: ngay_cap_nhat, cycle: 30d }",
};

#[derive(Debug, JsonSchema)]
pub struct RecordAge {
    /// The column that says when a record was last verified or updated.
    column: At<String>,
    /// The cycle in whole days, such as `30d`; the table's `update_cycle` where it is left out.
    #[schemars(with = "Option<String>")]
    cycle: u64,
}

const DAY: u64 = 86_400;

impl Kind for RecordAgeKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let (column, fields) = arguments::column(node, context)?;
        let cycle = arguments::cycle(&column, fields, context)?;
        if cycle % DAY != 0 {
            context
                .reader
                .error(
                    &node.span,
                    say!(
                        "the age of records is counted in whole days",
                        "tuổi hồ sơ được tính theo ngày tròn"
                    ),
                )
                .hint = Some(say!("write the cycle as `1d`, `30d` …", "viết chu kỳ dạng `1d`, `30d` …"));
            return None;
        }
        Some(Box::new(RecordAge { column, cycle: cycle / DAY }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::text_or::<RecordAge>(generator)
    }
}

impl Spec for RecordAge {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn trusts(&self) -> Option<&str> {
        Some(&self.column.value)
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Fresh { seconds: self.cycle.saturating_mul(86_400), rows: true }]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let declared = binder.column(&self.column)?;
        // A date, or a moment of whatever time of day; texts may be either.
        let column = match binder.column_type(declared) {
            ColumnType::Date => declared,
            _ => binder.column_as(&self.column, ColumnType::Timestamp, None)?,
        };
        let as_of = binder.as_of().div_euclid(86_400_000_000) as i32;
        Ok(Bound::scan(Aged { column, cycle: self.cycle, as_of }))
    }
}

struct Aged {
    column: ColumnId,
    /// Days.
    cycle: u64,
    as_of: i32,
}

impl Check for Aged {
    type State = DayHistogram;

    fn scan(
        &self,
        batch: &Batch<'_>,
        population: &Population,
        state: &mut DayHistogram,
    ) -> Option<RowVerdict> {
        let typed = batch.typed(self.column);
        let days: Cow<'_, [i32]> = match typed.array.as_primitive_opt::<Date32Type>() {
            Some(days) => Cow::Borrowed(days.values()),
            None => {
                let moments = typed.array.as_primitive::<TimestampMicrosecondType>().values();
                moments.iter().map(|moment| moment.div_euclid(86_400_000_000) as i32).collect()
            }
        };
        let rows = population.sound(&batch.all());
        let dated = population.sound(&typed.parsed);
        state.undated += (rows.count_set_bits() - dated.count_set_bits()) as u64;
        // Dates repeat and come in runs; adding runs instead of rows spares most of the map's work.
        let mut run: Option<(i32, u64)> = None;
        for row in dated.set_indices() {
            match &mut run {
                Some((day, count)) if *day == days[row] => *count += 1,
                _ => {
                    if let Some((day, count)) = run.replace((days[row], 1)) {
                        state.add(day, count);
                    }
                }
            }
        }
        if let Some((day, count)) = run {
            state.add(day, count);
        }
        // A row fails once it has lost any worth; the score is graded from the histogram.
        let oldest = i64::from(self.as_of) - self.cycle as i64;
        let known = BooleanBuffer::collect_bool(days.len(), |row| days[row] <= self.as_of);
        let known = &typed.parsed & &known;
        let stale = BooleanBuffer::collect_bool(days.len(), |row| i64::from(days[row]) < oldest);
        let unknown = minus(&batch.all(), &known);
        Some(RowVerdict::new(batch.all(), &known & &stale).with_unknown(Some(unknown)))
    }

    fn turns_at(&self, state: &DayHistogram) -> Option<i64> {
        let oldest = i64::from(self.as_of) - self.cycle as i64;
        let fresh = state.days.range(i32::try_from(oldest).unwrap_or(i32::MIN)..).next();
        let stale = fresh.map(|(&day, _)| i64::from(day).saturating_add(self.cycle as i64 + 1));
        // What lies ahead is unknown until it has come.
        let ahead = state.days.range(self.as_of.saturating_add(1)..).next().map(|(&day, _)| i64::from(day));
        let day = stale.into_iter().chain(ahead).min()?;
        Some(day.saturating_mul(86_400_000_000))
    }

    fn measure(&self, tally: Tally, state: &DayHistogram) -> Measure {
        let mut measure = Measure::of(tally);
        let age = state.record_age(self.as_of, self.cycle);
        if tally.applicable() > 0 {
            measure.mass = Some(age.mass);
        }
        measure.figures.push(Figure::new("cycle_days", self.cycle));
        if age.future > 0 {
            measure.figures.push(Figure::new("future_rows", age.future));
        }
        measure
    }
}
