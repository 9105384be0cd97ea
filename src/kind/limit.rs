//! Bounds as rule files write them (`0`, `1900-01-01`, `as_of`), read in the type of the column.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::kernel::ColumnType;
use crate::kernel::date_format::{default_date, default_timestamps};
pub use crate::kernel::number::WHOLE;
use crate::kernel::number::{self, Parsed};
use crate::rule::arguments::Field;
use crate::rule::{At, Fields, Node, ParseContext, Value};
use crate::say;

/// A number as a rule file writes it, exactly: in 10⁻¹⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub i128);

impl Field for Number {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?;
        if let Parsed::Value(value) = number::decimal(&text.value) {
            return Some(Self(value));
        }
        let value = &text.value;
        context.reader.error(
            &text.span,
            say!(
                "`{value}` is not a number of up to 18 decimals",
                "`{value}` không phải số có tối đa 18 chữ số thập phân"
            ),
        );
        None
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

/// How a rule file names the moment of the run.
pub const AS_OF: &str = "as_of";

/// The text of a bound; its meaning depends on the column's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit(pub String);

impl Field for At<Limit> {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        Limit::parse(node, context)
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"], "description": "A number, a date, a timestamp, or `as_of`." })
    }
}

/// A bound in the units of a column: 10⁻¹⁸ for numbers, days for dates, microseconds of local time for timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    Number(i128),
    Day(i64),
    Moment(i64),
}

impl Bound {
    /// The bound in its column's ticks: 10⁻¹⁸, days or microseconds.
    pub fn ticks(self) -> i128 {
        match self {
            Self::Number(value) => value,
            Self::Day(value) | Self::Moment(value) => i128::from(value),
        }
    }
}

/// How much later than the moment of the run a clock may be.
pub const SKEW_MICROS: i64 = 300 * 1_000_000;
const DAY_MICROS: i64 = 86_400_000_000;

impl Limit {
    pub fn parse(node: &Node, context: &mut ParseContext<'_>) -> Option<At<Self>> {
        Some(context.reader.text(node)?.map(Self))
    }

    /// The type that a bound by itself speaks of.
    pub fn implied_type(&self) -> Option<ColumnType> {
        match number::decimal(&self.0) {
            Parsed::Value(_) if !self.0.contains(['.', 'e', 'E']) => Some(ColumnType::Integer),
            Parsed::Value(_) => Some(ColumnType::Decimal),
            _ if default_date().parse_date(&self.0).is_some() => Some(ColumnType::Date),
            _ if timestamp(&self.0).is_some() => Some(ColumnType::Timestamp),
            _ => None,
        }
    }

    /// `None` when the text is no bound for this type. `upper` bounds that are a date mean the whole day.
    pub fn resolve(&self, ty: ColumnType, as_of: i64, upper: bool) -> Option<Bound> {
        match ty {
            ColumnType::Integer | ColumnType::Decimal => match number::decimal(&self.0) {
                Parsed::Value(value) => Some(Bound::Number(value)),
                _ => None,
            },
            ColumnType::Date => {
                let day = if self.0 == AS_OF {
                    as_of.div_euclid(DAY_MICROS)
                } else {
                    i64::from(default_date().parse_date(&self.0)?)
                };
                Some(Bound::Day(day))
            }
            ColumnType::Timestamp => {
                if self.0 == AS_OF {
                    return Some(Bound::Moment(as_of + if upper { SKEW_MICROS } else { 0 }));
                }
                if let Some(day) = default_date().parse_date(&self.0) {
                    let start = i64::from(day) * DAY_MICROS;
                    return Some(Bound::Moment(if upper { start + DAY_MICROS - 1 } else { start }));
                }
                timestamp(&self.0).map(Bound::Moment)
            }
            ColumnType::Text | ColumnType::Boolean => None,
        }
    }
}

fn timestamp(text: &str) -> Option<i64> {
    default_timestamps().iter().find_map(|format| format.parse_timestamp(text))
}

/// Reports two bounds between which no value can be.
pub fn nothing_between(low: &At<Limit>, high: &At<Limit>, context: &mut ParseContext<'_>) {
    let (from, to) = (&low.value.0, &high.value.0);
    context
        .reader
        .error(
            &high.span,
            say!("no value is between {from} and {to}", "không có giá trị nào nằm giữa {from} và {to}"),
        )
        .hint = Some(say!("swap the two bounds?", "có phải hai cận bị đảo?"));
}

