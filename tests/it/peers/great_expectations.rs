//! Expectations of Great Expectations, by the definitions with which it tests itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, TimeUnit};
use serde_json::{Value, json};
use thuocdo::score::scorecard::RuleCard;

use super::{
    Case, Cells, Conversion, Outcome, check, extract, failing_rows, folder, objects, tables, text, with,
};

const TOOL: &str = "great_expectations";

const LIMITS: [(&str, &str); 2] = [("min_value", "min"), ("max_value", "max")];

struct Expectation {
    id: String,
    what: String,
    kwargs: Value,
    expected: Value,
    table: Value,
}

#[test]
fn expectations_end_as_recorded() {
    let tables = tables(TOOL);
    let cases = objects(folder(TOOL).join("cases.jsonl"));
    let cases: Vec<Expectation> = cases.into_iter().map(|case| Expectation::new(case, &tables)).collect();
    check(TOOL, &cases);
}

impl Expectation {
    fn new(case: Value, tables: &Arc<BTreeMap<String, Value>>) -> Self {
        // The first of several tables is the one that is judged.
        let table = case.get("table").unwrap_or_else(|| &case["tables"][0]["table"]);
        Self {
            id: text(&case["id"]),
            what: text(&case["expectation"]),
            kwargs: case["kwargs"].clone(),
            expected: case["expected"].clone(),
            table: tables[&text(table)].clone(),
        }
    }

    fn extract(&self) -> RecordBatch {
        let rows = self.table["rows"].as_object().expect("columns");
        extract(rows.iter().map(|(name, values)| self.cells(name, values)).collect())
    }

    fn cells(&self, name: &str, values: &Value) -> Cells {
        let values = values.as_array().expect("values");
        let cells = values.iter().map(|value| (!value.is_null()).then(|| text(value))).collect();
        (name.to_owned(), self.column_type(name, values), cells)
    }

    /// The type that is declared for a column, or the one that its values share.
    fn column_type(&self, name: &str, values: &[Value]) -> DataType {
        match self.table["types"][name].as_str() {
            Some("int" | "int64") => return DataType::Int64,
            Some("float" | "float64") => return DataType::Float64,
            Some("str") => return DataType::Utf8,
            Some("bool") => return DataType::Boolean,
            Some("datetime64" | "datetime64[ns]") => return DataType::Timestamp(TimeUnit::Microsecond, None),
            Some("timestamp") => return DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Some(other) => panic!("column {name} is of type {other}"),
            None => {}
        }
        let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let all = |test: fn(&Value) -> bool| !values.is_empty() && values.iter().all(|value| test(value));
        if all(Value::is_i64) {
            DataType::Int64
        } else if all(Value::is_number) {
            DataType::Float64
        } else if all(Value::is_boolean) {
            DataType::Boolean
        } else {
            DataType::Utf8
        }
    }

    fn column(&self) -> &Value {
        &self.kwargs["column"]
    }

    /// A rule with the condition on rows, if there is one.
    fn rule(&self, kind: &str, arguments: &Value) -> Value {
        let mut rule = json!({ kind: arguments });
        if let Some(condition) = self.kwargs["row_condition"].as_str() {
            let condition = condition.replace("==", "=").replace('"', "'").replace('&', " AND ");
            rule["when"] = json!(condition);
        }
        rule
    }

    fn one(&self, kind: &str, arguments: &Value) -> Conversion {
        Conversion::new(self.extract(), &[], vec![self.rule(kind, arguments)])
    }

    fn aggregate(&self, function: &str) -> Option<Conversion> {
        // A bound that is computed when the check runs.
        if LIMITS.iter().any(|(limit, _)| self.kwargs[limit].is_object()) {
            return None;
        }
        let figure = json!({ "column": self.column(), "function": function });
        Some(self.one("aggregate", &with(figure, &self.kwargs, &LIMITS)))
    }

    fn quantiles(&self) -> Conversion {
        let ranges = &self.kwargs["quantile_ranges"];
        let quantiles = ranges["quantiles"].as_array().expect("quantiles");
        let rules = quantiles.iter().zip(ranges["value_ranges"].as_array().expect("ranges"));
        let rules = rules.map(|(q, range)| {
            let figure = json!({ "column": self.column(), "function": "quantile", "q": q });
            let range = json!({ "min": range[0], "max": range[1] });
            self.rule("aggregate", &with(figure, &range, &[("min", "min"), ("max", "max")]))
        });
        Conversion::new(self.extract(), &[], rules.collect())
    }

