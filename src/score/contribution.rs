//! Why did a score change? An exact answer: parts that sum to the change, and nothing for what did not move.
//!
//! The performance part integrates along the straight path between the two profiles (Aumann–Shapley). As the score is
//! piecewise linear, the integral is rational.

use std::collections::{BTreeMap, BTreeSet};

use super::composite::Lambda;
use super::rollup::{Rollup, Scored};
use super::rule_points::Triple;
use crate::base::nano::mul_div_rem;
use crate::base::{Dimension, Nano, Ratio};

/// For every dimension the share of the straight path from `before` to `after` on which it is the weakest; ties are
/// split. The shares sum to 1.
pub fn weakest_shares(before: &[Nano], after: &[Nano]) -> Vec<Ratio> {
    let start: Vec<i128> = before.iter().map(|points| i128::from(points.get())).collect();
    let slope: Vec<i128> =
        before.iter().zip(after).map(|(from, to)| i128::from(to.get()) - i128::from(from.get())).collect();
    let mut turns = BTreeSet::from([Ratio::ZERO, Ratio::ONE]);
    for i in 0..start.len() {
        for j in 0..i {
            let (mut num, mut den) = (start[j] - start[i], slope[i] - slope[j]);
            if den < 0 {
                (num, den) = (-num, -den);
            }
            if num > 0 && num < den {
                turns.extend(Ratio::new(num.unsigned_abs(), den.unsigned_abs()));
            }
        }
    }
    let turns: Vec<Ratio> = turns.into_iter().collect();
    // The lower envelope of lines is concave, so each line is the lowest on one stretch: from where, to where, with
    // how many equal ones.
    let mut stretches: Vec<Option<(Ratio, Ratio, u128)>> = vec![None; start.len()];
    for pair in turns.windows(2) {
        let (low, high) = (pair[0], pair[1]);
        // Twice the middle, as num/den; values are up to 2³⁷ and denominators up to 2⁷⁶, so all of it fits.
        let num = (low.num() * high.den() + high.num() * low.den()) as i128;
        let den = (2 * low.den() * high.den()) as i128;
        let at: Vec<i128> =
            start.iter().zip(&slope).map(|(start, slope)| start * den + slope * num).collect();
        let Some(&lowest) = at.iter().min() else { continue };
        let equal = at.iter().filter(|&&value| value == lowest).count() as u128;
        for (stretch, _) in stretches.iter_mut().zip(&at).filter(|(_, value)| **value == lowest) {
            let from = stretch.map_or(low, |(from, _, _)| from);
            *stretch = Some((from, high, equal));
        }
    }
    stretches
        .into_iter()
        .map(|stretch| {
            let Some((from, to, equal)) = stretch else { return Ratio::ZERO };
            let length = to.num() * from.den() - from.num() * to.den();
            Ratio::new(length, to.den() * from.den() * equal).unwrap_or(Ratio::ZERO)
        })
        .collect()
}

/// The factor of every dimension: `(1 − λ)·w/Σw + λ·μ`.
pub fn factors(before: &[Nano], after: &[Nano], weights: &[u32], lambda: Lambda) -> Vec<Ratio> {
    let all: u128 = weights.iter().copied().map(u128::from).sum();
    let (a, b) = (u128::from(lambda.num), u128::from(lambda.den));
    weakest_shares(before, after)
        .into_iter()
        .zip(weights)
        .map(|(weakest, &weight)| {
            let mean = Ratio::new((b - a) * u128::from(weight), b * all).unwrap_or(Ratio::ZERO);
            let minimum = Ratio::new(a, b).map_or(Ratio::ZERO, |lambda| product(lambda, weakest));
            Ratio::sum(&[mean, minimum])
        })
        .collect()
}

