//! Data tests of dbt and dbt-utils, by dbt-utils' own integration tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, TimeUnit};
use serde_json::{Value, json};

use super::{Case, Conversion, Outcome, check, extract, folder, objects, tables, text, with};

const TOOL: &str = "dbt_utils";

/// The tables about recency were built 23 hours after the moment that they hold.
const NOW: &str = "2026-11-21 21:19:39";
const TODAY: &str = "2026-11-21";

struct DataTest {
    id: String,
    what: String,
    column: String,
    kwargs: Value,
    condition: Option<String>,
    failures: u64,
    model: String,
    tables: Arc<BTreeMap<String, Value>>,
}

#[test]
fn data_tests_end_as_recorded() {
    let tables = tables(TOOL);
    let cases = objects(folder(TOOL).join("cases.jsonl"));
    let cases: Vec<DataTest> = cases.iter().map(|case| DataTest::new(case, Arc::clone(&tables))).collect();
    check(TOOL, &cases);
}

fn column_type(name: &str) -> DataType {
    match name {
        "INTEGER" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "HUGEINT" => DataType::Decimal128(38, 0),
        "FLOAT" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "BOOLEAN" => DataType::Boolean,
        "VARCHAR" => DataType::Utf8,
        "DATE" => DataType::Date32,
        // Moments as the clock of the tests, which ran in UTC, showed them.
        "TIMESTAMP" | "TIMESTAMP WITH TIME ZONE" => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => {
            let digits =
                other.strip_prefix("DECIMAL(").and_then(|rest| rest.strip_suffix(')')?.split_once(','));
            let (precision, scale) = digits.unwrap_or_else(|| panic!("type {other}"));
            DataType::Decimal128(precision.parse().expect("digits"), scale.parse().expect("decimals"))
        }
    }
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(text).collect()
}

impl DataTest {
    fn new(case: &Value, tables: Arc<BTreeMap<String, Value>>) -> Self {
        Self {
            id: text(&case["id"]),
            what: text(&case["test"]),
            column: case["column"].as_str().unwrap_or_default().to_owned(),
            kwargs: case["kwargs"].clone(),
            condition: case["where"].as_str().map(str::to_owned),
            failures: case["failures"].as_u64().expect("a count"),
            model: text(&case["model"]),
            tables,
        }
    }

    /// The other table of a test, which is named as `ref('…')`.
    fn other(&self) -> Option<String> {
        let name = self.kwargs["compare_model"].as_str().or(self.kwargs["to"].as_str())?;
        Some(name.strip_prefix("ref('")?.strip_suffix("')")?.to_owned())
    }

    fn extract(&self, model: &str) -> Option<RecordBatch> {
        let table = self.tables.get(model)?;
        let columns = names(&table["columns"]);
        let cells = columns.iter().enumerate().map(|(at, name)| {
            let rows = table["rows"].as_array().expect("rows");
            let values = rows.iter().map(|row| row[at].as_str().map(str::to_owned)).collect();
            (name.clone(), column_type(&text(&table["types"][at])), values)
        });
        Some(extract(cells.collect()))
    }

    fn rule(&self, kind: &str, arguments: Value) -> Value {
        let mut rule = json!({ kind: arguments });
        if let Some(condition) = &self.condition {
            rule["when"] = json!(condition);
        }
        rule
    }

    fn rules(&self, rules: Vec<Value>) -> Option<Conversion> {
        Some(Conversion::new(self.extract(&self.model)?, &[], rules))
    }

    fn one(&self, kind: &str, arguments: Value) -> Option<Conversion> {
        self.rules(vec![self.rule(kind, arguments)])
    }

    /// A rule for each group of rows, or one where there are none.
    fn figures(&self, arguments: &Value) -> Option<Conversion> {
        let rule = |when: Option<String>| match when {
            Some(when) => json!({ "aggregate": arguments, "when": when }),
            None => self.rule("aggregate", arguments.clone()),
        };
        let rules = match &self.groups()[..] {
            [] => vec![rule(None)],
            [column] => {
                self.values(column).into_iter().map(|value| rule(Some(equals(column, value)))).collect()
            }
            _ => return None,
        };
        self.rules(rules)
    }

