//! What stands under the arguments' keys.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::passes::{measure_of, weight_of};
use super::{ComparedColumn, Pass};
use crate::kernel::number::WHOLE;
use crate::kernel::similarity::{Measure, Part};
use crate::kind::limit::Number;
use crate::rule::arguments::{Choice, Field};
use crate::rule::{At, Node, ParseContext, Value};
use crate::say;

const MOST_WEIGHT: u32 = 1_000;
pub const MOST_PASSES: usize = 32;

#[derive(Debug)]
pub struct ComparedColumns(pub Vec<ComparedColumn>);

impl Field for ComparedColumns {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let entries = context.reader.entries(node)?;
        if entries.is_empty() {
            let what = say!("no column is compared", "không có cột nào để so sánh");
            context.reader.error(&node.span, what);
            return None;
        }
        let read: Vec<_> = entries
            .iter()
            .filter_map(|(name, node)| {
                let (measure, weight) = how(name, node, context)?;
                Some(((*name).clone(), measure, weight))
            })
            .collect();
        (read.len() == entries.len()).then_some(Self(read))
    }
}

impl Choice for Measure {
    const WORDS: &'static [(&'static str, Self)] = &Self::WORDS;

    fn what() -> crate::base::Text {
        say!("way to compare", "cách so sánh")
    }
}

fn how(name: &At<String>, node: &Node, context: &mut ParseContext<'_>) -> Option<(Measure, u32)> {
    let role =
        context.columns.iter().find(|column| column.name.value == name.value).and_then(|column| column.role);
    match &node.value {
        Value::Scalar { .. } => Measure::of(node, context).map(|measure| (measure, 1)),
        Value::Null => {
            let measure = role.and_then(measure_of);
            Some((measure.unwrap_or(Measure::Text), measure.map_or(1, weight_of)))
        }
        _ => {
            let mut fields = context.reader.fields(node)?;
            let written = fields.optional("as").map(|node| Measure::of(node, context));
            let weight = fields.optional("weight").map(|node| weight(node, context));
            fields.finish(context.reader);
            let measure = match written {
                Some(measure) => measure?,
                None => role.and_then(measure_of).unwrap_or(Measure::Text),
            };
            let weight = match weight {
                Some(weight) => weight?,
                None => 1,
            };
            Some((measure, weight))
        }
    }
}

fn weight(node: &Node, context: &mut ParseContext<'_>) -> Option<u32> {
    let weight: u32 = context.reader.integer(node)?;
    if (1..=MOST_WEIGHT).contains(&weight) {
        return Some(weight);
    }
    let most = MOST_WEIGHT;
    context.reader.error(
        &node.span,
        say!("a weight is a whole number from 1 to {most}", "trọng số là số nguyên từ 1 đến {most}"),
    );
    None
}

#[derive(Debug)]
pub struct Blocks(Vec<Vec<At<String>>>);

impl Field for Blocks {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let items = context.reader.items(node);
        let empty = |item: &&Node| matches!(&item.value, Value::Seq(parts) if parts.is_empty());
        if items.is_empty() || items.len() > MOST_PASSES || items.iter().any(empty) {
            let most = MOST_PASSES;
            context.reader.error(
                &node.span,
                say!("`blocks` are 1 to {most} lists of columns", "`blocks` gồm 1 đến {most} danh sách cột"),
            );
            return None;
        }
        let lists: Vec<_> = items.iter().map(|item| context.reader.texts(item)).collect();
        // What is no text was reported.
        lists.iter().all(|list| !list.is_empty()).then_some(Self(lists))
    }
}

impl Blocks {
    /// The columns and their parts; reports parts that there are not.
    pub fn resolved(self, compared: &[ComparedColumn], context: &mut ParseContext<'_>) -> Option<Vec<Pass>> {
        let declared = |name: &str, context: &ParseContext<'_>| {
            context.columns.iter().any(|column| column.name.value == name)
                || compared.iter().any(|(column, ..)| column.value == name)
        };
        let mut part = |written: At<String>| {
            if declared(&written.value, context) {
                return Some((written, Part::Whole));
            }
            let Some((name, part)) = written.value.rsplit_once('.') else {
                return Some((written, Part::Whole));
            };
            match Part::parse(part) {
                Some(part) => Some((At { value: name.to_owned(), span: written.span.clone() }, part)),
                None if declared(name, context) => {
                    let parts = Part::WORDS.map(|(word, _)| word).join("`, `");
                    context
                        .reader
                        .error(
                            &written.span,
                            say!("a value has no part `{part}`", "giá trị không có phần `{part}`"),
                        )
                        .hint = Some(say!("parts are `{parts}`", "các phần là `{parts}`"));
                    None
                }
                None => Some((written, Part::Whole)),
            }
        };
        let mut passes = Vec::new();
        let mut sound = true;
        for list in self.0 {
            let count = list.len();
            let pass: Pass = list.into_iter().filter_map(&mut part).collect();
            sound &= pass.len() == count;
            passes.push(pass);
        }
        sound.then_some(passes)
    }
}

/// More than 0, up to 1.
#[derive(Debug)]
pub struct Similarity(pub i128);

impl Field for Similarity {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let Number(value) = Number::of(node, context)?;
        if (1..=WHOLE).contains(&value) {
            return Some(Self(value));
        }
        context.reader.error(
            &node.span,
            say!("a similarity is more than 0 and at most 1", "độ giống lớn hơn 0 và không quá 1"),
        );
        None
    }
}

/// How many records of one block may be compared with each other.
#[derive(Debug)]
pub struct Most(pub u64);

const MOST: u64 = 100_000;

impl Field for Most {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let most: u64 = context.reader.integer(node)?;
        if (2..=MOST).contains(&most) {
            return Some(Self(most));
        }
        let bound = MOST;
        context.reader.error(
            &node.span,
            say!(
                "`most_in_block` is from 2 to {bound}: the pairs of a block grow with its square",
                "`most_in_block` từ 2 đến {bound}: số cặp trong khối tăng theo bình phương"
            ),
        );
        None
    }
}

macro_rules! schemas {
    ($($ty:ty: $name:literal = $schema:tt;)*) => {$(
        impl JsonSchema for $ty {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}
schemas! {
    ComparedColumns: "ComparedColumns" = { "type": "object", "minProperties": 1, "additionalProperties": { "anyOf": [
        { "type": "null" },
        { "enum": ["name", "name_part", "address", "text", "number", "date", "code"] },
        { "type": "object", "additionalProperties": false, "properties": {
            "as": { "enum": ["name", "name_part", "address", "text", "number", "date", "code"] },
            "weight": { "type": "integer", "minimum": 1, "maximum": 1000 }
        } }
    ] } };
    Blocks: "Blocks" = { "type": "array", "minItems": 1, "maxItems": 32, "items": { "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" }, "minItems": 1 }
    ] } };
    Similarity: "Similarity" = { "type": "number", "exclusiveMinimum": 0, "maximum": 1 };
    Most: "Most" = { "type": "integer", "minimum": 2, "maximum": 100000 };
}