/// Exact where it fits 128 bits, else cut off at 10⁻¹⁸: the allocation sums to the change either way.
fn product(a: Ratio, b: Ratio) -> Ratio {
    a.checked_mul(b).unwrap_or_else(|| {
        let cut =
            |ratio: Ratio| Ratio::new(ratio.floor_times(1_000_000_000), 1_000_000_000).unwrap_or(Ratio::ZERO);
        cut(a).checked_mul(cut(b)).unwrap_or(Ratio::ZERO)
    })
}

/// Something whose points moved by `delta`, of which `share` (0 … 1) reaches the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub id: &'a str,
    pub delta: i64,
    pub share: Ratio,
}

/// Splits `total` nano-points among the parts: each gets the floor of `delta × share`, the rest goes one by one to the
/// largest remainders among the parts that moved (ties by id). `None` if there is a total but nothing moved.
pub fn allocate(total: i64, parts: &[Part<'_>]) -> Option<Vec<i64>> {
    let mut floors = Vec::with_capacity(parts.len());
    let mut moved = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let (quotient, rest) = mul_div_rem(part.share.num(), part.delta.unsigned_abs(), part.share.den());
        let (floor, rest) = match (part.delta < 0, rest) {
            (false, rest) => (quotient as i64, rest),
            (true, 0) => (-(quotient as i64), 0),
            (true, rest) => (-(quotient as i64) - 1, part.share.den() - rest),
        };
        floors.push(floor);
        if part.delta != 0 && part.share != Ratio::ZERO {
            moved.push((Ratio::new(rest, part.share.den()).unwrap_or(Ratio::ZERO), i));
        }
    }
    let residue = total - floors.iter().sum::<i64>();
    if residue == 0 {
        return Some(floors);
    }
    moved.sort_by(|(a, i), (b, j)| b.cmp(a).then_with(|| parts[*i].id.cmp(parts[*j].id)));
    if residue < 0 {
        moved.reverse();
    }
    let count = i64::try_from(moved.len()).ok().filter(|&count| count > 0)?;
    for (turn, &(_, i)) in moved.iter().enumerate() {
        let extra = residue.abs() / count + i64::from((turn as i64) < residue.abs() % count);
        floors[i] += extra * residue.signum();
    }
    Some(floors)
}

/// One rule in one of the two scorecards that are compared.
#[derive(Clone, Debug)]
pub struct RuleAt {
    /// Unique within the database.
    pub id: String,
    pub table: String,
    pub tier: u32,
    pub dimension: Dimension,
    pub weight: u32,
    pub official: Nano,
    /// What could be measured of it; `None` if nothing could.
    pub measured: Option<Nano>,
}

impl RuleAt {
    /// How much of the move of the official points from `then` to here is a move of what was measured. The rest is units
    /// that can be measured now and could not be then, or the other way round.
    fn improvement(&self, then: &Self) -> i64 {
        let moved = self.official.get() - then.official.get();
        let measured = match (then.measured, self.measured) {
            (Some(before), Some(after)) => after.get() - before.get(),
            _ => 0,
        };
        measured.clamp(moved.min(0), moved.max(0))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub rule: String,
    pub dimension: Dimension,
    pub nano: i64,
    /// Of that, what came of units that can be measured now and could not be before ("đo được thêm"), which is no
    /// improvement; below zero, of units that can no longer be measured.
    pub newly_measured: i64,
}

/// `after − before = added + performance + removed`, to the last nano-point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub before: Nano,
    pub after: Nano,
    /// Through rules and tables that are new.
    pub added: i64,
    /// Through rules that are in both; the contributions sum to it.
    pub performance: i64,
    /// Through rules and tables that are gone, and through changed weights.
    pub removed: i64,
    /// Of the rules that moved, by id.
    pub contributions: Vec<Contribution>,
}

