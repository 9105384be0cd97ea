//! From text to a syntax tree that holds nothing but the forms that make sense for one row.

use std::ops::{ControlFlow, Range};

use datafusion_sql::sqlparser::ast::{
    CastKind, Expr as Tree, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Query, Spanned,
    Value, Visit, Visitor,
};
use datafusion_sql::sqlparser::keywords::Keyword;
use datafusion_sql::sqlparser::parser::{Parser, ParserError};
use datafusion_sql::sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

use super::dialect::RowDialect;
use super::weight::{Weight, too_deep};
use super::{ExpressionError, functions, types};
use crate::base::suggest::closest;
use crate::say;

/// The longest text that is looked at.
const LONGEST: usize = 64 * 1024;
/// Brackets within brackets that the parser follows.
const DEEPEST_BRACKETS: usize = 50;

/// CASE within CASE. The library works out the type and the nullability of each one apart, over and over for every
/// level above it.
const DEEPEST_CASES: usize = 6;

pub(super) struct Parsed {
    pub tree: Tree,
    /// Each column once, with the place of its first use.
    pub columns: Vec<(String, Range<usize>)>,
    /// Whether the moment of the run is named.
    pub as_of: bool,
}

pub(super) fn read(text: &str) -> Result<Parsed, ExpressionError> {
    if text.len() > LONGEST {
        return Err(ExpressionError::new(say!(
            "the expression is longer than {LONGEST} bytes",
            "biểu thức dài hơn {LONGEST} byte"
        )));
    }
    let dialect = RowDialect;
    let tokens = Tokenizer::new(&dialect, text).tokenize_with_location().map_err(|error| {
        let start = offset(text, error.location);
        let what = &error.message;
        ExpressionError::new(say!("cannot read the expression: {what}", "không đọc được biểu thức: {what}"))
            .at(start..next_char(text, start))
    })?;
    check_tokens(text, &tokens)?;

    let mut parser =
        Parser::new(&dialect).with_recursion_limit(DEEPEST_BRACKETS).with_tokens_with_locations(tokens);
    let tree = parser.parse_expr().map_err(|error| unreadable(text, &parser, error))?;
    let rest = parser.peek_token();
    if rest.token != Token::EOF {
        let token = &rest.token;
        return Err(ExpressionError::new(say!(
            "`{token}` does not continue the expression",
            "`{token}` không nối tiếp được biểu thức"
        ))
        .at(range(text, rest.span)));
    }

    let mut forms = Forms { text, columns: Vec::new(), as_of: false, cases: 0 };
    if let ControlFlow::Break(error) = tree.visit(&mut forms) {
        return Err(error);
    }
    let (mut columns, as_of) = (forms.columns, forms.as_of);
    columns.sort_by_key(|(_, place)| place.start);
    let mut seen = std::collections::BTreeSet::new();
    columns.retain(|(name, _)| seen.insert(name.clone()));
    Ok(Parsed { tree, columns, as_of })
}

/// What can be said before parsing: emptiness, statements, parameters, and how much work parsing would become.
fn check_tokens(text: &str, tokens: &[TokenWithSpan]) -> Result<(), ExpressionError> {
    let solid: Vec<&TokenWithSpan> =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF)).collect();
    let Some(first) = solid.first() else {
        return Err(ExpressionError::new(say!("the expression is empty", "biểu thức trống")));
    };
    if is_statement(first, solid.get(1).copied()) {
        return Err(ExpressionError::new(say!(
            "this is a statement; only an expression over one row is allowed",
            "đây là câu lệnh; chỉ được viết biểu thức trên một dòng dữ liệu"
        ))
        .at(range(text, first.span)));
    }
    let mut weight = Weight::default();
    for (at, token) in solid.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &solid[at].token);
        check_token(&token.token, solid.get(at + 1).map(|token| &token.token))
            .map_err(|error| error.at(range(text, token.span)))?;
        weight.add(&token.token, before);
        if weight.is_too_much(solid.len()) {
            return Err(too_deep().at(range(text, token.span)));
        }
    }
    Ok(())
}

