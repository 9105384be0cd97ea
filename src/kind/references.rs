use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::key::{Absent, KeyJudge, KeySpec};
use crate::rule::{About, At, BindError, Binder, Bound, Kind, Node, ParseContext, Spec, Value, Words};
use crate::say;

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
        en: "The values of these columns exist in columns of another table of the same database. Rows in which one of \
             them is absent are not applicable. Values are compared in canonical form.",
        vi: "Giá trị của các cột này tồn tại ở các cột của một bảng khác trong cùng cơ sở dữ liệu. Dòng thiếu một trong \
             các giá trị thì không áp dụng. So sánh trên dạng chuẩn.",
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

#[derive(Debug, JsonSchema)]
pub struct References {
    /// The referring columns.
    columns: Vec<At<String>>,
    /// `table.column`, or `{ table: …, columns: [ … ] }`.
    to: Target,
}

#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the short form exists for the schema; parsing turns it into the long one")]
enum Target {
    Short(String),
    Long {
        /// The table that is referred to.
        table: At<String>,
        /// Its columns, in the order of the referring ones.
        columns: Vec<At<String>>,
    },
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
        let (table, parents) = target(to?, context)?;
        let columns = columns.filter(|columns| !columns.is_empty())?;
        if parents.len() != columns.len() {
            let (ours, theirs) = (columns.len(), parents.len());
            context.reader.error(
                &node.span,
                say!(
                    "{ours} columns cannot refer to {theirs}",
                    "{ours} cột không thể tham chiếu tới {theirs} cột"
                ),
            );
            return None;
        }
        Some(Box::new(References { columns, to: Target::Long { table, columns: parents } }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<References>()
    }
}

fn target(node: &Node, context: &mut ParseContext<'_>) -> Option<(At<String>, Vec<At<String>>)> {
    if let Value::Map(_) = node.value {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let table = fields.required("table", reader).and_then(|node| reader.text(node));
        let many = fields.optional("columns");
        let columns = many.or_else(|| fields.required("column", reader)).map(|node| reader.texts(node));
        fields.finish(reader);
        return Some((table?, columns?));
    }
    let text = context.reader.text(node)?;
    match text.value.rsplit_once('.') {
        Some((table, column)) if !table.is_empty() && !column.is_empty() => Some((
            At { value: table.to_owned(), span: text.span.clone() },
            vec![At { value: column.to_owned(), span: text.span }],
        )),
        _ => {
            let value = &text.value;
            context.reader.error(
                &text.span,
                say!("`{value}` is not `table.column`", "`{value}` không có dạng `bảng.cột`"),
            );
            None
        }
    }
}

impl Spec for References {
    fn columns(&self) -> Vec<At<String>> {
        self.columns.clone()
    }

    fn refers_to(&self) -> Option<(At<String>, Vec<At<String>>)> {
        match &self.to {
            Target::Long { table, columns } => Some((table.clone(), columns.clone())),
            Target::Short(_) => None,
        }
    }

    fn distinction(&self) -> String {
        self.refers_to().map(|(table, _)| table.value).unwrap_or_default()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let (table, parents) = self.refers_to().ok_or_else(|| {
            BindError::Unreadable(say!("the rule names no table", "quy tắc không nêu bảng"))
        })?;
        let judge = KeyJudge::In {
            table: table.value,
            columns: parents.into_iter().map(|column| column.value).collect(),
        };
        Ok(Bound::Keys(KeySpec { columns, absent: Absent::Skip, judge }))
    }
}
