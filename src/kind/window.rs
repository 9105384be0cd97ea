//! Windows of time, as several kinds have them: how long each is, and from when until when they are looked at.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::limit::{AS_OF, Limit, nothing_between};
use crate::kernel::ColumnType;
use crate::kernel::calendar::Period;
use crate::rule::arguments::Field;
use crate::rule::{At, Node, ParseContext};
use crate::say;

/// How long a window is.
#[derive(Clone, Debug)]
pub struct Every(pub At<String>, pub Period);

impl Field for Every {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?;
        if let Some(period) = Period::parse(&text.value) {
            return Some(Self(text, period));
        }
        let value = &text.value;
        context
            .reader
            .error(
                &text.span,
                say!("`{value}` is not a window of time", "`{value}` không phải khoảng thời gian"),
            )
            .hint = Some(say!(
            "write `1h`, `1d`, `1w`, `1mo`, `1q` or `1y`",
            "viết `1h`, `1d`, `1w`, `1mo`, `1q` hoặc `1y`"
        ));
        None
    }
}

impl JsonSchema for Every {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Every".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+ ?(s|m|min|h|d|w|mo|q|y)$" })
    }
}

/// Whether both bounds are moments, the first no later than the last; reports what is wrong with them.
pub fn are_moments([from, to]: [&Option<At<Limit>>; 2], context: &mut ParseContext<'_>) -> bool {
    let mut sound = true;
    for bound in [from, to].into_iter().flatten().filter(|bound| moment(bound, 0, false).is_none()) {
        let text = &bound.value.0;
        context.reader.error(&bound.span, say!("`{text}` is no moment", "`{text}` không phải thời điểm"));
        sound = false;
    }
    // When a run is, the rule file does not know.
    if let (Some(from), Some(to)) = (from, to)
        && ![from, to].iter().any(|bound| bound.value.0 == AS_OF)
        && let (Some(first), Some(last)) = (moment(from, 0, false), moment(to, 0, true))
        && first > last
    {
        nothing_between(from, to, context);
        sound = false;
    }
    sound
}

/// The first moment that a bound stands for, or the last: a date is a whole day.
pub fn moment(bound: &At<Limit>, as_of: i64, last: bool) -> Option<i64> {
    i64::try_from(bound.value.resolve(ColumnType::Timestamp, as_of, last)?.ticks()).ok()
}
