//! What an expression asks of a row, as far as it can be told by looking at it: comparisons of sums and products of
//! columns, presence, membership. For whoever wants to make it true; whether it *is* true only the evaluator says.

use std::sync::LazyLock;

use datafusion_sql::sqlparser::ast::{
    BinaryOperator, DateTimeField, Expr as Tree, FunctionArg, FunctionArgExpr, FunctionArguments,
    UnaryOperator, Value,
};

use regex::Regex;

use super::{Expression, grammar};
use crate::kernel::date_format::default_timestamps;
use crate::kernel::number::{self, Parsed};

/// A condition on one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    All(Vec<Shape>),
    Any(Vec<Shape>),
    Compare(Term, Order, Term),
    Present(String),
    Absent(String),
    /// Whether a column holds one of these texts, or (`false`) none of them.
    Among(String, Vec<String>, bool),
    /// Anything else.
    Other,
}

/// How one side of a comparison stands to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Below,
    AtMost,
    Equal,
    Different,
    AtLeast,
    Above,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    Column(String),
    /// In millionths.
    Number(i128),
    Text(String),
    /// Microseconds of local time.
    Time(i128),
    /// The moment of the run.
    AsOf,
    /// Calendar months and microseconds.
    Span(i32, i128),
    Sum(Box<Term>, Box<Term>),
    Difference(Box<Term>, Box<Term>),
    Product(Box<Term>, Box<Term>),
    /// The year of a day.
    Year(Box<Term>),
    /// The first so many characters.
    Start(Box<Term>, usize),
    /// The first of the two that has a value.
    Either(Box<Term>, Box<Term>),
    /// Anything else.
    Other,
}

const DAY: i128 = 86_400_000_000;

impl Order {
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
            Self::Equal => Self::Different,
            Self::Different => Self::Equal,
            Self::AtLeast => Self::Below,
            Self::Above => Self::AtMost,
        }
    }

    /// With its sides swapped.
    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            Self::AtLeast => Self::AtMost,
            Self::Above => Self::Below,
            same => same,
        }
    }
}

impl Shape {
    /// What must hold for this not to hold.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self {
            Self::All(parts) => Self::Any(parts.iter().map(Self::negated).collect()),
            Self::Any(parts) => Self::All(parts.iter().map(Self::negated).collect()),
            Self::Compare(left, order, right) => Self::Compare(left.clone(), order.negated(), right.clone()),
            Self::Present(column) => Self::Absent(column.clone()),
            Self::Absent(column) => Self::Present(column.clone()),
            Self::Among(column, words, wanted) => Self::Among(column.clone(), words.clone(), !wanted),
            Self::Other => Self::Other,
        }
    }
}

impl Expression {
    /// What it asks of a row.
    pub fn shape(&self) -> Shape {
        shape(&self.tree)
    }

    /// The words and numbers that stand in it; those with wildcards of `LIKE` also as a text that fits.
    pub fn literals(&self) -> Vec<String> {
        static LITERAL: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"'((?:[^']|'')*)'|\b(\d+(?:\.\d+)?)\b").ok());
        let Some(literal) = LITERAL.as_ref() else { return Vec::new() };
        let mut found = Vec::new();
        for captures in literal.captures_iter(self.text()) {
            if let Some(number) = captures.get(2) {
                found.push(number.as_str().to_owned());
            } else if let Some(word) = captures.get(1) {
                let word = word.as_str().replace("''", "'");
                if word.contains(['%', '_']) {
                    found.push(word.replace(['%', '_'], "x"));
                    found.push(word.replace('%', "").replace('_', "x"));
                }
                found.push(word);
            }
        }
        found
    }
}

