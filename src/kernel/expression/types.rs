//! Which types there are, and how two of them meet.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion_common::datatype::DataTypeExt;
use datafusion_common::tree_node::{Transformed, TreeNode};
use datafusion_common::{DFSchema, DataFusionError, ScalarValue};
use datafusion_expr::expr::{InList, ScalarFunction};
use datafusion_expr::planner::TypePlanner;
use datafusion_expr::{Between, BinaryExpr, Cast, Expr, ExprSchemable, Operator};
use datafusion_sql::sqlparser::ast::{DataType as SqlType, ExactNumberInfo, TimezoneInfo};

use super::ExpressionError;
use super::decimal::{Arithmetic, DECIMAL};
use super::own::Operation;
use crate::base::Text;
use crate::say;

/// Timestamps are microseconds everywhere: nanoseconds end in the year 2262, before the 9999-12-31 of many registers.
pub(super) const TIMESTAMP: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// What a type written in SQL is here: one integer, one float, text without a length.
pub(super) fn of_sql(sql: &SqlType) -> Result<DataType, ExpressionError> {
    Ok(match sql {
        SqlType::Boolean | SqlType::Bool => DataType::Boolean,
        SqlType::TinyInt(None)
        | SqlType::SmallInt(None)
        | SqlType::Int2(None)
        | SqlType::Int(None)
        | SqlType::Integer(None)
        | SqlType::Int4(None)
        | SqlType::BigInt(None)
        | SqlType::Int8(None) => DataType::Int64,
        SqlType::Real
        | SqlType::Float4
        | SqlType::Float8
        | SqlType::DoublePrecision
        | SqlType::Float(ExactNumberInfo::None)
        | SqlType::Double(ExactNumberInfo::None) => DataType::Float64,
        SqlType::Numeric(info) | SqlType::Decimal(info) => match *info {
            ExactNumberInfo::None => DataType::Decimal128(38, 18),
            ExactNumberInfo::Precision(precision) => decimal(precision, 0)?,
            ExactNumberInfo::PrecisionAndScale(precision, scale) => decimal(precision, scale)?,
        },
        SqlType::Varchar(None) | SqlType::Char(None) | SqlType::Text | SqlType::String(None) => {
            DataType::Utf8View
        }
        SqlType::Date => DataType::Date32,
        SqlType::Timestamp(None, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => TIMESTAMP,
        SqlType::Interval { fields: None, precision: None } => {
            DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano)
        }
        other => {
            return Err(ExpressionError::new(say!(
                "there is no type `{other}` here",
                "ở đây không có kiểu `{other}`"
            ))
            .hint(say!(
                "known are text, integer, decimal(p, s), double, boolean, date, timestamp and interval",
                "các kiểu dùng được: text, integer, decimal(p, s), double, boolean, date, timestamp và interval"
            )));
        }
    })
}

fn decimal(precision: u64, scale: i64) -> Result<DataType, ExpressionError> {
    match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(precision @ 1..=38), Ok(scale)) if scale >= 0 && scale.unsigned_abs() <= precision => {
            Ok(DataType::Decimal128(precision, scale))
        }
        _ => Err(ExpressionError::new(say!(
            "decimal({precision}, {scale}): at most 38 digits, of which at most all after the point",
            "decimal({precision}, {scale}): tối đa 38 chữ số, phần thập phân không vượt quá số chữ số"
        ))),
    }
}

/// Gives the planner the types of [`of_sql`].
#[derive(Debug)]
pub(super) struct Types;

impl TypePlanner for Types {
    fn plan_type_field(&self, sql: &SqlType) -> Result<Option<arrow::datatypes::FieldRef>, DataFusionError> {
        of_sql(sql)
            .map(|found| Some(found.into_nullable_field_ref()))
            .map_err(|error| DataFusionError::Plan(error.what.en))
    }
}

/// A type in the user's words.
pub(super) fn name(found: &DataType) -> Text {
    match found {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => say!("text", "văn bản"),
        DataType::Boolean => say!("true or false", "đúng/sai"),
        DataType::Date32 | DataType::Date64 => say!("a date", "ngày"),
        DataType::Timestamp(..) => say!("a timestamp", "thời điểm"),
        DataType::Interval(_) | DataType::Duration(_) => say!("a time span", "khoảng thời gian"),
        DataType::Null => say!("null", "null"),
        integer if integer.is_integer() => say!("an integer", "số nguyên"),
        number if number.is_numeric() => say!("a number", "số"),
        other => Text::same(other.to_string()),
    }
}

