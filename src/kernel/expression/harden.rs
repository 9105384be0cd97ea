//! Between coercion and evaluation: what the library would do loosely is done strictly.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion_common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion_common::{DFSchema, DataFusionError, ScalarValue};
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{BinaryExpr, Cast, Expr, ExprSchemable, Operator, TryCast};

use super::bind::first_words;
use super::own::{Operation, Pattern};
use super::substring::Window;
use super::{ExpressionError, types};
use crate::base::Text;
use crate::kernel::date_format::{default_date, default_timestamps};
use crate::say;

/// The longest text that `lpad` and `rpad` may make of a value.
const LONGEST_PAD: i64 = 4096;

/// After coercion: integers that do not wrap, dates read and written by our own rules, nothing in nanoseconds, no
/// pattern that is not known now, no padding without bound.
pub(super) fn harden(tree: Expr, schema: &DFSchema) -> Result<Expr, ExpressionError> {
    let mut refusal = None;
    let hardened = tree.transform_up(|node| {
        let kind = |operand: &Expr| operand.get_type(schema);
        let node = match node {
            Expr::BinaryExpr(BinaryExpr { left, op, right })
                if matches!(op, Operator::Plus | Operator::Minus | Operator::Multiply)
                    && kind(&left)?.is_integer()
                    && kind(&right)? == kind(&left)? =>
            {
                let operation = match op {
                    Operator::Plus => Operation::Add,
                    Operator::Minus => Operation::Subtract,
                    _ => Operation::Multiply,
                };
                operation.call(vec![*left, *right])
            }
            Expr::Negative(operand) if kind(&operand)?.is_signed_integer() => {
                let zero = ScalarValue::new_zero(&kind(&operand)?)?;
                Operation::Subtract.call(vec![Expr::Literal(zero, None), *operand])
            }
            Expr::Cast(Cast { expr, field }) => cast(*expr, field.data_type(), false, &kind, &mut refusal)?
                .unwrap_or_else(|expr| Expr::Cast(Cast { expr: Box::new(expr), field })),
            Expr::TryCast(TryCast { expr, field }) => {
                cast(*expr, field.data_type(), true, &kind, &mut refusal)?
                    .unwrap_or_else(|expr| Expr::TryCast(TryCast { expr: Box::new(expr), field }))
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_pattern_operator(op) => {
                check_pattern(Some(&right), &mut refusal);
                Expr::BinaryExpr(BinaryExpr { left, op, right })
            }
            Expr::ScalarFunction(ScalarFunction { func, args }) => {
                match func.name() {
                    name if name.starts_with("regexp_") => check_pattern(args.get(1), &mut refusal),
                    "lpad" | "rpad" => check_padding(args.get(1), &mut refusal),
                    _ => {}
                }
                Expr::ScalarFunction(ScalarFunction { func, args })
            }
            other => return Ok(Transformed::no(other)),
        };
        let descent = if refusal.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue };
        Ok(Transformed::new(node, true, descent))
    });
    match (refusal, hardened) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(hardened)) => Ok(hardened.data),
        (None, Err(error)) => {
            let reason = first_words(&error);
            Err(ExpressionError::new(say!(
                "the expression cannot be used: {reason}",
                "không dùng được biểu thức: {reason}"
            )))
        }
    }
}

/// A cast that is done our own way, or the operand back.
fn cast(
    operand: Expr,
    target: &DataType,
    lenient: bool,
    kind: &impl Fn(&Expr) -> Result<DataType, DataFusionError>,
    refusal: &mut Option<ExpressionError>,
) -> Result<Result<Expr, Expr>, DataFusionError> {
    let source = kind(&operand)?;
    if matches!(target, DataType::Timestamp(TimeUnit::Nanosecond, _)) && source != DataType::Null {
        refusal.get_or_insert_with(|| {
            ExpressionError::new(say!(
                "a date or text stands where a timestamp is needed",
                "có ngày hoặc văn bản đứng ở chỗ cần thời điểm"
            ))
            .hint(say!("write `CAST(… AS timestamp)` around it", "hãy bọc nó trong `CAST(… AS timestamp)`"))
        });
        return Ok(Err(operand));
    }
    if types::is_text(&source) && (*target == DataType::Date32 || *target == types::TIMESTAMP) {
        let is_date = *target == DataType::Date32;
        if let Some(text) = types::literal_text(&operand) {
            let literal = if is_date {
                default_date().parse_date(text).map(|days| ScalarValue::Date32(Some(days)))
            } else {
                default_timestamps()
                    .iter()
                    .find_map(|format| format.parse_timestamp(text))
                    .map(|micros| ScalarValue::TimestampMicrosecond(Some(micros), None))
            };
            return Ok(match literal {
                Some(literal) => Ok(Expr::Literal(literal, None)),
                None if lenient => Ok(Expr::Literal(ScalarValue::try_new_null(target)?, None)),
                None => {
                    let text: String = text.chars().take(60).collect();
                    refusal.get_or_insert_with(|| {
                        ExpressionError::new(say!(
                            "`'{text}'` is not a date that exists",
                            "`'{text}'` không phải là ngày có thật"
                        ))
                        .hint(say!(
                            "write it as '2026-01-31' or '2026-01-31 23:59:59'",
                            "hãy viết theo dạng '2026-01-31' hoặc '2026-01-31 23:59:59'"
                        ))
                    });
                    Err(operand)
                }
            });
        }
        let operation =
            if is_date { Operation::TextToDate { lenient } } else { Operation::TextToTimestamp { lenient } };
        return Ok(Ok(operation.call(vec![operand])));
    }
    if source == DataType::Date32 && *target == DataType::Utf8View {
        return Ok(Ok(Operation::DateToText.call(vec![operand])));
    }
    Ok(Err(operand))
}