    fn pairs_equal(&self) -> Conversion {
        let extract = self.extract();
        let (left, right) = (text(&self.kwargs["column_A"]), text(&self.kwargs["column_B"]));
        let mut arguments = json!({ "left": left, "op": "=", "right": right });
        let either = self.kwargs["ignore_row_if"] == json!("either_value_is_missing");
        if !either {
            arguments["absent"] = json!("fail");
        }
        let mut rule = self.rule("compare", &arguments);
        if !either {
            rule["when"] = json!(format!("{left} IS NOT NULL OR {right} IS NOT NULL"));
        }
        // A column of numbers and words holds text here, and is compared with text.
        let schema = extract.schema();
        let holds_text =
            |name: &str| schema.field_with_name(name).is_ok_and(|field| *field.data_type() == DataType::Utf8);
        let types: &[(&str, &str)] = match holds_text(&left) || holds_text(&right) {
            true => &[(&left, "text"), (&right, "text")],
            false => &[],
        };
        Conversion::new(extract, types, vec![rule])
    }

    /// Theirs look anywhere in the value, ours at the whole of it.
    fn regexes(&self, regexes: &[Value]) -> Conversion {
        let whole = |regex: &Value| format!("(?s).*(?:{}).*", text(regex));
        let wanted: Vec<Vec<String>> = match self.kwargs["match_on"].as_str() {
            Some("all") => regexes.iter().map(|regex| vec![whole(regex)]).collect(),
            _ => vec![regexes.iter().map(whole).collect()],
        };
        let rules =
            wanted.iter().map(|any| self.rule("matches", &json!({ "column": self.column(), "regex": any })));
        Conversion::new(self.extract(), &[], rules.collect())
    }

    fn strftime(&self) -> Conversion {
        let format = text(&self.kwargs["strftime_format"]);
        let ty = if format.contains("%H") { "timestamp" } else { "date" };
        self.one("type", &json!({ "column": self.column(), "type": ty, "formats": [format] }))
    }

    fn of_type(&self) -> Option<Conversion> {
        let ty = match self.kwargs["type_"].as_str()? {
            "int" => "integer",
            "float" => "decimal",
            "str" | "string" => "text",
            "bool" => "boolean",
            // Ours does not tell a moment with a zone from one without.
            "datetime64" if self.table["types"][text(self.column())] != json!("timestamp") => "timestamp",
            _ => return None,
        };
        let mut conversion = Conversion::undeclared(self.extract(), vec![json!({ "schema": {} })]);
        conversion.tables[0].2["columns"] = json!({ text(self.column()): { "type": ty } });
        Some(conversion)
    }

    fn compound_unique(&self) -> Conversion {
        let columns = &self.kwargs["column_list"];
        if self.kwargs["ignore_row_if"] == json!("any_value_is_missing") {
            return self.one("unique", columns);
        }
        // A missing part equals another one, and rows that lack all parts are left out.
        let mut rule = self.rule("duplicate_rows", &json!({ "columns": columns }));
        let present =
            columns.as_array().expect("columns").iter().map(|name| format!("{} IS NOT NULL", text(name)));
        rule["when"] = json!(present.collect::<Vec<_>>().join(" OR "));
        Conversion::new(self.extract(), &[], vec![rule])
    }

    fn columns_match(&self) -> Conversion {
        let exact = self.kwargs["exact_match"] == json!(true);
        let arguments = match (self.kwargs["column_set"].as_array(), exact) {
            (Some(names), exact) => json!({ "contain": names, "exact": exact }),
            (None, true) => json!({ "columns": { "max": 0 } }),
            (None, false) => json!({}),
        };
        Conversion::undeclared(self.extract(), vec![json!({ "schema": arguments })])
    }

    /// The share of judged rows that must pass, in millionths.
    fn mostly(&self) -> u64 {
        (self.kwargs["mostly"].as_f64().unwrap_or(1.0) * 1e6).round() as u64
    }

    fn succeeds(&self, cards: &[RuleCard]) -> bool {
        match cards {
            [card] => (card.pass) * 1_000_000 >= self.mostly() * (card.pass + card.fail),
            cards => cards.iter().all(|card| card.fail == 0),
        }
    }

