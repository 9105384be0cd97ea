use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::key::{Absent, KeyJudge, KeySpec};
use crate::rule::{
    About, At, BindError, Binder, Bound, Kind, Node, ParseContext, Reference, Spec, Words, Written,
};

/// Values exist in another table.
#[derive(Debug)]
pub struct ReferencesKind;

static ABOUT: About = About {
    name: "references",
    dimension: Dimension::Cleanliness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "The values of these columns exist in columns of another table, of the same database or of another one of the \
             run (then it is a matter of consistency). Rows in which one of them is absent are not applicable. Values are \
             compared in canonical form.",
        vi: "Giá trị của các cột này tồn tại ở các cột của một bảng khác, trong cùng cơ sở dữ liệu hoặc ở cơ sở dữ liệu \
             khác của lần chấm (khi đó thuộc chiều thống nhất). Dòng thiếu một trong các giá trị thì không áp dụng. So \
             sánh trên dạng chuẩn.",
    },
    why: Words {
        en: "A reference to nothing (an orphan) cannot be followed, joined or shared.",
        vi: "Tham chiếu đến thứ không tồn tại (bản ghi mồ côi) thì không tra cứu, không kết nối được.",
    },
    fix: Words {
        en: "Load the missing parents, or correct the referring codes.",
        vi: "Bổ sung bản ghi gốc còn thiếu, hoặc sửa mã tham chiếu.",
    },
    example: "references: { columns: [ma_xa], to: xa.ma }",
};

#[derive(Debug)]
pub struct References {
    columns: Vec<At<String>>,
    to: Reference,
}

/// As it is written.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "for the schema")]
struct Arguments {
    /// The referring columns.
    columns: Vec<String>,
    /// `table.column`, `database.table.column`, or `{ database: …, table: …, columns: [ … ] }`.
    to: Written,
}

impl Kind for ReferencesKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let one = fields.optional("column");
        let many = if one.is_some() { one } else { fields.required("columns", context.reader) };
        let columns = many.map(|node| context.reader.texts(node));
        let to = fields.required("to", context.reader);
        fields.finish(context.reader);
        let to = Reference::parse(to?, context)?;
        let columns = columns.filter(|columns| !columns.is_empty())?;
        if !to.pairs_with(&columns, node, context) {
            return None;
        }
        Some(Box::new(References { columns, to }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for References {
    fn columns(&self) -> Vec<At<String>> {
        self.columns.clone()
    }

    /// One database cannot be clean of another's orphans: what is not there is not shared.
    fn dimension(&self) -> Option<Dimension> {
        self.to.database.is_some().then_some(Dimension::Consistency)
    }

    fn refers_to(&self) -> Option<&Reference> {
        Some(&self.to)
    }

    fn distinction(&self) -> String {
        self.to.table_name()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        Ok(Bound::Keys(KeySpec { columns, absent: Absent::Skip, judge: KeyJudge::In(self.to.key()) }))
    }
}
