use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, TimeUnit};
use proptest::prelude::*;

use super::{Expression, ExpressionError, Truth};
use crate::kernel::date_format::{default_date, default_timestamps};

const AS_OF: &str = "2026-11-21 08:30:00";

fn day(text: &str) -> i32 {
    default_date().parse_date(text).expect("a date")
}

fn moment(text: &str) -> i64 {
    default_timestamps().iter().find_map(|format| format.parse_timestamp(text)).expect("a timestamp")
}

/// The columns that the tables below speak of; `rows` values each.
fn table() -> Vec<(&'static str, ArrayRef)> {
    let text =
        |values: [Option<&str>; 4]| Arc::new(values.into_iter().collect::<StringViewArray>()) as ArrayRef;
    let date = |values: [Option<&str>; 4]| {
        Arc::new(values.into_iter().map(|value| value.map(day)).collect::<Date32Array>()) as ArrayRef
    };
    let time = |values: [Option<&str>; 4]| {
        Arc::new(values.into_iter().map(|value| value.map(moment)).collect::<TimestampMicrosecondArray>())
            as ArrayRef
    };
    let money = Decimal128Array::from(vec![Some(15_000_000_000), Some(-5_000_000_000), Some(0), None])
        .with_precision_and_scale(38, 10)
        .expect("a decimal type");
    vec![
        ("x", Arc::new(Int64Array::from(vec![Some(1), Some(3), Some(0), None]))),
        ("y", Arc::new(Int64Array::from(vec![Some(2), Some(-7), Some(i64::MIN), Some(5)]))),
        ("big", Arc::new(Int64Array::from(vec![Some(i64::MAX), Some(1), Some(i64::MIN), None]))),
        ("ratio", Arc::new(Float64Array::from(vec![Some(0.5), Some(-1.5), Some(0.0), None]))),
        ("so_tien", Arc::new(money)),
        ("co_con", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]))),
        ("quoc_tich", text([Some("VN"), Some("US"), Some(""), None])),
        ("ho_ten", text([Some("Nguyễn Văn Án"), Some("TRẦN  THỊ B"), Some(" lê c "), None])),
        ("giới_tính", text([Some("Nam"), Some("Nữ"), Some("nam"), None])),
        ("Mã Số", text([Some("007"), Some("7"), Some("x"), None])),
        ("so_dinh_danh", text([Some("001099000001"), Some("001099000001"), Some("0010"), None])),
        ("ngay_sinh", date([Some("1999-05-06"), Some("2000-02-29"), Some("9999-12-31"), None])),
        ("ngay_cap", date([Some("2020-01-01"), Some("1999-12-31"), Some("2026-11-21"), Some("2026-11-22")])),
        (
            "cap_nhat",
            time([
                Some("2026-11-21 08:30:00"),
                Some("2026-01-31 00:00:00"),
                Some("9999-12-31 23:59:59"),
                None,
            ]),
        ),
        ("as_of", text([Some("a"), Some("b"), None, Some("a")])),
    ]
}

fn bind(text: &str) -> Result<super::BoundExpression, ExpressionError> {
    let columns: Vec<(String, DataType)> =
        table().into_iter().map(|(name, array)| (name.to_owned(), array.data_type().clone())).collect();
    Expression::parse(text)?.bind(&columns, moment(AS_OF))
}

/// `t`, `f`, `?` for unknown and `!` for failed, a letter a row.
fn letters(truth: &Truth) -> String {
    (0..truth.is_true.len())
        .map(|row| {
            let failed = truth.failed.as_ref().is_some_and(|failed| failed.value(row));
            match (truth.is_true.value(row), truth.is_false.value(row), failed) {
                (true, false, false) => 't',
                (false, true, false) => 'f',
                (false, false, false) => '?',
                (false, false, true) => '!',
                other => panic!("row {row} is several things at once: {other:?}"),
            }
        })
        .collect()
}

