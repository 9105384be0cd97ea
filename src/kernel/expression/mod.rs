//! SQL expressions over one row: `when:` and `expect:` of rules.
//!
//! Parser, type coercion and evaluator are `DataFusion`'s; this folder is the only place that knows it. What is added
//! here: only expressions that look at one row and always give the same answer are let in; column names mean what
//! they say (case and diacritics count); `as_of` is a constant; text is never compared with a number behind the
//! user's back; integers do not wrap; and a row whose evaluation fails (division by zero, an impossible `CAST`) is
//! counted by itself instead of taking its batch with it.

use std::ops::Range;
use std::sync::Arc;

use datafusion_sql::sqlparser::ast::Expr as Tree;

use crate::base::Text;

mod bind;
mod decimal;
mod dialect;
mod evaluate;
mod functions;
mod grammar;
mod harden;
mod own;
mod shape;
mod substring;
mod types;
mod weight;

pub use evaluate::{BoundExpression, Truth};
pub use shape::{Order, Shape, Term, time};

/// A parsed expression that is not yet bound to columns.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Arc<str>,
    tree: Arc<Tree>,
    columns: Arc<[String]>,
    /// Where each of the columns is used first.
    places: Arc<[Range<usize>]>,
    as_of: bool,
}

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    pub what: Text,
    /// Bytes within the expression's text, where the place is known.
    pub at: Option<Range<usize>>,
    /// What to write instead.
    pub hint: Option<Text>,
}

impl Expression {
    /// Reads one expression and nothing else: no statement, subquery, aggregate, window or clock function, parameter
    /// or wildcard.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let parsed = grammar::read(text)?;
        let (columns, places): (Vec<String>, Vec<_>) = parsed.columns.into_iter().unzip();
        Ok(Self {
            text: text.into(),
            tree: Arc::new(parsed.tree),
            columns: columns.into(),
            places: places.into(),
            as_of: parsed.as_of,
        })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The columns it reads, each once, in the order of first use, spelled as written.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether it asks for the moment of the run.
    pub fn mentions_as_of(&self) -> bool {
        self.as_of
    }

    /// Where column number `index` of [`columns`](Self::columns) is used first, in bytes of the text.
    pub fn column_place(&self, index: usize) -> Option<Range<usize>> {
        self.places.get(index).cloned()
    }
}

impl ExpressionError {
    fn new(what: Text) -> Self {
        Self { what, at: None, hint: None }
    }

    fn at(mut self, at: Range<usize>) -> Self {
        self.at = Some(at);
        self
    }

    fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }
}

#[cfg(test)]
mod tests;
