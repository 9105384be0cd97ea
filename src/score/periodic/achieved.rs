//! How many of what was to be achieved were: connections that work, requests that were met. What is not known was not
//! achieved, and what no rule asks about was not measured: never 0 of 0, never 100 %. A log counts once: of several rules of
//! one kind on one table the one that covers most.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Status;
use crate::score::scorecard::{DatabaseCard, RuleCard};
use crate::score::widest::{covered, widest};

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
    /// Other rules of the kind on this table, which look at the same log and cover less: they are in no count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead_of: Vec<String>,
}

impl RuleCount {
    /// Whether it counts something else than before.
    pub fn moved(&self) -> bool {
        self.now != self.before
    }
}

/// `database`, `table` and `rule`.
type Name<'a> = (&'a str, &'a str, &'a str);

/// The rules of a kind that count, by name, with those that they stand for.
type Rules<'a> = BTreeMap<Name<'a>, (&'a RuleCard, Vec<&'a RuleCard>)>;

fn rules<'a>(databases: &[&'a DatabaseCard], counted: Counted) -> Rules<'a> {
    let mut rules = BTreeMap::new();
    for database in databases {
        let of_table = database.tables.iter().flat_map(|table| table.rules.iter().map(move |it| (table, it)));
        for ((table, rule), others) in widest(of_table.filter(|(_, rule)| rule.kind == counted.kind())) {
            let name = (database.id.as_str(), table.id.as_str(), rule.id.as_str());
            rules.insert(name, (rule, others));
        }
    }
    rules
}

/// `[achieved, due]`, or `None` where the rule could not be measured.
fn count(rule: &RuleCard) -> Option<[u64; 2]> {
    matches!(rule.status, Status::Measured | Status::Na).then(|| [rule.pass, covered(rule)])
}

/// Sums up databases; `before` are those of the period before, if there are any. Of those that are `gone` there is no
/// scorecard any more: what their rules would count is not known.
pub fn achieved(
    now: &[&DatabaseCard],
    before: Option<&[&DatabaseCard]>,
    gone: &BTreeSet<&str>,
    counted: Counted,
) -> Achieved {
    let (is, was) = (rules(now, counted), rules(before.unwrap_or_default(), counted));
    let measured =
        |rules: &Rules<'_>| -> Vec<[u64; 2]> { rules.values().filter_map(|(rule, _)| count(rule)).collect() };
    let (known, of_before) = (measured(&is), measured(&was));
    let unmeasured = is.values().flat_map(|(rule, others)| others.iter().copied().chain([*rule]));
    let lost = was.keys().filter(|(database, ..)| gone.contains(database)).count() as u64;
    let unmeasured_rules = unmeasured.filter(|rule| count(rule).is_none()).count() as u64 + lost;
    let sum = |counts: &[[u64; 2]], which: usize| {
        counts.iter().fold(0_u64, |sum, count| sum.saturating_add(count[which]))
    };
    let (met, of) = (sum(&known, 0), sum(&known, 1));
    let state = match (is.is_empty() && lost == 0, known.is_empty(), of) {
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
        now: is.get(&name).and_then(|(rule, _)| count(rule)),
        before: was.get(&name).and_then(|(rule, _)| count(rule)),
        instead_of: is
            .get(&name)
            .map_or_else(Vec::new, |(_, others)| others.iter().map(|rule| rule.id.clone()).collect()),
    };
    Achieved {
        state,
        met,
        of,
        unknown: is
            .values()
            .filter(|(rule, _)| count(rule).is_some())
            .fold(0, |sum: u64, (rule, _)| sum.saturating_add(rule.unknown)),
        unmeasured_rules,
        before: (!of_before.is_empty()).then(|| [sum(&of_before, 0), sum(&of_before, 1)]),
        rules: names.into_iter().map(told).collect(),
    }
}

impl Achieved {
    /// The rules that count something else than in the period before, those that moved most first; none without a period
    /// before.
    pub fn moves(&self) -> Vec<&RuleCount> {
        let mut moves: Vec<&RuleCount> =
            self.rules.iter().filter(|rule| self.before.is_some() && rule.moved()).collect();
        moves.sort_by_key(|rule| std::cmp::Reverse(rule.distance()));
        moves
    }
}

impl RuleCount {
    fn distance(&self) -> u64 {
        let [now, before] = [self.now, self.before].map(Option::unwrap_or_default);
        now[0].abs_diff(before[0]).max(now[1].abs_diff(before[1]))
    }
}