fn shape(tree: &Tree) -> Shape {
    match tree {
        Tree::Nested(inner) => shape(inner),
        Tree::UnaryOp { op: UnaryOperator::Not, expr } => shape(expr).negated(),
        Tree::IsNull(inner) => named(inner).map_or(Shape::Other, Shape::Absent),
        Tree::IsNotNull(inner) => named(inner).map_or(Shape::Other, Shape::Present),
        Tree::Identifier(name) => Shape::Among(name.value.clone(), vec!["true".to_owned()], true),
        Tree::Between { expr, negated, low, high } => {
            let within = Shape::All(vec![
                Shape::Compare(term(expr), Order::AtLeast, term(low)),
                Shape::Compare(term(expr), Order::AtMost, term(high)),
            ]);
            if *negated { within.negated() } else { within }
        }
        Tree::InList { expr, list, negated } => {
            let words: Option<Vec<String>> = list.iter().map(word).collect();
            match (named(expr), words) {
                (Some(column), Some(words)) => Shape::Among(column, words, !negated),
                _ => Shape::Other,
            }
        }
        Tree::BinaryOp { left, op, right } => {
            let order = match op {
                BinaryOperator::And => return Shape::All(vec![shape(left), shape(right)]),
                BinaryOperator::Or => return Shape::Any(vec![shape(left), shape(right)]),
                BinaryOperator::Lt => Order::Below,
                BinaryOperator::LtEq => Order::AtMost,
                BinaryOperator::Eq => Order::Equal,
                BinaryOperator::NotEq => Order::Different,
                BinaryOperator::GtEq => Order::AtLeast,
                BinaryOperator::Gt => Order::Above,
                _ => return Shape::Other,
            };
            let (left, right) = (term(left), term(right));
            match (left, order, right) {
                (Term::Column(column), Order::Equal, Term::Text(text)) => {
                    Shape::Among(column, vec![text], true)
                }
                (Term::Column(column), Order::Different, Term::Text(text)) => {
                    Shape::Among(column, vec![text], false)
                }
                (left, order, right) => Shape::Compare(left, order, right),
            }
        }
        _ => Shape::Other,
    }
}

fn named(tree: &Tree) -> Option<String> {
    match tree {
        Tree::Nested(inner) => named(inner),
        Tree::Identifier(name) if !grammar::is_as_of(name) => Some(name.value.clone()),
        _ => None,
    }
}

fn word(tree: &Tree) -> Option<String> {
    match tree {
        Tree::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::Number(text, _) => Some(text.clone()),
            Value::Boolean(truth) => Some(truth.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn term(tree: &Tree) -> Term {
    let both = |left: &Tree, right: &Tree| (Box::new(term(left)), Box::new(term(right)));
    match tree {
        Tree::Nested(inner) | Tree::Cast { expr: inner, .. } => term(inner),
        Tree::Identifier(name) if grammar::is_as_of(name) => Term::AsOf,
        Tree::Identifier(name) => Term::Column(name.value.clone()),
        Tree::Value(value) => match &value.value {
            Value::Number(text, _) => number(text),
            Value::SingleQuotedString(text) => Term::Text(text.clone()),
            _ => Term::Other,
        },
        Tree::UnaryOp { op: UnaryOperator::Minus, expr } => match term(expr) {
            Term::Number(value) => Term::Number(-value),
            _ => Term::Other,
        },
        Tree::TypedString(typed) => match &typed.value.value {
            Value::SingleQuotedString(text) => time(text).map_or(Term::Other, Term::Time),
            _ => Term::Other,
        },
        Tree::Interval(interval) => {
            let Some(text) = word(&interval.value) else { return Term::Other };
            span(&text, interval.leading_field.as_ref())
        }
        Tree::BinaryOp { left, op, right } => {
            let (left, right) = both(left, right);
            match op {
                BinaryOperator::Plus => Term::Sum(left, right),
                BinaryOperator::Minus => Term::Difference(left, right),
                BinaryOperator::Multiply => Term::Product(left, right),
                _ => Term::Other,
            }
        }
        Tree::Substring { expr, substring_from: Some(from), substring_for: Some(count), .. } => {
            start(expr, from, count)
        }
        Tree::Function(function)
            if matches!(function.name.to_string().to_lowercase().as_str(), "substr" | "left") =>
        {
            let FunctionArguments::List(list) = &function.args else { return Term::Other };
            let plain = |argument: &FunctionArg| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(tree)) => Some(tree.clone()),
                _ => None,
            };
            let arguments: Option<Vec<Tree>> = list.args.iter().map(plain).collect();
            match arguments.as_deref() {
                Some([text, from, count]) => start(text, from, count),
                Some([text, count]) if function.name.to_string().eq_ignore_ascii_case("left") => {
                    beginning(text, count)
                }
                _ => Term::Other,
            }
        }
        Tree::Extract { field: DateTimeField::Year, expr, .. } => Term::Year(Box::new(term(expr))),
        Tree::Function(function) if function.name.to_string().eq_ignore_ascii_case("date_part") => {
            let FunctionArguments::List(list) = &function.args else { return Term::Other };
            match list.args.as_slice() {
                [
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(part)),
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(date)),
                ] if word(part).is_some_and(|part| part == "year") => Term::Year(Box::new(term(date))),
                _ => Term::Other,
            }
        }
        Tree::Function(function) if function.name.to_string().eq_ignore_ascii_case("coalesce") => {
            let FunctionArguments::List(list) = &function.args else { return Term::Other };
            match list.args.as_slice() {
                [
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(first)),
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(second)),
                ] => {
                    let (first, second) = both(first, second);
                    Term::Either(first, second)
                }
                _ => Term::Other,
            }
        }
        _ => Term::Other,
    }
}

