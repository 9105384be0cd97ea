use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::key::{Absent, KeyJudge, KeySpec};
use crate::rule::{About, At, BindError, Binder, Bound, Kind, Node, ParseContext, Spec, Value, Words};
use crate::say;

/// No row appears twice.
#[derive(Debug)]
pub struct DuplicateRowsKind;

static ABOUT: About = About {
    name: "duplicate_rows",
    title: Words { en: "no duplicate rows", vi: "không có dòng giống nhau" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "No two rows are equal in all columns, or in all but those named in `except`. Values are compared \
             without blanks at their ends and in Unicode's composed form (NFC), by their type where one is declared; letter \
             case and spaces inside count. Absent equals absent. Every row of a group of equal rows fails. For records that \
             are written differently there is `duplicate_fuzzy`.",
        vi: "Không có hai dòng giống nhau ở mọi cột, hoặc mọi cột trừ các cột trong `except`. So sánh sau \
             khi bỏ khoảng trắng ở hai đầu và đưa về Unicode dựng sẵn (NFC), theo kiểu nếu có khai báo; phân biệt chữ hoa, \
             chữ thường và khoảng trắng bên trong. Thiếu bằng thiếu. Mọi dòng trong nhóm giống nhau đều là lỗi. Với bản ghi \
             viết khác nhau, dùng `duplicate_fuzzy`.",
    },
    why: Words {
        en: "Repeated rows count people, money and land twice.",
        vi: "Dòng lặp làm người, tiền, đất bị đếm hai lần.",
    },
    fix: Words {
        en: "Remove the repeats; find the job that loaded a file twice.",
        vi: "Loại bỏ dòng lặp; tìm tiến trình đã nạp một tệp hai lần.",
    },
    example: "duplicate_rows: { except: [ngay_cap_nhat] }",
};

#[derive(Debug, Default, JsonSchema)]
pub struct DuplicateRows {
    /// The columns to compare; all of the table's when left out.
    #[serde(default)]
    columns: Vec<At<String>>,
    /// Columns that may differ between repeats.
    #[serde(default)]
    except: Vec<At<String>>,
}

impl Kind for DuplicateRowsKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        if node.value == Value::Null {
            return Some(Box::new(DuplicateRows::default()));
        }
        if matches!(node.value, Value::Seq(_)) {
            return Some(Box::new(DuplicateRows { columns: reader.texts(node), except: Vec::new() }));
        }
        let mut fields = reader.fields(node)?;
        let columns = fields.optional("columns").map(|node| reader.texts(node)).unwrap_or_default();
        let except = fields.optional("except").map(|node| reader.texts(node)).unwrap_or_default();
        fields.finish(reader);
        if !columns.is_empty() && !except.is_empty() {
            reader.error(
                &node.span,
                say!(
                    "`columns` and `except` exclude each other",
                    "`columns` và `except` không dùng cùng nhau"
                ),
            );
            return None;
        }
        Some(Box::new(DuplicateRows { columns, except }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<DuplicateRows>();
        schemars::json_schema!({ "anyOf": [
            { "type": "null" }, { "type": "array", "items": { "type": "string" } }, long
        ] })
    }
}

impl Spec for DuplicateRows {
    fn columns(&self) -> Vec<At<String>> {
        self.columns.iter().chain(&self.except).cloned().collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = if self.columns.is_empty() {
            binder.all_columns(&self.except)?
        } else {
            self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?
        };
        Ok(Bound::Keys(KeySpec { columns, absent: Absent::Equal, judge: KeyJudge::Unique }))
    }
}
