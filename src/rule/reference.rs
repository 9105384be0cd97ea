//! Columns of another table, of the same database or another, as rules name them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments::Field;
use super::kind::ParseContext;
use super::node::{At, Node, Value};
use crate::kernel::key::TableKey;
use crate::say;

/// Columns of another table that a rule looks into.
#[derive(Clone, Debug)]
pub struct Reference {
    /// `None` is the database of the rule.
    pub database: Option<At<String>>,
    pub table: At<String>,
    /// In the order of the referring columns.
    pub columns: Vec<At<String>>,
}

/// How a reference may be written, for the schema.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "for the schema")]
enum Written {
    /// `table.column`, or `database.table.column`.
    Short(String),
    Long {
        /// The database, if it is another one.
        database: Option<String>,
        /// The table that is referred to.
        table: String,
        /// Its columns, in the order of the referring ones.
        columns: Vec<String>,
    },
}

impl Reference {
    pub fn parse(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        if let Value::Map(_) = node.value {
            let reader = &mut *context.reader;
            let mut fields = reader.fields(node)?;
            let database = fields.optional("database").map(|node| reader.text(node));
            let table = fields.required("table", reader).and_then(|node| reader.text(node));
            let many = fields.optional("columns");
            let columns = many.or_else(|| fields.required("column", reader)).map(|node| reader.texts(node));
            fields.finish(reader);
            let database = database.map_or(Some(None), |database| database.map(Some))?;
            return Some(Self { database, table: table?, columns: columns? });
        }
        let text = context.reader.text(node)?;
        let parts: Vec<&str> = text.value.split('.').collect();
        let at = |part: &str| At { value: part.to_owned(), span: text.span.clone() };
        match parts.as_slice() {
            _ if parts.iter().any(|part| part.is_empty()) => {}
            [table, column] => {
                return Some(Self { database: None, table: at(table), columns: vec![at(column)] });
            }
            [database, table, column] => {
                return Some(Self {
                    database: Some(at(database)),
                    table: at(table),
                    columns: vec![at(column)],
                });
            }
            _ => {}
        }
        let value = &text.value;
        context
            .reader
            .error(
                &text.span,
                say!(
                    "`{value}` is not `table.column` or `database.table.column`",
                    "`{value}` không có dạng `bảng.cột` hoặc `csdl.bảng.cột`"
                ),
            )
            .hint = Some(say!(
            "names with dots are written `{{ database: …, table: …, columns: [ … ] }}`",
            "tên có dấu chấm thì viết `{{ database: …, table: …, columns: [ … ] }}`"
        ));
        None
    }

    /// Whether so many columns of ours can refer to these; reports where they cannot.
    pub fn pairs_with(&self, ours: &[At<String>], at: &Node, context: &mut ParseContext<'_>) -> bool {
        let (ours, theirs) = (ours.len(), self.columns.len());
        if ours == theirs {
            return true;
        }
        let what = say!(
            "{ours} columns cannot refer to {theirs}",
            "{ours} cột không thể tham chiếu tới {theirs} cột"
        );
        context.reader.error(&at.span, what);
        false
    }

    /// Without the places where it is written.
    pub fn key(&self) -> TableKey {
        TableKey {
            database: self.database.as_ref().map(|database| database.value.clone()),
            table: self.table.value.clone(),
            columns: self.columns.iter().map(|column| column.value.clone()).collect(),
        }
    }

    /// The table as people are told of it.
    pub fn table_name(&self) -> String {
        match &self.database {
            Some(database) => format!("{}.{}", database.value, self.table.value),
            None => self.table.value.clone(),
        }
    }
}

impl Field for Reference {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::parse(node, context)
    }
}

impl JsonSchema for Reference {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Written>()
    }
}
