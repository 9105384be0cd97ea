//! How many of what was to be achieved were: connections that work, requests that were met. What is not known was not
//! achieved, and what no rule asks about was not measured: never 0 of 0, never 100 %.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Status;
use crate::score::scorecard::{DatabaseCard, RuleCard};

/// The rule kinds that the report counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Connections that are mandated, and those of them that worked.
    Connections,
    /// Attempts to connect, and those that succeeded.
    Attempts,
    /// Requests to share that were decided, and those that were met on time.
    Requests,
}

impl Counted {
    /// The kind of its rules.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Connections => "connection_established",
            Self::Attempts => "connection",
            Self::Requests => "share_request",
        }
    }
}

/// What can be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No rule of a scorecard asks about it.
    NotAsked,
    /// Rules ask, and none of them could be measured.
    NotMeasured,
    /// It was measured, and nothing was due.
    NothingDue,
    /// `met` of `of`.
    Measured,
}

/// A count of what was achieved, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Achieved {
    pub state: State,
    /// Achieved.
    pub met: u64,
    /// Was to be achieved; what does not apply (not yet due, refused on legal grounds, announced maintenance) is left out.
    pub of: u64,
    /// Of these, what is not known: it is not among `met`.
    pub unknown: u64,
    /// Rules that ask and could not be measured at all: what they would count is in none of the counts.
    pub unmeasured_rules: u64,
    /// `met` and `of` in the period before; absent if there is none, or it was not measured then.
    pub before: Option<[u64; 2]>,
    /// The rules that the counts are the sums of, and those of the period before.
    pub rules: Vec<RuleCount>,
}

/// What one rule counted, now and before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleCount {
    pub database: String,
    pub table: String,
    pub rule: String,
    /// Achieved and due; absent if it is gone or could not be measured.
    pub now: Option<[u64; 2]>,
    /// The same in the period before.
    pub before: Option<[u64; 2]>,
}

impl RuleCount {
    /// Whether it counts something else than before.
    pub fn moved(&self) -> bool {
        self.now != self.before
    }
}

/// `database`, `table` and `rule`.
type Name<'a> = (&'a str, &'a str, &'a str);

/// The rules of a kind, by name.
fn rules<'a>(databases: &[&'a DatabaseCard], counted: Counted) -> BTreeMap<Name<'a>, &'a RuleCard> {
    let mut rules = BTreeMap::new();
    for database in databases {
        for table in &database.tables {
            for rule in table.rules.iter().filter(|rule| rule.kind == counted.kind()) {
                rules.insert((database.id.as_str(), table.id.as_str(), rule.id.as_str()), rule);
            }
        }
    }
    rules
}

/// `[achieved, due]`, or `None` where the rule could not be measured.
fn count(rule: &RuleCard) -> Option<[u64; 2]> {
    match rule.status {
        Status::Measured | Status::Na => {
            Some([rule.pass, rule.pass.saturating_add(rule.fail).saturating_add(rule.unknown)])
        }
        _ => None,
    }
}

/// Sums up databases; `before` are those of the period before, if there are any.
pub fn achieved(now: &[&DatabaseCard], before: Option<&[&DatabaseCard]>, counted: Counted) -> Achieved {
    let (is, was) = (rules(now, counted), rules(before.unwrap_or_default(), counted));
    let counts: Vec<Option<[u64; 2]>> = is.values().map(|rule| count(rule)).collect();
    let of_before: Vec<[u64; 2]> = was.values().filter_map(|rule| count(rule)).collect();
    let known: Vec<[u64; 2]> = counts.iter().flatten().copied().collect();
    let sum = |counts: &[[u64; 2]], which: usize| {
        counts.iter().fold(0_u64, |sum, count| sum.saturating_add(count[which]))
    };
    let (met, of) = (sum(&known, 0), sum(&known, 1));
    let state = match (is.is_empty(), known.is_empty(), of) {
        (true, ..) => State::NotAsked,
        (_, true, _) => State::NotMeasured,
        (_, _, 0) => State::NothingDue,
        _ => State::Measured,
    };
    let names: BTreeSet<Name<'_>> = is.keys().chain(was.keys()).copied().collect();
    let told = |name: Name<'_>| RuleCount {
        database: name.0.to_owned(),
        table: name.1.to_owned(),
        rule: name.2.to_owned(),
        now: is.get(&name).and_then(|rule| count(rule)),
        before: was.get(&name).and_then(|rule| count(rule)),
    };
    Achieved {
        state,
        met,
        of,
        unknown: is
            .values()
            .filter(|rule| count(rule).is_some())
            .fold(0, |sum: u64, rule| sum.saturating_add(rule.unknown)),
        unmeasured_rules: counts.iter().filter(|count| count.is_none()).count() as u64,
        before: (!of_before.is_empty()).then(|| [sum(&of_before, 0), sum(&of_before, 1)]),
        rules: names.into_iter().map(told).collect(),
    }
}
