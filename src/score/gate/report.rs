//! What a gate says: plain data, versioned, public, as the scorecard is. It knows no output format besides its own JSON.
//!
//! Field descriptions become those of the JSON Schema.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::{Dimension, Text};
use crate::score::methodology::Profile;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.gate/1";

/// A run as a verdict: every condition that was looked at, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// Always `thuocdo.gate/1`.
    pub schema: String,
    /// The moment that ages are counted to, RFC 3339.
    pub as_of: String,
    /// Program and version.
    pub engine: String,
    /// Name of the scoring methodology, with a hash of all its numbers.
    pub methodology: String,
    /// Which dimensions count.
    pub profile: Profile,
    /// The verdict over all conditions: the one of the greatest precedence.
    pub verdict: Verdict,
    /// The exit code of the process.
    pub exit_code: u8,
    /// Warnings fail the gate as well: each of them is told as failed.
    pub strict: bool,
    /// Every condition on everything that it is about, in a fixed order: databases as in the scorecard, then tables and
    /// rules, then conditions.
    pub checks: Vec<Check>,
    /// What changed since the baseline, table by table; empty without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changes>,
    /// The waivers, valid or void.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverCard>,
    /// Error budgets of the month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetCard>,
    /// The baseline that this run was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineCard>,
}

/// Verdicts, from the best to the one that outranks all others.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All conditions hold.
    #[default]
    Passed,
    /// The quality is not good enough.
    Failed,
    /// Something that the rules ask for was not measured.
    Incomplete,
    /// The baseline was made by another methodology, pack, profile, contract or key.
    NotComparable,
    /// The evidence is not what it claims to be.
    Rejected,
}

/// What came of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It holds, with something to know about it.
    Warning,
    /// It does not hold, and a waiver covers that.
    Waived,
    /// It does not hold.
    Failed,
    /// It could not be judged, as something was not measured.
    Incomplete,
    /// The baseline cannot be compared with.
    NotComparable,
    /// The evidence is not what it claims to be.
    Rejected,
}

/// A condition on one database, dimension, table or rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Which condition.
    pub condition: Condition,
    /// What came of it.
    pub outcome: Outcome,
    /// The database's id; absent for conditions on the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The dimension, for conditions on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// The table's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The rule's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was found, with its numbers and limits.
    pub text: Text,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
}

/// Conditions. The letter is that of the methodology's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The evidence is what it claims to be.
    Evidence,
    /// The baseline can be compared with.
    Comparable,
    /// A rule, table or file was measured.
    Measured,
    /// The share of rules whose value is known is large enough.
    MinCoverage,
    /// A1: the database has points enough.
    MinScore,
    /// A1: a dimension has points enough.
    MinDimension,
    /// A1: the share of clean records is large enough.
    MinCleanRecords,
    /// A2: a critical rule has few enough defects per million.
    CriticalDefects,
    /// A3: no hard cap applies that did not apply before.
    NewCap,
    /// A3: the database has a grade.
    Graded,
    /// B1: a rule has not become worse, to an extent that matters and that is no chance.
    Regression,
    /// B2: what was measured before still is.
    StillMeasured,
    /// B2: the share of rules whose value is known did not fall.
    Coverage,
    /// C1: rows that were added or changed break no rule anew.
    NewViolations,
    /// D1: the month's error budget of a rule is not spent.
    ErrorBudget,
    /// A waiver is as it must be.
    Waiver,
    /// What a policy names is there.
    Policy,
}

/// Rows of a table against the baseline's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// The database's id.
    pub database: String,
    /// The table's id.
    pub table: String,
    /// Rows whose key is new.
    pub added: u64,
    /// Rows whose key was there and whose content is another.
    pub changed: u64,
    /// Rows whose key is gone.
    pub removed: u64,
    /// Rows that are as they were.
    pub unchanged: u64,
    /// Rows, now and then, without a key of their own: they are compared by counts.
    pub unpaired: u64,
    /// Rules whose failures moved, in the order of the rule file.
    pub rules: Vec<RuleChange>,
}

/// How the rows that fail a rule changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleChange {
    /// The rule's id.
    pub rule: String,
    /// Rows that were there, passed, and fail now.
    pub newly_failing: u64,
    /// Rows that were there, failed, and fail no more.
    pub newly_passing: u64,
    /// Rows that were added or changed and that the rule is about.
    pub touched: u64,
    /// Those of them that fail and did not fail before.
    pub new_violations: u64,
    /// Of these, those that a waiver covers.
    pub waived: u64,
}

/// A waiver and what became of it. It changes the verdict, never a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverCard {
    /// Its id.
    pub id: String,
    /// The database it is about.
    pub database: String,
    /// The table it is about.
    pub table: String,
    /// The rule it is about.
    pub rule: String,
    /// It is about some rows of the table only. Its filter is not told: it may name values.
    pub filtered: bool,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub owner: String,
    /// Who granted it.
    pub approver: String,
    /// Its last day.
    pub expires: String,
    /// Violations that it covers at most.
    pub max_fail: u64,
    /// Violations that it would cover.
    pub covers: u64,
    /// Why it is void; empty if it is valid.
    pub void_because: Vec<Text>,
}