/// Explains the change of one database's official points. `required` as in [`Rollup::new`].
pub fn explain(
    before: &[RuleAt],
    after: &[RuleAt],
    required: Option<&[Dimension]>,
    lambda: Lambda,
) -> Change {
    let old: BTreeMap<&str, &RuleAt> = before.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut common: Vec<&RuleAt> = after.iter().filter(|rule| old.contains_key(rule.id.as_str())).collect();
    common.sort_by(|a, b| a.id.cmp(&b.id));
    // Like for like: the same rules with the new weights, once with the old points and once with the new.
    let then: Vec<RuleAt> = common
        .iter()
        .map(|rule| RuleAt { official: old[rule.id.as_str()].official, ..(*rule).clone() })
        .collect();
    let now: Vec<RuleAt> = common.iter().map(|&rule| rule.clone()).collect();
    let (then_rollup, _) = roll(&then, required);
    let (now_rollup, scored) = roll(&now, required);
    let total = |rollup: &Rollup| rollup.database(lambda).points.official;
    let first = total(&roll(before, required).0);
    let last = total(&roll(after, required).0);
    let (common_then, common_now) = (total(&then_rollup), total(&now_rollup));

    let dimensions = now_rollup.dimensions();
    let official = |rollup: &Rollup| -> Vec<Nano> {
        dimensions.iter().map(|&dimension| rollup.dimension(dimension).points.official).collect()
    };
    let factors =
        factors(&official(&then_rollup), &official(&now_rollup), &vec![1; dimensions.len()], lambda);
    let factor: BTreeMap<Dimension, Ratio> = dimensions.iter().copied().zip(factors).collect();
    let parts: Vec<Part<'_>> = now
        .iter()
        .zip(&then)
        .zip(&scored)
        .map(|((now, then), scored)| Part {
            id: &now.id,
            delta: now.official.get() - then.official.get(),
            share: factor
                .get(&now.dimension)
                .map_or(Ratio::ZERO, |&factor| product(now_rollup.share(scored), factor)),
        })
        .collect();
    let performance = common_now.get() - common_then.get();
    let nanos = allocate(performance, &parts).unwrap_or_else(|| vec![0; parts.len()]);
    let contributions = now
        .iter()
        .zip(&parts)
        .zip(nanos)
        .filter(|((_, part), _)| part.delta != 0)
        .map(|((rule, part), nano)| Contribution {
            rule: rule.id.clone(),
            dimension: rule.dimension,
            nano,
            newly_measured: newly_measured(nano, part.delta, rule.improvement(old[rule.id.as_str()])),
        })
        .collect();
    Change {
        before: first,
        after: last,
        added: last.get() - common_now.get(),
        performance,
        removed: common_then.get() - first.get(),
        contributions,
    }
}

/// The share of a contribution that is not improvement, where `improvement` of the rule's move by `delta` is.
fn newly_measured(nano: i64, delta: i64, improvement: i64) -> i64 {
    let share = Ratio::new(nano.unsigned_abs().into(), delta.unsigned_abs().into()).unwrap_or(Ratio::ZERO);
    let part = |id, delta: i64| Part { id, delta: delta.abs(), share };
    let parts = [part("improvement", improvement), part("measuring", delta - improvement)];
    allocate(nano.abs(), &parts).map_or(0, |split| split[1] * nano.signum())
}

