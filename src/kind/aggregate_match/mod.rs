//! Figures of two tables, group by group, within a tolerance.

mod compared;
mod figure;
mod tolerance;
mod totals;

use self::compared::Matched;
use self::figure::{Figure, FigureWritten, What};
use self::tolerance::Tolerance;
use super::quantity;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnId;
use crate::rule::arguments::{Arguments, Field};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, KeyWritten, Node, OtherSide, ParseContext, Reference, Scope,
    Spec, WithWritten, Words, key_columns, other_table,
};
use crate::say;

static ABOUT: About = About {
    name: "aggregate_match",
    title: Words { en: "totals agree with another table", vi: "tổng khớp với bảng khác" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Group,
    scale: Scale::Defect,
    what: Words {
        en: "Another table (`with`, of this database or of another one of the run) has the same figure, group by group: the \
             number of rows (`count`), the sum of a column (`{ sum: … }`) or its different values (`{ distinct: … }`), \
             exactly or within a `tolerance`, a number or a percentage of their figure. `by` names the group's columns on \
             both sides; without it each table is one group. `theirs` is their figure if it is another one, such as a \
             column of totals. Groups of both sides are counted; one that a side lacks fails. Absent values are left out, \
             and so are rows without a group. Where rows are damaged or values cannot be read, a group is unknown unless \
             they cannot decide it.",
        vi: "Một bảng khác (`with`, cùng cơ sở dữ liệu hoặc cơ sở dữ liệu khác của lần chấm) có cùng số liệu theo từng nhóm: \
             số dòng (`count`), tổng một cột (`{ sum: … }`) hoặc số giá trị khác nhau (`{ distinct: … }`), bằng nhau tuyệt \
             đối hoặc trong sai số `tolerance` là một số hay tỷ lệ phần trăm của số liệu bên kia. `by` nêu cột nhóm ở hai \
             bên; không có thì cả bảng là một nhóm. `theirs` là số liệu bên kia nếu khác, ví dụ một cột số tổng hợp. Đếm \
             các nhóm của cả hai bên; nhóm mà một bên không có là lỗi. Bỏ qua giá trị thiếu và dòng không có nhóm. Khi có \
             dòng hỏng hay giá trị không đọc được, nhóm là không đánh giá được, trừ khi không làm đổi kết luận.",
    },
    why: Words {
        en: "Two systems that report different totals for one province cannot both be right, even if every row of both is.",
        vi: "Hai hệ thống báo hai con số cho cùng một tỉnh thì không thể cùng đúng, dù từng dòng của mỗi bên đều hợp lệ.",
    },
    fix: Words {
        en: "Begin with the group that differs most; look for loads that stopped half way, for duplicates, and for other days.",
        vi: "Bắt đầu từ nhóm lệch nhiều nhất; tìm lần nạp dở dang, bản ghi trùng, và chốt số khác ngày.",
    },
    example: "aggregate_match: { with: xa, by: { ma_tinh: tinh }, measure: { sum: so_tien }, tolerance: 0.5% }",
};

/// The arguments as they were read.
#[derive(Debug)]
pub struct AggregateMatch {
    /// Their table, with the columns that are read of it.
    with: Reference,
    ours: Side,
    theirs: Side,
    in_scope: Option<Scope>,
    tolerance: Tolerance,
}

/// How they are written.
#[derive(schemars::JsonSchema)]
#[schemars(rename = "AggregateMatch")]
#[expect(dead_code, reason = "describes the YAML; `AggregateMatch` holds what was read")]
struct Written {
    /// The other table: a table of this database, or `database.table`.
    with: WithWritten,
    /// The columns that form groups; ours: theirs. The whole table if left out.
    by: Option<KeyWritten>,
    /// Our figure: `count`, `{ sum: column }`, `{ distinct: column }`.
    measure: FigureWritten,
    /// Theirs, if it is another one, or the name of their column.
    theirs: Option<FigureWritten>,
    /// Which rows of theirs count, as an SQL condition on their columns; all if left out.
    in_scope: Option<String>,
    /// How far apart figures may be: a number, or a percentage of theirs (default 0).
    tolerance: Option<Tolerance>,
}

impl schemars::JsonSchema for AggregateMatch {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Written::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Written::json_schema(generator)
    }
}