pub(super) fn is_text(found: &DataType) -> bool {
    matches!(found, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
}

/// Settles what the library's own coercion would settle badly: a timestamp meets a date or a text in microseconds
/// (not nanoseconds), and a column of text does not meet a number at all.
pub(super) fn agree(tree: Expr, schema: &DFSchema) -> Result<Expr, Disagreement> {
    let mut disagreement = None;
    let agreed = tree.transform_up(|node| {
        let node = match node {
            Expr::BinaryExpr(BinaryExpr { left, op, right })
                if is_comparison(op) || op == Operator::Minus =>
            {
                let [left, right] = meet([*left, *right], op != Operator::Minus, schema, &mut disagreement);
                Expr::BinaryExpr(BinaryExpr { left: Box::new(left), op, right: Box::new(right) })
            }
            Expr::BinaryExpr(BinaryExpr {
                left,
                op: op @ (Operator::Multiply | Operator::Divide),
                right,
            }) if is_exact([&left, &right], schema) => {
                let operation =
                    if op == Operator::Multiply { Arithmetic::Multiply } else { Arithmetic::Divide };
                Operation::Decimal(operation).call([left, right].map(|operand| as_decimal(*operand)).into())
            }
            Expr::Between(Between { expr, negated, low, high }) => {
                let [expr, low, high] = meet([*expr, *low, *high], true, schema, &mut disagreement);
                Expr::Between(Between {
                    expr: Box::new(expr),
                    negated,
                    low: Box::new(low),
                    high: Box::new(high),
                })
            }
            Expr::InList(InList { expr, list, negated }) => {
                let mut all: Vec<Expr> = std::iter::once(*expr).chain(list).collect();
                meet_all(&mut all, true, schema, &mut disagreement);
                let expr = all.remove(0);
                Expr::InList(InList { expr: Box::new(expr), list: all, negated })
            }
            // It takes timestamps only, and would make nanoseconds of a date.
            Expr::ScalarFunction(ScalarFunction { func, mut args }) if func.name() == "date_trunc" => {
                if let Some(date) = args.get_mut(1)
                    && matches!(date.get_type(schema), Ok(DataType::Date32))
                {
                    *date = cast(std::mem::take(date));
                }
                Expr::ScalarFunction(ScalarFunction { func, args })
            }
            Expr::ScalarFunction(ScalarFunction { func, args })
                if func.name() == "round" && is_exact([&args[0], &args[0]], schema) =>
            {
                match args.as_slice() {
                    [number] => Operation::DecimalRound(0).call(vec![as_decimal(number.clone())]),
                    [number, places] if literal_integer(places).is_some() => {
                        let places = literal_integer(places).unwrap_or_default();
                        Operation::DecimalRound(places).call(vec![as_decimal(number.clone())])
                    }
                    _ => Expr::ScalarFunction(ScalarFunction { func, args }),
                }
            }
            other => return Ok(Transformed::no(other)),
        };
        Ok(Transformed::yes(node))
    })?;
    match disagreement {
        Some(disagreement) => Err(disagreement),
        None => Ok(agreed.data),
    }
}

/// Whether one of the operands is a decimal and the other a number without binary fractions.
fn is_exact(operands: [&Expr; 2], schema: &DFSchema) -> bool {
    let exact = |found: &DataType| found.is_integer() || matches!(found, DataType::Decimal128(..));
    let types = operands.map(|operand| operand.get_type(schema).unwrap_or(DataType::Null));
    types.iter().all(exact) && types.iter().any(|found| matches!(found, DataType::Decimal128(..)))
}

fn as_decimal(operand: Expr) -> Expr {
    Expr::Cast(Cast::new(Box::new(operand), DECIMAL))
}

fn is_comparison(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

pub(super) enum Disagreement {
    /// The operand that is text, as far as it is short enough to be shown, and the type of the other.
    TextMeetsNumber(String, DataType),
    /// A month has no fixed length, and the library compares months, days and seconds one after the other:
    /// 25 hours would be less than a day.
    SpansCompared,
    Library(DataFusionError),
}

impl From<DataFusionError> for Disagreement {
    fn from(error: DataFusionError) -> Self {
        Self::Library(error)
    }
}

fn meet<const N: usize>(
    mut operands: [Expr; N],
    compared: bool,
    schema: &DFSchema,
    disagreement: &mut Option<Disagreement>,
) -> [Expr; N] {
    meet_all(&mut operands, compared, schema, disagreement);
    operands
}

fn meet_all(
    operands: &mut [Expr],
    compared: bool,
    schema: &DFSchema,
    disagreement: &mut Option<Disagreement>,
) {
    // What has no type yet fails later, with the library's reason.
    let types: Vec<DataType> =
        operands.iter().map(|operand| operand.get_type(schema).unwrap_or(DataType::Null)).collect();
    if compared
        && let Some(number) = types.iter().find(|found| found.is_numeric())
        && let Some((text, _)) = operands
            .iter()
            .zip(&types)
            .find(|(operand, found)| is_text(found) && !matches!(operand, Expr::Literal(..)))
    {
        disagreement.get_or_insert_with(|| {
            Disagreement::TextMeetsNumber(text.to_string().chars().take(60).collect(), number.clone())
        });
    }
    if compared && types.iter().any(|found| matches!(found, DataType::Interval(_))) {
        disagreement.get_or_insert(Disagreement::SpansCompared);
    }
    if types.iter().any(|found| matches!(found, DataType::Timestamp(..))) {
        for (operand, found) in operands.iter_mut().zip(&types) {
            if matches!(found, DataType::Date32) || (compared && is_text(found)) {
                *operand = cast(std::mem::take(operand));
            }
        }
    }
}

fn cast(operand: Expr) -> Expr {
    Expr::Cast(Cast::new(Box::new(operand), TIMESTAMP))
}

/// The text of a literal, if it is one.
pub(super) fn literal_text(tree: &Expr) -> Option<&str> {
    match tree {
        Expr::Literal(
            ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text),
            _,
        ) => text.as_deref(),
        _ => None,
    }
}

pub(super) fn literal_integer(tree: &Expr) -> Option<i64> {
    match tree {
        Expr::Literal(ScalarValue::Int64(number), _) => *number,
        _ => None,
    }
}
