use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};
use crate::say;

/// Values are of the declared type, as written.
#[derive(Debug)]
pub struct TypeKind;

static ABOUT: About = About {
    name: "type",
    title: Words { en: "values of their type", vi: "giá trị đúng kiểu" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value can be read as the type exactly as it is written: nothing is trimmed of its meaning, rounded \
             or guessed, and 31/02 is not a date. Follows from a column's `type`; absent values are skipped.",
        vi: "Mọi giá trị đọc được đúng kiểu, nguyên như được ghi: không làm tròn, không đoán, và 31/02 không phải là \
             ngày. Suy ra từ `type` của cột; bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A value of the wrong type is lost in every system that reads the column by its type.",
        vi: "Giá trị sai kiểu sẽ mất ở mọi hệ thống đọc cột theo đúng kiểu.",
    },
    fix: Words {
        en: "Correct the values, or declare the `formats` in which the column's dates are written.",
        vi: "Sửa giá trị, hoặc khai báo `formats` đúng với cách ghi ngày của cột.",
    },
    example: "type: { column: ngay_sinh, type: date, formats: [\"%d/%m/%Y\"] }",
};

#[derive(Debug, JsonSchema)]
pub struct TypeSpec {
    /// The column whose values are read.
    column: At<String>,
    /// The type; the declared one where it is left out.
    #[schemars(rename = "type")]
    ty: Option<ColumnType>,
    /// How dates and timestamps are written, such as `%d/%m/%Y`.
    formats: Option<Vec<String>>,
}

impl Kind for TypeKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let (column, fields) = arguments::column(node, context)?;
        let (mut ty, mut formats) = (None, None);
        if let Some(mut fields) = fields {
            let reader = &mut *context.reader;
            ty = fields
                .optional("type")
                .and_then(|node| reader.choice(node, &say!("column type", "kiểu cột"), &ColumnType::WORDS));
            formats = fields.optional("formats").map(|node| {
                let formats = reader.texts(node);
                for format in &formats {
                    if let Err(what) = crate::kernel::date_format::DateFormat::new(&format.value) {
                        reader.error(&format.span, what);
                    }
                }
                formats.into_iter().map(|at| at.value).collect()
            });
            fields.finish(reader);
        }
        if ty.is_none() && context.declared_type(&column.value).is_none() {
            let name = &column.value;
            context
                .reader
                .error(
                    &column.span,
                    say!("no type is declared for `{name}`", "cột `{name}` chưa khai báo kiểu"),
                )
                .hint = Some(say!(
                "add `type:` to the rule or to the column",
                "thêm `type:` vào quy tắc hoặc vào cột"
            ));
            return None;
        }
        Some(Box::new(TypeSpec { column, ty, formats }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::text_or::<TypeSpec>(generator)
    }
}

impl Spec for TypeSpec {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn distinction(&self) -> String {
        self.ty.map(|ty| ty.id().to_owned()).unwrap_or_default()
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Type(self.ty)]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = match (self.ty, &self.formats) {
            (None, None) => binder.column(&self.column)?,
            (ty, formats) => {
                let declared = binder.column(&self.column)?;
                let ty = ty.unwrap_or_else(|| binder.column_type(declared));
                binder.column_as(&self.column, ty, formats.as_deref())?
            }
        };
        Ok(Bound::scan(OfType { column }))
    }
}

struct OfType {
    column: ColumnId,
}

impl Check for OfType {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column).clone();
        // Numbers too wide for the machine are still well-formed numbers.
        Some(RowVerdict::new(present, batch.typed(self.column).malformed.clone()))
    }
}
