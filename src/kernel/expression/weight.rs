//! How much stack and time a text would take, told from its tokens before anything recursive sees it.

use datafusion_sql::sqlparser::keywords::Keyword;
use datafusion_sql::sqlparser::tokenizer::Token;

use super::ExpressionError;
use super::grammar::keyword;
use crate::say;

/// Operators above one another: `a AND b AND c` is two deep. Every later step walks the tree recursively.
const DEEPEST: usize = 256;
/// Tokens that the parser reads at most, over all of its attempts.
const MOST_WORK: u64 = 1_000_000;

/// How deep the tree becomes at most, and how often the parser may start over.
///
/// It reads `floor(…)` as a special form first, and as a call again if that fails: each such bracket within another
/// doubles the work, each `position(…)` makes it three times as much.
pub(super) struct Weight {
    /// Operators so far, and the factor that the bracket put on, for each open bracket.
    levels: Vec<(usize, u64)>,
    depth: usize,
    attempts: u64,
}

impl Default for Weight {
    fn default() -> Self {
        Self { levels: vec![(0, 1)], depth: 1, attempts: 1 }
    }
}

impl Weight {
    pub fn add(&mut self, token: &Token, before: Option<&Token>) {
        match token {
            Token::LParen => {
                let factor = before.map_or(1, attempts);
                self.levels.push((0, factor));
                self.depth += 1;
                self.attempts = self.attempts.saturating_mul(factor);
            }
            Token::RParen if self.levels.len() > 1 => {
                if let Some((operators, factor)) = self.levels.pop() {
                    self.depth -= operators + 1;
                    self.attempts /= factor;
                }
            }
            // Arguments and list items stand beside one another.
            Token::Comma => {
                if let Some((operators, _)) = self.levels.last_mut() {
                    self.depth -= std::mem::take(operators);
                }
            }
            other if is_operator(other) => {
                if let Some((operators, _)) = self.levels.last_mut() {
                    *operators += 1;
                    self.depth += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether so many tokens would take too much of the stack or of time.
    pub fn is_too_much(&self, tokens: usize) -> bool {
        self.depth > DEEPEST || self.attempts.saturating_mul(tokens as u64) > MOST_WORK
    }
}

/// How often the parser may read a bracket behind this token.
fn attempts(before: &Token) -> u64 {
    match keyword(before) {
        Keyword::POSITION => 3,
        Keyword::ALL
        | Keyword::ANY
        | Keyword::ARRAY
        | Keyword::CASE
        | Keyword::CAST
        | Keyword::CEIL
        | Keyword::CONVERT
        | Keyword::CURRENT_DATE
        | Keyword::CURRENT_TIME
        | Keyword::CURRENT_TIMESTAMP
        | Keyword::EXISTS
        | Keyword::EXTRACT
        | Keyword::FLOOR
        | Keyword::IN
        | Keyword::INTERVAL
        | Keyword::LAMBDA
        | Keyword::LOCALTIME
        | Keyword::LOCALTIMESTAMP
        | Keyword::MAP
        | Keyword::MATCH
        | Keyword::NOT
        | Keyword::OVERLAY
        | Keyword::PRIOR
        | Keyword::SAFE_CAST
        | Keyword::SOME
        | Keyword::STRUCT
        | Keyword::SUBSTR
        | Keyword::SUBSTRING
        | Keyword::TRIM
        | Keyword::TRY_CAST
        | Keyword::TRY_CONVERT
        | Keyword::VALUES => 2,
        _ => 1,
    }
}

pub(super) fn too_deep() -> ExpressionError {
    ExpressionError::new(say!("the expression is nested too deeply", "biểu thức lồng nhau quá sâu")).hint(
        say!(
            "write long chains of `=` and OR as `x IN (…)`, or split the rule",
            "hãy viết chuỗi dài các phép `=` và OR thành `x IN (…)`, hoặc tách luật"
        ),
    )
}

/// Whether a token may stand between two operands, and so deepen the tree without a bracket.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::XOR
                | Keyword::NOT
                | Keyword::IS
                | Keyword::IN
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::RLIKE
                | Keyword::REGEXP
                | Keyword::SIMILAR
                | Keyword::MATCH
                | Keyword::BETWEEN
                | Keyword::OVERLAPS
                | Keyword::OPERATOR
                | Keyword::COLLATE
                | Keyword::NOTNULL
                | Keyword::MEMBER
                | Keyword::DIV
                | Keyword::AT
        ),
        Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::EOF => false,
        _ => true,
    }
}