fn is_statement(first: &TokenWithSpan, second: Option<&TokenWithSpan>) -> bool {
    let verb = matches!(
        keyword(&first.token),
        Keyword::SELECT
            | Keyword::WITH
            | Keyword::INSERT
            | Keyword::UPDATE
            | Keyword::DELETE
            | Keyword::CREATE
            | Keyword::DROP
            | Keyword::ALTER
            | Keyword::TRUNCATE
            | Keyword::COPY
            | Keyword::GRANT
    );
    // A column may be called `copy`; a statement goes on with a word.
    verb && matches!(second.map(|token| &token.token), Some(Token::Word(_) | Token::Mul | Token::Number(..)))
}

fn check_token(token: &Token, next: Option<&Token>) -> Result<(), ExpressionError> {
    Err(match token {
        Token::SemiColon => ExpressionError::new(say!(
            "`;` is not allowed: a rule holds one expression, not statements",
            "không được dùng `;`: mỗi luật chỉ có một biểu thức, không phải câu lệnh"
        )),
        Token::Placeholder(name) => ExpressionError::new(say!(
            "`{name}` is a parameter; an expression has none",
            "`{name}` là tham số; biểu thức không có tham số"
        )),
        Token::LBracket | Token::LBrace => ExpressionError::new(say!(
            "`{token}` is not allowed: there are no arrays or structures in a row",
            "không được dùng `{token}`: một dòng không có mảng hay cấu trúc"
        )),
        word if keyword(word) == Keyword::SELECT => subquery(),
        // The parser would try anything that follows, several times over.
        word if keyword(word) == Keyword::INTERVAL
            && !matches!(next, Some(Token::SingleQuotedString(_) | Token::Number(..))) =>
        {
            ExpressionError::new(say!(
                "`{word}` is followed by a time span in quotes: `INTERVAL '1 day'`",
                "sau `{word}` phải là khoảng thời gian trong dấu nháy: `INTERVAL '1 day'`"
            ))
            .hint(say!(
                "a column of that name goes in double quotes: `\"{word}\"`",
                "nếu là tên cột, hãy đặt trong dấu nháy kép: `\"{word}\"`"
            ))
        }
        _ => return Ok(()),
    })
}

