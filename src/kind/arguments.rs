//! Argument shapes that several kinds share.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::rule::arguments::Columns;
use crate::rule::{At, Fields, Node, ParseContext, Value};
use crate::say;

/// `kind: column`, or a map with `column:` and more.
pub fn column<'n>(
    node: &'n Node,
    context: &mut ParseContext<'_>,
) -> Option<(At<String>, Option<Fields<'n>>)> {
    if let Value::Scalar { .. } = node.value {
        return Some((context.reader.text(node)?, None));
    }
    let mut fields = context.reader.fields(node)?;
    let column = fields.required("column", context.reader).and_then(|node| context.reader.text(node));
    column.map(|column| (column, Some(fields)))
}

/// A kind that takes nothing but a column.
pub fn only_column(node: &Node, context: &mut ParseContext<'_>) -> Option<At<String>> {
    let (column, fields) = column(node, context)?;
    if let Some(fields) = fields {
        fields.finish(context.reader);
    }
    Some(column)
}

/// `kind: [a, b]`, `kind: a`, or a map with `columns:` and more.
pub fn columns<'n>(
    node: &'n Node,
    context: &mut ParseContext<'_>,
) -> Option<(Vec<At<String>>, Option<Fields<'n>>)> {
    let (columns, fields) = match node.value {
        Value::Map(_) => {
            let mut fields = context.reader.fields(node)?;
            let one = fields.optional("column");
            let many = if one.is_some() { one } else { fields.required("columns", context.reader) };
            (context.reader.texts(many?), Some(fields))
        }
        _ => (context.reader.texts(node), None),
    };
    (!columns.is_empty()).then_some((columns, fields))
}

/// `cycle:`, or the cycle that the table declares.
pub fn cycle(column: &At<String>, fields: Option<Fields<'_>>, context: &mut ParseContext<'_>) -> Option<u64> {
    let reader = &mut *context.reader;
    let written = fields.and_then(|mut fields| {
        let node = fields.optional("cycle");
        fields.finish(reader);
        node
    });
    match written {
        Some(node) => reader.duration(node),
        None if context.update_cycle.is_some() => context.update_cycle,
        None => {
            no_cycle(column, context);
            None
        }
    }
}

/// Whether these are at least two columns, none of them twice; reports why not.
pub fn several(columns: &Columns, context: &mut ParseContext<'_>) -> bool {
    let twin = columns
        .iter()
        .enumerate()
        .find(|(at, column)| columns[..*at].iter().any(|earlier| earlier.value == column.value));
    let (span, what) = match (twin, &columns[..]) {
        (Some((_, column)), _) => {
            let name = &column.value;
            (&column.span, say!("`{name}` is named twice", "`{name}` được nêu hai lần"))
        }
        (None, [only]) => (&only.span, say!("name at least two columns", "phải nêu ít nhất hai cột")),
        _ => return true,
    };
    context.reader.error(span, what);
    false
}

/// Reports that nobody says how often the table is updated.
pub fn no_cycle(column: &At<String>, context: &mut ParseContext<'_>) {
    context.reader.error(&column.span, say!("`cycle` is missing", "thiếu `cycle`")).hint = Some(say!(
        "add `cycle: 1d` here, or `update_cycle: 1d` to the table",
        "thêm `cycle: 1d` ở đây, hoặc `update_cycle: 1d` cho bảng"
    ));
}

/// Schema of a kind whose map form is `T` and whose short form is one text.
pub fn text_or<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [{ "type": "string" }, long] })
}

/// Schema of a kind whose map form is `T` and whose short form is one text or a list of texts.
pub fn texts_or<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }, long] })
}
