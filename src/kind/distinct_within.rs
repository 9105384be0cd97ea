use arrow::buffer::BooleanBuffer;

use super::arguments::several;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::memory::{Cell, Memory, Remember};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "distinct_within",
    title: Words { en: "different values in each row", vi: "giá trị khác nhau trong từng dòng" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The values of the columns differ from each other within every row. Numbers, dates and timestamps are \
             compared as such where all columns are, anything else as canonical text (NFC, trimmed). Absent values are \
             left out; a row with fewer than two values is not applicable.",
        vi: "Trong mỗi dòng, giá trị của các cột khác nhau từng đôi một. So theo số, ngày, thời điểm khi mọi cột cùng \
             loại, còn lại so theo chuỗi chuẩn (NFC, bỏ khoảng trắng hai đầu). Bỏ qua giá trị thiếu; dòng có ít hơn hai \
             giá trị thì không áp dụng.",
    },
    why: Words {
        en: "Nobody is his own father; a value that stands in two fields was copied into one of them.",
        vi: "Không ai là cha của chính mình; một giá trị nằm ở hai trường là do chép nhầm.",
    },
    fix: Words {
        en: "Find which of the fields was filled from the other and restore it from the source.",
        vi: "Tìm trường bị chép từ trường kia và khôi phục từ nguồn.",
    },
    example: "distinct_within: { columns: [so_dinh_danh, so_dinh_danh_cha, so_dinh_danh_me] }",
};

arguments! {
    pub struct DistinctWithin {
        /// The columns whose values are compared with each other.
        columns: Columns,
    }
}

impl Arguments for DistinctWithin {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("columns");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, _: &Node, context: &mut ParseContext<'_>) -> bool {
        several(&self.columns, context)
    }
}

impl Spec for DistinctWithin {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns: Vec<ColumnId> =
            self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let all = |types: &[ColumnType]| columns.iter().all(|&id| types.contains(&binder.column_type(id)));
        let ticks = all(&[ColumnType::Integer, ColumnType::Decimal])
            || all(&[ColumnType::Date])
            || all(&[ColumnType::Timestamp]);
        let names = self.columns.iter().map(|name| name.value.clone()).collect();
        Ok(Bound::scan(Differ { columns, names, ticks }))
    }
}

struct Differ {
    columns: Vec<ColumnId>,
    names: Vec<String>,
    /// Whether the values are compared as integers rather than as text.
    ticks: bool,
}

/// What the values of one row say.
enum Found {
    /// Two columns with one value, by their places.
    Twins(usize, usize),
    Different,
    TooFew,
    /// No two are the same among those that can be read.
    Unreadable,
}

impl Differ {
    /// Gives, for any row, what its values say.
    fn judge<'b>(&'b self, batch: &'b Batch<'_>) -> impl Fn(usize) -> Found + 'b {
        let remembered = |&column| Memory::of(batch, &Remember::Ticks(column));
        let memories: Vec<Memory> =
            if self.ticks { self.columns.iter().map(remembered).collect() } else { Vec::new() };
        move |row| {
            let present = |at: usize| batch.present(self.columns[at]).value(row);
            let places: Vec<usize> = (0..self.columns.len()).filter(|&at| present(at)).collect();
            let cell = |at: usize| memories[at].get(row);
            let same = |one: usize, other: usize| {
                if self.ticks {
                    matches!((cell(one), cell(other)), (Cell::Value(a), Cell::Value(b)) if a == b)
                } else {
                    let text = |at: usize| batch.canonical(self.columns[at]).get(row);
                    text(one) == text(other)
                }
            };
            let twins = places.iter().enumerate().find_map(|(nth, &one)| {
                places[nth + 1..].iter().find(|&&other| same(one, other)).map(|&other| (one, other))
            });
            match twins {
                Some((one, other)) => Found::Twins(one, other),
                None if places.len() < 2 => Found::TooFew,
                None if self.ticks && places.iter().any(|&at| cell(at) == Cell::Unreadable) => {
                    Found::Unreadable
                }
                None => Found::Different,
            }
        }
    }
}

impl Check for Differ {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let found: Vec<Found> = (0..batch.rows()).map(self.judge(batch)).collect();
        let rows =
            |test: fn(&Found) -> bool| BooleanBuffer::collect_bool(found.len(), |row| test(&found[row]));
        let applicable = rows(|found| !matches!(found, Found::TooFew));
        let fail = rows(|found| matches!(found, Found::Twins(..)));
        let unknown = rows(|found| matches!(found, Found::Unreadable));
        Some(RowVerdict::new(applicable, fail).with_unknown(Some(unknown)))
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let Found::Twins(one, other) = self.judge(batch)(row) else { return None };
        let (one, other) = (&self.names[one], &self.names[other]);
        let reason =
            say!("`{one}` and `{other}` hold the same value", "`{one}` và `{other}` có cùng một giá trị");
        Some(Explanation { reason, repaired: None })
    }
}