    fn groups(&self) -> Vec<String> {
        names(&self.kwargs["group_by_columns"])
    }

    /// The different values of a column.
    fn values(&self, column: &str) -> BTreeSet<Option<String>> {
        let table = &self.tables[&self.model];
        let at = names(&table["columns"]).iter().position(|name| name == column).expect("the column");
        let rows = table["rows"].as_array().expect("rows");
        rows.iter().map(|row| row[at].as_str().map(str::to_owned)).collect()
    }

    fn not_null_proportion(&self) -> Option<Conversion> {
        let mut arguments = json!({ "column": self.column, "function": "null_ratio" });
        for (theirs, ours) in [("at_least", "max"), ("at_most", "min")] {
            if let Some(share) = self.kwargs[theirs].as_f64() {
                arguments[ours] = json!(format!("{:.6}", 1.0 - share));
            }
        }
        self.figures(&arguments)
    }

    fn accepted_range(&self) -> Option<Conversion> {
        let limits = match self.kwargs["inclusive"] == json!(true) {
            true => [("min_value", "min"), ("max_value", "max")],
            false => [("min_value", "exclusive_min"), ("max_value", "exclusive_max")],
        };
        self.one("in_range", with(json!({ "column": self.column }), &self.kwargs, &limits))
    }

    fn recency(&self) -> Option<Conversion> {
        let days = self.kwargs["interval"].as_u64().filter(|_| self.kwargs["datepart"] == json!("day"))?;
        let mut arguments = json!({ "column": self.kwargs["field"], "cycle": format!("{days}d") });
        if !self.groups().is_empty() {
            arguments["per"] = json!(self.groups());
        }
        let mut conversion = self.one("heartbeat", arguments)?;
        // Without the time of day, the age is counted from the beginning of today.
        let whole_days = self.kwargs["ignore_time_component"] == json!(true);
        conversion.as_of = if whole_days { TODAY } else { NOW }.to_owned();
        Some(conversion)
    }

    fn exclusive_ranges(&self) -> Option<Conversion> {
        let upper = self.kwargs["upper_bound_column"].as_str()?;
        // `coalesce(valid_to, '2099-01-01')`: an open end.
        let open = upper.strip_prefix("coalesce(").and_then(|rest| Some(rest.split_once(',')?.0));
        let (from, to) = (&self.kwargs["lower_bound_column"], open.unwrap_or(upper));
        let mut ranges = json!({ "from": from, "to": to });
        if !self.kwargs["partition_by"].is_null() {
            ranges["per"] = json!([self.kwargs["partition_by"]]);
        }
        match self.kwargs["gaps"].as_str() {
            Some("not_allowed") => ranges["gaps"] = json!("forbid"),
            Some("required") => ranges["touching"] = json!("forbid"),
            _ => {}
        }
        let op = if self.kwargs["zero_length_range_allowed"] == json!(true) { "<=" } else { "<" };
        let absent = if open.is_some() { "skip" } else { "fail" };
        let order = json!({ "left": from, "op": op, "right": to, "absent": absent });
        self.rules(vec![self.rule("no_overlap", ranges), self.rule("compare", order)])
    }

    fn sequential(&self) -> Option<Conversion> {
        // Steps are whole numbers, days or months.
        if !self.kwargs["datepart"].is_null() {
            return None;
        }
        let mut steps = json!({ "column": self.column, "step": self.kwargs["interval"] });
        if !self.groups().is_empty() {
            steps["per"] = json!(self.groups());
        }
        let once: Vec<String> = self.groups().into_iter().chain([self.column.clone()]).collect();
        self.rules(vec![self.rule("gapless", steps), self.rule("unique", json!(once))])
    }