fn batch() -> RecordBatch {
    RecordBatch::try_from_iter(table()).expect("columns of one length")
}

fn judge(text: &str) -> String {
    match bind(text) {
        Ok(bound) => letters(&bound.evaluate(&batch())),
        Err(error) => {
            format!("{}{}", error.what.en, error.hint.map_or(String::new(), |hint| format!(" | {}", hint.en)))
        }
    }
}

#[test]
fn what_expressions_say_of_rows() {
    let table = [
        // comparison and Kleene logic
        ("quoc_tich = 'VN'", "tff?"),
        ("quoc_tich <> 'VN'", "ftt?"),
        ("NOT quoc_tich = 'VN'", "ftt?"),
        ("quoc_tich IS NULL", "ffft"),
        ("x between 1 and 3", "ttf?"),
        ("x not between 1 and 3", "fft?"),
        ("x IN (1, 2)", "tff?"),
        ("x IN (1, NULL)", "t???"),
        ("x NOT IN (2, 3)", "tft?"),
        ("co_con", "tf?t"),
        ("co_con AND x > 1", "fff?"),
        ("co_con OR x = 0", "tftt"),
        ("NULL", "????"),
        ("x = NULL", "????"),
        ("true", "tttt"),
        ("1 = 2", "ffff"),
        ("x IS NOT DISTINCT FROM NULL", "ffft"),
        ("(x > 0) IS TRUE", "ttff"),
        ("(x > 0) IS UNKNOWN", "ffft"),
        // numbers
        ("so_tien > 1.2", "tff?"),
        ("so_tien = 1.5", "tff?"),
        ("so_tien = 0", "fft?"),
        ("so_tien * 2 = 3", "tff?"),
        ("ratio < 0.1", "ftt?"),
        ("x + 1 = 2", "tff?"),
        ("x = '3'", "ftf?"),
        ("7 / 2 = 3", "tttt"),
        ("abs(x - 2) = 1", "ttf?"),
        ("round(ratio) = -2", "ftf?"),
        ("-x < 0", "ttf?"),
        ("x % 2 = 1", "ttf?"),
        // errors belong to rows
        ("10 / x > 4", "tf!?"),
        ("x <> 0 AND 10 / x > 4", "tff?"),
        ("x = 0 OR 10 / x > 4", "tft?"),
        ("CASE WHEN x <> 0 THEN 10 / x > 4 ELSE true END", "tftt"),
        ("coalesce(x, 1) / x = 1", "tt!?"),
        ("big + 1 > 0", "!tf?"),
        ("big - 1 < 0", "ff!?"),
        ("big * 2 > 0", "!t!?"),
        ("-big < 0", "tt!?"),
        ("abs(big) > 0", "tt!?"),
        ("big / -1 < 0", "tt!?"),
        ("big < 9223372036854775807 + 1", "!!!!"),
        ("1 / 0 = x", "!!!!"),
        ("CAST(\"Mã Số\" AS integer) = 7", "tt!?"),
        ("TRY_CAST(\"Mã Số\" AS integer) = 7", "tt??"),
        ("\"Mã Số\"::int = 7", "tt!?"),
        // text
        ("\"Mã Số\" = '7'", "ftf?"),
        ("giới_tính = 'Nam'", "tff?"),
        ("lower(giới_tính) = 'nam'", "tft?"),
        ("upper(ho_ten) LIKE 'NGUYỄN%'", "tff?"),
        ("ho_ten ILIKE '%thị%'", "ftf?"),
        ("ho_ten NOT LIKE '%  %'", "tft?"),
        ("ho_ten = trim(ho_ten)", "ttf?"),
        ("trim(both ' ' from ho_ten) = 'lê c'", "fft?"),
        ("length(ho_ten) = 13 AND char_length(ho_ten) = 13", "tff?"),
        ("octet_length(quoc_tich) = 2", "ttf?"),
        ("starts_with(so_dinh_danh, '00')", "ttt?"),
        ("regexp_like(so_dinh_danh, '^[0-9]{12}$')", "ttf?"),
        ("NOT regexp_like(so_dinh_danh, '^[0-9]{12}$')", "fft?"),
        ("regexp_like(ho_ten, '^nguyễn', 'i')", "tff?"),
        ("so_dinh_danh ~ '^\\d{4}$'", "fft?"),
        ("ho_ten ~* 'văn|thị'", "ttf?"),
        ("ho_ten !~ '\\p{Lu}'", "fft?"),
        ("regexp_replace(so_dinh_danh, '0', '', 'g') = '1991'", "ttf?"),
        ("concat(quoc_tich, '-', x) = 'VN-1'", "tfff"),
        ("quoc_tich || '-' || x = 'VN-1'", "tff?"),
        ("coalesce(quoc_tich, '') = ''", "fftt"),
        ("nullif(quoc_tich, '') IS NULL", "fftt"),
        ("replace(ho_ten, ' ', '') = 'NguyễnVănÁn'", "tff?"),
        ("split_part(ho_ten, ' ', 1) = 'Nguyễn'", "tff?"),
        ("left(so_dinh_danh, 3) = '001' AND right(so_dinh_danh, 1) = '1'", "ttf?"),
        ("position('V' in quoc_tich) = 1", "tff?"),
        ("lpad(quoc_tich, 4, '_') = '__VN'", "tff?"),
        ("substring(so_dinh_danh from 1 for 3) = '001'", "ttt?"),
        ("greatest(x, 2) = 2", "tftt"),
        ("CASE quoc_tich WHEN 'VN' THEN x = 1 WHEN 'US' THEN x = 1 END", "tf??"),
        ("\"as_of\" = 'a'", "tf?t"),
        // dates
        ("ngay_cap >= ngay_sinh", "tff?"),
        ("ngay_sinh <= as_of", "ttf?"),
        ("ngay_cap <= as_of", "tttf"),
        ("ngay_cap < '2026-01-31'", "ttff"),
        ("ngay_cap IN ('2020-01-01', '2026-11-22')", "tfft"),
        ("ngay_cap BETWEEN '2020-01-01' AND as_of", "tftf"),
        ("ngay_cap = DATE '2020-01-01'", "tfff"),
        ("ngay_cap - ngay_sinh > 7000", "tff?"),
        ("ngay_sinh + INTERVAL '18 years' <= ngay_cap", "tff?"),
        ("ngay_sinh <= as_of - INTERVAL '18' YEAR", "ttf?"),
        ("ngay_cap + 1 > as_of", "fftt"),
        ("EXTRACT(YEAR FROM ngay_sinh) = 1999", "tff?"),
        ("date_part('month', ngay_sinh) = 2", "ftf?"),
        ("substr(so_dinh_danh, 5, 2) = substr(CAST(ngay_sinh AS varchar), 3, 2)", "tff?"),
        ("CAST(ngay_sinh AS text) = '9999-12-31'", "fft?"),
        ("to_char(ngay_sinh, '%d/%m/%Y') = '06/05/1999'", "tff?"),
        ("cap_nhat <= as_of", "ttf?"),
        ("cap_nhat > '2026-01-31'", "tft?"),
        ("cap_nhat = '2026-11-21T01:30:00Z'", "tff?"),
        ("cap_nhat IN ('2026-01-31', as_of)", "ttf?"),
        ("cap_nhat >= ngay_cap", "ttt?"),
        ("cap_nhat > as_of - INTERVAL '1 day'", "tft?"),
        ("as_of - cap_nhat < as_of - ngay_cap", "ttt?"),
        ("quoc_tich == 'VN'", "tff?"),
        ("CAST(as_of AS date) - CAST(cap_nhat AS date) < 1", "tft?"),
        ("CAST(cap_nhat AS date) = CAST(as_of AS date)", "tff?"),
        ("date_trunc('month', ngay_cap) = '2026-11-01'", "fftt"),
        // The library truncates in nanoseconds, and they end in 2262.
        ("date_trunc('year', cap_nhat) = '2026-01-01'", "tt!?"),
        ("CAST(quoc_tich AS date) <= as_of", "!!!?"),
        ("TRY_CAST(quoc_tich AS timestamp) <= as_of", "????"),
        ("CAST(substr('2026-01-31', 1, 10) AS date) < ngay_cap", "fftt"),
    ];
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let got = judge(text);
            (got != *expected).then(|| format!("{text}\n    expected {expected}, got {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_a_row_gets_does_not_depend_on_its_batch() {
    for text in [
        "10 / x > 4",
        "x <> 0 AND 10 / x > 4",
        "x = 0 OR 10 / x > 4",
        "co_con AND 10 / x > 4",
        "CAST(\"Mã Số\" AS integer) = 7 OR big + 1 > 0",
        "CASE WHEN quoc_tich = 'VN' THEN big + 1 > 0 ELSE CAST(\"Mã Số\" AS integer) = 7 END",
    ] {
        let bound = bind(text).expect("it binds");
        let one_by_one: String = (0..4).map(|row| letters(&bound.evaluate(&batch().slice(row, 1)))).collect();
        let many: Vec<_> = (0..64).map(|_| batch()).collect();
        let whole = arrow::compute::concat_batches(&batch().schema(), &many).expect("batches of one schema");
        assert_eq!(letters(&bound.evaluate(&whole)), one_by_one.repeat(64), "{text}");
        assert_eq!(letters(&bound.evaluate(&batch().slice(0, 0))), "");
    }
}

#[test]
fn columns_are_named_as_written_in_the_order_of_first_use() {
    let expression = Expression::parse(
        "\"Mã Số\" = 'a' AND coalesce(Ho_Ten, b) > as_of OR \"as_of\" = b AND position(c in d) = 1",
    )
    .expect("it parses");
    assert_eq!(expression.columns(), ["Mã Số", "Ho_Ten", "b", "as_of", "c", "d"]);
    assert_eq!(expression.column_place(0), Some(0..10));
    let text = expression.text();
    assert_eq!(&text[expression.column_place(1).expect("a place")], "Ho_Ten");
    assert!(Expression::parse("as_of = as_of").expect("it parses").columns().is_empty());
}

#[test]
fn what_is_wrong_is_said_and_where() {
    let table: &[(&str, &str, &str)] = &[
        // expression, the part that is pointed at, what is said
        ("", "", "empty"),
        ("  -- nothing", "", "empty"),
        ("quoc_tich = ", "", "ends here"),
        ("(x = 1", "", "ends here"),
        ("x = 1)", ")", "does not continue"),
        ("x = 1 y", "y", "does not continue"),
        ("x = 1; DROP TABLE a", ";", "`;` is not allowed"),
        ("SELECT x FROM t", "SELECT", "statement"),
        ("DELETE FROM t", "DELETE", "statement"),
        ("x IN (SELECT 1)", "SELECT", "subquery"),
        ("x = (SELECT max(x) FROM t)", "SELECT", "subquery"),
        ("x IN (VALUES (1))", "", "subquery"),
        ("EXISTS (SELECT 1)", "SELECT", "subquery"),
        ("count(*) > 1", "count", "many rows"),
        ("sum(x) > 1", "sum", "many rows"),
        ("giới_tính = 'Nữ' AND max(x) > 1", "max", "many rows"),
        ("row_number() OVER () = 1", "row_number", "many rows"),
        ("abs(x) OVER () = 1", "abs", "several rows"),
        ("x = $1", "$1", "parameter"),
        ("x = ?", "?", ""),
        ("length(*) = 1", "length", "plain arguments"),
        ("length(DISTINCT ho_ten) = 1", "length", "plain arguments"),
        ("t.x = 1", "t.x", "only one table"),
        ("random() < 0.5", "random", "repeatable"),
        ("ngay_cap < now()", "now", "repeatable"),
        ("ngay_cap < current_date", "current_date", "repeatable"),
        ("lenght(ho_ten) = 1", "lenght", "no function `lenght`"),
        ("quoc_tjch = 'VN'", "quoc_tjch", "no column `quoc_tjch`"),
        ("x = 1 AND\n  Quoc_Tich = 'VN'", "Quoc_Tich", "no column"),
        ("CAST(x AS blob) = x", "", "no type `BLOB`"),
        ("CAST(x AS varchar(5)) = '1'", "", "no type"),
        ("x", "", "it gives an integer"),
        ("ho_ten", "", "it gives text"),
        ("ngay_cap", "", "it gives a date"),
        ("CASE WHEN x = 1 THEN 'a' END", "", "it gives text"),
        ("\"Mã Số\" = 7", "", "is text and is compared with an integer"),
        ("x IN (1, quoc_tich)", "", "is text"),
        ("as_of - cap_nhat < INTERVAL '1 day'", "", "time spans"),
        ("x = 'abc'", "", "cannot be used"),
        ("ngay_cap <= '31/01/2026'", "", "`'31/01/2026'` is not a date"),
        ("cap_nhat <= '2026-02-30'", "", "is not a date"),
        ("ngay_cap = DATE '2026-13-01'", "", "is not a date"),
        ("ho_ten AND x = 1", "", "cannot be used"),
        ("x = co_con", "", "cannot be used"),
        ("substr(ho_ten) = 'a'", "", "cannot be used"),
        ("regexp_like(ho_ten, '(')", "", "regular expression"),
        ("regexp_like(ho_ten, '(\\w{100}){100}')", "", "too large"),
        ("regexp_like(ho_ten, quoc_tich)", "", "in quotes"),
        ("ho_ten ~ quoc_tich", "", "in quotes"),
        ("ho_ten SIMILAR TO 'a%'", "", "SIMILAR TO"),
        ("lpad('a', 1000000000) = 'a'", "", "up to 4096"),
        ("repeat('a', 1000000000) = 'a'", "repeat", "no function"),
        ("x = ANY(ARRAY[1])", "[", "no arrays"),
        ("[x] = [1]", "[", "no arrays"),
        ("interval = x", "interval", "in quotes"),
        ("ho_ten LIKE 'a!%' ESCAPE '!'", "", "cannot be used"),
        ("'abc", "", "cannot read"),
    ];
    let mut wrong = Vec::new();
    for (text, part, said) in table {
        match bind(text) {
            Ok(_) => wrong.push(format!("{text}: binds")),
            Err(error) => {
                let pointed = error.at.clone().and_then(|at| text.get(at));
                if !error.what.en.contains(said) || (!part.is_empty() && pointed != Some(*part)) {
                    wrong.push(format!("{text}\n    {} at {pointed:?} {:?}", error.what.en, error.hint));
                }
                assert!(!error.what.vi.is_empty());
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let hint = |text: &str| bind(text).expect_err("it must not bind").hint.expect("a hint").en;
    assert_eq!(hint("lenght(ho_ten) = 1"), "did you mean `length`?");
    assert_eq!(hint("quoc_tjch = 'VN'"), "did you mean `quoc_tich`?");
    assert_eq!(hint("Quoc_Tich = 'VN'"), "did you mean `quoc_tich`?");
}

#[test]
fn hostile_texts_are_refused_in_time() {
    let columns = [("x".to_owned(), DataType::Int64)];
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{} = 1", open.repeat(times), close.repeat(times))
    };
    for (open, close) in [
        ("(", ")"),
        ("abs(", ")"),
        ("-", ""),
        ("NOT ", ""),
        ("CASE WHEN ", " END"),
        ("x IN (", ")"),
        ("CAST(", " AS int)"),
        ("position(", ")"),
        ("trim(", ")"),
        ("interval ", ""),
        ("x + (", ")"),
        ("[", "]"),
        ("extract(year from ", ")"),
        ("substring(", ")"),
        ("overlay(", ")"),
        ("floor(", ")"),
        ("x between ", ""),
        ("{", "}"),
        ("date ", ""),
        ("x::", ""),
        ("x[", "]"),
        ("array[", "]"),
        ("((", "))"),
        ("coalesce(x, ", ")"),
        ("abs(1 + ", ")"),
        ("CASE x WHEN ", " THEN 1 END"),
        ("coalesce(CASE WHEN x = 1 THEN ", " END, 1)"),
        ("nullif(1 - ", ", 2)"),
        ("-abs(", ")"),
        ("CAST(concat(", ", 'a') AS int)"),
    ] {
        for times in [8, 20, 45, 60, 1000, 10_000] {
            for inner in ["x", "x y", "", "1"] {
                let start = std::time::Instant::now();
                let parsed = Expression::parse(&nested(open, inner, close, times));
                let bound = parsed.and_then(|parsed| parsed.bind(&columns, 0));
                assert!(times <= 60 || bound.is_err(), "{open} {times}");
                assert!(start.elapsed().as_secs() < 5, "{open} {times} {inner:?}: {:?}", start.elapsed());
            }
        }
    }
    for chain in [
        " + x",
        " OR x = 1",
        " AND x = 1",
        " IS NULL",
        "::int",
        " = x",
        " || x",
        ".x",
        " COLLATE x",
        " ISNULL",
        "[1]",
    ] {
        for times in [300, 5000, 20_000] {
            assert!(Expression::parse(&format!("x{}", chain.repeat(times))).is_err(), "{chain} {times}");
        }
    }
    assert!(Expression::parse(&format!("x = '{}'", "a".repeat(1 << 20))).is_err());
    assert!(Expression::parse(&"\u{0}'\"$($".repeat(1000)).is_err());
}

#[test]
fn what_is_only_long_still_works() {
    let list: Vec<String> = (0..5000).map(|number| number.to_string()).collect();
    assert_eq!(judge(&format!("x IN ({})", list.join(", "))), "ttt?");
    let chain = (0..120).map(|number| format!("x = {number}")).collect::<Vec<_>>().join(" OR ");
    assert_eq!(judge(&chain), "ttt?");
    let sum = vec!["x"; 250].join(" + ");
    assert_eq!(judge(&format!("{sum} = 250")), "tff?");
    let arms: String = (0..200).map(|number| format!(" WHEN x = {number} THEN 'a{number}'")).collect();
    assert_eq!(judge(&format!("CASE{arms} END = 'a3'")), "ftf?");
    let nested =
        |open: &str, close: &str, times: usize| format!("{}x{} = 1", open.repeat(times), close.repeat(times));
    assert_eq!(judge(&nested("abs(", ")", 40)), "tff?");
    assert_eq!(judge(&nested("CAST(", " AS bigint)", 12)), "tff?");
    assert_eq!(judge(&nested("coalesce(CASE WHEN x = 1 THEN ", " END, 5)", 6)), "tfff");
    assert_eq!(judge(&nested("coalesce(nullif(", ", 7), 9)", 8)), "tfff");
    assert_eq!(judge(&nested("CASE WHEN x = 1 THEN ", " ELSE 5 END", 6)), "tfff");
    let brackets = format!("{}x = 1{}", "(".repeat(40), ")".repeat(40));
    assert_eq!(judge(&brackets), "tff?");
}

/// A tree over three nullable integers, as text and as a function.
#[derive(Clone, Debug)]
enum Naive {
    Compare(usize, &'static str, usize),
    IsNull(usize),
    Constant(Option<bool>),
    Not(Box<Naive>),
    And(Box<Naive>, Box<Naive>),
    Or(Box<Naive>, Box<Naive>),
}

impl Naive {
    fn sql(&self) -> String {
        match self {
            Self::Compare(left, op, right) => {
                format!("{} {op} {}", ["a", "b", "c"][*left], ["a", "b", "c"][*right])
            }
            Self::IsNull(at) => format!("{} IS NULL", ["a", "b", "c"][*at]),
            Self::Constant(truth) => truth.map_or("NULL".to_owned(), |truth| truth.to_string()),
            Self::Not(inner) => format!("NOT ({})", inner.sql()),
            Self::And(left, right) => format!("({}) AND ({})", left.sql(), right.sql()),
            Self::Or(left, right) => format!("({}) OR ({})", left.sql(), right.sql()),
        }
    }

    fn of(&self, row: [Option<i64>; 3]) -> Option<bool> {
        match self {
            Self::Compare(left, op, right) => {
                let (left, right) = (row[*left]?, row[*right]?);
                Some(match *op {
                    "=" => left == right,
                    "<>" => left != right,
                    "<" => left < right,
                    _ => left >= right,
                })
            }
            Self::IsNull(at) => Some(row[*at].is_none()),
            Self::Constant(truth) => *truth,
            Self::Not(inner) => inner.of(row).map(|truth| !truth),
            Self::And(left, right) => match (left.of(row), right.of(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.of(row), right.of(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

fn naive() -> impl Strategy<Value = Naive> {
    let leaf = prop_oneof![
        6 => (0..3_usize, prop::sample::select(vec!["=", "<>", "<", ">="]), 0..3_usize)
            .prop_map(|(left, op, right)| Naive::Compare(left, op, right)),
        1 => (0..3_usize).prop_map(Naive::IsNull),
        1 => prop::option::of(any::<bool>()).prop_map(Naive::Constant),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Naive::Not(Box::new(inner))),
            (inner.clone(), inner.clone())
                .prop_map(|(left, right)| Naive::And(Box::new(left), Box::new(right))),
            (inner.clone(), inner).prop_map(|(left, right)| Naive::Or(Box::new(left), Box::new(right))),
        ]
    })
}

proptest! {
    #[test]
    fn logic_is_kleene_s(tree in naive()) {
        // Every combination of null and three values, so that every short circuit is met.
        let values = [None, Some(1), Some(2), Some(3)];
        let rows: Vec<[Option<i64>; 3]> =
            (0..64).map(|row: usize| [values[row / 16], values[row / 4 % 4], values[row % 4]]).collect();
        let columns = ["a", "b", "c"].map(|name| (name.to_owned(), DataType::Int64));
        let arrays = (0..3).map(|at| {
            let array: Int64Array = rows.iter().map(|row| row[at]).collect();
            (columns[at].0.as_str(), Arc::new(array) as ArrayRef)
        });
        let batch = RecordBatch::try_from_iter(arrays).expect("columns of one length");
        let bound = Expression::parse(&tree.sql()).and_then(|parsed| parsed.bind(&columns, 0));
        let truth = bound.map_err(|error| TestCaseError::fail(format!("{}: {error:?}", tree.sql())))?.evaluate(&batch);
        let expected: String = rows
            .iter()
            .map(|row| tree.of(*row).map_or('?', |truth| if truth { 't' } else { 'f' }))
            .collect();
        prop_assert_eq!(letters(&truth), expected, "{}", tree.sql());
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-c0-9 ()'\"=<>+*/,.:|~-]{0,30}|(x|y|AND|OR|NOT|\\(|\\)|=|<|'a'|1|NULL|IS|IN|CASE|WHEN|THEN|END|BETWEEN|LIKE|,|\\+|-|interval|date|cast|as| ){0,12}") {
        let columns = [("x".to_owned(), DataType::Int64), ("y".to_owned(), DataType::Timestamp(TimeUnit::Microsecond, None))];
        if let Ok(parsed) = Expression::parse(&text) {
            let _ = parsed.bind(&columns, 0);
        }
    }
}
