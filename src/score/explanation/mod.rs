//! Every number of a card, step by step, with the integers that were used.
//!
//! Nothing is computed a second time here: the values are those of the code that scores ([`Working`], `Descent`, `Sums`,
//! `MeanMin`), and an equation is written around each. Tests evaluate the equations by themselves.

mod database;
mod dimension;
mod equation;
mod rule;
mod scale;
mod wanted;

use serde::Serialize;

use super::methodology::Methodology;
use super::rescore::measured;
use super::rule_points::Triple;
use super::scorecard::Scorecard;
use super::working::Working;
use crate::base::{Dimension, Nano, Text};
use crate::engine::measured::MeasuredDatabase;
use crate::rule::contract;
pub use wanted::Wanted;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.explanation/1";

/// How numbers of a card came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub schema: String,
    pub as_of: String,
    pub methodology: String,
    pub parts: Vec<Part>,
}

/// What one part is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subject {
    pub database: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// How the points of one rule, dimension or database came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    pub subject: Subject,
    pub groups: Vec<Group>,
    /// Billionths of a point, as they stand on the card; all absent of a rule that leaves all weights.
    pub official_nano: Option<i64>,
    pub measured_nano: Option<i64>,
    pub ceiling_nano: Option<i64>,
}

/// Steps that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    pub title: Text,
    /// The section of the methodology that says so.
    pub section: &'static str,
    pub steps: Vec<Step>,
}

/// One step: what is done, and the equation if there is something to compute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub what: Text,
    /// Integers, `+ − × / mod`, `⌊ ⌋`, `⌈ ⌉`, `min( , )`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// An integer, or a fraction in lowest terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Step {
    fn word(what: Text) -> Self {
        Self { what, expression: None, value: None }
    }

    fn equal(what: Text, expression: impl Into<String>, value: impl ToString) -> Self {
        Self { what, expression: Some(expression.into()), value: Some(value.to_string()) }
    }

    fn points(what: Text, expression: impl Into<String>, points: Nano) -> Self {
        Self::equal(what, expression, points.get())
    }
}

impl Part {
    fn new(subject: Subject, groups: Vec<Group>, points: Option<Triple>) -> Self {
        Self {
            subject,
            groups,
            official_nano: points.map(|it| it.official.get()),
            measured_nano: points.and_then(|it| it.measured).map(Nano::get),
            ceiling_nano: points.map(|it| it.ceiling.get()),
        }
    }
}

impl Explanation {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// Why there is no explanation, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unexplained {
    pub what: Text,
    pub hint: Text,
}

/// A database with everything between its counts and its grade.
struct Worked<'a> {
    database: &'a MeasuredDatabase,
    working: Working<'a>,
    methodology: &'a Methodology,
}

impl Worked<'_> {
    fn contract(&self) -> Option<contract::Standing> {
        let MeasuredDatabase { contract, id, .. } = self.database;
        contract.as_ref().map(|hash| contract::Standing::of(hash, id))
    }
}

/// Explains a card that was verified.
///
/// # Errors
/// The card has no such part, or it is of a methodology that this program does not know.
pub fn explain(card: &Scorecard, wanted: &Wanted) -> Result<Explanation, Unexplained> {
    let methodology = Methodology::new(card.profile);
    wanted::same_methodology(card, &methodology)?;
    let mut parts = Vec::new();
    for found in wanted.find(card)? {
        let database = measured(found.database).map_err(wanted::cannot_be_worked)?;
        let working = Working::of(&database.tables, database.is_core(), &methodology);
        let worked = Worked { database: &database, working, methodology: &methodology };
        match (found.rule, wanted.dimension) {
            (Some((table, rule)), _) => parts.push(rule::part(&worked, table, rule)),
            (None, Some(dimension)) => parts.push(dimension::part(&worked, dimension)),
            (None, None) => {
                parts.push(database::part(&worked));
                let dimensions = worked.working.dimensions.iter();
                parts.extend(dimensions.map(|(dimension, _)| dimension::part(&worked, *dimension)));
            }
        }
    }
    Ok(Explanation {
        schema: SCHEMA.to_owned(),
        as_of: card.as_of.clone(),
        methodology: card.methodology.clone(),
        parts,
    })
}