/// The month's error budget of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetCard {
    /// The database's id.
    pub database: String,
    /// The table's id.
    pub table: String,
    /// The rule's id.
    pub rule: String,
    /// The month, `2026-11`.
    pub month: String,
    /// Share of rows that must be right, six decimals.
    pub target: String,
    /// Rows that were added or changed this month.
    pub rows: u64,
    /// Violations that are allowed: `⌊rows × (1 − target)⌋`.
    pub allowed: u64,
    /// Violations that came.
    pub spent: u64,
}

/// What was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineCard {
    /// Its own `as_of`.
    pub as_of: String,
    /// First 12 hexadecimal digits of its content's BLAKE3 hash.
    pub hash: String,
}

impl Condition {
    pub const ALL: [Self; 17] = [
        Self::Evidence,
        Self::Comparable,
        Self::Measured,
        Self::MinCoverage,
        Self::MinScore,
        Self::MinDimension,
        Self::MinCleanRecords,
        Self::CriticalDefects,
        Self::NewCap,
        Self::Graded,
        Self::Regression,
        Self::StillMeasured,
        Self::Coverage,
        Self::NewViolations,
        Self::ErrorBudget,
        Self::Waiver,
        Self::Policy,
    ];

    /// As in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Comparable => "comparable",
            Self::Measured => "measured",
            Self::MinCoverage => "min_coverage",
            Self::MinScore => "min_score",
            Self::MinDimension => "min_dimension",
            Self::MinCleanRecords => "min_clean_records",
            Self::CriticalDefects => "critical_defects",
            Self::NewCap => "new_cap",
            Self::Graded => "graded",
            Self::Regression => "regression",
            Self::StillMeasured => "still_measured",
            Self::Coverage => "coverage",
            Self::NewViolations => "new_violations",
            Self::ErrorBudget => "error_budget",
            Self::Waiver => "waiver",
            Self::Policy => "policy",
        }
    }
}

impl Outcome {
    /// What the whole gate says if this is the worst of it.
    pub const fn verdict(self, strict: bool) -> Verdict {
        match self {
            Self::Passed | Self::Waived => Verdict::Passed,
            Self::Warning => {
                if strict {
                    Verdict::Failed
                } else {
                    Verdict::Passed
                }
            }
            Self::Failed => Verdict::Failed,
            Self::Incomplete => Verdict::Incomplete,
            Self::NotComparable => Verdict::NotComparable,
            Self::Rejected => Verdict::Rejected,
        }
    }

    /// Whether there is something to say about it.
    pub fn is_finding(self) -> bool {
        self != Self::Passed
    }
}

impl Verdict {
    /// The process's exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Incomplete => 3,
            Self::NotComparable => 4,
            Self::Rejected => 5,
        }
    }
}

impl Check {
    /// A condition on the whole run, until somebody says more.
    pub fn new(condition: Condition, outcome: Outcome, text: Text) -> Self {
        Self {
            condition,
            outcome,
            database: None,
            dimension: None,
            table: None,
            rule: None,
            text,
            hint: None,
        }
    }
}

impl GateReport {
    /// Adds something that was found out later.
    pub fn add(&mut self, check: Check) {
        self.checks.push(check);
        self.conclude();
    }

    /// Finds the verdict of all checks.
    pub fn conclude(&mut self) {
        let worst = self.checks.iter().map(|check| check.outcome.verdict(self.strict)).max();
        self.verdict = worst.unwrap_or_default();
        self.exit_code = self.verdict.exit_code();
    }

    /// The checks that did not simply pass, the most severe first, otherwise in their order.
    pub fn findings(&self) -> Vec<&Check> {
        let mut findings: Vec<&Check> =
            self.checks.iter().filter(|check| check.outcome.is_finding()).collect();
        findings.sort_by_key(|check| std::cmp::Reverse(check.outcome));
        findings
    }

    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_json() {
        for condition in Condition::ALL {
            assert_eq!(serde_json::to_string(&condition).unwrap(), format!("\"{}\"", condition.id()));
        }
    }

    #[test]
    fn worse_outcomes_outrank_better_ones() {
        let outcomes = [Outcome::Failed, Outcome::Incomplete, Outcome::NotComparable, Outcome::Rejected];
        let codes = outcomes.map(|outcome| outcome.verdict(false).exit_code());
        assert_eq!(codes, [1, 3, 4, 5]);
        assert_eq!(Outcome::Warning.verdict(true).exit_code(), 1);
        assert_eq!(Outcome::Waived.verdict(true).exit_code(), 0);
    }
}
