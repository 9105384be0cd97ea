//! Which figure of a table, as rule files write it.

use schemars::JsonSchema;

use crate::rule::arguments::Field;
use crate::rule::{At, Node, ParseContext, Value};
use crate::say;

#[derive(Clone, Debug)]
pub enum Figure {
    Count,
    Sum(At<String>),
    Distinct(At<String>),
}

/// Without its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Count,
    Sum,
    Distinct,
}

/// How it may be written, for the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "describes the YAML")]
pub enum FigureWritten {
    /// `count`; of theirs also the name of another column, of which the same is asked as of ours.
    Named(String),
    Of {
        /// The number of rows.
        count: Option<()>,
        /// The sum of a column.
        sum: Option<String>,
        /// The number of different values of a column.
        distinct: Option<String>,
    },
}

impl Figure {
    pub const fn what(&self) -> What {
        match self {
            Self::Count => What::Count,
            Self::Sum(_) => What::Sum,
            Self::Distinct(_) => What::Distinct,
        }
    }

    pub const fn word(&self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum(_) => "sum",
            Self::Distinct(_) => "distinct",
        }
    }

    pub const fn column(&self) -> Option<&At<String>> {
        match self {
            Self::Count => None,
            Self::Sum(name) | Self::Distinct(name) => Some(name),
        }
    }

    /// Theirs, where a column by itself stands for the same figure of it. `count` is the number of rows on either side.
    pub fn of_theirs(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        match (&node.value, self) {
            (Value::Scalar { text, .. }, _) if text == "count" => Some(Self::Count),
            (Value::Scalar { .. }, Self::Sum(_)) => context.reader.text(node).map(Self::Sum),
            (Value::Scalar { .. }, Self::Distinct(_)) => context.reader.text(node).map(Self::Distinct),
            _ => Self::of(node, context),
        }
    }
}

impl Field for Figure {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(_) => {
                let mut fields = context.reader.fields(node)?;
                let count = fields.optional("count").map(|_| Self::Count);
                let mut named = |key| fields.optional(key).map(|node| context.reader.text(node));
                let (sum, distinct) = (named("sum"), named("distinct"));
                let wrong =
                    sum == Some(None) || distinct == Some(None) || fields.remaining().next().is_some();
                fields.finish(context.reader);
                let found = [count, sum.flatten().map(Self::Sum), distinct.flatten().map(Self::Distinct)];
                let mut found = found.into_iter().flatten();
                match (found.next(), found.next()) {
                    (Some(only), None) => return Some(only),
                    _ if wrong => return None,
                    _ => {}
                }
            }
            Value::Scalar { text, .. } if text == "count" => return Some(Self::Count),
            _ => {}
        }
        let what = say!("this is no figure", "đây không phải một số liệu");
        context.reader.error(&node.span, what).hint = Some(say!(
            "write `count`, `{{ sum: column }}` or `{{ distinct: column }}`",
            "viết `count`, `{{ sum: cột }}` hoặc `{{ distinct: cột }}`"
        ));
        None
    }
}
