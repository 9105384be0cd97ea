use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use super::limit::SKEW_MICROS;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::date_format::format_timestamp;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::day_histogram::heartbeat_mass;
use crate::state::{Figure, Measure, State, Tally};

/// The table was updated within its cycle.
#[derive(Debug)]
pub struct HeartbeatKind;

static ABOUT: About = About {
    name: "heartbeat",
    dimension: Dimension::Freshness,
    severity: Severity::Critical,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The latest time in the column is no older than one update cycle at the moment of the run. The points fade \
             evenly after the first cycle and are gone at the third. Times in the future (more than five minutes) do \
             not count.",
        vi: "Thời điểm mới nhất trong cột không cũ hơn một chu kỳ cập nhật tính đến lúc đánh giá. Điểm giảm đều sau chu \
             kỳ thứ nhất và hết ở chu kỳ thứ ba. Thời điểm ở tương lai (quá năm phút) không được tính.",
    },
    why: Words {
        en: "Data that stopped arriving still looks perfect by every other rule.",
        vi: "Dữ liệu ngừng cập nhật vẫn trông hoàn hảo theo mọi quy tắc khác.",
    },
    fix: Words {
        en: "Find out where the feed stopped; send a \"no change\" message when there is nothing to send.",
        vi: "Tìm chỗ luồng dữ liệu bị dừng; gửi thông báo \"không thay đổi\" khi không có gì để gửi.",
    },
    example: "heartbeat: { column: ngay_cap_nhat, cycle: 1d }",
};

#[derive(Debug, JsonSchema)]
pub struct Heartbeat {
    /// The column that says when a row was last updated.
    column: At<String>,
    /// The update cycle, such as `1d`; the table's `update_cycle` where it is left out.
    #[schemars(with = "Option<String>")]
    cycle: u64,
}

impl Kind for HeartbeatKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let (column, fields) = arguments::column(node, context)?;
        let cycle = arguments::cycle(&column, fields, context)?;
        Some(Box::new(Heartbeat { column, cycle }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::text_or::<Heartbeat>(generator)
    }
}

impl Spec for Heartbeat {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column_as(&self.column, ColumnType::Timestamp, None)?;
        Ok(Bound::scan(LastUpdate { column, cycle: self.cycle, as_of: binder.as_of() }))
    }
}

struct LastUpdate {
    column: ColumnId,
    cycle: u64,
    as_of: i64,
}

#[derive(Default)]
struct Latest {
    /// The latest time that is not in the future.
    latest: Option<i64>,
    rows: u64,
    future: u64,
}

impl State for Latest {
    fn merge(&mut self, other: Self) {
        self.latest = self.latest.max(other.latest);
        self.rows += other.rows;
        self.future += other.future;
    }
}

impl Check for LastUpdate {
    type State = Latest;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Latest) -> Option<RowVerdict> {
        let typed = batch.typed(self.column);
        let values = typed.array.as_primitive::<TimestampMicrosecondType>().values();
        state.rows += population.sound(&batch.all()).count_set_bits() as u64;
        for row in population.sound(&typed.parsed).set_indices() {
            let at = values[row];
            if at > self.as_of.saturating_add(SKEW_MICROS) {
                state.future += 1;
            } else {
                state.latest = state.latest.max(Some(at));
            }
        }
        None
    }

    fn measure(&self, _: Tally, state: &Latest) -> Measure {
        let Some(latest) = state.latest else {
            // No row at all is an empty table; rows without a usable time are a table of unknown age.
            let mut measure = Measure::of(Tally { unknown: u64::from(state.rows > 0), ..Tally::default() });
            if state.rows > 0 {
                measure.note =
                    Some(say!("no row has a usable time", "không dòng nào có thời điểm dùng được"));
            }
            return measure;
        };
        let age = u64::try_from((self.as_of - latest).max(0) / 1_000_000).unwrap_or_default();
        let mass = heartbeat_mass(age, self.cycle);
        let alive = mass.bad == 0;
        let mut measure = Measure::of(Tally::new(u64::from(alive), u64::from(!alive), 0, 0));
        measure.mass = Some(mass);
        measure.figures.push(Figure::new("latest", format_timestamp(latest)));
        measure.figures.push(Figure::new("age_seconds", age));
        measure.figures.push(Figure::new("cycle_seconds", self.cycle));
        if state.future > 0 {
            measure.figures.push(Figure::new("future_rows", state.future));
        }
        measure
    }
}