impl Arguments for AggregateMatch {
    const ABOUT: &'static About = &ABOUT;

    fn read(mut fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let with = fields.required("with", context.reader).and_then(|node| other_table(node, context));
        let by = fields.optional("by").map(|node| key_columns(node, context));
        let figure = fields.required("measure", context.reader).and_then(|node| Figure::of(node, context));
        let theirs = fields.optional("theirs");
        let in_scope = <Option<Scope> as Field>::read("in_scope", &mut fields, context);
        let tolerance = <Option<Tolerance> as Field>::read("tolerance", &mut fields, context);
        fields.finish(context.reader);
        let ((database, table), figure) = (with?, figure?);
        let by = by.map_or(Some(Vec::new()), |by| by)?;
        let their_figure = match theirs {
            Some(node) => figure.of_theirs(node, context)?,
            None => figure.clone(),
        };
        let pads: Vec<Option<u32>> = by.iter().map(|(_, _, pad)| *pad).collect();
        let (our_by, their_by) = by.into_iter().map(|(ours, theirs, _)| (ours, theirs)).unzip();
        let ours = Side { by: our_by, pads: pads.clone(), figure };
        let theirs = Side { by: their_by, pads, figure: their_figure };
        let with = Reference { database, table, columns: theirs.columns() };
        Some(Self { with, ours, theirs, in_scope: in_scope?, tolerance: tolerance?.unwrap_or_default() })
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let count = |figure: &Figure| matches!(figure, Figure::Count);
        // An amount of nothing can be missed by everything.
        if self.tolerance.is_whole() || !count(&self.ours.figure) || !count(&self.theirs.figure) {
            return true;
        }
        let what = say!("a number of rows differs by whole numbers", "số dòng chỉ lệch nhau theo số nguyên");
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for AggregateMatch {
    fn columns(&self) -> Vec<At<String>> {
        self.ours.columns()
    }

    fn distinction(&self) -> String {
        format!("{}-{}", self.with.table_name(), self.ours.figure.word())
    }

    fn refers_to(&self) -> Option<&Reference> {
        Some(&self.with)
    }

    fn other_side(&self) -> Option<OtherSide<'_>> {
        let in_scope = self.in_scope.as_ref().map(|scope| &scope.0);
        Some(OtherSide { table: &self.with, spec: &self.theirs, in_scope })
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        self.ours.bind_with(binder, self.tolerance, self.theirs.figure.what())
    }
}

/// What is summed up of one table.
#[derive(Debug)]
struct Side {
    by: Vec<At<String>>,
    pads: Vec<Option<u32>>,
    figure: Figure,
}

impl Side {
    fn bind_with(
        &self,
        binder: &mut dyn Binder,
        tolerance: Tolerance,
        their_what: What,
    ) -> Result<Bound, BindError> {
        let by = self.by.iter().zip(&self.pads).map(|(name, pad)| match pad {
            Some(width) => binder.column_padded(name, *width),
            None => binder.column(name),
        });
        let by: Vec<ColumnId> = by.collect::<Result<_, _>>()?;
        let column = match &self.figure {
            Figure::Count => None,
            Figure::Sum(name) => Some(quantity::number(binder, name)?),
            Figure::Distinct(name) => Some(binder.column(name)?),
        };
        let types = by.iter().map(|&column| binder.column_type(column)).collect();
        let value_type = column.map(|column| binder.column_type(column));
        let personal = by.iter().any(|&column| binder.tells_whose(column))
            || column.is_some_and(|column| binder.is_personal(column));
        let what = self.figure.what();
        Ok(Bound::scan(Matched { by, types, column, value_type, what, their_what, personal, tolerance }))
    }
}

/// Of the other table only what its rows come to is asked.
impl Spec for Side {
    fn columns(&self) -> Vec<At<String>> {
        self.by.iter().chain(self.figure.column()).cloned().collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        self.bind_with(binder, Tolerance::default(), self.figure.what())
    }
}
