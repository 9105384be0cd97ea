//! Amounts as rule files write them (`0.01`, `100`, `30d`), read in the ticks of the values that they are added to.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::base::duration;
use crate::kernel::ColumnType;
use crate::kernel::number::{self, Parsed};
use crate::rule::arguments::Field;
use crate::rule::{At, BindError, Node, ParseContext};
use crate::say;

/// A difference between two values: a number in 10⁻¹⁸, or a time in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    pub written: String,
    pub value: i128,
    pub time: bool,
}

impl Field for Amount {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let At { value: written, span } = context.reader.text(node)?;
        if let Parsed::Value(value) = number::decimal(&written) {
            return Some(Self { written, value, time: false });
        }
        let (sign, length) = written.strip_prefix('-').map_or((1, written.as_str()), |length| (-1, length));
        if let Some(seconds) = duration::seconds(length) {
            return Some(Self { value: sign * i128::from(seconds), written, time: true });
        }
        context
            .reader
            .error(
                &span,
                say!(
                    "`{written}` is neither a number nor a length of time",
                    "`{written}` không phải số cũng không phải khoảng thời gian"
                ),
            )
            .hint = Some(say!("write 0.01, 100, 12h or 30d", "viết 0.01, 100, 12h hoặc 30d"));
        None
    }
}

impl JsonSchema for Amount {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"] })
    }
}

/// What values are that are compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Number,
    Day,
    Moment,
    Text,
}

impl Family {
    /// As what text is read that stands beside values of the family.
    pub fn read_as(self) -> ColumnType {
        match self {
            Self::Number => ColumnType::Decimal,
            Self::Day => ColumnType::Date,
            Self::Moment => ColumnType::Timestamp,
            Self::Text => ColumnType::Text,
        }
    }

    pub fn takes(self, ty: ColumnType) -> bool {
        match self {
            Self::Number => matches!(ty, ColumnType::Integer | ColumnType::Decimal),
            Self::Day => matches!(ty, ColumnType::Date | ColumnType::Timestamp),
            Self::Moment => ty == ColumnType::Timestamp,
            Self::Text => ty == ColumnType::Text,
        }
    }

    /// An amount in the ticks of the family.
    pub fn ticks(self, amount: Option<&Amount>) -> Result<i128, BindError> {
        let Some(Amount { written, value, time }) = amount else { return Ok(0) };
        match (self, *time) {
            (Self::Number, false) => Ok(*value),
            (Self::Day | Self::Moment, false) if *value == 0 => Ok(0),
            (Self::Day, true) if value % DAY_SECONDS == 0 => Ok(value / DAY_SECONDS),
            (Self::Moment, true) => Ok(value * 1_000_000),
            _ => {
                let ty = self.read_as().id();
                Err(BindError::Unreadable(say!(
                    "`{written}` cannot be added to values of type `{ty}`",
                    "`{written}` không cộng được với giá trị kiểu `{ty}`"
                )))
            }
        }
    }
}

const DAY_SECONDS: i128 = 86_400;
pub const DAY_MICROS: i128 = 86_400_000_000;
