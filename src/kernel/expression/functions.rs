//! Which functions an expression may call: those that look at one row and give the same answer tomorrow.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use datafusion_expr::{ScalarUDF, Volatility};
use datafusion_functions::{core, datetime, math, regex, string, unicode};

use crate::base::Text;
use crate::say;

/// Immutable, but not for one row of plain values: they return lists, structures or nanoseconds, name the library's
/// own types, or make texts of any size out of nothing (`repeat`).
const LEFT_OUT: [&str; 12] = [
    "date_bin",
    "from_unixtime",
    "make_time",
    "regexp_match",
    "repeat",
    "to_local_time",
    "to_time",
    "to_timestamp",
    "to_timestamp_micros",
    "to_timestamp_millis",
    "to_timestamp_nanos",
    "to_timestamp_seconds",
];

/// Answers that depend on when, where or by whom they are asked.
const NOT_REPEATABLE: [&str; 17] = [
    "clock_timestamp",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "gen_random_uuid",
    "getdate",
    "localtime",
    "localtimestamp",
    "now",
    "rand",
    "random",
    "session_user",
    "sysdate",
    "today",
    "user",
    "uuid",
];

/// Functions of many rows, by the names under which people know them.
const MANY_ROWS: [&str; 29] = [
    "any_value",
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "cume_dist",
    "dense_rank",
    "every",
    "first_value",
    "grouping",
    "lag",
    "last_value",
    "lead",
    "max",
    "mean",
    "median",
    "min",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
    "stddev",
    "string_agg",
    "sum",
    "var",
    "variance",
];

static FUNCTIONS: LazyLock<BTreeMap<String, Arc<ScalarUDF>>> = LazyLock::new(|| {
    let of_core = [
        core::coalesce(),
        core::nullif(),
        core::nvl(),
        core::nvl2(),
        core::greatest(),
        core::least(),
        core::overlay(),
    ];
    let mut functions = BTreeMap::new();
    for function in of_core
        .into_iter()
        .chain(string::functions())
        .chain(unicode::functions())
        .chain(regex::functions())
        .chain(math::functions())
        .chain(datetime::functions())
    {
        if function.signature().volatility != Volatility::Immutable || LEFT_OUT.contains(&function.name()) {
            continue;
        }
        for alias in function.aliases() {
            functions.insert(alias.clone(), Arc::clone(&function));
        }
        functions.insert(function.name().to_owned(), function);
    }
    functions
});

/// By its lower-case name.
pub(super) fn find(name: &str) -> Option<Arc<ScalarUDF>> {
    FUNCTIONS.get(name).cloned()
}

/// In alphabetical order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.keys().map(String::as_str)
}

/// Why a function that exists elsewhere is not to be had here, and what to write instead.
pub(super) fn refusal(name: &str) -> Option<(Text, Option<Text>)> {
    if MANY_ROWS.contains(&name) {
        let instead = match name {
            "min" => Some(say!(
                "`least(a, b)` compares the columns of one row",
                "`least(a, b)` so sánh các cột trong một dòng"
            )),
            "max" => Some(say!(
                "`greatest(a, b)` compares the columns of one row",
                "`greatest(a, b)` so sánh các cột trong một dòng"
            )),
            _ => None,
        };
        let what = say!(
            "`{name}` is a function of many rows; the expression sees one row",
            "`{name}` là hàm trên nhiều dòng; biểu thức chỉ thấy một dòng"
        );
        return Some((what, instead));
    }
    if NOT_REPEATABLE.contains(&name) {
        return Some((
            say!(
                "`{name}` would give another answer at another time; a score must be repeatable",
                "`{name}` cho kết quả khác nhau ở mỗi lần chạy; điểm số phải tính lại được y hệt"
            ),
            Some(say!("the moment of scoring is `as_of`", "thời điểm chấm điểm là `as_of`")),
        ));
    }
    if name == "to_timestamp" {
        return Some((
            say!("there is no function `{name}`", "không có hàm `{name}`"),
            Some(say!("write `CAST(x AS timestamp)`", "hãy viết `CAST(x AS timestamp)`")),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_immutable_and_the_needed_ones_are_there() {
        assert!(FUNCTIONS.values().all(|function| function.signature().volatility == Volatility::Immutable));
        for name in [
            "abs",
            "btrim",
            "ceil",
            "char_length",
            "coalesce",
            "concat",
            "contains",
            "date_part",
            "date_trunc",
            "ends_with",
            "floor",
            "greatest",
            "initcap",
            "least",
            "left",
            "length",
            "lower",
            "lpad",
            "ltrim",
            "nullif",
            "nvl",
            "power",
            "regexp_count",
            "regexp_like",
            "regexp_replace",
            "replace",
            "reverse",
            "right",
            "round",
            "rpad",
            "rtrim",
            "split_part",
            "starts_with",
            "strpos",
            "substr",
            "to_char",
            "to_date",
            "translate",
            "trim",
            "upper",
        ] {
            assert!(find(name).is_some(), "{name}");
        }
        for name in ["random", "now", "uuid", "current_date", "repeat", "arrow_typeof", "sum", "version"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
