use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use jsonschema::Validator;
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::de::IgnoredAny;
use serde_json::Value as Json;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Field};
use crate::rule::json_schema::{self, SchemaError};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Explanation, Fields, Node, ParseContext, Spec, Value, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "json",
    title: Words { en: "well-formed JSON", vi: "JSON đúng cú pháp" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value is well-formed JSON; with `keys` an object that has these keys; with `schema` valid against a \
             JSON Schema (draft 2020-12), written out or in a file beside the rule file. A schema refers to nothing \
             outside of itself, its patterns are without look-around, its numbers are those of 64 bits, and `format` \
             is a note, not a check. What is nested deeper than 128 levels or has a number beyond 64 bits is unknown \
             where it must be looked into. Absent values are skipped.",
        vi: "Mọi giá trị là JSON đúng cú pháp; với `keys` là một đối tượng có đủ các khóa này; với `schema` thì hợp lệ \
             theo JSON Schema (bản 2020-12), viết trực tiếp hoặc để trong tệp cạnh tệp quy tắc. Lược đồ không được tham \
             chiếu ra ngoài, mẫu không dùng look-around, số tính theo 64 bit, `format` chỉ là ghi chú. Giá trị lồng sâu \
             quá 128 cấp hoặc có số vượt 64 bit thì không đánh giá được khi phải xét nội dung. Bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A document that cannot be parsed, or lacks what was agreed, is lost for whoever receives it.",
        vi: "Tài liệu không đọc được hoặc thiếu phần đã thống nhất thì bên nhận không dùng được.",
    },
    fix: Words {
        en: "Look for documents that were cut off at a field's length, and for quotes that were doubled on export.",
        vi: "Kiểm tra tài liệu bị cắt theo độ dài trường, dấu nháy bị nhân đôi khi kết xuất.",
    },
    example: "json: { column: dia_chi_json, keys: [tinh, xa], schema: { properties: { tinh: { type: string } } } }",
};

arguments! {
    pub struct JsonSpec {
        /// The column whose values are parsed.
        column: Column,
        /// Keys that the object must have.
        keys: Option<Vec<At<String>>>,
        /// A JSON Schema, or the path of its file relative to the rule file.
        schema: Option<Shape>,
    }
}

/// A compiled JSON Schema.
#[derive(Clone, Debug)]
struct Shape(Arc<Validator>);

impl JsonSchema for Shape {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Shape".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

impl Field for Shape {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let schema = match &node.value {
            Value::Scalar { text, .. } => {
                let name = At { value: text.clone(), span: node.span.clone() };
                let read = context.file(&name)?;
                match serde_json::from_str(&read) {
                    Ok(schema) => schema,
                    Err(error) => {
                        let what = say!("`{text}` is not JSON: {error}", "`{text}` không phải JSON: {error}");
                        context.reader.error(&node.span, what);
                        return None;
                    }
                }
            }
            _ => json(node, context)?,
        };
        compile(&schema, node, context)
    }
}

/// What JSON means by the YAML of an inline schema.
fn json(node: &Node, context: &mut ParseContext<'_>) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Scalar { text, quoted: true } => Json::String(text.clone()),
        Value::Scalar { text, quoted: false } => match serde_json::from_str(text) {
            Ok(scalar @ (Json::Bool(_) | Json::Number(_))) => scalar,
            _ => Json::String(text.clone()),
        },
        Value::Seq(items) => items.iter().map(|item| json(item, context)).collect::<Option<_>>()?,
        Value::Map(_) => {
            let entries = context.reader.entries(node)?;
            let pair = |(key, value): (&At<String>, &Node)| Some((key.value.clone(), json(value, context)?));
            Json::Object(entries.into_iter().map(pair).collect::<Option<_>>()?)
        }
    })
}

fn compile(schema: &Json, node: &Node, context: &mut ParseContext<'_>) -> Option<Shape> {
    match json_schema::compile(schema) {
        Ok(validator) => Some(Shape(Arc::new(validator))),
        Err(SchemaError { what, hint }) => {
            let diagnostic = context.reader.error(&node.span, what);
            if hint.is_some() {
                diagnostic.hint = hint;
            }
            None
        }
    }
}

impl Arguments for JsonSpec {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for JsonSpec {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let keys = self.keys.iter().flatten().map(|key| key.value.as_str());
        keys.chain(self.schema.as_ref().map(|_| "schema")).collect::<Vec<_>>().join("+")
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        let keys = self.keys.iter().flatten().map(|key| key.value.clone()).collect();
        Ok(Bound::scan(Documents {
            column,
            keys,
            schema: self.schema.as_ref().map(|shape| Arc::clone(&shape.0)),
        }))
    }
}

struct Documents {
    column: ColumnId,
    keys: Vec<String>,
    schema: Option<Arc<Validator>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Fine,
    Malformed,
    Keys,
    Schema,
    /// Well formed, but more than the parser takes.
    Unknown,
}

impl Documents {
    fn missing_key(&self, document: &Json) -> Option<&String> {
        self.keys.iter().find(|key| document.get(key.as_str()).is_none())
    }

    fn judge(&self, value: &str) -> Found {
        if serde_json::from_str::<IgnoredAny>(value).is_err() {
            return Found::Malformed;
        }
        if self.keys.is_empty() && self.schema.is_none() {
            return Found::Fine;
        }
        let Ok(document) = serde_json::from_str::<Json>(value) else { return Found::Unknown };
        if self.missing_key(&document).is_some() {
            Found::Keys
        } else if self.schema.as_ref().is_some_and(|schema| !schema.is_valid(&document)) {
            Found::Schema
        } else {
            Found::Fine
        }
    }
}

impl Check for Documents {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let judged = batch.canonical(self.column).mapped(|value| self.judge(value));
        let found: Vec<Option<Found>> =
            (0..batch.rows()).map(|row| if present.value(row) { judged(row) } else { None }).collect();
        let rows = |wanted| BooleanBuffer::collect_bool(found.len(), |row| found[row] == Some(wanted));
        let reasons = vec![
            ("malformed", rows(Found::Malformed)),
            ("keys", rows(Found::Keys)),
            ("schema", rows(Found::Schema)),
        ];
        let fail = reasons.iter().fold(BooleanBuffer::new_unset(found.len()), |fail, (_, rows)| &fail | rows);
        let mut verdict = RowVerdict::new(present.clone(), fail).with_unknown(Some(rows(Found::Unknown)));
        verdict.reasons = reasons;
        Some(verdict)
    }

    /// Names what the rule file says, never what the document says.
    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let value = batch.canonical(self.column).get(row)?;
        let reason = match serde_json::from_str::<Json>(value) {
            Err(_) => say!("not well-formed JSON", "JSON sai cú pháp"),
            Ok(document) => match self.missing_key(&document) {
                Some(key) => say!("no object with the key `{key}`", "không phải đối tượng có khóa `{key}`"),
                None => {
                    let path = self.schema.as_ref()?.iter_errors(&document).next()?.schema_path().to_string();
                    say!("breaks the schema at `{path}`", "trái lược đồ tại `{path}`")
                }
            },
        };
        Some(Explanation { reason, repaired: None })
    }
}
