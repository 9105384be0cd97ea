//! From a syntax tree to something that can be evaluated: names, types, constants.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema};
use datafusion_common::config::ConfigOptions;
use datafusion_common::tree_node::{Transformed, TreeNode};
use datafusion_common::{DFSchema, DataFusionError, TableReference, plan_err};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::planner::{ContextProvider, ExprPlanner, TypePlanner};
use datafusion_expr::simplify::SimplifyContext;
use datafusion_expr::{
    AggregateUDF, Expr, ExprSchemable, HigherOrderUDF, Operator, ScalarUDF, TableSource, WindowUDF,
};
use datafusion_functions::core::planner::CoreFunctionPlanner;
use datafusion_functions::datetime::planner::DatetimeFunctionPlanner;
use datafusion_functions::unicode::planner::UnicodeFunctionPlanner;
use datafusion_optimizer::simplify_expressions::ExprSimplifier;
use datafusion_physical_expr::expressions::BinaryExpr as PhysicalBinary;
use datafusion_physical_expr::{PhysicalExpr, create_physical_expr};
use datafusion_sql::planner::{ParserOptions, PlannerContext, SqlToRel};
use datafusion_sql::sqlparser::ast::{
    DataType as SqlType, Expr as Tree, TimezoneInfo, TypedString, Value, VisitMut, VisitorMut,
};
use datafusion_sql::sqlparser::tokenizer::Span;

use super::harden::{harden, specialise};
use super::types::{self, Disagreement};
use super::{BoundExpression, Expression, ExpressionError, functions, grammar};
use crate::base::Text;
use crate::base::suggest::closest;
use crate::kernel::date_format::format_timestamp;
use crate::say;

impl Expression {
    /// Finds the columns, checks and settles the types, folds constants.
    ///
    /// `columns` are those of the batches to come, with their types; `as_of` is in microseconds, local time.
    pub fn bind(
        &self,
        columns: &[(String, DataType)],
        as_of: i64,
    ) -> Result<BoundExpression, ExpressionError> {
        let used = self.find(columns)?;
        let fields: Vec<Field> =
            used.iter().map(|&at| Field::new(&columns[at].0, columns[at].1.clone(), true)).collect();
        let schema =
            Arc::new(DFSchema::try_from(Schema::new(fields)).map_err(|error| self.unusable(&error))?);

        let planned = self.plan(&schema, as_of).map_err(|error| self.unusable(&error))?;
        let agreed = types::agree(planned, &schema).map_err(|disagreement| match disagreement {
            Disagreement::Library(error) => self.unusable(&error),
            Disagreement::TextMeetsNumber(text, number) => text_meets_number(&text, &number),
            Disagreement::SpansCompared => spans_compared(),
        })?;
        let simplifier =
            ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::clone(&schema)).build());
        let coerced = simplifier.coerce(agreed, &schema).map_err(|error| self.unusable(&error))?;
        let found = coerced.get_type(&schema).map_err(|error| self.unusable(&error))?;
        if !matches!(found, DataType::Boolean | DataType::Null) {
            let Text { vi, en } = types::name(&found);
            return Err(ExpressionError::new(say!(
                "the expression must say true or false, but it gives {en}",
                "biểu thức phải cho kết quả đúng hoặc sai, nhưng lại cho {vi}"
            ))
            .hint(say!("compare it with something: `… = …`", "hãy so sánh nó với một giá trị: `… = …`")));
        }

        let hardened = harden(coerced, &schema)?;
        let simple = simplifier.simplify(hardened).map_err(|error| self.unusable(&error))?;
        let compiled = specialise(simple, &schema).map_err(|error| self.unusable(&error))?;
        let physical = create_physical_expr(
            &compiled,
            &schema,
            &ExecutionProps::new(),
            &PhysicalPlanningContext::default(),
        )
        .and_then(without_wrapping)
        .map_err(|error| self.unusable(&error))?;
        Ok(BoundExpression { physical, columns: used })
    }

    /// Where each used column is among those given.
    fn find(&self, columns: &[(String, DataType)]) -> Result<Vec<usize>, ExpressionError> {
        let one = |(name, place): (&String, &std::ops::Range<usize>)| {
            columns.iter().position(|(column, _)| column == name).ok_or_else(|| {
                let error =
                    ExpressionError::new(say!("there is no column `{name}`", "không có cột `{name}`"))
                        .at(place.clone());
                match closest(name, columns.iter().map(|(column, _)| column.as_str())) {
                    Some(other) => error.hint(say!("did you mean `{other}`?", "có phải ý bạn là `{other}`?")),
                    None if name.eq_ignore_ascii_case("as_of") => error.hint(say!(
                        "the moment of scoring is `as_of`, in lower case and without quotes",
                        "thời điểm chấm điểm là `as_of`, viết thường và không có dấu nháy"
                    )),
                    None => error,
                }
            })
        };
        self.columns.iter().zip(self.places.iter()).map(one).collect()
    }

    fn plan(&self, schema: &DFSchema, as_of: i64) -> Result<Expr, DataFusionError> {
        let mut tree = self.tree.as_ref().clone();
        // It never breaks off.
        let _: ControlFlow<()> = tree.visit(&mut AsOf(as_of));
        let options = ParserOptions::new()
            .with_enable_ident_normalization(false)
            .with_parse_float_as_decimal(true)
            .with_collect_spans(true);
        SqlToRel::new_with_options(&*NAMES, options).sql_to_expr(tree, schema, &mut PlannerContext::new())
    }

    /// The library's reason, in a sentence of ours.
    fn unusable(&self, error: &DataFusionError) -> ExpressionError {
        let reason = first_words(error);
        let failure = ExpressionError::new(say!(
            "the expression cannot be used: {reason}",
            "không dùng được biểu thức: {reason}"
        ));
        match error.diagnostic().and_then(|diagnostic| diagnostic.span) {
            Some(span) => {
                let at = |place: datafusion_common::Location| {
                    datafusion_sql::sqlparser::tokenizer::Location { line: place.line, column: place.column }
                };
                failure.at(grammar::range(&self.text, Span::new(at(span.start), at(span.end))))
            }
            None => failure,
        }
    }
}