    fn compare(&self, cards: &[RuleCard]) -> Vec<String> {
        let expected = &self.expected;
        let mut wrong = Vec::new();
        let succeeds = self.succeeds(cards);
        if expected["success"] != json!(succeeds) {
            wrong.push(format!("expected success {}, got {succeeds}", expected["success"]));
        }
        if !expected["unexpected_count"].is_null() {
            let rows = failing_rows(cards);
            if expected["unexpected_count"] != json!(rows.len()) {
                wrong.push(format!("expected {} failing rows, got {rows:?}", expected["unexpected_count"]));
            }
            if !expected["unexpected_rows"].is_null() && expected["unexpected_rows"] != json!(rows) {
                wrong.push(format!("expected rows {} to fail, got {rows:?}", expected["unexpected_rows"]));
            }
        }
        if let (Some(observed), [card]) = (observed(&expected["observed_value"]), cards) {
            let figure = card.figures.first().map(|figure| figure.value.as_str());
            let same = figure.is_some_and(|figure| match (figure.parse::<f64>(), observed.parse::<f64>()) {
                (Ok(ours), Ok(theirs)) => (ours - theirs).abs() < 1e-9,
                _ => figure.replace(' ', "T") == observed,
            });
            if !same {
                wrong.push(format!("expected to see {observed}, got {figure:?}"));
            }
        }
        wrong
    }
}

/// The figure that was recorded, where it is a single one.
fn observed(value: &Value) -> Option<String> {
    (value.is_number() || value.as_str().is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit())))
        .then(|| text(value))
}

impl Case for Expectation {
    fn id(&self) -> &str {
        &self.id
    }

    fn convert(&self) -> Option<Conversion> {
        let kwargs = &self.kwargs;
        if kwargs["condition_parser"] == json!("bad_parser") || self.mostly() > 1_000_000 {
            return None;
        }
        let column = json!({ "column": self.column() });
        Some(match self.what.as_str() {
            "expect_column_distinct_values_to_be_in_set" => {
                let set = json!({ "column": self.column(), "relation": "subset" });
                self.one("value_set", &with(set, kwargs, &[("value_set", "values")]))
            }
            "expect_column_max_to_be_between" => self.aggregate("max")?,
            "expect_column_mean_to_be_between" => self.aggregate("mean")?,
            "expect_column_sum_to_be_between" => self.aggregate("sum")?,
            "expect_column_unique_value_count_to_be_between" => self.aggregate("distinct")?,
            "expect_column_quantile_values_to_be_between" => self.quantiles(),
            "expect_column_pair_values_to_be_equal" => self.pairs_equal(),
            "expect_column_value_lengths_to_be_between" => {
                // Two of them name no column, for they end before it matters.
                let column = if kwargs["column"].is_null() { json!({ "column": "s1" }) } else { column };
                self.one("length", &with(column, kwargs, &LIMITS))
            }
            "expect_column_values_to_be_in_set" => {
                self.one("in_set", &with(column, kwargs, &[("value_set", "values")]))
            }
            "expect_column_values_to_be_increasing" => {
                let strict = kwargs["strictly"] == json!(true);
                self.one("increasing", &json!({ "column": self.column(), "strict": strict }))
            }
            "expect_column_values_to_be_of_type" => self.of_type()?,
            "expect_column_values_to_be_unique" => self.one("unique", &json!([self.column()])),
            "expect_column_values_to_match_like_pattern" => {
                self.one("matches", &with(column, kwargs, &[("like_pattern", "like")]))
            }
            "expect_column_values_to_match_regex" => self.regexes(std::slice::from_ref(&kwargs["regex"])),
            "expect_column_values_to_match_regex_list" => {
                self.regexes(kwargs["regex_list"].as_array().expect("a list"))
            }
            "expect_column_values_to_match_strftime_format" => self.strftime(),
            "expect_column_values_to_not_be_null" => self.one("not_null", &column),
            "expect_compound_columns_to_be_unique" => self.compound_unique(),
            "expect_column_to_exist" if kwargs["column_index"].is_null() => {
                let rule = json!({ "schema": { "contain": [self.column()] } });
                Conversion::undeclared(self.extract(), vec![rule])
            }
            "expect_table_columns_to_match_set" => self.columns_match(),
            "expect_table_row_count_to_be_between" => {
                self.one("row_count", &with(json!({}), kwargs, &LIMITS))
            }
            _ => return None,
        })
    }

    fn differences(&self, outcome: &Outcome) -> Vec<String> {
        let refused_there = !self.expected["raises"].is_null() || !self.expected["error"].is_null();
        match outcome {
            Outcome::Refused(_) if refused_there => Vec::new(),
            Outcome::Refused(said) => vec![format!("refused: {said}")],
            Outcome::Judged(_) if refused_there => vec!["refused there, judged here".to_owned()],
            Outcome::Judged(tables) => self.compare(&tables[0]),
        }
    }
}
