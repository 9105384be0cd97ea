use schemars::{JsonSchema, Schema, SchemaGenerator};

use serde::{Deserialize, Serialize};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

/// The table has as many rows as it must.
#[derive(Debug)]
pub struct RowCountKind;

static ABOUT: About = About {
    name: "row_count",
    title: Words { en: "number of rows within bounds", vi: "số dòng trong giới hạn" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::ExpectedRecord,
    scale: Scale::Defect,
    what: Words {
        en: "The number of rows equals a control total (`expected`: every record too few or too many is a defect), or \
             lies between `min` and `max` (one check). With `when`, only rows on which it is true are counted.",
        vi: "Số dòng bằng số kiểm soát (`expected`: thừa hay thiếu mỗi bản ghi là một lỗi), hoặc nằm giữa `min` và `max` \
             (một phép thử). Có `when` thì chỉ đếm dòng thỏa điều kiện.",
    },
    why: Words {
        en: "Records that never arrived fail no other rule.",
        vi: "Bản ghi không đến nơi thì không quy tắc nào khác bắt được.",
    },
    fix: Words {
        en: "Compare with the source's own total; look for partial loads and for files loaded twice.",
        vi: "Đối chiếu tổng số ở nguồn; kiểm tra nạp thiếu hoặc nạp trùng tệp.",
    },
    example: "row_count: { expected: 3321 }",
};

#[derive(Debug, JsonSchema)]
pub struct RowCount {
    /// The control total.
    expected: Option<u64>,
    /// Fewest rows allowed.
    min: Option<u64>,
    /// Most rows allowed.
    max: Option<u64>,
}

impl Kind for RowCountKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let nodes = ["expected", "min", "max"].map(|key| fields.optional(key));
        let [expected, min, max] = nodes.map(|node| node.map(|node| reader.integer::<u64>(node)));
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(reader);
        if [expected, min, max].contains(&Some(None)) {
            return None;
        }
        let [expected, min, max] = [expected, min, max].map(Option::flatten);
        let problem = match (expected, min, max) {
            (None, None, None) if rest > 0 => return None,
            (None, None, None) => {
                Some(say!("`expected`, `min` or `max` is missing", "thiếu `expected`, `min` hoặc `max`"))
            }
            (Some(0), ..) => Some(say!("a control total is positive", "số kiểm soát phải lớn hơn 0")),
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Some(say!(
                "`expected` and `min`/`max` exclude each other",
                "không dùng `expected` cùng với `min`/`max`"
            )),
            (_, Some(low), Some(high)) if low > high => Some(say!(
                "no number is between {low} and {high}",
                "không có số nào nằm giữa {low} và {high}"
            )),
            _ => None,
        };
        if let Some(problem) = problem {
            reader.error(&span, problem);
            return None;
        }
        Some(Box::new(RowCount { expected, min, max }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<RowCount>()
    }
}

impl Spec for RowCount {
    fn columns(&self) -> Vec<At<String>> {
        Vec::new()
    }

    fn demands(&self) -> Vec<Demand> {
        let (low, high) = match self.expected {
            Some(expected) => (expected, expected),
            None => (self.min.unwrap_or(0), self.max.unwrap_or(u64::MAX)),
        };
        vec![Demand::Rows { low, high }]
    }

    fn bind(&self, _: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Counted { expected: self.expected, min: self.min, max: self.max }))
    }
}

struct Counted {
    expected: Option<u64>,
    min: Option<u64>,
    max: Option<u64>,
}

#[derive(Default, Serialize, Deserialize)]
struct Rows {
    counted: u64,
    /// Damaged rows: they are there, but whether `when` holds for them is not known.
    damaged: u64,
}

impl State for Rows {
    fn merge(&mut self, other: Self) {
        self.counted += other.counted;
        self.damaged += other.damaged;
    }
}

impl Check for Counted {
    type State = Rows;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Rows) -> Option<RowVerdict> {
        match &population.rows {
            Some(rows) => {
                state.counted += population.sound(rows).count_set_bits() as u64;
                state.damaged += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
            }
            None => state.counted += batch.rows() as u64,
        }
        None
    }

    fn measure(&self, _: Tally, state: &Rows) -> Measure {
        let rows = state.counted;
        let tally = if let Some(expected) = self.expected {
            // What is there beyond the expected number is too much, whatever the damaged rows are; what is missing may
            // be among them.
            let missing = expected.saturating_sub(rows);
            let (found, surplus) = (state.damaged.min(missing), rows.saturating_sub(expected));
            let unknown = if surplus > 0 { state.damaged } else { found };
            Tally { pass: rows.min(expected), fail: surplus + missing - found, na: 0, unknown }
        } else {
            let inside =
                |rows| self.min.is_none_or(|min| rows >= min) && self.max.is_none_or(|max| rows <= max);
            match (inside(rows), inside(rows + state.damaged)) {
                (true, true) => Tally::new(1, 0, 0, 0),
                (false, false) => Tally::new(0, 1, 0, 0),
                _ => Tally::new(0, 0, 0, 1),
            }
        };
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new("rows", rows));
        measure
    }
}