    /// Every row of each table is in the other one.
    fn equality(&self) -> Option<Conversion> {
        let other = self.other()?;
        let (ours, theirs) = (self.extract(&self.model)?, self.extract(&other)?);
        // They round before they compare.
        if !self.kwargs["precision"].is_null() {
            return None;
        }
        let compared = names(&self.kwargs["compare_columns"]);
        let excluded = names(&self.kwargs["exclude_columns"]);
        let schema = ours.schema();
        let columns: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
        let columns: Vec<&String> = columns
            .into_iter()
            .filter(|name| compared.is_empty() || compared.contains(name))
            .filter(|name| !excluded.contains(name))
            .collect();
        // A missing part equals a missing one there; here such a row refers to nothing.
        let complete = |table: &RecordBatch| {
            let full =
                |name: &&String| table.column_by_name(name).is_some_and(|column| column.null_count() == 0);
            columns.iter().all(full)
        };
        if !complete(&ours) || !complete(&theirs) {
            return None;
        }
        let refers = |table: &str| json!({ "references": { "columns": columns, "to": { "table": table, "columns": columns } } });
        let mut conversion = Conversion::new(ours, &[], vec![refers("other")]);
        conversion.table("other", theirs, &[], vec![refers("t")]);
        Some(conversion)
    }
}

fn equals(column: &str, value: Option<String>) -> String {
    match value {
        None => format!("{column} IS NULL"),
        Some(number) if number.parse::<i64>().is_ok() => format!("{column} = {number}"),
        Some(text) => format!("{column} = '{text}'"),
    }
}

impl Case for DataTest {
    fn id(&self) -> &str {
        &self.id
    }

    fn convert(&self) -> Option<Conversion> {
        let kwargs = &self.kwargs;
        let column = json!({ "column": self.column });
        match self.what.as_str() {
            "accepted_values" => self.one("in_set", with(column, kwargs, &[("values", "values")])),
            "assert_equal" => self
                .one("compare", json!({ "left": kwargs["actual"], "op": "=", "right": kwargs["expected"] })),
            "dbt_utils.accepted_range" => self.accepted_range(),
            "dbt_utils.at_least_one" => {
                self.figures(&json!({ "column": self.column, "function": "count", "min": 1 }))
            }
            "dbt_utils.equality" => self.equality(),
            "dbt_utils.expression_is_true" => {
                let expression = format!("{} {}", self.column, text(&kwargs["expression"]));
                self.one("expect", json!(expression.trim()))
            }
            "dbt_utils.mutually_exclusive_ranges" => self.exclusive_ranges(),
            "dbt_utils.not_accepted_values" => {
                self.one("in_set", with(column, kwargs, &[("values", "forbidden")]))
            }
            "dbt_utils.not_constant" => {
                self.figures(&json!({ "column": self.column, "function": "distinct", "min": 2 }))
            }
            "dbt_utils.not_null_proportion" => self.not_null_proportion(),
            "dbt_utils.recency" => self.recency(),
            "dbt_utils.relationships_where" => {
                let parent = json!({ "table": "other", "columns": [kwargs["field"]] });
                let mut rule = self.rule("references", json!({ "columns": [self.column], "to": parent }));
                rule["when"] = kwargs["from_condition"].clone();
                let mut conversion = self.rules(vec![rule])?;
                conversion.table("other", self.extract(&self.other()?)?, &[], Vec::new());
                Some(conversion)
            }
            "dbt_utils.sequential_values" => self.sequential(),
            "dbt_utils.unique_combination_of_columns" => {
                self.one("duplicate_rows", json!({ "columns": kwargs["combination_of_columns"] }))
            }
            "expect_table_columns_to_match_set" => {
                let rule = json!({ "schema": { "contain": kwargs["column_list"], "exact": true } });
                Some(Conversion::undeclared(self.extract(&self.model)?, vec![rule]))
            }
            "not_null" => self.one("not_null", column),
            _ => None,
        }
    }

    fn differences(&self, outcome: &Outcome) -> Vec<String> {
        let tables = match outcome {
            Outcome::Refused(said) => return vec![format!("refused: {said}")],
            Outcome::Judged(tables) => tables,
        };
        let counts: Vec<u64> = tables.iter().map(|cards| cards.iter().map(|card| card.fail).sum()).collect();
        let mut failures: u64 = counts.iter().sum();
        // It also counts by how many rows more one table differs than the other.
        if let ("dbt_utils.equality", [ours, theirs]) = (self.what.as_str(), &counts[..]) {
            failures += ours.abs_diff(*theirs);
        }
        match failures == self.failures {
            true => Vec::new(),
            false => vec![format!("expected {} failures, got {failures}", self.failures)],
        }
    }
}
