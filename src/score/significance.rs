//! Is a change, or a sample, enough to say something? Exact integer inequalities, no floats.

use crate::base::{Ratio, Wide};

/// z² of a one-sided 95 % bound, in millionths.
pub const Z2_ONE_SIDED: u64 = 2_705_543;
/// z² of a two-sided 95 % test, in millionths.
pub const Z2_TWO_SIDED: u64 = 3_841_459;
/// Up to this many changed rows the sign test is computed exactly.
const EXACT_UP_TO: u64 = 100;
/// α = 1/40, one-sided.
const ALPHA_DEN: u128 = 40;

/// Whether the Wilson lower bound (one-sided 95 %) of `passed` out of `of` is at least `threshold`:
/// `p ≥ t ∧ n·(p − t)² ≥ z²·t·(1 − t)`. Nothing counted proves nothing.
pub fn wilson_at_least(passed: u64, of: u64, threshold: Ratio) -> bool {
    let (a, b) = (threshold.num(), threshold.den());
    let (passed, of) = (u128::from(passed.min(of)), u128::from(of));
    // A sample never reaches 1, though at p = t = 1 the inequality reads 0 ≥ 0.
    if of == 0 || a >= b || Wide::product(&[passed, b]) < Wide::product(&[a, of]) {
        return false;
    }
    // Times n·b²: (pass·b − a·n)² ≥ z²·a·(b − a)·n. Thresholds have few digits, so `pass·b` fits.
    let lead = passed.saturating_mul(b).saturating_sub(a.saturating_mul(of));
    Wide::product(&[lead, lead, 1_000_000]) >= Wide::product(&[u128::from(Z2_ONE_SIDED), a, b - a, of])
}

/// The Wilson lower bound (one-sided 95 %) in millionths, cut off; for display, the gate uses [`wilson_at_least`].
pub fn wilson_lower(passed: u64, of: u64) -> u64 {
    wilson_lower_in(passed, of, 1_000_000)
}

fn wilson_lower_in(passed: u64, of: u64, den: u64) -> u64 {
    let holds = |num: u64| {
        Ratio::new(u128::from(num), u128::from(den)).is_some_and(|bound| wilson_at_least(passed, of, bound))
    };
    let (mut low, mut high) = (0, den);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// The test that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Exact, for up to 100 changed rows; the statistic is the one-sided p-value.
    Sign,
    /// The paired test of `McNemar`; the statistic is χ².
    McNemar,
    /// Pooled two-proportion test, where rows cannot be paired; the statistic is χ².
    TwoProportion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub test: Test,
    pub significant: bool,
    /// For display. Where it does not fit 128 bits it is zero; the verdict is exact all the same.
    pub statistic: Ratio,
}

/// Paired snapshots: `newly_failing` rows against `newly_passing` ones. Significant only for the worse.
pub fn regression(newly_failing: u64, newly_passing: u64) -> Verdict {
    let (b, c) = (u128::from(newly_failing), u128::from(newly_passing));
    let changed = b + c;
    if changed <= u128::from(EXACT_UP_TO) {
        let tail = upper_tail(changed as u32, newly_failing as u32);
        let all = 1u128 << changed;
        Verdict {
            test: Test::Sign,
            significant: b > c && tail * ALPHA_DEN <= all,
            statistic: Ratio::new(tail, all).unwrap_or(Ratio::ZERO),
        }
    } else {
        let lead = b.abs_diff(c);
        let statistic = lead.checked_mul(lead).and_then(|square| Ratio::new(square, changed));
        Verdict {
            test: Test::McNemar,
            significant: b > c
                && Wide::product(&[lead, lead, 1_000_000])
                    > Wide::product(&[u128::from(Z2_TWO_SIDED), changed]),
            statistic: statistic.unwrap_or(Ratio::ZERO),
        }
    }
}

/// `Σ_{i ≥ from} C(n, i)`, for `n ≤ 100`: every intermediate product stays below 2¹²⁷.
fn upper_tail(n: u32, from: u32) -> u128 {
    let (mut choose, mut tail) = (1u128, 0u128);
    for i in 0..=n {
        if i >= from {
            tail += choose;
        }
        choose = choose * u128::from(n - i) / u128::from(i + 1);
    }
    tail
}

