//! What rules ask of values, in words that whoever makes lawful rows understands. A rule that says nothing here is
//! still judged: its rows are tried until they pass.

use std::sync::Arc;

use super::code_list::CodeList;
use crate::format::Judge;
use crate::kernel::ColumnType;
use crate::kernel::expression::Shape;

/// What a rule asks. Unless it names columns itself, it speaks of the first column of the rule.
#[derive(Clone)]
pub enum Demand {
    /// A value in every row.
    Present,
    /// Values of a type; the declared one if none is named.
    Type(Option<ColumnType>),
    /// Values that a format calls valid.
    Format { name: &'static str, judge: Arc<dyn Judge> },
    /// Values of which a regular expression matches the whole.
    Pattern(String),
    /// Values between two bounds as they are written in the rule file, such as `0` or `as_of`.
    Within { low: Option<String>, high: Option<String> },
    /// So many characters.
    Length { low: u64, high: u64 },
    /// Codes of a list; what it says of the code, by place among its attributes, is repeated in other columns.
    Listed { list: Arc<CodeList>, repeats: Vec<(String, usize)> },
    /// Cleanly written text.
    Clean,
    /// Names of persons.
    Name,
    /// A date no older than so many seconds; of the whole table (`false`), or of every row.
    Fresh { seconds: u64, rows: bool },
    /// The second column is at most so many seconds after the first.
    Soon { seconds: u64 },
    /// Equal values in the first columns come with equal values in the others.
    Determined { from: Vec<String>, to: Vec<String> },
    /// How the genders are written that a personal number speaks of.
    Gender { column: String, female: Vec<String>, male: Vec<String> },
    /// A column repeats the province of the personal number.
    Province { column: String },
    /// A date, its month and its year, each in a column of its own, as far as they are known.
    Parts,
    /// So many of the columns have a value.
    Filled { low: usize, high: usize },
    /// So many rows.
    Rows { low: u64, high: u64 },
    /// A condition on the row, and the words and numbers that it names.
    Holds(Shape, Vec<String>),
}

impl std::fmt::Debug for Demand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Format { name, .. } => write!(f, "format {name}"),
            Self::Pattern(regex) => write!(f, "pattern {regex}"),
            Self::Listed { list, .. } => write!(f, "list {}", list.name),
            _ => f.write_str("demand"),
        }
    }
}
