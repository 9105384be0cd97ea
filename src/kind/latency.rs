use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::TimestampMicrosecondType;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};
use crate::state::latency_histogram::LatencyEdges;
use crate::state::{Figure, LatencyHistogram, Measure, Tally};

/// Events are recorded in time.
#[derive(Debug)]
pub struct LatencyKind;

static ABOUT: About = About {
    name: "latency",
    title: Words { en: "events recorded in time", vi: "sự kiện ghi nhận đúng hạn" },
    dimension: Dimension::Freshness,
    severity: Severity::Major,
    unit: Unit::Event,
    scale: Scale::Defect,
    what: Words {
        en: "Every event is recorded within a time after it happened. Rows without a usable time on either side are \
             unknown; events recorded before they happened are not applicable here (`negative` counts them: check \
             them with `expect`). Percentiles are upper edges of fixed buckets.",
        vi: "Mỗi sự kiện được ghi nhận trong thời hạn kể từ khi xảy ra. Dòng thiếu thời điểm dùng được ở một trong hai \
             cột là không đo được; sự kiện ghi trước khi xảy ra thì không áp dụng (`negative` đếm số này: dùng \
             `expect` để kiểm tra). Phân vị là cận trên của các khoảng cố định.",
    },
    why: Words {
        en: "A decision taken between the event and its record is taken on old facts.",
        vi: "Quyết định đưa ra giữa lúc sự kiện xảy ra và lúc ghi nhận là quyết định trên dữ liệu cũ.",
    },
    fix: Words {
        en: "Find the slowest stage between event and record; automate its hand-over.",
        vi: "Tìm khâu chậm nhất giữa sự kiện và ghi nhận; tự động hóa khâu đó.",
    },
    example: "latency: { event: ngay_sinh_su_kien, recorded: ngay_ghi_nhan, within: 2d }",
};

#[derive(Debug, JsonSchema)]
pub struct Latency {
    /// The column that says when it happened.
    event: At<String>,
    /// The column that says when it was recorded.
    recorded: At<String>,
    /// The longest time allowed between the two, such as `2d`.
    #[schemars(with = "String")]
    within: u64,
}

impl Kind for LatencyKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let event = fields.required("event", reader).and_then(|node| reader.text(node));
        let recorded = fields.required("recorded", reader).and_then(|node| reader.text(node));
        let within = fields.required("within", reader).and_then(|node| reader.duration(node));
        fields.finish(reader);
        Some(Box::new(Latency { event: event?, recorded: recorded?, within: within? }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Latency>()
    }
}

impl Spec for Latency {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.event.clone(), self.recorded.clone()]
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Soon { seconds: self.within }]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Within {
            event: binder.column_as(&self.event, ColumnType::Timestamp, None)?,
            recorded: binder.column_as(&self.recorded, ColumnType::Timestamp, None)?,
            within: self.within,
            edges: LatencyEdges::with_deadlines(&[self.within]),
        }))
    }
}

struct Within {
    event: ColumnId,
    recorded: ColumnId,
    /// Seconds.
    within: u64,
    edges: LatencyEdges,
}

impl Check for Within {
    type State = LatencyHistogram;

    fn scan(
        &self,
        batch: &Batch<'_>,
        population: &Population,
        state: &mut LatencyHistogram,
    ) -> Option<RowVerdict> {
        let (event, recorded) = (batch.typed(self.event), batch.typed(self.recorded));
        let dated = &event.parsed & &recorded.parsed;
        let start = event.array.as_primitive::<TimestampMicrosecondType>().values();
        let end = recorded.array.as_primitive::<TimestampMicrosecondType>().values();
        // Whole seconds, rounded up: a moment past the deadline is past it.
        let seconds = |row: usize| whole_seconds(end[row].saturating_sub(start[row]));
        let negative = &dated & &BooleanBuffer::collect_bool(start.len(), |row| end[row] < start[row]);
        let sound = population.sound(&dated);
        for row in minus(&sound, &negative).set_indices() {
            state.record(seconds(row), &self.edges);
        }
        state.negative += (&sound & &negative).count_set_bits() as u64;
        state.undated += population.sound(&minus(&batch.all(), &dated)).count_set_bits() as u64;
        let deadline = i64::try_from(self.within).unwrap_or(i64::MAX);
        let late = &dated & &BooleanBuffer::collect_bool(start.len(), |row| seconds(row) > deadline);
        let unknown = minus(&batch.all(), &dated);
        Some(RowVerdict::new(minus(&batch.all(), &negative), late).with_unknown(Some(unknown)))
    }

    fn measure(&self, tally: Tally, state: &LatencyHistogram) -> Measure {
        let mut measure = Measure::of(tally);
        for (name, percent) in [("p50_seconds", 50), ("p95_seconds", 95), ("p99_seconds", 99)] {
            match state.percentile(percent) {
                Some(Some(edge)) => measure.figures.push(Figure::new(name, edge)),
                Some(None) => measure.figures.push(Figure::new(name, "+inf")),
                None => {}
            }
        }
        if state.negative > 0 {
            measure.figures.push(Figure::new("negative", state.negative));
        }
        measure
    }
}

/// Whole seconds of a length of time in microseconds, rounded up.
fn whole_seconds(micros: i64) -> i64 {
    micros.div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0)
}

#[cfg(test)]
mod tests {
    use super::whole_seconds;

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!([0, 1, 999_999, 1_000_000, 1_000_001].map(whole_seconds), [0, 1, 1, 1, 2]);
        assert_eq!([-1, -1_000_000, -1_000_001].map(whole_seconds), [0, -1, -1]);
    }
}