fn text_meets_number(text: &str, number: &DataType) -> ExpressionError {
    let Text { vi, en } = types::name(number);
    ExpressionError::new(say!(
        "`{text}` is text and is compared with {en}; text stays text, `007` is not 7",
        "`{text}` là văn bản nhưng được so sánh với {vi}; văn bản giữ nguyên là văn bản, `007` không phải là 7"
    ))
    .hint(say!(
        "put the number in quotes, declare the column's type, or write `CAST({text} AS integer)`",
        "hãy đặt số trong dấu nháy, khai báo kiểu của cột, hoặc viết `CAST({text} AS integer)`"
    ))
}

fn spans_compared() -> ExpressionError {
    ExpressionError::new(say!(
        "time spans are not compared with one another: a month has no fixed length",
        "không so sánh trực tiếp các khoảng thời gian: tháng không có độ dài cố định"
    ))
    .hint(say!(
        "compare moments, `a >= b - INTERVAL '1 day'`, or count days, `CAST(a AS date) - CAST(b AS date) <= 30`",
        "hãy so sánh thời điểm, `a >= b - INTERVAL '1 day'`, hoặc đếm ngày, `CAST(a AS date) - CAST(b AS date) <= 30`"
    ))
}

/// The first line of the innermost error, without the names of the library's layers.
pub(super) fn first_words(error: &DataFusionError) -> String {
    let text = error.find_root().strip_backtrace();
    let mut words = text.lines().next().unwrap_or_default().trim();
    while let Some(rest) = [
        "Error during planning: ",
        "This feature is not implemented: ",
        "Execution error: ",
        "Optimizer rule 'simplify_expressions' failed: ",
        "Arrow error: ",
        "Cast error: ",
        "Compute error: ",
        "Parser error: ",
        "Invalid argument error: ",
        "Schema error: ",
        "Internal error: ",
        "DataFusion error: ",
        "SQL error: ",
        "type_coercion",
    ]
    .iter()
    .find_map(|prefix| words.strip_prefix(prefix))
    {
        words = rest.trim_start();
    }
    let words = words.split(" No function matches").next().unwrap_or(words);
    let words = words.split(". This issue was likely caused by a bug").next().unwrap_or(words);
    let mut short: String = words.chars().take(300).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

/// Writes the moment of scoring where `as_of` stands.
struct AsOf(i64);

impl VisitorMut for AsOf {
    type Break = ();

    fn post_visit_expr(&mut self, tree: &mut Tree) -> ControlFlow<()> {
        if let Tree::Identifier(name) = tree
            && grammar::is_as_of(name)
        {
            let value = Value::SingleQuotedString(format_timestamp(self.0)).with_empty_span();
            *tree = Tree::TypedString(TypedString {
                data_type: SqlType::Timestamp(None, TimezoneInfo::None),
                value,
                uses_odbc_syntax: false,
            });
        }
        ControlFlow::Continue(())
    }
}

/// Arithmetic that is left to the library (decimals, time spans) fails instead of wrapping.
fn without_wrapping(physical: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>, DataFusionError> {
    physical
        .transform_up(|node| {
            Ok(match node.downcast_ref::<PhysicalBinary>() {
                Some(binary)
                    if matches!(binary.op(), Operator::Plus | Operator::Minus | Operator::Multiply) =>
                {
                    let checked = PhysicalBinary::new(
                        Arc::clone(binary.left()),
                        *binary.op(),
                        Arc::clone(binary.right()),
                    )
                    .with_fail_on_overflow(true);
                    Transformed::yes(Arc::new(checked) as Arc<dyn PhysicalExpr>)
                }
                _ => Transformed::no(node),
            })
        })
        .map(|transformed| transformed.data)
}

/// The names that a planner may look up: functions, nothing else.
struct Names {
    options: ConfigOptions,
    planners: [Arc<dyn ExprPlanner>; 3],
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    options: ConfigOptions::default(),
    planners: [
        Arc::new(UnicodeFunctionPlanner),
        Arc::new(DatetimeFunctionPlanner),
        Arc::new(CoreFunctionPlanner {}),
    ],
});

impl ContextProvider for Names {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>, DataFusionError> {
        plan_err!("there is no table {name}")
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_type_planner(&self) -> Option<Arc<dyn TypePlanner>> {
        Some(Arc::new(types::Types))
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        functions::find(name)
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, _: &str) -> Option<Arc<AggregateUDF>> {
        None
    }

    fn get_window_meta(&self, _: &str) -> Option<Arc<WindowUDF>> {
        None
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.options
    }

    fn udf_names(&self) -> Vec<String> {
        functions::names().map(str::to_owned).collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