/// Unpaired snapshots: `fail_before` out of `before` against `fail_after` out of `after`. Significant only for the
/// worse.
pub fn two_proportions(fail_before: u64, before: u64, fail_after: u64, after: u64) -> Verdict {
    let [f1, n1, f2, n2] = [fail_before, before, fail_after, after].map(u128::from);
    let (left, right) = (f2 * n1, f1 * n2);
    let (lead, failing, all) = (left.abs_diff(right), f1 + f2, n1 + n2);
    let passing = all.saturating_sub(failing);
    let statistic = || {
        let num = lead.checked_mul(lead)?.checked_mul(all)?;
        let den = n1.checked_mul(n2)?.checked_mul(failing)?.checked_mul(passing)?;
        Ratio::new(num, den)
    };
    Verdict {
        test: Test::TwoProportion,
        significant: left > right
            && Wide::product(&[lead, lead, all, 1_000_000])
                > Wide::product(&[u128::from(Z2_TWO_SIDED), n1 * n2, failing, passing]),
        statistic: statistic().unwrap_or(Ratio::ZERO),
    }
}

/// Whether a worsening is large enough to matter: more than ten rows, and more than 5 per million of `rows`.
pub fn material(newly_failing: u64, newly_passing: u64, rows: u64) -> bool {
    let allowed = (u128::from(rows) * 5).div_ceil(1_000_000).max(10);
    u128::from(newly_failing.saturating_sub(newly_passing)) > allowed
}

/// A month's error budget of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// `⌊rows × (1 − target)⌋`.
    pub allowed: u64,
    pub spent: u64,
}

impl Budget {
    /// The target is the share of rows that must be right.
    pub fn new(rows: u64, target: Ratio, spent: u64) -> Self {
        let wrong =
            Ratio::new(target.den().saturating_sub(target.num()), target.den()).unwrap_or(Ratio::ZERO);
        Self { allowed: u64::try_from(wrong.floor_times(rows)).unwrap_or(u64::MAX), spent }
    }

    /// Whether more was spent than allowed.
    pub const fn blocked(&self) -> bool {
        self.spent > self.allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_counted_proves_nothing() {
        assert!(!wilson_at_least(0, 0, Ratio::ZERO));
        assert_eq!(wilson_lower(0, 0), 0);
        assert!(wilson_at_least(5, 5, Ratio::ZERO));
        assert!(!wilson_at_least(5, 5, Ratio::ONE), "no sample proves the rows it has not seen");
    }

    #[test]
    fn lower_bound_is_where_the_inequality_turns() {
        let bound = wilson_lower(1991, 2000);
        assert_eq!(bound, 992_281);
        assert!(wilson_at_least(1991, 2000, Ratio::new(u128::from(bound), 1_000_000).unwrap()));
        assert!(!wilson_at_least(1991, 2000, Ratio::new(u128::from(bound) + 1, 1_000_000).unwrap()));
    }

    #[test]
    fn two_proportions_turn_once() {
        assert!(two_proportions(100, 10_000, 130, 10_000).significant);
        assert!(!two_proportions(100, 10_000, 129, 10_000).significant);
        let turning: Vec<bool> =
            (120..=135).map(|failing| two_proportions(100, 10_000, failing, 10_000).significant).collect();
        assert!(turning.is_sorted(), "more failures are never less significant");
        assert!(!two_proportions(130, 10_000, 100, 10_000).significant, "better is no regression");
        assert!(!two_proportions(0, 0, 0, 0).significant);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let max = u64::MAX;
        assert!(regression(max, 0).significant);
        assert!(!regression(max, max).significant);
        assert!(two_proportions(0, max, max, max).significant);
        assert!(wilson_at_least(max, max, Ratio::percent(99)));
    }

    #[test]
    fn material_needs_rows_and_share() {
        assert!(!material(10, 0, 100) && material(11, 0, 100));
        assert!(!material(500, 0, 100_000_000) && material(501, 0, 100_000_000));
        assert!(!material(5, 900, 100));
    }

    #[test]
    fn budget_is_spent_beyond_not_at_its_limit() {
        let budget = |spent| Budget::new(1_000, Ratio::new(999, 1_000).unwrap(), spent);
        assert_eq!(budget(0).allowed, 1);
        assert!(!budget(1).blocked() && budget(2).blocked());
    }
}