pub(super) fn keyword(token: &Token) -> Keyword {
    match token {
        Token::Word(word) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

fn subquery() -> ExpressionError {
    ExpressionError::new(say!(
        "a subquery is not allowed: the expression sees one row",
        "không được dùng truy vấn con: biểu thức chỉ thấy một dòng"
    ))
}

fn unreadable(text: &str, parser: &Parser<'_>, error: ParserError) -> ExpressionError {
    let message = match error {
        ParserError::RecursionLimitExceeded => return too_deep(),
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
    };
    // "Expected: an expression, found: ) at Line: 1, Column: 5"
    let (words, place) = match message.rsplit_once(" at Line: ") {
        Some((words, place)) => (words, place.split_once(", Column: ")),
        None => (message.as_str(), None),
    };
    let start = place
        .and_then(|(line, column)| Some(Location { line: line.parse().ok()?, column: column.parse().ok()? }))
        .filter(|location| location.line > 0)
        .map_or(text.len(), |location| offset(text, location));
    let end = [parser.get_current_token(), parser.peek_token_ref()]
        .into_iter()
        .map(|token| range(text, token.span))
        .find(|token| token.start == start)
        .map_or_else(|| next_char(text, start), |token| token.end);
    let what = match words.strip_prefix("Expected: ").and_then(|words| words.split_once(", found: ")) {
        Some((expected, "EOF")) => say!(
            "expected {expected}, but the expression ends here",
            "cần {expected}, nhưng biểu thức kết thúc tại đây"
        ),
        Some((expected, found)) => {
            say!("expected {expected}, found `{found}`", "cần {expected}, nhưng gặp `{found}`")
        }
        None => say!("cannot read the expression: {words}", "không đọc được biểu thức: {words}"),
    };
    ExpressionError::new(what).at(start..end)
}

/// Lets the known forms through and collects the columns.
struct Forms<'t> {
    text: &'t str,
    /// How many CASE are open.
    as_of: bool,
    cases: usize,
    columns: Vec<(String, Range<usize>)>,
}

impl Visitor for Forms<'_> {
    type Break = ExpressionError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<ExpressionError> {
        ControlFlow::Break(subquery().at(range(self.text, query.span())))
    }

    fn pre_visit_expr(&mut self, tree: &Tree) -> ControlFlow<ExpressionError> {
        if matches!(tree, Tree::Case { .. }) {
            self.cases += 1;
            if self.cases > DEEPEST_CASES {
                return ControlFlow::Break(self.placed(too_deep(), tree));
            }
        }
        match self.form(tree) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn post_visit_expr(&mut self, tree: &Tree) -> ControlFlow<ExpressionError> {
        if matches!(tree, Tree::Case { .. }) {
            self.cases -= 1;
        }
        ControlFlow::Continue(())
    }
}

impl Forms<'_> {
    fn form(&mut self, tree: &Tree) -> Result<(), ExpressionError> {
        match tree {
            Tree::Identifier(name) => {
                if is_as_of(name) {
                    self.as_of = true;
                } else {
                    self.columns.push((name.value.clone(), range(self.text, name.span)));
                }
                Ok(())
            }
            Tree::Function(function) => self.function(function),
            Tree::Value(value) => match &value.value {
                Value::Number(..)
                | Value::SingleQuotedString(_)
                | Value::EscapedStringLiteral(_)
                | Value::UnicodeStringLiteral(_)
                | Value::DollarQuotedString(_)
                | Value::Boolean(_)
                | Value::Null => Ok(()),
                other => Err(refused(&other.to_string(), range(self.text, value.span))),
            },
            Tree::Cast {
                kind: CastKind::Cast | CastKind::DoubleColon | CastKind::TryCast | CastKind::SafeCast,
                data_type,
                format: None,
                array: false,
                ..
            } => types::of_sql(data_type).map(drop).map_err(|error| self.placed(error, tree)),
            Tree::TypedString(typed) => {
                types::of_sql(&typed.data_type).map(drop).map_err(|error| self.placed(error, tree))
            }
            Tree::CompoundIdentifier(parts) => {
                let last = parts.last().map_or("", |part| part.value.as_str());
                Err(self
                    .placed(
                        ExpressionError::new(say!(
                            "`{tree}`: there is only one table here, its columns go by their bare names",
                            "`{tree}`: ở đây chỉ có một bảng, hãy viết tên cột không kèm tên bảng"
                        )),
                        tree,
                    )
                    .hint(say!(
                        "write `{last}`, or `\"a.b\"` in double quotes for a column whose name has a dot",
                        "hãy viết `{last}`, hoặc `\"a.b\"` trong dấu nháy kép nếu tên cột có dấu chấm"
                    )))
            }
            Tree::Wildcard(_) | Tree::QualifiedWildcard(..) => Err(self.placed(
                ExpressionError::new(say!(
                    "`*` is not allowed: name the columns",
                    "không được dùng `*`: hãy nêu tên cột"
                )),
                tree,
            )),
            Tree::SimilarTo { .. } => Err(refused("SIMILAR TO", range(self.text, tree.span())).hint(say!(
                "write `regexp_like(column, 'pattern')` or LIKE",
                "hãy viết `regexp_like(cột, 'mẫu')` hoặc LIKE"
            ))),
            // Of subqueries, the query within is what is refused.
            Tree::Exists { .. }
            | Tree::InSubquery { .. }
            | Tree::Subquery(_)
            | Tree::BinaryOp { .. }
            | Tree::UnaryOp { .. }
            | Tree::Nested(_)
            | Tree::IsNull(_)
            | Tree::IsNotNull(_)
            | Tree::IsTrue(_)
            | Tree::IsNotTrue(_)
            | Tree::IsFalse(_)
            | Tree::IsNotFalse(_)
            | Tree::IsUnknown(_)
            | Tree::IsNotUnknown(_)
            | Tree::IsDistinctFrom(..)
            | Tree::IsNotDistinctFrom(..)
            | Tree::InList { .. }
            | Tree::Between { .. }
            | Tree::Like { any: false, .. }
            | Tree::ILike { any: false, .. }
            | Tree::Case { .. }
            | Tree::Extract { .. }
            | Tree::Ceil { .. }
            | Tree::Floor { .. }
            | Tree::Position { .. }
            | Tree::Substring { .. }
            | Tree::Trim { .. }
            | Tree::Overlay { .. }
            | Tree::Interval(_) => Ok(()),
            _ => Err(refused(&tree.to_string(), range(self.text, tree.span()))),
        }
    }

    fn function(&self, function: &Function) -> Result<(), ExpressionError> {
        let name = function.name.to_string();
        let at = range(self.text, function.name.span());
        let Some(ident) =
            function.name.0.first().and_then(|part| part.as_ident()).filter(|_| function.name.0.len() == 1)
        else {
            return Err(unknown_function(&name, at));
        };
        let lower =
            if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() };
        if let Some(refusal) = functions::refusal(&lower) {
            let mut error = ExpressionError::new(refusal.0).at(at);
            error.hint = refusal.1;
            return Err(error);
        }
        if function.over.is_some() || function.filter.is_some() || !function.within_group.is_empty() {
            return Err(ExpressionError::new(say!(
                "`{name}` is used over several rows; the expression sees one row",
                "`{name}` tính trên nhiều dòng; biểu thức chỉ thấy một dòng"
            ))
            .at(at));
        }
        if functions::find(&lower).is_none() {
            return Err(unknown_function(&name, at));
        }
        let plain = matches!(function.parameters, FunctionArguments::None)
            && function.null_treatment.is_none()
            && matches!(&function.args, FunctionArguments::List(list)
                if list.duplicate_treatment.is_none()
                    && list.clauses.is_empty()
                    && list.args.iter().all(|arg| matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Expr(_)))));
        if !plain {
            return Err(ExpressionError::new(say!(
                "`{name}` takes plain arguments only: `{name}(a, b)`",
                "`{name}` chỉ nhận tham số thường: `{name}(a, b)`"
            ))
            .at(at));
        }
        Ok(())
    }

    fn placed(&self, error: ExpressionError, tree: &Tree) -> ExpressionError {
        error.at(range(self.text, tree.span()))
    }
}