fn is_pattern_operator(op: Operator) -> bool {
    matches!(
        op,
        Operator::RegexMatch | Operator::RegexIMatch | Operator::RegexNotMatch | Operator::RegexNotIMatch
    )
}

/// A pattern must be there now, be valid and stay small: one that came with the data could be anything.
fn check_pattern(pattern: Option<&Expr>, refusal: &mut Option<ExpressionError>) {
    let pattern = match pattern {
        // A cast between the kinds of text may stand around it.
        Some(Expr::Cast(Cast { expr, .. })) => types::literal_text(expr),
        Some(other) => types::literal_text(other),
        None => None,
    };
    let Some(pattern) = pattern else {
        refusal.get_or_insert_with(|| {
            ExpressionError::new(say!(
                "the pattern must be a text in quotes, not something computed",
                "mẫu phải là văn bản trong dấu nháy, không phải giá trị được tính ra"
            ))
        });
        return;
    };
    if let Err(error) = Pattern::new(pattern, false) {
        let reason = match error {
            regex::Error::CompiledTooBig(_) => say!("it grows too large", "mẫu quá lớn sau khi biên dịch"),
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                Text::same(last)
            }
        };
        let (en, vi) = (reason.en, reason.vi);
        refusal.get_or_insert_with(|| {
            ExpressionError::new(say!(
                "the regular expression is not usable: {en}",
                "biểu thức chính quy không dùng được: {vi}"
            ))
        });
    }
}

fn check_padding(length: Option<&Expr>, refusal: &mut Option<ExpressionError>) {
    let short =
        matches!(length, Some(Expr::Literal(ScalarValue::Int64(Some(length)), _)) if *length <= LONGEST_PAD);
    if !short {
        refusal.get_or_insert_with(|| {
            ExpressionError::new(say!(
                "the length of `lpad` and `rpad` must be a number up to {LONGEST_PAD}",
                "độ dài của `lpad` và `rpad` phải là một số không quá {LONGEST_PAD}"
            ))
        });
    }
}

/// What is known once constants are folded is used now, once: regular expressions are compiled, places in texts fixed.
pub(super) fn specialise(tree: Expr, schema: &DFSchema) -> Result<Expr, DataFusionError> {
    tree.transform_up(|node| match node {
        Expr::ScalarFunction(ScalarFunction { func, mut args }) if func.name() == "substr" => {
            let window = match &args[1..] {
                [start] => types::literal_integer(start).and_then(|start| Window::of_sql(start, None)),
                [start, count] => types::literal_integer(start)
                    .zip(types::literal_integer(count))
                    .and_then(|(start, count)| Window::of_sql(start, Some(count))),
                _ => None,
            };
            Ok(match window {
                Some(window) if args[0].get_type(schema)? == DataType::Utf8View => {
                    args.truncate(1);
                    Transformed::yes(Operation::Substring(window).call(args))
                }
                _ => Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args })),
            })
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_pattern_operator(op) => {
            let ignore_case = matches!(op, Operator::RegexIMatch | Operator::RegexNotIMatch);
            let negated = matches!(op, Operator::RegexNotMatch | Operator::RegexNotIMatch);
            let pattern =
                types::literal_text(&right).and_then(|pattern| Pattern::new(pattern, ignore_case).ok());
            Ok(match pattern {
                Some(pattern) => Transformed::yes(Operation::Matches { pattern, negated }.call(vec![*left])),
                None => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
            })
        }
        other => Ok(Transformed::no(other)),
    })
    .map(|transformed| transformed.data)
}
