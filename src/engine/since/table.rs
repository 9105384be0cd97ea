//! What rules of one table say of the rows of an earlier run, and what follows for other rules.

use super::super::changes::{self, Row};
use super::super::ledger::Ledger;
use super::super::outcome::Others;
use super::super::plan::{Identity, TablePlan, Work};
use super::{Earlier, Now, Said, SincePlan, not_watched, nothing_given};
use crate::base::Text;
use crate::rule::{Rule, Table};
use crate::say;
use crate::state::{Kept, Snapshot};

/// A rule that compares runs.
#[derive(Clone, Copy)]
pub struct SinceRule<'r> {
    pub table: &'r Table,
    /// Its place among the table's rules.
    pub at: usize,
    pub plan: &'r SincePlan,
    /// Its place among those that judge when all rows were seen.
    pub order: usize,
}

impl SinceRule<'_> {
    pub fn rule(&self) -> &str {
        &self.table.rules[self.at].id
    }

    /// What was kept for rules that the table has no more.
    pub fn gone<'k>(&self, before: &'k Snapshot) -> impl Iterator<Item = &'k Kept> {
        let rules = &self.table.rules;
        before.kept.iter().filter(move |kept| rules.iter().all(|rule| rule.id != kept.rule))
    }
}

/// The rows in the order of their keys, with the key of digests, if somebody compares them with those of another run.
pub fn sorted(
    plan: &TablePlan,
    ledger: &Ledger,
    earlier: Option<&Earlier<'_>>,
) -> Option<([u8; 32], Vec<Row>)> {
    let Identity::Key(identity) = plan.identity else { return None };
    let compares = plan.rules.iter().any(|rule| matches!(rule.work, Work::Since(_)));
    let earlier = earlier.filter(|_| compares).and_then(|earlier| earlier.secret);
    let secret = plan.trace.as_ref().and_then(|trace| trace.secret).or(earlier)?;
    Some((secret, changes::sorted(ledger, identity, &secret)))
}

/// What became of the rows of an earlier run.
pub fn judge(
    of: SinceRule<'_>,
    now: Option<Now<'_>>,
    others: &Others<'_>,
    earlier: Option<&Earlier<'_>>,
) -> Said {
    let before = match earlier {
        Some(earlier) => earlier.table(others.database, &of.table.id.value),
        None => Err(nothing_given()),
    };
    let (now, before) = match (now, before) {
        (Some(now), before) => (now, before),
        (None, Err(why)) => return Said::new(Err(why)),
        // Who knows the rows of an earlier run has the key of their digests.
        (None, Ok(_)) => return Said::new(Err(nothing_given())),
    };
    let listed = of.plan.since.listing().map(|listing| {
        let listed = others.elsewhere.listed(others.database, listing)?;
        listed.comparable(&of.plan.types, listing)?;
        Ok(listed)
    });
    let listed = listed.as_ref().map(|listed| listed.as_deref().map_err(Text::clone));
    super::judge(now, of, before, listed)
}

/// The rules that compare runs and cannot be asked in this one, as a column is not there, although the earlier run has kept
/// something for them.
pub fn unasked<'t>(
    table: &'t Table,
    plan: &'t TablePlan,
    before: Option<&'t Snapshot>,
) -> impl Iterator<Item = &'t Rule> {
    let rules = table.rules.iter().zip(&plan.rules);
    let unasked =
        rules.filter(|(rule, plan)| rule.spec.compares_runs() && matches!(plan.work, Work::Not { .. }));
    unasked
        .map(|(rule, _)| rule)
        .filter(move |rule| before.is_some_and(|before| before.kept(&rule.id).is_some()))
}

/// Why nobody knows any more what rules say that take times for proof, by the place of the rule: `doubts` are of the rules
/// that watch those times.
pub fn distrusted(table: &Table, plan: &TablePlan, doubts: &[(&Rule, Text)]) -> Vec<(usize, Text)> {
    let mut distrusted = Vec::new();
    for (watching, why) in doubts {
        let Some(column) = watching.spec.watches() else { continue };
        let trusts = |at: &usize| {
            table.rules[*at].spec.trusts() == Some(column)
                && !matches!(plan.rules[*at].work, Work::Not { .. })
        };
        distrusted.extend((0..table.rules.len()).filter(trusts).map(|at| (at, why.clone())));
    }
    distrusted
}

/// Why times are not known to have stayed where the rule that watches them could not be asked.
pub fn not_asked(rule: &Rule) -> Text {
    let id = &rule.id;
    not_watched(&say!(
        "`{id}` lacks a column that it compared in the earlier run",
        "`{id}` thiếu cột đã so sánh ở lần chạy trước"
    ))
}
