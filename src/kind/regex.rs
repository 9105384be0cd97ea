//! A regular expression among the arguments of a kind.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::matches::no_pattern;
use crate::kernel::text::Pattern;
use crate::rule::arguments::Field;
use crate::rule::{Node, ParseContext};

/// Must match the whole of a name.
#[derive(Clone, Debug)]
pub struct Regex(pub Arc<Pattern>);

impl Field for Regex {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?;
        match Pattern::new(&text.value) {
            Ok(pattern) => Some(Self(Arc::new(pattern))),
            Err(error) => {
                context.reader.error(&text.span, no_pattern(error));
                None
            }
        }
    }
}

impl JsonSchema for Regex {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Regex".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