/// `min`, `max`, `exclusive_min`, `exclusive_max`. The exclusive ones are a flag beside `min`/`max`, or bounds of
/// their own.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub min: Option<At<Limit>>,
    pub max: Option<At<Limit>>,
    pub exclusive_min: bool,
    pub exclusive_max: bool,
}

/// The keys of [`Limits`], for the JSON Schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `Limits` holds what was read")]
struct LimitKeys {
    /// Lowest value allowed.
    min: Option<Limit>,
    /// Highest value allowed; a date means the whole day.
    max: Option<Limit>,
    /// `true` to exclude `min`, or an exclusive bound instead of it.
    exclusive_min: Option<FlagOrLimit>,
    /// `true` to exclude `max`, or an exclusive bound instead of it.
    exclusive_max: Option<FlagOrLimit>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the YAML")]
enum FlagOrLimit {
    Flag(bool),
    Limit(Limit),
}

impl JsonSchema for Limits {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limits".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        LimitKeys::json_schema(generator)
    }
}

/// Four keys among the others of a rule, of which one must be there.
impl Field for Limits {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let mut fields = context.reader.fields(node)?;
        Some(Self::parse(&mut fields, context))
    }

    fn read(_: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let limits = Self::parse(fields, context);
        if limits.min.is_none() && limits.max.is_none() {
            let what = say!("`min` or `max` is missing", "thiếu `min` hoặc `max`");
            context.reader.error(&fields.span, what);
            return None;
        }
        Some(limits)
    }
}

impl Limits {
    pub fn parse(fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Self {
        let (min, exclusive_min) = Self::side(fields, "min", "exclusive_min", context);
        let (max, exclusive_max) = Self::side(fields, "max", "exclusive_max", context);
        Self { min, max, exclusive_min, exclusive_max }
    }

    fn side(
        fields: &mut Fields<'_>,
        inclusive: &'static str,
        exclusive: &'static str,
        context: &mut ParseContext<'_>,
    ) -> (Option<At<Limit>>, bool) {
        let bound = fields.optional(inclusive).and_then(|node| Limit::parse(node, context));
        let Some(node) = fields.optional(exclusive) else { return (bound, false) };
        match &node.value {
            Value::Scalar { text, quoted: false } if matches!(text.as_str(), "true" | "false") => {
                if bound.is_none() {
                    context.reader.error(
                        &node.span,
                        say!(
                            "`{exclusive}: {text}` needs `{inclusive}`",
                            "`{exclusive}: {text}` cần có `{inclusive}`"
                        ),
                    );
                }
                (bound, text == "true")
            }
            _ if bound.is_some() => {
                context.reader.error(
                    &node.span,
                    say!(
                        "`{inclusive}` and a bound in `{exclusive}` exclude each other",
                        "không dùng đồng thời `{inclusive}` và cận trong `{exclusive}`"
                    ),
                );
                (bound, false)
            }
            _ => (Limit::parse(node, context), true),
        }
    }

    /// Reports bounds that no value of the type can be compared with, and ranges that no value can be in.
    pub fn check(&self, ty: Option<ColumnType>, context: &mut ParseContext<'_>) -> bool {
        let mut sound = true;
        let read = |limit: &At<Limit>, upper| {
            let ty = ty.or_else(|| limit.value.implied_type())?;
            limit.value.resolve(ty, 0, upper)
        };
        for (limit, upper) in [(&self.min, false), (&self.max, true)] {
            let Some(limit) = limit else { continue };
            if limit.value.0 == "as_of" && ty.is_none() {
                continue;
            }
            if read(limit, upper).is_none() {
                let (text, ty) = (&limit.value.0, ty.map_or("?", ColumnType::id));
                context.reader.error(
                    &limit.span,
                    say!(
                        "`{text}` is no bound for a column of type `{ty}`",
                        "`{text}` không phải cận hợp lệ cho cột kiểu `{ty}`"
                    ),
                );
                sound = false;
            }
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && min.value.0 != "as_of"
            && max.value.0 != "as_of"
            && let (Some(low), Some(high)) = (read(min, false), read(max, true))
            && (low > high || low == high && (self.exclusive_min || self.exclusive_max))
        {
            nothing_between(min, max, context);
            sound = false;
        }
        sound
    }
}
