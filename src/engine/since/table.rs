//! What rules of one table say of the rows of an earlier run, and what follows for other rules.

use super::super::changes::{self, Row};
use super::super::ledger::Ledger;
use super::super::outcome::Others;
use super::super::plan::{Identity, TablePlan, Work};
use super::super::reconcile::Judged;
use super::super::scan::RuleState;
use super::{Earlier, Now, SincePlan, not_trusted, nothing_given};
use crate::base::Text;
use crate::rule::{Since, Table};
use crate::state::Tally;

/// A rule that compares runs.
#[derive(Clone, Copy)]
pub struct SinceRule<'r> {
    pub table: &'r str,
    pub rule: &'r str,
    pub plan: &'r SincePlan,
    /// Its place among those that judge when all rows were seen.
    pub order: usize,
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

/// What became of the rows of an earlier run, and the keys that the rule is owed.
pub fn judge(
    of: SinceRule<'_>,
    now: Option<Now<'_>>,
    others: &Others<'_>,
    earlier: Option<&Earlier<'_>>,
) -> (Result<Judged, Text>, Vec<u128>) {
    let before = match earlier {
        Some(earlier) => earlier.table(others.database, of.table),
        None => Err(nothing_given()),
    };
    let (now, before) = match (now, before) {
        (Some(now), before) => (now, before),
        (None, Err(why)) => return (Err(why), Vec::new()),
        // Who knows the rows of an earlier run has the key of their digests.
        (None, Ok(_)) => return (Err(nothing_given()), Vec::new()),
    };
    let listed = of.plan.since.listing().map(|listing| {
        let listed = others.elsewhere.listed(others.database, listing)?;
        listed.comparable(&of.plan.types, listing)?;
        Ok(listed)
    });
    let listed = listed.as_ref().map(|listed| listed.as_deref().map_err(Text::clone));
    super::judge(now, of.plan, of.order, of.rule, before, listed)
}

/// The rules that take times for proof which moved in too many rows although nothing else did, and why nobody knows any
/// more what they say.
pub fn distrusted(table: &Table, plan: &TablePlan, states: &[RuleState]) -> Vec<(usize, Text)> {
    let mut distrusted = Vec::new();
    for (rule, state) in plan.rules.iter().zip(states) {
        let Work::Since(SincePlan { since: Since::Touched { column }, .. }) = &rule.work else { continue };
        let Tally { pass, fail, .. } = state.tally;
        let (num, den) = Since::MOST_TOUCHED;
        if u128::from(fail) * u128::from(den) <= u128::from(pass + fail) * u128::from(num) {
            continue;
        }
        let trusts = |at: &usize| {
            table.rules[*at].spec.trusts() == Some(column)
                && !matches!(plan.rules[*at].work, Work::Not { .. })
        };
        let trusting = (0..table.rules.len()).filter(trusts);
        distrusted.extend(trusting.map(|at| (at, not_trusted(column, fail, pass + fail))));
    }
    distrusted
}
