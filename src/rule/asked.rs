//! What rules ask of the rows of another table, beyond whether a key is among them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::arguments::Field;
use super::kind::{BindError, Binder, ParseContext, Spec};
use super::node::{At, Node};
use super::reference::Reference;
use super::table_rule::expression;
use crate::kernel::expression::Expression;
use crate::kernel::key::Absent;
use crate::kernel::{ColumnId, ColumnType};

/// Rows of another table, and what is asked of them.
#[derive(Clone, Debug)]
pub struct Asked {
    pub listing: Listing,
    pub question: Question,
}

/// Rows of another table, by a key.
#[derive(Clone, Debug)]
pub struct Listing {
    /// `None` is the database of the rule.
    pub database: Option<String>,
    pub table: String,
    /// Columns of the key, in the order of ours.
    pub columns: Vec<String>,
    pub absent: Absent,
    /// Which rows; all of them where no condition chooses.
    pub in_scope: Option<At<Expression>>,
    /// The columns with the first and the last day on which a row holds. Without one of them that end is open.
    pub days: [Option<String>; 2],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Of each of our rows: is its key there?
    Exists,
    /// Of each of our rows: does a row with its key hold on its day?
    Holds,
    /// Of each of our rows: are there so many rows with its key?
    Count { at_least: u64, at_most: u64 },
    /// Of each of their keys: do we have it?
    Covered,
}

/// What a rule must see of all rows of another table: a spec that is bound there, whose state is held against ours.
#[derive(Clone, Copy)]
pub struct OtherSide<'s> {
    pub table: &'s Reference,
    pub spec: &'s dyn Spec,
    /// Which rows; all of them where no condition chooses.
    pub in_scope: Option<&'s At<Expression>>,
}

/// A condition on the columns of another table.
#[derive(Clone, Debug)]
pub struct Scope(pub At<Expression>);

impl Field for Scope {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        // What that table declares is in another place, perhaps in another file.
        expression(context.reader, node, &[]).map(Self)
    }
}

impl JsonSchema for Scope {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// What a rule needs that asks something of the rows of another table.
pub struct AskedSpec {
    /// Our columns, in the order of theirs.
    pub key: Vec<ColumnId>,
    /// How a row of ours with an absent part is treated; of theirs, their listing says.
    pub absent: Absent,
    /// The column that says on which day the other row must hold.
    pub at: Option<ColumnId>,
    pub asked: Asked,
}

impl Listing {
    /// All rows that have these columns.
    pub fn of(to: &Reference) -> Self {
        let key = to.key();
        Self {
            database: key.database,
            table: key.table,
            columns: key.columns,
            absent: Absent::Skip,
            in_scope: None,
            days: [None, None],
        }
    }

    /// The same with the name of its database, which is that of the rule unless it says otherwise.
    #[must_use]
    pub fn within(&self, database: &str) -> Self {
        let database = self.database.clone().unwrap_or_else(|| database.to_owned());
        Self { database: Some(database), ..self.clone() }
    }

    /// The table as people are told of it.
    pub fn table_name(&self) -> String {
        match &self.database {
            Some(database) => format!("{database}.{}", self.table),
            None => self.table.clone(),
        }
    }

    fn condition(&self) -> Option<&str> {
        self.in_scope.as_ref().map(|scope| scope.value.text())
    }
}

/// Wherever the condition is written.
impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        let Self { database, table, columns, absent, in_scope: _, days } = self;
        (database, table, columns, absent, days)
            == (&other.database, &other.table, &other.columns, &other.absent, &other.days)
            && self.condition() == other.condition()
    }
}

impl Question {
    /// Whether a row of ours is right if its key is one of theirs, so that theirs come first.
    pub const fn names_a_parent(&self) -> bool {
        matches!(self, Self::Exists | Self::Holds)
    }

    /// Whether it is asked of rows of ours.
    pub const fn is_of_ours(&self) -> bool {
        !matches!(self, Self::Covered)
    }
}

/// A column that says a day: of dates, of moments, or of text that is read as dates.
///
/// # Errors
/// It is absent, or cannot be read so.
pub fn day_column(name: &At<String>, binder: &mut dyn Binder) -> Result<ColumnId, BindError> {
    let column = binder.column(name)?;
    match binder.column_type(column) {
        ColumnType::Date | ColumnType::Timestamp => Ok(column),
        _ => binder.column_as(name, ColumnType::Date, None),
    }
}