fn roll(rules: &[RuleAt], required: Option<&[Dimension]>) -> (Rollup, Vec<Scored>) {
    let mut tables: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for rule in rules {
        let next = tables.len();
        tables.entry(&rule.table).or_insert((next, rule.tier));
    }
    let mut tiers = vec![0; tables.len()];
    for &(at, tier) in tables.values() {
        tiers[at] = tier;
    }
    let scored: Vec<Scored> = rules
        .iter()
        .map(|rule| Scored {
            table: tables[rule.table.as_str()].0,
            dimension: rule.dimension,
            weight: rule.weight,
            points: Triple::exactly(rule.official),
        })
        .collect();
    (Rollup::new(&scored, tiers, required), scored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::composite::mean_min;
    use proptest::prelude::*;

    fn total(values: &[Nano], weights: &[u32]) -> Nano {
        let weights = weights.iter().map(|&weight| u64::from(weight));
        mean_min(weights.zip(values.iter().copied()), Lambda::QUARTER).unwrap()
    }

    #[test]
    fn residue_goes_to_the_largest_remainders_of_what_moved() {
        let third = Ratio::new(1, 3).unwrap();
        let part = |id, delta| Part { id, delta, share: third };
        assert_eq!(allocate(3, &[part("b", 5), part("a", 4), part("c", 0)]).unwrap(), [2, 1, 0]);
        assert_eq!(allocate(3, &[part("b", 4), part("a", 4), part("c", 0)]).unwrap(), [1, 2, 0]);
        assert_eq!(allocate(-3, &[part("a", -4), part("b", -4)]).unwrap(), [-1, -2]);
        assert_eq!(allocate(0, &[part("c", 0)]).unwrap(), [0]);
        assert_eq!(allocate(1, &[part("c", 0)]), None);
    }

    fn rule(id: &str, dimension: Dimension, weight: u32, points: u32) -> RuleAt {
        RuleAt {
            id: id.to_owned(),
            table: "t".to_owned(),
            tier: 3,
            dimension,
            weight,
            official: Nano::points(points),
            measured: Some(Nano::points(points)),
        }
    }

    #[test]
    fn new_and_removed_rules_are_told_apart_from_performance() {
        let before = [
            rule("a", Dimension::Correctness, 3, 50),
            rule("b", Dimension::Correctness, 9, 80),
            rule("gone", Dimension::Completeness, 3, 20),
        ];
        let after = [
            rule("a", Dimension::Correctness, 3, 90),
            rule("b", Dimension::Correctness, 9, 80),
            rule("new", Dimension::Completeness, 3, 100),
        ];
        let change = explain(&before, &after, None, Lambda::QUARTER);
        assert_eq!(
            change.added + change.performance + change.removed,
            change.after.get() - change.before.get()
        );
        assert_eq!(change.performance, 10 * Nano::POINT);
        assert_eq!(change.contributions.len(), 1);
        assert_eq!(
            (change.contributions[0].rule.as_str(), change.contributions[0].nano),
            ("a", 10 * Nano::POINT)
        );
        assert!(change.removed > 0 && change.added > 0);
    }

    /// A contribution of ten points for each twenty of the only rule's, and the share of it that is no improvement.
    fn split(before: (u32, Option<u32>), after: (u32, Option<u32>)) -> (i64, i64) {
        let at = |(official, measured): (u32, Option<u32>)| RuleAt {
            measured: measured.map(Nano::points),
            ..rule("a", Dimension::Correctness, 3, official)
        };
        let rest = rule("b", Dimension::Correctness, 3, 50);
        let change = explain(&[at(before), rest.clone()], &[at(after), rest], None, Lambda::QUARTER);
        let part = &change.contributions[0];
        assert_eq!((change.contributions.len(), part.nano), (1, change.performance));
        (part.nano, part.newly_measured)
    }

    #[test]
    fn measuring_more_is_not_improvement() {
        let points = |of: i64| of * Nano::POINT;
        // Nothing could be measured before, or nothing can be now.
        assert_eq!(split((0, None), (70, Some(70))), (points(35), points(35)));
        assert_eq!(split((70, Some(70)), (0, None)), (points(-35), points(-35)));
        // A part could not, and what could be is as it was.
        assert_eq!(split((40, Some(80)), (80, Some(80))), (points(20), points(20)));
        // Everything could be, before and after.
        assert_eq!(split((40, Some(40)), (80, Some(80))), (points(20), 0));
        // Ten points better, and thirty more by measuring more.
        assert_eq!(split((40, Some(80)), (80, Some(90))), (points(20), points(15)));
        // What is measured fell while more of it was measured: no improvement at all.
        assert_eq!(split((40, Some(90)), (80, Some(80))), (points(20), points(20)));
        // What is measured moved further than the official points did.
        assert_eq!(split((40, Some(40)), (60, Some(90))), (points(10), 0));
    }

    proptest! {
        #[test]
        fn contributions_sum_to_the_change_and_what_stays_gets_nothing(
            values in prop::collection::vec((0i64..=100_000_000_000, 0i64..=100_000_000_000, 1u32..6, any::<bool>()), 1..7),
        ) {
            let before: Vec<Nano> = values.iter().map(|v| Nano::new(v.0)).collect();
            let after: Vec<Nano> = values.iter().map(|v| Nano::new(if v.3 { v.0 } else { v.1 })).collect();
            let weights: Vec<u32> = values.iter().map(|v| v.2).collect();
            let shares = weakest_shares(&before, &after);
            let sum = shares.iter().try_fold(Ratio::ZERO, |sum, &share| sum.checked_add(share));
            if let Some(sum) = sum {
                prop_assert_eq!(sum, Ratio::ONE);
            }
            let ids = ["a", "b", "c", "d", "e", "f"];
            let parts: Vec<Part<'_>> = factors(&before, &after, &weights, Lambda::QUARTER)
                .into_iter()
                .enumerate()
                .map(|(i, share)| Part { id: ids[i], delta: after[i].get() - before[i].get(), share })
                .collect();
            let change = total(&after, &weights).get() - total(&before, &weights).get();
            let floors: i64 = allocate(0, &parts).map_or(0, |nanos| nanos.iter().sum());
            prop_assert_eq!(floors, 0);
            let nanos = allocate(change, &parts).unwrap();
            prop_assert_eq!(nanos.iter().sum::<i64>(), change);
            for (part, nano) in parts.iter().zip(&nanos) {
                if part.delta == 0 {
                    prop_assert_eq!(*nano, 0);
                } else {
                    // Within the floor and the residue of at most one per part: nothing is smeared around.
                    let exact = part.share.num() as f64 / part.share.den() as f64 * part.delta as f64;
                    prop_assert!((*nano as f64 - exact).abs() <= 3.0);
                }
            }
        }

        #[test]
        fn rule_contributions_sum_to_the_performance_part(
            rules in prop::collection::vec((0usize..3, 0usize..4, 0usize..3, 0i64..=100_000_000_000, 0i64..=100_000_000_000, 0u8..4), 1..20),
        ) {
            let at = |i: usize, r: &(usize, usize, usize, i64, i64, u8), points: i64| RuleAt {
                id: format!("r{i:02}"),
                table: format!("t{}", r.0),
                tier: 3 - r.0 as u32,
                dimension: Dimension::ALL[r.1],
                weight: [1, 3, 9][r.2],
                official: Nano::new(points),
                // Of some rules nothing could be measured, of others less than now.
                measured: (r.3 % 3 != 0).then(|| Nano::new(points.max(r.4 / 2))),
            };
            // Some rules are only in one of the two.
            let before: Vec<_> = rules.iter().enumerate().filter(|(_, r)| r.5 != 0).map(|(i, r)| at(i, r, r.3)).collect();
            let after: Vec<_> = rules.iter().enumerate().filter(|(_, r)| r.5 != 1).map(|(i, r)| at(i, r, r.4)).collect();
            let change = explain(&before, &after, Some(&Dimension::ALL[..4]), Lambda::QUARTER);
            prop_assert_eq!(change.added + change.performance + change.removed, change.after.get() - change.before.get());
            prop_assert_eq!(change.contributions.iter().map(|c| c.nano).sum::<i64>(), change.performance);
            for part in &change.contributions {
                let rest = part.nano - part.newly_measured;
                prop_assert!(rest.signum() * part.nano.signum() >= 0 && rest.abs() <= part.nano.abs());
            }
        }
    }
}