/// A part of a text that begins where the text does.
fn start(text: &Tree, from: &Tree, count: &Tree) -> Term {
    if word(from).as_deref() == Some("1") { beginning(text, count) } else { Term::Other }
}

fn beginning(text: &Tree, count: &Tree) -> Term {
    match word(count).and_then(|count| count.parse().ok()) {
        Some(count) => Term::Start(Box::new(term(text)), count),
        None => Term::Other,
    }
}

fn number(text: &str) -> Term {
    match number::decimal(text) {
        Parsed::Value(value) => Term::Number(value / 1_000_000_000_000),
        _ => Term::Other,
    }
}

/// Microseconds of local time that a text stands for.
pub fn time(text: &str) -> Option<i128> {
    default_timestamps().iter().find_map(|format| format.parse_timestamp(text)).map(i128::from)
}

/// `'14 years'`, or `'14'` with the unit behind it.
fn span(text: &str, unit: Option<&DateTimeField>) -> Term {
    let mut words = text.split_whitespace();
    let Some(count) = words.next().and_then(|count| count.parse::<i32>().ok()) else { return Term::Other };
    let unit = words.next().map(str::to_owned).or_else(|| unit.map(ToString::to_string)).unwrap_or_default();
    if words.next().is_some() {
        return Term::Other;
    }
    let unit = unit.to_lowercase();
    let of = |length: i128| Term::Span(0, i128::from(count) * length);
    match unit.trim_end_matches('s') {
        "year" => Term::Span(count.saturating_mul(12), 0),
        "month" => Term::Span(count, 0),
        "week" => of(7 * DAY),
        "day" => of(DAY),
        "hour" => of(DAY / 24),
        "minute" => of(DAY / 1_440),
        "second" => of(DAY / 86_400),
        _ => Term::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(text: &str) -> Shape {
        Expression::parse(text).expect("an expression").shape()
    }

    fn column(name: &str) -> Box<Term> {
        Box::new(Term::Column(name.to_owned()))
    }

    #[test]
    fn sums_and_spans() {
        let sum = Term::Sum(column("b"), column("c"));
        assert_eq!(shape_of("a = b + c"), Shape::Compare(*column("a"), Order::Equal, sum));
        let later = Term::Sum(column("sinh"), Box::new(Term::Span(14 * 12, 0)));
        assert_eq!(
            shape_of("cap >= sinh + INTERVAL '14 years'"),
            Shape::Compare(*column("cap"), Order::AtLeast, later)
        );
        assert_eq!(
            shape_of("a <= 2.5"),
            Shape::Compare(*column("a"), Order::AtMost, Term::Number(2_500_000))
        );
        assert_eq!(shape_of("d <= as_of"), Shape::Compare(*column("d"), Order::AtMost, Term::AsOf));
    }

    #[test]
    fn words_and_logic() {
        let among = |wanted| Shape::Among("t".to_owned(), vec!["x".to_owned()], wanted);
        assert_eq!(shape_of("t = 'x'"), among(true));
        assert_eq!(shape_of("NOT (t IN ('x'))"), among(false));
        assert_eq!(
            shape_of("t <> 'x' OR a IS NOT NULL"),
            Shape::Any(vec![among(false), Shape::Present("a".to_owned())])
        );
        assert_eq!(
            shape_of("length(a) > 3"),
            Shape::Compare(Term::Other, Order::Above, Term::Number(3_000_000))
        );
    }
}
