//! What is expected, as rule files write it.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::period::{Every, Span};
use crate::rule::arguments::{Choice, Field};
use crate::rule::code_list::CodeList;
use crate::rule::{At, Node, ParseContext, Reference, Value};
use crate::say;

#[derive(Debug)]
pub enum Expected {
    Listed {
        /// Empty where values are written out.
        name: String,
        list: Arc<CodeList>,
    },
    Period(Span),
    Table(Reference),
}

impl Expected {
    pub const fn table(&self) -> Option<&Reference> {
        match self {
            Self::Table(of) => Some(of),
            _ => None,
        }
    }

    /// What tells two rules on one column apart.
    pub fn named(&self) -> String {
        match self {
            Self::Listed { name, .. } => name.clone(),
            Self::Period(span) => span.every.word().to_owned(),
            Self::Table(of) => of.table_name(),
        }
    }
}

/// The codes of a list that are in force at a moment, each with its place in the list.
pub fn in_force(list: &CodeList, as_of: i64) -> Vec<(i64, String)> {
    let day = i32::try_from(as_of.div_euclid(86_400_000_000)).unwrap_or(i32::MAX);
    let mut codes: Vec<(i64, String)> = Vec::new();
    for entry in list.entries().iter().filter(|entry| entry.in_force(day)) {
        let Some(slot) = list.find(&entry.code) else { continue };
        codes.push((slot.positions().start as i64, entry.code.clone()));
    }
    codes.dedup();
    codes
}

/// How it may be written, for the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "describes the YAML; `Expected` holds what was read")]
enum Written {
    /// The name of a code list of this file, `table.column` or `database.table.column`.
    Named(String),
    /// The values.
    Values(Vec<String>),
    /// A list that comes with the program.
    Builtin {
        /// Its name: `vn.commune`, `vn.province`, …
        builtin: String,
    },
    Period {
        /// How long a window is.
        every: Every,
        /// A day of the first window: a date, `as_of`, `as_of - 30d`, `as_of - 1mo`.
        from: String,
        /// A day of the last window; without it, the last that is over at the moment of the run.
        upto: Option<String>,
        /// A calendar file for `working_day`, relative to the rule file.
        calendar: Option<String>,
    },
    Table {
        /// The database, if it is another one.
        database: Option<String>,
        /// The table whose values are expected.
        table: String,
        /// Its columns, in the order of ours.
        columns: Vec<String>,
    },
}

impl Field for Expected {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(keys) => {
                let has = |name: &str| keys.iter().any(|(key, _)| key.value == name);
                if has("every") {
                    return Span::of(node, context).map(Self::Period);
                }
                if has("builtin") {
                    let mut fields = context.reader.fields(node)?;
                    let name =
                        fields.required("builtin", context.reader).and_then(|node| context.reader.text(node));
                    fields.finish(context.reader);
                    let list = CodeList::parse(&name.clone()?, node, context.folder, context.reader)?;
                    return Some(Self::Listed { name: name?.value, list: Arc::new(list) });
                }
                if has("file") {
                    context
                        .reader
                        .error(
                            &node.span,
                            say!("a list in a file has a name", "danh mục trong tệp phải có tên"),
                        )
                        .hint = Some(say!(
                        "declare it under `code_lists` of the rule file, and write its name here",
                        "khai báo ở `code_lists` của tệp quy tắc rồi ghi tên danh mục ở đây"
                    ));
                    return None;
                }
                Reference::parse(node, context).map(Self::Table)
            }
            Value::Seq(_) => {
                let values = context.reader.texts(node);
                if values.is_empty() {
                    context.reader.error(&node.span, say!("the list is empty", "danh sách trống"));
                    return None;
                }
                let list = CodeList::of("", values.iter().map(|value| value.value.as_str()));
                Some(Self::Listed { name: String::new(), list: Arc::new(list) })
            }
            _ => named(node, context),
        }
    }
}

fn named(node: &Node, context: &mut ParseContext<'_>) -> Option<Expected> {
    let name: At<String> = context.reader.text(node)?;
    if let Some(list) = context.code_lists.get(&name.value) {
        return Some(Expected::Listed { list: Arc::clone(list), name: name.value });
    }
    if name.value.contains('.') {
        return Reference::parse(node, context).map(Expected::Table);
    }
    let value = &name.value;
    context.reader.unknown(
        &name,
        say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
        context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
    );
    None
}

impl JsonSchema for Expected {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Expected".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