fn refused(form: &str, at: Range<usize>) -> ExpressionError {
    let form: String = form.chars().take(60).collect();
    ExpressionError::new(say!(
        "`{form}` is not allowed in an expression over one row",
        "không được dùng `{form}` trong biểu thức trên một dòng"
    ))
    .at(at)
}

fn unknown_function(name: &str, at: Range<usize>) -> ExpressionError {
    let error = ExpressionError::new(say!("there is no function `{name}`", "không có hàm `{name}`")).at(at);
    match closest(name, functions::names()) {
        Some(other) => error.hint(say!("did you mean `{other}`?", "có phải ý bạn là `{other}`?")),
        None => error,
    }
}

/// The one name that is a constant. In double quotes it is a column like any other.
pub(super) fn is_as_of(name: &Ident) -> bool {
    name.quote_style.is_none() && name.value == "as_of"
}

/// Bytes of a span; an unknown one is the whole text.
pub(super) fn range(text: &str, span: Span) -> Range<usize> {
    if span.start.line == 0 {
        return 0..text.len();
    }
    let start = offset(text, span.start);
    start..offset(text, span.end).max(next_char(text, start))
}

/// Byte offset of a one-based line and column (in characters).
fn offset(text: &str, location: Location) -> usize {
    let line: usize = match location.line {
        0 | 1 => 0,
        line => text
            .match_indices('\n')
            .nth(usize::try_from(line).unwrap_or(usize::MAX) - 2)
            .map_or(text.len(), |(newline, _)| newline + 1),
    };
    let column = usize::try_from(location.column.saturating_sub(1)).unwrap_or(usize::MAX);
    text[line..].char_indices().nth(column).map_or(text.len(), |(at, _)| line + at)
}

fn next_char(text: &str, start: usize) -> usize {
    text[start..].chars().next().map_or(start, |c| start + c.len_utf8())
}
